/* Hash maps with open addressing and linear probing, never more than half full. */
#include "map.h"

#include <stdlib.h>
#include <string.h>

#define LEAST_CAPACITY 64

/* ------------------------------------------------------------------- texts -- */

/* FNV-1a. */
static uint32_t text_hash(const char *text, size_t size)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash;
}

/* The slot that holds the number of `text`, or the empty one where it belongs. */
static uint32_t *text_slot(const text_map *map, const char *text, size_t size, uint32_t hash)
{
    uint32_t mask = map->capacity - 1;

    for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &map->slots[i];
        if (*slot == 0)
            return slot;
        const text_entry *entry = &map->entries[*slot - 1];
        if (entry->hash == hash && entry->size == size && memcmp(entry->text, text, size) == 0)
            return slot;
    }
}

/* Double the table of slots.  The entries' room grows with it: half of it. */
static bool grow_texts(text_map *map)
{
    uint32_t capacity = map->capacity ? map->capacity * 2 : LEAST_CAPACITY;
    if (capacity > UINT32_MAX / 4)
        return false;
    text_entry *entries = realloc(map->entries, capacity / 2 * sizeof *entries);
    if (entries == NULL)
        return false;
    map->entries = entries;
    map->room = capacity / 2;
    uint32_t *slots = calloc(capacity, sizeof *slots);
    if (slots == NULL)
        return false;
    free(map->slots);
    map->slots = slots;
    map->capacity = capacity;
    for (uint32_t n = 0; n < map->size; n++)
        *text_slot(map, entries[n].text, entries[n].size, entries[n].hash) = n + 1;
    return true;
}

uint32_t text_map_number(text_map *map, const char *text, size_t size)
{
    uint32_t hash = text_hash(text, size);

    if (map->capacity != 0) {
        uint32_t number = *text_slot(map, text, size, hash);
        if (number != 0)
            return number - 1;
    }
    if (map->size >= map->capacity / 2 && !grow_texts(map))
        return NO_NUMBER;
    char *copy = malloc(size ? size : 1);
    if (copy == NULL)
        return NO_NUMBER;
    memcpy(copy, text, size);
    map->entries[map->size] = (text_entry){ copy, size, hash };
    *text_slot(map, text, size, hash) = map->size + 1;
    return map->size++;
}

void text_map_close(text_map *map)
{
    for (uint32_t n = 0; n < map->size; n++)
        free(map->entries[n].text);
    free(map->entries);
    free(map->slots);
}

/* --------------------------------------------------------------- addresses -- */

static size_t address_hash(uintptr_t address)
{
    uint64_t hash = (uint64_t)address * UINT64_C(0x9E3779B97F4A7C15);

    return (size_t)(hash >> 20);
}

/* The entry of `address`, or the empty one where it belongs. */
static address_entry *address_place(const address_map *map, uintptr_t address)
{
    size_t mask = map->capacity - 1;
    size_t i = address_hash(address) & mask;

    while (map->entries[i].address != 0 && map->entries[i].address != address)
        i = (i + 1) & mask;
    return &map->entries[i];
}

bool address_map_reserve(address_map *map)
{
    if (map->size < map->capacity / 2)
        return true;
    address_map larger = { .capacity = map->capacity ? map->capacity * 2 : LEAST_CAPACITY };
    larger.entries = calloc(larger.capacity, sizeof *larger.entries);
    if (larger.entries == NULL)
        return false;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->entries[i].address != 0)
            address_map_add(&larger, map->entries[i].address, map->entries[i].number);
    free(map->entries);
    *map = larger;
    return true;
}

void address_map_add(address_map *map, uintptr_t address, size_t number)
{
    *address_place(map, address) = (address_entry){ address, number };
    map->size++;
}

bool address_map_find(const address_map *map, uintptr_t address, size_t *number)
{
    if (map->size == 0)
        return false;
    const address_entry *entry = address_place(map, address);
    *number = entry->number;
    return entry->address != 0;
}

/* Linear probing needs no marks of deleted entries: whoever stands behind the gap
 * and could stand in it moves there, and leaves the next gap. */
bool address_map_remove(address_map *map, uintptr_t address)
{
    if (map->size == 0)
        return false;
    address_entry *entry = address_place(map, address);
    if (entry->address == 0)
        return false;
    size_t mask = map->capacity - 1;
    size_t gap = (size_t)(entry - map->entries);
    for (size_t i = (gap + 1) & mask; map->entries[i].address != 0; i = (i + 1) & mask) {
        size_t home = address_hash(map->entries[i].address) & mask;
        if (((i - home) & mask) >= ((i - gap) & mask)) {
            map->entries[gap] = map->entries[i];
            gap = i;
        }
    }
    map->entries[gap] = (address_entry){ 0, 0 };
    map->size--;
    return true;
}

void address_map_close(address_map *map)
{
    free(map->entries);
}
