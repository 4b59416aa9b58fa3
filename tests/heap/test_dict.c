/* dict: src/heap/dict.c, dict_table.c.  Sizes and messages are those of the releases named. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "../../src/heap/dict.h"

#define REPR(dict, text) CHECK_TEXT(repr_of(heap, dict), text)

/* {0: None, 1: None … count - 1: None}, grown by insertion. */
static void fill(rc_heap *heap, rc_object *dict, int from, int to)
{
    for (int i = from; i < to; i++) {
        rc_object *number = rc_int_new(heap, i);
        CHECK(rc_dict_set(heap, dict, number, rc_none(heap)));
        rc_decref(heap, number);
    }
}

static rc_object *numbered(rc_heap *heap, int count)
{
    rc_object *dict = keep(heap, rc_dict_new(heap));

    fill(heap, dict, 0, count);
    return dict;
}

static rc_object *lettered(rc_heap *heap, int count)
{
    rc_object *dict = keep(heap, rc_dict_new(heap));

    for (int i = 0; i < count; i++) {
        rc_object *letter = rc_str_new(heap, (char[]){ (char)('a' + i), '\0' }, 1);
        CHECK(rc_dict_set(heap, dict, letter, rc_none(heap)));
        rc_decref(heap, letter);
    }
    return dict;
}

/* ------------------------------------------------------------------------------ sizes -- */

static void a_dict_grows_when_two_thirds_of_its_slots_are_taken(void)
{
    static const struct { int pairs; size_t sizes[3]; } expected[] = {
        { 1, { 248, 232, 224 } },   { 5, { 248, 232, 224 } },     { 6, { 376, 360, 352 } },
        { 10, { 376, 360, 352 } },  { 11, { 656, 640, 632 } },    { 22, { 1192, 1176, 1168 } },
        { 43, { 2288, 2272, 2264 } },
    };
    static const char *const profiles[] = { "3.7", "3.8", "3.13" };

    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
            CHECK_EQUAL(rc_sizeof(heap, numbered(heap, expected[i].pairs)),
                        expected[i].sizes[p]);
        close_heap(heap);
    }
}

/* {0 … count - 1}, the first of them deleted, then one more; measured on each release: its
 * size, its copy's, that of a dict made of it. */
static void room_is_taken_by_the_pairs_that_are_left(void)
{
    static const int counts[5][2] = { { 5, 3 }, { 10, 8 }, { 10, 6 }, { 21, 15 }, { 42, 40 } };
    static const struct { const char *profile; size_t sizes[5][3]; } expected[] = {
        { "2.7", { { 664, 280, 280 }, { 1048, 280, 280 }, { 1048, 280, 280 }, { 1048, 664, 664 },
                   { 3352, 280, 280 } } },
        { "3.6", { { 248, 248, 248 }, { 376, 248, 248 }, { 376, 248, 248 }, { 656, 376, 376 },
                   { 1192, 248, 248 } } },
        { "3.7", { { 248, 248, 248 }, { 248, 248, 248 }, { 376, 376, 248 }, { 656, 656, 376 },
                   { 248, 248, 248 } } },
        { "3.8", { { 232, 232, 232 }, { 232, 232, 232 }, { 360, 360, 232 }, { 640, 640, 360 },
                   { 232, 232, 232 } } },
        { "3.9", { { 232, 232, 232 }, { 232, 232, 232 }, { 360, 360, 232 }, { 640, 640, 360 },
                   { 232, 232, 232 } } },
        { "3.10", { { 360, 360, 360 }, { 360, 360, 360 }, { 360, 360, 232 }, { 640, 640, 360 },
                    { 360, 360, 360 } } },
        { "3.11", { { 352, 352, 352 }, { 352, 352, 352 }, { 352, 352, 224 }, { 632, 632, 352 },
                    { 352, 352, 352 } } },
        { "3.12", { { 352, 352, 352 }, { 352, 352, 352 }, { 352, 352, 224 }, { 632, 632, 352 },
                    { 352, 352, 352 } } },
        { "3.13", { { 352, 352, 352 }, { 352, 352, 352 }, { 352, 352, 224 }, { 632, 632, 352 },
                    { 352, 352, 352 } } },
    };

    for (size_t p = 0; p < sizeof expected / sizeof *expected; p++) {
        rc_heap *heap = open_heap(expected[p].profile);
        for (int i = 0; i < 5; i++) {
            const size_t *sizes = expected[p].sizes[i];
            rc_object *dict = numbered(heap, counts[i][0]);
            for (int k = 0; k < counts[i][1]; k++) {
                rc_object *number = rc_int_new(heap, k);
                CHECK(rc_dict_delete(heap, dict, number));
                rc_decref(heap, number);
            }
            fill(heap, dict, counts[i][0], counts[i][0] + 1);
            CHECK_EQUAL(rc_sizeof(heap, dict), sizes[0]);
            CHECK_EQUAL(rc_sizeof(heap, keep(heap, rc_dict_copy(heap, dict))), sizes[1]);
            CHECK_EQUAL(rc_sizeof(heap, keep(heap, rc_dict_call(heap, dict))), sizes[2]);
        }
        close_heap(heap);
    }
}

