/* The cycle collector.  Read `collect` first, then the functions it calls, in their
 * order; they have CPython's names.
 *
 * Two things to know.  After subtract_refs a container's `refs` is the number of
 * references from outside the collected generation.  And the unreachable are moved out,
 * not the reachable, because most objects are reachable: whatever turns out to be
 * reachable after all is moved back, to the tail of the list being walked, so that it is
 * met again. */
#include <limits.h>

#include "bulk.h"
#include "dict.h"
#include "finalizers.h"
#include "format.h"
#include "instance.h"
#include "list.h"
#include "object.h"
#include "reach.h"
#include "tuple.h"
#include "weakref.h"

#define each_in(object, heap, list)                                            \
    rc_object *object = list_first(heap, list); object; object = list_next(heap, object, list)

static inline void tell(rc_heap *heap, rc_gc_moment moment, rc_object *object)
{
    if (heap->gc.watcher.tell)
        heap->gc.watcher.tell(heap->gc.watcher.context, heap, moment, object);
}

/* ---------------------------------------------------- what is unreachable -- */

/* An object's references: those of the commonest types without a call for each. */
static inline void traverse(rc_heap *heap, rc_object *object, visit_function visit, void *context)
{
    if (rc_is(object, &rc_list_type))
        list_visit(heap, object, visit, context);
    else if (rc_is(object, &rc_tuple_type))
        tuple_visit(heap, object, visit, context);
    else
        object->type->visit(heap, object, visit, context);
}

static void visit_decref(rc_heap *heap, rc_object *target, void *context)
{
    int list = *(const int *)context;

    if (!in_container_range(heap, target))
        return;
    uint32_t slot = slot_of(heap, target);
    if (entry_at(heap, slot)->list == list)
        --*refs_at(heap, slot);
}

/* Afterwards: each object of `list` is marked as a member of the collection and its
 * refs is the number of references from outside: its count, less those from inside.
 * CPython's update_refs and subtract_refs in one pass: refs is 0 between collections,
 * and in which order a sum comes together does not matter. */
static void subtract_refs(rc_heap *heap, int list)
{
    for (each_in(object, heap, list)) {
        uint32_t slot = slot_of(heap, object);
        *refs_at(heap, slot) += object->refcount;
        entry_at(heap, slot)->flags |= COLLECTING;
        traverse(heap, object, visit_decref, &list);
    }
}

static void visit_reachable(rc_heap *heap, rc_object *target, void *context)
{
    int reachable = *(const int *)context;

    if (!in_container_range(heap, target))
        return;
    uint32_t slot = slot_of(heap, target), *refs = refs_at(heap, slot);
    side_entry *entry = entry_at(heap, slot);
    if (!(entry->flags & COLLECTING) || entry->list == NO_LIST)
        return;                         /* untracked, in another generation, or done */
    *refs += *refs == 0;                /* not met yet: the walk will find it reachable */
    if (entry->list != reachable)       /* taken for unreachable too early */
        list_move(heap, target, reachable);
}

/* Afterwards: `list` holds what is reachable from outside, `unreachable` the rest;
 * only the latter is still marked.  Every refs is 0 again. */
static void move_unreachable(rc_heap *heap, int list, int unreachable, bool untrack_tuples)
{
    rc_object *object = list_first(heap, list);

    while (object) {
        uint32_t slot = slot_of(heap, object), *refs = refs_at(heap, slot);
        rc_object *next;
        if (*refs > 0) {
            traverse(heap, object, visit_reachable, &list);
            *refs = 0;
            entry_at(heap, slot)->flags &= (uint8_t)~COLLECTING;
            next = list_next(heap, object, list);
            if (untrack_tuples && rc_is(object, &rc_tuple_type))
                tuple_maybe_untrack(heap, object);
        } else {
            next = list_next(heap, object, list);
            list_move(heap, object, unreachable);
        }
        object = next;
    }
}

/* -------------------------------------------------------------- untracking -- */

static void untrack_tuples(rc_heap *heap, int list)
{
    for (rc_object *object = list_first(heap, list), *next; object; object = next) {
        next = list_next(heap, object, list);
        if (rc_is(object, &rc_tuple_type))
            tuple_maybe_untrack(heap, object);
    }
}

