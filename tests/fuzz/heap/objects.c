/* What all objects can do, and str. */
#include "operations.h"

void compare(world *w, rc_object **x)
{
    int64_t hash[2];
    bool result;

    if (!is_light(w, x[0]) || !is_light(w, x[1]))
        return;
    if (choose(w, 2)) {
        succeeded(w, rc_compare(w->heap, x[0], x[1], (rc_comparison)choose(w, 6), &result));
        return;
    }
    if (succeeded(w, rc_equal(w->heap, x[0], x[1], &result)) && result
        && succeeded(w, rc_hash(w->heap, x[0], &hash[0]))
        && succeeded(w, rc_hash(w->heap, x[1], &hash[1])))
        REQUIRE(hash[0] == hash[1]);
}

/* Two lists that hold themselves: comparing them goes too deep. */
void compare_cycles(world *w, rc_object **x)
{
    rc_object *list[2] = { 0 };
    bool result;

    for (int i = 0; i < 2; i++) {
        rc_object *made = rc_list_display(w->heap, x, choose(w, 2));
        if (!succeeded(w, made != NULL) || !succeeded(w, rc_operand_push(w->heap, made))
            || !succeeded(w, rc_list_append(w->heap, made, made)))
            return;
        list[i] = made;
    }
    if (is_light(w, x[0]))
        succeeded(w, rc_equal(w->heap, list[0], list[1], &result));
}

void contains(world *w, rc_object **x)
{
    bool result;

    if (is_light(w, x[0]) && is_light(w, x[1]))
        succeeded(w, rc_contains(w->heap, x[0], x[1], &result));
}

void operate(world *w, rc_object **x)
{
    if (is_light(w, x[0]) && is_light(w, x[1]))
        fill_light(w, rc_operate(w->heap, (rc_operator)choose(w, 6), x[0], x[1]));
}

static bool take_text(void *context, const char *text, size_t size)
{
    size_t *left = context;

    (void)text;
    if (size > *left)
        return false;
    *left -= size;
    return true;
}

void show(world *w, rc_object **x)
{
    size_t left = choose(w, 2) ? 4000 : 20;
    succeeded(w, rc_repr(w->heap, x[0], (rc_sink) { take_text, &left }));
}

static bool see_field(void *context, const rc_field *field)
{
    size_t *end = context;

    REQUIRE(field->offset >= *end);
    REQUIRE(field->kind != RC_FIELD_OBJECT || !field->value.object
            || field->value.object->refcount > 0);
    *end = field->offset + field->size;
    return true;
}

void look(world *w, rc_object **x)
{
    size_t end = 0, seen = 0, length;
    rc_type_index type = rc_type_number(x[0]->type);

    REQUIRE(rc_type_at(type) == x[0]->type && rc_typename(x[0]) && rc_type_name(x[0]->type));
    rc_refcount(w->heap, x[0]);
    rc_sizeof(w->heap, x[0]);
    REQUIRE(rc_heap_owns(w->heap, x[0]) && rc_id(x[0]) != 0);
    REQUIRE(rc_origin_name(rc_object_origin(w->heap, x[0])));
    REQUIRE(rc_operand_count(w->heap, x[0]) > 0);
    rc_layout(w->heap, x[0], see_field, &end);
    rc_gc_referents(w->heap, x[0], see_object, &seen);
    rc_gc_referrers(w->heap, x, 2, see_object, &seen);
    if (!rc_gc_is_tracked(w->heap, x[0]))
        REQUIRE(rc_gc_generation(w->heap, x[0]) == RC_NO_GENERATION);
    rc_gc_is_finalized(w->heap, x[0]);
    if (succeeded(w, rc_length(w->heap, x[0], &length)))
        REQUIRE(rc_truth(x[0]) == (length != 0));
}

void str_look(world *w, rc_object **x)
{
    size_t size, offset = 0;
    const char *text = rc_str_text(x[0], &size);

    REQUIRE(text[size] == '\0');
    rc_str_is_interned(x[0]);
    fill(w, rc_str_new(w->heap, text, size));
    rc_object *character = rc_str_character(w->heap, x[0], &offset);
    if (character || size > 0)
        fill(w, character);
}

/* With anything happening between two items. */
void iterate(world *w, rc_object **x)
{
    walk walk = { .outer = w->walks };

    if (!succeeded(w, rc_iterator_start(w->heap, &walk.iterator, x[0])))
        return;
    w->walks = &walk;
    for (unsigned left = choose(w, 20); left > 0; left--) {
        rc_object *item, *value = NULL;
        bool pairs = rc_is(x[0], &rc_dict_type) && choose(w, 2);
        if (!succeeded(w, rc_iterator_next(w->heap, &walk.iterator, &item, pairs ? &value : NULL))
            || !item)
            break;
        fill(w, item);
        if (value)
            fill(w, value);
        intervene(w, NULL);
    }
    rc_iterator_end(w->heap, &walk.iterator);
    w->walks = walk.outer;
}
