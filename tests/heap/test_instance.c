/* Instances, their attributes, their finalizers. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "../../src/heap/object.h"

static const char *const releases[] = { "3.7", "3.8", "3.13" };

#define EACH_RELEASE(i) int i = 0; i < 3; i++

static size_t collect(rc_heap *heap, int generation)
{
    size_t found;
    CHECK(rc_gc_collect(heap, generation, &found));
    CHECK_HEAP(heap);
    return found;
}

static rc_object *instance_of(rc_heap *heap, rc_class *class)
{
    return keep(heap, rc_instance_new(heap, class));
}

static bool try_to_set(rc_heap *heap, rc_object *instance, const char *text, rc_object *value)
{
    rc_object *name = rc_str_new(heap, text, strlen(text));
    bool done = name && rc_instance_set(heap, instance, name, value);
    if (name)
        rc_decref(heap, name);
    return done;
}

static void set(rc_heap *heap, rc_object *instance, const char *text, rc_object *value)
{
    CHECK(try_to_set(heap, instance, text, value));
}

static rc_object *get(rc_heap *heap, rc_object *instance, const char *text)
{
    rc_object *name = rc_str_new(heap, text, strlen(text));
    rc_object *value = rc_instance_get(heap, instance, name);
    rc_decref(heap, name);
    return value;
}

static bool delete(rc_heap *heap, rc_object *instance, const char *text)
{
    rc_object *name = rc_str_new(heap, text, strlen(text));
    bool done = rc_instance_delete(heap, instance, name);
    rc_decref(heap, name);
    return done;
}

/* "b=2 a=1": the attributes in order. */
static const char *attributes(rc_object *instance)
{
    static char text[1000];
    rc_object *name, *value;
    size_t size = 0;

    text[0] = '\0';
    for (size_t at = 0; rc_instance_next(instance, &at, &name, &value);)
        size += (size_t)snprintf(text + size, sizeof text - size, "%s%s=%lld", size ? " " : "",
                                 rc_str_text(name, NULL), (long long)rc_int_value(value));
    return text;
}

/* -------------------------------------------------------------------- attributes -- */

static void attributes_are_set_read_and_deleted_in_order(void)
{
    for (EACH_RELEASE(i)) {
        rc_heap *heap = open_heap(releases[i]);
        rc_object *a = instance_of(heap, rc_class_new(heap, "A", NULL, NULL));
        rc_object *one = an_int(heap, 1001), *two = an_int(heap, 1002);

        CHECK_TEXT(attributes(a), "");
        set(heap, a, "b", one);
        set(heap, a, "a", two);
        CHECK(get(heap, a, "b") == one && get(heap, a, "a") == two);
        set(heap, a, "b", two);
        CHECK_TEXT(attributes(a), "b=1002 a=1002");
        CHECK(delete(heap, a, "b"));
        set(heap, a, "b", one);
        CHECK_TEXT(attributes(a), "a=1002 b=1001");
        CHECK_HEAP(heap);
        CHECK_FAILS(heap, get(heap, a, "c"), RC_ATTRIBUTE_ERROR, "'A' object has no attribute 'c'");
        CHECK_FAILS(heap, delete(heap, a, "c"), RC_ATTRIBUTE_ERROR, NULL);
        close_heap(heap);
    }
}

static void a_name_must_be_a_str(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *a = instance_of(heap, rc_class_new(heap, "A", NULL, NULL)), *one = an_int(heap, 1001);
    const char *message = "attribute name must be string, not 'int'";

    CHECK_FAILS(heap, rc_instance_set(heap, a, one, one), RC_TYPE_ERROR, message);
    CHECK_FAILS(heap, rc_instance_get(heap, a, one), RC_TYPE_ERROR, message);
    CHECK_FAILS(heap, rc_instance_delete(heap, a, one), RC_TYPE_ERROR, message);
    close_heap(heap);
}

