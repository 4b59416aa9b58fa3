/* The observer: what it is told, and that it disturbs nothing. */
#include <string.h>

#include "check.h"
#include "../../src/heap/object.h"

/* ----------------------------------------------------------------- what is told -- */

static rc_event told[400];
static int told_count;

static void note(void *context, rc_heap *heap, const rc_event *event)
{
    (void)heap;
    if (context != told)
        test_failed(__FILE__, __LINE__, "the context is another");
    if (told_count < 400)
        told[told_count++] = *event;
}

static void observe(rc_heap *heap, uint32_t events)
{
    rc_observer observer = { .events = events, .notify = note, .context = told };
    rc_observe(heap, &observer);
    told_count = 0;
}

/* The n-th event told of this kind, from 0. */
static const rc_event *event(rc_event_kind kind, int n)
{
    for (int i = 0; i < told_count; i++)
        if (told[i].kind == kind && n-- == 0)
            return &told[i];
    test_failed(__FILE__, __LINE__, "no such event: %s", rc_event_name(kind));
}

static int events(rc_event_kind kind)
{
    int count = 0;
    for (int i = 0; i < told_count; i++)
        count += told[i].kind == kind;
    return count;
}

static void only_the_kinds_asked_for_are_told(void)
{
    for (int kind = 0; kind < RC_EVENT_KINDS; kind++) {
        rc_heap *heap = open_heap("3.8");
        size_t found;
        observe(heap, RC_EVENT_BIT(kind));
        rc_object *set = keep(heap, rc_set_new(heap, NULL, 0));
        keep(heap, rc_weakref_new(heap, set, NULL));
        drop(heap, set);
        a_list(heap, 0);
        CHECK(rc_gc_collect(heap, 2, &found));
        CHECK(kind == RC_FINALIZER_CALLED || told_count > 0);
        for (int i = 0; i < told_count; i++)
            CHECK_EQUAL(told[i].kind, kind);
        rc_observe(heap, NULL);
        told_count = 0;
        a_list(heap, 0);
        CHECK_EQUAL(told_count, 0);
        close_heap(heap);
    }
}

static void a_birth_is_told_with_its_origin(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0);

    drop(heap, list);
    observe(heap, RC_EVENT_BIT(RC_CREATED) | RC_EVENT_BIT(RC_COUNT_CHANGED));
    CHECK((list = rc_list_display(heap, NULL, 0)) != NULL);
    CHECK_EQUAL(told_count, 2);
    CHECK(told[0].kind == RC_CREATED && told[0].object == list);
    CHECK_EQUAL(told[0].origin, RC_ORIGIN_FREE_LIST);
    CHECK(told[1].kind == RC_COUNT_CHANGED && told[1].object == list && told[1].change == 1);
    CHECK(told[1].reason == RC_FOR_CREATION && !told[1].holder);
    rc_decref(heap, list);
    rc_object *set = rc_set_new(heap, NULL, 0);
    CHECK_EQUAL(event(RC_CREATED, 1)->origin, RC_ORIGIN_FRESH);
    rc_decref(heap, set);
    CHECK((set = rc_set_new(heap, NULL, 0)) != NULL);
    CHECK_EQUAL(event(RC_CREATED, 2)->origin, RC_ORIGIN_REUSED);
    rc_decref(heap, set);
    rc_observe(heap, NULL);
    close_heap(heap);
}

static void a_death_is_told_before_its_memory_is_given_back(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *set = rc_set_new(heap, NULL, 0), *list = rc_list_display(heap, NULL, 0);
    uintptr_t id = rc_id(set);

    CHECK(set && list);
    observe(heap, RC_EVENT_BIT(RC_DESTROYED) | RC_EVENT_BIT(RC_MEMORY_RETURNED));
    rc_decref(heap, set);
    CHECK_EQUAL(told_count, 2);
    CHECK(told[0].kind == RC_DESTROYED && told[0].object == set && !told[0].by_collector);
    CHECK(told[1].kind == RC_MEMORY_RETURNED && told[1].address == id);
    CHECK_EQUAL(told[1].size, sizeof(rc_set));
    rc_decref(heap, list);              /* to the free list: no memory is given back */
    CHECK_EQUAL(told_count, 3);
    size_t found;
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK(told_count == 4 && told[3].kind == RC_MEMORY_RETURNED && told[3].address == rc_id(list));
    rc_observe(heap, NULL);
    close_heap(heap);
}

