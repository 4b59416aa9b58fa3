/* tuple: src/heap/tuple.c. */
#include <string.h>

#include "check.h"
#include "../../src/heap/tuple.h"

#define REPR(tuple, text) CHECK_TEXT(repr_of(heap, tuple), text)

static rc_object *a_pair(rc_heap *heap)
{
    return a_tuple(heap, 2, an_int(heap, 1), an_int(heap, 2));
}

static void there_is_one_empty_tuple(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *empty = keep(heap, rc_tuple_new(heap, NULL, 0)), *pair = a_pair(heap);

    CHECK(keep(heap, rc_tuple_call(heap, a_list(heap, 0))) == empty);
    CHECK(keep(heap, tuple_repeat(heap, pair, 0)) == empty);
    CHECK_EQUAL(rc_object_origin(heap, empty), RC_ORIGIN_SINGLETON);
    CHECK(!rc_gc_is_tracked(heap, empty));
    close_heap(heap);
}

static void the_empty_tuple_is_immortal_where_the_profile_has_immortals(void)
{
    rc_heap *heap = open_heap("3.13");
    rc_object *empty = keep(heap, rc_tuple_new(heap, NULL, 0));

    CHECK(rc_is_immortal(empty));
    close_heap(heap);
    heap = open_heap("3.8");
    empty = keep(heap, rc_tuple_new(heap, NULL, 0));
    CHECK(!rc_is_immortal(empty));
    CHECK_EQUAL(rc_refcount(heap, empty), 2);
    close_heap(heap);
}

static void a_tuple_gives_itself(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *pair = a_pair(heap), *empty = keep(heap, rc_tuple_new(heap, NULL, 0));

    CHECK(keep(heap, rc_tuple_call(heap, pair)) == pair);
    CHECK(keep(heap, tuple_repeat(heap, pair, 1)) == pair);
    CHECK(keep(heap, tuple_concat(heap, pair, empty)) == pair);
    CHECK(keep(heap, tuple_concat(heap, empty, pair)) == pair);
    close_heap(heap);
}

static void a_tuple_is_made_of_whatever_can_be_iterated(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *key = a_str(heap, "key");
    rc_object *dict = keep(heap, rc_dict_display(heap, (rc_object *[]){ key, key }, 1));

    REPR(keep(heap, rc_tuple_call(heap, dict)), "('key',)");
    REPR(keep(heap, rc_tuple_call(heap, a_str(heap, "ab"))), "('a', 'b')");
    REPR(keep(heap, rc_tuple_call(heap, a_list(heap, 2, key, key))), "('key', 'key')");
    CHECK_FAILS(heap, rc_tuple_call(heap, rc_none(heap)), RC_TYPE_ERROR,
                "'NoneType' object is not iterable");
    close_heap(heap);
}

static void only_tuples_are_added_to_tuples(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *pair = a_pair(heap);

    REPR(keep(heap, tuple_concat(heap, pair, pair)), "(1, 2, 1, 2)");
    REPR(keep(heap, tuple_repeat(heap, pair, 3)), "(1, 2, 1, 2, 1, 2)");
    CHECK_FAILS(heap, tuple_concat(heap, pair, a_list(heap, 0)), RC_TYPE_ERROR,
                "can only concatenate tuple (not \"list\") to tuple");
    CHECK_FAILS(heap, tuple_repeat(heap, pair, INT64_MAX), RC_MEMORY_ERROR, NULL);
    close_heap(heap);
}

static void items_are_found_by_index_and_by_equality(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *pair = a_pair(heap), *two = a_float(heap, 2.0);
    size_t index, count;

    CHECK_EQUAL(rc_int_value(rc_tuple_get(heap, pair, -2)), 1);
    CHECK_FAILS(heap, rc_tuple_get(heap, pair, 2), RC_INDEX_ERROR, "tuple index out of range");
    CHECK_FAILS(heap, rc_tuple_get(heap, pair, -3), RC_INDEX_ERROR, "tuple index out of range");
    CHECK(rc_tuple_index(heap, pair, two, &index) && index == 1);
    CHECK(rc_tuple_count(heap, pair, two, &count) && count == 1);
    CHECK_FAILS(heap, rc_tuple_index(heap, pair, rc_none(heap), &index), RC_VALUE_ERROR,
                "tuple.index(x): x not in tuple");
    close_heap(heap);
}

