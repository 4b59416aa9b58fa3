/* Two hash maps: texts to numbers, in the order of their first meeting, and
 * addresses to numbers. */
#ifndef TRACE_MAP_H
#define TRACE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NO_NUMBER UINT32_MAX

typedef struct text_entry {
    char *text;                         /* malloc'ed; not ended by a NUL */
    size_t size;
    uint32_t hash;
} text_entry;

/* All zero bytes are an empty map. */
typedef struct text_map {
    text_entry *entries;                /* by number */
    uint32_t size, room;
    uint32_t *slots;                    /* number + 1, 0: empty; open addressing, linear probing */
    uint32_t capacity;                  /* a power of two, or 0 */
} text_map;

/* The number of `text`, a new one if it is not there yet; NO_NUMBER when there is
 * no memory. */
uint32_t text_map_number(text_map *map, const char *text, size_t size);

void text_map_close(text_map *map);

typedef struct address_entry {
    uintptr_t address;                  /* 0: empty */
    size_t number;
} address_entry;

/* All zero bytes are an empty map. */
typedef struct address_map {
    address_entry *entries;             /* open addressing, linear probing */
    size_t capacity;                    /* a power of two, or 0 */
    size_t size;
} address_map;

/* Make sure that the next address_map_add finds room. */
bool address_map_reserve(address_map *map);

/* Enter an address that is not there yet, after address_map_reserve. */
void address_map_add(address_map *map, uintptr_t address, size_t number);

/* The number of an address into *number; false if it is not there. */
bool address_map_find(const address_map *map, uintptr_t address, size_t *number);

/* Take an address out; false if it was not there. */
bool address_map_remove(address_map *map, uintptr_t address);

void address_map_close(address_map *map);

#endif
