/* The life of an object: made, linked into the refchain, counted, destroyed.
 * Read rc_destroy and release_tree for how deep structures die in constant C stack. */
#include "object.h"

#include <limits.h>

#include "finalizers.h"
#include "instance.h"
#include "list.h"
#include "weakref.h"

/* -------------------------------------------------------------------- types -- */

static const rc_type *const types[RC_TYPES] = {
    [RC_NONE] = &rc_none_type,   [RC_BOOL] = &rc_bool_type,
    [RC_INT] = &rc_int_type,     [RC_FLOAT] = &rc_float_type,
    [RC_STR] = &rc_str_type,     [RC_LIST] = &rc_list_type,
    [RC_TUPLE] = &rc_tuple_type, [RC_DICT] = &rc_dict_type,
    [RC_SET] = &rc_set_type,     [RC_FROZENSET] = &rc_frozenset_type,
    [RC_INSTANCE] = &rc_instance_type, [RC_WEAKREF] = &rc_weakref_type,
};

const rc_type *rc_type_at(rc_type_index index)
{
    return types[index];
}

rc_type_index rc_type_number(const rc_type *type)
{
    return type->index;
}

const char *rc_type_name(const rc_type *type)
{
    return type->name;
}

const char *rc_typename(const rc_object *object)
{
    return rc_is(object, &rc_instance_type) ? rc_class_name(rc_instance_class(object))
                                            : object->type->name;
}

bool rc_type_is_container(const rc_type *type)
{
    return type->container;
}

/* -------------------------------------------------------------------- birth -- */

/* The number of so manyth birth; 0 before the first. */
static uint64_t number_of(uint64_t births)
{
    return births > 0 ? (births - 1) % LAST_BIRTH + 1 : 0;
}

void set_births(rc_heap *heap, uint64_t births)
{
    uint64_t number = heap->front.events ? LAST_BIRTH : number_of(births);

    heap->newest_state = number * ONE_BIRTH + 1;
    heap->earlier_births = births - number;     /* may be "negative" */
}

void set_events(rc_heap *heap, uint32_t events)
{
    uint64_t births = births_so_far(heap);

    heap->front.events = events;
    set_births(heap, births);
    memory_set_unquestioned(heap);
}

rc_object *born_with_care(rc_heap *heap, rc_object *object, const rc_type *type,
                          rc_memory_origin origin)
{
    uint64_t births = births_so_far(heap) + 1;

    set_births(heap, births);
    begin_life(heap, object, number_of(births) * ONE_BIRTH + 1, type, origin);
    if (!heap->front.events)
        return object;
    link_newborn(heap);
    return event_created(heap, object);
}

int64_t rc_birth(const rc_heap *heap, const rc_object *object)
{
    return (int64_t)object->birth - (int64_t)heap->startup_births;
}

uint64_t rc_births(const rc_heap *heap)
{
    return births_so_far(heap) - heap->startup_births;
}

/* -------------------------------------------------------------------- death --
 *
 * CPython destroys recursively: a list's destructor releases its items, which runs
 * their destructors, and so on; the trashcan keeps that from overflowing the stack
 * by putting containers aside at a certain nesting.  Here one loop does the same
 * steps in the same order: the dying objects form a chain from the innermost to the
 * outermost through their `next` (they have left the refchain), each remembers by
 * itself how far its release has come, and `trash_nesting` counts as CPython's
 * counter does, so that the profile's trashcan puts aside the same objects. */

#define DEEP 8                          /* levels from which the way out is worth a batch */
#define LEVELS_AHEAD 32

static void drain_trash(rc_heap *heap);

static bool has_trashcan(const rc_type *type)
{
    return type != &rc_weakref_type;
}

static const trashcan_strategy *trashcan(const rc_heap *heap)
{
    return (const trashcan_strategy *)heap->profile.trashcan.value;
}

static bool counts_itself_twice(const rc_heap *heap, const rc_type *type)
{
    return type == &rc_instance_type && trashcan(heap)->instance_is_extra_level;
}

static inline void report_death(rc_heap *heap, rc_object *object)
{
    if (event_wanted(heap, RC_DESTROYED))
        event_destroyed(heap, object, heap->clearing > 0);
    if (RC_UNLIKELY(object->watched))
        watch_died(heap, object);
}

/* Put a dead container aside that is nested too deep. */
RC_COLD static void put_aside(rc_heap *heap, rc_object *object)
{
    if (object->watched)
        watch_died(heap, object);       /* whoever holds a handle must not touch it now */
    object->prev = heap->trash;
    heap->trash = object;
    heap->calm_levels = INT_MIN;
}

