/* set and frozenset: src/heap/set.c.  Order and sizes are those of the releases named. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "../../src/heap/object.h"

#define REPR(set, text) CHECK_TEXT(repr_of(heap, set), text)

static void add_numbers(rc_heap *heap, rc_object *set, const int *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        rc_object *number = rc_int_new(heap, values[i]);
        CHECK(rc_set_add(heap, set, number));
        rc_decref(heap, number);
    }
}

static rc_object *set_of(rc_heap *heap, const int *values, size_t count)
{
    rc_object *set = keep(heap, rc_set_new(heap, NULL, 0));

    add_numbers(heap, set, values, count);
    return set;
}

#define SET(...) set_of(heap, (int[]){ __VA_ARGS__ },                                    \
                        sizeof((int[]){ __VA_ARGS__ }) / sizeof(int))

static rc_object *up_to(rc_heap *heap, int count)
{
    rc_object *set = keep(heap, rc_set_new(heap, NULL, 0));

    for (int i = 0; i < count; i++)
        add_numbers(heap, set, &i, 1);
    return set;
}

static rc_object *frozen(rc_heap *heap, rc_object *set)
{
    return keep(heap, rc_frozenset_call(heap, set));
}

/* -------------------------------------------------------------------- order and sizes -- */

static void numbers_stand_in_the_order_that_cpython_gives_them(void)
{
    rc_heap *heap = open_heap(NULL);

    REPR(SET(8, 0, 16, 24, 1), "{0, 1, 8, 16, 24}");
    REPR(SET(3, 1, 2), "{1, 2, 3}");
    REPR(SET(-1, 7, -2, 100, 33), "{33, 100, 7, -1, -2}");
    close_heap(heap);
}

static void a_set_grows_when_three_fifths_are_in_use(void)
{
    static const struct { int elements; size_t sizes[3]; } expected[] = {
        { 0, { 232, 216, 216 } },    { 4, { 232, 216, 216 } },    { 5, { 744, 728, 728 } },
        { 18, { 744, 728, 728 } },   { 19, { 2280, 2264, 2264 } },
        { 76, { 2280, 2264, 2264 } }, { 77, { 8424, 8408, 8408 } },
    };
    static const char *const profiles[] = { "3.7", "3.8", "3.13" };

    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
            CHECK_EQUAL(rc_sizeof(heap, up_to(heap, expected[i].elements)),
                        expected[i].sizes[p]);
        close_heap(heap);
    }
}

static void a_copy_is_smaller_than_what_grew(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *set = up_to(heap, 100);

    CHECK_EQUAL(rc_sizeof(heap, set), 8408);
    CHECK_EQUAL(rc_sizeof(heap, keep(heap, rc_set_copy(heap, set))), 4312);
    close_heap(heap);
}

/* {0 … 18} less 18 of them, then 60 numbers added and discarded again. */
static void check_deleted_entries(const set_growth_strategy *growth, size_t size)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *set;

    heap->profile.set_growth.value = &growth->about;
    set = up_to(heap, 19);
    for (int i = 1; i < 19; i++)
        CHECK(rc_set_discard(heap, set, an_int(heap, i), NULL));
    for (int i = 100; i < 160; i++) {
        add_numbers(heap, set, &i, 1);
        CHECK(rc_set_discard(heap, set, an_int(heap, i), NULL));
    }
    CHECK_EQUAL(rc_sizeof(heap, set), size);
    close_heap(heap);
}

static void deleted_entries_are_used_again_but_in_3_9(void)
{
    check_deleted_entries(&set_growth_three_fifths, 2264);
    check_deleted_entries(&set_growth_three_fifths_fresh, 472);
}

