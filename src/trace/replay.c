/* Replaying heap traces (tests/conformance/FORMAT.md).
 *
 * The table at the end of the operations says what there is; replay_lines, below
 * it, is the way of a line.  A slot is a place in `slots`, by the number that the
 * reader has given to its name.
 *
 * While an operation runs, the objects in the slots that it reads are in
 * `operands`, each with a reference of its own: any release may run a finalizer
 * that fills one of those slots.  So no function here reads a slot twice, and what
 * stands in the slot to be filled is read when its new object is there already. */
#include <refchain/refchain.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"
#include "reader.h"
#include "writer.h"

#define CHECKED_ALWAYS 1000             /* with fewer objects every operation is checked */
#define DEEPEST 1000                    /* finalizers inside each other, tuples looked into */
#define RESULT_SIZE 256                 /* nine numbers of 20 digits fit */

typedef struct replay {
    const rc_replay_options *options;
    rc_replay_result outcome;
    trace_reader reader;
    trace_writer writer;

    rc_heap *heap;
    rc_class *plain_class, *finalizing_class;
    rc_object **slots;                  /* one reference each, or NULL */
    size_t slot_count;
    rc_object **names;                  /* of attributes; one reference each */
    size_t name_count, name_room;
    rc_object **operands;               /* one reference to each of operands[0 .. held) */
    size_t held, operand_room;

    uint64_t finalized;                 /* calls of the finalizer */
    int nesting;                        /* finalizers that wait for what they have displaced */
    address_map rescues;                /* finobjects not yet finalized: the slots they will fill */
    address_map places;                 /* addresses that `place` has met: their numbers */
    size_t next_place;

    char result[RESULT_SIZE];
    size_t result_size;
    size_t startup_objects;
    size_t next_check;                  /* the number of operations that it comes after */
} replay;

/* End the replay.  Always returns false. */
static bool stop(replay *r, rc_replay_status status, const char *format, ...)
    RC_PRINTF_LIKE(3, 4);

static bool stop(replay *r, rc_replay_status status, const char *format, ...)
{
    va_list arguments;

    r->outcome.status = status;
    va_start(arguments, format);
    vsnprintf(r->outcome.problem, sizeof r->outcome.problem, format, arguments);
    va_end(arguments);
    return false;
}

static bool stop_without_memory(replay *r)
{
    return stop(r, RC_REPLAY_NO_MEMORY, "out of memory");
}

/* ------------------------------------------------------------------- slots -- */

/* Store a new reference (or NULL) in a slot, then release what was there. */
static void store(replay *r, size_t slot, RC_TAKEN rc_object *object)
{
    rc_object *old = r->slots[slot];

    r->slots[slot] = object;
    if (old != NULL)
        rc_decref(r->heap, old);
}

/* Fill the operation's slot with a new reference; NULL: its making has failed. */
static bool fill(replay *r, const trace_operation *op, RC_TAKEN rc_object *object)
{
    if (object == NULL)
        return false;
    store(r, op->target, object);
    return true;
}

/* The same with a borrowed reference. */
static bool fill_borrowed(replay *r, const trace_operation *op, rc_object *object)
{
    if (object == NULL)
        return false;
    rc_incref(r->heap, object);
    store(r, op->target, object);
    return true;
}

/* Release what a finalizer has displaced.  Its own finalizer may displace another,
 * and so on through all slots: beyond DEEPEST the rest waits for the outermost one. */
static void release_displaced(replay *r, RC_TAKEN rc_object *object)
{
    size_t mark = rc_operand_mark(r->heap);

    if (r->nesting == DEEPEST) {
        if (!rc_operand_push(r->heap, object))
            rc_error_clear(r->heap);
        return;
    }
    r->nesting++;
    rc_decref(r->heap, object);
    if (r->nesting == 1)
        rc_operand_release(r->heap, mark);
    r->nesting--;
}

/* `__del__` of a finobject. */
static void finalize(void *context, rc_heap *heap, rc_object *self)
{
    replay *r = context;
    size_t slot;

    r->finalized++;
    if (!address_map_find(&r->rescues, rc_id(self), &slot))
        return;
    address_map_remove(&r->rescues, rc_id(self));       /* it runs once in an object's life */
    rc_object *old = r->slots[slot];
    rc_incref(heap, self);
    r->slots[slot] = self;
    if (old != NULL)
        release_displaced(r, old);
}