static void str_keys_take_less_from_3_11_until_another_key_comes(void)
{
    rc_heap *heap = open_heap("3.13");
    rc_object *one = lettered(heap, 1), *six = lettered(heap, 6), *eleven = lettered(heap, 11);

    CHECK_EQUAL(rc_sizeof(heap, one), 184);
    CHECK_EQUAL(rc_sizeof(heap, six), 272);
    CHECK_EQUAL(rc_sizeof(heap, eleven), 464);
    fill(heap, one, 0, 1);
    fill(heap, six, 0, 1);
    fill(heap, eleven, 0, 1);
    CHECK_EQUAL(rc_sizeof(heap, one), 352);
    CHECK_EQUAL(rc_sizeof(heap, six), 632);
    CHECK_EQUAL(rc_sizeof(heap, eleven), 1168);
    close_heap(heap);
}

static void another_key_takes_a_new_table_however_full_the_old_one_is(void)
{
    rc_heap *heap = open_heap("3.13");

    for (int letters = 0; letters <= 10; letters++) {
        rc_object *dict = lettered(heap, letters);
        fill(heap, dict, 0, 1);
        CHECK_EQUAL(rc_sizeof(heap, dict), letters == 0 ? 224 : letters <= 5 ? 352 : 632);
    }
    close_heap(heap);
}

/* {}, dict(), a cleared dict and a copy of that. */
static void check_empty_sizes(const char *profile, const size_t sizes[4])
{
    rc_heap *heap = open_heap(profile);
    rc_object *dict = keep(heap, rc_dict_new(heap));

    CHECK_EQUAL(rc_sizeof(heap, dict), sizes[0]);
    CHECK_EQUAL(rc_sizeof(heap, keep(heap, rc_dict_call(heap, NULL))), sizes[1]);
    fill(heap, dict, 0, 1);
    rc_dict_clear(heap, dict);
    CHECK_EQUAL(rc_sizeof(heap, dict), sizes[2]);
    CHECK_EQUAL(rc_sizeof(heap, keep(heap, rc_dict_copy(heap, dict))), sizes[3]);
    close_heap(heap);
}

static void an_empty_dict_has_a_table_or_not_as_in_the_release(void)
{
    check_empty_sizes("3.7", (size_t[]){ 248, 248, 80, 248 });
    check_empty_sizes("3.8", (size_t[]){ 64, 232, 64, 64 });
    check_empty_sizes("3.13", (size_t[]){ 64, 64, 64, 64 });
}

/* 85 pairs are put in, all but `left` deleted, one is put in. */
static void check_shrinking(const char *profile, const size_t sizes[4])
{
    rc_heap *heap = open_heap(profile);

    for (int left = 0; left < 4; left++) {
        rc_object *dict = numbered(heap, 85);
        for (int i = left; i < 85; i++) {
            rc_object *number = rc_int_new(heap, i);
            CHECK(rc_dict_delete(heap, dict, number));
            rc_decref(heap, number);
        }
        fill(heap, dict, 100, 101);
        CHECK_EQUAL(rc_sizeof(heap, dict), sizes[left]);
    }
    close_heap(heap);
}

