/* The operators: src/heap/numbers.c.  The figures are those of Python 3.8. */
#include <stdio.h>
#include <string.h>

#include "check.h"

static const char *const profiles[] = { ALL_PROFILES };

static const rc_operator operators[] = {
    RC_ADD, RC_SUBTRACT, RC_MULTIPLY, RC_FLOOR_DIVIDE, RC_TRUE_DIVIDE, RC_REMAINDER,
};

/* What `a operator b` gives as text: a repr, or what went wrong. */
static const char *result_of(rc_heap *heap, rc_operator operator, rc_object *a, rc_object *b)
{
    static char text[64];
    rc_object *result = rc_operate(heap, operator, a, b);

    if (!result)
        return rc_error_name(rc_heap_error(heap)->kind);
    snprintf(text, sizeof text, "%s", repr_of(heap, result));
    rc_decref(heap, result);
    return text;
}

/* ------------------------------------------------------------------------ numbers -- */

/* a + b, a - b, a * b, a // b, a / b, a % b; "zero": ZeroDivisionError; "large": more
 * than 64 bits, where Python goes on. */
static const struct { const char *a, *b, *results; } rows[] = {
    { "7", "2", "9 5 14 3 3.5 1" },
    { "-7", "2", "-5 -9 -14 -4 -3.5 1" },
    { "7", "-2", "5 9 -14 -4 -3.5 -1" },
    { "-7", "-2", "-9 -5 14 3 3.5 -1" },
    { "6", "3", "9 3 18 2 2.0 0" },
    { "0", "5", "5 -5 0 0 0.0 0" },
    { "0", "-5", "-5 5 0 0 -0.0 0" },
    { "True", "True", "2 0 1 1 1.0 0" },
    { "5", "0", "5 5 0 zero zero zero" },
    { "-9223372036854775808", "-1",
      "large -9223372036854775807 large large 9.223372036854776e+18 0" },
    { "9223372036854775807", "1",
      "large 9223372036854775806 9223372036854775807 9223372036854775807 9.223372036854776e+18 0" },
    { "9223372036854775807", "9223372036854775806", "large 1 large 1 1.0 1" },
    { "9007199254740993", "1",
      "9007199254740994 9007199254740992 9007199254740993 9007199254740993 9007199254740992.0 0" },
    { "1", "3", "4 -2 3 0 0.3333333333333333 1" },
    { "-1", "3", "2 -4 -3 -1 -0.3333333333333333 2" },
    { "9223372036854775807", "3",
      "large 9223372036854775804 large 3074457345618258602 3.0744573456182584e+18 1" },
    { "7.5", "2", "9.5 5.5 15.0 3.0 3.75 1.5" },
    { "-7.5", "2", "-5.5 -9.5 -15.0 -4.0 -3.75 0.5" },
    { "7.5", "-2", "5.5 9.5 -15.0 -4.0 -3.75 -0.5" },
    { "-0.0", "0", "0.0 -0.0 -0.0 zero zero zero" },
    { "0.0", "-3", "-3.0 3.0 -0.0 -0.0 -0.0 -0.0" },
    { "1.5", "0", "1.5 1.5 0.0 zero zero zero" },
    { "0.1", "0.3", "0.4 -0.19999999999999998 0.03 0.0 0.33333333333333337 0.1" },
    { "1e308", "10", "1e+308 1e+308 inf 1e+307 1e+307 6.0" },
    { "5.0", "inf", "inf -inf inf 0.0 0.0 5.0" },
    { "5.0", "-inf", "-inf inf -inf -1.0 -0.0 -inf" },
    { "inf", "2", "inf inf inf nan inf nan" },
    { "inf", "inf", "inf nan inf nan nan nan" },
    { "nan", "1", "nan nan nan nan nan nan" },
    { "5e-324", "2", "2.0 -2.0 1e-323 0.0 0.0 5e-324" },
    { "9007199254740993", "1.0",
      "9007199254740992.0 9007199254740991.0 9007199254740992.0 9007199254740992.0 9007199254740992.0 0.0" },
    { "True", "0.5", "1.5 0.5 0.5 2.0 2.0 0.0" },
    { "3", "0.0", "3.0 3.0 0.0 zero zero zero" },
    { "9007199254740993", "2",
      "9007199254740995 9007199254740991 18014398509481986 4503599627370496 4503599627370496.0 1" },
};