/* ------------------------------------------------------------------ results -- */

static void add_text(replay *r, const char *text)
{
    size_t size = strlen(text);

    memcpy(r->result + r->result_size, text, size + 1);
    r->result_size += size;
}

/* Add a number to the result, after a space if it is not the first. */
static void add_number(replay *r, int64_t number)
{
    char digits[24];
    char *at = digits + sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    *--at = '\0';
    do
        *--at = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (number < 0)
        *--at = '-';
    if (r->result_size != 0)
        add_text(r, " ");
    add_text(r, at);
}

/* The result of an observation that cannot fail. */
static bool show(replay *r, int64_t number)
{
    add_number(r, number);
    return true;
}

static bool show_text(replay *r, const char *text)
{
    add_text(r, text);
    return true;
}

/* ------------------------------------------------------------- looking first -- */

/* Whether the object has a hash, found without asking for it: a hash that fails in the
 * middle of a tuple would have been kept by the weak references before.  One whose
 * referent is dead keeps its hash, or has none.  What is nested too deep is left to the
 * hash itself, which knows how to refuse it. */
static bool has_hash(replay *r, rc_object *object, int depth)
{
    int64_t hash;

    switch (rc_type_number(object->type)) {
    case RC_LIST: case RC_DICT: case RC_SET:
        return false;
    case RC_TUPLE:
        for (size_t i = 0; i < rc_tuple_size(object); i++)
            if (depth < DEEPEST
                && !has_hash(r, rc_tuple_get(r->heap, object, (ptrdiff_t)i), depth + 1))
                return false;
        return true;
    case RC_WEAKREF: {
        rc_object *referent = rc_weakref_referent(object);
        if (referent != NULL)
            return has_hash(r, referent, depth + 1);
        if (rc_hash(r->heap, object, &hash))
            return true;
        rc_error_clear(r->heap);
        return false;
    }
    default:
        return true;
    }
}

static bool is_hashable(replay *r, rc_object *object)
{
    return has_hash(r, object, 0);
}

static bool unhashable(replay *r, const rc_object *object)
{
    return rc_raise(r->heap, RC_TYPE_ERROR, "unhashable: '%s'", rc_typename(object));
}

/* Whether the operand can be a key or an element; if not, TypeError. */
static bool expect_hashable(replay *r, rc_object *object)
{
    return is_hashable(r, object) || unhashable(r, object);
}

/* ----------------------------------------------------------------- creating -- */

static bool make_int(replay *r, const trace_operation *op)
{
    return fill(r, op, rc_int_new(r->heap, op->integers[0]));
}

static bool make_float(replay *r, const trace_operation *op)
{
    return fill(r, op, rc_float_new(r->heap, op->real));
}

static bool make_str(replay *r, const trace_operation *op)
{
    return fill(r, op, rc_str_new(r->heap, op->text, op->text_size));
}

static bool make_interned(replay *r, const trace_operation *op)
{
    return fill(r, op, rc_str_intern_text(r->heap, op->text, op->text_size));
}

static bool make_none(replay *r, const trace_operation *op)
{
    return fill_borrowed(r, op, rc_none(r->heap));
}

static bool make_true(replay *r, const trace_operation *op)
{
    return fill_borrowed(r, op, rc_bool(r->heap, true));
}

static bool make_false(replay *r, const trace_operation *op)
{
    return fill_borrowed(r, op, rc_bool(r->heap, false));
}

static bool make_list(replay *r, const trace_operation *op)
{
    return fill(r, op, rc_list_display(r->heap, r->operands, op->read_count));
}

static bool make_tuple(replay *r, const trace_operation *op)
{
    return fill(r, op, rc_tuple_new(r->heap, r->operands, op->read_count));
}

/* The number of operands, `step` apart, up to the first that is unhashable. */
static size_t count_hashable(replay *r, const trace_operation *op, size_t step)
{
    size_t i = 0;

    while (i < op->read_count && is_hashable(r, r->operands[i]))
        i += step;
    return i < op->read_count ? i : op->read_count;
}

