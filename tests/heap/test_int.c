/* int: the pool, the values, int(x): src/heap/int.c. */
#include <stdlib.h>
#include <string.h>

#include "check.h"

/* --------------------------------------------------------------------- the pool -- */

static void a_small_int_is_the_pools_own(void)
{
    rc_heap *heap = open_heap(NULL);

    for (int64_t value = -5; value <= 256; value++) {
        rc_object *first = rc_int_new(heap, value), *second = rc_int_new(heap, value);
        CHECK(first == second);
        CHECK_EQUAL(rc_int_value(first), value);
        CHECK_EQUAL(rc_object_origin(heap, first), RC_ORIGIN_POOL);
        CHECK(rc_birth(heap, first) <= 0);
        CHECK_EQUAL(rc_refcount(heap, first), 3);
        rc_decref(heap, first);
        rc_decref(heap, second);
    }
    CHECK_HEAP(heap);
    CHECK_EQUAL(rc_births(heap), 0);
    close_heap(heap);
}

static void an_int_beside_the_pool_is_new_each_time(void)
{
    static const int64_t values[] = { -6, 257, 1000, INT64_MAX, INT64_MIN };
    rc_heap *heap = open_heap(NULL);

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        rc_object *first = an_int(heap, values[i]), *second = an_int(heap, values[i]);
        CHECK(first != second);
        CHECK_EQUAL(rc_int_value(second), values[i]);
        CHECK_EQUAL(rc_refcount(heap, first), 1);
        CHECK_EQUAL(rc_birth(heap, first), 2 * (int64_t)i + 1);
        CHECK(rc_object_origin(heap, first) != RC_ORIGIN_POOL);
    }
    close_heap(heap);
}

static void an_int_that_dies_leaves_its_block_to_the_next(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *first = an_int(heap, 1000);
    uintptr_t id = rc_id(first);

    CHECK_EQUAL(rc_object_origin(heap, first), RC_ORIGIN_FRESH);
    drop(heap, first);
    rc_object *second = an_int(heap, 2000);
    CHECK(rc_id(second) == id);
    CHECK_EQUAL(rc_object_origin(heap, second), RC_ORIGIN_REUSED);
    CHECK_EQUAL(rc_free_list(heap, &rc_int_type, 0).capacity, 0);
    close_heap(heap);
}

static void the_pool_counts_its_hits_and_misses(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_cache_stats before = rc_cache_info(heap, RC_SMALL_INTS);

    an_int(heap, 256);
    an_int(heap, -5);
    an_int(heap, 257);
    rc_cache_stats after = rc_cache_info(heap, RC_SMALL_INTS);
    CHECK_EQUAL(after.size, 262);
    CHECK_EQUAL(after.hits - before.hits, 2);
    CHECK_EQUAL(after.misses - before.misses, 1);
    close_heap(heap);
}

static bool is_next(void *context, rc_object *object)
{
    int64_t *expected = context;

    CHECK_EQUAL(rc_int_value(object), *expected);
    ++*expected;
    return *expected != 100;
}

static void the_pool_is_shown_by_value_until_told_to_stop(void)
{
    rc_heap *heap = open_heap(NULL);
    int64_t expected = -5;

    rc_cache_each(heap, RC_SMALL_INTS, is_next, &expected);
    CHECK_EQUAL(expected, 100);
    close_heap(heap);
}

static void a_pooled_int_is_counted_up_to_3_8_and_immortal_in_3_13(void)
{
    rc_heap *heap = open_heap("3.7");
    CHECK_EQUAL(rc_refcount(heap, an_int(heap, 18)), 2);
    close_heap(heap);

    heap = open_heap("3.13");
    rc_object *pooled = an_int(heap, 18);
    CHECK(rc_is_immortal(pooled));
    CHECK_EQUAL(rc_refcount(heap, pooled), 4294967295);
    an_int(heap, 18);
    CHECK_EQUAL(rc_refcount(heap, pooled), 4294967295);
    CHECK(!rc_is_immortal(an_int(heap, 257)));
    close_heap(heap);
}