/* One of many pseudo-random changes. */
static rc_object *change_at_random(rc_heap *heap, rc_object *set, uint64_t random)
{
    rc_object *x = rc_int_new(heap, (int64_t)(random >> 8) % 60 * ((random >> 20) % 3 ? 1 : 8));
    rc_object *other;

    switch (random % 12) {
    case 0: case 1: case 2: case 3: case 4:
        CHECK(rc_set_add(heap, set, x));
        break;
    case 5: case 6: case 7:
        CHECK(rc_set_discard(heap, set, x, NULL));
        break;
    case 8:
        if (rc_set_size(set) > 0)
            rc_decref(heap, rc_set_pop(heap, set));
        break;
    case 9:
        CHECK(other = rc_set_new(heap, NULL, 0));
        for (int i = 0; i < (int)((random >> 32) % 20); i++)
            add_numbers(heap, other, (int[]){ i * 3 + (int)((random >> 40) % 50) }, 1);
        CHECK(rc_set_update(heap, set, other));
        rc_decref(heap, other);
        break;
    case 10:
        CHECK(other = rc_set_copy(heap, set));
        rc_decref(heap, set);
        set = other;
        break;
    default:
        if ((random >> 40) % 8 == 0)
            rc_set_clear(heap, set);
    }
    rc_decref(heap, x);
    return set;
}

static void check_random_changes(const char *profile, uint64_t expected)
{
    rc_heap *heap = open_heap(profile);
    rc_object *set = rc_set_new(heap, NULL, 0);
    uint64_t state = RANDOM_START, print = 0;

    for (int i = 0; i < 3000; i++) {
        char size[32];
        set = change_at_random(heap, set, next_random(&state));
        snprintf(size, sizeof size, "%zu ", rc_sizeof(heap, set));
        print = fingerprint(fingerprint(print, size), repr_of(heap, set));
    }
    if (print != expected)
        test_failed(__FILE__, __LINE__, "the fingerprint is 0x%016" PRIX64, print);
    rc_decref(heap, set);
    close_heap(heap);
}

/* The fingerprints are those of the same changes on the releases themselves. */
static void three_thousand_random_changes_go_as_in_the_release(void)
{
    check_random_changes("3.7", UINT64_C(0x57251BBAE4ECD4FD));
    check_random_changes("3.8", UINT64_C(0x7987FE8B8A90CBBA));
    check_random_changes("3.13", UINT64_C(0x7987FE8B8A90CBBA));
}

/* ---------------------------------------------------------------------------- content -- */

static void an_equal_element_is_not_added(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *set = SET(1, 2);

    CHECK(rc_set_add(heap, set, a_float(heap, 1.0)));
    CHECK(rc_set_add(heap, set, rc_bool(heap, true)));
    REPR(set, "{1, 2}");
    close_heap(heap);
}

static void what_is_not_there_is_discarded_but_not_removed(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *set = SET(1, 2), *x = a_str(heap, "x");
    bool found = true;

    CHECK(rc_set_discard(heap, set, x, &found) && !found);
    CHECK_FAILS(heap, rc_set_remove(heap, set, x), RC_KEY_ERROR, "'x'");
    CHECK(rc_set_remove(heap, set, a_float(heap, 2.0)));
    rc_decref(heap, rc_set_pop(heap, set));
    CHECK_FAILS(heap, rc_set_pop(heap, set), RC_KEY_ERROR, "'pop from an empty set'");
    close_heap(heap);
}

static void an_unhashable_element_is_an_error(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *set = SET(1), *list = a_list(heap, 0);

    CHECK_FAILS(heap, rc_set_add(heap, set, list), RC_TYPE_ERROR, "unhashable type: 'list'");
    CHECK_FAILS(heap, rc_set_add(heap, set, set), RC_TYPE_ERROR, "unhashable type: 'set'");
    CHECK_FAILS(heap, rc_set_remove(heap, set, list), RC_TYPE_ERROR, "unhashable type: 'list'");
    CHECK_FAILS(heap, rc_set_new(heap, &list, 1), RC_TYPE_ERROR, "unhashable type: 'list'");
    CHECK_FAILS(heap, rc_set_call(heap, rc_none(heap)), RC_TYPE_ERROR,
                "'NoneType' object is not iterable");
    close_heap(heap);
}

