/* One long range of addresses, handed out from its start to its end; what is given
 * back is not used again.  A number of `place` that is seen again therefore comes from
 * a free list or a cache of CPython's. */
#define _GNU_SOURCE
#include <Python.h>

#include <string.h>
#include <sys/mman.h>

#include "fresh.h"

#define RANGE ((size_t)1 << 38)         /* of addresses; memory is taken where touched */
#define SMALLEST_RANGE ((size_t)1 << 30)
#define UNIT 16                         /* bytes; a block's alignment, and its head's size */
#define GAPS 8                          /* blocks lie 0 to GAPS - 1 units apart */

static char *start, *next, *end;
static uint64_t random_state;
static PyMemAllocatorEx original;       /* of the blocks from before */

static bool is_ours(const void *block)
{
    return (const char *)block >= start && (const char *)block < end;
}

/* The size asked for stands in the unit before the block. */
static size_t *size_of(void *block)
{
    return (size_t *)((char *)block - UNIT);
}

static size_t gap(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(random_state >> 33) % GAPS * UNIT;
}

/* Fresh memory is all zeros. */
static void *allocate(void *context, size_t size)
{
    size_t whole = (size + 2 * UNIT - 1) / UNIT * UNIT;

    (void)context;
    if (size > RANGE || whole + GAPS * UNIT > (size_t)(end - next))
        return NULL;
    char *block = next + gap() + UNIT;
    next = block - UNIT + whole + (size == 0 ? UNIT : 0);
    *size_of(block) = size;
    return block;
}

static void *allocate_zeroed(void *context, size_t count, size_t size)
{
    return size != 0 && count > RANGE / size ? NULL : allocate(context, count * size);
}

static void *reallocate(void *context, void *block, size_t size)
{
    if (block != NULL && !is_ours(block))
        return original.realloc(original.ctx, block, size);
    if (block != NULL && size <= *size_of(block))
        return block;                   /* its own size stays: it may grow again */
    void *moved = allocate(context, size);
    if (moved != NULL && block != NULL)
        memcpy(moved, block, *size_of(block));
    return moved;
}

static void release(void *context, void *block)
{
    (void)context;
    if (block != NULL && !is_ours(block))
        original.free(original.ctx, block);
}

bool fresh_install(uint64_t seed)
{
    size_t size = RANGE;

    do
        start = mmap(NULL, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    while (start == MAP_FAILED && (size /= 2) >= SMALLEST_RANGE);
    if (start == MAP_FAILED)
        return false;
    next = start;
    end = start + size;
    random_state = seed;
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &original);    /* domain MEM has the same */
    PyMemAllocatorEx fresh = { NULL, allocate, allocate_zeroed, reallocate, release };
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &fresh);
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &fresh);
    return true;
}

const void *fresh_mark(void)
{
    return next;
}
