/* set and frozenset: one open-addressing hash table, whose order is CPython's.
 *
 * An entry is empty, holds an element, or is deleted: its element is gone, but a search
 * goes on behind it.  Deleted entries count in `fill` until a new table is made.  A
 * search looks at a few neighbours, then jumps: read probe_start and probe_next.  All
 * that decides the order (which entry, when a new table, how many entries) is exact,
 * the releases' differences stand in their set_growth_strategy.
 *
 * A set has no table until something is stored; CPython's first 8 entries lie in the
 * object. */
#include "set.h"

#include <string.h>

#include "bulk.h"
#include "compare.h"
#include "dict.h"
#include "hash.h"
#include "iterate.h"
#include "object.h"
#include "repr.h"
#include "weakref.h"

#define NEIGHBOURS 9                    /* entries looked at before a jump, if they are there */
#define MANY_ELEMENTS 50000             /* above this a set only doubles */
#define MOST_ENTRIES ((size_t)1 << (sizeof(size_t) > 4 ? 32 : 27))

static rc_set *as_set(const rc_object *object)
{
    return (rc_set *)object;
}

static bool is_frozen(const rc_object *object)
{
    return rc_is(object, &rc_frozenset_type);
}

static bool is_any_set(const rc_object *object)
{
    return rc_is(object, &rc_set_type) || is_frozen(object);
}

/* -------------------------------------------------------------------- tables -- */

const set_growth_strategy set_growth_two_thirds_of_all = {
    { "two_thirds_of_all", "a set grows when two thirds of all its entries are in use; a search "
      "looks at no neighbours (2.7)" },
    .fill_weight = 3, .mask_weight = 2, .reuse = REUSE_FIRST, .plain = true,
};

const set_growth_strategy set_growth_two_thirds = {
    { "two_thirds", "a set grows when two thirds of its entries are in use; the first "
      "deleted entry met is used again (3.6)" },
    .fill_weight = 3, .mask_weight = 2, .reuse = REUSE_FIRST,
};

const set_growth_strategy set_growth_three_fifths = {
    { "three_fifths", "a set grows when three fifths of its entries are in use; the last "
      "deleted entry met is used again" },
    .fill_weight = 5, .mask_weight = 3, .reuse = REUSE_LAST,
};

const set_growth_strategy set_growth_three_fifths_fresh = {
    { "three_fifths_fresh", "a set grows when three fifths of its entries are in use; "
      "deleted ones are not used again (3.9)" },
    .fill_weight = 5, .mask_weight = 3, .reuse = REUSE_NONE,
};

static const set_growth_strategy *growth(const rc_heap *heap)
{
    return (const set_growth_strategy *)heap->profile.set_growth.value;
}

/* Whether a table is too full with `fill` entries in use. */
static bool is_full(const rc_heap *heap, uint64_t fill, uint64_t mask)
{
    return fill * growth(heap)->fill_weight
           >= (mask + growth(heap)->plain) * growth(heap)->mask_weight;
}

static size_t entries_bytes(size_t count)
{
    return count * sizeof(set_entry);
}

/* `count` empty entries. */
static set_entry *new_entries(rc_heap *heap, size_t count)
{
    if (count > MOST_ENTRIES)
        return rc_raise_null(heap, RC_MEMORY_ERROR, "a set of %zu entries", count);
    set_entry *entries = block_new(heap, entries_bytes(count));
    if (entries)
        memset(entries, 0, entries_bytes(count));
    return entries;
}

static void free_entries(rc_heap *heap, set_entry *entries, size_t mask)
{
    block_free(heap, entries, entries_bytes(mask + 1));
}

/* The entries that belong to a hash, in order. */
typedef struct probe {
    size_t mask, jump, at;
    uint64_t perturb;
    unsigned neighbours;                /* still to come before the next jump */
    bool plain;                         /* there are none, and perturb is shifted late */
} probe;

static inline unsigned neighbours_of(size_t at, size_t mask)
{
    return at + NEIGHBOURS <= mask ? NEIGHBOURS : 0;
}