static void a_set_stands_for_the_frozenset_that_equals_it(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *inner = SET(1, 2, 3), *outer = keep(heap, rc_set_new(heap, NULL, 0));
    bool there;

    CHECK(rc_contains(heap, outer, inner, &there) && !there);
    CHECK(rc_set_add(heap, outer, frozen(heap, inner)));
    CHECK(rc_contains(heap, outer, inner, &there) && there);
    CHECK_FAILS(heap, rc_set_remove(heap, outer, SET(1)), RC_KEY_ERROR, "{1}");
    CHECK(rc_set_remove(heap, outer, inner));
    CHECK_EQUAL(rc_set_size(outer), 0);
    close_heap(heap);
}

static bool holds(rc_heap *heap, rc_object *a, rc_object *b, rc_comparison comparison)
{
    bool result;

    CHECK(rc_compare(heap, a, b, comparison, &result));
    return result;
}

static void order_is_inclusion(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *few = SET(1, 2), *many = frozen(heap, SET(1, 2, 3)), *others = SET(7, 8);
    bool result;

    CHECK(holds(heap, few, many, RC_LT) && holds(heap, few, many, RC_LE));
    CHECK(holds(heap, many, few, RC_GT) && holds(heap, many, few, RC_GE));
    CHECK(!holds(heap, few, others, RC_LE) && !holds(heap, few, others, RC_GE));
    CHECK(holds(heap, few, frozen(heap, few), RC_EQ) && !holds(heap, few, few, RC_LT));
    CHECK(holds(heap, few, few, RC_LE) && holds(heap, few, others, RC_NE));
    CHECK_FAILS(heap, rc_compare(heap, few, an_int(heap, 1), RC_LT, &result), RC_TYPE_ERROR,
                "'<' not supported between instances of 'set' and 'int'");
    close_heap(heap);
}

static void a_set_that_changes_its_size_cannot_be_walked_on(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *set = SET(1, 2), *element;
    rc_iterator walk;

    CHECK(rc_iterator_start(heap, &walk, set));
    CHECK(rc_iterator_next(heap, &walk, &element, NULL) && rc_int_value(element) == 1);
    rc_decref(heap, element);
    add_numbers(heap, set, (int[]){ 9 }, 1);
    CHECK(!rc_iterator_next(heap, &walk, &element, NULL));
    rc_iterator_end(heap, &walk);
    CHECK_EQUAL(rc_heap_error(heap)->kind, RC_RUNTIME_ERROR);
    CHECK_TEXT(rc_heap_error(heap)->message, "Set changed size during iteration");
    close_heap(heap);
}

/* -------------------------------------------------------------------------- frozensets -- */

static void the_empty_frozenset_is_shared_up_to_3_9(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *empty = keep(heap, rc_frozenset_new(heap, NULL, 0));

    CHECK(keep(heap, rc_frozenset_call(heap, NULL)) == empty);
    CHECK(keep(heap, rc_frozenset_call(heap, a_list(heap, 0))) == empty);
    CHECK_EQUAL(rc_object_origin(heap, empty), RC_ORIGIN_SINGLETON);
    close_heap(heap);

    heap = open_heap("3.13");
    empty = keep(heap, rc_frozenset_new(heap, NULL, 0));
    CHECK(keep(heap, rc_frozenset_call(heap, NULL)) != empty);
    REPR(empty, "frozenset()");
    close_heap(heap);
}

static void a_frozenset_gives_itself_and_hashes_as_in_cpython(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *set = frozen(heap, SET(1, 2, 3));
    int64_t hash;

    CHECK(keep(heap, rc_frozenset_call(heap, set)) == set);
    CHECK(keep(heap, rc_set_copy(heap, set)) == set);
    for (int i = 0; i < 2; i++)
        CHECK(rc_hash(heap, set, &hash) && hash == -272375401224217160);
    REPR(set, "frozenset({1, 2, 3})");
    close_heap(heap);
}

/* --------------------------------------------------------------- releases, finalizers -- */

static void look_and_add(void *context, rc_heap *heap, rc_object *self)
{
    rc_object **set = context;

    (void)self;
    CHECK_EQUAL(rc_set_size(*set), 0);
    CHECK(rc_set_add(heap, *set, rc_none(heap)));
}

