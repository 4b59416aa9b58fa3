/* What a collection would do, what it does, and what it has done: on random heaps of
 * every profile, against the collector itself and against brute force. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#define MOST 90

/* A heap of containers that refer to each other, some of them held by the test. */
typedef struct world {
    rc_heap *heap;
    rc_object *held[MOST];              /* one reference each, or NULL */
    size_t count;
    uint64_t random;
} world;

static size_t draw(world *self, size_t below)
{
    return (size_t)(next_random(&self->random) % below);
}

static rc_object *any(world *self)
{
    return self->count > 0 ? self->held[draw(self, self->count)] : rc_none(self->heap);
}

static void make(world *self, rc_class *class)
{
    rc_heap *heap = self->heap;
    rc_object *items[3] = { any(self), rc_none(heap), any(self) }, *made;

    switch (draw(self, 5)) {
    case 0:
        made = rc_tuple_new(heap, items, 1 + draw(self, 3));
        break;
    case 1:
        made = rc_dict_new(heap);
        break;
    case 2:
        made = rc_instance_new(heap, class);
        break;
    case 3:                             /* of atoms only, which some profiles untrack */
        made = rc_tuple_new(heap, items + 1, 1);
        break;
    default:
        made = rc_list_display(heap, items, draw(self, 3));
        break;
    }
    CHECK(made);
    self->held[self->count++] = made;
}

static void link(world *self)
{
    rc_heap *heap = self->heap;
    rc_object *from = any(self), *to = any(self), *name = rc_str_new(heap, "next", 4);

    if (rc_is(from, &rc_list_type))
        CHECK(rc_list_append(heap, from, to));
    else if (rc_is(from, &rc_dict_type))
        CHECK(rc_dict_set(heap, from, name, to));
    else if (rc_is(from, &rc_instance_type))
        CHECK(rc_instance_set(heap, from, name, to));
    rc_decref(heap, name);
}

static void let_go(world *self, size_t part)
{
    for (size_t i = 0; i < self->count;) {
        if (draw(self, part) != 0) {
            i++;
            continue;
        }
        rc_object *object = self->held[i];
        self->held[i] = self->held[--self->count];
        rc_decref(self->heap, object);
    }
}

/* In three generations, with garbage in each. */
static world random_world(const char *profile, uint64_t seed)
{
    world self = { .heap = open_heap(profile), .random = RANDOM_START ^ (seed * 0x9E3779B1u) };
    rc_class *class = rc_class_new(self.heap, "Node", NULL, NULL);
    size_t found;

    rc_gc_disable(self.heap);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 28; i++)
            make(&self, class);
        for (int i = 0; i < 25; i++)
            link(&self);
        if (round < 2 && draw(&self, 3) != 0)
            CHECK(rc_gc_collect(self.heap, 1 - round, &found));
        let_go(&self, 2);
    }
    let_go(&self, 2);
    return self;
}

static void end_world(world *self)
{
    while (self->count > 0)
        rc_decref(self->heap, self->held[--self->count]);
    close_heap(self->heap);
}

/* ------------------------------------------------------------- the examination -- */

static size_t place_of(const rc_gc_examination *all, const rc_object *object)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->merged[i].object == object)
            return i;
    return SIZE_MAX;
}

struct inside {
    const rc_gc_examination *all;
    size_t counts[8 * MOST];
    bool reached[8 * MOST];
    bool changed;
};

static bool count_reference(void *context, rc_object *target)
{
    struct inside *self = context;
    size_t place = place_of(self->all, target);
    if (place != SIZE_MAX)
        self->counts[place]++;
    return true;
}

static bool reach(void *context, rc_object *target)
{
    struct inside *self = context;
    size_t place = place_of(self->all, target);
    if (place != SIZE_MAX && !self->reached[place])
        self->reached[place] = self->changed = true;
    return true;
}

