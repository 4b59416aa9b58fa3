/* Generations as linked lists of slots. */
#include "side.h"
#include "state.h"

void lists_open(rc_heap *heap)
{
    for (int list = YOUNGEST; list < LISTS; list++)
        list_empty(heap, list);
}

void list_empty(rc_heap *heap, int list)
{
    uint32_t slot = (uint32_t)list;

    *entry_at(heap, slot) = (side_entry) { .next = slot, .prev = slot };
    heap->list_sizes[list] = 0;
}

void list_merge(rc_heap *heap, int from, int to)
{
    side_entry *source = entry_at(heap, (uint32_t)from), *target = entry_at(heap, (uint32_t)to);

    link_newborn(heap);
    if (heap->list_sizes[from] == 0)
        return;
    for (uint32_t slot = source->next; slot != (uint32_t)from; slot = next_slot(heap, slot)) {
        prefetch_entries(heap, slot);
        entry_at(heap, slot)->list = (uint8_t)to;
        tell_generation(heap, object_at(heap, slot), to);
    }
    entry_at(heap, target->prev)->next = source->next;
    entry_at(heap, source->next)->prev = target->prev;
    entry_at(heap, source->prev)->next = (uint32_t)to;
    target->prev = source->prev;
    source->next = source->prev = (uint32_t)from;
    heap->list_sizes[to] += heap->list_sizes[from];
    heap->list_sizes[from] = 0;
}

void track_older(rc_heap *heap, const rc_object *object)
{
    link_newborn(heap);
    link_last(heap, slot_of(heap, object), YOUNGEST);
}

size_t list_size(const rc_heap *heap, int list)
{
    swept(heap);
    link_newborn(heap);
    return heap->list_sizes[list];
}

const char *lists_check(const rc_heap *heap)
{
    for (uint32_t list = YOUNGEST; list < LISTS; list++) {
        size_t size = 0;
        for (uint32_t slot = list;;) {
            uint32_t next = entry_at(heap, slot)->next;
            if (entry_at(heap, next)->prev != slot)
                return "a generation's links are not a ring";
            if (next == list)
                break;
            if (entry_at(heap, next)->list != list)
                return "an object is linked into another generation than its entry says";
            if (*refs_at(heap, next) != 0 && list <= PERMANENT && !heap->gc.collecting)
                return "a collection has left something in refs";
            if (++size > heap->list_sizes[list])
                break;
            slot = next;
        }
        if (size != heap->list_sizes[list])
            return "a generation's size is wrong";
    }
    return NULL;
}
