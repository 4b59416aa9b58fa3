/* Weak references and their callbacks. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "../../src/heap/object.h"

static size_t collect(rc_heap *heap, int generation)
{
    size_t found;
    CHECK(rc_gc_collect(heap, generation, &found));
    CHECK_HEAP(heap);
    return found;
}

static rc_object *a_set(rc_heap *heap)
{
    return keep(heap, rc_set_new(heap, NULL, 0));
}

/* A callback that says its name. */
struct saying {
    rc_callback callback;
    const char *name;
    int calls, releases;
};

static char said[500];

static void say(rc_callback *callback, rc_heap *heap, rc_object *weakref)
{
    struct saying *saying = (struct saying *)callback;
    size_t found;

    CHECK(!rc_weakref_referent(weakref));
    CHECK(rc_gc_collect(heap, 0, &found));
    saying->calls++;
    strcat(said, saying->name);
}

static void count_release(rc_callback *callback, rc_heap *heap)
{
    (void)heap;
    ((struct saying *)callback)->releases++;
}

#define SAYING(text) { { say, count_release }, text, 0, 0 }

static rc_object *a_weakref(rc_heap *heap, rc_object *referent, struct saying *saying)
{
    return keep(heap, rc_weakref_new(heap, referent, &saying->callback));
}

/* ------------------------------------------------------------------------- making */

static void it_gives_its_referent_and_counts_nothing(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *set = a_set(heap), *weakref = keep(heap, rc_weakref_new(heap, set, NULL));

    CHECK(rc_weakref_referent(weakref) == set);
    CHECK_EQUAL(rc_refcount(heap, set), 1);
    CHECK_EQUAL(rc_weakref_count(heap, set), 1);
    CHECK_EQUAL(rc_weakref_count(heap, weakref), 0);
    drop(heap, set);
    CHECK(!rc_weakref_referent(weakref));
    close_heap(heap);
}

static void without_a_callback_the_existing_one_is_given(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *set = a_set(heap), *first = keep(heap, rc_weakref_new(heap, set, NULL));
    struct saying one = SAYING("one"), two = SAYING("two");
    uint64_t births = rc_births(heap);

    CHECK(keep(heap, rc_weakref_new(heap, set, NULL)) == first);
    CHECK_EQUAL(rc_refcount(heap, first), 2);
    CHECK_EQUAL(rc_births(heap), births);
    rc_object *with = a_weakref(heap, set, &one), *other = a_weakref(heap, set, &two);
    CHECK(with != first && other != with);
    CHECK(keep(heap, rc_weakref_new(heap, set, NULL)) == first);
    CHECK_EQUAL(rc_weakref_count(heap, set), 3);
    drop(heap, with);
    CHECK_EQUAL(rc_weakref_count(heap, set), 2);
    CHECK(one.releases == 1 && one.calls == 0);
    close_heap(heap);
    CHECK(two.releases == 1 && two.calls == 0);
}

static void only_sets_frozensets_and_instances_can_be_referred_to(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0);
    struct saying saying = SAYING("");

    CHECK_FAILS(heap, rc_weakref_new(heap, list, NULL), RC_TYPE_ERROR,
                "cannot create weak reference to 'list' object");
    CHECK_FAILS(heap, rc_weakref_new(heap, list, &saying.callback), RC_TYPE_ERROR, NULL);
    CHECK_EQUAL(saying.releases, 1);    /* taken, also on failure */
    CHECK_EQUAL(rc_weakref_count(heap, list), 0);
    keep(heap, rc_weakref_new(heap, keep(heap, rc_frozenset_new(heap, &list, 0)), NULL));
    keep(heap, rc_weakref_new(heap, keep(heap, rc_instance_new(heap,
                                         rc_class_new(heap, "A", NULL, NULL))), NULL));
    close_heap(heap);
}

struct making {
    rc_object *referent;
    struct saying saying;
    int attempts;
};

static bool make_one(rc_heap *heap, void *context)
{
    struct making *making = context;
    rc_object *weakref = rc_weakref_new(heap, making->referent, &making->saying.callback);

    making->attempts++;
    if (weakref)
        rc_decref(heap, weakref);
    return weakref != NULL;
}

