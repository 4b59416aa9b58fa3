/* Bulk release: what is left after it is what clearing one object after the other leaves;
 * and whatever could tell the difference rules it out. */
#include <string.h>

#include "check.h"
#include "view.h"
#include "../../src/heap/bulk.h"
#include "../../src/heap/reach.h"

enum { OBJECTS = 6000, ROUNDS = 6, ENOUGH = 2500 };

static void ignore(void *context, rc_heap *heap, const rc_event *event)
{
    (void)context, (void)heap, (void)event;
}

/* ------------------------------------------------------------------- the twin heaps -- */

typedef struct program {
    rc_heap *heap;
    rc_class *class;
    rc_object *objects[OBJECTS];        /* one reference each, or NULL */
    uint64_t random;
} program;

/* Things that the garbage holds, but that are none of it. */
static rc_object *new_outsider(program *self, uint64_t number)
{
    char name[] = { 'n', (char)('a' + number % 16), (char)('a' + number / 16 % 16), 0 };
    rc_object *item = rc_float_new(self->heap, (double)number), *made;

    CHECK(item);
    switch (number % 5) {
    case 0: made = rc_int_new(self->heap, (int64_t)(number % 100000)); break;
    case 1: made = rc_str_intern_text(self->heap, name, 3); break;
    case 2: made = rc_tuple_new(self->heap, &item, 1); break;
    case 3: made = rc_dict_new(self->heap); break;
    default: return item;
    }
    rc_decref(self->heap, item);
    return made;
}

static rc_object *new_object(program *self, size_t place, uint64_t number)
{
    rc_object *items[3] = { self->objects[place / 40 * 40 + number / 16 % 40], new_outsider(self, number / 8),
                            rc_none(self->heap) };
    rc_object *made;

    CHECK(items[1]);
    if (!items[0])
        items[0] = items[2];
    switch (number % 16) {
    case 0: case 1: case 2: made = rc_tuple_new(self->heap, items, 1 + number % 3); break;
    case 3: case 4: made = rc_dict_new(self->heap); break;
    case 5: case 6: made = rc_instance_new(self->heap, self->class); break;
    case 7: made = rc_set_new(self->heap, items + 2, 1); break;
    case 8:
        made = items[0]->type == &rc_instance_type ? rc_frozenset_new(self->heap, items, 1)
                                                   : rc_frozenset_new(self->heap, items + 2, 1);
        break;
    default: made = rc_list_display(self->heap, items, number % 3); break;
    }
    rc_decref(self->heap, items[1]);
    return made;
}

static void refer(program *self, rc_object *from, rc_object *to, uint64_t number)
{
    char name[] = { 'a', (char)('A' + number % 26), 0 };
    rc_object *key = rc_str_new(self->heap, name, 2);

    CHECK(key);
    if (rc_is(from, &rc_list_type))
        CHECK(rc_list_append(self->heap, from, to));
    else if (rc_is(from, &rc_dict_type))
        CHECK(rc_dict_set(self->heap, from, number % 3 && rc_is(to, &rc_instance_type) ? to : key, to));
    else if (rc_is(from, &rc_instance_type))
        CHECK(rc_instance_set(self->heap, from, key, to));
    else if (rc_is(from, &rc_set_type) && rc_is(to, &rc_instance_type))
        CHECK(rc_set_add(self->heap, from, to));
    rc_decref(self->heap, key);
}

/* A list and a tuple that are too large for a pool, in a cycle. */
static void make_large_garbage(program *self)
{
    rc_object *list = rc_list_display(self->heap, NULL, 0);

    for (int i = 0; i < 3000; i++)
        CHECK(rc_list_append(self->heap, list, self->objects[i] ? self->objects[i] : list));
    rc_object *tuple = rc_tuple_call(self->heap, list);
    CHECK(tuple && rc_list_append(self->heap, list, tuple));
    rc_decref(self->heap, tuple);
    rc_decref(self->heap, list);
}

