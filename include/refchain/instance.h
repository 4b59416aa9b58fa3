/* Instances of user classes, and the classes, which are not heap objects.
 * Where attributes are kept is the profile's affair: in a dict of the instance, or
 * in the instance in the order in which its class first met their names. */
#ifndef REFCHAIN_INSTANCE_H
#define REFCHAIN_INSTANCE_H

#include <refchain/base.h>

/* `__del__`: called once in an object's life, before anything of it is released.
 * It may do anything to the heap, and may store `self` somewhere: then it lives on.
 * Its errors are its own affair. */
typedef void (*rc_finalizer)(void *context, rc_heap *heap, rc_object *self);

/* A class; it lives until the heap is closed.  `name`, UTF-8, is copied.  `finalizer`
 * may be NULL.  Fails: UnicodeError, MemoryError. */
RC_API RC_CHECKED rc_class *rc_class_new(rc_heap *heap, const char *name,
                                         rc_finalizer finalizer, void *context);

/* What rc_class_new was given: the name, in the class's own copy, and the finalizer's context. */
RC_API const char *rc_class_name(const rc_class *class);
RC_API void *rc_class_context(const rc_class *class);

/* Whether its instances have a `__del__`. */
RC_API bool rc_class_has_finalizer(const rc_class *class);

/* A new instance without attributes.  Fails: MemoryError. */
RC_API RC_NEW rc_object *rc_instance_new(rc_heap *heap, rc_class *class);

/* The class that the instance was made of. */
RC_API rc_class *rc_instance_class(const rc_object *instance);

/* instance.name = value.  `name` is a str and is interned.
 * Fails: TypeError (name), MemoryError. */
RC_API RC_CHECKED bool rc_instance_set(rc_heap *heap, rc_object *instance, rc_object *name,
                                       rc_object *value);

/* instance.name.  Fails: TypeError (name), AttributeError. */
RC_API RC_CHECKED RC_BORROWED rc_object *rc_instance_get(rc_heap *heap, rc_object *instance,
                                                         rc_object *name);

/* del instance.name.  Fails: TypeError (name), AttributeError. */
RC_API RC_CHECKED bool rc_instance_delete(rc_heap *heap, rc_object *instance, rc_object *name);

/* The attributes in order, without counting: *position starts at 0.  Returns false
 * after the last.  (borrowed) */
RC_API bool rc_instance_next(const rc_object *instance, size_t *position, rc_object **name,
                             rc_object **value);

/* The instance's dict of attributes, or NULL while it has none.  (borrowed) */
RC_API RC_BORROWED rc_object *rc_instance_dict(const rc_object *instance);

#endif
