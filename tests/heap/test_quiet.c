/* What happens while nobody looks on takes shorter ways, and leaves the same heap.
 *
 * One random program runs three times, step by step beside itself: alone, with an observer of
 * every event, and with observers that come and go at any moment, also while finalizers and
 * callbacks run.  All that it meets on its way goes into one number; now and then everything
 * that is left is compared; whoever looks on at times is told what the other is told then;
 * and what the other has been told adds up to the heap there is.
 *
 * Start reading with `step`, which `run` lets all three do. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "view.h"

enum {
    STEPS_A_LOOK = 50, STEPS_A_CHECK = 25,
    PLACES = 48, NAMES = 14, KEYS = 32, SAVED = 8, WATCHES = 16,
    MOST_ITEMS = 24, DEEPEST_CALL = 3, MOST_IN_CROWD = 3000, CLUSTERS = 8
};

typedef enum look { ALONE, ALWAYS, AT_TIMES, WAYS } look;       /* whether anybody looks on */

typedef struct told {
    int64_t events[RC_EVENT_KINDS];     /* how many */
    int64_t references;                 /* what the changes of counts come to */
    uint64_t fingerprint;               /* of what they said, in their order */
} told;

typedef struct program {
    rc_heap *heap;
    rc_class *plain, *other, *finalized, *reviving;
    rc_object *keys[KEYS];              /* the first NAMES are strs; one reference each */
    rc_object *places[PLACES];          /* one reference each */
    rc_object *saved[SAVED];            /* by finalizers; one reference each, or NULL */
    rc_object *deep;                    /* a list in a tuple in a dict in an instance ... */
    uint32_t watches[WATCHES];          /* 0: none */
    int calls;                          /* finalizers and callbacks that run now */
    int64_t finalizers;                 /* that were called */
    bool calm;                          /* nothing can run: no finalizers, weakrefs, watches */
    bool scarce;                        /* memory is, now */
    uint64_t random;
    uint64_t seen;                      /* a fingerprint of all it met */

    look look;
    uint64_t switching;                 /* random numbers of their own */
    uint32_t wanted;                    /* events that whoever comes and goes waits for now */
    told then, ever;                    /* of those, and of any kind at any time */
    int64_t live, tracked, references, put_away;        /* at the start (check_balance) */
} program;

static unsigned below(program *self, unsigned limit)
{
    return (unsigned)(next_random(&self->random) >> 33) % limit;
}

static rc_object *any(program *self)
{
    return self->places[below(self, PLACES)];
}

static rc_object *any_key(program *self)
{
    return self->keys[below(self, KEYS)];
}

/* ------------------------------------------------------------------------ looking -- */

static void add(uint64_t *fingerprint, uint64_t number)
{
    *fingerprint = (*fingerprint ^ number) * UINT64_C(0x100000001b3);
}

static int64_t place_of(const rc_heap *heap, const void *address)
{
    return (int64_t)((uintptr_t)address - rc_id(rc_none(heap)));
}

static bool meet(program *self, uint64_t number)
{
    add(&self->seen, number);
    return true;
}

static bool meet_object(program *self, const rc_object *object)
{
    meet(self, (uint64_t)place_of(self->heap, object));
    meet(self, (uint64_t)rc_birth(self->heap, object));
    return meet(self, rc_refcount(self->heap, object));
}

static void note(told *told, const rc_heap *heap, const rc_event *event)
{
    uint64_t *all = &told->fingerprint;

    told->events[event->kind]++;
    if (event->kind == RC_COUNT_CHANGED && !rc_is(event->object, &rc_str_type))
        told->references += event->change;
    add(all, (uint64_t)event->kind);
    add(all, event->object ? (uint64_t)rc_birth(heap, event->object) : 0);
    add(all, event->address ? (uint64_t)place_of(heap, (void *)event->address) : 0);
    add(all, event->size + event->collected + event->uncollectable);
    add(all, (uint64_t)(event->generation + event->origin + event->change));
    add(all, (uint64_t)event->reason * 2 + event->by_collector);
}

/* An operand may be held only while a ledger is kept: one that began meanwhile is told
 * nothing of it, one that was kept before is told of its release. */
static bool depends_on_before(const rc_event *event)
{
    return event->kind == RC_COUNT_CHANGED && event->reason == RC_FOR_OPERAND;
}