static bool is_unreferenced(rc_heap *heap, void *context)
{
    struct making *making = context;
    return rc_weakref_count(heap, making->referent) == 0
           && making->saying.releases == making->attempts;
}

static void making_one_survives_failing_allocations(void)
{
    rc_heap *heap = open_heap("3.8");
    struct making making = { a_set(heap), SAYING(""), 0 };

    with_each_allocation_failing(heap, make_one, is_unreferenced, &making);
    CHECK(making.attempts > 1);
    CHECK_EQUAL(making.saying.releases, making.attempts);
    close_heap(heap);
}

/* A finalizer that the allocation runs makes the same reference first. */
static rc_object *contested, *made_meanwhile;

static void make_it_first(void *context, rc_heap *heap, rc_object *self)
{
    (void)context, (void)self;
    made_meanwhile = rc_weakref_new(heap, contested, NULL);
}

static void one_made_by_a_finalizer_meanwhile_is_the_one_given(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_class *class = rc_class_new(heap, "A", make_it_first, NULL);
    rc_object *instance = keep(heap, rc_instance_new(heap, class)), *name = a_str(heap, "me");

    contested = a_set(heap);
    made_meanwhile = NULL;
    CHECK(rc_instance_set(heap, instance, name, instance));
    drop(heap, instance);
    rc_gc_set_threshold(heap, 0, 1);
    rc_object *weakref = rc_weakref_new(heap, contested, NULL);
    CHECK(weakref && weakref == made_meanwhile);
    CHECK_EQUAL(rc_weakref_count(heap, contested), 1);
    CHECK_EQUAL(rc_refcount(heap, weakref), 2);
    rc_decref(heap, weakref);
    keep(heap, weakref);
    close_heap(heap);
}

/* ---------------------------------------------------------------------- callbacks */

static void callbacks_run_the_newest_first(void)
{
    static const char *const profile[] = { ALL_PROFILES };

    for (int i = 0; i < 2 * PROFILE_COUNT; i++) {       /* by count, and by the collector */
        rc_heap *heap = open_heap(profile[i / 2]);
        rc_object *set = a_set(heap), *tuple = a_tuple(heap, 1, rc_none(heap));
        struct saying one = SAYING("1"), two = SAYING("2"), three = SAYING("3");
        rc_object *weak[] = { a_weakref(heap, set, &one), a_weakref(heap, set, &two),
                              keep(heap, rc_weakref_new(heap, set, NULL)),
                              a_weakref(heap, set, &three) };
        said[0] = '\0';
        if (i % 2) {
            rc_object *instance = keep(heap, rc_instance_new(heap, rc_class_new(heap, "A", NULL, NULL)));
            rc_object *name = a_str(heap, "set"), *cycle = a_list(heap, 1, instance);
            CHECK(rc_instance_set(heap, instance, name, cycle));
            CHECK(rc_set_add(heap, set, instance));
            CHECK(rc_list_append(heap, cycle, set));
            drop(heap, instance);
            drop(heap, cycle);
            drop(heap, set);
            CHECK_TEXT(said, "");
            CHECK(collect(heap, 2) > 0);
        } else {
            drop(heap, set);
        }
        CHECK_TEXT(said, "321");
        for (int each = 0; each < 4; each++)
            CHECK(!rc_weakref_referent(weak[each]));
        CHECK(one.calls == 1 && one.releases == 1);
        (void)tuple;
        close_heap(heap);
        CHECK_EQUAL(one.releases, 1);
    }
}

static void finalize_saying(void *context, rc_heap *heap, rc_object *self)
{
    (void)context, (void)self, (void)heap;
    strcat(said, "del ");
}

/* An instance in itself, kept. */
static rc_object *a_cycle(rc_heap *heap, rc_class *class)
{
    rc_object *instance = keep(heap, rc_instance_new(heap, class));
    rc_object *name = rc_str_new(heap, "me", 2);
    CHECK(rc_instance_set(heap, instance, name, instance));
    rc_decref(heap, name);
    return instance;
}

