/* subtract_refs and move_unreachable of a large collection (gc.c has them as CPython has).
 *
 * Out of cache it is loads that cost.  So the heads and items are read once: what they
 * refer to is recorded, and the second walk reads the record.  All that is looked at of a
 * target is its refs, one word in a dense table, prefetched while LATE other edges are
 * handled; membership stands in that word, too.  And what is taken for unreachable too
 * early is not moved there and back, but noted; the lists are linked anew in the end, if
 * there is anything to link.  (1e6 lists with 4 random references each: 112 ns a list by
 * walking lists twice, 30 by this.)
 *
 * A container's word in refs while this runs:
 *
 *     0                       no member, or found reachable and walked
 *     MEMBER + UNMET + n      a member, to which n references from outside are known
 *     MEMBER + UNREACHED + i  a member, the i-th in the list, that nothing has reached yet
 *
 * The order is CPython's: the reachable as they stood in the list, then those that were
 * met before something reached them, in the order in which that happened; the unreachable
 * as they stood. */
#include "reach.h"

#include <string.h>

#include "dict.h"
#include "list.h"
#include "side.h"
#include "tuple.h"

#define MEMBER 0x80000000u
#define UNREACHED 0x40000000u
#define UNMET 0x20000000u               /* 0, so far from both ends that no sum gets there */
#define INDEX 0x3fffffffu

/* Beside the slot of a container in the list: */
#define IS_TUPLE 0x80000000u
#define IS_DICT 0x40000000u
#define REACHED_LATE 0x20000000u
#define SLOT 0x1fffffffu                /* 32 GiB of slots, more than the containers' range */

#define LATE 24                         /* edges between a prefetch and its use */
#define AHEAD 12                        /* heads likewise */
#define PAGE_WORDS (PAGE / sizeof(uint32_t))

typedef struct reach {
    rc_heap *heap;
    uint32_t *refs;
    uint32_t *slots;                    /* of the list, in its order, with marks; 2 AHEAD
                                         * more, the last one again */
    uint32_t count;
    uint32_t *ends;                     /* of each one's edges */
    uint32_t *edges;                    /* slots; LATE more that are 0 */
    size_t edge_count, edge_room;
    size_t subtracted;
    uint32_t *late;                     /* indexes of those that were reached late, in order */
    uint32_t late_count;
    uint32_t marks;                     /* all that are in slots */
    bool failed;                        /* no memory for edges */
} reach;

/* ------------------------------------------------------------------------ recording -- */

static bool grow_edges(reach *self)
{
    scratch *scratch = &self->heap->scratch;

    self->failed = !scratch_grow(scratch, SCRATCH_EDGES, 2 * self->edge_room + PAGE_WORDS);
    self->edge_room = scratch->parts[SCRATCH_EDGES].room - PAGE_WORDS;
    return !self->failed;
}

static inline void record(rc_heap *heap, rc_object *target, void *context)
{
    reach *self = context;

    if (!in_container_range(heap, target))
        return;
    if (RC_UNLIKELY(self->edge_count + LATE >= self->edge_room) && !grow_edges(self))
        return;
    uint32_t slot = slot_of(heap, target);
    __builtin_prefetch(&self->refs[slot], 1);
    self->edges[self->edge_count++] = slot;
}

/* Let all edges but the last `left` count. */
static inline void subtract(reach *self, size_t left)
{
    for (; self->subtracted + left < self->edge_count; self->subtracted++) {
        uint32_t *word = &self->refs[self->edges[self->subtracted]];
        *word -= *word >> 31;           /* of a member */
    }
}

/* The list's containers become members. */
static void find_members(reach *self, int list)
{
    uint32_t i = 0;

    for (rc_object *object = list_first(self->heap, list); object;
         object = list_next(self->heap, object, list)) {
        uint32_t slot = slot_of(self->heap, object);
        self->slots[i++] = slot;
        self->refs[slot] = MEMBER | UNMET;
    }
    for (uint32_t last = self->slots[i - 1], end = i + 2 * AHEAD; i < end; i++)
        self->slots[i] = last;
}

