/* Weak references.  Those to one object are on a list that begins in the object and
 * is linked by slot numbers; the one without a callback, of which there is at most
 * one, comes first, then those with callbacks, the newest first. */
#include "events.h"
#include "object.h"
#include "repr.h"
#include "side.h"
#include "weakref.h"

static rc_weakref *as_weakref(rc_object *object)
{
    return (rc_weakref *)object;
}

/* The referent, or NULL.  One with count 0 is dead, though not yet told so: it waits in the
 * trashcan, or its death has just begun. */
static rc_object *living(const rc_weakref *weakref)
{
    return weakref->referent && weakref->referent->refcount > 0 ? weakref->referent : NULL;
}

/* --------------------------------------------------------------------- the list -- */

/* Where an object keeps the first of its weak references. */
static rc_object **list_of(rc_object *referent)
{
    return rc_is(referent, &rc_instance_type) ? &((rc_instance *)referent)->weakrefs
                                              : &((rc_set *)referent)->weakrefs;
}

static rc_weakref *after(const rc_heap *heap, const rc_weakref *weakref)
{
    return weakref->next ? as_weakref(object_at(heap, weakref->next)) : NULL;
}

rc_object *weakrefs_first(const rc_heap *heap, const rc_object *referent, bool with_callback)
{
    rc_object *first = *list_of((rc_object *)referent);
    rc_weakref *behind;

    if (!with_callback || !first || as_weakref(first)->callback)
        return first;
    behind = after(heap, as_weakref(first));    /* only the first can have none */
    return behind ? &behind->head : NULL;
}

/* The reference without a callback, or NULL. */
static rc_weakref *plain_one(rc_object *referent)
{
    rc_weakref *first = as_weakref(*list_of(referent));
    return first && !first->callback ? first : NULL;
}

static void insert(rc_heap *heap, rc_weakref *weakref)
{
    rc_object **list = list_of(weakref->referent);
    rc_weakref *before = weakref->callback ? plain_one(weakref->referent) : NULL;
    rc_weakref *behind = before ? after(heap, before) : as_weakref(*list);
    uint32_t slot = slot_of(heap, weakref);

    weakref->prev = before ? slot_of(heap, before) : 0;
    weakref->next = behind ? slot_of(heap, behind) : 0;
    if (before)
        before->next = slot;
    else
        *list = &weakref->head;
    if (behind)
        behind->prev = slot;
}

void weakref_clear(rc_heap *heap, rc_object *object)
{
    rc_weakref *weakref = as_weakref(object);

    if (!weakref->referent)
        return;
    rc_weakref *behind = after(heap, weakref);
    if (weakref->prev)
        as_weakref(object_at(heap, weakref->prev))->next = weakref->next;
    else
        *list_of(weakref->referent) = behind ? &behind->head : NULL;
    if (behind)
        behind->prev = weakref->prev;
    weakref->next = weakref->prev = 0;
    weakref->referent = NULL;
    if (event_wanted(heap, RC_WEAKREF_CLEARED))
        event_object(heap, RC_WEAKREF_CLEARED, object);
}

/* -------------------------------------------------------------------- callbacks -- */

bool weakref_has_callback(const rc_object *weakref)
{
    return ((const rc_weakref *)weakref)->callback != NULL;
}

static void release_callback(rc_heap *heap, rc_weakref *weakref)
{
    rc_callback *callback = weakref->callback;
    weakref->callback = NULL;
    if (callback && callback->release)
        callback->release(callback, heap);
}

void weakref_call(rc_heap *heap, rc_object *object)
{
    rc_weakref *weakref = as_weakref(object);
    rc_callback *callback = weakref->callback;
    rc_error pending = heap->error;     /* of whatever is the cause of the death */

    if (!callback)
        return;
    weakref->callback = NULL;
    callback->call(callback, heap, object);
    if (callback->release)
        callback->release(callback, heap);
    heap->error = pending;
}

