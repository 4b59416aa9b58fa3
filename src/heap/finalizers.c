/* Finalizers up to 3.3, the legacy ones: a collection runs none.  Garbage that has
 * one is kept, with all that it reaches, since nobody can tell which finalizer of a
 * cycle should run first; whoever is interested finds it in gc.garbage. */
#include "finalizers.h"
#include "instance.h"
#include "side.h"

const finalizers_strategy finalizers_safe = {
    { "once", "a collection runs the finalizers of garbage; each runs once in its object's life" },
    false
};
const finalizers_strategy finalizers_legacy = {
    { "legacy", "garbage with a finalizer is uncollectable and goes to gc.garbage; a finalizer "
                "runs at each death by count, when the weak references are gone" },
    true
};

bool legacy_finalizers(const rc_heap *heap)
{
    return ((const finalizers_strategy *)heap->profile.finalizers.value)->legacy;
}

/* It is no member of the collection any more. */
static void set_aside(rc_heap *heap, rc_object *object)
{
    entry_of(heap, object)->flags &= (uint8_t)~COLLECTING;
    list_move(heap, object, UNCOLLECTABLE);
}

static void set_aside_reached(rc_heap *heap, rc_object *target, void *context)
{
    if (in_container_range(heap, target) && entry_of(heap, target)->list == *(const int *)context)
        set_aside(heap, target);
}

void set_aside_finalizers(rc_heap *heap, int unreachable)
{
    for (rc_object *object = list_first(heap, unreachable), *next; object; object = next) {
        next = list_next(heap, object, unreachable);
        if (instance_has_finalizer(object))
            set_aside(heap, object);
    }
    for (rc_object *object = list_first(heap, UNCOLLECTABLE); object;
         object = list_next(heap, object, UNCOLLECTABLE))
        object->type->visit(heap, object, set_aside_reached, &unreachable);
}

void keep_uncollectable(rc_heap *heap, int older)
{
    rc_error pending = heap->error;

    for (rc_object *object = list_first(heap, UNCOLLECTABLE); object;
         object = list_next(heap, object, UNCOLLECTABLE)) {
        if (!(heap->gc.debug & RC_DEBUG_SAVEALL) && !instance_has_finalizer(object))
            continue;
        if (!gc_append_garbage(heap, object)) {
            heap->error = pending;      /* as CPython: the rest is lost for gc.garbage */
            break;
        }
    }
    list_merge(heap, UNCOLLECTABLE, older);
}
