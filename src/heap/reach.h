/* What a large collection cannot reach from outside. */
#ifndef HEAP_REACH_H
#define HEAP_REACH_H

#include <refchain/base.h>

/* Lists of fewer objects are faster walked twice.  (In the stress build all go this way.) */
#if defined(RC_STRESS)
#define LARGE_COLLECTION 1
#else
#define LARGE_COLLECTION 2000
#endif

/* What is untracked of the reachable: tuples as each is found so, or in a walk afterwards;
 * then dicts. */
enum { UNTRACK_TUPLES_AS_MET = 1, UNTRACK_TUPLES = 2, UNTRACK_DICTS = 4 };

/* As gc.c's deduce_unreachable, with the same result in the same order, but out of cache
 * two to four times as fast.  False when there is no memory for it; nothing has changed
 * then. */
bool deduce_unreachable_large(rc_heap *heap, int list, int unreachable, int untracks);

#endif