/* CPython keeps the references whose callbacks it is about to call in a tuple, with the
 * callbacks (None here) between them.  It shows: it counts towards generation 0, can
 * start a collection, comes from and goes to a free list.  Pushed as an operand, empty;
 * NULL if it makes none, or there is no memory for it. */
static rc_tuple *push_tuple(rc_heap *heap, size_t callbacks)
{
    int64_t least = heap->profile.weakref_tuple_from.value;
    size_t size = 2 * callbacks;
    rc_object **nones, *tuple;

    if (callbacks == 0 || least == 0 || callbacks < (size_t)least
        || !(nones = block_new(heap, size * sizeof *nones)))
        return NULL;
    for (size_t i = 0; i < size; i++)
        nones[i] = heap->none;
    tuple = rc_tuple_new(heap, nones, size);
    block_free(heap, nones, size * sizeof *nones);
    return tuple && rc_operand_push(heap, tuple) ? (rc_tuple *)tuple : NULL;
}

static void put_into(rc_heap *heap, rc_tuple *tuple, size_t i, rc_object *weakref)
{
    rc_object *none = tuple->items[i];

    rc_hold(heap, weakref, RC_FOR_ITEM, tuple);
    tuple->items[i] = weakref;
    rc_release(heap, none, RC_FOR_ITEM, tuple);
}

void weakrefs_clear(rc_heap *heap, rc_object *referent)
{
    rc_error pending = heap->error;
    size_t mark = rc_operand_mark(heap), first;
    rc_weakref *plain = plain_one(referent);
    rc_object *weakref;

    if (plain)
        weakref_clear(heap, &plain->head);
    rc_tuple *tuple = push_tuple(heap, rc_weakref_count(heap, referent));
    first = rc_operand_mark(heap);
    while ((weakref = *list_of(referent)) != NULL) {
        weakref_clear(heap, weakref);
        if (!weakref_has_callback(weakref))
            continue;
        size_t i = 2 * (rc_operand_mark(heap) - first);
        if (tuple && i < tuple->var.size)
            put_into(heap, tuple, i, weakref);
        rc_hold(heap, weakref, RC_FOR_OPERAND, NULL);
        if (!rc_operand_push(heap, weakref))
            break;                      /* no memory: this callback is lost, as in CPython */
    }
    weakrefs_drop(heap, referent);
    for (size_t i = first; i < heap->operand_count; i++)
        weakref_call(heap, heap->operands[i]);
    rc_operand_release(heap, mark);
    heap->error = pending;
}

void weakrefs_drop(rc_heap *heap, rc_object *referent)
{
    rc_object *weakref;

    while ((weakref = *list_of(referent)) != NULL)
        weakref_clear(heap, weakref);
}

void weakrefs_close(rc_heap *heap)
{
    for (rc_object *object = rc_newest(heap); object; object = rc_older(heap, object))
        if (rc_is(object, &rc_weakref_type))
            release_callback(heap, as_weakref(object));
}

/* ------------------------------------------------------------------- make, look -- */

static rc_object *no_callback(rc_heap *heap, rc_callback *callback)
{
    if (callback && callback->release)
        callback->release(callback, heap);
    return NULL;
}

rc_object *rc_weakref_new(rc_heap *heap, rc_object *referent, rc_callback *callback)
{
    if (!referent->type->weakly_referable) {
        rc_raise(heap, RC_TYPE_ERROR, "cannot create weak reference to '%s' object",
                 rc_typename(referent));
        return no_callback(heap, callback);
    }
    rc_weakref *existing = callback ? NULL : plain_one(referent);
    if (!existing) {
        rc_weakref *weakref = as_weakref(
            object_new_container(heap, &rc_weakref_type, sizeof(rc_weakref)));
        if (!weakref)
            return no_callback(heap, callback);
        weakref->referent = NULL;
        weakref->callback = callback;
        weakref->hash = NO_HASH;
        weakref->next = weakref->prev = 0;
        gc_track(heap, &weakref->head);
        existing = callback ? NULL : plain_one(referent);       /* made by a finalizer meanwhile? */
        if (!existing) {
            weakref->referent = referent;
            insert(heap, weakref);
            gc_count_member(heap);
            return &weakref->head;
        }
        object_discard(heap, &weakref->head);
    }
    rc_hold(heap, &existing->head, RC_FOR_CALLER, NULL);
    return &existing->head;
}