/* Fill the operation's slot with a set or dict of the first `good` operands; with an
 * unhashable one after them it has been made all the same. */
static bool fill_hashed(replay *r, const trace_operation *op, size_t good,
                        RC_TAKEN rc_object *container)
{
    if (container == NULL || good == op->read_count)
        return fill(r, op, container);
    rc_decref(r->heap, container);
    return unhashable(r, r->operands[good]);
}

static bool make_set(replay *r, const trace_operation *op)
{
    size_t good = count_hashable(r, op, 1);

    return fill_hashed(r, op, good, rc_set_new(r->heap, r->operands, good));
}

static bool make_dict(replay *r, const trace_operation *op)
{
    size_t good = count_hashable(r, op, 2);

    return fill_hashed(r, op, good, rc_dict_display(r->heap, r->operands, good / 2));
}

static bool make_object(replay *r, const trace_operation *op)
{
    return fill(r, op, rc_instance_new(r->heap, r->plain_class));
}

static bool make_finobject(replay *r, const trace_operation *op)
{
    if (op->rescue != NO_NUMBER && !address_map_reserve(&r->rescues))
        return rc_raise(r->heap, RC_MEMORY_ERROR, "out of memory");
    rc_object *object = rc_instance_new(r->heap, r->finalizing_class);
    if (object != NULL && op->rescue != NO_NUMBER)
        address_map_add(&r->rescues, rc_id(object), op->rescue);
    return fill(r, op, object);
}

static bool make_weakref(replay *r, const trace_operation *op)
{
    return fill(r, op, rc_weakref_new(r->heap, r->operands[0], NULL));
}

/* --------------------------------------------------------- moving references -- */

static bool wrong_type(replay *r, const rc_object *object)
{
    return rc_raise(r->heap, RC_TYPE_ERROR, "not an operation of '%s'", rc_typename(object));
}

/* Whether the first operand is of `type`; if not, TypeError. */
static bool expect(replay *r, const rc_type *type)
{
    return rc_is(r->operands[0], type) || wrong_type(r, r->operands[0]);
}

/* Whether the first operand has attributes; if not, AttributeError. */
static bool expect_attributes(replay *r)
{
    return rc_is(r->operands[0], &rc_instance_type)
        || rc_raise(r->heap, RC_ATTRIBUTE_ERROR, "'%s' has no attributes of its own",
                    rc_typename(r->operands[0]));
}

static bool let(replay *r, const trace_operation *op)
{
    return fill_borrowed(r, op, r->operands[0]);
}

static bool del(replay *r, const trace_operation *op)
{
    if (r->slots[op->target] == NULL)
        return rc_raise(r->heap, RC_NAME_ERROR, "an empty slot");
    store(r, op->target, NULL);
    return true;
}

static bool append(replay *r, const trace_operation *op)
{
    (void)op;
    return expect(r, &rc_list_type) && rc_list_append(r->heap, r->operands[0], r->operands[1]);
}

static bool insert(replay *r, const trace_operation *op)
{
    return expect(r, &rc_list_type)
        && rc_list_insert(r->heap, r->operands[0], op->integers[0], r->operands[1]);
}

static bool setitem(replay *r, const trace_operation *op)
{
    return expect(r, &rc_list_type)
        && rc_list_set(r->heap, r->operands[0], op->integers[0], r->operands[1]);
}

static bool delitem(replay *r, const trace_operation *op)
{
    return expect(r, &rc_list_type) && rc_list_delete(r->heap, r->operands[0], op->integers[0]);
}

static bool pop(replay *r, const trace_operation *op)
{
    (void)op;
    if (!expect(r, &rc_list_type))
        return false;
    rc_object *item = rc_list_pop(r->heap, r->operands[0], -1);
    if (item == NULL)
        return false;
    rc_decref(r->heap, item);
    return true;
}

static bool item(replay *r, const trace_operation *op)
{
    rc_object *container = r->operands[0];

    if (rc_is(container, &rc_list_type))
        return fill_borrowed(r, op, rc_list_get(r->heap, container, op->integers[0]));
    if (rc_is(container, &rc_tuple_type))
        return fill_borrowed(r, op, rc_tuple_get(r->heap, container, op->integers[0]));
    return wrong_type(r, container);
}

