/* list: src/heap/list.c.  Capacities and messages are those of the releases named. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "../../src/heap/list.h"

#define REPR(list, text) CHECK_TEXT(repr_of(heap, list), text)

static rc_object *numbers(rc_heap *heap, int count)
{
    rc_object *list = keep(heap, rc_list_display(heap, NULL, 0));

    for (int i = 0; i < count; i++) {
        rc_object *number = rc_int_new(heap, i);
        CHECK(rc_list_append(heap, list, number));
        rc_decref(heap, number);
    }
    return list;
}

static rc_object *number_tuple(rc_heap *heap, int count)
{
    return keep(heap, rc_tuple_call(heap, numbers(heap, count)));
}

/* ----------------------------------------------------------------------- capacity -- */

struct step { size_t size, room; };

static void check_appending(rc_heap *heap, const struct step *steps, size_t count)
{
    rc_object *list = numbers(heap, 0);

    for (size_t i = 0, size = 1; i < count; size++) {
        CHECK(rc_list_append(heap, list, rc_none(heap)));
        if (size == steps[i].size)
            CHECK_EQUAL(rc_list_allocated(list), steps[i++].room);
        else
            CHECK_EQUAL(rc_list_allocated(list), steps[i - 1].room);
    }
    close_heap(heap);
}

static void appending_takes_room_as_3_8_does(void)
{
    static const struct step steps[] = {
        {1, 4}, {5, 8}, {9, 16}, {17, 25}, {26, 35}, {36, 46}, {47, 58}, {59, 72}, {73, 88},
        {89, 106}, {107, 126}, {127, 148}, {149, 173}, {174, 201}, {202, 233}, {234, 269},
        {270, 309}, {310, 354}, {355, 405},
    };
    check_appending(open_heap("3.7"), steps, sizeof steps / sizeof *steps);
    check_appending(open_heap("3.8"), steps, sizeof steps / sizeof *steps);
}

static void appending_takes_room_as_3_13_does(void)
{
    static const struct step steps[] = {
        {1, 4}, {5, 8}, {9, 16}, {17, 24}, {25, 32}, {33, 40}, {41, 52}, {53, 64}, {65, 76},
        {77, 92}, {93, 108}, {109, 128}, {129, 148}, {149, 172}, {173, 200}, {201, 232},
        {233, 268}, {269, 308}, {309, 352}, {353, 400},
    };
    check_appending(open_heap("3.13"), steps, sizeof steps / sizeof *steps);
}

static void popping_gives_room_back_as_3_8_does(void)
{
    static const struct step steps[] = {
        {49, 61}, {29, 38}, {18, 26}, {12, 19}, {8, 12}, {5, 8}, {3, 6}, {2, 5},
        {1, 4}, {0, 0},
    };
    rc_heap *heap = open_heap("3.8");
    rc_object *list = keep(heap, rc_list_call(heap, number_tuple(heap, 100)));

    for (size_t size = 99, i = 0, room = 100; size > 0; size--) {
        rc_decref(heap, rc_list_pop(heap, list, -1));
        if (size == steps[i].size)
            room = steps[i++].room;
        CHECK_EQUAL(rc_list_allocated(list), room);
    }
    close_heap(heap);
}

/* The rooms of list(tuple), list(set), [] + extend(tuple), [x] + extend(tuple) of 3. */
static void check_making(rc_heap *heap, const int rooms[4])
{
    rc_object *tuple = number_tuple(heap, 3);
    rc_object *set = keep(heap, rc_set_call(heap, tuple));
    rc_object *empty = numbers(heap, 0), *one = a_list(heap, 1, rc_none(heap));

    CHECK_EQUAL(rc_list_allocated(keep(heap, rc_list_call(heap, tuple))), rooms[0]);
    CHECK_EQUAL(rc_list_allocated(keep(heap, rc_list_call(heap, set))), rooms[1]);
    CHECK(rc_list_extend(heap, empty, tuple));
    CHECK_EQUAL(rc_list_allocated(empty), rooms[2]);
    CHECK(rc_list_extend(heap, one, tuple));
    CHECK_EQUAL(rc_list_allocated(one), rooms[3]);
    CHECK_EQUAL(rc_list_allocated(keep(heap, rc_list_copy(heap, empty))), 3);
    CHECK_EQUAL(rc_list_allocated(keep(heap, list_concat(heap, empty, empty))), 6);
    CHECK_EQUAL(rc_list_allocated(keep(heap, list_repeat(heap, empty, 3))), 9);
    close_heap(heap);
}

