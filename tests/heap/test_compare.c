/* Equality and order: src/heap/compare.c.  The figures are those of Python 3.8. */
#include <string.h>

#include "check.h"

static const rc_comparison comparisons[] = { RC_LT, RC_LE, RC_EQ, RC_NE, RC_GT, RC_GE };

static bool holds(rc_heap *heap, rc_object *a, rc_object *b, rc_comparison comparison)
{
    bool result;

    if (!rc_compare(heap, a, b, comparison, &result))
        test_failed(__FILE__, __LINE__, "%s", rc_heap_error(heap)->message);
    return result;
}

static bool equal(rc_heap *heap, rc_object *a, rc_object *b)
{
    bool result;

    if (!rc_equal(heap, a, b, &result))
        test_failed(__FILE__, __LINE__, "%s", rc_heap_error(heap)->message);
    CHECK(holds(heap, a, b, RC_EQ) == result);
    CHECK(holds(heap, a, b, RC_NE) != result);
    return result;
}

/* How `a` stands to `b`: '<', '=', '>', or '?' where no comparison but != holds.  All
 * six must agree on it. */
static char order(rc_heap *heap, rc_object *a, rc_object *b)
{
    static const char *const agreeing[] = { "110100", "011001", "000111", "000100" };
    char answers[7] = "";

    for (int i = 0; i < 6; i++)
        answers[i] = holds(heap, a, b, comparisons[i]) ? '1' : '0';
    for (int i = 0; i < 4; i++)
        if (strcmp(answers, agreeing[i]) == 0)
            return "<=>?"[i];
    test_failed(__FILE__, __LINE__, "the comparisons disagree: %s", answers);
}

/* ------------------------------------------------------------------------ numbers -- */

/* How each stands to all, in the order of the table. */
static const struct { const char *number, *orders; } rows[] = {
    { "-inf", "=<<<<<<<<<<<<<<<<<<?" },
    { "-9223372036854775808", ">=<<<<<<<<<<<<<<<<<?" },
    { "-2.5", ">>=<<<<<<<<<<<<<<<<?" },
    { "-1", ">>>=<<<<<<<<<<<<<<<?" },
    { "0", ">>>>===<<<<<<<<<<<<?" },
    { "-0.0", ">>>>===<<<<<<<<<<<<?" },
    { "False", ">>>>===<<<<<<<<<<<<?" },
    { "5e-324", ">>>>>>>=<<<<<<<<<<<?" },
    { "0.5", ">>>>>>>>=<<<<<<<<<<?" },
    { "1", ">>>>>>>>>===<<<<<<<?" },
    { "1.0", ">>>>>>>>>===<<<<<<<?" },
    { "True", ">>>>>>>>>===<<<<<<<?" },
    { "2", ">>>>>>>>>>>>=<<<<<<?" },
    { "9007199254740992", ">>>>>>>>>>>>>==<<<<?" },
    { "9007199254740992.0", ">>>>>>>>>>>>>==<<<<?" },
    { "9007199254740993", ">>>>>>>>>>>>>>>=<<<?" },
    { "9223372036854775807", ">>>>>>>>>>>>>>>>=<<?" },
    { "9.223372036854775808e18", ">>>>>>>>>>>>>>>>>=<?" },
    { "inf", ">>>>>>>>>>>>>>>>>>=?" },
    { "nan", "????????????????????" },
};

#define ROWS (sizeof rows / sizeof *rows)

static void numbers_compare_as_in_python(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *numbers[ROWS];

    for (size_t i = 0; i < ROWS; i++)
        numbers[i] = a_number(heap, rows[i].number);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < ROWS; j++)
            if (order(heap, numbers[i], numbers[j]) != rows[i].orders[j])
                test_failed(__FILE__, __LINE__, "%s stands wrong to %s", rows[i].number,
                            rows[j].number);
    close_heap(heap);
}