static void untrack_dicts(rc_heap *heap, int list)
{
    for (rc_object *object = list_first(heap, list), *next; object; object = next) {
        next = list_next(heap, object, list);
        if (rc_is(object, &rc_dict_type))
            dict_maybe_untrack(heap, object);
    }
}

const untracking_strategy untracking_never = {
    { "never", "every tuple is tracked for ever, the empty one too" }, .empty_tracked = true
};
const untracking_strategy untracking_as_met = {
    { "as met", "tuples of atoms are untracked as each is found reachable" }, .as_met = true
};
const untracking_strategy untracking_after = {
    { "after", "tuples of atoms are untracked in a walk over the survivors" }, .after = true
};

/* How tuples are untracked. */
static int tuple_untracking(const rc_heap *heap)
{
    const untracking_strategy *untracking =
        (const untracking_strategy *)heap->profile.tuple_untracking.value;
    return (untracking->as_met ? UNTRACK_TUPLES_AS_MET : 0)
           | (untracking->after ? UNTRACK_TUPLES : 0);
}

static int dict_untracking(const rc_heap *heap)
{
    return heap->profile.dict_untracking.value && live_of(heap, RC_DICT) > 0 ? UNTRACK_DICTS : 0;
}

/* Separate the unreachable, and untrack some of the rest.  An observer of generations is
 * told of each move. */
static void deduce_unreachable(rc_heap *heap, int list, int unreachable, int untracks)
{
    if (list_size(heap, list) >= LARGE_COLLECTION && !event_wanted(heap, RC_GENERATION_CHANGED)
        && deduce_unreachable_large(heap, list, unreachable, untracks))
        return;
    subtract_refs(heap, list);
    move_unreachable(heap, list, unreachable, untracks & UNTRACK_TUPLES_AS_MET);
    if (untracks & UNTRACK_TUPLES)
        untrack_tuples(heap, list);
    if (untracks & UNTRACK_DICTS)
        untrack_dicts(heap, list);
}

/* --------------------------------------------------- weak references, finalizers -- */

static void clear_weakref(rc_heap *heap, rc_object *weakref)
{
    if (!((const rc_weakref *)weakref)->referent)       /* in the trashcan it is cleared, too */
        return;
    heap->gc.running.weakrefs_cleared++;
    tell(heap, RC_GC_CLEARS_WEAKREF, weakref);
    weakref_clear(heap, weakref);
}

/* Clear the weak references to `referent`; those whose callbacks must be called go
 * to the list CALLBACKS, held.  The one without a callback may have to wait. */
static void clear_weakrefs_to(rc_heap *heap, rc_object *referent)
{
    bool plain_waits = heap->profile.plain_weakrefs_wait.value;
    rc_object *weakref;

    while ((weakref = weakrefs_first(heap, referent, plain_waits)) != NULL) {
        bool trash = entry_of(heap, weakref)->flags & COLLECTING;
        clear_weakref(heap, weakref);
        if (!weakref_has_callback(weakref) || trash)
            continue;                   /* its callback dies with it */
        rc_hold(heap, weakref, RC_FOR_COLLECTOR, NULL);
        if (gc_tracked(heap, weakref))
            list_remove(heap, weakref);
        list_append(heap, weakref, CALLBACKS);
    }
}

/* Clear every weak reference to the trash, then call the callbacks of those that are
 * no trash themselves.  Returns how many died after their callback: they count as
 * collected.  *called becomes true if there was any. */
static size_t handle_weakrefs(rc_heap *heap, int unreachable, int older, bool *called)
{
    size_t freed = 0;

    if (live_of(heap, RC_WEAKREF) == 0)
        return 0;
    for (each_in(object, heap, unreachable)) {
        if (rc_is(object, &rc_weakref_type) && heap->profile.trash_clears_weakrefs.value
            && !heap->profile.plain_weakrefs_wait.value)
            clear_weakref(heap, object);
        if (object->type->weakly_referable)
            clear_weakrefs_to(heap, object);
    }
    for (rc_object *weakref; (weakref = list_first(heap, CALLBACKS)) != NULL;) {
        *called = true;
        heap->gc.running.callbacks_called++;
        tell(heap, RC_GC_CALLS_BACK, weakref);
        weakref_call(heap, weakref);
        rc_release(heap, weakref, RC_FOR_COLLECTOR, NULL);
        if (list_first(heap, CALLBACKS) == weakref)
            list_move(heap, weakref, older);    /* still alive */
        else
            freed++;
    }
    return freed;
}

