/* int (64-bit values), float, and what both share. */
#ifndef REFCHAIN_NUMBERS_H
#define REFCHAIN_NUMBERS_H

#include <refchain/base.h>

/* An int: the pool's for a value in its range, else a new object each time.
 * Fails: MemoryError. */
RC_API RC_NEW rc_object *rc_int_new(rc_heap *heap, int64_t value);

/* The value of an int or bool. */
RC_API int64_t rc_int_value(const rc_object *object);

/* A new float, from its free list if that has one.  Fails: MemoryError. */
RC_API RC_NEW rc_object *rc_float_new(rc_heap *heap, double value);

/* The value of a float. */
RC_API double rc_float_value(const rc_object *object);

/* Python's int(x) and float(x) of a number or str.  An exact int (float) gives
 * itself.  Fails: TypeError, ValueError (text that is no number; int of a nan),
 * OverflowError (int of infinity or of more than 64 bits), MemoryError. */
RC_API RC_NEW rc_object *rc_int_from(rc_heap *heap, rc_object *x);
RC_API RC_NEW rc_object *rc_float_from(rc_heap *heap, rc_object *x);

#endif
