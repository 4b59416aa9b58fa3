/* A pooled lua_Alloc. */
#include "allocator.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK ((size_t)64 << 10)
#define LARGEST ((size_t)ALLOCATOR_STEP * ALLOCATOR_CLASSES)

/* -------------------------------------------------------------- small blocks -- */

static size_t class_of(size_t size)
{
    return (size + ALLOCATOR_STEP - 1) / ALLOCATOR_STEP;
}

static bool add_chunk(allocator *self)
{
    char *chunk = malloc(CHUNK);
    if (!chunk)
        return false;
    *(void **)chunk = self->chunks;
    self->chunks = chunk;
    self->unused = chunk + ALLOCATOR_STEP;
    self->unused_end = chunk + CHUNK;
    return true;
}

/* A block that no one has had yet.  What is left of an old chunk is less than one
 * block and lost. */
static void *carve(allocator *self, size_t size)
{
    if ((size_t)(self->unused_end - self->unused) < size && !add_chunk(self))
        return NULL;
    void *block = self->unused;
    self->unused += size;
    return block;
}

static void *take_small(allocator *self, size_t size)
{
    size_t class = class_of(size);
    void *block = self->free[class];
    if (!block)
        return carve(self, class * ALLOCATOR_STEP);
    self->free[class] = *(void **)block;
    return block;
}

static void give_small(allocator *self, void *block, size_t size)
{
    size_t class = class_of(size);
    *(void **)block = self->free[class];
    self->free[class] = block;
}

/* -------------------------------------------------------------------- threads -- */

/* Every block of a thread's size has an entry of the ring in front of it, whether
 * a thread lives there or not: when it is given back Lua no longer says which.
 * A signal may arrive between any two lines and walk the ring by `next`. */
static void *take_thread(allocator *self, bool is_thread)
{
    allocator_thread *entry = malloc(sizeof *entry + self->thread_size);
    if (!entry)
        return NULL;
    memset(entry, 0, sizeof *entry + self->thread_size);
    if (is_thread) {
        entry->next = self->threads.next;
        entry->prev = &self->threads;
        atomic_signal_fence(memory_order_seq_cst);
        entry->next->prev = entry;
        self->newest = entry;
        self->has_stack = false;
        self->threads.next = entry;
    }
    return entry + 1;
}

static void give_thread(allocator *self, void *block)
{
    allocator_thread *entry = (allocator_thread *)block - 1;
    if (self->newest == entry)
        self->newest = NULL;
    if (entry->prev) {
        entry->prev->next = entry->next;
        entry->next->prev = entry->prev;
        atomic_signal_fence(memory_order_seq_cst);
    }
    free(entry);
}

/* Small blocks come and go at once, in a tenth of the time, as long as this says so: no
 * limit is near and no thread waits for its stack. */
static void set_at_once(allocator *self)
{
    self->at_once = self->newest || self->short_of_memory ? 0
                    : self->limit && self->limiting ? self->limit : SIZE_MAX;
}

/* A new block of `size` bytes has been handed out.  After a thread's block Lua asks for
 * its stack, and when it asks for anything more, the stack is in place.  If it asks for
 * something else at once, there was no memory for the stack: that thread is dead. */
static void settle(allocator *self, size_t size)
{
    if (!self->has_stack && size == self->stack_size) {
        self->has_stack = true;
        return;
    }
    self->newest->ready = self->has_stack;
    self->newest = NULL;
}

lua_State *allocator_thread_of(allocator_thread *entry)
{
    return (lua_State *)((char *)(entry + 1) + LUA_EXTRASPACE);
}

/* How large a thread's block and its stack are: ask a state that is thrown away. */
static void *probe(void *context, void *block, size_t old_size, size_t new_size)
{
    allocator *self = context;

    if (!block && old_size == LUA_TTHREAD) {
        self->thread_size = new_size;
        self->stack_size = 0;
    } else if (!block && self->stack_size == 0) {
        self->stack_size = new_size;
    }
    if (new_size)
        return realloc(block, new_size);
    free(block);
    return NULL;
}