static void up_to_3_10_the_first_attribute_makes_a_dict(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *a = instance_of(heap, rc_class_new(heap, "A", NULL, NULL)), *one = an_int(heap, 1001);
    int count = rc_gc_count(heap, 0);

    CHECK(!rc_instance_dict(a));
    set(heap, a, "a", one);
    CHECK(rc_instance_dict(a) && rc_is(rc_instance_dict(a), &rc_dict_type));
    CHECK_EQUAL(rc_gc_count(heap, 0), count + 1);
    CHECK(!rc_gc_is_tracked(heap, rc_instance_dict(a)));
    set(heap, a, "me", a);
    CHECK(rc_gc_is_tracked(heap, rc_instance_dict(a)));
    close_heap(heap);
}

static void set_numbered(rc_heap *heap, rc_object *instance, int number)
{
    char name[20];
    snprintf(name, sizeof name, "x%d", number);
    set(heap, instance, name, rc_none(heap));
}

/* Room for 30: the instance takes one, each new name takes one. */
static void in_3_13_attributes_lie_inside_while_there_is_room(void)
{
    rc_heap *heap = open_heap("3.13");
    rc_class *class = rc_class_new(heap, "A", NULL, NULL);
    rc_object *a = instance_of(heap, class);
    int names = 0;

    while (!rc_instance_dict(a))
        set_numbered(heap, a, names++);
    CHECK_EQUAL(names, 30);
    CHECK_EQUAL(rc_dict_size(rc_instance_dict(a)), 30);

    class = rc_class_new(heap, "B", NULL, NULL);
    rc_object *first = instance_of(heap, class);
    for (int i = 1; i < 40; i++)
        drop(heap, instance_of(heap, class));   /* they take all but the last */
    set_numbered(heap, first, 0);
    CHECK(!rc_instance_dict(first));
    set_numbered(heap, first, 1);
    CHECK(rc_instance_dict(first));
    rc_object *another = instance_of(heap, class);
    set_numbered(heap, another, 0);     /* a name that the class knows */
    CHECK(!rc_instance_dict(another));
    CHECK_HEAP(heap);
    close_heap(heap);
}

/* Set attributes in another order than the class met them; note how values die. */
static int deaths[8], death_count;

static void note_number(void *context, rc_heap *heap, rc_object *self)
{
    (void)heap, (void)self;
    deaths[death_count++] = *(int *)context;
}

static void values_are_released_in_the_order_of_the_release(void)
{
    static int number[3] = { 0, 1, 2 };
    static const int by_instance[] = { 2, 0, 1 }, by_class[] = { 0, 1, 2 };
    static const char *const name[] = { "p", "q", "r" };

    for (EACH_RELEASE(i)) {
        rc_heap *heap = open_heap(releases[i]);
        rc_class *class = rc_class_new(heap, "A", NULL, NULL);
        rc_object *model = instance_of(heap, class), *a = instance_of(heap, class);
        for (int each = 0; each < 3; each++)
            set(heap, model, name[each], rc_none(heap));
        for (int each = 0; each < 3; each++) {
            int which = by_instance[each];
            rc_object *value = instance_of(heap, rc_class_new(heap, "M", note_number, &number[which]));
            set(heap, a, name[which], value);
            drop(heap, value);
        }
        death_count = 0;
        drop(heap, a);
        CHECK_EQUAL(death_count, 3);
        for (int each = 0; each < 3; each++)
            CHECK_EQUAL(deaths[each], (i == 2 ? by_class : by_instance)[each]);
        close_heap(heap);
    }
}

/* -------------------------------------------------------------------- finalizers -- */

static char log_text[500];
static rc_object *saved;

static void say(void *context, rc_heap *heap, rc_object *self)
{
    (void)heap, (void)self;
    strcat(log_text, context);
}

static void save(void *context, rc_heap *heap, rc_object *self)
{
    strcat(log_text, context);
    rc_incref(heap, self);
    saved = self;
}

