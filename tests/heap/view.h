/* What can be seen of a heap, as numbers: for heaps that must be alike whichever way their
 * objects went. */
#ifndef TESTS_VIEW_H
#define TESTS_VIEW_H

#include "check.h"

/* That two heaps are alike, to the last number: memory, free lists, caches, the collector's
 * figures, every generation and the refchain with ids, counts, origins and sizes. */
void check_alike(rc_heap *expected, rc_heap *heap);

#endif
