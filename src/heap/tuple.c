/* tuple: a fixed number of items inside the object.
 *
 * A tuple of up to the profile's longest served length comes from, one of up to its
 * longest kept length goes to, the free list of its length.  The empty tuple is one object. */
#include "tuple.h"

#include "bulk.h"
#include "compare.h"
#include "hash.h"
#include "iterate.h"
#include "object.h"
#include "repr.h"
#include "singletons.h"

#define MOST_ITEMS (((size_t)PTRDIFF_MAX - sizeof(rc_tuple)) / sizeof(rc_object *))

static rc_tuple *as_tuple(const rc_object *object)
{
    return (rc_tuple *)object;
}

static size_t tuple_bytes(size_t size)
{
    return sizeof(rc_tuple) + size * sizeof(rc_object *);
}

/* Where a dead tuple goes, and where a new one is looked for: not always the same. */
static freelist *keeping_list(rc_heap *heap, size_t size)
{
    bool kept = size > 0 && size <= (size_t)heap->profile.tuple_free_longest.value;
    return kept ? &heap->tuple_free[size] : NULL;
}

static freelist *serving_list(rc_heap *heap, size_t size)
{
    bool served = size > 0 && size <= (size_t)heap->profile.tuple_free_longest_served.value;
    return served ? &heap->tuple_free[size] : NULL;
}

/* --------------------------------------------------------------------- make -- */

/* A tuple of `size` places that are NULL yet, untracked. */
static rc_tuple *new_tuple(rc_heap *heap, size_t size)
{
    freelist *list = serving_list(heap, size);
    rc_object *object = NULL;

    if (size > MOST_ITEMS)
        return rc_raise_null(heap, RC_MEMORY_ERROR, "a tuple of %zu items", size);
    if (list)
        object = object_from_free_list(heap, list, &rc_tuple_type, tuple_bytes(size));
    if (!object)
        object = object_new_container(heap, &rc_tuple_type, tuple_bytes(size));
    if (object) {
        as_tuple(object)->var.size = size;
        for (size_t i = 0; i < size; i++)
            as_tuple(object)->items[i] = NULL;
    }
    return (rc_tuple *)object;
}

static void put_items(rc_heap *heap, rc_tuple *tuple, size_t at, rc_object *const *items,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        rc_hold(heap, items[i], RC_FOR_ITEM, tuple);
        tuple->items[at + i] = items[i];
    }
}

/* All items are in. */
static inline rc_object *finish(rc_heap *heap, rc_tuple *tuple)
{
    gc_track(heap, &tuple->var.head);
    gc_count_member(heap);
    return &tuple->var.head;
}

static bool holds_containers(const rc_tuple *tuple)
{
    for (size_t i = 0; i < tuple->var.size; i++)
        if (tuple->items[i]->type->container)
            return true;
    return false;
}

/* Where the items were there before, all at once: from 3.14 that is a reason to look at
 * them. */
static inline bool born_untracked(const rc_heap *heap, const rc_tuple *tuple)
{
    return heap->profile.tuple_born_untracked.value && !holds_containers(tuple);
}

static inline rc_object *finish_copied(rc_heap *heap, rc_tuple *tuple)
{
    return born_untracked(heap, tuple) ? &tuple->var.head : finish(heap, tuple);
}

static rc_object *same(rc_heap *heap, rc_object *tuple)
{
    rc_incref(heap, tuple);
    return tuple;
}

bool tuple_open(rc_heap *heap)
{
    rc_tuple *empty = new_tuple(heap, 0);

    if (!empty)
        return false;
    heap->empty_tuple = &empty->var.head;
    if (((const untracking_strategy *)heap->profile.tuple_untracking.value)->empty_tracked)
        list_append(heap, heap->empty_tuple, STARTUP);
    keep_for_ever(heap, heap->empty_tuple, RC_FOR_SINGLETON);
    return true;
}

RC_OUT_OF_LINE static rc_object *copy(rc_heap *heap, rc_object *const *items, size_t count)
{
    if (count == 0)
        return same(heap, heap->empty_tuple);

    rc_tuple *tuple = new_tuple(heap, count);
    if (!tuple)
        return NULL;
    put_items(heap, tuple, 0, items, count);
    return finish_copied(heap, tuple);
}

static inline rc_object *fill_quietly(rc_heap *heap, rc_tuple *tuple, rc_object *const *items,
                                      size_t count)
{
    tuple->var.size = count;
    for (size_t i = 0; i < count; i++)
        hold_quietly(tuple->items[i] = items[i]);
    if (!born_untracked(heap, tuple))
        gc_track_quietly(heap, &tuple->var.head);
    return &tuple->var.head;
}

/* Where the free list is empty. */
RC_OUT_OF_LINE static rc_object *copy_at_hand(rc_heap *heap, rc_object *const *items, size_t count,
                                              freelist *list)
{
    rc_object *object = object_new_container_quietly(heap, &rc_tuple_type, tuple_bytes(count));

    if (!object)
        return copy(heap, items, count);
    list->misses++;
    return fill_quietly(heap, as_tuple(object), items, count);
}

