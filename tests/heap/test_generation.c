/* Generations as lists: what is in them, and in which order. */
#include <string.h>

#include "check.h"
#include "../../src/heap/side.h"

struct row {
    rc_object *object[64];
    int count;
};

static bool note(void *context, rc_object *object)
{
    struct row *row = context;
    row->object[row->count++] = object;
    return row->count < 64;
}

static struct row row_of(const rc_heap *heap, int generation)
{
    struct row row = { .count = 0 };
    rc_gc_each(heap, generation, note, &row);
    return row;
}

/* That a generation holds exactly these objects, in this order. */
static void check_row(int line, const rc_heap *heap, int generation, int count,
                      rc_object *const *objects)
{
    struct row row = row_of(heap, generation);

    if (row.count != count)
        test_failed(__FILE__, line, "generation %d holds %d objects, not %d", generation,
                    row.count, count);
    for (int i = 0; i < count; i++)
        if (row.object[i] != objects[i])
            test_failed(__FILE__, line, "object %d of generation %d is another", i, generation);
}

#define CHECK_ROW(heap, generation, ...)                                       \
    check_row(__LINE__, heap, generation,                                      \
              sizeof (rc_object *[]) { __VA_ARGS__ } / sizeof(rc_object *),    \
              (rc_object *[]) { __VA_ARGS__ })
#define CHECK_EMPTY(heap, generation) check_row(__LINE__, heap, generation, 0, NULL)

static size_t collect(rc_heap *heap, int generation)
{
    size_t found;
    CHECK(rc_gc_collect(heap, generation, &found));
    CHECK_HEAP(heap);
    return found;
}

static void new_objects_come_to_the_tail_of_generation_0(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *a = a_list(heap, 0), *b = keep(heap, rc_set_new(heap, NULL, 0)), *c = a_list(heap, 0);

    CHECK_ROW(heap, 0, a, b, c);
    CHECK_ROW(heap, -1, a, b, c);
    drop(heap, b);
    CHECK_ROW(heap, 0, a, c);
    CHECK_EQUAL(rc_gc_size(heap, 0), 2);
    CHECK_EQUAL(rc_gc_generation(heap, a), 0);
    CHECK_EQUAL(rc_gc_generation(heap, rc_none(heap)), RC_NO_GENERATION);
    CHECK_EQUAL(rc_gc_generation(heap, keep(heap, rc_dict_new(heap))), RC_NO_GENERATION);
    close_heap(heap);
}

static void survivors_join_the_tail_of_the_next_generation(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *a = a_list(heap, 0), *b = a_list(heap, 0);

    collect(heap, 0);
    CHECK_ROW(heap, 1, a, b);
    rc_object *c = a_list(heap, 0);
    collect(heap, 0);
    CHECK_ROW(heap, 1, a, b, c);
    rc_object *d = a_list(heap, 0);
    collect(heap, 1);                   /* the younger are appended to the elder */
    CHECK_ROW(heap, 2, a, b, c, d);
    rc_object *e = a_list(heap, 0);
    collect(heap, 0);
    rc_object *f = a_list(heap, 0);
    CHECK_ROW(heap, 0, f);
    CHECK_ROW(heap, 1, e);
    CHECK_ROW(heap, -1, f, e, a, b, c, d);
    collect(heap, 2);                   /* generation 0 is appended before 1 */
    CHECK_ROW(heap, 2, a, b, c, d, f, e);
    CHECK_EMPTY(heap, 0);
    CHECK_EMPTY(heap, 1);
    close_heap(heap);
}

static void what_is_reached_late_moves_to_the_tail(void)
{
    static const char *const profile[] = { ALL_PROFILES };

    for (int i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profile[i]);
        rc_object *one = a_list(heap, 0), *two = a_list(heap, 0), *three = a_list(heap, 0);
        rc_object *outer = a_list(heap, 3, one, two, three);
        drop(heap, one);
        drop(heap, two);
        drop(heap, three);
        CHECK_ROW(heap, 0, one, two, three, outer);
        CHECK_EQUAL(collect(heap, 0), 0);
        CHECK_ROW(heap, 1, outer, three, two, one);
        close_heap(heap);
    }
}

