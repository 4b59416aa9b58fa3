/* Weak references to sets, frozensets and instances. */
#ifndef REFCHAIN_WEAKREF_H
#define REFCHAIN_WEAKREF_H

#include <refchain/base.h>

/* What a weak reference calls when its referent dies before it: `call` with the
 * reference, already dead; and `release` when the reference needs it no more, in
 * any case and after every call.  The host embeds it in a structure of its own. */
typedef struct rc_callback rc_callback;
struct rc_callback {
    void (*call)(rc_callback *callback, rc_heap *heap, rc_object *weakref);
    void (*release)(rc_callback *callback, rc_heap *heap);
};

/* A weak reference to `referent`.  Without a callback (NULL) the one that exists
 * already is given, with one more reference; with one it is always a new object.
 * The callback is taken: released on failure.  Fails: TypeError, MemoryError. */
RC_API RC_NEW rc_object *rc_weakref_new(rc_heap *heap, rc_object *referent,
                                        RC_TAKEN rc_callback *callback);

/* The referent, or NULL when it is dead: also while it still waits in the trashcan, with count 0
 * (PyWeakref_GET_OBJECT).  (borrowed) */
RC_API RC_BORROWED rc_object *rc_weakref_referent(const rc_object *weakref);

/* How many weak references an object has; 0 for what cannot have any. */
RC_API size_t rc_weakref_count(const rc_heap *heap, const rc_object *referent);

#endif