rc_object *rc_weakref_referent(const rc_object *weakref)
{
    return living((const rc_weakref *)weakref);
}

size_t rc_weakref_count(const rc_heap *heap, const rc_object *referent)
{
    size_t count = 0;

    if (!referent->type->weakly_referable)
        return 0;
    for (const rc_weakref *weakref =
             (const rc_weakref *)weakrefs_first(heap, referent, false); weakref;
         weakref = after(heap, weakref))
        count++;
    return count;
}

/* ----------------------------------------------------------------------- values -- */

/* The referent's hash, kept from the first time it is asked for. */
static bool hash(rc_heap *heap, rc_object *self, int64_t *result)
{
    rc_weakref *weakref = as_weakref(self);

    if (weakref->hash == NO_HASH) {
        if (!living(weakref))
            return rc_raise(heap, RC_TYPE_ERROR, "weak object has gone away");
        if (!rc_hash(heap, weakref->referent, &weakref->hash))
            return false;
    }
    *result = weakref->hash;
    return true;
}

/* Living ones compare by their referents, others by identity. */
static bool equal(rc_heap *heap, rc_object *a, rc_object *b, bool *result)
{
    *result = false;
    if (!rc_is(b, &rc_weakref_type) || !living(as_weakref(a)) || !living(as_weakref(b)))
        return true;
    return rc_equal(heap, as_weakref(a)->referent, as_weakref(b)->referent, result);
}

static bool write_repr(rc_heap *heap, rc_object *self, rc_sink sink)
{
    rc_object *referent = living(as_weakref(self));

    if (!write_text(heap, sink, "<weakref at ") || !write_address(heap, sink, self))
        return false;
    if (!referent)
        return write_text(heap, sink, "; dead>");
    return write_text(heap, sink, "; to '") && write_text(heap, sink, rc_typename(referent))
           && write_text(heap, sink, "' at ") && write_address(heap, sink, referent)
           && write_text(heap, sink, ">");
}

static size_t size(const rc_heap *heap, const rc_object *self)
{
    (void)self;
    return (size_t)heap->profile.weakref_size.value;
}

/* ------------------------------------------------------- collecting, dying -- */

static void visit(rc_heap *heap, rc_object *self, visit_function show, void *context)
{
    (void)heap, (void)self, (void)show, (void)context;  /* it holds nothing of the heap */
}

static void clear(rc_heap *heap, rc_object *self)
{
    weakref_clear(heap, self);
    release_callback(heap, as_weakref(self));
}

static bool must_prepare(const rc_object *self)
{
    (void)self;
    return true;
}

static rc_object *destroy(rc_heap *heap, rc_object *self)
{
    object_free(heap, self, true, sizeof(rc_weakref), NULL);
    return NULL;
}

static const field_layout fields[] = {
    { "referent", offsetof(rc_weakref, referent), sizeof(void *), RC_FIELD_OBJECT },
    { "callback", offsetof(rc_weakref, callback), sizeof(void *), RC_FIELD_POINTER },
    { "hash", offsetof(rc_weakref, hash), sizeof(int64_t), RC_FIELD_INTEGER },
    { "next slot", offsetof(rc_weakref, next), sizeof(uint32_t), RC_FIELD_INTEGER },
    { "prev slot", offsetof(rc_weakref, prev), sizeof(uint32_t), RC_FIELD_INTEGER },
    { NULL, 0, 0, RC_FIELD_POINTER }
};

const rc_type rc_weakref_type = {
    .name = "weakref",
    .index = RC_WEAKREF,
    .container = true,
    .visit = visit,
    .clear = clear,
    .dying = clear,
    .must_prepare = must_prepare,
    .die = container_dies,
    .destroy = destroy,
    .hash = hash,
    .equal = equal,
    .repr = write_repr,
    .size = size,
    .fields = fields,
};