/* Make objects that refer to others near them, let go of most, collect everything. */
static void run_round(program *self, int round)
{
    size_t found;

    for (size_t i = 0; i < OBJECTS; i++)
        if (!self->objects[i])
            CHECK((self->objects[i] = new_object(self, i, next_random(&self->random) >> 8)));
    for (size_t i = 0; i < 2 * OBJECTS; i++) {
        uint64_t number = next_random(&self->random) >> 8;
        size_t from = number % OBJECTS, near = from / 40 * 40 + number / OBJECTS % 40;
        refer(self, self->objects[from], self->objects[near], number >> 32);
    }
    if (round % 2)
        make_large_garbage(self);
    if (round == 3)
        rc_gc_freeze(self->heap);
    for (size_t i = 0; i < OBJECTS; i++) {
        rc_object *object = self->objects[i];
        if (!object || (next_random(&self->random) >> 8) % 100 == 0)
            continue;                   /* what is kept holds much of what is near */
        if (round % 3 != 2 || i % 2) {
            self->objects[i] = NULL;
            rc_decref(self->heap, object);
        }
    }
    if (round == 4) {
        rc_gc_unfreeze(self->heap);
        for (size_t i = 0; i < OBJECTS; i++)
            if (self->objects[i]) {
                rc_decref(self->heap, self->objects[i]);
                self->objects[i] = NULL;
            }
    }
    CHECK(rc_gc_collect(self->heap, 2, &found));
}

static void start(program *self, const char *profile, bool observed)
{
    rc_observer observer = { .events = RC_EVENT_BIT(RC_DESTROYED), .notify = ignore };

    *self = (program) { .heap = open_heap(profile), .random = RANDOM_START };
    self->class = rc_class_new(self->heap, "Plain", NULL, NULL);
    CHECK(self->class);
    rc_gc_disable(self->heap);
    if (observed)
        rc_observe(self->heap, &observer);
}

static void finish(program *self)
{
    rc_observe(self->heap, NULL);
    for (size_t i = 0; i < OBJECTS; i++)
        if (self->objects[i])
            rc_decref(self->heap, self->objects[i]);
    CHECK_HEAP(self->heap);
    rc_heap_close(self->heap);
}

/* The ids and origins of what each round makes are compared after the next. */
static void nothing_that_is_left_tells_how_garbage_was_released(void)
{
    static const char *const profiles[] = { ALL_PROFILES };
    static program exact, bulk;
    size_t largest = 0;

    for (size_t i = 0; i < PROFILE_COUNT; i++) {
        start(&exact, profiles[i], true);
        start(&bulk, profiles[i], false);
        for (int round = 0; round < ROUNDS; round++) {
            run_round(&exact, round);
            run_round(&bulk, round);
            check_alike(exact.heap, bulk.heap);
            size_t trash = rc_gc_get_last(bulk.heap)->trash;
            largest = trash > largest ? trash : largest;
            if (round == 4)             /* nothing is held */
                CHECK_HEAP(bulk.heap);
        }
        finish(&exact);
        finish(&bulk);
    }
    CHECK(largest >= LARGE_COLLECTION && largest >= OBJECTS / 2);
}

/* ---------------------------------------------------------------- what rules it out -- */

/* A ring of lists that only the first entry point of `first` leads to. */
static rc_object *new_ring(rc_heap *heap, int count)
{
    rc_object *first = rc_list_display(heap, NULL, 0), *last = first;

    for (int i = 1; i < count; i++) {
        rc_object *next = rc_list_display(heap, NULL, 0);
        CHECK(next && rc_list_append(heap, last, next));
        if (last != first)
            rc_decref(heap, last);
        last = next;
    }
    CHECK(rc_list_append(heap, last, first));
    rc_decref(heap, last);
    return first;
}

static rc_heap *with_ring(const char *profile)
{
    rc_heap *heap = open_heap(profile);

    rc_gc_disable(heap);
    keep(heap, new_ring(heap, ENOUGH));
    return heap;
}

static void finalize(void *context, rc_heap *heap, rc_object *self)
{
    (void)heap, (void)self;
    ++*(int *)context;
}

