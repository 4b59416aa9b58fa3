/* Accounting: every byte that is handed out passes here, and here it can fail. */
#include <string.h>

#include "state.h"

/* Whether `size` bytes may be handed out. */
RC_COLD static bool permitted(rc_heap *heap, size_t size)
{
    memory_state *memory = &heap->memory;
    size_t taken = arena_block_size(size);

    if (memory->fail_in && --memory->fail_in == 0) {
        memory->failed = true;
        return rc_raise(heap, RC_MEMORY_ERROR, "the allocation that was told to fail");
    }
    if (memory->limit && (taken > memory->limit || memory->used > memory->limit - taken))
        return rc_raise(heap, RC_MEMORY_ERROR, "the heap's limit of %zu bytes is reached",
                        memory->limit);
    return true;
}

/* Whether a limit could be reached: a block may take a page more than was asked for. */
static bool is_near_limit(const memory_state *memory, size_t size)
{
    return memory->limit && (size > memory->limit || memory->used + size + PAGE > memory->limit);
}

RC_COLD static void *no_memory(rc_heap *heap, size_t size)
{
    return rc_raise_null(heap, RC_MEMORY_ERROR, "no memory for %zu bytes", size);
}

static void *allocate(rc_heap *heap, arena *arena, size_t size, bool *fresh)
{
    memory_state *memory = &heap->memory;
    size_t taken;

    if (RC_UNLIKELY(memory->fail_in || is_near_limit(memory, size)) && !permitted(heap, size))
        return NULL;
    void *block = arena_new(memory, arena, size, fresh, &taken);
    if (RC_UNLIKELY(!block))
        return no_memory(heap, size);
    memory->allocations++;
    memory->used += taken;
    if (memory->used > memory->peak)
        memory->peak = memory->used;
    return block;
}

static void release(rc_heap *heap, arena *arena, void *block, size_t size)
{
    heap->memory.used -= arena_free(arena, block, size);
    heap->memory.releases++;
}

void *block_new(rc_heap *heap, size_t size)
{
    bool fresh;
    return allocate(heap, &heap->memory.blocks, size, &fresh);
}

void block_free(rc_heap *heap, void *block, size_t size)
{
    if (block)
        release(heap, &heap->memory.blocks, block, size);
}

void *block_resize(rc_heap *heap, void *block, size_t old_size, size_t size)
{
    void *moved = block_new(heap, size);
    if (moved && block) {
        memcpy(moved, block, old_size < size ? old_size : size);
        block_free(heap, block, old_size);
    }
    return moved;
}

void *object_memory_new(rc_heap *heap, bool container, size_t size, bool *fresh)
{
    if (!container)
        return allocate(heap, &heap->memory.blocks, size, fresh);
    size = (size + SLOT_SIZE - 1) / SLOT_SIZE * SLOT_SIZE;
    return allocate(heap, &heap->memory.containers, size, fresh);
}

void object_memory_free(rc_heap *heap, bool container, void *memory, size_t size)
{
    if (!container) {
        release(heap, &heap->memory.blocks, memory, size);
        return;
    }
    size = (size + SLOT_SIZE - 1) / SLOT_SIZE * SLOT_SIZE;
    release(heap, &heap->memory.containers, memory, size);
}

/* ------------------------------------------------------------------- public -- */

rc_memory_stats rc_heap_memory(const rc_heap *heap)
{
    const memory_state *memory = &heap->memory;
    return (rc_memory_stats) {
        .used = memory->used, .peak = memory->peak, .limit = memory->limit,
        .committed = memory->committed, .allocations = memory->allocations,
        .releases = memory->releases,
    };
}

void rc_heap_set_limit(rc_heap *heap, size_t bytes)
{
    heap->memory.limit = bytes;
}

void rc_heap_fail_allocation(rc_heap *heap, uint64_t n)
{
    heap->memory.fail_in = n;
    heap->memory.failed = false;
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
