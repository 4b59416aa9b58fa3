/* The collector: when it runs, what it finds, what it says. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "../../src/heap/object.h"

static size_t collect(rc_heap *heap, int generation)
{
    size_t found;
    CHECK(rc_gc_collect(heap, generation, &found));
    CHECK_HEAP(heap);
    return found;
}

static void check_counts(int line, const rc_heap *heap, int zero, int one, int two)
{
    if (rc_gc_count(heap, 0) != zero || rc_gc_count(heap, 1) != one || rc_gc_count(heap, 2) != two)
        test_failed(__FILE__, line, "the counters are %d %d %d, not %d %d %d", rc_gc_count(heap, 0),
                    rc_gc_count(heap, 1), rc_gc_count(heap, 2), zero, one, two);
}

#define CHECK_COUNTS(heap, zero, one, two) check_counts(__LINE__, heap, zero, one, two)

/* Sets have no free list: each is an allocation, and its death a release. */
static rc_object *sets[6000];
static size_t set_count;

static void make_sets(rc_heap *heap, size_t count)
{
    while (count-- > 0) {
        rc_object *set = rc_set_new(heap, NULL, 0);     /* may release others first */
        CHECK(set);
        sets[set_count++] = set;
    }
}

static void release_sets(rc_heap *heap, size_t count)
{
    while (count-- > 0)
        rc_decref(heap, sets[--set_count]);
}

static void close_sets(rc_heap *heap)
{
    release_sets(heap, set_count);
    close_heap(heap);
}

static void report_sets(void *context, void (*report)(void *, rc_object *), void *report_context)
{
    (void)context;
    for (size_t i = 0; i < set_count; i++)
        if (sets[i])
            report(report_context, sets[i]);
}

static rc_heap *open_sets(const char *profile)
{
    rc_heap *heap = open_heap(profile);

    heap->hooks.roots = report_sets;
    set_count = 0;
    return heap;
}

static void set_thresholds(rc_heap *heap, int zero, int one, int two)
{
    rc_gc_set_threshold(heap, 0, zero);
    rc_gc_set_threshold(heap, 1, one);
    rc_gc_set_threshold(heap, 2, two);
}

/* A list in itself that nobody else holds. */
static void leave_a_cycle(rc_heap *heap)
{
    rc_object *list = rc_list_display(heap, NULL, 0);

    CHECK(list && rc_list_append(heap, list, list));
    rc_decref(heap, list);
}

/* ------------------------------------------------------------------ when it runs -- */

static void the_701st_allocation_collects(void)
{
    rc_heap *heap = open_sets("3.8");

    make_sets(heap, 700);
    CHECK_COUNTS(heap, 700, 0, 0);
    make_sets(heap, 1);
    CHECK_COUNTS(heap, 0, 1, 0);
    CHECK_EQUAL(rc_gc_size(heap, 1), 700);
    CHECK_EQUAL(rc_gc_size(heap, 0), 1);        /* the new one came after */
    close_sets(heap);
}

static void from_10_3_2_the_counters_go_as_measured(void)
{
    rc_heap *heap = open_sets("3.8");
    static const int after[5][3] = { { 0, 1, 0 }, { 0, 2, 0 }, { 0, 3, 0 }, { 0, 4, 0 }, { 0, 0, 1 } };

    set_thresholds(heap, 10, 3, 2);
    for (int i = 0; i < 5; i++) {
        make_sets(heap, 10);
        CHECK_COUNTS(heap, 10, i, 0);
        make_sets(heap, 1);
        CHECK_COUNTS(heap, after[i][0], after[i][1], after[i][2]);
    }
    close_sets(heap);
}

static void the_twelfth_trigger_takes_generation_1(void)
{
    rc_heap *heap = open_sets("3.8");

    set_thresholds(heap, 2, 10, 10);
    for (int trigger = 1; trigger <= 11; trigger++) {
        make_sets(heap, 3);
        CHECK_COUNTS(heap, 0, trigger, 0);
    }
    CHECK_EQUAL(rc_gc_get_stats(heap, 0).collections, 11);
    make_sets(heap, 3);
    CHECK_COUNTS(heap, 0, 0, 1);
    CHECK_EQUAL(rc_gc_get_stats(heap, 1).collections, 1);
    close_sets(heap);
}

static void a_threshold_of_0_for_generation_1_takes_it_every_other_time(void)
{
    rc_heap *heap = open_sets("3.8");

    set_thresholds(heap, 4, 0, 1000);
    for (int pair = 1; pair <= 5; pair++) {
        make_sets(heap, 5);
        CHECK_COUNTS(heap, 0, 1, pair - 1);
        make_sets(heap, 5);
        CHECK_COUNTS(heap, 0, 0, pair);
    }
    close_sets(heap);
}

static void a_threshold_of_0_switches_it_off_and_goes_on_counting(void)
{
    rc_heap *heap = open_sets("3.8");

    set_thresholds(heap, 0, 10, 10);
    make_sets(heap, 3000);
    CHECK_COUNTS(heap, 3000, 0, 0);
    rc_gc_set_threshold(heap, 0, 700);
    make_sets(heap, 1);
    CHECK_COUNTS(heap, 0, 1, 0);
    close_sets(heap);
}

