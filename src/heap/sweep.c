/* Queue, marks, sweep: read sweep.h first. */
#include "object.h"

/* Blocks that came back scattered before the next dead object waits, and pools that their arena
 * must have had: with less of both it would cost more than it saves. */
#if defined(RC_STRESS)
#define SCATTERED 1
#define LARGE_ARENA 1
#else
#define SCATTERED 64
#define LARGE_ARENA 32
#endif

#define LINKS offsetof(rc_object, refcount)     /* bytes that the sweep reads */

static void mark(rc_heap *heap, rc_object *dead)
{
    bool container = in_container_range(heap, dead);

    if (dead->type->free_storage)
        dead->type->free_storage(heap, dead);
    size_t bytes = arena_mark_dead(container ? &heap->memory.containers : &heap->memory.blocks,
                                   dead);

    heap->live[dead->type->index]--;
    heap->memory.used -= bytes;
    heap->memory.releases++;
    if (container)
        gc_count_release(heap);
    poison((char *)dead + LINKS, bytes - LINKS);
}

static void mark_queue(rc_heap *heap)
{
    link_newborn(heap);                 /* it may be in the queue: whatever is marked is linked */
    for (uint32_t i = 0; i < heap->unswept.count; i++)
        mark(heap, heap->unswept.queue[i]);
    heap->unswept.count = 0;
}

static void begin(rc_heap *heap)
{
    if (heap->gc.collecting || !arena_reserve_marks(&heap->memory.containers)
        || !arena_reserve_marks(&heap->memory.blocks))
        return;
    heap->unswept.room = UNSWEPT_QUEUE;
    memory_set_unquestioned(heap);
}

void object_return_elsewhere(rc_heap *heap, rc_object *dead, bool container, size_t bytes)
{
    const arena *arena = container ? &heap->memory.containers : &heap->memory.blocks;

    object_return(heap, dead, container, bytes);
    if (heap->unswept.room > 0)
        mark_queue(heap);
    else if (arena->scattered >= SCATTERED && arena->pool_count >= LARGE_ARENA)
        begin(heap);
}

static void sweep_word(rc_heap *heap, arena *arena, pool *pool, unsigned word, uint64_t dead)
{
    char *first = pool_word_first(pool, word);

    for (uint64_t left = dead; left; left &= left - 1) {
        rc_object *object = (rc_object *)(first + (size_t)__builtin_ctzll(left) * pool->size);
        ring_remove(object);
        if (arena->side)
            gc_untrack_quietly(heap, object);
        poison(object, pool->size);
    }
    arena_free_word(arena, pool, word, dead, (unsigned)__builtin_popcountll(dead));
}

static void sweep_arena(rc_heap *heap, arena *arena)
{
    arena_put_back(arena);
    for (pool *pool; (pool = arena->marked) != NULL;) {
        arena->marked = pool->next_marked;
        uint64_t *marks = arena_marks(arena, pool);
        for (; pool->marked_words; pool->marked_words &= pool->marked_words - 1) {
            unsigned word = (unsigned)__builtin_ctzll(pool->marked_words);
            sweep_word(heap, arena, pool, word, marks[word]);
            marks[word] = 0;
        }
    }
    arena->scattered = 0;
}

void sweep(rc_heap *heap)
{
    mark_queue(heap);
    heap->unswept.room = 0;
    memory_set_unquestioned(heap);
    sweep_arena(heap, &heap->memory.containers);
    sweep_arena(heap, &heap->memory.blocks);
}
