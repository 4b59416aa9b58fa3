/* Address ranges, pools of equal blocks, runs of pages.  See arena.h for the plan;
 * start reading at arena_new. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "arena.h"
#include "generation.h"
#include "poison.h"

#define MEBIBYTE ((size_t)1 << 20)
#define GIBIBYTE ((size_t)1 << 30)
#define LARGE_PAGE (2 * MEBIBYTE)
#define LARGE_STEP (32 * MEBIBYTE)
#define LARGE_FROM (2 * MEBIBYTE)

/* ------------------------------------------------------------- size classes --
 * 16, 24 … 512 in steps of 8 are classes 1 to 63; above, each doubling is cut into
 * eight: 576, 640 … 1024, 1152 … 8192 are classes 64 to 95. */

#define LAST_FINE_CLASS ((unsigned)(LARGEST_FINE / 8 - 1))

unsigned arena_coarse_class(size_t size)
{
    unsigned doubling = 63 - (unsigned)__builtin_clzll(size - 1);       /* 9: 513 … 1024 */
    size_t step = (size_t)1 << (doubling - 3);
    size_t part = (size - 1 - ((size_t)1 << doubling)) / step;
    return LAST_FINE_CLASS + 1 + 8 * (doubling - 9) + (unsigned)part;
}

static size_t class_size(unsigned class)
{
    if (class <= LAST_FINE_CLASS)
        return 8 * ((size_t)class + 1);
    unsigned doubling = 9 + (class - LAST_FINE_CLASS - 1) / 8;
    size_t part = (class - LAST_FINE_CLASS - 1) % 8;
    return ((size_t)1 << doubling) + (part + 1) * ((size_t)1 << (doubling - 3));
}

static size_t pages_of(size_t size)
{
    return size / PAGE + (size % PAGE != 0);
}

size_t arena_block_size(size_t size)
{
    return size <= LARGEST_SMALL ? class_size(arena_class(size)) : pages_of(size) * PAGE;
}

/* ------------------------------------------------------------- sets of pools -- */

/* Make room for pool `index`, so that adding it cannot fail later. */
static bool pool_set_reserve(pool_set *set, uint32_t index)
{
    uint32_t words = (index / 64 / 64 + 1) * 64;
    if (words <= set->word_count)
        return true;
    if (words < 2 * set->word_count)
        words = 2 * set->word_count;

    uint64_t *grown = realloc(set->words, words * sizeof *grown);
    if (!grown)
        return false;
    memset(grown + set->word_count, 0, (words - set->word_count) * sizeof *grown);
    set->words = grown;
    grown = realloc(set->summary, words / 64 * sizeof *grown);
    if (!grown)
        return false;
    memset(grown + set->word_count / 64, 0, (words - set->word_count) / 64 * sizeof *grown);
    set->summary = grown;
    set->word_count = words;
    return true;
}

static void pool_set_add(pool_set *set, uint32_t index)
{
    uint32_t word = index / 64;
    set->words[word] |= UINT64_C(1) << index % 64;
    set->summary[word / 64] |= UINT64_C(1) << word % 64;
}

static void pool_set_remove(pool_set *set, uint32_t index)
{
    uint32_t word = index / 64;
    set->words[word] &= ~(UINT64_C(1) << index % 64);
    if (set->words[word] == 0)
        set->summary[word / 64] &= ~(UINT64_C(1) << word % 64);
}

static uint32_t pool_set_lowest(const pool_set *set)
{
    for (uint32_t i = 0; i < set->word_count / 64; i++) {
        if (set->summary[i] == 0)
            continue;
        uint32_t word = 64 * i + (uint32_t)__builtin_ctzll(set->summary[i]);
        return 64 * word + (uint32_t)__builtin_ctzll(set->words[word]);
    }
    return NO_POOL;
}

static void pool_set_close(pool_set *set)
{
    free(set->words);
    free(set->summary);
}

/* ------------------------------------------------- making addresses usable -- */

