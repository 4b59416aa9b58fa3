/* struct rc_heap: all that a heap is. */
#ifndef HEAP_STATE_H
#define HEAP_STATE_H

#include <string.h>

#include <refchain/refchain.h>
#include "arena.h"
#include "freelist.h"
#include "generation.h"
#include "gc.h"
#include "intern.h"
#include "layout.h"
#include "ring.h"
#include "scratch.h"
#include "strategy.h"
#include "sweep.h"

#define LONGEST_FREE_TUPLE 20
#define RECURSION_LIMIT 1000

struct rc_heap {
    struct rc_heap_front front;         /* first: object.h's inline functions look there */

    rc_profile profile;
    rc_hooks hooks;
    rc_observer observer;
    rc_error error;

    /* the refchain */
    rc_object refchain;                 /* the sentinel; only its links are used */
    uintptr_t newborn;                  /* the newest object until it is linked, or 0: side.h */
    size_t live[RC_TYPES];              /* objects on it; live_of counts the newborn, too */
    uint64_t newest_state;              /* of the newest object at its birth, or, while somebody
                                         * looks on, with the last number: object.h */
    uint64_t earlier_births;            /* that the number in it does not count */
    uint64_t startup_births;

    /* memory */
    memory_state memory;

    /* the collector */
    size_t list_sizes[LISTS];           /* generation.c */
    gc_state gc;
    scratch scratch;                    /* of large collections: reach.c */

    /* caches */
    rc_object *none, *false_, *true_;
    rc_object *empty_tuple, *empty_str, *empty_frozenset;       /* the last may be NULL */
    rc_object **small_ints;             /* one reference each */
    rc_object *characters[256];         /* one reference each, or NULL */
    uint64_t small_int_hits, small_int_misses;
    uint64_t character_hits, character_misses;
    intern_table interned;

    freelist int_free, float_free, list_free, dict_free, set_free;
    freelist tuple_free[LONGEST_FREE_TUPLE + 1];        /* by length */

    /* running operations */
    rc_object **operands;               /* one reference each */
    size_t operand_count, operand_room;
    uint32_t depth;                     /* of recursion_enter */
    struct repr_frame *writing;         /* what repr is in the middle of: repr.c */

    /* death: object.c */
    rc_object *trash;                   /* dead containers put aside, chained by `prev` */
    int trash_nesting;
    int trash_levels;                   /* the profile's; INT_MAX for none */
    int calm_levels;                    /* below these the trashcan is not near; INT_MIN while it
                                         * waits to be emptied */
    uint32_t deaths;                    /* running, and somebody may look meanwhile */
    uint32_t clearing;                  /* calls of the collector's clearing that are running */

    unswept unswept;                    /* dead objects that have not left yet: sweep.h */

    rc_class *classes;                  /* all, chained */
    size_t list_first_room;             /* items that an empty list takes room for with its first */
    char check_message[RC_ERROR_SIZE];
};

/* An immortal object's count at birth: far from 0 and from the bit's edge. */
#define IMMORTAL_REFCOUNT 0xC0000000u

#endif
