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

/* From so many objects on, their refs are no longer in the cache nearest to the processor:
 * there a reference is subtracted a while later, the word prefetched meanwhile.  (5e6 lists
 * with 4 random references each: 28 ns a list instead of 65; but 1e4 of them: 8.7 instead
 * of 7.5.) */
#if defined(RC_STRESS)
#define FAR_APART 3000
#else
#define FAR_APART 200000
#endif

/* What is untracked of the reachable: tuples as each is found so, or in a walk afterwards;
 * then dicts. */
enum { UNTRACK_TUPLES_AS_MET = 1, UNTRACK_TUPLES = 2, UNTRACK_DICTS = 4 };

/* As gc.c's deduce_unreachable, with the same result in the same order, but out of cache
 * two to four times as fast.  False when there is no memory for it; nothing has changed
 * then. */
bool deduce_unreachable_large(rc_heap *heap, int list, int unreachable, int untracks);

#endif