/* From 3.14: what the finalizers have left or made of weak references to the final
 * trash, or among it, is cleared without a callback. */
static void clear_final_weakrefs(rc_heap *heap, int unreachable)
{
    if (!heap->profile.final_trash_clears_weakrefs.value
        && !heap->profile.plain_weakrefs_wait.value)
        return;
    for (each_in(object, heap, unreachable)) {
        if (rc_is(object, &rc_weakref_type))
            clear_weakref(heap, object);
        rc_object *weakref;
        while (object->type->weakly_referable
               && (weakref = weakrefs_first(heap, object, false)) != NULL)
            clear_weakref(heap, weakref);
    }
}

static bool is_to_be_finalized(const rc_heap *heap, const rc_object *object)
{
    return instance_has_finalizer(object) && !gc_is_finalized(heap, object);
}

static bool has_finalizers(const rc_heap *heap, int unreachable)
{
    if (live_of(heap, RC_INSTANCE) == 0)
        return false;
    for (each_in(object, heap, unreachable))
        if (is_to_be_finalized(heap, object))
            return true;
    return false;
}

/* Run the finalizers that have not run yet, in order.  *called becomes true if there
 * was any. */
static void finalize_garbage(rc_heap *heap, int unreachable, bool *called)
{
    if (!has_finalizers(heap, unreachable))
        return;
    *called = true;
    for (rc_object *object; (object = list_first(heap, unreachable)) != NULL;) {
        list_move(heap, object, SEEN);
        if (!is_to_be_finalized(heap, object))
            continue;
        gc_set_finalized(heap, object);
        heap->gc.running.finalizers_called++;
        tell(heap, RC_GC_FINALIZES, object);
        rc_hold(heap, object, RC_FOR_FINALIZER, NULL);
        instance_finalize(heap, object);
        rc_release(heap, object, RC_FOR_FINALIZER, NULL);
    }
    list_merge(heap, SEEN, unreachable);
}

/* ------------------------------------------------------------- resurrection -- */

static void clear_collecting(rc_heap *heap, int list)
{
    for (each_in(object, heap, list))
        entry_of(heap, object)->flags &= (uint8_t)~COLLECTING;
}

/* All of `list` lives on, in the generation `older`. */
static void save(rc_heap *heap, int list, int older)
{
    rc_gc_last *running = &heap->gc.running;
    size_t first = 0;

    running->kept += list_size(heap, list);
    for (rc_object *object = list_first(heap, list); object && first < RC_FIRST_KEPT;
         object = list_next(heap, object, list))
        running->first_kept[first++] = rc_birth(heap, object);
    list_merge(heap, list, older);
}

/* Up to 3.8: one object referred to from outside saves the whole batch. */
static void save_whole_batch(rc_heap *heap, int unreachable, int older)
{
    bool saved = false;

    subtract_refs(heap, unreachable);
    for (each_in(object, heap, unreachable)) {
        saved = saved || *refs_of(heap, object) > 0;
        *refs_of(heap, object) = 0;
    }
    if (!saved)
        return;
    clear_collecting(heap, unreachable);
    save(heap, unreachable, older);
}

/* From 3.9: only what outside reaches now is saved. */
static void save_reachable(rc_heap *heap, int unreachable, int older)
{
    clear_collecting(heap, unreachable);
    deduce_unreachable(heap, unreachable, STILL_UNREACHABLE,
                       tuple_untracking(heap) & UNTRACK_TUPLES_AS_MET);
    save(heap, unreachable, older);
    list_merge(heap, STILL_UNREACHABLE, unreachable);
}

/* 2.7: what has a finalizer was no garbage. */
static void save_nothing(rc_heap *heap, int unreachable, int older)
{
    (void)heap, (void)unreachable, (void)older;
}

const resurrection_strategy resurrection_none = {
    { "none", "nothing is looked at again after the callbacks of a collection" }, save_nothing
};
const resurrection_strategy resurrection_whole_batch = {
    { "whole batch", "one object resurrected in a collection saves everything that it found" },
    save_whole_batch
};
const resurrection_strategy resurrection_partial = {
    { "partial", "a resurrection in a collection saves only what it reaches" }, save_reachable
};

