/* dict: a compact, insertion-ordered hash table.
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
 * Start reading at lookup and store. */
#include "dict.h"

#include <string.h>

#include "bulk.h"
#include "compare.h"
#include "hash.h"
#include "iterate.h"
#include "object.h"
#include "repr.h"

#define SMALLEST_LOG2 3
#define LARGEST_LOG2 31
#define LARGEST_PRESIZED_LOG2 17        /* as CPython: a display presizes no further */
#define MANY_PAIRS 50000                /* above this 2.7's dicts only double */
#define FIRST_ROOM 3                    /* entries that a smallest table begins with */
#define FIRST_BYTES table_bytes(SMALLEST_LOG2, FIRST_ROOM)

/* what a slot may have instead of an entry's number */
#define EMPTY (-1)
#define DELETED (-2)
#define NOWHERE SIZE_MAX                /* no slot */

static rc_dict *as_dict(const rc_object *object)
{
    return (rc_dict *)object;
}

static const dict_growth_strategy *growth(const rc_heap *heap)
{
    return (const dict_growth_strategy *)heap->profile.dict_growth.value;
}

/* -------------------------------------------------------------------- tables -- */

static uint32_t usable_entries(uint32_t log2)
{
    return (uint32_t)((slot_count(log2) << 1) / 3);
}

