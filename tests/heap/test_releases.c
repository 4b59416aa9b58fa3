/* What releases do differently: each fact of a profile that other tests do not show,
 * and the sizes that sys.getsizeof gives on each. */
#include <string.h>

#include "check.h"

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

static void each_profile_stands_in_its_place(void)
{
    static const char *const names[] = { ALL_PROFILES };

    for (size_t i = 0; i < PROFILE_COUNT; i++)
        CHECK_TEXT(rc_profile_at(i)->name, names[i]);
    CHECK(!rc_profile_at(PROFILE_COUNT));
}

/* ---------------------------------------------------------------------- sizes -- */

typedef rc_object *(*maker)(rc_heap *heap, int64_t how);

static rc_object *text(rc_heap *heap, int64_t which)
{
    static const char *const texts[] = { "", "a", "abc", "\u00e9", "\u4e00", "\U0001f600",
                                         "\u00e9\u00e9" };
    return a_str(heap, texts[which]);
}

static rc_object *real(rc_heap *heap, int64_t unused)
{
    (void)unused;
    return a_float(heap, 1.5);
}

static rc_object *truth(rc_heap *heap, int64_t value)
{
    return value < 0 ? rc_none(heap) : rc_bool(heap, value);
}

static rc_object *nones(rc_heap *heap, int64_t length)
{
    rc_object *items[8] = { NULL };

    for (int64_t i = 0; i < length; i++)
        items[i] = rc_none(heap);
    return keep(heap, rc_tuple_new(heap, items, (size_t)length));
}

static rc_object *list_of(rc_heap *heap, int64_t length)
{
    rc_object *none = rc_none(heap);
    return keep(heap, rc_list_display(heap, &none, (size_t)length));
}

static rc_object *appended(rc_heap *heap, int64_t length)
{
    rc_object *list = a_list(heap, 0);

    for (int64_t i = 0; i < length; i++)
        CHECK(rc_list_append(heap, list, rc_none(heap)));
    return list;
}

/* A display of as many ints. */
static rc_object *dict_display(rc_heap *heap, int64_t size)
{
    rc_object *pairs[60] = { NULL };

    for (int64_t i = 0; i < size; i++) {
        pairs[2 * i] = an_int(heap, i);
        pairs[2 * i + 1] = rc_none(heap);
    }
    return keep(heap, rc_dict_display(heap, pairs, (size_t)size));
}

static rc_object *str_dict(rc_heap *heap, int64_t size)
{
    rc_object *dict = keep(heap, rc_dict_new(heap));

    for (int64_t i = 0; i < size; i++) {
        char name[] = { 'k', (char)('a' + i), '\0' };
        CHECK(rc_dict_set(heap, dict, a_str(heap, name), rc_none(heap)));
    }
    return dict;
}

static rc_object *set_of(rc_heap *heap, int64_t size)
{
    rc_object *set = keep(heap, rc_set_new(heap, NULL, 0));

    for (int64_t i = 0; i < size; i++)
        CHECK(rc_set_add(heap, set, an_int(heap, i)));
    return set;
}

static rc_object *frozenset(rc_heap *heap, int64_t unused)
{
    (void)unused;
    return keep(heap, rc_frozenset_new(heap, NULL, 0));
}

static rc_object *instance(rc_heap *heap, int64_t unused)
{
    (void)unused;
    return keep(heap, rc_instance_new(heap, rc_class_new(heap, "A", NULL, NULL)));
}

static rc_object *weakref(rc_heap *heap, int64_t unused)
{
    return keep(heap, rc_weakref_new(heap, instance(heap, unused), NULL));
}

/* Measured, but for 3.14 (64 bit) where the release was measured in part, and 3.15.
 * The columns: 2.7; 3.6 and 3.7; 3.8 (and the textbook); 3.9; 3.10; 3.11; 3.12 and 3.13; 3.14. */
enum { COLUMNS = 8 };

static const struct { maker make; int64_t how; size_t size[COLUMNS]; } sizes[] = {
    { truth, -1, { 16, 16, 16, 16, 16, 16, 16, 16 } },
    { truth, 1, { 24, 28, 28, 28, 28, 28, 28, 28 } },
    { an_int, 0, { 24, 24, 24, 24, 24, 28, 28, 28 } },
    { an_int, 1, { 24, 28, 28, 28, 28, 28, 28, 28 } },
    { an_int, INT64_C(1) << 30, { 24, 32, 32, 32, 32, 32, 32, 32 } },
    { an_int, INT64_C(1) << 60, { 24, 36, 36, 36, 36, 36, 36, 36 } },
    { real, 0, { 24, 24, 24, 24, 24, 24, 24, 24 } },
    { text, 0, { 37, 49, 49, 49, 49, 49, 41, 41 } },
    { text, 1, { 38, 50, 50, 50, 50, 50, 42, 42 } },
    { text, 2, { 40, 52, 52, 52, 52, 52, 44, 44 } },
    { text, 3, { 56, 74, 74, 74, 74, 74, 61, 61 } },
    { text, 4, { 56, 76, 76, 76, 76, 76, 60, 60 } },
    { text, 5, { 56, 80, 80, 80, 80, 80, 64, 64 } },
    { text, 6, { 60, 75, 75, 75, 75, 75, 59, 59 } },
    { nones, 0, { 56, 56, 40, 40, 40, 40, 40, 48 } },
    { nones, 1, { 64, 64, 48, 48, 48, 48, 48, 56 } },
    { list_of, 0, { 72, 72, 56, 56, 56, 56, 56, 56 } },
    { list_of, 1, { 80, 80, 64, 64, 64, 64, 64, 64 } },
    { appended, 17, { 272, 272, 256, 248, 248, 248, 248, 248 } },
    { appended, 26, { 352, 352, 336, 312, 312, 312, 312, 312 } },
    { dict_display, 0, { 280, 248, 64, 64, 64, 64, 64, 64 } },
    { dict_display, 1, { 280, 248, 232, 232, 232, 224, 224, 224 } },
    { dict_display, 6, { 1048, 376, 360, 360, 360, 352, 352, 352 } },
    { dict_display, 11, { 1816, 656, 640, 640, 640, 632, 632, 632 } },
    { dict_display, 21, { 1048, 656, 640, 640, 640, 632, 632, 632 } },
    { dict_display, 22, { 3352, 1192, 1176, 1176, 1176, 1168, 1168, 1168 } },
    { str_dict, 1, { 280, 248, 232, 232, 232, 184, 184, 184 } },
    { str_dict, 6, { 1048, 376, 360, 360, 360, 272, 272, 272 } },
    { str_dict, 11, { 1048, 656, 640, 640, 640, 464, 464, 464 } },
    { set_of, 0, { 232, 232, 216, 216, 216, 216, 216, 216 } },
    { set_of, 5, { 232, 744, 728, 728, 728, 728, 728, 728 } },
    { set_of, 6, { 744, 744, 728, 728, 728, 728, 728, 728 } },
    { frozenset, 0, { 232, 232, 216, 216, 216, 216, 216, 216 } },
    { instance, 0, { 64, 64, 48, 48, 48, 56, 48, 48 } },
    { weakref, 0, { 88, 88, 72, 72, 72, 80, 80, 80 } },
};

