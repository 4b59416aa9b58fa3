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
#include <refchain/refchain.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"
#include "writer.h"

#define NONE UINT32_MAX
#define LONGEST_NAME 40
#define LONGEST_CHAIN 64                /* of reads that led to an object */
#define READS 1024                      /* remembered; a power of two */
#define CLASS_ROOM 28                   /* a class has room for 30 names; the last are kept free */

typedef struct slot {
    rc_object *object;                  /* the recorder owns nothing; NULL: empty */
    uint32_t next;                      /* another slot of the same object */
    char *name;                         /* NULL: t and its number */
} slot;

typedef struct operand {
    rc_object *object;
    size_t mark;                        /* height of the heap's operand stack */
} operand;

/* How one object is read from another. */
typedef struct step {
    rc_object *object;
    size_t from;                        /* in the same array */
    enum { FROM_SLOT, BY_INDEX, BY_KEY, BY_NAME, BY_WEAKREF } how;
    int64_t index;
    rc_object *key;
} step;

typedef struct reading {
    rc_object *object, *holder;
    uint32_t object_watch, holder_watch;
    int64_t index;
} reading;

/* One of the program's classes: where the last name that it met first stands among
 * those that the trace's class has met. */
typedef struct class_seen {
    const rc_class *class;
    text_map names;
    uint32_t next;                      /* the least place for another name */
} class_seen;

/* The trace's class without or with a finalizer. */
typedef struct class_kind {
    class_seen *classes;
    size_t count;
    size_t instances;
    text_map names;
} class_kind;

typedef struct patch {
    size_t offset;                      /* the end of a line in the text */
    uint32_t slot;                      /* `rescue` */
} patch;

struct rc_recorder {
    rc_heap *heap;
    char *refusal;                      /* NULL: none */
    char *source, *word;                /* where the program is */
    int line;
    bool place_is_new;

    char *text;                         /* all lines but the first two */
    size_t size, room;
    size_t line_start;                  /* of the last operation's line */
    size_t checked;                     /* size at the last rc_record_counters */
    uint64_t checked_collections, checked_finalized;

    slot *slots;
    uint32_t slot_count, slot_room;
    uint32_t *free_slots;               /* without a name, the last to be used next */
    uint32_t free_count, free_room;
    text_map slot_names;                /* by number: */
    uint32_t *named;                    /* the slot */
    size_t named_room;
    address_map holders;                /* object: its first slot */

    operand *operands;
    size_t operand_count, operand_room;
    uint32_t *drained;                  /* slots */
    size_t drained_count, drained_room;

    bool open;                          /* the last line's operation is running */
    bool exact;                         /* it raises what the program's does */
    bool interrupted;
    const rc_type *made;                /* what the last line's operation allocates */
    size_t made_length;                 /* of a tuple */
    uint32_t target;                    /* the slot that it fills, or NONE */
    uint64_t births;                    /* when it began */

    int inside;                         /* finalizers and callbacks that run */
    rc_object *dying;                   /* the innermost one's */
    rc_object *displaced;               /* dropped next, by what stands for it */
    uint64_t finalized;
    bool has_finalizers;
    address_map finalizable;            /* finobjects: the end of their line */
    patch *patches;
    size_t patch_count, patch_room;

    class_kind kinds[2];                /* without, with a finalizer */
    bool attributes_inside;             /* of instances, not in dicts */
    text_map attributes;                /* their names */
    address_map impure;                 /* objects: their watch */
    reading reads[READS];
    address_map places;
    size_t next_place;
};

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

static bool no_memory(rc_recorder *r)
{
    rc_recorder_refuse(r, "there is no memory for the trace");
    return false;
}

/* Whether something may be recorded now; if the heap has called, it is refused. */
static bool may_record(rc_recorder *r)
{
    if (r->refusal == NULL && r->inside > 0)
        rc_recorder_refuse(r, "it runs in a finalizer or callback; in a heap trace a finalizer "
                              "only counts, or stores its object in a name");
    return r->refusal == NULL;
}

/* Make `*array`, of items of `size` bytes, long enough for one more. */
static bool grow(rc_recorder *r, void *array, size_t count, size_t *room, size_t size)
{
    void *old, *larger;

    if (count < *room)
        return true;
    memcpy(&old, array, sizeof old);
    larger = realloc(old, (2 * count + 16) * size);
    if (larger == NULL)
        return no_memory(r);
    memcpy(array, &larger, sizeof larger);
    *room = 2 * count + 16;
    return true;
}