/* Where a type has a short way to give it back, too. */
static void all_memory_given_back_is_told(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_class *class = rc_class_new(heap, "Node", NULL, NULL);
    rc_object *objects[] = {
        rc_instance_new(heap, class), rc_set_new(heap, NULL, 0), rc_int_new(heap, 1000),
        rc_str_new(heap, "text", 4),
    };
    size_t count = sizeof objects / sizeof *objects;

    for (size_t i = 0; i < count; i++)
        CHECK(objects[i]);
    observe(heap, RC_EVENT_BIT(RC_MEMORY_RETURNED));
    for (size_t i = 0; i < count; i++) {
        rc_decref(heap, objects[i]);
        CHECK_EQUAL(told_count, i + 1);
        CHECK(told[i].kind == RC_MEMORY_RETURNED && told[i].address == rc_id(objects[i]));
    }
    rc_observe(heap, NULL);
    close_heap(heap);
}

static void a_death_by_the_collector_says_so(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = rc_list_display(heap, NULL, 0);
    size_t found;

    CHECK(list && rc_list_append(heap, list, list));
    rc_decref(heap, list);
    observe(heap, RC_EVENT_BIT(RC_DESTROYED));
    CHECK(rc_gc_collect(heap, 2, &found));
    CHECK(told_count == 1 && told[0].object == list && told[0].by_collector);
    rc_observe(heap, NULL);
    close_heap(heap);
}

static void a_counts_change_is_told_with_reason_and_holder(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *one = an_int(heap, 1001), *list = a_list(heap, 0), *dict = keep(heap, rc_dict_new(heap));
    rc_object *set = keep(heap, rc_set_new(heap, NULL, 0)), *tuple;
    rc_object *instance = keep(heap, rc_instance_new(heap, rc_class_new(heap, "A", NULL, NULL)));
    rc_object *name = keep(heap, rc_str_intern_text(heap, "attribute", 9));

    observe(heap, RC_EVENT_BIT(RC_COUNT_CHANGED));
    rc_incref(heap, one);
    rc_decref(heap, one);
    CHECK(rc_list_append(heap, list, one));
    CHECK((tuple = rc_tuple_new(heap, &one, 1)) != NULL);
    CHECK(rc_dict_set(heap, dict, one, one));
    CHECK(rc_set_add(heap, set, one));
    CHECK(rc_instance_set(heap, instance, name, one));
    int first = 0;
    const struct { int change; rc_reason reason; const void *holder; } expected[] = {
        { 1, RC_FOR_CALLER, NULL }, { -1, RC_FOR_CALLER, NULL }, { 1, RC_FOR_ITEM, list },
        { 1, RC_FOR_ITEM, tuple }, { 1, RC_FOR_KEY, dict }, { 1, RC_FOR_VALUE, dict },
        { 1, RC_FOR_ELEMENT, set }, { 1, RC_FOR_VALUE, rc_instance_dict(instance) },
    };
    for (int i = 0; i < told_count; i++) {
        if (told[i].object != one || told[i].reason == RC_FOR_OPERAND)
            continue;
        CHECK(first < 8);
        CHECK_EQUAL(told[i].change, expected[first].change);
        CHECK_EQUAL(told[i].reason, expected[first].reason);
        CHECK(told[i].holder == expected[first].holder);
        first++;
    }
    CHECK_EQUAL(first, 8);
    told_count = 0;
    rc_list_clear(heap, list);
    CHECK(told[0].change == -1 && told[0].reason == RC_FOR_ITEM && told[0].holder == list);
    rc_observe(heap, NULL);
    rc_decref(heap, tuple);
    close_heap(heap);
}

static void tracking_and_generations_are_told(void)
{
    rc_heap *heap = open_heap("3.8");
    size_t found;

    observe(heap, RC_EVENT_BIT(RC_TRACKED) | RC_EVENT_BIT(RC_UNTRACKED)
                      | RC_EVENT_BIT(RC_GENERATION_CHANGED));
    rc_object *list = a_list(heap, 0);
    CHECK(event(RC_TRACKED, 0)->object == list);
    CHECK(event(RC_GENERATION_CHANGED, 0)->generation == 0);
    told_count = 0;
    CHECK(rc_gc_collect(heap, 0, &found));
    const rc_event *last = event(RC_GENERATION_CHANGED, events(RC_GENERATION_CHANGED) - 1);
    CHECK(last->object == list && last->generation == 1);
    told_count = 0;
    rc_gc_freeze(heap);
    CHECK(event(RC_GENERATION_CHANGED, 0)->generation == RC_PERMANENT);
    rc_gc_unfreeze(heap);
    CHECK(event(RC_GENERATION_CHANGED, 1)->generation == RC_OLDEST);
    drop(heap, list);
    CHECK(event(RC_UNTRACKED, 0)->object == list);
    CHECK_EQUAL(events(RC_TRACKED), 0);
    rc_observe(heap, NULL);
    close_heap(heap);
}

