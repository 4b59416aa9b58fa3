/* Recording a scenario (`refchain run --record`): how words that a heap trace has no
 * operation for are put together from those that it has.
 *
 *     extend, update          append, add, put of each item
 *     copy, list(x), a + b    a container of those items
 *     reverse, sort           setitem of each that has moved
 *     pop(i), pop(k)          item or lookup, then delitem or remove
 *     remove(x)               delitem of its index, or discard
 *     set.pop                 discard of what it gave
 *     setdefault              put, if the key is missing
 *
 * The words' own functions tell of all else, by BIND_TELL.  Except where said, what is
 * here is called before the word acts, and only while something is recorded. */
#include "binding.h"

#include <stdlib.h>

/* The recorder, told where the scenario is. */
rc_recorder *bind_recorder(bind_lab *lab)
{
    lua_State *L = lab->running.L;
    lua_Debug place;

    if (L && !rc_recorder_refusal(lab->recorder) && bind_locate(L, lab, &place))
        rc_recorder_at(lab->recorder, place.short_src, place.currentline,
                       lab->running.word ? lab->running.word->title : "?");
    return lab->recorder;
}

/* -------------------------------------------------------------- what is in there -- */

typedef struct contents {
    rc_object **objects;                /* borrowed */
    size_t count, room;
} contents;

static void add(bind_lab *lab, contents *self, rc_object *object)
{
    if (self->count == self->room) {
        size_t room = 2 * self->room + 16;
        rc_object **bigger = realloc(self->objects, room * sizeof *bigger);
        if (!bigger) {
            rc_recorder_refuse(lab->recorder, "there is no memory for the trace");
            return;
        }
        self->objects = bigger;
        self->room = room;
    }
    self->objects[self->count++] = object;
}

static size_t sequence_size(const rc_object *x)
{
    return rc_is(x, &rc_list_type) ? rc_list_size(x) : rc_is(x, &rc_tuple_type) ? rc_tuple_size(x) : 0;
}

/* The i-th item, also noted as read from there. */
static rc_object *item_of(bind_lab *lab, rc_object *x, size_t i)
{
    rc_object *item = rc_is(x, &rc_list_type) ? rc_list_get(lab->heap, x, (int64_t)i)
                                              : rc_tuple_get(lab->heap, x, (int64_t)i);
    rc_record_read(lab->recorder, item, x, (int64_t)i);
    return item;
}

/* Add what a walk of `x` gives: items, elements, keys; nothing for other types. */
static void add_items(bind_lab *lab, contents *self, rc_object *x)
{
    rc_object *object, *value;
    size_t position = 0;

    for (size_t i = 0; i < sequence_size(x); i++)
        add(lab, self, item_of(lab, x, i));
    if (rc_is(x, &rc_dict_type))
        while (rc_dict_next(x, &position, &object, &value))
            add(lab, self, object);
    if (rc_is(x, &rc_set_type) || rc_is(x, &rc_frozenset_type))
        while (rc_set_next(x, &position, &object))
            add(lab, self, object);
}

/* Add the keys and values of a dict, or of a sequence of pairs up to the first item that
 * is none. */
static void add_pairs(bind_lab *lab, contents *self, rc_object *x)
{
    rc_object *key, *value;
    size_t position = 0;

    if (rc_is(x, &rc_dict_type))
        while (rc_dict_next(x, &position, &key, &value)) {
            rc_record_read(lab->recorder, value, x, -1);
            add(lab, self, key);
            add(lab, self, value);
        }
    for (size_t i = 0; i < sequence_size(x); i++) {
        rc_object *pair = item_of(lab, x, i);
        if (sequence_size(pair) != 2)
            return;
        add(lab, self, item_of(lab, pair, 0));
        add(lab, self, item_of(lab, pair, 1));
    }
}

static bool is_hashable(bind_lab *lab, rc_object *x)
{
    int64_t hash;
    bool can = rc_hash(lab->heap, x, &hash);

    rc_error_clear(lab->heap);
    return can;
}

static const char *format_of(const rc_object *container)
{
    return rc_is(container, &rc_list_type)    ? "~list %t%l"
           : rc_is(container, &rc_tuple_type) ? "~tuple %t%l"
           : rc_is(container, &rc_dict_type)  ? "~dict %t%l" : "~set %t%l";
}

/* ------------------------------------------------------------------------ making -- */

/* list(x), tuple(x), set(x), dict(x), or without x (NULL): the word says which.  What
 * calls a type is never taken from a free list, so that is emptied before. */
void bind_record_call(bind_lab *lab, rc_object *x)
{
    rc_recorder *recorder = bind_recorder(lab);
    const char *word = lab->running.word->name;
    bool is_dict = *word == 'd';
    contents self = { 0 };

    if (*word == 't' && x && rc_is(x, &rc_tuple_type))
        return;                         /* it is itself */
    if (x)
        rc_record_fetch(recorder, x);   /* held while a collection may run */
    if (x && is_dict)
        add_pairs(lab, &self, x);
    else if (x)
        add_items(lab, &self, x);
    for (size_t i = 0; i < self.count; i++)
        rc_record_fetch(recorder, self.objects[i]);
    if (is_dict || *word == 'l')
        rc_record_drain(recorder, is_dict ? &rc_dict_type : &rc_list_type);
    if (!x || !rc_is(x, &rc_str_type))
        rc_record(recorder, is_dict ? "~dict %t%l" : *word == 'l' ? "~list %t%l"
                            : *word == 't' ? "~tuple %t%l" : "~set %t%l",
                  self.objects, self.count);
    free(self.objects);
}