static void a_full_table_of_holes_makes_place_for_a_smaller_one(void)
{
    check_shrinking("3.7", (size_t[]){ 248, 248, 248, 376 });
    check_shrinking("3.8", (size_t[]){ 232, 232, 232, 360 });
    check_shrinking("3.13", (size_t[]){ 224, 352, 352, 352 });
}

static rc_object *random_key(rc_heap *heap, uint64_t random)
{
    char text[24];

    if (random % 3 != 0)
        return rc_int_new(heap, (int64_t)(random >> 8) % 40);
    snprintf(text, sizeof text, "k%d", (int)((random >> 8) % 40));
    return rc_str_new(heap, text, strlen(text));
}

/* One of many pseudo-random changes. */
static rc_object *change_at_random(rc_heap *heap, rc_object *dict, uint64_t random)
{
    rc_object *key = random_key(heap, random >> 4), *x, *y, *other;
    bool there;

    CHECK(rc_contains(heap, dict, key, &there));
    switch (random % 12) {
    case 0: case 1: case 2: case 3: case 4:
        CHECK(rc_dict_set(heap, dict, key, key));
        break;
    case 5: case 6:
        if (there)
            CHECK(rc_dict_delete(heap, dict, key));
        break;
    case 7:
        if (rc_dict_size(dict) > 0) {
            CHECK(rc_dict_popitem(heap, dict, &x, &y));
            rc_decref(heap, x);
            rc_decref(heap, y);
        }
        break;
    case 8:
        CHECK(rc_dict_setdefault(heap, dict, key, rc_none(heap)));
        break;
    case 9:
        CHECK(other = rc_dict_new(heap));
        fill(heap, other, 0, (int)((random >> 32) % 25));
        CHECK(rc_dict_update(heap, dict, other));
        rc_decref(heap, other);
        break;
    case 10:
        CHECK(other = (random >> 40) % 2 ? rc_dict_copy(heap, dict) : rc_dict_call(heap, dict));
        rc_decref(heap, dict);
        dict = other;
        break;
    default:
        if ((random >> 40) % 8 == 0)
            rc_dict_clear(heap, dict);
    }
    rc_decref(heap, key);
    return dict;
}

static void check_random_changes(const char *profile, uint64_t expected)
{
    rc_heap *heap = open_heap(profile);
    rc_object *dict = rc_dict_new(heap);
    uint64_t state = RANDOM_START, print = 0;

    for (int i = 0; i < 3000; i++) {
        char size[32];
        dict = change_at_random(heap, dict, next_random(&state));
        snprintf(size, sizeof size, "%zu ", rc_sizeof(heap, dict));
        print = fingerprint(fingerprint(print, size), repr_of(heap, dict));
    }
    if (print != expected)
        test_failed(__FILE__, __LINE__, "the fingerprint is 0x%016" PRIX64, print);
    rc_decref(heap, dict);
    close_heap(heap);
}

/* The fingerprints are those of the same changes on the releases themselves. */
static void three_thousand_random_changes_go_as_in_the_release(void)
{
    check_random_changes("3.7", UINT64_C(0xE02087EE323866FE));
    check_random_changes("3.8", UINT64_C(0xE7C8C2DD32044473));
    check_random_changes("3.13", UINT64_C(0x4A10BB81D079470B));
}

/* ---------------------------------------------------------------------------- content -- */

static void an_equal_key_keeps_the_old_one(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *dict = numbered(heap, 2);

    CHECK(rc_dict_set(heap, dict, a_float(heap, 1.0), a_str(heap, "new")));
    CHECK(rc_dict_set(heap, dict, rc_bool(heap, false), a_str(heap, "zero")));
    REPR(dict, "{0: 'zero', 1: 'new'}");
    CHECK_TEXT(repr_of(heap, rc_dict_get(heap, dict, an_int(heap, 1))), "'new'");
    close_heap(heap);
}