static void a_finalizer_sees_the_set_whole(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *set = keep(heap, rc_set_new(heap, NULL, 0)), *instance;
    rc_class *class = rc_class_new(heap, "Witness", look_and_add, &set);

    CHECK(instance = rc_instance_new(heap, class));
    CHECK(rc_set_add(heap, set, instance));
    rc_decref(heap, instance);
    rc_set_clear(heap, set);
    REPR(set, "{None}");
    close_heap(heap);
}

static void a_dying_set_clears_its_weak_references(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *set = rc_set_new(heap, NULL, 0), *frozenset;
    rc_object *reference = rc_weakref_new(heap, set, NULL), *another;

    CHECK(reference && rc_weakref_referent(reference) == set);
    rc_decref(heap, set);
    CHECK(rc_weakref_referent(reference) == NULL);
    keep(heap, reference);

    CHECK(frozenset = rc_frozenset_call(heap, SET(1)));
    CHECK(another = rc_weakref_new(heap, frozenset, NULL));
    rc_decref(heap, frozenset);
    CHECK(rc_weakref_referent(another) == NULL);
    keep(heap, another);
    close_heap(heap);
}

static void sets_are_tracked_from_birth(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK(rc_gc_is_tracked(heap, up_to(heap, 0)));
    CHECK(rc_gc_is_tracked(heap, frozen(heap, up_to(heap, 1))));
    close_heap(heap);
}

/* ----------------------------------------------------------------------------- memory -- */

struct operands {
    rc_object *set, *x, *other;
};

static bool add_fifth(rc_heap *heap, void *context)
{
    struct operands *operands = context;
    return rc_set_add(heap, operands->set, operands->x);
}

static bool update(rc_heap *heap, void *context)
{
    struct operands *operands = context;
    return rc_set_update(heap, operands->set, operands->other);
}

static bool made(rc_heap *heap, rc_object *set)
{
    if (set)
        rc_decref(heap, set);
    return set != NULL;
}

static bool make_all(rc_heap *heap, void *context)
{
    struct operands *operands = context;

    return made(heap, rc_set_new(heap, &operands->x, 1))
           && made(heap, rc_set_copy(heap, operands->other))
           && made(heap, rc_frozenset_call(heap, operands->other))
           && made(heap, rc_frozenset_new(heap, NULL, 0));
}

static bool still_four_elements(rc_heap *heap, void *context)
{
    struct operands *operands = context;
    return rc_sizeof(heap, operands->set) == 216 && rc_set_size(operands->set) == 4;
}

static void running_out_of_memory_changes_nothing(void)
{
    static bool (*const operations[])(rc_heap *, void *) = { add_fifth, update, make_all };

    for (int i = 0; i < 3; i++) {
        rc_heap *heap = open_heap(NULL);
        struct operands operands = {
            up_to(heap, 4), a_str(heap, "xx"), up_to(heap, 30)
        };
        with_each_allocation_failing(heap, operations[i], still_four_elements, &operands);
        close_heap(heap);
    }
}

static const test tests[] = {
    TEST(numbers_stand_in_the_order_that_cpython_gives_them),
    TEST(a_set_grows_when_three_fifths_are_in_use),
    TEST(a_copy_is_smaller_than_what_grew),
    TEST(deleted_entries_are_used_again_but_in_3_9),
    TEST(three_thousand_random_changes_go_as_in_the_release),
    TEST(an_equal_element_is_not_added),
    TEST(what_is_not_there_is_discarded_but_not_removed),
    TEST(an_unhashable_element_is_an_error),
    TEST(a_set_stands_for_the_frozenset_that_equals_it),
    TEST(order_is_inclusion),
    TEST(a_set_that_changes_its_size_cannot_be_walked_on),
    TEST(the_empty_frozenset_is_shared_up_to_3_9),
    TEST(a_frozenset_gives_itself_and_hashes_as_in_cpython),
    TEST(a_finalizer_sees_the_set_whole),
    TEST(a_dying_set_clears_its_weak_references),
    TEST(sets_are_tracked_from_birth),
    TEST(running_out_of_memory_changes_nothing),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