/* What lies before `from` in a page has been made usable before. */
static bool make_usable(memory_state *memory, void *from, void *to)
{
    uintptr_t first = ((uintptr_t)from + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
    uintptr_t end = ((uintptr_t)to + PAGE - 1) & ~(uintptr_t)(PAGE - 1);

    if (first == end)
        return true;
    if (mprotect((void *)first, end - first, PROT_READ | PROT_WRITE) != 0)
        return false;
    if (end - first >= LARGE_PAGE)
        madvise((void *)first, end - first, MADV_HUGEPAGE);
    memory->committed += end - first;
    return true;
}

bool memory_reach_birth(memory_state *memory, uint32_t birth)
{
    watch_map *map = &memory->watches;
    uint32_t past = (birth / (8 * PAGE) + 1) * (8 * PAGE);      /* a page has 8 births a byte */

    if (!make_usable(memory, map->alive + map->usable / 64, map->alive + past / 64))
        return false;
    map->usable = past;
    return true;
}

/* What stands beside the slots from `first` to before `past`. */
static bool make_sides_usable(memory_state *memory, arena *arena, size_t first, size_t past)
{
    return make_usable(memory, arena->side + first, arena->side + past)
           && make_usable(memory, arena->refs + first, arena->refs + past);
}

/* Where to extend to, if as far as `wanted` at least.  By a mebibyte as long as a heap is
 * small; by LARGE_STEP when it is not, in pages of 2 MiB: with small ones an address in
 * 100 MB costs a second miss, for the page table, and each new one 1 to 2 microseconds.  (1e6
 * floats: 22 ns each in small pages, 10 in large ones; lists 33 and 16.)  At the end of such
 * a step the side table and the refs are at the end of a large page, too. */
static char *end_of_step(const memory_state *memory, const char *usable, char *wanted)
{
    size_t more = ((size_t)(wanted - usable) + MEBIBYTE - 1) / MEBIBYTE * MEBIBYTE;

    if (memory->committed < LARGE_FROM)
        return (char *)usable + more;
    return memory->window + ((size_t)(wanted - memory->window) + LARGE_STEP - 1) / LARGE_STEP
                            * LARGE_STEP;
}

/* Make an arena usable up to `wanted` at least, with the parts of the side table and of
 * the refs that go with it. */
static bool extend(memory_state *memory, arena *arena, char **usable, char *wanted)
{
    if (wanted <= *usable)
        return true;
    char *end = end_of_step(memory, *usable, wanted);
    size_t more = (size_t)(end - *usable);

    if (arena->side) {
        size_t first = (size_t)(*usable - arena->side_base) / SLOT_SIZE;
        size_t past = (size_t)(end - arena->side_base) / SLOT_SIZE;
        if (!make_sides_usable(memory, arena, first, past))
            return false;
    }
    if (!make_usable(memory, *usable, end))
        return false;
    poison(*usable, more);
    *usable = end;
    return true;
}

/* ------------------------------------------------------------------- pools -- */

static char *pool_base(const arena *arena, uint32_t index)
{
    return arena->base + (size_t)index * POOL_SIZE;
}

static uint32_t index_of(const arena *arena, const pool *pool)
{
    return (uint32_t)(pool - arena->pools);
}

/* Cut a pool into blocks for `class`, all free. */
static void cut(pool *pool, unsigned class, char *base, bool new)
{
    size_t size = class_size(class);
    unsigned blocks = (unsigned)(POOL_SIZE / size);

    pool->base = base;
    pool->size = (uint32_t)size;
    pool->reciprocal = (uint32_t)(((UINT64_C(1) << 32) + size - 1) / size);
    pool->used = 0;
    pool->blocks = (uint16_t)blocks;
    pool->fresh_from = new ? 0 : UINT16_MAX;
    pool->class = (uint16_t)class;
    pool->summary = 0;
    for (unsigned word = 0; word < POOL_WORDS && 64 * word < blocks; word++) {
        unsigned bits = blocks - 64 * word;
        pool->free[word] = bits >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits) - 1;
        pool->summary |= UINT64_C(1) << word;
    }
}

