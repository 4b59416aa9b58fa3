/* The recorder's lines and slots, and the values that a line can make. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recorder.h"

/* ----------------------------------------------------------------- refusing -- */

void rc_recorder_refuse(rc_recorder *r, const char *format, ...)
{
    char reason[400], text[700];
    va_list arguments;

    if (r->refusal != NULL)
        return;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    snprintf(text, sizeof text, "%s:%d: %s: %s", r->source ? r->source : "?", r->line,
             r->word ? r->word : "?", reason);
    r->refusal = strdup(text);
    if (r->refusal == NULL)
        r->refusal = strdup("");        /* no worse than none */
    r->open = false;
}

const char *rc_recorder_refusal(const rc_recorder *r)
{
    return r->refusal;
}

bool recorder_no_memory(rc_recorder *r)
{
    rc_recorder_refuse(r, "there is no memory for the trace");
    return false;
}

bool recorder_may_record(rc_recorder *r)
{
    if (r->refusal == NULL && r->inside > 0)
        rc_recorder_refuse(r, "it runs in a finalizer or callback; in a heap trace a finalizer "
                              "only counts, or stores its object in a name");
    return r->refusal == NULL;
}

void *recorder_room(rc_recorder *r, void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    void *larger = realloc(array, (2 * count + 16) * size);
    if (larger == NULL) {
        recorder_no_memory(r);
        return array;
    }
    *room = 2 * count + 16;
    return larger;
}

char *recorder_copy_text(const char *text, size_t size)
{
    char *copy = malloc(size + 1);

    if (copy != NULL) {
        memcpy(copy, text, size);
        copy[size] = '\0';
    }
    return copy;
}

void rc_recorder_at(rc_recorder *r, const char *source, int line, const char *word)
{
    if (r->source == NULL || strcmp(r->source, source) != 0) {
        free(r->source);
        r->source = strdup(source);
        r->place_is_new = true;
    }
    if (r->word == NULL || strcmp(r->word, word) != 0) {
        free(r->word);
        r->word = strdup(word);
    }
    r->place_is_new |= line != r->line;
    r->line = line;
}

/* -------------------------------------------------------------------- lines -- */

void line_put(rc_recorder *r, const char *text, size_t size)
{
    if (size > r->room - r->size) {
        size_t room = 2 * (r->size + size) + 4096;
        char *larger = realloc(r->text, room);
        if (larger == NULL) {
            recorder_no_memory(r);
            return;
        }
        r->text = larger;
        r->room = room;
    }
    memcpy(r->text + r->size, text, size);
    r->size += size;
}

void line_text(rc_recorder *r, const char *text)
{
    line_put(r, text, strlen(text));
}

void line_integer(rc_recorder *r, int64_t value)
{
    char digits[32];

    snprintf(digits, sizeof digits, "%lld", (long long)value);
    line_text(r, digits);
}

void line_slot(rc_recorder *r, uint32_t number)
{
    if (r->slots[number].name != NULL) {
        line_text(r, r->slots[number].name);
        return;
    }
    line_text(r, "t");
    line_integer(r, number);
}

/* A text in quotes, as JSON has it. */
void line_string(rc_recorder *r, const rc_object *str)
{
    size_t size;
    const char *text = rc_str_text(str, &size);

    line_text(r, "\"");
    for (size_t i = 0; i < size; i++) {
        char escape[8];
        unsigned char byte = (unsigned char)text[i];
        if (byte == '"' || byte == '\\') {
            line_put(r, "\\", 1);
            line_put(r, text + i, 1);
        } else if (byte < 0x20 || byte == 0x7F) {
            snprintf(escape, sizeof escape, "\\u%04x", byte);
            line_text(r, escape);
        } else
            line_put(r, text + i, 1);
    }
    line_text(r, "\"");
}

static bool put_piece(void *context, const char *text, size_t size)
{
    line_put(context, text, size);
    return true;
}

