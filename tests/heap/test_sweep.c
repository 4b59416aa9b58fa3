/* What dies scattered over a large heap waits to be swept, and nobody can tell. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "check.h"
#include "view.h"
#include "../../src/heap/state.h"

enum { OBJECTS = 80000, DROPS = 800 };

/* ------------------------------------------------------------------- the twin heaps -- */

typedef struct program {
    rc_heap *heap;
    rc_class *class;
    rc_object *objects[OBJECTS];        /* one reference each, or NULL */
    bool at_once;                       /* everything that dies is swept */
    uint64_t random;
    size_t dropped;                     /* by a callback */
    size_t to_drop;                     /* before the next automatic collection */
    uint64_t story;                     /* a fingerprint of all births, and of the collections
                                         * before each */
} program;

static program twins[2];

static bool waits(const program *self)
{
    return self->heap->unswept.room > 0;
}

/* Of every kind that may wait; and a frozenset and tuples of which a pool has few or none, which
 * may not. */
static rc_object *new_object(program *self, size_t i)
{
    rc_heap *heap = self->heap;
    rc_object *items[1200] = { rc_none(heap), rc_bool(heap, true), rc_none(heap) }, *made;

    switch (i % 16) {
    case 0: return rc_list_display(heap, NULL, 0);
    case 1: return rc_list_display(heap, items, 3);
    case 2: return rc_tuple_new(heap, items, 2);
    case 3: return rc_dict_new(heap);
    case 4:
        made = rc_dict_new(heap);
        CHECK(made && rc_dict_set(heap, made, items[1], items[0]));
        return made;
    case 5: return rc_set_new(heap, NULL, 0);
    case 6: return rc_frozenset_new(heap, items, 2);
    case 7: return rc_instance_new(heap, self->class);
    case 8: return rc_list_display(heap, self->objects[i - 1] ? &self->objects[i - 1] : items, 1);
    case 9: return rc_int_new(heap, 1000000 + (int64_t)i);
    case 10:
        for (int k = 3; k < 1200; k++)
            items[k] = items[0];
        return rc_tuple_new(heap, items, i / 16 % 32 ? 100 : 1200);
    default: return rc_float_new(heap, (double)i);
    }
}

static void note(program *self, int64_t number)
{
    self->story = (self->story ^ (uint64_t)number) * UINT64_C(0x100000001B3);
}

static void fill(program *self)
{
    for (size_t i = 0; i < OBJECTS; i++) {
        if (self->objects[i])
            continue;
        CHECK((self->objects[i] = new_object(self, i)));
        note(self, (int64_t)(rc_id(self->objects[i]) - rc_id(rc_none(self->heap))));
        note(self, (int64_t)rc_gc_get_last(self->heap)->number);
    }
}

static void let_go(program *self, rc_object *object)
{
    rc_decref(self->heap, object);
    if (self->at_once)
        (void)rc_newest(self->heap);
}

static void drop_some(program *self, size_t count)
{
    while (count-- > 0) {
        size_t i = (size_t)(next_random(&self->random) >> 8) % OBJECTS;
        rc_object *object = self->objects[i];
        if (!object)
            continue;
        self->objects[i] = NULL;
        let_go(self, object);
    }
}

static void report_roots(void *context, void (*report)(void *, rc_object *), void *to)
{
    program *self = context;

    for (size_t i = 0; i < OBJECTS; i++)
        if (self->objects[i])
            report(to, self->objects[i]);
}

static void drop_before_collection(void *context, rc_heap *heap)
{
    program *self = context;

    (void)heap;
    drop_some(self, self->to_drop);
    self->dropped += self->to_drop;
    self->to_drop = 0;
}

static void start(program *self, const char *profile, bool at_once)
{
    rc_hooks hooks = { .roots = report_roots, .before_collection = drop_before_collection,
                       .context = self };
    rc_options options = { .profile = rc_profile_find(profile), .hooks = &hooks };

    *self = (program) { .heap = rc_heap_open(&options), .random = RANDOM_START,
                        .at_once = at_once };
    CHECK(self->heap);
    rc_gc_disable(self->heap);
    self->class = rc_class_new(self->heap, "Plain", NULL, NULL);
    CHECK(self->class);
    fill(self);
}

