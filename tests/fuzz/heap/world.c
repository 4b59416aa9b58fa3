/* See world.h. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECKED_ALWAYS 1000             /* objects up to which each step is checked */

/* --------------------------------------------------------------------- decisions -- */

static unsigned byte(world *w)
{
    return w->input->at < w->input->end ? *w->input->at++ : 0;
}

unsigned choose(world *w, unsigned n)
{
    unsigned number = byte(w);
    return n > 256 ? (number << 8 | byte(w)) % n : number % n;
}

int64_t an_integer(world *w)
{
    static const int64_t edges[] = { INT64_MIN, INT64_MAX, -6, -5, 256, 257, INT64_C(1) << 53,
                                     (INT64_C(1) << 61) - 1, -1, 1000003 };
    unsigned way = choose(w, 4);

    if (way == 3)
        return edges[choose(w, sizeof edges / sizeof edges[0])];
    return (int64_t)choose(w, way == 0 ? 4 : way == 1 ? 256 : 1024) - 2;
}

/* ---------------------------------------------------------------------- checking -- */

_Noreturn void broken(const char *what, const char *how)
{
    fprintf(stderr, "BROKEN: %s: %s\n", what, how);
    abort();
}

void check(world *w)
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

void check_all(world *w)
{
    if (rc_live(w->heap, NULL) < w->startup_objects + CHECKED_ALWAYS || w->input->steps % 64 == 0)
        check(w);
    check_watches(w);
    if (w->observed && !may_leave_trash(w))
        REQUIRE(rc_live(w->heap, NULL) == w->expected_live);
}

bool succeeded(world *w, bool success)
{
    if (!success)
        REQUIRE(rc_heap_error(w->heap)->kind != RC_NO_ERROR);
    rc_error_clear(w->heap);
    return success;
}

bool see_object(void *context, rc_object *object)
{
    REQUIRE(object->refcount > 0);
    return ++*(size_t *)context < 500;
}

/* ------------------------------------------------------------------------- slots -- */

void fill(world *w, rc_object *object)
{
    if (!succeeded(w, object != NULL))
        return;
    rc_object **slot = &w->slots[choose(w, SLOTS)], *old = *slot;
    *slot = object;
    if (old)
        rc_decref(w->heap, old);
}

void fill_borrowed(world *w, rc_object *object)
{
    if (object)
        rc_incref(w->heap, object);
    fill(w, object);
}

void fill_light(world *w, rc_object *object)
{
    if (object && !is_light(w, object)) {
        rc_decref(w->heap, object);
        return;
    }
    fill(w, object);
}

void empty(world *w)
{
    rc_object **slot = &w->slots[choose(w, SLOTS)], *old = *slot;

    *slot = NULL;
    if (old)
        rc_decref(w->heap, old);
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

bool is_light(world *w, rc_object *object)
{
    weighing weighing = { w->heap, 2000 };
    return weigh(&weighing, object);
}

/* ---------------------------------------------------------------------- operands -- */

/* Hold an operand until the step ends; NULL when there is no memory for that. */
static rc_object *hold(world *w, rc_object *object)
{
    rc_incref(w->heap, object);
    return succeeded(w, rc_operand_push(w->heap, object)) ? object : NULL;
}

rc_object *any(world *w)
{
    unsigned number = choose(w, SLOTS + (w->depth > 0 ? 6 : 0));
    rc_object *object = number < SLOTS ? w->slots[number] : number % 2 ? w->guest : w->focus;

    return hold(w, object ? object : rc_none(w->heap));
}

static bool is_of(const rc_object *object, int type)
{
    return object && (int)rc_type_number(object->type) == type;
}

rc_object *any_of(world *w, int type)
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
