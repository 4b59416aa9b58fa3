/* See view.h. */
#include "../heap/view.h"

#include <stdlib.h>

#include "../../src/heap/state.h"

typedef struct view {
    rc_heap *heap;
    int64_t *numbers;
    size_t count, room;
} view;

static void add(view *self, int64_t number)
{
    if (self->count == self->room) {
        self->room = self->room ? 2 * self->room : 1024;
        self->numbers = realloc(self->numbers, self->room * sizeof *self->numbers);
        CHECK(self->numbers);
    }
    self->numbers[self->count++] = number;
}

static bool add_object(void *context, rc_object *object)
{
    view *self = context;

    add(self, rc_birth(self->heap, object));
    add(self, object->refcount);
    add(self, (int64_t)(rc_id(object) - rc_id(rc_none(self->heap))));
    add(self, rc_object_origin(self->heap, object));
    add(self, (int64_t)rc_sizeof(self->heap, object));
    return true;
}

static void add_free_list(view *self, const rc_type *type, size_t length)
{
    rc_free_list_stats stats = rc_free_list(self->heap, type, length);

    add(self, (int64_t)stats.size);
    add(self, (int64_t)stats.hits);
    add(self, (int64_t)stats.misses);
    for (size_t i = 0; i < stats.size; i++)
        add(self, (int64_t)((uintptr_t)rc_free_list_entry(self->heap, type, length, i)
                            - rc_id(rc_none(self->heap))));
}

static void add_memory(view *self)
{
    rc_memory_stats memory = rc_heap_memory(self->heap);

    add(self, (int64_t)memory.used);
    add(self, (int64_t)memory.peak);
    add(self, (int64_t)memory.committed);
    add(self, (int64_t)memory.allocations);
    add(self, (int64_t)memory.releases);
    for (int type = 0; type < RC_TYPES; type++) {
        add(self, (int64_t)rc_live(self->heap, rc_type_at((rc_type_index)type)));
        if (type != RC_TUPLE)
            add_free_list(self, rc_type_at((rc_type_index)type), 0);
    }
    for (size_t length = 0; length <= LONGEST_FREE_TUPLE; length++)
        add_free_list(self, &rc_tuple_type, length);
    for (int cache = 0; cache < RC_CACHES; cache++) {
        rc_cache_stats stats = rc_cache_info(self->heap, (rc_cache)cache);
        add(self, (int64_t)stats.size);
        add(self, (int64_t)stats.hits);
        add(self, (int64_t)stats.misses);
    }
    rc_cache_each(self->heap, RC_INTERNED, add_object, self);
}

static void add_collector(view *self)
{
    const rc_gc_last *last = rc_gc_get_last(self->heap);
    const size_t sizes[] = { last->visited, last->survivors, last->untracked, last->unreachable,
                             last->trash, last->destroyed, last->long_lived_total,
                             rc_gc_long_lived_total(self->heap),
                             rc_gc_long_lived_pending(self->heap),
                             rc_gc_garbage_size(self->heap) };

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        add(self, (int64_t)sizes[i]);
    for (int generation = 0; generation < RC_GENERATIONS; generation++) {
        rc_gc_stats stats = rc_gc_get_stats(self->heap, generation);
        add(self, rc_gc_count(self->heap, generation));
        add(self, (int64_t)stats.collections);
        add(self, (int64_t)stats.collected);
        add(self, (int64_t)stats.uncollectable);
        add(self, (int64_t)stats.candidates);
    }
    for (int generation = 0; generation <= RC_PERMANENT; generation++)
        rc_gc_each(self->heap, generation, add_object, self);
}

/* `self` is { .heap = heap } at first. */
static void look(view *self)
{
    add_memory(self);
    add_collector(self);
    for (rc_object *object = rc_newest(self->heap); object; object = rc_older(self->heap, object))
        add_object(self, object);
}

void check_alike(rc_heap *expected, rc_heap *heap)
{
    view views[] = { { .heap = expected }, { .heap = heap } };

    look(&views[0]);
    look(&views[1]);
    CHECK_EQUAL(views[1].count, views[0].count);
    for (size_t i = 0; i < views[0].count; i++)
        if (views[0].numbers[i] != views[1].numbers[i])
            test_failed(__FILE__, __LINE__, "number %zu of %zu is %lld, not %lld", i,
                        views[0].count, (long long)views[1].numbers[i],
                        (long long)views[0].numbers[i]);
    free(views[0].numbers);
    free(views[1].numbers);
}
