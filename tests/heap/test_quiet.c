/* What happens while nobody looks on takes shorter ways, and leaves the same heap. */
#include <string.h>

#include "check.h"

enum { PLACES = 48, STEPS = 6000, KEYS = 12, STEPS_A_LOOK = 50 };

typedef struct program {
    rc_heap *heap;
    rc_class *plain, *finalized;
    rc_object *keys[KEYS];              /* interned strs, strs, ints; one reference each */
    rc_object *places[PLACES];          /* one reference each */
    rc_object *deep;                    /* a list in a tuple in a dict in an instance in a list ... */
    uint64_t random, seen;
} program;

/* A finalizer makes an object, whose address tells what is free while it runs. */
static void see(void *context, rc_heap *heap, rc_object *self)
{
    program *program = context;
    rc_object *made = rc_float_new(heap, 1);

    CHECK(made);
    program->seen = program->seen * 31 + (uint64_t)(rc_id(made) - rc_id(rc_none(heap)))
                    + (uint64_t)rc_birth(heap, self);
    rc_decref(heap, made);
}

static void ignore(void *context, rc_heap *heap, const rc_event *event)
{
    (void)context, (void)heap, (void)event;
}

static void start(program *self, const char *profile, bool looks)
{
    static const char *const texts[] = { "left", "right", "colour", "size" };
    rc_observer observer = { .events = RC_ALL_EVENTS, .notify = ignore };

    *self = (program) { .heap = open_heap(profile), .random = RANDOM_START };
    rc_gc_set_threshold(self->heap, 0, 70);
    if (looks)
        rc_observe(self->heap, &observer);
    self->plain = rc_class_new(self->heap, "Plain", NULL, NULL);
    self->finalized = rc_class_new(self->heap, "Finalized", see, self);
    for (int i = 0; i < KEYS; i++) {
        const char *text = texts[i % 4];
        size_t size = strlen(text);
        self->keys[i] = i < 4 ? rc_str_constant(self->heap, text, size)
                        : i < 8 ? rc_str_new(self->heap, text, size)
                                : rc_int_new(self->heap, i % 2 ? i : 1000000 + i);
        CHECK(self->keys[i]);
    }
    for (int i = 0; i < PLACES; i++)
        CHECK((self->places[i] = rc_list_display(self->heap, NULL, 0)));
    CHECK((self->deep = rc_list_display(self->heap, NULL, 0)));
}

static unsigned below(program *self, unsigned limit)
{
    return (unsigned)(next_random(&self->random) >> 33) % limit;
}

static rc_object *any(program *self)
{
    return self->places[below(self, PLACES)];
}

static rc_object *new_object(program *self)
{
    rc_heap *heap = self->heap;
    rc_object *items[] = { any(self), any(self), self->keys[below(self, KEYS)], rc_none(heap) };
    unsigned from = below(self, 4), count = below(self, 5 - from);

    switch (below(self, 12)) {
    case 0: return rc_int_new(heap, 1000 + below(self, 9));
    case 1: return rc_float_new(heap, 0.5);
    case 2: return rc_dict_new(heap);
    case 3: return rc_set_new(heap, &self->keys[from], count);
    case 4: return rc_frozenset_new(heap, &self->keys[from], count);
    case 5:
    case 6: return rc_instance_new(heap, self->plain);
    case 7: return rc_instance_new(heap, self->finalized);
    case 8: return rc_is(items[0], &rc_set_type) || rc_is(items[0], &rc_instance_type)
                   ? rc_weakref_new(heap, items[0], NULL) : rc_float_new(heap, 2.5);
    case 9: return rc_list_display(heap, items + from, count);
    default: return rc_tuple_new(heap, items + from, count);
    }
}

/* Store something, or take it away again. */
static bool change(program *self, rc_object *object, rc_object *value)
{
    rc_heap *heap = self->heap;
    rc_object *key = self->keys[below(self, KEYS)], *name = self->keys[below(self, 8)];
    bool takes = below(self, 4) == 0, found;

    if (rc_is(object, &rc_dict_type))
        return !rc_dict_find(heap, object, key, &value) || !takes || !value
               ? rc_dict_set(heap, object, key, any(self)) : rc_dict_delete(heap, object, key);
    if (rc_is(object, &rc_instance_type))
        return takes && rc_instance_get(heap, object, name)
               ? rc_instance_delete(heap, object, name) : rc_instance_set(heap, object, name, value);
    if (rc_is(object, &rc_set_type))
        return takes ? rc_set_discard(heap, object, key, &found) : rc_set_add(heap, object, key);
    if (rc_is(object, &rc_list_type))
        return rc_list_append(heap, object, value);
    return true;
}