static void lists_made_at_once_take_the_room_that_the_release_gives_them(void)
{
    check_making(open_heap("3.7"), (int[]){ 6, 6, 6, 7 });
    check_making(open_heap("3.8"), (int[]){ 3, 3, 6, 7 });
    check_making(open_heap("3.13"), (int[]){ 4, 8, 4, 8 });
}

static void an_emptied_list_keeps_or_loses_its_room_as_in_the_release(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *one = a_list(heap, 1, rc_none(heap));

    rc_decref(heap, rc_list_pop(heap, one, 0));
    CHECK_EQUAL(rc_list_allocated(one), 1);
    CHECK(rc_list_append(heap, one, rc_none(heap)));
    CHECK(rc_list_delete(heap, one, 0));
    CHECK_EQUAL(rc_list_allocated(one), 0);
    close_heap(heap);

    heap = open_heap("3.13");
    one = a_list(heap, 1, rc_none(heap));
    CHECK(rc_list_delete(heap, one, 0));
    CHECK_EQUAL(rc_list_allocated(one), 1);
    CHECK(rc_list_append(heap, one, rc_none(heap)));
    rc_decref(heap, rc_list_pop(heap, one, 0));
    CHECK_EQUAL(rc_list_allocated(one), 0);
    close_heap(heap);
}

/* One of many pseudo-random changes. */
static void change_at_random(rc_heap *heap, rc_object *list, uint64_t random)
{
    size_t size = rc_list_size(list);
    int64_t i = (int64_t)((random >> 20) % (size + 1));
    rc_object *x = rc_int_new(heap, (int64_t)((random >> 8) % 1000));
    rc_object *items[11];

    switch (random % 8) {
    case 0: case 1: case 2:
        CHECK(rc_list_append(heap, list, x));
        break;
    case 3:
        CHECK(rc_list_insert(heap, list, i, x));
        break;
    case 4:
        if (i < (int64_t)size)
            rc_decref(heap, rc_list_pop(heap, list, i));
        break;
    case 5:
        if (i < (int64_t)size)
            CHECK(rc_list_delete(heap, list, i));
        break;
    case 6:
        for (int k = 0; k < 11; k++)
            items[k] = x;
        rc_object *tuple = rc_tuple_new(heap, items, (random >> 32) % 12);
        CHECK(rc_list_extend(heap, list, tuple));
        rc_decref(heap, tuple);
        break;
    default:
        if ((random >> 40) % 16 == 0)
            rc_list_clear(heap, list);
        for (int k = 0; k < 9 && rc_list_size(list) > 0; k++)
            rc_decref(heap, rc_list_pop(heap, list, -1));
    }
    rc_decref(heap, x);
}

static void check_random_changes(rc_heap *heap, uint64_t expected)
{
    rc_object *list = numbers(heap, 0);
    uint64_t state = RANDOM_START, print = 0;

    for (int i = 0; i < 3000; i++) {
        char size[32];
        change_at_random(heap, list, next_random(&state));
        snprintf(size, sizeof size, "%zu ", rc_sizeof(heap, list));
        print = fingerprint(fingerprint(print, size), repr_of(heap, list));
    }
    if (print != expected)
        test_failed(__FILE__, __LINE__, "the fingerprint is 0x%016" PRIX64, print);
    close_heap(heap);
}

