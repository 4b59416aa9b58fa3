/* Profiles: their table of fields, and making one's own. */
#include <string.h>

#include "check.h"

#define EACH_PROFILE(profile)                                                  \
    size_t at_ = 0; (profile = rc_profile_at(at_)) != NULL; at_++

static const rc_profile_field *field(const char *name)
{
    const rc_profile_field *found = rc_profile_find_field(name);
    CHECK(found);
    return found;
}

static void every_profile_can_be_found_by_its_name(void)
{
    const rc_profile *profile;
    size_t count = 0;

    for (EACH_PROFILE(profile)) {
        CHECK(profile->name[0] != '\0' && profile->summary[0] != '\0');
        CHECK(rc_profile_find(profile->name) == profile);       /* so each name is its own */
        CHECK(profile->base == profile);
        count++;
    }
    CHECK(count >= 3);
    CHECK(!rc_profile_at(count));
    CHECK(!rc_profile_find("1.4") && !rc_profile_find(""));
    CHECK(rc_profile_default() == rc_profile_find("3.8"));
}

static void every_field_of_every_profile_has_value_and_source(void)
{
    const rc_profile *profile;
    size_t count;
    const rc_profile_field *fields = rc_profile_fields(&count);

    for (EACH_PROFILE(profile))
        for (const rc_profile_field *each = fields; each < fields + count; each++) {
            const char *source = rc_profile_source(profile, each);
            if (!source || source[0] == '\0')
                test_failed(__FILE__, __LINE__, "%s of %s has no source", each->name, profile->name);
            const int64_t *numbers = rc_profile_numbers(profile, each);
            const rc_strategy *strategy = rc_profile_strategy(profile, each);
            CHECK((numbers == NULL) == (each->kind == RC_PROFILE_STRATEGY));
            CHECK((strategy != NULL) == (each->kind == RC_PROFILE_STRATEGY));
            for (int i = 0; numbers && i < (each->kind == RC_PROFILE_NUMBERS ? 3 : 1); i++)
                if (numbers[i] < each->least || numbers[i] > each->greatest)
                    test_failed(__FILE__, __LINE__, "%s of %s is out of range", each->name,
                                profile->name);
            bool offered = !strategy;
            for (int i = 0; strategy && each->choices[i]; i++)
                offered = offered || each->choices[i] == strategy;
            CHECK(offered);
        }
}

static void the_fields_describe_the_whole_structure(void)
{
    size_t count, end = offsetof(rc_profile, thresholds);
    const rc_profile_field *fields = rc_profile_fields(&count);

    for (const rc_profile_field *each = fields; each < fields + count; each++) {
        CHECK_EQUAL(each->offset, end);         /* in order, nothing left out */
        CHECK(each->unit[0] != '\0' && each->help[0] != '\0');
        CHECK(rc_profile_find_field(each->name) == each);
        CHECK(each->kind != RC_PROFILE_YES_NO || (each->least == 0 && each->greatest == 1));
        end += each->kind == RC_PROFILE_NUMBERS    ? sizeof(rc_numbers)
               : each->kind == RC_PROFILE_STRATEGY ? sizeof(rc_strategy_entry)
                                                   : sizeof(rc_number);
    }
    CHECK_EQUAL(end, sizeof(rc_profile));
    CHECK(!rc_profile_find_field("no such field"));
}

static void strategies_have_names_of_their_own(void)
{
    size_t count;
    const rc_profile_field *fields = rc_profile_fields(&count);

    for (const rc_profile_field *each = fields; each < fields + count; each++)
        for (int i = 0; each->kind == RC_PROFILE_STRATEGY && each->choices[i]; i++) {
            CHECK(each->choices[i]->name[0] != '\0' && each->choices[i]->help[0] != '\0');
            for (int other = 0; other < i; other++)
                CHECK(strcmp(each->choices[i]->name, each->choices[other]->name) != 0);
        }
}

static void a_number_can_be_set_within_its_range(void)
{
    rc_profile own = *rc_profile_default();
    int64_t value = 7, three[] = { 5, 0, -1 };

    CHECK(!rc_profile_set_numbers(&own, field("float_free"), &value, 1));
    CHECK_EQUAL(own.float_free.value, 7);
    CHECK_TEXT(own.float_free.source, "yours");
    CHECK_TEXT(rc_profile_default()->float_free.source, "M");
    CHECK(!rc_profile_set_numbers(&own, field("thresholds"), three, 3));
    CHECK_EQUAL(own.thresholds.value[2], -1);
    CHECK_TEXT(rc_profile_source(&own, field("thresholds")), "yours");
}

