/* What can be seen of a heap, as numbers: for heaps that must be alike whichever way their
 * objects went. */
#ifndef TESTS_VIEW_H
#define TESTS_VIEW_H

#include "check.h"

typedef struct view {
    rc_heap *heap;
    int64_t *numbers;
    size_t count, room;
} view;

/* Write down all: memory, free lists, caches, the collector's figures, every generation and
 * the refchain with ids and counts.  `self` is { 0 } at first, and may be used again. */
void view_take(view *self, rc_heap *heap);
void view_free(view *self);

/* That two heaps are alike, to the last number. */
void check_alike(rc_heap *expected, rc_heap *heap);

#endif