/* Give the lowest pool that belongs to nobody to `class`; NULL when there is no memory
 * for it. */
RC_COLD static pool *assign_pool(memory_state *memory, arena *arena, unsigned class)
{
    uint32_t index = pool_set_lowest(&arena->free_pools);
    bool new = index == NO_POOL;

    if (new) {
        index = arena->pool_count;
        if (index == arena->pool_limit
            || !make_usable(memory, &arena->pools[index], &arena->pools[index + 1])
            || !extend(memory, arena, &arena->usable_pools, pool_base(arena, index + 1))
            || !pool_set_reserve(&arena->free_pools, index))
            return NULL;
    }
    if (!pool_set_reserve(&arena->with_room[class], index))
        return NULL;
    if (new)
        arena->pool_count++;
    else
        pool_set_remove(&arena->free_pools, index);
    cut(&arena->pools[index], class, pool_base(arena, index), new);
    pool_set_add(&arena->with_room[class], index);
    return arena->lowest[class] = &arena->pools[index];
}

/* Take an empty pool away from its class. */
RC_COLD static void unassign_pool(arena *arena, pool *pool)
{
    uint32_t index = index_of(arena, pool);

    pool_set_remove(&arena->with_room[pool->class], index);
    pool->class = 0;
    pool_set_add(&arena->free_pools, index);
}

/* A full pool: its class has another lowest. */
static void leave_with_room(arena *arena, const pool *pool)
{
    pool_set *with_room = &arena->with_room[pool->class];

    pool_set_remove(with_room, index_of(arena, pool));
    uint32_t index = pool_set_lowest(with_room);
    arena->lowest[pool->class] = index == NO_POOL ? NULL : &arena->pools[index];
}

void arena_pool_word_used_up(arena *arena, pool *pool)
{
    pool->summary &= pool->summary - 1;
    if (pool->summary == 0)
        leave_with_room(arena, pool);
}

/* -------------------------------------------------------- the words at hand -- */

/* Give the word at hand, if there is one, back to its pool, which may turn out to be full. */
static void put_back_word(arena *arena, unsigned class)
{
    at_hand *hand = &arena->at_hand[class];

    if (hand->span == 0)
        return;
    pool *pool = arena_pool_of(arena, hand->first);
    unsigned word = pool_word_of(pool, hand->first);

    pool->fresh_from = (uint16_t)((size_t)(hand->fresh_from - pool->base) / pool->size);
    pool->free[word] = hand->free;
    pool->used -= (uint16_t)__builtin_popcountll(hand->free);
    if (hand->free)
        pool->summary |= UINT64_C(1) << word;
    if (pool->summary == 0)
        leave_with_room(arena, pool);
    hand->first = NULL;
    hand->span = 0;
    hand->free = 0;
}

void arena_put_back(arena *arena)
{
    for (unsigned class = 0; class < FINE_CLASSES; class++)
        put_back_word(arena, class);
}

void arena_put_back_word(arena *arena, size_t size)
{
    put_back_word(arena, arena_class(size));
}

bool arena_reserve_marks(arena *arena)
{
    uint32_t room = arena->pool_count;

    if (room <= arena->marks_room)
        return true;
    uint64_t *grown = realloc(arena->marks, room * POOL_WORDS * sizeof *grown);
    if (!grown)
        return false;
    memset(grown + arena->marks_room * POOL_WORDS, 0,
           (room - arena->marks_room) * POOL_WORDS * sizeof *grown);
    arena->marks = grown;
    arena->marks_room = room;
    return true;
}

bool arena_fetch_word(arena *arena, unsigned class)
{
    at_hand *hand = &arena->at_hand[class];

    put_back_word(arena, class);
    arena->scattered = 0;
    pool *pool = arena->lowest[class];
    if (!pool)
        return false;
    unsigned word = (unsigned)__builtin_ctzll(pool->summary);
    if (hand->back_free == &pool->free[word])
        hand->back_span = 0;
    hand->first = pool_word_first(pool, word);
    hand->span = pool_word_span(pool, word);
    hand->free = pool->free[word];
    hand->fresh_from = pool->base + (size_t)pool->fresh_from * pool->size;
    hand->reciprocal = pool->reciprocal;
    pool->free[word] = 0;
    pool->summary &= pool->summary - 1;
    pool->used += (uint16_t)__builtin_popcountll(hand->free);
    return true;
}