static void a_class_knows_whether_it_has_a_finalizer(void)
{
    rc_heap *heap = open_heap("3.8");

    CHECK(rc_class_has_finalizer(rc_class_new(heap, "A", say, NULL)));
    CHECK(!rc_class_has_finalizer(rc_class_new(heap, "B", NULL, NULL)));
    close_heap(heap);
}

static void a_finalizer_runs_before_anything_is_released(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *outer = instance_of(heap, rc_class_new(heap, "Outer", say, (void *)"outer "));
    rc_object *inner = instance_of(heap, rc_class_new(heap, "Inner", say, (void *)"inner "));

    set(heap, outer, "inner", inner);
    drop(heap, inner);
    log_text[0] = '\0';
    drop(heap, outer);
    CHECK_TEXT(log_text, "outer inner ");
    close_heap(heap);
}

static int generation_inside, count_inside;
static bool tracked_inside;

static void look_at_self(void *context, rc_heap *heap, rc_object *self)
{
    (void)context;
    generation_inside = rc_gc_generation(heap, self);
    count_inside = (int)rc_refcount(heap, self);
    tracked_inside = rc_gc_is_tracked(heap, self);
    CHECK(rc_heap_check(heap) == NULL);
}

static void dying_by_count_it_is_in_generation_0_with_count_1(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *a = instance_of(heap, rc_class_new(heap, "A", look_at_self, NULL));

    collect(heap, 1);
    CHECK_EQUAL(rc_gc_generation(heap, a), 2);
    drop(heap, a);
    CHECK_EQUAL(generation_inside, 0);
    CHECK_EQUAL(count_inside, 1);
    CHECK(tracked_inside);
    close_heap(heap);
}

static void dying_by_the_collector_it_is_in_no_generation_with_one_more(void)
{
    rc_heap *heap = open_heap("3.13");
    rc_object *a = instance_of(heap, rc_class_new(heap, "A", look_at_self, NULL));

    set(heap, a, "me", a);
    set(heap, a, "too", a);
    drop(heap, a);
    CHECK_EQUAL(collect(heap, 2), 1);
    CHECK_EQUAL(generation_inside, RC_NO_GENERATION);
    CHECK_EQUAL(count_inside, 3);
    CHECK(tracked_inside);
    close_heap(heap);
}

static void a_ring_is_finalized_in_the_order_of_its_making(void)
{
    for (EACH_RELEASE(i)) {
        rc_heap *heap = open_heap(releases[i]);
        static const char *const name[] = { "a ", "b ", "c ", "d " };
        rc_object *ring[4];
        for (int each = 0; each < 4; each++)
            ring[each] = instance_of(heap, rc_class_new(heap, "R", say, (void *)name[each]));
        for (int each = 0; each < 4; each++)
            set(heap, ring[each], "next", ring[(each + 1) % 4]);
        for (int each = 0; each < 4; each++)
            drop(heap, ring[each]);
        log_text[0] = '\0';
        CHECK_EQUAL(collect(heap, 2), i == 2 ? 4 : 8);
        CHECK_TEXT(log_text, "a b c d ");
        close_heap(heap);
    }
}

static void saved_from_death_by_count_it_lives_and_dies_without_another_call(void)
{
    for (EACH_RELEASE(i)) {
        rc_heap *heap = open_heap(releases[i]);
        rc_object *a = instance_of(heap, rc_class_new(heap, "A", save, (void *)"saved "));
        set(heap, a, "x", an_int(heap, 1001));
        rc_object *newer = a_list(heap, 0);
        uint32_t watch = rc_watch(heap, a);
        saved = NULL;
        log_text[0] = '\0';
        rc_decref(heap, a);             /* `keep` has it still: saved has taken over */
        CHECK(saved == a);
        CHECK_HEAP(heap);
        CHECK(rc_watched(heap, watch) && rc_gc_is_finalized(heap, a) && rc_gc_is_tracked(heap, a));
        CHECK(rc_newest(heap) == a && rc_older(heap, a) == newer);
        CHECK_TEXT(attributes(a), "x=1001");
        drop(heap, a);
        CHECK(!rc_watched(heap, watch));
        CHECK_TEXT(log_text, "saved ");
        close_heap(heap);
    }
}

