/* Weak references, for the collector and for what can be referred to weakly. */
#ifndef HEAP_WEAKREF_H
#define HEAP_WEAKREF_H

#include "layout.h"

/* The first of an object's weak references, or the first that has a callback
 * (borrowed); or NULL. */
rc_object *weakrefs_first(const rc_heap *heap, const rc_object *referent, bool with_callback);

/* `referent` dies by count: clear all its weak references, then call the callbacks,
 * newest first. */
void weakrefs_clear(rc_heap *heap, rc_object *referent);

/* Clear all weak references to `referent`; their callbacks are not called. */
void weakrefs_drop(rc_heap *heap, rc_object *referent);

/* Make a weak reference dead; its callback stays, uncalled. */
void weakref_clear(rc_heap *heap, rc_object *weakref);

bool weakref_has_callback(const rc_object *weakref);

/* Call the callback of a dead weak reference that the caller holds, and release it. */
void weakref_call(rc_heap *heap, rc_object *weakref);

/* Release the callbacks of all weak references, uncalled: the heap is closed. */
void weakrefs_close(rc_heap *heap);

#endif