static void a_negative_threshold_collects_at_every_allocation(void)
{
    rc_heap *heap = open_sets("3.8");

    set_thresholds(heap, -1, 100, 100);
    make_sets(heap, 10);
    CHECK_COUNTS(heap, 0, 10, 0);
    CHECK_EQUAL(rc_gc_threshold(heap, 0), -1);
    close_sets(heap);
}

static void a_disabled_collector_counts_up_and_down(void)
{
    rc_heap *heap = open_sets("3.8");

    rc_gc_disable(heap);
    CHECK(!rc_gc_is_enabled(heap));
    make_sets(heap, 2000);
    CHECK_COUNTS(heap, 2000, 0, 0);
    release_sets(heap, 300);
    CHECK_COUNTS(heap, 1700, 0, 0);
    rc_gc_enable(heap);
    make_sets(heap, 1);
    CHECK_COUNTS(heap, 0, 1, 0);
    close_sets(heap);
}

static void releases_never_take_the_counter_below_0(void)
{
    rc_heap *heap = open_sets("3.8");

    make_sets(heap, 20);
    collect(heap, 0);
    make_sets(heap, 3);
    release_sets(heap, 10);
    CHECK_COUNTS(heap, 0, 1, 0);        /* and the other counters are not lowered */
    close_sets(heap);
}

static void collecting_by_hand_resets_and_raises_the_counters(void)
{
    rc_heap *heap = open_sets("3.8");

    make_sets(heap, 5);
    collect(heap, 0);
    CHECK_COUNTS(heap, 0, 1, 0);
    make_sets(heap, 5);
    collect(heap, 1);
    CHECK_COUNTS(heap, 0, 0, 1);
    make_sets(heap, 5);
    collect(heap, 2);
    CHECK_COUNTS(heap, 0, 0, 0);
    close_sets(heap);
}

static void a_generation_that_is_none_is_refused(void)
{
    rc_heap *heap = open_heap("3.8");
    size_t found;

    CHECK_FAILS(heap, rc_gc_collect(heap, 3, &found), RC_VALUE_ERROR, "invalid generation");
    CHECK_FAILS(heap, rc_gc_collect(heap, -1, &found), RC_VALUE_ERROR, "invalid generation");
    CHECK_COUNTS(heap, 0, 0, 0);
    close_heap(heap);
}

static void a_full_collection_waits_for_a_quarter(void)
{
    rc_heap *heap = open_sets("3.8");
    unsigned full;

    rc_gc_disable(heap);
    make_sets(heap, 403);
    collect(heap, 2);
    CHECK_EQUAL(rc_gc_long_lived_total(heap), 403);
    rc_gc_enable(heap);
    set_thresholds(heap, 10, 0, 0);
    full = (unsigned)rc_gc_get_stats(heap, 2).collections;
    while (rc_gc_long_lived_pending(heap) < 100) {      /* 403 / 4, rounded down */
        CHECK_EQUAL(rc_gc_get_stats(heap, 2).collections, full);
        make_sets(heap, 1);
    }
    CHECK(rc_gc_count(heap, 2) > 1);    /* it went on counting */
    make_sets(heap, 11);
    CHECK_EQUAL(rc_gc_get_stats(heap, 2).collections, full + 1);
    CHECK_EQUAL(rc_gc_long_lived_pending(heap), 0);
    CHECK_EQUAL(rc_gc_long_lived_total(heap), set_count - 1);
    CHECK_COUNTS(heap, 0, 0, 0);
    close_sets(heap);
}

static void a_heap_without_the_quarter_rule_does_not_wait(void)
{
    rc_heap *heap = open_sets("3.8");

    heap->profile.quarter_rule.value = 0;
    rc_gc_disable(heap);
    make_sets(heap, 400);
    collect(heap, 2);
    rc_gc_enable(heap);
    set_thresholds(heap, 10, 0, 0);
    make_sets(heap, 22);                /* generation 0, generation 1 */
    CHECK_EQUAL(rc_gc_get_stats(heap, 2).collections, 1);
    make_sets(heap, 11);
    CHECK_EQUAL(rc_gc_get_stats(heap, 2).collections, 2);
    close_sets(heap);
}

/* -------------------------------------------------------- against a small model -- */

struct model {
    int count[3], threshold[3];
    size_t size[3], total, pending;
    uint64_t collections[3];
    bool enabled, deferred, requested;
};

#define MODEL_OBJECTS 300

static int home[MODEL_OBJECTS];         /* the generation of each, in the model; -1: none */