static inline void mark(reach *self, uint32_t index, uint32_t mark)
{
    self->slots[index] |= mark;
    self->marks |= mark;
}

/* Afterwards each member's word tells how many references from outside it has. */
static void subtract_refs(reach *self)
{
    rc_heap *heap = self->heap;

    for (uint32_t i = 0; i < self->count && !self->failed; i++) {
        rc_object *object = object_at(heap, self->slots[i]);
        __builtin_prefetch(object_at(heap, self->slots[i + 2 * AHEAD]));
        prefetch_references(object_at(heap, self->slots[i + AHEAD]));
        self->refs[self->slots[i]] += rc_is_immortal(object) ? 1 : object->refcount;
        if (rc_is(object, &rc_list_type)) {
            list_visit(heap, object, record, self);
        } else if (rc_is(object, &rc_tuple_type)) {
            mark(self, i, IS_TUPLE);
            tuple_visit(heap, object, record, self);
        } else if (rc_is(object, &rc_dict_type)) {
            mark(self, i, IS_DICT);
            dict_visit(heap, object, record, self);
        } else {
            object->type->visit(heap, object, record, self);
        }
        self->ends[i] = (uint32_t)self->edge_count;
        subtract(self, LATE);
    }
    subtract(self, 0);
}

/* --------------------------------------------------------------------------- reaching -- */

static inline void reach_target(reach *self, uint32_t slot)
{
    uint32_t *word = &self->refs[slot];

    if (*word == (MEMBER | UNMET)) {
        ++*word;                        /* the walk will find it reachable */
    } else if ((*word & (MEMBER | UNREACHED)) == (MEMBER | UNREACHED)) {
        uint32_t index = *word & INDEX;
        *word = 0;
        self->slots[index] |= REACHED_LATE;
        self->late[self->late_count++] = index;
    }
}

static inline size_t first_edge(const reach *self, uint32_t index)
{
    return index > 0 ? self->ends[index - 1] : 0;
}

/* Untrack the tuple or dict at `index` if it can be: not if it refers to what is tracked,
 * which the record tells, in most cases with its first edge. */
static void maybe_untrack(reach *self, uint32_t index)
{
    rc_heap *heap = self->heap;
    rc_object *object = object_at(heap, self->slots[index] & SLOT);

    for (size_t i = first_edge(self, index); i < self->ends[index]; i++)
        if (entry_at(heap, self->edges[i])->list != NO_LIST)
            return;
    if (self->slots[index] & IS_TUPLE)
        tuple_maybe_untrack(heap, object);
    else
        dict_maybe_untrack(heap, object);
}

static inline void reach_from(reach *self, uint32_t index, bool untrack_tuples)
{
    size_t end = self->ends[index];

    for (size_t i = first_edge(self, index); i < end; i++) {
        __builtin_prefetch(&self->refs[self->edges[i + LATE]], 1);
        reach_target(self, self->edges[i]);
    }
    if (untrack_tuples && (self->slots[index] & IS_TUPLE))
        maybe_untrack(self, index);
}

/* Returns how many are unreachable. */
static uint32_t move_unreachable(reach *self, bool untrack_tuples)
{
    uint32_t unreached = 0;

    for (uint32_t i = 0; i < self->count; i++) {
        uint32_t *word = &self->refs[self->slots[i] & SLOT];
        if (*word == (MEMBER | UNMET)) {
            *word = MEMBER | UNREACHED | i;
            unreached++;
        } else {
            *word = 0;
            reach_from(self, i, untrack_tuples);
        }
    }
    for (uint32_t i = 0; i < self->late_count; i++)
        reach_from(self, self->late[i], untrack_tuples);
    return unreached - self->late_count;
}

/* ---------------------------------------------------------------------------- linking -- */

/* What is untracked by now is in no list. */
static void link_again(rc_heap *heap, uint32_t slot, int list)
{
    if (entry_at(heap, slot)->list != NO_LIST)
        link_last(heap, object_at(heap, slot), list);
}