static void everything_has_the_size_that_its_release_gives(void)
{
    static const struct { const char *name; int column; } releases[] = {
        { "textbook", 2 }, { "2.7", 0 }, { "3.6", 1 }, { "3.7", 1 }, { "3.8", 2 }, { "3.9", 3 },
        { "3.10", 4 }, { "3.11", 5 }, { "3.12", 6 }, { "3.13", 6 }, { "3.14", 7 }, { "3.15", 7 },
    };

    for (int i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(releases[i].name);
        for (size_t each = 0; each < sizeof sizes / sizeof *sizes; each++) {
            size_t size = rc_sizeof(heap, sizes[each].make(heap, sizes[each].how));
            if (size != sizes[each].size[releases[i].column])
                test_failed(__FILE__, __LINE__, "row %zu in %s: %zu, not %zu", each,
                            releases[i].name, size, sizes[each].size[releases[i].column]);
        }
        close_heap(heap);
    }
}

static void a_trace_refs_build_adds_16_bytes_while_the_refchain_is_linked(void)
{
    static const char *const profiles[] = { ALL_PROFILES };
    int64_t yes = 1;

    for (int i = 0; i < PROFILE_COUNT; i++) {
        rc_profile own = *rc_profile_find(profiles[i]);
        CHECK(!rc_profile_set_numbers(&own, rc_profile_find_field("trace_refs"), &yes, 1));
        rc_heap *heap = rc_heap_open(&(rc_options) { .profile = &own });
        CHECK_EQUAL(rc_sizeof(heap, rc_none(heap)), i < 9 ? 32 : 16);   /* up to 3.12 */
        rc_heap_close(heap);
    }
}

/* --------------------------------------------------------------- the textbook -- */

static void in_the_textbook_the_700th_object_is_scanned_along(void)
{
    rc_heap *heap = open_heap("textbook");
    rc_object *all = a_list(heap, 0), *last;        /* the first object */

    for (int i = 2; i <= 699; i++) {
        last = list_of(heap, 0);
        CHECK(rc_list_append(heap, all, last));
    }
    CHECK_COUNTS(heap, 699, 0, 0);
    last = list_of(heap, 0);                        /* the 700th */
    CHECK_COUNTS(heap, 0, 1, 0);
    CHECK_EQUAL(rc_gc_generation(heap, last), 1);
    CHECK_EQUAL(rc_gc_generation(heap, all), 1);
    close_heap(heap);
}

static void in_the_textbook_membership_counts_and_not_allocation(void)
{
    rc_heap *heap = open_heap("textbook");
    rc_object *old = list_of(heap, 0);

    CHECK_EQUAL(collect(heap, 0), 0);
    drop(heap, list_of(heap, 0));                   /* onto the free list */
    CHECK_COUNTS(heap, 0, 1, 0);
    rc_object *young = list_of(heap, 0);            /* served from it: counts all the same */
    CHECK_COUNTS(heap, 1, 1, 0);
    drop(heap, old);                                /* an older one's death lowers nothing */
    CHECK_COUNTS(heap, 1, 1, 0);
    drop(heap, young);
    CHECK_COUNTS(heap, 0, 1, 0);
    an_int(heap, 5);
    a_float(heap, 1.5);
    a_str(heap, "no container");
    CHECK_COUNTS(heap, 0, 1, 0);
    close_heap(heap);
}

static void in_the_textbook_the_11th_trigger_takes_generation_1(void)
{
    rc_profile own = *rc_profile_find("textbook");
    int64_t thresholds[] = { 2, 10, 10 };

    CHECK(!rc_profile_set_numbers(&own, rc_profile_find_field("thresholds"), thresholds, 3));
    rc_heap *heap = rc_heap_open(&(rc_options) { .profile = &own });
    for (int i = 1; i <= 2 * 10; i++)
        CHECK(rc_list_display(heap, NULL, 0));
    CHECK_COUNTS(heap, 0, 10, 0);                   /* ten scans */
    CHECK(rc_list_display(heap, NULL, 0) && rc_list_display(heap, NULL, 0));
    CHECK_COUNTS(heap, 0, 0, 1);
    for (int i = 1; i <= 2 * 11 * 9; i++)           /* ten scans of generation 1 in all */
        CHECK(rc_list_display(heap, NULL, 0));
    CHECK_COUNTS(heap, 0, 0, 10);
    CHECK_EQUAL(rc_gc_get_stats(heap, 2).collections, 0);
    CHECK(rc_list_display(heap, NULL, 0) && rc_list_display(heap, NULL, 0));
    CHECK_COUNTS(heap, 0, 0, 0);                    /* no quarter rule */
    CHECK_EQUAL(rc_gc_get_stats(heap, 2).collections, 1);
    rc_heap_close(heap);
}

