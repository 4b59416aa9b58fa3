/* References one by one. */
#include "check.h"

struct row {
    rc_reference reference[64];
    int count, most;
};

static bool note(void *context, const rc_reference *reference)
{
    struct row *row = context;

    row->reference[row->count++] = *reference;
    return row->count < row->most;
}

static struct row references(rc_heap *heap, rc_object *object)
{
    struct row row = { .most = 64 };

    rc_references(heap, object, note, &row);
    return row;
}

static bool is_like(const rc_reference *reference, rc_object *from, rc_object *to, rc_reason reason,
                    size_t position, const rc_object *key)
{
    return reference->from == from && reference->to == to && reference->reason == reason
           && reference->position == position && reference->key == key && !reference->class;
}

static void items_come_in_order_with_their_index(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *one = an_int(heap, 1001), *two = an_int(heap, 1002);
    rc_object *list = a_list(heap, 3, one, two, one), *tuple = a_tuple(heap, 1, two);

    struct row row = references(heap, list);
    CHECK_EQUAL(row.count, 3);
    CHECK(is_like(&row.reference[0], list, one, RC_FOR_ITEM, 0, NULL));
    CHECK(is_like(&row.reference[1], list, two, RC_FOR_ITEM, 1, NULL));
    CHECK(is_like(&row.reference[2], list, one, RC_FOR_ITEM, 2, NULL));
    row = references(heap, tuple);
    CHECK(row.count == 1 && is_like(&row.reference[0], tuple, two, RC_FOR_ITEM, 0, NULL));
    CHECK_EQUAL(references(heap, one).count, 0);
    CHECK_EQUAL(references(heap, rc_none(heap)).count, 0);
    close_heap(heap);
}

static void a_pair_is_a_key_and_a_value_with_its_key(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *dict = keep(heap, rc_dict_new(heap)), *set = keep(heap, rc_set_new(heap, NULL, 0));
    rc_object *key = a_str(heap, "key"), *one = an_int(heap, 1001);

    CHECK(rc_dict_set(heap, dict, key, one) && rc_set_add(heap, set, one));
    struct row row = references(heap, dict);    /* though the collector passes the key over */
    CHECK_EQUAL(row.count, 2);
    CHECK(is_like(&row.reference[0], dict, key, RC_FOR_KEY, 0, NULL));
    CHECK(is_like(&row.reference[1], dict, one, RC_FOR_VALUE, 0, key));
    row = references(heap, set);
    CHECK(row.count == 1 && is_like(&row.reference[0], set, one, RC_FOR_ELEMENT, 0, NULL));
    close_heap(heap);
}

static void an_instance_holds_a_dict_or_its_attributes(void)
{
    static const char *const profiles[] = { "3.8", "3.13" };

    for (size_t i = 0; i < 2; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        rc_class *class = rc_class_new(heap, "Node", NULL, NULL);
        rc_object *node = keep(heap, rc_instance_new(heap, class));
        rc_object *name = a_str(heap, "next"), *weakref = keep(heap, rc_weakref_new(heap, node, NULL));

        CHECK_EQUAL(references(heap, node).count, 0);
        CHECK(rc_instance_set(heap, node, name, node));
        struct row row = references(heap, node);
        CHECK_EQUAL(row.count, 1);
        rc_object *dict = rc_instance_dict(node);
        CHECK(dict ? is_like(&row.reference[0], node, dict, RC_FOR_ATTRIBUTES, 0, NULL)
                   : is_like(&row.reference[0], node, node, RC_FOR_ATTRIBUTE, 0, name));
        CHECK_EQUAL(dict != NULL, i == 0);
        CHECK_EQUAL(references(heap, weakref).count, 0);
        CHECK(rc_instance_delete(heap, node, name));
        close_heap(heap);
    }
}

