/* Showing references one by one. */
#include <refchain/reference.h>

#include <refchain/dict.h>
#include <refchain/instance.h>
#include <refchain/set.h>

#include "instance.h"
#include "layout.h"
#include "state.h"

typedef struct viewer {
    rc_reference_visitor visit;
    void *context;
    bool stopped;
} viewer;

static void show(viewer *viewer, rc_reference reference)
{
    if (reference.to && !viewer->stopped)
        viewer->stopped = !viewer->visit(viewer->context, &reference);
}

/* ---------------------------------------------------------------- of an object -- */

static void show_items(viewer *viewer, rc_object *from, rc_object *const *items, size_t size)
{
    for (size_t i = 0; i < size && !viewer->stopped; i++)
        show(viewer, (rc_reference) { .from = from, .to = items[i], .reason = RC_FOR_ITEM,
                                      .position = i });
}

static void show_elements(viewer *viewer, rc_object *from)
{
    rc_object *element;

    for (size_t at = 0, i = 0; !viewer->stopped && rc_set_next(from, &at, &element); i++)
        show(viewer, (rc_reference) { .from = from, .to = element, .reason = RC_FOR_ELEMENT,
                                      .position = i });
}

static void show_pairs(viewer *viewer, rc_object *from)
{
    rc_object *key, *value;

    for (size_t at = 0, i = 0; !viewer->stopped && rc_dict_next(from, &at, &key, &value); i++) {
        show(viewer, (rc_reference) { .from = from, .to = key, .reason = RC_FOR_KEY,
                                      .position = i });
        show(viewer, (rc_reference) { .from = from, .to = value, .reason = RC_FOR_VALUE,
                                      .position = i, .key = key });
    }
}

static void show_attributes(viewer *viewer, rc_object *from)
{
    rc_object *dict = rc_instance_dict(from), *name, *value;

    if (dict) {
        show(viewer, (rc_reference) { .from = from, .to = dict, .reason = RC_FOR_ATTRIBUTES });
        return;
    }
    for (size_t at = 0, i = 0; !viewer->stopped && rc_instance_next(from, &at, &name, &value); i++)
        show(viewer, (rc_reference) { .from = from, .to = value, .reason = RC_FOR_ATTRIBUTE,
                                      .position = i, .key = name });
}

void rc_references(const rc_heap *heap, rc_object *object, rc_reference_visitor visit,
                   void *context)
{
    viewer viewer = { visit, context, false };

    (void)heap;
    switch (rc_type_number(object->type)) {
    case RC_LIST:
        show_items(&viewer, object, ((const rc_list *)object)->items,
                   ((const rc_list *)object)->var.size);
        break;
    case RC_TUPLE:
        show_items(&viewer, object, ((const rc_tuple *)object)->items,
                   ((const rc_tuple *)object)->var.size);
        break;
    case RC_SET:
    case RC_FROZENSET:
        show_elements(&viewer, object);
        break;
    case RC_DICT:
        show_pairs(&viewer, object);
        break;
    case RC_INSTANCE:
        show_attributes(&viewer, object);
        break;
    default:
        break;
    }
}

/* ------------------------------------------------------------------ of the heap -- */

/* A cache's own reference to an immortal object is not in its count. */
static void show_cached(viewer *viewer, rc_object *object, rc_reason reason)
{
    if (object && !rc_is_immortal(object))
        show(viewer, (rc_reference) { .to = object, .reason = reason });
}

static void show_row(viewer *viewer, rc_object *const *row, size_t count, rc_reason reason)
{
    for (size_t i = 0; i < count && !viewer->stopped; i++)
        show(viewer, (rc_reference) { .to = row[i], .reason = reason, .position = i });
}

static bool show_class_name(void *context, rc_class *class, rc_object *name)
{
    viewer *viewer = context;

    show(viewer, (rc_reference) { .to = name, .reason = RC_FOR_CLASS, .class = class });
    return !viewer->stopped;
}

void rc_outside_references(const rc_heap *heap, rc_reference_visitor visit, void *context)
{
    viewer viewer = { visit, context, false };
    int64_t small_ints = heap->profile.small_int_greatest.value
                         - heap->profile.small_int_least.value + 1;

    show_cached(&viewer, heap->none, RC_FOR_SINGLETON);
    show_cached(&viewer, heap->true_, RC_FOR_SINGLETON);
    show_cached(&viewer, heap->false_, RC_FOR_SINGLETON);
    show_cached(&viewer, heap->empty_tuple, RC_FOR_SINGLETON);
    show_cached(&viewer, heap->empty_str, RC_FOR_SINGLETON);
    show_cached(&viewer, heap->empty_frozenset, RC_FOR_SINGLETON);
    for (int64_t i = 0; i < small_ints; i++)
        show_cached(&viewer, heap->small_ints[i], RC_FOR_POOL);
    for (size_t i = 0; i < 256; i++)
        show_cached(&viewer, heap->characters[i], RC_FOR_CHARACTERS);
    show_row(&viewer, heap->operands, heap->operand_count, RC_FOR_OPERAND);
    show_row(&viewer, heap->gc.garbage, heap->gc.garbage_size, RC_FOR_GARBAGE);
    classes_visit(heap, show_class_name, &viewer);
}
