/* How nested containers die: in the order of the profile's trashcan, and in constant
 * stack.  The expected orders were measured on the releases. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "view.h"
#include "../../src/heap/poison.h"
#include "../../src/heap/state.h"

/* ------------------------------------------------------------------------- order -- */

#define NESTED 160

static int order[4 * NESTED], died;

static void note_death(void *context, rc_heap *heap, rc_object *self)
{
    rc_object *name = rc_str_new(heap, "i", 1), *number = rc_instance_get(heap, self, name);

    (void)context;
    order[died++] = (int)rc_int_value(number);
    rc_decref(heap, name);
}

static rc_object *mark(rc_heap *heap, rc_class *class, int i)
{
    rc_object *instance = rc_instance_new(heap, class), *number = rc_int_new(heap, i);
    rc_object *name = rc_str_new(heap, "i", 1);

    CHECK(instance && rc_instance_set(heap, instance, name, number));
    rc_decref(heap, number);
    rc_decref(heap, name);
    return instance;
}

/* Put `mark` and `inner` into a new container of this type; both are taken. */
static rc_object *wrap(rc_heap *heap, const rc_type *type, rc_object *marked, rc_object *inner)
{
    rc_object *both[] = { marked, inner }, *outer = NULL;

    if (rc_is(marked, type)) {
        rc_object *name = rc_str_new(heap, "next", 4);
        CHECK(rc_instance_set(heap, marked, name, inner));
        rc_decref(heap, name);
        rc_decref(heap, inner);
        return marked;
    }
    if (type == &rc_list_type)
        outer = rc_list_display(heap, both, 2);
    else if (type == &rc_tuple_type)
        outer = rc_tuple_new(heap, both, 2);
    else if ((outer = rc_dict_new(heap)) != NULL) {
        rc_object *one = rc_int_new(heap, 1), *two = rc_int_new(heap, 2);
        CHECK(rc_dict_set(heap, outer, one, marked) && rc_dict_set(heap, outer, two, inner));
        rc_decref(heap, one);
        rc_decref(heap, two);
    }
    CHECK(outer);
    rc_decref(heap, marked);
    rc_decref(heap, inner);
    return outer;
}

/* "0-11 13-12": the deaths as runs of numbers that follow each other. */
static const char *runs(void)
{
    static char text[400];
    size_t size = 0;

    for (int i = 0, last; i < died; i = last + 1) {
        int step = i + 1 < died ? order[i + 1] - order[i] : 0;
        for (last = i; last + 1 < died && (step == 1 || step == -1)
                       && order[last + 1] - order[last] == step; last++)
            ;
        size += (size_t)snprintf(text + size, sizeof text - size, last > i ? "%s%d-%d" : "%s%d",
                                 i > 0 ? " " : "", order[i], order[last]);
    }
    return text;
}

/* 3.7 tears down 25 instances in each other at once; the rest waits until the death of
 * a list, tuple, dict or set is over. */
static void empty_the_trash(rc_heap *heap)
{
    rc_object *list = rc_list_display(heap, NULL, 0);
    CHECK(list);
    rc_decref(heap, list);
}

static const char *order_of_deaths(const char *profile, const rc_type *type)
{
    rc_heap *heap = open_heap(profile);
    rc_class *class = rc_class_new(heap, "M", note_death, NULL);
    rc_object *nest = rc_none(heap);

    rc_gc_disable(heap);
    rc_incref(heap, nest);
    for (int i = 0; i < NESTED; i++)
        nest = wrap(heap, type, mark(heap, class, i), nest);
    died = 0;
    rc_decref(heap, nest);
    CHECK_HEAP(heap);
    if (type == &rc_instance_type && strcmp(profile, "3.7") == 0) {
        CHECK_EQUAL(died, 25);
        empty_the_trash(heap);
    }
    CHECK_EQUAL(died, NESTED);
    CHECK_HEAP(heap);
    close_heap(heap);
    return runs();
}