static void a_nan_differs_from_itself_but_not_as_an_item(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *nan = a_number(heap, "nan"), *other = a_number(heap, "nan");
    rc_object *list = a_list(heap, 1, nan);
    bool is_in;

    CHECK(!equal(heap, nan, nan));
    CHECK(equal(heap, list, a_list(heap, 1, nan)));
    CHECK(!equal(heap, list, a_list(heap, 1, other)));
    CHECK(rc_contains(heap, list, nan, &is_in) && is_in);
    CHECK(rc_contains(heap, list, other, &is_in) && !is_in);
    close_heap(heap);
}

static void a_number_equals_nothing_but_numbers(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *one = an_int(heap, 1);
    rc_object *others[] = {
        a_str(heap, "1"), rc_none(heap), a_list(heap, 1, one), a_tuple(heap, 1, one),
        keep(heap, rc_dict_new(heap)), keep(heap, rc_set_new(heap, NULL, 0)),
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        CHECK(!equal(heap, one, others[i]));
        CHECK(!equal(heap, others[i], one));
        CHECK(!equal(heap, a_float(heap, 1), others[i]));
        CHECK(!equal(heap, others[i], rc_bool(heap, true)));
        CHECK(equal(heap, others[i], others[i]));
    }
    close_heap(heap);
}

/* ----------------------------------------------------------------------- sequences -- */

static rc_object *ints(rc_heap *heap, bool tuple, const char *digits)
{
    rc_object *items[16];
    size_t count = strlen(digits);

    for (size_t i = 0; i < count; i++)
        items[i] = an_int(heap, digits[i] - '0');
    return keep(heap, tuple ? rc_tuple_new(heap, items, count)
                            : rc_list_display(heap, items, count));
}

static void sequences_are_ordered_by_their_first_difference(void)
{
    static const struct { const char *a, *b; char order; } expected[] = {
        { "", "", '=' }, { "", "1", '<' }, { "1", "", '>' }, { "12", "12", '=' },
        { "12", "13", '<' }, { "2", "13", '>' }, { "12", "123", '<' }, { "13", "123", '>' },
    };
    rc_heap *heap = open_heap(NULL);

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        for (int tuple = 0; tuple < 2; tuple++)
            CHECK_EQUAL(order(heap, ints(heap, tuple, expected[i].a),
                              ints(heap, tuple, expected[i].b)), expected[i].order);
    close_heap(heap);
}

static void a_list_never_equals_a_tuple(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK(!equal(heap, ints(heap, true, "12"), ints(heap, false, "12")));
    CHECK(!equal(heap, ints(heap, false, ""), ints(heap, true, "")));
    close_heap(heap);
}

static void strs_are_ordered_by_their_code_points(void)
{
    static const struct { const char *a, *b; char order; } expected[] = {
        { "", "", '=' }, { "", "a", '<' }, { "abc", "abd", '<' }, { "b", "abc", '>' },
        { "ab", "abc", '<' }, { "a\u00E9", "a\u4E00", '<' }, { "z", "\u00E9", '<' },
        { "\uFFFF", "\U00010000", '<' }, { "na\u00EFve", "na\u00EFve", '=' },
    };
    rc_heap *heap = open_heap(NULL);

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        CHECK_EQUAL(order(heap, a_str(heap, expected[i].a), a_str(heap, expected[i].b)),
                    expected[i].order);
    close_heap(heap);
}

static void dicts_and_sets_are_equal_whatever_their_order(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *one = an_int(heap, 1), *two = an_int(heap, 2), *real = a_float(heap, 1);
    rc_object *forward[] = { one, two, two, one }, *backward[] = { two, one, real, two };
    rc_object *set = keep(heap, rc_set_new(heap, forward, 2));

    CHECK(equal(heap, keep(heap, rc_dict_display(heap, forward, 2)),
                keep(heap, rc_dict_display(heap, backward, 2))));
    CHECK(!equal(heap, keep(heap, rc_dict_display(heap, forward, 1)),
                 keep(heap, rc_dict_display(heap, backward, 1))));
    CHECK(equal(heap, set, keep(heap, rc_set_new(heap, backward, 2))));
    CHECK(equal(heap, set, keep(heap, rc_frozenset_new(heap, backward, 3))));
    CHECK(!equal(heap, set, keep(heap, rc_set_new(heap, forward, 1))));
    close_heap(heap);
}

