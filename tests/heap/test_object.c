/* What every object has: its place on the refchain, its count, its birth, its fields. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "../../src/heap/object.h"

static void the_refchain_goes_from_the_newest_to_the_oldest(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *first = a_list(heap, 0), *second = an_int(heap, 1000), *third = a_tuple(heap, 1, first);

    CHECK(rc_newest(heap) == third);
    CHECK(rc_older(heap, third) == second);
    CHECK(rc_older(heap, second) == first);
    CHECK(rc_birth(heap, rc_older(heap, first)) <= 0);
    drop(heap, second);
    CHECK(rc_older(heap, third) == first);
    rc_object *oldest = first;
    while (rc_older(heap, oldest))
        oldest = rc_older(heap, oldest);
    CHECK(oldest == rc_none(heap));
    close_heap(heap);
}

static void births_are_numbered_from_1_after_what_startup_made(void)
{
    static const char *const profile[] = { ALL_PROFILES };

    for (int i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profile[i]);
        CHECK_EQUAL(rc_births(heap), 0);
        CHECK_EQUAL(rc_birth(heap, rc_newest(heap)), 0);
        CHECK_EQUAL(rc_birth(heap, a_list(heap, 0)), 1);
        drop(heap, an_int(heap, 100000));
        CHECK_EQUAL(rc_birth(heap, an_int(heap, 100000)), 3);
        an_int(heap, 7);                /* from the pool: nobody is born */
        CHECK_EQUAL(rc_births(heap), 3);
        close_heap(heap);
    }
}

static void the_number_after_the_last_of_29_bits_is_1(void)
{
    rc_heap *heap = open_heap("3.8");

    set_births(heap, LAST_BIRTH - 1);
    uint64_t births = rc_births(heap);
    CHECK_EQUAL(a_list(heap, 0)->birth, (1 << BIRTH_BITS) - 1);
    CHECK_EQUAL(a_list(heap, 0)->birth, 1);
    CHECK_EQUAL(a_list(heap, 0)->birth, 2);
    CHECK_EQUAL(rc_births(heap), births + 3);
    close_heap(heap);
}

static void a_state_is_a_count_an_origin_and_a_number(void)
{
    rc_object object = { .state = 77 * ONE_BIRTH + 5 };

    CHECK(object.refcount == 5 && object.fresh == 0 && !object.watched && object.birth == 77);
    object.state |= UINT64_C(3) << ORIGIN_SHIFT;
    CHECK(object.refcount == 5 && object.fresh == 3 && !object.watched && object.birth == 77);
    object.watched = 1;
    object.state += ONE_BIRTH;
    CHECK(object.refcount == 5 && object.fresh == 3 && object.watched && object.birth == 78);
}

static void the_living_are_counted_by_type(void)
{
    rc_heap *heap = open_heap("3.8");
    size_t all = rc_live(heap, NULL), lists = rc_live(heap, &rc_list_type);
    rc_object *list = a_list(heap, 0);

    a_list(heap, 1, list);
    an_int(heap, -6);
    CHECK_EQUAL(rc_live(heap, &rc_list_type), lists + 2);
    CHECK_EQUAL(rc_live(heap, NULL), all + 3);
    drop(heap, list);                   /* the other list holds it */
    CHECK_EQUAL(rc_live(heap, &rc_list_type), lists + 2);
    close_heap(heap);
}

static void the_last_reference_decides(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0);
    uint32_t watch = rc_watch(heap, list);

    CHECK_EQUAL(rc_refcount(heap, list), 1);
    rc_incref(heap, list);
    CHECK_EQUAL(rc_refcount(heap, keep(heap, list)), 2);
    rc_object *holder = a_tuple(heap, 3, list, list, list);
    CHECK_EQUAL(list->refcount, 5);
    drop(heap, list);
    drop(heap, list);
    CHECK(rc_watched(heap, watch));
    drop(heap, holder);
    CHECK(!rc_watched(heap, watch));
    close_heap(heap);
}

static void an_immortal_count_does_not_move(void)
{
    rc_heap *heap = open_heap("3.13");
    rc_object *none = rc_none(heap), *seven = an_int(heap, 7), *thousand = an_int(heap, 1000);

    for (int i = 0; i < 1000; i++) {
        rc_incref(heap, none);
        rc_incref(heap, seven);
    }
    CHECK_EQUAL(rc_refcount(heap, none), 4294967295);
    CHECK_EQUAL(rc_refcount(heap, seven), 4294967295);
    CHECK_EQUAL(rc_refcount(heap, thousand), 1);
    CHECK(rc_is_immortal(none) && rc_is_immortal(seven) && !rc_is_immortal(thousand));
    for (int i = 0; i < 1000; i++) {
        rc_decref(heap, none);
        rc_decref(heap, seven);
    }
    close_heap(heap);
}

static void the_pool_of_3_8_counts_as_any_object_does(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *number = an_int(heap, 251);

    CHECK(!rc_is_immortal(rc_none(heap)));
    CHECK_EQUAL(rc_refcount(heap, number), 2);
    drop(heap, number);
    CHECK_EQUAL(rc_refcount(heap, number), 1);
    CHECK_EQUAL(rc_object_origin(heap, number), RC_ORIGIN_POOL);
    close_heap(heap);
}

