/* Random operations on up to three heaps of different profiles, every function of the
 * library among them.  The input is a row of decisions, a byte or two each; where it ends
 * the program ends.  Finalizers, callbacks of weak references and of the collector, and
 * walks in their middle take decisions too, and may do whatever the main program may.
 *
 * An operation is a row of the table at the foot: a function, and the type that its first
 * operand must have.  It finds its operands in `x`, held on the heap's operand stack, and
 * puts what it makes into a random slot.  After each one of the main program's the heap
 * must be whole.
 *
 * What an operation costs must stay small: the heap is limited to some hundred KiB, and
 * what would be compared or hashed is looked at first (is_light). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <refchain/refchain.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WORLDS 3
#define SLOTS 12
#define CLASSES 5
#define WATCHES 8
#define OPERANDS 4
#define DEEPEST 6                       /* finalizers within finalizers that do something */
#define MOST_STEPS 3000                 /* of one input */
#define CHECKED_ALWAYS 1000             /* objects up to which each step is checked */

typedef struct input {
    const uint8_t *at, *end;
    unsigned steps;
} input;

/* An iteration that is under way; it owns a reference. */
typedef struct walk {
    rc_iterator iterator;
    struct walk *outer;
} walk;

typedef struct watch {
    uint32_t number;                    /* 0: none */
    int64_t birth;
    bool died;
} watch;

/* A heap and all that the program knows of it. */
typedef struct world {
    rc_heap *heap;
    input *input;
    rc_profile profile;
    rc_object *slots[SLOTS];            /* one reference each, or NULL */
    rc_class *classes[CLASSES];
    walk *walks;
    rc_object *guest;                   /* what is being finalized, or NULL (borrowed) */
    rc_object *focus;                   /* first operand of the operation around, or NULL */
    watch watches[WATCHES];
    unsigned depth;
    size_t callbacks;                   /* made and not released */
    size_t startup_objects;
    bool observed;
    size_t expected_live;               /* while observed: by the events */
} world;

typedef struct callback {
    rc_callback base;
    world *world;
} callback;

static void step(world *w);

static _Noreturn void broken(const char *what, const char *how)
{
    fprintf(stderr, "BROKEN: %s: %s\n", what, how);
    abort();
}

#define REQUIRE(condition) ((condition) ? (void)0 : broken("not so", #condition))

/* -------------------------------------------------------------------- decisions -- */

static unsigned byte(world *w)
{
    return w->input->at < w->input->end ? *w->input->at++ : 0;
}

/* A number from 0 to n - 1; 0 when the input has ended. */
static unsigned choose(world *w, unsigned n)
{
    unsigned number = byte(w);
    return n > 256 ? (number << 8 | byte(w)) % n : number % n;
}

/* Mostly small, now and then at an edge. */
static int64_t an_integer(world *w)
{
    static const int64_t edges[] = { INT64_MIN, INT64_MAX, -6, -5, 256, 257, INT64_C(1) << 53,
                                     (INT64_C(1) << 61) - 1, -1, 1000003 };
    unsigned way = choose(w, 4);

    if (way == 3)
        return edges[choose(w, sizeof edges / sizeof edges[0])];
    return (int64_t)choose(w, way == 0 ? 4 : way == 1 ? 256 : 1024) - 2;
}

static double a_real(world *w)
{
    static const double edges[] = { 0.0, -0.0, 1e308, -1e308, 5e-324, 0.1, 1e16,
                                    9007199254740993.0 };
    unsigned way = choose(w, 12);

    return way < 8 ? edges[way] : way == 8 ? (double)NAN : way == 9 ? (double)INFINITY
           : (double)an_integer(w);
}

/* Some text, seldom no UTF-8. */
static size_t a_text(world *w, char text[64])
{
    static const char *const pieces[] = { "", "a", "b", "name", "x1", " 12 ", "3.5e3", "\xC3\xA9",
                                          "\xC3\xBF", "\xE2\x82\xAC", "\xF0\x9F\x90\x8D", "'\"\\\n",
                                          "\xFF", "\xED\xA0\x80", "two words", "_" };
    size_t size = 0;

    for (unsigned count = 1 + choose(w, 3); count > 0; count--) {
        const char *piece = pieces[choose(w, sizeof pieces / sizeof pieces[0])];
        memcpy(text + size, piece, strlen(piece));
        size += strlen(piece);
    }
    if (choose(w, 16) == 1)
        text[size++] = '\0';
    return size;
}

/* --------------------------------------------------------------------- checking -- */

static void check(world *w)
{
    const char *wrong = rc_heap_check(w->heap);

    if (wrong)
        broken(w->profile.name, wrong);
}

static bool is_on_refchain(const world *w, int64_t birth)
{
    const rc_object *object = rc_newest(w->heap);

    while (object && rc_birth(w->heap, object) != birth)
        object = rc_older(w->heap, object);
    return object != NULL;
}

static void check_watches(const world *w)
{
    for (size_t i = 0; i < WATCHES; i++)
        if (w->watches[i].number != 0)
            REQUIRE(rc_watched(w->heap, w->watches[i].number) == !w->watches[i].died);
    const watch *one = &w->watches[w->input->steps % WATCHES];
    if (one->number != 0 && !one->died)
        REQUIRE(is_on_refchain(w, one->birth));
}

