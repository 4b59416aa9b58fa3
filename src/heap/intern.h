/* The intern table: one str for each text.  It holds no counted references; a str
 * that dies leaves it (profiles with immortal interned strings: never). */
#ifndef HEAP_INTERN_H
#define HEAP_INTERN_H

#include "layout.h"

typedef struct intern_table {
    rc_str **slots;                     /* open addressing, linear probing; NULL: empty */
    size_t capacity;                    /* a power of two, or 0 */
    size_t size;
    uint64_t hits, misses;
} intern_table;

/* The interned str with this text, borrowed, or NULL. */
rc_str *intern_find(rc_heap *heap, const char *text, size_t size, int64_t hash);

/* Enter a str that is not there yet.  False with MemoryError. */
bool intern_add(rc_heap *heap, rc_str *str);

/* A str that is in the table dies. */
void intern_remove(rc_heap *heap, rc_str *str);

/* Whether a text consists of ASCII letters, digits and underscores only. */
bool is_name_like(const char *text, size_t size);

/* The representative of `str`'s text, which may be `str` itself from now on: a new
 * reference.  NULL with MemoryError. */
rc_object *intern_made(rc_heap *heap, rc_str *str);

/* Give back the table's memory. */
void intern_close(rc_heap *heap);

/* Python's intern of an attribute's name, immortal where the profile says so: a new
 * reference.  NULL with TypeError or MemoryError. */
rc_object *intern_name(rc_heap *heap, rc_object *name);

#endif