static void instances_equal_only_themselves(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_class *class = rc_class_new(heap, "Thing", NULL, NULL);
    rc_object *a = keep(heap, rc_instance_new(heap, class));

    CHECK(equal(heap, a, a));
    CHECK(!equal(heap, a, keep(heap, rc_instance_new(heap, class))));
    CHECK(!equal(heap, a, rc_none(heap)));
    CHECK(equal(heap, rc_none(heap), rc_none(heap)));
    close_heap(heap);
}

/* ------------------------------------------------------------------------- misuse -- */

static void expect_no_order(rc_heap *heap, rc_object *a, rc_object *b, rc_comparison comparison,
                            const char *message)
{
    bool result = true;

    CHECK_FAILS(heap, rc_compare(heap, a, b, comparison, &result), RC_TYPE_ERROR, message);
}

static void types_without_an_order_are_an_error(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *one = an_int(heap, 1), *text = a_str(heap, "a"), *none = rc_none(heap);
    rc_object *list = a_list(heap, 1, one), *dict = keep(heap, rc_dict_new(heap));
    rc_object *thing = keep(heap, rc_instance_new(heap, rc_class_new(heap, "Thing", NULL, NULL)));

    expect_no_order(heap, one, text, RC_LT,
                    "'<' not supported between instances of 'int' and 'str'");
    expect_no_order(heap, text, one, RC_LE,
                    "'<=' not supported between instances of 'str' and 'int'");
    expect_no_order(heap, none, none, RC_GT,
                    "'>' not supported between instances of 'NoneType' and 'NoneType'");
    expect_no_order(heap, list, a_tuple(heap, 1, one), RC_GE,
                    "'>=' not supported between instances of 'list' and 'tuple'");
    expect_no_order(heap, dict, dict, RC_LT,
                    "'<' not supported between instances of 'dict' and 'dict'");
    expect_no_order(heap, a_float(heap, 1.5), none, RC_LT,
                    "'<' not supported between instances of 'float' and 'NoneType'");
    expect_no_order(heap, rc_bool(heap, true), text, RC_LT,
                    "'<' not supported between instances of 'bool' and 'str'");
    expect_no_order(heap, thing, one, RC_LT,
                    "'<' not supported between instances of 'Thing' and 'int'");
    close_heap(heap);
}

static void items_without_an_order_are_an_error_unless_equal(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *one = an_int(heap, 1), *two = an_int(heap, 2), *none = rc_none(heap);

    expect_no_order(heap, a_tuple(heap, 1, one), a_tuple(heap, 1, none), RC_LT,
                    "'<' not supported between instances of 'int' and 'NoneType'");
    CHECK_EQUAL(order(heap, a_list(heap, 2, none, one), a_list(heap, 2, none, two)), '<');
    close_heap(heap);
}

/* ------------------------------------------------------------ depth, and no end -- */

#define DEEP 100000

static rc_object *nested(rc_heap *heap, bool tuple, size_t depth)
{
    rc_object *inner = rc_int_new(heap, 1000);

    for (size_t i = 0; i < depth; i++) {
        rc_object *outer = tuple ? rc_tuple_new(heap, &inner, 1)
                                 : rc_list_display(heap, &inner, 1);
        rc_decref(heap, inner);
        inner = outer;
    }
    return keep(heap, inner);
}

static void comparing_what_is_nested_too_deep_is_an_error(void)
{
    rc_heap *heap = open_heap(NULL);
    const char *message = "maximum recursion depth exceeded in comparison";
    bool result;

    for (int tuple = 0; tuple < 2; tuple++) {
        rc_object *a = nested(heap, tuple, DEEP), *b = nested(heap, tuple, DEEP);
        CHECK_FAILS(heap, rc_equal(heap, a, b, &result), RC_RECURSION_ERROR, message);
        for (int i = 0; i < 6; i++)
            CHECK_FAILS(heap, rc_compare(heap, a, b, comparisons[i], &result),
                        RC_RECURSION_ERROR, message);
        CHECK(rc_equal(heap, a, a, &result) && result);
        drop(heap, a);
        drop(heap, b);
    }
    close_heap(heap);
}