/* One that saves itself, and an unrelated cycle of two in the same collection. */
static void a_resurrection_saves_as_much_as_the_release_says(void)
{
    static const size_t first[] = { 0, 0, 2 };

    for (EACH_RELEASE(i)) {
        rc_heap *heap = open_heap(releases[i]);
        rc_class *plain = rc_class_new(heap, "P", NULL, NULL);
        rc_object *a = instance_of(heap, rc_class_new(heap, "A", save, (void *)"saved "));
        rc_object *one = instance_of(heap, plain), *two = instance_of(heap, plain);
        set(heap, a, "me", a);
        set(heap, one, "other", two);
        set(heap, two, "other", one);
        drop(heap, one);
        drop(heap, two);
        saved = NULL;
        log_text[0] = '\0';
        rc_decref(heap, a);             /* as above */
        size_t pending = rc_gc_long_lived_pending(heap);
        size_t found;
        heap->hooks.roots = NULL;       /* `keep` is one reference ahead meanwhile */
        CHECK(rc_gc_collect(heap, 1, &found));
        CHECK_EQUAL(found, first[i]);
        CHECK(saved == a);
        CHECK_EQUAL(rc_gc_long_lived_pending(heap), pending);
        CHECK_EQUAL(rc_gc_generation(heap, a), 2);
        CHECK(rc_gc_is_finalized(heap, a));
        CHECK_EQUAL(rc_live(heap, &rc_instance_type), i == 2 ? 1 : 3);
        CHECK(rc_gc_collect(heap, 2, &found));
        CHECK_EQUAL(found, i == 2 ? 0 : 4);
        set(heap, a, "me", rc_none(heap));
        drop(heap, a);
        CHECK_TEXT(log_text, "saved ");
        CHECK_EQUAL(rc_live(heap, &rc_instance_type), 0);
        close_heap(heap);
    }
}

static rc_object *victim_holder;

static void drop_the_victim(void *context, rc_heap *heap, rc_object *self)
{
    (void)context, (void)self;
    set(heap, victim_holder, "victim", rc_none(heap));
}

/* The first finalizer of a batch drops another member, which dies by count, saves
 * itself and is frozen.  It is no member any more: this collection and later ones
 * must leave it where it is. */
static void who_leaves_the_trash_while_finalizers_run_is_no_part_of_it(void)
{
    for (EACH_RELEASE(i)) {
        rc_heap *heap = open_heap(releases[i]);
        rc_class *plain = rc_class_new(heap, "P", NULL, NULL);
        rc_object *first = rc_instance_new(heap, rc_class_new(heap, "F", drop_the_victim, NULL));
        rc_object *victim = rc_instance_new(heap, rc_class_new(heap, "V", save, (void *)""));
        size_t found;

        victim_holder = rc_instance_new(heap, plain);
        CHECK(first && victim && victim_holder);
        set(heap, first, "holder", victim_holder);
        set(heap, victim_holder, "victim", victim);
        set(heap, victim_holder, "first", first);
        rc_decref(heap, first);
        rc_decref(heap, victim);
        rc_decref(heap, victim_holder);
        saved = NULL;
        CHECK(rc_gc_collect(heap, 1, &found));
        CHECK(saved == victim);
        keep(heap, victim);             /* the reference that saved it */
        CHECK_EQUAL(rc_gc_generation(heap, victim), 0);
        rc_gc_freeze(heap);
        rc_object *holder = a_list(heap, 1, victim);
        collect(heap, 0);
        CHECK_EQUAL(rc_gc_generation(heap, victim), RC_PERMANENT);
        CHECK_EQUAL(rc_gc_generation(heap, holder), 1);
        close_heap(heap);
    }
}

