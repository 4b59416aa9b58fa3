/* The bulk release of garbage.
 *
 * Clearing one object after the other, as CPython does, lets death run along the references:
 * where these lead all over the memory, each costs several cache misses.  But when all of
 * the garbage dies, no reference between its members needs to be looked at: here they go in
 * the order in which they were found, a batch at a time: it leaves the refchain, each releases
 * what it holds outside, and their memory goes back, neighbours together.  (1e6 lists in a
 * shuffled ring: 255 ns each by clearing, 50 so.)
 *
 * The order can be seen only by what runs or looks meanwhile, and by free lists, on which
 * the last to die lie first.  So all of these must be ruled out, before anything is touched,
 * and for all that might die with the garbage, not for its members alone.  What is left
 * does not depend on the order: counts, statistics, and ids, because the arenas serve the
 * lowest free block. */
#include "bulk.h"

#include "finalizers.h"
#include "instance.h"
#include "list.h"
#include "reach.h"

/* ---------------------------------------------------------------- may it be done? -- */

static bool nobody_looks(const rc_heap *heap)
{
    return heap->front.events == 0 && !heap->gc.watcher.tell && !watch_any(heap);
}

/* No finalizer or callback can run; the members cannot be kept for gc.garbage. */
static bool nothing_runs(const rc_heap *heap)
{
    return live_of(heap, RC_WEAKREF) == 0
           && (live_of(heap, RC_INSTANCE) == 0 || !classes_have_finalizer(heap))
           && !(heap->gc.debug & (RC_DEBUG_SAVEALL | RC_DEBUG_COLLECTABLE));
}

/* No death is going on whose nesting decides what the trashcan puts aside until later. */
static bool nothing_is_dying(const rc_heap *heap)
{
    return heap->deaths == 0 && !heap->trash;
}

/* The collection ends by emptying them all. */
static bool free_lists_end_empty(const rc_heap *heap)
{
    const clearing_strategy *clearing =
        (const clearing_strategy *)heap->profile.clears_free_lists.value;
    return clearing->numbers && clearing->tuples && clearing->others;
}

bool may_release_at_once(const rc_heap *heap, int garbage)
{
    return list_size(heap, garbage) >= LARGE_COLLECTION && free_lists_end_empty(heap)
           && nothing_runs(heap) && nothing_is_dying(heap) && nobody_looks(heap);
}

/* -------------------------------------------------------------------------- do it -- */

/* So many at a time: their heads stay in the nearest cache from one step to the next. */
#define BATCH 20

#define FAR 65536                       /* slots */
#define SAMPLES 64

/* Write down the members, and 4 BATCH times more the last one; and empty their list.  Their
 * side entries are clean then, for the next in their slots; as long as it goes on, a member's
 * refs is not 0. */
static void note_members(rc_heap *heap, int garbage, uint32_t *slots)
{
    uint32_t end = (uint32_t)garbage, count = 0;

    for (uint32_t slot = entry_at(heap, end)->next; slot != end; count++) {
        side_entry *entry = entry_at(heap, slot);
        prefetch_entries(heap, slot);
        *refs_at(heap, slot) = 1;
        slots[count] = slot;
        slot = next_slot(heap, slot);
        entry->list = NO_LIST;
        entry->flags = 0;
    }
    for (uint32_t i = 0; i < 4 * BATCH; i++)
        slots[count + i] = slots[count - 1];
    list_empty(heap, garbage);
}

static void join(rc_object *newer, rc_object *older)
{
    newer->next = older;
    older->prev = newer;
}

/* Take members out of the refchain.  Where the next one is the one born next, its links
 * are not written, for it leaves, too: nothing is written to a head that only has to be read. */
static void leave_together(rc_heap *heap, const uint32_t *slots, uint32_t count)
{
    rc_object *newer = object_at(heap, slots[0]);       /* what the last ones stood between */
    rc_object *older = newer->next;

    for (uint32_t i = 0; i < count; i++) {
        rc_object *object = object_at(heap, slots[i]);
        if (object != newer) {
            join(newer, older);
            older = object->next;
        }
        newer = object->prev;
        heap->live[object->type->index]--;
    }
    join(newer, older);
}

