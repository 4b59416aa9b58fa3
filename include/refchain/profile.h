/* What a CPython release does, as one constant table.
 *
 * Each entry holds its value and its source: "M" measured on that release, "S"
 * read in its sources (file or function named), "-" not verified.  What is more
 * than a number is a named strategy.  Code asks the profile; it never compares
 * releases. */
#ifndef REFCHAIN_PROFILE_H
#define REFCHAIN_PROFILE_H

#include <refchain/base.h>

/* A number, or a yes (1) or no (0). */
typedef struct rc_number {
    int64_t value;
    const char *source;
} rc_number;

typedef struct rc_numbers {
    int64_t value[RC_GENERATIONS];
    const char *source;
} rc_numbers;

/* A strategy: what it is called, what it does in a sentence, and the functions
 * that do it.  The structures are the library's own business (src/heap). */
typedef struct rc_strategy {
    const char *name;
    const char *help;
} rc_strategy;

typedef struct rc_strategy_entry {
    const rc_strategy *value;
    const char *source;
} rc_strategy_entry;

struct rc_profile {
    const char *name;                   /* "3.8" */
    const char *summary;
    const rc_profile *base;             /* itself; in a copy, what it was copied from */

    /* the collector */
    rc_numbers thresholds;              /* at the start */
    rc_number threshold_reached;        /* a counter is over its threshold when it has come to it */
    rc_strategy_entry counter;          /* what generation 0's counter counts */
    rc_strategy_entry trigger;          /* when an automatic collection runs */
    rc_strategy_entry finalizers;       /* what becomes of garbage that has one, and how often it runs */
    rc_strategy_entry resurrection;     /* whom a resurrection in the garbage saves */
    rc_number counts_resurrected;       /* what was found and then saved is in the result */
    rc_strategy_entry tuple_untracking; /* when a collection untracks atom tuples */
    rc_number tuple_born_untracked;     /* a display or copy without containers is never tracked */
    rc_number frozenset_untracking;     /* a frozenset made of atoms is not tracked */
    rc_number dict_untracking;          /* atom-only dicts: born untracked, untracked by a full collection */
    rc_number quarter_rule;             /* full collections wait for pending >= long-lived / this; 0: never */
    rc_number trash_clears_weakrefs;    /* a weakref that is trash is cleared although its referent lives */
    rc_number plain_weakrefs_wait;      /* weakrefs without a callback are cleared after the finalizers only */
    rc_number final_trash_clears_weakrefs;      /* those made by finalizers are cleared, too */
    rc_number weakref_tuple_from;       /* so many callbacks of a dying object are called from a tuple; 0: never */
    rc_strategy_entry clears_free_lists;        /* which of them a full collection empties */
    rc_strategy_entry trashcan;         /* in which order deeply nested containers are released */

    /* which functions gc has, and what they say */
    rc_strategy_entry wording;          /* of errors and reports: refchain/wording.h */
    rc_number has_stats;                /* get_stats, callbacks */
    rc_number has_freeze;
    rc_number has_generation_objects;   /* get_objects(generation=) */
    rc_number has_is_finalized;
    rc_number debug_kinds;              /* DEBUG_INSTANCES, DEBUG_OBJECTS: without them nothing is shown */
    rc_number thresholds_at_once;       /* set_threshold sets none before it has read all */
    rc_number timed_collections;        /* statistics and callbacks tell candidates and duration */
    rc_number refchain_is_table;        /* sys.getobjects with a negative limit gives all, not none */
    rc_number refchain_has_pools;       /* sys.getobjects shows pooled and cached objects, too */
    rc_number frame_names_lent;         /* sys.getrefcount of a frame's name counts no argument */
    rc_number has_recursion_error;      /* else it is a RuntimeError */

    /* numbers */
    rc_number small_int_least, small_int_greatest;
    rc_number pool_refcount_base;       /* what the count of a pooled int, cached character, ''
                                           or () shows above the real one */
    rc_number immortal_refcount;        /* what an immortal object's count shows; 0: nothing is immortal */
    rc_strategy_entry number_hash;
    rc_number none_hash;                /* 0: by address */
    rc_number nan_hash_by_address;

    /* free lists: how many objects at most; -1: no limit */
    rc_number int_free;
    rc_number int_free_below;           /* only ints of less than this, without sign; 0: all */
    rc_number float_free;
    rc_number list_free;
    rc_number dict_free;
    rc_number set_free;                 /* set and frozenset together */
    rc_number tuple_free;               /* of each length */
    rc_number tuple_free_longest;       /* lengths 1 to this are kept */
    rc_number tuple_free_longest_served;        /* lengths 1 to this are served again */