/* ------------------------------------------------------------------- deleting -- */

bool gc_append_garbage(rc_heap *heap, rc_object *object)
{
    gc_state *gc = &heap->gc;

    if (gc->garbage_size == gc->garbage_room) {
        size_t room = gc->garbage_room ? 2 * gc->garbage_room : 16;
        rc_object **grown = block_resize(heap, gc->garbage, gc->garbage_room * sizeof *grown,
                                         room * sizeof *grown);
        if (!grown)
            return false;
        gc->garbage = grown;
        gc->garbage_room = room;
    }
    gc->garbage[gc->garbage_size++] = object;
    rc_hold(heap, object, RC_FOR_GARBAGE, NULL);
    return true;
}

/* Break the cycles: what is cleared lets go of its neighbours, and by counts they all
 * die.  What is still there after its own clear dies later, or lives on. */
static void clear_garbage(rc_heap *heap, int unreachable, int older)
{
    rc_error pending = heap->error;

    heap->clearing++;
    for (rc_object *object; (object = list_first(heap, unreachable)) != NULL;) {
        entry_of(heap, object)->flags &= (uint8_t)~COLLECTING;
        if (heap->gc.debug & RC_DEBUG_SAVEALL) {
            if (!gc_append_garbage(heap, object))
                heap->error = pending;  /* as CPython: it is lost for gc.garbage */
        } else if (object->type->clear) {
            rc_hold(heap, object, RC_FOR_COLLECTOR, NULL);
            object->type->clear(heap, object);
            rc_release(heap, object, RC_FOR_COLLECTOR, NULL);
        }
        if (list_first(heap, unreachable) == object)
            list_move(heap, object, older);
    }
    heap->clearing--;
}

static void delete_garbage(rc_heap *heap, int generation, int unreachable, int older)
{
    if (generation != RC_OLDEST || !may_release_at_once(heap, unreachable)
        || !release_at_once(heap, unreachable))
        clear_garbage(heap, unreachable, older);
}

static void clear_free_lists(rc_heap *heap)
{
    const clearing_strategy *clearing =
        (const clearing_strategy *)heap->profile.clears_free_lists.value;

    if (clearing->numbers) {
        object_empty_free_list(heap, &heap->int_free, false, sizeof(rc_int));
        object_empty_free_list(heap, &heap->float_free, false, sizeof(rc_float));
    }
    if (clearing->others) {
        object_empty_free_list(heap, &heap->list_free, true, sizeof(rc_list));
        object_empty_free_list(heap, &heap->dict_free, true, sizeof(rc_dict));
        object_empty_free_list(heap, &heap->set_free, true, sizeof(rc_frozenset));
    }
    for (size_t length = 1; clearing->tuples && length <= LONGEST_FREE_TUPLE; length++)
        object_empty_free_list(heap, &heap->tuple_free[length], true,
                               sizeof(rc_tuple) + length * sizeof(rc_object *));
}

const clearing_strategy clearing_none = {
    { "none", "a collection leaves the free lists as they are" }, false, false, false
};
const clearing_strategy clearing_numbers_and_tuples = {
    { "numbers and tuples", "a full collection empties those of int, float and tuple, but not "
                            "those of list, dict and set" },
    true, true, false
};
const clearing_strategy clearing_all = {
    { "all", "a full collection empties every free list" }, true, true, true
};

/* ------------------------------------------------------------- what gc.set_debug shows -- */

static void diagnose(rc_heap *heap, const char *format, ...) RC_PRINTF_LIKE(2, 3);

static void diagnose(rc_heap *heap, const char *format, ...)
{
    char text[RC_ERROR_SIZE];
    va_list arguments;

    if (!heap->hooks.write)
        return;
    va_start(arguments, format);
    format_message(text, sizeof text, format, arguments);
    va_end(arguments);
    heap->hooks.write(heap->hooks.context, text, strlen(text));
}

static void print_start(rc_heap *heap, int generation)
{
    diagnose(heap, "gc: collecting generation %d...\n", generation);
    diagnose(heap, "gc: objects in each generation:");
    for (int i = 0; i < RC_GENERATIONS; i++)
        diagnose(heap, " %zu", list_size(heap, YOUNGEST + i));
    diagnose(heap, "\n");
    if (heap->profile.has_freeze.value)
        diagnose(heap, "gc: objects in permanent generation: %zu\n", list_size(heap, PERMANENT));
}

