/* Walking over containers, and asking what is in them. */
#include "iterate.h"

#include <string.h>

#include "compare.h"
#include "dict.h"
#include "object.h"
#include "set.h"
#include "str.h"

static bool is_set(const rc_object *x)
{
    return rc_is(x, &rc_set_type) || rc_is(x, &rc_frozenset_type);
}

/* -------------------------------------------------------------- all at once -- */

bool iterable_size(rc_heap *heap, rc_object *x, size_t *size)
{
    if (!x->type->length)
        return rc_raise(heap, RC_TYPE_ERROR, "'%s' object is not iterable", rc_typename(x));
    *size = x->type->length(x);
    return true;
}

static rc_reason reason_for(const rc_object *holder)
{
    return holder ? RC_FOR_ITEM : RC_FOR_OPERAND;
}

static void copy_array(rc_heap *heap, rc_object *const *from, rc_object **items, size_t size,
                       rc_object *holder)
{
    for (size_t i = 0; i < size; i++) {
        rc_hold(heap, from[i], reason_for(holder), holder);
        items[i] = from[i];
    }
}

static bool copy_characters(rc_heap *heap, rc_object *str, rc_object **items, size_t size,
                            rc_object *holder)
{
    size_t offset = 0;

    for (size_t i = 0; i < size; i++) {
        items[i] = rc_str_character(heap, str, &offset);
        if (!items[i]) {
            while (i-- > 0)
                rc_release(heap, items[i], reason_for(holder), holder);
            return false;
        }
        rc_hand_over(heap, items[i], reason_for(holder), holder);
    }
    return true;
}

bool copy_items(rc_heap *heap, rc_object *x, rc_object **items, size_t size, rc_object *holder)
{
    size_t position = 0;
    rc_object *item, *value;

    switch (x->type->index) {
    case RC_LIST:
        copy_array(heap, ((rc_list *)x)->items, items, size, holder);
        return true;
    case RC_TUPLE:
        copy_array(heap, ((rc_tuple *)x)->items, items, size, holder);
        return true;
    case RC_STR:
        return copy_characters(heap, x, items, size, holder);
    case RC_DICT:
        for (; rc_dict_next(x, &position, &item, &value); items++)
            copy_array(heap, &item, items, 1, holder);
        return true;
    default:
        for (; rc_set_next(x, &position, &item); items++)
            copy_array(heap, &item, items, 1, holder);
        return true;
    }
}

/* --------------------------------------------------------------- one by one -- */

#define BROKEN SIZE_MAX                 /* `expected` after the error: it stays one */

bool rc_iterator_start(rc_heap *heap, rc_iterator *walk, rc_object *container)
{
    *walk = (rc_iterator){ 0 };
    if (!iterable_size(heap, container, &walk->expected))
        return false;
    rc_hold(heap, container, RC_FOR_OPERAND, NULL);
    walk->container = container;
    return true;
}

/* The next item, borrowed, or NULL at the end. */
static rc_object *next_borrowed(rc_iterator *walk, rc_object **value)
{
    rc_object *container = walk->container, *item;

    switch (container->type->index) {
    case RC_LIST: {
        rc_list *list = (rc_list *)container;
        return walk->position < list->var.size ? list->items[walk->position++] : NULL;
    }
    case RC_TUPLE: {
        rc_tuple *tuple = (rc_tuple *)container;
        return walk->position < tuple->var.size ? tuple->items[walk->position++] : NULL;
    }
    case RC_DICT:
        return rc_dict_next(container, &walk->position, &item, value) ? item : NULL;
    default:
        return rc_set_next(container, &walk->position, &item) ? item : NULL;
    }
}

