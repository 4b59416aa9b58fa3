/* int: 64-bit values, and the pool of small ones. */
#include "format.h"
#include "hash.h"
#include "numbers.h"
#include "object.h"
#include "repr.h"
#include "singletons.h"

static const rc_int *as_int(const rc_object *object)
{
    return (const rc_int *)object;
}

/* ----------------------------------------------------------------------- make -- */

/* The free list that serves and keeps ints of this value, or NULL. */
static freelist *free_list_of(rc_heap *heap, int64_t value)
{
    uint64_t below = (uint64_t)heap->profile.int_free_below.value;
    return freelist_capacity(&heap->int_free) > 0 && (below == 0 || magnitude(value) < below)
               ? &heap->int_free : NULL;
}

RC_OUT_OF_LINE static rc_object *new_int(rc_heap *heap, int64_t value)
{
    freelist *list = free_list_of(heap, value);
    rc_object *object = NULL;

    if (list)
        object = object_from_free_list(heap, list, &rc_int_type, sizeof(rc_int));
    if (object == NULL)
        object = object_new(heap, &rc_int_type, sizeof(rc_int));
    if (object != NULL)
        ((rc_int *)object)->value = value;
    return object;
}

/* What is not from the pool, and counts as a miss there. */
RC_OUT_OF_LINE static rc_object *new_missed(rc_heap *heap, int64_t value)
{
    rc_object *object = new_int(heap, value);

    heap->small_int_misses += object != NULL;
    return object;
}

rc_object *rc_int_new(rc_heap *heap, int64_t value)
{
    int64_t least = heap->profile.small_int_least.value;

    if (value < least || value > heap->profile.small_int_greatest.value) {
        rc_object *object = freelist_capacity(&heap->int_free) > 0
                            ? NULL : object_new_quietly(heap, &rc_int_type, sizeof(rc_int));
        if (object == NULL)
            return new_missed(heap, value);
        ((rc_int *)object)->value = value;
        heap->small_int_misses++;
        return object;
    }
    rc_object *pooled = heap->small_ints[value - least];
    heap->small_int_hits++;
    rc_incref(heap, pooled);
    return pooled;
}

bool small_ints_open(rc_heap *heap)
{
    int64_t least = heap->profile.small_int_least.value;
    int64_t greatest = heap->profile.small_int_greatest.value;

    if (greatest < least)
        return true;
    size_t count = (size_t)(greatest - least) + 1;
    heap->small_ints = block_new(heap, count * sizeof(rc_object *));
    if (heap->small_ints == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        rc_object *object = new_int(heap, least + (int64_t)i);
        if (object == NULL)
            return false;
        keep_for_ever(heap, object, RC_FOR_POOL);
        heap->small_ints[i] = object;
    }
    return true;
}

rc_object *raise_too_large(rc_heap *heap)
{
    return rc_raise_null(heap, RC_OVERFLOW_ERROR,
                         "int too large to convert to a 64-bit value");
}

static rc_object *from_float(rc_heap *heap, double value)
{
    if (value != value)
        return rc_raise_null(heap, RC_VALUE_ERROR, "cannot convert float NaN to integer");
    if (value - value != 0)
        return rc_raise_null(heap, RC_OVERFLOW_ERROR,
                             "cannot convert float infinity to integer");
    if (value >= 0x1p63 || value < -0x1p63)
        return raise_too_large(heap);
    return rc_int_new(heap, (int64_t)value);
}

static rc_object *from_str(rc_heap *heap, rc_object *str)
{
    char shown[RC_ERROR_SIZE];
    int64_t value;
    size_t size;
    const char *text = rc_str_text(str, &size);

    switch (parse_int(text, size, &value)) {
    case PARSED:
        return rc_int_new(heap, value);
    case TOO_LARGE:
        return raise_too_large(heap);
    default:
        repr_text(heap, str, shown, sizeof shown);
        return rc_raise_null(heap, RC_VALUE_ERROR,
                             "invalid literal for int() with base 10: %s", shown);
    }
}

rc_object *rc_int_from(rc_heap *heap, rc_object *x)
{
    if (rc_is(x, &rc_int_type)) {
        rc_incref(heap, x);
        return x;
    }
    if (rc_is(x, &rc_bool_type))
        return rc_int_new(heap, as_int(x)->value);
    if (rc_is(x, &rc_float_type))
        return from_float(heap, rc_float_value(x));
    if (rc_is(x, &rc_str_type))
        return from_str(heap, x);
    return rc_raise_worded_null(heap, RC_TYPE_ERROR, RC_SAYS_NO_INT, rc_typename(x), NULL, NULL);
}

/* ----------------------------------------------------------------------- look -- */

int64_t rc_int_value(const rc_object *object)
{
    return as_int(object)->value;
}

/* CPython's digits have 30 bits, and 4 bytes each; 2.7's short ints have none. */
size_t int_size(const rc_heap *heap, const rc_object *object)
{
    uint64_t rest = magnitude(as_int(object)->value);
    size_t size = 24;

    if (rest == 0)
        return (size_t)heap->profile.int_zero_size.value;
    for (; rest != 0; rest >>= 30)
        size += (size_t)heap->profile.int_digit_size.value;
    return size;
}

static bool hash(rc_heap *heap, rc_object *self, int64_t *result)
{
    *result = hash_int(heap, as_int(self)->value);
    return true;
}

static bool repr(rc_heap *heap, rc_object *self, rc_sink sink)
{
    char text[NUMBER_TEXT];

    return write_bytes(heap, sink, text, format_int(text, as_int(self)->value));
}

static rc_object *destroy(rc_heap *heap, rc_object *self)
{
    object_free(heap, self, false, sizeof(rc_int), free_list_of(heap, as_int(self)->value));
    return NULL;
}

static void die(rc_heap *heap, rc_object *self)
{
    if (freelist_capacity(&heap->int_free) > 0 || !dies_quietly(heap, self))
        atom_dies(heap, self);
    else
        atom_gone(heap, self, &rc_int_type, sizeof(rc_int));
}

static const field_layout fields[] = {
    { "value", offsetof(rc_int, value), sizeof(int64_t), RC_FIELD_INTEGER },
    { .name = NULL },
};

const rc_type rc_int_type = {
    .name = "int",
    .index = RC_INT,
    .die = die,
    .destroy = destroy,
    .hash = hash,
    .equal = number_equal,
    .compare = number_compare,
    .repr = repr,
    .size = int_size,
    .fields = fields,
};
