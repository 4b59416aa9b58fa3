/* Instances with and without finalizers, and weak references with and without callbacks:
 * what is called may do whatever the main program may. */
#include "operations.h"

#include <stdlib.h>
#include <string.h>

/* --------------------------------------------------------------------- instances -- */

static void finalize(void *context, rc_heap *heap, rc_object *self)
{
    world *w = context;

    REQUIRE(heap == w->heap);
    REQUIRE(self->refcount > 0);
    if (choose(w, 4) == 1)
        fill_borrowed(w, self);         /* resurrected */
    intervene(w, self);
}

void make_class(world *w, rc_object **x)
{
    rc_class **class = &w->classes[choose(w, CLASSES)];

    (void)x;
    if (!*class)
        *class = rc_class_new(w->heap, "C", choose(w, 3) ? finalize : NULL, w);
    if (succeeded(w, *class != NULL))
        REQUIRE(strcmp(rc_class_name(*class), "C") == 0 && rc_class_context(*class) == w);
}

void make_instance(world *w, rc_object **x)
{
    rc_class *class = w->classes[choose(w, CLASSES)];

    (void)x;
    if (class)
        fill(w, rc_instance_new(w->heap, class));
    else
        make_class(w, NULL);
}

/* An instance that nothing but the container will hold. */
void give_instance(world *w, rc_object **x)
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

void instance_set(world *w, rc_object **x)
{
    rc_object *name = choose(w, 16) == 1 ? x[2] : a_name(w);

    if (name)
        succeeded(w, rc_instance_set(w->heap, x[0], name, x[1]));
}

void instance_get(world *w, rc_object **x)
{
    rc_object *name = a_name(w);

    if (!name)
        return;
    if (choose(w, 2))
        fill_borrowed(w, rc_instance_get(w->heap, x[0], name));
    else
        succeeded(w, rc_instance_delete(w->heap, x[0], name));
}

void instance_look(world *w, rc_object **x)
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

/* --------------------------------------------------------------- weak references -- */

typedef struct callback {
    rc_callback base;
    world *world;
} callback;

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

void make_weakref(world *w, rc_object **x)
{
    callback *callback = choose(w, 2) ? malloc(sizeof *callback) : NULL;

    if (callback) {
        callback->base = (rc_callback) { call_back, release_callback };
        callback->world = w;
        w->callbacks++;
    }
    fill(w, rc_weakref_new(w->heap, x[0], callback ? &callback->base : NULL));
}

void weakref_look(world *w, rc_object **x)
{
    rc_object *referent = rc_weakref_referent(x[0]);

    if (!referent)
        return;
    REQUIRE(rc_weakref_count(w->heap, referent) > 0);
    fill_borrowed(w, referent);
}
