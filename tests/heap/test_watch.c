/* Watched objects: is it still the same one? */
#include "check.h"
#include "../../src/heap/object.h"

static void a_watched_object_is_known_until_it_dies(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0);
    uint32_t watch = rc_watch(heap, list);

    CHECK(watch != 0);
    CHECK_EQUAL(rc_watch(heap, list), watch);
    CHECK(rc_watched(heap, watch));
    CHECK(!rc_watched(heap, watch + 1) && !rc_watched(heap, 0));
    drop(heap, list);
    CHECK(!rc_watched(heap, watch));
    rc_object *other = a_list(heap, 0);
    CHECK(other == list);               /* the same memory: another object */
    CHECK(!rc_watched(heap, watch));
    CHECK(rc_watch(heap, other) != watch);
    close_heap(heap);
}

static void nothing_is_watched_in_a_new_heap(void)
{
    rc_heap *heap = open_heap("3.8");
    CHECK(!rc_watched(heap, 0) && !rc_watched(heap, 1));
    close_heap(heap);
}

static rc_death seen;
static int deaths;

static void note_death(void *context, const rc_death *death)
{
    (void)context;
    seen = *death;
    deaths++;
}

static void a_death_is_told_with_its_cause(void)
{
    rc_heap *heap = open_heap("3.8");
    size_t found;

    heap->hooks.died = note_death;
    deaths = 0;
    rc_object *list = a_list(heap, 0);
    uint32_t watch = rc_watch(heap, list);
    int64_t birth = rc_birth(heap, list);
    drop(heap, a_list(heap, 0));        /* nobody watches this one */
    CHECK_EQUAL(deaths, 0);
    drop(heap, list);
    CHECK_EQUAL(deaths, 1);
    CHECK_EQUAL(seen.watch, watch);
    CHECK_EQUAL(seen.birth, birth);
    CHECK(seen.type == &rc_list_type && seen.object == list && !seen.by_collector);

    CHECK(list = rc_list_display(heap, NULL, 0));
    CHECK(rc_list_append(heap, list, list));
    CHECK(watch = rc_watch(heap, list));
    rc_decref(heap, list);
    CHECK_EQUAL(deaths, 1);
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK_EQUAL(found, 1);
    CHECK_EQUAL(deaths, 2);
    CHECK(seen.watch == watch && seen.by_collector);
    close_heap(heap);
}

static void look(void *context, rc_heap *heap, rc_object *self)
{
    (void)context;
    CHECK_HEAP(heap);
    CHECK(rc_newest(heap) == self);
}

static void a_watched_object_is_whole_while_it_is_finalized(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_class *class = rc_class_new(heap, "Node", look, NULL);

    CHECK(class);
    rc_object *instance = rc_instance_new(heap, class);
    CHECK(rc_watch(heap, instance));
    heap->hooks.died = note_death;
    deaths = 0;
    rc_decref(heap, instance);
    CHECK_EQUAL(deaths, 1);
    close_heap(heap);
}

static size_t watched(const rc_heap *heap)
{
    size_t count = 0;

    for (uint32_t birth = 0; birth < heap->memory.watches.usable; birth++)
        count += rc_watched(heap, birth);
    return count;
}

#define MANY 300

static void the_map_agrees_with_a_simple_list(void)
{
    rc_heap *heap = open_heap("3.8");
    uint64_t random = RANDOM_START;
    rc_object *object[MANY] = { 0 };
    uint32_t watch[MANY] = { 0 };

    for (int i = 0; i < 20000; i++) {
        size_t at = (next_random(&random) >> 30) % MANY;
        if (object[at]) {
            rc_decref(heap, object[at]);
            object[at] = NULL;
            CHECK(watch[at] == 0 || !rc_watched(heap, watch[at]));
            watch[at] = 0;
        } else {
            CHECK(object[at] = rc_float_new(heap, i));
            if (i % 3)
                CHECK(watch[at] = rc_watch(heap, object[at]));
        }
        if (i % 500 == 0)
            for (int each = 0; each < MANY; each++)
                CHECK(watch[each] == 0 || rc_watched(heap, watch[each]));
    }
    for (int i = 0; i < MANY; i++)
        if (object[i])
            rc_decref(heap, object[i]);
    CHECK_EQUAL(watched(heap), 0);
    close_heap(heap);
}

static rc_object *unwatched[100];

static bool watch_all(rc_heap *heap, void *context)
{
    (void)context;
    for (int i = 0; i < 100; i++)
        if (rc_watch(heap, unwatched[i]) == 0)
            return false;
    return true;
}

static void watching_survives_failing_allocations(void)
{
    rc_heap *heap = open_heap("3.8");

    for (int i = 0; i < 100; i++)
        unwatched[i] = a_list(heap, 0);
    with_each_allocation_failing(heap, watch_all, NULL, NULL);
    CHECK_EQUAL(watched(heap), 100);
    close_heap(heap);
}

/* Objects between which a page of the map, and more, is never watched. */
static void births_may_lie_far_apart(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *first = a_list(heap, 0);
    uint32_t watch = rc_watch(heap, first), usable = heap->memory.watches.usable;

    while (births_so_far(heap) < 3 * (uint64_t)usable)
        drop(heap, a_list(heap, 0));
    rc_object *last = a_list(heap, 0);
    uint32_t other = rc_watch(heap, last);
    CHECK(!rc_watched(heap, other - 1) && !rc_watched(heap, other + 1));
    CHECK(rc_watched(heap, watch) && rc_watched(heap, other));
    CHECK(!rc_watched(heap, UINT32_MAX));
    drop(heap, last);
    CHECK(rc_watched(heap, watch) && !rc_watched(heap, other));
    CHECK_EQUAL(watched(heap), 1);
    close_heap(heap);
}

static const test tests[] = {
    TEST(a_watched_object_is_known_until_it_dies),
    TEST(nothing_is_watched_in_a_new_heap),
    TEST(a_death_is_told_with_its_cause),
    TEST(a_watched_object_is_whole_while_it_is_finalized),
    TEST(the_map_agrees_with_a_simple_list),
    TEST(births_may_lie_far_apart),
    TEST(watching_survives_failing_allocations),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