/* Counted and reached naively. */
static void check_by_brute_force(const rc_heap *heap, const rc_gc_examination *all)
{
    static struct inside inside;

    memset(&inside, 0, sizeof inside);
    inside.all = all;
    CHECK(all->count <= 8 * MOST);
    for (size_t i = 0; i < all->count; i++)
        rc_gc_referents(heap, all->merged[i].object, count_reference, &inside);
    for (size_t i = 0; i < all->count; i++) {
        CHECK_EQUAL(all->merged[i].refcount, all->merged[i].object->refcount);
        CHECK_EQUAL(all->merged[i].refs, all->merged[i].refcount - inside.counts[i]);
        inside.reached[i] = all->merged[i].refs > 0;
    }
    do {
        inside.changed = false;
        for (size_t i = 0; i < all->count; i++)
            if (inside.reached[i])
                rc_gc_referents(heap, all->merged[i].object, reach, &inside);
    } while (inside.changed);
    for (size_t i = 0; i < all->count; i++)
        CHECK_EQUAL(all->merged[i].reachable, inside.reached[i]);
}

struct list {
    rc_object *objects[8 * MOST];
    size_t count;
};

static bool take(void *context, rc_object *object)
{
    struct list *self = context;
    self->objects[self->count++] = object;
    return true;
}

/* What there is before the deletion: by that even a survivor can die, which only an old
 * object has held that only garbage has held. */
struct witness {
    const rc_gc_examination *all;
    struct list found, survivors;
    int older, deletions;
};

static void witness_moment(void *context, rc_heap *heap, rc_gc_moment moment, rc_object *object)
{
    struct witness *self = context;

    (void)object;
    if (moment != RC_GC_DELETES)
        return;
    self->deletions++;
    rc_gc_each(heap, RC_FOUND, take, &self->found);
    rc_gc_each(heap, self->older, take, &self->survivors);
    for (size_t i = 0; i < self->all->count; i++)
        CHECK_EQUAL(rc_gc_is_tracked(heap, self->all->merged[i].object),
                    !self->all->merged[i].untracked);
}

/* The real collection finds and moves the same, in the same order. */
static void check_by_collecting(world *self, int generation, const rc_gc_examination *all)
{
    static struct witness witness;
    static struct list before;
    size_t found, at, untracked = 0;

    memset(&witness, 0, sizeof witness);
    witness.all = all;
    witness.older = generation < RC_OLDEST ? generation + 1 : generation;
    before.count = 0;
    if (witness.older != generation)
        rc_gc_each(self->heap, witness.older, take, &before);
    rc_gc_watch(self->heap, &(rc_gc_watcher) { witness_moment, &witness });
    CHECK(rc_gc_collect(self->heap, generation, &found));
    rc_gc_watch(self->heap, NULL);
    CHECK_EQUAL(witness.deletions, 1);
    CHECK_EQUAL(found, all->count - all->reachable);
    CHECK_EQUAL(witness.found.count, found);
    for (size_t i = 0; i < found; i++)
        CHECK(witness.found.objects[i] == all->merged[all->separated[all->reachable + i]].object);

    at = before.count;
    for (size_t i = 0; i < all->reachable; i++) {
        const rc_gc_verdict *verdict = &all->merged[all->separated[i]];
        untracked += verdict->untracked;
        if (!verdict->untracked)
            CHECK(at < witness.survivors.count
                  && witness.survivors.objects[at++] == verdict->object);
    }
    CHECK_EQUAL(at, witness.survivors.count);

    const rc_gc_last *last = rc_gc_get_last(self->heap);
    CHECK(!last->automatic && !last->trigger);
    CHECK_EQUAL(last->generation, generation);
    CHECK_EQUAL(last->visited, all->count);
    CHECK_EQUAL(last->survivors, all->reachable - untracked);
    CHECK_EQUAL(last->untracked, untracked);
    CHECK_EQUAL(last->unreachable, found);
    CHECK_EQUAL(last->trash, found);
    CHECK(last->destroyed >= found);
}

