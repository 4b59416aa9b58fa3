/* Address ranges, pools and runs of pages.  Blocks are asked for through memory.h;
 * what stands in the pools is read through state.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "../../src/heap/object.h"

#define SLOT 64

static char *slots(rc_heap *heap, size_t size)
{
    bool fresh;
    char *block = object_memory_new(heap, true, size, &fresh);
    CHECK(block);
    return block;
}

static char *bytes(rc_heap *heap, size_t size)
{
    char *block = block_new(heap, size);
    CHECK(block);
    return block;
}

static void check_arenas(rc_heap *heap)
{
    const char *problem = arena_check(&heap->memory.containers);

    if (!problem)
        problem = arena_check(&heap->memory.blocks);
    if (problem)
        test_failed(__FILE__, __LINE__, "%s", problem);
}

/* ------------------------------------------------------------------ lowest first -- */

static void a_new_block_is_the_lowest_free_one(void)
{
    rc_heap *heap = open_heap("3.8");
    char *block[100];
    static const int freed[] = { 70, 5, 99, 10, 6 }, next[] = { 5, 6, 10, 70, 99 };

    for (int i = 0; i < 100; i++)
        block[i] = slots(heap, SLOT);
    for (int i = 1; i < 100; i++)
        CHECK_EQUAL(block[i] - block[i - 1], SLOT);
    for (int i = 0; i < 5; i++)
        object_memory_free(heap, true, block[freed[i]], SLOT);
    for (int i = 0; i < 5; i++)
        CHECK(slots(heap, SLOT) == block[next[i]]);
    for (int i = 0; i < 100; i++)
        object_memory_free(heap, true, block[i], SLOT);
    check_arenas(heap);
    close_heap(heap);
}

/* Random lives of blocks of one size in few pools: each new one is the lowest that is free,
 * whatever came back last, in the one order or the other. */
static void the_lowest_free_block_is_the_next(void)
{
    enum { BLOCKS = 3 * POOL_SIZE / 512 };
    rc_heap *heap = open_heap("3.8");
    char *block[BLOCKS];
    bool used[BLOCKS];
    uint64_t state = 1;

    for (int i = 0; i < BLOCKS; i++) {
        block[i] = bytes(heap, 512);
        used[i] = true;
        CHECK(i == 0 || block[i] > block[i - 1]);
    }
    for (int step = 0; step < 200000; step++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
        int at = (int)(state >> 33) % BLOCKS, lowest = 0;
        if (step / 1000 % 2)            /* in turns anywhere, and at the lower end */
            at %= 4;
        if (used[at]) {
            block_free(heap, block[at], 512);
            used[at] = false;
            continue;
        }
        while (used[lowest])
            lowest++;
        CHECK(bytes(heap, 512) == block[lowest]);
        used[lowest] = true;
        if (step % 97 == 0)
            check_arenas(heap);
    }
    for (int i = 0; i < BLOCKS; i++)
        if (used[i])
            block_free(heap, block[i], 512);
    check_arenas(heap);
    close_heap(heap);
}

/* What a class has at hand keeps no pool from another class that would have it. */
static void a_word_at_hand_holds_no_pool_back(void)
{
    rc_heap *heap = open_heap("3.8");
    size_t count = POOL_SIZE / 504;
    char *first[POOL_SIZE / 504], *next = NULL, *other;

    for (size_t i = 0; i < count; i++)
        first[i] = bytes(heap, 504);
    next = bytes(heap, 504);            /* alone in a second pool */
    block_free(heap, next, 504);        /* at hand: that pool stays, being the lowest with room */
    block_free(heap, first[0], 504);    /* now it is not */
    CHECK((other = bytes(heap, 480)) == next);
    CHECK(bytes(heap, 504) == first[0]);
    block_free(heap, other, 480);
    for (size_t i = 0; i < count; i++)
        block_free(heap, first[i], 504);
    check_arenas(heap);
    close_heap(heap);
}