static void notify(void *context, rc_heap *heap, const rc_event *event)
{
    program *self = context;

    note(&self->ever, heap, event);
    if ((self->wanted & RC_EVENT_BIT(event->kind)) && !depends_on_before(event))
        note(&self->then, heap, event);
}

/* Of the tuples that have a free list of their length. */
static size_t longest(const rc_type *type)
{
    return type == &rc_tuple_type ? 20 : 0;
}

static int64_t tracked(const program *self)
{
    int64_t count = 0;

    for (int generation = 0; generation <= RC_PERMANENT; generation++)
        count += (int64_t)rc_gc_size(self->heap, generation);
    return count;
}

/* To all objects but strs, whose counts jump when they become immortal. */
static int64_t references(const program *self)
{
    int64_t count = 0;

    for (rc_object *object = rc_newest(self->heap); object; object = rc_older(self->heap, object))
        if (!rc_is(object, &rc_str_type))
            count += object->refcount;
    return count;
}

/* How many of the dead went to free lists and were not given back to their ranges. */
static int64_t put_away(const program *self)
{
    int64_t count = 0;

    for (int i = 0; i < RC_TYPES; i++) {
        const rc_type *type = rc_type_at((rc_type_index)i);
        if (type == &rc_frozenset_type)
            continue;                           /* no list, or that of the sets */
        for (size_t length = 0; length <= longest(type); length++) {
            rc_free_list_stats list = rc_free_list(self->heap, type, length);
            count += (int64_t)(list.size + list.hits);
        }
    }
    return count;
}

/* Now and then an observer comes, of all events or of one kind, or goes.  It is decided in
 * every way, so that whoever stays knows what the other is told. */
static void come_or_go(program *self)
{
    uint64_t number = next_random(&self->switching) >> 33;

    switch (number % 6) {
    case 0: self->wanted = RC_ALL_EVENTS; break;
    case 1: self->wanted = 0; break;
    case 2: self->wanted = RC_EVENT_BIT(number / 6 % RC_EVENT_KINDS); break;
    default: return;
    }
    rc_observer observer = { .events = self->wanted, .notify = notify, .context = self };
    if (self->look == AT_TIMES)
        rc_observe(self->heap, self->wanted ? &observer : NULL);
}

static void died(void *context, const rc_death *death)
{
    meet(context, (uint64_t)death->birth * 2 + death->by_collector);
}

/* ------------------------------------------------------------------------- making -- */

static void let_go(program *self, rc_object **objects, int count)
{
    for (int i = 0; i < count; i++)
        if (objects[i])
            rc_decref(self->heap, objects[i]);
}

/* The caller's reference goes to a place.  NULL: making it failed; the place is as it was. */
static void put(program *self, rc_object **place, rc_object *object)
{
    rc_object *old = *place;

    if (!object) {
        meet(self, rc_heap_error(self->heap)->kind);
        rc_error_clear(self->heap);
        return;
    }
    *place = object;
    let_go(self, &old, 1);
}

static rc_object *new_object(program *self);
static void crowd(program *self);

/* An object made now has the address that is free now. */
static void probe(program *self)
{
    rc_object *made[] = { rc_float_new(self->heap, 1), rc_dict_new(self->heap) };

    for (int i = 0; i < 2; i++)
        if (made[i])
            meet_object(self, made[i]);
    let_go(self, made, 2);
    rc_error_clear(self->heap);
}

/* What finalizers and callbacks do. */
static void see(void *context, rc_heap *heap, rc_object *object)
{
    program *self = context;
    size_t found;

    come_or_go(self);
    probe(self);
    meet_object(self, object);
    meet(self, (uint64_t)rc_gc_count(heap, 0));
    if (self->calls++ < DEEPEST_CALL) {
        if (below(self, 4) == 0)
            put(self, &self->places[below(self, PLACES)], new_object(self));
        if (below(self, 60) == 0 && rc_gc_collect(heap, below(self, RC_GENERATIONS), &found))
            meet(self, found);
        if (below(self, 30) == 0)
            rc_gc_set_threshold(heap, 0, (int)below(self, 100) - 5);
        if (below(self, 60) == 0)
            (below(self, 2) ? rc_gc_enable : rc_gc_disable)(heap);
        if (below(self, 400) == 0 && !self->scarce)
            crowd(self);
        if (below(self, 20) == 0)
            CHECK_HEAP(heap);
    }
    self->calls--;
    come_or_go(self);
}