static rc_heap *open_with_pool(int64_t least, int64_t greatest)
{
    rc_profile own = *rc_profile_default();
    rc_options options = { .profile = &own };

    CHECK(!rc_profile_set_numbers(&own, rc_profile_find_field("small_int_least"), &least, 1));
    CHECK(!rc_profile_set_numbers(&own, rc_profile_find_field("small_int_greatest"),
                                  &greatest, 1));
    rc_heap *heap = rc_heap_open(&options);
    CHECK(heap);
    return heap;
}

static void a_profile_of_ones_own_sizes_the_pool(void)
{
    rc_heap *heap = open_with_pool(0, 0);
    rc_object *zero = rc_int_new(heap, 0), *one = rc_int_new(heap, 1);

    CHECK_EQUAL(rc_cache_info(heap, RC_SMALL_INTS).size, 1);
    CHECK_EQUAL(rc_object_origin(heap, zero), RC_ORIGIN_POOL);
    CHECK_EQUAL(rc_object_origin(heap, one), RC_ORIGIN_FRESH);
    rc_decref(heap, zero);
    rc_decref(heap, one);
    CHECK_HEAP(heap);
    rc_heap_close(heap);

    heap = open_with_pool(-1000, 1024);
    rc_object *large = rc_int_new(heap, 1024);
    CHECK_EQUAL(rc_object_origin(heap, large), RC_ORIGIN_POOL);
    rc_decref(heap, large);
    CHECK_HEAP(heap);
    rc_heap_close(heap);
}

static bool make_large(rc_heap *heap, void *context)
{
    rc_object *made = rc_int_new(heap, 1000);

    (void)context;
    if (made)
        rc_decref(heap, made);
    return made != NULL;
}

static bool misses_are_as_before(rc_heap *heap, void *context)
{
    uint64_t *misses = context;

    return rc_cache_info(heap, RC_SMALL_INTS).misses == *misses;
}

static void an_int_for_which_there_is_no_memory_changes_nothing(void)
{
    rc_heap *heap = open_heap(NULL);
    uint64_t misses = rc_cache_info(heap, RC_SMALL_INTS).misses;

    with_each_allocation_failing(heap, make_large, misses_are_as_before, &misses);
    close_heap(heap);
}

/* ----------------------------------------------------------------------- int(x) -- */

static void expect_int(rc_heap *heap, rc_object *x, int64_t value)
{
    rc_object *result = keep(heap, rc_int_from(heap, x));

    CHECK(rc_is(result, &rc_int_type));
    CHECK_EQUAL(rc_int_value(result), value);
    drop(heap, result);
}

static void int_of_an_int_is_itself(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *large = an_int(heap, 1000);

    CHECK(keep(heap, rc_int_from(heap, large)) == large);
    CHECK_EQUAL(rc_refcount(heap, large), 2);
    close_heap(heap);
}

static void int_of_a_bool_is_an_int(void)
{
    rc_heap *heap = open_heap(NULL);

    expect_int(heap, rc_bool(heap, true), 1);
    expect_int(heap, rc_bool(heap, false), 0);
    close_heap(heap);
}

static void int_of_a_float_drops_the_fraction(void)
{
    rc_heap *heap = open_heap(NULL);

    expect_int(heap, a_float(heap, 2.9), 2);
    expect_int(heap, a_float(heap, -2.9), -2);
    expect_int(heap, a_float(heap, -0.0), 0);
    expect_int(heap, a_float(heap, 9223372036854774784.0), INT64_C(9223372036854774784));
    expect_int(heap, a_float(heap, -0x1p63), INT64_MIN);
    close_heap(heap);
}

static void int_of_a_float_that_is_too_large_is_an_error(void)
{
    rc_heap *heap = open_heap(NULL);
    const char *message = "int too large to convert to a 64-bit value";

    CHECK_FAILS(heap, rc_int_from(heap, a_float(heap, 0x1p63)), RC_OVERFLOW_ERROR, message);
    CHECK_FAILS(heap, rc_int_from(heap, a_float(heap, -1e19)), RC_OVERFLOW_ERROR, message);
    CHECK_FAILS(heap, rc_int_from(heap, a_number(heap, "inf")), RC_OVERFLOW_ERROR,
                "cannot convert float infinity to integer");
    CHECK_FAILS(heap, rc_int_from(heap, a_number(heap, "-inf")), RC_OVERFLOW_ERROR,
                "cannot convert float infinity to integer");
    close_heap(heap);
}

