/* One reserved range of addresses, a part after the other. */
#include "scratch.h"

#include <sys/mman.h>

#define LARGE_PAGE ((size_t)2 << 20)    /* a part begins with one */
#if defined(RC_STRESS)
#define STEP ((size_t)4096)             /* parts grow often */
#else
#define STEP (LARGE_PAGE / 4)
#endif

#if UINTPTR_MAX > UINT32_MAX
#define MOST_CONTAINERS ((size_t)1 << 29)
#define MOST_EDGES ((size_t)1 << 32)
#else
#define MOST_CONTAINERS ((size_t)1 << 22)
#define MOST_EDGES ((size_t)1 << 24)
#endif

static const size_t most[SCRATCH_PARTS] = {
    [SCRATCH_SLOTS] = MOST_CONTAINERS, [SCRATCH_ENDS] = MOST_CONTAINERS,
    [SCRATCH_LATE] = MOST_CONTAINERS, [SCRATCH_EDGES] = MOST_EDGES
};

static bool reserve(scratch *scratch)
{
    size_t size = LARGE_PAGE;           /* what is left to align the first part */

    for (int part = 0; part < SCRATCH_PARTS; part++)
        size += most[part] * sizeof(uint32_t);
    void *region = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (region == MAP_FAILED)
        return false;
    scratch->region = region;
    scratch->size = size;

    uintptr_t start = ((uintptr_t)region + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    for (int part = 0; part < SCRATCH_PARTS; part++) {
        scratch->parts[part] = (scratch_part) { (uint32_t *)start, 0, most[part] };
        start += most[part] * sizeof(uint32_t);
    }
    return true;
}

static size_t whole_steps(size_t size)
{
    size_t step = size < LARGE_PAGE ? STEP : LARGE_PAGE;
    return (size + step - 1) / step * step;
}

bool scratch_grow(scratch *scratch, int part, size_t count)
{
    scratch_part *grown = &scratch->parts[part];

    if (count <= grown->room)
        return true;
    if (!scratch->region && !reserve(scratch))
        return false;
    if (count > grown->most)
        return false;
    size_t size = whole_steps(count * sizeof(uint32_t));
    if (mprotect(grown->words, size, PROT_READ | PROT_WRITE) != 0)
        return false;
    if (size >= LARGE_PAGE)
        madvise(grown->words, size, MADV_HUGEPAGE);
    grown->room = size / sizeof(uint32_t);
    return true;
}

void scratch_rest(scratch *scratch)
{
    for (int part = 0; part < SCRATCH_PARTS; part++) {
        size_t size = scratch->parts[part].room * sizeof(uint32_t);
        if (size >= LARGE_PAGE)         /* less is not worth a call */
            madvise(scratch->parts[part].words, size, MADV_FREE);
    }
}

void scratch_close(scratch *scratch)
{
    if (scratch->region)
        munmap(scratch->region, scratch->size);
}
