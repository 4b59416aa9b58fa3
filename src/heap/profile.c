/* Profiles: the table that describes rc_profile, and reading and setting its fields.
 * The releases themselves are in profiles.c. */
#include <string.h>

#include "profiles.h"
#include "strategy.h"

/* --------------------------------------------------------- the choices there are -- */

#define CHOICES(name, ...)                                                     \
    static const rc_strategy *const name##_choices[] = { __VA_ARGS__, NULL }

CHOICES(counter, &counter_allocations.about, &counter_members.about);
CHOICES(trigger, &trigger_at_once.about, &trigger_deferred.about);
CHOICES(finalizers, &finalizers_safe.about, &finalizers_legacy.about);
CHOICES(resurrection, &resurrection_none.about, &resurrection_whole_batch.about,
        &resurrection_partial.about);
CHOICES(tuple_untracking, &untracking_never.about, &untracking_as_met.about,
        &untracking_after.about);
CHOICES(clears_free_lists, &clearing_none.about, &clearing_numbers_and_tuples.about,
        &clearing_all.about);
CHOICES(trashcan, &trashcan_50.about, &trashcan_50_instances.about, &trashcan_none.about);
CHOICES(attributes, &attributes_in_dict.about, &attributes_inline.about);
CHOICES(number_hash, &number_hash_plain.about, &number_hash_modulo.about);
CHOICES(set_hash, &set_hash_classic.about, &set_hash_shuffled.about);
CHOICES(tuple_hash, &tuple_hash_classic.about, &tuple_hash_xx.about);
CHOICES(list_growth, &list_growth_eighth.about, &list_growth_eighth_of_four.about);
CHOICES(dict_growth, &dict_growth_quadruple.about, &dict_growth_double.about,
        &dict_growth_triple.about, &dict_growth_triple_rounded.about);
CHOICES(set_growth, &set_growth_two_thirds_of_all.about, &set_growth_two_thirds.about,
        &set_growth_three_fifths.about, &set_growth_three_fifths_fresh.about);
CHOICES(wording, &wording_2_7.about, &wording_3_6.about, &wording_3_7.about, &wording_3_8.about,
        &wording_3_9.about, &wording_3_10.about, &wording_3_11.about, &wording_3_13.about,
        &wording_3_14.about);

const trashcan_strategy trashcan_50 = {
    { "50 levels", "the 51st container nested in dying ones is put aside until the outermost "
                   "is gone; those put aside last are released first" },
    50, false
};
const trashcan_strategy trashcan_50_instances = {
    { "50 levels, instances twice", "as 50 levels, but an instance is put aside one level "
                                    "earlier and never empties the trash" },
    50, true
};
const trashcan_strategy trashcan_none = {
    { "none", "nested containers are released in the order of plain recursion" }, 0, false
};

/* ------------------------------------------------------------------- the fields -- */

#define AT(name) #name, .offset = offsetof(rc_profile, name)
#define NUMBER(name, unit_, low, high, help_)                                  \
    { AT(name), .unit = unit_, .help = help_, .kind = RC_PROFILE_NUMBER,       \
      .least = low, .greatest = high }
#define YES_NO(name, help_)                                                    \
    { AT(name), .unit = "yes or no", .help = help_, .kind = RC_PROFILE_YES_NO, \
      .least = 0, .greatest = 1 }