static uint64_t tick(void *context)
{
    static uint64_t now;
    (void)context;
    return now += 250;
}

static void a_collection_is_told_with_its_results(void)
{
    rc_heap *heap = open_heap("3.8");
    size_t found;

    heap->hooks.clock = tick;
    observe(heap, RC_EVENT_BIT(RC_COLLECTION_STARTED) | RC_EVENT_BIT(RC_COLLECTION_FINISHED));
    rc_object *list = rc_list_display(heap, NULL, 0);
    CHECK(list && rc_list_append(heap, list, list));
    rc_decref(heap, list);
    CHECK(rc_gc_collect(heap, 1, &found));
    CHECK(told_count == 2 && told[0].kind == RC_COLLECTION_STARTED && told[0].generation == 1);
    CHECK(told[1].kind == RC_COLLECTION_FINISHED && told[1].generation == 1);
    CHECK(told[1].collected == 1 && told[1].uncollectable == 0 && told[1].nanoseconds == 250);
    rc_observe(heap, NULL);
    close_heap(heap);
}

static void do_nothing(void *context, rc_heap *heap, rc_object *self)
{
    (void)context, (void)heap, (void)self;
}

static void weak_references_and_finalizers_are_told(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *a = keep(heap, rc_instance_new(heap, rc_class_new(heap, "A", do_nothing, NULL)));
    rc_object *weak = keep(heap, rc_weakref_new(heap, a, NULL));

    observe(heap, RC_EVENT_BIT(RC_WEAKREF_CLEARED) | RC_EVENT_BIT(RC_FINALIZER_CALLED));
    drop(heap, a);
    CHECK_EQUAL(told_count, 2);
    CHECK(told[0].kind == RC_FINALIZER_CALLED && told[0].object == a);
    CHECK(told[1].kind == RC_WEAKREF_CLEARED && told[1].object == weak);
    rc_observe(heap, NULL);
    close_heap(heap);
}

/* --------------------------------------------- a random program, for what follows -- */

#define SHELF 40

static rc_object *shelf[SHELF];
static rc_class *classes[2];

static void revive_sometimes(void *context, rc_heap *heap, rc_object *self)
{
    (void)context;
    if (rc_births(heap) % 3 == 0 && !shelf[0]) {
        rc_incref(heap, self);
        shelf[0] = self;
    }
}

static rc_object *make(rc_heap *heap, unsigned kind, rc_object *x, rc_object *y)
{
    rc_object *items[] = { x, y };

    switch (kind) {
    case 0:
        return rc_list_display(heap, items, 2);
    case 1:
        return rc_tuple_new(heap, items, 2);
    case 2:
        return rc_dict_new(heap);
    case 3:
        return rc_set_new(heap, NULL, 0);
    case 4:
        return rc_float_new(heap, 0.5);
    case 5:
        return rc_int_new(heap, (int64_t)(rc_births(heap) * 7));
    case 6:
        return rc_str_new(heap, "text", 4);
    case 7:
        return x->type->weakly_referable ? rc_weakref_new(heap, x, NULL) : rc_int_new(heap, -1);
    case 8:
        return rc_list_copy(heap, x);
    default:
        return rc_instance_new(heap, classes[kind % 2]);
    }
}

static void change(rc_heap *heap, unsigned how, rc_object *object, rc_object *x)
{
    rc_object *name = rc_str_intern_text(heap, how & 1 ? "left" : "right", how & 1 ? 4 : 5);
    bool done = true;

    switch (rc_type_number(object->type)) {
    case RC_LIST:
        if (how % 5 == 0)
            rc_list_clear(heap, object);
        else
            done = how % 5 == 1 ? rc_list_insert(heap, object, 0, x) : rc_list_append(heap, object, x);
        break;
    case RC_DICT:
        if (how % 5 == 0)
            rc_dict_clear(heap, object);
        else
            done = how % 5 == 1 ? rc_dict_delete(heap, object, name) : rc_dict_set(heap, object, name, x);
        break;
    case RC_SET:
        if (how % 5 == 0)
            rc_set_clear(heap, object);
        else if (!rc_is(x, &rc_weakref_type))
            done = rc_set_add(heap, object, x);
        break;
    case RC_INSTANCE:
        done = how % 5 == 0 ? rc_instance_delete(heap, object, name)
                            : rc_instance_set(heap, object, name, x);
        break;
    default:
        break;
    }
    if (!done)
        rc_error_clear(heap);
    rc_decref(heap, name);
}