static bool put(replay *r, const trace_operation *op)
{
    (void)op;
    return expect(r, &rc_dict_type) && expect_hashable(r, r->operands[1])
        && rc_dict_set(r->heap, r->operands[0], r->operands[1], r->operands[2]);
}

static bool remove_key(replay *r, const trace_operation *op)
{
    (void)op;
    return expect(r, &rc_dict_type) && expect_hashable(r, r->operands[1])
        && rc_dict_delete(r->heap, r->operands[0], r->operands[1]);
}

static bool lookup(replay *r, const trace_operation *op)
{
    return expect(r, &rc_dict_type) && expect_hashable(r, r->operands[1])
        && fill_borrowed(r, op, rc_dict_get(r->heap, r->operands[0], r->operands[1]));
}

static bool add(replay *r, const trace_operation *op)
{
    (void)op;
    return expect(r, &rc_set_type) && expect_hashable(r, r->operands[1])
        && rc_set_add(r->heap, r->operands[0], r->operands[1]);
}

/* Python's method would look for a frozenset equal to a set; C's function does not. */
static bool discard(replay *r, const trace_operation *op)
{
    (void)op;
    return expect(r, &rc_set_type) && expect_hashable(r, r->operands[1])
        && rc_set_discard(r->heap, r->operands[0], r->operands[1], NULL);
}

static bool set_attribute(replay *r, const trace_operation *op)
{
    return expect_attributes(r)
        && rc_instance_set(r->heap, r->operands[0], r->names[op->name], r->operands[1]);
}

/* Looks first: in CPython a deletion that fails may still make the instance's dict. */
static bool delete_attribute(replay *r, const trace_operation *op)
{
    rc_object *name = r->names[op->name];

    return expect_attributes(r) && rc_instance_get(r->heap, r->operands[0], name) != NULL
        && rc_instance_delete(r->heap, r->operands[0], name);
}

static bool get_attribute(replay *r, const trace_operation *op)
{
    return expect_attributes(r)
        && fill_borrowed(r, op, rc_instance_get(r->heap, r->operands[0], r->names[op->name]));
}

static bool clear(replay *r, const trace_operation *op)
{
    rc_object *container = r->operands[0];

    (void)op;
    switch (rc_type_number(container->type)) {
    case RC_LIST: rc_list_clear(r->heap, container); return true;
    case RC_DICT: rc_dict_clear(r->heap, container); return true;
    case RC_SET: rc_set_clear(r->heap, container); return true;
    default: return wrong_type(r, container);
    }
}

static bool deref(replay *r, const trace_operation *op)
{
    if (!expect(r, &rc_weakref_type))
        return false;
    rc_object *referent = rc_weakref_referent(r->operands[0]);
    return fill_borrowed(r, op, referent != NULL ? referent : rc_none(r->heap));
}

/* ------------------------------------------------------------ the collector -- */

static bool enable(replay *r, const trace_operation *op)
{
    (void)op;
    rc_gc_enable(r->heap);
    return true;
}

static bool disable(replay *r, const trace_operation *op)
{
    (void)op;
    rc_gc_disable(r->heap);
    return true;
}

static bool threshold(replay *r, const trace_operation *op)
{
    for (int i = 0; i < RC_GENERATIONS; i++)
        rc_gc_set_threshold(r->heap, i, (int)op->integers[i]);
    return true;
}

static bool freeze(replay *r, const trace_operation *op)
{
    (void)op;
    rc_gc_freeze(r->heap);
    return true;
}

static bool unfreeze(replay *r, const trace_operation *op)
{
    (void)op;
    rc_gc_unfreeze(r->heap);
    return true;
}

static bool collect(replay *r, const trace_operation *op)
{
    size_t found;

    return rc_gc_collect(r->heap, op->integers[0], &found) && show(r, (int64_t)found);
}

/* ------------------------------------------------------------- observations -- */

/* The count itself: what a profile shows above it belongs to its pool. */
static bool refcnt(replay *r, const trace_operation *op)
{
    const rc_object *object = r->operands[0];

    (void)op;
    return rc_is_immortal(object) ? show_text(r, "immortal") : show(r, object->refcount);
}