rc_object *rc_tuple_new(rc_heap *heap, rc_object *const *items, size_t count)
{
    freelist *list = serving_list(heap, count);

    if (!list || !made_quietly(heap))
        return copy(heap, items, count);
    if (!freelist_first(list))
        return copy_at_hand(heap, items, count, list);
    rc_object *object = object_from_free_list_quietly(heap, list, &rc_tuple_type,
                                                      tuple_bytes(count));
    return fill_quietly(heap, as_tuple(object), items, count);
}

rc_object *rc_tuple_call(rc_heap *heap, rc_object *x)
{
    size_t size, now;
    rc_tuple *tuple;

    if (rc_is(x, &rc_tuple_type))
        return same(heap, x);
    if (!iterable_size(heap, x, &size))
        return NULL;
    while (size > 0) {
        tuple = new_tuple(heap, size);
        if (!tuple)
            return NULL;
        if (!iterable_size(heap, x, &now) || now != size) {
            size = now;                 /* a finalizer changed it: begin again */
            object_discard(heap, &tuple->var.head);
            continue;
        }
        if (copy_items(heap, x, tuple->items, size, &tuple->var.head))
            return rc_is(x, &rc_list_type) ? finish_copied(heap, tuple) : finish(heap, tuple);
        for (size_t i = 0; i < size; i++)
            tuple->items[i] = NULL;
        object_discard(heap, &tuple->var.head);
        return NULL;
    }
    return same(heap, heap->empty_tuple);
}

rc_object *tuple_concat(rc_heap *heap, rc_object *a, rc_object *b)
{
    rc_tuple *first = as_tuple(a), *second = as_tuple(b);

    if (!rc_is(b, &rc_tuple_type))
        return rc_raise_null(heap, RC_TYPE_ERROR,
                             "can only concatenate tuple (not \"%s\") to tuple",
                             rc_typename(b));
    if (first->var.size + second->var.size == 0)
        return same(heap, heap->empty_tuple);
    if (heap->profile.tuple_concat_shares.value && (first->var.size == 0 || second->var.size == 0))
        return same(heap, first->var.size == 0 ? b : a);

    rc_tuple *tuple = new_tuple(heap, first->var.size + second->var.size);
    if (!tuple)
        return NULL;
    put_items(heap, tuple, 0, first->items, first->var.size);
    put_items(heap, tuple, first->var.size, second->items, second->var.size);
    return finish(heap, tuple);
}

rc_object *tuple_repeat(rc_heap *heap, rc_object *self, int64_t count)
{
    rc_tuple *from = as_tuple(self), *tuple;
    size_t times = count > 0 ? (size_t)count : 0, size = from->var.size;

    if (size == 0 || times == 1)
        return same(heap, self);
    if (times == 0)
        return same(heap, heap->empty_tuple);
    if (times > MOST_ITEMS / size)
        return rc_raise_null(heap, RC_MEMORY_ERROR, "%zu times %zu items", times, size);
    tuple = new_tuple(heap, size * times);
    if (!tuple)
        return NULL;
    for (size_t at = 0; at < size * times; at += size)
        put_items(heap, tuple, at, from->items, size);
    return finish(heap, tuple);
}

/* --------------------------------------------------------------------- look -- */

size_t rc_tuple_size(const rc_object *self)
{
    return as_tuple(self)->var.size;
}

rc_object *rc_tuple_get(rc_heap *heap, rc_object *self, int64_t i)
{
    rc_tuple *tuple = as_tuple(self);
    int64_t size = (int64_t)tuple->var.size;

    if (i < 0)
        i += size;
    if (i < 0 || i >= size)
        return rc_raise_null(heap, RC_INDEX_ERROR, "tuple index out of range");
    return tuple->items[i];
}

bool rc_tuple_index(rc_heap *heap, rc_object *self, rc_object *x, size_t *index)
{
    rc_tuple *tuple = as_tuple(self);

    for (size_t i = 0; i < tuple->var.size; i++) {
        bool equal;
        if (!items_equal(heap, tuple->items[i], x, &equal))
            return false;
        if (equal) {
            *index = i;
            return true;
        }
    }
    return rc_raise(heap, RC_VALUE_ERROR, "tuple.index(x): x not in tuple");
}

bool rc_tuple_count(rc_heap *heap, rc_object *self, rc_object *x, size_t *count)
{
    rc_tuple *tuple = as_tuple(self);
    size_t found = 0;

    for (size_t i = 0; i < tuple->var.size; i++) {
        bool equal;
        if (!items_equal(heap, tuple->items[i], x, &equal))
            return false;
        found += equal;
    }
    *count = found;
    return true;
}

