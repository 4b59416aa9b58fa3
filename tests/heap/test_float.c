/* float: the free list, the values, float(x): src/heap/float.c. */
#include <math.h>
#include <string.h>

#include "check.h"

#define KEPT 100                        /* dead floats that every release keeps */

/* ---------------------------------------------------------------- the free list -- */

static rc_free_list_stats free_floats(rc_heap *heap)
{
    return rc_free_list(heap, &rc_float_type, 0);
}

static void a_new_float_gets_the_place_of_the_one_that_died_last(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *first = a_float(heap, 3.14), *second = a_float(heap, 2.72);
    uintptr_t first_id = rc_id(first), second_id = rc_id(second);

    CHECK_EQUAL(rc_object_origin(heap, first), RC_ORIGIN_FRESH);
    drop(heap, first);
    drop(heap, second);
    rc_object *third = a_float(heap, 9.999), *fourth = a_float(heap, 1.5);
    CHECK(rc_id(third) == second_id);
    CHECK(rc_id(fourth) == first_id);
    CHECK_EQUAL(rc_object_origin(heap, third), RC_ORIGIN_FREE_LIST);
    CHECK(rc_float_value(third) == 9.999);
    CHECK_EQUAL(rc_birth(heap, fourth), 4);
    close_heap(heap);
}

static void a_float_on_the_free_list_is_not_on_the_refchain(void)
{
    rc_heap *heap = open_heap(NULL);
    size_t live = rc_live(heap, &rc_float_type);
    rc_object *object = a_float(heap, 3.14);

    CHECK(rc_newest(heap) == object);
    drop(heap, object);
    CHECK_EQUAL(rc_live(heap, &rc_float_type), live);
    CHECK(rc_newest(heap) != object);
    CHECK(rc_free_list_entry(heap, &rc_float_type, 0, 0) == (const void *)object);
    CHECK(a_float(heap, 1.0) == object);
    CHECK(rc_newest(heap) == object);
    close_heap(heap);
}

static void the_free_list_takes_a_hundred_floats(void)
{
    static const char *const profiles[] = { "3.7", "3.8", "3.13" };
    rc_object *floats[KEPT + 5];

    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        for (int i = 0; i < KEPT + 5; i++)
            floats[i] = a_float(heap, i);
        uint64_t releases = rc_heap_memory(heap).releases;
        for (int i = 0; i < KEPT + 5; i++)
            drop(heap, floats[i]);
        CHECK_EQUAL(free_floats(heap).capacity, KEPT);
        CHECK_EQUAL(free_floats(heap).size, KEPT);
        CHECK_EQUAL(rc_heap_memory(heap).releases - releases, 5);
        for (int i = KEPT; i-- > 0; )
            CHECK(a_float(heap, i) == floats[i]);
        CHECK_EQUAL(free_floats(heap).size, 0);
        CHECK_EQUAL(free_floats(heap).hits, KEPT);
        CHECK_EQUAL(free_floats(heap).misses, KEPT + 5);
        close_heap(heap);
    }
}

static void only_a_full_collection_empties_the_free_list(void)
{
    rc_heap *heap = open_heap(NULL);
    size_t found;

    drop(heap, a_float(heap, 1.5));
    CHECK(rc_gc_collect(heap, 0, &found) && rc_gc_collect(heap, 1, &found));
    CHECK_EQUAL(free_floats(heap).size, 1);
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK_EQUAL(free_floats(heap).size, 0);
    CHECK_HEAP(heap);
    close_heap(heap);
}

static void a_profile_of_ones_own_may_have_no_free_list(void)
{
    rc_profile own = *rc_profile_default();
    rc_options options = { .profile = &own };
    int64_t none = 0;

    CHECK(!rc_profile_set_numbers(&own, rc_profile_find_field("float_free"), &none, 1));
    rc_heap *heap = rc_heap_open(&options);
    CHECK(heap);
    rc_decref(heap, rc_float_new(heap, 1.5));
    CHECK_EQUAL(free_floats(heap).size, 0);
    rc_object *object = rc_float_new(heap, 2.5);
    CHECK_EQUAL(rc_object_origin(heap, object), RC_ORIGIN_REUSED);
    rc_decref(heap, object);
    CHECK_HEAP(heap);
    rc_heap_close(heap);
}

static bool make_float(rc_heap *heap, void *context)
{
    rc_object *made = rc_float_new(heap, 1.5);

    (void)context;
    if (made)
        rc_decref(heap, made);
    return made != NULL;
}

static void a_float_for_which_there_is_no_memory_changes_nothing(void)
{
    rc_heap *heap = open_heap(NULL);

    with_each_allocation_failing(heap, make_float, NULL, NULL);
    close_heap(heap);
}

/* --------------------------------------------------------------------- float(x) -- */