/* Put what is nested into one more container. */
static rc_object *wrap(program *self, rc_object *inner)
{
    rc_heap *heap = self->heap;
    rc_object *outer = NULL;

    switch (below(self, 4)) {
    case 0: outer = rc_list_display(heap, &inner, 1); break;
    case 1: outer = rc_tuple_new(heap, &inner, 1); break;
    case 2: outer = rc_dict_display(heap, (rc_object *[]) { self->keys[0], inner }, 1); break;
    default:
        outer = rc_instance_new(heap, self->plain);
        CHECK(outer && rc_instance_set(heap, outer, self->keys[0], inner));
    }
    CHECK(outer);
    rc_decref(heap, inner);
    return outer;
}

static void put(program *self, rc_object **place, rc_object *object)
{
    rc_object *old = *place;

    CHECK(object);
    *place = object;
    rc_decref(self->heap, old);
}

static void step(program *self)
{
    rc_object *object = any(self);

    self->deep = wrap(self, self->deep);
    if (below(self, 150) == 0)
        put(self, &self->deep, rc_list_display(self->heap, NULL, 0));
    rc_error_clear(self->heap);
    CHECK(change(self, object, any(self)));
    put(self, &self->places[below(self, PLACES)], new_object(self));
}

/* ------------------------------------------------------------------- what is left -- */

static void check_same(const program *a, const program *b, const rc_object *x, const rc_object *y)
{
    CHECK_EQUAL(rc_id(y) - rc_id(rc_none(b->heap)), rc_id(x) - rc_id(rc_none(a->heap)));
    CHECK_EQUAL(rc_birth(b->heap, y), rc_birth(a->heap, x));
    CHECK_EQUAL(y->refcount, x->refcount);
    CHECK_EQUAL(rc_object_origin(b->heap, y), rc_object_origin(a->heap, x));
    if (rc_type_is_container(x->type))
        CHECK_EQUAL(rc_gc_generation(b->heap, y), rc_gc_generation(a->heap, x));
}

static void check_alike(const program *a, const program *b)
{
    rc_memory_stats memory = rc_heap_memory(a->heap), other = rc_heap_memory(b->heap);

    CHECK_EQUAL(other.used, memory.used);
    CHECK_EQUAL(other.peak, memory.peak);
    CHECK_EQUAL(other.allocations, memory.allocations);
    CHECK_EQUAL(other.releases, memory.releases);
    CHECK_EQUAL(rc_gc_count(b->heap, 0), rc_gc_count(a->heap, 0));
    CHECK_EQUAL(b->seen, a->seen);
    for (int type = 0; type < RC_TYPES; type++) {
        rc_free_list_stats list = rc_free_list(a->heap, rc_type_at((rc_type_index)type), 2),
                           same = rc_free_list(b->heap, rc_type_at((rc_type_index)type), 2);
        CHECK_EQUAL(same.size, list.size);
        CHECK_EQUAL(same.hits, list.hits);
        CHECK_EQUAL(same.misses, list.misses);
        CHECK_EQUAL(rc_live(b->heap, rc_type_at((rc_type_index)type)),
                    rc_live(a->heap, rc_type_at((rc_type_index)type)));
    }
    for (int cache = 0; cache < RC_CACHES; cache++)
        CHECK_EQUAL(rc_cache_info(b->heap, (rc_cache)cache).hits,
                    rc_cache_info(a->heap, (rc_cache)cache).hits);
    rc_object *x = rc_newest(a->heap), *y = rc_newest(b->heap);
    for (; x && y; x = rc_older(a->heap, x), y = rc_older(b->heap, y))
        check_same(a, b, x, y);
    CHECK(!x && !y);
}

static void finish(program *self)
{
    for (int i = 0; i < KEYS; i++)
        rc_decref(self->heap, self->keys[i]);
    for (int i = 0; i < PLACES; i++)
        rc_decref(self->heap, self->places[i]);
    rc_decref(self->heap, self->deep);
    rc_observe(self->heap, NULL);
    CHECK_HEAP(self->heap);
    rc_heap_close(self->heap);
}

static void an_observer_changes_nothing(void)
{
    static const char *const profiles[] = { ALL_PROFILES };
    program looked_at, alone;

    for (int i = 0; i < PROFILE_COUNT; i++) {
        start(&looked_at, profiles[i], true);
        start(&alone, profiles[i], false);
        for (int number = 0; number < STEPS; number++) {
            step(&looked_at);
            step(&alone);
            if (number % STEPS_A_LOOK == 0)
                check_alike(&looked_at, &alone);
        }
        check_alike(&looked_at, &alone);
        finish(&looked_at);
        finish(&alone);
    }
}

static const test tests[] = {
    TEST(an_observer_changes_nothing),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
