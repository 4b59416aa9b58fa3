/* An address range and the blocks in it.
 *
 * A heap's window of 64 GiB holds two arenas and their bookkeeping, reserved at
 * once and made usable piece by piece:
 *
 *     containers  26 GiB   2 GiB of them for large ones, in whole pages
 *     blocks      30 GiB   16 GiB of them likewise
 *     bookkeeping  8 GiB   the side table, the refs, the pools' bitmaps, the watched births
 *
 * In each, blocks of up to LARGEST_SMALL bytes come from pools of POOL_SIZE: a pool
 * holds blocks of one size, and which of them are free stands in a bitmap beside the
 * arena, so that free memory is never touched.  A new block is always the lowest
 * free one of the lowest pool with room: addresses do not depend on the order in
 * which others were released.  Larger blocks are runs of pages, lowest fit first. */
#ifndef HEAP_ARENA_H
#define HEAP_ARENA_H

#include <refchain/base.h>
#include "poison.h"
#include "watch.h"

#define SLOT_SIZE ((size_t)64)          /* of the container range */

#if defined(RC_STRESS)
#define POOL_SIZE ((size_t)8 << 10)     /* tiny pools fill up and empty often */
#else
#define POOL_SIZE ((size_t)64 << 10)
#endif
#define PAGE ((size_t)4096)
#define LARGEST_SMALL ((size_t)8192)
#define LARGEST_FINE ((size_t)512)      /* sizes up to here are classes in steps of 8 */
#define FINE_CLASSES (LARGEST_FINE / 8)
#define SIZE_CLASSES 96
#define POOL_WORDS (POOL_SIZE / 16 / 64)        /* bits for blocks of the smallest size */

typedef struct pool {
    uint64_t summary;                   /* bit w: free[w] is not 0 */
    char *base;
    uint32_t size;                      /* bytes of a block */
    uint32_t reciprocal;                /* 2^32 / size, rounded up */
    uint16_t used;                      /* blocks handed out */
    uint16_t fresh_from;                /* blocks from here on nobody has had yet */
    uint16_t class;                     /* 0: the pool belongs to no class */
    uint64_t free[POOL_WORDS];          /* bit b of free[w]: block 64 w + b is free */
} pool;

/* A set of pools, by index, that knows its lowest member. */
typedef struct pool_set {
    uint64_t *words, *summary;          /* malloc'ed; a bit a pool, a bit a word */
    uint32_t word_count;                /* a multiple of 64 */
} pool_set;

/* The block at hand of a class: read arena_keep. */
typedef struct at_hand {
    char *block;                        /* or NULL */
    char *last;                         /* what came last out of a bitmap, or NULL */
    size_t below;                       /* bytes from its pool's start to it */
} at_hand;

typedef struct free_run {
    size_t page, pages;
} free_run;

typedef struct arena {
    char *base;                         /* of its pools */
    pool *pools;                        /* by index; in the window's bookkeeping */
    uint32_t pool_count;                /* pools below this were ever used */
    uint32_t pool_limit;                /* that there is address space for */
    pool_set free_pools;
    pool_set with_room[SIZE_CLASSES];   /* pools of each class with a free block */
    pool *lowest[SIZE_CLASSES];         /* the lowest of those, or NULL */
    at_hand at_hand[FINE_CLASSES];

    char *runs_base;                    /* of the large blocks */
    free_run *runs;                     /* the free ones below runs_end, ascending; malloc'ed */
    size_t run_count, run_room, runs_live;
    size_t runs_end, runs_peak, runs_limit;             /* in pages */

    char *usable_pools, *usable_runs;   /* ends of what is made usable */
    struct side_entry *side;            /* made usable along, an entry a slot; or NULL */
    uint32_t *refs;                     /* likewise */
    char *side_base;                    /* the address of slot 0 */
} arena;

#define NO_POOL UINT32_MAX

/* The accounting, and where everything lies. */
typedef struct memory_state {
    char *window;                       /* start of the reservation; slot 0 */
    size_t window_size;
    arena containers, blocks;
    watch_map watches;
    size_t used, peak, limit, committed;
    uint64_t allocations, releases;
    size_t unquestioned;                /* a small block is granted at once while less is used */
    uint64_t fail_in;                   /* allocations until the one that fails; 0: none */
    bool failed;
} memory_state;

/* A block of `size` bytes, or NULL when the range is full.  *fresh says whether
 * nobody has had it yet. */
void *arena_new(memory_state *memory, arena *arena, size_t size, bool *fresh);

/* Whether a block of more than LARGEST_SMALL bytes could grow where it is: a list of 1e7
 * items has been copied 8 times, item for item, if its array moves each time that it grows. */
bool arena_may_lengthen(const arena *arena, const void *block, size_t old_size, size_t size);

/* Then let it; false when the machine has no memory. */
bool arena_lengthen(memory_state *memory, arena *arena, void *block, size_t old_size, size_t size);

/* Give a block of more than LARGEST_SMALL bytes back. */
void arena_free_large(arena *arena, void *block, size_t size);

/* The bytes that a block made for `size` really takes. */
size_t arena_block_size(size_t size);

/* Whether the arena has handed out a block that begins at `address`. */
bool arena_holds(const arena *arena, const void *address);

