/* Free lists: memory of dead objects kept for the next of the same type. */
#ifndef HEAP_FREELIST_H
#define HEAP_FREELIST_H

#include <refchain/object.h>
#include "poison.h"

/* A last-in-first-out chain through the dead objects' `next`.  The link stays
 * readable; the rest of an entry is poisoned: whoever uses one without taking it is
 * reported. */
typedef struct freelist {
    rc_object *top;
    size_t size, capacity;
    uint64_t hits, misses;
} freelist;

#define AFTER_LINK(object) ((char *)(object) + sizeof (object)->next)

/* The top entry's memory, or NULL (a miss). */
static inline rc_object *freelist_take(freelist *list, size_t bytes)
{
    rc_object *served = list->top;

    if (!served) {
        list->misses++;
        return NULL;
    }
    list->top = served->next;
    list->size--;
    list->hits++;
    unpoison(AFTER_LINK(served), bytes - sizeof served->next);
    return served;
}

static inline bool freelist_has_room(const freelist *list)
{
    return list->size < list->capacity;
}

/* Keep the memory of a dead object; false when the list is full. */
static inline bool freelist_put(freelist *list, rc_object *dead, size_t bytes)
{
    if (!freelist_has_room(list))
        return false;
    dead->next = list->top;
    list->top = dead;
    list->size++;
    poison(AFTER_LINK(dead), bytes - sizeof dead->next);
    return true;
}

#endif
