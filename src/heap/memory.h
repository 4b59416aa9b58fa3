/* Memory for objects and what belongs to them: accounting, limits, failures on
 * demand.  Containers lie in slots of 64 bytes in one range, everything else in
 * another. */
#ifndef HEAP_MEMORY_H
#define HEAP_MEMORY_H

#include "state.h"

/* The long way to a block: where none of its size is at hand, it is large, or none is granted
 * quietly (memory_set_unquestioned). */
RC_COLD void *memory_new_rare(rc_heap *heap, arena *arena, size_t size, bool *fresh);
RC_COLD void memory_free_large(rc_heap *heap, arena *arena, void *block, size_t size);

/* Let births up to `birth` be watched.  Fails: MemoryError. */
RC_COLD bool memory_extend_watches(rc_heap *heap, uint32_t birth);

/* Set until when a small block is granted quietly: never while an allocation is to fail, somebody
 * looks on or dead objects wait to be swept. */
void memory_set_unquestioned(rc_heap *heap);

/* From here on nothing that is dead is linked, counted, or keeps its block. */
static inline void swept(const rc_heap *heap)
{
    if (RC_UNLIKELY(heap->unswept.room > 0))
        sweep((rc_heap *)heap);         /* what can be asked is the same before and after */
}

static inline void memory_account(memory_state *memory, size_t taken)
{
    memory->allocations++;
    memory->used += taken;
    if (memory->used > memory->peak)
        memory->peak = memory->used;
}

static inline void *memory_new(rc_heap *heap, arena *arena, size_t size, bool *fresh)
{
    memory_state *memory = &heap->memory;

    if (RC_UNLIKELY(memory->used >= memory->unquestioned))
        return memory_new_rare(heap, arena, size, fresh);
    if (RC_LIKELY(size <= LARGEST_FINE)) {
        at_hand *hand = arena_hand(arena, size);
        if (RC_UNLIKELY(!hand->free) && !arena_fetch_word(arena, arena_class(size)))
            return memory_new_rare(heap, arena, size, fresh);
        memory_account(memory, fine_block_size(size));
        return arena_take(hand, size, fresh);
    }
    pool *pool = size <= LARGEST_SMALL ? arena->lowest[arena_class(size)] : NULL;
    if (RC_UNLIKELY(!pool))
        return memory_new_rare(heap, arena, size, fresh);
    memory_account(memory, pool->size);
    return arena_take_coarse(arena, pool, size, fresh);
}

static inline void memory_free(rc_heap *heap, arena *arena, void *block, size_t size)
{
    if (RC_UNLIKELY(size > LARGEST_SMALL)) {
        memory_free_large(heap, arena, block, size);
        return;
    }
    heap->memory.used -= arena_free(arena, block, size);
    heap->memory.releases++;
}

/* What memory_new and memory_free do most often, for leaves of functions, with up to
 * LARGEST_FINE bytes: the word at hand has a block; a block comes back where nothing else has
 * to be done.  NULL or false: nothing has been done, take the long way. */
static inline void *memory_new_at_hand(rc_heap *heap, arena *arena, size_t size, bool *fresh)
{
    memory_state *memory = &heap->memory;
    at_hand *hand = arena_hand(arena, size);

    if (RC_UNLIKELY(memory->used >= memory->unquestioned) || RC_UNLIKELY(!hand->free))
        return NULL;
    memory_account(memory, fine_block_size(size));
    return arena_take(hand, size, fresh);
}

static inline bool memory_keep(rc_heap *heap, arena *arena, void *block, size_t size)
{
    if (!arena_keep(arena, block, size))
        return false;
    heap->memory.used -= fine_block_size(size);
    heap->memory.releases++;
    return true;
}

/* A block of `size` bytes (not 0) for anything that is no container; not cleared.
 * NULL with MemoryError.  Never runs user code. */
static inline void *block_new(rc_heap *heap, size_t size)
{
    bool fresh;
    return memory_new(heap, &heap->memory.blocks, size, &fresh);
}

/* Give a block back; `size` is what it was made with.  NULL is allowed. */
static inline void block_free(rc_heap *heap, void *block, size_t size)
{
    if (block)
        memory_free(heap, &heap->memory.blocks, block, size);
}

/* The block with another size, moved if need be, contents kept up to the smaller
 * size; NULL with MemoryError, and the old block is as it was.  `block` may be NULL
 * (old size 0); `size` is not 0. */
void *block_resize(rc_heap *heap, void *block, size_t old_size, size_t size);

static inline size_t whole_slots(size_t size)
{
    return (size + SLOT_SIZE - 1) / SLOT_SIZE * SLOT_SIZE;
}

/* An object's own memory, in the range that its type belongs to. */
static inline void *object_memory_new(rc_heap *heap, bool container, size_t size, bool *fresh)
{
    return container ? memory_new(heap, &heap->memory.containers, whole_slots(size), fresh)
                     : memory_new(heap, &heap->memory.blocks, size, fresh);
}

static inline void object_memory_free(rc_heap *heap, bool container, void *memory, size_t size)
{
    if (container)
        memory_free(heap, &heap->memory.containers, memory, whole_slots(size));
    else
        memory_free(heap, &heap->memory.blocks, memory, size);
}

/* Blocks of up to LARGEST_SMALL bytes that come back one after the other, neighbours together: a
 * word of their pool's bitmap at a time.  No word of their class may be at hand. */
typedef struct word_back {
    arena *arena;
    pool *pool;                         /* NULL: no word yet */
    unsigned word;
    char *first;                        /* of its blocks */
    size_t span;                        /* bytes */
    uint64_t reciprocal, bits;
    unsigned count;                     /* of the bits */
} word_back;

static inline void give_word_back(rc_heap *heap, const word_back *self)
{
    if (!self->pool)
        return;
    arena_free_word(self->arena, self->pool, self->word, self->bits, self->count);
    heap->memory.used -= (size_t)self->count * self->pool->size;
    heap->memory.releases += self->count;
}

static inline word_back begin_word(arena *arena, void *block)
{
    pool *pool = arena_pool_of(arena, block);
    unsigned word = pool_word_of(pool, block);

    return (word_back) { arena, pool, word, pool_word_first(pool, word),
                         pool_word_span(pool, word), pool->reciprocal, 0, 0 };
}

static inline void give_block_back(rc_heap *heap, word_back *self, void *block)
{
    size_t offset = (size_t)((char *)block - self->first);

    if (offset >= self->span) {
        give_word_back(heap, self);
        *self = begin_word(self->arena, block);
        offset = (size_t)((char *)block - self->first);
    }
    poison(block, self->pool->size);
    self->bits |= UINT64_C(1) << block_of(self->reciprocal, offset);
    self->count++;
}

#endif
