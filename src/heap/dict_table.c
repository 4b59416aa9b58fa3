/* A dict's table, of which dict_table.h has the picture: the search where keys have to be
 * compared; how a table is made and filled, when it grows, and how far.
 *
 * That is exact: sys.getsizeof shows it, and in 2.7 the order of the entries does.  Releases'
 * differences stand in their dict_growth_strategy.  When something fails, the dict has the table
 * that it had.  Start reading at table_enter. */
#include "dict_table.h"

#include <string.h>

#include "compare.h"

#define LARGEST_LOG2 31
#define LARGEST_PRESIZED_LOG2 17        /* as CPython: a display presizes no further */
#define MANY_PAIRS 50000                /* above this 2.7's dicts only double */

/* --------------------------------------------------------------------- search -- */

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

bool table_find_comparing(rc_heap *heap, const dict_table *table, rc_object *key, int64_t hash,
                          int64_t *index)
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

/* ---------------------------------------------------------------- make and fill -- */

static uint32_t usable_entries(uint32_t log2)
{
    return (uint32_t)((slot_count(log2) << 1) / 3);
}

/* An empty table of 2^log2 slots that has room for `pairs` at least, which the slots must
 * allow. */
static inline dict_table *new_table(rc_heap *heap, uint32_t log2, size_t pairs, bool all_str)
{
    bool in_table = growth(heap)->in_table;
    uint32_t room = in_table ? (uint32_t)slot_count(log2)
                    : pairs <= FIRST_ROOM && log2 == SMALLEST_LOG2 ? FIRST_ROOM
                                                                   : usable_entries(log2);

    if (log2 > LARGEST_LOG2)
        return rc_raise_null(heap, RC_MEMORY_ERROR, "a dict of more than 2^%d slots",
                             LARGEST_LOG2);
    dict_table *table = block_new(heap, table_bytes(log2, room));
    if (RC_UNLIKELY(!table))
        return NULL;
    table->usable = usable_entries(log2);
    table->entries = in_table ? room : 0;
    table->room = room;
    table->log2 = (uint8_t)log2;
    table->all_str = all_str;
    table->in_table = in_table;
    memset(table->slots, 0xff, slots_bytes(log2));          /* EMPTY */
    if (in_table)
        memset(entries_of(table), 0, room * sizeof(dict_entry));
    return table;
}

/* Put in an entry whose key is not there; there is room for it. */
static inline void enter(dict_table *table, const dict_entry *entry)
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

/* Put all entries of a table into an empty one whose entries do not lie in the slots:
 * `enter`, with what stays the same read once; `wide` is has_wide_slots, a constant in each copy.
 * (100 int keys inserted: 9.7 ns each -> 9.2.) */
static inline __attribute__((always_inline))
void enter_all_in(dict_table *table, const dict_table *old, bool wide)
{
    const dict_entry *from = entries_of(old), *end = from + old->entries;
    dict_entry *to = entries_of(table);
    uint32_t log2 = table->log2, count = 0;
    size_t mask = slot_count(log2) - 1;

    if (has_wide_slots(log2) != wide)
        __builtin_unreachable();
    for (; from < end; from++) {
        if (!from->key)
            continue;
        int64_t hash = from->hash;
        probe at = probe_from(mask, hash, false);
        while (word_in(table->slots, log2, at.slot) != EMPTY)
            probe_next(&at);
        put_word_in(table->slots, log2, at.slot, word_for(log2, count++, hash));
        *to++ = (dict_entry) { hash, from->key, from->value };
    }
    table->entries = count;
    table->usable -= count;
}

