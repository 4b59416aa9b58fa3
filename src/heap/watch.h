/* The watched objects that are alive, as a set of their births: an answer to "is it
 * still the same object" that never reads an object. */
#ifndef HEAP_WATCH_H
#define HEAP_WATCH_H

#include <refchain/base.h>

typedef struct watch_set {
    uint32_t *births;                   /* open addressing, linear probing; 0: empty */
    uint32_t capacity;                  /* a power of two, or 0 */
    uint32_t shift;                     /* 32 - log2(capacity) */
    uint32_t size;
} watch_set;

/* A watched object dies (and is still readable). */
void watch_died(rc_heap *heap, rc_object *object);

#endif
