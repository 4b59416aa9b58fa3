/* Instances and their finalizers, for object.c and the collector. */
#ifndef HEAP_INSTANCE_H
#define HEAP_INSTANCE_H

#include "layout.h"

/* Whether `object` is an instance whose class has a finalizer. */
bool instance_has_finalizer(const rc_object *object);

/* Call it, whether it has run before or not. */
void instance_finalize(rc_heap *heap, rc_object *instance);

/* Show the names that classes hold to `show`. */
void classes_visit(rc_heap *heap, visit_function show, void *context);

#endif
