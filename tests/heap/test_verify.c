/* rc_heap_check finds what is wrong: here each invariant is broken on purpose, seen to
 * be reported, and mended again. */
#include <string.h>

#include "check.h"
#include "../../src/heap/side.h"

/* That the check reports something that contains `text`. */
static void check_reported(int line, rc_heap *heap, const char *text)
{
    const char *problem = rc_heap_check(heap);

    if (!problem || !strstr(problem, text))
        test_failed(__FILE__, line, "the check says %s, not \"%s\"", problem ? problem : "nothing",
                    text);
}

#define CHECK_REPORTED(heap, text) check_reported(__LINE__, heap, text)

static void a_count_too_high_or_too_low_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0);

    a_list(heap, 1, list);
    list->refcount++;
    CHECK_REPORTED(heap, "list #1 has count 3, but 2 references");
    list->refcount -= 2;
    CHECK_REPORTED(heap, "list #1 has count 1, but 2 references");
    list->refcount = 0;
    CHECK_REPORTED(heap, "list #1 is on the refchain with count 0");
    list->refcount = 2;
    close_heap(heap);
}

static void a_reference_that_the_host_does_not_report_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = rc_list_display(heap, NULL, 0);

    CHECK_REPORTED(heap, "list #1 has count 1, but 0 references");
    rc_decref(heap, list);
    CHECK_HEAP(heap);
    close_heap(heap);
}

static void a_broken_link_of_the_refchain_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *first = a_list(heap, 0), *second = a_list(heap, 0), *third = a_list(heap, 0);

    second->prev = second;
    CHECK_REPORTED(heap, "the refchain's links are broken");
    second->prev = third;
    third->next = first;                /* second is left out */
    CHECK_REPORTED(heap, "the refchain's links are broken");
    first->prev = third;                /* in both directions */
    CHECK_REPORTED(heap, "objects of type list are on the refchain");
    third->next = first->prev = second;
    CHECK_HEAP(heap);
    close_heap(heap);
}

static void a_wrong_number_of_the_living_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");

    a_list(heap, 0);
    heap->live[RC_LIST]++;
    CHECK_REPORTED(heap, "1 objects of type list are on the refchain, not 2");
    heap->live[RC_LIST] -= 2;
    CHECK_REPORTED(heap, "the refchain holds more objects than are alive");
    heap->live[RC_DICT]++;
    CHECK_REPORTED(heap, "objects of type");
    heap->live[RC_DICT]--;
    heap->live[RC_LIST]++;
    close_heap(heap);
}

static void an_object_without_a_type_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0);
    const rc_type copy = rc_list_type;

    list->type = &copy;
    CHECK_REPORTED(heap, "object #1 has no type");
    list->type = &rc_float_type;
    CHECK_REPORTED(heap, "lies where none can");
    list->type = &rc_list_type;
    close_heap(heap);
}

static void an_object_in_the_wrong_generation_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0), *dict = keep(heap, rc_dict_new(heap));

    entry_of(heap, list)->list = YOUNGEST + 1;
    CHECK_REPORTED(heap, "linked into another generation than its entry says");
    entry_of(heap, list)->list = NO_LIST;
    CHECK_REPORTED(heap, "linked into another generation than its entry says");
    entry_of(heap, list)->list = YOUNGEST;
    entry_of(heap, dict)->list = YOUNGEST;
    CHECK_REPORTED(heap, "2 objects are tracked, but 1 are in generations");
    entry_of(heap, dict)->list = NO_LIST;
    close_heap(heap);
}

static void broken_links_of_a_generation_are_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0);
    a_list(heap, 0);
    uint32_t next = entry_of(heap, list)->next;

    entry_of(heap, list)->next = YOUNGEST;
    CHECK_REPORTED(heap, "a generation's links are not a ring");
    entry_of(heap, list)->next = next;
    heap->list_sizes[YOUNGEST]++;
    CHECK_REPORTED(heap, "a generation's size is wrong");
    heap->list_sizes[YOUNGEST] -= 2;
    CHECK_REPORTED(heap, "a generation's size is wrong");
    heap->list_sizes[YOUNGEST]++;
    close_heap(heap);
}