static void fail(void *context, rc_heap *heap, rc_object *self)
{
    (void)context, (void)self;
    rc_raise(heap, RC_VALUE_ERROR, "of the finalizer's own");
}

static void a_finalizers_error_is_its_own_affair(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *a = instance_of(heap, rc_class_new(heap, "A", fail, NULL));

    rc_raise(heap, RC_KEY_ERROR, "pending");
    drop(heap, a);
    CHECK_EQUAL(rc_heap_error(heap)->kind, RC_KEY_ERROR);
    rc_error_clear(heap);
    close_heap(heap);
}

/* ------------------------------------------- finalizers that change everything -- */

#define SHELF 24

#if defined(RC_VALGRIND)
#define SEEDS 2
#else
#define SEEDS 12
#endif

static rc_object *shelf[SHELF];         /* one reference each, or NULL */
static rc_class *mutators;
static uint64_t dice;
static int depth;
static rc_callback mutating;

static unsigned roll(unsigned sides)
{
    return (unsigned)(next_random(&dice) >> 33) % sides;
}

static void put(rc_heap *heap, rc_object *object)
{
    unsigned at = roll(SHELF);
    rc_object *old = shelf[at];

    shelf[at] = object;
    if (old)
        rc_decref(heap, old);
}

static rc_object *something(rc_heap *heap)
{
    rc_object *object = shelf[roll(SHELF)];
    return object ? object : rc_none(heap);
}

static rc_object *make_something(rc_heap *heap)
{
    rc_object *items[2] = { something(heap), something(heap) };

    rc_incref(heap, items[0]);          /* making may run finalizers that empty the shelf */
    rc_incref(heap, items[1]);
    rc_object *made = NULL;
    switch (roll(7)) {
    case 0:
        made = rc_list_display(heap, items, 2);
        break;
    case 1:
        made = rc_tuple_new(heap, items, 2);
        break;
    case 2:
        made = rc_dict_new(heap);
        break;
    case 3:
        made = rc_set_new(heap, NULL, 0);
        break;
    case 4:
        if (items[0]->type == &rc_set_type || items[0]->type == &rc_instance_type)
            made = rc_weakref_new(heap, items[0], roll(2) ? &mutating : NULL);
        break;
    default:
        made = rc_instance_new(heap, mutators);
    }
    rc_decref(heap, items[0]);
    rc_decref(heap, items[1]);
    return made;
}

/* Store or remove something in an object, if it is one that can change. */
static void change(rc_heap *heap, rc_object *object, rc_object *item)
{
    static const char *const names[] = { "a", "b", "c", "d" };
    rc_object *name = rc_str_new(heap, names[roll(4)], 1);
    bool done = true;

    if (!name)
        return;
    rc_incref(heap, object);
    rc_incref(heap, item);
    if (rc_is(object, &rc_list_type)) {
        if (roll(4) == 0)
            rc_list_clear(heap, object);
        else
            done = rc_list_append(heap, object, item);
    } else if (rc_is(object, &rc_dict_type)) {
        if (roll(4) == 0)
            rc_dict_clear(heap, object);
        else
            done = rc_dict_set(heap, object, name, item);
    } else if (rc_is(object, &rc_set_type)) {
        if (roll(4) == 0)
            rc_set_clear(heap, object);
        else if (rc_is(item, &rc_instance_type))
            done = rc_set_add(heap, object, item);
    } else if (rc_is(object, &rc_instance_type)) {
        done = roll(4) == 0 ? rc_instance_delete(heap, object, name)
                            : rc_instance_set(heap, object, name, item);
    }
    if (!done)
        rc_error_clear(heap);
    rc_decref(heap, item);
    rc_decref(heap, object);
    rc_decref(heap, name);
}

