/* rc_heap_check: every invariant, one after the other.  The counts are verified with
 * a table, outside the heap, from each object to the references found to it. */
#include <stdlib.h>

#include <refchain/reference.h>

#include "dict_table.h"
#include "format.h"
#include "object.h"

typedef struct found {
    const rc_object *object;            /* NULL: empty */
    uint32_t references;
} found;

typedef struct check {
    rc_heap *heap;
    found *table;                       /* open addressing */
    size_t capacity;                    /* a power of two */
    bool failed;
} check;

static bool fail(check *check, const char *format, ...) RC_PRINTF_LIKE(2, 3);

static bool fail(check *check, const char *format, ...)
{
    va_list arguments;

    if (!check->failed) {
        va_start(arguments, format);
        format_message(check->heap->check_message, sizeof check->heap->check_message, format,
                       arguments);
        va_end(arguments);
    }
    check->failed = true;
    return false;
}

static found *look_up(const check *check, const rc_object *object)
{
    size_t at = (rc_id(object) >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 20 & (check->capacity - 1);

    while (check->table[at].object && check->table[at].object != object)
        at = (at + 1) & (check->capacity - 1);
    return &check->table[at];
}

/* ----------------------------------------------------------------- the refchain -- */

/* The newborn dies without a word, and numbers are told one by one only to those who look on. */
static bool check_newborn(check *check)
{
    const rc_heap *heap = check->heap;
    const rc_object *newborn = (const rc_object *)(heap->newborn & ~(uintptr_t)TRACKED);

    if (newborn && (heap->front.events || newborn->watched))
        return fail(check, "somebody looks at the newborn");
    return !heap->front.events || heap->newest_state / ONE_BIRTH == LAST_BIRTH
           || fail(check, "somebody looks on, and births do not ask");
}

static bool check_object(check *check, rc_object *object)
{
    rc_heap *heap = check->heap;
    long long birth = (long long)rc_birth(heap, object);

    if (object->next->prev != object || object->prev->next != object)
        return fail(check, "the refchain's links are broken at object #%lld", birth);
    if ((unsigned)object->type->index >= RC_TYPES
        || rc_type_at(object->type->index) != object->type)
        return fail(check, "object #%lld has no type", birth);
    if (object->refcount == 0)
        return fail(check, "%s #%lld is on the refchain with count 0", object->type->name, birth);
    if (in_container_range(heap, object) != object->type->container
        || !arena_holds(object->type->container ? &heap->memory.containers : &heap->memory.blocks,
                        object))
        return fail(check, "%s #%lld lies where none can", object->type->name, birth);
    if (object->watched && !rc_watched(heap, object->birth))
        return fail(check, "%s #%lld is watched, but not known", object->type->name, birth);
    return true;
}

/* Afterwards every live object is in the table. */
static bool check_refchain(check *check)
{
    rc_heap *heap = check->heap;
    size_t live[RC_TYPES] = { 0 };
    size_t objects = 0, all = rc_live(heap, NULL);

    for (rc_object *object = rc_newest(heap); object; object = rc_older(heap, object)) {
        if (++objects > all)
            return fail(check, "the refchain holds more objects than are alive");
        if (!check_object(check, object))
            return false;
        live[object->type->index]++;
        look_up(check, object)->object = object;
    }
    for (int i = 0; i < RC_TYPES; i++)
        if (live[i] != heap->live[i])
            return fail(check, "%zu objects of type %s are on the refchain, not %zu", live[i],
                        rc_type_at((rc_type_index)i)->name, heap->live[i]);
    return true;
}

/* ---------------------------------------------------------------------- counts -- */

static void count_reference(check *check, const rc_object *target)
{
    found *found = look_up(check, target);

    if (found->object)
        found->references++;
    else
        fail(check, "something refers to 0x%llx, where no object lives",
             (unsigned long long)rc_id(target));
}

static void count_visited(rc_heap *heap, rc_object *target, void *context)
{
    (void)heap;
    if (!((check *)context)->failed)
        count_reference(context, target);
}

static void count_reported(void *context, rc_object *object)
{
    count_visited(NULL, object, context);
}

/* A dict of strings may show the collector its values only. */
static void count_unvisited_keys(check *check, rc_object *object)
{
    rc_object *key, *value;

    if (rc_is(object, &rc_dict_type) && !dict_visits_keys(check->heap, object))
        for (size_t position = 0; rc_dict_next(object, &position, &key, &value);)
            count_visited(check->heap, key, check);
}

static void count_from_object(check *check, rc_object *object)
{
    if (object->type->visit)
        object->type->visit(check->heap, object, count_visited, check);
    count_unvisited_keys(check, object);
}

static void count_from_objects(check *check)
{
    rc_heap *heap = check->heap;

    for (rc_object *object = rc_newest(heap); object; object = rc_older(heap, object))
        count_from_object(check, object);
    for (rc_object *object = heap->trash; object; object = object->prev)
        count_from_object(check, object);
}

static bool count_outside(void *context, const rc_reference *reference)
{
    count_visited(NULL, reference->to, context);
    return true;
}

static void count_from_heap(check *check)
{
    rc_heap *heap = check->heap;

    rc_outside_references(heap, count_outside, check);
    if (heap->hooks.roots)
        heap->hooks.roots(heap->hooks.context, count_reported, check);
}

static bool check_counts(check *check)
{
    count_from_objects(check);
    count_from_heap(check);
    if (check->failed)
        return false;
    /* The dying and the collector hold references that nobody shows. */
    bool running = check->heap->deaths > 0 || check->heap->gc.collecting;
    for (rc_object *object = rc_newest(check->heap); object;
         object = rc_older(check->heap, object)) {
        uint32_t references = look_up(check, object)->references;
        uint32_t count = object->refcount - (rc_is_immortal(object) ? IMMORTAL_REFCOUNT : 0);
        if (count < references || (count > references && !running))
            return fail(check, "%s #%lld has count %u, but %u references", object->type->name,
                        (long long)rc_birth(check->heap, object), count, references);
    }
    return true;
}

/* ------------------------------------------------------------------ the collector -- */

static bool check_generations(check *check)
{
    rc_heap *heap = check->heap;
    const char *problem = lists_check(heap);
    size_t tracked = 0, listed = 0;

    if (problem)
        return fail(check, "%s", problem);
    for (const rc_object *object = rc_newest(heap); object; object = rc_older(heap, object))
        tracked += rc_gc_is_tracked(heap, object);
    for (int list = YOUNGEST; list < LISTS; list++) {
        bool running = list > PERMANENT && list != STARTUP;
        listed += list_size(heap, list);
        if (running && !heap->gc.collecting && list_size(heap, list) > 0)
            return fail(check, "no collection is running, but its lists are not empty");
        for (rc_object *object = list_first(heap, list); object;
             object = list_next(heap, object, list))
            if (!look_up(check, object)->object)
                return fail(check, "generation %d holds what is not alive", list - YOUNGEST);
    }
    if (tracked != listed)
        return fail(check, "%zu objects are tracked, but %zu are in generations", tracked, listed);
    for (int i = 0; i < RC_GENERATIONS; i++)
        if (heap->gc.generations[i].count < 0)
            return fail(check, "generation %d's counter is below 0", i);
    return true;
}

/* ---------------------------------------------------------------- memory, caches -- */

static bool check_free_list(check *check, const freelist *list, bool container)
{
    rc_heap *heap = check->heap;
    size_t size = 0;

    for (const rc_object *dead = freelist_first(list); dead; dead = freelist_next(list, dead)) {
        if (++size > freelist_size(list))
            break;
        if (look_up(check, dead)->object)
            return fail(check, "a live object is on a free list");
        if (!arena_holds(container ? &heap->memory.containers : &heap->memory.blocks, dead))
            return fail(check, "a free list's entry lies in no block of its own");
        if (container && (entry_of(heap, dead)->list != NO_LIST || entry_of(heap, dead)->flags))
            return fail(check, "a dead object has left something in its side entry");
    }
    return (size == freelist_size(list) && size <= freelist_capacity(list))
           || fail(check, "a free list's size is wrong");
}

static bool check_free_lists(check *check)
{
    rc_heap *heap = check->heap;

    for (size_t length = 0; length <= LONGEST_FREE_TUPLE; length++)
        if (!check_free_list(check, &heap->tuple_free[length], true))
            return false;
    return check_free_list(check, &heap->int_free, false)
           && check_free_list(check, &heap->float_free, false)
           && check_free_list(check, &heap->set_free, true)
           && check_free_list(check, &heap->list_free, true)
           && check_free_list(check, &heap->dict_free, true);
}

static bool check_memory(check *check)
{
    const char *problem = arena_check(&check->heap->memory.containers);

    if (!problem)
        problem = arena_check(&check->heap->memory.blocks);
    return !problem || fail(check, "%s", problem);
}

const char *rc_heap_check(rc_heap *heap)
{
    check check = { .heap = heap, .capacity = 64 };

    if (!check_newborn(&check))
        return heap->check_message;
    while (check.capacity < 2 * rc_live(heap, NULL))
        check.capacity *= 2;
    check.table = calloc(check.capacity, sizeof *check.table);
    if (!check.table)
        return NULL;
    bool right = check_memory(&check) && check_refchain(&check) && check_counts(&check)
                 && check_generations(&check) && check_free_lists(&check);
    free(check.table);
    return right ? NULL : heap->check_message;
}