/* Run the finalizer of a dying object that has one left to run, with the object
 * alive once more.  True if it stays alive. */
static bool resurrected(rc_heap *heap, rc_object *object)
{
    if (!instance_has_finalizer(object))
        return false;
    bool legacy = legacy_finalizers(heap);
    if (gc_is_finalized(heap, object) && !legacy)
        return false;

    if (legacy)
        weakrefs_clear(heap, object);   /* even if it stays alive */
    object->refcount = 1;
    if (event_wanted(heap, RC_COUNT_CHANGED))
        rc_notify_count(heap, object, 1, RC_FOR_FINALIZER, NULL);
    join_refchain(heap, object);
    link_newborn(heap);
    gc_track(heap, object);
    instance_finalize(heap, object);
    gc_set_finalized(heap, object);
    if (legacy && object->refcount == 1)
        weakrefs_drop(heap, object);    /* those that the finalizer has made */
    if (event_wanted(heap, RC_COUNT_CHANGED))
        rc_notify_count(heap, object, -1, RC_FOR_FINALIZER, NULL);
    if (--object->refcount != 0) {
        link_newborn(heap);
        ring_remove(object);            /* CPython links it anew: it is the newest now */
        ring_add_first(&heap->refchain, object);
        return true;
    }
    gc_untrack(heap, object);
    leave_refchain(heap, object, object->type);
    return false;
}

/* A container's death is over, or called off.  CPython empties the trash when the
 * outermost one has come so far. */
static inline void leave_nesting(rc_heap *heap, const rc_type *type)
{
    if (!has_trashcan(type))
        return;
    if (RC_UNLIKELY(--heap->trash_nesting <= 0 && heap->trash))
        outermost_has_died(heap, type);
}

void outermost_has_died(rc_heap *heap, const rc_type *type)
{
    if (!counts_itself_twice(heap, type))
        drain_trash(heap);
}

/* Whether nothing at all comes before the release of a container's references, or after it:
 * it has no finalizer and no weak references, the trashcan is empty and not near. */
static inline bool dies_at_once(const rc_heap *heap, const rc_object *object)
{
    const rc_type *type = object->type;

    return RC_LIKELY(heap->trash_nesting < heap->calm_levels)
           && (!type->must_prepare || !type->must_prepare(object));
}

/* The rarer begin_death. */
static bool begin_rare_death(rc_heap *heap, rc_object *object)
{
    const rc_type *type = object->type;

    if (has_trashcan(type)) {
        if (heap->trash_nesting + counts_itself_twice(heap, type) >= heap->trash_levels) {
            put_aside(heap, object);
            return false;
        }
        heap->trash_nesting++;
        if (rc_is(object, &rc_instance_type) && resurrected(heap, object)) {
            leave_nesting(heap, type);
            return false;
        }
    }
    report_death(heap, object);
    if (type->dying)
        type->dying(heap, object);
    object->refcount = 0;               /* now the type's own, for `destroy` */
    return true;
}

/* What happens to a container whose count has come to 0 before its references are
 * released.  True: go on and release them.  False: it was put aside, or lives. */
static inline bool begin_death(rc_heap *heap, rc_object *object)
{
    if (!dies_at_once(heap, object))
        return begin_rare_death(heap, object);
    heap->trash_nesting++;
    report_death(heap, object);
    return true;
}

/* Release what a container in its death still holds, up to the first container that
 * dies of it, which is returned; or else, at its end, its memory.  Lists in lists are the
 * commonest deep structure: without a call for each. */
static inline rc_object *go_on_dying(rc_heap *heap, rc_object *object)
{
    const rc_type *type = object->type;
    rc_object *child;

    if (type != &rc_list_type || !list_dies_on(heap, object, &child))
        child = type->destroy(heap, object);
    if (!child)
        leave_nesting(heap, type);
    return child;
}

/* Most lists in lists were made one after the other, so what is one level deeper lies as far from
 * `inner` as that from `outer`: fetch what lies some levels deeper.  (1e6 levels: 15 ns each
 * without, 9 with.)  Gcc 12 takes a function that only prefetches for one without effect, unless it
 * is inlined. */
static inline __attribute__((always_inline))
void prefetch_deeper(const rc_list *outer, const rc_list *inner)
{
    intptr_t head = (intptr_t)inner, items = (intptr_t)inner->items;

    __builtin_prefetch((void *)(head + LEVELS_AHEAD * (head - (intptr_t)outer)), 1);
    __builtin_prefetch((void *)(items + LEVELS_AHEAD * (items - (intptr_t)outer->items)), 1);
}