static void mutate(rc_heap *heap)
{
    size_t found;
    rc_object *made;

    switch (roll(16)) {
    case 0: case 1: case 2: case 3: case 4:
        made = make_something(heap);
        if (made)
            put(heap, made);
        else
            rc_error_clear(heap);
        break;
    case 5: case 6:
        put(heap, NULL);
        break;
    case 7:
        CHECK(rc_gc_collect(heap, roll(3), &found));
        break;
    case 8:
        if (roll(4) == 0)
            rc_gc_freeze(heap);
        else
            rc_gc_unfreeze(heap);
        break;
    case 9:
        rc_gc_garbage_clear(heap);
        break;
    case 10:
        rc_gc_set_debug(heap, roll(4) == 0 ? RC_DEBUG_SAVEALL : 0);
        break;
    case 11:
        rc_gc_poll(heap);
        break;
    default:
        change(heap, something(heap), something(heap));
    }
}

static void mutate_a_little(rc_heap *heap)
{
    if (depth >= 4)
        return;
    depth++;
    for (unsigned i = roll(4); i > 0; i--)
        mutate(heap);
    const char *problem = rc_heap_check(heap);
    depth--;
    if (problem)
        test_failed(__FILE__, __LINE__, "inside a finalizer or callback: %s", problem);
}

static void finalize_by_mutation(void *context, rc_heap *heap, rc_object *self)
{
    (void)context;
    if (roll(4) == 0) {
        rc_incref(heap, self);
        put(heap, self);
    } else {
        change(heap, self, something(heap));
    }
    mutate_a_little(heap);
}

static void call_back_by_mutation(rc_callback *callback, rc_heap *heap, rc_object *weakref)
{
    CHECK(callback == &mutating && !rc_weakref_referent(weakref));
    mutate_a_little(heap);
}

static void report_shelf(void *context, void (*report)(void *, rc_object *), void *report_context)
{
    (void)context;
    for (int i = 0; i < SHELF; i++)
        if (shelf[i])
            report(report_context, shelf[i]);
}

static void fuzz(const char *profile, uint64_t seed, bool failing)
{
    rc_heap *heap = open_heap(profile);

    heap->hooks.roots = report_shelf;
    memset(shelf, 0, sizeof shelf);
    mutating = (rc_callback) { .call = call_back_by_mutation };
    dice = seed * RANDOM_START;
    depth = 0;
    mutators = rc_class_new(heap, "Mutator", finalize_by_mutation, NULL);
    rc_gc_set_threshold(heap, 0, 7);
    rc_gc_set_threshold(heap, 1, 2);
    rc_gc_set_threshold(heap, 2, 2);
    for (int i = 0; i < 1500; i++) {
        if (failing && roll(3) == 0)
            rc_heap_fail_allocation(heap, 1 + roll(6));
        mutate(heap);
        rc_gc_poll(heap);
        const char *problem = rc_heap_check(heap);
        if (problem)
            test_failed(__FILE__, __LINE__, "%s, seed %llu, step %d: %s", profile,
                        (unsigned long long)seed, i, problem);
    }
    rc_heap_fail_allocation(heap, 0);
    mutators = NULL;
    rc_heap_close(heap);                /* whatever is alive in it */
}

static void finalizers_and_callbacks_may_change_everything(void)
{
    for (EACH_RELEASE(i))
        for (uint64_t seed = 1; seed <= SEEDS; seed++)
            fuzz(releases[i], seed, false);
}

static void they_may_even_run_out_of_memory(void)
{
    for (EACH_RELEASE(i))
        for (uint64_t seed = 101; seed <= 100 + SEEDS; seed++)
            fuzz(releases[i], seed, true);
}

/* ------------------------------------------------------------------ out of memory -- */

static bool make_class(rc_heap *heap, void *context)
{
    (void)context;
    return rc_class_new(heap, "Named", NULL, NULL) != NULL;
}

static void making_a_class_survives_failing_allocations(void)
{
    rc_heap *heap = open_heap("3.8");
    with_each_allocation_failing(heap, make_class, NULL, NULL);
    close_heap(heap);
}