static void what_is_static_in_3_11_counts_from_a_base_but_counts(void)
{
    rc_heap *heap = open_heap("3.11");
    rc_object *shown[] = { an_int(heap, 18), a_str(heap, ""), a_str(heap, "q"), a_tuple(heap, 0) };

    for (int i = 0; i < 4; i++) {
        CHECK_EQUAL(rc_refcount(heap, shown[i]), 1000000001);
        rc_incref(heap, shown[i]);
        CHECK_EQUAL(rc_refcount(heap, shown[i]), 1000000002);
        rc_decref(heap, shown[i]);
        CHECK(!rc_is_immortal(shown[i]));
    }
    CHECK_EQUAL(rc_refcount(heap, rc_none(heap)), 1);
    CHECK_EQUAL(rc_refcount(heap, an_int(heap, 257)), 1);
    CHECK_EQUAL(rc_refcount(heap, a_str(heap, "qq")), 1);
    close_heap(heap);
}

static void an_object_knows_where_its_memory_came_from(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *set = keep(heap, rc_set_new(heap, NULL, 0)), *list = a_list(heap, 0);

    CHECK_EQUAL(rc_object_origin(heap, set), RC_ORIGIN_FRESH);
    drop(heap, set);
    CHECK_EQUAL(rc_object_origin(heap, keep(heap, rc_set_new(heap, NULL, 0))), RC_ORIGIN_REUSED);
    drop(heap, list);
    CHECK_EQUAL(rc_object_origin(heap, a_list(heap, 0)), RC_ORIGIN_FREE_LIST);
    CHECK_EQUAL(rc_object_origin(heap, an_int(heap, 256)), RC_ORIGIN_POOL);
    CHECK_EQUAL(rc_object_origin(heap, a_str(heap, "a")), RC_ORIGIN_CHARACTER);
    CHECK_EQUAL(rc_object_origin(heap, keep(heap, rc_str_intern_text(heap, "name", 4))),
                RC_ORIGIN_INTERNED);
    CHECK_EQUAL(rc_object_origin(heap, a_tuple(heap, 0)), RC_ORIGIN_SINGLETON);
    CHECK_EQUAL(rc_object_origin(heap, a_str(heap, "")), RC_ORIGIN_SINGLETON);
    CHECK_EQUAL(rc_object_origin(heap, rc_none(heap)), RC_ORIGIN_SINGLETON);
    close_heap(heap);
}

static void origins_types_and_reasons_have_names_of_their_own(void)
{
    for (int i = 0; i <= RC_ORIGIN_SINGLETON; i++)
        for (int other = 0; other < i; other++)
            CHECK(strcmp(rc_origin_name((rc_origin)i), rc_origin_name((rc_origin)other)) != 0);
    for (int i = 0; i < RC_TYPES; i++) {
        const rc_type *type = rc_type_at((rc_type_index)i);
        CHECK_EQUAL(rc_type_number(type), i);
        for (int other = 0; other < i; other++)
            CHECK(strcmp(rc_type_name(type), rc_type_name(rc_type_at((rc_type_index)other))) != 0);
    }
    for (int i = 0; i < RC_REASONS; i++)
        for (int other = 0; other < i; other++)
            CHECK(strcmp(rc_reason_name((rc_reason)i), rc_reason_name((rc_reason)other)) != 0);
    for (int i = 0; i < RC_EVENT_KINDS; i++)
        for (int other = 0; other < i; other++)
            CHECK(strcmp(rc_event_name((rc_event_kind)i), rc_event_name((rc_event_kind)other)) != 0);
    CHECK_TEXT(rc_type_name(&rc_none_type), "NoneType");
    CHECK_TEXT(rc_origin_name(RC_ORIGIN_POOL), "small-int pool");
}

static void containers_are_what_the_collector_knows(void)
{
    static const bool container[RC_TYPES] = {
        [RC_LIST] = true, [RC_TUPLE] = true, [RC_DICT] = true, [RC_SET] = true,
        [RC_FROZENSET] = true, [RC_INSTANCE] = true, [RC_WEAKREF] = true,
    };

    for (int i = 0; i < RC_TYPES; i++)
        CHECK_EQUAL(rc_type_is_container(rc_type_at((rc_type_index)i)), container[i]);
}

/* ------------------------------------------------------------------------ fields -- */

struct shown {
    rc_field field[16];
    int count, most;
};

static bool note_field(void *context, const rc_field *field)
{
    struct shown *shown = context;
    shown->field[shown->count++] = *field;
    return shown->count < shown->most;
}

static struct shown fields_of(rc_heap *heap, rc_object *object, int most)
{
    struct shown shown = { .most = most };
    rc_layout(heap, object, note_field, &shown);
    return shown;
}