void tuple_maybe_untrack(rc_heap *heap, rc_object *self)
{
    rc_tuple *tuple = as_tuple(self);

    for (size_t i = 0; i < tuple->var.size; i++) {
        if (!tuple->items[i] || gc_may_be_tracked(heap, tuple->items[i]))
            return;
    }
    gc_untrack(heap, self);
}

/* ------------------------------------------------------------------ the type -- */

RC_OUT_OF_LINE static void gone(rc_heap *heap, rc_object *self)
{
    size_t bytes = tuple_bytes(as_tuple(self)->var.size);

    if (RC_LIKELY(bytes <= SLOT_SIZE))  /* one slot: 17 instructions less when that is known */
        container_gone(heap, self, &rc_tuple_type, SLOT_SIZE);
    else
        container_gone(heap, self, &rc_tuple_type, bytes);
}

/* Last to first; the count of a dying tuple tells how many are done. */
static rc_object *destroy(rc_heap *heap, rc_object *self)
{
    rc_tuple *tuple = as_tuple(self);
    size_t size = tuple->var.size;

    while (self->refcount < size) {
        rc_object *item = tuple->items[size - ++self->refcount];
        if (item && object_dies(heap, item, RC_FOR_ITEM, self))
            return item;
    }
    object_free(heap, self, true, tuple_bytes(size), keeping_list(heap, size));
    return NULL;
}

static void die(rc_heap *heap, rc_object *self)
{
    rc_tuple *tuple = as_tuple(self);
    size_t size = tuple->var.size, left = size;
    freelist *list = keeping_list(heap, size);

    if (!container_dies_quietly(heap, self)) {
        container_dies(heap, self);
        return;
    }
    while (left > 0 && tuple->items[left - 1] && outlives_quietly(tuple->items[left - 1]))
        left--;
    if (left > 0) {
        self->refcount = (uint32_t)(size - left);
        leave_quietly(heap, self, &rc_tuple_type);
        container_dies_on(heap, self);
    } else if (!list || !freelist_has_room(list)) {
        gone(heap, self);
    } else {
        leave_quietly(heap, self, &rc_tuple_type);
        freelist_put(list, self, tuple_bytes(size));
    }
}

static void scrap(rc_heap *heap, rc_object *self)
{
    rc_tuple *tuple = as_tuple(self);

    for (size_t i = tuple->var.size; i-- > 0;)
        if (tuple->items[i])
            scrap_reference(heap, tuple->items[i], RC_FOR_ITEM, self);
    scrap_head(heap, self, tuple_bytes(tuple->var.size));
}

static bool hash(rc_heap *heap, rc_object *self, int64_t *result)
{
    return tuple_hash(heap, as_tuple(self), result);
}

static bool equal(rc_heap *heap, rc_object *a, rc_object *b, bool *result)
{
    *result = false;
    return !rc_is(b, &rc_tuple_type)
           || sequences_equal(heap, as_tuple(a)->items, as_tuple(a)->var.size,
                              as_tuple(b)->items, as_tuple(b)->var.size, result);
}

static bool compare(rc_heap *heap, rc_object *a, rc_object *b, rc_comparison comparison,
                    bool *result)
{
    if (!rc_is(b, &rc_tuple_type))
        return raise_no_order(heap, a, b, comparison);
    return sequences_compare(heap, as_tuple(a)->items, as_tuple(a)->var.size,
                             as_tuple(b)->items, as_tuple(b)->var.size, comparison, result);
}

static rc_object *next(rc_object *self, size_t *position)
{
    rc_tuple *tuple = as_tuple(self);
    return *position < tuple->var.size ? tuple->items[(*position)++] : NULL;
}

static bool repr(rc_heap *heap, rc_object *self, rc_sink sink)
{
    struct repr_frame frame;

    switch (repr_enter(heap, &frame, self)) {
    case REPR_FAILED: return false;
    case REPR_INSIDE: return write_text(heap, sink, "(...)");
    case REPR_BEGUN: break;
    }
    bool done = write_text(heap, sink, "(") && write_items(heap, sink, self, next)
                && write_text(heap, sink, as_tuple(self)->var.size == 1 ? ",)" : ")");
    repr_leave(heap, &frame);
    return done;
}

static size_t size_of(const rc_heap *heap, const rc_object *self)
{
    return (size_t)heap->profile.tuple_head_size.value + as_tuple(self)->var.size * 8;
}

static const field_layout fields[] = {
    { "size", offsetof(rc_tuple, var.size), sizeof(size_t), RC_FIELD_INTEGER },
    { NULL, 0, 0, RC_FIELD_INTEGER },
};

const rc_type rc_tuple_type = {
    .name = "tuple",
    .index = RC_TUPLE,
    .container = true,
    .visit = tuple_visit,
    .die = die,
    .destroy = destroy,
    .scrap = scrap,
    .length = rc_tuple_size,
    .hash = hash,
    .equal = equal,
    .compare = compare,
    .repr = repr,
    .size = size_of,
    .fields = fields,
};