static inline probe probe_start(size_t mask, int64_t hash, bool plain)
{
    size_t at = (size_t)hash & mask;
    return (probe){ mask, at, at, (uint64_t)hash, plain ? 0 : neighbours_of(at, mask), plain };
}

static inline void probe_next(probe *p)
{
    if (p->neighbours > 0) {
        p->neighbours--;
        p->at++;
        return;
    }
    if (RC_UNLIKELY(p->plain)) {
        p->at = p->jump = (p->jump * 5 + 1 + (size_t)p->perturb) & p->mask;
        p->perturb >>= 5;
        return;
    }
    p->perturb >>= 5;
    p->jump = (p->jump * 5 + 1 + (size_t)p->perturb) & p->mask;
    p->at = p->jump;
    p->neighbours = neighbours_of(p->at, p->mask);
}

/* Put an entry whose element is not there into a table without deleted ones. */
static void insert_clean(const rc_heap *heap, set_entry *entries, size_t mask,
                         const set_entry *entry)
{
    probe p = probe_start(mask, entry->hash, growth(heap)->plain);

    while (entries[p.at].key)
        probe_next(&p);
    entries[p.at] = *entry;
}

/* How many entries a table gets that is wanted to have more than `wanted`. */
static size_t count_above(size_t wanted)
{
    size_t count = SMALLEST_SET;

    while (count <= wanted)
        count <<= 1;
    return count;
}

/* Move the elements, in table order, into `entries`, all empty, and use those. */
static void move_to(rc_heap *heap, rc_set *set, set_entry *entries, size_t count)
{
    for (size_t i = 0; set->entries && i <= set->mask; i++) {
        if (set_entry_used(&set->entries[i]))
            insert_clean(heap, entries, count - 1, &set->entries[i]);
    }
    free_entries(heap, set->entries, set->mask);
    set->entries = entries;
    set->mask = (uint32_t)(count - 1);
    set->fill = set->used;
}

/* Make a table with more than `wanted` entries. */
static bool resize(rc_heap *heap, rc_set *set, size_t wanted)
{
    size_t count = count_above(wanted);

    if (count == SMALLEST_SET && set->mask == SMALLEST_SET - 1 && set->fill == set->used)
        return true;
    set_entry *entries = new_entries(heap, count);
    if (entries)
        move_to(heap, set, entries, count);
    return entries != NULL;
}

/* The common cases of items_equal, for elements whose hashes are equal. */
static inline bool surely_equal(const rc_object *a, const rc_object *b)
{
    return a == b || (rc_is(a, &rc_int_type) && rc_is(b, &rc_int_type)
                      && ((const rc_int *)a)->value == ((const rc_int *)b)->value);
}

/* Search for an element equal to `x`.  *found is its entry, or NULL; *place (if not
 * NULL) the entry that an insertion would take then.  There must be a table.  Comparing
 * runs no user code: the table stays as it is.  Fails: RecursionError. */
static bool search(rc_heap *heap, const rc_set *set, rc_object *x, int64_t hash,
                   set_entry **found, set_entry **place)
{
    deleted_entries reuse = growth(heap)->reuse;
    set_entry *deleted = NULL;

    *found = NULL;
    for (probe p = probe_start(set->mask, hash, growth(heap)->plain); ; probe_next(&p)) {
        set_entry *entry = &set->entries[p.at];
        if (!entry->key) {
            if (place)
                *place = deleted && reuse != REUSE_NONE ? deleted : entry;
            return true;
        }
        if (entry->key == DELETED_KEY) {
            if (!deleted || reuse == REUSE_LAST)
                deleted = entry;
            continue;
        }
        if (entry->hash != hash)
            continue;
        bool equal = surely_equal(entry->key, x);
        if (!equal && !items_equal(heap, entry->key, x, &equal))
            return false;
        if (equal) {
            *found = entry;
            return true;
        }
    }
}

static bool find(rc_heap *heap, const rc_set *set, rc_object *x, int64_t hash,
                 set_entry **found)
{
    *found = NULL;
    return set->used == 0 || search(heap, set, x, hash, found, NULL);
}