static void finalize(void *context, rc_heap *heap, rc_object *object)
{
    ((program *)context)->finalizers++;
    see(context, heap, object);
}

static void revive(void *context, rc_heap *heap, rc_object *object)
{
    program *self = context;

    finalize(self, heap, object);
    if (below(self, 2)) {
        rc_incref(heap, object);
        put(self, &self->saved[below(self, SAVED)], object);
    }
}

typedef struct callback {
    rc_callback callback;
    program *program;
} callback;

static void call(rc_callback *called, rc_heap *heap, rc_object *weakref)
{
    see(((callback *)called)->program, heap, weakref);
}

static void release(rc_callback *called, rc_heap *heap)
{
    (void)heap;
    free(called);
}

/* To the first of `items` that can have one. */
static rc_object *new_weakref(program *self, rc_object **items)
{
    callback *made = NULL;
    rc_object *referent = items[0];

    if (self->calm)
        return rc_float_new(self->heap, 2.5);
    for (int i = 1; i < MOST_ITEMS && !rc_is(referent, &rc_set_type)
                    && !rc_is(referent, &rc_instance_type); i++)
        referent = items[i];
    if (below(self, 2)) {
        CHECK(made = malloc(sizeof *made));
        *made = (callback) { { call, release }, self };
    }
    return rc_weakref_new(self->heap, referent, made ? &made->callback : NULL);
}

static rc_object *new_copy(program *self, rc_object *object)
{
    if (rc_is(object, &rc_dict_type))
        return rc_dict_copy(self->heap, object);
    if (rc_is(object, &rc_list_type))
        return rc_list_copy(self->heap, object);
    if (rc_is(object, &rc_set_type))
        return rc_set_copy(self->heap, object);
    return rc_str_new(self->heap, "abcdefghi", 1 + below(self, 9));
}

/* `items`: MOST_ITEMS of them, every other one a key. */
static rc_object *make(program *self, rc_object **items, unsigned count)
{
    rc_heap *heap = self->heap;
    unsigned from = below(self, KEYS - 6), few = below(self, 6);

    switch (below(self, 18)) {
    case 0: return rc_int_new(heap, 1000 + below(self, 9));
    case 1: return rc_float_new(heap, 0.5);
    case 2: return rc_str_new(heap, "abcdefghijklmnopqrst", below(self, 20));
    case 3: return rc_dict_new(heap);
    case 4: return rc_dict_display(heap, items, few);
    case 5: return rc_set_new(heap, &self->keys[from], few);
    case 6: return rc_frozenset_new(heap, &self->keys[from], few);
    case 7:
    case 8: return rc_instance_new(heap, self->plain);
    case 9: return rc_instance_new(heap, self->other);
    case 10: return rc_instance_new(heap, self->finalized);
    case 11: return rc_instance_new(heap, self->reviving);
    case 12: return new_weakref(self, items);
    case 13: return new_copy(self, items[1]);
    case 14: return rc_list_display(heap, items, count);
    default: return rc_tuple_new(heap, items, count);
    }
}

/* A new object, of whatever is in the places, or NULL. */
static rc_object *new_object(program *self)
{
    rc_object *items[MOST_ITEMS];
    unsigned count = below(self, 6) == 0 ? below(self, MOST_ITEMS) : below(self, 4);

    for (int i = 0; i < MOST_ITEMS; i++) {
        items[i] = i % 2 ? any(self) : any_key(self);
        rc_incref(self->heap, items[i]);        /* a finalizer may take it out of its place */
    }
    rc_object *made = make(self, items, count);
    let_go(self, items, MOST_ITEMS);
    return made;
}

/* What is nested, in one more container. */
static rc_object *wrap(program *self, rc_object *inner)
{
    rc_heap *heap = self->heap;
    rc_object *outer = NULL;

    switch (below(self, 6)) {
    case 0: outer = rc_list_display(heap, &inner, 1); break;
    case 1: outer = rc_tuple_new(heap, &inner, 1); break;
    case 2: outer = rc_dict_display(heap, (rc_object *[]) { self->keys[0], inner }, 1); break;
    default:
        outer = rc_instance_new(heap, below(self, 3) == 0 ? self->finalized
                                      : below(self, 2) ? self->plain : self->other);
        CHECK(outer && rc_instance_set(heap, outer, self->keys[below(self, 4)], inner));
    }
    CHECK(outer);
    rc_decref(heap, inner);
    return outer;
}