static void int_of_a_nan_is_an_error(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK_FAILS(heap, rc_int_from(heap, a_number(heap, "nan")), RC_VALUE_ERROR,
                "cannot convert float NaN to integer");
    close_heap(heap);
}

static void int_of_a_str_that_is_no_number_shows_it(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK_FAILS(heap, rc_int_from(heap, a_str(heap, "it's")), RC_VALUE_ERROR,
                "invalid literal for int() with base 10: \"it's\"");
    CHECK_FAILS(heap, rc_int_from(heap, a_str(heap, " 1.5\n")), RC_VALUE_ERROR,
                "invalid literal for int() with base 10: ' 1.5\\n'");
    CHECK_FAILS(heap, rc_int_from(heap, a_str(heap, "")), RC_VALUE_ERROR,
                "invalid literal for int() with base 10: ''");
    close_heap(heap);
}

static void int_of_a_long_str_that_is_no_number_shows_its_beginning(void)
{
    rc_heap *heap = open_heap(NULL);
    char text[1000];

    memset(text, 'x', sizeof text);
    CHECK_FAILS(heap, rc_int_from(heap, keep(heap, rc_str_new(heap, text, sizeof text))),
                RC_VALUE_ERROR, NULL);
    close_heap(heap);
}

static void int_of_a_str_beyond_64_bits_is_an_error(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK_FAILS(heap, rc_int_from(heap, a_str(heap, "9223372036854775808")),
                RC_OVERFLOW_ERROR, "int too large to convert to a 64-bit value");
    close_heap(heap);
}

static void int_of_anything_else_is_an_error(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK_FAILS(heap, rc_int_from(heap, rc_none(heap)), RC_TYPE_ERROR,
                "int() argument must be a string, a bytes-like object or a number, "
                "not 'NoneType'");
    CHECK_FAILS(heap, rc_int_from(heap, a_list(heap, 0)), RC_TYPE_ERROR,
                "int() argument must be a string, a bytes-like object or a number, "
                "not 'list'");
    close_heap(heap);
}

/* ------------------------------------------------------------- what it looks like -- */

static void an_int_takes_four_bytes_for_30_bits(void)
{
    static const struct { int64_t value; size_t size; } expected[] = {
        { 1, 28 }, { -1, 28 }, { 256, 28 }, { 1073741823, 28 }, { 1073741824, 32 },
        { -1073741823, 28 }, { -1073741824, 32 }, { INT64_C(1152921504606846975), 32 },
        { INT64_C(1152921504606846976), 36 }, { INT64_MAX, 36 }, { INT64_MIN, 36 },
    };
    static const char *const profiles[] = { "3.7", "3.8", "3.13" };

    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
            CHECK_EQUAL(rc_sizeof(heap, an_int(heap, expected[i].value)), expected[i].size);
        CHECK_EQUAL(rc_sizeof(heap, an_int(heap, 0)), p == 2 ? 28 : 24);
        CHECK_EQUAL(rc_sizeof(heap, rc_bool(heap, true)), 28);
        CHECK_EQUAL(rc_sizeof(heap, rc_bool(heap, false)), p == 2 ? 28 : 24);
        CHECK_EQUAL(rc_sizeof(heap, rc_none(heap)), 16);
        close_heap(heap);
    }
}

typedef struct seen_fields {
    int count;
    rc_field fields[8];
} seen_fields;

static bool note_field(void *context, const rc_field *field)
{
    seen_fields *seen = context;

    CHECK(seen->count < 8);
    seen->fields[seen->count++] = *field;
    return true;
}

static void an_ints_layout_is_the_head_and_a_value(void)
{
    static const char *const names[] = { "next", "prev", "refcount", "type", "value" };
    rc_heap *heap = open_heap(NULL);
    seen_fields seen = { 0 };
    rc_object *object = an_int(heap, -1000);
    size_t end = 0;

    rc_layout(heap, object, note_field, &seen);
    CHECK_EQUAL(seen.count, 5);
    for (int i = 0; i < seen.count; i++) {
        CHECK_TEXT(seen.fields[i].name, names[i]);
        CHECK(seen.fields[i].offset >= end);
        end = seen.fields[i].offset + seen.fields[i].size;
    }
    CHECK_EQUAL(seen.fields[2].value.integer, 1);
    CHECK(seen.fields[3].value.type == &rc_int_type);
    CHECK_EQUAL(seen.fields[4].kind, RC_FIELD_INTEGER);
    CHECK_EQUAL(seen.fields[4].value.integer, -1000);
    close_heap(heap);
}