/* The same of a str's characters, which are there only afterwards. */
void bind_record_called(bind_lab *lab, rc_object *x, rc_object *made)
{
    rc_recorder *recorder = bind_recorder(lab);
    contents self = { 0 };

    if (!x || !made || !rc_is(x, &rc_str_type))
        return;
    add_items(lab, &self, made);
    for (size_t i = 0; i < self.count; i++)
        rc_record_value(recorder, self.objects[i]);
    rc_record(recorder, format_of(made) + 1, self.objects, self.count);
    free(self.objects);
}

void bind_record_copy(bind_lab *lab, rc_object *container)
{
    contents self = { 0 };

    rc_record_fetch(bind_recorder(lab), container);     /* held while a collection may run */
    if (rc_is(container, &rc_dict_type))
        add_pairs(lab, &self, container);
    else
        add_items(lab, &self, container);
    rc_record(lab->recorder, format_of(container), self.objects, self.count);
    free(self.objects);
}

#define MOST_ITEMS 100000000            /* of a repeated sequence: more are no line */

/* a + b and a * n of lists and tuples; numbers and strs are values. */
void bind_record_operator(bind_lab *lab, rc_operator operator, rc_object *a, rc_object *b)
{
    bool repeats = operator == RC_MULTIPLY;
    contents self = { 0 };
    int64_t times = 1;

    if (repeats && (rc_is(b, &rc_list_type) || rc_is(b, &rc_tuple_type))) {
        rc_object *sequence = b;
        b = a;
        a = sequence;
    }
    if (!rc_is(a, &rc_list_type) && !rc_is(a, &rc_tuple_type))
        return;
    if (repeats && !rc_is(b, &rc_int_type) && !rc_is(b, &rc_bool_type))
        return;
    if (!repeats && (operator != RC_ADD || a->type != b->type))
        return;
    if (repeats)
        times = rc_int_value(b);
    if (times > 0 && sequence_size(a) > 0 && times > MOST_ITEMS / (int64_t)sequence_size(a))
        return;
    rc_record_fetch(bind_recorder(lab), a);             /* held while a collection may run */
    rc_record_fetch(lab->recorder, b);
    for (; times > 0; times--)
        add_items(lab, &self, a);
    if (!repeats)
        add_items(lab, &self, b);
    rc_record(bind_recorder(lab), format_of(a), self.objects, self.count);
    free(self.objects);
}

/* ------------------------------------------------------------------------- lists -- */

void bind_record_pop(bind_lab *lab, rc_object *list, int64_t i)
{
    rc_recorder *recorder = bind_recorder(lab);
    int64_t size = (int64_t)rc_list_size(list), at = i < 0 ? i + size : i;

    rc_record(recorder, "item %t %o %i", list, i);
    if (at < 0 || at >= size)
        return;                         /* the same error */
    rc_object *item = rc_list_get(lab->heap, list, at);
    rc_record_result(recorder, item);
    rc_record_operand(recorder, item);
    if (at == size - 1)
        rc_record(recorder, "~pop %o", list);
    else
        rc_record(recorder, "~delitem %o %i", list, at);
}

void bind_record_remove(bind_lab *lab, rc_object *list, rc_object *x)
{
    size_t index;

    if (rc_list_index(lab->heap, list, x, &index))
        rc_record(bind_recorder(lab), "~delitem %o %i", list, (int64_t)index);
    rc_error_clear(lab->heap);
}

/* list.extend, dict.update, set.update: up to where the word raises. */
void bind_record_extend(bind_lab *lab, rc_object *container, rc_object *x)
{
    rc_recorder *recorder = bind_recorder(lab);
    bool is_list = rc_is(container, &rc_list_type);
    contents self = { 0 };

    if (rc_is(container, &rc_dict_type))
        add_pairs(lab, &self, x);
    else
        add_items(lab, &self, x);
    for (size_t i = 0; i < self.count; i++)
        rc_record_fetch(recorder, self.objects[i]);
    for (size_t i = 0; i < self.count; i++)
        if (is_list)
            rc_record(recorder, "~append %o %o", container, self.objects[i]);
        else if (!is_hashable(lab, self.objects[i]))
            break;
        else if (rc_is(container, &rc_set_type))
            rc_record(recorder, "~add %o %o", container, self.objects[i]);
        else {
            rc_record(recorder, "~put %o %o %o", container, self.objects[i], self.objects[i + 1]);
            i++;
        }
    rc_record_done(recorder);
    free(self.objects);
}

