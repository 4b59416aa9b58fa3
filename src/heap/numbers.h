/* Numbers, as other modules see them: int, float and bool, which is an int. */
#ifndef HEAP_NUMBERS_H
#define HEAP_NUMBERS_H

#include "layout.h"

static inline bool is_int(const rc_object *object)
{
    return rc_is(object, &rc_int_type) || rc_is(object, &rc_bool_type);
}

static inline bool is_number(const rc_object *object)
{
    return is_int(object) || rc_is(object, &rc_float_type);
}

/* Without the sign; INT64_MIN has one, too. */
static inline uint64_t magnitude(int64_t x)
{
    return x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
}

/* OverflowError: an int beyond 64 bits.  Always NULL. */
rc_object *raise_too_large(rc_heap *heap);

/* The value of a number; an int beyond 53 bits is rounded. */
double number_as_double(const rc_object *number);

/* For the type tables of all three; `a` is a number, `b` anything. */
bool number_equal(rc_heap *heap, rc_object *a, rc_object *b, bool *result);
bool number_compare(rc_heap *heap, rc_object *a, rc_object *b, rc_comparison comparison,
                    bool *result);
size_t int_size(const rc_heap *heap, const rc_object *object);

#endif