/* The fingerprints are those of the same changes on the releases themselves. */
static void three_thousand_random_changes_go_as_in_the_release(void)
{
    check_random_changes(open_heap("3.7"), UINT64_C(0xE3A12037E7BDB1EC));
    check_random_changes(open_heap("3.8"), UINT64_C(0xDCF2F6F44C92FD40));
    check_random_changes(open_heap("3.13"), UINT64_C(0x71E3382063B892A5));
}

/* ------------------------------------------------------------------------- content -- */

static void a_negative_index_counts_from_the_end(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = numbers(heap, 3), *none = rc_none(heap);

    CHECK_EQUAL(rc_int_value(rc_list_get(heap, list, -1)), 2);
    CHECK_EQUAL(rc_int_value(rc_list_get(heap, list, -3)), 0);
    CHECK(rc_list_set(heap, list, -2, none));
    REPR(list, "[0, None, 2]");
    CHECK(rc_list_delete(heap, list, -3));
    REPR(list, "[None, 2]");
    close_heap(heap);
}

static void inserting_takes_any_index(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = numbers(heap, 3), *none = rc_none(heap);

    CHECK(rc_list_insert(heap, list, -100, none));
    CHECK(rc_list_insert(heap, list, 100, none));
    CHECK(rc_list_insert(heap, list, -1, none));
    CHECK(rc_list_insert(heap, list, 1, none));
    REPR(list, "[None, None, 0, 1, 2, None, None]");
    close_heap(heap);
}

static void an_index_outside_is_an_error(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = numbers(heap, 2), *empty = numbers(heap, 0), *none = rc_none(heap);

    CHECK_FAILS(heap, rc_list_get(heap, list, 2), RC_INDEX_ERROR, "list index out of range");
    CHECK_FAILS(heap, rc_list_get(heap, list, -3), RC_INDEX_ERROR, "list index out of range");
    CHECK_FAILS(heap, rc_list_set(heap, list, 2, none), RC_INDEX_ERROR,
                "list assignment index out of range");
    CHECK_FAILS(heap, rc_list_delete(heap, list, INT64_MIN), RC_INDEX_ERROR,
                "list assignment index out of range");
    CHECK_FAILS(heap, rc_list_pop(heap, list, 2), RC_INDEX_ERROR, "pop index out of range");
    CHECK_FAILS(heap, rc_list_pop(heap, empty, -1), RC_INDEX_ERROR, "pop from empty list");
    REPR(list, "[0, 1]");
    close_heap(heap);
}

static void what_is_not_there_cannot_be_removed_or_found(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = numbers(heap, 2), *x = a_str(heap, "x");
    size_t index;

    CHECK_FAILS(heap, rc_list_remove(heap, list, x), RC_VALUE_ERROR,
                "list.remove(x): x not in list");
    CHECK_FAILS(heap, rc_list_index(heap, list, x, &index), RC_VALUE_ERROR,
                "'x' is not in list");
    close_heap(heap);
}

static void items_are_found_by_equality(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = numbers(heap, 3), *one = a_float(heap, 1.0);
    size_t index, count;
    bool there;

    CHECK(rc_list_extend(heap, list, list));
    CHECK(rc_list_index(heap, list, one, &index) && index == 1);
    CHECK(rc_list_count(heap, list, one, &count) && count == 2);
    CHECK(rc_contains(heap, list, one, &there) && there);
    CHECK(rc_list_remove(heap, list, one));
    REPR(list, "[0, 2, 0, 1, 2]");
    CHECK(rc_list_count(heap, list, a_str(heap, "1"), &count) && count == 0);
    close_heap(heap);
}