static void hang(rc_heap *heap, rc_object *instance, const char *text, rc_object *value)
{
    rc_object *name = rc_str_new(heap, text, strlen(text));
    CHECK(rc_instance_set(heap, instance, name, value));
    rc_decref(heap, name);
}

static rc_object *to_garbage[2];
static int looks;

static void look_at_both(rc_callback *callback, rc_heap *heap, rc_object *weakref)
{
    (void)callback, (void)heap, (void)weakref;
    CHECK(!rc_weakref_referent(to_garbage[0]) && !rc_weakref_referent(to_garbage[1]));
    looks++;
}

static void all_references_to_garbage_are_dead_at_the_first_callback(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_callback callback = { look_at_both, NULL };
    rc_object *list = a_list(heap, 0);
    size_t found;

    CHECK(rc_list_append(heap, list, list));
    for (int i = 0; i < 2; i++) {
        rc_object *set = a_set(heap);
        CHECK(rc_list_append(heap, list, set));
        to_garbage[i] = keep(heap, rc_weakref_new(heap, set, &callback));
        drop(heap, set);
    }
    looks = 0;
    drop(heap, list);
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK_EQUAL(looks, 2);
    close_heap(heap);
}

/* The tuple of the references to be called starts the collection, whose callback looks first: of
 * the dying instance nobody sees anything (measured on 2.7.18). */
static void in_2_7_they_are_cleared_while_the_count_is_0_still(void)
{
    rc_heap *heap = open_heap("2.7");
    rc_callback callback = { look_at_both, NULL };
    rc_class *class = rc_class_new(heap, "A", finalize_saying, NULL);
    rc_object *instance = keep(heap, rc_instance_new(heap, class));
    rc_object *garbage = a_cycle(heap, rc_class_new(heap, "B", NULL, NULL));

    for (int i = 0; i < 2; i++)
        to_garbage[i] = keep(heap, rc_weakref_new(heap, instance, &callback));
    keep(heap, rc_weakref_new(heap, garbage, &callback));
    drop(heap, garbage);
    rc_gc_set_threshold(heap, 0, rc_gc_count(heap, 0));
    looks = 0;
    said[0] = '\0';
    drop(heap, instance);
    CHECK_EQUAL(looks, 3);
    CHECK_TEXT(said, "del ");
    CHECK_EQUAL(rc_gc_get_last(heap)->number, 1);
    close_heap(heap);
}

static void in_a_collection_all_callbacks_run_before_any_finalizer(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_class *class = rc_class_new(heap, "A", finalize_saying, NULL);
    rc_object *one = a_cycle(heap, class), *two = a_cycle(heap, class);
    struct saying first = SAYING("1 "), second = SAYING("2 "), third = SAYING("3 ");

    a_weakref(heap, two, &first);
    a_weakref(heap, one, &second);
    a_weakref(heap, one, &third);
    drop(heap, one);
    drop(heap, two);
    said[0] = '\0';
    CHECK_EQUAL(collect(heap, 2), 4);
    CHECK_TEXT(said, "3 2 1 del del ");
    close_heap(heap);
}

static void dying_by_count_the_finalizer_comes_first(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *instance = keep(heap, rc_instance_new(heap, rc_class_new(heap, "A", finalize_saying, NULL)));
    struct saying saying = SAYING("callback ");

    a_weakref(heap, instance, &saying);
    said[0] = '\0';
    drop(heap, instance);
    CHECK_TEXT(said, "del callback ");
    close_heap(heap);
}

static void a_weak_reference_that_is_trash_is_not_called(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *instance = a_cycle(heap, rc_class_new(heap, "A", NULL, NULL));
    struct saying saying = SAYING("!");
    rc_object *weakref = a_weakref(heap, instance, &saying);

    hang(heap, instance, "weak", weakref);
    drop(heap, weakref);
    drop(heap, instance);
    said[0] = '\0';
    CHECK(collect(heap, 2) > 0);
    CHECK_TEXT(said, "");
    CHECK(saying.calls == 0 && saying.releases == 1);
    close_heap(heap);
}

/* Facts, section 13: a weak reference in the trash to something that lives. */
static rc_object *escaped, *saved;