/* NULL, or what is wrong with the pools and their bitmaps. */
const char *arena_check(const arena *arena);

/* Make the map of watched births usable up to `birth` at least; false when there is no
 * memory. */
bool memory_reach_birth(memory_state *memory, uint32_t birth);

/* Reserve a window, or false. */
bool memory_open(memory_state *memory);
void memory_close(memory_state *memory);

/* ------------------------------------------------------------- small blocks --
 *
 * Nothing is done more often than making and freeing them, so that it is inline, and
 * what is rare is out of line: 25 instructions each, where calls made it 60. */

/* The class of sizes above LARGEST_FINE. */
unsigned arena_coarse_class(size_t size);

/* The pool has given the last block of its lowest word with a free one. */
RC_COLD void arena_word_used_up(arena *arena, pool *pool);

/* A block has come back to a pool that was full, or that has become empty and is not its
 * class's lowest. */
RC_COLD void arena_settle(arena *arena, pool *pool, bool was_full);

/* The size class of up to LARGEST_SMALL bytes. */
static inline unsigned arena_class(size_t size)
{
    if (RC_LIKELY(size <= LARGEST_FINE))
        return size <= 16 ? 1 : (unsigned)((size + 7) / 8 - 1);
    return arena_coarse_class(size);
}

/* What a block of up to LARGEST_FINE bytes takes. */
static inline size_t fine_block_size(size_t size)
{
    return size <= 16 ? 16 : (size + 7) / 8 * 8;
}

/* Which block of its pool begins at, or holds, `offset`: a division by the block's
 * size, as a multiplication that is exact for offsets below POOL_SIZE. */
static inline unsigned pool_block_of(const pool *pool, size_t offset)
{
    return (unsigned)(((uint64_t)offset * pool->reciprocal) >> 32);
}

/* The lowest free block of a pool that has one, which must be its class's lowest. */
static inline void *arena_take(arena *arena, pool *pool, size_t size, bool *fresh)
{
    unsigned word = (unsigned)__builtin_ctzll(pool->summary);
    uint64_t bits = pool->free[word];
    unsigned block = 64 * word + (unsigned)__builtin_ctzll(bits);
    void *memory = pool->base + (size_t)block * pool->size;

    if (size <= LARGEST_FINE)
        arena->at_hand[arena_class(size)] =
            (at_hand) { NULL, memory, (size_t)block * pool->size };
    pool->used++;
    *fresh = block >= pool->fresh_from;
    if (*fresh)
        pool->fresh_from = (uint16_t)(block + 1);
    pool->free[word] = bits &= bits - 1;
    if (RC_UNLIKELY(bits == 0))
        arena_word_used_up(arena, pool);
    unpoison(memory, size);
    return memory;
}

/* What has been freed is most often what is wanted next.  So a block that is lower than
 * all whose bits say that they are free may stay at hand, without a bit of its own: it is
 * the next to be given in any case.  That is known while its pool is that of the block
 * that last came out of a bitmap, which is no lower than it; while that pool is not full;
 * and while nothing below has gone into a bitmap since.  No pool's state depends on it,
 * and before another block of its class is freed it goes where it belongs.  An int's life
 * takes 40 instructions less, and half the time: the next block's address need not wait
 * for the last one's bit. */
static inline bool arena_keep(arena *arena, void *memory, size_t size)
{
    at_hand *hand = &arena->at_hand[arena_class(size)];

    if ((size_t)(hand->last - (char *)memory) > hand->below || hand->block)
        return false;
    poison(memory, size);
    hand->block = memory;
    return true;
}

/* The block at hand, or NULL. */
static inline void *arena_take_kept(arena *arena, size_t size)
{
    at_hand *hand = &arena->at_hand[arena_class(size)];
    void *memory = hand->block;

    if (!memory)
        return NULL;
    hand->block = NULL;
    unpoison(memory, size);
    return memory;
}

/* Mark a block of up to LARGEST_SMALL bytes as free in its pool's bitmap. */
static inline pool *arena_mark_free(arena *arena, const void *memory)
{
    size_t offset = (size_t)((const char *)memory - arena->base);
    pool *pool = &arena->pools[offset / POOL_SIZE];
    unsigned block = pool_block_of(pool, offset % POOL_SIZE);
    bool was_full = pool->summary == 0;

    pool->free[block / 64] |= UINT64_C(1) << block % 64;
    pool->summary |= UINT64_C(1) << block / 64;
    pool->used--;
    if (RC_UNLIKELY(was_full || (pool->used == 0 && pool != arena->lowest[pool->class])))
        arena_settle(arena, pool, was_full);
    return pool;
}

/* Give back a block of up to LARGEST_SMALL bytes; returns the bytes that it took. */
static inline size_t arena_free(arena *arena, void *memory, size_t size)
{
    if (size <= LARGEST_FINE) {
        if (arena_keep(arena, memory, size))
            return fine_block_size(size);
        at_hand *hand = &arena->at_hand[arena_class(size)];
        if (hand->block)
            arena_mark_free(arena, hand->block);
        if (hand->block || (char *)memory <= hand->last)
            *hand = (at_hand) { NULL, NULL, 0 };
    }
    poison(memory, size);
    return arena_mark_free(arena, memory)->size;
}

#endif
