/* Finalizers as the profile has them: run once, or legacy. */
#ifndef HEAP_FINALIZERS_H
#define HEAP_FINALIZERS_H

#include <refchain/base.h>

/* Whether garbage with a finalizer is uncollectable. */
bool legacy_finalizers(const rc_heap *heap);

/* Move what has a finalizer from `unreachable`, and what that reaches in it, to the
 * list UNCOLLECTABLE. */
void set_aside_finalizers(rc_heap *heap, int unreachable);

/* Put those with a finalizer (with DEBUG_SAVEALL all) into gc.garbage, and all of
 * UNCOLLECTABLE into the generation `older`. */
void keep_uncollectable(rc_heap *heap, int older);

#endif
