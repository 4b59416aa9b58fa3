/* The bitmap of watched births: read watch.h first. */
#include "side.h"

static uint64_t bit(uint32_t birth)
{
    return UINT64_C(1) << birth % 64;
}

uint32_t rc_watch(rc_heap *heap, rc_object *object)
{
    watch_map *map = &heap->memory.watches;
    uint32_t birth = object->birth;

    if (RC_UNLIKELY(birth >= map->usable) && !memory_extend_watches(heap, birth))
        return 0;
    map->alive[birth / 64] |= bit(birth);
    link_newborn(heap);                 /* the newborn dies without a word: dies_quietly */
    object->watched = 1;
    return birth;
}

bool rc_watched(const rc_heap *heap, uint32_t watch)
{
    const watch_map *map = &heap->memory.watches;
    return watch < map->usable && map->alive[watch / 64] & bit(watch);
}

bool watch_any(const rc_heap *heap)
{
    const watch_map *map = &heap->memory.watches;

    for (uint32_t word = 0; word < map->usable / 64; word++)
        if (map->alive[word] != 0)
            return true;
    return false;
}

void watch_died(rc_heap *heap, rc_object *object)
{
    uint32_t birth = object->birth;
    rc_death death = {                  /* read first: one word with what is written below */
        .watch = birth, .type = object->type, .object = object,
        .birth = rc_birth(heap, object), .by_collector = heap->clearing > 0,
    };

    heap->memory.watches.alive[birth / 64] &= ~bit(birth);
    object->watched = 0;
    if (heap->hooks.died)
        heap->hooks.died(heap->hooks.context, &death);
}