/* A container that dies of another leaves the refchain and its generation, and begins to die:
 * false if it was put aside, or lives. */
static inline bool follow(rc_heap *heap, const rc_object *dying, rc_object *child)
{
    if (rc_is(child, &rc_list_type) && container_dies_quietly(heap, child)) {
        if (rc_is(dying, &rc_list_type))
            prefetch_deeper((const rc_list *)dying, (const rc_list *)child);
        leave_quietly(heap, child, &rc_list_type);
        heap->trash_nesting++;
        return true;
    }
    leave_refchain(heap, child, child->type);
    gc_untrack(heap, child);
    return begin_death(heap, child);
}

/* On the way out of lists in lists nothing is left to do for most but to give back an array
 * and a head: here those that are like `dying` do.  Not the outermost of all that die, which may
 * have to empty the trash; but this may be a tree inside of another's death.  Returns the first
 * that is not done, or NULL.  (1e6 levels: 12 ns each without, 8 with; where only every second is
 * alike, 16 with, so it takes two to begin.) */
static rc_object *out_of_emptied(rc_heap *heap, rc_object *dying)
{
    const rc_list *first = (const rc_list *)dying, *second = (const rc_list *)dying->next;

    if (!second || !rc_is(dying, &rc_list_type) || !rc_is(dying->next, &rc_list_type)
        || second->allocated != first->allocated
        || heap->front.events || freelist_has_room(&heap->list_free))
        return dying;
    size_t bytes = list_array_bytes(first->allocated);
    if (bytes > LARGEST_FINE)
        return dying;
    word_back arrays = { .arena = &heap->memory.blocks };
    word_back heads = { .arena = &heap->memory.containers };
    arena_put_back_word(arrays.arena, bytes);
    arena_put_back_word(heads.arena, whole_slots(sizeof(rc_list)));
    size_t allocated = first->allocated;
    int released = 0;

    while (dying && heap->trash_nesting - released > 1 && rc_is(dying, &rc_list_type)) {
        rc_list *list = (rc_list *)dying;
        if (list->var.size > 0 || list->allocated != allocated)
            break;
        dying = list->var.head.next;
        give_block_back(heap, &arrays, list->items);
        give_block_back(heap, &heads, list);
        released++;
    }
    give_word_back(heap, &arrays);
    give_word_back(heap, &heads);
    heap->trash_nesting -= released;
    gc_count_releases(heap, released);
    return dying;
}

/* `child`, a container, dies of the death of `dying`: destroy it, whatever dies of it,
 * and the rest of `dying`. */
static void release_tree(rc_heap *heap, rc_object *dying, rc_object *child)
{
    dying->next = NULL;
    while (dying) {
        if (child && follow(heap, dying, child)) {
            child->next = dying;
            dying = child;
        }
        rc_object *outer = dying->next;
        child = go_on_dying(heap, dying);
        if (!child)
            dying = heap->trash_nesting < DEEP || !outer ? outer : out_of_emptied(heap, outer);
    }
}

static void destroy_tree(rc_heap *heap, rc_object *root)
{
    if (!begin_death(heap, root))
        return;
    rc_object *child = go_on_dying(heap, root);
    if (child)
        release_tree(heap, root, child);
}

/* Destroy what the trashcan has put aside, the last put first, until none is left. */
static void drain_trash(rc_heap *heap)
{
    heap->trash_nesting++;
    while (heap->trash) {
        rc_object *object = heap->trash;
        heap->trash = object->prev;
        heap->calm_levels = heap->trash_levels - 1;     /* nobody else will empty it */
        destroy_tree(heap, object);
    }
    heap->calm_levels = heap->trash_levels - 1;
    heap->trash_nesting--;
}

RC_OUT_OF_LINE static void destroy_with_care(rc_heap *heap, rc_object *object)
{
    heap->deaths++;
    gc_untrack(heap, object);
    destroy_tree(heap, object);
    heap->deaths--;
}

/* `child` dies of the quiet death of `object`, and whatever else. */
RC_OUT_OF_LINE static void destroy_more(rc_heap *heap, rc_object *object, rc_object *child)
{
    heap->deaths++;
    heap->trash_nesting++;
    release_tree(heap, object, child);
    heap->deaths--;
}

void container_dies_on(rc_heap *heap, rc_object *object)
{
    rc_object *child = object->type->destroy(heap, object);
    if (child)
        destroy_more(heap, object, child);
}

/* Without an observer, and with nothing to do first, nobody can look while it dies, as long
 * as no container dies of it: nothing that counts the running deaths need be told. */