static bool same(replay *r, const trace_operation *op)
{
    (void)op;
    return show(r, r->operands[0] == r->operands[1]);
}

/* A block that is given back loses its number; an object lies at its block's start. */
static void forget_place(void *context, rc_heap *heap, const rc_event *event)
{
    replay *r = context;

    (void)heap;
    address_map_remove(&r->places, event->address);
}

/* Number an address that is met for the first time. */
static bool new_place(replay *r, uintptr_t address, size_t *number)
{
    if (!address_map_reserve(&r->places))
        return rc_raise(r->heap, RC_MEMORY_ERROR, "out of memory");
    if (r->next_place == 0)
        rc_observe(r->heap, &(rc_observer){
            .events = RC_EVENT_BIT(RC_MEMORY_RETURNED), .notify = forget_place, .context = r });
    *number = r->next_place++;
    address_map_add(&r->places, address, *number);
    return true;
}

static bool place(replay *r, const trace_operation *op)
{
    uintptr_t address = rc_id(r->operands[0]);
    size_t number;

    (void)op;
    if (!address_map_find(&r->places, address, &number) && !new_place(r, address, &number))
        return false;
    return show(r, (int64_t)number);
}

static bool tracked(replay *r, const trace_operation *op)
{
    (void)op;
    return show(r, rc_gc_is_tracked(r->heap, r->operands[0]));
}

static bool gen(replay *r, const trace_operation *op)
{
    int generation = rc_gc_generation(r->heap, r->operands[0]);

    (void)op;
    if (generation == RC_PERMANENT)
        return show_text(r, "frozen");
    return generation == RC_NO_GENERATION ? show_text(r, "none") : show(r, generation);
}

static bool count(replay *r, const trace_operation *op)
{
    (void)op;
    for (int i = 0; i < RC_GENERATIONS; i++)
        add_number(r, rc_gc_count(r->heap, i));
    return true;
}

static bool alive(replay *r, const trace_operation *op)
{
    (void)op;
    return expect(r, &rc_weakref_type) && show(r, rc_weakref_referent(r->operands[0]) != NULL);
}

static bool finalized(replay *r, const trace_operation *op)
{
    (void)op;
    return show(r, (int64_t)r->finalized);
}

static bool stats(replay *r, const trace_operation *op)
{
    (void)op;
    for (int i = 0; i < RC_GENERATIONS; i++) {
        rc_gc_stats generation = rc_gc_get_stats(r->heap, i);
        add_number(r, (int64_t)generation.collections);
        add_number(r, (int64_t)generation.collected);
        add_number(r, (int64_t)generation.uncollectable);
    }
    return true;
}

static bool len(replay *r, const trace_operation *op)
{
    size_t length;

    (void)op;
    return rc_length(r->heap, r->operands[0], &length) && show(r, (int64_t)length);
}

/* ---------------------------------------------------------------- the table -- */