/* One of a crowd, that refers to `other`. */
static rc_object *new_neighbour(program *self, rc_object *other)
{
    rc_heap *heap = self->heap;
    rc_object *pairs[] = { self->keys[0], other, self->keys[9], any(self) }, *made;

    switch (below(self, 5)) {
    case 0:
    case 1: return rc_list_display(heap, pairs + 1, 1 + below(self, 2));
    case 2: return rc_tuple_new(heap, pairs + 1, 2);
    case 3: return rc_dict_display(heap, pairs, 2);
    }
    made = rc_instance_new(heap, self->plain);
    CHECK(made && rc_instance_set(heap, made, self->keys[1], other));
    return made;
}

/* Thousands, in clusters in which each reaches all; of a third of the crowds some clusters
 * stay: a collection large enough for the ways of large ones. */
static void crowd(program *self)
{
    rc_heap *heap = self->heap;
    rc_object *objects[MOST_IN_CROWD];
    unsigned count = MOST_IN_CROWD - below(self, 500);
    bool was_enabled = rc_gc_is_enabled(heap), some_stay = below(self, 3) == 0;
    size_t found;

    rc_gc_disable(heap);
    for (unsigned i = 0; i < count; i++) {
        rc_object **hub = &objects[i % CLUSTERS];
        objects[i] = i < CLUSTERS ? rc_list_display(heap, NULL, 0)
                     : new_neighbour(self, hub[below(self, i / CLUSTERS) * CLUSTERS]);
        CHECK(objects[i] && rc_list_append(heap, *hub, objects[i]));
    }
    for (unsigned i = 0; i < count; i++)
        if (some_stay && below(self, 1000) == 0)
            put(self, &self->places[below(self, PLACES)], objects[i]);
        else
            rc_decref(heap, objects[i]);
    CHECK(rc_gc_collect(heap, RC_OLDEST, &found) && meet(self, found));
    if (was_enabled)
        rc_gc_enable(heap);
}

/* ----------------------------------------------------------------------- changing -- */

/* Meet what a container gave away. */
static bool take(program *self, rc_object *object)
{
    if (!object)
        return false;
    meet_object(self, object);
    rc_decref(self->heap, object);
    return true;
}

/* Hundreds of keys, in a row or scattered; or a few. */
static bool fill(program *self, rc_object *dict, rc_object *value)
{
    unsigned from = below(self, 900), count = below(self, 8) == 0 ? 500 : below(self, 20);
    int64_t distance = below(self, 3) ? 1 : 1000003;
    bool ok = true;

    for (unsigned i = 0; i < count && ok; i++) {
        rc_object *key = rc_int_new(self->heap, (from + i) * distance);
        ok = key && rc_dict_set(self->heap, dict, key, value);
        let_go(self, &key, 1);
    }
    return ok;
}

/* Go through the first keys, and give some of them another value. */
static bool walk(program *self, rc_object *dict, rc_object *value)
{
    rc_iterator walk;
    rc_object *key;
    bool ok = rc_iterator_start(self->heap, &walk, dict);

    if (!ok)
        return false;
    for (int i = 0; i < 6 && ok; i++) {
        if (!(ok = rc_iterator_next(self->heap, &walk, &key, NULL)) || !key)
            break;
        if (below(self, 3) == 0)
            ok = rc_dict_set(self->heap, dict, key, value);
        take(self, key);
    }
    rc_iterator_end(self->heap, &walk);
    return ok;
}

/* Delete key by key, from the front. */
static bool thin_out(program *self, rc_object *dict)
{
    rc_object *key, *value;

    for (unsigned count = below(self, 8) == 0 ? 300 : below(self, 10); count > 0; count--) {
        size_t position = 0;
        if (!rc_dict_next(dict, &position, &key, &value))
            return true;
        rc_incref(self->heap, key);
        bool ok = rc_dict_delete(self->heap, dict, key);
        rc_decref(self->heap, key);
        if (!ok)
            return false;
    }
    return true;
}

