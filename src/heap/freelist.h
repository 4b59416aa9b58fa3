/* Free lists: memory of dead objects kept for the next of the same type. */
#ifndef HEAP_FREELIST_H
#define HEAP_FREELIST_H

#include <refchain/base.h>

/* A last-in-first-out chain through the dead objects' `next`.  Its entries are
 * poisoned: whoever uses one without taking it is reported. */
typedef struct freelist {
    rc_object *top;
    size_t size, capacity;
    uint64_t hits, misses;
} freelist;

/* The top entry's memory, or NULL (a miss). */
rc_object *freelist_take(freelist *list, size_t bytes);

/* Keep the memory of a dead object; false when the list is full. */
bool freelist_put(freelist *list, rc_object *dead, size_t bytes);

#endif