static char *copy_text(const char *text, size_t size)
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

static void put(rc_recorder *r, const char *text, size_t size)
{
    if (size > r->room - r->size) {
        size_t room = 2 * (r->size + size) + 4096;
        char *larger = realloc(r->text, room);
        if (larger == NULL) {
            no_memory(r);
            return;
        }
        r->text = larger;
        r->room = room;
    }
    memcpy(r->text + r->size, text, size);
    r->size += size;
}

static void put_text(rc_recorder *r, const char *text)
{
    put(r, text, strlen(text));
}

static void put_integer(rc_recorder *r, int64_t value)
{
    char digits[32];

    snprintf(digits, sizeof digits, "%lld", (long long)value);
    put_text(r, digits);
}

static void put_slot(rc_recorder *r, uint32_t number)
{
    if (r->slots[number].name != NULL) {
        put_text(r, r->slots[number].name);
        return;
    }
    put_text(r, "t");
    put_integer(r, number);
}

/* A text in quotes, as JSON has it. */
static void put_string(rc_recorder *r, const rc_object *str)
{
    size_t size;
    const char *text = rc_str_text(str, &size);

    put_text(r, "\"");
    for (size_t i = 0; i < size; i++) {
        char escape[8];
        unsigned char byte = (unsigned char)text[i];
        if (byte == '"' || byte == '\\') {
            put(r, "\\", 1);
            put(r, text + i, 1);
        } else if (byte < 0x20 || byte == 0x7F) {
            snprintf(escape, sizeof escape, "\\u%04x", byte);
            put_text(r, escape);
        } else
            put(r, text + i, 1);
    }
    put_text(r, "\"");
}

static bool put_piece(void *context, const char *text, size_t size)
{
    put(context, text, size);
    return true;
}

/* Begin a line, after one that says which of the program's lines it comes from. */
static void begin_line(rc_recorder *r)
{
    if (r->place_is_new && r->source != NULL && !r->interrupted) {
        put_text(r, "# ");
        put_text(r, r->source);
        put_text(r, ":");
        put_integer(r, r->line);
        put_text(r, "\n");
        r->place_is_new = false;
    }
    if (!r->interrupted)
        r->line_start = r->size;
}

/* `word` and a slot. */
static void write_line(rc_recorder *r, const char *word, uint32_t number)
{
    begin_line(r);
    put_text(r, word);
    put_text(r, " ");
    put_slot(r, number);
    put_text(r, "\n");
}

/* -------------------------------------------------------------------- slots -- */

static uint32_t first_slot(const rc_recorder *r, const rc_object *object)
{
    size_t number;
    return address_map_find(&r->holders, rc_id(object), &number) ? (uint32_t)number : NONE;
}

/* A new slot called `name` (taken), or t and its number. */
static uint32_t add_slot(rc_recorder *r, char *name)
{
    size_t room = r->slot_room;

    if (!grow(r, &r->slots, r->slot_count, &room, sizeof *r->slots)) {
        free(name);
        return NONE;
    }
    r->slot_room = (uint32_t)room;
    r->slots[r->slot_count] = (slot){ .next = NONE, .name = name };
    return r->slot_count++;
}

/* A slot that is empty and has no name. */
static uint32_t take_slot(rc_recorder *r)
{
    return r->free_count > 0 ? r->free_slots[--r->free_count] : add_slot(r, NULL);
}