static void what_is_no_value_of_a_field_is_refused(void)
{
    rc_profile own = *rc_profile_default(), before = own;
    int64_t negative = -2, two = 2, three[] = { 1, 2, INT64_C(1) << 40 };

    CHECK_TEXT(rc_profile_set_numbers(&own, field("float_free"), &negative, 1),
               "the number is out of range");
    CHECK_TEXT(rc_profile_set_numbers(&own, field("has_freeze"), &two, 1),
               "the number is out of range");
    CHECK_TEXT(rc_profile_set_numbers(&own, field("float_free"), three, 2), "it takes one number");
    CHECK_TEXT(rc_profile_set_numbers(&own, field("thresholds"), &two, 1), "it takes three numbers");
    CHECK_TEXT(rc_profile_set_numbers(&own, field("thresholds"), three, 3),
               "the number is out of range");
    CHECK_TEXT(rc_profile_set_numbers(&own, field("trigger"), &two, 1),
               "it takes the name of a strategy");
    CHECK_TEXT(rc_profile_set_strategy(&own, field("trigger"), "whenever"),
               "there is no strategy of that name");
    CHECK_TEXT(rc_profile_set_strategy(&own, field("float_free"), "deferred"), "it takes a number");
    CHECK(memcmp(&own, &before, sizeof own) == 0);
}

static void a_strategy_can_be_set_by_its_name(void)
{
    rc_profile own = *rc_profile_default();

    CHECK(!rc_profile_set_strategy(&own, field("trigger"), "deferred"));
    CHECK(own.trigger.value == rc_profile_find("3.13")->trigger.value);
    CHECK_TEXT(own.trigger.source, "yours");
}

/* ------------------------------------------------------ heaps of one's own profile -- */

static void live_a_little(const rc_profile *profile)
{
    rc_heap *heap = rc_heap_open(&(rc_options) { .profile = profile });
    size_t found;

    CHECK(heap);
    rc_class *class = rc_class_new(heap, "A", NULL, NULL);
    for (int i = 0; i < 300; i++) {
        rc_object *number = rc_int_new(heap, i - 150), *real = rc_float_new(heap, i);
        rc_object *text = rc_str_new(heap, "abcdefgh", 1 + (size_t)i % 8);
        rc_object *list = rc_list_display(heap, &number, 1), *dict = rc_dict_new(heap);
        rc_object *items[] = { number, real, text, list, dict };
        rc_object *tuple = rc_tuple_new(heap, items, 1 + (size_t)i % 5);
        rc_object *instance = rc_instance_new(heap, class), *set = rc_set_new(heap, items, 3);
        CHECK(number && real && text && list && dict && tuple && instance && set);
        CHECK(rc_instance_set(heap, instance, text, instance));
        CHECK(rc_dict_set(heap, dict, text, list) && rc_list_append(heap, list, dict));
        for (int each = 0; each < 5; each++)
            rc_decref(heap, items[each]);
        rc_decref(heap, tuple);
        rc_decref(heap, set);
        rc_decref(heap, instance);
        rc_gc_poll(heap);
    }
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK_HEAP(heap);
    CHECK_EQUAL(rc_live(heap, &rc_instance_type), 0);
    CHECK_EQUAL(rc_live(heap, &rc_list_type), 0);
    rc_heap_close(heap);
}

/* The profiles whose fields are all tried at their ends: the most different ones. */
#if defined(RC_VALGRIND)
#define EXTREMES "3.8"                  /* the others take minutes */
#else
#define EXTREMES "textbook 2.7 3.8 3.15"
#endif

static bool is_one_of(const rc_profile *profile, const char *names)
{
    return strstr(names, profile->name) != NULL;
}

static void every_field_works_at_its_least_and_its_greatest(void)
{
    const rc_profile *profile;
    size_t count;
    const rc_profile_field *fields = rc_profile_fields(&count);

    for (EACH_PROFILE(profile)) {
        live_a_little(profile);
        if (!is_one_of(profile, EXTREMES))
            continue;
        for (const rc_profile_field *each = fields; each < fields + count; each++) {
            rc_profile own = *profile;
            int64_t least[] = { each->least, each->least, each->least };
            int64_t greatest[] = { each->greatest, each->greatest, each->greatest };
            size_t numbers = each->kind == RC_PROFILE_NUMBERS ? 3 : 1;
            for (int i = 0; each->kind == RC_PROFILE_STRATEGY && each->choices[i]; i++) {
                CHECK(!rc_profile_set_strategy(&own, each, each->choices[i]->name));
                live_a_little(&own);
            }
            if (each->kind == RC_PROFILE_STRATEGY)
                continue;
            CHECK(!rc_profile_set_numbers(&own, each, least, numbers));
            live_a_little(&own);
            CHECK(!rc_profile_set_numbers(&own, each, greatest, numbers));
            live_a_little(&own);
        }
    }
}

/* A value that the field takes: one of its ends, or something between. */
static void set_at_random(rc_profile *own, const rc_profile_field *field, uint64_t *random)
{
    int64_t numbers[RC_GENERATIONS];
    size_t choices = 0;

    if (field->kind == RC_PROFILE_STRATEGY) {
        while (field->choices[choices])
            choices++;
        const char *name = field->choices[next_random(random) % choices]->name;
        CHECK(!rc_profile_set_strategy(own, field, name));
        return;
    }
    for (int i = 0; i < RC_GENERATIONS; i++) {
        uint64_t last = (uint64_t)field->greatest - (uint64_t)field->least;
        switch (next_random(random) % 4) {
        case 0: numbers[i] = field->least; break;
        case 1: numbers[i] = field->greatest; break;
        case 2: numbers[i] = field->least + (int64_t)(next_random(random) % (last < 400 ? last + 1 : 400)); break;
        default: numbers[i] = field->least + (int64_t)(next_random(random) % (last | 1));
        }
    }
    CHECK(!rc_profile_set_numbers(own, field, numbers, field->kind == RC_PROFILE_NUMBERS ? 3 : 1));
}

