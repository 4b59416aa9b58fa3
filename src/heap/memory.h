/* Memory for objects and what belongs to them: accounting, limits, failures on
 * demand.  Containers lie in slots of 64 bytes in one range, everything else in
 * another. */
#ifndef HEAP_MEMORY_H
#define HEAP_MEMORY_H

#include <refchain/base.h>

/* A block of `size` bytes (not 0) for anything that is no container; not cleared.
 * NULL with MemoryError.  Never runs user code. */
void *block_new(rc_heap *heap, size_t size);

/* Give a block back; `size` is what it was made with.  NULL is allowed. */
void block_free(rc_heap *heap, void *block, size_t size);

/* The block with another size, moved if need be, contents kept up to the smaller
 * size; NULL with MemoryError, and the old block is as it was.  `block` may be NULL
 * (old size 0); `size` is not 0. */
void *block_resize(rc_heap *heap, void *block, size_t old_size, size_t size);

/* An object's own memory, in the range that its type belongs to. */
void *object_memory_new(rc_heap *heap, bool container, size_t size, bool *fresh);
void object_memory_free(rc_heap *heap, bool container, void *memory, size_t size);

#endif
