/* subtract_refs and move_unreachable of a large collection (gc.c has them as CPython has).
 *
 * Out of cache it is loads that cost, and in it instructions.  So the heads and items are
 * read once: what they refer to is recorded, and the second walk reads the record.  All that
 * is looked at of a target is its refs, one word in a dense table.  Whether it is a member
 * need not be known then: a word is a sum, it begins as 0, and as long as the list is walked
 * each reference takes 1 from it; what makes a member of it is added when its turn comes.
 * Words that are left without have been taken from in vain, and are cleaned.  And what is
 * taken for unreachable too early is not moved there and back, but noted; the lists are linked
 * anew in the end, if there is anything to link.  (1e6 lists with 4 random references each:
 * 112 ns a list by walking lists twice, 13 by this.)
 *
 * A container's word in refs while this runs:
 *
 *     0                       no member, or found reachable and walked
 *     MEMBER + UNMET + n      a member, to which n references from outside are known
 *     MEMBER + UNREACHED + i  a member, the i-th in the list, that nothing has reached yet
 *     -n, in state STATE      no member (yet), but n references from members lead there
 *
 * The order is CPython's: the reachable as they stood in the list, then those that were
 * met before something reached them, in the order in which that happened; the unreachable
 * as they stood. */
#include "reach.h"

#include <string.h>

#include "dict.h"
#include "dict_table.h"
#include "list.h"
#include "side.h"
#include "tuple.h"

#define MEMBER 0x80000000u
#define UNREACHED 0x40000000u
#define UNMET 0x20000000u               /* 0, so far from both ends that no sum gets there */
#define STATE 0xe0000000u               /* all three; and what is no member, but referred to */
#define INDEX 0x1fffffffu

/* Beside the slot of a container in the list: */
#define IS_TUPLE 0x80000000u
#define IS_DICT 0x40000000u
#define REACHED_LATE 0x20000000u
#define SLOT 0x1fffffffu                /* 32 GiB of slots, more than the containers' range */

#define LATE 24                         /* edges between a prefetch and its use */
#define AHEAD 32                        /* heads, from their items' prefetch to those' use */
#define PAGE_WORDS (PAGE / sizeof(uint32_t))

typedef struct reach {
    rc_heap *heap;
    uint32_t *refs;
    uint32_t *slots;                    /* of the list, in its order, with marks; 2 AHEAD
                                         * more, the last one again */
    uint32_t count;
    uint32_t found;                     /* in slots so far */
    uint32_t *ends;                     /* of each one's edges */
    uint32_t *edges;                    /* slots; LATE more that are 0 */
    size_t edge_count, edge_room;       /* the latter without those */
    int64_t references;                 /* to members; in the end, only those from members */
    uint32_t *late;                     /* indexes of those that were reached late, in order */
    uint32_t late_count;
    uint32_t marks;                     /* all that are in slots */
    bool failed;                        /* no memory for edges */
} reach;

/* ------------------------------------------------------------------------ recording -- */

/* Where the next edge goes.  No function that is called sees it, so it stays in registers. */
typedef struct pen {
    uint32_t *refs;
    uint32_t *edge, *limit;
    bool late;
} pen;

static inline void record(rc_heap *heap, rc_object *target, void *context)
{
    pen *pen = context;

    if (!in_container_range(heap, target))
        return;
    uint32_t slot = slot_of(heap, target);
    if (pen->late)
        __builtin_prefetch(&pen->refs[slot], 1);
    else
        pen->refs[slot]--;
    *pen->edge++ = slot;
}

/* Let there be room for `count` edges more. */
RC_COLD static bool grow_edges(reach *self, size_t count)
{
    scratch *scratch = &self->heap->scratch;
    const scratch_part *part = &scratch->parts[SCRATCH_EDGES];
    size_t before = part->room;

    self->failed = !scratch_grow(scratch, SCRATCH_EDGES, 2 * before + count);
    self->edge_room += part->room - before;
    return !self->failed;
}

static inline bool have_room(reach *self, pen *pen, size_t count)
{
    if (RC_LIKELY((size_t)(pen->limit - pen->edge) >= count))
        return true;
    if (!grow_edges(self, count))
        return false;
    pen->limit = self->edges + self->edge_room;
    return true;
}