/* The key of the newest pair, which is taken out. */
static int64_t popped_number(rc_heap *heap, rc_object *dict)
{
    rc_object *key, *value;
    int64_t number;

    CHECK(rc_dict_popitem(heap, dict, &key, &value));
    number = rc_int_value(key);
    rc_decref(heap, key);
    rc_decref(heap, value);
    return number;
}

static void order_is_that_of_insertion_also_after_deletions(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *dict = numbered(heap, 4);

    CHECK(rc_dict_delete(heap, dict, an_int(heap, 1)));
    fill(heap, dict, 1, 2);
    REPR(dict, "{0: None, 2: None, 3: None, 1: None}");
    CHECK_EQUAL(popped_number(heap, dict), 1);
    CHECK(rc_dict_delete(heap, dict, an_int(heap, 3)));
    CHECK_EQUAL(popped_number(heap, dict), 2);
    REPR(dict, "{0: None}");
    close_heap(heap);
}

static void a_missing_key_is_named(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *dict = numbered(heap, 2), *key = a_str(heap, "it's"), *value = dict, *other;

    CHECK_FAILS(heap, rc_dict_get(heap, dict, key), RC_KEY_ERROR, "\"it's\"");
    CHECK_FAILS(heap, rc_dict_delete(heap, dict, key), RC_KEY_ERROR, "\"it's\"");
    CHECK_FAILS(heap, rc_dict_pop(heap, dict, key), RC_KEY_ERROR, "\"it's\"");
    CHECK(rc_dict_find(heap, dict, key, &value) && value == NULL);
    rc_dict_clear(heap, dict);
    CHECK_FAILS(heap, rc_dict_popitem(heap, dict, &value, &other), RC_KEY_ERROR,
                "'popitem(): dictionary is empty'");
    CHECK_FAILS(heap, rc_dict_pop(heap, dict, a_list(heap, 0)), RC_KEY_ERROR, "[]");
    close_heap(heap);
}

static void an_unhashable_key_is_an_error(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *dict = keep(heap, rc_dict_new(heap)), *list = a_list(heap, 0), *value;
    bool there;

    CHECK_FAILS(heap, rc_dict_set(heap, dict, list, list), RC_TYPE_ERROR,
                "unhashable type: 'list'");
    CHECK_FAILS(heap, rc_dict_find(heap, dict, dict, &value), RC_TYPE_ERROR,
                "unhashable type: 'dict'");
    CHECK_FAILS(heap, rc_contains(heap, dict, list, &there), RC_TYPE_ERROR,
                "unhashable type: 'list'");
    CHECK_FAILS(heap, rc_dict_display(heap, (rc_object *[]){ list, list }, 1), RC_TYPE_ERROR,
                "unhashable type: 'list'");
    CHECK_EQUAL(rc_dict_size(dict), 0);
    close_heap(heap);
}

static void a_dict_is_updated_with_pairs(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *dict = keep(heap, rc_dict_new(heap)), *none = rc_none(heap);
    rc_object *pair = a_tuple(heap, 2, an_int(heap, 1), none), *text = a_str(heap, "ab");
    rc_object *three = a_list(heap, 3, none, none, none);

    CHECK(rc_dict_update(heap, dict, a_list(heap, 2, pair, text)));
    REPR(dict, "{1: None, 'a': 'b'}");
    CHECK_FAILS(heap, rc_dict_update(heap, dict, none), RC_TYPE_ERROR,
                "'NoneType' object is not iterable");
    CHECK_FAILS(heap, rc_dict_update(heap, dict, a_list(heap, 1, none)), RC_TYPE_ERROR,
                "cannot convert dictionary update sequence element #0 to a sequence");
    CHECK_FAILS(heap, rc_dict_call(heap, a_list(heap, 2, pair, three)), RC_VALUE_ERROR,
                "dictionary update sequence element #1 has length 3; 2 is required");
    close_heap(heap);
}

static void what_was_stored_before_an_update_failed_stays(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *dict = keep(heap, rc_dict_new(heap)), *none = rc_none(heap);
    rc_object *pair = a_tuple(heap, 2, an_int(heap, 1), none);

    CHECK_FAILS(heap, rc_dict_update(heap, dict, a_list(heap, 2, pair, none)), RC_TYPE_ERROR,
                NULL);
    REPR(dict, "{1: None}");
    close_heap(heap);
}