/* 2.7 asks for the kind of objects, too: old-style instances, which are not here, or others. */
static void print_objects(rc_heap *heap, const char *what, int list)
{
    if (heap->profile.debug_kinds.value && !(heap->gc.debug & RC_DEBUG_OBJECTS))
        return;
    for (each_in(object, heap, list))
        diagnose(heap, "gc: %s <%s 0x%llx>\n", what, rc_typename(object),
                 (unsigned long long)rc_id(object));
}

static void print_end(rc_heap *heap, size_t collected, size_t uncollectable, uint64_t nanoseconds)
{
    char unreachable[NUMBER_TEXT], kept[NUMBER_TEXT], seconds[NUMBER_TEXT], text[RC_ERROR_SIZE];
    const char *const texts[RC_WORDING_TEXTS] = { unreachable, kept, seconds };

    format_int(unreachable, (int64_t)(collected + uncollectable));
    format_int(kept, (int64_t)uncollectable);
    format_seconds(seconds, nanoseconds);
    rc_say(&heap->profile,
           collected + uncollectable > 0 ? RC_SAYS_COLLECTED : RC_SAYS_COLLECTED_NOTHING, texts,
           text, sizeof text);
    diagnose(heap, "%s", text);
}

/* -------------------------------------------------------------------- collect -- */

static uint64_t now(const rc_heap *heap)
{
    return heap->hooks.clock ? heap->hooks.clock(heap->hooks.context) : 0;
}

/* The counters of `generation` and all younger ones start anew, and what is in these
 * becomes part of it, the youngest first. */
static void merge_younger(rc_heap *heap, int generation)
{
    if (generation < RC_OLDEST)
        heap->gc.generations[generation + 1].count++;
    for (int i = 0; i <= generation; i++)
        heap->gc.generations[i].count = 0;
    for (int i = 0; i < generation; i++)
        list_merge(heap, YOUNGEST + i, YOUNGEST + generation);
}

/* What has been separated, now that the survivors are as they will be. */
static void note_separated(rc_heap *heap, int young)
{
    rc_gc_last *running = &heap->gc.running;

    running->survivors = list_size(heap, young);
    running->unreachable = list_size(heap, UNREACHABLE);
    running->untracked = running->visited - running->survivors - running->unreachable;
}

/* The survivors join the next older generation; a full collection counts them. */
static void promote(rc_heap *heap, int young, int older)
{
    gc_state *gc = &heap->gc;

    note_separated(heap, young);
    if (young != older) {
        if (older == YOUNGEST + RC_OLDEST)
            gc->long_lived_pending += list_size(heap, young);
        list_merge(heap, young, older);
        return;
    }
    gc->long_lived_pending = 0;
    gc->long_lived_total = list_size(heap, young);
}

/* Of objects of all types; only differences mean something. */
static uint64_t deaths_so_far(const rc_heap *heap)
{
    return rc_births(heap) - rc_live(heap, NULL);
}

/* Collect a generation and every younger one: how many unreachable objects it
 * found, and of them *uncollectable. */