static void model_collect(struct model *model, int generation)
{
    int older = generation < 2 ? generation + 1 : 2;

    model->collections[generation]++;
    if (generation < 2)
        model->count[generation + 1]++;
    for (int i = 0; i <= generation; i++)
        model->count[i] = 0;
    for (int i = 0; i < MODEL_OBJECTS; i++)
        if (home[i] >= 0 && home[i] <= generation) {
            home[i] = older;
            if (generation == 1)
                model->pending++;
        }
    memset(model->size, 0, sizeof model->size);
    for (int i = 0; i < MODEL_OBJECTS; i++)
        if (home[i] >= 0)
            model->size[home[i]]++;
    if (generation == 2) {
        model->pending = 0;
        model->total = model->size[2];
    }
}

static void model_choose(struct model *model)
{
    for (int i = 2; i >= 0; i--)
        if (model->count[i] > model->threshold[i]
            && (i < 2 || model->pending >= model->total / 4)) {
            model_collect(model, i);
            return;
        }
}

static void model_allocate(struct model *model)
{
    model->count[0]++;
    if (model->count[0] <= model->threshold[0] || !model->enabled || model->threshold[0] == 0)
        return;
    if (model->deferred)
        model->requested = true;
    else
        model_choose(model);
}

static void model_poll(struct model *model)
{
    if (model->requested && model->enabled)
        model_choose(model);
    model->requested = false;
}

static void compare_with_model(const rc_heap *heap, const struct model *model)
{
    for (int i = 0; i < 3; i++) {
        CHECK_EQUAL(rc_gc_count(heap, i), model->count[i]);
        CHECK_EQUAL(rc_gc_size(heap, i), model->size[i]);
        CHECK_EQUAL(rc_gc_get_stats(heap, i).collections, model->collections[i]);
    }
    CHECK_EQUAL(rc_gc_long_lived_total(heap), model->total);
    CHECK_EQUAL(rc_gc_long_lived_pending(heap), model->pending);
}

static void change_switches(rc_heap *heap, struct model *model, uint64_t random)
{
    int which = (int)(random >> 8 & 3), value = (int)(random >> 16 & 15) - 1;

    if (which < 3) {
        model->threshold[which] = value;
        rc_gc_set_threshold(heap, which, value);
        return;
    }
    model->enabled = value > 3;
    if (model->enabled)
        rc_gc_enable(heap);
    else
        rc_gc_disable(heap);
}

static void play_against_the_model(const char *profile, bool deferred)
{
    rc_heap *heap = open_sets(profile);
    struct model model = { .enabled = true, .deferred = deferred };
    rc_object **object = sets;
    uint64_t random = RANDOM_START;

    for (int i = 0; i < MODEL_OBJECTS; i++)
        home[i] = -1;
    memset(sets, 0, sizeof sets);
    set_count = MODEL_OBJECTS;
    set_thresholds(heap, 5, 3, 2);
    memcpy(model.threshold, (int[]) { 5, 3, 2 }, sizeof model.threshold);
    for (int i = 0; i < 60000; i++) {
        uint64_t choice = next_random(&random) >> 16;
        int at = (int)((choice >> 10) % MODEL_OBJECTS);
        if (choice % 400 == 0) {
            change_switches(heap, &model, choice);
        } else if (choice % 400 == 1) {
            model_collect(&model, at % 3);
            collect(heap, at % 3);
        } else if (object[at]) {
            rc_decref(heap, object[at]);
            object[at] = NULL;
            model.size[home[at]]--;
            home[at] = -1;
            if (model.count[0] > 0)
                model.count[0]--;
        } else {
            model_allocate(&model);
            CHECK((object[at] = rc_set_new(heap, NULL, 0)) != NULL);
            home[at] = 0;
            model.size[0]++;
        }
        if (choice % 3 == 0) {
            model_poll(&model);
            rc_gc_poll(heap);
        }
        compare_with_model(heap, &model);
    }
    for (int i = 0; i < MODEL_OBJECTS; i++)
        if (object[i])
            rc_decref(heap, object[i]);
    set_count = 0;
    close_heap(heap);
}

static void the_counters_agree_with_a_model(void)
{
    play_against_the_model("3.7", false);
    play_against_the_model("3.8", false);
}

static void deferred_collections_agree_with_a_model(void)
{
    play_against_the_model("3.13", true);
}

/* ---------------------------------------------------------------------------- near -- */

static uint64_t collections(rc_heap *heap)
{
    uint64_t sum = 0;

    for (int generation = 0; generation < RC_GENERATIONS; generation++)
        sum += heap->gc.generations[generation].stats.collections;
    return sum + heap->gc.requested;
}

/* What rc_gc_is_near says of the next container, for 2000 of them: how often it said no.
 * Where it does, nothing is collected or asked for. */
static int make_foretold(rc_heap *heap)
{
    int far = 0;

    for (int i = 0; i < 2000; i++) {
        bool near = rc_gc_is_near(heap);
        uint64_t before = collections(heap);
        rc_object *set = rc_set_new(heap, NULL, 0);
        CHECK(set && (near || collections(heap) == before));
        far += !near;
        rc_gc_poll(heap);
        if (i % 7 == 0)
            rc_decref(heap, set);
        else
            CHECK(rc_operand_push(heap, set));
    }
    rc_operand_release(heap, 0);
    return far;
}