static void save_the_weakref(void *context, rc_heap *heap, rc_object *self)
{
    rc_object *name = rc_str_new(heap, "weak", 4);
    (void)context;
    escaped = rc_instance_get(heap, self, name);
    rc_incref(heap, escaped);
    rc_decref(heap, name);
}

static void from_3_8_one_in_the_trash_is_cleared_though_its_referent_lives(void)
{
    static const char *const profile[] = { "3.7", "3.8", "3.13" };

    for (int i = 0; i < 3; i++) {
        rc_heap *heap = open_heap(profile[i]);
        rc_object *set = a_set(heap);
        rc_object *instance = a_cycle(heap, rc_class_new(heap, "A", save_the_weakref, NULL));
        struct saying saying = SAYING("!");
        rc_object *weakref = a_weakref(heap, set, &saying);
        size_t found;
        hang(heap, instance, "weak", weakref);
        drop(heap, weakref);
        drop(heap, instance);
        said[0] = '\0';
        escaped = NULL;
        CHECK(rc_gc_collect(heap, 2, &found));
        CHECK(keep(heap, escaped) == weakref);
        CHECK((rc_weakref_referent(weakref) == set) == (i == 0));
        CHECK_EQUAL(rc_weakref_count(heap, set), i == 0);
        drop(heap, set);
        CHECK_TEXT(said, i == 0 ? "!" : "");
        close_heap(heap);
        CHECK_EQUAL(saying.releases, 1);
    }
}

static void save_self(void *context, rc_heap *heap, rc_object *self)
{
    (void)context;
    rc_incref(heap, self);
    saved = self;
}

static void collect_all(void *context, rc_heap *heap, rc_object *self)
{
    size_t found;

    (void)context, (void)self;
    CHECK(rc_gc_collect(heap, RC_OLDEST, &found));
}

/* It waits in the trashcan while the collection clears the reference, and saves itself when its
 * turn comes (measured on 3.6 to 3.12). */
static void from_3_8_one_in_the_trash_is_cleared_though_its_referent_waits(void)
{
    static const char *const profile[] = { "3.7", "3.8" };

    for (int i = 0; i < 2; i++) {
        rc_heap *heap = open_heap(profile[i]);
        rc_class *class = rc_class_new(heap, "A", save_self, NULL);
        rc_object *nest = keep(heap, rc_instance_new(heap, class)), *waiting = nest;
        rc_object *garbage = a_cycle(heap, rc_class_new(heap, "B", save_the_weakref, NULL));
        rc_object *weakref = keep(heap, rc_weakref_new(heap, waiting, NULL));
        hang(heap, garbage, "weak", weakref);
        drop(heap, weakref);
        drop(heap, garbage);
        for (int level = 0; level < 49; level++) {
            rc_object *outer = a_list(heap, 1, nest);
            drop(heap, nest);
            nest = outer;
        }
        class = rc_class_new(heap, "C", collect_all, NULL);
        rc_object *last = keep(heap, rc_instance_new(heap, class));
        rc_object *both = a_list(heap, 2, last, nest);
        drop(heap, last);
        drop(heap, nest);
        rc_incref(heap, both);
        CHECK(rc_operand_push(heap, both));
        drop(heap, both);
        escaped = saved = NULL;
        rc_operand_release(heap, 0);
        CHECK(rc_operand_push(heap, escaped) && rc_operand_push(heap, saved));
        CHECK(escaped == weakref && saved == waiting);
        CHECK((rc_weakref_referent(weakref) == waiting) == (i == 0));
        CHECK_EQUAL(rc_weakref_count(heap, waiting), i == 0);
        rc_operand_release(heap, 0);
        close_heap(heap);
    }
}

static void saved_from_death_by_count_an_object_keeps_its_weak_references(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *instance = keep(heap, rc_instance_new(heap, rc_class_new(heap, "A", save_self, NULL)));
    rc_object *weakref = keep(heap, rc_weakref_new(heap, instance, NULL));

    rc_decref(heap, instance);          /* saved: `keep` owns the reference that saved it */
    CHECK(rc_weakref_referent(weakref) == instance);
    drop(heap, instance);
    CHECK(!rc_weakref_referent(weakref));
    close_heap(heap);
}

