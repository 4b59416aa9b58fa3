/* The operators: numbers among themselves; strs, lists and tuples. */
#include "numbers.h"

#include <math.h>

#include "list.h"
#include "state.h"
#include "str.h"
#include "tuple.h"

static rc_object *unsupported(rc_heap *heap, rc_operator operator, rc_object *a, rc_object *b)
{
    static const char *const symbols[] = {
        [RC_ADD] = "+", [RC_SUBTRACT] = "-", [RC_MULTIPLY] = "*",
        [RC_FLOOR_DIVIDE] = "//", [RC_TRUE_DIVIDE] = "/", [RC_REMAINDER] = "%",
    };

    return rc_raise_null(heap, RC_TYPE_ERROR,
                         "unsupported operand type(s) for %s: '%s' and '%s'",
                         symbols[operator], rc_typename(a), rc_typename(b));
}

static rc_object *by_zero(rc_heap *heap, rc_wording wording)
{
    return rc_raise_worded_null(heap, RC_ZERO_DIVISION_ERROR, wording, NULL, NULL, NULL);
}

double number_as_double(const rc_object *number)
{
    return is_int(number) ? (double)rc_int_value(number) : rc_float_value(number);
}

/* ----------------------------------------------------------------------- ints -- */

/* a / b, rounded once, however large they are: by hand, until the quotient has two
 * bits more than a double, the last of which stands for all that follow. */
static double true_quotient(int64_t a, int64_t b)
{
    uint64_t divisor = magnitude(b);
    uint64_t quotient = magnitude(a) / divisor, rest = magnitude(a) % divisor;
    int exponent = 0;

    if (a == 0)
        return b < 0 ? -0.0 : 0.0;
    for (; quotient >> 54 == 0; exponent--) {
        rest <<= 1;                     /* the divisor is at most 2^63: nothing is lost */
        quotient = quotient << 1 | (rest >= divisor);
        if (rest >= divisor)
            rest -= divisor;
    }
    double result = ldexp((double)(quotient | (rest != 0)), exponent);
    return (a < 0) != (b < 0) ? -result : result;
}

/* Rounded down, not towards 0. */
static rc_object *floor_quotient(rc_heap *heap, int64_t a, int64_t b)
{
    if (a == INT64_MIN && b == -1)
        return raise_too_large(heap);
    return rc_int_new(heap, a / b - (a % b != 0 && (a < 0) != (b < 0)));
}

/* With the divisor's sign. */
static rc_object *remainder_of(rc_heap *heap, int64_t a, int64_t b)
{
    int64_t rest = b == -1 ? 0 : a % b; /* INT64_MIN % -1 traps */

    return rc_int_new(heap, rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest);
}

static rc_object *operate_on_ints(rc_heap *heap, rc_operator operator, int64_t a, int64_t b)
{
    int64_t result;
    bool overflow;

    switch (operator) {
    case RC_ADD:
        overflow = __builtin_add_overflow(a, b, &result);
        break;
    case RC_SUBTRACT:
        overflow = __builtin_sub_overflow(a, b, &result);
        break;
    case RC_MULTIPLY:
        overflow = __builtin_mul_overflow(a, b, &result);
        break;
    case RC_TRUE_DIVIDE:
        return b != 0 ? rc_float_new(heap, true_quotient(a, b))
                      : by_zero(heap, RC_SAYS_INT_TRUE_DIVISION);
    case RC_FLOOR_DIVIDE:
        return b != 0 ? floor_quotient(heap, a, b)
                      : by_zero(heap, RC_SAYS_INT_DIVISION);
    default:
        return b != 0 ? remainder_of(heap, a, b)
                      : by_zero(heap, RC_SAYS_INT_MODULO);
    }
    return overflow ? raise_too_large(heap) : rc_int_new(heap, result);
}

/* --------------------------------------------------------------------- floats -- */

/* With the divisor's sign, that of a zero too. */
static double float_remainder(double a, double b)
{
    double rest = fmod(a, b);

    if (rest == 0)
        return copysign(0.0, b);
    return (rest < 0) != (b < 0) ? rest + b : rest;
}

