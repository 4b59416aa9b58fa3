/* What can be asked of the collector. */
#include "check.h"

struct row {
    rc_object *object[64];
    int count, most;
};

static bool note(void *context, rc_object *object)
{
    struct row *row = context;
    row->object[row->count++] = object;
    return row->count < row->most;
}

static struct row referents(rc_heap *heap, rc_object *object)
{
    struct row row = { .most = 64 };
    rc_gc_referents(heap, object, note, &row);
    return row;
}

static struct row referrers(rc_heap *heap, rc_object *const *targets, size_t count)
{
    struct row row = { .most = 64 };
    rc_gc_referrers(heap, targets, count, note, &row);
    return row;
}

static void referents_come_in_the_collectors_order(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *one = an_int(heap, 1001), *two = an_int(heap, 1002), *three = an_int(heap, 1003);
    rc_object *tuple = a_tuple(heap, 1, three), *list = a_list(heap, 3, one, two, two);
    rc_object *dict = keep(heap, rc_dict_new(heap)), *text = a_str(heap, "key");

    struct row row = referents(heap, list);     /* the last first, not made unique */
    CHECK(row.count == 3 && row.object[0] == two && row.object[1] == two && row.object[2] == one);
    row = referents(heap, tuple);
    CHECK(row.count == 1 && row.object[0] == three);
    CHECK(rc_dict_set(heap, dict, text, one));
    row = referents(heap, dict);        /* all keys are str: the values only */
    CHECK(row.count == 1 && row.object[0] == one);
    CHECK(rc_dict_set(heap, dict, two, three));
    row = referents(heap, dict);        /* value, then key */
    CHECK(row.count == 4 && row.object[0] == one && row.object[1] == text);
    CHECK(row.object[2] == three && row.object[3] == two);
    CHECK_EQUAL(referents(heap, one).count, 0);
    CHECK_EQUAL(referents(heap, rc_none(heap)).count, 0);
    close_heap(heap);
}

static void a_visitor_may_stop(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *one = an_int(heap, 1001), *list = a_list(heap, 3, one, one, one);
    struct row row = { .most = 2 };

    rc_gc_referents(heap, list, note, &row);
    CHECK_EQUAL(row.count, 2);
    a_list(heap, 1, one);
    row = (struct row) { .most = 1 };
    rc_gc_referrers(heap, &one, 1, note, &row);
    CHECK(row.count == 1 && row.object[0] == list);
    size_t found;
    CHECK(rc_gc_collect(heap, 0, &found));
    a_list(heap, 1, one);
    row = (struct row) { .most = 1 };
    rc_gc_each(heap, -1, note, &row);
    CHECK_EQUAL(row.count, 1);
    close_heap(heap);
}

static void referrers_are_the_tracked_and_unfrozen(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *one = an_int(heap, 1001), *two = an_int(heap, 1002);
    rc_object *old = a_list(heap, 2, one, one);
    size_t found;

    CHECK(rc_gc_collect(heap, 1, &found));
    rc_object *young = a_list(heap, 2, one, two), *untracked = keep(heap, rc_dict_new(heap));
    CHECK(rc_dict_set(heap, untracked, one, two));
    CHECK(!rc_gc_is_tracked(heap, untracked));

    struct row row = referrers(heap, &one, 1);  /* each once, the youngest generation first */
    CHECK(row.count == 2 && row.object[0] == young && row.object[1] == old);
    rc_object *both[] = { two, one };
    CHECK_EQUAL(referrers(heap, both, 2).count, 2);
    CHECK_EQUAL(referrers(heap, both, 1).count, 1);
    CHECK_EQUAL(referrers(heap, both, 0).count, 0);
    rc_gc_freeze(heap);
    CHECK_EQUAL(referrers(heap, &one, 1).count, 0);
    close_heap(heap);
}

static void asking_changes_nothing(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *one = an_int(heap, 1001), *list = a_list(heap, 1, one);
    rc_memory_stats before = rc_heap_memory(heap);
    uint64_t births = rc_births(heap);
    int count = rc_gc_count(heap, 0);

    referents(heap, list);
    referrers(heap, &one, 1);
    CHECK_EQUAL(rc_heap_memory(heap).allocations, before.allocations);
    CHECK_EQUAL(rc_births(heap), births);
    CHECK_EQUAL(rc_gc_count(heap, 0), count);
    CHECK_EQUAL(rc_refcount(heap, one), 2);
    close_heap(heap);
}