static void lists_and_tuples_of_3_8_die_in_rounds_of_50_and_49(void)
{
    const char *expected = "111-159 110 62-109 61 13-60 12 0-11";

    CHECK_TEXT(order_of_deaths("3.8", &rc_list_type), expected);
    CHECK_TEXT(order_of_deaths("3.8", &rc_tuple_type), expected);
}

static void dicts_of_3_8_die_the_other_way_round(void)
{
    CHECK_TEXT(order_of_deaths("3.8", &rc_dict_type), "159-111 109-62 60-13 11-0 12 61 110");
}

static void in_3_7_an_instance_is_put_aside_one_level_earlier(void)
{
    CHECK_TEXT(order_of_deaths("3.7", &rc_list_type),
               "112-159 111-110 63-109 62-61 14-60 13-12 0-11");
    CHECK_TEXT(order_of_deaths("3.7", &rc_tuple_type),
               "112-159 111-110 63-109 62-61 14-60 13-12 0-11");
    CHECK_TEXT(order_of_deaths("3.7", &rc_dict_type),
               "159-112 109-63 60-14 11-0 12-13 61-62 110-111");
}

static bool note_referent(void *context, const rc_field *field)
{
    if (strcmp(field->name, "referent") == 0)
        *(rc_object **)context = field->value.object;
    return true;
}

/* As rc_layout shows it. */
static rc_object *referent_in_layout(rc_heap *heap, rc_object *weakref)
{
    rc_object *referent = weakref;

    rc_layout(heap, weakref, note_referent, &referent);
    return referent;
}

/* Measured on 3.7.16: of 40 instances in each other 25 die at once, one waits with count 0, and
 * 14 live on with a reference each. */
static void what_waits_in_the_trashcan_is_dead_to_its_weak_references(void)
{
    rc_heap *heap = open_heap("3.7");
    rc_class *class = rc_class_new(heap, "M", NULL, NULL);
    rc_object *list = keep(heap, rc_list_display(heap, NULL, 0)), *weak[40];
    rc_object *nest = rc_none(heap);
    int64_t asked;
    bool equal;

    rc_gc_disable(heap);
    rc_incref(heap, nest);
    for (int i = 0; i < 40; i++) {
        nest = wrap(heap, &rc_instance_type, mark(heap, class, i), nest);
        weak[i] = rc_weakref_new(heap, nest, NULL);
        CHECK(rc_list_append(heap, list, weak[i]));
        rc_decref(heap, weak[i]);
    }
    rc_decref(heap, nest);
    for (int i = 0; i < 40; i++) {
        rc_object *referent = rc_weakref_referent(weak[i]);
        CHECK((referent != NULL) == (i < 14));
        CHECK(referent_in_layout(heap, weak[i]) == referent);
    }
    CHECK(strstr(repr_of(heap, weak[14]), "; dead>"));
    CHECK(strstr(repr_of(heap, weak[13]), "; to 'M'"));
    CHECK_FAILS(heap, rc_hash(heap, weak[14], &asked), RC_TYPE_ERROR, "weak object has gone away");
    CHECK(rc_hash(heap, weak[13], &asked));
    CHECK(rc_equal(heap, weak[14], weak[13], &equal) && !equal);
    CHECK(rc_equal(heap, weak[13], weak[14], &equal) && !equal);
    CHECK_HEAP(heap);
    empty_the_trash(heap);
    for (int i = 0; i < 40; i++)
        CHECK(!rc_weakref_referent(weak[i]));
    close_heap(heap);
}

