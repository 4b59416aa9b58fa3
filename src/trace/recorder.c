/* The recorder: a program's operations as a heap trace.
 *
 * The trace's slots and the program's own references correspond one to one, by object:
 * an object to which the program has three references is in three slots.  Which of them
 * stands for which reference does not matter, for references are all alike; a slot is
 * called like the program's variable where that is free, otherwise t0, t1, ….
 *
 *     program                         trace
 *     l = list {7}                    int t0 7            an operand, made
 *                                     list t1 [t0]        the result
 *                                     del t0              the word returns
 *                                     let l t1            the variable
 *                                     del t1
 *
 * A line is written before its operation runs, since that may run anything: an
 * automatic collection (then references are dropped in its middle, and their `del`
 * lines are put before it), finalizers (they only count, or fill a slot, which the
 * line that made the object is made to say afterwards: `rescue`).
 *
 * An operand that no slot holds is looked for: breadth first from the slots, through
 * items, values, attributes and weak references, unless rc_record_read has said where
 * it was read.  Elements of sets and keys of dicts cannot be read in a trace.  Where
 * such an element is an int or a str that no cache holds, an equal one stands in for
 * it: the collector and the free lists know neither, and it is not looked at any more
 * (`impure`).  All else is refused.  Impure are also tuples that are born untracked
 * where a trace's are not.
 *
 * The whole trace is in memory, for lines are changed and taken back. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recorder.h"
#include "writer.h"

#define CLASS_ROOM 28                   /* a class has room for 30 names; the last are kept free */

/* --------------------------------------------------------------- operations -- */

/* Let every object that the format names be in a slot. */
static bool fetch_operands(rc_recorder *r, const char *format, va_list arguments)
{
    for (const char *at = strchr(format, '%'); at != NULL; at = strchr(at + 2, '%')) {
        if (at[1] == 'o')
            rc_record_fetch(r, va_arg(arguments, rc_object *));
        else if (at[1] == 'n')
            (void)va_arg(arguments, rc_object *);
        else if (at[1] == 'i')
            (void)va_arg(arguments, int64_t);
        else if (at[1] == 'l') {
            rc_object *const *objects = va_arg(arguments, rc_object *const *);
            for (size_t i = 0, count = va_arg(arguments, size_t); i < count; i++)
                rc_record_fetch(r, objects[i]);
        }
    }
    return r->refusal == NULL;
}

/* What an operation makes that could come from a free list. */
static const rc_type *type_made(const char *format)
{
    return strncmp(format, "list ", 5) == 0    ? &rc_list_type
           : strncmp(format, "tuple ", 6) == 0 ? &rc_tuple_type
           : strncmp(format, "dict ", 5) == 0 || strncmp(format, "setattr ", 8) == 0
               ? &rc_dict_type : NULL;
}

static void put_slots(rc_recorder *r, rc_object *const *objects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        line_text(r, " ");
        line_slot(r, slot_first(r, objects[i]));
    }
}

void rc_record(rc_recorder *r, const char *format, ...)
{
    va_list arguments;

    if (!recorder_may_record(r))
        return;
    r->open = false;
    r->exact = *format != '~';
    format += !r->exact;
    va_start(arguments, format);
    bool fetched = fetch_operands(r, format, arguments);
    va_end(arguments);
    if (!fetched)
        return;
    r->target = NONE;
    r->made = type_made(format);
    line_begin(r);
    va_start(arguments, format);
    for (; *format != '\0' && r->refusal == NULL; format++) {
        if (*format != '%') {
            line_put(r, format, 1);
            continue;
        }
        switch (*++format) {
        case 't':
            if ((r->target = slot_take(r)) != NONE)
                line_slot(r, r->target);
            break;
        case 'o':
            line_slot(r, slot_first(r, va_arg(arguments, rc_object *)));
            break;
        case 'n':
            line_string(r, va_arg(arguments, rc_object *));
            break;
        case 'i':
            line_integer(r, va_arg(arguments, int64_t));
            break;
        case 'l': {
            rc_object *const *objects = va_arg(arguments, rc_object *const *);
            r->made_length = va_arg(arguments, size_t);
            put_slots(r, objects, r->made_length);
            break;
        }
        }
    }
    va_end(arguments);
    line_text(r, "\n");
    r->births = rc_births(r->heap);
    r->open = r->refusal == NULL;
}

/* The last line's operation has not done what the line says: take it back. */
static void take_back(rc_recorder *r)
{
    r->size = r->line_start;
    if (r->target != NONE)
        slot_give(r, r->target);
    r->target = NONE;
    r->open = false;
}