static void give_slot(rc_recorder *r, uint32_t number)
{
    size_t room = r->free_room;

    if (r->slots[number].name != NULL || !grow(r, &r->free_slots, r->free_count, &room,
                                               sizeof *r->free_slots))
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
static uint32_t named_slot(rc_recorder *r, const char *name)
{
    if (name == NULL || !is_slot_name(name))
        return NONE;
    uint32_t known = r->slot_names.size;
    uint32_t number = text_map_number(&r->slot_names, name, strlen(name));
    if (number == NO_NUMBER)
        return NONE;
    if (number == known) {
        char *copy = copy_text(name, strlen(name));
        if (copy == NULL || !grow(r, &r->named, number, &r->named_room, sizeof *r->named))
            return NONE;
        r->named[number] = add_slot(r, copy);
    }
    uint32_t wanted = r->named[number];
    return wanted != NONE && r->slots[wanted].object == NULL ? wanted : NONE;
}

/* A slot for a variable. */
static uint32_t choose_slot(rc_recorder *r, const char *name)
{
    uint32_t number = named_slot(r, name);
    return number != NONE ? number : take_slot(r);
}

static void fill(rc_recorder *r, uint32_t number, rc_object *object)
{
    uint32_t first = first_slot(r, object);

    r->slots[number].object = object;
    r->slots[number].next = NONE;
    if (first != NONE) {
        r->slots[number].next = r->slots[first].next;
        r->slots[first].next = number;
    } else if (address_map_reserve(&r->holders))
        address_map_add(&r->holders, rc_id(object), number);
    else
        no_memory(r);
}

static void empty(rc_recorder *r, uint32_t number)
{
    rc_object *object = r->slots[number].object;
    uint32_t next = r->slots[number].next, before = first_slot(r, object);

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
    give_slot(r, number);
}

/* The slot of the object that is called `name`; otherwise one without a name, if
 * there is one; NONE if no slot holds it. */
static uint32_t slot_of(const rc_recorder *r, const rc_object *object, const char *name)
{
    uint32_t found = first_slot(r, object), nameless = NONE;

    for (uint32_t i = found; i != NONE; i = r->slots[i].next) {
        if (r->slots[i].name == NULL)
            nameless = i;
        else if (name != NULL && strcmp(r->slots[i].name, name) == 0)
            return i;
    }
    return nameless != NONE ? nameless : found;
}

static void write_del(rc_recorder *r, uint32_t number)
{
    write_line(r, "del", number);
    empty(r, number);
}

/* ------------------------------------------------------------------- values -- */

static void mark_impure(rc_recorder *r, rc_object *object)
{
    uint32_t watch = rc_watch(r->heap, object);

    address_map_remove(&r->impure, rc_id(object));
    if (watch != 0 && address_map_reserve(&r->impure))
        address_map_add(&r->impure, rc_id(object), watch);
    else
        no_memory(r);
}

static bool is_impure(const rc_recorder *r, const rc_object *object)
{
    size_t watch;

    return address_map_find(&r->impure, rc_id(object), &watch)
        && rc_watched(r->heap, (uint32_t)watch);
}

/* Whether a line with its value gives the object itself, from a cache. */
static bool is_cached(const rc_recorder *r, const rc_object *object)
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

static bool may_stand_in(const rc_object *object)
{
    return rc_is(object, &rc_int_type) || rc_is(object, &rc_str_type);
}

static bool is_value(const rc_object *object)
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
static void write_value(rc_recorder *r, uint32_t number, rc_object *object)
{
    begin_line(r);
    put_text(r, value_word(object));
    put_text(r, " ");
    put_slot(r, number);
    if (rc_is(object, &rc_str_type)) {
        put_text(r, " ");
        put_string(r, object);
    } else if (rc_is(object, &rc_int_type) || rc_is(object, &rc_float_type)) {
        put_text(r, " ");
        if (!rc_repr(r->heap, object, (rc_sink){ put_piece, r }))
            rc_error_clear(r->heap);
    }
    put_text(r, "\n");
}

/* ----------------------------------------------------- finding and fetching -- */

typedef struct search {
    rc_recorder *recorder;
    step *steps;
    size_t count, room;
    address_map seen;
    rc_object *wanted;
    size_t found;                       /* SIZE_MAX: not yet */
} search;

/* Whether a trace can name the key of a `lookup`. */
static bool is_nameable(const rc_recorder *r, const rc_object *key)
{
    return first_slot(r, key) != NONE || is_cached(r, key) || may_stand_in(key);
}

static void reach(search *s, step next)
{
    size_t number;

    if (s->found != SIZE_MAX || next.object == NULL
        || address_map_find(&s->seen, rc_id(next.object), &number)
        || !grow(s->recorder, &s->steps, s->count, &s->room, sizeof *s->steps))
        return;
    if (!address_map_reserve(&s->seen)) {
        no_memory(s->recorder);
        return;
    }
    address_map_add(&s->seen, rc_id(next.object), s->count);
    if (next.object == s->wanted)
        s->found = s->count;
    s->steps[s->count++] = next;
}

/* Reach all that can be read from the object of the step at `at`. */
static void expand(search *s, size_t at)
{
    rc_recorder *r = s->recorder;
    rc_object *object = s->steps[at].object, *key, *value;
    size_t position = 0;

    switch (rc_type_number(object->type)) {
    case RC_LIST:
        for (size_t i = 0; i < rc_list_size(object); i++)
            reach(s, (step){ rc_list_get(r->heap, object, (int64_t)i), at, BY_INDEX,
                             (int64_t)i, NULL });
        break;
    case RC_TUPLE:
        for (size_t i = 0; i < rc_tuple_size(object); i++)
            reach(s, (step){ rc_tuple_get(r->heap, object, (int64_t)i), at, BY_INDEX,
                             (int64_t)i, NULL });
        break;
    case RC_DICT:
        while (rc_dict_next(object, &position, &key, &value))
            if (is_nameable(r, key))
                reach(s, (step){ value, at, BY_KEY, 0, key });
        break;
    case RC_INSTANCE:
        while (rc_instance_next(object, &position, &key, &value))
            reach(s, (step){ value, at, BY_NAME, 0, key });
        break;
    case RC_WEAKREF:
        reach(s, (step){ rc_weakref_referent(object), at, BY_WEAKREF, 0, NULL });
        break;
    default:
        break;
    }
}

/* The item of a list or tuple, or NULL. */
static rc_object *item_at(rc_recorder *r, rc_object *holder, int64_t i)
{
    if (i >= 0 && rc_is(holder, &rc_list_type) && (size_t)i < rc_list_size(holder))
        return rc_list_get(r->heap, holder, i);
    if (i >= 0 && rc_is(holder, &rc_tuple_type) && (size_t)i < rc_tuple_size(holder))
        return rc_tuple_get(r->heap, holder, i);
    return NULL;
}

/* Try what rc_record_read knows: then only a few objects are looked through. */
static void follow_reads(search *s)
{
    rc_recorder *r = s->recorder;
    rc_object *chain[LONGEST_CHAIN], *object = s->wanted;
    size_t length = 0;

    for (; first_slot(r, object) == NONE; length++) {
        const reading *read = &r->reads[(rc_id(object) >> 4) % READS];
        if (length == LONGEST_CHAIN || read->object != object || !rc_watched(r->heap, read->object_watch)
            || !rc_watched(r->heap, read->holder_watch))
            return;
        chain[length] = object;
        object = read->holder;
    }
    s->steps[0] = (step){ .object = object, .how = FROM_SLOT };
    s->count = 1;
    while (length-- > 0) {
        size_t at = s->count - 1;
        int64_t index = r->reads[(rc_id(chain[length]) >> 4) % READS].index;
        address_map_close(&s->seen);
        s->seen = (address_map){ 0 };
        s->wanted = chain[length];
        s->found = SIZE_MAX;
        if (item_at(r, s->steps[at].object, index) == s->wanted)
            reach(s, (step){ s->wanted, at, BY_INDEX, index, NULL });
        else
            expand(s, at);
        if (s->found == SIZE_MAX)
            break;
    }
    s->wanted = chain[0];
}

/* Find the object from the slots.  On success s->found is its step. */
static bool find(search *s)
{
    rc_recorder *r = s->recorder;

    s->found = SIZE_MAX;
    if (!grow(r, &s->steps, 0, &s->room, sizeof *s->steps))
        return false;
    follow_reads(s);
    if (s->found != SIZE_MAX)
        return true;
    s->count = 0;
    address_map_close(&s->seen);
    s->seen = (address_map){ 0 };
    for (uint32_t i = 0; i < r->slot_count; i++)
        if (r->slots[i].object != NULL)
            reach(s, (step){ .object = r->slots[i].object, .how = FROM_SLOT });
    for (size_t i = 0; i < s->count && s->found == SIZE_MAX && r->refusal == NULL; i++)
        expand(s, i);
    return s->found != SIZE_MAX;
}

/* Write the lines that read the object of the step into a slot, which is returned;
 * *ours says that the slot is to be emptied again. */
static uint32_t read_step(search *s, size_t at, bool *ours)
{
    static const char *const words[] = { [BY_INDEX] = "item ", [BY_KEY] = "lookup ",
                                         [BY_NAME] = "getattr ", [BY_WEAKREF] = "deref " };
    rc_recorder *r = s->recorder;
    step *wanted = &s->steps[at];
    uint32_t key = NONE;
    bool ours_before, ours_key = false;

    *ours = wanted->how != FROM_SLOT;
    if (wanted->how == FROM_SLOT)
        return first_slot(r, wanted->object);
    uint32_t before = read_step(s, wanted->from, &ours_before);
    if (wanted->how == BY_KEY && (key = first_slot(r, wanted->key)) == NONE) {
        ours_key = true;
        if ((key = take_slot(r)) == NONE)
            return NONE;
        write_value(r, key, wanted->key);
    }
    uint32_t target = take_slot(r);
    if (target == NONE || before == NONE)
        return NONE;
    begin_line(r);
    put_text(r, words[wanted->how]);
    put_slot(r, target);
    put_text(r, " ");
    put_slot(r, before);
    if (wanted->how == BY_INDEX) {
        put_text(r, " ");
        put_integer(r, wanted->index);
    } else if (wanted->how == BY_KEY) {
        put_text(r, " ");
        put_slot(r, key);
    } else if (wanted->how == BY_NAME) {
        put_text(r, " ");
        put_string(r, wanted->key);
    }
    put_text(r, "\n");
    if (ours_key) {
        write_line(r, "del", key);
        give_slot(r, key);
    }
    if (ours_before) {
        write_line(r, "del", before);
        give_slot(r, before);
    }
    return target;
}

/* Fill a new slot with an object that no slot holds; NONE if that is not possible.
 * Where `looks`, only with the object itself. */
static uint32_t fetch(rc_recorder *r, rc_object *object, bool looks)
{
    search s = { .recorder = r, .wanted = object };
    uint32_t number = NONE;
    bool ours;

    if (is_cached(r, object)) {
        if ((number = take_slot(r)) != NONE)
            write_value(r, number, object);
    } else if ((!is_impure(r, object) || !may_stand_in(object)) && find(&s))
        number = read_step(&s, s.found, &ours);
    else if (!looks && may_stand_in(object) && (number = take_slot(r)) != NONE) {
        write_value(r, number, object);
        mark_impure(r, object);
    }
    free(s.steps);
    address_map_close(&s.seen);
    if (number != NONE && r->refusal == NULL)
        fill(r, number, object);
    return number;
}

static void refuse_unreachable(rc_recorder *r, const rc_object *object)
{
    rc_recorder_refuse(r, "no operation of a heap trace leads to the %s #%lld: it is an element of a "
                          "set, a key of a dict, or garbage that only Lua knows",
                       rc_typename(object), (long long)rc_birth(r->heap, object));
}

/* The last slot that was filled is that of an operand, until the heap's stack of
 * operands is lower than `mark`. */
static void add_operand(rc_recorder *r, rc_object *object, size_t mark)
{
    if (grow(r, &r->operands, r->operand_count, &r->operand_room, sizeof *r->operands))
        r->operands[r->operand_count++] = (operand){ object, mark };
}

void rc_record_fetch(rc_recorder *r, rc_object *object)
{
    if (!may_record(r) || first_slot(r, object) != NONE)
        return;
    if (fetch(r, object, false) == NONE)
        refuse_unreachable(r, object);
    else
        add_operand(r, object, rc_operand_mark(r->heap) + 1);
}

void rc_record_operand(rc_recorder *r, rc_object *object)
{
    if (r->refusal == NULL && first_slot(r, object) != NONE && r->inside == 0)
        add_operand(r, object, rc_operand_mark(r->heap));
}

void rc_record_release(rc_recorder *r, size_t mark)
{
    if (r->refusal != NULL || r->inside > 0)
        return;
    r->open = false;
    rc_record_refill(r);
    while (r->operand_count > 0 && r->operands[r->operand_count - 1].mark > mark) {
        uint32_t number = slot_of(r, r->operands[--r->operand_count].object, NULL);
        if (number != NONE)
            write_del(r, number);
    }
}

void rc_record_read(rc_recorder *r, rc_object *object, rc_object *holder, int64_t index)
{
    if (r->refusal == NULL)
        r->reads[(rc_id(object) >> 4) % READS] = (reading){
            object, holder, rc_watch(r->heap, object), rc_watch(r->heap, holder), index };
}

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
        put_text(r, " ");
        put_slot(r, first_slot(r, objects[i]));
    }
}