static void garbage_is_released_at_once_only_if_nobody_can_tell(void)
{
    rc_heap *heap = with_ring("3.8");
    rc_observer observer = { .events = RC_EVENT_BIT(RC_CREATED), .notify = ignore };
    int calls = 0;

    CHECK(may_release_at_once(heap, YOUNGEST));
    CHECK(!may_release_at_once(heap, YOUNGEST + 1));    /* it is empty */

    rc_observe(heap, &observer);
    CHECK(!may_release_at_once(heap, YOUNGEST));
    rc_observe(heap, NULL);
    rc_gc_set_debug(heap, RC_DEBUG_SAVEALL);
    CHECK(!may_release_at_once(heap, YOUNGEST));
    rc_gc_set_debug(heap, RC_DEBUG_COLLECTABLE);
    CHECK(!may_release_at_once(heap, YOUNGEST));
    rc_gc_set_debug(heap, RC_DEBUG_STATS);
    CHECK(may_release_at_once(heap, YOUNGEST));

    rc_class *plain = rc_class_new(heap, "Plain", NULL, NULL);
    rc_object *instance = keep(heap, rc_instance_new(heap, plain));
    CHECK(may_release_at_once(heap, YOUNGEST));
    rc_object *weakref = keep(heap, rc_weakref_new(heap, instance, NULL));
    CHECK(!may_release_at_once(heap, YOUNGEST));
    drop(heap, weakref);
    CHECK(may_release_at_once(heap, YOUNGEST));
    CHECK(rc_class_new(heap, "Finalized", finalize, &calls));
    CHECK(!may_release_at_once(heap, YOUNGEST));
    drop(heap, instance);
    CHECK(may_release_at_once(heap, YOUNGEST));         /* no instance, no finalizer */

    rc_object *watched = a_list(heap, 0);
    CHECK(rc_watch(heap, watched));
    CHECK(!may_release_at_once(heap, YOUNGEST));
    drop(heap, watched);
    CHECK(may_release_at_once(heap, YOUNGEST));
    rc_gc_set_debug(heap, 0);
    close_heap(heap);
}

static void a_profile_that_keeps_free_lists_rules_it_out(void)
{
    static const char *const keeping[] = { "textbook", "2.7" };

    for (size_t i = 0; i < 2; i++) {
        rc_heap *heap = with_ring(keeping[i]);
        CHECK(!may_release_at_once(heap, YOUNGEST));
        close_heap(heap);
    }
}

/* A frozen instance is no garbage: but it dies of it, in the middle of its death. */
static void look_around(void *context, rc_heap *heap, rc_object *self)
{
    int *calls = context;

    (void)self;
    CHECK(!rc_heap_check(heap));
    CHECK(rc_live(heap, &rc_list_type) > 0);
    ++*calls;
}

static void a_finalizer_of_what_dies_with_the_garbage_sees_a_whole_heap(void)
{
    rc_heap *heap = open_heap("3.8");
    int calls = 0;
    size_t found;

    rc_gc_disable(heap);
    rc_object *instance = rc_instance_new(heap, rc_class_new(heap, "Late", look_around, &calls));
    CHECK(instance);
    rc_gc_freeze(heap);
    rc_object *ring = new_ring(heap, ENOUGH);
    CHECK(rc_list_append(heap, ring, instance));
    rc_decref(heap, instance);
    rc_decref(heap, ring);
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK_EQUAL(found, ENOUGH);
    CHECK_EQUAL(calls, 1);
    close_heap(heap);
}

/* The host is told of deaths in CPython's order, as an observer is. */
typedef struct deaths {
    int64_t births[ENOUGH];
    size_t count;
} deaths;

static void note_death(void *context, const rc_death *death)
{
    deaths *deaths = context;

    CHECK(death->by_collector && deaths->count < ENOUGH);
    deaths->births[deaths->count++] = death->birth;
}

static void note_event(void *context, rc_heap *heap, const rc_event *event)
{
    deaths *deaths = context;

    CHECK(deaths->count < ENOUGH);
    deaths->births[deaths->count++] = rc_birth(heap, event->object);
}

static void drop_watched_ring(rc_heap *heap)
{
    rc_object *first = new_ring(heap, ENOUGH), *object = rc_newest(heap);
    size_t found;

    for (int i = 0; i < ENOUGH; i++, object = rc_older(heap, object))
        CHECK(rc_watch(heap, object));
    rc_decref(heap, first);
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK_EQUAL(found, ENOUGH);
    rc_heap_close(heap);
}