/* In order of the words; the letters are explained in reader.h. */
static const operation_kind kinds[] = {
    { "add", "<<", CHANGES_OBJECTS, NO_RESULT, add },
    { "alive", "<", OBSERVES, ZERO_OR_ONE, alive },
    { "append", "<<", CHANGES_OBJECTS, NO_RESULT, append },
    { "clear", "<", CHANGES_OBJECTS, NO_RESULT, clear },
    { "collect", "g", STEERS_COLLECTOR, NUMBER, collect },
    { "count", "", OBSERVES, THREE_NUMBERS, count },
    { "del", "-", CHANGES_OBJECTS, NO_RESULT, del },
    { "delattr", "<n", CHANGES_OBJECTS, NO_RESULT, delete_attribute },
    { "delitem", "<i", CHANGES_OBJECTS, NO_RESULT, delitem },
    { "deref", "><", CHANGES_OBJECTS, NO_RESULT, deref },
    { "dict", ">%", CHANGES_OBJECTS, NO_RESULT, make_dict },
    { "disable", "", STEERS_COLLECTOR, NO_RESULT, disable },
    { "discard", "<<", CHANGES_OBJECTS, NO_RESULT, discard },
    { "enable", "", STEERS_COLLECTOR, NO_RESULT, enable },
    { "false", ">", CHANGES_OBJECTS, NO_RESULT, make_false },
    { "finalized", "", OBSERVES, NUMBER, finalized },
    { "finobject", ">r", CHANGES_OBJECTS, NO_RESULT, make_finobject },
    { "float", ">f", CHANGES_OBJECTS, NO_RESULT, make_float },
    { "freeze", "", STEERS_COLLECTOR, NO_RESULT, freeze },
    { "gen", "<", OBSERVES, GENERATION, gen },
    { "getattr", "><n", CHANGES_OBJECTS, NO_RESULT, get_attribute },
    { "insert", "<i<", CHANGES_OBJECTS, NO_RESULT, insert },
    { "int", ">i", CHANGES_OBJECTS, NO_RESULT, make_int },
    { "intern", ">t", CHANGES_OBJECTS, NO_RESULT, make_interned },
    { "item", "><i", CHANGES_OBJECTS, NO_RESULT, item },
    { "len", "<", OBSERVES, NUMBER, len },
    { "let", "><", CHANGES_OBJECTS, NO_RESULT, let },
    { "list", ">*", CHANGES_OBJECTS, NO_RESULT, make_list },
    { "lookup", "><<", CHANGES_OBJECTS, NO_RESULT, lookup },
    { "none", ">", CHANGES_OBJECTS, NO_RESULT, make_none },
    { "object", ">", CHANGES_OBJECTS, NO_RESULT, make_object },
    { "place", "<", OBSERVES, NUMBER, place },
    { "pop", "<", CHANGES_OBJECTS, NO_RESULT, pop },
    { "put", "<<<", CHANGES_OBJECTS, NO_RESULT, put },
    { "refcnt", "<", OBSERVES, REFERENCE_COUNT, refcnt },
    { "remove", "<<", CHANGES_OBJECTS, NO_RESULT, remove_key },
    { "same", "<<", OBSERVES, ZERO_OR_ONE, same },
    { "set", ">*", CHANGES_OBJECTS, NO_RESULT, make_set },
    { "setattr", "<n<", CHANGES_OBJECTS, NO_RESULT, set_attribute },
    { "setitem", "<i<", CHANGES_OBJECTS, NO_RESULT, setitem },
    { "stats", "", OBSERVES, NINE_NUMBERS, stats },
    { "str", ">t", CHANGES_OBJECTS, NO_RESULT, make_str },
    { "threshold", "ccc", STEERS_COLLECTOR, NO_RESULT, threshold },
    { "tracked", "<", OBSERVES, ZERO_OR_ONE, tracked },
    { "true", ">", CHANGES_OBJECTS, NO_RESULT, make_true },
    { "tuple", ">*", CHANGES_OBJECTS, NO_RESULT, make_tuple },
    { "unfreeze", "", STEERS_COLLECTOR, NO_RESULT, unfreeze },
    { "weakref", "><", CHANGES_OBJECTS, NO_RESULT, make_weakref },
};

/* ---------------------------------------------------------------- execution -- */

/* Look up what the operation reads.  An observation runs nothing that could take an
 * operand away, and shows counts as they are: it holds none. */
static bool take_operands(replay *r, const trace_operation *op)
{
    for (size_t i = 0; i < op->read_count; i++) {
        r->operands[i] = r->slots[op->reads[i]];
        if (r->operands[i] == NULL)
            return rc_raise(r->heap, RC_NAME_ERROR, "an empty slot");
    }
    if (op->kind->group == OBSERVES)
        return true;
    for (r->held = 0; r->held < op->read_count; r->held++)
        rc_hold(r->heap, r->operands[r->held], RC_FOR_OPERAND, NULL);
    return true;
}

static void release_operands(replay *r)
{
    while (r->held > 0) {
        rc_object *operand = r->operands[--r->held];
        rc_release(r->heap, operand, RC_FOR_OPERAND, NULL);
    }
}

/* Run the operation once; its result, or its error's name, goes into `result`. */
static rc_error_kind execute(replay *r, const trace_operation *op)
{
    rc_error_kind error = RC_NO_ERROR;

    r->result_size = 0;
    if (!take_operands(r, op) || !op->kind->run(r, op)) {
        error = rc_heap_error(r->heap)->kind;
        rc_error_clear(r->heap);
        r->result_size = 0;
        add_text(r, "error ");
        add_text(r, rc_error_name(error));
    }
    release_operands(r);
    return error;
}

