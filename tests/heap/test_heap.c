/* Opening and closing, operands, and looking at what is in a heap. */
#include <string.h>

#include "check.h"
#include "../../src/heap/object.h"

static void a_new_heap_is_whole_in_every_profile(void)
{
    const rc_profile *profile;

    for (size_t i = 0; (profile = rc_profile_at(i)) != NULL; i++) {
        rc_heap *heap = rc_heap_open(&(rc_options) { .profile = profile });
        CHECK(heap);
        CHECK_HEAP(heap);
        CHECK_TEXT(rc_heap_profile(heap)->name, profile->name);
        CHECK_EQUAL(rc_heap_error(heap)->kind, RC_NO_ERROR);
        rc_heap_close(heap);
    }
    rc_heap_close(NULL);
}

static int finalized;

static void count_call(void *context, rc_heap *heap, rc_object *self)
{
    (void)context, (void)heap, (void)self;
    finalized++;
}

static void closing_runs_no_finalizer(void)
{
    rc_heap *heap = rc_heap_open(NULL);

    finalized = 0;
    CHECK(rc_instance_new(heap, rc_class_new(heap, "A", count_call, NULL)));
    rc_heap_close(heap);
    CHECK_EQUAL(finalized, 0);
}

static int asked;

static void note_collection(void *context, rc_heap *heap)
{
    (void)heap;
    CHECK(*(rc_heap **)context);        /* it has been handed out */
    asked++;
}

/* It ran one, and called a hook that did not know the heap yet. */
static void opening_runs_no_collection(void)
{
    static const int64_t thresholds[][3] = { { 1, 1, 1 }, { 0, 0, 0 }, { -1, -1, -1 } };
    static const char *const triggers[] = { "at once", "deferred" };

    for (int i = 0; i < 3 * 2; i++) {
        rc_heap *heap = NULL;
        rc_profile profile = *rc_profile_find("3.8");
        rc_hooks hooks = { .context = &heap, .before_collection = note_collection };
        profile.threshold_reached.value = 1;
        CHECK(!rc_profile_set_numbers(&profile, rc_profile_find_field("thresholds"),
                                      thresholds[i / 2], 3));
        CHECK(!rc_profile_set_strategy(&profile, rc_profile_find_field("trigger"),
                                       triggers[i % 2]));
        asked = 0;
        heap = rc_heap_open(&(rc_options) { .profile = &profile, .hooks = &hooks });
        CHECK_EQUAL(asked, 0);
        CHECK(rc_gc_is_enabled(heap));
        rc_gc_poll(heap);
        for (int generation = 0; generation < RC_GENERATIONS; generation++) {
            CHECK_EQUAL(rc_gc_get_stats(heap, generation).collections, 0);
            CHECK_EQUAL(rc_gc_count(heap, generation), 0);
        }
        rc_object *list = rc_list_display(heap, NULL, 0);
        CHECK_EQUAL(asked, i / 2 != 1);         /* 0 is never passed */
        rc_decref(heap, list);
        CHECK_HEAP(heap);
        rc_heap_close(heap);
    }
}

static void heaps_share_nothing(void)
{
    rc_heap *old = rc_heap_open(&(rc_options) { .profile = rc_profile_find("3.7") });
    rc_heap *new = rc_heap_open(&(rc_options) { .profile = rc_profile_find("3.13") });

    CHECK(old && new && rc_none(old) != rc_none(new));
    rc_object *list = rc_list_display(old, NULL, 0);
    CHECK(list);
    CHECK_EQUAL(rc_live(new, &rc_list_type), 0);
    rc_raise(old, RC_KEY_ERROR, "here");
    CHECK_EQUAL(rc_heap_error(new)->kind, RC_NO_ERROR);
    CHECK(rc_is_immortal(rc_none(new)) && !rc_is_immortal(rc_none(old)));
    rc_decref(old, list);
    rc_heap_close(old);
    CHECK_HEAP(new);
    rc_heap_close(new);
}

/* --------------------------------------------------------------------- operands -- */

static void operands_are_released_down_to_the_mark(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *one = a_list(heap, 0), *two = a_list(heap, 0);
    size_t bottom = rc_operand_mark(heap);

    rc_incref(heap, one);
    CHECK(rc_operand_push(heap, one));
    size_t mark = rc_operand_mark(heap);
    for (int i = 0; i < 100; i++) {
        rc_incref(heap, two);
        CHECK(rc_operand_push(heap, two));
        CHECK_HEAP(heap);
    }
    CHECK_EQUAL(rc_operand_count(heap, two), 100);
    CHECK_EQUAL(rc_refcount(heap, two), 101);
    rc_operand_release(heap, mark);
    CHECK_EQUAL(rc_operand_count(heap, two), 0);
    CHECK_EQUAL(rc_operand_count(heap, one), 1);
    CHECK_EQUAL(rc_refcount(heap, one), 2);
    rc_operand_release(heap, bottom);
    CHECK_EQUAL(rc_refcount(heap, one), 1);
    close_heap(heap);
}