static void finish(program *self)
{
    drop_some(self, DROPS);
    rc_heap_close(self->heap);          /* while some wait */
}

static void start_twins(const char *profile)
{
    start(&twins[0], profile, true);
    start(&twins[1], profile, false);
}

/* Both have done the same, and nothing that they show differs. */
static void finish_twins(void)
{
    check_alike(twins[0].heap, twins[1].heap);
    finish(&twins[0]);
    finish(&twins[1]);
}

/* ---------------------------------------------------------------------- questions -- */

static bool count_one(void *count, rc_object *object)
{
    (void)object;
    ++*(size_t *)count;
    return true;
}

static int64_t live(program *self) { return (int64_t)rc_live(self->heap, NULL); }
static int64_t floats(program *self) { return (int64_t)rc_live(self->heap, &rc_float_type); }
static int64_t used(program *self) { return (int64_t)rc_heap_memory(self->heap).used; }
static int64_t releases(program *self) { return (int64_t)rc_heap_memory(self->heap).releases; }
static int64_t counter(program *self) { return rc_gc_count(self->heap, 0); }
static int64_t size(program *self) { return (int64_t)rc_gc_size(self->heap, 0); }

/* So far from the threshold that it would be near, did what waits still count. */
static int64_t near(program *self)
{
    int threshold = rc_gc_threshold(self->heap, 0);

    rc_gc_set_threshold(self->heap, 0, rc_gc_count(twins[0].heap, 0) + 2);
    rc_gc_enable(self->heap);
    bool is_near = rc_gc_is_near(self->heap);
    rc_gc_disable(self->heap);
    rc_gc_set_threshold(self->heap, 0, threshold);
    return is_near;
}

static int64_t forecast(program *self)
{
    int threshold = rc_gc_threshold(self->heap, 0);

    rc_gc_set_threshold(self->heap, 0, 2 * OBJECTS);
    int64_t allocations = rc_gc_get_forecast(self->heap).allocations;
    rc_gc_set_threshold(self->heap, 0, threshold);
    return allocations;
}

static int64_t newest(program *self)
{
    return rc_birth(self->heap, rc_newest(self->heap));
}

static int64_t older(program *self)
{
    size_t last = OBJECTS;

    while (!self->objects[--last])
        continue;
    return rc_birth(self->heap, rc_older(self->heap, self->objects[last]));
}

static bool note_first(void *birth, rc_object *object)
{
    *(int64_t *)birth = (int64_t)object->birth;
    return false;
}

/* Another is the first than when they began to wait. */
static int64_t first(program *self)
{
    int64_t birth = 0;
    size_t i = 0;

    while (!self->objects[i] || !rc_gc_is_tracked(self->heap, self->objects[i]))
        i++;
    rc_decref(self->heap, self->objects[i]);
    self->objects[i] = NULL;
    rc_gc_each(self->heap, 0, note_first, &birth);
    return birth;
}

static int64_t youngest(program *self)
{
    size_t count = 0;

    rc_gc_each(self->heap, 0, count_one, &count);
    return (int64_t)count;
}

static int64_t referrers(program *self)
{
    rc_object *none = rc_none(self->heap);
    size_t count = 0;

    rc_gc_referrers(self->heap, &none, 1, count_one, &count);
    return (int64_t)count;
}

static int64_t interned(program *self)
{
    size_t count = 0;

    rc_cache_each(self->heap, RC_INTERNED, count_one, &count);
    return (int64_t)count;
}

static int64_t frozen(program *self)
{
    rc_gc_freeze(self->heap);
    size_t count = rc_gc_freeze_count(self->heap);
    rc_gc_unfreeze(self->heap);
    return (int64_t)count;
}

static void count_event(void *count, rc_heap *heap, const rc_event *event)
{
    (void)heap, (void)event;
    ++*(int64_t *)count;
}

