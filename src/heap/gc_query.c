/* What can be asked of the collector and set in it: Python's gc module but for
 * collecting. */
#include "memory.h"
#include "side.h"

bool rc_gc_collect(rc_heap *heap, int64_t generation, size_t *found)
{
    if (generation < 0 || generation > RC_OLDEST)
        return rc_raise(heap, RC_VALUE_ERROR, "invalid generation");
    *found = heap->gc.collecting ? 0 : gc_run(heap, (int)generation, false);
    return true;
}

void rc_gc_enable(rc_heap *heap)
{
    heap->gc.enabled = true;
    gc_set_due(heap);
}

void rc_gc_disable(rc_heap *heap)
{
    heap->gc.enabled = false;
    gc_set_due(heap);
}

bool rc_gc_is_enabled(const rc_heap *heap)
{
    return heap->gc.enabled;
}

bool rc_gc_is_collecting(const rc_heap *heap)
{
    return heap->gc.collecting;
}

int rc_gc_threshold(const rc_heap *heap, int generation)
{
    return heap->gc.generations[generation].threshold;
}

void rc_gc_set_threshold(rc_heap *heap, int generation, int threshold)
{
    heap->gc.generations[generation].threshold = threshold;
    gc_set_due(heap);
}

int rc_gc_count(const rc_heap *heap, int generation)
{
    return gc_counter(heap, generation);
}

size_t rc_gc_long_lived_total(const rc_heap *heap)
{
    return heap->gc.long_lived_total;
}

size_t rc_gc_long_lived_pending(const rc_heap *heap)
{
    return heap->gc.long_lived_pending;
}

rc_gc_stats rc_gc_get_stats(const rc_heap *heap, int generation)
{
    return heap->gc.generations[generation].stats;
}

int rc_gc_debug(const rc_heap *heap)
{
    return heap->gc.debug;
}

void rc_gc_set_debug(rc_heap *heap, int flags)
{
    heap->gc.debug = flags;
}

void rc_gc_set_callback(rc_heap *heap, rc_gc_callback callback, void *context)
{
    heap->gc.callback = callback;
    heap->gc.callback_context = context;
}

/* ------------------------------------------------------------------- freezing -- */

void rc_gc_freeze(rc_heap *heap)
{
    for (int i = 0; i < RC_GENERATIONS; i++) {
        list_merge(heap, YOUNGEST + i, PERMANENT);
        heap->gc.generations[i].count = 0;
    }
}

void rc_gc_unfreeze(rc_heap *heap)
{
    list_merge(heap, PERMANENT, YOUNGEST + RC_OLDEST);
}

size_t rc_gc_freeze_count(const rc_heap *heap)
{
    return list_size(heap, PERMANENT);
}

/* -------------------------------------------------------------------- objects -- */

bool rc_gc_is_tracked(const rc_heap *heap, const rc_object *object)
{
    return object->type->container && gc_tracked(heap, object);
}

bool rc_gc_is_finalized(const rc_heap *heap, const rc_object *object)
{
    return object->type->container && gc_is_finalized(heap, object);
}

int rc_gc_generation(const rc_heap *heap, const rc_object *object)
{
    link_newborn(heap);
    int list = object->type->container ? entry_of(heap, object)->list : NO_LIST;
    return list >= YOUNGEST && list <= PERMANENT ? list - YOUNGEST : RC_NO_GENERATION;
}

size_t rc_gc_size(const rc_heap *heap, int generation)
{
    return list_size(heap, YOUNGEST + generation);
}

static bool each_of(const rc_heap *heap, int list, rc_object_visitor show, void *context)
{
    for (rc_object *object = list_first(heap, list); object;
         object = list_next(heap, object, list))
        if (!show(context, object))
            return false;
    return true;
}

void rc_gc_each(const rc_heap *heap, int generation, rc_object_visitor show, void *context)
{
    if (generation >= 0) {
        each_of(heap, YOUNGEST + generation, show, context);
        return;
    }
    for (int i = 0; i < RC_GENERATIONS; i++)
        if (!each_of(heap, YOUNGEST + i, show, context))
            return;
}