/* Up to 3.7 what an instance's death leaves in the trashcan stays there, dead and not yet
 * destroyed, until another container dies. */
static bool may_leave_trash(const world *w)
{
    return strstr(w->profile.trashcan.value->name, "instances") != NULL;
}

/* After an operation of the main program. */
static void check_all(world *w)
{
    if (rc_live(w->heap, NULL) < w->startup_objects + CHECKED_ALWAYS || w->input->steps % 64 == 0)
        check(w);
    check_watches(w);
    if (w->observed && !may_leave_trash(w))
        REQUIRE(rc_live(w->heap, NULL) == w->expected_live);
}

/* What has failed must say why; what has not may leave anything behind. */
static bool succeeded(world *w, bool success)
{
    if (!success)
        REQUIRE(rc_heap_error(w->heap)->kind != RC_NO_ERROR);
    rc_error_clear(w->heap);
    return success;
}

/* ------------------------------------------------------------ slots and operands -- */

/* Put a new reference into a random slot; NULL has failed. */
static void fill(world *w, rc_object *object)
{
    if (!succeeded(w, object != NULL))
        return;
    rc_object **slot = &w->slots[choose(w, SLOTS)], *old = *slot;
    *slot = object;
    if (old)
        rc_decref(w->heap, old);
}

/* The same for a borrowed one. */
static void fill_borrowed(world *w, rc_object *object)
{
    if (object)
        rc_incref(w->heap, object);
    fill(w, object);
}

/* Hold an operand until the step ends; NULL when there is no memory for that. */
static rc_object *hold(world *w, rc_object *object)
{
    rc_incref(w->heap, object);
    return succeeded(w, rc_operand_push(w->heap, object)) ? object : NULL;
}

/* What a random slot holds, or None; in the middle of an operation also what that works
 * on, and what is being finalized. */
static rc_object *any(world *w)
{
    unsigned number = choose(w, SLOTS + (w->depth > 0 ? 6 : 0));
    rc_object *object = number < SLOTS ? w->slots[number] : number % 2 ? w->guest : w->focus;

    return hold(w, object ? object : rc_none(w->heap));
}

static bool is_of(const rc_object *object, int type)
{
    return object && (int)rc_type_number(object->type) == type;
}

/* The same with an object of that type; NULL if there is none. */
static rc_object *any_of(world *w, int type)
{
    if (is_of(w->focus, type) && choose(w, 2))
        return hold(w, w->focus);
    if (is_of(w->guest, type) && choose(w, 2))
        return hold(w, w->guest);
    unsigned start = choose(w, SLOTS);
    for (unsigned i = 0; i < SLOTS; i++)
        if (is_of(w->slots[(start + i) % SLOTS], type))
            return hold(w, w->slots[(start + i) % SLOTS]);
    return NULL;
}

/* Items for a container: up to 24, held; returns how many. */
static size_t some(world *w, rc_object **items)
{
    size_t wanted = choose(w, 4) ? choose(w, 5) : choose(w, 25), count = 0;

    while (count < wanted && (items[count] = any(w)) != NULL)
        count++;
    return count;
}

/* ------------------------------------------------------------------------ weight -- */

typedef struct weighing {
    rc_heap *heap;
    int left;                           /* objects that may still be met */
} weighing;

static bool weigh(void *context, rc_object *object)
{
    weighing *weighing = context;

    if (--weighing->left >= 0 && !rc_is(object, &rc_instance_type))
        rc_gc_referents(weighing->heap, object, weigh, weighing);
    return weighing->left >= 0;
}

/* Whether a walk down from the object is short: an object that is met on many ways counts
 * on each. */
static bool is_light(world *w, rc_object *object)
{
    weighing weighing = { w->heap, 2000 };
    return weigh(&weighing, object);
}

/* What can be hashed is kept light: fills a slot, or drops the object. */
static void fill_light(world *w, rc_object *object)
{
    if (object && !is_light(w, object)) {
        rc_decref(w->heap, object);
        return;
    }
    fill(w, object);
}

/* ------------------------------------------------------------------------- making -- */

static void make_int(world *w, rc_object **x)
{
    (void)x;
    fill(w, rc_int_new(w->heap, an_integer(w)));
}

static void make_float(world *w, rc_object **x)
{
    (void)x;
    fill(w, rc_float_new(w->heap, a_real(w)));
}

static void make_str(world *w, rc_object **x)
{
    char text[64];
    size_t size = a_text(w, text);

    (void)x;
    switch (choose(w, 3)) {
    case 0:
        fill(w, rc_str_new(w->heap, text, size));
        break;
    case 1:
        fill(w, rc_str_intern_text(w->heap, text, size));
        break;
    default:
        fill(w, rc_str_constant(w->heap, text, size));
    }
}

static void make_singleton(world *w, rc_object **x)
{
    (void)x;
    fill_borrowed(w, choose(w, 2) ? rc_bool(w->heap, choose(w, 2)) : rc_none(w->heap));
}

static void make_list(world *w, rc_object **x)
{
    rc_object *items[24];
    size_t count = some(w, items);

    (void)x;
    fill(w, rc_list_display(w->heap, items, count));
}