static void link_anew(reach *self, int list, int unreachable)
{
    rc_heap *heap = self->heap;

    list_empty(heap, list);
    for (uint32_t i = 0; i < self->count; i++) {
        uint32_t slot = self->slots[i] & SLOT;
        if (self->slots[i] & REACHED_LATE)
            continue;
        if (self->refs[slot] == 0) {
            link_again(heap, slot, list);
        } else {
            self->refs[slot] = 0;
            entry_at(heap, slot)->flags |= COLLECTING;
            link_last(heap, object_at(heap, slot), unreachable);
        }
    }
    for (uint32_t i = 0; i < self->late_count; i++)
        link_again(heap, self->slots[self->late[i]] & SLOT, list);
}

/* ------------------------------------------------------------------------ untracking -- */

/* What carries `mark` and is now in `list`: all others that do are unreachable. */
static void untrack_marked(reach *self, int list, uint32_t mark)
{
    if (!(self->marks & mark))
        return;
    for (uint32_t i = 0; i < self->count; i++)
        if ((self->slots[i] & (mark | REACHED_LATE)) == mark
            && entry_at(self->heap, self->slots[i] & SLOT)->list == list)
            maybe_untrack(self, i);
    for (uint32_t i = 0; i < self->late_count; i++)
        if (self->slots[self->late[i]] & mark)
            maybe_untrack(self, self->late[i]);
}

/* ------------------------------------------------------------------------------- all -- */

/* The words of a part: `slots`, `ends` and `edges` advance together, and so does `refs` where
 * the list's order is that of addresses.  They stay a quarter of a page apart: what is loaded
 * from where another has just been stored, modulo a page, waits for that store (a ring of 1e4
 * lists: 22 ns a list instead of 9). */
static uint32_t *words_of(reach *self, int part, const uint32_t *first)
{
    size_t offset = ((uintptr_t)first / sizeof *first + PAGE_WORDS / 4 * (unsigned)(part + 1)) % PAGE_WORDS;
    return self->heap->scratch.parts[part].words + offset;
}

static bool make_room(reach *self, int list)
{
    scratch *scratch = &self->heap->scratch;
    const uint32_t *first = refs_at(self->heap, entry_at(self->heap, (uint32_t)list)->next);
    size_t count = self->count + 2 * AHEAD + PAGE_WORDS;

    if (!scratch_grow(scratch, SCRATCH_SLOTS, count) || !scratch_grow(scratch, SCRATCH_ENDS, count)
        || !scratch_grow(scratch, SCRATCH_LATE, count)
        || !scratch_grow(scratch, SCRATCH_EDGES, 2 * count))
        return false;
    self->slots = words_of(self, SCRATCH_SLOTS, first);
    self->ends = words_of(self, SCRATCH_ENDS, first);
    self->edges = words_of(self, SCRATCH_EDGES, first);
    self->edge_room = scratch->parts[SCRATCH_EDGES].room - PAGE_WORDS;
    self->late = scratch->parts[SCRATCH_LATE].words;
    return true;
}

static void forget_members(reach *self)
{
    for (uint32_t i = 0; i < self->count; i++)
        self->refs[self->slots[i] & SLOT] = 0;
}

bool deduce_unreachable_large(rc_heap *heap, int list, int unreachable, int untracks)
{
    reach self = { .heap = heap, .refs = heap->memory.containers.refs,
                   .count = (uint32_t)list_size(heap, list) };
    bool done = make_room(&self, list);

    if (done) {
        find_members(&self, list);
        subtract_refs(&self);
        done = !self.failed;
        if (!done)
            forget_members(&self);
    }
    if (done) {
        memset(self.edges + self.edge_count, 0, LATE * sizeof *self.edges);
        uint32_t found = move_unreachable(&self, untracks & UNTRACK_TUPLES_AS_MET);
        if (found > 0 || self.late_count > 0)
            link_anew(&self, list, unreachable);
        if (untracks & UNTRACK_TUPLES)
            untrack_marked(&self, list, IS_TUPLE);
        if (untracks & UNTRACK_DICTS)
            untrack_marked(&self, list, IS_DICT);
    }
    scratch_rest(&heap->scratch);
    return done;
}