/* Its pool is full then, and what has room is the next one. */
static void a_word_used_up_does_not_hide_the_lowest_pool_with_room(void)
{
    rc_heap *heap = open_heap("3.8");
    size_t count = POOL_SIZE / 504;
    char *first[POOL_SIZE / 504], *next, *other;

    for (size_t i = 0; i < count; i++)
        first[i] = bytes(heap, 504);
    next = bytes(heap, 504);            /* alone in a second pool */
    block_free(heap, first[count - 1], 504);
    CHECK(bytes(heap, 504) == first[count - 1]);
    block_free(heap, next, 504);        /* the second stays: it is the lowest with room */
    CHECK((other = bytes(heap, 480)) != next);
    CHECK(bytes(heap, 504) == next);
    block_free(heap, next, 504);
    block_free(heap, other, 480);
    for (size_t i = 0; i < count; i++)
        block_free(heap, first[i], 504);
    check_arenas(heap);
    close_heap(heap);
}

/* Whether its word is at hand, comes back to be, or is marked in the pool. */
static void a_small_block_is_fresh_once(void)
{
    enum { BLOCKS = 200, SIZE = 488 };
    rc_heap *heap = open_heap("3.8");
    char *block[BLOCKS];
    bool fresh;

    for (int i = 0; i < BLOCKS; i++) {
        block[i] = object_memory_new(heap, false, SIZE, &fresh);
        CHECK(block[i] && fresh);
    }
    object_memory_free(heap, false, block[3], SIZE);
    CHECK(object_memory_new(heap, false, SIZE, &fresh) == block[3] && !fresh);
    object_memory_free(heap, false, block[70], SIZE);
    object_memory_free(heap, false, block[3], SIZE);
    CHECK(object_memory_new(heap, false, SIZE, &fresh) == block[3] && !fresh);
    CHECK(object_memory_new(heap, false, SIZE, &fresh) == block[70] && !fresh);
    for (int i = 0; i < BLOCKS; i++)
        object_memory_free(heap, false, block[i], SIZE);
    close_heap(heap);
}

static void a_block_is_fresh_once(void)
{
    rc_heap *heap = open_heap("3.8");
    bool fresh;
    char *block = object_memory_new(heap, false, 3000, &fresh);

    CHECK(block && fresh);
    object_memory_free(heap, false, block, 3000);
    CHECK(object_memory_new(heap, false, 3000, &fresh) == block && !fresh);
    object_memory_free(heap, false, block, 3000);
    block = object_memory_new(heap, false, 30000, &fresh);
    CHECK(block && fresh);
    object_memory_free(heap, false, block, 30000);
    CHECK(object_memory_new(heap, false, 20000, &fresh) == block && !fresh);
    object_memory_free(heap, false, block, 20000);
    close_heap(heap);
}

#define MANY 4000

static size_t size_number(uint64_t *random)
{
    uint64_t choice = next_random(random) >> 20;
    return choice % 16 == 0 ? 8193 + choice % 60000 : 1 + choice % 3000;
}

/* Make MANY blocks, release every third in the order that `random` gives, and note the
 * offsets of those made afterwards. */
static void play(rc_heap *heap, uint64_t random, size_t *offsets)
{
    static char *block[MANY];
    static size_t size[MANY];
    int gone[MANY / 3];
    uint64_t sizes = RANDOM_START;

    for (int i = 0; i < MANY; i++) {
        size[i] = size_number(&sizes);
        block[i] = bytes(heap, size[i]);
    }
    for (int i = 0; i < MANY / 3; i++)
        gone[i] = 3 * i;
    for (int i = MANY / 3; i > 1; i--) {
        int other = (int)((next_random(&random) >> 30) % (uint64_t)i), swapped = gone[i - 1];
        gone[i - 1] = gone[other];
        gone[other] = swapped;
    }
    for (int i = 0; i < MANY / 3; i++)
        block_free(heap, block[gone[i]], size[gone[i]]);
    check_arenas(heap);
    for (int i = 0; i < MANY / 3; i++) {
        size[3 * i] = size_number(&sizes);
        block[3 * i] = bytes(heap, size[3 * i]);
        offsets[i] = (size_t)(block[3 * i] - heap->memory.window);
    }
    for (int i = 0; i < MANY; i++)
        block_free(heap, block[i], size[i]);
    check_arenas(heap);
}