static void what_a_collection_left_behind_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0);

    list_move(heap, list, UNREACHABLE);
    CHECK_REPORTED(heap, "no collection is running, but its lists are not empty");
    list_move(heap, list, YOUNGEST);
    heap->gc.generations[0].count = -1;
    CHECK_REPORTED(heap, "generation 0's counter is below 0");
    heap->gc.generations[0].count = 1;
    close_heap(heap);
}

static void a_dead_object_in_a_generation_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = rc_list_display(heap, NULL, 0);

    CHECK(list);
    rc_decref(heap, list);
    list_append(heap, list, YOUNGEST);
    CHECK_REPORTED(heap, "generation 0 holds what is not alive");
    list_remove(heap, list);
    close_heap(heap);
}

static void a_live_object_on_a_free_list_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0);

    heap->list_free.chain = list;
    heap->list_free.chained = 1;
    CHECK_REPORTED(heap, "a live object is on a free list");
    heap->list_free.chain = NULL;
    CHECK_REPORTED(heap, "a free list's size is wrong");
    heap->list_free.chained = 0;
    freelist_open(&heap->float_free, 0);
    CHECK_HEAP(heap);
    freelist_open(&heap->float_free, 100);
    close_heap(heap);
}

static void whoever_looks_at_the_newborn_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *newborn = rc_float_new(heap, 0.5);

    CHECK(is_newborn(heap, newborn));
    newborn->watched = 1;
    CHECK_REPORTED(heap, "somebody looks at the newborn");
    newborn->watched = 0;
    rc_decref(heap, newborn);
    heap->front.events = RC_ALL_EVENTS;
    CHECK_REPORTED(heap, "somebody looks on, and births do not ask");
    heap->front.events = 0;
    CHECK_HEAP(heap);
    close_heap(heap);
}

static void a_free_lists_entry_without_a_block_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    static rc_object nowhere;

    heap->float_free.chain = &nowhere;
    heap->float_free.chained = 1;
    CHECK_REPORTED(heap, "a free list's entry lies in no block of its own");
    heap->float_free.chain = NULL;
    heap->float_free.chained = 0;
    close_heap(heap);
}

/* The first pool in use of an arena. */
static pool *some_pool(arena *range)
{
    for (uint32_t i = 0; i < range->pool_count; i++)
        if (range->pools[i].class != 0 && range->pools[i].used > 0 && range->pools[i].summary != 0)
            return &range->pools[i];
    test_failed(__FILE__, __LINE__, "there is no pool");
}

static void a_pools_wrong_bitmap_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    arena *arenas[] = { &heap->memory.containers, &heap->memory.blocks };

    a_list(heap, 0);
    for (int i = 0; i < 2; i++) {
        pool *found = some_pool(arenas[i]);
        unsigned word = (unsigned)__builtin_ctzll(found->summary);
        uint64_t lowest = found->free[word] & -found->free[word];
        found->free[word] ^= lowest;
        CHECK_REPORTED(heap, "a pool's");
        found->free[word] ^= lowest;
        found->used++;
        CHECK_REPORTED(heap, "a pool's count disagrees with its bitmap");
        found->used--;
        found->summary ^= UINT64_C(1) << word;
        CHECK_REPORTED(heap, "a pool's summary disagrees with its bitmap");
        found->summary ^= UINT64_C(1) << word;
        struct pool *low = arenas[i]->lowest[found->class];
        arenas[i]->lowest[found->class] = NULL;
        CHECK_REPORTED(heap, "a pool with room lies below its class's lowest");
        arenas[i]->lowest[found->class] = low;
        CHECK_HEAP(heap);
    }
    close_heap(heap);
}

static void an_object_in_a_free_block_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0);
    arena *range = &heap->memory.containers;
    at_hand *hand = arena_hand(range, SLOT_SIZE);
    uint64_t bit = UINT64_C(1) << ((size_t)((char *)list - hand->first) / SLOT_SIZE);

    hand->free ^= bit;
    CHECK_REPORTED(heap, "list #1 lies where none can");
    hand->free ^= bit;
    hand->first += hand->span;
    CHECK_REPORTED(heap, "the word at hand is not its class's lowest");
    hand->first -= hand->span;
    CHECK_HEAP(heap);
    close_heap(heap);
}

