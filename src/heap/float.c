/* float. */
#include "format.h"
#include "hash.h"
#include "numbers.h"
#include "object.h"
#include "repr.h"

static const rc_float *as_float(const rc_object *object)
{
    return (const rc_float *)object;
}

RC_OUT_OF_LINE static rc_object *new_float_rare(rc_heap *heap, double value)
{
    rc_object *object = object_new(heap, &rc_float_type, sizeof(rc_float));

    if (object != NULL)
        ((rc_float *)object)->value = value;
    return object;
}

RC_OUT_OF_LINE static rc_object *new_float(rc_heap *heap, double value)
{
    rc_object *object = object_new_quietly(heap, &rc_float_type, sizeof(rc_float));

    if (RC_UNLIKELY(!object))
        return new_float_rare(heap, value);
    ((rc_float *)object)->value = value;
    return object;
}

/* From the free list, or memory at hand, it is a leaf of a function, which saves no registers. */
rc_object *rc_float_new(rc_heap *heap, double value)
{
    rc_float *memory = (rc_float *)freelist_take(&heap->float_free, sizeof(rc_float));

    if (memory == NULL)
        return new_float(heap, value);
    memory->value = value;
    return born(heap, memory, &rc_float_type, RC_FROM_FREE_LIST);
}

static rc_object *from_str(rc_heap *heap, rc_object *str)
{
    char shown[RC_ERROR_SIZE];
    double value;
    size_t size;
    const char *text = rc_str_text(str, &size);

    if (parse_double(text, size, &value) == PARSED)
        return rc_float_new(heap, value);
    repr_text(heap, str, shown, sizeof shown);
    return rc_raise_worded_null(heap, RC_VALUE_ERROR,
                                size > 0 ? RC_SAYS_NO_FLOAT_TEXT : RC_SAYS_NO_FLOAT_EMPTY,
                                shown, text, NULL);
}

rc_object *rc_float_from(rc_heap *heap, rc_object *x)
{
    if (rc_is(x, &rc_float_type)) {
        rc_incref(heap, x);
        return x;
    }
    if (is_int(x))
        return rc_float_new(heap, number_as_double(x));
    if (rc_is(x, &rc_str_type))
        return from_str(heap, x);
    return rc_raise_worded_null(heap, RC_TYPE_ERROR, RC_SAYS_NO_FLOAT, rc_typename(x), NULL, NULL);
}

double rc_float_value(const rc_object *object)
{
    return as_float(object)->value;
}

static size_t size(const rc_heap *heap, const rc_object *self)
{
    (void)heap;
    (void)self;
    return 24;                          /* in every release */
}

static bool hash(rc_heap *heap, rc_object *self, int64_t *result)
{
    *result = hash_float(heap, self, as_float(self)->value);
    return true;
}

static bool repr(rc_heap *heap, rc_object *self, rc_sink sink)
{
    char text[NUMBER_TEXT];

    return write_bytes(heap, sink, text, format_double(text, as_float(self)->value));
}

static rc_object *destroy(rc_heap *heap, rc_object *self)
{
    object_free(heap, self, false, sizeof(rc_float), &heap->float_free);
    return NULL;
}

RC_OUT_OF_LINE static void gone(rc_heap *heap, rc_object *self)
{
    atom_gone(heap, self, &rc_float_type, sizeof(rc_float));
}

static void die(rc_heap *heap, rc_object *self)
{
    if (!dies_quietly(heap, self)) {
        atom_dies(heap, self);
        return;
    }
    if (!freelist_has_room(&heap->float_free)) {
        gone(heap, self);
        return;
    }
    atom_leaves(heap, self, &rc_float_type);
    freelist_put(&heap->float_free, self, sizeof(rc_float));
}

static const field_layout fields[] = {
    { "value", offsetof(rc_float, value), sizeof(double), RC_FIELD_REAL },
    { .name = NULL },
};

const rc_type rc_float_type = {
    .name = "float",
    .index = RC_FLOAT,
    .die = die,
    .destroy = destroy,
    .hash = hash,
    .equal = number_equal,
    .compare = number_compare,
    .repr = repr,
    .size = size,
    .fields = fields,
};