struct referents {
    rc_object_visitor show;
    void *context;
    bool stopped;
};

static void show_referent(rc_heap *heap, rc_object *target, void *context)
{
    struct referents *referents = context;

    (void)heap;
    if (!referents->stopped)
        referents->stopped = !referents->show(referents->context, target);
}

void rc_gc_referents(const rc_heap *heap, rc_object *object, rc_object_visitor show, void *context)
{
    struct referents referents = { show, context, false };

    if (object->type->visit)
        object->type->visit((rc_heap *)heap, object, show_referent, &referents);
}

struct search {
    rc_object *const *targets;
    size_t count;
    bool found;
};

static void look_for(rc_heap *heap, rc_object *target, void *context)
{
    struct search *search = context;

    (void)heap;
    for (size_t i = 0; !search->found && i < search->count; i++)
        search->found = search->targets[i] == target;
}

void rc_gc_referrers(const rc_heap *heap, rc_object *const *targets, size_t count,
                     rc_object_visitor show, void *context)
{
    for (int list = YOUNGEST; list < YOUNGEST + RC_GENERATIONS; list++)
        for (rc_object *object = list_first(heap, list); object;
             object = list_next(heap, object, list)) {
            struct search search = { targets, count, false };
            object->type->visit((rc_heap *)heap, object, look_for, &search);
            if (search.found && !show(context, object))
                return;
        }
}

/* ---------------------------------------------------------- forecast, hindsight -- */

bool rc_gc_is_requested(const rc_heap *heap)
{
    return heap->gc.requested;
}

/* How many more times a counter must grow to be over its threshold. */
static int64_t missing(const rc_heap *heap, int generation)
{
    int64_t short_of = (int64_t)rc_gc_threshold(heap, generation) - rc_gc_count(heap, generation)
                       - heap->gc.reached + 1;
    return short_of > 0 ? short_of : 0;
}

rc_gc_forecast rc_gc_get_forecast(const rc_heap *heap)
{
    const gc_state *gc = &heap->gc;
    int64_t part = heap->profile.quarter_rule.value, allocations = missing(heap, 0);
    rc_gc_forecast forecast = {
        .automatic = gc->enabled && gc->generations[0].threshold != 0,
        .requested = gc->requested,
        .allocations = gc->requested ? 0 : allocations > 0 ? allocations : 1,
        .wanted = part != 0 ? gc->long_lived_total / (size_t)part : 0,
        .held_back = gc_is_held_back(heap, RC_OLDEST),
    };

    for (int i = 1; i < RC_GENERATIONS; i++) {
        forecast.collections[i] = missing(heap, i);
        if (forecast.collections[i] == 0 && !gc_is_held_back(heap, i))
            forecast.generation = i;
    }
    return forecast;
}

const rc_gc_last *rc_gc_get_last(const rc_heap *heap)
{
    return &heap->gc.last;
}

const rc_gc_last *rc_gc_get_running(const rc_heap *heap)
{
    return heap->gc.collecting ? &heap->gc.running : NULL;
}

void rc_gc_watch(rc_heap *heap, const rc_gc_watcher *watcher)
{
    heap->gc.watcher = watcher ? *watcher : (rc_gc_watcher) { 0 };
}

/* ----------------------------------------------------------------- gc.garbage -- */

size_t rc_gc_garbage_size(const rc_heap *heap)
{
    return heap->gc.garbage_size;
}

rc_object *rc_gc_garbage_get(const rc_heap *heap, size_t i)
{
    return i < heap->gc.garbage_size ? heap->gc.garbage[i] : NULL;
}

void rc_gc_garbage_clear(rc_heap *heap)
{
    gc_state *gc = &heap->gc;
    rc_object **garbage = gc->garbage;
    size_t size = gc->garbage_size, room = gc->garbage_room;

    gc->garbage = NULL;
    gc->garbage_size = gc->garbage_room = 0;
    for (size_t i = size; i-- > 0;)     /* as a list: last to first */
        rc_release(heap, garbage[i], RC_FOR_GARBAGE, NULL);
    block_free(heap, garbage, room * sizeof *garbage);
}