static size_t table_bytes(uint32_t log2, uint32_t room)
{
    return sizeof(dict_table) + slots_bytes(log2) + room * sizeof(dict_entry);
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

/* An empty table of 2^log2 slots with memory for `room` entries. */
static inline dict_table *make_table(rc_heap *heap, uint32_t log2, uint32_t room, bool all_str,
                                     bool in_table)
{
    dict_table *table = block_new(heap, table_bytes(log2, room));

    if (RC_LIKELY(table)) {
        table->usable = usable_entries(log2);
        table->entries = in_table ? room : 0;
        table->room = room;
        table->log2 = (uint8_t)log2;
        table->all_str = all_str;
        table->in_table = in_table;
        memset(table->slots, 0xff, slots_bytes(log2));          /* EMPTY */
        if (in_table)
            memset(entries_of(table), 0, room * sizeof(dict_entry));
    }
    return table;
}

/* An empty table that has room for `pairs` at least, which its slots must allow. */
static dict_table *new_table(rc_heap *heap, uint32_t log2, size_t pairs, bool all_str)
{
    bool in_table = growth(heap)->in_table;
    uint32_t room = in_table ? (uint32_t)slot_count(log2)
                    : pairs <= FIRST_ROOM && log2 == SMALLEST_LOG2 ? FIRST_ROOM
                                                                   : usable_entries(log2);

    if (log2 > LARGEST_LOG2)
        return rc_raise_null(heap, RC_MEMORY_ERROR, "a dict of more than 2^%d slots",
                             LARGEST_LOG2);
    return make_table(heap, log2, room, all_str, in_table);
}

/* Where the entries of a table with FIRST_ROOM lie. */
static inline dict_entry *first_entries(dict_table *table)
{
    return (dict_entry *)((char *)table->slots + slots_bytes(SMALLEST_LOG2));
}

static inline void free_table(rc_heap *heap, dict_table *table)
{
    if (table)
        block_free(heap, table, table_bytes(table->log2, table->room));
}

/* A probe of the slots that belong to a hash: CPython's, although only the order of
 * entries in their table shows it. */
typedef struct probe {
    size_t mask, slot;
    uint64_t perturb;
    bool shifts_late;
} probe;

static inline probe probe_start(const dict_table *table, int64_t hash)
{
    size_t mask = slot_count(table->log2) - 1;
    return (probe){ mask, (size_t)hash & mask, (uint64_t)hash, table->in_table };
}

static inline void probe_next(probe *at)
{
    if (RC_LIKELY(!at->shifts_late))
        at->perturb >>= 5;
    at->slot = (at->slot * 5 + (size_t)at->perturb + 1) & at->mask;
    if (RC_UNLIKELY(at->shifts_late))
        at->perturb >>= 5;
}

/* Put in an entry whose key is not there; there is room for it. */
static void enter(dict_table *table, const dict_entry *entry)
{
    probe at = probe_start(table, entry->hash);
    int32_t word;

    while ((word = get_word(table, at.slot)) >= 0)
        probe_next(&at);
    if (!table->in_table || word == EMPTY)
        table->usable--;                /* in its table, a deleted entry is used again */
    uint32_t index = table->in_table ? (uint32_t)at.slot : table->entries++;
    put_word(table, at.slot, word_for(table->log2, index, entry->hash));
    entries_of(table)[index] = *entry;
}

/* The slot that leads to an entry. */
static size_t slot_leading_to(const dict_table *table, int64_t hash, uint32_t index)
{
    probe at = probe_start(table, hash);
    int32_t word = word_for(table->log2, index, hash);

    while (get_word(table, at.slot) != word)
        probe_next(&at);
    return at.slot;
}

/* Put all entries of a table into an empty one whose entries do not lie in the slots:
 * `enter`, with what stays the same read once. */
static void enter_all(dict_table *table, const dict_table *old)
{
    const dict_entry *from = entries_of(old), *end = from + old->entries;
    dict_entry *to = entries_of(table);
    uint32_t log2 = table->log2, count = 0;

    for (; from < end; from++) {
        if (!from->key)
            continue;
        probe at = probe_start(table, from->hash);
        while (word_in(table->slots, log2, at.slot) != EMPTY)
            probe_next(&at);
        put_word_in(table->slots, log2, at.slot, word_for(log2, count, from->hash));
        to[count++] = *from;
    }
    table->entries = count;
    table->usable -= count;
}

/* Put `table`, an empty one, in place of the dict's. */
static void move_to(rc_heap *heap, rc_dict *dict, dict_table *table)
{
    dict_table *old = dict->table;

    if (old && !table->in_table)
        enter_all(table, old);
    for (uint32_t i = 0; old && table->in_table && i < old->entries; i++) {
        const dict_entry *from = &entries_of(old)[i];
        if (from->key)
            enter(table, from);
    }
    dict->table = table;
    free_table(heap, old);
}

/* Put a table of 2^log2 slots, without holes, in place of the dict's; it has room for
 * one more entry. */
static bool resize(rc_heap *heap, rc_dict *dict, uint32_t log2, bool all_str)
{
    dict_table *table = new_table(heap, log2, dict->used + 1, all_str);

    if (table)
        move_to(heap, dict, table);
    return table != NULL;
}

/* A copy of a table as it is, holes included; the references belong to `holder`. */
static dict_table *clone(rc_heap *heap, const dict_table *table, const rc_object *holder)
{
    size_t bytes = table_bytes(table->log2, table->room);
    dict_table *copy = block_new(heap, bytes);

    if (!copy)
        return NULL;
    memcpy(copy, table, bytes);
    for (uint32_t i = 0; i < copy->entries; i++) {
        const dict_entry *entry = &entries_of(copy)[i];
        if (entry->key) {
            rc_hold(heap, entry->key, RC_FOR_KEY, holder);
            rc_hold(heap, entry->value, RC_FOR_VALUE, holder);
        }
    }
    return copy;
}

/* -------------------------------------------------------------------- growth -- */

static uint32_t bit_length(uint64_t n)
{
    return n ? 64 - (uint32_t)__builtin_clzll(n) : 0;
}

/* log2 of the smallest power of two that is not below `wanted`, from 8 on. */
static uint32_t power_at_least(size_t wanted)
{
    return wanted <= 8 ? SMALLEST_LOG2 : bit_length(wanted - 1);
}

/* The same as 3.10 computes it, which is sometimes one too many. */
static uint32_t rounded_at_least(size_t wanted)
{
    return bit_length(((wanted | 8) - 1) | 7);
}

/* After the pair that fills the table is in: its room counts what is used. */
static uint32_t quadruple(size_t used, uint32_t log2)
{
    (void)log2;
    return power_at_least((used + 1) * (used >= MANY_PAIRS ? 2 : 4) + 1);
}

static uint32_t double_and_half(size_t used, uint32_t log2)
{
    return power_at_least(used * 2 + slot_count(log2) / 2);
}

static uint32_t triple(size_t used, uint32_t log2)
{
    (void)log2;
    return power_at_least(used * 3);
}

static uint32_t triple_rounded(size_t used, uint32_t log2)
{
    (void)log2;
    return rounded_at_least(used * 3);
}

const dict_growth_strategy dict_growth_quadruple = {
    { "quadruple", "a full dict takes slots for four times its pairs, which lie in the slots: their "
                   "order is that of the keys' hashes (2.7)" },
    .slots = quadruple, .at_least = power_at_least, .in_table = true,
};

const dict_growth_strategy dict_growth_double = {
    { "double", "a full dict takes slots for twice its pairs and half its old slots (3.6)" },
    .slots = double_and_half, .at_least = power_at_least,
    .call_table = true, .lookup_generalizes = true,
};

const dict_growth_strategy dict_growth_triple = {
    { "triple", "a full dict takes slots for three times its pairs (3.7 to 3.9)" },
    .slots = triple, .at_least = power_at_least,
    .call_table = true, .copy_clones = true, .lookup_generalizes = true,
};

const dict_growth_strategy dict_growth_triple_rounded = {
    { "triple_rounded",
      "a full dict takes slots for three times its pairs, rounded up more (3.10 on)" },
    .slots = triple_rounded, .at_least = rounded_at_least,
    .copy_clones = true, .update_clones = true,
};

/* Slots (log2) for `pairs` of them that are to come all at once. */
static uint32_t presized(const rc_heap *heap, size_t pairs)
{
    return growth(heap)->at_least((pairs * 3 + 1) / 2);
}

static bool is_str(const rc_object *object)
{
    return rc_is(object, &rc_str_type);
}

/* Whether tables whose keys are all str have a layout of their own, so that another
 * key needs another table. */
static bool str_tables_differ(const rc_heap *heap)
{
    return heap->profile.dict_str_entry_size.value != 0;
}

/* Whether an entry of this hash would take a deleted one's place. */
static bool takes_deleted(const dict_table *table, int64_t hash)
{
    probe at = probe_start(table, hash);

    while (get_word(table, at.slot) >= 0)
        probe_next(&at);
    return get_word(table, at.slot) == DELETED;
}

/* Put in a pair where entries lie in their table, which grows only afterwards: it is
 * walked with the new pair in its place.  Holds nothing yet. */
static bool enter_in_table(rc_heap *heap, rc_dict *dict, const dict_entry *entry)
{
    dict_table *larger = NULL;

    if (!dict->table && !(dict->table = new_table(heap, SMALLEST_LOG2, 1, true)))
        return false;
    if (dict->table->usable == 0 && !takes_deleted(dict->table, entry->hash)) {
        larger = new_table(heap, growth(heap)->slots(dict->used, dict->table->log2),
                           dict->used + 1, dict->table->all_str);
        if (!larger)
            return false;
        dict->table->usable = 1;        /* a third of its slots is still free */
    }
    enter(dict->table, entry);
    if (larger)
        move_to(heap, dict, larger);
    return true;
}

/* Make room for one more entry, with `key`. */
static bool make_room(rc_heap *heap, rc_dict *dict, const rc_object *key)
{
    dict_table *table = dict->table;

    if (!table) {
        dict->table = new_table(heap, SMALLEST_LOG2, 1, is_str(key));
        return dict->table != NULL;
    }
    if (table->usable == 0 || (table->all_str && !is_str(key) && str_tables_differ(heap)))
        return resize(heap, dict, growth(heap)->slots(dict->used, table->log2),
                      table->all_str && is_str(key));
    if (table->entries < table->room)
        return true;

    uint32_t room = usable_entries(table->log2);
    table = block_resize(heap, table, table_bytes(table->log2, table->room),
                         table_bytes(table->log2, room));
    if (!table)
        return false;
    table->room = room;
    dict->table = table;
    return true;
}

/* ----------------------------------------------------------- look up and store -- */

/* The common cases of items_equal, for keys whose hashes are equal. */
static inline bool surely_equal(const rc_object *a, const rc_object *b)
{
    if (a == b)
        return true;
    if (a->type != b->type)
        return false;
    if (is_str(a)) {
        const rc_str *s = (const rc_str *)a, *t = (const rc_str *)b;
        return s->size == t->size && memcmp(s->text, t->text, s->size) == 0;
    }
    return rc_is(a, &rc_int_type) && ((const rc_int *)a)->value == ((const rc_int *)b)->value;
}

/* lookup where keys have to be compared. */
RC_OUT_OF_LINE static bool lookup_comparing(rc_heap *heap, const dict_table *table,
                                            rc_object *key, int64_t hash, int64_t *index)
{
    const dict_entry *entries = entries_of(table);

    for (probe at = probe_start(table, hash); ; probe_next(&at)) {
        int32_t word = get_word(table, at.slot);
        if (word == EMPTY) {
            *index = EMPTY;
            return true;
        }
        uint32_t i = index_in(table->log2, word);
        if (word == DELETED || entries[i].hash != hash)
            continue;
        bool equal = surely_equal(entries[i].key, key);
        if (!equal && !items_equal(heap, entries[i].key, key, &equal))
            return false;
        if (equal) {
            *index = i;
            return true;
        }
    }
}

static inline bool same_int(const rc_object *a, const rc_object *b)
{
    return rc_is(a, &rc_int_type) && rc_is(b, &rc_int_type)
           && ((const rc_int *)a)->value == ((const rc_int *)b)->value;
}

/* The entry with this key, if that is the very object or an int, as most are; or NULL: there is
 * none, and *slot is where it would go; or that is NOWHERE: lookup_comparing.  A function that
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

/* The number of the entry with an equal key into *index, or EMPTY.  Comparing runs no
 * user code: the table stays as it is.  Fails: RecursionError. */
static bool lookup(rc_heap *heap, dict_table *table, rc_object *key, int64_t hash,
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
    return entry || slot != NOWHERE || lookup_comparing(heap, table, key, hash, index);
}

/* The hash of a str that knows its own, or of an int, which is that but for -1 and large
 * ones; false: ask. */
static inline bool hash_at_once(const rc_object *key, int64_t *hash)
{
    if (is_str(key))
        *hash = ((const rc_str *)key)->hash;
    else if (rc_is(key, &rc_int_type) && magnitude(((const rc_int *)key)->value) < SMALL_HASH_LIMIT)
        *hash = ((const rc_int *)key)->value;
    else
        return false;
    return *hash != NO_HASH;
}

/* The hash of what is to be a key. */
static inline bool hash_key(rc_heap *heap, rc_object *key, int64_t *hash)
{
    if (hash_at_once(key, hash))
        return true;
    if (RC_LIKELY(rc_hash(heap, key, hash)))
        return true;
    say_unhashable(heap, key, RC_SAYS_NO_KEY);
    return false;
}

/* hash_key, then lookup. */
static bool find(rc_heap *heap, rc_dict *dict, rc_object *key, int64_t *hash, int64_t *index)
{
    return hash_key(heap, key, hash) && lookup(heap, dict->table, key, *hash, index);
}

RC_OUT_OF_LINE static bool track_for_containers(rc_heap *heap, rc_object *self, rc_object *key,
                                                rc_object *value)
{
    if ((gc_may_be_tracked(heap, key) || gc_may_be_tracked(heap, value))
        && !gc_tracked(heap, self))
        gc_track(heap, self);
    return true;
}

/* What was stored may need the collector.  True. */
static inline bool track_for(rc_heap *heap, rc_object *self, rc_object *key, rc_object *value)
{
    return (!in_container_range(heap, key) && !in_container_range(heap, value))
           || track_for_containers(heap, self, key, value);
}

/* Add a pair whose key is not there.  Fails: MemoryError. */
static bool add(rc_heap *heap, rc_dict *dict, rc_object *key, int64_t hash, rc_object *value)
{
    dict_entry entry = { hash, key, value };

    if (growth(heap)->in_table) {
        if (!enter_in_table(heap, dict, &entry))
            return false;
    } else {
        if (!make_room(heap, dict, key))
            return false;
        enter(dict->table, &entry);
    }
    if (!is_str(key))
        dict->table->all_str = false;
    rc_hold(heap, key, RC_FOR_KEY, dict);
    rc_hold(heap, value, RC_FOR_VALUE, dict);
    dict->used++;
    dict->changes++;
    return track_for(heap, &dict->head, key, value);
}

/* The same to a dict without a table, whose pairs are not to lie in one, while nobody looks.
 * Most dicts that are made get one: with all sizes known it takes 100 instructions less. */
static inline bool fill_first_table(rc_heap *heap, rc_dict *dict, dict_table *table,
                                    rc_object *key, int64_t hash, rc_object *value)
{
    *table = (dict_table) {
        .usable = (2 << SMALLEST_LOG2) / 3 - 1, .entries = 1, .room = FIRST_ROOM,
        .log2 = SMALLEST_LOG2, .all_str = is_str(key),
    };
    table->slots[0] = UINT64_MAX;       /* EMPTY */
    ((int8_t *)table->slots)[(size_t)hash & (slot_count(SMALLEST_LOG2) - 1)] = 0;
    *first_entries(table) = (dict_entry) { hash, key, value };
    dict->table = table;
    dict->used = 1;
    dict->changes++;
    hold_quietly(key);
    hold_quietly(value);
    return track_for(heap, &dict->head, key, value);
}

RC_OUT_OF_LINE static bool add_first(rc_heap *heap, rc_dict *dict, rc_object *key, int64_t hash,
                                     rc_object *value)
{
    dict_table *table = block_new(heap, FIRST_BYTES);
    return table && fill_first_table(heap, dict, table, key, hash, value);
}

static inline dict_table *first_table_at_hand(rc_heap *heap)
{
    bool fresh;
    return memory_new_at_hand(heap, &heap->memory.blocks, FIRST_BYTES, &fresh);
}

static inline bool add_first_quietly(rc_heap *heap, rc_dict *dict, rc_object *key, int64_t hash,
                                     rc_object *value)
{
    dict_table *table = first_table_at_hand(heap);
    return table ? fill_first_table(heap, dict, table, key, hash, value)
                 : add_first(heap, dict, key, hash, value);
}

/* Add a pair where `seek` says, to a table that has room, while nobody looks. */
static inline bool add_at(rc_heap *heap, rc_dict *dict, size_t slot, rc_object *key, int64_t hash,
                          rc_object *value)
{
    dict_table *table = dict->table;
    uint32_t index = table->entries++;

    table->usable--;
    put_word(table, slot, word_for(table->log2, index, hash));
    entries_of(table)[index] = (dict_entry) { hash, key, value };
    dict->used++;
    dict->changes++;
    hold_quietly(key);
    hold_quietly(value);
    return track_for(heap, &dict->head, key, value);
}

/* Put `value` in place of an entry's.  True. */
static bool replace(rc_heap *heap, rc_dict *dict, dict_entry *entry, rc_object *key,
                    rc_object *value)
{
    rc_object *old = entry->value;

    track_for(heap, &dict->head, key, value);   /* the key passed, though the old one stays */
    rc_hold(heap, value, RC_FOR_VALUE, dict);
    entry->value = value;
    rc_release(heap, old, RC_FOR_VALUE, dict);
    return true;
}

static bool store(rc_heap *heap, rc_dict *dict, rc_object *key, int64_t hash,
                  rc_object *value)
{
    int64_t index;

    if (!lookup(heap, dict->table, key, hash, &index))
        return false;
    return index < 0 ? add(heap, dict, key, hash, value)
                     : replace(heap, dict, &entries_of(dict->table)[index], key, value);
}

/* Take a pair out of the table; its two references pass to whoever calls. */
static dict_entry take_out(rc_dict *dict, int64_t index)
{
    dict_table *table = dict->table;
    dict_entry *entry = &entries_of(table)[index], taken = *entry;

    put_word(table, slot_leading_to(table, taken.hash, (uint32_t)index), DELETED);
    entry->key = entry->value = NULL;
    dict->used--;
    dict->changes++;
    return taken;
}

/* --------------------------------------------------------------------- make -- */

static inline void make_empty(rc_dict *dict)
{
    dict->used = 0;
    dict->table = NULL;
    dict->changes = 0;
}

/* An empty dict without a table. */
static rc_dict *new_dict(rc_heap *heap, bool may_be_reused)
{
    rc_object *object = NULL;

    if (may_be_reused)
        object = object_from_free_list(heap, &heap->dict_free, &rc_dict_type,
                                       sizeof(rc_dict));
    if (!object)
        object = object_new_container(heap, &rc_dict_type, sizeof(rc_dict));
    if (!object)
        return NULL;
    make_empty(as_dict(object));
    if (!heap->profile.dict_untracking.value)
        gc_track(heap, object);
    return as_dict(object);
}

/* A dict is there, and may be seen by a collection. */
static rc_object *finish(rc_heap *heap, rc_dict *dict)
{
    gc_count_member(heap);
    return &dict->head;
}

/* A dict that could not be filled, or NULL. */
static rc_object *give_up(rc_heap *heap, rc_dict *dict)
{
    if (dict)
        object_discard(heap, &dict->head);
    return NULL;
}

/* Where releases differ: whether an empty dict has a table already. */
static rc_dict *new_with_table(rc_heap *heap, bool may_be_reused, bool table)
{
    rc_dict *dict = new_dict(heap, may_be_reused);

    if (dict && table && !resize(heap, dict, SMALLEST_LOG2, true))
        return (rc_dict *)give_up(heap, dict);
    return dict ? (rc_dict *)finish(heap, dict) : NULL;
}

RC_OUT_OF_LINE static rc_object *new_display(rc_heap *heap)
{
    return (rc_object *)new_with_table(heap, true, heap->profile.dict_display_table.value);
}

/* Whether an empty dict has no table, nobody looks on and the free list has one. */
static inline bool may_come_quietly(const rc_heap *heap)
{
    return !heap->profile.dict_display_table.value && heap->dict_free.top && made_quietly(heap);
}

static inline rc_dict *new_quietly(rc_heap *heap)
{
    rc_dict *dict = as_dict(object_from_free_list_quietly(heap, &heap->dict_free,
                                                          &rc_dict_type, sizeof(rc_dict)));
    make_empty(dict);
    if (!heap->profile.dict_untracking.value)
        gc_track_quietly(heap, &dict->head);
    return dict;
}

rc_object *rc_dict_new(rc_heap *heap)
{
    return may_come_quietly(heap) ? &new_quietly(heap)->head : new_display(heap);
}

rc_object *dict_of_one_quietly(rc_heap *heap, rc_str *key, rc_object *value)
{
    dict_table *table = NULL;

    if (may_come_quietly(heap) && !growth(heap)->in_table)
        table = first_table_at_hand(heap);
    if (!table)
        return NULL;
    rc_dict *dict = new_quietly(heap);
    fill_first_table(heap, dict, table, &key->head, key->hash, value);
    return &dict->head;
}

/* Room for the pairs of a display, if the smallest table is not enough. */
static bool presize(rc_heap *heap, rc_dict *dict, rc_object *const *pairs, size_t count)
{
    uint32_t log2 = growth(heap)->in_table ? growth(heap)->at_least(count + 1)
                                           : presized(heap, count);
    size_t most = (size_t)heap->profile.dict_presized_pairs.value;
    bool all_str = true;

    if (count <= usable_entries(SMALLEST_LOG2) || (most > 0 && count > most))
        return true;
    for (size_t i = 0; i < count && all_str; i++)
        all_str = is_str(pairs[2 * i]);
    return resize(heap, dict, log2 < LARGEST_PRESIZED_LOG2 ? log2 : LARGEST_PRESIZED_LOG2,
                  all_str);
}

rc_object *rc_dict_display(rc_heap *heap, rc_object *const *pairs, size_t count)
{
    rc_object *dict = rc_dict_new(heap);

    if (!dict || !presize(heap, as_dict(dict), pairs, count))
        return give_up(heap, (rc_dict *)dict);
    for (size_t i = 0; i < count; i++) {
        if (!rc_dict_set(heap, dict, pairs[2 * i], pairs[2 * i + 1]))
            return give_up(heap, as_dict(dict));
    }
    return dict;
}

rc_object *rc_dict_call(rc_heap *heap, rc_object *x)
{
    rc_dict *dict = new_with_table(heap, false, heap->profile.dict_display_table.value
                                                    || growth(heap)->call_table);

    if (!dict || (x && !rc_dict_update(heap, &dict->head, x)))
        return give_up(heap, dict);
    return &dict->head;
}

/* --------------------------------------------------------------------- look -- */

size_t rc_dict_size(const rc_object *self)
{
    return as_dict(self)->used;
}

/* The value of a key that `seek` finds; or NULL: ask find_value. */
static inline rc_object *value_at_once(const rc_object *self, const rc_object *key)
{
    const dict_table *table = as_dict(self)->table;
    int64_t hash;
    size_t slot;

    if (!table || !hash_at_once(key, &hash))
        return NULL;
    const dict_entry *entry = seek(table, key, hash, &slot);
    return entry ? entry->value : NULL;
}

RC_OUT_OF_LINE static bool find_value(rc_heap *heap, rc_object *self, rc_object *key,
                                      rc_object **value)
{
    rc_dict *dict = as_dict(self);
    int64_t hash, index;

    if (!find(heap, dict, key, &hash, &index))
        return false;
    *value = index < 0 ? NULL : entries_of(dict->table)[index].value;
    return true;
}

bool rc_dict_find(rc_heap *heap, rc_object *self, rc_object *key, rc_object **value)
{
    *value = value_at_once(self, key);
    return *value || find_value(heap, self, key, value);
}

RC_OUT_OF_LINE static rc_object *get_asking(rc_heap *heap, rc_object *self, rc_object *key)
{
    rc_object *value;

    if (!find_value(heap, self, key, &value))
        return NULL;
    if (!value)
        raise_about(heap, RC_KEY_ERROR, key, "");
    return value;
}

rc_object *rc_dict_get(rc_heap *heap, rc_object *self, rc_object *key)
{
    rc_object *value = value_at_once(self, key);
    return value ? value : get_asking(heap, self, key);
}

/* The next entry that is no hole, from *position on, or NULL. */
static dict_entry *next_entry(const rc_dict *dict, size_t *position)
{
    while (dict->table && *position < dict->table->entries) {
        dict_entry *entry = &entries_of(dict->table)[(*position)++];
        if (entry->key)
            return entry;
    }
    return NULL;
}

bool rc_dict_next(const rc_object *self, size_t *position, rc_object **key, rc_object **value)
{
    dict_entry *entry = next_entry(as_dict(self), position);

    if (!entry)
        return false;
    *key = entry->key;
    *value = entry->value;
    return true;
}

/* ------------------------------------------------------------------- change -- */

/* `store`, the commonest cases first: a leaf of a function while nothing is released. */
static inline bool set(rc_heap *heap, rc_dict *dict, rc_object *key, int64_t hash,
                       rc_object *value)
{
    dict_table *table = dict->table;
    size_t slot;

    if (RC_UNLIKELY(heap->front.events) || (table ? table->all_str && !is_str(key)
                                                  : growth(heap)->in_table))
        return store(heap, dict, key, hash, value);
    if (!table)
        return add_first_quietly(heap, dict, key, hash, value);
    dict_entry *entry = seek(table, key, hash, &slot);
    if (entry)
        return replace(heap, dict, entry, key, value);
    if (slot == NOWHERE || table->usable == 0 || table->entries == table->room)
        return store(heap, dict, key, hash, value);
    return add_at(heap, dict, slot, key, hash, value);
}

RC_OUT_OF_LINE static bool set_hashing(rc_heap *heap, rc_object *self, rc_object *key,
                                       rc_object *value)
{
    int64_t hash;

    return hash_key(heap, key, &hash) && set(heap, as_dict(self), key, hash, value);
}

bool rc_dict_set(rc_heap *heap, rc_object *self, rc_object *key, rc_object *value)
{
    int64_t hash;

    return hash_at_once(key, &hash) ? set(heap, as_dict(self), key, hash, value)
                                    : set_hashing(heap, self, key, value);
}

rc_object *rc_dict_setdefault(rc_heap *heap, rc_object *self, rc_object *key,
                              rc_object *value)
{
    rc_dict *dict = as_dict(self);
    int64_t hash, index;

    if (!find(heap, dict, key, &hash, &index))
        return NULL;
    if (index >= 0)
        return entries_of(dict->table)[index].value;
    return add(heap, dict, key, hash, value) ? value : NULL;
}

bool rc_dict_delete(rc_heap *heap, rc_object *self, rc_object *key)
{
    rc_dict *dict = as_dict(self);
    int64_t hash, index;

    if (!find(heap, dict, key, &hash, &index))
        return false;
    if (index < 0)
        return raise_about(heap, RC_KEY_ERROR, key, "");
    dict_entry taken = take_out(dict, index);
    rc_release(heap, taken.key, RC_FOR_KEY, self);
    rc_release(heap, taken.value, RC_FOR_VALUE, self);
    return true;
}

rc_object *rc_dict_pop(rc_heap *heap, rc_object *self, rc_object *key)
{
    rc_dict *dict = as_dict(self);
    int64_t hash, index = EMPTY;

    if (dict->used > 0 && !find(heap, dict, key, &hash, &index))
        return NULL;
    if (index < 0)
        return raise_about(heap, RC_KEY_ERROR, key, ""), NULL;
    dict_entry taken = take_out(dict, index);
    rc_hand_over(heap, taken.value, RC_FOR_CALLER, NULL);
    rc_release(heap, taken.key, RC_FOR_KEY, self);
    return taken.value;
}

static dict_entry take_last(rc_dict *dict)
{
    uint32_t last = dict->table->entries - 1;

    while (!entries_of(dict->table)[last].key)
        last--;
    dict_entry taken = take_out(dict, last);
    dict->table->entries = last;        /* its place may be used again, its slot not */
    return taken;
}

/* 2.7: the pair in the first slot, or else the next one from where the hash in that
 * slot says; the last popitem has written it there. */
static dict_entry take_next_slot(rc_dict *dict)
{
    dict_entry *entries = entries_of(dict->table);
    uint32_t slots = dict->table->entries, i = 0;

    if (!entries[0].key) {
        int64_t from = entries[0].hash;
        i = from < 1 || from >= (int64_t)slots ? 1 : (uint32_t)from;
        while (!entries[i].key)
            i = i + 1 < slots ? i + 1 : 1;
    }
    dict_entry taken = take_out(dict, i);
    entries[0].hash = i + 1;
    return taken;
}

bool rc_dict_popitem(rc_heap *heap, rc_object *self, rc_object **key, rc_object **value)
{
    rc_dict *dict = as_dict(self);

    if (dict->used == 0)
        return rc_raise(heap, RC_KEY_ERROR, "'popitem(): dictionary is empty'");

    dict_entry taken = dict->table->in_table ? take_next_slot(dict) : take_last(dict);
    rc_hand_over(heap, taken.key, RC_FOR_CALLER, NULL);
    rc_hand_over(heap, taken.value, RC_FOR_CALLER, NULL);
    *key = taken.key;
    *value = taken.value;
    return true;
}

void rc_dict_clear(rc_heap *heap, rc_object *self)
{
    rc_dict *dict = as_dict(self);
    dict_table *table = dict->table;

    if (!table)
        return;
    dict->table = NULL;
    dict->used = 0;
    dict->changes++;
    for (uint32_t i = 0; i < table->entries; i++) {
        const dict_entry *entry = &entries_of(table)[i];
        if (entry->key) {
            rc_release(heap, entry->key, RC_FOR_KEY, self);
            rc_release(heap, entry->value, RC_FOR_VALUE, self);
        }
    }
    free_table(heap, table);
}

/* ------------------------------------------------------------ copy and update -- */

/* Give an empty dict a copy of another's table; it is tracked if the other is. */
static bool become_clone(rc_heap *heap, rc_dict *dict, const rc_dict *other)
{
    dict_table *table = clone(heap, other->table, &dict->head);

    if (!table)
        return false;
    free_table(heap, dict->table);
    dict->table = table;
    dict->used = other->used;
    dict->changes++;
    if (gc_tracked(heap, &other->head) && !gc_tracked(heap, &dict->head))
        gc_track(heap, &dict->head);
    return true;
}

/* Whether another's table has no holes and no more slots than it needs. */
static bool is_tight(const rc_dict *dict)
{
    const dict_table *table = dict->table;

    return dict->used == table->entries
           && (table->log2 == SMALLEST_LOG2 || usable_entries(table->log2 - 1) < dict->used);
}

/* Make room for all pairs of another dict, expecting few common keys. */
static bool make_room_for(rc_heap *heap, rc_dict *dict, const rc_dict *other)
{
    const dict_table *table = dict->table;
    bool all_str = !table || table->all_str;

    if (growth(heap)->in_table) {
        uint32_t usable = table ? table->usable : usable_entries(SMALLEST_LOG2);
        return usable >= other->used
               || resize(heap, dict, growth(heap)->at_least((dict->used + other->used) * 2 + 1),
                         all_str);
    }
    if (table && usable_entries(table->log2) >= other->used)
        return true;
    if (str_tables_differ(heap))
        all_str = all_str && other->table->all_str;
    return resize(heap, dict, presized(heap, dict->used + other->used), all_str);
}

/* Store every pair of another dict.  A release of what was there may run user code
 * that changes the other, which is noticed as CPython notices it. */
static bool merge(rc_heap *heap, rc_dict *dict, rc_dict *other)
{
    size_t position = 0;
    const dict_entry *entry;

    if (other == dict || other->used == 0)
        return true;
    if (dict->used == 0 && growth(heap)->update_clones && is_tight(other))
        return become_clone(heap, dict, other);
    if (!make_room_for(heap, dict, other))
        return false;

    uint32_t entries = other->table->entries;
    while ((entry = next_entry(other, &position))) {
        if (!store(heap, dict, entry->key, entry->hash, entry->value))
            return false;
        if (!other->table || other->table->entries != entries)
            return rc_raise(heap, RC_RUNTIME_ERROR, "dict mutated during update");
    }
    return true;
}

rc_object *rc_dict_copy(rc_heap *heap, rc_object *self)
{
    rc_dict *dict, *from = as_dict(self);
    bool done;

    if (from->used == 0)
        return rc_dict_new(heap);
    dict = new_dict(heap, true);
    if (!dict)
        return NULL;
    if (growth(heap)->copy_clones && from->table
        && from->used >= (size_t)from->table->entries * 2 / 3)
        done = become_clone(heap, dict, from);
    else
        done = merge(heap, dict, from);
    return done ? finish(heap, dict) : give_up(heap, dict);
}

/* The two items of a pair, new references. */
static bool unpack(rc_heap *heap, rc_object *pair, size_t number, rc_object *two[2])
{
    size_t size;

    if (!iterable_size(heap, pair, &size))
        return rc_raise(heap, RC_TYPE_ERROR, "cannot convert dictionary update sequence "
                        "element #%zu to a sequence", number);
    if (size != 2)
        return rc_raise(heap, RC_VALUE_ERROR, "dictionary update sequence element #%zu "
                        "has length %zu; 2 is required", number, size);
    return copy_items(heap, pair, two, 2, NULL);
}

static bool store_pair(rc_heap *heap, rc_object *self, rc_object *pair, size_t number)
{
    rc_object *two[2];

    if (!unpack(heap, pair, number, two))
        return false;
    bool done = rc_dict_set(heap, self, two[0], two[1]);
    rc_release(heap, two[0], RC_FOR_OPERAND, NULL);
    rc_release(heap, two[1], RC_FOR_OPERAND, NULL);
    return done;
}

bool rc_dict_update(rc_heap *heap, rc_object *self, rc_object *x)
{
    rc_iterator walk;
    rc_object *pair;
    bool good;

    if (rc_is(x, &rc_dict_type))
        return merge(heap, as_dict(self), as_dict(x));
    if (!rc_iterator_start(heap, &walk, x))
        return false;
    for (size_t number = 0; ; number++) {
        good = rc_iterator_next(heap, &walk, &pair, NULL);
        if (!good || !pair)
            break;
        good = store_pair(heap, self, pair, number);
        rc_decref(heap, pair);
        if (!good)
            break;
    }
    rc_iterator_end(heap, &walk);
    return good;
}

/* ------------------------------------------------------------------ tracking -- */

void dict_maybe_untrack(rc_heap *heap, rc_object *self)
{
    size_t position = 0;
    const dict_entry *entry;

    while ((entry = next_entry(as_dict(self), &position))) {
        if (gc_may_be_tracked(heap, entry->key) || gc_may_be_tracked(heap, entry->value))
            return;
    }
    gc_untrack(heap, self);
}

/* ------------------------------------------------------------------ the type -- */

/* In order, key then value; the count of a dying dict tells which entry is next, whose
 * key is NULL if that has been released. */
static rc_object *destroy(rc_heap *heap, rc_object *self)
{
    dict_table *table = as_dict(self)->table;
    dict_entry *entries = table ? entries_of(table) : NULL;

    for (uint32_t i = self->refcount; table && i < table->entries; i++) {
        rc_object *key = entries[i].key, *value = entries[i].value;
        if (key && object_dies(heap, key, RC_FOR_KEY, self)) {
            entries[i].key = NULL;
            self->refcount = i;
            return key;
        }
        if (value && object_dies(heap, value, RC_FOR_VALUE, self)) {
            self->refcount = i + 1;
            return value;
        }
    }
    free_table(heap, table);
    object_free(heap, self, true, sizeof(rc_dict), &heap->dict_free);
    return NULL;
}

static void free_storage(rc_heap *heap, rc_object *self)
{
    free_table(heap, as_dict(self)->table);
}

static inline bool first_table_kept(rc_heap *heap, dict_table *table)
{
    return memory_keep(heap, &heap->memory.blocks, table, FIRST_BYTES);
}

/* Release what a table holds that is as most dicts have it, if all outlives that; or false:
 * head.refcount tells how far it is. */
static inline bool entries_outlive(rc_object *self, dict_table *table)
{
    dict_entry *entries = first_entries(table);
    uint32_t i = 0;

    for (; i < table->entries && entries[i].key && outlives_quietly(entries[i].key); i++)
        if (!outlives_quietly(entries[i].value)) {
            entries[i].key = NULL;
            break;
        }
    self->refcount = i;
    return i == table->entries;
}

/* The rarer deaths of one that holds nothing any more: the free list is full; or its table takes
 * a look at a pool. */
RC_OUT_OF_LINE static void gone_empty(rc_heap *heap, rc_object *self)
{
    container_gone(heap, self, &rc_dict_type, sizeof(rc_dict));
}

RC_OUT_OF_LINE static void gone_with_table(rc_heap *heap, rc_object *self)
{
    if (!freelist_has_room(&heap->dict_free) && sweep_later(heap, self))
        return;
    if (!first_table_kept(heap, as_dict(self)->table))
        free_storage(heap, self);
    leave_quietly(heap, self, &rc_dict_type);
    if (!freelist_put(&heap->dict_free, self, sizeof(rc_dict)))
        container_return(heap, self, sizeof(rc_dict));
}

static void die(rc_heap *heap, rc_object *self)
{
    dict_table *table = as_dict(self)->table;

    if (!container_dies_quietly(heap, self)) {
        container_dies(heap, self);
    } else if (table && (table->room != FIRST_ROOM || !entries_outlive(self, table))) {
        leave_quietly(heap, self, &rc_dict_type);
        container_dies_on(heap, self);
    } else if (table && !(freelist_has_room(&heap->dict_free) && first_table_kept(heap, table))) {
        gone_with_table(heap, self);
    } else if (!freelist_has_room(&heap->dict_free)) {
        gone_empty(heap, self);
    } else {
        leave_quietly(heap, self, &rc_dict_type);
        freelist_put(&heap->dict_free, self, sizeof(rc_dict));
    }
}

static void scrap(rc_heap *heap, rc_object *self)
{
    dict_table *table = as_dict(self)->table;

    for (uint32_t i = 0; table && i < table->entries; i++) {
        const dict_entry *entry = &entries_of(table)[i];
        if (entry->key) {
            scrap_reference(heap, entry->key, RC_FOR_KEY, self);
            scrap_reference(heap, entry->value, RC_FOR_VALUE, self);
        }
    }
    free_table(heap, table);
    scrap_head(heap, self, sizeof(rc_dict));
}

/* Whether `value` is what `dict` has for the key of an entry of another dict. */
static bool has_pair(rc_heap *heap, rc_dict *dict, const dict_entry *entry, bool *result)
{
    int64_t index;

    if (!lookup(heap, dict->table, entry->key, entry->hash, &index))
        return false;
    *result = index >= 0;
    return index < 0 || items_equal(heap, entries_of(dict->table)[index].value,
                                    entry->value, result);
}

static bool equal(rc_heap *heap, rc_object *a, rc_object *b, bool *result)
{
    size_t position = 0;
    const dict_entry *entry;

    *result = rc_is(b, &rc_dict_type) && as_dict(a)->used == as_dict(b)->used;
    while (*result && (entry = next_entry(as_dict(a), &position))) {
        if (!has_pair(heap, as_dict(b), entry, result))
            return false;
    }
    return true;
}

/* Both are held: the sink may do anything. */
static bool write_pair(rc_heap *heap, rc_sink sink, rc_object *key, rc_object *value)
{
    rc_hold(heap, value, RC_FOR_OPERAND, NULL);
    bool done = write_object(heap, sink, key) && write_text(heap, sink, ": ")
                && write_object(heap, sink, value);
    rc_release(heap, value, RC_FOR_OPERAND, NULL);
    return done;
}

static bool write_pairs(rc_heap *heap, rc_object *self, rc_sink sink)
{
    size_t position = 0;
    const dict_entry *entry;

    for (bool first = true; (entry = next_entry(as_dict(self), &position)); first = false) {
        rc_object *key = entry->key, *value = entry->value;
        if (!first && !write_text(heap, sink, ", "))
            return false;
        if (!write_pair(heap, sink, key, value))
            return false;
    }
    return true;
}

static bool repr(rc_heap *heap, rc_object *self, rc_sink sink)
{
    struct repr_frame frame;

    switch (repr_enter(heap, &frame, self)) {
    case REPR_FAILED: return false;
    case REPR_INSIDE: return write_text(heap, sink, "{...}");
    case REPR_BEGUN: break;
    }
    bool done = write_text(heap, sink, "{") && write_pairs(heap, self, sink)
                && write_text(heap, sink, "}");
    repr_leave(heap, &frame);
    return done;
}

/* As the release would have allocated the table. */
static size_t size_of(const rc_heap *heap, const rc_object *self)
{
    const rc_profile *profile = &heap->profile;
    const dict_table *table = as_dict(self)->table;
    size_t size = (size_t)profile->dict_head_size.value;

    if (!table)
        return size;
    if (table->in_table)                /* the smallest table lies in the head */
        return size + (table->log2 > SMALLEST_LOG2 ? slot_count(table->log2) * 24 : 0);
    size += slot_count(table->log2) * (table->log2 < 8 ? 1 : table->log2 < 16 ? 2 : 4);
    if (table->all_str && str_tables_differ(heap))
        return size + (size_t)profile->dict_str_table_head_size.value
               + usable_entries(table->log2) * (size_t)profile->dict_str_entry_size.value;
    return size + (size_t)profile->dict_table_head_size.value
           + usable_entries(table->log2) * (size_t)24;          /* hash, key, value */
}

static const field_layout fields[] = {
    { "used", offsetof(rc_dict, used), sizeof(size_t), RC_FIELD_INTEGER },
    { "table", offsetof(rc_dict, table), sizeof(dict_table *), RC_FIELD_POINTER },
    { "changes", offsetof(rc_dict, changes), sizeof(uint64_t), RC_FIELD_INTEGER },
    { NULL, 0, 0, RC_FIELD_INTEGER },
};

const rc_type rc_dict_type = {
    .name = "dict",
    .index = RC_DICT,
    .container = true,
    .visit = dict_visit,
    .clear = rc_dict_clear,
    .die = die,
    .destroy = destroy,
    .free_storage = free_storage,
    .scrap = scrap,
    .length = rc_dict_size,
    .equal = equal,
    .repr = repr,
    .size = size_of,
    .fields = fields,
};