/* Living ones compare by their referents; a set's are equal where its elements are. */
static void what_waits_in_the_trashcan_equals_nothing_by_its_weak_references(void)
{
    rc_heap *heap = open_heap("3.7");
    rc_class *class = rc_class_new(heap, "M", NULL, NULL);
    rc_object *element = an_int(heap, 1000);
    rc_object *twin = keep(heap, rc_frozenset_new(heap, &element, 1));
    rc_object *nest = rc_frozenset_new(heap, &element, 1);
    rc_object *weak = rc_weakref_new(heap, nest, NULL), *other = rc_weakref_new(heap, twin, NULL);
    bool equal;

    CHECK(rc_equal(heap, weak, other, &equal) && equal);
    for (int i = 0; i < 25; i++)
        nest = wrap(heap, &rc_instance_type, mark(heap, class, i), nest);
    rc_decref(heap, nest);
    CHECK(heap->trash && !rc_weakref_referent(weak));
    CHECK(rc_equal(heap, weak, other, &equal) && !equal);
    CHECK(rc_equal(heap, other, weak, &equal) && !equal);
    CHECK(rc_equal(heap, weak, weak, &equal) && equal);
    rc_decref(heap, weak);
    rc_decref(heap, other);
    empty_the_trash(heap);
    close_heap(heap);
}

static void in_3_13_everything_dies_as_by_recursion(void)
{
    CHECK_TEXT(order_of_deaths("3.13", &rc_list_type), "0-159");
    CHECK_TEXT(order_of_deaths("3.13", &rc_tuple_type), "0-159");
    CHECK_TEXT(order_of_deaths("3.13", &rc_dict_type), "159-0");
}

static void a_chain_of_instances_is_finalized_from_its_head(void)
{
    CHECK_TEXT(order_of_deaths("3.7", &rc_instance_type), "159-0");
    CHECK_TEXT(order_of_deaths("3.8", &rc_instance_type), "159-0");
    CHECK_TEXT(order_of_deaths("3.13", &rc_instance_type), "159-0");
}

/* ------------------------------------------------------------------------- depth -- */

#if defined(POISON_ASAN) || defined(RC_VALGRIND)
#define DEEPEST 100000
#define STACK (1 << 20)
#else
#define DEEPEST 10000000
#define STACK (64 << 10)
#endif

/* As deep as the machine has memory for. */
static int depth(void)
{
    long gibibytes = sysconf(_SC_PHYS_PAGES) / 1024 * sysconf(_SC_PAGESIZE) >> 20;
    return gibibytes >= 12 ? DEEPEST : DEEPEST / 20;
}

struct task {
    rc_heap *heap;
    rc_object *object;
};

static void *release(void *context)
{
    struct task *task = context;
    rc_decref(task->heap, task->object);
    empty_the_trash(task->heap);
    return NULL;
}

