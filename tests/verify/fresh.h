/* An allocator that never gives an address out twice, below CPython's own. */
#ifndef VERIFY_FRESH_H
#define VERIFY_FRESH_H

#include <stdbool.h>
#include <stdint.h>

/* Serve objects and their memory from now on.  What CPython has allocated before
 * stays where it is.  Blocks lie a little apart, by a random distance that `seed`
 * decides: results that hang on addresses differ from seed to seed.  False: there is
 * no address range to be had. */
bool fresh_install(uint64_t seed);

/* The end of what has been given out: a later allocation lies at or above it. */
const void *fresh_mark(void);

#endif