/* A new reference to an object without a line of its own. */
static void take_reference(rc_recorder *r, rc_object *object)
{
    uint32_t held = slot_first(r, object), number;

    if (held != NONE) {
        if ((number = slot_take(r)) == NONE)
            return;
        line_let(r, number, held);
        slot_fill(r, number, object);
    } else if (is_value(object) && object->refcount == 1) {
        if ((number = slot_take(r)) == NONE)
            return;
        line_value(r, number, object);
        slot_fill(r, number, object);
    } else if (fetch(r, object, false) == NONE)
        refuse_unreachable(r, object);
}

void rc_record_result(rc_recorder *r, rc_object *object)
{
    if (r->refusal != NULL)
        return;
    if (r->inside > 0) {
        if (!may_stand_in(object) && !is_cached(r, object))
            (void)recorder_may_record(r);
        else if (!is_cached(r, object))
            mark_impure(r, object);
        return;
    }
    bool made = r->open && r->target != NONE;
    if (made && !r->exact && rc_birth(r->heap, object) <= (int64_t)r->births) {
        take_back(r);                   /* it gave what was there already */
        made = false;
    }
    if (!made) {
        take_reference(r, object);
        r->open = false;
        return;
    }
    if (r->made == &rc_tuple_type && r->made_length > 0 && !rc_gc_is_tracked(r->heap, object))
        mark_impure(r, object);         /* copied at once; a trace fills it item by item: tracked */
    if (strncmp(r->text + r->line_start, "finobject ", 10) == 0) {
        size_t end = r->line_start;
        while (r->text[end] != '\n')
            end++;
        if (!address_map_reserve(&r->finalizable))
            recorder_no_memory(r);
        else
            address_map_add(&r->finalizable, rc_id(object), end);
    }
    slot_fill(r, r->target, object);
    r->open = false;
}

/* What a cache has needs no slot: it can be fetched any time. */
void rc_record_value(rc_recorder *r, rc_object *value)
{
    if (r->refusal != NULL || (r->inside == 0 && is_cached(r, value)))
        return;
    rc_record_result(r, value);
    rc_record_operand(r, value);
}

void rc_record_answer(rc_recorder *r, int64_t answer)
{
    if (r->refusal != NULL || !r->open)
        return;
    r->size--;
    line_text(r, " => ");
    line_integer(r, answer);
    line_text(r, "\n");
    r->open = false;
}

void rc_record_failed(rc_recorder *r, rc_error_kind error)
{
    if (r->refusal != NULL || r->inside > 0 || !r->open)
        return;
    bool known = error == RC_TYPE_ERROR || error == RC_INDEX_ERROR || error == RC_KEY_ERROR
              || error == RC_ATTRIBUTE_ERROR || error == RC_VALUE_ERROR;
    if (!r->exact || !known) {
        take_back(r);
        return;
    }
    r->size--;
    line_text(r, " => error ");
    line_text(r, rc_error_name(error));
    line_text(r, "\n");
    if (r->target != NONE)
        slot_give(r, r->target);
    r->open = false;
}

void rc_record_done(rc_recorder *r)
{
    r->open = false;
}

void rc_record_interned(rc_recorder *r, rc_object *str)
{
    if (!recorder_may_record(r))
        return;
    uint32_t number = slot_take(r);
    if (number == NONE)
        return;
    line_value(r, number, str);
    for (uint32_t i = slot_first(r, str); i != NONE && r->refusal == NULL; i = r->slots[i].next) {
        line_let(r, i, number);
    }
    mark_impure(r, str);
    line_undo(r, number);
    r->open = false;
}

/* Take out of the free list what is in it beyond what is taken already. */
static void drain(rc_recorder *r, const rc_type *type, size_t length)
{
    size_t waiting = rc_free_list(r->heap, type, length).size;
    bool is_tuple = type == &rc_tuple_type;
    uint32_t item = NONE;

    if (waiting > r->drained_count && is_tuple && (item = slot_take(r)) != NONE)
        line_write(r, "none", item);
    while (waiting > r->drained_count && r->refusal == NULL) {
        uint32_t number = slot_take(r);
        if (number == NONE || !recorder_grow(r, r->drained, r->drained_count, &r->drained_room))
            return;
        line_begin(r);
        line_text(r, rc_type_name(type));
        line_text(r, " ");
        line_slot(r, number);
        for (size_t i = 0; is_tuple && i < length; i++) {
            line_text(r, " ");
            line_slot(r, item);
        }
        line_text(r, "\n");
        r->drained[r->drained_count++] = number;
    }
    if (item != NONE) {
        line_undo(r, item);
    }
}

void rc_record_drain(rc_recorder *r, const rc_type *type)
{
    if (recorder_may_record(r))
        drain(r, type, 0);
}