static void a_list_is_extended_by_whatever_can_be_iterated(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = numbers(heap, 1), *key = a_str(heap, "key");
    rc_object *dict = keep(heap, rc_dict_display(heap, (rc_object *[]){ key, key }, 1));

    CHECK(rc_list_extend(heap, list, number_tuple(heap, 2)));
    CHECK(rc_list_extend(heap, list, dict));
    CHECK(rc_list_extend(heap, list, keep(heap, rc_set_call(heap, dict))));
    CHECK(rc_list_extend(heap, list, a_str(heap, "a\u00E9")));
    CHECK(rc_list_extend(heap, list, numbers(heap, 0)));
    REPR(list, "[0, 0, 1, 'key', 'key', 'a', '\u00E9']");
    CHECK_FAILS(heap, rc_list_extend(heap, list, rc_none(heap)), RC_TYPE_ERROR,
                "'NoneType' object is not iterable");
    CHECK_FAILS(heap, rc_list_call(heap, a_float(heap, 1)), RC_TYPE_ERROR,
                "'float' object is not iterable");
    close_heap(heap);
}

static void only_lists_are_added_to_lists(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = numbers(heap, 2);

    REPR(keep(heap, list_concat(heap, list, list)), "[0, 1, 0, 1]");
    REPR(keep(heap, list_repeat(heap, list, -1)), "[]");
    CHECK_FAILS(heap, list_concat(heap, list, number_tuple(heap, 1)), RC_TYPE_ERROR,
                "can only concatenate list (not \"tuple\") to list");
    CHECK_FAILS(heap, list_repeat(heap, list, INT64_MAX), RC_MEMORY_ERROR, NULL);
    close_heap(heap);
}

static void reversing_twice_changes_nothing(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = numbers(heap, 5);

    rc_list_reverse(heap, list);
    REPR(list, "[4, 3, 2, 1, 0]");
    rc_list_reverse(heap, list);
    REPR(list, "[0, 1, 2, 3, 4]");
    close_heap(heap);
}

/* ------------------------------------------------------------------------- sorting -- */

/* Equal numbers, which are objects of their own, stay in order of birth. */
static void sorting_is_stable(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = numbers(heap, 0), *before = NULL;
    uint64_t state = RANDOM_START;

    for (int i = 0; i < 500; i++) {
        int64_t value = (int64_t)(next_random(&state) % 10) + 1000;
        rc_object *number = rc_int_new(heap, value);
        CHECK(rc_list_append(heap, list, number));
        rc_decref(heap, number);
    }
    CHECK(rc_list_sort(heap, list));
    for (int64_t i = 0; i < 500; i++) {
        rc_object *item = rc_list_get(heap, list, i);
        CHECK(!before || rc_int_value(before) < rc_int_value(item)
              || (rc_int_value(before) == rc_int_value(item)
                  && rc_birth(heap, before) < rc_birth(heap, item)));
        before = item;
    }
    close_heap(heap);
}

static void sorting_what_has_no_order_keeps_every_item(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = numbers(heap, 50);

    CHECK(rc_list_insert(heap, list, 20, a_str(heap, "x")));
    rc_list_reverse(heap, list);
    CHECK_FAILS(heap, rc_list_sort(heap, list), RC_TYPE_ERROR, NULL);
    CHECK_EQUAL(rc_list_size(list), 51);
    CHECK(rc_list_remove(heap, list, a_str(heap, "x")));
    CHECK(rc_list_sort(heap, list));
    CHECK_TEXT(repr_of(heap, list), repr_of(heap, numbers(heap, 50)));
    close_heap(heap);
}

/* l = []; l += [l, [1]]; l.sort() compares [1] with the list that is being sorted. */
static void a_list_is_empty_while_it_is_sorted(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = numbers(heap, 0), *one = a_list(heap, 1, an_int(heap, 1));

    CHECK(rc_list_append(heap, list, list));
    CHECK(rc_list_append(heap, list, one));
    CHECK(rc_list_sort(heap, list));
    CHECK(rc_list_get(heap, list, 0) == list);
    rc_list_clear(heap, list);
    close_heap(heap);
}

/* ------------------------------------------------------------- whole before anything -- */

struct scene {
    rc_object *list;
    size_t size_seen;
};

static void look_and_append(void *context, rc_heap *heap, rc_object *self)
{
    struct scene *scene = context;

    (void)self;
    scene->size_seen = rc_list_size(scene->list);
    CHECK(rc_list_append(heap, scene->list, rc_none(heap)));
}

