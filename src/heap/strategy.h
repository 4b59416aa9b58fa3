/* The strategies behind a profile's names.  Each begins with its rc_strategy. */
#ifndef HEAP_STRATEGY_H
#define HEAP_STRATEGY_H

#include <refchain/profile.h>
#include <refchain/wording.h>
#include "layout.h"

struct gc_run;                          /* gc.c */

typedef struct trigger_strategy {
    rc_strategy about;
    /* Generation 0's counter has passed its threshold in an allocation. */
    void (*passed)(rc_heap *heap);
} trigger_strategy;

typedef struct counter_strategy {
    rc_strategy about;
    bool members;                       /* those in generation 0, looked at when one is linked */
} counter_strategy;

typedef struct finalizers_strategy {
    rc_strategy about;
    /* Garbage with a finalizer is kept for gc.garbage; a finalizer runs at each death
     * by count, after the weak references are gone. */
    bool legacy;
} finalizers_strategy;

typedef struct resurrection_strategy {
    rc_strategy about;
    /* After the finalizers: move what of `unreachable` lives on to the generation
     * `older`; what is left is the final trash. */
    void (*handle)(rc_heap *heap, int unreachable, int older);
} resurrection_strategy;

typedef struct untracking_strategy {
    rc_strategy about;
    bool as_met;                        /* in move_unreachable, as each tuple is found reachable */
    bool after;                         /* in a walk over the survivors */
    bool empty_tracked;                 /* never, and the empty tuple is tracked too */
} untracking_strategy;

typedef struct clearing_strategy {
    rc_strategy about;
    bool numbers, tuples;
    bool others;                        /* list, dict, set */
} clearing_strategy;

typedef struct trashcan_strategy {
    rc_strategy about;
    uint32_t levels;                    /* nesting at which a container is put aside; 0: never */
    bool instance_is_extra_level;       /* 3.7: counts itself before it looks, and never drains */
} trashcan_strategy;

typedef struct attributes_strategy {
    rc_strategy about;
    uint32_t room;                      /* names that a class has room for inside its instances;
                                         * 0: a dict always */
} attributes_strategy;

typedef struct number_hash_strategy {
    rc_strategy about;
    uint64_t (*integer)(int64_t value);
    uint64_t (*real)(double value);     /* finite */
} number_hash_strategy;

typedef struct set_hash_strategy {
    rc_strategy about;
    bool shuffles;                      /* what the elements' hashes give is stirred once more */
} set_hash_strategy;

typedef struct tuple_hash_strategy {
    rc_strategy about;
    bool (*hash)(rc_heap *heap, rc_tuple *tuple, int64_t *hash);
} tuple_hash_strategy;

typedef struct list_growth_strategy {
    rc_strategy about;
    /* The room to allocate when `size` items are wanted (more than 0) and `old` were
     * there before. */
    size_t (*room)(size_t size, size_t old);
} list_growth_strategy;

typedef struct dict_growth_strategy {
    rc_strategy about;
    /* Slots (log2) of the table to make when one is full that holds `used` pairs and
     * has 2^log2 slots. */
    uint32_t (*slots)(size_t used, uint32_t log2);
    /* Slots (log2) of a table that is to have at least `wanted` of them. */
    uint32_t (*at_least)(size_t wanted);
    bool call_table;                    /* dict() has a table of 8 slots at once */
    bool copy_clones;                   /* d.copy() copies the table, unless it has many holes */
    bool update_clones;                 /* so does updating an empty dict, if it has none */
    bool lookup_generalizes;            /* looking up what is no str makes an all-str table a
                                         * general one */
    bool in_table;                      /* the entries lie in the slots, in order of hashes */
} dict_growth_strategy;

typedef enum deleted_entries { REUSE_NONE, REUSE_FIRST, REUSE_LAST } deleted_entries;

typedef struct set_growth_strategy {
    rc_strategy about;
    /* A table is full when fill * fill_weight >= mask * mask_weight. */
    uint32_t fill_weight, mask_weight;
    deleted_entries reuse;              /* which deleted entry on its way an insertion takes */
    bool plain;                         /* of all entries, not the mask; no neighbours are looked
                                         * at */
} set_growth_strategy;

/* What a release says: patterns by rc_wording; NULL: what `older` says. */
typedef struct wording_strategy {
    rc_strategy about;
    const struct wording_strategy *older;
    const char *patterns[RC_WORDINGS];
} wording_strategy;

extern const counter_strategy counter_allocations, counter_members;
extern const trigger_strategy trigger_at_once, trigger_deferred;
extern const finalizers_strategy finalizers_safe, finalizers_legacy;
extern const resurrection_strategy resurrection_none, resurrection_whole_batch,
    resurrection_partial;
extern const untracking_strategy untracking_never, untracking_as_met, untracking_after;
extern const clearing_strategy clearing_none, clearing_numbers_and_tuples, clearing_all;
extern const trashcan_strategy trashcan_50, trashcan_50_instances, trashcan_none;
extern const attributes_strategy attributes_in_dict, attributes_inline;
extern const number_hash_strategy number_hash_plain, number_hash_modulo;
extern const set_hash_strategy set_hash_classic, set_hash_shuffled;
extern const tuple_hash_strategy tuple_hash_classic, tuple_hash_xx;
extern const list_growth_strategy list_growth_eighth, list_growth_eighth_of_four;
extern const dict_growth_strategy dict_growth_quadruple, dict_growth_double, dict_growth_triple,
    dict_growth_triple_rounded;
extern const set_growth_strategy set_growth_two_thirds_of_all, set_growth_two_thirds,
    set_growth_three_fifths, set_growth_three_fifths_fresh;
extern const wording_strategy wording_2_7, wording_3_6, wording_3_7, wording_3_8, wording_3_9,
    wording_3_10, wording_3_11, wording_3_13, wording_3_14;

#endif