static void release_in_a_small_stack(rc_heap *heap, rc_object *object)
{
    struct task task = { heap, object };
    pthread_attr_t attributes;
    pthread_t thread;

    pthread_attr_init(&attributes);
    CHECK_EQUAL(pthread_attr_setstacksize(&attributes, STACK), 0);
    CHECK_EQUAL(pthread_create(&thread, &attributes, release, &task), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
}

static void check_depth(const char *profile, const rc_type *type)
{
    rc_heap *heap = open_heap(profile);
    rc_class *class = rc_class_new(heap, "M", NULL, NULL);
    rc_object *name = rc_str_intern_text(heap, "next", 4), *key = rc_int_new(heap, 1);
    rc_object *chain = rc_none(heap), *outer = NULL;
    size_t live = rc_live(heap, NULL);

    rc_gc_disable(heap);
    rc_incref(heap, chain);
    for (int i = depth(); i > 0; i--) {
        rc_object *pair[] = { key, chain };
        switch (rc_type_number(type)) {
        case RC_LIST:
            outer = rc_list_display(heap, &chain, 1);
            break;
        case RC_TUPLE:
            outer = rc_tuple_new(heap, &chain, 1);
            break;
        case RC_DICT:
            outer = rc_dict_display(heap, pair, 1);
            break;
        default:
            outer = rc_instance_new(heap, class);
            CHECK(outer && rc_instance_set(heap, outer, name, chain));
        }
        CHECK(outer);
        rc_decref(heap, chain);
        chain = outer;
    }
    release_in_a_small_stack(heap, chain);
    CHECK_EQUAL(rc_live(heap, NULL), live);
    CHECK_EQUAL(rc_live(heap, type), 0 + (type == &rc_tuple_type));
    rc_decref(heap, name);
    rc_decref(heap, key);
    close_heap(heap);
}

#define DEEP(release, type)                                                    \
    static void a_deep_##type##_of_##release##_dies_in_constant_stack(void)    \
    {                                                                          \
        char profile[] = #release;                                             \
        *strchr(profile, '_') = '.';                                           \
        check_depth(profile, &rc_##type##_type);                               \
    }

DEEP(3_7, list)
DEEP(3_7, tuple)
DEEP(3_7, dict)
DEEP(3_7, instance)
DEEP(3_8, list)
DEEP(3_8, tuple)
DEEP(3_8, dict)
DEEP(3_8, instance)
DEEP(3_13, list)
DEEP(3_13, tuple)
DEEP(3_13, dict)
DEEP(3_13, instance)

/* ---------------------------------------------------- in the middle of a death -- */

static int whole;

static void look_around(void *context, rc_heap *heap, rc_object *self)
{
    (void)context, (void)self;
    whole += rc_heap_check(heap) == NULL;
}

static void the_heap_is_whole_at_every_finalizer_of_a_deep_death(void)
{
    static const char *const profile[] = { "3.7", "3.8", "3.13" };
    static const rc_type *const type[] = { &rc_list_type, &rc_tuple_type, &rc_dict_type };

    for (int i = 0; i < 9; i++) {
        rc_heap *heap = open_heap(profile[i / 3]);
        rc_class *class = rc_class_new(heap, "M", look_around, NULL);
        rc_object *nest = rc_none(heap);
        rc_incref(heap, nest);
        for (int level = 0; level < 120; level++)
            nest = wrap(heap, type[i % 3], mark(heap, class, level), nest);
        whole = 0;
        rc_decref(heap, nest);
        CHECK_EQUAL(whole, 120);
        close_heap(heap);
    }
}

static rc_object *saved[200];
static int saved_count;

static void save(void *context, rc_heap *heap, rc_object *self)
{
    (void)context;
    rc_incref(heap, self);
    saved[saved_count++] = self;
}

static void what_saves_itself_in_a_deep_death_is_whole(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_class *class = rc_class_new(heap, "M", save, NULL);
    rc_object *nest = rc_none(heap);

    rc_incref(heap, nest);
    for (int level = 0; level < 120; level++)
        nest = wrap(heap, &rc_list_type, mark(heap, class, level), nest);
    saved_count = 0;
    rc_decref(heap, nest);
    CHECK_EQUAL(saved_count, 120);
    CHECK_EQUAL(rc_live(heap, &rc_instance_type), 120);
    for (int i = 0; i < saved_count; i++) {
        CHECK_EQUAL(rc_refcount(heap, saved[i]), 1);
        CHECK_EQUAL(rc_gc_generation(heap, saved[i]), 0);
    }
    while (saved_count > 0)
        rc_decref(heap, saved[--saved_count]);  /* once in a life: they die now */
    CHECK_EQUAL(rc_live(heap, &rc_instance_type), 0);
    close_heap(heap);
}

/* ------------------------------------------------- what is no part of the trashcan -- */

static rc_object *referent;
static size_t references_left;

static void count_references(void *context, rc_heap *heap, rc_object *self)
{
    (void)context, (void)self;
    CHECK_EQUAL(rc_refcount(heap, self), 1);
    references_left = rc_weakref_count(heap, referent);
}

/* In a nest of 50, the innermost holds an instance and, released before it, a weak
 * reference: that one is gone when the instance's finalizer runs. */
static void a_weak_reference_is_never_put_aside(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_class *class = rc_class_new(heap, "M", count_references, NULL);

    referent = keep(heap, rc_set_new(heap, NULL, 0));
    rc_object *nest = rc_instance_new(heap, class);
    rc_object *both[] = { nest, rc_weakref_new(heap, referent, NULL) };
    nest = rc_list_display(heap, both, 2);
    rc_decref(heap, both[0]);
    rc_decref(heap, both[1]);
    for (int level = 1; level < 50; level++) {
        rc_object *outer = rc_list_display(heap, &nest, 1);
        rc_decref(heap, nest);
        nest = outer;
    }
    references_left = 9;
    rc_decref(heap, nest);
    CHECK_EQUAL(references_left, 0);
    close_heap(heap);
}

/* ------------------------------------------------------------------ the way out -- */

static void ignore(void *context, rc_heap *heap, const rc_event *event)
{
    (void)context, (void)heap, (void)event;
}

/* The list outside of `inner`, level by level with more or fewer items after it, now and then
 * with an array that is too large for a pool, or instead of a list a tuple. */
static rc_object *outside(rc_heap *heap, rc_object *inner, int level)
{
    size_t more = level % 131 == 0 ? 3000 : (size_t)(level / 7 % 3) * 4;
    rc_object *outer = level % 167 == 0 ? rc_tuple_new(heap, &inner, 1)
                                        : rc_list_display(heap, NULL, 0);

    CHECK(outer);
    if (rc_is(outer, &rc_list_type)) {
        CHECK(rc_list_append(heap, outer, inner));
        for (size_t i = 0; i < more; i++)
            CHECK(rc_list_append(heap, outer, rc_none(heap)));
    }
    rc_decref(heap, inner);
    return outer;
}

/* Deep lists are left in batches, unless somebody looks on. */
static void lists_in_lists_leave_what_they_leave_when_somebody_looks_on(void)
{
    static const char *const profiles[] = { ALL_PROFILES };
    rc_observer observer = { .events = RC_EVENT_BIT(RC_DESTROYED), .notify = ignore };

    for (size_t i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heaps[2];
        for (int twin = 0; twin < 2; twin++) {
            rc_heap *heap = heaps[twin] = open_heap(profiles[i]);
            if (twin == 0)
                rc_observe(heap, &observer);
            for (int round = 0; round < 4; round++) {
                rc_object *nest = rc_list_display(heap, NULL, 0);
                for (int level = 1; level < 300 + 200 * round; level++)
                    nest = outside(heap, nest, level);
                rc_decref(heap, nest);
                CHECK_HEAP(heap);
            }
        }
        check_alike(heaps[0], heaps[1]);
        close_heap(heaps[0]);
        close_heap(heaps[1]);
    }
}

/* Lists, `levels` deep, of one item each. */
static rc_object *deep_list(rc_heap *heap, int levels)
{
    rc_object *nest = rc_list_display(heap, NULL, 0);

    while (--levels > 0)
        nest = outside(heap, nest, 1);
    return nest;
}

/* A batch is larger than the counter is; and it ends before the outermost list, which empties
 * the trash. */
static void a_deep_list_is_gone_at_once_and_the_counter_is_0_at_least(void)
{
    enum { SETS = 20, LEVELS = 100, SPARE = 200 };
    rc_heap *heap = open_heap("3.8");
    size_t lists = rc_live(heap, &rc_list_type);
    rc_object *sets[SETS], *spare[SPARE], *nest = deep_list(heap, LEVELS);
    size_t found;

    for (int i = 0; i < SPARE; i++)
        CHECK((spare[i] = rc_list_display(heap, NULL, 0)));
    for (int i = 0; i < SPARE; i++)
        rc_decref(heap, spare[i]);              /* the free list is full */
    CHECK(rc_gc_collect(heap, 0, &found));
    for (int i = 0; i < SETS; i++)
        CHECK((sets[i] = rc_set_new(heap, NULL, 0)));
    CHECK_EQUAL(rc_gc_count(heap, 0), SETS);
    rc_decref(heap, nest);
    CHECK_EQUAL(rc_gc_count(heap, 0), 0);
    CHECK_EQUAL(rc_live(heap, &rc_list_type), lists);
    for (int i = 0; i < SETS; i++)
        rc_decref(heap, sets[i]);
    close_heap(heap);
}

static rc_object *dropped;

static void drop_deep_list(void *context, rc_heap *heap, rc_object *self)
{
    (void)context, (void)self;
    rc_decref(heap, dropped);
}

static void call_back(rc_callback *called, rc_heap *heap, rc_object *weakref)
{
    (void)called, (void)weakref;
    rc_decref(heap, dropped);
}

static void forget(rc_callback *called, rc_heap *heap)
{
    (void)called, (void)heap;
}

/* A tree that dies inside of another's death is left as far as it goes, not as far as the
 * nesting says. */
static void deep_lists_die_inside_of_another_death(void)
{
    static const char *const profiles[] = { ALL_PROFILES };
    static rc_callback callback = { call_back, forget };
    rc_object *spare[200];

    for (size_t i = 0; i < 2 * PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profiles[i / 2]);
        rc_class *class = rc_class_new(heap, "M", i % 2 ? drop_deep_list : NULL, NULL);
        for (int k = 0; k < 200; k++)
            CHECK((spare[k] = rc_list_display(heap, NULL, 0)));
        dropped = deep_list(heap, 30);
        rc_object *instance = rc_instance_new(heap, class);
        rc_object *weakref = i % 2 ? NULL : rc_weakref_new(heap, instance, &callback);
        rc_object *nest = instance;
        for (int level = 0; level < 6; level++)
            nest = outside(heap, nest, 1);
        for (int k = 0; k < 200; k++)
            rc_decref(heap, spare[k]);          /* the free list is full */
        rc_decref(heap, nest);
        if (weakref)
            rc_decref(heap, weakref);
        CHECK_HEAP(heap);
        close_heap(heap);
    }
}

static const test tests[] = {
    TEST(deep_lists_die_inside_of_another_death),
    TEST(a_deep_list_is_gone_at_once_and_the_counter_is_0_at_least),
    TEST(lists_in_lists_leave_what_they_leave_when_somebody_looks_on),
    TEST(a_weak_reference_is_never_put_aside),
    TEST(lists_and_tuples_of_3_8_die_in_rounds_of_50_and_49),
    TEST(dicts_of_3_8_die_the_other_way_round),
    TEST(in_3_7_an_instance_is_put_aside_one_level_earlier),
    TEST(what_waits_in_the_trashcan_is_dead_to_its_weak_references),
    TEST(what_waits_in_the_trashcan_equals_nothing_by_its_weak_references),
    TEST(in_3_13_everything_dies_as_by_recursion),
    TEST(a_chain_of_instances_is_finalized_from_its_head),
    TEST(a_deep_list_of_3_7_dies_in_constant_stack),
    TEST(a_deep_tuple_of_3_7_dies_in_constant_stack),
    TEST(a_deep_dict_of_3_7_dies_in_constant_stack),
    TEST(a_deep_instance_of_3_7_dies_in_constant_stack),
    TEST(a_deep_list_of_3_8_dies_in_constant_stack),
    TEST(a_deep_tuple_of_3_8_dies_in_constant_stack),
    TEST(a_deep_dict_of_3_8_dies_in_constant_stack),
    TEST(a_deep_instance_of_3_8_dies_in_constant_stack),
    TEST(a_deep_list_of_3_13_dies_in_constant_stack),
    TEST(a_deep_tuple_of_3_13_dies_in_constant_stack),
    TEST(a_deep_dict_of_3_13_dies_in_constant_stack),
    TEST(a_deep_instance_of_3_13_dies_in_constant_stack),
    TEST(the_heap_is_whole_at_every_finalizer_of_a_deep_death),
    TEST(what_saves_itself_in_a_deep_death_is_whole),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