static void in_the_textbook_everything_is_tracked_for_ever(void)
{
    rc_heap *heap = open_heap("textbook");
    rc_object *all[] = { a_tuple(heap, 0), nones(heap, 2), list_of(heap, 0), dict_display(heap, 0),
                         dict_display(heap, 2), set_of(heap, 0), frozenset(heap, 0) };

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 7; i++)
            CHECK(rc_gc_is_tracked(heap, all[i]));
        CHECK_EQUAL(rc_gc_generation(heap, all[0]), RC_NO_GENERATION);     /* of start-up */
        CHECK_EQUAL(collect(heap, 2), 0);
    }
    CHECK_EQUAL(rc_gc_freeze_count(heap), 0);
    close_heap(heap);
}

static void the_textbooks_free_lists_are_never_cleared(void)
{
    rc_heap *heap = open_heap("textbook");

    drop(heap, a_float(heap, 2.5));
    drop(heap, list_of(heap, 0));
    drop(heap, nones(heap, 3));
    drop(heap, dict_display(heap, 0));
    collect(heap, 2);
    CHECK_EQUAL(rc_free_list(heap, &rc_float_type, 0).size, 1);
    CHECK_EQUAL(rc_free_list(heap, &rc_list_type, 0).size, 1);
    CHECK_EQUAL(rc_free_list(heap, &rc_tuple_type, 3).size, 1);
    CHECK_EQUAL(rc_free_list(heap, &rc_dict_type, 0).size, 1);
    close_heap(heap);
}

static void in_the_textbook_strs_like_names_are_interned_by_themselves(void)
{
    rc_heap *heap = open_heap("textbook");
    rc_object *name = a_str(heap, "wupei_1"), *same = a_str(heap, "wupei_1"), *half = a_str(heap, "wupei");
    rc_object *rest = a_str(heap, "_1");
    rc_object *five = an_int(heap, 5), *fifty = an_int(heap, 50);

    CHECK(name == same && rc_str_is_interned(name));
    CHECK(keep(heap, rc_operate(heap, RC_ADD, half, rest)) == name);
    CHECK(keep(heap, rc_str_from(heap, fifty)) == a_str(heap, "50"));
    CHECK(keep(heap, rc_str_from(heap, five)) == a_str(heap, "5"));
    CHECK_EQUAL(rc_object_origin(heap, a_str(heap, "5")), RC_ORIGIN_CHARACTER);
    CHECK(a_str(heap, "wu pei") != a_str(heap, "wu pei"));
    CHECK(a_str(heap, "\u00e9\u00e9") != a_str(heap, "\u00e9\u00e9"));
    CHECK_EQUAL(rc_refcount(heap, name), 3);
    close_heap(heap);                               /* and dies with its last reference */
}

/* ------------------------------------------------------------------------ 2.7 -- */

struct story {
    int finalized;
    rc_object *weakref;                 /* looked at by the finalizer */
    bool weakref_was_dead;
    rc_object *saved_in;                /* a list that takes the object, or NULL */
    rc_object *made;                    /* a weak reference made by the finalizer, kept */
    bool makes_weakref;
    rc_callback callback;
    int called;
};

static void finalize(void *context, rc_heap *heap, rc_object *self)
{
    struct story *story = context;

    story->finalized++;
    if (story->weakref)
        story->weakref_was_dead = !rc_weakref_referent(story->weakref);
    if (story->saved_in)
        CHECK(rc_list_append(heap, story->saved_in, self));
    if (story->makes_weakref) {
        story->made = keep(heap, rc_weakref_new(heap, self, &story->callback));
    }
}

static void count_call(rc_callback *callback, rc_heap *heap, rc_object *weakref)
{
    struct story *story = (struct story *)((char *)callback - offsetof(struct story, callback));

    (void)heap, (void)weakref;
    story->called++;
}

#define STORY { .callback = { .call = count_call } }

/* An instance in a cycle with a list that also holds `other` (may be NULL): kept. */
static rc_object *in_a_cycle(rc_heap *heap, rc_class *class, rc_object *other)
{
    rc_object *self = keep(heap, rc_instance_new(heap, class)), *list = a_list(heap, 1, self);
    rc_object *name = a_str(heap, "list");

    CHECK(rc_instance_set(heap, self, name, list));
    CHECK(!other || rc_list_append(heap, list, other));
    drop(heap, name);
    drop(heap, list);
    return self;
}

static void in_2_7_garbage_with_a_finalizer_goes_to_gc_garbage(void)
{
    rc_heap *heap = open_heap("2.7");
    struct story story = STORY;
    rc_class *class = rc_class_new(heap, "A", finalize, &story);
    rc_object *reached = a_list(heap, 0), *self = in_a_cycle(heap, class, reached), *weak;

    weak = keep(heap, rc_weakref_new(heap, self, NULL));
    drop(heap, reached);
    drop(heap, self);
    rc_object *plain = a_list(heap, 0);
    CHECK(rc_list_append(heap, plain, plain));
    drop(heap, plain);
    CHECK_EQUAL(collect(heap, 2), 5);               /* it, its dict, two lists; and one collected */
    CHECK_EQUAL(story.finalized, 0);
    CHECK_EQUAL(rc_gc_garbage_size(heap), 1);
    CHECK(rc_gc_garbage_get(heap, 0) == self && rc_weakref_referent(weak) == self);
    CHECK_EQUAL(rc_gc_get_stats(heap, 2).collected, 1);
    CHECK_EQUAL(rc_gc_get_stats(heap, 2).uncollectable, 4);
    CHECK_EQUAL(collect(heap, 2), 0);               /* gc.garbage holds it now */
    CHECK_EQUAL(rc_gc_garbage_size(heap), 1);
    rc_object *name = a_str(heap, "list");
    CHECK(rc_instance_delete(heap, self, name));    /* break the cycle by hand */
    rc_gc_garbage_clear(heap);
    CHECK_EQUAL(story.finalized, 1);
    CHECK_EQUAL(rc_live(heap, &rc_instance_type), 0);
    close_heap(heap);
}

