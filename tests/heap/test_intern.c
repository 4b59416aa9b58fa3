/* Interning, and the life of what is interned: src/heap/intern.c. */
#include <stdio.h>
#include <string.h>

#include "check.h"

static size_t interned(rc_heap *heap)
{
    return rc_cache_info(heap, RC_INTERNED).size;
}

static rc_object *intern(rc_heap *heap, rc_object *str)
{
    return keep(heap, rc_str_intern(heap, str));
}

static rc_object *intern_text(rc_heap *heap, const char *text)
{
    return keep(heap, rc_str_intern_text(heap, text, strlen(text)));
}

static rc_object *constant(rc_heap *heap, const char *text)
{
    return keep(heap, rc_str_constant(heap, text, strlen(text)));
}

static void the_first_equal_str_that_is_interned_stands_for_all(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *first = a_str(heap, "wupeiqi"), *second = a_str(heap, "wupeiqi");

    CHECK(intern(heap, first) == first);
    CHECK(intern(heap, second) == first);
    CHECK(intern(heap, first) == first);
    CHECK(intern_text(heap, "wupeiqi") == first);
    CHECK(rc_str_is_interned(first) && !rc_str_is_interned(second));
    CHECK_EQUAL(rc_object_origin(heap, first), RC_ORIGIN_INTERNED);
    CHECK_EQUAL(interned(heap), 1);
    CHECK_EQUAL(rc_cache_info(heap, RC_INTERNED).misses, 1);
    CHECK_EQUAL(rc_cache_info(heap, RC_INTERNED).hits, 3);
    close_heap(heap);
}

static void the_table_counts_no_reference(void)
{
    static const char *const profiles[] = { "3.7", "3.8", "3.13" };

    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        rc_object *str = a_str(heap, "counted");
        drop(heap, intern(heap, str));
        CHECK_EQUAL(rc_refcount(heap, str), 1);
        close_heap(heap);
    }
}

static void an_interned_str_that_dies_leaves_the_table(void)
{
    static const char *const profiles[] = { "3.7", "3.8", "3.13" };

    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        size_t before = interned(heap);
        rc_object *str = intern_text(heap, "mortal");
        CHECK_EQUAL(interned(heap), before + 1);
        drop(heap, str);
        CHECK_EQUAL(interned(heap), before);
        rc_object *later = a_str(heap, "mortal");
        CHECK(intern(heap, later) == later);
        close_heap(heap);
    }
}

static void interned_strs_live_for_ever_where_the_profile_says_so(void)
{
    rc_profile own = *rc_profile_find("3.13");
    rc_options options = { .profile = &own };
    int64_t yes = 1;

    CHECK(!rc_profile_set_numbers(&own, rc_profile_find_field("interned_immortal"), &yes, 1));
    rc_heap *heap = rc_heap_open(&options);
    CHECK(heap);
    rc_object *str = rc_str_intern_text(heap, "for ever", 8);
    CHECK(rc_is_immortal(str));
    CHECK_EQUAL(rc_refcount(heap, str), 4294967295);
    rc_decref(heap, str);
    CHECK_HEAP(heap);
    rc_object *again = rc_str_intern_text(heap, "for ever", 8);
    CHECK(again == str);
    rc_decref(heap, again);
    CHECK_HEAP(heap);
    rc_heap_close(heap);
}

static rc_object *with_attribute(rc_heap *heap, const char *name)
{
    rc_class *class = rc_class_new(heap, "Thing", NULL, NULL);
    rc_object *thing = keep(heap, rc_instance_new(heap, class));

    CHECK(rc_instance_set(heap, thing, a_str(heap, name), rc_none(heap)));
    return thing;
}

static void the_name_of_an_attribute_is_interned_and_in_3_13_immortal(void)
{
    static const char *const profiles[] = { "3.8", "3.13" };

    for (int p = 0; p < 2; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        size_t before = interned(heap);
        rc_object *thing = with_attribute(heap, "color");
        CHECK_EQUAL(interned(heap), before + 1);
        rc_object *name = intern_text(heap, "color");
        CHECK_EQUAL(rc_is_immortal(name), p == 1);
        drop(heap, name);
        drop(heap, thing);
        close_heap(heap);
    }
}

static void the_name_of_an_attribute_must_be_a_str(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *thing = with_attribute(heap, "color");

    CHECK_FAILS(heap, rc_instance_set(heap, thing, an_int(heap, 5), rc_none(heap)),
                RC_TYPE_ERROR, "attribute name must be string, not 'int'");
    close_heap(heap);
}

static void what_is_no_str_cannot_be_interned(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK_FAILS(heap, rc_str_intern(heap, an_int(heap, 5)), RC_TYPE_ERROR,
                "intern() argument must be str, not int");
    close_heap(heap);
}

/* -------------------------------------------------------------------- constants -- */

static void a_constant_like_a_name_is_interned(void)
{
    static const char *const texts[] = { "abc", "a_1", "1abc", "_", "Z9", "x" };
    rc_heap *heap = open_heap(NULL);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        rc_object *str = constant(heap, texts[i]);
        CHECK(rc_str_is_interned(str));
        CHECK(constant(heap, texts[i]) == str);
    }
    CHECK(rc_str_is_interned(constant(heap, "")));
    close_heap(heap);
}