/* Run it; `after` is called after each operation with the result of a making one. */
static void run_program(rc_heap *heap, uint64_t random, int operations,
                        void (*after)(rc_heap *heap, rc_object *made))
{
    memset(shelf, 0, sizeof shelf);
    classes[0] = rc_class_new(heap, "Plain", NULL, NULL);
    classes[1] = rc_class_new(heap, "Reviving", revive_sometimes, NULL);
    rc_gc_set_threshold(heap, 0, 30);
    rc_gc_set_threshold(heap, 1, 3);
    rc_gc_set_threshold(heap, 2, 3);
    for (int i = 0; i < operations; i++) {
        uint64_t choice = next_random(&random) >> 16;
        unsigned at = (unsigned)(choice >> 8) % SHELF;
        rc_object *x = shelf[(choice >> 16) % SHELF], *y = shelf[(choice >> 24) % SHELF], *made = NULL;
        x = x ? x : rc_none(heap);
        y = y ? y : rc_none(heap);
        rc_incref(heap, x);
        rc_incref(heap, y);
        if (choice % 3 == 0) {
            change(heap, (unsigned)(choice >> 32) % 50, x, y);
        } else if (choice % 3 == 1 || !shelf[at]) {
            unsigned kind = (unsigned)(choice >> 32) % 12;
            if (kind == 8 && !rc_is(x, &rc_list_type))
                kind = 0;
            made = make(heap, kind, x, y);
            CHECK(made);
            rc_object *old = shelf[at];
            shelf[at] = made;
            if (old)
                rc_decref(heap, old);
        } else {
            rc_object *old = shelf[at];
            shelf[at] = NULL;
            rc_decref(heap, old);
        }
        rc_decref(heap, y);
        rc_decref(heap, x);
        rc_gc_poll(heap);
        after(heap, made);
    }
}

/* ------------------------------------------------------------------------- ledger -- */

#define LEDGER 65536

static struct entry {
    const rc_object *object;
    long long sum;
} ledger[LEDGER];

static long long *sum_of(const rc_object *object)
{
    size_t at = (rc_id(object) >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 40 & (LEDGER - 1);

    while (ledger[at].object && ledger[at].object != object)
        at = (at + 1) & (LEDGER - 1);
    ledger[at].object = object;
    return &ledger[at].sum;
}

static void book(void *context, rc_heap *heap, const rc_event *change)
{
    (void)context, (void)heap;
    if (change->kind == RC_CREATED)
        *sum_of(change->object) = 0;
    else
        *sum_of(change->object) += change->change;
}

static void audit(rc_heap *heap, rc_object *made)
{
    (void)made;
    for (rc_object *object = rc_newest(heap); object; object = rc_older(heap, object))
        if (!rc_is_immortal(object))
            CHECK_EQUAL(*sum_of(object), object->refcount);
}

static void the_changes_of_every_count_add_up_to_it(void)
{
    static const char *const profile[] = { ALL_PROFILES };

    for (int i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profile[i]);
        memset(ledger, 0, sizeof ledger);
        for (rc_object *object = rc_newest(heap); object; object = rc_older(heap, object))
            *sum_of(object) = object->refcount;
        rc_observer observer = { .events = RC_EVENT_BIT(RC_CREATED) | RC_EVENT_BIT(RC_COUNT_CHANGED),
                                 .notify = book };
        rc_observe(heap, &observer);
        run_program(heap, RANDOM_START, 6000, audit);
        rc_observe(heap, NULL);
        rc_heap_close(heap);
    }
}

static int counted_sum, counted;

static void count_alone(void *context, rc_heap *heap, rc_object *object, int change,
                        rc_reason reason, const void *holder)
{
    (void)heap;
    (void)reason;
    (void)holder;
    if (context == told && object) {
        counted_sum += change;
        counted++;
    }
}

static void counts_can_be_told_to_a_function_of_their_own(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_observer observer = { .events = RC_EVENT_BIT(RC_CREATED) | RC_EVENT_BIT(RC_COUNT_CHANGED),
                             .notify = note, .context = told, .count_changed = count_alone };

    rc_observe(heap, &observer);
    told_count = counted = counted_sum = 0;
    rc_object *list = rc_list_display(heap, NULL, 0);
    CHECK(list != NULL);
    rc_incref(heap, list);
    CHECK_EQUAL(told_count, 1);
    CHECK_EQUAL(told[0].kind, RC_CREATED);
    CHECK_EQUAL(counted, 2);
    CHECK_EQUAL(counted_sum, 2);
    rc_decref(heap, list);
    rc_decref(heap, list);
    CHECK_EQUAL(counted_sum, 0);
    observer.events = RC_EVENT_BIT(RC_CREATED);         /* it is asked for like the others */
    rc_observe(heap, &observer);
    drop(heap, a_list(heap, 0));
    CHECK_EQUAL(counted, 4);
    close_heap(heap);
}

