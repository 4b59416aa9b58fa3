/* Telling the observer; call these only when its event is asked for. */
#ifndef HEAP_EVENTS_H
#define HEAP_EVENTS_H

#include <refchain/events.h>

/* Whether somebody waits for events of this kind. */
#define event_wanted(heap, kind) RC_UNLIKELY((heap)->front.events & RC_EVENT_BIT(kind))

/* These two ask by themselves: created, with its first count, returns the object; in
 * generation 0, and so tracked. */
rc_object *event_created(rc_heap *heap, rc_object *object);
void event_tracked(rc_heap *heap, rc_object *object);

void event_destroyed(rc_heap *heap, rc_object *object, bool by_collector);
void event_memory_returned(rc_heap *heap, rc_object *object, size_t bytes);
void event_object(rc_heap *heap, rc_event_kind kind, rc_object *object);
void event_generation(rc_heap *heap, rc_object *object, int generation);
void event_collection(rc_heap *heap, rc_event_kind kind, int generation, size_t collected,
                      size_t uncollectable, uint64_t nanoseconds);

#endif