static void expect_row(rc_heap *heap, rc_object *a, rc_object *b, const char *expected)
{
    char results[200] = "";

    for (size_t i = 0; i < 6; i++) {
        const char *result = result_of(heap, operators[i], a, b);
        if (strcmp(result, "ZeroDivisionError") == 0)
            result = "zero";
        else if (strcmp(result, "OverflowError") == 0)
            result = "large";
        strcat(strcat(results, i > 0 ? " " : ""), result);
    }
    CHECK_TEXT(results, expected);
}

static void numbers_calculate_as_in_python(void)
{
    for (int p = 0; p < PROFILE_COUNT; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            expect_row(heap, a_number(heap, rows[i].a), a_number(heap, rows[i].b),
                       rows[i].results);
        close_heap(heap);
    }
}

static const char *const operands[] = {
    "0", "1", "-1", "2", "-2", "7", "-7", "10", "255", "256", "-5", "-6", "1000003",
    "9007199254740992", "9007199254740993", "-9007199254740993", "4611686018427387904",
    "9223372036854775807", "-9223372036854775807", "-9223372036854775808",
    "2305843009213693951", "True", "False", "0.0", "-0.0", "0.1", "0.5", "-0.5", "1.0",
    "-1.0", "1.5", "-2.5", "7.0", "1e16", "9007199254740992.0", "9.223372036854775807e18",
    "-9.223372036854775808e18", "1e308", "-1e308", "5e-324", "-5e-324",
    "2.2250738585072014e-308", "inf", "-inf", "nan",
};

#define OPERANDS (sizeof operands / sizeof *operands)

static void all_pairs_of_numbers_calculate_as_in_python(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *numbers[OPERANDS];
    uint64_t print = 0;

    for (size_t i = 0; i < OPERANDS; i++)
        numbers[i] = a_number(heap, operands[i]);
    for (size_t i = 0; i < OPERANDS; i++)
        for (size_t j = 0; j < OPERANDS; j++)
            for (size_t k = 0; k < 6; k++) {
                print = fingerprint(print, result_of(heap, operators[k], numbers[i], numbers[j]));
                print = fingerprint(print, "\n");
            }
    CHECK(print == UINT64_C(0x55355D48629DA085));
    close_heap(heap);
}

static void the_result_in_the_range_of_the_pool_is_the_pools(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *sum = keep(heap, rc_operate(heap, RC_ADD, an_int(heap, 1000), an_int(heap, -900)));

    CHECK(sum == an_int(heap, 100));
    close_heap(heap);
}

static void the_result_of_a_calculation_is_new(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *x = an_int(heap, 1000), *f = a_float(heap, 1.5);

    CHECK(keep(heap, rc_operate(heap, RC_ADD, x, an_int(heap, 0))) != x);
    CHECK(keep(heap, rc_operate(heap, RC_MULTIPLY, f, an_int(heap, 1))) != f);
    close_heap(heap);
}

/* --------------------------------------------------------------- each error's text -- */

static void division_by_zero_is_an_error(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *one = an_int(heap, 1), *zero = an_int(heap, 0), *real = a_float(heap, 1.5);
    const char *whole = "integer division or modulo by zero";

    CHECK_FAILS(heap, rc_operate(heap, RC_TRUE_DIVIDE, one, zero), RC_ZERO_DIVISION_ERROR,
                "division by zero");
    CHECK_FAILS(heap, rc_operate(heap, RC_TRUE_DIVIDE, one, rc_bool(heap, false)),
                RC_ZERO_DIVISION_ERROR, "division by zero");
    CHECK_FAILS(heap, rc_operate(heap, RC_FLOOR_DIVIDE, one, zero), RC_ZERO_DIVISION_ERROR, whole);
    CHECK_FAILS(heap, rc_operate(heap, RC_REMAINDER, one, zero), RC_ZERO_DIVISION_ERROR, whole);
    CHECK_FAILS(heap, rc_operate(heap, RC_TRUE_DIVIDE, real, zero), RC_ZERO_DIVISION_ERROR,
                "float division by zero");
    CHECK_FAILS(heap, rc_operate(heap, RC_FLOOR_DIVIDE, real, zero), RC_ZERO_DIVISION_ERROR,
                "float divmod()");
    CHECK_FAILS(heap, rc_operate(heap, RC_REMAINDER, real, zero), RC_ZERO_DIVISION_ERROR,
                "float modulo");
    close_heap(heap);
}