bool rc_iterator_next(rc_heap *heap, rc_iterator *walk, rc_object **item, rc_object **value)
{
    rc_object *container = walk->container, *found_value = NULL;

    *item = NULL;
    if (value)
        *value = NULL;
    if (!container)
        return true;
    if (rc_is(container, &rc_str_type)) {
        if (walk->position >= ((rc_str *)container)->size)
            rc_iterator_end(heap, walk);
        else
            *item = rc_str_character(heap, container, &walk->position);
        return *item || !walk->container;
    }
    if ((rc_is(container, &rc_dict_type) || is_set(container))
        && container->type->length(container) != walk->expected) {
        walk->expected = BROKEN;
        return rc_raise(heap, RC_RUNTIME_ERROR, "%s changed size during iteration",
                        rc_is(container, &rc_dict_type) ? "dictionary" : "Set");
    }
    *item = next_borrowed(walk, &found_value);
    if (!*item) {
        rc_iterator_end(heap, walk);
        return true;
    }
    if (rc_is(container, &rc_dict_type) && walk->given++ == walk->expected
        && heap->profile.dict_walk_counts.value) {
        *item = NULL;
        walk->expected = BROKEN;
        return rc_raise(heap, RC_RUNTIME_ERROR, "dictionary keys changed during iteration");
    }
    rc_incref(heap, *item);
    if (value && found_value) {
        rc_incref(heap, found_value);
        *value = found_value;
    }
    return true;
}

void rc_iterator_end(rc_heap *heap, rc_iterator *walk)
{
    rc_object *container = walk->container;

    walk->container = NULL;
    if (container)
        rc_release(heap, container, RC_FOR_OPERAND, NULL);
}

/* ------------------------------------------------------------------- x in y -- */

static bool array_contains(rc_heap *heap, rc_object *const *items, size_t size, rc_object *x,
                           bool *result)
{
    *result = false;
    for (size_t i = 0; i < size && !*result; i++) {
        if (!items_equal(heap, items[i], x, result))
            return false;
    }
    return true;
}

static bool text_contains(rc_heap *heap, rc_object *str, rc_object *part, bool *result)
{
    if (!rc_is(part, &rc_str_type))
        return rc_raise(heap, RC_TYPE_ERROR,
                        "'in <string>' requires string as left operand, not %s",
                        rc_typename(part));
    *result = str_contains(str, part);
    return true;
}

static bool dict_contains(rc_heap *heap, rc_object *dict, rc_object *key, bool *result)
{
    rc_object *value;

    if (!rc_dict_find(heap, dict, key, &value))
        return false;
    *result = value != NULL;
    return true;
}

bool rc_contains(rc_heap *heap, rc_object *container, rc_object *x, bool *result)
{
    rc_list *list = (rc_list *)container;
    rc_tuple *tuple = (rc_tuple *)container;

    switch (container->type->index) {
    case RC_LIST:
        return array_contains(heap, list->items, list->var.size, x, result);
    case RC_TUPLE:
        return array_contains(heap, tuple->items, tuple->var.size, x, result);
    case RC_DICT:
        return dict_contains(heap, container, x, result);
    case RC_SET:
    case RC_FROZENSET:
        return set_contains(heap, container, x, result);
    case RC_STR:
        return text_contains(heap, container, x, result);
    default:
        return rc_raise_worded(heap, RC_TYPE_ERROR, RC_SAYS_NO_CONTAINER, rc_typename(container),
                               NULL, NULL);
    }
}

/* ---------------------------------------------------------------- not there -- */

struct excerpt {
    char text[RC_ERROR_SIZE + 4];
    size_t size;
};

static bool write_excerpt(void *context, const char *text, size_t size)
{
    struct excerpt *excerpt = context;
    size_t room = sizeof excerpt->text - 1 - excerpt->size;
    bool fits = size <= room;

    memcpy(excerpt->text + excerpt->size, text, fits ? size : room);
    excerpt->size += fits ? size : room;
    return fits;
}

bool raise_about(rc_heap *heap, rc_error_kind kind, rc_object *x, const char *rest)
{
    struct excerpt excerpt = { .size = 0 };

    if (!rc_repr(heap, x, (rc_sink){ write_excerpt, &excerpt })
        && heap->error.kind == RC_RECURSION_ERROR)
        return false;
    excerpt.text[excerpt.size] = '\0';
    return rc_raise(heap, kind, "%s%s", excerpt.text, rest);
}
