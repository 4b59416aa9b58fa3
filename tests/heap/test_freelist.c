/* Free lists: memory of dead objects kept for the next of the same type. */
#include "check.h"
#include "../../src/heap/object.h"

typedef rc_object *maker(rc_heap *heap);

static rc_object *new_list(rc_heap *heap)
{
    return rc_list_display(heap, NULL, 0);
}

static rc_object *new_float(rc_heap *heap)
{
    return rc_float_new(heap, 2.5);
}

static rc_object *new_tuple(rc_heap *heap, size_t length)
{
    rc_object *items[21];

    for (size_t i = 0; i < length; i++)
        items[i] = rc_none(heap);
    return rc_tuple_new(heap, items, length);
}

static rc_object *new_pair(rc_heap *heap)
{
    return new_tuple(heap, 2);
}

static const struct kind {
    maker *make;
    const rc_type *type;
    size_t length, capacity;
} kinds[] = {
    { new_list, &rc_list_type, 0, 80 },
    { rc_dict_new, &rc_dict_type, 0, 80 },
    { new_float, &rc_float_type, 0, 100 },
    { new_pair, &rc_tuple_type, 2, 2000 },
};

#define EACH_KIND(kind) const struct kind *kind = kinds; kind < kinds + 4; kind++

static rc_object *made[2100];

static void make(rc_heap *heap, maker *new, size_t count)
{
    for (size_t i = 0; i < count; i++)
        CHECK(made[i] = new(heap));
}

static void release(rc_heap *heap, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rc_decref(heap, made[i]);
}

static rc_heap *open_quiet(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_gc_disable(heap);
    return heap;
}

static void the_last_object_released_is_the_first_served(void)
{
    for (EACH_KIND(kind)) {
        rc_heap *heap = open_quiet();
        uintptr_t id[50];
        make(heap, kind->make, 50);
        for (int i = 0; i < 50; i++)
            id[i] = rc_id(made[i]);
        release(heap, 50);
        CHECK_HEAP(heap);
        for (size_t i = 0; i < 50; i++)
            CHECK_EQUAL((uintptr_t)rc_free_list_entry(heap, kind->type, kind->length, i),
                        id[49 - i]);
        CHECK(!rc_free_list_entry(heap, kind->type, kind->length, 50));
        make(heap, kind->make, 50);
        for (int i = 0; i < 50; i++) {
            CHECK_EQUAL(rc_id(made[i]), id[49 - i]);
            CHECK_EQUAL(rc_object_origin(heap, made[i]), RC_ORIGIN_FREE_LIST);
        }
        release(heap, 50);
        close_heap(heap);
    }
}

static void a_free_list_keeps_as_many_as_its_capacity(void)
{
    for (EACH_KIND(kind)) {
        rc_heap *heap = open_quiet();
        size_t more = kind->capacity + 10;
        make(heap, kind->make, more);
        rc_free_list_stats empty = rc_free_list(heap, kind->type, kind->length);
        CHECK_EQUAL(empty.size, 0);
        CHECK_EQUAL(empty.capacity, kind->capacity);
        CHECK_EQUAL(empty.hits, 0);
        CHECK_EQUAL(empty.misses, more);
        uint64_t returned = rc_heap_memory(heap).releases;
        release(heap, more);
        CHECK_EQUAL(rc_heap_memory(heap).releases - returned, 10);
        CHECK_EQUAL(rc_free_list(heap, kind->type, kind->length).size, kind->capacity);
        make(heap, kind->make, more);
        CHECK_EQUAL(rc_free_list(heap, kind->type, kind->length).hits, kind->capacity);
        release(heap, more);
        close_heap(heap);
    }
}

