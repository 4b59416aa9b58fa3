/* Finding an operand that no slot holds, and the lines that read it into one. */
#include <stdlib.h>
#include <string.h>

#include "recorder.h"

#define LONGEST_CHAIN 64                /* of reads that led to an object */

/* How one object is read from another. */
typedef struct step {
    rc_object *object;
    size_t from;                        /* in the same array */
    enum { FROM_SLOT, BY_INDEX, BY_KEY, BY_NAME, BY_WEAKREF } how;
    int64_t index;
    rc_object *key;
} step;

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
    return slot_first(r, key) != NONE || is_cached(r, key) || may_stand_in(key);
}

static void reach(search *s, step next)
{
    size_t number;

    if (s->found != SIZE_MAX || next.object == NULL
        || address_map_find(&s->seen, rc_id(next.object), &number)
        || !recorder_grow(s->recorder, s->steps, s->count, &s->room))
        return;
    if (!address_map_reserve(&s->seen)) {
        recorder_no_memory(s->recorder);
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

    for (; slot_first(r, object) == NONE; length++) {
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
    if (!recorder_grow(r, s->steps, 0, &s->room))
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
        return slot_first(r, wanted->object);
    uint32_t before = read_step(s, wanted->from, &ours_before);
    if (wanted->how == BY_KEY && (key = slot_first(r, wanted->key)) == NONE) {
        ours_key = true;
        if ((key = slot_take(r)) == NONE)
            return NONE;
        line_value(r, key, wanted->key);
    }
    uint32_t target = slot_take(r);
    if (target == NONE || before == NONE)
        return NONE;
    line_begin(r);
    line_text(r, words[wanted->how]);
    line_slot(r, target);
    line_text(r, " ");
    line_slot(r, before);
    if (wanted->how == BY_INDEX) {
        line_text(r, " ");
        line_integer(r, wanted->index);
    } else if (wanted->how == BY_KEY) {
        line_text(r, " ");
        line_slot(r, key);
    } else if (wanted->how == BY_NAME) {
        line_text(r, " ");
        line_string(r, wanted->key);
    }
    line_text(r, "\n");
    if (ours_key) {
        line_undo(r, key);
    }
    if (ours_before) {
        line_undo(r, before);
    }
    return target;
}

uint32_t fetch(rc_recorder *r, rc_object *object, bool looks)
{
    search s = { .recorder = r, .wanted = object };
    uint32_t number = NONE;
    bool ours;

    if (is_cached(r, object)) {
        if ((number = slot_take(r)) != NONE)
            line_value(r, number, object);
    } else if ((!is_impure(r, object) || !may_stand_in(object)) && find(&s))
        number = read_step(&s, s.found, &ours);
    else if (!looks && may_stand_in(object) && (number = slot_take(r)) != NONE) {
        line_value(r, number, object);
        mark_impure(r, object);
    }
    free(s.steps);
    address_map_close(&s.seen);
    if (number != NONE && r->refusal == NULL)
        slot_fill(r, number, object);
    return number;
}

void refuse_unreachable(rc_recorder *r, const rc_object *object)
{
    rc_recorder_refuse(r, "no operation of a heap trace leads to the %s #%lld: it is an element of a "
                          "set, a key of a dict, or garbage that only Lua knows",
                       rc_typename(object), (long long)rc_birth(r->heap, object));
}

/* The last slot that was filled is that of an operand, until the heap's stack of
 * operands is lower than `mark`. */
static void add_operand(rc_recorder *r, rc_object *object, size_t mark)
{
    if (recorder_grow(r, r->operands, r->operand_count, &r->operand_room))
        r->operands[r->operand_count++] = (operand){ object, mark };
}

void rc_record_fetch(rc_recorder *r, rc_object *object)
{
    if (!recorder_may_record(r) || slot_first(r, object) != NONE)
        return;
    if (fetch(r, object, false) == NONE)
        refuse_unreachable(r, object);
    else
        add_operand(r, object, rc_operand_mark(r->heap) + 1);
}

void rc_record_operand(rc_recorder *r, rc_object *object)
{
    if (r->refusal == NULL && slot_first(r, object) != NONE && r->inside == 0)
        add_operand(r, object, rc_operand_mark(r->heap));
}

void rc_record_release(rc_recorder *r, size_t mark)
{
    if (r->refusal != NULL || r->inside > 0)
        return;
    r->open = false;
    rc_record_refill(r);
    while (r->operand_count > 0 && r->operands[r->operand_count - 1].mark > mark) {
        uint32_t number = slot_called(r, r->operands[--r->operand_count].object, NULL);
        if (number != NONE)
            line_del(r, number);
    }
}

void rc_record_read(rc_recorder *r, rc_object *object, rc_object *holder, int64_t index)
{
    if (r->refusal == NULL)
        r->reads[(rc_id(object) >> 4) % READS] = (reading){
            object, holder, rc_watch(r->heap, object), rc_watch(r->heap, holder), index };
}
