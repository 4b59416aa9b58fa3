/* Equality and order. */
#include "compare.h"

#include "numbers.h"
#include "object.h"

static const char *const symbols[] = {
    [RC_LT] = "<", [RC_LE] = "<=", [RC_EQ] = "==", [RC_NE] = "!=", [RC_GT] = ">",
    [RC_GE] = ">=",
};

bool raise_no_order(rc_heap *heap, rc_object *a, rc_object *b, rc_comparison comparison)
{
    return rc_raise(heap, RC_TYPE_ERROR,
                    "'%s' not supported between instances of '%s' and '%s'",
                    symbols[comparison], rc_typename(a), rc_typename(b));
}

bool comparison_holds(int order, rc_comparison comparison)
{
    switch (comparison) {
    case RC_LT: return order < 0;
    case RC_LE: return order <= 0;
    case RC_EQ: return order == 0;
    case RC_NE: return order != 0;
    case RC_GT: return order > 0;
    default:    return order >= 0;
    }
}

/* --------------------------------------------------------------- any objects -- */

bool rc_equal(rc_heap *heap, rc_object *a, rc_object *b, bool *result)
{
    const rc_type *type = a->type;

    if (a == b && type != &rc_float_type) {     /* a nan differs from itself */
        *result = true;
        return true;
    }
    if (type->equal == NULL) {
        *result = false;
        return true;
    }
    if (!type->container)
        return type->equal(heap, a, b, result);
    if (!recursion_enter(heap, RC_SAYS_TOO_DEEP_IN_COMPARISON))
        return false;
    bool done = type->equal(heap, a, b, result);
    recursion_leave(heap);
    return done;
}

bool rc_compare(rc_heap *heap, rc_object *a, rc_object *b, rc_comparison comparison,
                bool *result)
{
    if (comparison == RC_EQ || comparison == RC_NE) {
        if (!rc_equal(heap, a, b, result))
            return false;
        *result ^= comparison == RC_NE;
        return true;
    }
    if (a->type->compare == NULL)
        return raise_no_order(heap, a, b, comparison);
    if (!a->type->container)
        return a->type->compare(heap, a, b, comparison, result);
    if (!recursion_enter(heap, RC_SAYS_TOO_DEEP_IN_COMPARISON))
        return false;
    bool done = a->type->compare(heap, a, b, comparison, result);
    recursion_leave(heap);
    return done;
}

/* ------------------------------------------------------- items of containers -- */

static void hold_both(rc_heap *heap, rc_object *a, rc_object *b)
{
    rc_hold(heap, a, RC_FOR_OPERAND, NULL);
    rc_hold(heap, b, RC_FOR_OPERAND, NULL);
}

static void release_both(rc_heap *heap, rc_object *a, rc_object *b)
{
    rc_release(heap, b, RC_FOR_OPERAND, NULL);
    rc_release(heap, a, RC_FOR_OPERAND, NULL);
}

bool items_equal(rc_heap *heap, rc_object *a, rc_object *b, bool *result)
{
    if (a == b) {
        *result = true;
        return true;
    }
    if (!a->type->container)            /* nothing is released on the way */
        return rc_equal(heap, a, b, result);
    hold_both(heap, a, b);
    bool done = rc_equal(heap, a, b, result);
    release_both(heap, a, b);
    return done;
}

/* The first index, up to `size`, where two sequences differ. */
static bool first_difference(rc_heap *heap, rc_object *const *a, rc_object *const *b,
                             size_t size, size_t *index)
{
    bool equal = true;

    for (*index = 0; *index < size; ++*index) {
        if (!items_equal(heap, a[*index], b[*index], &equal))
            return false;
        if (!equal)
            break;
    }
    return true;
}

bool sequences_equal(rc_heap *heap, rc_object *const *a, size_t a_size,
                     rc_object *const *b, size_t b_size, bool *result)
{
    size_t index;

    *result = false;
    if (a_size != b_size)
        return true;
    if (!first_difference(heap, a, b, a_size, &index))
        return false;
    *result = index == a_size;
    return true;
}

bool sequences_compare(rc_heap *heap, rc_object *const *a, size_t a_size,
                       rc_object *const *b, size_t b_size, rc_comparison comparison,
                       bool *result)
{
    size_t index, shorter = a_size < b_size ? a_size : b_size;

    if (!first_difference(heap, a, b, shorter, &index))
        return false;
    if (index == shorter) {             /* one begins with the other */
        *result = comparison_holds((a_size > b_size) - (a_size < b_size), comparison);
        return true;
    }
    rc_object *left = a[index], *right = b[index];
    hold_both(heap, left, right);
    bool done = rc_compare(heap, left, right, comparison, result);
    release_both(heap, left, right);
    return done;
}

/* -------------------------------------------------------------------- numbers -- */

#define UNORDERED 2                     /* beside -1, 0, 1: one is a nan */

static int order_of_ints(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int order_of_floats(double a, double b)
{
    return a < b ? -1 : a > b ? 1 : a == b ? 0 : UNORDERED;
}

/* Exact: an int beyond 53 bits is not rounded to a float. */
static int order_of_int_and_float(int64_t a, double b)
{
    if (b != b)
        return UNORDERED;
    if (b >= 0x1p63)
        return -1;
    if (b < -0x1p63)
        return 1;
    int64_t whole = (int64_t)b;
    return a != whole ? order_of_ints(a, whole) : order_of_floats(0, b - (double)whole);
}

static int order_of_numbers(const rc_object *a, const rc_object *b)
{
    if (is_int(a)) {
        if (is_int(b))
            return order_of_ints(rc_int_value(a), rc_int_value(b));
        return order_of_int_and_float(rc_int_value(a), rc_float_value(b));
    }
    if (!is_int(b))
        return order_of_floats(rc_float_value(a), rc_float_value(b));
    int order = order_of_int_and_float(rc_int_value(b), rc_float_value(a));
    return order == UNORDERED ? UNORDERED : -order;
}

bool number_equal(rc_heap *heap, rc_object *a, rc_object *b, bool *result)
{
    (void)heap;
    *result = is_number(b) && order_of_numbers(a, b) == 0;
    return true;
}

bool number_compare(rc_heap *heap, rc_object *a, rc_object *b, rc_comparison comparison,
                    bool *result)
{
    if (!is_number(b))
        return raise_no_order(heap, a, b, comparison);
    int order = order_of_numbers(a, b);
    *result = order != UNORDERED && comparison_holds(order, comparison);
    return true;
}