static void make_tuple(world *w, rc_object **x)
{
    rc_object *items[24];
    size_t count = some(w, items);

    (void)x;
    fill_light(w, rc_tuple_new(w->heap, items, count));
}

static void make_dict(world *w, rc_object **x)
{
    rc_object *items[24];
    size_t count = some(w, items);

    (void)x;
    fill(w, count == 0 ? rc_dict_new(w->heap) : rc_dict_display(w->heap, items, count / 2));
}

static void make_set(world *w, rc_object **x)
{
    rc_object *items[24];
    size_t count = some(w, items);

    (void)x;
    fill(w, rc_set_new(w->heap, items, count));
}

static void make_frozenset(world *w, rc_object **x)
{
    rc_object *items[24];
    size_t count = some(w, items);

    (void)x;
    fill_light(w, rc_frozenset_new(w->heap, items, count));
}

/* list(x), tuple(x) … */
static void call_type(world *w, rc_object **x)
{
    static rc_object *(*const calls[])(rc_heap *, rc_object *) = {
        rc_list_call, rc_tuple_call, rc_dict_call, rc_set_call, rc_frozenset_call, rc_str_from,
        rc_int_from, rc_float_from, rc_negate, rc_str_intern,
    };
    unsigned type = choose(w, sizeof calls / sizeof calls[0]);
    bool may_be_empty = type == 0 || (type >= 2 && type <= 4);

    if (!is_light(w, x[0]))
        return;
    if (rc_is(x[0], &rc_str_type) || type != 9)
        fill_light(w, calls[type](w->heap, may_be_empty && choose(w, 4) == 1 ? NULL : x[0]));
}

static void copy(world *w, rc_object **x)
{
    switch (rc_type_number(x[0]->type)) {
    case RC_LIST:
        fill(w, rc_list_copy(w->heap, x[0]));
        break;
    case RC_DICT:
        fill(w, rc_dict_copy(w->heap, x[0]));
        break;
    case RC_SET:
    case RC_FROZENSET:
        fill(w, rc_set_copy(w->heap, x[0]));
        break;
    default:
        break;
    }
}

/* A container that holds `object`, which is taken, alone. */
static rc_object *wrap(world *w, rc_object *object)
{
    rc_object *pair[2] = { rc_none(w->heap), object }, *outer = NULL;

    switch (choose(w, 5)) {
    case 0:
        outer = rc_tuple_new(w->heap, &object, 1);
        break;
    case 1:
        outer = rc_dict_display(w->heap, pair, 1);
        break;
    case 2:
        outer = rc_tuple_new(w->heap, pair, 2);
        break;
    default:
        outer = rc_list_display(w->heap, &object, 1);
    }
    rc_decref(w->heap, object);
    return outer;
}

/* Deeper than the trashcan's 50 levels, and now and then than the recursion limit. */
static void nest(world *w, rc_object **x)
{
    static const unsigned levels[] = { 2, 49, 52, 120, 1100 };
    rc_object *object = x[0];

    rc_incref(w->heap, object);
    for (unsigned left = levels[choose(w, 5)]; object && left > 0; left--)
        object = wrap(w, object);
    fill_light(w, object);
}

/* ---------------------------------------------------------------------------- slots -- */

static void empty_slot(world *w, rc_object **x)
{
    rc_object **slot = &w->slots[choose(w, SLOTS)], *old = *slot;

    (void)x;
    *slot = NULL;
    if (old)
        rc_decref(w->heap, old);
}

static void copy_slot(world *w, rc_object **x)
{
    fill_borrowed(w, x[0]);
}

/* ----------------------------------------------------------------------------- list -- */

static void list_append(world *w, rc_object **x)
{
    succeeded(w, rc_list_append(w->heap, x[0], x[1]));
}

static void list_insert(world *w, rc_object **x)
{
    succeeded(w, rc_list_insert(w->heap, x[0], an_integer(w), x[1]));
}

static void list_get(world *w, rc_object **x)
{
    fill_borrowed(w, rc_list_get(w->heap, x[0], an_integer(w)));
}

static void list_set(world *w, rc_object **x)
{
    succeeded(w, rc_list_set(w->heap, x[0], an_integer(w), x[1]));
}

static void list_pop(world *w, rc_object **x)
{
    fill(w, rc_list_pop(w->heap, x[0], choose(w, 2) ? -1 : an_integer(w)));
}

static void list_delete(world *w, rc_object **x)
{
    succeeded(w, rc_list_delete(w->heap, x[0], an_integer(w)));
}

static void list_extend(world *w, rc_object **x)
{
    succeeded(w, rc_list_extend(w->heap, x[0], x[1]));
    REQUIRE(rc_list_size(x[0]) <= rc_list_allocated(x[0]));
}

/* What searches, and so compares. */
static void list_search(world *w, rc_object **x)
{
    size_t found;

    if (!is_light(w, x[0]) || !is_light(w, x[1]))
        return;
    switch (choose(w, 3)) {
    case 0:
        succeeded(w, rc_list_remove(w->heap, x[0], x[1]));
        break;
    case 1:
        succeeded(w, rc_list_index(w->heap, x[0], x[1], &found));
        break;
    default:
        if (succeeded(w, rc_list_count(w->heap, x[0], x[1], &found)))
            REQUIRE(found <= rc_list_size(x[0]));
    }
}