/* Add `x` unless an equal element is there.  Fails: RecursionError, MemoryError. */
static bool add(rc_heap *heap, rc_set *set, rc_object *x, int64_t hash)
{
    set_entry *found, *place, *larger = NULL;
    size_t count = 0;

    if (!set->entries) {
        set->entries = new_entries(heap, SMALLEST_SET);
        if (!set->entries)
            return false;
    }
    if (!search(heap, set, x, hash, &found, &place))
        return false;
    if (found)
        return true;
    if (!place->key && is_full(heap, (uint64_t)set->fill + 1, set->mask)) {
        size_t used = (size_t)set->used + 1;
        count = count_above(used > MANY_ELEMENTS ? used * 2 : used * 4);
        larger = new_entries(heap, count);
        if (!larger)
            return false;
    }
    set->fill += !place->key;
    set->used++;
    rc_hold(heap, x, RC_FOR_ELEMENT, set);
    *place = (set_entry){ x, hash };
    if (larger)
        move_to(heap, set, larger, count);
    return true;
}

/* Take the element out; its reference passes to whoever calls.  The hash stays where
 * it is: 2.7's pop goes by it. */
static rc_object *take_out(rc_set *set, set_entry *entry)
{
    rc_object *element = entry->key;

    entry->key = DELETED_KEY;
    set->used--;
    return element;
}

/* --------------------------------------------------------------------- make -- */

bool set_open(rc_heap *heap)
{
    (void)heap;
    return true;
}

/* Where both types share a free list, their objects are of one size. */
static size_t set_bytes(const rc_heap *heap, bool frozen)
{
    return frozen || freelist_capacity(&heap->set_free) > 0 ? sizeof(rc_frozenset) : sizeof(rc_set);
}

static inline void make_empty(rc_set *set)
{
    set->weakrefs = NULL;
    set->fill = set->used = set->finger = 0;
    set->mask = SMALLEST_SET - 1;
    set->entries = NULL;
}

static rc_set *new_set(rc_heap *heap, bool frozen)
{
    const rc_type *type = frozen ? &rc_frozenset_type : &rc_set_type;
    size_t bytes = set_bytes(heap, frozen);
    rc_object *object = NULL;

    if (freelist_capacity(&heap->set_free) > 0)
        object = object_from_free_list(heap, &heap->set_free, type, bytes);
    if (!object)
        object = object_new_container(heap, type, bytes);
    if (!object)
        return NULL;

    make_empty(as_set(object));
    if (frozen)
        ((rc_frozenset *)object)->hash = NO_HASH;
    return as_set(object);
}

static rc_object *give_up(rc_heap *heap, rc_set *set)
{
    if (set)
        object_discard(heap, &set->head);
    return NULL;
}

static rc_object *finish(rc_heap *heap, rc_set *set)
{
    gc_track(heap, &set->head);
    gc_count_member(heap);
    return &set->head;
}

static bool holds_containers(const rc_heap *heap, const rc_set *set)
{
    size_t position = 0;
    rc_object *element;

    while (rc_set_next(&set->head, &position, &element))
        if (gc_may_be_tracked(heap, element))
            return true;
    return false;
}

/* A frozenset made of other things than frozensets: 3.15 looks at them. */
static rc_object *finish_made(rc_heap *heap, rc_set *set)
{
    if (heap->profile.frozenset_untracking.value && !holds_containers(heap, set))
        return &set->head;
    return finish(heap, set);
}

/* The one empty frozenset, a new reference. */
static rc_object *shared_empty(rc_heap *heap)
{
    rc_set *set = heap->empty_frozenset ? NULL : new_set(heap, true);

    if (set && heap->empty_frozenset)   /* a finalizer has made it meanwhile */
        give_up(heap, set);
    else if (set) {
        gc_track(heap, &set->head);
        heap->empty_frozenset = &set->head;
        rc_hand_over(heap, heap->empty_frozenset, RC_FOR_SINGLETON, NULL);
    } else if (!heap->empty_frozenset)
        return NULL;
    rc_incref(heap, heap->empty_frozenset);
    return heap->empty_frozenset;
}