/* A class keeps one empty pool at most, its lowest with room: which pools it has then
 * does not depend on the order in which blocks came back. */
void arena_settle(arena *arena, pool *pool)
{
    struct pool **lowest = &arena->lowest[pool->class];

    if (pool->class < FINE_CLASSES && !arena->at_hand[pool->class].free)
        put_back_word(arena, pool->class);      /* used up: its pool may be full */
    struct pool *before = *lowest;
    pool_set_add(&arena->with_room[pool->class], index_of(arena, pool));
    if (!before || pool < before) {
        *lowest = pool;
        if (before && before->used == 0)
            unassign_pool(arena, before);
    } else if (pool->used == 0 && pool != before) {
        unassign_pool(arena, pool);
    }
}

/* Two blocks have come back to a word, one after the other: the next ones need no look at
 * their pool. */
RC_COLD static void remember_word(arena *arena, at_hand *hand, pool *pool, unsigned word)
{
    char *first = pool_word_first(pool, word);

    hand->reciprocal = pool->reciprocal;
    hand->back_free = &pool->free[word];
    hand->back_ahead = first < hand->back_first ? -BYTES_AHEAD : BYTES_AHEAD;
    hand->back_first = first;
    hand->back_span = pool_word_span(pool, word);
    hand->back_pool = pool;
    arena->scattered = 0;
}

RC_COLD static void free_below_hand(arena *arena, void *memory, unsigned class)
{
    put_back_word(arena, class);
    arena_free_elsewhere(arena, memory, class);
}

/* What is rare comes last, so that the rest saves no registers. */
void arena_free_elsewhere(arena *arena, void *memory, unsigned class)
{
    at_hand *hand = &arena->at_hand[class];
    pool *pool = arena_pool_of(arena, memory);

    if (RC_UNLIKELY((char *)memory < hand->first)) {
        free_below_hand(arena, memory, class);
        return;
    }
    unsigned word = pool_mark_free(pool, memory);
    uint64_t *last = hand->last_free;
    arena->scattered++;
    hand->last_free = &pool->free[word];
    if (RC_UNLIKELY(pool_is_unsettled(arena, pool, 1)))
        arena_settle(arena, pool);
    else if (RC_UNLIKELY(last == &pool->free[word]))
        remember_word(arena, hand, pool, word);
}

/* ----------------------------------------------------------- runs of pages -- */

/* There are never more free runs than live ones plus one: with this room, freeing
 * cannot fail. */
static bool reserve_run(arena *arena)
{
    if (arena->runs_live + 2 <= arena->run_room)
        return true;
    size_t room = arena->run_room ? 2 * arena->run_room : 16;
    free_run *grown = realloc(arena->runs, room * sizeof *grown);
    if (!grown)
        return false;
    arena->runs = grown;
    arena->run_room = room;
    return true;
}

/* Take the first pages of the i-th free run. */
static void take_pages(arena *arena, size_t i, size_t pages)
{
    arena->runs[i].page += pages;
    arena->runs[i].pages -= pages;
    if (arena->runs[i].pages == 0)
        memmove(&arena->runs[i], &arena->runs[i + 1],
                (--arena->run_count - i) * sizeof *arena->runs);
}

RC_COLD static void *new_run(memory_state *memory, arena *arena, size_t pages, bool *fresh)
{
    size_t i = 0;

    if (!reserve_run(arena))
        return NULL;
    while (i < arena->run_count && arena->runs[i].pages < pages)
        i++;
    size_t page = i < arena->run_count ? arena->runs[i].page : arena->runs_end;
    if (i < arena->run_count) {
        take_pages(arena, i, pages);
    } else {
        if (pages > arena->runs_limit - page
            || !extend(memory, arena, &arena->usable_runs,
                       arena->runs_base + (page + pages) * PAGE))
            return NULL;
        arena->runs_end += pages;
    }
    *fresh = page >= arena->runs_peak;
    if (arena->runs_peak < page + pages)
        arena->runs_peak = page + pages;
    arena->runs_live++;
    return arena->runs_base + page * PAGE;
}