/* How many are told to an observer that comes now. */
static int64_t told(program *self)
{
    int64_t count = 0;
    rc_observer observer = { .events = RC_ALL_EVENTS, .notify = count_event, .context = &count };

    rc_observe(self->heap, &observer);
    CHECK(!waits(self));
    rc_gc_freeze(self->heap);
    rc_gc_unfreeze(self->heap);
    rc_observe(self->heap, NULL);
    return count;
}

static bool add_link(void *sum, const rc_field *field)
{
    if (field->kind == RC_FIELD_POINTER)
        *(int64_t *)sum += (int64_t)(uintptr_t)field->value.pointer;
    return true;
}

/* Of one object: whether its neighbours are what they are on the refchain. */
static int64_t links(program *self)
{
    int64_t sum = 0;
    size_t i = 0;

    while (!self->objects[i])
        i++;
    let_go(self, self->objects[i]);
    self->objects[i] = NULL;
    while (!self->objects[i])
        i++;
    rc_layout(self->heap, self->objects[i], add_link, &sum);
    return sum - 2 * (int64_t)rc_id(rc_none(self->heap));
}

static int64_t survivors(program *self)
{
    size_t found;

    CHECK(rc_gc_collect(self->heap, 2, &found) && found == 0);
    return (int64_t)rc_gc_get_last(self->heap)->survivors;
}

static int64_t examined(program *self)
{
    rc_gc_examination examination;

    CHECK(rc_gc_examine(self->heap, 2, &examination));
    size_t count = examination.count;
    rc_gc_examination_free(&examination);
    return (int64_t)count;
}

/* An object made now is where the lowest free block is. */
static int64_t place_of(program *self, rc_object *object)
{
    CHECK(object);
    int64_t place = (int64_t)(rc_id(object) - rc_id(rc_none(self->heap)));
    rc_decref(self->heap, object);
    return place;
}

static int64_t instance(program *self)
{
    return place_of(self, rc_instance_new(self->heap, self->class));
}

static int64_t str(program *self)
{
    return place_of(self, rc_str_new(self->heap, "some text that is long", 22));
}

static int64_t place_of_str(program *self, size_t size)
{
    static char text[20000];

    memset(text, 'x', size);
    return place_of(self, rc_str_new(self->heap, text, size));
}

/* It is of another size than all that died: but for the sweep its class had no pool. */
static int64_t large(program *self)
{
    return place_of_str(self, 400);
}

static int64_t whole(program *self)
{
    CHECK_HEAP(self->heap);
    return 0;
}

static int64_t (*const questions[])(program *self) = {
    live, floats, used, releases, counter, size, near, forecast, newest, older, first, youngest,
    referrers, interned, frozen, told, links, survivors, examined, instance, str, large, whole,
};

/* ---------------------------------------------------------------------- the tests -- */

/* The counter is of members, or of allocations; free lists have no end, or one; a collection is
 * at once, or requested. */
static const char *const profiles[] = { "textbook", "2.7", "3.8", "3.13" };
#define PROFILES (sizeof profiles / sizeof *profiles)

static void every_question_gets_the_answer_of_a_heap_in_which_nothing_waits(void)
{
    for (size_t i = 0; i < PROFILES; i++) {
        start_twins(profiles[i]);
        for (size_t n = 0; n < sizeof questions / sizeof *questions; n++) {
            for (int tries = 0; tries < 10 && !waits(&twins[1]); tries++)
                for (int twin = 0; twin < 2; twin++)
                    drop_some(&twins[twin], DROPS);
            CHECK(!waits(&twins[0]) && waits(&twins[1]));
            CHECK_EQUAL(questions[n](&twins[1]), questions[n](&twins[0]));
            CHECK(!waits(&twins[1]));
        }
        check_alike(twins[0].heap, twins[1].heap);
        for (int twin = 0; twin < 2; twin++) {
            drop_some(&twins[twin], OBJECTS);
            fill(&twins[twin]);
        }
        finish_twins();
    }
}