static void float_of_a_float_is_itself(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *object = a_float(heap, 1.5);

    CHECK(keep(heap, rc_float_from(heap, object)) == object);
    CHECK_EQUAL(rc_refcount(heap, object), 2);
    close_heap(heap);
}

static void float_of_an_int_is_the_nearest_one(void)
{
    static const struct { int64_t value; double nearest; } expected[] = {
        { 0, 0 }, { -7, -7 }, { INT64_C(9007199254740993), 9007199254740992.0 },
        { INT64_C(9007199254740995), 9007199254740996.0 }, { INT64_MAX, 0x1p63 },
        { INT64_MIN, -0x1p63 },
    };
    rc_heap *heap = open_heap(NULL);

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        rc_object *x = an_int(heap, expected[i].value);
        CHECK(rc_float_value(keep(heap, rc_float_from(heap, x))) == expected[i].nearest);
    }
    CHECK(rc_float_value(keep(heap, rc_float_from(heap, rc_bool(heap, true)))) == 1);
    close_heap(heap);
}

static void float_of_a_str_that_is_no_number_shows_it(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK_FAILS(heap, rc_float_from(heap, a_str(heap, "1,5")), RC_VALUE_ERROR,
                "could not convert string to float: '1,5'");
    CHECK_FAILS(heap, rc_float_from(heap, a_str(heap, "")), RC_VALUE_ERROR,
                "could not convert string to float: ''");
    close_heap(heap);
}

static void float_of_anything_else_is_an_error(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK_FAILS(heap, rc_float_from(heap, rc_none(heap)), RC_TYPE_ERROR,
                "float() argument must be a string or a number, not 'NoneType'");
    CHECK_FAILS(heap, rc_float_from(heap, a_list(heap, 0)), RC_TYPE_ERROR,
                "float() argument must be a string or a number, not 'list'");
    close_heap(heap);
}

/* ------------------------------------------------------------- what it looks like -- */

static void a_float_takes_24_bytes_in_every_release(void)
{
    static const char *const profiles[] = { ALL_PROFILES };

    for (int p = 0; p < PROFILE_COUNT; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        CHECK_EQUAL(rc_sizeof(heap, a_float(heap, 1e308)), 24);
        close_heap(heap);
    }
}

static void a_trace_refs_build_adds_16_bytes(void)
{
    rc_profile own = *rc_profile_default();
    rc_options options = { .profile = &own };
    int64_t yes = 1;

    CHECK(!rc_profile_set_numbers(&own, rc_profile_find_field("trace_refs"), &yes, 1));
    rc_heap *heap = rc_heap_open(&options);
    CHECK(heap);
    rc_object *object = rc_float_new(heap, 1.5), *one = rc_int_new(heap, 1);
    CHECK_EQUAL(rc_sizeof(heap, object), 40);
    CHECK_EQUAL(rc_sizeof(heap, one), 44);
    rc_decref(heap, object);
    rc_decref(heap, one);
    rc_heap_close(heap);
}

static bool note_real(void *context, const rc_field *field)
{
    if (strcmp(field->name, "value") == 0) {
        CHECK_EQUAL(field->kind, RC_FIELD_REAL);
        CHECK_EQUAL(field->size, 8);
        *(double *)context = field->value.real;
    }
    return true;
}

static void a_floats_layout_ends_in_its_value(void)
{
    rc_heap *heap = open_heap(NULL);
    double value = 0;

    rc_layout(heap, a_float(heap, 2.5), note_real, &value);
    CHECK(value == 2.5);
    close_heap(heap);
}

static void only_the_two_zeros_are_false(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK(!rc_truth(a_float(heap, 0.0)));
    CHECK(!rc_truth(a_float(heap, -0.0)));
    CHECK(rc_truth(a_float(heap, 5e-324)));
    CHECK(rc_truth(a_float(heap, (double)NAN)));
    close_heap(heap);
}

static const test tests[] = {
    TEST(a_new_float_gets_the_place_of_the_one_that_died_last),
    TEST(a_float_on_the_free_list_is_not_on_the_refchain),
    TEST(the_free_list_takes_a_hundred_floats),
    TEST(only_a_full_collection_empties_the_free_list),
    TEST(a_profile_of_ones_own_may_have_no_free_list),
    TEST(a_float_for_which_there_is_no_memory_changes_nothing),
    TEST(float_of_a_float_is_itself),
    TEST(float_of_an_int_is_the_nearest_one),
    TEST(float_of_a_str_that_is_no_number_shows_it),
    TEST(float_of_anything_else_is_an_error),
    TEST(a_float_takes_24_bytes_in_every_release),
    TEST(a_trace_refs_build_adds_16_bytes),
    TEST(a_floats_layout_ends_in_its_value),
    TEST(only_the_two_zeros_are_false),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
