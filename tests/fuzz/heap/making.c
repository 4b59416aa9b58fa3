/* Operations that make objects, and that empty and copy slots. */
#include "operations.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- numbers, texts -- */

void make_int(world *w, rc_object **x)
{
    (void)x;
    fill(w, rc_int_new(w->heap, an_integer(w)));
}

static double a_real(world *w)
{
    static const double edges[] = { 0.0, -0.0, 1e308, -1e308, 5e-324, 0.1, 1e16,
                                    9007199254740993.0 };
    unsigned way = choose(w, 12);

    return way < 8 ? edges[way] : way == 8 ? (double)NAN : way == 9 ? (double)INFINITY
           : (double)an_integer(w);
}

void make_float(world *w, rc_object **x)
{
    (void)x;
    fill(w, rc_float_new(w->heap, a_real(w)));
}

/* Some text, seldom no UTF-8. */
static size_t a_text(world *w, char text[64])
{
    static const char *const pieces[] = { "", "a", "b", "name", "x1", " 12 ", "3.5e3", "\xC3\xA9",
                                          "\xC3\xBF", "\xE2\x82\xAC", "\xF0\x9F\x90\x8D", "'\"\\\n",
                                          "\xFF", "\xED\xA0\x80", "two words", "_" };
    size_t size = 0;

    for (unsigned count = 1 + choose(w, 3); count > 0; count--) {
        const char *piece = pieces[choose(w, sizeof pieces / sizeof pieces[0])];
        memcpy(text + size, piece, strlen(piece));
        size += strlen(piece);
    }
    if (choose(w, 16) == 1)
        text[size++] = '\0';
    return size;
}

void make_str(world *w, rc_object **x)
{
    char text[64];
    size_t size = a_text(w, text);

    (void)x;
    switch (choose(w, 3)) {
    case 0:
        fill(w, rc_str_new(w->heap, text, size));
        break;
    case 1:
        fill(w, rc_str_intern_text(w->heap, text, size));
        break;
    default:
        fill(w, rc_str_constant(w->heap, text, size));
    }
}

void make_singleton(world *w, rc_object **x)
{
    (void)x;
    fill_borrowed(w, choose(w, 2) ? rc_bool(w->heap, choose(w, 2)) : rc_none(w->heap));
}

/* -------------------------------------------------------------------- containers -- */

/* Items for a container: up to 24, held; returns how many. */
static size_t some(world *w, rc_object **items)
{
    size_t wanted = choose(w, 4) ? choose(w, 5) : choose(w, 25), count = 0;

    while (count < wanted && (items[count] = any(w)) != NULL)
        count++;
    return count;
}

typedef rc_object *maker(rc_heap *heap, rc_object *const *items, size_t count);

static rc_object *of_some(world *w, maker *make)
{
    rc_object *items[24];
    size_t count = some(w, items);

    return make(w->heap, items, count);
}

static rc_object *dict_of(rc_heap *heap, rc_object *const *items, size_t count)
{
    return count == 0 ? rc_dict_new(heap) : rc_dict_display(heap, items, count / 2);
}

void make_list(world *w, rc_object **x)
{
    (void)x;
    fill(w, of_some(w, rc_list_display));
}

void make_tuple(world *w, rc_object **x)
{
    (void)x;
    fill_light(w, of_some(w, rc_tuple_new));
}

void make_dict(world *w, rc_object **x)
{
    (void)x;
    fill(w, of_some(w, dict_of));
}

void make_set(world *w, rc_object **x)
{
    (void)x;
    fill(w, of_some(w, rc_set_new));
}

void make_frozenset(world *w, rc_object **x)
{
    (void)x;
    fill_light(w, of_some(w, rc_frozenset_new));
}

/* list(x), tuple(x) … */
void call_type(world *w, rc_object **x)
{
    static rc_object *(*const calls[])(rc_heap *, rc_object *) = {
        rc_list_call, rc_tuple_call, rc_dict_call, rc_set_call, rc_frozenset_call, rc_str_from,
        rc_int_from, rc_float_from, rc_negate, rc_str_intern,
    };
    unsigned type = choose(w, sizeof calls / sizeof calls[0]);
    bool may_be_empty = type == 0 || (type >= 2 && type <= 4);

    if (!is_light(w, x[0]))
        return;
    if (rc_is(x[0], &rc_str_type) || type != 9)
        fill_light(w, calls[type](w->heap, may_be_empty && choose(w, 4) == 1 ? NULL : x[0]));
}

void copy(world *w, rc_object **x)
{
    switch (rc_type_number(x[0]->type)) {
    case RC_LIST:
        fill(w, rc_list_copy(w->heap, x[0]));
        break;
    case RC_DICT:
        fill(w, rc_dict_copy(w->heap, x[0]));
        break;
    case RC_SET:
    case RC_FROZENSET:
        fill(w, rc_set_copy(w->heap, x[0]));
        break;
    default:
        break;
    }
}

rc_object *wrap(world *w, rc_object *object)
{
    rc_object *pair[2] = { rc_none(w->heap), object }, *outer = NULL;

    switch (choose(w, 5)) {
    case 0:
        outer = rc_tuple_new(w->heap, &object, 1);
        break;
    case 1:
        outer = rc_dict_display(w->heap, pair, 1);
        break;
    case 2:
        outer = rc_tuple_new(w->heap, pair, 2);
        break;
    default:
        outer = rc_list_display(w->heap, &object, 1);
    }
    rc_decref(w->heap, object);
    return outer;
}

/* Deeper than the trashcan's 50 levels, and now and then than the recursion limit. */
void nest(world *w, rc_object **x)
{
    static const unsigned levels[] = { 2, 49, 52, 120, 1100 };
    rc_object *object = x[0];

    rc_incref(w->heap, object);
    for (unsigned left = levels[choose(w, 5)]; object && left > 0; left--)
        object = wrap(w, object);
    fill_light(w, object);
}

/* ------------------------------------------------------------------------- slots -- */

void empty_slot(world *w, rc_object **x)
{
    (void)x;
    empty(w);
}

void copy_slot(world *w, rc_object **x)
{
    fill_borrowed(w, x[0]);
}