static void in_2_7_a_ring_of_three_is_six_uncollectable_objects(void)
{
    rc_heap *heap = open_heap("2.7");
    struct story story = STORY;
    rc_class *class = rc_class_new(heap, "A", finalize, &story);
    rc_object *ring[3], *name = a_str(heap, "next");

    for (int i = 0; i < 3; i++)
        ring[i] = keep(heap, rc_instance_new(heap, class));
    for (int i = 0; i < 3; i++)
        CHECK(rc_instance_set(heap, ring[i], name, ring[(i + 1) % 3]));
    for (int i = 0; i < 3; i++)
        drop(heap, ring[i]);
    CHECK_EQUAL(collect(heap, 2), 6);
    CHECK_EQUAL(rc_gc_garbage_size(heap), 3);
    for (int i = 0; i < 3; i++)
        CHECK(rc_gc_garbage_get(heap, (size_t)i) == ring[i]);
    for (int i = 0; i < 3; i++)
        CHECK(rc_instance_delete(heap, ring[i], name));
    rc_gc_garbage_clear(heap);
    CHECK_EQUAL(story.finalized, 3);
    close_heap(heap);
}

static void in_2_7_saveall_keeps_what_a_finalizer_reaches_too(void)
{
    rc_heap *heap = open_heap("2.7");
    struct story story = STORY;
    rc_object *self = in_a_cycle(heap, rc_class_new(heap, "A", finalize, &story), NULL);
    rc_object *name = a_str(heap, "list");

    rc_gc_set_debug(heap, RC_DEBUG_SAVEALL);
    drop(heap, self);
    CHECK_EQUAL(collect(heap, 2), 3);
    CHECK_EQUAL(rc_gc_garbage_size(heap), 3);
    rc_gc_set_debug(heap, 0);
    CHECK(rc_instance_delete(heap, self, name));
    rc_gc_garbage_clear(heap);
    CHECK_EQUAL(story.finalized, 1);
    close_heap(heap);
}

static char output[2000];

static void add_output(void *context, const char *written, size_t size)
{
    (void)context;
    strncat(output, written, size);
}

static void the_collector_of_2_7_names_the_uncollectable_and_ends_with_a_full_stop(void)
{
    rc_hooks hooks = { .write = add_output };
    rc_heap *heap = rc_heap_open(&(rc_options) { .profile = rc_profile_find("2.7"), .hooks = &hooks });
    rc_object *self = rc_instance_new(heap, rc_class_new(heap, "A", finalize, &(struct story) STORY));
    rc_object *list = rc_list_display(heap, &self, 1), *name = rc_str_new(heap, "list", 4);
    size_t found;

    CHECK(rc_instance_set(heap, self, name, list));
    rc_decref(heap, list);
    rc_decref(heap, self);
    rc_gc_set_debug(heap, RC_DEBUG_STATS | RC_DEBUG_UNCOLLECTABLE | RC_DEBUG_OBJECTS);
    output[0] = '\0';
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK_EQUAL(found, 3);
    CHECK(strstr(output, "gc: objects in each generation: 3 0 0\ngc: uncollectable <A 0x"));
    CHECK(strstr(output, "gc: uncollectable <dict 0x") && strstr(output, "gc: uncollectable <list 0x"));
    CHECK(strstr(output, "gc: done, 3 unreachable, 3 uncollectable, 0.0000s elapsed.\n"));
    rc_heap_close(heap);
}

static void in_2_7_a_finalizer_runs_at_each_death_and_after_the_weak_references(void)
{
    static const char *const profiles[] = { "2.7", "3.6" };

    for (int i = 0; i < 2; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        struct story story = STORY;
        rc_object *self = instance(heap, 0);
        drop(heap, self);
        self = keep(heap, rc_instance_new(heap, rc_class_new(heap, "A", finalize, &story)));
        story.weakref = keep(heap, rc_weakref_new(heap, self, NULL));
        rc_object *called = keep(heap, rc_weakref_new(heap, self, &story.callback));
        story.saved_in = a_list(heap, 0);
        drop(heap, self);
        CHECK_EQUAL(story.finalized, 1);
        CHECK_EQUAL(story.weakref_was_dead, i == 0);
        CHECK_EQUAL(story.called, i == 0);
        CHECK_EQUAL(rc_weakref_referent(called) == NULL, i == 0);
        CHECK(rc_gc_is_tracked(heap, self));
        rc_object *saved = story.saved_in;
        story.saved_in = NULL;
        rc_list_clear(heap, saved);
        CHECK_EQUAL(story.finalized, i == 0 ? 2 : 1);
        CHECK_EQUAL(story.called, 1);
        close_heap(heap);
    }
}

static void in_2_7_a_weak_reference_made_by_a_finalizer_dies_without_a_call(void)
{
    static const char *const profiles[] = { "2.7", "3.6" };

    for (int i = 0; i < 2; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        struct story story = STORY;
        rc_object *self = keep(heap, rc_instance_new(heap, rc_class_new(heap, "A", finalize, &story)));
        story.makes_weakref = true;
        drop(heap, self);
        CHECK(story.made && !rc_weakref_referent(story.made));
        CHECK_EQUAL(story.called, i);
        close_heap(heap);
    }
}