static void a_layout_shows_the_head_and_then_the_body(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *number = an_int(heap, -70000);
    rc_object *tuple = a_tuple(heap, 2, number, rc_none(heap));
    struct shown shown = fields_of(heap, tuple, 16);
    static const char *const names[] = { "next", "prev", "refcount", "type", "size", "item", "item" };

    CHECK_EQUAL(shown.count, 7);
    for (int i = 0; i < 7; i++) {
        CHECK_TEXT(shown.field[i].name, names[i]);
        CHECK(i == 0 || shown.field[i].offset
                            >= shown.field[i - 1].offset + shown.field[i - 1].size);
    }
    CHECK(shown.field[0].value.pointer == rc_id(number));
    CHECK_EQUAL(shown.field[2].value.integer, 1);
    CHECK(shown.field[3].value.type == &rc_tuple_type);
    CHECK_EQUAL(shown.field[4].value.integer, 2);
    CHECK(shown.field[5].value.object == number && shown.field[6].value.object == rc_none(heap));
    CHECK_EQUAL(fields_of(heap, tuple, 2).count, 2);

    shown = fields_of(heap, number, 16);
    CHECK_TEXT(shown.field[4].name, "value");
    CHECK_EQUAL(shown.field[4].value.integer, -70000);
    close_heap(heap);
}

/* The object made last is not yet on the refchain, and nothing else links it here before the
 * question: keep() would walk it. */
static bool note_newest(void *context, rc_object *object)
{
    *(rc_object **)context = object;
    return true;
}

static void the_newest_is_on_the_refchain_for_whoever_asks(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *first = a_str(heap, "not yet known"), *shown = NULL;

    rc_object *second = rc_float_new(heap, 0.5), *third = rc_float_new(heap, 1.5);
    CHECK(rc_older(heap, third) == second);
    rc_decref(heap, third);
    CHECK(rc_older(heap, second) == first);

    third = rc_float_new(heap, 2.5);
    CHECK(fields_of(heap, third, 16).field[0].value.pointer == rc_id(second));
    rc_decref(heap, third);
    third = rc_float_new(heap, 2.5);
    CHECK(fields_of(heap, second, 16).field[1].value.pointer == rc_id(third));
    rc_decref(heap, third);

    third = rc_str_intern_text(heap, "to be interned", 14);
    rc_cache_each(heap, RC_INTERNED, note_newest, &shown);
    CHECK(shown == third);
    rc_decref(heap, third);
    rc_decref(heap, second);
    CHECK(rc_newest(heap) == first);
    close_heap(heap);
}

static void every_layout_stays_within_its_object(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *text = a_str(heap, "some text"), *set = keep(heap, rc_set_new(heap, &text, 1));
    rc_object *object[] = {
        rc_none(heap), rc_bool(heap, true), an_int(heap, 1000), a_float(heap, 0.5), text,
        a_list(heap, 1, text), a_tuple(heap, 1, text), keep(heap, rc_dict_new(heap)), set,
        keep(heap, rc_frozenset_new(heap, &text, 1)),
        keep(heap, rc_instance_new(heap, rc_class_new(heap, "A", NULL, NULL))),
        keep(heap, rc_weakref_new(heap, set, NULL)),
    };

    for (int i = 0; i < RC_TYPES; i++) {
        struct shown shown = fields_of(heap, object[i], 16);
        CHECK(rc_is(object[i], rc_type_at((rc_type_index)i)));
        CHECK(shown.count >= 4);
        for (int field = 1; field < shown.count; field++)
            CHECK(shown.field[field].offset
                  >= shown.field[field - 1].offset + shown.field[field - 1].size);
    }
    CHECK_TEXT(rc_typename(object[RC_INSTANCE]), "A");
    CHECK_TEXT(rc_typename(object[RC_LIST]), "list");
    close_heap(heap);
}

static void the_head_is_that_of_a_trace_refs_build(void)
{
    CHECK(sizeof(void *) != 8 || sizeof(rc_object) == 32);
    CHECK(sizeof(void *) != 8 || offsetof(rc_object, refcount) == 16);
    CHECK(sizeof(void *) != 8 || offsetof(rc_object, type) == 24);
    CHECK(sizeof(void *) != 8 || sizeof(rc_list) <= 64);
}

static const test tests[] = {
    TEST(the_refchain_goes_from_the_newest_to_the_oldest),
    TEST(births_are_numbered_from_1_after_what_startup_made),
    TEST(the_number_after_the_last_of_29_bits_is_1),
    TEST(a_state_is_a_count_an_origin_and_a_number),
    TEST(the_living_are_counted_by_type),
    TEST(the_last_reference_decides),
    TEST(an_immortal_count_does_not_move),
    TEST(the_pool_of_3_8_counts_as_any_object_does),
    TEST(what_is_static_in_3_11_counts_from_a_base_but_counts),
    TEST(an_object_knows_where_its_memory_came_from),
    TEST(origins_types_and_reasons_have_names_of_their_own),
    TEST(containers_are_what_the_collector_knows),
    TEST(a_layout_shows_the_head_and_then_the_body),
    TEST(the_newest_is_on_the_refchain_for_whoever_asks),
    TEST(every_layout_stays_within_its_object),
    TEST(the_head_is_that_of_a_trace_refs_build),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