static size_t collect(rc_heap *heap, int generation, size_t *uncollectable)
{
    gc_state *gc = &heap->gc;
    int young = YOUNGEST + generation;
    int older = generation < RC_OLDEST ? young + 1 : young;
    rc_gc_last *running = &gc->running;
    uint64_t start = now(heap);

    tell(heap, RC_GC_STARTED, NULL);
    if (event_wanted(heap, RC_COLLECTION_STARTED))
        event_collection(heap, RC_COLLECTION_STARTED, generation, 0, 0, 0);
    if (gc->debug & RC_DEBUG_STATS)
        print_start(heap, generation);
    merge_younger(heap, generation);
    running->visited = list_size(heap, young);
    gc->generations[generation].stats.candidates += running->visited;
    deduce_unreachable(heap, young, UNREACHABLE,
                       tuple_untracking(heap) | (young == older ? dict_untracking(heap) : 0));
    promote(heap, young, older);        /* what is reachable is out of the way */
    if (legacy_finalizers(heap))
        set_aside_finalizers(heap, UNREACHABLE);
    for (each_in(object, heap, UNCOLLECTABLE))
        tell(heap, RC_GC_SET_ASIDE, object);
    if (gc->debug & RC_DEBUG_COLLECTABLE)
        print_objects(heap, "collectable", UNREACHABLE);

    bool called = false;                /* code that may have resurrected something */
    size_t found = list_size(heap, UNREACHABLE);
    size_t collected = handle_weakrefs(heap, UNREACHABLE, older, &called);
    finalize_garbage(heap, UNREACHABLE, &called);
    tell(heap, RC_GC_FINALIZED, NULL);
    if (called)
        ((const resurrection_strategy *)heap->profile.resurrection.value)
            ->handle(heap, UNREACHABLE, older);
    clear_final_weakrefs(heap, UNREACHABLE);
    collected += heap->profile.counts_resurrected.value ? found : list_size(heap, UNREACHABLE);
    running->trash = list_size(heap, UNREACHABLE);
    tell(heap, RC_GC_DELETES, NULL);
    uint64_t deaths = deaths_so_far(heap);
    delete_garbage(heap, generation, UNREACHABLE, older);       /* the final trash */
    running->destroyed = (size_t)(deaths_so_far(heap) - deaths);
    *uncollectable = list_size(heap, UNCOLLECTABLE);
    if (gc->debug & RC_DEBUG_UNCOLLECTABLE)
        print_objects(heap, "uncollectable", UNCOLLECTABLE);
    if (*uncollectable > 0)
        keep_uncollectable(heap, older);
    if (generation == RC_OLDEST)
        clear_free_lists(heap);

    uint64_t elapsed = now(heap) - start;
    if (gc->debug & RC_DEBUG_STATS)
        print_end(heap, collected, *uncollectable, elapsed);
    gc->generations[generation].stats.collections++;
    gc->generations[generation].stats.collected += collected;
    gc->generations[generation].stats.uncollectable += *uncollectable;
    gc->generations[generation].stats.nanoseconds += elapsed;
    running->uncollectable = *uncollectable;
    running->nanoseconds = elapsed;
    gc->last = *running;
    tell(heap, RC_GC_FINISHED, NULL);
    if (event_wanted(heap, RC_COLLECTION_FINISHED))
        event_collection(heap, RC_COLLECTION_FINISHED, generation, collected, *uncollectable,
                         elapsed);
    return collected + *uncollectable;
}

static void call_back(rc_heap *heap, const rc_gc_info *info)
{
    if (heap->gc.callback)
        heap->gc.callback(heap->gc.callback_context, heap, info);
}

/* Why there is a collection of `generation`: what the counters are now. */
static rc_gc_last begin_record(const rc_heap *heap, int generation, bool automatic)
{
    const gc_state *gc = &heap->gc;
    rc_gc_last record = {
        .number = gc->last.number + 1, .generation = generation, .automatic = automatic,
        .long_lived_total = gc->long_lived_total, .long_lived_pending = gc->long_lived_pending,
        .held_back = automatic && gc_has_passed(heap, RC_OLDEST)
                     && gc_is_held_back(heap, RC_OLDEST),
    };

    for (int i = 0; i < RC_GENERATIONS; i++) {
        record.counts[i] = gc_counter(heap, i);
        record.thresholds[i] = gc->generations[i].threshold;
    }
    if (automatic) {
        record.trigger = gc->trigger;
        record.trigger_birth = gc->trigger_birth;
    }
    return record;
}

size_t gc_run(rc_heap *heap, int generation, bool automatic)
{
    const rc_gc_stats *stats = &heap->gc.generations[generation].stats;
    rc_gc_info info = { .generation = generation };

    swept(heap);
    heap->gc.running = begin_record(heap, generation, automatic);
    heap->gc.collecting = true;
    gc_set_due(heap);
    call_back(heap, &info);
    rc_gc_stats before = *stats;
    size_t uncollectable, found = collect(heap, generation, &uncollectable);
    info = (rc_gc_info) {
        .stop = true, .generation = generation, .collected = found - uncollectable,
        .uncollectable = uncollectable, .candidates = stats->candidates - before.candidates,
        .nanoseconds = stats->nanoseconds - before.nanoseconds,
    };
    call_back(heap, &info);
    heap->gc.collecting = false;
    gc_set_due(heap);
    return found;
}

/* --------------------------------------------------------- automatic collection -- */

