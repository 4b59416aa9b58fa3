/* The strategies behind a profile's names.  Each begins with its rc_strategy. */
#ifndef HEAP_STRATEGY_H
#define HEAP_STRATEGY_H

#include <refchain/profile.h>
#include "layout.h"

struct gc_run;                          /* gc.c */

typedef struct trigger_strategy {
    rc_strategy about;
    /* Generation 0's counter has passed its threshold in an allocation. */
    void (*passed)(rc_heap *heap);
} trigger_strategy;

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
} untracking_strategy;

typedef struct trashcan_strategy {
    rc_strategy about;
    uint32_t levels;                    /* nesting at which a container is put aside; 0: never */
    bool instance_is_extra_level;       /* 3.7: counts itself before it looks, and never drains */
} trashcan_strategy;

typedef struct attributes_strategy {
    rc_strategy about;
    uint32_t room;                      /* names that a class has room for inside its instances; 0: a dict always */
} attributes_strategy;

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
    bool copy_clones;                   /* d.copy() takes a copy of the table, unless it has many holes */
    bool update_clones;                 /* so does updating an empty dict, if it has none */
    bool lookup_generalizes;            /* looking up what is no str makes an all-str table a general one */
} dict_growth_strategy;

typedef enum deleted_entries { REUSE_NONE, REUSE_FIRST, REUSE_LAST } deleted_entries;

typedef struct set_growth_strategy {
    rc_strategy about;
    /* A table is full when fill * fill_weight >= mask * mask_weight. */
    uint32_t fill_weight, mask_weight;
    deleted_entries reuse;              /* which deleted entry on its way an insertion takes */
} set_growth_strategy;

extern const trigger_strategy trigger_at_once, trigger_deferred;
extern const resurrection_strategy resurrection_whole_batch, resurrection_partial;
extern const untracking_strategy untracking_as_met, untracking_after;
extern const trashcan_strategy trashcan_50, trashcan_50_instances, trashcan_none;
extern const attributes_strategy attributes_in_dict, attributes_inline;
extern const tuple_hash_strategy tuple_hash_classic, tuple_hash_xx;
extern const list_growth_strategy list_growth_eighth, list_growth_eighth_of_four;
extern const dict_growth_strategy dict_growth_double, dict_growth_triple,
    dict_growth_triple_rounded;
extern const set_growth_strategy set_growth_two_thirds, set_growth_three_fifths,
    set_growth_three_fifths_fresh;

#endif