/* A list of 0, 1 and an instance whose finalizer looks at it and appends None. */
static rc_object *list_with_witness(rc_heap *heap, struct scene *scene)
{
    rc_class *class = rc_class_new(heap, "Witness", look_and_append, scene);
    rc_object *witness;

    scene->list = numbers(heap, 2);
    witness = rc_instance_new(heap, class);
    CHECK(rc_list_append(heap, scene->list, witness));
    rc_decref(heap, witness);
    return scene->list;
}

static void a_finalizer_sees_the_list_whole(void)
{
    rc_heap *heap = open_heap(NULL);
    struct scene scene;
    rc_object *list;

    list = list_with_witness(heap, &scene);
    CHECK(rc_list_set(heap, list, 2, rc_none(heap)));
    CHECK_EQUAL(scene.size_seen, 3);
    REPR(list, "[0, 1, None, None]");

    list = list_with_witness(heap, &scene);
    CHECK(rc_list_delete(heap, list, 2));
    CHECK_EQUAL(scene.size_seen, 2);
    REPR(list, "[0, 1, None]");

    list = list_with_witness(heap, &scene);
    rc_list_clear(heap, list);
    CHECK_EQUAL(scene.size_seen, 0);
    REPR(list, "[None]");
    close_heap(heap);
}

struct deaths {
    int64_t values[8];
    size_t count;
};

static void note_death(void *context, rc_heap *heap, const rc_event *event)
{
    struct deaths *deaths = context;

    (void)heap;
    if (rc_is(event->object, &rc_int_type))
        deaths->values[deaths->count++] = rc_int_value(event->object);
}

static rc_object *large_numbers(rc_heap *heap, int64_t count)
{
    rc_object *list = rc_list_display(heap, NULL, 0);

    for (int64_t i = 0; i < count; i++) {
        rc_object *number = rc_int_new(heap, 1000 + i);
        CHECK(rc_list_append(heap, list, number));
        rc_decref(heap, number);
    }
    return list;
}

static void items_are_released_last_to_first(void)
{
    rc_heap *heap = open_heap(NULL);
    struct deaths deaths = { .count = 0 };
    rc_object *list = keep(heap, large_numbers(heap, 3)), *dying = large_numbers(heap, 3);

    rc_observe(heap, &(rc_observer){ .events = RC_EVENT_BIT(RC_DESTROYED), .notify = note_death,
                                     .context = &deaths });
    rc_list_clear(heap, list);
    rc_decref(heap, dying);
    rc_observe(heap, NULL);
    CHECK_EQUAL(deaths.count, 6);
    for (size_t i = 0; i < 6; i++)
        CHECK_EQUAL(deaths.values[i], 1002 - (int64_t)i % 3);
    close_heap(heap);
}

/* ------------------------------------------------------------------ heap and memory -- */

static void displays_use_dead_heads_and_calls_never_do(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = rc_list_display(heap, NULL, 0), *none = rc_none(heap);
    uintptr_t id = rc_id(list);

    rc_decref(heap, list);
    CHECK(rc_id(keep(heap, rc_list_call(heap, NULL))) != id);
    list = keep(heap, rc_list_display(heap, &none, 1));
    CHECK_EQUAL(rc_id(list), id);
    CHECK_EQUAL(rc_object_origin(heap, list), RC_ORIGIN_FREE_LIST);
    close_heap(heap);
}

static void a_list_is_tracked_from_birth(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK(rc_gc_is_tracked(heap, numbers(heap, 0)));
    CHECK(rc_gc_is_tracked(heap, keep(heap, rc_list_call(heap, NULL))));
    CHECK_EQUAL(rc_gc_generation(heap, numbers(heap, 1)), 0);
    close_heap(heap);
}

struct operands {
    rc_object *list, *tuple, *text;
};

static bool append_five(rc_heap *heap, void *context)
{
    struct operands *operands = context;
    return rc_list_append(heap, operands->list, operands->tuple);
}