/* Begin a line, after one that says which of the program's lines it comes from. */
void line_begin(rc_recorder *r)
{
    if (r->place_is_new && r->source != NULL && !r->interrupted) {
        line_text(r, "# ");
        line_text(r, r->source);
        line_text(r, ":");
        line_integer(r, r->line);
        line_text(r, "\n");
        r->place_is_new = false;
    }
    if (!r->interrupted)
        r->line_start = r->size;
}

/* `word` and a slot. */
void line_write(rc_recorder *r, const char *word, uint32_t number)
{
    line_begin(r);
    line_text(r, word);
    line_text(r, " ");
    line_slot(r, number);
    line_text(r, "\n");
}

void line_let(rc_recorder *r, uint32_t to, uint32_t from)
{
    line_begin(r);
    line_text(r, "let ");
    line_slot(r, to);
    line_text(r, " ");
    line_slot(r, from);
    line_text(r, "\n");
}

/* -------------------------------------------------------------------- slots -- */

uint32_t slot_first(const rc_recorder *r, const rc_object *object)
{
    size_t number;
    return address_map_find(&r->holders, rc_id(object), &number) ? (uint32_t)number : NONE;
}

/* A new slot called `name` (taken), or t and its number. */
static uint32_t add_slot(rc_recorder *r, char *name)
{
    size_t room = r->slot_room;

    if (!recorder_grow(r, r->slots, r->slot_count, &room)) {
        free(name);
        return NONE;
    }
    r->slot_room = (uint32_t)room;
    r->slots[r->slot_count] = (slot){ .next = NONE, .name = name };
    return r->slot_count++;
}

/* A slot that is empty and has no name. */
uint32_t slot_take(rc_recorder *r)
{
    return r->free_count > 0 ? r->free_slots[--r->free_count] : add_slot(r, NULL);
}

void slot_give(rc_recorder *r, uint32_t number)
{
    size_t room = r->free_room;

    if (r->slots[number].name != NULL || !recorder_grow(r, r->free_slots, r->free_count, &room))
        return;
    r->free_room = (uint32_t)room;
    r->free_slots[r->free_count++] = number;
}

static bool is_slot_name(const char *name)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    if (size == 0 || size > LONGEST_NAME || name[size] != '\0' || name[0] < 'a')
        return false;
    return name[0] != 't' || name[1] == '\0' || name[1 + strspn(name + 1, "0123456789")] != '\0';
}

/* The slot called `name` if there can be one and it is empty; else NONE. */
uint32_t slot_named(rc_recorder *r, const char *name)
{
    if (name == NULL || !is_slot_name(name))
        return NONE;
    uint32_t known = r->slot_names.size;
    uint32_t number = text_map_number(&r->slot_names, name, strlen(name));
    if (number == NO_NUMBER)
        return NONE;
    if (number == known) {
        char *copy = recorder_copy_text(name, strlen(name));
        if (copy == NULL || !recorder_grow(r, r->named, number, &r->named_room))
            return NONE;
        r->named[number] = add_slot(r, copy);
    }
    uint32_t wanted = r->named[number];
    return wanted != NONE && r->slots[wanted].object == NULL ? wanted : NONE;
}

/* A slot for a variable. */
uint32_t slot_choose(rc_recorder *r, const char *name)
{
    uint32_t number = slot_named(r, name);
    return number != NONE ? number : slot_take(r);
}

void slot_fill(rc_recorder *r, uint32_t number, rc_object *object)
{
    uint32_t first = slot_first(r, object);

    r->slots[number].object = object;
    r->slots[number].next = NONE;
    if (first != NONE) {
        r->slots[number].next = r->slots[first].next;
        r->slots[first].next = number;
    } else if (address_map_reserve(&r->holders))
        address_map_add(&r->holders, rc_id(object), number);
    else
        recorder_no_memory(r);
}

