/* What the fuzzer may do to a heap.  An operation finds its operands in `x`, held on the
 * heap's operand stack while it runs, and puts what it makes into a random slot. */
#ifndef FUZZ_OPERATIONS_H
#define FUZZ_OPERATIONS_H

#include "world.h"

#define OPERANDS 4

typedef void action(world *w, rc_object **x);

/* making.c */
action make_int, make_float, make_str, make_singleton, make_list, make_tuple, make_dict,
    make_set, make_frozenset, call_type, copy, nest, empty_slot, copy_slot;

/* containers.c */
action list_append, list_insert, list_get, list_set, list_pop, list_delete, list_extend,
    list_search, list_order, tuple_look, dict_set, dict_get, dict_delete, dict_popitem,
    dict_setdefault, dict_update, dict_look, set_add, set_remove, set_pop, set_update, set_look,
    clear;

/* instances.c */
action make_class, make_instance, give_instance, instance_set, instance_get, instance_look,
    make_weakref, weakref_look;

/* objects.c: what all can do */
action compare, compare_cycles, contains, operate, show, look, str_look, iterate;

/* heap.c */
action watch_object, observe, look_at_heap, set_limit;

/* collector.c */
action collect, set_threshold, set_collector, look_at_collector;

/* A container that holds `object` alone, or NULL (making.c).  Fails: MemoryError. */
RC_NEW rc_object *wrap(world *w, RC_TAKEN rc_object *object);

/* Do a few things in the middle of something else (fuzz_heap.c). */
void intervene(world *w, rc_object *guest);

#endif