static void a_reference_to_what_is_not_alive_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *dead = rc_int_new(heap, 1000);

    CHECK(dead);
    rc_decref(heap, dead);
    rc_object *list = a_list(heap, 1, rc_none(heap));
    ((rc_list *)list)->items[0] = dead;
    CHECK_REPORTED(heap, "where no object lives");
    ((rc_list *)list)->items[0] = rc_none(heap);
    close_heap(heap);
}

static void a_watched_object_that_is_not_known_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0);

    list->watched = 1;
    CHECK_REPORTED(heap, "list #1 is watched, but not known");
    list->watched = 0;
    close_heap(heap);
}

/* ------------------------------------------------------ in the middle of things -- */

static rc_object *wrong;
static const char *problems[2];
static char message[RC_ERROR_SIZE];
static int calls;

static void check_inside(void *context, rc_heap *heap, rc_object *self)
{
    (void)context, (void)self;
    problems[0] = rc_heap_check(heap);
    wrong->refcount--;                  /* a count too low is wrong at any time */
    problems[1] = rc_heap_check(heap);
    strncpy(message, problems[1] ? problems[1] : "", sizeof message - 1);
    wrong->refcount++;
    calls++;
}

static void it_may_be_called_by_a_finalizer_that_the_collector_runs(void)
{
    static const char *const profile[] = { "3.7", "3.8", "3.13" };

    for (int i = 0; i < 6; i++) {
        rc_heap *heap = open_heap(profile[i / 2]);
        rc_object *a = keep(heap, rc_instance_new(heap, rc_class_new(heap, "A", check_inside, NULL)));
        rc_object *name = a_str(heap, "me");
        size_t found;
        wrong = a_list(heap, 0);
        calls = 0;
        if (i % 2)
            CHECK(rc_instance_set(heap, a, name, a));
        a_list(heap, 1, wrong);
        drop(heap, a);
        CHECK(rc_gc_collect(heap, 2, &found));
        CHECK_EQUAL(calls, 1);
        CHECK(!problems[0]);
        CHECK_TEXT(message, i % 2 ? "list #3 has count 1, but 2 references" : message);
        CHECK(problems[1]);
        close_heap(heap);
    }
}

static void checking_changes_nothing(void)
{
    rc_heap *heap = open_heap("3.8");
    a_list(heap, 1, a_tuple(heap, 1, an_int(heap, 1000)));
    rc_memory_stats before = rc_heap_memory(heap);
    rc_object *newest = rc_newest(heap);

    for (int i = 0; i < 10; i++)
        CHECK_HEAP(heap);
    rc_memory_stats after = rc_heap_memory(heap);
    CHECK(memcmp(&before, &after, sizeof before) == 0);
    CHECK(rc_newest(heap) == newest);
    close_heap(heap);
}

static const test tests[] = {
    TEST(a_count_too_high_or_too_low_is_reported),
    TEST(a_reference_that_the_host_does_not_report_is_reported),
    TEST(a_broken_link_of_the_refchain_is_reported),
    TEST(a_wrong_number_of_the_living_is_reported),
    TEST(an_object_without_a_type_is_reported),
    TEST(an_object_in_the_wrong_generation_is_reported),
    TEST(broken_links_of_a_generation_are_reported),
    TEST(what_a_collection_left_behind_is_reported),
    TEST(a_dead_object_in_a_generation_is_reported),
    TEST(a_live_object_on_a_free_list_is_reported),
    TEST(whoever_looks_at_the_newborn_is_reported),
    TEST(a_free_lists_entry_without_a_block_is_reported),
    TEST(a_pools_wrong_bitmap_is_reported),
    TEST(an_object_in_a_free_block_is_reported),
    TEST(a_reference_to_what_is_not_alive_is_reported),
    TEST(a_watched_object_that_is_not_known_is_reported),
    TEST(it_may_be_called_by_a_finalizer_that_the_collector_runs),
    TEST(checking_changes_nothing),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
