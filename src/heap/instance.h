/* Instances and their finalizers, for object.c and the collector. */
#ifndef HEAP_INSTANCE_H
#define HEAP_INSTANCE_H

#include "layout.h"

/* Whether `object` is an instance whose class has a finalizer. */
bool instance_has_finalizer(const rc_object *object);

/* Call it, whether it has run before or not. */
void instance_finalize(rc_heap *heap, rc_object *instance);

/* Whether any class has one. */
bool classes_have_finalizer(const rc_heap *heap);

/* Show the names that classes hold, one reference to each, until `show` returns false. */
typedef bool (*class_name_visitor)(void *context, rc_class *class, rc_object *name);
void classes_visit(const rc_heap *heap, class_name_visitor show, void *context);

#endif
