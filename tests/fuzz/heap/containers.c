/* What lists, tuples, dicts and sets can do. */
#include "operations.h"

/* ------------------------------------------------------------------- list, tuple -- */

void list_append(world *w, rc_object **x)
{
    succeeded(w, rc_list_append(w->heap, x[0], x[1]));
}

void list_insert(world *w, rc_object **x)
{
    succeeded(w, rc_list_insert(w->heap, x[0], an_integer(w), x[1]));
}

void list_get(world *w, rc_object **x)
{
    fill_borrowed(w, rc_list_get(w->heap, x[0], an_integer(w)));
}

void list_set(world *w, rc_object **x)
{
    succeeded(w, rc_list_set(w->heap, x[0], an_integer(w), x[1]));
}

void list_pop(world *w, rc_object **x)
{
    fill(w, rc_list_pop(w->heap, x[0], choose(w, 2) ? -1 : an_integer(w)));
}

void list_delete(world *w, rc_object **x)
{
    succeeded(w, rc_list_delete(w->heap, x[0], an_integer(w)));
}

void list_extend(world *w, rc_object **x)
{
    succeeded(w, rc_list_extend(w->heap, x[0], x[1]));
    REQUIRE(rc_list_size(x[0]) <= rc_list_allocated(x[0]));
}

/* What searches, and so compares. */
void list_search(world *w, rc_object **x)
{
    size_t found;

    if (!is_light(w, x[0]) || !is_light(w, x[1]))
        return;
    switch (choose(w, 3)) {
    case 0:
        succeeded(w, rc_list_remove(w->heap, x[0], x[1]));
        break;
    case 1:
        succeeded(w, rc_list_index(w->heap, x[0], x[1], &found));
        break;
    default:
        if (succeeded(w, rc_list_count(w->heap, x[0], x[1], &found)))
            REQUIRE(found <= rc_list_size(x[0]));
    }
}

void list_order(world *w, rc_object **x)
{
    if (choose(w, 2))
        rc_list_reverse(w->heap, x[0]);
    else if (is_light(w, x[0]))
        succeeded(w, rc_list_sort(w->heap, x[0]));
}

void tuple_look(world *w, rc_object **x)
{
    size_t found;

    fill_borrowed(w, rc_tuple_get(w->heap, x[0], an_integer(w)));
    if (!is_light(w, x[0]) || !is_light(w, x[1]))
        return;
    if (choose(w, 2))
        succeeded(w, rc_tuple_index(w->heap, x[0], x[1], &found));
    else if (succeeded(w, rc_tuple_count(w->heap, x[0], x[1], &found)))
        REQUIRE(found <= rc_tuple_size(x[0]));
}

/* --------------------------------------------------------------------- dict, set -- */

void dict_set(world *w, rc_object **x)
{
    succeeded(w, rc_dict_set(w->heap, x[0], x[1], x[2]));
}

void dict_get(world *w, rc_object **x)
{
    rc_object *value;

    if (choose(w, 2))
        fill_borrowed(w, rc_dict_get(w->heap, x[0], x[1]));
    else if (succeeded(w, rc_dict_find(w->heap, x[0], x[1], &value)) && value)
        fill_borrowed(w, value);
}

void dict_delete(world *w, rc_object **x)
{
    if (choose(w, 2))
        succeeded(w, rc_dict_delete(w->heap, x[0], x[1]));
    else
        fill(w, rc_dict_pop(w->heap, x[0], x[1]));
}

void dict_popitem(world *w, rc_object **x)
{
    rc_object *key, *value;

    if (!succeeded(w, rc_dict_popitem(w->heap, x[0], &key, &value)))
        return;
    fill(w, key);
    fill(w, value);
}

void dict_setdefault(world *w, rc_object **x)
{
    fill_borrowed(w, rc_dict_setdefault(w->heap, x[0], x[1], x[2]));
}

void dict_update(world *w, rc_object **x)
{
    succeeded(w, rc_dict_update(w->heap, x[0], x[1]));
}

void dict_look(world *w, rc_object **x)
{
    size_t position = 0, pairs = 0;
    rc_object *key, *value;

    while (rc_dict_next(x[0], &position, &key, &value))
        pairs++;
    REQUIRE(pairs == rc_dict_size(x[0]));
    (void)w;
}

void set_add(world *w, rc_object **x)
{
    succeeded(w, rc_set_add(w->heap, x[0], x[1]));
}

void set_remove(world *w, rc_object **x)
{
    bool found;

    if (choose(w, 2))
        succeeded(w, rc_set_remove(w->heap, x[0], x[1]));
    else
        succeeded(w, rc_set_discard(w->heap, x[0], x[1], choose(w, 2) ? &found : NULL));
}

void set_pop(world *w, rc_object **x)
{
    fill(w, rc_set_pop(w->heap, x[0]));
}

void set_update(world *w, rc_object **x)
{
    succeeded(w, rc_set_update(w->heap, x[0], x[1]));
}

void set_look(world *w, rc_object **x)
{
    size_t position = 0, elements = 0;
    rc_object *element;

    while (rc_set_next(x[0], &position, &element))
        elements++;
    REQUIRE(elements == rc_set_size(x[0]));
    (void)w;
}

void clear(world *w, rc_object **x)
{
    switch (rc_type_number(x[0]->type)) {
    case RC_LIST:
        rc_list_clear(w->heap, x[0]);
        break;
    case RC_DICT:
        rc_dict_clear(w->heap, x[0]);
        break;
    case RC_SET:
        rc_set_clear(w->heap, x[0]);
        break;
    default:
        break;
    }
}