/* Why nothing is refused but what a single field cannot be. */
static void fields_work_in_every_combination(void)
{
    uint64_t random = RANDOM_START;
    const rc_profile *profile;
    size_t count;
    const rc_profile_field *fields = rc_profile_fields(&count);
#if defined(RC_VALGRIND)
    int rounds = 1;
#else
    int rounds = 5;
#endif

    for (EACH_PROFILE(profile))
        for (int i = 0; i < rounds; i++) {
            rc_profile own = *profile;
            for (size_t each = 0; each < count; each++)
                if (next_random(&random) % 2)
                    set_at_random(&own, &fields[each], &random);
            live_a_little(&own);
        }
}

static void a_heap_has_a_copy_of_its_profile(void)
{
    rc_profile own = *rc_profile_default();
    rc_heap *heap = rc_heap_open(&(rc_options) { .profile = &own });

    CHECK(heap && rc_heap_profile(heap) != &own);
    CHECK(rc_heap_profile(heap)->base == rc_profile_default());
    own.float_free.value = 1;
    CHECK_EQUAL(rc_heap_profile(heap)->float_free.value, 100);
    CHECK_EQUAL(rc_free_list(heap, &rc_float_type, 0).capacity, 100);
    rc_heap_close(heap);
}

static void the_releases_differ_where_the_facts_say_so(void)
{
    const rc_profile *old = rc_profile_find("3.7"), *usual = rc_profile_find("3.8"),
                     *new = rc_profile_find("3.13");

    CHECK(usual->thresholds.value[0] == 700 && new->thresholds.value[0] == 2000);
    CHECK(old->tuple_untracking.value != usual->tuple_untracking.value);
    CHECK(old->resurrection.value == usual->resurrection.value
          && usual->resurrection.value != new->resurrection.value);
    CHECK(usual->trigger.value != new->trigger.value);
    CHECK(usual->tuple_free_longest.value == 19 && new->tuple_free_longest.value == 20);
    CHECK(usual->small_int_least.value == -5 && usual->small_int_greatest.value == 256);
    CHECK(usual->immortal_refcount.value == 0 && new->immortal_refcount.value == UINT32_MAX);
    CHECK(!usual->has_is_finalized.value && new->has_is_finalized.value);
}

/* Four fields stood in the structure, but not in the table: 3.13 had 0 for them. */
static void a_list_takes_and_keeps_room_as_measured(void)
{
    static const struct { const char *profile; size_t hashed, extended, popped, deleted; } room[] = {
        { "3.7", 6, 6, 1, 0 }, { "3.8", 3, 6, 1, 0 }, { "3.13", 8, 4, 0, 1 },
    };

    for (int i = 0; i < 3; i++) {
        rc_heap *heap = open_heap(room[i].profile);
        rc_object *item[] = { an_int(heap, 1), an_int(heap, 2), an_int(heap, 3) };
        rc_object *set = keep(heap, rc_set_new(heap, item, 3)), *list = a_list(heap, 0);
        CHECK_EQUAL(rc_list_allocated(keep(heap, rc_list_call(heap, set))), room[i].hashed);
        CHECK(rc_list_extend(heap, list, a_tuple(heap, 3, item[0], item[1], item[2])));
        CHECK_EQUAL(rc_list_allocated(list), room[i].extended);
        rc_object *popped = a_list(heap, 1, item[0]), *deleted = a_list(heap, 1, item[0]);
        CHECK(rc_list_delete(heap, deleted, 0));
        rc_decref(heap, rc_list_pop(heap, popped, 0));
        CHECK_EQUAL(rc_list_allocated(popped), room[i].popped);
        CHECK_EQUAL(rc_list_allocated(deleted), room[i].deleted);
        close_heap(heap);
    }
}

static const test tests[] = {
    TEST(every_profile_can_be_found_by_its_name),
    TEST(every_field_of_every_profile_has_value_and_source),
    TEST(the_fields_describe_the_whole_structure),
    TEST(strategies_have_names_of_their_own),
    TEST(a_number_can_be_set_within_its_range),
    TEST(what_is_no_value_of_a_field_is_refused),
    TEST(a_strategy_can_be_set_by_its_name),
    TEST(every_field_works_at_its_least_and_its_greatest),
    TEST(fields_work_in_every_combination),
    TEST(a_heap_has_a_copy_of_its_profile),
    TEST(the_releases_differ_where_the_facts_say_so),
    TEST(a_list_takes_and_keeps_room_as_measured),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
