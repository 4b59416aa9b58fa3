/* dict, as other modules see it. */
#ifndef HEAP_DICT_H
#define HEAP_DICT_H

#include <refchain/dict.h>
#include "state.h"

/* A dict's table: the picture is in dict.c. */
typedef struct dict_entry {
    int64_t hash;
    rc_object *key, *value;             /* one reference each; both NULL: a hole */
} dict_entry;

typedef struct dict_table {
    uint32_t usable;                    /* entries that may still be added */
    uint32_t entries;                   /* in use, holes included */
    uint32_t room;                      /* entries that memory is there for */
    uint8_t log2;                       /* of the number of slots */
    bool all_str;                       /* never had a key that is no str */
    bool in_table;                      /* an entry has the number of its slot */
    uint64_t slots[];                   /* words of 1 or 4 bytes: dict.c; then the entries */
} dict_table;

static inline size_t slot_count(uint32_t log2)
{
    return (size_t)1 << log2;
}

static inline bool has_wide_slots(uint32_t log2)
{
    return log2 >= 8;
}

static inline size_t slots_bytes(uint32_t log2)
{
    return slot_count(log2) * (has_wide_slots(log2) ? 4 : 1);
}

static inline dict_entry *entries_of(const dict_table *table)
{
    return (dict_entry *)((char *)table->slots + slots_bytes(table->log2));
}

/* A new dict as a display makes it, with one pair, where that is quick; or NULL: nothing has been
 * done.  The key is interned.  (For an instance's first attribute: 35 instructions less.) */
rc_object *dict_of_one_quietly(rc_heap *heap, rc_str *key, rc_object *value);

/* Untrack a tracked dict if none of its keys and values may be tracked. */
void dict_maybe_untrack(rc_heap *heap, rc_object *dict);

/* Whether the keys are shown; those of a dict of strings are left out. */
static inline bool dict_visits_keys(const rc_heap *heap, const rc_object *self)
{
    const dict_table *table = ((const rc_dict *)self)->table;
    return !table || !table->all_str || !heap->profile.dict_str_keys_skipped.value;
}

/* In order; from 3.6 on the value, then the key.  What shows must not change the dict. */
static inline void dict_visit(rc_heap *heap, rc_object *self, visit_function show, void *context)
{
    const dict_table *table = ((rc_dict *)self)->table;
    bool key_first = heap->profile.dict_key_first.value;

    if (!table)
        return;
    const dict_entry *entry = entries_of(table), *end = entry + table->entries;
    if (!dict_visits_keys(heap, self)) {
        for (; entry < end; entry++)
            if (entry->value)
                show(heap, entry->value, context);
        return;
    }
    for (; entry < end; entry++) {
        if (!entry->key)
            continue;
        show(heap, key_first ? entry->key : entry->value, context);
        show(heap, key_first ? entry->value : entry->key, context);
    }
}

#endif
