/* dict: references to keys and values, in a hash table.
 *
 * How the table is searched and grows is in dict_table.h, where its picture is, and dict_table.c.
 * Here is what makes a dict of it: who holds what, when the collector knows of it, what dies in
 * which order, and Python's operations.  There is no table until there is something to store;
 * `used` counts its pairs, and `changes` tells a walker that one has come or gone.
 *
 * Start reading at store; `set` does the same where it is quick. */
#include "dict.h"

#include <string.h>

#include "bulk.h"
#include "compare.h"
#include "dict_table.h"
#include "hash.h"
#include "iterate.h"
#include "object.h"
#include "repr.h"

static rc_dict *as_dict(const rc_object *object)
{
    return (rc_dict *)object;
}

/* ----------------------------------------------------------- look up and store -- */

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

/* hash_key, then table_find. */
static bool find(rc_heap *heap, rc_dict *dict, rc_object *key, int64_t *hash, int64_t *index)
{
    return hash_key(heap, key, hash) && table_find(heap, dict->table, key, *hash, index);
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
    if (!table_enter(heap, dict, &(dict_entry) { hash, key, value }))
        return false;
    rc_hold(heap, key, RC_FOR_KEY, dict);
    rc_hold(heap, value, RC_FOR_VALUE, dict);
    dict->used++;
    dict->changes++;
    return track_for(heap, &dict->head, key, value);
}

/* A pair has been put into the table while nobody looks. */
static inline bool added_quietly(rc_heap *heap, rc_dict *dict, rc_object *key, rc_object *value)
{
    dict->changes++;
    hold_quietly(key);
    hold_quietly(value);
    return track_for(heap, &dict->head, key, value);
}

/* `add` to a dict without a table, whose pairs are not to lie in one, while nobody looks. */
static inline bool add_with_table(rc_heap *heap, rc_dict *dict, dict_table *table,
                                  rc_object *key, int64_t hash, rc_object *value)
{
    fill_first_table(table, &(dict_entry) { hash, key, value });
    dict->table = table;
    dict->used = 1;
    return added_quietly(heap, dict, key, value);
}

RC_OUT_OF_LINE static bool add_first(rc_heap *heap, rc_dict *dict, rc_object *key, int64_t hash,
                                     rc_object *value)
{
    dict_table *table = block_new(heap, FIRST_BYTES);
    return table && add_with_table(heap, dict, table, key, hash, value);
}

static inline bool add_first_quietly(rc_heap *heap, rc_dict *dict, rc_object *key, int64_t hash,
                                     rc_object *value)
{
    dict_table *table = first_table_at_hand(heap);
    return table ? add_with_table(heap, dict, table, key, hash, value)
                 : add_first(heap, dict, key, hash, value);
}

/* Add a pair where `seek` says, to a table that has room, while nobody looks. */
static inline bool add_at(rc_heap *heap, rc_dict *dict, size_t slot, rc_object *key, int64_t hash,
                          rc_object *value)
{
    enter_at(dict->table, slot, &(dict_entry) { hash, key, value });
    dict->used++;
    return added_quietly(heap, dict, key, value);
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

    if (!table_find(heap, dict->table, key, hash, &index))
        return false;
    return index < 0 ? add(heap, dict, key, hash, value)
                     : replace(heap, dict, &entries_of(dict->table)[index], key, value);
}

/* Take a pair out; its two references pass to whoever calls. */
static dict_entry take_out(rc_dict *dict, int64_t index)
{
    dict->used--;
    dict->changes++;
    return table_take_out(dict->table, (uint32_t)index);
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

    if (dict && table && !table_make_smallest(heap, dict))
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
    return !heap->profile.dict_display_table.value && freelist_first(&heap->dict_free)
           && made_quietly(heap);
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
    add_with_table(heap, dict, table, &key->head, key->hash, value);
    return &dict->head;
}

rc_object *rc_dict_display(rc_heap *heap, rc_object *const *pairs, size_t count)
{
    rc_object *dict = rc_dict_new(heap);

    if (!dict
        || (count > SMALLEST_USABLE && !table_presize(heap, as_dict(dict), pairs, count)))
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

    if (RC_UNLIKELY(heap->front.events)
        || (table ? table->in_table || (table->all_str && !is_str(key)) : growth(heap)->in_table))
        return store(heap, dict, key, hash, value);
    if (!table)
        return add_first_quietly(heap, dict, key, hash, value);
    dict_entry *entry = seek(table, key, hash, &slot);
    if (entry)
        return replace(heap, dict, entry, key, value);
    if (slot == NOWHERE)
        return store(heap, dict, key, hash, value);
    if (table->usable == 0 || table->entries == table->room)
        return add(heap, dict, key, hash, value);
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

bool rc_dict_popitem(rc_heap *heap, rc_object *self, rc_object **key, rc_object **value)
{
    rc_dict *dict = as_dict(self);

    if (dict->used == 0)
        return rc_raise(heap, RC_KEY_ERROR, "'popitem(): dictionary is empty'");
    dict_entry taken = table_take_popped(dict->table);
    dict->used--;
    dict->changes++;
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

/* Store every pair of another dict.  A release of what was there may run user code
 * that changes the other, which is noticed as CPython notices it. */
static bool merge(rc_heap *heap, rc_dict *dict, rc_dict *other)
{
    size_t position = 0;
    const dict_entry *entry;

    if (other == dict || other->used == 0)
        return true;
    if (dict->used == 0 && growth(heap)->update_clones
        && table_is_tight(other->table, other->used))
        return become_clone(heap, dict, other);
    if (!table_make_room_for(heap, dict, other))
        return false;

    uint32_t entries = other->table->entries;
    bool in_table = growth(heap)->in_table;     /* there `set` has no quicker way */
    while ((entry = next_entry(other, &position))) {
        if (!(in_table ? store : set)(heap, dict, entry->key, entry->hash, entry->value))
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
 * a look at a pool.  (That a table of known size is tried once more is 28 instructions less than
 * free_storage alone.) */
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

    if (!table_find(heap, dict->table, entry->key, entry->hash, &index))
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

static size_t size_of(const rc_heap *heap, const rc_object *self)
{
    return table_sizeof_dict(heap, as_dict(self)->table);
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