/* What a list does instead of `scrap`. */
static inline void scrap_list(rc_heap *heap, rc_object *self, word_back *arrays)
{
    rc_list *list = (rc_list *)self;
    size_t bytes = list->allocated * sizeof(rc_object *);

    for (size_t i = list->var.size; i-- > 0;)
        scrap_reference(heap, list->items[i], RC_FOR_ITEM, self);
    if (RC_UNLIKELY(bytes > LARGEST_SMALL))
        memory_free_large(heap, arrays->arena, list->items, bytes);
    else if (list->items)
        give_block_back(heap, arrays, list->items);
}

/* Their own memory comes back last. */
static void scrap_members(rc_heap *heap, const uint32_t *slots, uint32_t count)
{
    word_back arrays = { .arena = &heap->memory.blocks };
    word_back heads = { .arena = &heap->memory.containers };

    for (uint32_t i = 0; i < count; i++) {
        rc_object *object = object_at(heap, slots[i]);
        if (rc_is(object, &rc_list_type))
            scrap_list(heap, object, &arrays);
        else
            object->type->scrap(heap, object);
    }
    give_word_back(heap, &arrays);
    for (uint32_t i = 0; i < count; i++)
        if ((char *)object_at(heap, slots[i]) < heads.arena->runs_base)
            give_block_back(heap, &heads, object_at(heap, slots[i]));
    give_word_back(heap, &heads);
}

/* Whether a list's last item is so far from it that its refs have to be fetched. */
static bool leads_far(const rc_heap *heap, uint32_t slot)
{
    const rc_list *list = (const rc_list *)object_at(heap, slot);
    size_t size = rc_is(&list->var.head, &rc_list_type) ? list->var.size : 0;
    return size > 0 && slot_of(heap, list->items[size - 1]) - slot + FAR > 2 * FAR;
}

/* Whether most do, to judge by a few: to prefetch what is near costs 2 ns each, and what is
 * far saves 12. */
static bool most_lead_far(const rc_heap *heap, const uint32_t *slots, uint32_t count)
{
    unsigned far = 0;

    for (uint32_t i = 0; i < SAMPLES; i++)
        far += leads_far(heap, slots[(uint64_t)i * count / SAMPLES]);
    return far > SAMPLES / 2;
}

/* Well before their turn comes: first a head, then what its references lie in, then what is
 * looked at of a target, if most are far; for what is no container that is nowhere, which
 * does not matter. */
static inline __attribute__((always_inline))
void prefetch_members(rc_heap *heap, const uint32_t *slots, bool far)
{
    for (uint32_t i = 0; i < BATCH; i++) {
        const rc_list *next = (const rc_list *)object_at(heap, slots[i + BATCH]);
        __builtin_prefetch(object_at(heap, slots[i + 3 * BATCH]));
        prefetch_references(object_at(heap, slots[i + 2 * BATCH]));
        if (far && rc_is(&next->var.head, &rc_list_type) && next->var.size > 0)
            __builtin_prefetch(refs_of(heap, next->items[next->var.size - 1]));
    }
}

bool release_at_once(rc_heap *heap, int garbage)
{
    uint32_t count = (uint32_t)list_size(heap, garbage);

    if (!scratch_grow(&heap->scratch, SCRATCH_SLOTS, (size_t)count + 4 * BATCH))
        return false;
    uint32_t *slots = heap->scratch.parts[SCRATCH_SLOTS].words;
    note_members(heap, garbage, slots);
    arena_put_back(&heap->memory.containers);
    arena_put_back(&heap->memory.blocks);
    bool far = count >= FAR_APART && most_lead_far(heap, slots, count);

    for (uint32_t i = 0; i < count; i += BATCH) {
        uint32_t size = count - i < BATCH ? count - i : BATCH;
        prefetch_members(heap, slots + i, far);
        leave_together(heap, slots + i, size);
        scrap_members(heap, slots + i, size);
    }
    for (uint32_t i = 0; i < count; i++)
        *refs_at(heap, slots[i]) = 0;
    scratch_rest(&heap->scratch);
    /* The collection is a full one: generation 0's counter is 0 already. */
    return true;
}
