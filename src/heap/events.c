/* Telling the observer. */
#include "object.h"

static void tell(rc_heap *heap, const rc_event *event)
{
    if (heap->front.events & RC_EVENT_BIT(event->kind))
        heap->observer.notify(heap->observer.context, heap, event);
}

rc_object *event_created(rc_heap *heap, rc_object *object)
{
    tell(heap, &(rc_event) { .kind = RC_CREATED, .object = object,
                             .origin = object->fresh == RC_FROM_FREE_LIST ? RC_ORIGIN_FREE_LIST
                                       : object->fresh == RC_FRESH_BLOCK  ? RC_ORIGIN_FRESH
                                                                          : RC_ORIGIN_REUSED });
    if (event_wanted(heap, RC_COUNT_CHANGED))
        rc_notify_count(heap, object, 1, RC_FOR_CREATION, NULL);
    return object;
}

void event_tracked(rc_heap *heap, rc_object *object)
{
    tell(heap, &(rc_event) { .kind = RC_GENERATION_CHANGED, .object = object, .generation = 0 });
    tell(heap, &(rc_event) { .kind = RC_TRACKED, .object = object });
}

void event_destroyed(rc_heap *heap, rc_object *object, bool by_collector)
{
    tell(heap, &(rc_event) { .kind = RC_DESTROYED, .object = object,
                             .by_collector = by_collector });
}

void event_memory_returned(rc_heap *heap, rc_object *object, size_t bytes)
{
    tell(heap, &(rc_event) { .kind = RC_MEMORY_RETURNED, .address = rc_id(object),
                             .size = bytes });
}

void event_object(rc_heap *heap, rc_event_kind kind, rc_object *object)
{
    tell(heap, &(rc_event) { .kind = kind, .object = object });
}

void event_generation(rc_heap *heap, rc_object *object, int generation)
{
    tell(heap, &(rc_event) { .kind = RC_GENERATION_CHANGED, .object = object,
                             .generation = generation });
}

void event_collection(rc_heap *heap, rc_event_kind kind, int generation, size_t collected,
                      size_t uncollectable, uint64_t nanoseconds)
{
    tell(heap, &(rc_event) { .kind = kind, .generation = generation, .collected = collected,
                             .uncollectable = uncollectable, .nanoseconds = nanoseconds });
}

void rc_notify_count(rc_heap *heap, rc_object *object, int change, rc_reason reason,
                     const void *holder)
{
    const rc_observer *observer = &heap->observer;

    if (observer->count_changed) {
        observer->count_changed(observer->context, heap, object, change, reason, holder);
        return;
    }
    tell(heap, &(rc_event) { .kind = RC_COUNT_CHANGED, .object = object, .change = change,
                             .reason = reason, .holder = holder });
}

void rc_observe(rc_heap *heap, const rc_observer *observer)
{
    swept(heap);                        /* while somebody looks on nothing waits */
    link_newborn(heap);
    heap->observer = observer ? *observer : (rc_observer) { 0 };
    set_events(heap, observer && observer->notify ? observer->events & RC_ALL_EVENTS : 0);
}

const char *rc_reason_name(rc_reason reason)
{
    static const char *const names[RC_REASONS] = {
        [RC_FOR_CALLER] = "caller",           [RC_FOR_CREATION] = "creation",
        [RC_FOR_OPERAND] = "operand",         [RC_FOR_ITEM] = "item",
        [RC_FOR_ELEMENT] = "element",         [RC_FOR_KEY] = "key",
        [RC_FOR_VALUE] = "value",             [RC_FOR_ATTRIBUTE] = "attribute",
        [RC_FOR_ATTRIBUTES] = "attributes",   [RC_FOR_CLASS] = "class",
        [RC_FOR_POOL] = "small-int pool",     [RC_FOR_CHARACTERS] = "character cache",
        [RC_FOR_SINGLETON] = "singleton",     [RC_FOR_INTERN_TABLE] = "intern table",
        [RC_FOR_GARBAGE] = "gc.garbage",      [RC_FOR_COLLECTOR] = "collector",
        [RC_FOR_FINALIZER] = "finalizer",     [RC_FOR_NAME] = "name",
        [RC_FOR_TEMPORARY] = "temporary",
    };
    return names[reason];
}

const char *rc_event_name(rc_event_kind kind)
{
    static const char *const names[RC_EVENT_KINDS] = {
        [RC_CREATED] = "created",
        [RC_DESTROYED] = "destroyed",
        [RC_MEMORY_RETURNED] = "memory returned",
        [RC_COUNT_CHANGED] = "count changed",
        [RC_TRACKED] = "tracked",
        [RC_UNTRACKED] = "untracked",
        [RC_GENERATION_CHANGED] = "generation changed",
        [RC_COLLECTION_STARTED] = "collection started",
        [RC_COLLECTION_FINISHED] = "collection finished",
        [RC_WEAKREF_CLEARED] = "weakref cleared",
        [RC_FINALIZER_CALLED] = "finalizer called",
    };
    return names[kind];
}