static void in_2_7_a_full_collection_clears_numbers_and_tuples_only(void)
{
    rc_heap *heap = open_heap("2.7");

    for (int i = 0; i < 200; i++)
        an_int(heap, 1000 + i), a_float(heap, i);
    close_heap(heap);
    heap = open_heap("2.7");
    rc_object *number = an_int(heap, 1000), *other;
    drop(heap, number);
    other = an_int(heap, 2000);
    CHECK(other == number && rc_object_origin(heap, other) == RC_ORIGIN_FREE_LIST);
    drop(heap, other);
    drop(heap, a_float(heap, 1.5));
    drop(heap, nones(heap, 2));
    drop(heap, list_of(heap, 0));
    drop(heap, dict_display(heap, 0));
    drop(heap, set_of(heap, 0));
    collect(heap, 1);
    CHECK_EQUAL(rc_free_list(heap, &rc_int_type, 0).size, 1);
    collect(heap, 2);
    CHECK_EQUAL(rc_free_list(heap, &rc_int_type, 0).size, 0);
    CHECK_EQUAL(rc_free_list(heap, &rc_float_type, 0).size, 0);
    CHECK_EQUAL(rc_free_list(heap, &rc_tuple_type, 2).size, 0);
    CHECK_EQUAL(rc_free_list(heap, &rc_list_type, 0).size, 1);
    CHECK_EQUAL(rc_free_list(heap, &rc_dict_type, 0).size, 1);
    CHECK_EQUAL(rc_free_list(heap, &rc_set_type, 0).size, 1);
    close_heap(heap);
}

static void in_2_7_there_is_no_limit_to_dead_numbers_and_80_sets_are_kept(void)
{
    rc_heap *heap = open_heap("2.7");
    rc_object *numbers[300], *sets[90];

    for (int i = 0; i < 300; i++)
        CHECK(numbers[i] = rc_float_new(heap, i));
    for (int i = 0; i < 300; i++)
        rc_decref(heap, numbers[i]);
    CHECK_EQUAL(rc_free_list(heap, &rc_float_type, 0).size, 300);
    for (int i = 0; i < 90; i++)
        CHECK(sets[i] = rc_set_new(heap, NULL, 0));
    CHECK_EQUAL(rc_gc_count(heap, 0), 90);
    for (int i = 0; i < 90; i++)
        rc_decref(heap, sets[i]);
    CHECK_EQUAL(rc_free_list(heap, &rc_set_type, 0).size, 80);
    CHECK_EQUAL(rc_gc_count(heap, 0), 80);          /* ten were really released */
    rc_object *one = an_int(heap, 1), *frozen = keep(heap, rc_frozenset_new(heap, &one, 1));
    CHECK(frozen == sets[79]);                      /* one list for both */
    CHECK_EQUAL(rc_gc_count(heap, 0), 80);
    close_heap(heap);
}

/* The keys, in order. */
static const char *keys_of(rc_heap *heap, rc_object *dict)
{
    return repr_of(heap, keep(heap, rc_list_call(heap, dict)));
}

static void in_2_7_a_dict_lies_in_the_order_of_its_hashes(void)
{
    static const int64_t keys[] = { 8, 0, 16, 24, 1 };
    rc_heap *heap = open_heap("2.7");
    rc_object *dict = keep(heap, rc_dict_new(heap)), *items[5], *key, *value;

    for (int i = 0; i < 5; i++) {
        items[i] = an_int(heap, keys[i]);
        CHECK(rc_dict_set(heap, dict, items[i], rc_none(heap)));
    }
    CHECK_TEXT(keys_of(heap, dict), "[8, 0, 1, 16, 24]");
    CHECK_TEXT(repr_of(heap, keep(heap, rc_set_new(heap, items, 5))), "{8, 0, 1, 16, 24}");
    CHECK(rc_dict_delete(heap, dict, items[0]));    /* the deleted one's place is used again */
    CHECK(rc_dict_set(heap, dict, an_int(heap, 32), rc_none(heap)));
    CHECK_TEXT(keys_of(heap, dict), "[32, 0, 1, 16, 24]");
    CHECK_EQUAL(rc_sizeof(heap, dict), 280);
    CHECK(rc_dict_set(heap, dict, an_int(heap, 2), rc_none(heap)));
    CHECK_EQUAL(rc_sizeof(heap, dict), 1048);
    CHECK_TEXT(keys_of(heap, dict), "[32, 0, 2, 1, 16, 24]");
    CHECK(rc_dict_popitem(heap, dict, &key, &value));
    CHECK_EQUAL(rc_int_value(key), 32);
    rc_decref(heap, key), rc_decref(heap, value);
    CHECK(rc_dict_popitem(heap, dict, &key, &value));
    CHECK_EQUAL(rc_int_value(key), 0);
    rc_decref(heap, key), rc_decref(heap, value);
    CHECK_TEXT(keys_of(heap, dict), "[2, 1, 16, 24]");
    close_heap(heap);
}

struct seen { rc_object *objects[8]; int count; };

static bool see(void *context, rc_object *object)
{
    struct seen *seen = context;

    seen->objects[seen->count++] = object;
    return true;
}

static void in_2_7_keys_are_visited_first_and_str_keys_too(void)
{
    static const char *const profiles[] = { ALL_PROFILES };

    for (int i = 0; i < PROFILE_COUNT; i++) {
        bool old = i == 1;
        rc_heap *heap = open_heap(profiles[i]);
        rc_object *dict = keep(heap, rc_dict_new(heap)), *key = a_str(heap, "key");
        rc_object *list = a_list(heap, 0), *number = an_int(heap, 1);
        struct seen seen = { .count = 0 };
        CHECK(rc_dict_set(heap, dict, key, list));
        rc_gc_referents(heap, dict, see, &seen);
        CHECK_EQUAL(seen.count, old ? 2 : 1);
        CHECK(seen.objects[0] == (old ? key : list) && seen.objects[1] == (old ? list : NULL));
        CHECK(rc_dict_delete(heap, dict, key) && rc_dict_set(heap, dict, number, list));
        seen.count = 0;
        rc_gc_referents(heap, dict, see, &seen);
        CHECK(seen.count == 2 && seen.objects[0] == (old ? number : list));
        close_heap(heap);
    }
}