static void list_order(world *w, rc_object **x)
{
    if (choose(w, 2))
        rc_list_reverse(w->heap, x[0]);
    else if (is_light(w, x[0]))
        succeeded(w, rc_list_sort(w->heap, x[0]));
}

static void tuple_look(world *w, rc_object **x)
{
    size_t found;

    fill_borrowed(w, rc_tuple_get(w->heap, x[0], an_integer(w)));
    if (!is_light(w, x[0]) || !is_light(w, x[1]))
        return;
    if (choose(w, 2))
        succeeded(w, rc_tuple_index(w->heap, x[0], x[1], &found));
    else if (succeeded(w, rc_tuple_count(w->heap, x[0], x[1], &found)))
        REQUIRE(found <= rc_tuple_size(x[0]));
}

/* ----------------------------------------------------------------------- dict, set -- */

static void dict_set(world *w, rc_object **x)
{
    succeeded(w, rc_dict_set(w->heap, x[0], x[1], x[2]));
}

static void dict_get(world *w, rc_object **x)
{
    rc_object *value;

    if (choose(w, 2))
        fill_borrowed(w, rc_dict_get(w->heap, x[0], x[1]));
    else if (succeeded(w, rc_dict_find(w->heap, x[0], x[1], &value)) && value)
        fill_borrowed(w, value);
}

static void dict_delete(world *w, rc_object **x)
{
    if (choose(w, 2))
        succeeded(w, rc_dict_delete(w->heap, x[0], x[1]));
    else
        fill(w, rc_dict_pop(w->heap, x[0], x[1]));
}

static void dict_popitem(world *w, rc_object **x)
{
    rc_object *key, *value;

    if (!succeeded(w, rc_dict_popitem(w->heap, x[0], &key, &value)))
        return;
    fill(w, key);
    fill(w, value);
}

static void dict_setdefault(world *w, rc_object **x)
{
    fill_borrowed(w, rc_dict_setdefault(w->heap, x[0], x[1], x[2]));
}

static void dict_update(world *w, rc_object **x)
{
    succeeded(w, rc_dict_update(w->heap, x[0], x[1]));
}

static void dict_look(world *w, rc_object **x)
{
    size_t position = 0, pairs = 0;
    rc_object *key, *value;

    while (rc_dict_next(x[0], &position, &key, &value))
        pairs++;
    REQUIRE(pairs == rc_dict_size(x[0]));
    (void)w;
}

static void set_add(world *w, rc_object **x)
{
    succeeded(w, rc_set_add(w->heap, x[0], x[1]));
}

static void set_remove(world *w, rc_object **x)
{
    bool found;

    if (choose(w, 2))
        succeeded(w, rc_set_remove(w->heap, x[0], x[1]));
    else
        succeeded(w, rc_set_discard(w->heap, x[0], x[1], choose(w, 2) ? &found : NULL));
}

static void set_pop(world *w, rc_object **x)
{
    fill(w, rc_set_pop(w->heap, x[0]));
}

static void set_update(world *w, rc_object **x)
{
    succeeded(w, rc_set_update(w->heap, x[0], x[1]));
}

static void set_look(world *w, rc_object **x)
{
    size_t position = 0, elements = 0;
    rc_object *element;

    while (rc_set_next(x[0], &position, &element))
        elements++;
    REQUIRE(elements == rc_set_size(x[0]));
    (void)w;
}

static void clear(world *w, rc_object **x)
{
    switch (rc_type_number(x[0]->type)) {
    case RC_LIST:
        rc_list_clear(w->heap, x[0]);
        break;
    case RC_DICT:
        rc_dict_clear(w->heap, x[0]);
        break;
    case RC_SET:
        rc_set_clear(w->heap, x[0]);
        break;
    default:
        break;
    }
}

/* --------------------------------------------------------------- instances, weakrefs -- */

/* Do a few things in the middle of something else. */
static void intervene(world *w, rc_object *guest)
{
    rc_object *outer = w->guest;

    if (w->depth >= DEEPEST)
        return;
    w->depth++;
    w->guest = guest;
    for (unsigned count = choose(w, 4); count > 0; count--)
        step(w);
    if (choose(w, 8) == 1)
        check(w);
    w->guest = outer;
    w->depth--;
}

static void finalize(void *context, rc_heap *heap, rc_object *self)
{
    world *w = context;

    REQUIRE(heap == w->heap);
    REQUIRE(self->refcount > 0);
    if (choose(w, 4) == 1)
        fill_borrowed(w, self);         /* resurrected */
    intervene(w, self);
}

static void make_class(world *w, rc_object **x)
{
    rc_class **class = &w->classes[choose(w, CLASSES)];

    (void)x;
    if (!*class)
        *class = rc_class_new(w->heap, "C", choose(w, 3) ? finalize : NULL, w);
    if (succeeded(w, *class != NULL))
        REQUIRE(strcmp(rc_class_name(*class), "C") == 0 && rc_class_context(*class) == w);
}