static void a_collection_is_foretold(void)
{
    static const char *const names[] = { "2.7", "3.8", "3.11", "3.12", "3.13" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        rc_heap *heap = open_heap(names[i]);
        set_thresholds(heap, 10, 10, 10);
        uint64_t before = collections(heap);
        int far = make_foretold(heap);
        CHECK(collections(heap) > before && far > 1500 && far < 2000);
        rc_gc_disable(heap);
        CHECK_EQUAL(make_foretold(heap), 2000);
        rc_gc_enable(heap);
        set_thresholds(heap, 0, 10, 10);
        CHECK_EQUAL(make_foretold(heap), 2000);
        rc_heap_close(heap);
    }
}

/* ------------------------------------------------------------------------ deferred -- */

static void in_3_13_an_allocation_only_asks_for_a_collection(void)
{
    rc_heap *heap = open_sets("3.13");

    make_sets(heap, 5000);
    CHECK_COUNTS(heap, 5000, 0, 0);
    CHECK(rc_gc_poll(heap));
    CHECK_COUNTS(heap, 0, 1, 0);
    CHECK_EQUAL(rc_gc_size(heap, 1), 5000);     /* the newest is part of it */
    CHECK(!rc_gc_poll(heap));
    close_sets(heap);
}

static void a_poll_looks_at_every_threshold_again(void)
{
    rc_heap *heap = open_sets("3.13");

    set_thresholds(heap, 10, 0, 1000);
    make_sets(heap, 11);
    release_sets(heap, 5);
    CHECK(!rc_gc_poll(heap));           /* withdrawn */
    CHECK(!rc_gc_poll(heap));
    collect(heap, 0);
    make_sets(heap, 11);
    release_sets(heap, 5);
    CHECK(rc_gc_poll(heap));            /* generation 1 is over its own */
    CHECK_COUNTS(heap, 0, 0, 1);
    close_sets(heap);
}

static void a_poll_while_disabled_forgets_the_request(void)
{
    rc_heap *heap = open_sets("3.13");

    set_thresholds(heap, 10, 10, 10);
    make_sets(heap, 11);
    rc_gc_disable(heap);
    CHECK(!rc_gc_poll(heap));
    rc_gc_enable(heap);
    CHECK(!rc_gc_poll(heap));
    make_sets(heap, 1);
    CHECK(rc_gc_poll(heap));
    close_sets(heap);
}

static int asked;
static size_t let_go;

static void before(void *context, rc_heap *heap)
{
    (void)context;
    asked++;
    release_sets(heap, let_go);
}

static void the_host_may_let_go_before_a_collection(void)
{
    static const char *const profile[] = { "3.8", "3.13" };

    for (int i = 0; i < 2; i++) {
        rc_heap *heap = open_sets(profile[i]);
        heap->hooks.before_collection = before;
        set_thresholds(heap, 10, 10, 10);
        asked = 0;
        let_go = 4;
        make_sets(heap, 10);
        CHECK_EQUAL(asked, 0);
        make_sets(heap, 1);
        CHECK_EQUAL(asked, 1);
        CHECK(!rc_gc_poll(heap));
        CHECK_COUNTS(heap, 7, 0, 0);    /* 4 died: the condition no longer held */
        let_go = 0;
        make_sets(heap, 4);
        CHECK_EQUAL(asked, 2);
        if (i == 1)
            CHECK(rc_gc_poll(heap));
        CHECK_COUNTS(heap, 0, 1, 0);
        close_sets(heap);
    }
}

/* ---------------------------------------------------------------------- callbacks -- */

static rc_gc_info told[8];
static int told_counts[8][3], told_count;
static size_t found_inside;

static void note_collection(void *context, rc_heap *heap, const rc_gc_info *info)
{
    size_t found = 7;

    if (told_count == 8)
        return;
    CHECK(context == told);
    CHECK(rc_gc_is_collecting(heap));
    for (int i = 0; i < 3; i++)
        told_counts[told_count][i] = rc_gc_count(heap, i);
    told[told_count++] = *info;
    CHECK(rc_gc_collect(heap, 2, &found));
    found_inside += found;
}

static void a_start_callback_sees_the_old_counters(void)
{
    rc_heap *heap = open_sets("3.8");

    told_count = 0;
    rc_gc_set_callback(heap, note_collection, told);
    make_sets(heap, 701);
    CHECK_EQUAL(told_count, 2);
    CHECK(!told[0].stop && told[1].stop);
    CHECK_EQUAL(told_counts[0][0], 701);
    CHECK_EQUAL(told_counts[0][1], 0);
    CHECK_EQUAL(told_counts[1][0], 0);
    CHECK_EQUAL(told_counts[1][1], 1);
    close_sets(heap);
}