static void addresses_do_not_depend_on_the_order_of_releases(void)
{
    static size_t first[MANY / 3], other[MANY / 3];
    rc_heap *heap = open_heap("3.8");

    play(heap, RANDOM_START, first);
    close_heap(heap);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        heap = open_heap("3.8");
        play(heap, seed * RANDOM_START, other);
        CHECK(memcmp(first, other, sizeof first) == 0);
        close_heap(heap);
    }
}

/* ---------------------------------------------------------------- pools and runs -- */

static void an_empty_pool_serves_another_class(void)
{
    rc_heap *heap = open_heap("3.8");
    size_t count = 3 * POOL_SIZE / 4096;
    char *block[3 * POOL_SIZE / 4096];
    uint32_t pools;

    for (size_t i = 0; i < count; i++)
        block[i] = bytes(heap, 4096);
    pools = heap->memory.blocks.pool_count;
    for (size_t i = 0; i < count; i++)
        block_free(heap, block[i], 4096);
    for (size_t i = 0; i < 2 * POOL_SIZE / 8192; i++)
        block[i] = bytes(heap, 8192);
    CHECK_EQUAL(heap->memory.blocks.pool_count, pools);
    for (size_t i = 0; i < 2 * POOL_SIZE / 8192; i++)
        block_free(heap, block[i], 8192);
    check_arenas(heap);
    close_heap(heap);
}

static void runs_that_touch_become_one(void)
{
    rc_heap *heap = open_heap("3.8");
    arena *range = &heap->memory.blocks;
    char *run[5];
    static const int order[] = { 0, 2, 1 };

    for (int i = 0; i < 5; i++)
        run[i] = bytes(heap, 3 * PAGE);
    for (int i = 0; i < 3; i++)
        block_free(heap, run[order[i]], 3 * PAGE);
    CHECK_EQUAL(range->run_count, 1);
    CHECK(bytes(heap, 9 * PAGE) == run[0]);
    CHECK_EQUAL(range->run_count, 0);
    block_free(heap, run[0], 9 * PAGE);
    block_free(heap, run[4], 3 * PAGE);
    block_free(heap, run[3], 3 * PAGE);
    CHECK_EQUAL(range->runs_end, 0);
    CHECK_EQUAL(range->runs_live, 0);
    CHECK(bytes(heap, 20 * PAGE) == run[0]);
    block_free(heap, run[0], 20 * PAGE);
    close_heap(heap);
}

static void the_lowest_run_that_fits_is_taken(void)
{
    rc_heap *heap = open_heap("3.8");
    char *run[6];

    for (int i = 0; i < 6; i++)
        run[i] = bytes(heap, (i % 2 ? 3 : 3 + (size_t)i) * PAGE);  /* 3 3 5 3 7 3 */
    block_free(heap, run[0], 3 * PAGE);
    block_free(heap, run[4], 7 * PAGE);
    block_free(heap, run[2], 5 * PAGE);
    char *four = bytes(heap, 4 * PAGE), *three = bytes(heap, 3 * PAGE);
    char *six = bytes(heap, 6 * PAGE);
    CHECK(four == run[2] && three == run[0] && six == run[4]);
    block_free(heap, four, 4 * PAGE);
    block_free(heap, three, 3 * PAGE);
    block_free(heap, six, 6 * PAGE);
    for (int i = 1; i < 6; i += 2)
        block_free(heap, run[i], 3 * PAGE);
    CHECK_EQUAL(heap->memory.blocks.runs_end, 0);
    close_heap(heap);
}

static void a_block_wastes_an_eighth_at_most(void)
{
    for (size_t size = 1, before = 0; size <= LARGEST_SMALL; size++) {
        size_t block = arena_block_size(size);
        CHECK(block >= size && block >= before && block % 8 == 0);
        CHECK(size < 64 || (block - size) * 8 <= size);
        before = block;
    }
    CHECK_EQUAL(arena_block_size(LARGEST_SMALL), LARGEST_SMALL);
    CHECK_EQUAL(arena_block_size(LARGEST_SMALL + 1), 3 * PAGE);
}