static void make_instance(world *w, rc_object **x)
{
    rc_class *class = w->classes[choose(w, CLASSES)];

    (void)x;
    if (class)
        fill(w, rc_instance_new(w->heap, class));
    else
        make_class(w, NULL);
}

/* An instance that nothing but the container will hold. */
static void give_instance(world *w, rc_object **x)
{
    rc_class *class = w->classes[choose(w, CLASSES)];
    rc_object *given = class ? rc_instance_new(w->heap, class) : NULL;

    if (!class || !succeeded(w, given != NULL))
        return;
    if (choose(w, 4) == 1)
        given = wrap(w, given);
    if (!succeeded(w, given != NULL))
        return;
    if (rc_is(x[0], &rc_list_type) && rc_list_size(x[0]) > 0 && choose(w, 2))
        succeeded(w, rc_list_set(w->heap, x[0], choose(w, 2) ? 0 : -1, given));
    else if (rc_is(x[0], &rc_list_type))
        succeeded(w, rc_list_append(w->heap, x[0], given));
    else if (rc_is(x[0], &rc_dict_type) && choose(w, 4))
        succeeded(w, rc_dict_set(w->heap, x[0], x[1], given));
    else if (rc_is(x[0], &rc_dict_type))
        succeeded(w, rc_dict_set(w->heap, x[0], given, x[1]));
    else if (rc_is(x[0], &rc_set_type))
        succeeded(w, rc_set_add(w->heap, x[0], given));
    rc_decref(w->heap, given);
}

/* One of 40 names, more than a class has room for; held. */
static rc_object *a_name(world *w)
{
    char text[4] = "n";
    unsigned number = choose(w, 4) ? choose(w, 4) : choose(w, 40);

    text[1] = (char)('0' + number / 10);
    text[2] = (char)('0' + number % 10);
    rc_object *name = rc_str_new(w->heap, text, 3);
    if (!succeeded(w, name != NULL))
        return NULL;
    return succeeded(w, rc_operand_push(w->heap, name)) ? name : NULL;
}

static void instance_set(world *w, rc_object **x)
{
    rc_object *name = choose(w, 16) == 1 ? x[2] : a_name(w);

    if (name)
        succeeded(w, rc_instance_set(w->heap, x[0], name, x[1]));
}

static void instance_get(world *w, rc_object **x)
{
    rc_object *name = a_name(w);

    if (!name)
        return;
    if (choose(w, 2))
        fill_borrowed(w, rc_instance_get(w->heap, x[0], name));
    else
        succeeded(w, rc_instance_delete(w->heap, x[0], name));
}

static void instance_look(world *w, rc_object **x)
{
    size_t position = 0, attributes = 0;
    rc_object *name, *value, *dict = rc_instance_dict(x[0]);

    REQUIRE(rc_instance_class(x[0]) != NULL);
    while (rc_instance_next(x[0], &position, &name, &value))
        attributes++;
    if (!dict)
        return;
    REQUIRE(attributes == rc_dict_size(dict));
    if (choose(w, 2))
        fill_borrowed(w, dict);
}

static void call_back(rc_callback *base, rc_heap *heap, rc_object *weakref)
{
    world *w = ((callback *)base)->world;

    REQUIRE(heap == w->heap);
    REQUIRE(rc_weakref_referent(weakref) == NULL);
    intervene(w, weakref);
}

static void release_callback(rc_callback *base, rc_heap *heap)
{
    (void)heap;
    ((callback *)base)->world->callbacks--;
    free(base);
}

static void make_weakref(world *w, rc_object **x)
{
    callback *callback = choose(w, 2) ? malloc(sizeof *callback) : NULL;

    if (callback) {
        callback->base = (rc_callback) { call_back, release_callback };
        callback->world = w;
        w->callbacks++;
    }
    fill(w, rc_weakref_new(w->heap, x[0], callback ? &callback->base : NULL));
}

static void weakref_look(world *w, rc_object **x)
{
    rc_object *referent = rc_weakref_referent(x[0]);

    if (!referent)
        return;
    REQUIRE(rc_weakref_count(w->heap, referent) > 0);
    fill_borrowed(w, referent);
}

/* ----------------------------------------------------------------- what all can do -- */

static void compare(world *w, rc_object **x)
{
    int64_t hash[2];
    bool result;

    if (!is_light(w, x[0]) || !is_light(w, x[1]))
        return;
    if (choose(w, 2)) {
        succeeded(w, rc_compare(w->heap, x[0], x[1], (rc_comparison)choose(w, 6), &result));
        return;
    }
    if (succeeded(w, rc_equal(w->heap, x[0], x[1], &result)) && result
        && succeeded(w, rc_hash(w->heap, x[0], &hash[0]))
        && succeeded(w, rc_hash(w->heap, x[1], &hash[1])))
        REQUIRE(hash[0] == hash[1]);
}

/* Two lists that hold themselves: comparing them goes too deep. */
static void compare_cycles(world *w, rc_object **x)
{
    rc_object *list[2] = { 0 };
    bool result;

    for (int i = 0; i < 2; i++) {
        rc_object *made = rc_list_display(w->heap, x, choose(w, 2));
        if (!succeeded(w, made != NULL) || !succeeded(w, rc_operand_push(w->heap, made))
            || !succeeded(w, rc_list_append(w->heap, made, made)))
            return;
        list[i] = made;
    }
    if (is_light(w, x[0]))
        succeeded(w, rc_equal(w->heap, list[0], list[1], &result));
}