    /* strings and caches */
    rc_number characters;               /* code points below this have one str each */
    rc_number characters_eager;         /* they are made at start-up */
    rc_number characters_interned;      /* they, and the empty str, are the interned ones too */
    rc_number interned_immortal;        /* sys.intern() and constants */
    rc_number names_immortal;           /* names of attributes */
    rc_number made_interned;            /* identifier-like strs made at run time are interned by themselves */
    rc_number empty_frozenset_shared;

    /* containers */
    rc_strategy_entry attributes;       /* where an instance keeps them */
    rc_strategy_entry tuple_hash;
    rc_strategy_entry set_hash;
    rc_number tuple_concat_shares;      /* t + () is t */
    rc_strategy_entry list_growth;
    rc_number list_exact_rounding;      /* an exact allocation is rounded up to a multiple of this */
    rc_number list_from_tuple_exact;    /* list(x) allocates exactly, not by growth */
    rc_number list_extend_exact;        /* so does extending a list that has no room at all */
    rc_number list_hashed_by_growth;    /* but the items of a dict or set are taken by growth again */
    rc_number list_pop_clears;          /* popping the only item gives the room back, always */
    rc_number list_delete_keeps;        /* `del l[i]` keeps the room */
    rc_strategy_entry dict_growth;
    rc_number dict_walk_counts;         /* a walk raises when it meets more keys than there were at its start */
    rc_number dict_display_table;       /* an empty display has a table of 8 slots at once */
    rc_number dict_presized_pairs;      /* a display of more pairs grows as it is filled; 0: none does */
    rc_number dict_key_first;           /* the collector visits the key, then the value */
    rc_number dict_str_keys_skipped;    /* and no keys where all are str */
    rc_strategy_entry set_growth;

    /* sizes for sys.getsizeof, in bytes */
    rc_number gc_head_size;
    rc_number tuple_head_size;
    rc_number list_head_size;
    rc_number dict_head_size;
    rc_number dict_table_head_size;
    rc_number dict_str_table_head_size; /* of a table whose keys are all str */
    rc_number dict_str_entry_size;      /* of an entry of such a table */
    rc_number set_head_size;
    rc_number str_head_size;            /* of an ASCII str, without its text */
    rc_number str_wide_head_size;       /* of any other */
    rc_number str_wide_character_size;  /* in such a str; 0: as its widest needs */
    rc_number int_zero_size;
    rc_number int_digit_size;           /* for each 30 bits of any other int */
    rc_number instance_size;            /* without the gc head */
    rc_number weakref_size;             /* without the gc head */
    rc_number trace_refs;               /* 1: getsizeof is that of a trace-refs build: 16 bytes more
                                           while the refchain is linked */
};

typedef enum rc_profile_field_kind {
    RC_PROFILE_NUMBER, RC_PROFILE_YES_NO, RC_PROFILE_NUMBERS, RC_PROFILE_STRATEGY
} rc_profile_field_kind;

/* What is known of a field: a table of them describes the structure above.  This table,
 * the profiles and all that they point to are constants of the library. */
typedef struct rc_profile_field {
    const char *name;                   /* "float_free" */
    const char *unit;                   /* "objects" */
    const char *help;                   /* a sentence */
    rc_profile_field_kind kind;
    size_t offset;                      /* in rc_profile */
    int64_t least, greatest;            /* of a number */
    const rc_strategy *const *choices;  /* of a strategy; ends in NULL */
} rc_profile_field;

/* The fields in the order of the structure; *count receives how many. */
RC_API const rc_profile_field *rc_profile_fields(size_t *count);

/* The field called `name`, or NULL. */
RC_API const rc_profile_field *rc_profile_find_field(const char *name);

/* The i-th profile, from 0, oldest release first; NULL after the last. */
RC_API const rc_profile *rc_profile_at(size_t i);

/* The profile called `name`, or NULL. */
RC_API const rc_profile *rc_profile_find(const char *name);

/* The default: 3.8. */
RC_API const rc_profile *rc_profile_default(void);

/* What stands in a field of a profile: its numbers (RC_GENERATIONS of them for
 * RC_PROFILE_NUMBERS, else one), its strategy, its source.  Numbers and source lie in the
 * profile; a field of the other sort has NULL for its numbers or its strategy. */
RC_API const int64_t *rc_profile_numbers(const rc_profile *profile, const rc_profile_field *field);
RC_API const rc_strategy *rc_profile_strategy(const rc_profile *profile, const rc_profile_field *field);
RC_API const char *rc_profile_source(const rc_profile *profile, const rc_profile_field *field);

/* Set a field of a profile of one's own (a copy), its source becomes "yours".
 * They return NULL, or a static sentence that says what is wrong: out of range,
 * not a number field, no strategy of that name. */
RC_API const char *rc_profile_set_numbers(rc_profile *own, const rc_profile_field *field,
                                          const int64_t *values, size_t count);
RC_API const char *rc_profile_set_strategy(rc_profile *own, const rc_profile_field *field,
                                           const char *name);

#endif