static bool change_dict(program *self, rc_object *dict, rc_object *key, rc_object *value)
{
    rc_heap *heap = self->heap;
    rc_object *old_key, *old;

    switch (below(self, 14)) {
    case 0: return rc_dict_delete(heap, dict, key);
    case 1: return take(self, rc_dict_pop(heap, dict, key));
    case 2: return rc_dict_popitem(heap, dict, &old_key, &old)
                   && take(self, old_key) && take(self, old);
    case 3:
        if (below(self, 4) == 0)
            rc_dict_clear(heap, dict);
        return true;
    case 4: return rc_dict_setdefault(heap, dict, key, value);
    case 5: return !rc_is(value, &rc_dict_type) || rc_dict_update(heap, dict, value);
    case 6:
    case 7: return fill(self, dict, value);
    case 8: return walk(self, dict, value);
    case 9: return thin_out(self, dict);
    case 10: return rc_dict_find(heap, dict, key, &old) && (!old || meet_object(self, old));
    default: return rc_dict_set(heap, dict, key, value);
    }
}

static bool change_instance(program *self, rc_object *instance, rc_object *value)
{
    rc_heap *heap = self->heap;
    rc_object *name = self->keys[below(self, NAMES)], *found;

    switch (below(self, 12)) {
    case 0:
    case 1: return rc_instance_delete(heap, instance, name);
    case 2: return (found = rc_instance_get(heap, instance, name)) && meet_object(self, found);
    case 3:
        if ((found = rc_instance_dict(instance))) {
            rc_incref(heap, found);
            put(self, &self->places[below(self, PLACES)], found);
        }
        return true;
    default: return rc_instance_set(heap, instance, name, value);
    }
}

static bool change_set(program *self, rc_object *set, rc_object *key)
{
    bool found;

    switch (below(self, 8)) {
    case 0:
    case 1: return rc_set_discard(self->heap, set, key, &found) && meet(self, found);
    case 2: return take(self, rc_set_pop(self->heap, set));
    default: return rc_set_add(self->heap, set, key);
    }
}

static bool change_list(program *self, rc_object *list, rc_object *value)
{
    rc_heap *heap = self->heap;
    bool ok = true;

    switch (below(self, 8)) {
    case 0: rc_list_clear(heap, list); return true;
    case 1: return take(self, rc_list_pop(heap, list, -1));
    case 2: return rc_list_set(heap, list, 0, value);
    case 3:
        for (unsigned count = below(self, 100); count > 0 && ok; count--)
            ok = rc_list_append(heap, list, value);
        return ok;
    default: return rc_list_append(heap, list, value);
    }
}

static bool change_object(program *self, rc_object *object, rc_object *key, rc_object *value)
{
    if (rc_is(object, &rc_dict_type))
        return change_dict(self, object, key, value);
    if (rc_is(object, &rc_instance_type))
        return change_instance(self, object, value);
    if (rc_is(object, &rc_set_type))
        return change_set(self, object, key);
    return !rc_is(object, &rc_list_type) || change_list(self, object, value);
}

/* Change something, or fail to: what was asked for is not there, or not hashable, or there
 * is no memory. */
static void change(program *self)
{
    rc_object *held[] = { any(self), below(self, 8) ? any_key(self) : any(self), any(self) };

    for (int i = 0; i < 3; i++)
        rc_incref(self->heap, held[i]);
    if (!change_object(self, held[0], held[1], held[2]))
        meet(self, rc_heap_error(self->heap)->kind);
    rc_error_clear(self->heap);
    let_go(self, held, 3);
}

/* What a program may ask of the collector. */
static void govern(program *self)
{
    rc_heap *heap = self->heap;
    size_t found;

    if (below(self, 200) == 0 && rc_gc_collect(heap, below(self, RC_GENERATIONS), &found))
        meet(self, found);
    if (below(self, 300) == 0)
        (below(self, 2) ? rc_gc_freeze : rc_gc_unfreeze)(heap);
    if (below(self, 100) == 0)
        rc_gc_set_threshold(heap, 0, below(self, 8) == 0 ? -3 : (int)below(self, 120));
    if (below(self, 100) == 0)
        rc_gc_enable(heap);
    if (below(self, 400) == 0)
        rc_gc_garbage_clear(heap);
    if (below(self, 10) == 0)
        meet(self, rc_gc_poll(heap));
    if (below(self, 20) == 0)
        meet(self, rc_gc_is_near(heap));
    if (!self->calm && below(self, 40) == 0)
        self->watches[below(self, WATCHES)] = rc_watch(heap, any(self));
}