/* ------------------------------------------------------------------------ free lists -- */

static rc_object *nones(rc_heap *heap, size_t length)
{
    rc_object *items[32];

    for (size_t i = 0; i < length; i++)
        items[i] = rc_none(heap);
    return rc_tuple_new(heap, items, length);
}

static void each_length_has_a_free_list_of_its_own(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *three = nones(heap, 3), *pair;
    uintptr_t id = rc_id(three);

    rc_decref(heap, three);
    CHECK_EQUAL(rc_free_list(heap, &rc_tuple_type, 3).size, 1);
    pair = keep(heap, nones(heap, 2));
    CHECK(rc_id(pair) != id);
    three = keep(heap, nones(heap, 3));
    CHECK_EQUAL(rc_id(three), id);
    CHECK_EQUAL(rc_object_origin(heap, three), RC_ORIGIN_FREE_LIST);
    close_heap(heap);
}

static void check_longest_kept(const char *profile, size_t longest)
{
    rc_heap *heap = open_heap(profile);

    for (size_t length = 1; length <= 22; length++) {
        rc_decref(heap, nones(heap, length));
        CHECK_EQUAL(rc_free_list(heap, &rc_tuple_type, length).size, length <= longest);
    }
    close_heap(heap);
}

static void tuples_of_19_are_kept_and_from_3_11_those_of_20(void)
{
    check_longest_kept("3.8", 19);
    check_longest_kept("3.10", 19);
    check_longest_kept("3.11", 20);
    check_longest_kept("3.12", 20);
    check_longest_kept("3.13", 20);
}

/* What is kept of tuples of 20, and whether the next one is made of it. */
static void check_tuples_of_20(const char *profile, bool served)
{
    rc_heap *heap = open_heap(profile);
    rc_object *before = nones(heap, 20);

    CHECK_EQUAL(rc_gc_count(heap, 0), 1);
    rc_decref(heap, before);
    CHECK_EQUAL(rc_gc_count(heap, 0), 1);       /* kept: not really released */
    rc_object *after = nones(heap, 20);
    CHECK(served == (after == before));
    CHECK_EQUAL(rc_gc_count(heap, 0), served ? 1 : 2);
    CHECK_EQUAL(rc_free_list(heap, &rc_tuple_type, 20).size, served ? 0 : 1);
    rc_decref(heap, after);
    CHECK_EQUAL(rc_free_list(heap, &rc_tuple_type, 20).size, served ? 1 : 2);
    close_heap(heap);
}

static void in_3_11_and_3_12_tuples_of_20_pile_up_and_are_never_served(void)
{
    check_tuples_of_20("3.11", false);
    check_tuples_of_20("3.12", false);
    check_tuples_of_20("3.13", true);
}

static void tuples_of_20_that_piled_up_go_with_a_full_collection(void)
{
    rc_heap *heap = open_heap("3.12");
    size_t found;

    for (int i = 0; i < 5; i++)
        rc_decref(heap, nones(heap, 20));
    CHECK(rc_gc_collect(heap, 1, &found));
    CHECK_EQUAL(rc_free_list(heap, &rc_tuple_type, 20).size, 5);
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK_EQUAL(rc_free_list(heap, &rc_tuple_type, 20).size, 0);
    close_heap(heap);
}

/* -------------------------------------------------------------------------- tracking -- */

static void a_tuple_is_tracked_when_made_and_untracked_for_want_of_containers(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *atoms = a_pair(heap), *of_list = a_tuple(heap, 1, a_list(heap, 0));
    rc_object *of_tracked = a_tuple(heap, 1, atoms);

    CHECK(rc_gc_is_tracked(heap, atoms));
    tuple_maybe_untrack(heap, of_tracked);
    CHECK(rc_gc_is_tracked(heap, of_tracked));
    tuple_maybe_untrack(heap, atoms);
    CHECK(!rc_gc_is_tracked(heap, atoms));
    tuple_maybe_untrack(heap, of_tracked);
    CHECK(!rc_gc_is_tracked(heap, of_tracked));
    tuple_maybe_untrack(heap, of_list);
    CHECK(rc_gc_is_tracked(heap, of_list));
    close_heap(heap);
}

struct walk {
    rc_object *met[4];
    size_t count;
};

static bool meet(void *context, rc_object *object)
{
    struct walk *walk = context;

    walk->met[walk->count++] = object;
    return true;
}