static void a_new_heap_has_its_profiles_settings(void)
{
    rc_heap *heap = open_heap("3.8");
    CHECK(rc_gc_is_enabled(heap) && !rc_gc_is_collecting(heap));
    CHECK(rc_gc_threshold(heap, 0) == 700 && rc_gc_threshold(heap, 1) == 10
          && rc_gc_threshold(heap, 2) == 10);
    CHECK_EQUAL(rc_gc_debug(heap), 0);
    CHECK_EQUAL(rc_gc_garbage_size(heap), 0);
    CHECK_EQUAL(rc_gc_freeze_count(heap), 0);
    for (int i = 0; i < RC_GENERATIONS; i++)
        CHECK_EQUAL(rc_gc_count(heap, i), 0);
    close_heap(heap);
    heap = open_heap("3.13");
    CHECK_EQUAL(rc_gc_threshold(heap, 0), 2000);
    close_heap(heap);
}

static void garbage_is_released_from_the_last_to_the_first(void)
{
    rc_heap *heap = open_heap("3.8");
    size_t found;
    rc_object *list[3];

    for (int i = 0; i < 3; i++) {
        CHECK((list[i] = rc_list_display(heap, NULL, 0)) != NULL);
        CHECK(rc_list_append(heap, list[i], list[i]));
        rc_decref(heap, list[i]);
    }
    rc_gc_set_debug(heap, RC_DEBUG_SAVEALL);
    CHECK(rc_gc_collect(heap, 2, &found));
    for (size_t i = 0; i < 3; i++) {
        CHECK(rc_gc_garbage_get(heap, i) == list[i]);
        rc_list_clear(heap, list[i]);
    }
    rc_gc_garbage_clear(heap);
    for (size_t i = 0; i < 3; i++)      /* the first died last: it is on top */
        CHECK(rc_free_list_entry(heap, &rc_list_type, 0, i) == list[i]);
    CHECK_EQUAL(rc_gc_garbage_size(heap), 0);
    rc_gc_garbage_clear(heap);
    close_heap(heap);
}

static bool put_down(void *context, rc_object *object)
{
    rc_object ***end = context;
    *(*end)++ = object;
    return true;
}

static void all_objects_are_those_of_generation_0_then_1_then_2_without_the_frozen(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *found[4] = { NULL }, **end = found;
    size_t trash;

    a_list(heap, 0);
    rc_gc_freeze(heap);
    rc_object *oldest = a_list(heap, 0);
    CHECK(rc_gc_collect(heap, 2, &trash));
    rc_object *older = a_list(heap, 0);
    CHECK(rc_gc_collect(heap, 0, &trash));
    rc_object *young = a_list(heap, 0);
    rc_gc_each(heap, -1, put_down, &end);
    CHECK_EQUAL(end - found, 3);
    CHECK(found[0] == young && found[1] == older && found[2] == oldest);
    close_heap(heap);
}

static void what_saveall_keeps_is_whole_and_in_the_older_generation(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0);
    size_t length, found;

    CHECK(rc_list_append(heap, list, list));
    rc_gc_set_debug(heap, RC_DEBUG_SAVEALL);
    drop(heap, list);
    CHECK(rc_gc_collect(heap, 0, &found));
    CHECK_EQUAL(rc_gc_garbage_size(heap), 1);
    CHECK(rc_gc_garbage_get(heap, 0) == list);
    CHECK(rc_length(heap, list, &length));
    CHECK_EQUAL(length, 1);
    CHECK_EQUAL(rc_gc_generation(heap, list), 1);
    rc_gc_set_debug(heap, 0);
    rc_gc_garbage_clear(heap);
    close_heap(heap);
}

static const test tests[] = {
    TEST(what_saveall_keeps_is_whole_and_in_the_older_generation),
    TEST(all_objects_are_those_of_generation_0_then_1_then_2_without_the_frozen),
    TEST(referents_come_in_the_collectors_order),
    TEST(a_visitor_may_stop),
    TEST(referrers_are_the_tracked_and_unfrozen),
    TEST(asking_changes_nothing),
    TEST(a_new_heap_has_its_profiles_settings),
    TEST(garbage_is_released_from_the_last_to_the_first),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