static void callbacks_are_told_generation_and_results(void)
{
    rc_heap *heap = open_heap("3.8");

    told_count = 0;
    rc_gc_set_callback(heap, note_collection, told);
    leave_a_cycle(heap);
    leave_a_cycle(heap);
    CHECK_EQUAL(collect(heap, 1), 2);
    CHECK(told[0].generation == 1 && told[0].collected == 0 && !told[0].stop);
    CHECK(told[1].generation == 1 && told[1].collected == 2 && told[1].stop);
    CHECK_EQUAL(told[1].uncollectable, 0);
    rc_gc_set_callback(heap, NULL, NULL);
    collect(heap, 1);
    CHECK_EQUAL(told_count, 2);
    close_heap(heap);
}

static void a_collection_within_a_collection_finds_nothing(void)
{
    rc_heap *heap = open_heap("3.8");

    told_count = 0;
    found_inside = 0;
    rc_gc_set_callback(heap, note_collection, told);
    leave_a_cycle(heap);
    CHECK_EQUAL(collect(heap, 2), 1);
    CHECK_EQUAL(found_inside, 0);
    CHECK_EQUAL(told_count, 2);         /* nor does it tell of itself */
    CHECK(!rc_gc_is_collecting(heap));
    rc_gc_set_callback(heap, NULL, NULL);
    close_heap(heap);
}

static void make_garbage(void *context, rc_heap *heap, const rc_gc_info *info)
{
    (void)context;
    if (!info->stop)
        leave_a_cycle(heap);
}

static void what_a_start_callback_leaves_is_collected_along(void)
{
    rc_heap *heap = open_heap("3.8");

    rc_gc_set_callback(heap, make_garbage, NULL);
    CHECK_EQUAL(collect(heap, 2), 1);
    rc_gc_set_callback(heap, NULL, NULL);
    close_heap(heap);
}

/* ------------------------------------------------------------------- what it finds -- */

static bool modern(const char *profile)
{
    return strcmp(profile, "3.13") == 0;
}

static void set_attribute(rc_heap *heap, rc_object *instance, const char *text, rc_object *value)
{
    rc_object *name = rc_str_new(heap, text, strlen(text));
    CHECK(rc_instance_set(heap, instance, name, value));
    rc_decref(heap, name);
}

static void the_results_are_those_measured(void)
{
    static const char *const profile[] = { "3.7", "3.8", "3.13" };

    for (int i = 0; i < 3; i++) {
        rc_heap *heap = open_heap(profile[i]);
        rc_class *class = rc_class_new(heap, "A", NULL, NULL);
        rc_object *one = a_list(heap, 0), *two = a_list(heap, 1, one);
        CHECK(rc_list_append(heap, one, two));
        CHECK_EQUAL(rc_refcount(heap, one), 2);
        drop(heap, one);
        drop(heap, two);
        CHECK_EQUAL(rc_refcount(heap, one), 1);
        CHECK_EQUAL(collect(heap, 2), 2);
        CHECK_EQUAL(collect(heap, 2), 0);

        leave_a_cycle(heap);
        CHECK_EQUAL(collect(heap, 2), 1);

        rc_object *dict = keep(heap, rc_dict_new(heap)), *key = a_str(heap, "me");
        CHECK(rc_dict_set(heap, dict, key, dict));
        drop(heap, dict);
        CHECK_EQUAL(collect(heap, 2), 1);

        rc_object *list = a_list(heap, 0), *tuple = a_tuple(heap, 1, list);
        CHECK(rc_list_append(heap, list, tuple));
        drop(heap, list);
        drop(heap, tuple);
        CHECK_EQUAL(collect(heap, 2), 2);

        one = keep(heap, rc_instance_new(heap, class));
        two = keep(heap, rc_instance_new(heap, class));
        set_attribute(heap, one, "other", two);
        set_attribute(heap, two, "other", one);
        drop(heap, one);
        drop(heap, two);
        CHECK_EQUAL(collect(heap, 2), modern(profile[i]) ? 2 : 4);

        one = keep(heap, rc_instance_new(heap, class));
        set_attribute(heap, one, "me", one);
        list = a_list(heap, 0);
        set_attribute(heap, one, "list", list);
        tuple = a_tuple(heap, 1, an_int(heap, 1000));
        set_attribute(heap, one, "tuple", tuple);
        drop(heap, tuple);
        drop(heap, list);
        drop(heap, one);
        CHECK_EQUAL(collect(heap, 2), modern(profile[i]) ? 3 : 4);
        close_heap(heap);
    }
}

static void garbage_is_found_in_its_own_generation_only(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0);

    leave_a_cycle(heap);
    CHECK_EQUAL(collect(heap, 0), 1);
    CHECK(rc_list_append(heap, list, list));
    CHECK_EQUAL(collect(heap, 0), 0);
    drop(heap, list);
    CHECK_EQUAL(collect(heap, 0), 0);
    CHECK_EQUAL(collect(heap, 1), 1);
    CHECK_EQUAL(collect(heap, 2), 0);
    close_heap(heap);
}