void container_dies(rc_heap *heap, rc_object *object)
{
    if (RC_UNLIKELY(heap->front.events) || !dies_at_once(heap, object)) {
        leave_refchain(heap, object, object->type);
        destroy_with_care(heap, object);
        return;
    }
    leave_quietly(heap, object, object->type);
    if (RC_UNLIKELY(object->watched))
        watch_died(heap, object);
    container_dies_on(heap, object);
}

void atom_dies(rc_heap *heap, rc_object *object)
{
    atom_leaves(heap, object, object->type);
    report_death(heap, object);
    object->type->destroy(heap, object);
}

/* The count of `object` has come to 0. */
void rc_destroy(rc_heap *heap, rc_object *object)
{
    object->type->die(heap, object);
}

bool object_dies_told(rc_heap *heap, rc_object *object, rc_reason reason, const rc_object *holder)
{
    uint32_t left = --object->refcount;

    rc_notify_count(heap, object, -1, reason, holder);
    if (left > 0)
        return false;
    if (object->type->container)
        return true;
    rc_destroy(heap, object);
    return false;
}

void rc_release_told(rc_heap *heap, rc_object *object, rc_reason reason, const void *holder)
{
    uint32_t left = --object->refcount;

    rc_notify_count(heap, object, -1, reason, holder);
    if (left == 0)
        rc_destroy(heap, object);
}

void object_empty_free_list(rc_heap *heap, freelist *list, bool container, size_t bytes)
{
    rc_object *dead;

    while ((dead = freelist_drop(list)) != NULL)
        object_return(heap, dead, container, bytes);
}

/* ------------------------------------------------------------ questions to any -- */

static bool in_pool(const rc_heap *heap, const rc_object *object)
{
    if (!rc_is(object, &rc_int_type))
        return false;
    int64_t value = ((const rc_int *)object)->value, least = heap->profile.small_int_least.value;
    return value >= least && value <= heap->profile.small_int_greatest.value
           && heap->small_ints[value - least] == object;
}

/* Whether a release that counts its static objects from a base does so here. */
static bool is_static(const rc_heap *heap, const rc_object *object)
{
    return in_pool(heap, object) || object == heap->empty_tuple || object == heap->empty_str
           || (rc_is(object, &rc_str_type) && ((const rc_str *)object)->cached);
}

uint64_t rc_refcount(const rc_heap *heap, const rc_object *object)
{
    const rc_profile *profile = &heap->profile;

    if (rc_is_immortal(object) && profile->immortal_refcount.value)
        return (uint64_t)profile->immortal_refcount.value;
    if (rc_is_immortal(object))         /* a profile that pins no count shows the real one */
        return object->refcount - IMMORTAL_REFCOUNT + UINT64_C(1);
    if (is_static(heap, object))
        return object->refcount + (uint64_t)profile->pool_refcount_base.value;
    return object->refcount;
}

static bool is_singleton(const rc_heap *heap, const rc_object *object)
{
    return object == heap->none || object == heap->true_ || object == heap->false_
           || object == heap->empty_tuple || object == heap->empty_str
           || object == heap->empty_frozenset;
}

rc_origin rc_object_origin(const rc_heap *heap, const rc_object *object)
{
    if (in_pool(heap, object))
        return RC_ORIGIN_POOL;
    if (is_singleton(heap, object))
        return RC_ORIGIN_SINGLETON;
    if (rc_is(object, &rc_str_type)) {
        const rc_str *str = (const rc_str *)object;
        if (str->cached)
            return RC_ORIGIN_CHARACTER;
        if (str->interned)
            return RC_ORIGIN_INTERNED;
    }
    return object->fresh == RC_FROM_FREE_LIST ? RC_ORIGIN_FREE_LIST
           : object->fresh == RC_FRESH_BLOCK ? RC_ORIGIN_FRESH : RC_ORIGIN_REUSED;
}

const char *rc_origin_name(rc_origin origin)
{
    static const char *const names[] = {
        [RC_ORIGIN_FRESH] = "fresh block",       [RC_ORIGIN_REUSED] = "reused block",
        [RC_ORIGIN_FREE_LIST] = "free list",     [RC_ORIGIN_POOL] = "small-int pool",
        [RC_ORIGIN_CHARACTER] = "character cache", [RC_ORIGIN_INTERNED] = "interned",
        [RC_ORIGIN_SINGLETON] = "singleton",
    };
    return names[origin];
}

int64_t identity_hash(const rc_heap *heap, const rc_object *object)
{
    uint64_t offset = (uint64_t)((const char *)object - heap->memory.window);
    int64_t hash = (int64_t)(offset >> 4 | offset << 60);
    return hash == -1 ? -2 : hash;
}