static void any_other_constant_is_not(void)
{
    static const char *const texts[] = { "a b", "a-b", "a.b", "na\u00EFve", "ab\n", "[]", "@A`{" };
    rc_heap *heap = open_heap(NULL);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        rc_object *str = constant(heap, texts[i]);
        CHECK(!rc_str_is_interned(str));
        CHECK(constant(heap, texts[i]) != str);
    }
    CHECK(constant(heap, "!") == constant(heap, "!"));
    close_heap(heap);
}

static void a_constant_and_a_str_made_at_run_time_are_two_objects(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *one = constant(heap, "abc");

    CHECK(a_str(heap, "abc") != one);
    CHECK(intern(heap, a_str(heap, "abc")) == one);
    close_heap(heap);
}

static void a_character_and_the_empty_str_can_be_interned(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *character = a_str(heap, "q"), *empty = a_str(heap, "");

    CHECK(intern(heap, character) == character);
    CHECK(intern(heap, empty) == empty);
    CHECK_EQUAL(rc_object_origin(heap, character), RC_ORIGIN_CHARACTER);
    CHECK_EQUAL(rc_object_origin(heap, empty), RC_ORIGIN_SINGLETON);
    CHECK(intern_text(heap, "q") == character);
    close_heap(heap);
}

/* In 3.8 sys.intern() knows nothing of the cache. */
static void the_first_one_interned_may_be_no_cached_character(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *made = keep(heap, rc_str_from(heap, an_int(heap, 7)));

    CHECK(intern(heap, made) == made);
    CHECK(intern(heap, a_str(heap, "7")) == made);
    close_heap(heap);
}

/* -------------------------------------------------------------------- the table -- */

#define MANY 1000

static void numbered(char text[20], int i)
{
    snprintf(text, 20, "text_%d", i);
}

static bool note_order(void *context, rc_object *str)
{
    char text[20];
    int *next = context;

    numbered(text, (*next)++);
    CHECK_TEXT(rc_str_text(str, NULL), text);
    return *next < MANY;
}

static void the_table_grows_and_keeps_what_it_holds(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *strs[MANY];
    char text[20];
    int next = 0;

    for (int i = 0; i < MANY; i++) {
        numbered(text, i);
        strs[i] = intern_text(heap, text);
    }
    CHECK_EQUAL(interned(heap), MANY);
    rc_cache_each(heap, RC_INTERNED, note_order, &next);
    CHECK_EQUAL(next, MANY);
    for (int i = 0; i < MANY; i++) {
        numbered(text, i);
        rc_object *again = rc_str_intern_text(heap, text, strlen(text));
        CHECK(again == strs[i]);
        rc_decref(heap, again);
    }
    close_heap(heap);
}

/* Deaths in an arbitrary order, while others stay: no search may lose its way. */
static void what_stays_is_found_after_others_have_died(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *strs[MANY];
    uint64_t state = RANDOM_START;
    char text[20];

    for (int i = 0; i < MANY; i++) {
        numbered(text, i);
        strs[i] = intern_text(heap, text);
    }
    for (int round = 0; round < 3 * MANY; round++) {
        int i = (int)(next_random(&state) % MANY);
        numbered(text, i);
        if (strs[i]) {
            drop(heap, strs[i]);
            strs[i] = NULL;
        } else {
            strs[i] = intern_text(heap, text);
        }
        int j = (int)(next_random(&state) % MANY);
        if (strs[j]) {
            numbered(text, j);
            rc_object *again = rc_str_intern_text(heap, text, strlen(text));
            CHECK(again == strs[j]);
            rc_decref(heap, again);
        }
    }
    close_heap(heap);
}

static bool intern_many(rc_heap *heap, void *context)
{
    rc_object **strs = context;
    char text[20];

    for (int i = 0; i < 50; i++)
        if (!strs[i]) {
            numbered(text, i);
            strs[i] = rc_str_intern_text(heap, text, strlen(text));
            if (!strs[i])
                return false;
            keep(heap, strs[i]);
        }
    return true;
}

static void a_str_that_cannot_be_interned_for_lack_of_memory_changes_nothing(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *strs[50] = { NULL }, *str = a_str(heap, "not interned");

    rc_heap_fail_allocation(heap, 1);
    CHECK_FAILS(heap, rc_str_intern(heap, str), RC_MEMORY_ERROR,
                "the allocation that was told to fail");
    CHECK(!rc_str_is_interned(str));
    CHECK_EQUAL(interned(heap), 0);
    with_each_allocation_failing(heap, intern_many, NULL, strs);
    CHECK_EQUAL(interned(heap), 50);
    close_heap(heap);
}

static const test tests[] = {
    TEST(the_first_equal_str_that_is_interned_stands_for_all),
    TEST(the_table_counts_no_reference),
    TEST(an_interned_str_that_dies_leaves_the_table),
    TEST(interned_strs_live_for_ever_where_the_profile_says_so),
    TEST(the_name_of_an_attribute_is_interned_and_in_3_13_immortal),
    TEST(the_name_of_an_attribute_must_be_a_str),
    TEST(what_is_no_str_cannot_be_interned),
    TEST(a_constant_like_a_name_is_interned),
    TEST(any_other_constant_is_not),
    TEST(a_constant_and_a_str_made_at_run_time_are_two_objects),
    TEST(a_character_and_the_empty_str_can_be_interned),
    TEST(the_first_one_interned_may_be_no_cached_character),
    TEST(the_table_grows_and_keeps_what_it_holds),
    TEST(what_stays_is_found_after_others_have_died),
    TEST(a_str_that_cannot_be_interned_for_lack_of_memory_changes_nothing),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