static void young_garbage_held_by_old_garbage_waits_for_it(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *old = a_list(heap, 0);

    CHECK(rc_list_append(heap, old, old));
    collect(heap, 1);
    rc_object *young = a_list(heap, 1, old);
    CHECK(rc_list_append(heap, old, young));
    drop(heap, old);
    drop(heap, young);
    CHECK_EQUAL(collect(heap, 0), 0);
    CHECK_EQUAL(collect(heap, 2), 2);
    close_heap(heap);
}

static void statistics_count_for_the_generation_collected(void)
{
    rc_heap *heap = open_heap("3.8");

    leave_a_cycle(heap);
    collect(heap, 0);
    leave_a_cycle(heap);
    leave_a_cycle(heap);
    collect(heap, 2);
    rc_gc_stats zero = rc_gc_get_stats(heap, 0), one = rc_gc_get_stats(heap, 1),
                two = rc_gc_get_stats(heap, 2);
    CHECK(zero.collections == 1 && zero.collected == 1 && zero.uncollectable == 0);
    CHECK(one.collections == 0 && one.collected == 0);
    CHECK(two.collections == 1 && two.collected == 2);
    close_heap(heap);
}

static void the_new_object_is_no_part_of_the_collection_it_starts(void)
{
    rc_heap *heap = open_sets("3.8");

    set_thresholds(heap, 10, 10, 10);
    make_sets(heap, 11);
    CHECK_EQUAL(rc_gc_generation(heap, sets[10]), 0);
    CHECK_EQUAL(rc_gc_generation(heap, sets[9]), 1);
    close_sets(heap);
}

/* --------------------------------------------------------------- what it says -- */

static char said[2000];
static uint64_t clock_now;

static void listen(void *context, const char *text, size_t size)
{
    (void)context;
    strncat(said, text, size);
}

static uint64_t tick(void *context)
{
    (void)context;
    return clock_now += 1234567890;
}

static rc_heap *open_listening(const char *profile, int flags)
{
    rc_heap *heap = open_heap(profile);

    heap->hooks.write = listen;
    heap->hooks.clock = tick;
    said[0] = '\0';
    rc_gc_set_debug(heap, flags);
    return heap;
}

static void DEBUG_STATS_tells_of_each_collection(void)
{
    rc_heap *heap = open_listening("3.8", RC_DEBUG_STATS);

    a_list(heap, 0);
    leave_a_cycle(heap);
    collect(heap, 0);
    CHECK_TEXT(said, "gc: collecting generation 0...\n"
                     "gc: objects in each generation: 2 0 0\n"
                     "gc: objects in permanent generation: 0\n"
                     "gc: done, 1 unreachable, 0 uncollectable, 1.2345s elapsed\n");
    said[0] = '\0';
    rc_gc_freeze(heap);
    collect(heap, 2);
    CHECK_TEXT(said, "gc: collecting generation 2...\n"
                     "gc: objects in each generation: 0 0 0\n"
                     "gc: objects in permanent generation: 1\n"
                     "gc: done, 0 unreachable, 0 uncollectable, 1.2345s elapsed\n");
    close_heap(heap);
}

static void a_profile_without_freeze_leaves_its_line_out(void)
{
    rc_heap *heap = open_listening("3.8", RC_DEBUG_STATS);

    heap->profile.has_freeze.value = 0;
    heap->hooks.clock = NULL;
    collect(heap, 1);
    CHECK_TEXT(said, "gc: collecting generation 1...\n"
                     "gc: objects in each generation: 0 0 0\n"
                     "gc: done, 0 unreachable, 0 uncollectable, 0.0000s elapsed\n");
    close_heap(heap);
}

static void each_release_ends_the_report_in_its_own_words(void)
{
    static const struct { const char *release, *nothing, *one; } expected[] = {
        { "2.7", "gc: done, 1.2345s elapsed.\n",
          "gc: done, 1 unreachable, 0 uncollectable, 1.2345s elapsed.\n" },
        { "3.6", "gc: done, 1.2345s elapsed\n",
          "gc: done, 1 unreachable, 0 uncollectable, 1.2345s elapsed\n" },
        { "3.8", "gc: done, 0 unreachable, 0 uncollectable, 1.2345s elapsed\n",
          "gc: done, 1 unreachable, 0 uncollectable, 1.2345s elapsed\n" },
    };

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        rc_heap *heap = open_listening("3.8", RC_DEBUG_STATS);
        CHECK(!rc_profile_set_strategy(&heap->profile, rc_profile_find_field("wording"),
                                       expected[i].release));
        collect(heap, 0);
        CHECK_TEXT(strstr(said, "gc: done"), expected[i].nothing);
        said[0] = '\0';
        leave_a_cycle(heap);
        collect(heap, 0);
        CHECK_TEXT(strstr(said, "gc: done"), expected[i].one);
        close_heap(heap);
    }
}