static void an_int_is_written_in_decimal(void)
{
    static const char *const texts[] = {
        "0", "-1", "7", "256", "1000", "9223372036854775807", "-9223372036854775808",
    };
    rc_heap *heap = open_heap(NULL);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        CHECK_TEXT(repr_of(heap, a_number(heap, texts[i])), texts[i]);
    CHECK_TEXT(repr_of(heap, rc_bool(heap, true)), "True");
    CHECK_TEXT(repr_of(heap, rc_bool(heap, false)), "False");
    CHECK_TEXT(repr_of(heap, rc_none(heap)), "None");
    close_heap(heap);
}

static void only_zero_is_false(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK(!rc_truth(an_int(heap, 0)));
    CHECK(rc_truth(an_int(heap, -1)));
    CHECK(rc_truth(an_int(heap, INT64_MIN)));
    CHECK(rc_truth(rc_bool(heap, true)) && !rc_truth(rc_bool(heap, false)));
    CHECK(!rc_truth(rc_none(heap)));
    close_heap(heap);
}

static void an_int_has_no_length_and_no_items(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *one = an_int(heap, 1);
    rc_iterator walk;
    size_t length;
    bool result;

    CHECK_FAILS(heap, rc_length(heap, one, &length), RC_TYPE_ERROR,
                "object of type 'int' has no len()");
    CHECK_FAILS(heap, rc_iterator_start(heap, &walk, one), RC_TYPE_ERROR,
                "'int' object is not iterable");
    CHECK_FAILS(heap, rc_contains(heap, one, one, &result), RC_TYPE_ERROR,
                "argument of type 'int' is not iterable");
    close_heap(heap);
}

static void None_True_and_False_are_singletons_that_the_heap_owns(void)
{
    static const char *const profiles[] = { "3.8", "3.13" };

    for (int p = 0; p < 2; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        rc_object *all[] = { rc_none(heap), rc_bool(heap, true), rc_bool(heap, false) };
        for (int i = 0; i < 3; i++) {
            CHECK_EQUAL(rc_object_origin(heap, all[i]), RC_ORIGIN_SINGLETON);
            CHECK_EQUAL(rc_refcount(heap, all[i]), p == 0 ? 1 : 4294967295);
            CHECK(!rc_gc_is_tracked(heap, all[i]));
        }
        CHECK(rc_bool(heap, true) == all[1]);
        close_heap(heap);
    }
}

static const test tests[] = {
    TEST(a_small_int_is_the_pools_own),
    TEST(an_int_beside_the_pool_is_new_each_time),
    TEST(an_int_that_dies_leaves_its_block_to_the_next),
    TEST(the_pool_counts_its_hits_and_misses),
    TEST(the_pool_is_shown_by_value_until_told_to_stop),
    TEST(a_pooled_int_is_counted_up_to_3_8_and_immortal_in_3_13),
    TEST(a_profile_of_ones_own_sizes_the_pool),
    TEST(an_int_for_which_there_is_no_memory_changes_nothing),
    TEST(int_of_an_int_is_itself),
    TEST(int_of_a_bool_is_an_int),
    TEST(int_of_a_float_drops_the_fraction),
    TEST(int_of_a_float_that_is_too_large_is_an_error),
    TEST(int_of_a_nan_is_an_error),
    TEST(int_of_a_str_that_is_no_number_shows_it),
    TEST(int_of_a_long_str_that_is_no_number_shows_its_beginning),
    TEST(int_of_a_str_beyond_64_bits_is_an_error),
    TEST(int_of_anything_else_is_an_error),
    TEST(an_int_takes_four_bytes_for_30_bits),
    TEST(an_ints_layout_is_the_head_and_a_value),
    TEST(an_int_is_written_in_decimal),
    TEST(only_zero_is_false),
    TEST(an_int_has_no_length_and_no_items),
    TEST(None_True_and_False_are_singletons_that_the_heap_owns),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