static void contains(world *w, rc_object **x)
{
    bool result;

    if (is_light(w, x[0]) && is_light(w, x[1]))
        succeeded(w, rc_contains(w->heap, x[0], x[1], &result));
}

static void operate(world *w, rc_object **x)
{
    if (is_light(w, x[0]) && is_light(w, x[1]))
        fill_light(w, rc_operate(w->heap, (rc_operator)choose(w, 6), x[0], x[1]));
}

static bool take_text(void *context, const char *text, size_t size)
{
    size_t *left = context;

    (void)text;
    if (size > *left)
        return false;
    *left -= size;
    return true;
}

static void show(world *w, rc_object **x)
{
    size_t left = choose(w, 2) ? 4000 : 20;
    succeeded(w, rc_repr(w->heap, x[0], (rc_sink) { take_text, &left }));
}

static bool see_object(void *context, rc_object *object)
{
    REQUIRE(object->refcount > 0);
    return ++*(size_t *)context < 500;
}

static bool see_field(void *context, const rc_field *field)
{
    size_t *end = context;

    REQUIRE(field->offset >= *end);
    *end = field->offset + field->size;
    return true;
}

static void look(world *w, rc_object **x)
{
    size_t end = 0, seen = 0, length;
    rc_type_index type = rc_type_number(x[0]->type);

    REQUIRE(rc_type_at(type) == x[0]->type && rc_typename(x[0]) && rc_type_name(x[0]->type));
    rc_refcount(w->heap, x[0]);
    rc_sizeof(w->heap, x[0]);
    REQUIRE(rc_heap_owns(w->heap, x[0]) && rc_id(x[0]) != 0);
    REQUIRE(rc_origin_name(rc_object_origin(w->heap, x[0])));
    REQUIRE(rc_operand_count(w->heap, x[0]) > 0);
    rc_layout(w->heap, x[0], see_field, &end);
    rc_gc_referents(w->heap, x[0], see_object, &seen);
    rc_gc_referrers(w->heap, x, 2, see_object, &seen);
    if (!rc_gc_is_tracked(w->heap, x[0]))
        REQUIRE(rc_gc_generation(w->heap, x[0]) == RC_NO_GENERATION);
    rc_gc_is_finalized(w->heap, x[0]);
    if (succeeded(w, rc_length(w->heap, x[0], &length)))
        REQUIRE(rc_truth(x[0]) == (length != 0));
}

static void str_look(world *w, rc_object **x)
{
    size_t size, offset = 0;
    const char *text = rc_str_text(x[0], &size);

    REQUIRE(text[size] == '\0');
    rc_str_is_interned(x[0]);
    fill(w, rc_str_new(w->heap, text, size));
    rc_object *character = rc_str_character(w->heap, x[0], &offset);
    if (character || size > 0)
        fill(w, character);
}

/* With anything happening between two items. */
static void iterate(world *w, rc_object **x)
{
    walk walk = { .outer = w->walks };

    if (!succeeded(w, rc_iterator_start(w->heap, &walk.iterator, x[0])))
        return;
    w->walks = &walk;
    for (unsigned left = choose(w, 20); left > 0; left--) {
        rc_object *item, *value = NULL;
        bool pairs = rc_is(x[0], &rc_dict_type) && choose(w, 2);
        if (!succeeded(w, rc_iterator_next(w->heap, &walk.iterator, &item, pairs ? &value : NULL))
            || !item)
            break;
        fill(w, item);
        if (value)
            fill(w, value);
        intervene(w, NULL);
    }
    rc_iterator_end(w->heap, &walk.iterator);
    w->walks = walk.outer;
}

/* ------------------------------------------------------------------------ the heap -- */

static void watch_object(world *w, rc_object **x)
{
    watch *watch = &w->watches[choose(w, WATCHES)];
    uint32_t number = rc_watch(w->heap, x[0]);

    if (!succeeded(w, number != 0))
        return;
    *watch = (struct watch) { .number = number, .birth = rc_birth(w->heap, x[0]) };
    REQUIRE(rc_watch(w->heap, x[0]) == number);
}

static void died(void *context, const rc_death *death)
{
    world *w = context;

    for (size_t i = 0; i < WATCHES; i++)
        if (w->watches[i].number == death->watch)
            w->watches[i].died = true;
}

static void notice(void *context, rc_heap *heap, const rc_event *event)
{
    world *w = context;

    REQUIRE(heap == w->heap && rc_event_name(event->kind));
    if (event->kind == RC_CREATED)
        w->expected_live++;
    else if (event->kind == RC_DESTROYED)
        w->expected_live--;
    else if (event->kind == RC_COUNT_CHANGED)
        REQUIRE(rc_reason_name(event->reason));
}

