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
#define SMALLEST_BLOCK ((size_t)16)

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
    uint16_t blocks, used;              /* how many there are; how many are handed out */
    uint16_t fresh_from;                /* blocks from here on nobody has had yet */
    uint16_t class;                     /* 0: the pool belongs to no class */
    struct pool *next_marked;           /* the chain of those with marked blocks */
    uint64_t marked_words;              /* bit w: blocks of word w are marked */
    uint64_t free[POOL_WORDS];          /* bit b of free[w]: block 64 w + b is free */
} pool;

/* A set of pools, by index, that knows its lowest member. */
typedef struct pool_set {
    uint64_t *words, *summary;          /* malloc'ed; a bit a pool, a bit a word */
    uint32_t word_count;                /* a multiple of 64 */
} pool_set;

/* Where neighbours die one after the other, what comes next is fetched: 1e6 objects in order, a
 * float 5.8 ns -> 4.7, a list 8.5 -> 7.3, a list of 3 13.5 -> 11.4. */
#define BYTES_AHEAD 3072

/* What a class's blocks are taken from and come back to without a look at a pool: read
 * "small blocks" below. */
typedef struct at_hand {
    char *first;                        /* of the blocks of the word at hand */
    size_t span;                        /* bytes that they take; 0: no word is at hand */
    uint64_t free;                      /* which of them are; their pool counts all as handed out */
    char *fresh_from;                   /* its blocks from here on nobody has had yet */
    uint64_t reciprocal;                /* 2^32 / size of a block, rounded up */

    uint64_t *last_free;                /* the word to which a block came back last; or NULL */
    uint64_t *back_free;                /* the one to which two did, one after the other: not 0 */
    char *back_first;                   /* of its blocks */
    size_t back_span;                   /* bytes; 0: there is no such word */
    pool *back_pool;
    ptrdiff_t back_ahead;               /* from a block to what comes back a while later */
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

    unsigned scattered;                 /* blocks that came back since two neighbours did, a word
                                         * was fetched or the arena swept */
    uint64_t *marks;                    /* a bitmap of blocks whose dead wait: sweep.h; malloc'ed */
    uint32_t marks_room;                /* pools that it is for */
    pool *marked;                       /* the first with a marked block; or NULL */

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
    size_t unquestioned;                /* while less is used, a small block is granted quietly */
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
 * what is rare is out of line.
 *
 * Of each class up to LARGEST_FINE, one word of a bitmap is at hand: the lowest with a free
 * block.  Its bits are moved out of the pool, which counts the blocks as handed out, and as
 * one with room, until they are moved back.  To take one is 8 instructions, and to give one
 * back to it no more; with pools alone it is 30.  When a block comes back below, its word
 * goes back to the pool: the next one taken is the lowest in any case.  Blocks that come
 * back above are marked in their pool; the word where that was last is remembered, because
 * neighbours often die one after the other.  No pool's place in its class depends on any of
 * this: which pools a class has, and which block it hands out next, follows from what is free
 * alone. */

/* The class of sizes above LARGEST_FINE. */
unsigned arena_coarse_class(size_t size);

/* Put the lowest word with a free block at hand, where that at hand is used up or there is
 * none; false when no pool of the class has room. */
RC_COLD bool arena_fetch_word(arena *arena, unsigned class);

/* A block of up to LARGEST_FINE bytes comes back where arena_keep cannot take it. */
RC_OUT_OF_LINE void arena_free_elsewhere(arena *arena, void *memory, unsigned class);

/* Give each word at hand back to its pool, or that for blocks of up to LARGEST_FINE bytes of one
 * size: until the next block is taken, blocks may be marked there. */
void arena_put_back(arena *arena);
void arena_put_back_word(arena *arena, size_t size);

/* Let every pool have room for marks; false when there is no memory. */
RC_COLD bool arena_reserve_marks(arena *arena);

/* The pool has given the last block of its lowest word with a free one. */
RC_COLD void arena_pool_word_used_up(arena *arena, pool *pool);

/* A block has come back to a pool that was full, or that has become empty and is not its
 * class's lowest. */
RC_COLD void arena_settle(arena *arena, pool *pool);

/* What a block of up to LARGEST_FINE bytes takes. */
static inline size_t fine_block_size(size_t size)
{
    return ((size < SMALLEST_BLOCK ? SMALLEST_BLOCK : size) + 7) / 8 * 8;
}

/* The size class of up to LARGEST_SMALL bytes. */
static inline unsigned arena_class(size_t size)
{
    if (RC_LIKELY(size <= LARGEST_FINE))
        return (unsigned)(fine_block_size(size) / 8 - 1);
    return arena_coarse_class(size);
}

static inline pool *arena_pool_of(const arena *arena, const void *block)
{
    return &arena->pools[(size_t)((const char *)block - arena->base) / POOL_SIZE];
}

static inline uint64_t *arena_marks(const arena *arena, const pool *pool)
{
    return &arena->marks[(size_t)(pool - arena->pools) * POOL_WORDS];
}

static inline at_hand *arena_hand(arena *arena, size_t size)
{
    return &arena->at_hand[arena_class(size)];
}

/* Which block of its pool, or word, begins at, or holds, `offset`: a division by the
 * block's size, as a multiplication that is exact for offsets below POOL_SIZE. */
static inline unsigned block_of(uint64_t reciprocal, size_t offset)
{
    return (unsigned)((offset * reciprocal) >> 32);
}

/* Which word of its pool's bitmap the block stands in. */
static inline unsigned pool_word_of(const pool *pool, const char *block)
{
    return block_of(pool->reciprocal, (size_t)(block - pool->base)) / 64;
}

static inline char *pool_word_first(const pool *pool, unsigned word)
{
    return pool->base + (size_t)64 * word * pool->size;
}

/* Bytes of the word's blocks: the last has fewer than 64. */
static inline size_t pool_word_span(const pool *pool, unsigned word)
{
    size_t blocks = pool->blocks - (size_t)64 * word;
    return (blocks < 64 ? blocks : 64) * pool->size;
}

/* block_of for up to LARGEST_FINE bytes, as a shift if that is known and it can be one. */
static inline unsigned fine_block_of(const at_hand *hand, size_t offset, size_t size)
{
    return __builtin_constant_p(size) ? (unsigned)(offset / fine_block_size(size))
                                      : block_of(hand->reciprocal, offset);
}

/* The lowest block of the word at hand, which must have one, for up to LARGEST_FINE bytes. */
static inline void *arena_take(at_hand *hand, size_t size, bool *fresh)
{
    unsigned block = (unsigned)__builtin_ctzll(hand->free);
    char *memory = hand->first + block * fine_block_size(size);

    if (!memory)
        __builtin_unreachable();        /* no caller need ask */
    hand->free &= hand->free - 1;
    *fresh = memory >= hand->fresh_from;
    if (*fresh)
        hand->fresh_from = memory + fine_block_size(size);
    unpoison(memory, size);
    return memory;
}

/* The lowest free block of a pool that has one, which must be its class's lowest, for more
 * than LARGEST_FINE bytes. */
static inline void *arena_take_coarse(arena *arena, pool *pool, size_t size, bool *fresh)
{
    unsigned word = (unsigned)__builtin_ctzll(pool->summary);
    uint64_t bits = pool->free[word];
    unsigned block = 64 * word + (unsigned)__builtin_ctzll(bits);
    void *memory = pool->base + (size_t)block * pool->size;

    pool->used++;
    *fresh = block >= pool->fresh_from;
    if (*fresh)
        pool->fresh_from = (uint16_t)(block + 1);
    pool->free[word] = bits &= bits - 1;
    if (RC_UNLIKELY(bits == 0))
        arena_pool_word_used_up(arena, pool);
    unpoison(memory, size);
    return memory;
}

/* Give a block of up to LARGEST_FINE bytes back where nothing else has to be done: to the
 * word at hand, or to the one that the last came back to, unless its pool becomes empty.
 * False: nothing has been done. */
static inline bool arena_keep(arena *arena, void *memory, size_t size)
{
    at_hand *hand = arena_hand(arena, size);
    size_t offset = (size_t)((char *)memory - hand->first);

    if (offset < hand->span) {
        hand->free |= UINT64_C(1) << fine_block_of(hand, offset, size);
    } else {
        pool *pool = hand->back_pool;
        offset = (size_t)((char *)memory - hand->back_first);
        if (offset >= hand->back_span || pool->used == 1)
            return false;
        __builtin_prefetch((char *)memory + hand->back_ahead, 1);
        *hand->back_free |= UINT64_C(1) << fine_block_of(hand, offset, size);
        pool->used--;
    }
    poison(memory, size);
    return true;
}

/* Mark a block as free in its pool's bitmap: returns in which word. */
static inline unsigned pool_mark_free(pool *pool, const void *memory)
{
    unsigned block = block_of(pool->reciprocal, (size_t)((const char *)memory - pool->base));

    pool->free[block / 64] |= UINT64_C(1) << block % 64;
    pool->summary |= UINT64_C(1) << block / 64;
    pool->used--;
    return block / 64;
}

/* Whether arena_settle has something to do when so many blocks have come back. */
static inline bool pool_is_unsettled(const arena *arena, const pool *pool, unsigned count)
{
    return pool->used + count == pool->blocks
           || (pool->used == 0 && pool != arena->lowest[pool->class]);
}

/* Mark a block of up to LARGEST_FINE bytes; returns the bytes that it takes. */
static inline size_t arena_mark_dead(arena *arena, const void *block)
{
    pool *pool = arena_pool_of(arena, block);
    unsigned number = block_of(pool->reciprocal, (size_t)((const char *)block - pool->base));

    if (pool->marked_words == 0) {
        pool->next_marked = arena->marked;
        arena->marked = pool;
    }
    pool->marked_words |= UINT64_C(1) << number / 64;
    arena_marks(arena, pool)[number / 64] |= UINT64_C(1) << number % 64;
    return pool->size;
}

/* Give back `count` blocks of a word; no word of the class may be at hand. */
static inline void arena_free_word(arena *arena, pool *pool, unsigned word, uint64_t bits,
                                   unsigned count)
{
    pool->free[word] |= bits;
    pool->summary |= UINT64_C(1) << word;
    pool->used -= (uint16_t)count;
    if (RC_UNLIKELY(pool_is_unsettled(arena, pool, count)))
        arena_settle(arena, pool);
}

/* Give back a block of up to LARGEST_SMALL bytes; returns the bytes that it took. */
static inline size_t arena_free(arena *arena, void *memory, size_t size)
{
    if (RC_LIKELY(size <= LARGEST_FINE)) {
        if (!arena_keep(arena, memory, size)) {
            poison(memory, size);
            arena_free_elsewhere(arena, memory, arena_class(size));
        }
        return fine_block_size(size);
    }
    pool *pool = arena_pool_of(arena, memory);
    poison(memory, size);
    pool_mark_free(pool, memory);
    if (RC_UNLIKELY(pool_is_unsettled(arena, pool, 1)))
        arena_settle(arena, pool);
    return pool->size;
}

#endif