/* A frozenset is filled; an empty one makes place for the shared one. */
static rc_object *finish_frozen(rc_heap *heap, rc_set *set)
{
    if (set->used > 0 || !heap->profile.empty_frozenset_shared.value)
        return finish_made(heap, set);
    give_up(heap, set);
    return shared_empty(heap);
}

static bool add_items(rc_heap *heap, rc_set *set, rc_object *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t hash;
        if (!rc_hash(heap, items[i], &hash)) {
            say_unhashable(heap, items[i], RC_SAYS_NO_ELEMENT);
            return false;
        }
        if (!add(heap, set, items[i], hash))
            return false;
    }
    return true;
}

RC_OUT_OF_LINE static rc_object *display(rc_heap *heap, rc_object *const *items, size_t count)
{
    rc_set *set = new_set(heap, false);

    if (!set || !add_items(heap, set, items, count))
        return give_up(heap, set);
    return finish(heap, set);
}

rc_object *rc_set_new(rc_heap *heap, rc_object *const *items, size_t count)
{
    rc_object *object = NULL;

    if (count == 0 && freelist_capacity(&heap->set_free) == 0)
        object = object_new_container_quietly(heap, &rc_set_type, sizeof(rc_set));
    if (!object)
        return display(heap, items, count);
    make_empty(as_set(object));
    return gc_track_quietly(heap, object);
}

rc_object *rc_frozenset_new(rc_heap *heap, rc_object *const *items, size_t count)
{
    if (count == 0 && heap->profile.empty_frozenset_shared.value)
        return shared_empty(heap);

    rc_set *set = new_set(heap, true);
    if (!set || !add_items(heap, set, items, count))
        return give_up(heap, set);
    return finish_made(heap, set);
}

/* --------------------------------------------------------------------- update -- */

/* Make room for `count` more, expecting few that are there already. */
static bool make_room_for(rc_heap *heap, rc_set *set, size_t count)
{
    return !is_full(heap, (uint64_t)set->fill + count, set->mask)
           || resize(heap, set, ((size_t)set->used + count) * 2);
}

/* Copy the elements of another set into a table that has none. */
static bool copy_elements(rc_heap *heap, rc_set *set, const rc_set *other)
{
    bool as_they_lie = set->mask == other->mask && other->fill == other->used
                       && !growth(heap)->plain;

    if (!set->entries && !(set->entries = new_entries(heap, (size_t)set->mask + 1)))
        return false;
    for (size_t i = 0; i <= other->mask; i++) {
        const set_entry *entry = &other->entries[i];
        if (!set_entry_used(entry))
            continue;
        rc_hold(heap, entry->key, RC_FOR_ELEMENT, set);
        if (as_they_lie)
            set->entries[i] = *entry;
        else
            insert_clean(heap, set->entries, set->mask, entry);
    }
    set->fill = set->used = other->used;
    return true;
}

static bool merge(rc_heap *heap, rc_set *set, const rc_set *other)
{
    if (other == set || other->used == 0)
        return true;
    if (!make_room_for(heap, set, other->used))
        return false;
    if (set->fill == 0)
        return copy_elements(heap, set, other);
    for (size_t i = 0; i <= other->mask; i++) {
        const set_entry *entry = &other->entries[i];
        if (set_entry_used(entry) && !add(heap, set, entry->key, entry->hash))
            return false;
    }
    return true;
}

static bool merge_keys(rc_heap *heap, rc_set *set, rc_object *dict)
{
    size_t position = 0;
    rc_object *key, *value;
    int64_t hash;

    if (!make_room_for(heap, set, rc_dict_size(dict)))
        return false;
    while (rc_dict_next(dict, &position, &key, &value)) {
        if (!rc_hash(heap, key, &hash) || !add(heap, set, key, hash))
            return false;
    }
    return true;
}

static bool merge_items(rc_heap *heap, rc_set *set, rc_object *x)
{
    rc_iterator walk;
    rc_object *item;
    bool good;

    if (!rc_iterator_start(heap, &walk, x))
        return false;
    while ((good = rc_iterator_next(heap, &walk, &item, NULL)) && item) {
        good = add_items(heap, set, &item, 1);
        rc_decref(heap, item);
        if (!good)
            break;
    }
    rc_iterator_end(heap, &walk);
    return good;
}