static void items_are_visited_last_to_first(void)
{
    rc_heap *heap = open_heap(NULL);
    struct walk walk = { .count = 0 };
    rc_object *a = a_str(heap, "aa"), *b = a_str(heap, "bb");

    rc_gc_referents(heap, a_tuple(heap, 3, a, b, a), meet, &walk);
    CHECK(walk.count == 3 && walk.met[0] == a && walk.met[1] == b && walk.met[2] == a);
    close_heap(heap);
}

static void note_death(void *context, rc_heap *heap, const rc_event *event)
{
    struct walk *walk = context;

    (void)heap;
    if (rc_is(event->object, &rc_float_type))
        walk->met[walk->count++] = event->object;
}

static void items_are_released_last_to_first(void)
{
    rc_heap *heap = open_heap(NULL);
    struct walk walk = { .count = 0 };
    rc_object *items[3], *tuple;

    for (int i = 0; i < 3; i++)
        CHECK(items[i] = rc_float_new(heap, i));
    tuple = rc_tuple_new(heap, items, 3);
    for (int i = 0; i < 3; i++)
        rc_decref(heap, items[i]);
    rc_observe(heap, &(rc_observer){ .events = RC_EVENT_BIT(RC_DESTROYED), .notify = note_death,
                                     .context = &walk });
    rc_decref(heap, tuple);
    rc_observe(heap, NULL);
    CHECK_EQUAL(walk.count, 3);
    for (int i = 0; i < 3; i++)
        CHECK(walk.met[i] == items[2 - i]);
    close_heap(heap);
}

/* A collection that runs while tuple(list) makes its tuple runs a finalizer that makes
 * the list longer. */
static void lengthen(void *context, rc_heap *heap, rc_object *self)
{
    rc_object **list = context;

    (void)self;
    CHECK(rc_list_append(heap, *list, rc_none(heap)));
}

static void a_list_that_grows_while_its_tuple_is_made_is_taken_whole(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 1, rc_none(heap)), *name = a_str(heap, "self");
    rc_class *class = rc_class_new(heap, "Lengthen", lengthen, &list);
    rc_object *instance = rc_instance_new(heap, class);

    CHECK(rc_instance_set(heap, instance, name, instance));
    rc_decref(heap, instance);
    rc_gc_set_threshold(heap, 0, 1);
    CHECK_EQUAL(rc_tuple_size(keep(heap, rc_tuple_call(heap, list))), 2);
    CHECK_EQUAL(rc_list_size(list), 2);
    close_heap(heap);
}

static bool made(rc_heap *heap, rc_object *tuple)
{
    if (tuple)
        rc_decref(heap, tuple);
    return tuple != NULL;
}

static bool make_all(rc_heap *heap, void *context)
{
    rc_object **operands = context;

    return made(heap, rc_tuple_new(heap, operands, 2))
           && made(heap, rc_tuple_call(heap, operands[1]))
           && made(heap, tuple_concat(heap, operands[0], operands[0]))
           && made(heap, tuple_repeat(heap, operands[0], 2));
}

static void running_out_of_memory_leaks_nothing(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *operands[2] = { a_pair(heap), a_str(heap, "\u4E00\u4E01\u4E02") };

    with_each_allocation_failing(heap, make_all, NULL, operands);
    close_heap(heap);
}

static const test tests[] = {
    TEST(there_is_one_empty_tuple),
    TEST(the_empty_tuple_is_immortal_where_the_profile_has_immortals),
    TEST(a_tuple_gives_itself),
    TEST(a_tuple_is_made_of_whatever_can_be_iterated),
    TEST(only_tuples_are_added_to_tuples),
    TEST(items_are_found_by_index_and_by_equality),
    TEST(each_length_has_a_free_list_of_its_own),
    TEST(tuples_of_19_are_kept_and_from_3_11_those_of_20),
    TEST(in_3_11_and_3_12_tuples_of_20_pile_up_and_are_never_served),
    TEST(tuples_of_20_that_piled_up_go_with_a_full_collection),
    TEST(a_tuple_is_tracked_when_made_and_untracked_for_want_of_containers),
    TEST(items_are_visited_last_to_first),
    TEST(items_are_released_last_to_first),
    TEST(a_list_that_grows_while_its_tuple_is_made_is_taken_whole),
    TEST(running_out_of_memory_leaks_nothing),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