static bool push_many(rc_heap *heap, void *context)
{
    size_t mark = rc_operand_mark(heap);
    bool done = true;

    for (int i = 0; done && i < 200; i++) {
        rc_incref(heap, context);
        done = rc_operand_push(heap, context);  /* taken, also on failure */
    }
    rc_operand_release(heap, mark);
    return done;
}

static bool is_held_once(rc_heap *heap, void *context)
{
    return rc_refcount(heap, context) == 1;
}

static void pushing_survives_failing_allocations(void)
{
    rc_heap *heap = open_heap("3.8");
    with_each_allocation_failing(heap, push_many, is_held_once, a_list(heap, 0));
    close_heap(heap);
}

/* ----------------------------------------------------------------------- caches -- */

static int64_t next_value;
static size_t shown;

static bool check_number(void *context, rc_object *object)
{
    (void)context;
    CHECK_EQUAL(rc_int_value(object), next_value);
    next_value++;
    return ++shown < 100000;
}

static bool count_shown(void *context, rc_object *object)
{
    CHECK(object);
    shown++;
    return !context || --*(int *)context > 0;
}

static void the_pool_shows_its_numbers_by_value(void)
{
    rc_heap *heap = open_heap("3.8");

    next_value = -5;
    shown = 0;
    rc_cache_each(heap, RC_SMALL_INTS, check_number, NULL);
    CHECK_EQUAL(shown, 262);
    CHECK_EQUAL(rc_cache_info(heap, RC_SMALL_INTS).size, 262);
    rc_cache_stats before = rc_cache_info(heap, RC_SMALL_INTS);
    an_int(heap, 256);
    an_int(heap, 257);
    CHECK_EQUAL(rc_cache_info(heap, RC_SMALL_INTS).hits, before.hits + 1);
    CHECK_EQUAL(rc_cache_info(heap, RC_SMALL_INTS).misses, before.misses + 1);
    close_heap(heap);
}

static void characters_are_cached_at_first_use_or_from_the_start(void)
{
    rc_heap *heap = open_heap("3.8");

    CHECK_EQUAL(rc_cache_info(heap, RC_CHARACTERS).size, 0);
    CHECK(a_str(heap, "z") == a_str(heap, "z"));
    CHECK(a_str(heap, "a") != a_str(heap, "z"));
    CHECK_EQUAL(rc_cache_info(heap, RC_CHARACTERS).size, 2);
    shown = 0;
    rc_cache_each(heap, RC_CHARACTERS, count_shown, NULL);
    CHECK_EQUAL(shown, 2);
    close_heap(heap);
    heap = open_heap("3.13");
    CHECK_EQUAL(rc_cache_info(heap, RC_CHARACTERS).size, 256);
    close_heap(heap);
}

static void showing_a_cache_may_stop(void)
{
    rc_heap *heap = open_heap("3.8");
    for (int cache = 0; cache < RC_CACHES; cache++) {
        int most = 2;
        keep(heap, rc_str_intern_text(heap, "one_name", 8));
        keep(heap, rc_str_intern_text(heap, "another", 7));
        keep(heap, rc_str_intern_text(heap, "a_third", 7));
        a_str(heap, "x"), a_str(heap, "y"), a_str(heap, "z");
        shown = 0;
        rc_cache_each(heap, (rc_cache)cache, count_shown, &most);
        CHECK_EQUAL(shown, 2);
    }
    close_heap(heap);
}

static const char *texts[4];

static bool note_text(void *context, rc_object *object)
{
    (void)context;
    texts[shown++] = rc_str_text(object, NULL);
    return shown < 4;
}

static void the_interned_are_shown_in_order_of_birth(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *first = keep(heap, rc_str_intern_text(heap, "zebra", 5));

    keep(heap, rc_str_intern_text(heap, "ant", 3));
    shown = 0;
    rc_cache_each(heap, RC_INTERNED, note_text, NULL);
    CHECK_EQUAL(shown, 2);
    CHECK_TEXT(texts[0], "zebra");
    CHECK_TEXT(texts[1], "ant");
    drop(heap, first);                  /* mortal: its entry goes with it */
    CHECK_EQUAL(rc_cache_info(heap, RC_INTERNED).size, 1);
    close_heap(heap);
}

static const test tests[] = {
    TEST(a_new_heap_is_whole_in_every_profile),
    TEST(closing_runs_no_finalizer),
    TEST(opening_runs_no_collection),
    TEST(heaps_share_nothing),
    TEST(operands_are_released_down_to_the_mark),
    TEST(pushing_survives_failing_allocations),
    TEST(the_pool_shows_its_numbers_by_value),
    TEST(characters_are_cached_at_first_use_or_from_the_start),
    TEST(showing_a_cache_may_stop),
    TEST(the_interned_are_shown_in_order_of_birth),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