void rc_record(rc_recorder *r, const char *format, ...)
{
    va_list arguments;

    if (!may_record(r))
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
    begin_line(r);
    va_start(arguments, format);
    for (; *format != '\0' && r->refusal == NULL; format++) {
        if (*format != '%') {
            put(r, format, 1);
            continue;
        }
        switch (*++format) {
        case 't':
            if ((r->target = take_slot(r)) != NONE)
                put_slot(r, r->target);
            break;
        case 'o':
            put_slot(r, first_slot(r, va_arg(arguments, rc_object *)));
            break;
        case 'n':
            put_string(r, va_arg(arguments, rc_object *));
            break;
        case 'i':
            put_integer(r, va_arg(arguments, int64_t));
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
    put_text(r, "\n");
    r->births = rc_births(r->heap);
    r->open = r->refusal == NULL;
}

/* The last line's operation has not done what the line says: take it back. */
static void take_back(rc_recorder *r)
{
    r->size = r->line_start;
    if (r->target != NONE)
        give_slot(r, r->target);
    r->target = NONE;
    r->open = false;
}

/* A new reference to an object without a line of its own. */
static void take_reference(rc_recorder *r, rc_object *object)
{
    uint32_t held = first_slot(r, object), number;

    if (held != NONE) {
        if ((number = take_slot(r)) == NONE)
            return;
        begin_line(r);
        put_text(r, "let ");
        put_slot(r, number);
        put_text(r, " ");
        put_slot(r, held);
        put_text(r, "\n");
        fill(r, number, object);
    } else if (is_value(object) && object->refcount == 1) {
        if ((number = take_slot(r)) == NONE)
            return;
        write_value(r, number, object);
        fill(r, number, object);
    } else if (fetch(r, object, false) == NONE)
        refuse_unreachable(r, object);
}

void rc_record_result(rc_recorder *r, rc_object *object)
{
    if (r->refusal != NULL)
        return;
    if (r->inside > 0) {
        if (!may_stand_in(object) && !is_cached(r, object))
            (void)may_record(r);
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
            no_memory(r);
        else
            address_map_add(&r->finalizable, rc_id(object), end);
    }
    fill(r, r->target, object);
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
    put_text(r, " => ");
    put_integer(r, answer);
    put_text(r, "\n");
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
    put_text(r, " => error ");
    put_text(r, rc_error_name(error));
    put_text(r, "\n");
    if (r->target != NONE)
        give_slot(r, r->target);
    r->open = false;
}

void rc_record_done(rc_recorder *r)
{
    r->open = false;
}

void rc_record_interned(rc_recorder *r, rc_object *str)
{
    if (!may_record(r))
        return;
    uint32_t number = take_slot(r);
    if (number == NONE)
        return;
    write_value(r, number, str);
    for (uint32_t i = first_slot(r, str); i != NONE && r->refusal == NULL; i = r->slots[i].next) {
        begin_line(r);
        put_text(r, "let ");
        put_slot(r, i);
        put_text(r, " ");
        put_slot(r, number);
        put_text(r, "\n");
    }
    mark_impure(r, str);
    write_line(r, "del", number);
    give_slot(r, number);
    r->open = false;
}

/* Take out of the free list what is in it beyond what is taken already. */
static void drain(rc_recorder *r, const rc_type *type, size_t length)
{
    size_t waiting = rc_free_list(r->heap, type, length).size;
    bool is_tuple = type == &rc_tuple_type;
    uint32_t item = NONE;

    if (waiting > r->drained_count && is_tuple && (item = take_slot(r)) != NONE)
        write_line(r, "none", item);
    while (waiting > r->drained_count && r->refusal == NULL) {
        uint32_t number = take_slot(r);
        if (number == NONE || !grow(r, &r->drained, r->drained_count, &r->drained_room,
                                    sizeof *r->drained))
            return;
        begin_line(r);
        put_text(r, rc_type_name(type));
        put_text(r, " ");
        put_slot(r, number);
        for (size_t i = 0; is_tuple && i < length; i++) {
            put_text(r, " ");
            put_slot(r, item);
        }
        put_text(r, "\n");
        r->drained[r->drained_count++] = number;
    }
    if (item != NONE) {
        write_line(r, "del", item);
        give_slot(r, item);
    }
}

void rc_record_drain(rc_recorder *r, const rc_type *type)
{
    if (may_record(r))
        drain(r, type, 0);
}

void rc_record_refill(rc_recorder *r)
{
    if (r->refusal != NULL)
        return;
    while (r->drained_count > 0) {
        uint32_t number = r->drained[--r->drained_count];
        write_line(r, "del", number);
        give_slot(r, number);
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
    size_t room = kind->count;
    if (!grow(r, &kind->classes, kind->count, &room, sizeof *kind->classes))
        return NULL;
    kind->classes[kind->count] = (class_seen){ .class = class };
    return &kind->classes[kind->count++];
}

void rc_record_instance(rc_recorder *r, const rc_class *class, bool finalizer)
{
    class_kind *kind = &r->kinds[finalizer];

    if (!may_record(r) || find_class(r, kind, class) == NULL)
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
    uint32_t number = before != NULL ? slot_of(r, before, name) : choose_slot(r, name);

    if (number == NONE || !grow(r, &r->patches, r->patch_count, &r->patch_room, sizeof *r->patches))
        return;
    r->patches[r->patch_count++] = (patch){ end, number };
    address_map_remove(&r->finalizable, rc_id(object));
    if (before != NULL) {
        empty(r, number);
        if (r->slots[number].name == NULL)
            r->free_count--;            /* it was the last to be given back */
        r->displaced = before;
    }
    fill(r, number, object);
}

void rc_record_hold(rc_recorder *r, rc_object *object, const char *name, rc_object *before)
{
    size_t end;

    if (r->refusal != NULL)
        return;
    if (r->inside > 0 && object == r->dying && first_slot(r, object) == NONE
        && address_map_find(&r->finalizable, rc_id(object), &end)) {
        rescue(r, object, name, before, end);
        return;
    }
    if (!may_record(r))
        return;
    uint32_t held = first_slot(r, object), number;
    if (held == NONE) {
        if (fetch(r, object, false) == NONE)
            refuse_unreachable(r, object);
        return;
    }
    if ((number = choose_slot(r, name)) == NONE)
        return;
    begin_line(r);
    put_text(r, "let ");
    put_slot(r, number);
    put_text(r, " ");
    put_slot(r, held);
    put_text(r, "\n");
    fill(r, number, object);
}

void rc_record_name(rc_recorder *r, rc_object *object, const char *name)
{
    if (r->refusal != NULL || r->inside > 0)
        return;
    uint32_t number = slot_of(r, object, name), wanted;
    if (number == NONE || r->slots[number].name != NULL || (wanted = named_slot(r, name)) == NONE)
        return;
    begin_line(r);
    put_text(r, "let ");
    put_slot(r, wanted);
    put_text(r, " ");
    put_slot(r, number);
    put_text(r, "\n");
    fill(r, wanted, object);
    write_del(r, number);
}

/* Move the text from `from` on to the front of the last operation's line. */
static void move_before_line(rc_recorder *r, size_t from)
{
    size_t size = r->size - from;
    char *copy = copy_text(r->text + from, size);

    if (copy == NULL) {
        no_memory(r);
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
    uint32_t number = slot_of(r, object, name);
    if (number == NONE)                 /* made by a finalizer: nothing stands for it */
        return;
    if (!may_record(r))
        return;
    size_t from = r->size;
    write_del(r, number);
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

/* -------------------------------------------------------------------- looks -- */

/* References of operands that slots stand for. */
static size_t operand_slots(const rc_recorder *r, const rc_object *object)
{
    size_t count = 0;

    for (size_t i = 0; i < r->operand_count; i++)
        count += r->operands[i].object == object;
    return count;
}

/* The count that the replay will find. */
static void put_refcount(rc_recorder *r, const rc_object *object, bool fetched)
{
    if (rc_is_immortal(object)) {
        put_text(r, "immortal");
        return;
    }
    put_integer(r, (int64_t)object->refcount - (int64_t)rc_operand_count(r->heap, object)
                   + (int64_t)operand_slots(r, object) + fetched);
}

static void put_place(rc_recorder *r, const rc_object *object)
{
    size_t number;

    if (!address_map_find(&r->places, rc_id(object), &number)) {
        if (!address_map_reserve(&r->places)) {
            no_memory(r);
            return;
        }
        number = r->next_place++;
        address_map_add(&r->places, rc_id(object), number);
    }
    put_integer(r, (int64_t)number);
}

static void put_generation(rc_recorder *r, const rc_object *object)
{
    int generation = rc_gc_generation(r->heap, object);

    if (generation == RC_PERMANENT)
        put_text(r, "frozen");
    else if (generation == RC_NO_GENERATION)
        put_text(r, "none");
    else
        put_integer(r, generation);
}

static void put_look(rc_recorder *r, const char *word, rc_object *a, const rc_object *b,
                     bool fetched)
{
    size_t length = 0;

    if (strcmp(word, "refcnt") == 0)
        put_refcount(r, a, fetched);
    else if (strcmp(word, "place") == 0)
        put_place(r, a);
    else if (strcmp(word, "tracked") == 0)
        put_integer(r, rc_gc_is_tracked(r->heap, a));
    else if (strcmp(word, "gen") == 0)
        put_generation(r, a);
    else if (strcmp(word, "alive") == 0)
        put_integer(r, rc_weakref_referent(a) != NULL);
    else if (strcmp(word, "same") == 0)
        put_integer(r, a == b);
    else if (rc_length(r->heap, a, &length))
        put_integer(r, (int64_t)length);
}

/* Whether the trace's object is the program's in every respect.  A name of an
 * attribute is held by the trace from its first meeting on. */
static bool is_observable(const rc_recorder *r, const rc_object *object)
{
    size_t size;

    if (is_impure(r, object))
        return false;
    if (!rc_is(object, &rc_str_type) || !rc_str_is_interned(object))
        return true;
    const char *text = rc_str_text(object, &size);
    for (uint32_t i = 0; i < r->attributes.size; i++)
        if (r->attributes.entries[i].size == size
            && memcmp(r->attributes.entries[i].text, text, size) == 0)
            return false;
    return true;
}

void rc_record_look(rc_recorder *r, const char *word, rc_object *a, rc_object *b)
{
    bool fetched_a, fetched_b = false;
    uint32_t slot_a, slot_b = NONE;
    size_t length;

    if (r->refusal != NULL || r->inside > 0 || !is_observable(r, a)
        || (b != NULL && !is_observable(r, b)))
        return;
    if (strcmp(word, "len") == 0 && !rc_length(r->heap, a, &length)) {
        rc_error_clear(r->heap);
        return;
    }
    r->open = false;
    bool is_checked = r->size == r->checked;
    fetched_a = (slot_a = first_slot(r, a)) == NONE;
    if (fetched_a && (slot_a = fetch(r, a, true)) == NONE)
        return;
    if (b != NULL) {
        fetched_b = (slot_b = first_slot(r, b)) == NONE;
        if (fetched_b)
            slot_b = fetch(r, b, true);
        else if (slot_b == slot_a && r->slots[slot_a].next != NONE)
            slot_b = r->slots[slot_a].next;
    }
    if ((b == NULL || slot_b != NONE) && r->refusal == NULL) {
        begin_line(r);
        put_text(r, word);
        put_text(r, " ");
        put_slot(r, slot_a);
        if (b != NULL) {
            put_text(r, " ");
            put_slot(r, slot_b);
        }
        put_text(r, " => ");
        put_look(r, word, a, b, fetched_a);
        put_text(r, "\n");
    }
    if (fetched_b && slot_b != NONE && r->refusal == NULL)
        write_del(r, slot_b);
    if (fetched_a && r->refusal == NULL)
        write_del(r, slot_a);
    if (is_checked)
        r->checked = r->size;
}

void rc_record_slots(rc_recorder *r)
{
    for (uint32_t i = 0; i < r->slot_count && r->refusal == NULL; i++) {
        rc_object *object = r->slots[i].object;
        if (object == NULL || first_slot(r, object) != i)
            continue;
        rc_record_look(r, "refcnt", object, NULL);
        if (r->refusal != NULL || is_value(object))
            continue;
        rc_record_look(r, "gen", object, NULL);
        rc_record_look(r, "len", object, NULL);
    }
}

static void put_stats(rc_recorder *r)
{
    put_text(r, "stats =>");
    for (int i = 0; i < RC_GENERATIONS; i++) {
        rc_gc_stats stats = rc_gc_get_stats(r->heap, i);
        const uint64_t numbers[] = { stats.collections, stats.collected, stats.uncollectable };
        for (int j = 0; j < 3; j++) {
            put_text(r, " ");
            put_integer(r, (int64_t)numbers[j]);
        }
    }
    put_text(r, "\n");
}

void rc_record_counters(rc_recorder *r)
{
    uint64_t collections = 0;

    if (r->refusal != NULL || r->inside > 0 || r->size == r->checked)
        return;
    r->open = false;
    put_text(r, "count =>");
    for (int i = 0; i < RC_GENERATIONS; i++) {
        put_text(r, " ");
        put_integer(r, rc_gc_count(r->heap, i));
        collections += rc_gc_get_stats(r->heap, i).collections;
    }
    put_text(r, "\n");
    if (collections != r->checked_collections)
        put_stats(r);
    if (r->finalized != r->checked_finalized) {
        put_text(r, "finalized => ");
        put_integer(r, (int64_t)r->finalized);
        put_text(r, "\n");
    }
    r->checked_collections = collections;
    r->checked_finalized = r->finalized;
    r->checked = r->size;
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