/* Whether they begin to wait when all are of one kind, so that the other arena has next to none. */
static bool begin_to_wait(rc_object *(*make)(rc_heap *heap))
{
    static rc_object *objects[OBJECTS];
    rc_heap *heap = open_heap("3.8");
    size_t dropped = 0;

    rc_gc_disable(heap);
    for (size_t i = 0; i < OBJECTS; i++)
        CHECK((objects[i] = make(heap)));
    while (dropped < OBJECTS / 2 && heap->unswept.room == 0)
        rc_decref(heap, objects[dropped++ * 617 % OBJECTS]);
    bool waiting = heap->unswept.room > 0;
    rc_heap_close(heap);
    return waiting;
}

static rc_object *an_empty_list(rc_heap *heap) { return rc_list_display(heap, NULL, 0); }
static rc_object *a_half(rc_heap *heap) { return rc_float_new(heap, 0.5); }
static rc_object *a_text(rc_heap *heap) { return rc_str_new(heap, "two words", 9); }

static void containers_begin_to_wait_and_so_do_others_but_strs(void)
{
    CHECK(begin_to_wait(an_empty_list));
    CHECK(begin_to_wait(a_half));
    CHECK(!begin_to_wait(a_text));
}

/* A list with an array of its own pages. */
static rc_object *large_list(program *self)
{
    rc_object *list = rc_list_display(self->heap, NULL, 0);

    for (int i = 0; i < 3000; i++)
        CHECK(list && rc_list_append(self->heap, list, rc_none(self->heap)));
    return list;
}

/* Where it grows, and what the heap says of its memory, is the same as if its neighbour had
 * left. */
static void an_array_grows_over_one_whose_list_waits(void)
{
    int64_t places[2];

    for (int twin = 0; twin < 2; twin++) {
        program *self = &twins[twin];
        start(self, "3.8", twin == 0);
        drop_some(self, DROPS);
        rc_object *list = large_list(self), *neighbour = large_list(self);
        drop_some(self, DROPS);
        CHECK_EQUAL(waits(self), twin);
        let_go(self, neighbour);
        for (int i = 0; i < 3000; i++)
            CHECK(rc_list_append(self->heap, list, rc_none(self->heap)));
        places[twin] = place_of_str(self, 20000);
        rc_decref(self->heap, list);
    }
    CHECK_EQUAL(places[1], places[0]);
    finish_twins();
}

static void a_limit_is_asked_when_the_dead_have_left(void)
{
    start_twins("3.8");
    for (int twin = 0; twin < 2; twin++)
        drop_some(&twins[twin], DROPS);
    CHECK(waits(&twins[1]) && twins[1].heap->unswept.count > 0);
    for (int twin = 0; twin < 2; twin++) {
        program *self = &twins[twin];
        rc_object *watched = self->heap->empty_tuple;
        rc_heap_set_limit(self->heap, rc_heap_memory(twins[0].heap).used);
        CHECK(rc_watch(self->heap, watched) > 0);
        rc_heap_set_limit(self->heap, 0);
    }
    finish(&twins[0]);
    finish(&twins[1]);
}

static void what_comes_from_a_free_list_sweeps_nothing(void)
{
    program *self = &twins[0];

    start(self, "3.8", false);
    drop_some(self, DROPS);
    CHECK(waits(self) && freelist_size(&self->heap->float_free) > 0);
    rc_object *made = rc_float_new(self->heap, 1.5);
    CHECK(made && waits(self));
    CHECK_EQUAL(rc_object_origin(self->heap, made), RC_ORIGIN_FREE_LIST);
    rc_decref(self->heap, made);
    CHECK(waits(self));
    CHECK_HEAP(self->heap);
    finish(self);
}

static bool is_in_queue(const program *self, const rc_object *object)
{
    const unswept *unswept = &self->heap->unswept;

    for (uint32_t i = 0; i < unswept->count; i++)
        if (unswept->queue[i] == object)
            return true;
    return false;
}

/* Let the newest object die when it has come from a free list that is full again: it waits before
 * it has been linked. */
