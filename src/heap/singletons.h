/* What a heap has from the start. */
#ifndef HEAP_SINGLETONS_H
#define HEAP_SINGLETONS_H

#include <refchain/object.h>

/* Make None, False, True, the empty str and, where the profile has them from the
 * start, the characters.  Fails: MemoryError. */
RC_CHECKED bool singletons_open(rc_heap *heap);

/* Fill the small-int pool (int.c).  Fails: MemoryError. */
RC_CHECKED bool small_ints_open(rc_heap *heap);

/* The one reference to a new object passes to the cache that `reason` names; where
 * the profile has immortal objects it becomes one. */
void keep_for_ever(rc_heap *heap, rc_object *object, rc_reason reason);

#endif