static bool insert_one(rc_heap *heap, void *context)
{
    struct operands *operands = context;
    return rc_list_insert(heap, operands->list, 0, operands->tuple);
}

static bool extend_by_tuple(rc_heap *heap, void *context)
{
    struct operands *operands = context;
    return rc_list_extend(heap, operands->list, operands->tuple);
}

static bool extend_by_text(rc_heap *heap, void *context)
{
    struct operands *operands = context;
    return rc_list_extend(heap, operands->list, operands->text);
}

static bool made(rc_heap *heap, rc_object *list)
{
    if (list)
        rc_decref(heap, list);
    return list != NULL;
}

static bool make_all(rc_heap *heap, void *context)
{
    struct operands *operands = context;

    return made(heap, rc_list_display(heap, &operands->tuple, 1))
           && made(heap, rc_list_call(heap, operands->text))
           && made(heap, rc_list_copy(heap, operands->list))
           && made(heap, list_concat(heap, operands->list, operands->list))
           && made(heap, list_repeat(heap, operands->list, 3));
}

static bool sort_it(rc_heap *heap, void *context)
{
    struct operands *operands = context;
    return rc_list_sort(heap, operands->list);
}

static bool still_four_items(rc_heap *heap, void *context)
{
    struct operands *operands = context;
    return rc_list_allocated(operands->list) == 4
           && strcmp(repr_of(heap, operands->list), "[3, 2, 1, 0]") == 0;
}

static void running_out_of_memory_changes_nothing(void)
{
    static bool (*const operations[])(rc_heap *, void *) = {
        append_five, insert_one, extend_by_tuple, extend_by_text, make_all, sort_it,
    };

    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        rc_heap *heap = open_heap(NULL);
        struct operands operands = {
            numbers(heap, 4), number_tuple(heap, 3), a_str(heap, "\u4E00\u4E01")
        };
        rc_list_reverse(heap, operands.list);
        with_each_allocation_failing(heap, operations[i], still_four_items, &operands);
        close_heap(heap);
    }
}

static bool pop_most(rc_heap *heap, void *context)
{
    struct operands *operands = context;

    while (rc_list_size(operands->list) > 1)
        rc_decref(heap, rc_list_pop(heap, operands->list, -1));
    return true;
}

static void taking_items_out_never_fails_for_want_of_memory(void)
{
    rc_heap *heap = open_heap(NULL);
    struct operands operands = { .list = numbers(heap, 100) };

    with_each_allocation_failing(heap, pop_most, NULL, &operands);
    REPR(operands.list, "[0]");
    CHECK_EQUAL(rc_heap_error(heap)->kind, RC_NO_ERROR);
    close_heap(heap);
}

static const test tests[] = {
    TEST(appending_takes_room_as_3_8_does),
    TEST(appending_takes_room_as_3_13_does),
    TEST(popping_gives_room_back_as_3_8_does),
    TEST(lists_made_at_once_take_the_room_that_the_release_gives_them),
    TEST(an_emptied_list_keeps_or_loses_its_room_as_in_the_release),
    TEST(three_thousand_random_changes_go_as_in_the_release),
    TEST(a_negative_index_counts_from_the_end),
    TEST(inserting_takes_any_index),
    TEST(an_index_outside_is_an_error),
    TEST(what_is_not_there_cannot_be_removed_or_found),
    TEST(items_are_found_by_equality),
    TEST(a_list_is_extended_by_whatever_can_be_iterated),
    TEST(only_lists_are_added_to_lists),
    TEST(reversing_twice_changes_nothing),
    TEST(sorting_is_stable),
    TEST(sorting_what_has_no_order_keeps_every_item),
    TEST(a_list_is_empty_while_it_is_sorted),
    TEST(a_finalizer_sees_the_list_whole),
    TEST(items_are_released_last_to_first),
    TEST(displays_use_dead_heads_and_calls_never_do),
    TEST(a_list_is_tracked_from_birth),
    TEST(running_out_of_memory_changes_nothing),
    TEST(taking_items_out_never_fails_for_want_of_memory),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