/* --------------------------------------------------------------- disturbs nothing -- */

static uint64_t print;

static void add_to_print(rc_heap *heap, rc_object *made)
{
    print = print * 31 + (made ? rc_id(made) - (uintptr_t)heap->memory.window : 1);
    print = print * 31 + (uint64_t)rc_gc_count(heap, 0);
}

static void ignore(void *context, rc_heap *heap, const rc_event *happened)
{
    (void)heap;
    *(int *)context += happened != NULL;
}

static void an_observer_changes_no_id(void)
{
    static const char *const profile[] = { ALL_PROFILES };

    for (int i = 0; i < PROFILE_COUNT; i++) {
        uint64_t alone = 0;
        for (int observed = 0; observed < 2; observed++) {
            rc_heap *heap = open_heap(profile[i]);
            int seen = 0;
            rc_observer observer = { .events = RC_ALL_EVENTS, .notify = ignore, .context = &seen };
            if (observed)
                rc_observe(heap, &observer);
            print = 0;
            run_program(heap, 3 * RANDOM_START, 20000, add_to_print);
            CHECK((seen > 0) == (observed > 0));
            if (!observed)
                alone = print;
            rc_heap_close(heap);
        }
        CHECK(alone == print);
    }
}

/* The newest object dies as any other for who has come after its birth, and nobody is told
 * when he has gone again. */
static void who_comes_after_a_birth_sees_the_death(void)
{
    rc_heap *heap = open_heap("3.8");

    for (int kind = 0; kind < 3; kind++) {
        rc_object *object = kind == 0 ? rc_float_new(heap, 0.5)
                            : kind == 1 ? rc_list_display(heap, NULL, 0) : rc_dict_new(heap);
        observe(heap, RC_ALL_EVENTS);
        rc_decref(heap, object);
        CHECK_EQUAL(events(RC_DESTROYED), 1);
        CHECK(event(RC_DESTROYED, 0)->object == object);

        object = kind == 0 ? rc_float_new(heap, 0.5)
                 : kind == 1 ? rc_list_display(heap, NULL, 0) : rc_dict_new(heap);
        CHECK_EQUAL(events(RC_CREATED), 1);
        rc_observe(heap, NULL);
        rc_decref(heap, object);
        CHECK_EQUAL(events(RC_DESTROYED), 1);
        CHECK_HEAP(heap);
    }
    close_heap(heap);
}

/* Also over the last number of 29 bits. */
static void who_looks_on_changes_no_number(void)
{
    for (int come = 0; come < 6; come++)
        for (int go = come; go < 7; go++) {
            rc_heap *heap = open_heap("3.8");

            set_births(heap, LAST_BIRTH - 3);
            uint64_t births = rc_births(heap);
            for (int i = 0; i < 7; i++) {
                if (i == come)
                    observe(heap, RC_EVENT_BIT(RC_CREATED));
                if (i == go)
                    rc_observe(heap, NULL);
                CHECK_EQUAL(rc_births(heap), births + (uint64_t)i);
                CHECK_EQUAL(a_list(heap, 0)->birth, i < 3 ? LAST_BIRTH - 2 + (uint64_t)i
                                                          : (uint64_t)i - 2);
                CHECK_EQUAL(told_count, i < come ? told_count : (i < go ? i : go - 1) - come + 1);
            }
            close_heap(heap);
        }
}

static const test tests[] = {
    TEST(only_the_kinds_asked_for_are_told),
    TEST(a_birth_is_told_with_its_origin),
    TEST(a_death_is_told_before_its_memory_is_given_back),
    TEST(all_memory_given_back_is_told),
    TEST(a_death_by_the_collector_says_so),
    TEST(a_counts_change_is_told_with_reason_and_holder),
    TEST(tracking_and_generations_are_told),
    TEST(a_collection_is_told_with_its_results),
    TEST(weak_references_and_finalizers_are_told),
    TEST(the_changes_of_every_count_add_up_to_it),
    TEST(counts_can_be_told_to_a_function_of_their_own),
    TEST(an_observer_changes_no_id),
    TEST(who_comes_after_a_birth_sees_the_death),
    TEST(who_looks_on_changes_no_number),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