void rc_record_refill(rc_recorder *r)
{
    if (r->refusal != NULL)
        return;
    while (r->drained_count > 0) {
        uint32_t number = r->drained[--r->drained_count];
        line_undo(r, number);
    }
}

/* ---------------------------------------------------------------- instances -- */

/* Two of the program's classes are one class of the trace.  Where classes keep names
 * of attributes, that makes no difference as long as there is room for all of them and
 * each class has met its own in the order in which the trace's has. */
static void check_room(rc_recorder *r, const class_kind *kind)
{
    if (kind->count > 1 && r->attributes_inside && kind->instances + kind->names.size > CLASS_ROOM)
        rc_recorder_refuse(r, "a heap trace has one class with and one without a finalizer; together "
                              "these classes would run out of room for names of attributes");
}

static class_seen *find_class(rc_recorder *r, class_kind *kind, const rc_class *class)
{
    for (size_t i = 0; i < kind->count; i++)
        if (kind->classes[i].class == class)
            return &kind->classes[i];
    if (!recorder_grow(r, kind->classes, kind->count, &kind->room))
        return NULL;
    kind->classes[kind->count] = (class_seen){ .class = class };
    return &kind->classes[kind->count++];
}

void rc_record_instance(rc_recorder *r, const rc_class *class, bool finalizer)
{
    class_kind *kind = &r->kinds[finalizer];

    if (!recorder_may_record(r) || find_class(r, kind, class) == NULL)
        return;
    kind->instances++;
    r->has_finalizers |= finalizer;
    check_room(r, kind);
    rc_record(r, finalizer ? "finobject %t" : "object %t");
}

/* The class may have met a name for the first time. */
static void meet(rc_recorder *r, class_kind *kind, class_seen *class, const char *text, size_t size)
{
    uint32_t known = class->names.size;

    if (text_map_number(&class->names, text, size) < known)
        return;
    uint32_t place = text_map_number(&kind->names, text, size);
    if (place < class->next && r->attributes_inside)
        rc_recorder_refuse(r, "a heap trace has one class with and one without a finalizer; these "
                              "classes have met names of attributes in different orders");
    class->next = place + 1;
    check_room(r, kind);
}

void rc_record_attribute(rc_recorder *r, rc_object *instance, rc_object *name)
{
    const rc_class *class = rc_instance_class(instance);
    size_t size;
    const char *text = rc_str_text(name, &size);

    if (r->refusal != NULL || r->inside > 0)
        return;
    r->attributes_inside |= rc_instance_dict(instance) == NULL;
    text_map_number(&r->attributes, text, size);
    for (int i = 0; i < 2; i++)
        for (size_t j = 0; j < r->kinds[i].count; j++)
            if (r->kinds[i].classes[j].class == class)
                meet(r, &r->kinds[i], &r->kinds[i].classes[j], text, size);
}

/* --------------------------------------------------------------- references -- */

/* A finalizer stores its object: the line that made it says where. */
static void rescue(rc_recorder *r, rc_object *object, const char *name, rc_object *before,
                   size_t end)
{
    uint32_t number = before != NULL ? slot_called(r, before, name) : slot_choose(r, name);

    if (number == NONE || !recorder_grow(r, r->patches, r->patch_count, &r->patch_room))
        return;
    r->patches[r->patch_count++] = (patch){ end, number };
    address_map_remove(&r->finalizable, rc_id(object));
    if (before != NULL) {
        slot_empty(r, number);
        if (r->slots[number].name == NULL)
            r->free_count--;            /* it was the last to be given back */
        r->displaced = before;
    }
    slot_fill(r, number, object);
}

void rc_record_hold(rc_recorder *r, rc_object *object, const char *name, rc_object *before)
{
    size_t end;

    if (r->refusal != NULL)
        return;
    if (r->inside > 0 && object == r->dying && slot_first(r, object) == NONE
        && address_map_find(&r->finalizable, rc_id(object), &end)) {
        rescue(r, object, name, before, end);
        return;
    }
    if (!recorder_may_record(r))
        return;
    uint32_t held = slot_first(r, object), number;
    if (held == NONE) {
        if (fetch(r, object, false) == NONE)
            refuse_unreachable(r, object);
        return;
    }
    if ((number = slot_choose(r, name)) == NONE)
        return;
    line_let(r, number, held);
    slot_fill(r, number, object);
}

void rc_record_name(rc_recorder *r, rc_object *object, const char *name)
{
    if (r->refusal != NULL || r->inside > 0)
        return;
    uint32_t number = slot_called(r, object, name), wanted;
    if (number == NONE || r->slots[number].name != NULL || (wanted = slot_named(r, name)) == NONE)
        return;
    line_let(r, wanted, number);
    slot_fill(r, wanted, object);
    line_del(r, number);
}

