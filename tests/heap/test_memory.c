/* Accounting, limits, and failures on demand. */
#include <string.h>

#include "check.h"
#include "../../src/heap/object.h"

/* A bit of everything, in a cycle, made and left. */
static void make_and_leave(rc_heap *heap)
{
    for (int i = 0; i < 3000; i++) {
        rc_object *list = rc_list_display(heap, NULL, 0);
        rc_object *dict = rc_dict_new(heap), *number = rc_int_new(heap, 1000 + i);
        rc_object *real = rc_float_new(heap, i), *set = rc_set_new(heap, &number, 1);
        rc_object *items[] = { list, dict, number, real, set };
        rc_object *tuple = rc_tuple_new(heap, items, 5), *text = rc_str_new(heap, "two words", 9);

        CHECK(list && dict && number && real && set && tuple && text);
        CHECK(rc_list_append(heap, list, tuple) && rc_list_append(heap, list, text));
        CHECK(rc_dict_set(heap, dict, number, list));
        for (int each = 0; each < 5; each++)
            rc_decref(heap, items[each]);
        rc_decref(heap, tuple);
        rc_decref(heap, text);
    }
}

static void what_is_released_is_no_longer_used(void)
{
    static const char *const profile[] = { "3.7", "3.8", "3.13" };
    size_t found;

    for (int i = 0; i < 3; i++) {
        rc_heap *heap = open_heap(profile[i]);
        rc_memory_stats before = rc_heap_memory(heap);
        make_and_leave(heap);
        CHECK(rc_heap_memory(heap).used > before.used);
        CHECK(rc_gc_collect(heap, RC_OLDEST, &found));  /* empties the free lists too */
        rc_memory_stats after = rc_heap_memory(heap);
        CHECK_EQUAL(after.used, before.used);
        CHECK_EQUAL(after.allocations - before.allocations, after.releases - before.releases);
        CHECK(after.peak > before.peak);
        close_heap(heap);
    }
}

static void used_counts_whole_blocks(void)
{
    rc_heap *heap = open_heap("3.8");
    static const size_t sizes[] = { 1, 16, 17, 513, 8192, 8193, 100000 };
    static const size_t taken[] = { 16, 16, 24, 576, 8192, 12288, 102400 };

    for (int i = 0; i < 7; i++) {
        rc_memory_stats before = rc_heap_memory(heap);
        void *block = block_new(heap, sizes[i]);
        CHECK(block);
        CHECK_EQUAL(rc_heap_memory(heap).used - before.used, taken[i]);
        CHECK_EQUAL(rc_heap_memory(heap).allocations - before.allocations, 1);
        block_free(heap, block, sizes[i]);
        CHECK_EQUAL(rc_heap_memory(heap).used, before.used);
        CHECK_EQUAL(rc_heap_memory(heap).releases - before.releases, 1);
    }
    block_free(heap, NULL, 0);
    close_heap(heap);
}

static void a_limit_is_never_passed(void)
{
    rc_heap *heap = open_heap("3.8");
    size_t used = rc_heap_memory(heap).used;

    rc_heap_set_limit(heap, used + 200);
    void *first = block_new(heap, 128), *second;
    CHECK(first);
    CHECK_FAILS(heap, block_new(heap, 128), RC_MEMORY_ERROR, NULL);
    CHECK((second = block_new(heap, 72)) != NULL);      /* exactly what is left */
    CHECK_EQUAL(rc_heap_memory(heap).used, used + 200);
    CHECK_FAILS(heap, block_new(heap, 1), RC_MEMORY_ERROR, NULL);
    block_free(heap, first, 128);
    block_free(heap, second, 72);

    rc_heap_set_limit(heap, 1000);              /* less than is used: all fails */
    CHECK_FAILS(heap, rc_list_display(heap, NULL, 0), RC_MEMORY_ERROR,
                "the heap's limit of 1000 bytes is reached");
    CHECK_EQUAL(rc_heap_memory(heap).limit, 1000);
    rc_heap_set_limit(heap, 0);
    rc_object *list = rc_list_display(heap, NULL, 0);
    CHECK(list);
    rc_decref(heap, list);
    close_heap(heap);
}

static void a_heap_that_cannot_start_within_its_limit_is_not_opened(void)
{
    rc_heap *heap = rc_heap_open(NULL);
    CHECK(heap);
    size_t needed = rc_heap_memory(heap).used;
    rc_heap_close(heap);

    for (size_t limit = 1; limit < needed; limit += 1009)
        CHECK(!rc_heap_open(&(rc_options) { .memory_limit = limit }));
    heap = rc_heap_open(&(rc_options) { .memory_limit = needed });
    CHECK(heap);
    CHECK_HEAP(heap);
    rc_heap_close(heap);
}

static void the_nth_allocation_fails_and_only_that_one(void)
{
    rc_heap *heap = open_heap("3.8");

    rc_heap_fail_allocation(heap, 3);
    void *block[3] = { block_new(heap, 40), block_new(heap, 40), block_new(heap, 40) };
    CHECK(block[0] && block[1] && !block[2]);
    CHECK(rc_heap_allocation_failed(heap));
    CHECK_TEXT(rc_heap_error(heap)->message, "the allocation that was told to fail");
    CHECK(block[2] = block_new(heap, 40));
    for (int i = 0; i < 3; i++)
        block_free(heap, block[i], 40);

    rc_heap_fail_allocation(heap, 1);
    CHECK(!rc_heap_allocation_failed(heap));
    rc_heap_fail_allocation(heap, 0);
    CHECK(block[0] = block_new(heap, 40));
    CHECK(!rc_heap_allocation_failed(heap));
    block_free(heap, block[0], 40);
    rc_error_clear(heap);
    close_heap(heap);
}