static void let_newest_wait(program *self, size_t kind)
{
    rc_object *newest = new_object(self, kind);
    size_t i = kind;

    CHECK(newest && waits(self));
    while (!self->objects[i] || self->objects[i]->refcount > 1)
        i += 16;
    rc_decref(self->heap, self->objects[i]);
    self->objects[i] = NULL;
    CHECK(!is_in_queue(self, newest));
    rc_decref(self->heap, newest);
    CHECK(is_in_queue(self, newest) || UNSWEPT_QUEUE == 1);
}

static void the_newest_may_wait(void)
{
    program *self = &twins[0];
    enum { EMPTY_LIST = 0, FLOAT = 11 };

    start(self, "3.8", false);
    for (size_t kind = EMPTY_LIST; kind <= FLOAT; kind += FLOAT - EMPTY_LIST) {
        drop_some(self, DROPS);
        let_newest_wait(self, kind);
        CHECK_HEAP(self->heap);         /* which sweeps */
        drop_some(self, DROPS);
        let_newest_wait(self, kind);
        drop_some(self, DROPS);         /* it is marked, and others wait */
        CHECK(waits(self));
        CHECK_HEAP(self->heap);
    }
    finish(self);
}

static void an_allocation_that_fails_leaves_a_swept_heap(void)
{
    program *self = &twins[0];

    start(self, "3.8", false);
    drop_some(self, DROPS);
    CHECK(waits(self));
    rc_heap_fail_allocation(self->heap, 1);
    CHECK_FAILS(self->heap, rc_str_new(self->heap, "text", 4), RC_MEMORY_ERROR, NULL);
    drop_some(self, DROPS);
    CHECK(waits(self));
    rc_heap_set_limit(self->heap, 1);
    CHECK_FAILS(self->heap, rc_str_new(self->heap, "text", 4), RC_MEMORY_ERROR, NULL);
    rc_heap_set_limit(self->heap, 0);
    CHECK_EQUAL(instance(self), instance(self));
    finish(self);
}

static void who_is_watched_or_weakly_referred_to_does_not_wait(void)
{
    program *self = &twins[0];

    start(self, "3.8", false);
    rc_object *watched = rc_float_new(self->heap, 2.5);
    rc_object *referent = rc_instance_new(self->heap, self->class);
    CHECK(watched && referent);
    uint32_t watch = rc_watch(self->heap, watched);
    rc_object *weakref = rc_weakref_new(self->heap, referent, NULL);
    CHECK(weakref);
    drop_some(self, DROPS);
    CHECK(waits(self));
    rc_decref(self->heap, watched);
    CHECK(!rc_watched(self->heap, watch));
    rc_decref(self->heap, referent);
    CHECK(!rc_weakref_referent(weakref));
    CHECK(waits(self));
    rc_decref(self->heap, weakref);
    CHECK_HEAP(self->heap);
    finish(self);
}

static void drop_in_collection(void *context, rc_heap *heap, const rc_gc_info *info)
{
    program *self = context;

    (void)heap, (void)info;
    drop_some(self, DROPS);
    self->dropped += DROPS;
    CHECK(!waits(self));
}

static void nothing_waits_while_a_collection_runs(void)
{
    for (int twin = 0; twin < 2; twin++) {
        program *self = &twins[twin];
        size_t found;
        start(self, "3.8", twin == 0);
        drop_some(self, DROPS);
        rc_gc_set_callback(self->heap, drop_in_collection, self);
        CHECK(rc_gc_collect(self->heap, 1, &found));
        rc_gc_set_callback(self->heap, NULL, NULL);
        CHECK_EQUAL(self->dropped, 2 * DROPS);
        CHECK_HEAP(self->heap);
    }
    finish_twins();
}