static void a_result_beyond_64_bits_is_an_error_and_never_wraps(void)
{
    static const struct { rc_operator operator; int64_t a, b; } large[] = {
        { RC_ADD, INT64_MAX, 1 },           { RC_ADD, INT64_MIN, -1 },
        { RC_SUBTRACT, INT64_MIN, 1 },      { RC_SUBTRACT, 0, INT64_MIN },
        { RC_MULTIPLY, INT64_MIN, -1 },     { RC_MULTIPLY, INT64_C(1) << 32, INT64_C(1) << 31 },
        { RC_FLOOR_DIVIDE, INT64_MIN, -1 },
    };
    rc_heap *heap = open_heap(NULL);
    const char *message = "int too large to convert to a 64-bit value";

    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        CHECK_FAILS(heap, rc_operate(heap, large[i].operator, an_int(heap, large[i].a),
                                     an_int(heap, large[i].b)), RC_OVERFLOW_ERROR, message);
    CHECK_FAILS(heap, rc_negate(heap, an_int(heap, INT64_MIN)), RC_OVERFLOW_ERROR, message);
    close_heap(heap);
}

/* One object of each kind that an operator may meet, by what a test calls it. */
static rc_object *operand(rc_heap *heap, const char *kind)
{
    if (strcmp(kind, "list") == 0)
        return a_list(heap, 1, an_int(heap, 1));
    if (strcmp(kind, "tuple") == 0)
        return a_tuple(heap, 1, an_int(heap, 1));
    if (strcmp(kind, "dict") == 0)
        return keep(heap, rc_dict_new(heap));
    if (strcmp(kind, "str") == 0)
        return a_str(heap, "text");
    if (strcmp(kind, "None") == 0)
        return rc_none(heap);
    return a_number(heap, kind);
}

static void operands_that_do_not_fit_are_an_error(void)
{
    static const struct { const char *a; rc_operator operator; const char *b, *message; } bad[] = {
        { "list", RC_ADD, "5", "can only concatenate list (not \"int\") to list" },
        { "5", RC_ADD, "list", "unsupported operand type(s) for +: 'int' and 'list'" },
        { "tuple", RC_ADD, "list", "can only concatenate tuple (not \"list\") to tuple" },
        { "str", RC_ADD, "5", "can only concatenate str (not \"int\") to str" },
        { "str", RC_ADD, "None", "can only concatenate str (not \"NoneType\") to str" },
        { "list", RC_MULTIPLY, "str", "can't multiply sequence by non-int of type 'str'" },
        { "str", RC_MULTIPLY, "list", "can't multiply sequence by non-int of type 'list'" },
        { "list", RC_MULTIPLY, "2.0", "can't multiply sequence by non-int of type 'float'" },
        { "2.0", RC_MULTIPLY, "list", "can't multiply sequence by non-int of type 'float'" },
        { "None", RC_MULTIPLY, "list", "can't multiply sequence by non-int of type 'NoneType'" },
        { "dict", RC_MULTIPLY, "list", "can't multiply sequence by non-int of type 'dict'" },
        { "None", RC_ADD, "1", "unsupported operand type(s) for +: 'NoneType' and 'int'" },
        { "str", RC_SUBTRACT, "str", "unsupported operand type(s) for -: 'str' and 'str'" },
        { "list", RC_SUBTRACT, "list", "unsupported operand type(s) for -: 'list' and 'list'" },
        { "dict", RC_MULTIPLY, "5", "unsupported operand type(s) for *: 'dict' and 'int'" },
        { "1", RC_FLOOR_DIVIDE, "str", "unsupported operand type(s) for //: 'int' and 'str'" },
        { "1.5", RC_TRUE_DIVIDE, "None",
          "unsupported operand type(s) for /: 'float' and 'NoneType'" },
        { "True", RC_REMAINDER, "list", "unsupported operand type(s) for %: 'bool' and 'list'" },
    };
    rc_heap *heap = open_heap(NULL);

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_FAILS(heap, rc_operate(heap, bad[i].operator, operand(heap, bad[i].a),
                                     operand(heap, bad[i].b)), RC_TYPE_ERROR, bad[i].message);
    close_heap(heap);
}