static void freezing_takes_the_generations_from_the_youngest(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *old = a_list(heap, 0);
    collect(heap, 1);
    rc_object *middle = a_list(heap, 0);
    collect(heap, 0);
    rc_object *young = a_list(heap, 0);

    CHECK_EQUAL(rc_gc_count(heap, 0), 1);
    rc_gc_freeze(heap);
    CHECK_HEAP(heap);
    CHECK_ROW(heap, RC_PERMANENT, young, middle, old);
    CHECK_EMPTY(heap, -1);
    CHECK_EQUAL(rc_gc_freeze_count(heap), 3);
    CHECK_EQUAL(rc_gc_generation(heap, old), RC_PERMANENT);
    for (int i = 0; i < RC_GENERATIONS; i++)
        CHECK_EQUAL(rc_gc_count(heap, i), 0);
    rc_object *new = a_list(heap, 0);
    collect(heap, 2);
    CHECK_ROW(heap, 2, new);
    rc_gc_unfreeze(heap);               /* to the tail of the oldest */
    CHECK_HEAP(heap);
    CHECK_ROW(heap, 2, new, young, middle, old);
    CHECK_EQUAL(rc_gc_freeze_count(heap), 0);
    close_heap(heap);
}

static void unfreezing_leaves_the_counters_alone(void)
{
    rc_heap *heap = open_heap("3.8");

    a_list(heap, 0);
    rc_gc_freeze(heap);
    a_list(heap, 0);
    a_list(heap, 0);
    rc_gc_unfreeze(heap);
    CHECK_EQUAL(rc_gc_count(heap, 0), 2);
    CHECK_EQUAL(rc_gc_long_lived_total(heap), 0);
    CHECK_EQUAL(rc_gc_long_lived_pending(heap), 0);
    close_heap(heap);
}

static void the_frozen_are_never_collected(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *cycle = rc_list_display(heap, NULL, 0);

    CHECK(cycle && rc_list_append(heap, cycle, cycle));
    rc_gc_freeze(heap);
    rc_decref(heap, cycle);
    CHECK_EQUAL(collect(heap, 2), 0);
    rc_gc_unfreeze(heap);
    CHECK_EQUAL(collect(heap, 2), 1);
    close_heap(heap);
}

/* ------------------------------------------------------------- tracked, untracked -- */

static void each_kind_is_tracked_or_not_when_made(void)
{
    static const char *const profile[] = { "3.7", "3.8", "3.13" };

    for (int i = 0; i < 3; i++) {
        rc_heap *heap = open_heap(profile[i]);
        rc_object *number = an_int(heap, 1000), *list = a_list(heap, 0);
        rc_object *tuple = a_tuple(heap, 1, number), *dict = keep(heap, rc_dict_new(heap));
        rc_object *other = keep(heap, rc_dict_new(heap));

        CHECK(!rc_gc_is_tracked(heap, number) && rc_gc_is_tracked(heap, list));
        CHECK(rc_gc_is_tracked(heap, tuple) && !rc_gc_is_tracked(heap, a_tuple(heap, 0)));
        CHECK(rc_gc_is_tracked(heap, keep(heap, rc_set_new(heap, NULL, 0))));
        CHECK(rc_gc_is_tracked(heap, keep(heap, rc_frozenset_new(heap, &number, 1))));
        CHECK(!rc_gc_is_tracked(heap, dict));
        CHECK(rc_dict_set(heap, dict, number, number) && !rc_gc_is_tracked(heap, dict));
        CHECK(rc_dict_set(heap, dict, number, tuple) && rc_gc_is_tracked(heap, dict));
        CHECK(rc_dict_set(heap, dict, number, number) && rc_gc_is_tracked(heap, dict));
        rc_dict_clear(heap, dict);
        CHECK(rc_gc_is_tracked(heap, dict));    /* once tracked, until a full collection */
        rc_object *outer = keep(heap, rc_dict_new(heap));
        CHECK(rc_dict_set(heap, outer, number, other) && rc_gc_is_tracked(heap, outer));
        CHECK(!rc_gc_is_tracked(heap, other));
        close_heap(heap);
    }
}