static void record_other(rc_heap *heap, rc_object *target, void *context)
{
    reach *self = context;

    if (!in_container_range(heap, target)
        || (self->edge_count == self->edge_room && !grow_edges(self, 1)))
        return;
    self->edges[self->edge_count++] = slot_of(heap, target);
}

/* The references of an object of a type of which it is not known how many there are. */
RC_OUT_OF_LINE static void record_others(reach *self, rc_object *object)
{
    object->type->visit(self->heap, object, record_other, self);
}

/* Let the edges in the record from `edge` on count, but for the last `left`: which is next? */
static inline uint32_t *subtract(uint32_t *refs, uint32_t *edge, const uint32_t *end,
                                 ptrdiff_t left)
{
    for (; end - edge > left; edge++)
        refs[*edge]--;
    return edge;
}

/* The references of a container; which mark its slot shall have. */
static inline uint32_t record_all(reach *self, rc_object *object, pen *pen)
{
    rc_heap *heap = self->heap;

    if (rc_is(object, &rc_list_type)) {
        if (have_room(self, pen, ((rc_list *)object)->var.size))
            list_visit(heap, object, record, pen);
        return 0;
    }
    if (rc_is(object, &rc_tuple_type)) {
        if (have_room(self, pen, ((rc_tuple *)object)->var.size))
            tuple_visit(heap, object, record, pen);
        return IS_TUPLE;
    }
    if (rc_is(object, &rc_dict_type)) {
        if (have_room(self, pen, 2 * ((rc_dict *)object)->used))
            dict_visit(heap, object, record, pen);
        return IS_DICT;
    }
    uint32_t *begin = pen->edge;
    self->edge_count = (size_t)(begin - self->edges);
    record_others(self, object);
    pen->edge = self->edges + self->edge_count;
    pen->limit = self->edges + self->edge_room;
    if (!pen->late)
        subtract(pen->refs, begin, pen->edge, 0);
    return 0;
}

/* Write down a slot of the list and return the next; after the last one that again. */
static inline uint32_t find(rc_heap *heap, uint32_t slot, uint32_t end, uint32_t *place)
{
    uint32_t next = entry_at(heap, slot)->next;

    *place = slot;
    __builtin_prefetch(object_at(heap, slot));
    prefetch_entries(heap, slot);
    return next == end ? slot : next;
}

static inline void walk(reach *self, int list, bool late)
{
    rc_heap *heap = self->heap;
    uint32_t *slots = self->slots, *ends = self->ends, *refs = self->refs, marks = 0;
    uint32_t end = (uint32_t)list, next = entry_at(heap, end)->next;
    uint32_t *edges = self->edges, *subtracted = edges;
    pen pen = { refs, edges, edges + self->edge_room, late };
    size_t i = 0, count = self->count;

    for (; i < 2 * AHEAD; i++)
        next = find(heap, next, end, &slots[i]);
    for (i = 0; i < count && !self->failed; i++) {
        next = find(heap, next, end, &slots[i + 2 * AHEAD]);
        prefetch_references(object_at(heap, slots[i + AHEAD]));
        uint32_t slot = slots[i];
        rc_object *object = object_at(heap, slot);
        uint32_t refcount = rc_is_immortal(object) ? 1 : object->refcount;
        self->references += refcount;
        refs[slot] += MEMBER + UNMET + refcount;
        uint32_t mark = record_all(self, object, &pen);
        if (mark) {
            slots[i] |= mark;
            marks |= mark;
        }
        ends[i] = (uint32_t)(pen.edge - edges);
        if (late)
            subtracted = subtract(refs, subtracted, pen.edge, LATE);
    }
    if (late)
        subtract(refs, subtracted, pen.edge, 0);
    self->found = (uint32_t)i + 2 * AHEAD;
    self->edge_count = (size_t)(pen.edge - edges);
    self->marks = marks;
}

/* Afterwards each member's word tells how many references from outside it has. */
static void subtract_refs(reach *self, int list)
{
    if (self->count < FAR_APART)
        walk(self, list, false);
    else
        walk(self, list, true);
}

/* --------------------------------------------------------------------------- reaching -- */