/* Those that are frozen wait, too. */
static void generations_change_places_around_what_waits(void)
{
    start_twins("3.8");
    for (int twin = 0; twin < 2; twin++) {
        rc_heap *heap = twins[twin].heap;
        drop_some(&twins[twin], DROPS);
        CHECK_EQUAL(waits(&twins[twin]), twin);
        rc_gc_freeze(heap);
        CHECK_EQUAL(waits(&twins[twin]), twin);
    }
    check_alike(twins[0].heap, twins[1].heap);
    for (int twin = 0; twin < 2; twin++) {
        rc_heap *heap = twins[twin].heap;
        fill(&twins[twin]);
        drop_some(&twins[twin], DROPS);
        CHECK_EQUAL(waits(&twins[twin]), twin);
        rc_gc_unfreeze(heap);
        CHECK_EQUAL(waits(&twins[twin]), twin);
    }
    finish_twins();
}

/* The births between them find memory on free lists, at hand and elsewhere; each is where and
 * when it would be. */
static void automatic_collections_come_when_they_would(void)
{
    for (size_t i = 0; i < PROFILES; i++) {
        int waited = 0;
        start_twins(profiles[i]);
        for (int twin = 0; twin < 2; twin++) {
            program *self = &twins[twin];
            for (int generation = 0; generation < RC_GENERATIONS; generation++)
                rc_gc_set_threshold(self->heap, generation, generation == 0 ? 50 : 2);
            rc_gc_enable(self->heap);
            for (int round = 0; round < 40; round++) {
                drop_some(self, DROPS);
                waited += waits(self);
                rc_gc_poll(self->heap);
                fill(self);
            }
        }
        CHECK(waited > 10);
        CHECK(rc_gc_get_stats(twins[1].heap, 0).collections > 10);
        CHECK(rc_gc_get_stats(twins[1].heap, 2).collections > 0);
        CHECK_EQUAL(twins[1].story, twins[0].story);
        finish_twins();
    }
}

/* What the host lets go of may bring the counter below its threshold again. */
static void a_collection_is_called_off_by_what_waits(void)
{
    start_twins("3.8");
    for (int twin = 0; twin < 2; twin++) {
        program *self = &twins[twin];
        rc_gc_set_threshold(self->heap, 0, rc_gc_count(self->heap, 0));
        rc_gc_enable(self->heap);
        self->to_drop = DROPS;
        rc_object *list = rc_list_display(self->heap, NULL, 0);
        CHECK(list);
        CHECK_EQUAL(self->dropped, DROPS);
        CHECK_EQUAL(rc_gc_get_last(self->heap)->number, 0);
        rc_gc_disable(self->heap);
        rc_decref(self->heap, list);
    }
    finish_twins();
}

/* A sanitizer's allocator ends the program instead, and valgrind's takes no notice. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(RC_VALGRIND)

/* All that malloc would still give, but for one block of `spared` bytes. */
static void **take_all_memory(size_t spared)
{
    enum { ENOUGH = 1 << 20 };
    void **taken = NULL, *volatile left = malloc(spared);
    size_t count = 0;

    CHECK(left);
    for (size_t size = (size_t)1 << 20; size >= sizeof(void *); size /= 2)
        for (void **block; (block = malloc(size)) != NULL; count++) {
            CHECK(count < ENOUGH);
            *block = taken;
            taken = block;
        }
    free(left);
    return taken;
}

static void give_all_back(void **taken)
{
    while (taken) {
        void **next = *taken;
        free(taken);
        taken = next;
    }
}

static size_t bytes_of_marks(const arena *arena)
{
    return arena->pool_count * POOL_WORDS * sizeof(uint64_t);
}

/* For none, for those of the smaller arena, which come second, or for those of containers only. */
static void without_memory_for_all_marks_everything_leaves_at_once(void)
{
    for (int some = 0; some < 3; some++) {
        struct rlimit before, none;
        start_twins("3.8");
        rc_heap *heap = twins[1].heap;
        const size_t bytes[] = { 1, bytes_of_marks(&heap->memory.blocks),
                                 bytes_of_marks(&heap->memory.containers) };
        CHECK(bytes[1] < bytes[2]);
        CHECK(getrlimit(RLIMIT_DATA, &before) == 0);
        none = (struct rlimit) { 1, before.rlim_max };  /* 0 would be no limit */
        void *volatile there = malloc(bytes[some]);
        free(there);
        CHECK(setrlimit(RLIMIT_DATA, &none) == 0);
        void **taken = take_all_memory(bytes[some]);
        drop_some(&twins[1], DROPS);
        bool waited = waits(&twins[1]);
        give_all_back(taken);
        CHECK(setrlimit(RLIMIT_DATA, &before) == 0);
        CHECK(!waited);
        CHECK_EQUAL(heap->memory.containers.marks != NULL, some == 2);
        CHECK(!heap->memory.blocks.marks);
        drop_some(&twins[0], DROPS);
        check_alike(twins[0].heap, heap);
        drop_some(&twins[1], DROPS);
        CHECK(waits(&twins[1]));                        /* now there is memory */
        drop_some(&twins[0], DROPS);
        finish_twins();
    }
}
#endif