static void step(program *self)
{
    rc_heap *heap = self->heap;

    come_or_go(self);
    self->deep = wrap(self, self->deep);
    if (below(self, 120) == 0)
        put(self, &self->deep, rc_list_display(heap, NULL, 0));
    unsigned scarce = below(self, 12);
    if (scarce == 0)
        rc_heap_fail_allocation(heap, 1 + below(self, 6));
    if (scarce == 1)
        rc_heap_set_limit(heap, rc_heap_memory(heap).used + below(self, 3000));
    self->scarce = scarce <= 1;
    change(self);
    put(self, &self->places[below(self, PLACES)], new_object(self));
    meet(self, rc_heap_allocation_failed(heap));
    rc_heap_fail_allocation(heap, 0);
    rc_heap_set_limit(heap, 0);
    self->scarce = false;
    govern(self);
}

/* ------------------------------------------------------------------- from start to end -- */

static void report_roots(void *context, void (*report)(void *, rc_object *), void *to)
{
    program *self = context;

    for (int i = 0; i < KEYS; i++)
        report(to, self->keys[i]);
    for (int i = 0; i < PLACES; i++)
        report(to, self->places[i]);
    for (int i = 0; i < SAVED; i++)
        if (self->saved[i])
            report(to, self->saved[i]);
    report(to, self->deep);
}

static rc_object *new_key(rc_heap *heap, int i)
{
    static const char *const texts[] = { "left", "right", "top", "size", "north", "south", "a" };
    const char *text = texts[i % 7];

    if (i < NAMES)
        return i < 7 ? rc_str_constant(heap, text, strlen(text))
                     : rc_str_new(heap, text, strlen(text));
    switch (i) {
    case NAMES: return rc_int_new(heap, -1);
    case NAMES + 1: return rc_int_new(heap, 1);
    case NAMES + 2: return rc_int_new(heap, INT64_MAX);
    case NAMES + 3: return rc_float_new(heap, 23.0);
    case NAMES + 4:
        rc_incref(heap, rc_bool(heap, true));
        return rc_bool(heap, true);
    default: return rc_int_new(heap, i % 3 == 0 ? i : i % 3 == 1 ? 1000000 + i : INT64_C(1) << i);
    }
}

static void start(program *self, const char *profile, uint64_t seed, bool calm, look look)
{
    rc_hooks hooks = { .context = self, .roots = report_roots, .died = died };
    rc_options options = { .profile = rc_profile_find(profile), .hooks = &hooks };
    rc_observer observer = { .events = RC_ALL_EVENTS, .notify = notify, .context = self };

    CHECK(options.profile);
    *self = (program) { .heap = rc_heap_open(&options), .random = seed, .switching = ~seed,
                        .calm = calm, .look = look };
    CHECK(self->heap);
    rc_gc_set_threshold(self->heap, 0, 70);
    if (look == ALWAYS)
        rc_observe(self->heap, &observer);
    self->live = (int64_t)rc_live(self->heap, NULL);
    self->tracked = tracked(self);
    self->references = references(self);
    self->put_away = put_away(self);
    self->plain = rc_class_new(self->heap, "Plain", NULL, NULL);
    self->other = rc_class_new(self->heap, "Other", NULL, NULL);
    self->finalized = rc_class_new(self->heap, "Finalized", calm ? NULL : finalize, self);
    self->reviving = rc_class_new(self->heap, "Reviving", calm ? NULL : revive, self);
    for (int i = 0; i < KEYS; i++)
        CHECK((self->keys[i] = new_key(self->heap, i)));
    for (int i = 0; i < PLACES; i++)
        CHECK((self->places[i] = rc_list_display(self->heap, NULL, 0)));
    CHECK((self->deep = rc_list_display(self->heap, NULL, 0)));
}

static void finish(program *self)
{
    rc_observe(self->heap, NULL);
    CHECK_HEAP(self->heap);
    rc_heap_close(self->heap);
}

/* ---------------------------------------------------------------------- comparing -- */

static void check_programs_alike(const program *a, const program *b)
{
    CHECK_EQUAL(b->seen, a->seen);
    for (int i = 0; i < WATCHES; i++) {
        CHECK_EQUAL(b->watches[i], a->watches[i]);
        CHECK_EQUAL(rc_watched(b->heap, b->watches[i]), rc_watched(a->heap, a->watches[i]));
    }
    check_alike(a->heap, b->heap);
}

