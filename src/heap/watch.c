/* The set of watched births: open addressing, linear probing, no deleted marks (a
 * removal moves later entries back).  Births are numbered in a row; without the
 * multiplication they would lie in a row, too, and a removal would walk along it. */
#include "memory.h"

static uint32_t home(const watch_set *set, uint32_t birth)
{
    return birth * UINT32_C(0x9E3779B1) >> set->shift;
}

static uint32_t find(const watch_set *set, uint32_t birth)
{
    uint32_t at = home(set, birth);
    while (set->births[at] != 0 && set->births[at] != birth)
        at = (at + 1) & (set->capacity - 1);
    return at;
}

static bool grow(rc_heap *heap, watch_set *set)
{
    watch_set bigger = {
        .capacity = set->capacity ? 2 * set->capacity : 64,
        .shift = set->capacity ? set->shift - 1 : 32 - 6,
        .size = set->size,
    };

    bigger.births = block_new(heap, bigger.capacity * sizeof *bigger.births);
    if (!bigger.births)
        return false;
    memset(bigger.births, 0, bigger.capacity * sizeof *bigger.births);
    for (uint32_t i = 0; i < set->capacity; i++)
        if (set->births[i] != 0)
            bigger.births[find(&bigger, set->births[i])] = set->births[i];
    block_free(heap, set->births, set->capacity * sizeof *set->births);
    *set = bigger;
    return true;
}

uint32_t rc_watch(rc_heap *heap, rc_object *object)
{
    watch_set *set = &heap->watches;

    if (object->watched)
        return object->birth;
    if (2 * (set->size + 1) > set->capacity && !grow(heap, set))
        return 0;
    set->births[find(set, object->birth)] = object->birth;
    set->size++;
    object->watched = 1;
    return object->birth;
}

bool rc_watched(const rc_heap *heap, uint32_t watch)
{
    const watch_set *set = &heap->watches;
    return set->capacity && watch && set->births[find(set, watch)] == watch;
}

static void remove_birth(watch_set *set, uint32_t birth)
{
    uint32_t mask = set->capacity - 1;
    uint32_t hole = find(set, birth);

    set->size--;
    for (uint32_t at = (hole + 1) & mask; set->births[at] != 0; at = (at + 1) & mask) {
        uint32_t wanted = home(set, set->births[at]);
        if (((at - wanted) & mask) >= ((at - hole) & mask)) {   /* may lie in the hole? */
            set->births[hole] = set->births[at];
            hole = at;
        }
    }
    set->births[hole] = 0;
}

void watch_died(rc_heap *heap, rc_object *object)
{
    remove_birth(&heap->watches, object->birth);
    object->watched = 0;
    if (heap->hooks.died) {
        rc_death death = {
            .watch = object->birth, .type = object->type, .object = object,
            .birth = rc_birth(heap, object), .by_collector = heap->clearing > 0,
        };
        heap->hooks.died(heap->hooks.context, &death);
    }
}