static void serving_and_keeping_leave_the_counter_alone(void)
{
    for (EACH_KIND(kind)) {
        rc_heap *heap = open_quiet();
        bool container = rc_type_is_container(kind->type);
        make(heap, kind->make, 60);
        CHECK_EQUAL(rc_gc_count(heap, 0), container ? 60 : 0);
        release(heap, 60);
        CHECK_EQUAL(rc_gc_count(heap, 0), container ? 60 : 0);
        make(heap, kind->make, 60);
        CHECK_EQUAL(rc_gc_count(heap, 0), container ? 60 : 0);
        release(heap, 60);
        close_heap(heap);
    }
}

static void the_first_real_release_lowers_the_counter(void)
{
    rc_heap *heap = open_quiet();

    make(heap, new_list, 83);
    release(heap, 80);
    CHECK_EQUAL(rc_gc_count(heap, 0), 83);
    for (int i = 80; i < 83; i++) {
        rc_decref(heap, made[i]);
        CHECK_EQUAL(rc_gc_count(heap, 0), 82 - (i - 80));
    }
    close_heap(heap);
}

static void only_a_full_collection_empties_them(void)
{
    rc_heap *heap = open_quiet();
    size_t found;

    for (EACH_KIND(kind)) {
        make(heap, kind->make, 5);
        release(heap, 5);
    }
    CHECK(rc_gc_collect(heap, 0, &found) && rc_gc_collect(heap, 1, &found));
    for (EACH_KIND(kind))
        CHECK_EQUAL(rc_free_list(heap, kind->type, kind->length).size, 5);
    CHECK(rc_gc_collect(heap, 2, &found));
    for (EACH_KIND(kind))
        CHECK_EQUAL(rc_free_list(heap, kind->type, kind->length).size, 0);
    CHECK_EQUAL(rc_gc_count(heap, 0), 0);
    close_heap(heap);
}

static void calling_the_type_never_takes_from_them(void)
{
    rc_heap *heap = open_quiet();
    rc_object *list = new_list(heap), *dict = rc_dict_new(heap);

    CHECK(list && dict);
    rc_decref(heap, list);
    rc_decref(heap, dict);
    CHECK(list = rc_list_call(heap, NULL));
    CHECK(dict = rc_dict_call(heap, NULL));
    CHECK_EQUAL(rc_free_list(heap, &rc_list_type, 0).size, 1);
    CHECK_EQUAL(rc_free_list(heap, &rc_dict_type, 0).size, 1);
    CHECK(rc_object_origin(heap, list) != RC_ORIGIN_FREE_LIST);
    rc_decref(heap, list);              /* but dead it goes on one like any other */
    rc_decref(heap, dict);
    CHECK_EQUAL(rc_free_list(heap, &rc_list_type, 0).size, 2);
    CHECK_EQUAL(rc_free_list(heap, &rc_dict_type, 0).size, 2);
    close_heap(heap);
}

static void tuple_lengths_do_not_mix(void)
{
    static const struct { const char *profile; size_t longest; } releases[] = {
        { "3.7", 19 }, { "3.8", 19 }, { "3.13", 20 }
    };

    for (int i = 0; i < 3; i++) {
        rc_heap *heap = open_heap(releases[i].profile);
        for (size_t length = 1; length <= 20; length++) {
            rc_object *tuple = new_tuple(heap, length);
            CHECK(tuple);
            rc_decref(heap, tuple);
            size_t kept = length <= releases[i].longest;
            CHECK_EQUAL(rc_free_list(heap, &rc_tuple_type, length).size, kept);
            CHECK_EQUAL(rc_free_list(heap, &rc_tuple_type, length).hits, 0);
        }
        CHECK_EQUAL(rc_free_list(heap, &rc_tuple_type, 0).capacity, 0);
        CHECK_EQUAL(rc_free_list(heap, &rc_tuple_type, 21).capacity, 0);
        CHECK_EQUAL(rc_free_list(heap, &rc_set_type, 0).capacity, 0);
        close_heap(heap);
    }
}

static void a_parent_ends_above_its_children(void)
{
    rc_heap *heap = open_quiet();
    rc_object *inner = new_list(heap), *outer = rc_list_display(heap, &inner, 1);

    CHECK(outer);
    rc_decref(heap, inner);
    rc_decref(heap, outer);
    CHECK(rc_free_list_entry(heap, &rc_list_type, 0, 0) == outer);
    CHECK(rc_free_list_entry(heap, &rc_list_type, 0, 1) == inner);
    close_heap(heap);
}