/* Whoever is there is told, whether he was there before or not. */
static void check_told(const told *always, const told *at_times)
{
    for (int kind = 0; kind < RC_EVENT_KINDS; kind++)
        if (at_times->events[kind] != always->events[kind])
            test_failed(__FILE__, __LINE__, "%s: %lld events, not %lld",
                        rc_event_name((rc_event_kind)kind), (long long)at_times->events[kind],
                        (long long)always->events[kind]);
    CHECK_EQUAL(at_times->fingerprint, always->fingerprint);
}

/* Let die what is dead: up to 3.7 the release of an instance leaves behind what the trashcan
 * put aside, and that of a list empties it. */
static void settle(program *self)
{
    rc_object *list = rc_list_display(self->heap, NULL, 0);

    CHECK(list);
    rc_decref(self->heap, list);
}

/* Every int that is a key is found. */
static void check_keys(program *self)
{
    rc_object *key, *value;

    for (int i = 0; i < PLACES; i++) {
        size_t position = 0;
        if (rc_is(self->places[i], &rc_dict_type))
            while (rc_dict_next(self->places[i], &position, &key, &value))
                CHECK(!rc_is(key, &rc_int_type)
                      || (rc_dict_find(self->heap, self->places[i], key, &value) && value));
    }
}

/* What was told from the start adds up to what there is now. */
static void check_balance(const program *self)
{
    const int64_t *events = self->ever.events;

    CHECK_EQUAL(events[RC_CREATED] - events[RC_DESTROYED],
                (int64_t)rc_live(self->heap, NULL) - self->live);
    CHECK_EQUAL(events[RC_TRACKED] - events[RC_UNTRACKED], tracked(self) - self->tracked);
    CHECK_EQUAL(self->ever.references, references(self) - self->references);
    CHECK_EQUAL(events[RC_DESTROYED] - events[RC_MEMORY_RETURNED],
                put_away(self) - self->put_away);
    CHECK_EQUAL(events[RC_FINALIZER_CALLED], self->finalizers);
    CHECK_EQUAL(events[RC_COLLECTION_FINISHED], events[RC_COLLECTION_STARTED]);
}

/* All three ways, one behind the other; the observers have told the same at each step. */
static void step_each(program *ways, int number, int steps_a_crowd)
{
    for (int way = 0; way < WAYS; way++) {
        step(&ways[way]);
        if (number % steps_a_crowd == 0)
            crowd(&ways[way]);
        if (number % STEPS_A_CHECK == 0)
            CHECK_HEAP(ways[way].heap);
    }
    CHECK_EQUAL(ways[ALWAYS].seen, ways[ALONE].seen);
    CHECK_EQUAL(ways[AT_TIMES].seen, ways[ALONE].seen);
    check_told(&ways[ALWAYS].then, &ways[AT_TIMES].then);
}

static void compare_all(program *ways)
{
    for (int way = 0; way < WAYS; way++) {
        settle(&ways[way]);
        check_keys(&ways[way]);
    }
    check_programs_alike(&ways[ALONE], &ways[ALWAYS]);
    check_programs_alike(&ways[ALONE], &ways[AT_TIMES]);
    check_balance(&ways[ALWAYS]);
}

static void run(bool calm, int steps, int steps_a_crowd)
{
    static const char *const profiles[] = { ALL_PROFILES };
    static program ways[WAYS];
    uint64_t seed = RANDOM_START;

    for (int i = 0; i < PROFILE_COUNT; i++) {
        next_random(&seed);
        for (int way = 0; way < WAYS; way++)
            start(&ways[way], profiles[i], seed, calm, (look)way);
        for (int number = 1; number <= steps; number++) {
            step_each(ways, number, steps_a_crowd);
            if (number % STEPS_A_LOOK == 0)
                compare_all(ways);
        }
        for (int way = 0; way < WAYS; way++)
            finish(&ways[way]);
    }
}

static void an_observer_changes_nothing(void)
{
    run(false, 3000, 750);
}

/* Large garbage may go all at once then. */
static void an_observer_changes_nothing_where_nothing_runs_meanwhile(void)
{
    run(true, 1200, 80);
}

static const test tests[] = {
    TEST(an_observer_changes_nothing),
    TEST(an_observer_changes_nothing_where_nothing_runs_meanwhile),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
