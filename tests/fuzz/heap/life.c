/* The opening and closing of worlds, and what a heap is given to call. */
#include "world.h"

/* ------------------------------------------------------------------------- hooks -- */

static void report_roots(void *context, void (*report)(void *report_context, rc_object *object),
                         void *report_context)
{
    world *w = context;

    for (size_t i = 0; i < SLOTS; i++)
        if (w->slots[i])
            report(report_context, w->slots[i]);
    for (walk *walk = w->walks; walk; walk = walk->outer)
        if (walk->iterator.container)
            report(report_context, walk->iterator.container);
}

static void discard(void *context, const char *text, size_t size)
{
    (void)context;
    (void)text;
    (void)size;
}

static uint64_t no_clock(void *context)
{
    (void)context;
    return 7;
}

static void died(void *context, const rc_death *death)
{
    world *w = context;

    for (size_t i = 0; i < WATCHES; i++)
        if (w->watches[i].number == death->watch)
            w->watches[i].died = true;
}

/* An allocation is about to start a collection: names may be given up. */
static void before_collection(void *context, rc_heap *heap)
{
    world *w = context;

    REQUIRE(heap == w->heap);
    if (choose(w, 4) == 1 && w->depth < DEEPEST) {
        w->depth++;
        empty(w);
        w->depth--;
    }
}

/* ----------------------------------------------------------------------- opening -- */

static int64_t within(int64_t value, int64_t least, int64_t greatest)
{
    return value < least ? least : value > greatest ? greatest : value;
}

/* Change a field of the profile, within what it allows and what a small heap can bear. */
static void vary_profile(world *w)
{
    size_t count;
    const rc_profile_field *field = rc_profile_fields(&count);

    field += choose(w, 256) % count;
    if (field->kind == RC_PROFILE_STRATEGY) {
        size_t choices = 0;
        while (field->choices[choices])
            choices++;
        const char *name = field->choices[choose(w, 256) % choices]->name;
        REQUIRE(rc_profile_set_strategy(&w->profile, field, name) == NULL);
    } else if (field->kind == RC_PROFILE_NUMBERS) {
        int64_t thresholds[RC_GENERATIONS] = { choose(w, 20), choose(w, 3), choose(w, 3) };
        REQUIRE(!rc_profile_set_numbers(&w->profile, field, thresholds, RC_GENERATIONS));
    } else {
        int64_t number = within(within(an_integer(w), field->least, field->greatest), -300, 300);
        REQUIRE(rc_profile_set_numbers(&w->profile, field, &number, 1) == NULL);
    }
}

void open_world(world *w, input *input)
{
    rc_hooks hooks = { .context = w, .write = discard, .clock = no_clock,
                       .before_collection = before_collection, .roots = report_roots,
                       .died = died };
    rc_options options = { .profile = &w->profile, .hooks = &hooks };
    size_t profiles = 0;

    while (rc_profile_at(profiles))
        profiles++;
    w->input = input;
    w->profile = *rc_profile_at(choose(w, 256) % profiles);
    if (choose(w, 4) == 1)
        for (unsigned left = choose(w, 6); left > 0; left--)
            vary_profile(w);
    if (choose(w, 16) == 1)
        options.memory_limit = 1 + choose(w, 30000);
    w->heap = rc_heap_open(&options);
    if (!w->heap) {
        REQUIRE(options.memory_limit != 0);
        return;
    }
    rc_heap_set_limit(w->heap, rc_heap_memory(w->heap).used + ((size_t)256 << 10));
    w->startup_objects = rc_live(w->heap, NULL);
}

/* ----------------------------------------------------------------------- closing -- */

static bool is_cached(const rc_heap *heap, const rc_object *object)
{
    rc_origin origin = rc_object_origin(heap, object);
    return origin == RC_ORIGIN_POOL || origin == RC_ORIGIN_CHARACTER
           || origin == RC_ORIGIN_SINGLETON || rc_is_immortal(object)
           || rc_is(object, &rc_str_type);
}

static void let_go(world *w)
{
    rc_gc_set_debug(w->heap, 0);
    rc_gc_unfreeze(w->heap);
    for (size_t i = 0; i < SLOTS; i++) {
        rc_object *object = w->slots[i];
        w->slots[i] = NULL;
        if (object)
            rc_decref(w->heap, object);
    }
    check_all(w);
    rc_gc_garbage_clear(w->heap);
}

static void empty_trash(world *w)
{
    rc_object *list = rc_list_call(w->heap, NULL);

    if (succeeded(w, list != NULL))
        rc_decref(w->heap, list);
}

static void delete_attributes(world *w, rc_object *instance)
{
    rc_object *dict = rc_instance_dict(instance), *name, *value;
    size_t position = 0;

    if (dict) {
        rc_incref(w->heap, dict);
        rc_dict_clear(w->heap, dict);
        rc_decref(w->heap, dict);
        return;
    }
    while (rc_instance_next(instance, &position, &name, &value)) {
        REQUIRE(rc_instance_delete(w->heap, instance, name));
        position = 0;
    }
}

/* An uncollectable instance in a cycle stays in gc.garbage until its cycle is broken. */
static void break_uncollectable(world *w)
{
    for (size_t i = 0; i < rc_gc_garbage_size(w->heap); i++) {
        rc_object *object = rc_gc_garbage_get(w->heap, i);

        if (!rc_is(object, &rc_instance_type))
            continue;
        rc_incref(w->heap, object);
        delete_attributes(w, object);
        rc_decref(w->heap, object);
    }
    rc_gc_garbage_clear(w->heap);
}

void close_world(world *w)
{
    size_t found;

    if (!w->heap)
        return;
    rc_heap_set_limit(w->heap, 0);
    let_go(w);
    for (int i = 0; i < 3; i++) {
        empty_trash(w);
        REQUIRE(rc_gc_collect(w->heap, RC_OLDEST, &found));
        break_uncollectable(w);
    }
    empty_trash(w);
    check_all(w);
    for (rc_object *object = rc_newest(w->heap); object; object = rc_older(w->heap, object))
        if (!is_cached(w->heap, object))
            broken("left at the end", rc_typename(object));
    rc_heap_close(w->heap);
    REQUIRE(w->callbacks == 0);
}

void reopen_world(world *w, input *input)
{
    rc_heap_close(w->heap);
    REQUIRE(w->callbacks == 0);
    *w = (world) { 0 };
    open_world(w, input);
}
