/* What dies scattered over a large heap waits to be swept, and nobody can tell. */
#include <string.h>

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
    const rc_object *spared;            /* never dropped */
} program;

static bool waits(const program *self)
{
    return self->heap->unswept.room > 0;
}

/* Of every kind that may wait, and a frozenset, which may not. */
static rc_object *new_object(program *self, size_t i)
{
    rc_heap *heap = self->heap;
    rc_object *items[3] = { rc_none(heap), rc_bool(heap, true), rc_none(heap) }, *made;

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
    default: return rc_float_new(heap, (double)i);
    }
}

static void fill(program *self)
{
    for (size_t i = 0; i < OBJECTS; i++)
        if (!self->objects[i])
            CHECK((self->objects[i] = new_object(self, i)));
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
        if (!object || object == self->spared)
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

static void start(program *self, const char *profile, bool at_once)
{
    rc_hooks hooks = { .roots = report_roots, .context = self };
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

/* The visitor lets some of what follows die, but not what it is shown. */
static bool count_and_drop(void *context, rc_object *object)
{
    program *self = context;

    self->spared = object;
    if (self->dropped++ == 0)
        drop_some(self, DROPS);
    return true;
}

static int64_t youngest_while_they_die(program *self)
{
    self->dropped = 0;
    rc_gc_each(self->heap, 0, count_and_drop, self);
    self->spared = NULL;
    return (int64_t)self->dropped;
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
    live, floats, used, releases, counter, size, newest, older, first, youngest,
    youngest_while_they_die, referrers, interned, frozen, told, links,
    survivors, examined, instance, str,
    large, whole,
};

/* ---------------------------------------------------------------------- the tests -- */

static program twins[2];

static void every_question_gets_the_answer_of_a_heap_in_which_nothing_waits(void)
{
    static const char *const profiles[] = { "textbook", "2.7", "3.8", "3.13" };

    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        start(&twins[0], profiles[i], true);
        start(&twins[1], profiles[i], false);
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
        check_alike(twins[0].heap, twins[1].heap);
        finish(&twins[0]);
        finish(&twins[1]);
    }
}

/* A list with an array of its own pages. */
static rc_object *large_list(program *self)
{
    rc_object *list = rc_list_display(self->heap, NULL, 0);

    for (int i = 0; i < 3000; i++)
        CHECK(list && rc_list_append(self->heap, list, rc_none(self->heap)));
    return list;
}

/* Where it grows, and what the heap says of its memory, is the same as if its neighbour had left. */
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
    check_alike(twins[0].heap, twins[1].heap);
    finish(&twins[0]);
    finish(&twins[1]);
}

static void a_limit_is_asked_when_the_dead_have_left(void)
{
    start(&twins[0], "3.8", true);
    start(&twins[1], "3.8", false);
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
    CHECK(waits(self) && self->heap->float_free.size > 0);
    rc_object *made = rc_float_new(self->heap, 1.5);
    CHECK(made && waits(self));
    CHECK_EQUAL(rc_object_origin(self->heap, made), RC_ORIGIN_FREE_LIST);
    rc_decref(self->heap, made);
    CHECK(waits(self));
    CHECK_HEAP(self->heap);
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
    check_alike(twins[0].heap, twins[1].heap);
    finish(&twins[0]);
    finish(&twins[1]);
}

#if !defined(RC_STRESS)
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
    TEST(an_array_grows_over_one_whose_list_waits),
    TEST(a_limit_is_asked_when_the_dead_have_left),
    TEST(what_comes_from_a_free_list_sweeps_nothing),
    TEST(an_allocation_that_fails_leaves_a_swept_heap),
    TEST(who_is_watched_or_weakly_referred_to_does_not_wait),
    TEST(nothing_waits_while_a_collection_runs),
#if !defined(RC_STRESS)
    TEST(in_order_everything_leaves_at_once),
    TEST(in_a_small_heap_everything_leaves_at_once),
#endif
    { 0 },
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