static void what_no_range_can_hold_is_refused(void)
{
    rc_heap *heap = open_heap("3.8");
    static const size_t sizes[] = { SIZE_MAX, SIZE_MAX - 4094, SIZE_MAX / 2, (size_t)17 << 30 };
    size_t used = heap->memory.used;

    for (int i = 0; i < 4; i++)
        CHECK_FAILS(heap, block_new(heap, sizes[i]), RC_MEMORY_ERROR, NULL);
    CHECK_EQUAL(heap->memory.used, used);
    close_heap(heap);
}

static void an_arena_knows_what_it_has_handed_out(void)
{
    rc_heap *heap = open_heap("3.8");
    const arena *range = &heap->memory.blocks;
    char *small = bytes(heap, 600), *large = bytes(heap, 50000);

    CHECK(arena_holds(range, small) && arena_holds(range, large));
    CHECK(!arena_holds(range, small + 8) && !arena_holds(range, small + 640));
    CHECK(!arena_holds(&heap->memory.containers, small));
    CHECK(!arena_holds(range, heap) && !arena_holds(range, NULL));
    block_free(heap, small, 600);
    block_free(heap, large, 50000);
    CHECK(!arena_holds(range, small) && !arena_holds(range, large));
    close_heap(heap);
}

#define LIVE 700

/* Every block keeps what was written into it; none overlaps another. */
static void blocks_never_overlap(void)
{
    rc_heap *heap = open_heap("3.8");
    uint64_t random = RANDOM_START;
    static unsigned char *block[LIVE];
    static size_t size[LIVE];

    memset(block, 0, sizeof block);
    for (int i = 0; i < 40000; i++) {
        size_t at = (next_random(&random) >> 30) % LIVE;
        if (block[at]) {
            CHECK_EQUAL(block[at][0], at & 255);
            CHECK_EQUAL(block[at][size[at] - 1], at & 255);
            block_free(heap, block[at], size[at]);
            block[at] = NULL;
        } else {
            size[at] = size_number(&random);
            block[at] = (unsigned char *)bytes(heap, size[at]);
            memset(block[at], (int)(at & 255), size[at]);
        }
        if (i % 256 == 0)
            check_arenas(heap);
    }
    for (size_t i = 0; i < LIVE; i++)
        if (block[i])
            block_free(heap, block[i], size[i]);
    check_arenas(heap);
    close_heap(heap);
}

/* ----------------------------------------------------------------------- windows -- */

#if UINTPTR_MAX > UINT32_MAX
#define WINDOW(n) ((uintptr_t)0x200000000000 + (uintptr_t)(n) * ((uintptr_t)64 << 30))

static void each_heap_has_the_first_free_window(void)
{
    rc_heap *heap[4];
    uintptr_t none = 0;

    for (uintptr_t i = 0; i < 4; i++) {
        CHECK(heap[i] = rc_heap_open(NULL));
        if (i == 0)
            none = rc_id(rc_none(heap[0])) - WINDOW(0);
        CHECK(none < (uintptr_t)64 << 30);
        CHECK_EQUAL(rc_id(rc_none(heap[i])), WINDOW(i) + none);
    }
    rc_heap_close(heap[1]);
    CHECK(heap[1] = rc_heap_open(NULL));
    CHECK_EQUAL(rc_id(rc_none(heap[1])), WINDOW(1) + none);
    CHECK(rc_heap_owns(heap[1], rc_none(heap[1])) && !rc_heap_owns(heap[1], rc_none(heap[2])));
    for (int i = 0; i < 4; i++)
        rc_heap_close(heap[i]);
}