struct setting {
    rc_object *instance, *value;
    const char *name, *before;
};

static bool set_one(rc_heap *heap, void *context)
{
    struct setting *setting = context;
    return try_to_set(heap, setting->instance, setting->name, setting->value);
}

static bool is_as_before(rc_heap *heap, void *context)
{
    struct setting *setting = context;
    (void)heap;
    return strcmp(attributes(setting->instance), setting->before) == 0;
}

static void setting_an_attribute_survives_failing_allocations(void)
{
    for (EACH_RELEASE(i)) {
        rc_heap *heap = open_heap(releases[i]);
        rc_class *class = rc_class_new(heap, "A", NULL, NULL);
        rc_object *a = instance_of(heap, class), *one = an_int(heap, 1001);
        struct setting setting = { a, one, "first", "" };
        with_each_allocation_failing(heap, set_one, is_as_before, &setting);
        for (int number = 0; number < 40; number++) {   /* tables grow, room ends */
            char name[20], before[1000];
            snprintf(name, sizeof name, "name%d", number);
            snprintf(before, sizeof before, "%s", attributes(a));
            setting = (struct setting) { a, one, name, before };
            with_each_allocation_failing(heap, set_one, is_as_before, &setting);
            CHECK(get(heap, a, name) == one);
        }
        close_heap(heap);
    }
}

static bool make_instance(rc_heap *heap, void *context)
{
    rc_object *made = rc_instance_new(heap, context);
    if (made)
        rc_decref(heap, made);
    return made != NULL;
}

static void making_an_instance_survives_failing_allocations(void)
{
    rc_heap *heap = open_heap("3.8");
    with_each_allocation_failing(heap, make_instance, NULL, rc_class_new(heap, "A", NULL, NULL));
    close_heap(heap);
}

static void note_count(void *context, rc_heap *heap, rc_object *self)
{
    uint64_t *count = context;
    rc_object *name = rc_str_constant(heap, "left", 4);

    (void)self;
    CHECK(name);
    *count = rc_refcount(heap, name);
    rc_decref(heap, name);
}

static void ignore_event(void *context, rc_heap *heap, const rc_event *event)
{
    (void)context, (void)heap, (void)event;
}

/* As CPython holds it, and whether or not anybody looks on. */
static void the_name_is_held_while_an_attribute_is_set(void)
{
    for (int looks = 0; looks < 2; looks++) {
        rc_heap *heap = open_heap("3.8");
        rc_observer observer = { .events = RC_EVENT_BIT(RC_CREATED), .notify = ignore_event };
        uint64_t count = 0;
        rc_class *class = rc_class_new(heap, "Node", note_count, &count);
        rc_object *name = keep(heap, rc_str_constant(heap, "left", 4));
        rc_object *holder = keep(heap, rc_instance_new(heap, class)), *held = rc_instance_new(heap, class);

        if (looks)
            rc_observe(heap, &observer);
        CHECK(rc_instance_set(heap, holder, name, held));
        rc_decref(heap, held);
        CHECK(rc_instance_set(heap, holder, name, rc_none(heap)));
        CHECK_EQUAL(count, 4);          /* ours, the dict's, the operand, the finalizer's */
        rc_observe(heap, NULL);
        close_heap(heap);
    }
}

/* The first attribute, too, where its dict is not at hand: the dict's allocation collects. */
static void it_is_held_while_the_first_attributes_dict_is_made(void)
{
    for (int looks = 0; looks < 2; looks++) {
        rc_heap *heap = open_heap("3.8");
        rc_observer observer = { .events = RC_EVENT_BIT(RC_CREATED), .notify = ignore_event };
        uint64_t count = 0;
        rc_class *class = rc_class_new(heap, "Node", note_count, &count);
        rc_class *plain = rc_class_new(heap, "Plain", NULL, NULL);
        rc_object *name = keep(heap, rc_str_constant(heap, "left", 4));
        rc_object *instance = instance_of(heap, plain), *garbage = rc_instance_new(heap, class);

        CHECK(rc_instance_set(heap, garbage, name, garbage));
        rc_decref(heap, garbage);
        CHECK_EQUAL(rc_free_list(heap, &rc_dict_type, 0).size, 0);
        rc_gc_set_threshold(heap, 0, 1);
        if (looks)
            rc_observe(heap, &observer);
        CHECK(rc_instance_set(heap, instance, name, rc_none(heap)));
        CHECK_EQUAL(count, 4);          /* ours, the garbage's, the operand, the finalizer's */
        rc_observe(heap, NULL);
        close_heap(heap);
    }
}