/* Full collections wait until enough objects have become old since the last one. */
bool gc_is_held_back(const rc_heap *heap, int generation)
{
    int64_t part = heap->profile.quarter_rule.value;
    return generation == RC_OLDEST && part != 0
           && heap->gc.long_lived_pending < heap->gc.long_lived_total / (size_t)part;
}

int gc_counter(const rc_heap *heap, int generation)
{
    swept(heap);
    if (generation == 0 && heap->gc.counts_members)
        return (int)list_size(heap, YOUNGEST);
    return heap->gc.generations[generation].count;
}

bool gc_has_passed(const rc_heap *heap, int generation)
{
    int64_t count = (int64_t)gc_counter(heap, generation) + heap->gc.reached;
    return count > heap->gc.generations[generation].threshold;
}

bool gc_collect_due(rc_heap *heap)
{
    for (int generation = RC_OLDEST; generation >= 0; generation--) {
        if (gc_has_passed(heap, generation) && !gc_is_held_back(heap, generation)) {
            gc_run(heap, generation, true);
            return true;
        }
    }
    return false;
}

/* Whether a counter that is over its threshold has any effect. */
static bool is_automatic(const gc_state *gc)
{
    return gc->enabled && gc->generations[0].threshold != 0 && !gc->collecting;
}

static bool is_over(const rc_heap *heap)
{
    return gc_has_passed(heap, 0) && is_automatic(&heap->gc);
}

void gc_set_due(rc_heap *heap)
{
    gc_state *gc = &heap->gc;
    int64_t due = (int64_t)gc->generations[0].threshold + 1 - gc->reached;

    gc->due = is_automatic(gc) && !gc->counts_members && due < INT_MAX ? (int)due : INT_MAX;
}

/* Which allocation it is, unless another has asked before.  Generation 0 may be empty: what
 * the host released has collected, and the threshold is below 0. */
static void note_trigger(rc_heap *heap, const rc_type *type)
{
    gc_state *gc = &heap->gc;

    if (gc->requested)
        return;
    const rc_object *member = type || list_size(heap, YOUNGEST) == 0
                                  ? NULL : object_at(heap, entry_at(heap, YOUNGEST)->prev);
    gc->trigger = member ? member->type : type;
    gc->trigger_birth = member ? rc_birth(heap, member) : 0;
}

/* The host may release something first. */
void gc_threshold_passed(rc_heap *heap, const rc_type *type)
{
    if (is_over(heap) && heap->hooks.before_collection)
        heap->hooks.before_collection(heap->hooks.context, heap);
    if (!is_over(heap))
        return;
    note_trigger(heap, type);
    ((const trigger_strategy *)heap->profile.trigger.value)->passed(heap);
}

bool rc_gc_is_near(const rc_heap *heap)
{
    const gc_state *gc = &heap->gc;
    int64_t count = gc_counter(heap, 0);

    return count + 1 + gc->reached > gc->generations[0].threshold && is_automatic(gc);
}

/* The allocation goes on when all is over: only then it is known which object it makes. */
static void collect_at_once(rc_heap *heap)
{
    if (gc_collect_due(heap) && heap->gc.last.trigger_birth == 0)
        heap->gc.last.trigger_birth = (int64_t)rc_births(heap) + 1;
}

static void request(rc_heap *heap)
{
    if (!heap->gc.requested && heap->gc.trigger_birth == 0)
        heap->gc.trigger_birth = (int64_t)rc_births(heap) + 1;
    heap->gc.requested = true;
}

const counter_strategy counter_allocations = {
    { "allocations", "containers allocated, less those released; looked at in the allocation, "
                     "before the new one is there" },
    false
};
const counter_strategy counter_members = {
    { "members", "the objects in generation 0, looked at when a new one is in it" }, true
};
const trigger_strategy trigger_at_once = {
    { "at once", "the allocation that passes the threshold collects before it returns" },
    collect_at_once
};
const trigger_strategy trigger_deferred = {
    { "deferred", "the allocation that passes the threshold asks for a collection, which the "
                  "interpreter runs a little later, if a threshold is still passed" },
    request
};

bool rc_gc_poll(rc_heap *heap)
{
    if (RC_LIKELY(!heap->gc.requested))
        return false;
    heap->gc.requested = false;
    return heap->gc.enabled && !heap->gc.collecting && gc_collect_due(heap);
}