static void dicts_are_equal_whatever_their_order(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *a = numbered(heap, 3), *b = numbered(heap, 3);
    bool equal;

    CHECK(rc_dict_delete(heap, b, an_int(heap, 0)));
    CHECK(rc_equal(heap, a, b, &equal) && !equal);
    CHECK(rc_dict_set(heap, b, a_float(heap, 0), rc_none(heap)));
    CHECK(rc_equal(heap, a, b, &equal) && equal);
    CHECK(rc_dict_set(heap, b, an_int(heap, 0), an_int(heap, 0)));
    CHECK(rc_equal(heap, a, b, &equal) && !equal);
    CHECK_FAILS(heap, rc_compare(heap, a, b, RC_LT, &equal), RC_TYPE_ERROR,
                "'<' not supported between instances of 'dict' and 'dict'");
    close_heap(heap);
}

static void a_dict_that_changes_its_size_cannot_be_walked_on(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *dict = numbered(heap, 3), *ten = an_int(heap, 10), *key;
    rc_iterator walk;

    CHECK(rc_iterator_start(heap, &walk, dict));
    CHECK(rc_iterator_next(heap, &walk, &key, NULL) && key);
    rc_decref(heap, key);
    fill(heap, dict, 10, 11);
    CHECK(!rc_iterator_next(heap, &walk, &key, NULL));
    CHECK_EQUAL(rc_heap_error(heap)->kind, RC_RUNTIME_ERROR);
    CHECK_TEXT(rc_heap_error(heap)->message, "dictionary changed size during iteration");
    CHECK(rc_dict_delete(heap, dict, ten));
    CHECK(!rc_iterator_next(heap, &walk, &key, NULL));          /* once is enough */
    rc_iterator_end(heap, &walk);
    rc_iterator_end(heap, &walk);
    close_heap(heap);
}

/* --------------------------------------------------------------- releases, finalizers -- */

static void empty_the_other(void *context, rc_heap *heap, rc_object *self)
{
    rc_object **other = context;

    (void)self;
    rc_dict_clear(heap, *other);
}

/* d.update(other) releases an old value, whose finalizer empties `other`. */
static void a_dict_that_is_emptied_during_an_update_is_noticed(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *dict = numbered(heap, 3), *other = numbered(heap, 3);
    rc_object *one = an_int(heap, 1), *instance;
    rc_class *class = rc_class_new(heap, "Empty", empty_the_other, &other);

    CHECK(instance = rc_instance_new(heap, class));
    CHECK(rc_dict_set(heap, dict, one, instance));
    rc_decref(heap, instance);
    CHECK_FAILS(heap, rc_dict_update(heap, dict, other), RC_RUNTIME_ERROR,
                "dict mutated during update");
    REPR(dict, "{0: None, 1: None, 2: None}");
    close_heap(heap);
}

struct deaths {
    double values[10];
    size_t count;
};

static void note_death(void *context, rc_heap *heap, const rc_event *event)
{
    struct deaths *deaths = context;

    (void)heap;
    if (rc_is(event->object, &rc_float_type))
        deaths->values[deaths->count++] = rc_float_value(event->object);
}

/* {0.5: 1.5, 2.5: 3.5} */
static rc_object *floats(rc_heap *heap)
{
    rc_object *items[4], *dict;

    for (int i = 0; i < 4; i++)
        CHECK(items[i] = rc_float_new(heap, i + 0.5));
    dict = rc_dict_display(heap, items, 2);
    for (int i = 0; i < 4; i++)
        rc_decref(heap, items[i]);
    return dict;
}

static void each_key_is_released_before_its_value_in_order(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *cleared = keep(heap, floats(heap)), *shrunk = keep(heap, floats(heap));
    rc_object *second = a_float(heap, 2.5), *dying = floats(heap);
    struct deaths deaths = { .count = 0 };

    rc_observe(heap, &(rc_observer){ .events = RC_EVENT_BIT(RC_DESTROYED), .notify = note_death,
                                     .context = &deaths });
    rc_dict_clear(heap, cleared);
    rc_decref(heap, dying);
    CHECK(rc_dict_delete(heap, shrunk, second));
    rc_observe(heap, NULL);
    CHECK_EQUAL(deaths.count, 10);
    for (int i = 0; i < 10; i++)
        CHECK(deaths.values[i] == 0.5 + (i < 8 ? i % 4 : i - 6));
    close_heap(heap);
}