static void a_resized_block_keeps_its_contents(void)
{
    rc_heap *heap = open_heap("3.8");
    char *block = block_resize(heap, NULL, 0, 10), *moved;

    memcpy(block, "ninebytes", 10);
    static const size_t sizes[] = { 40, 9000, 100000, 10 };
    size_t size = 10;
    for (int i = 0; i < 4; i++) {
        CHECK(moved = block_resize(heap, block, size, sizes[i]));
        CHECK_TEXT(moved, "ninebytes");
        block = moved;
        size = sizes[i];
    }
    rc_heap_fail_allocation(heap, 1);
    CHECK_FAILS(heap, block_resize(heap, block, 10, 5000), RC_MEMORY_ERROR, NULL);
    CHECK_TEXT(block, "ninebytes");
    block_free(heap, block, 10);
    close_heap(heap);
}

static char *resized(rc_heap *heap, char *block, size_t old_size, size_t size)
{
    char *moved = block_resize(heap, block, old_size, size);

    CHECK(moved);
    CHECK(!arena_check(&heap->memory.blocks));
    return moved;
}

/* Pages: a, then b; a cannot grow past b; b can, as the last; a can when b is gone. */
static void a_large_block_grows_where_it_is_if_there_is_room(void)
{
    enum { PAGES_3 = 3 * 4096, PAGES_5 = 5 * 4096, PAGES_9 = 9 * 4096 };
    rc_heap *heap = open_heap(NULL);
    size_t used = rc_heap_memory(heap).used;
    char *a = block_new(heap, PAGES_3), *b = block_new(heap, PAGES_3);

    CHECK(a && b && b > a);
    memset(a, 'a', PAGES_3);
    memset(b, 'b', PAGES_3);
    CHECK(resized(heap, b, PAGES_3, PAGES_5) == b);
    CHECK_EQUAL(rc_heap_memory(heap).used, used + PAGES_3 + PAGES_5);
    memset(b + PAGES_3, 'b', PAGES_5 - PAGES_3);
    char *c = block_new(heap, PAGES_3);
    CHECK(c > b);
    char *moved = resized(heap, a, PAGES_3, PAGES_5);
    CHECK(moved > c && moved[0] == 'a' && moved[PAGES_3 - 1] == 'a');
    block_free(heap, b, PAGES_5);       /* what a and b had are now one run before c */
    a = block_new(heap, PAGES_3);
    CHECK(a < c);
    CHECK(resized(heap, a, PAGES_3, PAGES_5) == a);
    CHECK(resized(heap, a, PAGES_5, PAGES_5 + 100) == a);
    memset(a, 'x', PAGES_5 + 100);
    CHECK(moved[PAGES_3 - 1] == 'a');
    char *further = resized(heap, a, PAGES_5 + 100, PAGES_9);
    CHECK(further != a && further[PAGES_5 + 99] == 'x');
    block_free(heap, further, PAGES_9);
    block_free(heap, c, PAGES_3);
    block_free(heap, moved, PAGES_5);
    CHECK_EQUAL(rc_heap_memory(heap).used, used);
    close_heap(heap);
}

static void a_large_block_that_may_not_grow_is_as_it_was(void)
{
    enum { SIZE = 100000 };
    rc_heap *heap = open_heap(NULL);
    char *block = block_new(heap, SIZE);
    size_t used = rc_heap_memory(heap).used;

    CHECK(block);
    memset(block, 'a', SIZE);
    rc_heap_set_limit(heap, used + 1000);
    CHECK_FAILS(heap, block_resize(heap, block, SIZE, 2 * SIZE), RC_MEMORY_ERROR, NULL);
    rc_heap_set_limit(heap, 0);
    rc_heap_fail_allocation(heap, 1);
    CHECK_FAILS(heap, block_resize(heap, block, SIZE, 2 * SIZE), RC_MEMORY_ERROR,
                "the allocation that was told to fail");
    CHECK(rc_heap_allocation_failed(heap));
    CHECK_EQUAL(rc_heap_memory(heap).used, used);
    CHECK(block[0] == 'a' && block[SIZE - 1] == 'a');
    block_free(heap, block, SIZE);
    close_heap(heap);
}

static void containers_lie_in_slots_below_everything_else(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0), *number = an_int(heap, 1000);

    CHECK_EQUAL(rc_id(list) % SLOT_SIZE, 0);
    CHECK(rc_id(list) < rc_id(number));
    CHECK(rc_heap_owns(heap, list) && rc_heap_owns(heap, number));
    CHECK(!rc_heap_owns(heap, heap) && !rc_heap_owns(heap, NULL));
    close_heap(heap);
}

static const test tests[] = {
    TEST(what_is_released_is_no_longer_used),
    TEST(used_counts_whole_blocks),
    TEST(a_limit_is_never_passed),
    TEST(a_heap_that_cannot_start_within_its_limit_is_not_opened),
    TEST(the_nth_allocation_fails_and_only_that_one),
    TEST(a_resized_block_keeps_its_contents),
    TEST(a_large_block_grows_where_it_is_if_there_is_room),
    TEST(a_large_block_that_may_not_grow_is_as_it_was),
    TEST(containers_lie_in_slots_below_everything_else),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