static void saved_from_a_collection_it_has_lost_them(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *instance = a_cycle(heap, rc_class_new(heap, "A", save_self, NULL));
    rc_object *weakref = keep(heap, rc_weakref_new(heap, instance, NULL));

    drop(heap, instance);
    size_t found;
    CHECK(rc_gc_collect(heap, 2, &found));
    keep(heap, saved);
    CHECK_EQUAL(found, 0);
    CHECK(!rc_weakref_referent(weakref));
    CHECK(keep(heap, rc_weakref_new(heap, instance, NULL)) != weakref);
    hang(heap, instance, "me", rc_none(heap));
    close_heap(heap);
}

static rc_object *bystander;

static void drop_the_weakref(rc_callback *callback, rc_heap *heap, rc_object *weakref)
{
    (void)callback, (void)weakref;
    if (bystander)
        rc_decref(heap, bystander);
    bystander = NULL;
}

static void one_that_dies_after_its_callback_counts_as_found(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *instance = a_cycle(heap, rc_class_new(heap, "A", NULL, NULL));
    rc_callback callback = { .call = drop_the_weakref };
    size_t found;

    bystander = rc_weakref_new(heap, instance, &callback);
    CHECK(bystander);
    rc_decref(heap, instance);
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK_EQUAL(found, 3);              /* the instance, its dict, the weak reference */
    CHECK_EQUAL(rc_live(heap, &rc_weakref_type), 0);
    rc_heap_close(heap);
}

static struct saying many[40];
static rc_object *many_weakrefs[40];

static void fill_memory(rc_callback *callback, rc_heap *heap, rc_object *weakref)
{
    rc_heap_set_limit(heap, 1);
    rc_object *list = rc_list_call(heap, NULL);
    CHECK(!list && rc_heap_error(heap)->kind == RC_MEMORY_ERROR);
    say(callback, heap, weakref);
}

static void a_callback_may_run_out_of_memory(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *set = a_set(heap);
    struct saying saying = { { fill_memory, count_release }, "x", 0, 0 };

    a_weakref(heap, set, &saying);
    said[0] = '\0';
    rc_raise(heap, RC_KEY_ERROR, "pending");
    drop(heap, set);
    CHECK_TEXT(said, "x");
    CHECK_EQUAL(rc_heap_error(heap)->kind, RC_KEY_ERROR);
    rc_heap_set_limit(heap, 0);
    rc_error_clear(heap);
    close_heap(heap);
}

/* More callbacks at once than the operand stack has room for, and no memory. */
static void without_memory_callbacks_are_lost_and_nothing_else(void)
{
    for (uint64_t failing = 1; failing <= 3; failing++) {
        rc_heap *heap = open_heap("3.8");
        rc_object *set = a_set(heap);
        for (int i = 0; i < 40; i++) {
            many[i] = (struct saying) SAYING("");
            many_weakrefs[i] = a_weakref(heap, set, &many[i]);
        }
        rc_heap_fail_allocation(heap, failing);
        drop(heap, set);
        rc_heap_fail_allocation(heap, 0);
        for (int i = 0; i < 40; i++) {
            CHECK(!rc_weakref_referent(many_weakrefs[i]));
            CHECK(many[i].calls <= 1);
            CHECK(failing < 3 || many[i].calls == 1);
        }
        CHECK_EQUAL(rc_heap_error(heap)->kind, RC_NO_ERROR);
        close_heap(heap);
        for (int i = 0; i < 40; i++)
            CHECK_EQUAL(many[i].releases, 1);
    }
}

static void closing_the_heap_releases_callbacks_uncalled(void)
{
    rc_heap *heap = rc_heap_open(NULL);
    struct saying saying = SAYING("!");
    rc_object *set = rc_set_new(heap, NULL, 0);

    CHECK(rc_weakref_new(heap, set, &saying.callback));
    said[0] = '\0';
    rc_heap_close(heap);
    CHECK_TEXT(said, "");
    CHECK(saying.calls == 0 && saying.releases == 1);
}

/* ------------------------------------------------------------------------- values */

