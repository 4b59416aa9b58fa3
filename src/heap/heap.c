/* Opening and closing a heap, its operand stack, and looking at what is in it. */
#include <limits.h>
#include <stdlib.h>

#include "object.h"
#include "set.h"
#include "side.h"
#include "singletons.h"
#include "str.h"
#include "tuple.h"
#include "weakref.h"

/* -------------------------------------------------------------- open and close -- */

/* -1, no limit, is the greatest size_t. */
static void set_capacities(rc_heap *heap)
{
    const rc_profile *profile = &heap->profile;

    freelist_open(&heap->int_free, (size_t)profile->int_free.value);
    freelist_open(&heap->float_free, (size_t)profile->float_free.value);
    freelist_open(&heap->list_free, (size_t)profile->list_free.value);
    freelist_open(&heap->dict_free, (size_t)profile->dict_free.value);
    freelist_open(&heap->set_free, (size_t)profile->set_free.value);
    heap->list_first_room = ((const list_growth_strategy *)profile->list_growth.value)->room(1, 0);
    uint32_t levels = ((const trashcan_strategy *)profile->trashcan.value)->levels;
    heap->trash_levels = levels ? (int)levels : INT_MAX;
    heap->calm_levels = heap->trash_levels - 1;
    for (int64_t length = 0; length <= LONGEST_FREE_TUPLE; length++)
        freelist_open(&heap->tuple_free[length],
                      length > 0 && length <= profile->tuple_free_longest.value
                          ? (size_t)profile->tuple_free.value : 0);
}

/* It stays disabled until all is there: what is made until then is no allocation of anyone's, and
 * before_collection would be called for a heap that nobody has yet. */
static void set_collector(rc_heap *heap)
{
    lists_open(heap);
    heap->gc.counts_members = ((const counter_strategy *)heap->profile.counter.value)->members;
    heap->gc.reached = heap->profile.threshold_reached.value != 0;
    for (int i = 0; i < RC_GENERATIONS; i++)
        heap->gc.generations[i].threshold = (int)heap->profile.thresholds.value[i];
    gc_set_due(heap);
}

rc_heap *rc_heap_open(const rc_options *options)
{
    rc_heap *heap = calloc(1, sizeof *heap);

    if (!heap)
        return NULL;
    heap->profile = options && options->profile ? *options->profile : *rc_profile_default();
    if (options && options->hooks)
        heap->hooks = *options->hooks;
    rc_heap_set_limit(heap, options ? options->memory_limit : 0);
    ring_init(&heap->refchain);
    set_births(heap, 0);
    if (!memory_open(&heap->memory)) {
        free(heap);
        return NULL;
    }
    set_collector(heap);
    set_capacities(heap);
    if (!singletons_open(heap) || !small_ints_open(heap) || !tuple_open(heap)) {
        rc_heap_close(heap);
        return NULL;
    }
    heap->startup_births = births_so_far(heap);
    heap->gc.generations[0].count = 0;
    rc_gc_enable(heap);
    return heap;
}

void rc_heap_close(rc_heap *heap)
{
    if (!heap)
        return;
    set_events(heap, 0);
    weakrefs_close(heap);
    memory_close(&heap->memory);
    scratch_close(&heap->scratch);
    free(heap);
}

const rc_profile *rc_heap_profile(const rc_heap *heap)
{
    return &heap->profile;
}

/* ------------------------------------------------------------------- operands -- */

size_t rc_operand_mark(const rc_heap *heap)
{
    return heap->operand_count;
}

bool rc_operand_push(rc_heap *heap, rc_object *object)
{
    if (heap->operand_count == heap->operand_room) {
        size_t room = heap->operand_room ? 2 * heap->operand_room : 32;
        rc_object **grown = block_resize(heap, heap->operands,
                                         heap->operand_room * sizeof *grown,
                                         room * sizeof *grown);
        if (!grown) {
            rc_release(heap, object, RC_FOR_OPERAND, NULL);
            return false;
        }
        heap->operands = grown;
        heap->operand_room = room;
    }
    heap->operands[heap->operand_count++] = object;
    rc_hand_over(heap, object, RC_FOR_OPERAND, NULL);
    return true;
}