#if !defined(RC_STRESS)
/* Blocks are granted quietly, and a few deaths are not enough. */
static void after_a_sweep_all_is_as_it_was_at_first(void)
{
    program *self = &twins[0];

    start(self, "3.8", false);
    size_t unquestioned = self->heap->memory.unquestioned;
    drop_some(self, DROPS);
    CHECK(waits(self));
    CHECK_EQUAL(self->heap->memory.unquestioned, 0);
    CHECK(rc_newest(self->heap));
    CHECK(!waits(self) && self->heap->memory.unquestioned == unquestioned);
    drop_some(self, 20);
    CHECK(!waits(self));
    finish(self);
}

static void in_order_everything_leaves_at_once(void)
{
    program *self = &twins[0];

    start(self, "3.8", false);
    for (size_t i = 0; i < OBJECTS; i++) {
        rc_decref(self->heap, self->objects[i]);
        self->objects[i] = NULL;
        CHECK(!waits(self));
    }
    finish(self);
}

static void in_turns_with_births_everything_leaves_at_once(void)
{
    program *self = &twins[0];

    start(self, "3.8", false);
    for (size_t turn = 0; turn < 4 * DROPS; turn++) {
        size_t i = (size_t)(next_random(&self->random) >> 8) % OBJECTS;
        rc_decref(self->heap, self->objects[i]);
        CHECK(!waits(self));
        CHECK((self->objects[i] = new_object(self, i)));
    }
    finish(self);
}

static void in_a_small_heap_everything_leaves_at_once(void)
{
    program *self = &twins[0];
    rc_object *floats[1000];

    *self = (program) { .heap = open_heap("3.8"), .random = RANDOM_START };
    for (int i = 0; i < 1000; i++)
        CHECK((floats[i] = rc_float_new(self->heap, i)));
    for (int i = 0; i < 1000; i++) {
        rc_decref(self->heap, floats[i * 617 % 1000]);
        CHECK(!waits(self));
    }
    rc_heap_close(self->heap);
}
#endif

static const test tests[] = {
    TEST(every_question_gets_the_answer_of_a_heap_in_which_nothing_waits),
    TEST(containers_begin_to_wait_and_so_do_others_but_strs),
    TEST(an_array_grows_over_one_whose_list_waits),
    TEST(a_limit_is_asked_when_the_dead_have_left),
    TEST(what_comes_from_a_free_list_sweeps_nothing),
    TEST(the_newest_may_wait),
    TEST(an_allocation_that_fails_leaves_a_swept_heap),
    TEST(who_is_watched_or_weakly_referred_to_does_not_wait),
    TEST(nothing_waits_while_a_collection_runs),
    TEST(generations_change_places_around_what_waits),
    TEST(automatic_collections_come_when_they_would),
    TEST(a_collection_is_called_off_by_what_waits),
#if !defined(__SANITIZE_ADDRESS__) && !defined(RC_VALGRIND)
    TEST(without_memory_for_all_marks_everything_leaves_at_once),
#endif
#if !defined(RC_STRESS)
    TEST(after_a_sweep_all_is_as_it_was_at_first),
    TEST(in_order_everything_leaves_at_once),
    TEST(in_turns_with_births_everything_leaves_at_once),
    TEST(in_a_small_heap_everything_leaves_at_once),
#endif
    { 0 },
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
