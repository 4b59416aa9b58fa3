/* A dict's hash table: compact, in order of insertion.
 *
 *      table                    indexes, one a slot           entries, in order
 *     +--------+---------+---+ +--+--+--+--+--+--+--+--+ +----------------+------+----
 *     | usable | entries | … | | 1|  |  | 0|  | d|  |  | | hash key value | hash | …
 *     +--------+---------+---+ +--+--+--+--+--+--+--+--+ +----------------+------+----
 *
 * A slot's index leads to an entry; it may be empty or that of a deleted entry (d).  In
 * larger tables bits of the key's hash lie beside it.
 * A deletion leaves a hole among the entries.  At most two thirds of the slots may
 * ever be used: when they are, deleted ones included, a new table is made, whose size
 * the profile tells, and the holes are gone.  sys.getsizeof shows what a release
 * would have allocated; a table of 8 slots begins with fewer entries than that.
 *
 * In 2.7 the entries lay in the slots themselves, and their order was that of the slots.
 * In such a table there are as many entries as slots, and the one that a slot leads to
 * has the slot's number; most of the code need not know.
 *
 * A table counts no references, tracks nothing and tells nobody: that is dict.c's.  Here
 * stands what has to be inlined there, and into the collector's walk; the rest is in
 * dict_table.c.  Start reading at seek. */
#ifndef HEAP_DICT_TABLE_H
#define HEAP_DICT_TABLE_H

#include "memory.h"

#define SMALLEST_LOG2 3
#define SMALLEST_USABLE ((2 << SMALLEST_LOG2) / 3)

/* what a slot may have instead of an entry's number */
#define EMPTY (-1)
#define DELETED (-2)
#define NOWHERE SIZE_MAX                /* no slot */

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
    uint64_t slots[];                   /* words of 1 or 4 bytes; then the entries */
} dict_table;

static inline const dict_growth_strategy *growth(const rc_heap *heap)
{
    return (const dict_growth_strategy *)heap->profile.dict_growth.value;
}

static inline bool is_str(const rc_object *object)
{
    return rc_is(object, &rc_str_type);
}

/* ----------------------------------------------------------- slots and entries -- */

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

static inline size_t table_bytes(uint32_t log2, uint32_t room)
{
    return sizeof(dict_table) + slots_bytes(log2) + room * sizeof(dict_entry);
}

static inline dict_entry *entries_of(const dict_table *table)
{
    return (dict_entry *)((char *)table->slots + slots_bytes(table->log2));
}

/* What is in a slot of a table of 2^log2 slots: EMPTY, DELETED or, not negative, an index.  In 4
 * bytes that leaves bits unused: they are the highest of the key's hash, so that hardly any
 * entry need be looked at for a key that it has not: a cache miss less.  (1e6 str keys: an
 * insertion takes 260 ns instead of 290, a get 120 instead of 142.) */
static inline int32_t word_in(const uint64_t *slots, uint32_t log2, size_t slot)
{
    return has_wide_slots(log2) ? ((const int32_t *)slots)[slot] : ((const int8_t *)slots)[slot];
}

static inline void put_word_in(uint64_t *slots, uint32_t log2, size_t slot, int32_t word)
{
    if (has_wide_slots(log2))
        ((int32_t *)slots)[slot] = word;
    else
        ((int8_t *)slots)[slot] = (int8_t)word;
}

static inline uint32_t hash_bits(int64_t hash)
{
    return (uint32_t)((uint64_t)hash >> 33);
}

/* The word that leads to entry `index`, which has this hash. */
static inline int32_t word_for(uint32_t log2, uint32_t index, int64_t hash)
{
    uint32_t unused = has_wide_slots(log2) ? -(uint32_t)slot_count(log2) : 0;
    return (int32_t)(index | (hash_bits(hash) & unused));
}

/* The index in a word that is neither EMPTY nor DELETED. */
static inline uint32_t index_in(uint32_t log2, int32_t word)
{
    return (uint32_t)word & (has_wide_slots(log2) ? (uint32_t)slot_count(log2) - 1 : UINT32_MAX);
}

static inline int32_t get_word(const dict_table *table, size_t slot)
{
    return word_in(table->slots, table->log2, slot);
}

static inline void put_word(dict_table *table, size_t slot, int32_t word)
{
    put_word_in(table->slots, table->log2, slot, word);
}

static inline void free_table(rc_heap *heap, dict_table *table)
{
    if (table)
        block_free(heap, table, table_bytes(table->log2, table->room));
}

/* --------------------------------------------------------------------- search -- */

/* A probe of the slots that belong to a hash: CPython's, although only the order of
 * entries in their table shows it. */
typedef struct probe {
    size_t mask, slot;
    uint64_t perturb;
    bool shifts_late;
} probe;

static inline probe probe_from(size_t mask, int64_t hash, bool shifts_late)
{
    return (probe) { mask, (size_t)hash & mask, (uint64_t)hash, shifts_late };
}

static inline probe probe_start(const dict_table *table, int64_t hash)
{
    return probe_from(slot_count(table->log2) - 1, hash, table->in_table);
}

static inline void probe_next(probe *at)
{
    if (RC_LIKELY(!at->shifts_late))
        at->perturb >>= 5;
    at->slot = (at->slot * 5 + (size_t)at->perturb + 1) & at->mask;
    if (RC_UNLIKELY(at->shifts_late))
        at->perturb >>= 5;
}

static inline bool same_int(const rc_object *a, const rc_object *b)
{
    return rc_is(a, &rc_int_type) && rc_is(b, &rc_int_type)
           && ((const rc_int *)a)->value == ((const rc_int *)b)->value;
}

