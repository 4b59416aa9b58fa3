/* What a program has observed: the lines that observe the same. */
#include <string.h>

#include "recorder.h"

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
        line_text(r, "immortal");
        return;
    }
    line_integer(r, (int64_t)object->refcount - (int64_t)rc_operand_count(r->heap, object)
                   + (int64_t)operand_slots(r, object) + fetched);
}

static void put_place(rc_recorder *r, const rc_object *object)
{
    size_t number;

    if (!address_map_find(&r->places, rc_id(object), &number)) {
        if (!address_map_reserve(&r->places)) {
            recorder_no_memory(r);
            return;
        }
        number = r->next_place++;
        address_map_add(&r->places, rc_id(object), number);
    }
    line_integer(r, (int64_t)number);
}

static void put_generation(rc_recorder *r, const rc_object *object)
{
    int generation = rc_gc_generation(r->heap, object);

    if (generation == RC_PERMANENT)
        line_text(r, "frozen");
    else if (generation == RC_NO_GENERATION)
        line_text(r, "none");
    else
        line_integer(r, generation);
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
        line_integer(r, rc_gc_is_tracked(r->heap, a));
    else if (strcmp(word, "gen") == 0)
        put_generation(r, a);
    else if (strcmp(word, "alive") == 0)
        line_integer(r, rc_weakref_referent(a) != NULL);
    else if (strcmp(word, "same") == 0)
        line_integer(r, a == b);
    else if (rc_length(r->heap, a, &length))
        line_integer(r, (int64_t)length);
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
    fetched_a = (slot_a = slot_first(r, a)) == NONE;
    if (fetched_a && (slot_a = fetch(r, a, true)) == NONE)
        return;
    if (b != NULL) {
        fetched_b = (slot_b = slot_first(r, b)) == NONE;
        if (fetched_b)
            slot_b = fetch(r, b, true);
        else if (slot_b == slot_a && r->slots[slot_a].next != NONE)
            slot_b = r->slots[slot_a].next;
    }
    if ((b == NULL || slot_b != NONE) && r->refusal == NULL) {
        line_begin(r);
        line_text(r, word);
        line_text(r, " ");
        line_slot(r, slot_a);
        if (b != NULL) {
            line_text(r, " ");
            line_slot(r, slot_b);
        }
        line_text(r, " => ");
        put_look(r, word, a, b, fetched_a);
        line_text(r, "\n");
    }
    if (fetched_b && slot_b != NONE && r->refusal == NULL)
        line_del(r, slot_b);
    if (fetched_a && r->refusal == NULL)
        line_del(r, slot_a);
    if (is_checked)
        r->checked = r->size;
}

void rc_record_slots(rc_recorder *r)
{
    for (uint32_t i = 0; i < r->slot_count && r->refusal == NULL; i++) {
        rc_object *object = r->slots[i].object;
        if (object == NULL || slot_first(r, object) != i)
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
    line_text(r, "stats =>");
    for (int i = 0; i < RC_GENERATIONS; i++) {
        rc_gc_stats stats = rc_gc_get_stats(r->heap, i);
        const uint64_t numbers[] = { stats.collections, stats.collected, stats.uncollectable };
        for (int j = 0; j < 3; j++) {
            line_text(r, " ");
            line_integer(r, (int64_t)numbers[j]);
        }
    }
    line_text(r, "\n");
}

void rc_record_counters(rc_recorder *r)
{
    uint64_t collections = 0;

    if (r->refusal != NULL || r->inside > 0 || r->size == r->checked)
        return;
    r->open = false;
    line_text(r, "count =>");
    for (int i = 0; i < RC_GENERATIONS; i++) {
        line_text(r, " ");
        line_integer(r, rc_gc_count(r->heap, i));
        collections += rc_gc_get_stats(r->heap, i).collections;
    }
    line_text(r, "\n");
    if (collections != r->checked_collections)
        put_stats(r);
    if (r->finalized != r->checked_finalized) {
        line_text(r, "finalized => ");
        line_integer(r, (int64_t)r->finalized);
        line_text(r, "\n");
    }
    r->checked_collections = collections;
    r->checked_finalized = r->finalized;
    r->checked = r->size;
}