static void measure_thread(allocator *self)
{
    lua_State *L = lua_newstate(probe, self);
    if (!L)
        return;
    lua_newthread(L);                   /* nothing here can fail but for lack of memory */
    lua_close(L);
}

/* ----------------------------------------------------------------- the account -- */

static void *take(allocator *self, size_t size, size_t kind)
{
    if (size == self->thread_size)
        return take_thread(self, kind == LUA_TTHREAD);
    return size <= LARGEST ? take_small(self, size) : malloc(size);
}

static void give(allocator *self, void *block, size_t size)
{
    if (size == self->thread_size)
        give_thread(self, block);
    else if (size <= LARGEST)
        give_small(self, block, size);
    else
        free(block);
}

static void *resize(allocator *self, void *block, size_t old_size, size_t new_size)
{
    bool special = old_size == self->thread_size || new_size == self->thread_size;

    if (!special && old_size > LARGEST && new_size > LARGEST)
        return realloc(block, new_size);
    if (!special && old_size <= LARGEST && new_size <= LARGEST &&
        class_of(old_size) == class_of(new_size))
        return block;
    void *moved = take(self, new_size, 0);
    if (!moved)
        return NULL;
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    give(self, block, old_size);
    return moved;
}

/* Whether there is room for `size` bytes in place of `had`.  Once the limit was reached,
 * a sixteenth must become free: else each further allocation of a full state would get
 * through after a collection of its own. */
static bool has_room(allocator *self, size_t had, size_t size)
{
    if (!self->limit || !self->limiting || size <= had)
        return true;
    size_t limit = self->short_of_memory ? self->limit - self->limit / 16 : self->limit;
    self->short_of_memory = self->used - had + size > limit;
    return !self->short_of_memory;
}

static void *refuse(allocator *self)
{
    set_at_once(self);
    if (self->refused)
        self->refused(self->context);
    return NULL;
}

/* Apart, so that the common path saves no registers. */
__attribute__((noinline))
static void *take_any(allocator *self, void *block, size_t old_size, size_t new_size)
{
    size_t had = block ? old_size : 0;

    if (new_size == 0) {
        give(self, block, old_size);
        self->used -= old_size;
        set_at_once(self);
        return NULL;
    }
    if (!has_room(self, had, new_size))
        return refuse(self);
    const allocator_thread *newest = self->newest;
    void *result = block ? resize(self, block, old_size, new_size)
                         : take(self, new_size, old_size);
    if (!result)
        return refuse(self);
    if (!block && newest && newest == self->newest)
        settle(self, new_size);
    self->used = self->used - had + new_size;
    set_at_once(self);
    return result;
}

static bool is_small(const allocator *self, size_t size)
{
    return size <= LARGEST && size != self->thread_size;
}

/* First what nearly every call is: a small block from its chain, or back to it. */
void *allocator_take(void *context, void *block, size_t old_size, size_t new_size)
{
    allocator *self = context;

    if (new_size == 0) {
        if (!block)                     /* the items of a table that has none */
            return NULL;
        if (is_small(self, old_size)) {
            give_small(self, block, old_size);
            self->used -= old_size;
            return NULL;
        }
    } else if (!block && is_small(self, new_size) && self->used + new_size <= self->at_once) {
        size_t class = class_of(new_size);
        void *result = self->free[class];
        if (result) {
            void *next = *(void **)result;
            __builtin_prefetch(next);   /* long unused; the next call reads it: 1 % of a scenario's time */
            self->free[class] = next;
            self->used += new_size;
            return result;
        }
    }
    return take_any(self, block, old_size, new_size);
}

void allocator_limit(allocator *self, size_t limit, bool limiting)
{
    self->limit = limit;
    self->limiting = limiting;
    set_at_once(self);
}

void allocator_open(allocator *self)
{
    memset(self, 0, sizeof *self);
    measure_thread(self);
    self->threads.next = self->threads.prev = &self->threads;
}

void allocator_close(allocator *self)
{
    while (self->chunks) {
        void *chunk = self->chunks;
        self->chunks = *(void **)chunk;
        free(chunk);
    }
}
