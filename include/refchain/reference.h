/* References one by one: which object holds which, in what place, and what holds it from
 * outside.  All together they are the reference counts. */
#ifndef REFCHAIN_REFERENCE_H
#define REFCHAIN_REFERENCE_H

#include <refchain/base.h>
#include <refchain/events.h>

/* One counted reference; all that it names is borrowed. */
typedef struct rc_reference {
    rc_object *from;                    /* the object that holds it; NULL: none does */
    rc_object *to;
    rc_reason reason;                   /* RC_FOR_ITEM, RC_FOR_KEY … */
    size_t position;                    /* of an item, of a pair, an element or an attribute in
                                         * its order; in gc.garbage or among the operands */
    rc_object *key;                     /* of a value its key, of an attribute its name; or NULL */
    rc_class *class;                    /* of RC_FOR_CLASS; or NULL */
} rc_reference;

/* Is shown references, until it returns false.  It must not change the heap. */
typedef bool (*rc_reference_visitor)(void *context, const rc_reference *reference);

/* The references that `object` holds, in their order: of a pair its key, then its value;
 * of an instance its attributes, or its dict of them.  A weak reference holds none. */
RC_API void rc_references(const rc_heap *heap, rc_object *object, rc_reference_visitor visit,
                          void *context);

/* The references that the heap holds and no object of it: of the singletons, the small-int
 * pool and the characters (which count where the object is not immortal), the operands,
 * gc.garbage, the names of classes.  What a host holds it must know itself. */
RC_API void rc_outside_references(const rc_heap *heap, rc_reference_visitor visit, void *context);

#endif