/* Where it is at hand: nothing else is counted, allocated or tracked. */
static void a_first_attribute_takes_its_dict_from_the_free_list(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_class *class = rc_class_new(heap, "Node", NULL, NULL);
    rc_object *name = keep(heap, rc_str_constant(heap, "left", 4));
    rc_object *list = keep(heap, rc_list_display(heap, NULL, 0));
    rc_object *values[] = { rc_none(heap), list };

    for (int i = 0; i < 2; i++) {
        rc_object *first = instance_of(heap, class), *second = instance_of(heap, class);
        CHECK(rc_instance_set(heap, first, name, rc_none(heap)));
        drop(heap, first);
        uint64_t served = rc_free_list(heap, &rc_dict_type, 0).hits;
        uint64_t found = rc_cache_info(heap, RC_INTERNED).hits, names = rc_refcount(heap, name);
        uint64_t held = rc_refcount(heap, list);
        int allocated = rc_gc_count(heap, 0);

        CHECK(rc_instance_set(heap, second, name, values[i]));
        CHECK_EQUAL(rc_free_list(heap, &rc_dict_type, 0).hits, served + 1);
        CHECK_EQUAL(rc_cache_info(heap, RC_INTERNED).hits, found + 1);
        CHECK_EQUAL(rc_refcount(heap, name), names + 1);
        CHECK_EQUAL(rc_refcount(heap, list), held + (values[i] == list));
        CHECK_EQUAL(rc_gc_count(heap, 0), allocated);
        CHECK_EQUAL(rc_gc_is_tracked(heap, rc_instance_dict(second)), values[i] == list);
        CHECK(rc_instance_get(heap, second, name) == values[i]);
        CHECK_HEAP(heap);
    }
    close_heap(heap);
}

static const test tests[] = {
    TEST(attributes_are_set_read_and_deleted_in_order),
    TEST(a_name_must_be_a_str),
    TEST(up_to_3_10_the_first_attribute_makes_a_dict),
    TEST(in_3_13_attributes_lie_inside_while_there_is_room),
    TEST(values_are_released_in_the_order_of_the_release),
    TEST(a_class_knows_whether_it_has_a_finalizer),
    TEST(a_finalizer_runs_before_anything_is_released),
    TEST(dying_by_count_it_is_in_generation_0_with_count_1),
    TEST(dying_by_the_collector_it_is_in_no_generation_with_one_more),
    TEST(a_ring_is_finalized_in_the_order_of_its_making),
    TEST(saved_from_death_by_count_it_lives_and_dies_without_another_call),
    TEST(a_resurrection_saves_as_much_as_the_release_says),
    TEST(who_leaves_the_trash_while_finalizers_run_is_no_part_of_it),
    TEST(a_finalizers_error_is_its_own_affair),
    TEST(finalizers_and_callbacks_may_change_everything),
    TEST(they_may_even_run_out_of_memory),
    TEST(making_a_class_survives_failing_allocations),
    TEST(setting_an_attribute_survives_failing_allocations),
    TEST(making_an_instance_survives_failing_allocations),
    TEST(the_name_is_held_while_an_attribute_is_set),
    TEST(it_is_held_while_the_first_attributes_dict_is_made),
    TEST(a_first_attribute_takes_its_dict_from_the_free_list),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