static int64_t hash_of(rc_heap *heap, rc_object *object)
{
    int64_t hash;

    CHECK(rc_hash(heap, object, &hash));
    return hash;
}

static void in_2_7_numbers_hash_to_themselves(void)
{
    rc_heap *heap = open_heap("2.7");
    rc_object *three[] = { an_int(heap, 1), an_int(heap, 2), an_int(heap, 3) };

    CHECK_EQUAL(hash_of(heap, an_int(heap, (INT64_C(1) << 61) - 1)), (INT64_C(1) << 61) - 1);
    CHECK_EQUAL(hash_of(heap, an_int(heap, -1)), -2);
    CHECK_EQUAL(hash_of(heap, a_float(heap, 1.5)), 1610645504);
    CHECK_EQUAL(hash_of(heap, a_float(heap, -1.5)), -1610579968);
    CHECK_EQUAL(hash_of(heap, a_float(heap, 0.1)), 2576882278);
    CHECK_EQUAL(hash_of(heap, a_float(heap, 1e18)), INT64_C(1000000000000000000));
    CHECK_EQUAL(hash_of(heap, a_float(heap, 1e300)), INT64_C(8474648701417850880));
    CHECK_EQUAL(hash_of(heap, a_float(heap, -1)), -2);
    CHECK_EQUAL(hash_of(heap, keep(heap, rc_frozenset_new(heap, three, 3))),
                INT64_C(-7699079583225461316));
    close_heap(heap);
}

/* ------------------------------------------------------------- 3.6, 3.7 and on -- */

static void from_3_7_a_tuple_plus_nothing_is_itself(void)
{
    static const char *const profiles[] = { ALL_PROFILES };

    for (int i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        rc_object *pair = nones(heap, 2), *empty = a_tuple(heap, 0);
        bool shares = i != 1 && i != 2;             /* 2.7 and 3.6 */
        CHECK_EQUAL(keep(heap, rc_operate(heap, RC_ADD, pair, empty)) == pair, shares);
        CHECK_EQUAL(keep(heap, rc_operate(heap, RC_ADD, empty, pair)) == pair, shares);
        CHECK(keep(heap, rc_operate(heap, RC_ADD, empty, empty)) == empty);
        close_heap(heap);
    }
}

static void in_3_6_what_was_resurrected_is_counted(void)
{
    static const char *const profiles[] = { "3.6", "3.7" };

    for (int i = 0; i < 2; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        struct story story = STORY;
        story.saved_in = a_list(heap, 0);
        drop(heap, in_a_cycle(heap, rc_class_new(heap, "A", finalize, &story), NULL));
        CHECK_EQUAL(collect(heap, 2), i == 0 ? 3 : 0);
        CHECK_EQUAL(rc_list_size(story.saved_in), 1);
        close_heap(heap);
    }
}

/* ------------------------------------------------------------- 3.14 and 3.15 -- */

static void from_3_14_tuples_without_containers_are_born_untracked(void)
{
    static const char *const profiles[] = { ALL_PROFILES };

    for (int i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        bool tracked = i < 10;
        rc_object *pair = nones(heap, 2), *list = a_list(heap, 1, rc_none(heap));
        rc_object *set = set_of(heap, 2);
        CHECK_EQUAL(rc_gc_is_tracked(heap, pair), tracked);
        CHECK_EQUAL(rc_gc_is_tracked(heap, keep(heap, rc_tuple_call(heap, list))), tracked);
        CHECK(rc_gc_is_tracked(heap, keep(heap, rc_tuple_call(heap, set))));
        CHECK(rc_gc_is_tracked(heap, keep(heap, rc_operate(heap, RC_ADD, pair, pair))));
        CHECK(rc_gc_is_tracked(heap, keep(heap, rc_operate(heap, RC_MULTIPLY, pair, an_int(heap, 2)))));
        CHECK(rc_gc_is_tracked(heap, a_tuple(heap, 1, pair)));      /* tuple is a type of containers */
        CHECK(rc_gc_is_tracked(heap, a_tuple(heap, 2, rc_none(heap), list)));
        close_heap(heap);
    }
}

static void from_3_14_dicts_are_always_tracked(void)
{
    static const char *const profiles[] = { ALL_PROFILES };

    for (int i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        bool tracked = i == 0 || i >= 10;
        rc_object *empty = dict_display(heap, 0), *full = dict_display(heap, 3);
        for (int round = 0; round < 2; round++) {
            CHECK_EQUAL(rc_gc_is_tracked(heap, empty), tracked);
            CHECK_EQUAL(rc_gc_is_tracked(heap, full), tracked);
            CHECK_EQUAL(rc_gc_is_tracked(heap, keep(heap, rc_dict_copy(heap, full))), tracked);
            collect(heap, 2);
        }
        close_heap(heap);
    }
}

static void from_3_15_frozensets_of_atoms_are_untracked(void)
{
    static const char *const profiles[] = { ALL_PROFILES };

    for (int i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        bool tracked = i < 11;
        rc_object *one = an_int(heap, 1), *held = frozenset(heap, 0);
        CHECK_EQUAL(rc_gc_is_tracked(heap, held), tracked);
        CHECK_EQUAL(rc_gc_is_tracked(heap, keep(heap, rc_frozenset_new(heap, &one, 1))), tracked);
        CHECK_EQUAL(rc_gc_is_tracked(heap, keep(heap, rc_frozenset_call(heap, set_of(heap, 2)))),
                    tracked);
        CHECK(rc_gc_is_tracked(heap, keep(heap, rc_frozenset_new(heap, &held, 1))));
        CHECK(rc_gc_is_tracked(heap, set_of(heap, 1)));
        close_heap(heap);
    }
}