/* Events are counted from where nothing is in the middle of dying. */
static void observe(world *w, rc_object **x)
{
    rc_observer observer = { .notify = notice, .context = w };

    (void)x;
    if (w->depth > 0)
        return;
    w->observed = choose(w, 4) != 0;
    observer.events = choose(w, 2) ? RC_ALL_EVENTS
                                   : RC_EVENT_BIT(RC_CREATED) | RC_EVENT_BIT(RC_DESTROYED);
    w->expected_live = rc_live(w->heap, NULL);
    rc_observe(w->heap, w->observed ? &observer : NULL);
}

static void look_at_heap(world *w, rc_object **x)
{
    size_t seen = 0, listed = 0;
    const rc_type *type = rc_type_at((rc_type_index)choose(w, RC_TYPES));
    size_t length = choose(w, 22);

    (void)x;
    for (rc_object *object = rc_newest(w->heap); object; object = rc_older(w->heap, object))
        seen++;
    REQUIRE(seen == rc_live(w->heap, NULL));
    rc_free_list_stats free_list = rc_free_list(w->heap, type, length);
    while (listed < free_list.size && rc_free_list_entry(w->heap, type, length, listed))
        listed++;
    REQUIRE(listed == free_list.size && free_list.size <= free_list.capacity);
    for (int cache = 0; cache < RC_CACHES; cache++) {
        seen = rc_cache_info(w->heap, (rc_cache)cache).size;
        listed = 0;
        rc_cache_each(w->heap, (rc_cache)cache, see_object, &listed);
        REQUIRE(listed <= 500 && (listed == seen || listed == 500));
    }
    REQUIRE(rc_heap_memory(w->heap).used <= rc_heap_memory(w->heap).peak);
    REQUIRE(rc_births(w->heap) + w->startup_objects >= rc_live(w->heap, NULL));
}

static size_t a_limit(world *w)
{
    return rc_heap_memory(w->heap).used + ((size_t)choose(w, 256) << 10);
}

static void set_limit(world *w, rc_object **x)
{
    (void)x;
    rc_heap_set_limit(w->heap, a_limit(w));
}

/* ------------------------------------------------------------------- the collector -- */

static void collect(world *w, rc_object **x)
{
    size_t found;

    (void)x;
    succeeded(w, rc_gc_collect(w->heap, choose(w, 32) == 1 ? an_integer(w) : choose(w, 3), &found));
}

static void collector_callback(void *context, rc_heap *heap, const rc_gc_info *info)
{
    (void)info;
    REQUIRE(rc_gc_is_collecting(heap));
    intervene(context, NULL);
}

static void set_threshold(world *w, rc_object **x)
{
    static const int thresholds[] = { 1, 0, 2, 5, 10, 700, -1, INT32_MAX };

    (void)x;
    rc_gc_set_threshold(w->heap, (int)choose(w, 3), thresholds[choose(w, 8)]);
}

static void set_collector(world *w, rc_object **x)
{
    static const int flags[] = { 0, RC_DEBUG_STATS, RC_DEBUG_COLLECTABLE, RC_DEBUG_SAVEALL,
                                 RC_DEBUG_LEAK };

    (void)x;
    switch (choose(w, 7)) {
    case 0:
        rc_gc_enable(w->heap);
        break;
    case 1:
        rc_gc_disable(w->heap);
        break;
    case 2:
        rc_gc_freeze(w->heap);
        break;
    case 3:
        rc_gc_unfreeze(w->heap);
        break;
    case 4:
        rc_gc_set_debug(w->heap, flags[choose(w, 5)]);
        break;
    case 5:
        rc_gc_set_callback(w->heap, choose(w, 2) ? collector_callback : NULL, w);
        break;
    default:
        rc_gc_garbage_clear(w->heap);
    }
}

static void look_at_collector(world *w, rc_object **x)
{
    size_t seen = 0, sum = 0;

    (void)x;
    for (int i = 0; i < RC_GENERATIONS; i++) {
        sum += rc_gc_size(w->heap, i);
        REQUIRE(rc_gc_count(w->heap, i) >= 0);
        rc_gc_threshold(w->heap, i);
        rc_gc_get_stats(w->heap, i);
    }
    rc_gc_each(w->heap, -1, see_object, &seen);
    REQUIRE(seen == sum || seen == 500);
    seen = 0;
    rc_gc_each(w->heap, RC_PERMANENT, see_object, &seen);
    REQUIRE(seen == rc_gc_freeze_count(w->heap) || seen == 500);
    rc_gc_is_enabled(w->heap);
    rc_gc_debug(w->heap);
    rc_gc_long_lived_total(w->heap);
    rc_gc_long_lived_pending(w->heap);
    size_t garbage = rc_gc_garbage_size(w->heap);
    if (garbage > 0)
        fill_borrowed(w, rc_gc_garbage_get(w->heap, choose(w, 256) % garbage));
}

/* An allocation is about to start a collection: names may be given up. */
static void before_collection(void *context, rc_heap *heap)
{
    world *w = context;

    REQUIRE(heap == w->heap);
    if (choose(w, 4) == 1 && w->depth < DEEPEST) {
        w->depth++;
        empty_slot(w, NULL);
        w->depth--;
    }
}

/* ------------------------------------------------------------------------ the table -- */

#define ANY (-1)

typedef struct operation {
    void (*run)(world *w, rc_object **x);
    int type;                           /* of the first operand */
} operation;