/* The entry with this key, if that is the very object or an int, as most are; or NULL: there is
 * none, and *slot is where it would go; or that is NOWHERE: table_find.  A function that
 * does no more than this is a leaf: 40 instructions less. */
static inline dict_entry *seek(const dict_table *table, const rc_object *key, int64_t hash,
                               size_t *slot)
{
    dict_entry *entries = entries_of(table);
    size_t first_free = NOWHERE;

    *slot = NOWHERE;
    if (RC_UNLIKELY(table->in_table))
        return NULL;
    for (probe at = probe_start(table, hash); ; probe_next(&at)) {
        int32_t word = get_word(table, at.slot);
        if (word < 0) {
            if (first_free == NOWHERE)
                first_free = at.slot;
            if (word == DELETED)
                continue;
            *slot = first_free;
            return NULL;
        }
        if (has_wide_slots(table->log2) && ((uint32_t)word ^ hash_bits(hash)) > at.mask)
            continue;                   /* of another hash */
        dict_entry *entry = &entries[index_in(table->log2, word)];
        if (entry->key == key)
            return entry;
        if (entry->hash == hash)
            return same_int(entry->key, key) ? entry : NULL;
    }
}

/* Put in an entry where `seek` says; the table has room. */
static inline void enter_at(dict_table *table, size_t slot, const dict_entry *entry)
{
    uint32_t index = table->entries++;

    table->usable--;
    put_word(table, slot, word_for(table->log2, index, entry->hash));
    entries_of(table)[index] = *entry;
}

/* table_find where keys have to be compared. */
bool table_find_comparing(rc_heap *heap, const dict_table *table, rc_object *key, int64_t hash,
                          int64_t *index);

/* The number of the entry with an equal key into *index, or EMPTY; `table` may be NULL.
 * Comparing runs no user code: the table stays as it is.  Fails: RecursionError. */
static inline bool table_find(rc_heap *heap, dict_table *table, rc_object *key, int64_t hash,
                              int64_t *index)
{
    *index = EMPTY;
    if (!table)
        return true;
    if (table->all_str && !is_str(key) && growth(heap)->lookup_generalizes)
        table->all_str = false;
    size_t slot;
    const dict_entry *entry = seek(table, key, hash, &slot);
    if (entry)
        *index = entry - entries_of(table);
    return entry || slot != NOWHERE || table_find_comparing(heap, table, key, hash, index);
}

/* ------------------------------------------------------------- the first table -- */

/* Most dicts that are made get a table of 8 slots, with room for three entries, and need
 * no other.  With all sizes known it takes 100 instructions less to make and fill one. */
#define FIRST_ROOM 3
#define FIRST_BYTES table_bytes(SMALLEST_LOG2, FIRST_ROOM)

static inline dict_entry *first_entries(dict_table *table)
{
    return (dict_entry *)((char *)table->slots + slots_bytes(SMALLEST_LOG2));
}

/* Memory for one where that is quick, or NULL: block_new. */
static inline dict_table *first_table_at_hand(rc_heap *heap)
{
    bool fresh;
    return memory_new_at_hand(heap, &heap->memory.blocks, FIRST_BYTES, &fresh);
}

/* In such memory, a table with one entry, which is not to lie in a slot. */
static inline void fill_first_table(dict_table *table, const dict_entry *entry)
{
    *table = (dict_table) {
        .usable = SMALLEST_USABLE - 1, .entries = 1, .room = FIRST_ROOM,
        .log2 = SMALLEST_LOG2, .all_str = is_str(entry->key),
    };
    table->slots[0] = UINT64_MAX;       /* EMPTY */
    ((int8_t *)table->slots)[(size_t)entry->hash & (slot_count(SMALLEST_LOG2) - 1)] = 0;
    *first_entries(table) = *entry;
}

/* Give its memory back where that is quick; or false: free_table. */
static inline bool first_table_kept(rc_heap *heap, dict_table *table)
{
    return memory_keep(heap, &heap->memory.blocks, table, FIRST_BYTES);
}

/* ------------------------------------------------------------------- the walk -- */

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

/* --------------------------------------------------------------------- change -- */

/* Put an entry, whose key is not there, into the dict's table, which grows if it must or is made;
 * `used` is as before.  Fails: MemoryError; the table is then as it was. */
RC_CHECKED bool table_enter(rc_heap *heap, rc_dict *dict, const dict_entry *entry);

/* Take an entry out; its two references pass to whoever calls. */
dict_entry table_take_out(dict_table *table, uint32_t index);

/* The same for the one that popitem takes; there is one. */
dict_entry table_take_popped(dict_table *table);

/* Give an empty dict the smallest table. */
RC_CHECKED bool table_make_smallest(rc_heap *heap, rc_dict *dict);

/* Make room for the pairs of a display, keys and values by turns, that are too many for the
 * smallest table. */
RC_CHECKED bool table_presize(rc_heap *heap, rc_dict *dict, rc_object *const *pairs, size_t count);

/* Make room for all pairs of another dict, expecting few common keys. */
RC_CHECKED bool table_make_room_for(rc_heap *heap, rc_dict *dict, const rc_dict *other);

/* Whether a table with so many keys has no holes and no more slots than it needs. */
bool table_is_tight(const dict_table *table, size_t used);

/* sys.getsizeof of a dict with this table, or NULL: what the release would have allocated. */
size_t table_sizeof_dict(const rc_heap *heap, const dict_table *table);

#endif