/* The index of the free run that begins at `page`, or run_count. */
static size_t free_run_at(const arena *arena, size_t page)
{
    size_t i = 0;

    while (i < arena->run_count && arena->runs[i].page < page)
        i++;
    return i < arena->run_count && arena->runs[i].page == page ? i : arena->run_count;
}

bool arena_may_lengthen(const arena *arena, const void *block, size_t old_size, size_t size)
{
    size_t end = (size_t)((const char *)block - arena->runs_base) / PAGE + pages_of(old_size);
    size_t more = pages_of(size) - pages_of(old_size), i;

    if (more == 0)
        return true;
    if (end == arena->runs_end)
        return more <= arena->runs_limit - end;
    return (i = free_run_at(arena, end)) < arena->run_count && arena->runs[i].pages >= more;
}

bool arena_lengthen(memory_state *memory, arena *arena, void *block, size_t old_size, size_t size)
{
    size_t end = (size_t)((const char *)block - arena->runs_base) / PAGE + pages_of(old_size);
    size_t more = pages_of(size) - pages_of(old_size);

    if (more > 0 && end == arena->runs_end) {
        if (!extend(memory, arena, &arena->usable_runs, arena->runs_base + (end + more) * PAGE))
            return false;
        arena->runs_end += more;
        if (arena->runs_peak < arena->runs_end)
            arena->runs_peak = arena->runs_end;
    } else if (more > 0) {
        take_pages(arena, free_run_at(arena, end), more);
    }
    unpoison((char *)block + old_size, size - old_size);
    return true;
}

RC_COLD static void free_run_of(arena *arena, char *address, size_t pages)
{
    size_t page = (size_t)(address - arena->runs_base) / PAGE;
    size_t i = 0;

    if (pages * PAGE >= MEBIBYTE)       /* let the machine have it meanwhile */
        madvise(address, pages * PAGE, MADV_DONTNEED);
    arena->runs_live--;
    while (i < arena->run_count && arena->runs[i].page < page)
        i++;
    memmove(&arena->runs[i + 1], &arena->runs[i], (arena->run_count++ - i) * sizeof *arena->runs);
    arena->runs[i] = (free_run) { page, pages };

    size_t first = i > 0 && arena->runs[i - 1].page + arena->runs[i - 1].pages == page ? i - 1 : i;
    size_t last = i + 1 < arena->run_count && arena->runs[i + 1].page == page + pages ? i + 1 : i;
    if (last > first) {
        arena->runs[first].pages = arena->runs[last].page + arena->runs[last].pages
                                   - arena->runs[first].page;
        memmove(&arena->runs[first + 1], &arena->runs[last + 1],
                (arena->run_count - last - 1) * sizeof *arena->runs);
        arena->run_count -= last - first;
    }
    if (arena->runs[first].page + arena->runs[first].pages == arena->runs_end) {
        arena->runs_end = arena->runs[first].page;
        arena->run_count--;
    }
}

/* ------------------------------------------------------------------ blocks -- */

static void *new_fine(memory_state *memory, arena *arena, size_t size, bool *fresh)
{
    unsigned class = arena_class(size);
    at_hand *hand = &arena->at_hand[class];

    if (!hand->free && !arena_fetch_word(arena, class)) {
        if (!assign_pool(memory, arena, class))
            return NULL;
        arena_fetch_word(arena, class);
    }
    return arena_take(hand, size, fresh);
}