/* Afterwards: the same of a str's characters; the list had `size` items before. */
void bind_record_extended(bind_lab *lab, rc_object *container, rc_object *x, size_t size)
{
    rc_recorder *recorder = bind_recorder(lab);
    bool is_list = rc_is(container, &rc_list_type);
    contents self = { 0 };

    if (!rc_is(x, &rc_str_type))
        return;
    add_items(lab, &self, container);
    for (size_t i = is_list ? size : 0; i < self.count; i++) {
        rc_record_value(recorder, self.objects[i]);
        rc_record(recorder, is_list ? "~append %o %o" : "~add %o %o", container, self.objects[i]);
    }
    rc_record_done(recorder);
    free(self.objects);
}

/* The order before a word changes it, each item in a slot; NULL: there is no memory. */
rc_object **bind_record_order(bind_lab *lab, rc_object *list)
{
    contents self = { 0 };

    add_items(lab, &self, list);
    for (size_t i = 0; i < self.count; i++)
        rc_record_fetch(bind_recorder(lab), self.objects[i]);
    return self.objects;
}

/* Afterwards: the items that have moved.  Frees `before`. */
void bind_record_reordered(bind_lab *lab, rc_object *list, rc_object **before)
{
    for (size_t i = 0; before && i < rc_list_size(list); i++) {
        rc_object *item = rc_list_get(lab->heap, list, (int64_t)i);
        if (item != before[i])
            rc_record(bind_recorder(lab), "~setitem %o %i %o", list, (int64_t)i, item);
    }
    free(before);
}

/* ----------------------------------------------------------------- dicts and sets -- */

/* The value into a slot of its own, as an operand. */
static void look_up(bind_lab *lab, rc_object *dict, rc_object *key, rc_object *value)
{
    rc_recorder *recorder = bind_recorder(lab);

    rc_record(recorder, "lookup %t %o %o", dict, key);
    if (value) {
        rc_record_result(recorder, value);
        rc_record_operand(recorder, value);
        rc_record(recorder, "~remove %o %o", dict, key);
    }
}

void bind_record_dict_pop(bind_lab *lab, rc_object *dict, rc_object *key)
{
    rc_object *value = NULL;

    if (!rc_dict_find(lab->heap, dict, key, &value))
        rc_error_clear(lab->heap);
    look_up(lab, dict, key, value);
}

void bind_record_popitem(bind_lab *lab, rc_object *dict)
{
    rc_object *key = NULL, *value = NULL;
    size_t position = 0;

    while (rc_dict_next(dict, &position, &key, &value))
        ;
    if (rc_dict_size(dict) == 0)
        return;
    rc_record_fetch(bind_recorder(lab), key);
    look_up(lab, dict, key, value);
}

/* Afterwards: `element` was taken out. */
void bind_record_set_pop(bind_lab *lab, rc_object *set, rc_object *element)
{
    if (element)
        rc_record(bind_recorder(lab), "~discard %o %o", set, element);
}

void bind_record_setdefault(bind_lab *lab, rc_object *dict, rc_object *key, rc_object *value)
{
    rc_object *old = NULL;

    if (!rc_dict_find(lab->heap, dict, key, &old))
        rc_error_clear(lab->heap);
    if (!old)
        rc_record(bind_recorder(lab), "put %o %o %o", dict, key, value);
    else
        rc_record_read(lab->recorder, old, dict, -1);
}

/* set.remove and set.discard; a set as an argument stands for the equal frozenset. */
void bind_record_discard(bind_lab *lab, rc_object *set, rc_object *x)
{
    bool there = false;

    if (rc_is(x, &rc_set_type))
        return;
    if (!rc_contains(lab->heap, set, x, &there))
        rc_error_clear(lab->heap);
    else if (!there)
        return;
    rc_record(bind_recorder(lab), "discard %o %o", set, x);
}

/* --------------------------------------------------------------------- the end -- */

typedef struct output {
    lua_State *L;
    bool failed;                        /* an error is on the stack */
} output;

static bool write_piece(void *context, const char *text, size_t size)
{
    output *self = context;
    lua_State *L = self->L;

    lua_pushvalue(L, 2);
    lua_pushlightuserdata(L, (void *)text);
    lua_pushinteger(L, (lua_Integer)size);
    self->failed = lua_pcall(L, 2, 1, 0) != LUA_OK;
    if (self->failed)
        return false;
    bool written = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return written;
}

/* lab:finish_recording(write) -> true; or false and why there is no trace.  `write` is
 * given pieces of it, as an address and a size: they may be larger than what Lua may
 * have, and returns whether it took them. */
int bind_finish_recording(lua_State *L, bind_lab *lab)
{
    output self = { L, false };

    if (!lab->recorder)
        return bind_fail(L, lab, RC_RUNTIME_ERROR, "nothing is recorded");
    rc_record_counters(lab->recorder);
    bool written = rc_recorder_write(lab->recorder, write_piece, &self);
    if (self.failed)
        return bind_error(L, lab);
    lua_pushboolean(L, written);
    lua_pushstring(L, written ? NULL : rc_recorder_refusal(lab->recorder));
    return 2;
}