static void an_examination_is_right_on_random_heaps_of_every_profile(void)
{
    const char *const profiles[] = { ALL_PROFILES };
    size_t reachable = 0, unreachable = 0, untracked = 0;

    for (size_t p = 0; p < PROFILE_COUNT; p++)
        for (uint64_t seed = 1; seed <= 24; seed++) {
            world self = random_world(profiles[p], seed);
            int generation = (int)(seed % 3);
            rc_gc_examination all, again;
            CHECK(rc_gc_examine(self.heap, generation, &all));
            check_by_brute_force(self.heap, &all);
            CHECK(rc_gc_examine(self.heap, generation, &again));       /* the first has changed nothing */
            CHECK_EQUAL(again.count, all.count);
            CHECK(memcmp(again.merged, all.merged, all.count * sizeof *all.merged) == 0);
            rc_gc_examination_free(&again);
            check_by_collecting(&self, generation, &all);
            reachable += all.reachable;
            unreachable += all.count - all.reachable;
            for (size_t i = 0; i < all.count; i++)
                untracked += all.merged[i].untracked;
            rc_gc_examination_free(&all);
            end_world(&self);
        }
    CHECK(reachable > 1000 && unreachable > 300 && untracked > 50);    /* there was something to see */
}

/* ---------------------------------------------------------------- the forecast -- */

static void the_forecast_comes_true_on_every_profile(void)
{
    const char *const profiles[] = { ALL_PROFILES };
    int taken[RC_GENERATIONS] = { 0 };

    for (size_t p = 0; p < PROFILE_COUNT; p++)
        for (uint64_t seed = 1; seed <= 6; seed++) {
            world self = { .heap = open_heap(profiles[p]), .random = RANDOM_START + seed };
            rc_heap *heap = self.heap;
            rc_class *class = rc_class_new(heap, "Node", NULL, NULL);
            rc_object *list = keep(heap, rc_list_display(heap, NULL, 0));
            for (int i = 0; i < RC_GENERATIONS; i++)
                rc_gc_set_threshold(heap, i, 1 + (int)draw(&self, i == 0 ? 9 : 3));
            for (int round = 0; round < 40; round++) {
                rc_gc_forecast forecast = rc_gc_get_forecast(heap);
                CHECK(forecast.automatic && !forecast.requested);
                CHECK(forecast.allocations >= 1);
                uint64_t number = rc_gc_get_last(heap)->number;
                int64_t birth = 0;
                for (int64_t i = 1; i <= forecast.allocations; i++) {
                    CHECK_EQUAL(rc_gc_get_last(heap)->number, number);
                    rc_object *made = rc_instance_new(heap, class);
                    CHECK_EQUAL(rc_gc_get_last(heap)->number + rc_gc_is_requested(heap),
                                number + (i == forecast.allocations));
                    birth = rc_birth(heap, made);
                    rc_gc_poll(heap);
                    CHECK(rc_list_append(heap, list, made));    /* nothing is released */
                    rc_decref(heap, made);
                }
                const rc_gc_last *last = rc_gc_get_last(heap);
                CHECK_EQUAL(last->number, number + 1);
                CHECK_EQUAL(last->generation, forecast.generation);
                CHECK(last->automatic && last->trigger == &rc_instance_type);
                CHECK_EQUAL(last->trigger_birth, birth);
                taken[forecast.generation]++;
            }
            close_heap(heap);
        }
    for (int i = 0; i < RC_GENERATIONS; i++)
        CHECK(taken[i] > 20);
}

static void collections_of_the_younger_generation_are_forecast(void)
{
    rc_heap *heap = open_heap("3.8");
    size_t found;

    rc_gc_set_threshold(heap, 1, 4);
    CHECK_EQUAL(rc_gc_get_forecast(heap).collections[1], 5);
    CHECK(rc_gc_collect(heap, 0, &found));
    CHECK_EQUAL(rc_gc_get_forecast(heap).collections[1], 4);
    for (int i = 0; i < 4; i++)
        CHECK(rc_gc_collect(heap, 0, &found));
    CHECK_EQUAL(rc_gc_get_forecast(heap).collections[1], 0);
    CHECK_EQUAL(rc_gc_get_forecast(heap).generation, 1);
    rc_gc_disable(heap);
    CHECK(!rc_gc_get_forecast(heap).automatic);
    rc_gc_enable(heap);
    rc_gc_set_threshold(heap, 0, 0);
    CHECK(!rc_gc_get_forecast(heap).automatic);
    close_heap(heap);
}