static void from_3_14_a_hundred_ints_of_one_digit_are_kept(void)
{
    rc_heap *heap = open_heap("3.14");
    rc_object *ints[110];

    for (int i = 0; i < 110; i++)
        CHECK(ints[i] = rc_int_new(heap, 1000 + i));
    for (int i = 0; i < 110; i++)
        rc_decref(heap, ints[i]);
    CHECK_EQUAL(rc_free_list(heap, &rc_int_type, 0).size, 100);
    CHECK(an_int(heap, (INT64_C(1) << 30)) && an_int(heap, -(INT64_C(1) << 30)));
    CHECK_EQUAL(rc_free_list(heap, &rc_int_type, 0).size, 100);     /* two digits: not served */
    CHECK(an_int(heap, (INT64_C(1) << 30) - 1) == ints[99]);
    CHECK_EQUAL(rc_free_list(heap, &rc_int_type, 0).size, 99);
    collect(heap, 2);
    CHECK_EQUAL(rc_free_list(heap, &rc_int_type, 0).size, 0);
    close_heap(heap);
}

static void from_3_14_weak_references_made_by_finalizers_are_cleared_uncalled(void)
{
    static const char *const profiles[] = { ALL_PROFILES };

    for (int i = 2; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        struct story story = STORY;
        story.makes_weakref = true;
        drop(heap, in_a_cycle(heap, rc_class_new(heap, "A", finalize, &story), NULL));
        CHECK(collect(heap, 2) > 0);
        CHECK(story.made && !rc_weakref_referent(story.made));
        CHECK_EQUAL(story.called, i < 10);
        close_heap(heap);
    }
}

/* An object that dies by count keeps the weak references that it is about to call, each
 * with its callback, in a tuple: where there are two or more, from 3.13 on for one, too. */
static void the_callbacks_of_a_death_take_a_tuple(void)
{
    static const char *const profiles[] = { ALL_PROFILES };

    for (int i = 0; i < PROFILE_COUNT; i++)
        for (size_t callbacks = 0; callbacks <= 3; callbacks++) {
            rc_heap *heap = open_heap(profiles[i]);
            struct story story = STORY;
            rc_object *self = set_of(heap, 0);
            for (size_t made = 0; made < callbacks; made++)
                keep(heap, rc_weakref_new(heap, self, &story.callback));
            drop(heap, self);
            CHECK_EQUAL(story.called, callbacks);
            if (callbacks > 0)
                CHECK_EQUAL(rc_free_list(heap, &rc_tuple_type, 2 * callbacks).size,
                            callbacks >= (i >= 9 ? 1 : 2));
            close_heap(heap);
        }
}

static void in_3_15_a_finalizer_still_sees_its_object_through_a_plain_weak_reference(void)
{
    static const char *const profiles[] = { ALL_PROFILES };

    for (int i = 2; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        struct story story = STORY;
        rc_object *self = in_a_cycle(heap, rc_class_new(heap, "A", finalize, &story), NULL);
        story.weakref = keep(heap, rc_weakref_new(heap, self, NULL));
        rc_object *called = keep(heap, rc_weakref_new(heap, self, &story.callback));
        drop(heap, self);
        CHECK(collect(heap, 2) > 0);
        CHECK_EQUAL(story.weakref_was_dead, i < 11);
        CHECK_EQUAL(story.called, 1);
        CHECK(!rc_weakref_referent(story.weakref) && !rc_weakref_referent(called));
        close_heap(heap);
    }
}

static void in_3_15_the_resurrected_keep_their_plain_weak_references(void)
{
    static const char *const profiles[] = { "3.14", "3.15" };

    for (int i = 0; i < 2; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        struct story story = STORY;
        rc_object *self = in_a_cycle(heap, rc_class_new(heap, "A", finalize, &story), NULL);
        story.saved_in = a_list(heap, 0);
        story.weakref = keep(heap, rc_weakref_new(heap, self, NULL));
        drop(heap, self);
        CHECK_EQUAL(collect(heap, 2), 0);
        CHECK_EQUAL(rc_weakref_referent(story.weakref) == self, i);
        close_heap(heap);
    }
}

static void immortal_counts_and_the_pool_are_those_of_the_release(void)
{
    static const struct { const char *profile; uint64_t none, pooled; int64_t greatest; } release[] = {
        { "2.7", 1, 1, 256 }, { "3.7", 1, 1, 256 }, { "3.8", 1, 1, 256 }, { "3.9", 1, 1, 256 },
        { "3.10", 1, 1, 256 }, { "3.11", 1, 1000000000, 256 },
        { "3.12", 4294967295, 4294967295, 256 }, { "3.13", 4294967295, 4294967295, 256 },
        { "3.14", 3221225472, 3221225472, 256 }, { "3.15", 3221225472, 3221225472, 1024 },
    };

    for (int i = 0; i < 10; i++) {
        rc_heap *heap = open_heap(release[i].profile);
        bool immortal = release[i].none > 1;
        CHECK_EQUAL(rc_refcount(heap, rc_none(heap)), release[i].none);
        CHECK_EQUAL(rc_refcount(heap, an_int(heap, 251)), release[i].pooled + !immortal);
        CHECK_EQUAL(rc_object_origin(heap, an_int(heap, release[i].greatest)), RC_ORIGIN_POOL);
        CHECK(rc_object_origin(heap, an_int(heap, release[i].greatest + 1)) != RC_ORIGIN_POOL);
        close_heap(heap);
    }
}