static bool update(rc_heap *heap, rc_set *set, rc_object *x)
{
    if (is_any_set(x))
        return merge(heap, set, as_set(x));
    if (rc_is(x, &rc_dict_type))
        return merge_keys(heap, set, x);
    return merge_items(heap, set, x);
}

bool rc_set_update(rc_heap *heap, rc_object *self, rc_object *x)
{
    return update(heap, as_set(self), x);
}

rc_object *rc_set_call(rc_heap *heap, rc_object *x)
{
    rc_set *set = new_set(heap, false);

    if (!set || (x && !update(heap, set, x)))
        return give_up(heap, set);
    return finish(heap, set);
}

rc_object *rc_frozenset_call(rc_heap *heap, rc_object *x)
{
    if (!x)
        return rc_frozenset_new(heap, NULL, 0);
    if (is_frozen(x))
        return rc_set_copy(heap, x);

    rc_set *set = new_set(heap, true);
    if (!set || !update(heap, set, x))
        return give_up(heap, set);
    return finish_frozen(heap, set);
}

rc_object *rc_set_copy(rc_heap *heap, rc_object *self)
{
    if (!is_frozen(self))
        return rc_set_call(heap, self);
    rc_incref(heap, self);
    return self;
}

/* --------------------------------------------------------------------- look -- */

size_t rc_set_size(const rc_object *self)
{
    return as_set(self)->used;
}

bool rc_set_next(const rc_object *self, size_t *position, rc_object **element)
{
    const rc_set *set = as_set(self);

    while (set->entries && *position <= set->mask) {
        const set_entry *entry = &set->entries[(*position)++];
        if (set_entry_used(entry)) {
            *element = entry->key;
            return true;
        }
    }
    return false;
}

/* The entry of `x`, or NULL.  A set is unhashable, but here it stands for the
 * frozenset that equals it. */
static bool find_element(rc_heap *heap, const rc_set *set, rc_object *x, set_entry **found)
{
    int64_t hash;

    if (rc_is(x, &rc_set_type))
        hash = frozenset_hash(heap, as_set(x));
    else if (!rc_hash(heap, x, &hash)) {
        say_unhashable(heap, x, RC_SAYS_NO_ELEMENT);
        return false;
    }
    return find(heap, set, x, hash, found);
}

bool set_contains(rc_heap *heap, rc_object *self, rc_object *x, bool *result)
{
    set_entry *found;

    if (!find_element(heap, as_set(self), x, &found))
        return false;
    *result = found != NULL;
    return true;
}

/* ------------------------------------------------------------------- change -- */

bool rc_set_add(rc_heap *heap, rc_object *self, rc_object *x)
{
    return add_items(heap, as_set(self), &x, 1);
}

bool rc_set_discard(rc_heap *heap, rc_object *self, rc_object *x, bool *found)
{
    set_entry *entry;

    if (!find_element(heap, as_set(self), x, &entry))
        return false;
    if (found)
        *found = entry != NULL;
    if (entry)
        rc_release(heap, take_out(as_set(self), entry), RC_FOR_ELEMENT, self);
    return true;
}

bool rc_set_remove(rc_heap *heap, rc_object *self, rc_object *x)
{
    bool found;

    if (!rc_set_discard(heap, self, x, &found))
        return false;
    return found || raise_about(heap, RC_KEY_ERROR, x, "");
}

/* Where 2.7 begins to look for an element to pop: at the first entry, or, if that is
 * not used, where its hash says, the last pop having written it there. */
static uint32_t plain_victim(const rc_set *set)
{
    int64_t from = set->entries[0].hash;

    if (set_entry_used(&set->entries[0]))
        return 0;
    return from < 1 || from > (int64_t)set->mask ? 1 : (uint32_t)from;
}