static void enter_all(dict_table *table, const dict_table *old)
{
    if (has_wide_slots(table->log2))
        enter_all_in(table, old, true);
    else
        enter_all_in(table, old, false);
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

bool table_make_smallest(rc_heap *heap, rc_dict *dict)
{
    return resize(heap, dict, SMALLEST_LOG2, true);
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
    { "quadruple", "a full dict takes slots for four times its pairs, which lie in the slots: "
                   "their order is that of the keys' hashes (2.7)" },
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

static inline bool needs_general(const rc_heap *heap, const dict_table *table,
                                 const rc_object *key)
{
    return table->all_str && !is_str(key) && str_tables_differ(heap);
}

/* Whether a table, or NULL, takes one more entry, with `key`, as it is. */
static inline bool has_room(const rc_heap *heap, const dict_table *table, const rc_object *key)
{
    return table && table->usable > 0
           && (table->in_table
               || (table->entries < table->room && !needs_general(heap, table, key)));
}

/* Otherwise: make room for it. */
static bool make_room(rc_heap *heap, rc_dict *dict, const rc_object *key)
{
    dict_table *table = dict->table;

    if (!table) {
        dict->table = new_table(heap, SMALLEST_LOG2, 1, is_str(key));
        return dict->table != NULL;
    }
    if (table->usable == 0 || needs_general(heap, table, key))
        return resize(heap, dict, growth(heap)->slots(dict->used, table->log2),
                      table->all_str && is_str(key));

    uint32_t room = usable_entries(table->log2);
    table = block_resize(heap, table, table_bytes(table->log2, table->room),
                         table_bytes(table->log2, room));
    if (!table)
        return false;
    table->room = room;
    dict->table = table;
    return true;
}

/* Otherwise, where entries lie in their table: it grows only when the entry is in, and is walked
 * with that in its place; or the entry takes a deleted one's. */
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

static inline void note_key(dict_table *table, const rc_object *key)
{
    if (!is_str(key))
        table->all_str = false;
}

RC_OUT_OF_LINE static bool enter_growing(rc_heap *heap, rc_dict *dict, const dict_entry *entry)
{
    if (growth(heap)->in_table) {
        if (!enter_in_table(heap, dict, entry))
            return false;
    } else {
        if (!make_room(heap, dict, entry->key))
            return false;
        enter(dict->table, entry);
    }
    note_key(dict->table, entry->key);
    return true;
}

bool table_enter(rc_heap *heap, rc_dict *dict, const dict_entry *entry)
{
    if (!has_room(heap, dict->table, entry->key))
        return enter_growing(heap, dict, entry);
    enter(dict->table, entry);
    note_key(dict->table, entry->key);
    return true;
}

/* Slots (log2) for `pairs` of them that are to come all at once. */
static uint32_t presized(const rc_heap *heap, size_t pairs)
{
    return growth(heap)->at_least((pairs * 3 + 1) / 2);
}

bool table_presize(rc_heap *heap, rc_dict *dict, rc_object *const *pairs, size_t count)
{
    size_t most = (size_t)heap->profile.dict_presized_pairs.value;
    bool all_str = true;

    if (most > 0 && count > most)
        return true;
    for (size_t i = 0; i < count && all_str; i++)
        all_str = is_str(pairs[2 * i]);
    uint32_t log2 = growth(heap)->in_table ? growth(heap)->at_least(count + 1)
                                           : presized(heap, count);
    return resize(heap, dict, log2 < LARGEST_PRESIZED_LOG2 ? log2 : LARGEST_PRESIZED_LOG2,
                  all_str);
}

bool table_make_room_for(rc_heap *heap, rc_dict *dict, const rc_dict *other)
{
    const dict_table *table = dict->table;
    bool all_str = !table || table->all_str;

    if (growth(heap)->in_table) {
        uint32_t usable = table ? table->usable : SMALLEST_USABLE;
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

bool table_is_tight(const dict_table *table, size_t used)
{
    return used == table->entries
           && (table->log2 == SMALLEST_LOG2 || usable_entries(table->log2 - 1) < used);
}

size_t table_sizeof_dict(const rc_heap *heap, const dict_table *table)
{
    const rc_profile *profile = &heap->profile;
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

/* ------------------------------------------------------------------- take out -- */

/* The slot that leads to an entry. */
static size_t slot_leading_to(const dict_table *table, int64_t hash, uint32_t index)
{
    probe at = probe_start(table, hash);
    int32_t word = word_for(table->log2, index, hash);

    while (get_word(table, at.slot) != word)
        probe_next(&at);
    return at.slot;
}

dict_entry table_take_out(dict_table *table, uint32_t index)
{
    dict_entry *entry = &entries_of(table)[index], taken = *entry;

    put_word(table, slot_leading_to(table, taken.hash, index), DELETED);
    entry->key = entry->value = NULL;
    return taken;
}

static dict_entry take_last(dict_table *table)
{
    uint32_t last = table->entries - 1;

    while (!entries_of(table)[last].key)
        last--;
    table->entries = last;              /* its place may be used again, its slot not */
    return table_take_out(table, last);
}

/* 2.7: the pair in the first slot, or else the next one from where the hash in that
 * slot says; the last popitem has written it there. */
static dict_entry take_next_slot(dict_table *table)
{
    dict_entry *entries = entries_of(table);
    uint32_t slots = table->entries, i = 0;

    if (!entries[0].key) {
        int64_t from = entries[0].hash;
        i = from < 1 || from >= (int64_t)slots ? 1 : (uint32_t)from;
        while (!entries[i].key)
            i = i + 1 < slots ? i + 1 : 1;
    }
    dict_entry taken = table_take_out(table, i);
    entries[0].hash = i + 1;
    return taken;
}

dict_entry table_take_popped(dict_table *table)
{
    return table->in_table ? take_next_slot(table) : take_last(table);
}
