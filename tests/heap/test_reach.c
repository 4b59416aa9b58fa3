/* Large collections: found by recorded edges, they find what walking the objects finds,
 * and leave the same order.  An observer of generations makes a collection walk. */
#include <stdlib.h>
#include <sys/resource.h>

#include "check.h"
#include "view.h"
#include "../../src/heap/reach.h"
#include "../../src/heap/state.h"

enum { OBJECTS = 6000, ROUNDS = 8 };

static void ignore(void *context, rc_heap *heap, const rc_event *event)
{
    (void)context, (void)heap, (void)event;
}

static void remember_self(void *context, rc_heap *heap, rc_object *self)
{
    rc_object **place = context;

    if (rc_birth(heap, self) % 3 == 0 && !*place) {
        rc_incref(heap, self);
        *place = self;
    }
}

typedef struct program {
    rc_heap *heap;
    rc_class *plain, *finalized;
    rc_object *objects[OBJECTS];        /* one reference each, or NULL */
    rc_object *saved;
    uint64_t random;
} program;

static rc_object *new_object(program *self, uint64_t number)
{
    rc_object *some = self->objects[number / 8 % OBJECTS];
    rc_object *items[2] = { some ? some : rc_none(self->heap), rc_none(self->heap) };

    switch (number % 8) {
    case 0:
    case 1:
        return rc_tuple_new(self->heap, items, 1 + number % 2);
    case 2:
        return rc_dict_new(self->heap);
    case 3:
        return rc_instance_new(self->heap, number % 64 == 3 ? self->finalized : self->plain);
    default:
        return rc_list_display(self->heap, NULL, 0);
    }
}

static void refer(program *self, rc_object *from, rc_object *to, uint64_t number)
{
    char name[] = { 'a', (char)('a' + number % 8), 0 };
    rc_object *key = rc_str_new(self->heap, name, 2);

    CHECK(key);
    if (rc_is(from, &rc_list_type))
        CHECK(rc_list_append(self->heap, from, to));
    else if (rc_is(from, &rc_dict_type))
        CHECK(rc_dict_set(self->heap, from, key, to));
    else if (rc_is(from, &rc_instance_type))
        CHECK(rc_instance_set(self->heap, from, key, to));
    rc_decref(self->heap, key);
}

/* Make objects, let them refer to each other, let go of some; collect. */
static size_t run_round(program *self, int round)
{
    size_t found;

    for (size_t i = 0; i < OBJECTS; i++)
        if (!self->objects[i])
            CHECK((self->objects[i] = new_object(self, next_random(&self->random) >> 8)));
    for (size_t i = 0; i < 2 * OBJECTS; i++) {
        uint64_t number = next_random(&self->random) >> 8;
        refer(self, self->objects[number % OBJECTS], self->objects[number / OBJECTS % OBJECTS],
              number >> 32);
    }
    for (size_t i = 0; i < OBJECTS / 2; i++) {
        rc_object **place = &self->objects[(next_random(&self->random) >> 8) % OBJECTS];
        rc_object *object = *place;
        *place = NULL;
        if (object)
            rc_decref(self->heap, object);
    }
    if (round == 5)
        rc_gc_freeze(self->heap);
    if (round == 6)
        rc_gc_unfreeze(self->heap);
    CHECK(rc_gc_collect(self->heap, round % 3, &found));
    return found;
}

static void start(program *self, const char *profile, bool walks)
{
    rc_observer observer = { .events = RC_EVENT_BIT(RC_GENERATION_CHANGED), .notify = ignore };

    *self = (program) { .heap = open_heap(profile), .random = RANDOM_START };
    self->plain = rc_class_new(self->heap, "Plain", NULL, NULL);
    self->finalized = rc_class_new(self->heap, "Finalized", remember_self, &self->saved);
    CHECK(self->plain && self->finalized);
    rc_gc_disable(self->heap);
    if (walks)
        rc_observe(self->heap, &observer);
}

static void finish(program *self)
{
    rc_observe(self->heap, NULL);
    for (size_t i = 0; i < OBJECTS; i++)
        if (self->objects[i])
            rc_decref(self->heap, self->objects[i]);
    if (self->saved)
        rc_decref(self->heap, self->saved);
    CHECK_HEAP(self->heap);
    rc_heap_close(self->heap);
}

static void they_find_and_leave_what_a_walk_does(void)
{
    static const char *const profiles[] = { ALL_PROFILES };
    static program walked, recorded;

    for (size_t i = 0; i < PROFILE_COUNT; i++) {
        start(&walked, profiles[i], true);
        start(&recorded, profiles[i], false);
        for (int round = 0; round < ROUNDS; round++) {
            size_t found = run_round(&walked, round);
            CHECK_EQUAL(run_round(&recorded, round), found);
            check_alike(walked.heap, recorded.heap);
        }
        finish(&walked);
        finish(&recorded);
    }
}

/* A tuple of atoms is untracked only if it is reachable. */
static void the_tuples_of_garbage_are_found_with_it(void)
{
    static const char *const profiles[] = { "3.7", "3.8" };     /* as met; after */

    for (int i = 0; i < 2; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        size_t found;
        rc_gc_disable(heap);
        for (size_t n = 0; n < LARGE_COLLECTION; n++) {
            rc_object *none = rc_none(heap), *tuple = rc_tuple_new(heap, &none, 1);
            rc_object *list = rc_list_display(heap, &tuple, 1);
            CHECK(list && rc_list_append(heap, list, list));
            rc_decref(heap, tuple);
            rc_decref(heap, list);
        }
        CHECK(rc_gc_collect(heap, 2, &found));
        CHECK_EQUAL(found, 2 * LARGE_COLLECTION);
        close_heap(heap);
    }
}