/* --------------------------------------------------------------------------- tracking -- */

static void a_dict_is_tracked_from_the_first_container_on(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *dict = numbered(heap, 3), *list = a_list(heap, 0), *zero = an_int(heap, 0);

    CHECK(!rc_gc_is_tracked(heap, dict));
    CHECK(rc_dict_set(heap, dict, zero, list));
    CHECK(rc_gc_is_tracked(heap, dict));
    CHECK(rc_dict_set(heap, dict, zero, zero));
    CHECK(rc_gc_is_tracked(heap, dict));
    dict_maybe_untrack(heap, dict);
    CHECK(!rc_gc_is_tracked(heap, dict));
    close_heap(heap);
}

static void an_equal_tuple_passed_as_key_tracks_the_dict(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *old = a_tuple(heap, 1, rc_none(heap)), *dict = keep(heap, rc_dict_new(heap));
    size_t found;

    CHECK(rc_gc_collect(heap, 2, &found));      /* untracks the tuple */
    CHECK(rc_dict_set(heap, dict, old, rc_none(heap)));
    CHECK(!rc_gc_is_tracked(heap, dict));
    CHECK(rc_dict_set(heap, dict, a_tuple(heap, 1, rc_none(heap)), rc_none(heap)));
    CHECK(rc_gc_is_tracked(heap, dict));
    close_heap(heap);
}

/* A dict that is tracked although all in it are atoms: copy() keeps that, dict(d) and
 * update do so only from 3.10. */
static void check_tracked_copies(const char *profile, bool by_update)
{
    rc_heap *heap = open_heap(profile);
    rc_object *dict = numbered(heap, 1), *zero = an_int(heap, 0);

    CHECK(rc_dict_set(heap, dict, zero, a_list(heap, 0)));
    CHECK(rc_dict_set(heap, dict, zero, zero));
    CHECK(rc_gc_is_tracked(heap, keep(heap, rc_dict_copy(heap, dict))));
    CHECK_EQUAL(rc_gc_is_tracked(heap, keep(heap, rc_dict_call(heap, dict))), by_update);
    close_heap(heap);
}

static void a_copy_is_tracked_as_in_the_release(void)
{
    check_tracked_copies("3.7", false);
    check_tracked_copies("3.8", false);
    check_tracked_copies("3.13", true);
}

static bool append_repr(void *context, rc_object *object)
{
    rc_heap *heap = ((void **)context)[0];
    char *text = ((void **)context)[1];

    strcat(text, repr_of(heap, object));
    return true;
}

static void check_referents(rc_heap *heap, rc_object *dict, const char *expected)
{
    char text[80] = "";
    void *context[] = { heap, text };

    rc_gc_referents(heap, dict, append_repr, context);
    CHECK_TEXT(text, expected);
}

static void values_are_visited_before_keys_and_keys_that_are_all_str_never(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *dict = lettered(heap, 2), *value;

    check_referents(heap, dict, "NoneNone");
    CHECK(rc_dict_find(heap, dict, rc_none(heap), &value));     /* up to 3.9 this is enough */
    check_referents(heap, dict, "None'a'None'b'");
    rc_dict_clear(heap, dict);
    check_referents(heap, dict, "");
    fill(heap, dict, 7, 8);
    check_referents(heap, dict, "None7");
    close_heap(heap);

    heap = open_heap("3.13");
    dict = lettered(heap, 2);
    CHECK(rc_dict_find(heap, dict, rc_none(heap), &value));
    check_referents(heap, dict, "NoneNone");
    close_heap(heap);
}

/* ----------------------------------------------------------------------------- memory -- */

