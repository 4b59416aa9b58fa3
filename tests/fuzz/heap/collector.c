/* The collector: running it, setting it, looking at it. */
#include "operations.h"

void collect(world *w, rc_object **x)
{
    size_t found;

    (void)x;
    succeeded(w, rc_gc_collect(w->heap, choose(w, 32) == 1 ? an_integer(w) : choose(w, 3), &found));
}

static void collector_callback(void *context, rc_heap *heap, const rc_gc_info *info)
{
    (void)info;
    REQUIRE(rc_gc_is_collecting(heap));
    intervene(context, NULL);
}

void set_threshold(world *w, rc_object **x)
{
    static const int thresholds[] = { 1, 0, 2, 5, 10, 700, -1, INT32_MAX };

    (void)x;
    rc_gc_set_threshold(w->heap, (int)choose(w, 3), thresholds[choose(w, 8)]);
}

void set_collector(world *w, rc_object **x)
{
    static const int flags[] = { 0, RC_DEBUG_STATS, RC_DEBUG_COLLECTABLE, RC_DEBUG_SAVEALL,
                                 RC_DEBUG_LEAK };

    (void)x;
    switch (choose(w, 7)) {
    case 0:
        rc_gc_enable(w->heap);
        break;
    case 1:
        rc_gc_disable(w->heap);
        break;
    case 2:
        rc_gc_freeze(w->heap);
        break;
    case 3:
        rc_gc_unfreeze(w->heap);
        break;
    case 4:
        rc_gc_set_debug(w->heap, flags[choose(w, 5)]);
        break;
    case 5:
        rc_gc_set_callback(w->heap, choose(w, 2) ? collector_callback : NULL, w);
        break;
    default:
        rc_gc_garbage_clear(w->heap);
    }
}

void look_at_collector(world *w, rc_object **x)
{
    size_t seen = 0, sum = 0;

    (void)x;
    for (int i = 0; i < RC_GENERATIONS; i++) {
        sum += rc_gc_size(w->heap, i);
        REQUIRE(rc_gc_count(w->heap, i) >= 0);
        rc_gc_threshold(w->heap, i);
        rc_gc_get_stats(w->heap, i);
    }
    rc_gc_each(w->heap, -1, see_object, &seen);
    REQUIRE(seen == sum || seen == 500);
    seen = 0;
    rc_gc_each(w->heap, RC_PERMANENT, see_object, &seen);
    REQUIRE(seen == rc_gc_freeze_count(w->heap) || seen == 500);
    rc_gc_is_enabled(w->heap);
    rc_gc_debug(w->heap);
    rc_gc_long_lived_total(w->heap);
    rc_gc_long_lived_pending(w->heap);
    size_t garbage = rc_gc_garbage_size(w->heap);
    if (garbage > 0)
        fill_borrowed(w, rc_gc_garbage_get(w->heap, choose(w, 256) % garbage));
}