void *arena_new(memory_state *memory, arena *arena, size_t size, bool *fresh)
{
    if (size <= LARGEST_FINE)
        return new_fine(memory, arena, size, fresh);
    if (size <= LARGEST_SMALL) {
        unsigned class = arena_class(size);
        pool *pool = arena->lowest[class];
        if (!pool && !(pool = assign_pool(memory, arena, class)))
            return NULL;
        return arena_take_coarse(arena, pool, size, fresh);
    }
    void *block = new_run(memory, arena, pages_of(size), fresh);
    if (block)
        unpoison(block, size);
    return block;
}

void arena_free_large(arena *arena, void *block, size_t size)
{
    poison(block, size);
    free_run_of(arena, block, pages_of(size));
}

/* Whether a block is a free one of the word at hand. */
static bool free_at_hand(const arena *arena, unsigned class, const char *block)
{
    if (class >= FINE_CLASSES)
        return false;
    const at_hand *hand = &arena->at_hand[class];
    size_t offset = (size_t)(block - hand->first);
    return offset < hand->span && hand->free >> block_of(hand->reciprocal, offset) & 1;
}

bool arena_holds(const arena *arena, const void *address)
{
    const char *at = address;

    if (at >= arena->runs_base && at < arena->runs_base + arena->runs_end * PAGE) {
        size_t page = (size_t)(at - arena->runs_base) / PAGE;
        for (size_t i = 0; i < arena->run_count; i++)
            if (page >= arena->runs[i].page && page < arena->runs[i].page + arena->runs[i].pages)
                return false;
        return true;
    }
    if (at < arena->base || at >= pool_base(arena, arena->pool_count))
        return false;
    uint32_t index = (uint32_t)((size_t)(at - arena->base) / POOL_SIZE);
    const pool *pool = &arena->pools[index];
    if (pool->class == 0)
        return false;
    size_t offset = (size_t)(at - pool_base(arena, index));
    unsigned block = block_of(pool->reciprocal, offset);
    return offset % class_size(pool->class) == 0
           && block < POOL_SIZE / class_size(pool->class)
           && !(pool->free[block / 64] >> block % 64 & 1) && !free_at_hand(arena, pool->class, at);
}

/* Whether the word at hand is its class's lowest. */
static bool check_at_hand(const arena *arena, unsigned class)
{
    const at_hand *hand = &arena->at_hand[class];

    if (hand->span == 0)
        return hand->free == 0;
    const pool *pool = arena_pool_of(arena, hand->first);
    if (pool->class != class)
        return false;
    unsigned word = pool_word_of(pool, hand->first);
    return pool == arena->lowest[class] && pool->free[word] == 0
           && hand->first == pool_word_first(pool, word)
           && (!pool->summary || (unsigned)__builtin_ctzll(pool->summary) > word);
}

const char *arena_check(const arena *arena)
{
    for (uint32_t index = 0; index < arena->pool_count; index++) {
        const pool *pool = &arena->pools[index];
        if (pool->class == 0)
            continue;
        unsigned blocks = (unsigned)(POOL_SIZE / class_size(pool->class)), free_blocks = 0;
        for (unsigned word = 0; word < POOL_WORDS && 64 * word < blocks; word++) {
            free_blocks += (unsigned)__builtin_popcountll(pool->free[word]);
            if ((pool->free[word] != 0) != (pool->summary >> word & 1))
                return "a pool's summary disagrees with its bitmap";
        }
        if (free_blocks + pool->used != blocks)
            return "a pool's count disagrees with its bitmap";
        const struct pool *lowest = arena->lowest[pool->class];
        if (pool->summary && (!lowest || lowest > pool))
            return "a pool with room lies below its class's lowest";
    }
    for (unsigned class = 0; class < FINE_CLASSES; class++)
        if (!check_at_hand(arena, class))
            return "the word at hand is not its class's lowest";
    for (size_t i = 0; i + 1 < arena->run_count; i++)
        if (arena->runs[i].page + arena->runs[i].pages >= arena->runs[i + 1].page)
            return "free runs of pages overlap or touch";
    return NULL;
}

/* ------------------------------------------------------------------ windows -- */

