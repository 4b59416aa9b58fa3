/* The refchain's links: a circular doubly linked list through a sentinel. */
#ifndef HEAP_RING_H
#define HEAP_RING_H

#include <refchain/object.h>

static inline void ring_init(rc_object *sentinel)
{
    sentinel->next = sentinel->prev = sentinel;
}

/* Link `object` right after `sentinel`: the newest comes first. */
static inline void ring_add_first(rc_object *sentinel, rc_object *object)
{
    rc_object *second = sentinel->next;

    object->next = second;
    second->prev = object;              /* between the two stores: or gcc packs a vector for them */
    object->prev = sentinel;
    sentinel->next = object;
}

static inline void ring_remove(rc_object *object)
{
    object->prev->next = object->next;
    object->next->prev = object->prev;
}

#endif