void rc_operand_release(rc_heap *heap, size_t mark)
{
    while (heap->operand_count > mark)
        rc_release(heap, heap->operands[--heap->operand_count], RC_FOR_OPERAND, NULL);
}

size_t rc_operand_count(const rc_heap *heap, const rc_object *object)
{
    size_t count = 0;

    for (size_t i = 0; i < heap->operand_count; i++)
        count += heap->operands[i] == object;
    return count;
}

/* -------------------------------------------------------------------- looking -- */

rc_object *rc_newest(const rc_heap *heap)
{
    swept(heap);
    link_newborn(heap);
    return heap->refchain.next == &heap->refchain ? NULL : heap->refchain.next;
}

rc_object *rc_older(const rc_heap *heap, const rc_object *object)
{
    swept(heap);
    link_newborn(heap);
    return object->next == &heap->refchain ? NULL : object->next;
}

size_t rc_live(const rc_heap *heap, const rc_type *type)
{
    swept(heap);
    if (type)
        return live_of(heap, type->index);
    size_t all = 0;
    for (int i = 0; i < RC_TYPES; i++)
        all += live_of(heap, (rc_type_index)i);
    return all;
}

static const freelist *free_list_of(const rc_heap *heap, const rc_type *type, size_t length)
{
    switch (type->index) {
    case RC_INT:
        return &heap->int_free;
    case RC_FLOAT:
        return &heap->float_free;
    case RC_LIST:
        return &heap->list_free;
    case RC_DICT:
        return &heap->dict_free;
    case RC_SET:
    case RC_FROZENSET:
        return &heap->set_free;
    case RC_TUPLE:
        return length <= LONGEST_FREE_TUPLE ? &heap->tuple_free[length] : NULL;
    default:
        return NULL;
    }
}

rc_free_list_stats rc_free_list(const rc_heap *heap, const rc_type *type, size_t length)
{
    const freelist *list = free_list_of(heap, type, length);
    return list ? (rc_free_list_stats) { freelist_size(list), freelist_capacity(list),
                                         list->hits, list->misses }
                : (rc_free_list_stats) { 0 };
}

const void *rc_free_list_entry(const rc_heap *heap, const rc_type *type, size_t length, size_t i)
{
    const freelist *list = free_list_of(heap, type, length);
    const rc_object *entry = list ? freelist_first(list) : NULL;

    while (entry && i-- > 0)
        entry = freelist_next(list, entry);
    return entry;
}

/* --------------------------------------------------------------------- caches -- */

static size_t small_int_count(const rc_heap *heap)
{
    return (size_t)(heap->profile.small_int_greatest.value
                    - heap->profile.small_int_least.value + 1);
}

static size_t character_count(const rc_heap *heap)
{
    size_t count = 0;

    for (size_t i = 0; i < 256; i++)
        count += heap->characters[i] != NULL;
    return count;
}

rc_cache_stats rc_cache_info(const rc_heap *heap, rc_cache cache)
{
    switch (cache) {
    case RC_SMALL_INTS:
        return (rc_cache_stats) { small_int_count(heap), heap->small_int_hits,
                                  heap->small_int_misses };
    case RC_CHARACTERS:
        return (rc_cache_stats) { character_count(heap), heap->character_hits,
                                  heap->character_misses };
    default:
        return (rc_cache_stats) { heap->interned.size, heap->interned.hits,
                                  heap->interned.misses };
    }
}

/* The interned strs in order of birth: they are all on the refchain, newest first. */
static void each_interned(const rc_heap *heap, rc_object_visitor show, void *context)
{
    swept(heap);
    link_newborn(heap);
    for (rc_object *object = heap->refchain.prev; object != &heap->refchain;
         object = object->prev)
        if (rc_is(object, &rc_str_type) && rc_str_is_interned(object)
            && !show(context, object))
            return;
}

void rc_cache_each(const rc_heap *heap, rc_cache cache,
                   bool (*show)(void *context, rc_object *object), void *context)
{
    rc_object *const *objects = cache == RC_SMALL_INTS ? heap->small_ints : heap->characters;
    size_t count = cache == RC_SMALL_INTS ? small_int_count(heap) : 256;

    if (cache == RC_INTERNED) {
        each_interned(heap, show, context);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (objects[i] && !show(context, objects[i]))
            return;
}