bool rc_length(rc_heap *heap, rc_object *object, size_t *length)
{
    if (!object->type->length)
        return rc_raise(heap, RC_TYPE_ERROR, "object of type '%s' has no len()",
                        rc_typename(object));
    *length = object->type->length(object);
    return true;
}

bool rc_truth(const rc_object *object)
{
    switch (object->type->index) {
    case RC_NONE:
        return false;
    case RC_BOOL:
    case RC_INT:
        return ((const rc_int *)object)->value != 0;
    case RC_FLOAT:
        return ((const rc_float *)object)->value != 0;
    default:
        return !object->type->length || object->type->length(object) != 0;
    }
}

size_t rc_sizeof(const rc_heap *heap, const rc_object *object)
{
    const rc_profile *profile = &heap->profile;
    return object->type->size(heap, object)
           + (object->type->container ? (size_t)profile->gc_head_size.value : 0)
           + (profile->trace_refs.value && !profile->refchain_is_table.value ? 16 : 0);
}

/* ------------------------------------------------------------------ recursion -- */

bool recursion_enter(rc_heap *heap, rc_wording says)
{
    return recursion_enter_to(heap, RECURSION_LIMIT, says);
}

bool recursion_enter_to(rc_heap *heap, uint32_t limit, rc_wording says)
{
    if (heap->depth >= limit)
        return rc_raise_worded(heap, RC_RECURSION_ERROR, says, NULL, NULL, NULL);
    heap->depth++;
    return true;
}

void recursion_leave(rc_heap *heap)
{
    heap->depth--;
}

/* --------------------------------------------------------------------- layout -- */

static const field_layout head_fields[] = {
    { "next", offsetof(rc_object, next), sizeof(void *), RC_FIELD_POINTER },
    { "prev", offsetof(rc_object, prev), sizeof(void *), RC_FIELD_POINTER },
    { "refcount", offsetof(rc_object, refcount), sizeof(uint32_t), RC_FIELD_INTEGER },
    { "type", offsetof(rc_object, type), sizeof(void *), RC_FIELD_TYPE },
    { NULL, 0, 0, RC_FIELD_POINTER }
};

static int64_t integer_at(const char *at, size_t size)
{
    uint64_t bits = 0;
    memcpy(&bits, at, size);            /* little-endian, or size 8 */
    return (int64_t)bits;
}

static rc_field field_at(const rc_object *object, const field_layout *layout)
{
    rc_field field = { layout->offset, layout->size, layout->name, layout->kind, { 0 } };
    const char *at = (const char *)object + layout->offset;

    switch (layout->kind) {
    case RC_FIELD_POINTER:
        memcpy(&field.value.pointer, at, sizeof field.value.pointer);
        break;
    case RC_FIELD_OBJECT:
        memcpy(&field.value.object, at, sizeof field.value.object);
        if (field.value.object && field.value.object->refcount == 0)
            field.value.object = NULL;  /* a weak reference's, in the trashcan: it is dead */
        break;
    case RC_FIELD_TYPE:
        field.value.type = object->type;
        break;
    case RC_FIELD_INTEGER:
        field.value.integer = integer_at(at, layout->size);
        break;
    case RC_FIELD_REAL:
        memcpy(&field.value.real, at, sizeof field.value.real);
        break;
    case RC_FIELD_TEXT:
        field.size = ((const rc_str *)object)->size + (size_t)1;
        field.value.text.bytes = at;
        field.value.text.size = field.size - 1;
        break;
    }
    return field;
}

static bool show_fields(const rc_object *object, const field_layout *layout,
                        bool (*show)(void *, const rc_field *), void *context)
{
    for (; layout && layout->name; layout++) {
        rc_field field = field_at(object, layout);
        if (!show(context, &field))
            return false;
    }
    return true;
}

void rc_layout(const rc_heap *heap, const rc_object *object,
               bool (*show)(void *context, const rc_field *field), void *context)
{
    swept(heap);                        /* links lead to what is alive */
    link_newborn(heap);
    if (!show_fields(object, head_fields, show, context)
        || !show_fields(object, object->type->fields, show, context)
        || !rc_is(object, &rc_tuple_type))
        return;

    const rc_tuple *tuple = (const rc_tuple *)object;
    for (size_t i = 0; i < tuple->var.size; i++) {
        rc_field field = { offsetof(rc_tuple, items) + i * sizeof(rc_object *),
                           sizeof(rc_object *), "item", RC_FIELD_OBJECT, { 0 } };
        field.value.object = tuple->items[i];
        if (!show(context, &field))
            return;
    }
}