static void only_a_full_collection_untracks_dicts(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *dict = keep(heap, rc_dict_new(heap)), *key = an_int(heap, 1000), *list = a_list(heap, 0);

    CHECK(rc_dict_set(heap, dict, key, list) && rc_dict_set(heap, dict, key, key));
    collect(heap, 0);
    CHECK_EQUAL(rc_gc_generation(heap, dict), 1);
    collect(heap, 1);
    CHECK_EQUAL(rc_gc_generation(heap, dict), 2);
    collect(heap, 2);
    CHECK(!rc_gc_is_tracked(heap, dict));
    close_heap(heap);
}

static int tracked_levels(const rc_heap *heap, rc_object *tuple)
{
    int levels = 0;
    for (; rc_is(tuple, &rc_tuple_type); tuple = ((rc_tuple *)tuple)->items[0])
        levels += rc_gc_is_tracked(heap, tuple);
    return levels;
}

static void nested_tuples_lose_their_tracking_from_within(void)
{
    static const char *const profile[] = { "3.7", "3.8", "3.13" };
    static const int left[] = { 3, 2, 1, 0 };

    for (int i = 0; i < 3; i++) {
        rc_heap *heap = open_heap(profile[i]);
        rc_object *nest = rc_int_new(heap, 1000);
        for (int level = 0; level < 5; level++) {
            rc_object *outer = rc_tuple_new(heap, &nest, 1);
            CHECK(outer);
            rc_decref(heap, nest);
            nest = outer;
        }
        keep(heap, nest);
        CHECK_EQUAL(tracked_levels(heap, nest), 5);
        for (int pair = 0; pair < 4; pair++) {
            collect(heap, 0);
            collect(heap, 2);
            CHECK_EQUAL(tracked_levels(heap, nest), left[pair]);
        }
        close_heap(heap);
    }
}

/* ------------------------------------------------------------------------- links -- */

static void lists_of_slots_move_and_merge_in_order(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *object[6];

    for (int i = 0; i < 6; i++)
        object[i] = a_list(heap, 0);
    list_move(heap, object[0], UNREACHABLE);
    list_move(heap, object[3], UNREACHABLE);
    CHECK_ROW(heap, 0, object[1], object[2], object[4], object[5]);
    CHECK(list_first(heap, UNREACHABLE) == object[0]);
    CHECK(list_next(heap, object[0], UNREACHABLE) == object[3]);
    CHECK(!list_next(heap, object[3], UNREACHABLE));
    CHECK(!lists_check(heap));
    list_merge(heap, UNREACHABLE, YOUNGEST);
    CHECK_ROW(heap, 0, object[1], object[2], object[4], object[5], object[0], object[3]);
    list_merge(heap, UNREACHABLE, YOUNGEST);    /* an empty one changes nothing */
    list_merge(heap, YOUNGEST, PERMANENT);
    CHECK_EMPTY(heap, 0);
    CHECK_EQUAL(list_size(heap, PERMANENT), 6);
    CHECK(!list_first(heap, YOUNGEST));
    list_remove(heap, object[1]);
    CHECK(!gc_tracked(heap, object[1]));
    list_append(heap, object[1], YOUNGEST);
    CHECK_ROW(heap, 0, object[1]);
    CHECK(!lists_check(heap));
    close_heap(heap);
}

/* The object made last is in no list yet until somebody asks, and nothing else asks before the
 * question here, as keep() and CHECK_HEAP would: what is made is an operand. */

static rc_object *make(rc_heap *heap, rc_object *object)
{
    CHECK(object && rc_operand_push(heap, object));
    return object;
}

static rc_object *make_list(rc_heap *heap)
{
    return make(heap, rc_list_display(heap, NULL, 0));
}

static void close_with_operands(rc_heap *heap)
{
    CHECK_HEAP(heap);
    rc_operand_release(heap, 0);
    close_heap(heap);
}

static void the_newest_is_in_generation_0_for_whoever_asks(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list[4];

    list[0] = make_list(heap);
    CHECK_EQUAL(rc_gc_size(heap, 0), 1);
    list[1] = make_list(heap);
    CHECK_EQUAL(rc_gc_generation(heap, list[1]), 0);
    list[2] = make_list(heap);
    CHECK(rc_gc_is_tracked(heap, list[2]));
    list[3] = make_list(heap);
    CHECK_ROW(heap, 0, list[0], list[1], list[2], list[3]);
    make_list(heap);
    CHECK_EQUAL(rc_live(heap, &rc_list_type), 5);
    rc_decref(heap, rc_list_display(heap, NULL, 0));
    CHECK_EQUAL(rc_live(heap, &rc_list_type), 5);
    CHECK(!rc_gc_is_tracked(heap, make(heap, rc_dict_new(heap))));
    close_with_operands(heap);
}