static void displays_and_copies_use_dead_heads_and_calls_never_do(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *source = numbered(heap, 2), *dict = rc_dict_new(heap);
    uintptr_t id = rc_id(dict);

    rc_decref(heap, dict);
    CHECK(rc_id(keep(heap, rc_dict_call(heap, NULL))) != id);
    dict = rc_dict_copy(heap, source);
    CHECK_EQUAL(rc_id(dict), id);
    rc_decref(heap, dict);
    CHECK_EQUAL(rc_id(numbered(heap, 0)), id);
    close_heap(heap);
}

struct operands {
    rc_object *dict, *key, *other;
};

static bool set_key(rc_heap *heap, void *context)
{
    struct operands *operands = context;
    return rc_dict_set(heap, operands->dict, operands->key, operands->key);
}

static bool set_default(rc_heap *heap, void *context)
{
    struct operands *operands = context;
    return rc_dict_setdefault(heap, operands->dict, operands->key, operands->key) != NULL;
}

static bool made(rc_heap *heap, rc_object *dict)
{
    if (dict)
        rc_decref(heap, dict);
    return dict != NULL;
}

static bool make_all(rc_heap *heap, void *context)
{
    struct operands *operands = context;
    rc_object *pairs[16];

    for (int i = 0; i < 16; i++)
        pairs[i] = operands->key;
    return made(heap, rc_dict_display(heap, pairs, 8))
           && made(heap, rc_dict_copy(heap, operands->dict))
           && made(heap, rc_dict_call(heap, operands->other))
           && made(heap, rc_dict_call(heap, NULL));
}

static bool is_unchanged(rc_heap *heap, void *context)
{
    struct operands *operands = context;
    rc_object *same = numbered(heap, 5);
    bool unchanged = rc_dict_size(operands->dict) == 5
                     && rc_gc_is_tracked(heap, operands->dict) == rc_gc_is_tracked(heap, same)
                     && rc_sizeof(heap, operands->dict) == rc_sizeof(heap, same);

    drop(heap, same);
    return unchanged;
}

static void running_out_of_memory_changes_nothing(void)
{
    static bool (*const operations[])(rc_heap *, void *) = { set_key, set_default, make_all };
    static const char *const profiles[] = { ALL_PROFILES };

    for (int p = 0; p < PROFILE_COUNT; p++) {
        for (int i = 0; i < 3; i++) {
            rc_heap *heap = open_heap(profiles[p]);
            struct operands operands = {
                numbered(heap, 5), a_tuple(heap, 1, rc_none(heap)), numbered(heap, 30)
            };
            with_each_allocation_failing(heap, operations[i], is_unchanged, &operands);
            close_heap(heap);
        }
    }
}

static const test tests[] = {
    TEST(a_dict_grows_when_two_thirds_of_its_slots_are_taken),
    TEST(room_is_taken_by_the_pairs_that_are_left),
    TEST(str_keys_take_less_from_3_11_until_another_key_comes),
    TEST(another_key_takes_a_new_table_however_full_the_old_one_is),
    TEST(an_empty_dict_has_a_table_or_not_as_in_the_release),
    TEST(a_full_table_of_holes_makes_place_for_a_smaller_one),
    TEST(three_thousand_random_changes_go_as_in_the_release),
    TEST(an_equal_key_keeps_the_old_one),
    TEST(order_is_that_of_insertion_also_after_deletions),
    TEST(a_missing_key_is_named),
    TEST(an_unhashable_key_is_an_error),
    TEST(a_dict_is_updated_with_pairs),
    TEST(what_was_stored_before_an_update_failed_stays),
    TEST(dicts_are_equal_whatever_their_order),
    TEST(a_dict_that_changes_its_size_cannot_be_walked_on),
    TEST(a_dict_that_is_emptied_during_an_update_is_noticed),
    TEST(each_key_is_released_before_its_value_in_order),
    TEST(a_dict_is_tracked_from_the_first_container_on),
    TEST(an_equal_tuple_passed_as_key_tracks_the_dict),
    TEST(a_copy_is_tracked_as_in_the_release),
    TEST(values_are_visited_before_keys_and_keys_that_are_all_str_never),
    TEST(displays_and_copies_use_dead_heads_and_calls_never_do),
    TEST(running_out_of_memory_changes_nothing),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
