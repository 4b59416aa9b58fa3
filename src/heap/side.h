/* From an object to its entry in the side table, and back; walking a list. */
#ifndef HEAP_SIDE_H
#define HEAP_SIDE_H

#include "state.h"

static inline uint32_t slot_of(const rc_heap *heap, const void *object)
{
    return (uint32_t)((size_t)((const char *)object - heap->memory.window) / SLOT_SIZE);
}

static inline rc_object *object_at(const rc_heap *heap, uint32_t slot)
{
    return (rc_object *)(heap->memory.window + (size_t)slot * SLOT_SIZE);
}

static inline side_entry *entry_at(const rc_heap *heap, uint32_t slot)
{
    return &heap->memory.containers.side[slot];
}

static inline side_entry *entry_of(const rc_heap *heap, const void *object)
{
    return entry_at(heap, slot_of(heap, object));
}

/* Whether the address belongs to a container, without looking at the object: the
 * container range comes first in the window. */
static inline bool in_container_range(const rc_heap *heap, const void *address)
{
    return (const char *)address < heap->memory.blocks.base;
}

/* The first container of a list, or NULL; the one after it in the same list. */
static inline rc_object *list_first(const rc_heap *heap, int list)
{
    uint32_t slot = entry_at(heap, (uint32_t)list)->next;
    return slot == (uint32_t)list ? NULL : object_at(heap, slot);
}

static inline rc_object *list_next(const rc_heap *heap, const rc_object *object, int list)
{
    uint32_t slot = entry_of(heap, object)->next;
    return slot == (uint32_t)list ? NULL : object_at(heap, slot);
}

#endif
