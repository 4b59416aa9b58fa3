/* The intern table, and interning. */
#include "intern.h"

#include <string.h>

#include "hash.h"
#include "memory.h"
#include "str.h"

#define LEAST_CAPACITY 64

static size_t home(const intern_table *table, int64_t hash)
{
    return (size_t)hash & (table->capacity - 1);
}

static size_t after(const intern_table *table, size_t slot)
{
    return (slot + 1) & (table->capacity - 1);
}

rc_str *intern_find(rc_heap *heap, const char *text, size_t size, int64_t hash)
{
    const intern_table *table = &heap->interned;

    if (table->capacity == 0)
        return NULL;
    for (size_t i = home(table, hash); table->slots[i] != NULL; i = after(table, i)) {
        rc_str *str = table->slots[i];
        if (str->hash == hash && str->size == size && memcmp(str->text, text, size) == 0)
            return str;
    }
    return NULL;
}

/* Put `str` into the first free slot from its home on. */
static void place(intern_table *table, rc_str *str)
{
    size_t i = home(table, str->hash);

    while (table->slots[i] != NULL)
        i = after(table, i);
    table->slots[i] = str;
}

static bool grow(rc_heap *heap)
{
    intern_table *table = &heap->interned, larger = *table;

    larger.capacity = table->capacity != 0 ? 2 * table->capacity : LEAST_CAPACITY;
    larger.slots = block_new(heap, larger.capacity * sizeof(rc_str *));
    if (larger.slots == NULL)
        return false;
    memset(larger.slots, 0, larger.capacity * sizeof(rc_str *));
    for (size_t i = 0; i < table->capacity; i++)
        if (table->slots[i] != NULL)
            place(&larger, table->slots[i]);
    intern_close(heap);
    *table = larger;
    return true;
}

bool intern_add(rc_heap *heap, rc_str *str)
{
    intern_table *table = &heap->interned;

    if (3 * (table->size + 1) > 2 * table->capacity && !grow(heap))
        return false;
    str_hash(str);
    place(table, str);
    table->size++;
    str->interned = true;
    return true;
}

/* The slot becomes empty; what follows in its row moves up where it was kept from
 * its home by an earlier one. */
void intern_remove(rc_heap *heap, rc_str *str)
{
    intern_table *table = &heap->interned;
    size_t hole = home(table, str->hash), mask = table->capacity - 1;

    while (table->slots[hole] != str)
        hole = after(table, hole);
    for (size_t i = after(table, hole); table->slots[i] != NULL; i = after(table, i)) {
        size_t way = (i - home(table, table->slots[i]->hash)) & mask;   /* from its home */
        if (way >= ((i - hole) & mask)) {
            table->slots[hole] = table->slots[i];
            hole = i;
        }
    }
    table->slots[hole] = NULL;
    table->size--;
    str->interned = false;
}

void intern_close(rc_heap *heap)
{
    intern_table *table = &heap->interned;

    if (table->slots != NULL)
        block_free(heap, table->slots, table->capacity * sizeof(rc_str *));
    table->slots = NULL;
    table->capacity = 0;
}

/* ------------------------------------------------------------------ interning -- */

/* The table takes a reference of its own, for ever.  Like that of a cache, which may
 * hold the str already, it is in no immortal object's count. */
static void make_immortal(rc_heap *heap, rc_object *object)
{
    bool held = object == heap->empty_str || ((rc_str *)object)->cached;

    if (rc_is_immortal(object))
        return;
    rc_hold(heap, object, RC_FOR_INTERN_TABLE, NULL);
    object->refcount += IMMORTAL_REFCOUNT - 1 - (held ? 1 : 0);
}

/* The representative of `str`'s text, perhaps `str` itself: a new reference. */
static rc_object *representative(rc_heap *heap, rc_str *str, bool immortal)
{
    rc_str *known = str->interned ? str
                                  : intern_find(heap, str->text, str->size, str_hash(str));

    if (known != NULL)
        heap->interned.hits++;
    else if (intern_add(heap, str)) {
        heap->interned.misses++;
        known = str;
    } else
        return NULL;
    if (immortal)
        make_immortal(heap, &known->head);
    rc_incref(heap, &known->head);
    return &known->head;
}

rc_object *rc_str_intern(rc_heap *heap, rc_object *str)
{
    if (!rc_is(str, &rc_str_type))
        return rc_raise_worded_null(heap, RC_TYPE_ERROR, RC_SAYS_INTERNS_STR,
                                    rc_is(str, &rc_none_type) ? "None" : rc_typename(str), NULL,
                                    NULL);
    return representative(heap, (rc_str *)str, heap->profile.interned_immortal.value != 0);
}

rc_object *intern_name(rc_heap *heap, rc_object *name)
{
    if (!rc_is(name, &rc_str_type))
        return rc_raise_null(heap, RC_TYPE_ERROR, "attribute name must be string, not '%s'",
                             rc_typename(name));
    return representative(heap, (rc_str *)name, heap->profile.names_immortal.value != 0
                                                || heap->profile.interned_immortal.value != 0);
}

rc_object *intern_made(rc_heap *heap, rc_str *str)
{
    return representative(heap, str, false);
}

rc_object *rc_str_intern_text(rc_heap *heap, const char *text, size_t size)
{
    rc_str *known = intern_find(heap, text, size, hash_text(text, size));

    if (known != NULL)
        return representative(heap, known, heap->profile.interned_immortal.value != 0);
    rc_object *str = rc_str_new(heap, text, size);
    if (str == NULL)
        return NULL;
    rc_object *interned = rc_str_intern(heap, str);
    rc_decref(heap, str);
    return interned;
}

bool is_name_like(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return true;
}

rc_object *rc_str_constant(rc_heap *heap, const char *text, size_t size)
{
    return is_name_like(text, size) ? rc_str_intern_text(heap, text, size)
                                    : rc_str_new(heap, text, size);
}