static inline void reach_target(reach *self, uint32_t slot)
{
    uint32_t *word = &self->refs[slot];

    if (*word == (MEMBER | UNMET)) {
        ++*word;                        /* the walk will find it reachable */
        self->references++;
    } else if ((*word & STATE) == (MEMBER | UNREACHED)) {
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

/* Whether the member at `index` refers to what is tracked: the record tells, in most cases with
 * its first edge. */
static inline bool refers_to_tracked(const reach *self, const side_entry *side, uint32_t index)
{
    const uint32_t *edges = self->edges, *end = edges + self->ends[index];

    for (const uint32_t *edge = edges + first_edge(self, index); edge < end; edge++)
        if (side[*edge].list != NO_LIST)
            return true;
    return false;
}

/* Untrack the tuple or dict at `index`, which refers to nothing that is tracked, if it can be. */
RC_OUT_OF_LINE static void maybe_untrack(reach *self, uint32_t index)
{
    rc_object *object = object_at(self->heap, self->slots[index] & SLOT);

    if (self->slots[index] & IS_TUPLE)
        tuple_maybe_untrack(self->heap, object);
    else
        dict_maybe_untrack(self->heap, object);
}

static inline void reach_from(reach *self, uint32_t index, bool untrack_tuples)
{
    size_t end = self->ends[index];

    for (size_t i = first_edge(self, index); i < end; i++) {
        __builtin_prefetch(&self->refs[self->edges[i + LATE]], 1);
        reach_target(self, self->edges[i]);
    }
    if (untrack_tuples && (self->slots[index] & IS_TUPLE)
        && !refers_to_tracked(self, entry_at(self->heap, 0), index))
        maybe_untrack(self, index);
}

/* What is left in a member's word when it is looked at: its references from outside, and the one
 * that reach_target may have added. */
static inline int32_t left_in(uint32_t word)
{
    return (int32_t)(word - (MEMBER + UNMET));
}

/* The index of the first that has no reference from outside.  Those before it are reachable
 * already, and their words clean; so if there is none, everything is reachable and stays in
 * order, and no edge need be looked at. */
static uint32_t find_unheld(reach *self)
{
    int64_t left = 0;                   /* a sum in memory would take 1.4 ns each */
    uint32_t i = 0;

    for (; i < self->count; i++) {
        uint32_t *word = &self->refs[self->slots[i] & SLOT];
        if (*word == (MEMBER | UNMET))
            break;
        left += left_in(*word);
        *word = 0;
    }
    self->references -= left;
    return i;
}

/* Returns how many are unreachable, of those from `first` on; the ones before are held. */
static uint32_t move_unreachable(reach *self, uint32_t first, bool untrack_tuples)
{
    uint32_t unreached = 0;

    for (uint32_t i = 0; i < first; i++)
        reach_from(self, i, untrack_tuples);
    for (uint32_t i = first; i < self->count; i++) {
        uint32_t *word = &self->refs[self->slots[i] & SLOT];
        if (*word == (MEMBER | UNMET)) {
            *word = MEMBER | UNREACHED | i;
            unreached++;
        } else {
            self->references -= left_in(*word);
            *word = 0;
            reach_from(self, i, untrack_tuples);
        }
    }
    for (uint32_t i = 0; i < self->late_count; i++)
        reach_from(self, self->late[i], untrack_tuples);
    return unreached - self->late_count;
}

/* Clean the words of what is no member, if any was referred to: a sum over the members' counts
 * and words tells to how many references that applies. */
static void clean_others(reach *self)
{
    int64_t left = (int64_t)self->edge_count - self->references;

    for (size_t i = 0; left > 0; i++) {
        uint32_t *word = &self->refs[self->edges[i]];
        if ((*word & STATE) == STATE) {
            left += (int32_t)*word;
            *word = 0;
        }
    }
}

/* ---------------------------------------------------------------------------- linking -- */

/* A list while it is linked anew. */
typedef struct chain {
    uint32_t list, last;
    size_t size;
} chain;

static inline void add(rc_heap *heap, chain *chain, uint32_t slot, uint8_t flags)
{
    side_entry *entry = entry_at(heap, slot);

    entry_at(heap, chain->last)->next = slot;
    entry->prev = chain->last;
    entry->list = (uint8_t)chain->list;
    entry->flags |= flags;
    chain->last = slot;
    chain->size++;
}

static void close_chain(rc_heap *heap, const chain *chain)
{
    entry_at(heap, chain->last)->next = chain->list;
    entry_at(heap, chain->list)->prev = chain->last;
    heap->list_sizes[chain->list] = chain->size;
}

static void link_anew(reach *self, int list, int unreachable)
{
    rc_heap *heap = self->heap;
    chain reached = { (uint32_t)list, (uint32_t)list, 0 };
    chain others = { (uint32_t)unreachable, (uint32_t)unreachable, 0 };

    for (uint32_t i = 0; i < self->count; i++) {
        uint32_t slot = self->slots[i] & SLOT;
        __builtin_prefetch(entry_at(heap, self->slots[i + 2 * AHEAD] & SLOT), 1);
        if (self->slots[i] & REACHED_LATE)
            continue;
        if (self->refs[slot] != 0) {
            self->refs[slot] = 0;
            add(heap, &others, slot, COLLECTING);
        } else if (entry_at(heap, slot)->list != NO_LIST) {     /* not untracked by now */
            add(heap, &reached, slot, 0);
        }
    }
    for (uint32_t i = 0; i < self->late_count; i++) {
        uint32_t slot = self->slots[self->late[i]] & SLOT;
        if (entry_at(heap, slot)->list != NO_LIST)
            add(heap, &reached, slot, 0);
    }
    close_chain(heap, &reached);
    close_chain(heap, &others);
}

/* ------------------------------------------------------------------------ untracking -- */

/* What carries `mark` and is now in `list`: all others that do are unreachable. */
static void untrack_marked(reach *self, int list, uint32_t mark)
{
    const side_entry *side = entry_at(self->heap, 0);

    if (!(self->marks & mark))
        return;
    for (uint32_t i = 0; i < self->count; i++)
        if ((self->slots[i] & (mark | REACHED_LATE)) == mark
            && !refers_to_tracked(self, side, i) && side[self->slots[i] & SLOT].list == list)
            maybe_untrack(self, i);
    for (uint32_t i = 0; i < self->late_count; i++)
        if (self->slots[self->late[i]] & mark && !refers_to_tracked(self, side, self->late[i]))
            maybe_untrack(self, self->late[i]);
}

/* ------------------------------------------------------------------------------- all -- */

/* The words of a part: `slots`, `ends` and `edges` advance together, and so does `refs` where
 * the list's order is that of addresses.  They stay a quarter of a page apart: what is loaded
 * from where another has just been stored, modulo a page, waits for that store (a ring of 1e4
 * lists: 22 ns a list instead of 9). */
static uint32_t *words_of(reach *self, int part, const uint32_t *first)
{
    size_t quarters = PAGE_WORDS / 4 * (unsigned)(part + 1);
    size_t offset = ((uintptr_t)first / sizeof *first + quarters) % PAGE_WORDS;

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
    self->edge_room = scratch->parts[SCRATCH_EDGES].room - PAGE_WORDS - LATE;
    self->late = scratch->parts[SCRATCH_LATE].words;
    return true;
}

/* As if nothing had been done. */
static void forget_walk(reach *self)
{
    for (uint32_t i = 0; i < self->found; i++)
        self->refs[self->slots[i] & SLOT] = 0;
    for (size_t i = 0; i < self->edge_count; i++)
        self->refs[self->edges[i]] = 0;
}

bool deduce_unreachable_large(rc_heap *heap, int list, int unreachable, int untracks)
{
    reach self = { .heap = heap, .refs = heap->memory.containers.refs,
                   .count = (uint32_t)list_size(heap, list) };

    if (!make_room(&self, list))
        return false;
    subtract_refs(&self, list);
    if (self.failed) {
        forget_walk(&self);
        return false;
    }
    memset(self.edges + self.edge_count, 0, LATE * sizeof *self.edges);
    uint32_t first = find_unheld(&self);
    if (first < self.count) {
        uint32_t found = move_unreachable(&self, first, untracks & UNTRACK_TUPLES_AS_MET);
        if (found > 0 || self.late_count > 0)
            link_anew(&self, list, unreachable);
    }
    clean_others(&self);
    if (untracks & UNTRACK_TUPLES || (first == self.count && untracks & UNTRACK_TUPLES_AS_MET))
        untrack_marked(&self, list, IS_TUPLE);
    if (untracks & UNTRACK_DICTS)
        untrack_marked(&self, list, IS_DICT);
    scratch_rest(&heap->scratch);
    return true;
}