static void a_visitor_may_stop(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *one = an_int(heap, 1001), *list = a_list(heap, 3, one, one, one);
    struct row row = { .most = 2 };

    rc_references(heap, list, note, &row);
    CHECK_EQUAL(row.count, 2);
    row = (struct row) { .most = 7 };
    rc_outside_references(heap, note, &row);
    CHECK_EQUAL(row.count, 7);
    close_heap(heap);
}

/* ------------------------------------------------------- all of them are the counts -- */

enum { MOST = 4096, KEPT = 48 };

typedef struct tally {
    rc_heap *heap;
    int64_t count[MOST];                /* by birth, from that of the oldest on */
    int64_t first;
} tally;

static bool tally_reference(void *context, const rc_reference *reference)
{
    tally *tally = context;
    int64_t at = rc_birth(tally->heap, reference->to) - tally->first;

    CHECK(at >= 0 && at < MOST);
    tally->count[at]++;
    return true;
}

/* That the references are the counts, when one more is kept of each of `kept`. */
static void check_tally(rc_heap *heap, rc_object *const *kept, size_t count)
{
    static tally tally;

    tally.heap = heap;
    tally.first = 0;
    for (rc_object *object = rc_newest(heap); object; object = rc_older(heap, object))
        tally.first = rc_birth(heap, object) < tally.first ? rc_birth(heap, object) : tally.first;
    for (size_t i = 0; i < MOST; i++)
        tally.count[i] = 0;
    rc_outside_references(heap, tally_reference, &tally);
    for (size_t i = 0; i < count; i++)
        tally_reference(&tally, &(rc_reference) { .to = kept[i] });
    for (rc_object *object = rc_newest(heap); object; object = rc_older(heap, object))
        rc_references(heap, object, tally_reference, &tally);
    for (rc_object *object = rc_newest(heap); object; object = rc_older(heap, object))
        if (!rc_is_immortal(object))
            CHECK_EQUAL(tally.count[rc_birth(heap, object) - tally.first], object->refcount);
}

static rc_object *new_container(rc_heap *heap, rc_class *class, uint64_t kind)
{
    switch (kind % 4) {
    case 0:
        return rc_list_display(heap, NULL, 0);
    case 1:
        return rc_dict_new(heap);
    case 2:
        return rc_instance_new(heap, class);
    default:
        return rc_int_new(heap, (int64_t)(kind % 600));
    }
}

static void store(rc_heap *heap, rc_object *holder, rc_object *x, uint64_t number)
{
    char name[] = { 'a', (char)('a' + number % 26), 0 };
    rc_object *key = rc_str_new(heap, name, 2);

    CHECK(key);
    if (rc_is(holder, &rc_list_type))
        CHECK(rc_list_append(heap, holder, x));
    else if (rc_is(holder, &rc_dict_type))
        CHECK(rc_dict_set(heap, holder, number % 3 == 0 ? rc_none(heap) : key, x));
    else if (rc_is(holder, &rc_instance_type))
        CHECK(rc_instance_set(heap, holder, key, x));
    rc_decref(heap, key);
}

static void together_they_are_the_counts(void)
{
    static const char *const profiles[] = { ALL_PROFILES };

    for (size_t i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        rc_class *class = rc_class_new(heap, "Node", NULL, NULL);
        rc_object *kept[KEPT];
        uint64_t random = RANDOM_START + i;

        CHECK(class);
        for (size_t k = 0; k < KEPT; k++)
            CHECK((kept[k] = keep(heap, new_container(heap, class, next_random(&random)))));
        for (size_t round = 0; round < 200; round++) {
            uint64_t number = next_random(&random) >> 8;
            store(heap, kept[number % KEPT], kept[number / KEPT % KEPT], number / KEPT / KEPT);
            if (round % 20 == 0)
                check_tally(heap, kept, KEPT);
        }
        close_heap(heap);
    }
}

static const test tests[] = {
    TEST(items_come_in_order_with_their_index),
    TEST(a_pair_is_a_key_and_a_value_with_its_key),
    TEST(an_instance_holds_a_dict_or_its_attributes),
    TEST(a_visitor_may_stop),
    TEST(together_they_are_the_counts),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