void slot_empty(rc_recorder *r, uint32_t number)
{
    rc_object *object = r->slots[number].object;
    uint32_t next = r->slots[number].next, before = slot_first(r, object);

    if (before == number) {
        address_map_remove(&r->holders, rc_id(object));
        if (next != NONE)               /* there is room: one was just removed */
            address_map_add(&r->holders, rc_id(object), next);
    } else {
        while (r->slots[before].next != number)
            before = r->slots[before].next;
        r->slots[before].next = next;
    }
    r->slots[number].object = NULL;
    slot_give(r, number);
}

/* The slot of the object that is called `name`; otherwise one without a name, if
 * there is one; NONE if no slot holds it. */
uint32_t slot_called(const rc_recorder *r, const rc_object *object, const char *name)
{
    uint32_t found = slot_first(r, object), nameless = NONE;

    for (uint32_t i = found; i != NONE; i = r->slots[i].next) {
        if (r->slots[i].name == NULL)
            nameless = i;
        else if (name != NULL && strcmp(r->slots[i].name, name) == 0)
            return i;
    }
    return nameless != NONE ? nameless : found;
}

void line_del(rc_recorder *r, uint32_t number)
{
    line_write(r, "del", number);
    slot_empty(r, number);
}

void line_undo(rc_recorder *r, uint32_t number)
{
    line_write(r, "del", number);
    slot_give(r, number);
}

/* ------------------------------------------------------------------- values -- */

void mark_impure(rc_recorder *r, rc_object *object)
{
    uint32_t watch = rc_watch(r->heap, object);

    address_map_remove(&r->impure, rc_id(object));
    if (watch != 0 && address_map_reserve(&r->impure))
        address_map_add(&r->impure, rc_id(object), watch);
    else
        recorder_no_memory(r);
}

bool is_impure(const rc_recorder *r, const rc_object *object)
{
    size_t watch;

    return address_map_find(&r->impure, rc_id(object), &watch)
        && rc_watched(r->heap, (uint32_t)watch);
}

/* Whether a line with its value gives the object itself, from a cache. */
bool is_cached(const rc_recorder *r, const rc_object *object)
{
    if (rc_is(object, &rc_frozenset_type))
        return false;
    switch (rc_object_origin(r->heap, object)) {
    case RC_ORIGIN_POOL:
    case RC_ORIGIN_CHARACTER:
    case RC_ORIGIN_INTERNED:
    case RC_ORIGIN_SINGLETON:
        return true;
    default:
        return false;
    }
}

bool may_stand_in(const rc_object *object)
{
    return rc_is(object, &rc_int_type) || rc_is(object, &rc_str_type);
}

bool is_value(const rc_object *object)
{
    return !rc_type_is_container(object->type) && !rc_is(object, &rc_weakref_type);
}

/* An empty str, or one of a Latin-1 character: not to be interned in a trace. */
static bool is_character(const rc_object *str)
{
    size_t size;
    const unsigned char *text = (const unsigned char *)rc_str_text(str, &size);

    return size <= 1 || (size == 2 && (text[0] == 0xC2 || text[0] == 0xC3));
}

static const char *value_word(const rc_object *object)
{
    switch (rc_type_number(object->type)) {
    case RC_NONE: return "none";
    case RC_BOOL: return rc_int_value(object) != 0 ? "true" : "false";
    case RC_INT: return "int";
    case RC_FLOAT: return "float";
    case RC_TUPLE: return "tuple";      /* the empty one */
    default: return rc_str_is_interned(object) && !is_character(object) ? "intern" : "str";
    }
}

/* Write the line that makes the value; the slot is not filled yet. */
void line_value(rc_recorder *r, uint32_t number, rc_object *object)
{
    line_begin(r);
    line_text(r, value_word(object));
    line_text(r, " ");
    line_slot(r, number);
    if (rc_is(object, &rc_str_type)) {
        line_text(r, " ");
        line_string(r, object);
    } else if (rc_is(object, &rc_int_type) || rc_is(object, &rc_float_type)) {
        line_text(r, " ");
        if (!rc_repr(r->heap, object, (rc_sink){ put_piece, r }))
            rc_error_clear(r->heap);
    }
    line_text(r, "\n");
}