static void its_hash_is_its_referents_kept_from_the_first_time(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *asked = keep(heap, rc_frozenset_new(heap, NULL, 0));
    rc_object *one = an_int(heap, 1), *set = keep(heap, rc_frozenset_new(heap, &one, 1));
    rc_object *weak = keep(heap, rc_weakref_new(heap, set, NULL)), *never = a_set(heap);
    rc_object *unasked = keep(heap, rc_weakref_new(heap, never, NULL));
    int64_t expected, hash;

    CHECK(rc_hash(heap, set, &expected) && rc_hash(heap, weak, &hash));
    CHECK_EQUAL(hash, expected);
    CHECK_FAILS(heap, rc_hash(heap, unasked, &hash), RC_TYPE_ERROR, NULL);      /* a set has none */
    drop(heap, set);
    drop(heap, never);
    CHECK(rc_hash(heap, weak, &hash) && hash == expected);
    CHECK_FAILS(heap, rc_hash(heap, unasked, &hash), RC_TYPE_ERROR, "weak object has gone away");
    (void)asked;
    close_heap(heap);
}

static void living_ones_compare_by_their_referents(void)
{
    rc_heap *heap = open_heap("3.8");
    struct saying saying = SAYING("");
    rc_object *a = a_set(heap), *b = a_set(heap);
    rc_object *to_a = keep(heap, rc_weakref_new(heap, a, NULL));
    rc_object *to_b = keep(heap, rc_weakref_new(heap, b, NULL)), *again = a_weakref(heap, a, &saying);
    bool equal;

    CHECK(rc_equal(heap, to_a, to_b, &equal) && equal);
    CHECK(rc_equal(heap, to_a, again, &equal) && equal);
    CHECK(rc_set_add(heap, b, rc_none(heap)));
    CHECK(rc_equal(heap, to_a, to_b, &equal) && !equal);
    drop(heap, a);
    CHECK(rc_equal(heap, to_a, again, &equal) && !equal);
    CHECK(rc_equal(heap, to_a, to_a, &equal) && equal);
    close_heap(heap);
}

static void its_repr_tells_of_the_referent(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *set = a_set(heap), *weak = keep(heap, rc_weakref_new(heap, set, NULL));
    char expected[100];

    snprintf(expected, sizeof expected, "<weakref at 0x%llx; to 'set' at 0x%llx>",
             (unsigned long long)rc_id(weak), (unsigned long long)rc_id(set));
    CHECK_TEXT(repr_of(heap, weak), expected);
    drop(heap, set);
    snprintf(expected, sizeof expected, "<weakref at 0x%llx; dead>", (unsigned long long)rc_id(weak));
    CHECK_TEXT(repr_of(heap, weak), expected);
    close_heap(heap);
}

static const test tests[] = {
    TEST(it_gives_its_referent_and_counts_nothing),
    TEST(without_a_callback_the_existing_one_is_given),
    TEST(only_sets_frozensets_and_instances_can_be_referred_to),
    TEST(making_one_survives_failing_allocations),
    TEST(one_made_by_a_finalizer_meanwhile_is_the_one_given),
    TEST(callbacks_run_the_newest_first),
    TEST(all_references_to_garbage_are_dead_at_the_first_callback),
    TEST(in_2_7_they_are_cleared_while_the_count_is_0_still),
    TEST(in_a_collection_all_callbacks_run_before_any_finalizer),
    TEST(dying_by_count_the_finalizer_comes_first),
    TEST(a_weak_reference_that_is_trash_is_not_called),
    TEST(from_3_8_one_in_the_trash_is_cleared_though_its_referent_lives),
    TEST(from_3_8_one_in_the_trash_is_cleared_though_its_referent_waits),
    TEST(saved_from_death_by_count_an_object_keeps_its_weak_references),
    TEST(saved_from_a_collection_it_has_lost_them),
    TEST(one_that_dies_after_its_callback_counts_as_found),
    TEST(a_callback_may_run_out_of_memory),
    TEST(without_memory_callbacks_are_lost_and_nothing_else),
    TEST(closing_the_heap_releases_callbacks_uncalled),
    TEST(its_hash_is_its_referents_kept_from_the_first_time),
    TEST(living_ones_compare_by_their_referents),
    TEST(its_repr_tells_of_the_referent),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