static void only_a_number_can_be_negated(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK_TEXT(repr_of(heap, keep(heap, rc_negate(heap, an_int(heap, 1000)))), "-1000");
    CHECK_TEXT(repr_of(heap, keep(heap, rc_negate(heap, a_float(heap, 0.0)))), "-0.0");
    CHECK(keep(heap, rc_negate(heap, rc_bool(heap, true))) == an_int(heap, -1));
    CHECK_FAILS(heap, rc_negate(heap, a_str(heap, "a")), RC_TYPE_ERROR,
                "bad operand type for unary -: 'str'");
    CHECK_FAILS(heap, rc_negate(heap, a_list(heap, 0)), RC_TYPE_ERROR,
                "bad operand type for unary -: 'list'");
    CHECK_FAILS(heap, rc_negate(heap, rc_none(heap)), RC_TYPE_ERROR,
                "bad operand type for unary -: 'NoneType'");
    close_heap(heap);
}

/* ---------------------------------------------------------------------- sequences -- */

static void lists_and_tuples_are_joined_and_repeated(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = a_list(heap, 2, an_int(heap, 1), an_int(heap, 2));
    rc_object *tuple = a_tuple(heap, 1, list);

    CHECK_TEXT(repr_of(heap, keep(heap, rc_operate(heap, RC_ADD, list, list))), "[1, 2, 1, 2]");
    CHECK_TEXT(repr_of(heap, keep(heap, rc_operate(heap, RC_MULTIPLY, list, an_int(heap, 2)))),
               "[1, 2, 1, 2]");
    CHECK_TEXT(repr_of(heap, keep(heap, rc_operate(heap, RC_ADD, tuple, tuple))),
               "([1, 2], [1, 2])");
    CHECK_TEXT(repr_of(heap, keep(heap, rc_operate(heap, RC_MULTIPLY, an_int(heap, 3), tuple))),
               "([1, 2], [1, 2], [1, 2])");
    CHECK_EQUAL(rc_refcount(heap, list), 7);
    CHECK_TEXT(repr_of(heap, keep(heap, rc_operate(heap, RC_MULTIPLY, list, an_int(heap, -1)))),
               "[]");
    close_heap(heap);
}

static void a_sequence_too_long_for_any_memory_is_an_error(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *often = an_int(heap, INT64_C(1) << 62), *one = an_int(heap, 1);

    CHECK_FAILS(heap, rc_operate(heap, RC_MULTIPLY, a_list(heap, 1, one), often),
                RC_MEMORY_ERROR, NULL);
    CHECK_FAILS(heap, rc_operate(heap, RC_MULTIPLY, a_tuple(heap, 1, one), often),
                RC_MEMORY_ERROR, NULL);
    close_heap(heap);
}

static bool calculate(rc_heap *heap, void *context)
{
    rc_object **pair = context;

    for (int i = 0; i < 6; i++) {
        rc_object *result = rc_operate(heap, operators[i], pair[0], pair[1]);
        if (!result)
            return false;
        rc_decref(heap, result);
    }
    rc_object *negative = rc_negate(heap, pair[0]);
    if (negative)
        rc_decref(heap, negative);
    return negative != NULL;
}

static void a_result_for_which_there_is_no_memory_changes_nothing(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *ints[] = { an_int(heap, 1000000), an_int(heap, 999) };
    rc_object *floats[] = { a_float(heap, 1.5), a_float(heap, 2.5) };

    with_each_allocation_failing(heap, calculate, NULL, ints);
    with_each_allocation_failing(heap, calculate, NULL, floats);
    close_heap(heap);
}

static const test tests[] = {
    TEST(numbers_calculate_as_in_python),
    TEST(all_pairs_of_numbers_calculate_as_in_python),
    TEST(the_result_in_the_range_of_the_pool_is_the_pools),
    TEST(the_result_of_a_calculation_is_new),
    TEST(division_by_zero_is_an_error),
    TEST(a_result_beyond_64_bits_is_an_error_and_never_wraps),
    TEST(operands_that_do_not_fit_are_an_error),
    TEST(only_a_number_can_be_negated),
    TEST(lists_and_tuples_are_joined_and_repeated),
    TEST(a_sequence_too_long_for_any_memory_is_an_error),
    TEST(a_result_for_which_there_is_no_memory_changes_nothing),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