static void names_are_immortal_from_3_12_and_characters_interned_from_3_13(void)
{
    static const char *const profiles[] = { ALL_PROFILES };

    for (int i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        rc_class *class = rc_class_new(heap, "A", NULL, NULL);
        rc_object *self = keep(heap, rc_instance_new(heap, class));
        rc_object *name = a_str(heap, "colour");
        CHECK(!rc_is_immortal(name));
        CHECK(rc_instance_set(heap, self, name, rc_none(heap)));
        CHECK_EQUAL(rc_is_immortal(name), i >= 8);
        CHECK_EQUAL(rc_str_is_interned(a_str(heap, "q")), i >= 9);
        close_heap(heap);
    }
}

static void frozensets_hash_and_share_as_in_the_release(void)
{
    static const char *const profiles[] = { ALL_PROFILES };
    int64_t hash;

    for (int i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        rc_object *items[3] = { an_int(heap, 1), an_int(heap, 2), an_int(heap, 3) };
        CHECK(rc_hash(heap, keep(heap, rc_frozenset_new(heap, items, 3)), &hash));
        CHECK_EQUAL(hash == INT64_C(-272375401224217160), i != 1);
        CHECK_EQUAL(keep(heap, rc_frozenset_new(heap, NULL, 0))
                        == keep(heap, rc_frozenset_new(heap, NULL, 0)), i <= 5);
        close_heap(heap);
    }
}

static void popping_frees_all_from_3_12_and_deleting_nothing_from_3_13(void)
{
    static const char *const profiles[] = { ALL_PROFILES };

    for (int i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        rc_object *empty = list_of(heap, 0), *one = list_of(heap, 1), *items[20];
        for (int filled = 0; filled < 20; filled++)
            items[filled] = rc_none(heap);
        rc_object *twenty = keep(heap, rc_list_display(heap, items, 20));
        size_t full = rc_sizeof(heap, twenty);
        CHECK(keep(heap, rc_list_pop(heap, one, -1)));
        CHECK_EQUAL(rc_sizeof(heap, one) == rc_sizeof(heap, empty), i >= 8);
        for (int left = 20; left > 5; left--)
            CHECK(rc_list_delete(heap, twenty, 0));
        CHECK_EQUAL(rc_sizeof(heap, twenty) == full, i >= 9);
        close_heap(heap);
    }
}

/* ------------------------------------------------------------------ found on the way -- */

struct maker_of_empty { rc_object *made; };

static void make_empty_frozenset(void *context, rc_heap *heap, rc_object *self)
{
    struct maker_of_empty *maker = context;

    (void)self;
    maker->made = keep(heap, rc_frozenset_new(heap, NULL, 0));
}

/* The allocation of the one empty frozenset started a collection whose finalizer made
 * it, too: then there were two, and one was never released. */
static void the_empty_frozenset_is_made_once(void)
{
    rc_heap *heap = open_heap("3.8");
    struct maker_of_empty maker = { NULL };

    rc_gc_set_threshold(heap, 0, 1);
    rc_gc_disable(heap);
    drop(heap, in_a_cycle(heap, rc_class_new(heap, "A", make_empty_frozenset, &maker), NULL));
    rc_gc_enable(heap);
    rc_object *empty = frozenset(heap, 0);
    CHECK(maker.made && maker.made == empty);
    CHECK_EQUAL(rc_live(heap, &rc_frozenset_type), 1);
    close_heap(heap);
}

static const test tests[] = {
    TEST(each_profile_stands_in_its_place),
    TEST(everything_has_the_size_that_its_release_gives),
    TEST(a_trace_refs_build_adds_16_bytes_while_the_refchain_is_linked),
    TEST(in_the_textbook_the_700th_object_is_scanned_along),
    TEST(in_the_textbook_membership_counts_and_not_allocation),
    TEST(in_the_textbook_the_11th_trigger_takes_generation_1),
    TEST(in_the_textbook_everything_is_tracked_for_ever),
    TEST(the_textbooks_free_lists_are_never_cleared),
    TEST(in_the_textbook_strs_like_names_are_interned_by_themselves),
    TEST(in_2_7_garbage_with_a_finalizer_goes_to_gc_garbage),
    TEST(in_2_7_a_ring_of_three_is_six_uncollectable_objects),
    TEST(in_2_7_saveall_keeps_what_a_finalizer_reaches_too),
    TEST(the_collector_of_2_7_names_the_uncollectable_and_ends_with_a_full_stop),
    TEST(in_2_7_a_finalizer_runs_at_each_death_and_after_the_weak_references),
    TEST(in_2_7_a_weak_reference_made_by_a_finalizer_dies_without_a_call),
    TEST(in_2_7_a_full_collection_clears_numbers_and_tuples_only),
    TEST(in_2_7_there_is_no_limit_to_dead_numbers_and_80_sets_are_kept),
    TEST(in_2_7_a_dict_lies_in_the_order_of_its_hashes),
    TEST(in_2_7_keys_are_visited_first_and_str_keys_too),
    TEST(in_2_7_numbers_hash_to_themselves),
    TEST(from_3_7_a_tuple_plus_nothing_is_itself),
    TEST(in_3_6_what_was_resurrected_is_counted),
    TEST(from_3_14_tuples_without_containers_are_born_untracked),
    TEST(from_3_14_dicts_are_always_tracked),
    TEST(from_3_15_frozensets_of_atoms_are_untracked),
    TEST(from_3_14_a_hundred_ints_of_one_digit_are_kept),
    TEST(from_3_14_weak_references_made_by_finalizers_are_cleared_uncalled),
    TEST(the_callbacks_of_a_death_take_a_tuple),
    TEST(in_3_15_a_finalizer_still_sees_its_object_through_a_plain_weak_reference),
    TEST(in_3_15_the_resurrected_keep_their_plain_weak_references),
    TEST(immortal_counts_and_the_pool_are_those_of_the_release),
    TEST(names_are_immortal_from_3_12_and_characters_interned_from_3_13),
    TEST(frozensets_hash_and_share_as_in_the_release),
    TEST(popping_frees_all_from_3_12_and_deleting_nothing_from_3_13),
    TEST(the_empty_frozenset_is_made_once),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