/* The bytes of a heap's window that can be written, as the system sees them. */
static size_t writable(const rc_heap *heap)
{
    uintptr_t window = (uintptr_t)heap->memory.window;
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    size_t all = 0;

    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long first, end;
        if (sscanf(line, "%lx-%lx rw", &first, &end) == 2 && strstr(line, " rw-p ")
            && first >= window && end <= window + heap->memory.window_size)
            all += end - first;
    }
    if (maps)
        fclose(maps);
    return maps ? all : heap->memory.committed;
}

static void committed_is_what_is_usable(void)
{
    rc_heap *heap = open_heap("3.8");
    static char *block[5000];

    for (int i = 0; i < 5000; i++)
        block[i] = i % 2 ? slots(heap, SLOT * (1 + (size_t)i % 40)) : bytes(heap, 1 + (size_t)i);
    char *large = bytes(heap, (size_t)9 << 20);
    CHECK_EQUAL(rc_heap_memory(heap).committed, writable(heap));
    block_free(heap, large, (size_t)9 << 20);
    for (int i = 0; i < 5000; i++)
        if (i % 2)
            object_memory_free(heap, true, block[i], SLOT * (1 + (size_t)i % 40));
        else
            block_free(heap, block[i], 1 + (size_t)i);
    CHECK_EQUAL(rc_heap_memory(heap).committed, writable(heap));
    close_heap(heap);
}
#endif

/* A mixture of everything; the ids of what it makes, relative to the window. */
static void collect_ids(rc_heap *heap, uintptr_t *ids)
{
    uint64_t random = RANDOM_START;
    rc_object *object[64] = { 0 };

    for (int i = 0; i < 2000; i++) {
        size_t at = (next_random(&random) >> 30) % 64, kind = (next_random(&random) >> 30) % 5;
        if (object[at])
            rc_decref(heap, object[at]);
        object[at] = kind == 0   ? rc_list_display(heap, &object[(at + 1) % 64],
                                                   object[(at + 1) % 64] != NULL)
                     : kind == 1 ? rc_dict_new(heap)
                     : kind == 2 ? rc_float_new(heap, i)
                     : kind == 3 ? rc_str_new(heap, "some text", 1 + (size_t)i % 9)
                                 : rc_set_new(heap, NULL, 0);
        CHECK(object[at]);
        ids[i] = rc_id(object[at]) - (uintptr_t)heap->memory.window;
    }
    for (int i = 0; i < 64; i++)
        if (object[i])
            rc_decref(heap, object[i]);
}

static void ids_are_the_same_on_every_run(void)
{
    static uintptr_t first[2000], second[2000];
    rc_heap *heap = open_heap("3.8");

    collect_ids(heap, first);
    rc_heap *beside = rc_heap_open(NULL);       /* in another window: the same offsets */
    CHECK(beside);
    collect_ids(beside, second);
    CHECK(memcmp(first, second, sizeof first) == 0);
    rc_heap_close(beside);
    close_heap(heap);
    heap = open_heap("3.8");
    collect_ids(heap, second);
    CHECK(memcmp(first, second, sizeof first) == 0);
    close_heap(heap);
}

static const test tests[] = {
    TEST(a_new_block_is_the_lowest_free_one),
    TEST(the_lowest_free_block_is_the_next),
    TEST(a_word_at_hand_holds_no_pool_back),
    TEST(a_word_used_up_does_not_hide_the_lowest_pool_with_room),
    TEST(a_block_is_fresh_once),
    TEST(a_small_block_is_fresh_once),
    TEST(addresses_do_not_depend_on_the_order_of_releases),
    TEST(an_empty_pool_serves_another_class),
    TEST(runs_that_touch_become_one),
    TEST(the_lowest_run_that_fits_is_taken),
    TEST(a_block_wastes_an_eighth_at_most),
    TEST(what_no_range_can_hold_is_refused),
    TEST(an_arena_knows_what_it_has_handed_out),
    TEST(blocks_never_overlap),
#if UINTPTR_MAX > UINT32_MAX
    TEST(each_heap_has_the_first_free_window),
    TEST(committed_is_what_is_usable),
#endif
    TEST(ids_are_the_same_on_every_run),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