#define STRATEGY(name, help_)                                                  \
    { AT(name), .unit = "strategy", .help = help_, .kind = RC_PROFILE_STRATEGY, \
      .choices = name##_choices }

#define LEAST_SIZE 16                   /* bytes: a count and a type */

static const rc_profile_field fields[] = {
    { AT(thresholds), .unit = "allocations, collections, collections",
      .help = "a generation is collected when its counter exceeds its threshold",
      .kind = RC_PROFILE_NUMBERS, .least = INT32_MIN, .greatest = INT32_MAX },
    YES_NO(threshold_reached, "a counter that has come to its threshold has passed it; else it must "
                              "be above"),
    STRATEGY(counter, "what generation 0's counter counts"),
    STRATEGY(trigger, "when an automatic collection runs"),
    STRATEGY(finalizers, "what a collection does with garbage that has finalizers"),
    STRATEGY(resurrection, "what a finalizer that keeps its object saves with it"),
    YES_NO(counts_resurrected, "a collection's result counts what finalizers have saved"),
    STRATEGY(tuple_untracking, "when a collection stops tracking tuples of atoms"),
    YES_NO(tuple_born_untracked, "a tuple made by a display or of a list is not tracked if it holds "
                                 "no container"),
    YES_NO(frozenset_untracking, "a frozenset made of atoms is not tracked"),
    YES_NO(dict_untracking, "a dict of atoms is untracked until it holds a container, and again "
                            "after a full collection"),
    NUMBER(quarter_rule, "part", 0, 1000000,
           "a full collection waits until the objects that have become old since the last one "
           "are at least this part of those it left; 0: it never waits"),
    YES_NO(trash_clears_weakrefs, "a weak reference that is garbage itself is cleared even if its "
                                  "referent lives"),
    YES_NO(plain_weakrefs_wait, "the weak references to garbage that have no callback are cleared "
                                "after its finalizers, not before"),
    YES_NO(final_trash_clears_weakrefs, "those that finalizers have made to the final trash are "
                                        "cleared, without a callback, before it is broken up"),
    NUMBER(weakref_tuple_from, "callbacks", 0, 1000,
           "from so many weak references with callbacks on, an object that dies by count allocates "
           "a tuple for them; 0: never"),
    STRATEGY(clears_free_lists, "which free lists a full collection empties"),
    STRATEGY(trashcan, "in which order deeply nested containers are released"),
    STRATEGY(wording, "how errors and reports are worded"),
    YES_NO(has_stats, "gc.get_stats and gc.callbacks exist"),
    YES_NO(has_freeze, "gc.freeze, gc.unfreeze and gc.get_freeze_count exist"),
    YES_NO(has_generation_objects, "gc.get_objects takes a generation"),
    YES_NO(has_is_finalized, "gc.is_finalized exists"),
    YES_NO(debug_kinds, "gc.DEBUG_INSTANCES and gc.DEBUG_OBJECTS exist, and gc.DEBUG_COLLECTABLE shows "
                        "only with DEBUG_OBJECTS"),
    YES_NO(thresholds_at_once, "gc.set_threshold sets nothing if one of its arguments is wrong; else it has "
                               "set those before it"),
    YES_NO(timed_collections, "gc.get_stats and the callbacks tell candidates and duration, too"),
    YES_NO(refchain_is_table, "the release keeps its refchain in a hash table (here it stays linked): "
                              "sys.getobjects(-1) gives all objects, not none"),
    YES_NO(refchain_has_pools, "sys.getobjects gives the small ints, the characters, '' and () too"),
    YES_NO(frame_names_lent, "sys.getrefcount counts no reference of its argument's own where that is "
                             "a name of the running frame"),
    YES_NO(has_recursion_error, "too deep a recursion is a RecursionError, not a RuntimeError"),
    NUMBER(small_int_least, "value", -1000000, 0, "the least int that is pooled"),
    NUMBER(small_int_greatest, "value", 0, 1000000, "the greatest int that is pooled"),
    NUMBER(pool_refcount_base, "references", 0, 1000000000,
           "what the count of a pooled int, a cached character, '' or () shows above the real one"),
    NUMBER(immortal_refcount, "references", 0, UINT32_MAX,
           "what the count of an immortal object shows; 0: none is immortal"),
    STRATEGY(number_hash, "how numbers hash"),
    NUMBER(none_hash, "hash", 0, INT64_MAX, "hash(None); 0: by address"),
    YES_NO(nan_hash_by_address, "each nan hashes by its address, not to 0"),
    NUMBER(int_free, "objects", -1, 1000000, "dead ints that are kept for the next; -1: no limit"),
    NUMBER(int_free_below, "value", 0, INT64_MAX,
           "only ints whose magnitude is less are kept, and made of kept ones; 0: all"),
    NUMBER(float_free, "objects", -1, 1000000,
           "dead floats that are kept for the next; -1: no limit"),
    NUMBER(list_free, "objects", -1, 1000000,
           "dead list heads that are kept for the next; -1: no limit"),
    NUMBER(dict_free, "objects", -1, 1000000,
           "dead dict heads that are kept for the next; -1: no limit"),
    NUMBER(set_free, "objects", -1, 1000000,
           "dead sets and frozensets that are kept for the next; -1: no limit"),
    NUMBER(tuple_free, "objects", -1, 1000000,
           "dead tuples of each length that are kept; -1: no limit"),
    NUMBER(tuple_free_longest, "items", 0, 20, "the longest tuples that are kept"),
    NUMBER(tuple_free_longest_served, "items", 0, 20,
           "the longest tuples that are made of kept ones; longer ones only pile up"),
    NUMBER(characters, "code points", 0, 256, "characters below this have one str each"),
    YES_NO(characters_eager, "they are made at the start, not at their first use"),
    YES_NO(characters_interned, "they are interned, and so is the empty str"),
    YES_NO(interned_immortal, "an interned str never dies"),
    YES_NO(names_immortal, "the name of an attribute never dies"),
    YES_NO(made_interned, "a str of letters, digits and _ made at run time is interned by itself"),
    YES_NO(empty_frozenset_shared, "there is one empty frozenset"),
    STRATEGY(attributes, "where an instance keeps its attributes"),
    STRATEGY(tuple_hash, "how a tuple's hash is made of its items'"),
    STRATEGY(set_hash, "how a frozenset's hash is made of its elements'"),
    YES_NO(tuple_concat_shares, "t + () is t itself"),
    STRATEGY(list_growth, "how much room a growing list takes"),
    NUMBER(list_exact_rounding, "items", 1, 2, "exact room is rounded up to a multiple of this"),
    YES_NO(list_from_tuple_exact, "list(tuple) takes exact room"),
    YES_NO(list_extend_exact, "so does extending a list that has no room at all"),
    YES_NO(list_hashed_by_growth, "but the items of a dict or set are taken by growth"),
    YES_NO(list_pop_clears, "popping the only item gives the room back"),
    YES_NO(list_delete_keeps, "`del l[i]` keeps the room"),
    STRATEGY(dict_growth, "how large a dict's next table is"),
    YES_NO(dict_walk_counts, "a walk over a dict raises when keys were replaced meanwhile, though "
                             "their number is the same"),
    YES_NO(dict_display_table, "the display {} has a table of 8 slots at once"),
    NUMBER(dict_presized_pairs, "pairs", 0, INT32_MAX,
           "a display of more pairs has no table for all of them at once, but grows; 0: none does"),
    YES_NO(dict_key_first, "the collector visits a dict's keys before their values"),
    YES_NO(dict_str_keys_skipped, "it visits no keys while all of them are str"),
    STRATEGY(set_growth, "when a set grows, and how much"),
    NUMBER(gc_head_size, "bytes", 0, 64, "what the collector keeps in front of a container"),
    NUMBER(tuple_head_size, "bytes", LEAST_SIZE, 1024, "a tuple without its items"),
    NUMBER(list_head_size, "bytes", LEAST_SIZE, 1024, "a list without its items"),
    NUMBER(dict_head_size, "bytes", LEAST_SIZE, 1024, "a dict without its table"),
    NUMBER(dict_table_head_size, "bytes", 0, 1024, "a dict's table without slots and entries"),
    NUMBER(dict_str_table_head_size, "bytes", 0, 1024, "the same where all keys are str; 0: no difference"),
    NUMBER(dict_str_entry_size, "bytes", 0, 1024, "an entry of such a table; 0: no difference"),
    NUMBER(set_head_size, "bytes", LEAST_SIZE, 1024, "a set, with its first 8 entries"),
    NUMBER(str_head_size, "bytes", LEAST_SIZE, 1024, "an ASCII str without its text"),
    NUMBER(str_wide_head_size, "bytes", LEAST_SIZE, 1024, "any other str without its text"),
    NUMBER(str_wide_character_size, "bytes", 0, 4, "a character of such a str; 0: 1, 2 or 4"),
    NUMBER(int_zero_size, "bytes", LEAST_SIZE, 1024, "the int 0"),
    NUMBER(int_digit_size, "bytes", 0, 8, "what each 30 bits of any other int take beyond 24"),
    NUMBER(instance_size, "bytes", LEAST_SIZE, 1024, "an instance without gc head and attributes"),
    NUMBER(weakref_size, "bytes", 0, 1024, "a weak reference without gc head"),
    YES_NO(trace_refs, "sizes are those of a trace-refs build: 16 bytes more each, where it links its "
                      "objects"),
};

#define FIELDS (sizeof fields / sizeof fields[0])

const rc_profile_field *rc_profile_fields(size_t *count)
{
    *count = FIELDS;
    return fields;
}

const rc_profile_field *rc_profile_find_field(const char *name)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

/* ------------------------------------------------------------------- the profiles -- */

const rc_profile *rc_profile_at(size_t i)
{
    for (size_t at = 0; profiles[at]; at++)
        if (at == i)
            return profiles[at];
    return NULL;
}

const rc_profile *rc_profile_find(const char *name)
{
    for (size_t i = 0; profiles[i]; i++)
        if (strcmp(profiles[i]->name, name) == 0)
            return profiles[i];
    return NULL;
}

const rc_profile *rc_profile_default(void)
{
    return &profile_default;
}

/* --------------------------------------------------------------- reading, setting -- */

static void *at(const rc_profile *profile, const rc_profile_field *field)
{
    return (char *)profile + field->offset;
}

const int64_t *rc_profile_numbers(const rc_profile *profile, const rc_profile_field *field)
{
    switch (field->kind) {
    case RC_PROFILE_NUMBER:
    case RC_PROFILE_YES_NO:
        return &((rc_number *)at(profile, field))->value;
    case RC_PROFILE_NUMBERS:
        return ((rc_numbers *)at(profile, field))->value;
    default:
        return NULL;
    }
}

const rc_strategy *rc_profile_strategy(const rc_profile *profile, const rc_profile_field *field)
{
    return field->kind == RC_PROFILE_STRATEGY ? ((rc_strategy_entry *)at(profile, field))->value
                                              : NULL;
}

static const char **source_of(const rc_profile *profile, const rc_profile_field *field)
{
    switch (field->kind) {
    case RC_PROFILE_NUMBERS:
        return &((rc_numbers *)at(profile, field))->source;
    case RC_PROFILE_STRATEGY:
        return &((rc_strategy_entry *)at(profile, field))->source;
    default:
        return &((rc_number *)at(profile, field))->source;
    }
}

const char *rc_profile_source(const rc_profile *profile, const rc_profile_field *field)
{
    return *source_of(profile, field);
}

const char *rc_profile_set_numbers(rc_profile *own, const rc_profile_field *field,
                                   const int64_t *values, size_t count)
{
    size_t wanted = field->kind == RC_PROFILE_NUMBERS ? RC_GENERATIONS : 1;

    if (field->kind == RC_PROFILE_STRATEGY)
        return "it takes the name of a strategy";
    if (count != wanted)
        return wanted == 1 ? "it takes one number" : "it takes three numbers";
    for (size_t i = 0; i < count; i++)
        if (values[i] < field->least || values[i] > field->greatest)
            return "the number is out of range";
    memcpy((int64_t *)rc_profile_numbers(own, field), values, count * sizeof *values);
    *source_of(own, field) = "yours";
    return NULL;
}

const char *rc_profile_set_strategy(rc_profile *own, const rc_profile_field *field,
                                    const char *name)
{
    if (field->kind != RC_PROFILE_STRATEGY)
        return "it takes a number";
    for (size_t i = 0; field->choices[i]; i++)
        if (strcmp(field->choices[i]->name, name) == 0) {
            ((rc_strategy_entry *)at(own, field))->value = field->choices[i];
            *source_of(own, field) = "yours";
            return NULL;
        }
    return "there is no strategy of that name";
}