rc_object *rc_set_pop(rc_heap *heap, rc_object *self)
{
    rc_set *set = as_set(self);

    if (set->used == 0)
        return rc_raise_null(heap, RC_KEY_ERROR, "'pop from an empty set'");
    uint32_t i = growth(heap)->plain ? plain_victim(set) : set->finger & set->mask;
    while (!set_entry_used(&set->entries[i]))
        i = (i + 1) & set->mask;
    rc_object *element = take_out(set, &set->entries[i]);
    set->finger = i + 1;
    if (growth(heap)->plain)
        set->entries[0].hash = i + 1;
    rc_hand_over(heap, element, RC_FOR_CALLER, NULL);
    return element;
}

void rc_set_clear(rc_heap *heap, rc_object *self)
{
    rc_set *set = as_set(self);
    set_entry *entries = set->entries;
    size_t mask = set->mask;

    if (!entries)
        return;
    set->entries = NULL;
    set->fill = set->used = 0;
    set->mask = SMALLEST_SET - 1;
    for (size_t i = 0; i <= mask; i++) {
        if (set_entry_used(&entries[i]))
            rc_release(heap, entries[i].key, RC_FOR_ELEMENT, self);
    }
    free_entries(heap, entries, mask);
}

/* ------------------------------------------------------------------ the types -- */

static void visit(rc_heap *heap, rc_object *self, visit_function show, void *context)
{
    size_t position = 0;
    rc_object *element;

    while (rc_set_next(self, &position, &element))
        show(heap, element, context);
}

static void clear(rc_heap *heap, rc_object *self)
{
    if (is_frozen(self))
        ((rc_frozenset *)self)->hash = NO_HASH;
    rc_set_clear(heap, self);
}

static void dying(rc_heap *heap, rc_object *self)
{
    if (as_set(self)->weakrefs)
        weakrefs_clear(heap, self);
}

static bool must_prepare(const rc_object *self)
{
    return ((const rc_set *)self)->weakrefs != NULL;
}

/* In table order; the count of a dying set tells which entry is next. */
static rc_object *destroy(rc_heap *heap, rc_object *self)
{
    const rc_set *set = as_set(self);

    while (set->entries && self->refcount <= set->mask) {
        const set_entry *entry = &set->entries[self->refcount++];
        if (set_entry_used(entry) && object_dies(heap, entry->key, RC_FOR_ELEMENT, self))
            return entry->key;
    }
    free_entries(heap, set->entries, set->mask);
    object_free(heap, self, true, set_bytes(heap, is_frozen(self)), &heap->set_free);
    return NULL;
}

/* A set that has never had an element, where sets have a size of their own. */
static void die(rc_heap *heap, rc_object *self)
{
    if (as_set(self)->entries || as_set(self)->weakrefs || freelist_capacity(&heap->set_free) > 0
        || !container_dies_quietly(heap, self))
        container_dies(heap, self);
    else
        container_gone(heap, self, &rc_set_type, sizeof(rc_set));
}

static void scrap(rc_heap *heap, rc_object *self)
{
    const rc_set *set = as_set(self);
    size_t position = 0;
    rc_object *element;

    while (rc_set_next(self, &position, &element))
        scrap_reference(heap, element, RC_FOR_ELEMENT, self);
    free_entries(heap, set->entries, set->mask);
    scrap_head(heap, self, set_bytes(heap, is_frozen(self)));
}

static bool hash(rc_heap *heap, rc_object *self, int64_t *result)
{
    rc_frozenset *set = (rc_frozenset *)self;

    if (set->hash == NO_HASH)
        set->hash = frozenset_hash(heap, &set->set);
    *result = set->hash;
    return true;
}

/* Whether every element of `a` is in `b`. */
static bool is_subset(rc_heap *heap, const rc_set *a, const rc_set *b, bool *result)
{
    *result = a->used <= b->used;
    for (size_t i = 0; *result && a->entries && i <= a->mask; i++) {
        const set_entry *entry = &a->entries[i];
        set_entry *found;
        if (!set_entry_used(entry))
            continue;
        if (!find(heap, b, entry->key, entry->hash, &found))
            return false;
        *result = found != NULL;
    }
    return true;
}

static bool equal(rc_heap *heap, rc_object *a, rc_object *b, bool *result)
{
    *result = false;
    return !is_any_set(b) || as_set(a)->used != as_set(b)->used
           || is_subset(heap, as_set(a), as_set(b), result);
}