#if UINTPTR_MAX > UINT32_MAX
#define FIRST_WINDOW ((uintptr_t)0x200000000000)
#define WINDOW_SIZE (64 * GIBIBYTE)
#define CONTAINER_POOLS (24 * GIBIBYTE)
#define CONTAINER_RUNS (2 * GIBIBYTE)
#define BLOCK_POOLS (14 * GIBIBYTE)
#define BLOCK_RUNS (16 * GIBIBYTE)
#else
#define FIRST_WINDOW ((uintptr_t)0x40000000)
#define WINDOW_SIZE (1 * GIBIBYTE)
#define CONTAINER_POOLS (256 * MEBIBYTE)
#define CONTAINER_RUNS (64 * MEBIBYTE)
#define BLOCK_POOLS (256 * MEBIBYTE)
#define BLOCK_RUNS (256 * MEBIBYTE)
#endif
#define WINDOWS 1024

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0           /* then the address is a hint, checked below */
#endif

static char *reserve_window(void)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

    for (unsigned i = 0; sizeof(void *) > 4 && i < WINDOWS; i++) {
        void *wanted = (void *)(FIRST_WINDOW + i * WINDOW_SIZE);
        void *got = mmap(wanted, WINDOW_SIZE, PROT_NONE, flags | MAP_FIXED_NOREPLACE, -1, 0);
        if (got == wanted)
            return got;
        if (got != MAP_FAILED)
            munmap(got, WINDOW_SIZE);
    }
    void *anywhere = mmap(NULL, WINDOW_SIZE, PROT_NONE, flags, -1, 0);
    return anywhere == MAP_FAILED ? NULL : anywhere;
}

static char *lay_out(arena *arena, char *pools, size_t pools_size, size_t runs_size)
{
    arena->base = arena->usable_pools = pools;
    arena->pool_limit = (uint32_t)(pools_size / POOL_SIZE);
    arena->runs_base = arena->usable_runs = pools + pools_size;
    arena->runs_limit = runs_size / PAGE;
    return arena->runs_base + runs_size;
}

bool memory_open(memory_state *memory)
{
    memory->window = reserve_window();
    if (!memory->window)
        return false;
    memory->window_size = WINDOW_SIZE;

    /* The first page's slots are never handed out: their side entries are the
     * sentinels of the generations. */
    char *containers = memory->window + PAGE;
    char *blocks = lay_out(&memory->containers, containers, CONTAINER_POOLS - PAGE, CONTAINER_RUNS);
    char *side = lay_out(&memory->blocks, blocks, BLOCK_POOLS, BLOCK_RUNS);
    size_t slots = (size_t)(blocks - memory->window) / SLOT_SIZE;

    memory->containers.side = (side_entry *)side;
    memory->containers.side_base = memory->window;
    memory->containers.refs = (uint32_t *)(side + pages_of(slots * sizeof(side_entry)) * PAGE);
    memory->containers.pools = (pool *)(memory->containers.refs + slots);
    size_t table = memory->containers.pool_limit * sizeof(pool);
    memory->blocks.pools = (pool *)((char *)memory->containers.pools
                                    + pages_of(table) * PAGE);
    table = memory->blocks.pool_limit * sizeof(pool);
    memory->watches.alive = (uint64_t *)((char *)memory->blocks.pools + pages_of(table) * PAGE);
    if (make_sides_usable(memory, &memory->containers, 0, PAGE / SLOT_SIZE))
        return true;
    munmap(memory->window, memory->window_size);
    return false;
}

static void close_arena(arena *arena)
{
    unpoison(arena->base, (size_t)(arena->usable_pools - arena->base));
    unpoison(arena->runs_base, (size_t)(arena->usable_runs - arena->runs_base));
    pool_set_close(&arena->free_pools);
    for (unsigned class = 0; class < SIZE_CLASSES; class++)
        pool_set_close(&arena->with_room[class]);
    free(arena->runs);
    free(arena->marks);
}

void memory_close(memory_state *memory)
{
    if (!memory->window)
        return;
    close_arena(&memory->containers);
    close_arena(&memory->blocks);
    munmap(memory->window, memory->window_size);
}