static bool check_heap(replay *r)
{
    const char *wrong = rc_heap_check(r->heap);

    return wrong == NULL || stop(r, RC_REPLAY_BROKEN, "%s", wrong);
}

/* Whether the heap is to be checked after this operation. */
static bool check_is_due(replay *r)
{
    if (!r->options->check)
        return false;
    if (rc_live(r->heap, NULL) < r->startup_objects + CHECKED_ALWAYS)
        return true;
    if (r->outcome.operations < r->next_check)
        return false;
    r->next_check = r->outcome.operations * 2;
    return true;
}

/* Run the operation as often as it says, up to its first error. */
static bool repeat(replay *r, const trace_operation *op)
{
    rc_error_kind error = RC_NO_ERROR;

    r->result_size = 0;
    for (uint64_t i = 0; i < op->times && error == RC_NO_ERROR; i++) {
        error = execute(r, op);
        r->outcome.operations++;
        if (error == RC_MEMORY_ERROR)
            return stop_without_memory(r);
        rc_gc_poll(r->heap);
        if (check_is_due(r) && !check_heap(r))
            return false;
    }
    return true;
}

/* Make `*array` of pointers, whose first `count` are kept, long enough. */
static bool make_room(rc_object ***array, size_t *room, size_t wanted)
{
    if (wanted <= *room)
        return true;
    size_t larger = wanted + wanted / 2 + 16;
    rc_object **moved = realloc(*array, larger * sizeof *moved);
    if (moved == NULL)
        return false;
    memset(moved + *room, 0, (larger - *room) * sizeof *moved);
    *array = moved;
    *room = larger;
    return true;
}

/* Make room for what the line names for the first time.  The names of attributes
 * stay interned for the whole trace. */
static bool prepare(replay *r, const trace_operation *op)
{
    if (!make_room(&r->slots, &r->slot_count, r->reader.slots.size)
        || !make_room(&r->operands, &r->operand_room, op->read_count))
        return stop_without_memory(r);
    if (r->name_count == r->reader.names.size)
        return true;
    if (!make_room(&r->names, &r->name_room, r->name_count + 1))
        return stop_without_memory(r);
    rc_object *name = rc_str_intern_text(r->heap, op->text, op->text_size);
    if (name == NULL)
        return stop_without_memory(r);
    r->names[r->name_count++] = name;
    return true;
}

/* Compare the line's result, if there is one to compare with; false when that ends
 * the replay. */
static bool compare(replay *r, const trace_operation *op)
{
    const char *expected = op->expected != NULL ? op->expected : "no error";
    const char *got = r->result_size != 0 ? r->result : "no error";

    if ((op->kind->result != NO_RESULT && op->expected == NULL) || strcmp(expected, got) == 0)
        return true;
    r->outcome.divergences++;
    if (r->options->diverged != NULL)
        r->options->diverged(r->options->context, &(rc_divergence){
            .line = r->reader.line, .operation = op->source, .expected = expected, .got = got });
    return r->options->keep_going;
}

/* A line: prepared, run, compared, written. */
static bool replay_line(replay *r, const trace_operation *op)
{
    if (op->kind == NULL) {
        writer_line(&r->writer, op->source, NULL);
        return true;
    }
    if (!prepare(r, op) || !repeat(r, op))
        return false;
    writer_line(&r->writer, op->source, r->result_size != 0 ? r->result : NULL);
    return compare(r, op);
}

/* Take over what the reader has to say; whether it is a line. */
static bool is_line(replay *r, reader_status status)
{
    r->outcome.line = r->reader.line;
    if (status == READER_PROBLEM)
        return stop(r, RC_REPLAY_UNREADABLE, "%s", r->reader.problem);
    if (status == READER_NO_MEMORY)
        return stop_without_memory(r);
    return status == READER_LINE;
}

static void replay_lines(replay *r)
{
    while (is_line(r, reader_next(&r->reader)) && !r->writer.refused
           && replay_line(r, &r->reader.operation))
        ;
}

/* ----------------------------------------------------------------- the heap -- */