static const operation operations[] = {
    { make_int, ANY }, { make_float, ANY }, { make_str, ANY }, { make_singleton, ANY },
    { make_list, ANY }, { make_list, ANY }, { make_tuple, ANY }, { make_tuple, ANY },
    { make_dict, ANY }, { make_dict, ANY }, { make_set, ANY }, { make_frozenset, ANY },
    { give_instance, RC_LIST }, { give_instance, RC_LIST }, { give_instance, RC_DICT },
    { give_instance, RC_DICT }, { give_instance, RC_SET }, { make_class, ANY },
    { make_instance, ANY }, { make_instance, ANY }, { make_instance, ANY },
    { make_weakref, ANY }, { make_weakref, RC_INSTANCE }, { make_weakref, RC_INSTANCE },
    { make_weakref, RC_SET }, { call_type, ANY }, { copy, ANY }, { nest, ANY },
    { empty_slot, ANY }, { empty_slot, ANY }, { empty_slot, ANY }, { copy_slot, ANY },
    { list_append, RC_LIST }, { list_append, RC_LIST }, { list_insert, RC_LIST },
    { list_get, RC_LIST }, { list_set, RC_LIST }, { list_pop, RC_LIST },
    { list_delete, RC_LIST }, { list_extend, RC_LIST }, { list_search, RC_LIST },
    { list_order, RC_LIST }, { tuple_look, RC_TUPLE }, { clear, RC_LIST },
    { clear, RC_DICT }, { clear, RC_SET }, { dict_set, RC_DICT }, { dict_set, RC_DICT },
    { dict_get, RC_DICT }, { dict_delete, RC_DICT }, { dict_popitem, RC_DICT },
    { dict_setdefault, RC_DICT }, { dict_update, RC_DICT }, { dict_look, RC_DICT },
    { set_add, RC_SET }, { set_add, RC_SET }, { set_remove, RC_SET }, { set_pop, RC_SET },
    { set_update, RC_SET }, { set_look, RC_SET }, { instance_set, RC_INSTANCE },
    { instance_set, RC_INSTANCE }, { instance_set, RC_INSTANCE },
    { instance_get, RC_INSTANCE }, { instance_look, RC_INSTANCE },
    { weakref_look, RC_WEAKREF }, { compare, ANY }, { compare_cycles, ANY },
    { contains, ANY }, { operate, ANY }, { show, ANY }, { look, ANY }, { str_look, RC_STR },
    { iterate, ANY }, { watch_object, ANY }, { observe, ANY }, { look_at_heap, ANY },
    { set_limit, ANY }, { collect, ANY }, { collect, ANY }, { set_threshold, ANY },
    { set_collector, ANY }, { look_at_collector, ANY },
};

/* Hold the operands that the operation wants; false when there are none. */
static bool find_operands(world *w, const operation *operation, rc_object *x[OPERANDS])
{
    x[0] = operation->type == ANY ? any(w) : any_of(w, operation->type);
    if (!x[0])
        return false;
    for (size_t i = 1; i < OPERANDS; i++)
        if ((x[i] = any(w)) == NULL)
            return false;
    return true;
}

static void run(world *w, const operation *operation, rc_object *x[OPERANDS])
{
    rc_object *outer = w->focus;

    if (choose(w, 8) == 1)
        rc_heap_fail_allocation(w->heap, 1 + choose(w, 6));
    w->focus = x[0];
    operation->run(w, x);
    w->focus = outer;
    rc_heap_fail_allocation(w->heap, 0);
}

static void step(world *w)
{
    const operation *operation = &operations[choose(w, sizeof operations / sizeof operations[0])];
    size_t mark = rc_operand_mark(w->heap);
    rc_object *x[OPERANDS];

    if (w->input->at == w->input->end || ++w->input->steps > MOST_STEPS)
        return;
    if (find_operands(w, operation, x))
        run(w, operation, x);
    rc_operand_release(w->heap, mark);
    rc_error_clear(w->heap);
}

/* -------------------------------------------------------------------------- worlds -- */

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

static void open_world(world *w, input *input)
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

/* Let go of everything: what is left must belong to a cache. */
static void close_world(world *w)
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

/* Close a heap in the middle of its life, and open another. */
static void reopen_world(world *w, input *input)
{
    rc_heap_close(w->heap);
    REQUIRE(w->callbacks == 0);
    *w = (world) { 0 };
    open_world(w, input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static world none;                  /* zeros */
    world worlds[WORLDS];
    input input = { data, data + size, 0 };

    for (size_t i = 0; i < WORLDS; i++) {
        worlds[i] = none;
        if (i == 0 || choose(&worlds[0], 3) == 1)
            open_world(&worlds[i], &input);
    }
    while (input.at < input.end && input.steps <= MOST_STEPS) {
        unsigned which = choose(&worlds[0], 256);
        world *w = &worlds[which % 8 < WORLDS ? which % 8 : 0];
        if (which == 255)
            reopen_world(w, &input);
        if (!w->heap)
            continue;
        step(w);
        rc_gc_poll(w->heap);
        check_all(w);
    }
    input.at = input.end;
    for (size_t i = 0; i < WORLDS; i++)
        close_world(&worlds[i]);
    return 0;
}