/* Lists that refer to two others each, of the 16 that are near; of 40, one is held, by a list
 * that is returned. */
static rc_object *make_very_many(rc_heap *heap, size_t count)
{
    rc_object **lists = malloc(count * sizeof *lists), *held = rc_list_display(heap, NULL, 0);
    uint64_t random = RANDOM_START;

    CHECK(lists && held);
    for (size_t i = 0; i < count; i++)
        CHECK((lists[i] = rc_list_display(heap, NULL, 0)));
    for (size_t i = 0; i < 2 * count; i++) {
        size_t near = i / 32 * 16 + (next_random(&random) >> 8) % 16;
        CHECK(rc_list_append(heap, lists[i / 2], lists[near]));
    }
    for (size_t i = 0; i < count; i++) {
        if (i % 40 == 0)
            CHECK(rc_list_append(heap, held, lists[i]));
        rc_decref(heap, lists[i]);
    }
    free(lists);
    return held;
}

static void those_of_very_many_objects_do_so_too(void)
{
    rc_observer observer = { .events = RC_EVENT_BIT(RC_GENERATION_CHANGED), .notify = ignore };
    rc_heap *heaps[2];
    rc_object *held[2];
    size_t found[2];

    for (int i = 0; i < 2; i++) {
        heaps[i] = open_heap("3.8");
        rc_gc_disable(heaps[i]);
        rc_observe(heaps[i], i == 0 ? &observer : NULL);
        held[i] = make_very_many(heaps[i], 2 * FAR_APART);
        CHECK(rc_gc_collect(heaps[i], 2, &found[i]));
    }
    CHECK(found[0] > FAR_APART / 4);
    CHECK_EQUAL(found[1], found[0]);
    check_alike(heaps[0], heaps[1]);
    for (int i = 0; i < 2; i++) {
        rc_observe(heaps[i], NULL);
        rc_decref(heaps[i], held[i]);
        CHECK_HEAP(heaps[i]);
        rc_heap_close(heaps[i]);
    }
}

/* A sanitizer's allocator ends the program instead. */
#if !defined(__SANITIZE_ADDRESS__)
static void without_memory_for_the_record_they_walk(void)
{
    enum { MANY = 600000 };
    rc_heap *heap = open_heap("3.8");
    struct rlimit before, none;
    size_t found;

    rc_gc_disable(heap);
    rc_object *first = rc_list_display(heap, NULL, 0), *last = first;
    for (int i = 1; i < MANY; i++) {
        rc_object *next = rc_list_display(heap, NULL, 0);
        CHECK(next && rc_list_append(heap, last, next));
        rc_decref(heap, next);
        last = next;
    }
    CHECK(rc_list_append(heap, last, first));
    CHECK(getrlimit(RLIMIT_DATA, &before) == 0);
    none = (struct rlimit) { 1, before.rlim_max };     /* 0 would be no limit */
    CHECK(setrlimit(RLIMIT_DATA, &none) == 0);
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK_EQUAL(found, 0);
    rc_decref(heap, first);
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK(setrlimit(RLIMIT_DATA, &before) == 0);
    CHECK_EQUAL(found, MANY);
    close_heap(heap);
}

/* In the middle of the record, that is: what was done until then is undone.  The lists are in two
 * groups, and of the second none is held. */
static void without_memory_for_more_of_the_record_they_walk(void)
{
    enum { GROUP = 3000, ITEMS = 100 };
    static rc_object *lists[2 * GROUP];
    rc_heap *heap = open_heap("3.8");
    rc_object *frozen = rc_list_display(heap, NULL, 0);
    struct rlimit before, none;
    size_t found;

    rc_gc_disable(heap);
    rc_gc_freeze(heap);
    for (int i = 0; i < 2 * GROUP; i++)
        CHECK((lists[i] = rc_list_display(heap, &frozen, 1)));
    CHECK(rc_gc_collect(heap, 2, &found));      /* there is memory for one edge each */
    for (int i = 0; i < 2 * GROUP; i++)
        for (int j = 1; j <= ITEMS; j++)
            CHECK(rc_list_append(heap, lists[i], lists[i / GROUP * GROUP + (i + j) % GROUP]));
    for (int i = GROUP; i < 2 * GROUP; i++)
        rc_decref(heap, lists[i]);
    CHECK(getrlimit(RLIMIT_DATA, &before) == 0);
    none = (struct rlimit) { 1, before.rlim_max };     /* 0 would be no limit */
    CHECK(setrlimit(RLIMIT_DATA, &none) == 0);
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK_EQUAL(found, GROUP);
    CHECK(!lists_check(heap));
    CHECK(setrlimit(RLIMIT_DATA, &before) == 0);
    CHECK(rc_gc_collect(heap, 2, &found));      /* now there is memory for the others */
    CHECK_EQUAL(found, 0);
    for (int i = 0; i < GROUP; i++)
        rc_decref(heap, lists[i]);
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK_EQUAL(found, GROUP);
    CHECK_EQUAL(frozen->refcount, 1);
    rc_gc_unfreeze(heap);
    rc_decref(heap, frozen);
    close_heap(heap);
}
#endif

static const test tests[] = {
    TEST(they_find_and_leave_what_a_walk_does),
    TEST(the_tuples_of_garbage_are_found_with_it),
    TEST(those_of_very_many_objects_do_so_too),
#if !defined(__SANITIZE_ADDRESS__)
    TEST(without_memory_for_the_record_they_walk),
    TEST(without_memory_for_more_of_the_record_they_walk),
#endif
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