/* Move the text from `from` on to the front of the last operation's line. */
static void move_before_line(rc_recorder *r, size_t from)
{
    size_t size = r->size - from;
    char *copy = recorder_copy_text(r->text + from, size);

    if (copy == NULL) {
        recorder_no_memory(r);
        return;
    }
    memmove(r->text + r->line_start + size, r->text + r->line_start, from - r->line_start);
    memcpy(r->text + r->line_start, copy, size);
    r->line_start += size;
    free(copy);
}

void rc_record_drop(rc_recorder *r, rc_object *object, const char *name)
{
    if (r->refusal != NULL)
        return;
    if (object == r->displaced) {
        r->displaced = NULL;
        return;
    }
    uint32_t number = slot_called(r, object, name);
    if (number == NONE)                 /* made by a finalizer: nothing stands for it */
        return;
    if (!recorder_may_record(r))
        return;
    size_t from = r->size;
    line_del(r, number);
    if (r->interrupted && r->open)
        move_before_line(r, from);
}

/* The operation found its free list empty before the references were dropped: what has
 * come there by that must not serve it. */
void rc_recorder_interrupt(rc_recorder *r, bool begins)
{
    size_t from = r->size;

    if (r->interrupted && !begins && r->open && r->made != NULL && r->refusal == NULL) {
        drain(r, r->made, r->made_length);
        if (r->size > from)
            move_before_line(r, from);
    }
    r->interrupted = begins && r->open;
}

/* ------------------------------------------------------------ what is called -- */

rc_object *rc_recorder_enter(rc_recorder *r, rc_object *dying)
{
    rc_object *outer = r->dying;

    r->inside++;
    r->dying = dying;
    r->finalized += dying != NULL;
    return outer;
}

void rc_recorder_leave(rc_recorder *r, rc_object *outer)
{
    if (r->dying != NULL)
        address_map_remove(&r->finalizable, rc_id(r->dying));
    r->inside--;
    r->dying = outer;
}

void rc_recorder_returned(rc_recorder *r, uintptr_t address)
{
    address_map_remove(&r->places, address);
}

/* ----------------------------------------------------------- open and close -- */

rc_recorder *rc_recorder_open(rc_heap *heap)
{
    rc_recorder *r = calloc(1, sizeof *r);

    if (r != NULL) {
        r->heap = heap;
        r->target = NONE;
    }
    return r;
}

static int compare_patches(const void *a, const void *b)
{
    const patch *x = a, *y = b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* " rescue saved", taken from the slots' names. */
static bool write_rescue(const rc_recorder *r, uint32_t number,
                         bool (*write)(void *context, const char *text, size_t size),
                         void *context)
{
    char text[LONGEST_NAME + 24];
    const char *name = r->slots[number].name;

    if (name != NULL)
        snprintf(text, sizeof text, " rescue %s", name);
    else
        snprintf(text, sizeof text, " rescue t%lu", (unsigned long)number);
    return write(context, text, strlen(text));
}

bool rc_recorder_write(rc_recorder *r, bool (*write)(void *context, const char *text, size_t size),
                       void *context)
{
    trace_writer head = { .write = write, .context = context };
    size_t at = 0;

    if (r->refusal != NULL)
        return false;
    writer_begin(&head, rc_heap_profile(r->heap)->name);
    if (!writer_finish(&head))
        return false;
    if (r->patch_count > 0)
        qsort(r->patches, r->patch_count, sizeof *r->patches, compare_patches);
    for (size_t i = 0; i < r->patch_count; i++) {
        size_t end = r->patches[i].offset;
        if (!write(context, r->text + at, end - at)
            || !write_rescue(r, r->patches[i].slot, write, context))
            return false;
        at = end;
    }
    return r->size == at || write(context, r->text + at, r->size - at);
}

void rc_recorder_close(rc_recorder *r)
{
    if (r == NULL)
        return;
    for (uint32_t i = 0; i < r->slot_count; i++)
        free(r->slots[i].name);
    for (int i = 0; i < 2; i++) {
        for (size_t j = 0; j < r->kinds[i].count; j++)
            text_map_close(&r->kinds[i].classes[j].names);
        free(r->kinds[i].classes);
        text_map_close(&r->kinds[i].names);
    }
    text_map_close(&r->slot_names);
    text_map_close(&r->attributes);
    address_map_close(&r->holders);
    address_map_close(&r->finalizable);
    address_map_close(&r->impure);
    address_map_close(&r->places);
    free(r->refusal);
    free(r->source);
    free(r->word);
    free(r->text);
    free(r->slots);
    free(r->free_slots);
    free(r->named);
    free(r->operands);
    free(r->drained);
    free(r->patches);
    free(r);
}
