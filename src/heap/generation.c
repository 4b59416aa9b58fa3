/* Generations as linked lists of slots. */
#include "events.h"
#include "side.h"
#include "state.h"

void lists_open(rc_heap *heap)
{
    for (uint32_t list = YOUNGEST; list < LISTS; list++)
        *entry_at(heap, list) = (side_entry) { .next = list, .prev = list };
}

static bool is_generation(int list)
{
    return list >= YOUNGEST && list <= PERMANENT;
}

static void tell_generation(rc_heap *heap, rc_object *object, int list)
{
    if (event_wanted(heap, RC_GENERATION_CHANGED) && is_generation(list))
        event_generation(heap, object, list - YOUNGEST);
}

static void link_last(rc_heap *heap, uint32_t slot, uint32_t list)
{
    side_entry *sentinel = entry_at(heap, list), *entry = entry_at(heap, slot);

    entry->prev = sentinel->prev;
    entry->next = list;
    entry_at(heap, sentinel->prev)->next = slot;
    sentinel->prev = slot;
    entry->list = (uint8_t)list;
    heap->list_sizes[list]++;
}

void list_append(rc_heap *heap, rc_object *object, int list)
{
    link_last(heap, slot_of(heap, object), (uint32_t)list);
    tell_generation(heap, object, list);
}

static void unlink(rc_heap *heap, side_entry *entry)
{
    entry_at(heap, entry->prev)->next = entry->next;
    entry_at(heap, entry->next)->prev = entry->prev;
    heap->list_sizes[entry->list]--;
    entry->list = NO_LIST;
}

void list_remove(rc_heap *heap, rc_object *object)
{
    unlink(heap, entry_of(heap, object));
}

void list_move(rc_heap *heap, rc_object *object, int list)
{
    list_remove(heap, object);
    list_append(heap, object, list);
}

void list_merge(rc_heap *heap, int from, int to)
{
    side_entry *source = entry_at(heap, (uint32_t)from), *target = entry_at(heap, (uint32_t)to);

    if (heap->list_sizes[from] == 0)
        return;
    for (uint32_t slot = source->next; slot != (uint32_t)from; slot = entry_at(heap, slot)->next) {
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

size_t list_size(const rc_heap *heap, int list)
{
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
            if (++size > heap->list_sizes[list])
                break;
            slot = next;
        }
        if (size != heap->list_sizes[list])
            return "a generation's size is wrong";
    }
    return NULL;
}

/* ------------------------------------------------------- for the type modules -- */

void gc_clear_entry(rc_heap *heap, const void *memory)
{
    *entry_of(heap, memory) = (side_entry) { 0 };
}

void gc_track(rc_heap *heap, rc_object *object)
{
    list_append(heap, object, YOUNGEST);
    if (event_wanted(heap, RC_TRACKED))
        event_object(heap, RC_TRACKED, object);
}

void gc_untrack(rc_heap *heap, rc_object *object)
{
    side_entry *entry = entry_of(heap, object);

    if (entry->list == NO_LIST)
        return;
    unlink(heap, entry);
    entry->flags &= (uint8_t)~COLLECTING;       /* tracked again, it is no member any more */
    if (event_wanted(heap, RC_UNTRACKED))
        event_object(heap, RC_UNTRACKED, object);
}

bool gc_tracked(const rc_heap *heap, const rc_object *object)
{
    return entry_of(heap, object)->list != NO_LIST;
}

bool gc_may_be_tracked(const rc_heap *heap, const rc_object *object)
{
    return object->type->container
           && (!rc_is(object, &rc_tuple_type) || gc_tracked(heap, object));
}

bool gc_is_finalized(const rc_heap *heap, const rc_object *object)
{
    return (entry_of(heap, object)->flags & FINALIZED) != 0;
}

void gc_set_finalized(rc_heap *heap, const rc_object *object)
{
    entry_of(heap, object)->flags |= FINALIZED;
}