static void the_newest_is_linked_before_another_is_tracked_or_moved(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *dict = make(heap, rc_dict_new(heap)), *list = make_list(heap);

    gc_track(heap, dict);               /* which is not the newest any more */
    CHECK_ROW(heap, 0, list, dict);
    gc_untrack(heap, dict);
    rc_object *next = make_list(heap);
    CHECK(rc_dict_set(heap, dict, rc_none(heap), next));
    CHECK_ROW(heap, 0, list, next, dict);
    rc_object *last = make_list(heap);
    gc_untrack(heap, last);
    CHECK_ROW(heap, 0, list, next, dict);
    gc_track(heap, last);

    rc_object *frozen = make_list(heap);
    rc_gc_freeze(heap);
    CHECK_EQUAL(rc_gc_generation(heap, frozen), RC_PERMANENT);
    CHECK_ROW(heap, RC_PERMANENT, list, next, dict, last, frozen);
    close_with_operands(heap);
}

static void the_newest_is_collected(void)
{
    for (int generation = 0; generation < RC_GENERATIONS; generation++) {
        rc_heap *heap = open_heap("3.8");
        rc_object *list = rc_list_display(heap, NULL, 0);
        size_t found;

        CHECK(list && rc_list_append(heap, list, list));
        rc_decref(heap, list);
        CHECK(rc_gc_collect(heap, generation, &found));
        CHECK_EQUAL(found, 1);
        CHECK_EQUAL(rc_live(heap, &rc_list_type), 0);
        close_heap(heap);
    }
}

struct making {
    rc_heap *heap;
    rc_object *made;
    int shown;
};

static bool make_once(void *context, rc_object *object)
{
    struct making *making = context;

    (void)object;
    making->shown++;
    if (!making->made)
        making->made = make_list(making->heap);
    return true;
}

static void what_is_made_during_a_walk_is_met_at_its_end(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *only = make_list(heap);
    struct making making = { .heap = heap };

    rc_gc_each(heap, 0, make_once, &making);
    CHECK_EQUAL(making.shown, 2);
    CHECK_ROW(heap, 0, only, making.made);
    close_with_operands(heap);
}

static void look_at_generation_0(void *context, rc_heap *heap, rc_object *self)
{
    *(int *)context = (int)rc_gc_size(heap, 0);
    CHECK_EQUAL(rc_gc_generation(heap, self), 0);
    CHECK_HEAP(heap);
}

static void the_newest_is_tracked_while_it_is_finalized(void)
{
    rc_heap *heap = open_heap("3.8");
    int size = -1;
    rc_class *class = rc_class_new(heap, "Node", look_at_generation_0, &size);

    CHECK(class);
    rc_object *list = make_list(heap), *instance = rc_instance_new(heap, class);
    rc_decref(heap, instance);
    CHECK_EQUAL(size, 2);
    CHECK_ROW(heap, 0, list);
    CHECK_EQUAL(rc_live(heap, &rc_instance_type), 0);
    close_with_operands(heap);
}

static const test tests[] = {
    TEST(new_objects_come_to_the_tail_of_generation_0),
    TEST(survivors_join_the_tail_of_the_next_generation),
    TEST(what_is_reached_late_moves_to_the_tail),
    TEST(freezing_takes_the_generations_from_the_youngest),
    TEST(unfreezing_leaves_the_counters_alone),
    TEST(the_frozen_are_never_collected),
    TEST(each_kind_is_tracked_or_not_when_made),
    TEST(only_a_full_collection_untracks_dicts),
    TEST(nested_tuples_lose_their_tracking_from_within),
    TEST(lists_of_slots_move_and_merge_in_order),
    TEST(the_newest_is_in_generation_0_for_whoever_asks),
    TEST(the_newest_is_linked_before_another_is_tracked_or_moved),
    TEST(the_newest_is_collected),
    TEST(what_is_made_during_a_walk_is_met_at_its_end),
    TEST(the_newest_is_tracked_while_it_is_finalized),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