static void what_is_on_one_is_not_on_the_refchain(void)
{
    rc_heap *heap = open_quiet();
    rc_object *real = new_float(heap);

    CHECK(rc_newest(heap) == real);
    rc_decref(heap, real);
    CHECK(rc_newest(heap) != real);
    rc_object *again = new_float(heap);
    CHECK(again == real && rc_newest(heap) == real);
    rc_decref(heap, again);
    close_heap(heap);
}

#define ENTRIES 12

static void check_against(const freelist *list, rc_object *const *stack, size_t size)
{
    const rc_object *entry = freelist_first(list);

    CHECK_EQUAL(freelist_size(list), size);
    for (; size > 0; entry = freelist_next(list, entry))
        CHECK(entry == stack[--size]);
    CHECK(!entry);
}

/* On a machine of 32 bits, half of them. */
static void an_address_may_have_any_highest_bit(void)
{
    freelist list = { 0 };

    freelist_open(&list, 1);
    CHECK(!freelist_has_last(&list));
    list.last = (rc_object *)(UINTPTR_MAX - 63);
    CHECK(freelist_has_last(&list));
    CHECK_EQUAL(freelist_size(&list), 1);
}

static void it_agrees_with_a_simple_stack(void)
{
    static const size_t capacities[] = { 0, 1, 2, 5, SIZE_MAX };

    for (size_t i = 0; i < sizeof capacities / sizeof *capacities; i++) {
        freelist list = { 0 };
        rc_object objects[ENTRIES], *out[ENTRIES], *stack[ENTRIES];
        size_t size = 0, outside = 0, hits = 0, misses = 0;
        uint64_t random = RANDOM_START;

        freelist_open(&list, capacities[i]);
        CHECK_EQUAL(freelist_capacity(&list), capacities[i]);
        for (; outside < ENTRIES; outside++)
            out[outside] = &objects[outside];
        for (int step = 0; step < 20000; step++) {
            unsigned what = next_random(&random) >> 30 & 7;
            rc_object *expected = size > 0 ? stack[size - 1] : NULL;
            if (what < 4 && outside == 0)
                continue;
            if (what < 4) {
                bool room = size < capacities[i];
                CHECK_EQUAL(freelist_has_room(&list), room);
                CHECK_EQUAL(freelist_put(&list, out[outside - 1], sizeof(rc_object)), room);
                if (room)
                    stack[size++] = out[--outside];
            } else if (what < 7) {
                CHECK(freelist_take(&list, sizeof(rc_object)) == expected);
                hits += expected != NULL;
                misses += !expected;
            } else {
                CHECK(freelist_drop(&list) == expected);
                if (expected)
                    unpoison(AFTER_LINK(expected), sizeof(rc_object) - sizeof expected->next);
            }
            if (what >= 4 && expected)
                out[outside++] = stack[--size];
            check_against(&list, stack, size);
        }
        CHECK_EQUAL(list.hits, hits);
        CHECK_EQUAL(list.misses, misses);
        while (freelist_drop(&list))
            ;
        unpoison(objects, sizeof objects);
    }
}

static const test tests[] = {
    TEST(the_last_object_released_is_the_first_served),
    TEST(a_free_list_keeps_as_many_as_its_capacity),
    TEST(serving_and_keeping_leave_the_counter_alone),
    TEST(the_first_real_release_lowers_the_counter),
    TEST(only_a_full_collection_empties_them),
    TEST(calling_the_type_never_takes_from_them),
    TEST(tuple_lengths_do_not_mix),
    TEST(a_parent_ends_above_its_children),
    TEST(what_is_on_one_is_not_on_the_refchain),
    TEST(an_address_may_have_any_highest_bit),
    TEST(it_agrees_with_a_simple_stack),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
