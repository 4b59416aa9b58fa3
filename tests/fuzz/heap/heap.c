/* What the heap tells, of itself and while it works. */
#include "operations.h"

void watch_object(world *w, rc_object **x)
{
    watch *watch = &w->watches[choose(w, WATCHES)];
    uint32_t number = rc_watch(w->heap, x[0]);

    if (!succeeded(w, number != 0))
        return;
    *watch = (struct watch) { .number = number, .birth = rc_birth(w->heap, x[0]) };
    REQUIRE(rc_watch(w->heap, x[0]) == number);
}

static void notice(void *context, rc_heap *heap, const rc_event *event)
{
    world *w = context;

    REQUIRE(heap == w->heap && rc_event_name(event->kind));
    if (event->kind == RC_CREATED)
        w->expected_live++;
    else if (event->kind == RC_DESTROYED)
        w->expected_live--;
    else if (event->kind == RC_COUNT_CHANGED)
        REQUIRE(rc_reason_name(event->reason));
}

/* Events are counted from where nothing is in the middle of dying. */
void observe(world *w, rc_object **x)
{
    rc_observer observer = { .notify = notice, .context = w };

    (void)x;
    if (w->depth > 0)
        return;
    w->observed = choose(w, 4) != 0;
    observer.events = choose(w, 2) ? RC_ALL_EVENTS
                                   : RC_EVENT_BIT(RC_CREATED) | RC_EVENT_BIT(RC_DESTROYED);
    w->expected_live = rc_live(w->heap, NULL);
    rc_observe(w->heap, w->observed ? &observer : NULL);
}

void look_at_heap(world *w, rc_object **x)
{
    size_t seen = 0, listed = 0;
    const rc_type *type = rc_type_at((rc_type_index)choose(w, RC_TYPES));
    size_t length = choose(w, 22);

    (void)x;
    for (rc_object *object = rc_newest(w->heap); object; object = rc_older(w->heap, object))
        seen++;
    REQUIRE(seen == rc_live(w->heap, NULL));
    rc_free_list_stats free_list = rc_free_list(w->heap, type, length);
    while (listed < free_list.size && rc_free_list_entry(w->heap, type, length, listed))
        listed++;
    REQUIRE(listed == free_list.size && free_list.size <= free_list.capacity);
    for (int cache = 0; cache < RC_CACHES; cache++) {
        seen = rc_cache_info(w->heap, (rc_cache)cache).size;
        listed = 0;
        rc_cache_each(w->heap, (rc_cache)cache, see_object, &listed);
        REQUIRE(listed <= 500 && (listed == seen || listed == 500));
    }
    REQUIRE(rc_heap_memory(w->heap).used <= rc_heap_memory(w->heap).peak);
    REQUIRE(rc_births(w->heap) + w->startup_objects >= rc_live(w->heap, NULL));
}

static size_t a_limit(world *w)
{
    return rc_heap_memory(w->heap).used + ((size_t)choose(w, 256) << 10);
}

void set_limit(world *w, rc_object **x)
{
    (void)x;
    rc_heap_set_limit(w->heap, a_limit(w));
}