/* What (a - remainder) / b gives is a whole number but for its rounding. */
static double float_floor_quotient(double a, double b)
{
    double rest = fmod(a, b);
    double quotient = (a - rest) / b;

    if (rest != 0 && (rest < 0) != (b < 0))
        quotient -= 1;
    if (quotient == 0)
        return copysign(0.0, a / b);
    double whole = floor(quotient);
    return quotient - whole > 0.5 ? whole + 1 : whole;
}

static rc_object *operate_on_floats(rc_heap *heap, rc_operator operator, double a, double b)
{
    switch (operator) {
    case RC_ADD:
        return rc_float_new(heap, a + b);
    case RC_SUBTRACT:
        return rc_float_new(heap, a - b);
    case RC_MULTIPLY:
        return rc_float_new(heap, a * b);
    case RC_TRUE_DIVIDE:
        return b != 0 ? rc_float_new(heap, a / b) : by_zero(heap, RC_SAYS_FLOAT_DIVISION);
    case RC_FLOOR_DIVIDE:
        return b != 0 ? rc_float_new(heap, float_floor_quotient(a, b))
                      : by_zero(heap, RC_SAYS_FLOAT_FLOOR_DIVISION);
    default:
        return b != 0 ? rc_float_new(heap, float_remainder(a, b))
                      : by_zero(heap, RC_SAYS_FLOAT_MODULO);
    }
}

/* ------------------------------------------------------------------ sequences -- */

static bool is_sequence(const rc_object *object)
{
    return rc_is(object, &rc_str_type) || rc_is(object, &rc_list_type)
        || rc_is(object, &rc_tuple_type);
}

static rc_object *concatenate(rc_heap *heap, rc_object *a, rc_object *b)
{
    if (rc_is(a, &rc_str_type) && !rc_is(b, &rc_str_type))
        return rc_raise_worded_null(heap, RC_TYPE_ERROR, RC_SAYS_CONCATENATES_STR, rc_typename(b),
                                    NULL, NULL);
    if (a->type != b->type)
        return rc_raise_null(heap, RC_TYPE_ERROR,
                             "can only concatenate %s (not \"%s\") to %s",
                             rc_typename(a), rc_typename(b), rc_typename(a));
    if (rc_is(a, &rc_str_type))
        return str_concat(heap, a, b);
    return rc_is(a, &rc_list_type) ? list_concat(heap, a, b) : tuple_concat(heap, a, b);
}

static rc_object *repeat(rc_heap *heap, rc_object *sequence, rc_object *times)
{
    if (!is_int(times))
        return rc_raise_null(heap, RC_TYPE_ERROR,
                             "can't multiply sequence by non-int of type '%s'",
                             rc_typename(times));
    int64_t count = rc_int_value(times);
    if (rc_is(sequence, &rc_str_type))
        return str_repeat(heap, sequence, count);
    return rc_is(sequence, &rc_list_type) ? list_repeat(heap, sequence, count)
                                          : tuple_repeat(heap, sequence, count);
}

/* ------------------------------------------------------------------ operators -- */

rc_object *rc_operate(rc_heap *heap, rc_operator operator, rc_object *a, rc_object *b)
{
    if (is_int(a) && is_int(b))
        return operate_on_ints(heap, operator, rc_int_value(a), rc_int_value(b));
    if (is_number(a) && is_number(b))
        return operate_on_floats(heap, operator, number_as_double(a), number_as_double(b));
    if (operator == RC_ADD && is_sequence(a))
        return concatenate(heap, a, b);
    if (operator == RC_MULTIPLY && is_sequence(a))
        return repeat(heap, a, b);
    if (operator == RC_MULTIPLY && is_sequence(b))
        return repeat(heap, b, a);
    return unsupported(heap, operator, a, b);
}

rc_object *rc_negate(rc_heap *heap, rc_object *x)
{
    if (rc_is(x, &rc_float_type))
        return rc_float_new(heap, -rc_float_value(x));
    if (!is_int(x))
        return rc_raise_null(heap, RC_TYPE_ERROR, "bad operand type for unary -: '%s'",
                             rc_typename(x));
    return operate_on_ints(heap, RC_SUBTRACT, 0, rc_int_value(x));
}