/* Order is inclusion. */
static bool compare(rc_heap *heap, rc_object *a, rc_object *b, rc_comparison comparison,
                    bool *result)
{
    rc_set *small = as_set(a), *large = as_set(b);

    if (!is_any_set(b))
        return raise_no_order(heap, a, b, comparison);
    if (comparison == RC_GT || comparison == RC_GE) {
        small = as_set(b);
        large = as_set(a);
    }
    *result = false;
    if ((comparison == RC_LT || comparison == RC_GT) && small->used >= large->used)
        return true;
    return is_subset(heap, small, large, result);
}

static rc_object *next(rc_object *self, size_t *position)
{
    rc_object *element;
    return rc_set_next(self, position, &element) ? element : NULL;
}

static bool write_elements(rc_heap *heap, rc_object *self, rc_sink sink)
{
    bool frozen = is_frozen(self);

    if (as_set(self)->used == 0)
        return write_text(heap, sink, frozen ? "frozenset()" : "set()");
    return write_text(heap, sink, frozen ? "frozenset({" : "{")
           && write_items(heap, sink, self, next)
           && write_text(heap, sink, frozen ? "})" : "}");
}

static bool repr(rc_heap *heap, rc_object *self, rc_sink sink)
{
    struct repr_frame frame;

    switch (repr_enter(heap, &frame, self)) {
    case REPR_FAILED: return false;
    case REPR_INSIDE:
        return write_text(heap, sink, is_frozen(self) ? "frozenset(...)" : "set(...)");
    case REPR_BEGUN: break;
    }
    bool done = write_elements(heap, self, sink);
    repr_leave(heap, &frame);
    return done;
}

/* The smallest table lies in the object. */
static size_t size_of(const rc_heap *heap, const rc_object *self)
{
    size_t mask = as_set(self)->mask, table = mask < SMALLEST_SET ? 0 : (mask + 1) * 16;
    return (size_t)heap->profile.set_head_size.value + table;
}

#define SET_FIELDS                                                                           \
    { "weakrefs", offsetof(rc_set, weakrefs), sizeof(rc_object *), RC_FIELD_POINTER },      \
    { "fill", offsetof(rc_set, fill), sizeof(uint32_t), RC_FIELD_INTEGER },                 \
    { "used", offsetof(rc_set, used), sizeof(uint32_t), RC_FIELD_INTEGER },                 \
    { "mask", offsetof(rc_set, mask), sizeof(uint32_t), RC_FIELD_INTEGER },                 \
    { "finger", offsetof(rc_set, finger), sizeof(uint32_t), RC_FIELD_INTEGER },             \
    { "entries", offsetof(rc_set, entries), sizeof(set_entry *), RC_FIELD_POINTER }

static const field_layout set_fields[] = {
    SET_FIELDS,
    { NULL, 0, 0, RC_FIELD_INTEGER },
};

static const field_layout frozenset_fields[] = {
    SET_FIELDS,
    { "hash", offsetof(rc_frozenset, hash), sizeof(int64_t), RC_FIELD_INTEGER },
    { NULL, 0, 0, RC_FIELD_INTEGER },
};

const rc_type rc_set_type = {
    .name = "set",
    .index = RC_SET,
    .container = true,
    .weakly_referable = true,
    .visit = visit,
    .clear = clear,
    .dying = dying,
    .must_prepare = must_prepare,
    .die = die,
    .destroy = destroy,
    .scrap = scrap,
    .length = rc_set_size,
    .equal = equal,
    .compare = compare,
    .repr = repr,
    .size = size_of,
    .fields = set_fields,
};

const rc_type rc_frozenset_type = {
    .name = "frozenset",
    .index = RC_FROZENSET,
    .container = true,
    .weakly_referable = true,
    .visit = visit,
    .clear = clear,
    .dying = dying,
    .must_prepare = must_prepare,
    .die = container_dies,
    .destroy = destroy,
    .scrap = scrap,
    .length = rc_set_size,
    .hash = hash,
    .equal = equal,
    .compare = compare,
    .repr = repr,
    .size = size_of,
    .fields = frozenset_fields,
};