static void less_than_a_thousand_levels_are_compared(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK(equal(heap, nested(heap, false, 990), nested(heap, false, 990)));
    CHECK_EQUAL(order(heap, nested(heap, true, 490), nested(heap, true, 490)), '=');
    close_heap(heap);
}

static rc_object *list_in_itself(rc_heap *heap)
{
    rc_object *list = a_list(heap, 0);

    CHECK(rc_list_append(heap, list, list));
    return list;
}

static void comparing_two_lists_in_themselves_is_an_error_as_in_python(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *a = list_in_itself(heap), *b = list_in_itself(heap);
    bool result;

    CHECK_FAILS(heap, rc_equal(heap, a, b, &result), RC_RECURSION_ERROR,
                "maximum recursion depth exceeded in comparison");
    CHECK_FAILS(heap, rc_compare(heap, a, b, RC_LT, &result), RC_RECURSION_ERROR,
                "maximum recursion depth exceeded in comparison");
    CHECK(equal(heap, a, a));
    close_heap(heap);
}

/* ------------------------------------------------------------- heaps side by side -- */

static rc_object *other_kept[3];        /* references into the second heap */

static void report_other_kept(void *context, void (*report)(void *, rc_object *), void *to)
{
    (void)context;
    for (int i = 0; i < 3; i++)
        if (other_kept[i])
            report(to, other_kept[i]);
}

static void heaps_of_two_profiles_do_not_disturb_each_other(void)
{
    rc_hooks hooks = { .roots = report_other_kept };
    rc_options options = { .profile = rc_profile_find("3.13"), .hooks = &hooks };
    rc_heap *heap = open_heap("3.7"), *other = rc_heap_open(&options);
    int64_t hash;

    CHECK(other);
    other_kept[1] = rc_int_new(other, 1);
    other_kept[2] = rc_str_intern_text(other, "two", 3);
    other_kept[0] = rc_tuple_new(other, &other_kept[1], 2);
    rc_object *here = a_tuple(heap, 2, an_int(heap, 1), an_int(heap, 2));
    CHECK_HEAP(other);
    CHECK(rc_heap_owns(other, other_kept[0]) && !rc_heap_owns(heap, other_kept[0]));
    CHECK(rc_heap_owns(heap, here) && !rc_heap_owns(other, here));
    CHECK(rc_hash(heap, here, &hash));
    CHECK_EQUAL(hash, 3713081631934410656);
    CHECK_FAILS(heap, rc_negate(heap, here), RC_TYPE_ERROR, NULL);
    CHECK_EQUAL(rc_heap_error(other)->kind, RC_NO_ERROR);
    CHECK_EQUAL(rc_cache_info(heap, RC_INTERNED).size, 0);
    CHECK_EQUAL(rc_births(other), 2);
    close_heap(heap);

    CHECK_HEAP(other);
    CHECK_TEXT(repr_of(other, other_kept[0]), "(1, 'two')");
    for (int i = 0; i < 3; i++) {
        rc_object *object = other_kept[i];
        other_kept[i] = NULL;
        rc_decref(other, object);
        CHECK_HEAP(other);
    }
    rc_heap_close(other);
}

static const test tests[] = {
    TEST(numbers_compare_as_in_python),
    TEST(a_nan_differs_from_itself_but_not_as_an_item),
    TEST(a_number_equals_nothing_but_numbers),
    TEST(sequences_are_ordered_by_their_first_difference),
    TEST(a_list_never_equals_a_tuple),
    TEST(strs_are_ordered_by_their_code_points),
    TEST(dicts_and_sets_are_equal_whatever_their_order),
    TEST(instances_equal_only_themselves),
    TEST(types_without_an_order_are_an_error),
    TEST(items_without_an_order_are_an_error_unless_equal),
    TEST(comparing_what_is_nested_too_deep_is_an_error),
    TEST(less_than_a_thousand_levels_are_compared),
    TEST(comparing_two_lists_in_themselves_is_an_error_as_in_python),
    TEST(heaps_of_two_profiles_do_not_disturb_each_other),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
