/* Memory that a large collection writes down what it finds in, kept for the next one. */
#ifndef HEAP_SCRATCH_H
#define HEAP_SCRATCH_H

#include <refchain/base.h>

enum {
    SCRATCH_SLOTS,
    SCRATCH_ENDS,
    SCRATCH_EDGES,
    SCRATCH_LATE,
    SCRATCH_PARTS
};

/* Address space is reserved for the most that there can be, and made usable as it is needed:
 * a part grows where it is.  That it is kept saves what the machine takes to clear it
 * each time, 10 to 30 % of a collection. */
typedef struct scratch_part {
    uint32_t *words;
    size_t room;                        /* words that are usable */
    size_t most;                        /* words reserved */
} scratch_part;

typedef struct scratch {
    char *region;                       /* NULL until there is something to keep */
    size_t size;
    scratch_part parts[SCRATCH_PARTS];
} scratch;

/* Let a part have room for `count` words at least; what they contain is anything.
 * False when there is no memory. */
RC_CHECKED bool scratch_grow(scratch *scratch, int part, size_t count);

/* The collection is over, its record not needed any more: the machine may have the memory
 * back when it is short of it. */
void scratch_rest(scratch *scratch);

void scratch_close(scratch *scratch);

#endif