/* Every reference that this module owns. */
static void report_roots(void *context, void (*report)(void *report_context, rc_object *object),
                         void *report_context)
{
    replay *r = context;

    for (size_t i = 0; i < r->slot_count; i++)
        if (r->slots[i] != NULL)
            report(report_context, r->slots[i]);
    for (size_t i = 0; i < r->name_count; i++)
        report(report_context, r->names[i]);
    for (size_t i = 0; i < r->held; i++)
        report(report_context, r->operands[i]);
}

/* Read the trace's head and open the heap that it asks for. */
static bool begin(replay *r)
{
    const rc_profile *profile = r->options->profile;

    if (!is_line(r, reader_begin(&r->reader)))
        return false;
    if (profile == NULL)
        profile = rc_profile_find(r->reader.profile);
    if (profile == NULL)
        return stop(r, RC_REPLAY_UNREADABLE, "unknown profile '%s'", r->reader.profile);
    rc_profile own = *profile;
    if (r->options->derive)
        r->options->derive(r->options->context, &own);
    r->heap = rc_heap_open(&(rc_options){
        .profile = &own,
        .hooks = &(rc_hooks){ .context = r, .roots = report_roots },
        .memory_limit = r->options->memory_limit });
    if (r->heap == NULL)
        return stop_without_memory(r);
    r->plain_class = rc_class_new(r->heap, "Object", NULL, NULL);
    r->finalizing_class = rc_class_new(r->heap, "FinObject", finalize, r);
    if (r->plain_class == NULL || r->finalizing_class == NULL)
        return stop_without_memory(r);
    r->startup_objects = rc_live(r->heap, NULL);
    writer_begin(&r->writer, profile->name);
    return true;
}

/* Release what the slots hold.  Finalizers may fill some again. */
static void release_slots(replay *r)
{
    for (size_t i = 0; i < r->slot_count; i++)
        store(r, i, NULL);
}

static bool any_slot_filled(const replay *r)
{
    for (size_t i = 0; i < r->slot_count; i++)
        if (r->slots[i] != NULL)
            return true;
    return false;
}

/* When nothing is held any more nothing may be left, but for what a release without
 * safe finalization finds uncollectable. */
static bool check_empty(replay *r)
{
    static const rc_type *const types[] = { &rc_list_type, &rc_dict_type, &rc_set_type,
                                            &rc_instance_type, &rc_weakref_type };

    if (rc_gc_garbage_size(r->heap) != 0)
        return true;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (rc_live(r->heap, types[i]) != 0)
            return stop(r, RC_REPLAY_BROKEN, "of type %s %zu are left over at the end",
                        rc_type_name(types[i]), rc_live(r->heap, types[i]));
    return true;
}

/* Let the trace's objects die, and check the heap before and after. */
static bool check_end(replay *r)
{
    size_t found;

    if (!check_heap(r))
        return false;
    rc_gc_disable(r->heap);
    rc_gc_unfreeze(r->heap);
    do {
        release_slots(r);
        if (!rc_gc_collect(r->heap, RC_OLDEST, &found))
            return stop_without_memory(r);
    } while (any_slot_filled(r));       /* ends: a finalizer runs once */
    return check_heap(r) && check_empty(r);
}

static void end(replay *r)
{
    rc_heap_close(r->heap);
    reader_close(&r->reader);
    address_map_close(&r->rescues);
    address_map_close(&r->places);
    free(r->slots);
    free(r->names);
    free(r->operands);
}

rc_replay_result rc_replay(const rc_replay_options *options)
{
    replay r = {
        .options = options,
        .reader = { .read = options->read, .context = options->context, .kinds = kinds,
                    .kind_count = sizeof kinds / sizeof *kinds,
                    .may_lack_results = options->write != NULL },
        .writer = { .write = options->write, .context = options->context },
    };

    if (begin(&r)) {
        replay_lines(&r);
        if (r.outcome.status == RC_REPLAY_DONE && options->check)
            check_end(&r);
    }
    if (!writer_finish(&r.writer) && r.outcome.status == RC_REPLAY_DONE)
        stop(&r, RC_REPLAY_UNWRITABLE, "cannot be written");
    end(&r);
    return r.outcome;
}