static void with_debug_kinds_DEBUG_OBJECTS_must_ask_for_the_objects(void)
{
    static const int flags[] = { RC_DEBUG_COLLECTABLE, RC_DEBUG_COLLECTABLE | RC_DEBUG_INSTANCES,
                                 RC_DEBUG_COLLECTABLE | RC_DEBUG_OBJECTS };

    for (int i = 0; i < 3; i++) {
        rc_heap *heap = open_listening("3.8", flags[i]);
        heap->profile.debug_kinds.value = 1;
        leave_a_cycle(heap);
        collect(heap, 0);
        CHECK_EQUAL(strncmp(said, "gc: collectable <list", 21) == 0, i == 2);
        close_heap(heap);
    }
}

static void statistics_tell_how_many_objects_were_looked_at_and_how_long(void)
{
    rc_heap *heap = open_listening("3.8", 0);

    a_list(heap, 0);
    leave_a_cycle(heap);
    collect(heap, 0);
    CHECK_EQUAL(rc_gc_get_stats(heap, 0).candidates, 2);
    CHECK_EQUAL(rc_gc_get_stats(heap, 0).nanoseconds, 1234567890);
    a_list(heap, 0);
    collect(heap, 0);
    CHECK_EQUAL(rc_gc_get_stats(heap, 0).candidates, 3);
    CHECK_EQUAL(rc_gc_get_stats(heap, 2).candidates, 0);
    close_heap(heap);
}

static void DEBUG_COLLECTABLE_tells_of_each_object(void)
{
    rc_heap *heap = open_listening("3.8", RC_DEBUG_COLLECTABLE);
    rc_object *list = a_list(heap, 0), *tuple = a_tuple(heap, 1, list);
    char expected[200];

    CHECK(rc_list_append(heap, list, tuple));
    snprintf(expected, sizeof expected, "gc: collectable <list 0x%llx>\ngc: collectable <tuple 0x%llx>\n",
             (unsigned long long)rc_id(list), (unsigned long long)rc_id(tuple));
    drop(heap, list);
    drop(heap, tuple);
    collect(heap, 2);
    CHECK_TEXT(said, expected);
    close_heap(heap);
}

static void any_debug_flags_are_kept(void)
{
    rc_heap *heap = open_heap("3.8");

    rc_gc_set_debug(heap, 1024);
    CHECK_EQUAL(rc_gc_debug(heap), 1024);
    leave_a_cycle(heap);
    CHECK_EQUAL(collect(heap, 2), 1);
    CHECK_EQUAL(RC_DEBUG_LEAK, RC_DEBUG_COLLECTABLE | RC_DEBUG_UNCOLLECTABLE | RC_DEBUG_SAVEALL);
    close_heap(heap);
}

/* ------------------------------------------------------------------------- SAVEALL -- */

static void SAVEALL_puts_the_trash_into_garbage(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_class *class = rc_class_new(heap, "A", NULL, NULL);
    rc_object *one = keep(heap, rc_instance_new(heap, class));
    rc_object *two = keep(heap, rc_instance_new(heap, class));

    set_attribute(heap, one, "other", two);
    set_attribute(heap, two, "other", one);
    rc_object *order[] = { one, rc_instance_dict(one), two, rc_instance_dict(two) };
    drop(heap, one);
    drop(heap, two);
    rc_gc_set_debug(heap, RC_DEBUG_SAVEALL);
    CHECK_EQUAL(collect(heap, 2), 4);
    CHECK_EQUAL(rc_gc_garbage_size(heap), 4);
    for (size_t i = 0, seen = 0; i < 4; i++) {
        for (int each = 0; each < 4; each++)
            seen += rc_gc_garbage_get(heap, i) == order[each];
        CHECK_EQUAL(seen, i + 1);
        CHECK_EQUAL(rc_gc_generation(heap, order[i]), 2);
    }
    CHECK(!rc_gc_garbage_get(heap, 4));
    CHECK_EQUAL(collect(heap, 2), 0);
    rc_gc_garbage_clear(heap);
    CHECK_HEAP(heap);
    CHECK_EQUAL(collect(heap, 2), 4);   /* found again */
    rc_gc_set_debug(heap, 0);
    rc_gc_garbage_clear(heap);
    CHECK_EQUAL(collect(heap, 2), 4);
    CHECK_EQUAL(rc_live(heap, &rc_instance_type), 0);
    close_heap(heap);
}

static bool collect_saving(rc_heap *heap, void *context)
{
    size_t *found = context;
    CHECK(rc_gc_collect(heap, 2, found));
    return true;
}

static void SAVEALL_without_memory_loses_entries_and_nothing_else(void)
{
    for (int failing = 1; failing <= 4; failing++) {
        rc_heap *heap = open_heap("3.8");
        size_t found;
        for (int i = 0; i < 40; i++)
            leave_a_cycle(heap);
        rc_gc_set_debug(heap, RC_DEBUG_SAVEALL);
        rc_raise(heap, RC_KEY_ERROR, "the error of an operation that is running");
        rc_heap_fail_allocation(heap, (uint64_t)failing);
        CHECK(collect_saving(heap, &found));
        rc_heap_fail_allocation(heap, 0);
        CHECK_EQUAL(found, 40);
        CHECK_EQUAL(rc_heap_error(heap)->kind, RC_KEY_ERROR);
        CHECK_HEAP(heap);
        CHECK_EQUAL(rc_gc_garbage_size(heap), failing == 4 ? 40 : 39);
        rc_gc_set_debug(heap, 0);
        rc_gc_garbage_clear(heap);
        CHECK_EQUAL(collect(heap, 2), 40);
        rc_error_clear(heap);
        close_heap(heap);
    }
}