static void the_quarter_rule_is_forecast(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = keep(heap, rc_list_display(heap, NULL, 0));
    size_t found;

    for (int i = 0; i < 40; i++) {
        rc_object *item = rc_list_display(heap, NULL, 0);
        CHECK(rc_list_append(heap, list, item));
        rc_decref(heap, item);
    }
    CHECK(rc_gc_collect(heap, 2, &found));
    rc_gc_set_threshold(heap, 2, 1);
    CHECK(rc_gc_collect(heap, 1, &found) && rc_gc_collect(heap, 1, &found));
    rc_gc_forecast forecast = rc_gc_get_forecast(heap);
    CHECK_EQUAL(forecast.wanted, rc_gc_long_lived_total(heap) / 4);
    CHECK(forecast.held_back && forecast.collections[2] == 0 && forecast.generation == 0);
    rc_gc_set_threshold(heap, 0, 1);
    rc_object *one = rc_list_display(heap, NULL, 0), *two = rc_list_display(heap, NULL, 0);
    CHECK(rc_gc_get_last(heap)->automatic && rc_gc_get_last(heap)->held_back);
    CHECK_EQUAL(rc_gc_get_last(heap)->generation, 0);
    rc_decref(heap, one);
    rc_decref(heap, two);
    close_heap(heap);
}

/* ------------------------------------------------------------------ the watcher -- */

static void note_moment(void *context, rc_heap *heap, rc_gc_moment moment, rc_object *object)
{
    char *text = context;

    CHECK(rc_gc_get_running(heap) != NULL);
    CHECK((object != NULL) == (moment >= RC_GC_SET_ASIDE && moment <= RC_GC_FINALIZES));
    text[strlen(text)] = "sawcfFd."[moment];
}

static void count_calls(void *context, rc_heap *heap, rc_object *self)
{
    (void)heap, (void)self;
    ++*(int *)context;
}

/* A cycle of an instance with a finalizer, referred to weakly. */
static void make_cycle(rc_heap *heap, rc_class *class)
{
    rc_object *node = keep(heap, rc_instance_new(heap, class)), *name = a_str(heap, "me");
    rc_object *weakref = keep(heap, rc_weakref_new(heap, node, NULL));

    CHECK(rc_instance_set(heap, node, name, node));
    CHECK(rc_instance_set(heap, node, name, weakref));
    CHECK(rc_instance_set(heap, node, a_str(heap, "self"), node));
    drop(heap, weakref);
    drop(heap, node);
}

static void a_watcher_is_told_each_moment_in_order(void)
{
    static const struct { const char *profile, *moments; } rows[] = {
        { "2.7", "saaaFd." }, { "3.8", "swfFd." }, { "3.15", "sfFwd." }
    };
    size_t found;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rc_heap *heap = open_heap(rows[i].profile);
        char text[64] = "";
        int calls = 0;
        rc_class *class = rc_class_new(heap, "Node", count_calls, &calls);
        make_cycle(heap, class);
        rc_gc_watch(heap, &(rc_gc_watcher) { note_moment, text });
        CHECK(rc_gc_collect(heap, 2, &found));
        rc_gc_watch(heap, NULL);
        CHECK(rc_gc_get_running(heap) == NULL);
        CHECK_TEXT(text, rows[i].moments);
        CHECK_EQUAL(rc_gc_get_last(heap)->finalizers_called, calls);
        rc_gc_garbage_clear(heap);
        rc_gc_set_debug(heap, 0);
        if (strcmp(rows[i].profile, "2.7") != 0)
            close_heap(heap);
        else
            rc_heap_close(heap);        /* the cycle is there for ever */
    }
}

static const test tests[] = {
    TEST(an_examination_is_right_on_random_heaps_of_every_profile),
    TEST(the_forecast_comes_true_on_every_profile),
    TEST(collections_of_the_younger_generation_are_forecast),
    TEST(the_quarter_rule_is_forecast),
    TEST(a_watcher_is_told_each_moment_in_order),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