static void deaths_of_watched_members_are_told_in_order(void)
{
    static deaths told, seen;
    rc_hooks hooks = { .context = &told, .died = note_death };
    rc_observer observer = { .events = RC_EVENT_BIT(RC_DESTROYED), .notify = note_event,
                             .context = &seen };
    rc_heap *hooked = rc_heap_open(&(rc_options) { .hooks = &hooks }), *observed = open_heap(NULL);

    CHECK(hooked);
    rc_gc_disable(hooked);
    rc_gc_disable(observed);
    rc_observe(observed, &observer);
    drop_watched_ring(hooked);
    drop_watched_ring(observed);
    CHECK_EQUAL(told.count, ENOUGH);
    CHECK(memcmp(told.births, seen.births, sizeof told.births) == 0);
}

/* A death that waits in the trashcan lasts longer than the collection in its middle. */
static void collect_within(void *context, rc_heap *heap, rc_object *self)
{
    size_t found;

    (void)self;
    rc_object *ring = new_ring(heap, ENOUGH);
    rc_decref(heap, ring);
    CHECK(!may_release_at_once(heap, YOUNGEST));
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK_EQUAL(found, ENOUGH);
    *(size_t *)context = rc_live(heap, &rc_list_type);
}

static void a_death_around_the_collection_rules_it_out(void)
{
    rc_heap *heap = open_heap("3.8");
    size_t left = 0, found;

    rc_gc_disable(heap);
    rc_object *instance = rc_instance_new(heap, rc_class_new(heap, "C", collect_within, &left));
    CHECK(instance);
    for (int i = 0; i < 48; i++) {      /* the trashcan begins at 50 */
        rc_object *outer = rc_list_display(heap, &instance, 1);
        CHECK(outer);
        rc_decref(heap, instance);
        instance = outer;
    }
    rc_decref(heap, instance);
    CHECK(left > 0);
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK_EQUAL(rc_live(heap, &rc_list_type), 0);
    close_heap(heap);
}

static void what_garbage_held_outside_is_released(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *shared = a_list(heap, 0);
    size_t found;

    rc_gc_disable(heap);
    rc_object *ring = new_ring(heap, ENOUGH), *text = rc_str_new(heap, "kept once", 9);
    rc_object *dict = rc_dict_new(heap), *number = rc_int_new(heap, 123456789);
    rc_object *pair = rc_tuple_new(heap, (rc_object *[]) { text, number }, 2);
    CHECK(dict && pair && rc_dict_set(heap, dict, text, shared) && rc_dict_set(heap, dict, number, ring)
          && rc_list_append(heap, ring, dict) && rc_list_append(heap, ring, pair)
          && rc_list_append(heap, ring, shared));
    size_t strings = rc_live(heap, &rc_str_type), numbers = rc_live(heap, &rc_int_type);
    rc_decref(heap, text);
    rc_decref(heap, number);
    rc_decref(heap, dict);
    rc_decref(heap, pair);
    rc_decref(heap, ring);
    CHECK(may_release_at_once(heap, YOUNGEST));
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK(found >= ENOUGH + 1);
    CHECK_EQUAL(shared->refcount, 1);
    CHECK_EQUAL(rc_live(heap, &rc_str_type), strings - 1);
    CHECK_EQUAL(rc_live(heap, &rc_int_type), numbers - 1);
    CHECK_EQUAL(rc_live(heap, &rc_list_type), 1);
    CHECK_EQUAL(rc_live(heap, &rc_dict_type), 0);
    close_heap(heap);
}

static const test tests[] = {
    TEST(nothing_that_is_left_tells_how_garbage_was_released),
    TEST(garbage_is_released_at_once_only_if_nobody_can_tell),
    TEST(a_profile_that_keeps_free_lists_rules_it_out),
    TEST(a_finalizer_of_what_dies_with_the_garbage_sees_a_whole_heap),
    TEST(deaths_of_watched_members_are_told_in_order),
    TEST(a_death_around_the_collection_rules_it_out),
    TEST(what_garbage_held_outside_is_released),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