/* A finalizer's allocations count towards the next collection, and start none. */
static void make_five(void *context, rc_heap *heap, rc_object *self)
{
    (void)context, (void)self;
    make_sets(heap, 5);
}

static void what_a_finalizer_makes_counts_and_collects_nothing(void)
{
    rc_heap *heap = open_sets("3.8");
    rc_object *self = rc_instance_new(heap, rc_class_new(heap, "M", make_five, NULL));
    rc_object *name = rc_str_new(heap, "me", 2);

    CHECK(self && name && rc_instance_set(heap, self, name, self));
    rc_decref(heap, name);
    rc_decref(heap, self);
    rc_gc_set_threshold(heap, 0, 2);
    CHECK_EQUAL(collect(heap, 2), 2);
    CHECK_EQUAL(rc_gc_get_stats(heap, 0).collections + rc_gc_get_stats(heap, 1).collections, 0);
    CHECK_COUNTS(heap, 3, 0, 0);        /* 5, less the instance and its dict */
    close_sets(heap);
}

static int generation_seen, tracked_seen, count_seen;

static void look_for_itself(void *context, rc_heap *heap, rc_object *self)
{
    (void)context;
    generation_seen = rc_gc_generation(heap, self);
    tracked_seen = rc_gc_is_tracked(heap, self);
    count_seen = (int)rc_refcount(heap, self);
}

static void what_the_collector_has_found_is_tracked_and_in_no_generation(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *self = rc_instance_new(heap, rc_class_new(heap, "M", look_for_itself, NULL));
    rc_object *name = rc_str_new(heap, "me", 2);

    CHECK(self && name && rc_instance_set(heap, self, name, self));
    rc_decref(heap, name);
    rc_decref(heap, self);
    generation_seen = 0;
    CHECK_EQUAL(collect(heap, 2), 2);
    CHECK_EQUAL(generation_seen, RC_NO_GENERATION);
    CHECK(tracked_seen);
    CHECK_EQUAL(count_seen, 2);         /* its own, and the collector's */
    close_heap(heap);
}

static const test tests[] = {
    TEST(what_the_collector_has_found_is_tracked_and_in_no_generation),
    TEST(what_a_finalizer_makes_counts_and_collects_nothing),
    TEST(the_701st_allocation_collects),
    TEST(from_10_3_2_the_counters_go_as_measured),
    TEST(the_twelfth_trigger_takes_generation_1),
    TEST(a_threshold_of_0_for_generation_1_takes_it_every_other_time),
    TEST(a_threshold_of_0_switches_it_off_and_goes_on_counting),
    TEST(a_negative_threshold_collects_at_every_allocation),
    TEST(a_disabled_collector_counts_up_and_down),
    TEST(releases_never_take_the_counter_below_0),
    TEST(collecting_by_hand_resets_and_raises_the_counters),
    TEST(a_generation_that_is_none_is_refused),
    TEST(a_full_collection_waits_for_a_quarter),
    TEST(a_heap_without_the_quarter_rule_does_not_wait),
    TEST(the_counters_agree_with_a_model),
    TEST(deferred_collections_agree_with_a_model),
    TEST(a_collection_is_foretold),
    TEST(in_3_13_an_allocation_only_asks_for_a_collection),
    TEST(a_poll_looks_at_every_threshold_again),
    TEST(a_poll_while_disabled_forgets_the_request),
    TEST(the_host_may_let_go_before_a_collection),
    TEST(a_start_callback_sees_the_old_counters),
    TEST(callbacks_are_told_generation_and_results),
    TEST(a_collection_within_a_collection_finds_nothing),
    TEST(what_a_start_callback_leaves_is_collected_along),
    TEST(the_results_are_those_measured),
    TEST(garbage_is_found_in_its_own_generation_only),
    TEST(young_garbage_held_by_old_garbage_waits_for_it),
    TEST(statistics_count_for_the_generation_collected),
    TEST(the_new_object_is_no_part_of_the_collection_it_starts),
    TEST(DEBUG_STATS_tells_of_each_collection),
    TEST(each_release_ends_the_report_in_its_own_words),
    TEST(with_debug_kinds_DEBUG_OBJECTS_must_ask_for_the_objects),
    TEST(statistics_tell_how_many_objects_were_looked_at_and_how_long),
    TEST(a_profile_without_freeze_leaves_its_line_out),
    TEST(DEBUG_COLLECTABLE_tells_of_each_object),
    TEST(any_debug_flags_are_kept),
    TEST(SAVEALL_puts_the_trash_into_garbage),
    TEST(SAVEALL_without_memory_loses_entries_and_nothing_else),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
