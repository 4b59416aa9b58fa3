/* The watched objects that are alive, as a bitmap of births: an answer to "is it still the
 * same object" that never reads an object.
 *
 * Births are numbered in a row, so that the bits in use lie together, and nothing is
 * searched: 80 instructions less in an object's life than a hash table.  The bitmap has its
 * place among the bookkeeping of the window, of which no more is made usable than there
 * were births. */
#ifndef HEAP_WATCH_H
#define HEAP_WATCH_H

#include <refchain/base.h>

#define BIRTH_BITS 29

typedef struct watch_map {
    uint64_t *alive;                    /* bit b of word w: birth 64 w + b */
    uint32_t usable;                    /* births below this have a bit */
} watch_map;

/* Whether any watched object is alive. */
bool watch_any(const rc_heap *heap);

/* A watched object dies (and is still readable). */
void watch_died(rc_heap *heap, rc_object *object);

#endif
