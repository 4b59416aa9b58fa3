/* Accounting: every byte that is handed out passes here, and here it can fail. */
#include "memory.h"

#include <string.h>

/* A small block takes LARGEST_SMALL bytes at most. */
void memory_set_unquestioned(rc_heap *heap)
{
    memory_state *memory = &heap->memory;

    if (memory->fail_in || heap->unswept.room > 0 || heap->front.events)
        memory->unquestioned = 0;
    else if (memory->limit)
        memory->unquestioned = memory->limit < LARGEST_SMALL ? 0 : memory->limit - LARGEST_SMALL;
    else
        memory->unquestioned = SIZE_MAX;
}

/* Whether a block that takes `taken` bytes may be handed out; nothing that is dead has one
 * any more. */
static bool permitted(rc_heap *heap, size_t taken)
{
    memory_state *memory = &heap->memory;

    swept(heap);
    if (memory->fail_in && --memory->fail_in == 0) {
        memory->failed = true;
        memory_set_unquestioned(heap);
        return rc_raise(heap, RC_MEMORY_ERROR, "the allocation that was told to fail");
    }
    if (memory->limit && (taken > memory->limit || memory->used > memory->limit - taken))
        return rc_raise(heap, RC_MEMORY_ERROR, "the heap's limit of %zu bytes is reached",
                        memory->limit);
    return true;
}

void *memory_new_rare(rc_heap *heap, arena *arena, size_t size, bool *fresh)
{
    size_t taken = arena_block_size(size);

    if (!permitted(heap, taken))
        return NULL;
    void *block = arena_new(&heap->memory, arena, size, fresh);
    if (!block)
        return rc_raise_null(heap, RC_MEMORY_ERROR, "no memory for %zu bytes", size);
    memory_account(&heap->memory, taken);
    return block;
}

void memory_free_large(rc_heap *heap, arena *arena, void *block, size_t size)
{
    arena_free_large(arena, block, size);
    heap->memory.used -= arena_block_size(size);
    heap->memory.releases++;
}

/* Let a large block grow where it is. */
static void *lengthen(rc_heap *heap, void *block, size_t old_size, size_t size)
{
    memory_state *memory = &heap->memory;
    size_t more = arena_block_size(size) - arena_block_size(old_size);

    if (!permitted(heap, more))
        return NULL;
    if (!arena_lengthen(memory, &memory->blocks, block, old_size, size))
        return rc_raise_null(heap, RC_MEMORY_ERROR, "no memory for %zu bytes", size);
    memory_account(memory, more);
    memory->releases++;                 /* one block for another */
    return block;
}

bool memory_extend_watches(rc_heap *heap, uint32_t birth)
{
    return permitted(heap, 0)
           && (memory_reach_birth(&heap->memory, birth)
               || rc_raise(heap, RC_MEMORY_ERROR, "no memory to watch birth %u", birth));
}

void *block_resize(rc_heap *heap, void *block, size_t old_size, size_t size)
{
    if (old_size > LARGEST_SMALL)
        swept(heap);                    /* what lies behind it may be free then */
    if (old_size > LARGEST_SMALL && size >= old_size
        && arena_may_lengthen(&heap->memory.blocks, block, old_size, size))
        return lengthen(heap, block, old_size, size);
    void *moved = block_new(heap, size);
    if (moved && block) {
        memcpy(moved, block, old_size < size ? old_size : size);
        block_free(heap, block, old_size);
    }
    return moved;
}

/* ------------------------------------------------------------------- public -- */

rc_memory_stats rc_heap_memory(const rc_heap *heap)
{
    const memory_state *memory = &heap->memory;

    swept(heap);
    return (rc_memory_stats) {
        .used = memory->used, .peak = memory->peak, .limit = memory->limit,
        .committed = memory->committed, .allocations = memory->allocations,
        .releases = memory->releases,
    };
}

void rc_heap_set_limit(rc_heap *heap, size_t bytes)
{
    heap->memory.limit = bytes;
    memory_set_unquestioned(heap);
}

void rc_heap_fail_allocation(rc_heap *heap, uint64_t n)
{
    heap->memory.fail_in = n;
    heap->memory.failed = false;
    memory_set_unquestioned(heap);
}

bool rc_heap_allocation_failed(const rc_heap *heap)
{
    return heap->memory.failed;
}

bool rc_heap_owns(const rc_heap *heap, const void *address)
{
    const char *at = address;
    return at >= heap->memory.window && at < heap->memory.window + heap->memory.window_size;
}
