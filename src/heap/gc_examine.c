/* What a collection would decide, worked out beside the heap: the same lists, walked
 * and moved in the same order as in gc.c, but as arrays in memory of the host.  The
 * functions have the names of those that they follow. */
#include <stdlib.h>

#include "side.h"
#include "strategy.h"

_Static_assert(YOUNGEST + RC_FOUND == UNREACHABLE, "RC_FOUND is the list of the unreachable");

#define NOBODY SIZE_MAX

/* Members are known by their place in the merged list.  After them come the sentinels of
 * the two lists that they are separated into. */
typedef struct examination {
    rc_heap *heap;
    rc_gc_verdict *members;
    size_t count;
    uint32_t *refs;                     /* the copy that the walk uses up */
    bool *done;                         /* known as reachable, and its references followed */
    size_t *next, *prev;                /* links; count: the reachable, count + 1: the others */
    size_t *places;                     /* slot -> place + 1: open addressing */
    size_t mask;
} examination;

/* ---------------------------------------------------------------- who is a member -- */

static size_t home(const examination *self, uint32_t slot)
{
    return (slot * UINT32_C(0x9E3779B1) >> 4) & self->mask;
}

/* Its place, or NOBODY. */
static size_t find(const examination *self, const rc_object *target)
{
    if (!in_container_range(self->heap, target))
        return NOBODY;
    size_t at = home(self, slot_of(self->heap, target));
    for (; self->places[at] != 0; at = (at + 1) & self->mask)
        if (self->members[self->places[at] - 1].object == target)
            return self->places[at] - 1;
    return NOBODY;
}

static void add(examination *self, rc_object *object, int generation)
{
    size_t place = self->count++, at = home(self, slot_of(self->heap, object));

    self->members[place] = (rc_gc_verdict) {
        .object = object, .generation = generation, .refcount = object->refcount,
        .refs = object->refcount,
    };
    while (self->places[at] != 0)
        at = (at + 1) & self->mask;
    self->places[at] = place + 1;
}

/* As merge_younger: the generation, then the younger ones, the youngest first. */
static void merge(examination *self, int generation)
{
    int lists[RC_GENERATIONS] = { YOUNGEST + generation }, count = 1;

    for (int i = 0; i < generation && generation != RC_FOUND; i++)
        lists[count++] = YOUNGEST + i;
    for (int i = 0; i < count; i++)
        for (rc_object *object = list_first(self->heap, lists[i]); object;
             object = list_next(self->heap, object, lists[i]))
            add(self, object, lists[i] - YOUNGEST);
}

/* ---------------------------------------------------------------------- the steps -- */

static void visit_decref(rc_heap *heap, rc_object *target, void *context)
{
    examination *self = context;
    size_t place = find(self, target);

    (void)heap;
    if (place != NOBODY)
        self->members[place].refs--;
}

static void subtract_refs(examination *self)
{
    for (size_t i = 0; i < self->count; i++) {
        rc_object *object = self->members[i].object;
        object->type->visit(self->heap, object, visit_decref, self);
    }
    for (size_t i = 0; i < self->count; i++)
        self->refs[i] = self->members[i].refs;
}

static void take_out(examination *self, size_t place)
{
    self->next[self->prev[place]] = self->next[place];
    self->prev[self->next[place]] = self->prev[place];
}

static void put_last(examination *self, size_t place, size_t list)
{
    self->next[place] = list;
    self->prev[place] = self->prev[list];
    self->next[self->prev[list]] = place;
    self->prev[list] = place;
}

static void visit_reachable(rc_heap *heap, rc_object *target, void *context)
{
    examination *self = context;
    size_t place = find(self, target);

    (void)heap;
    if (place == NOBODY || self->done[place])
        return;
    self->refs[place] += self->refs[place] == 0;
    if (!self->members[place].reachable) {
        take_out(self, place);
        put_last(self, place, self->count);
        self->members[place].reachable = true;
    }
}

/* gc_may_be_tracked, of what is about to be untracked too. */
static bool may_be_tracked(const examination *self, const rc_object *object)
{
    if (!gc_may_be_tracked(self->heap, object))
        return false;
    size_t place = find(self, object);
    return place == NOBODY || !self->members[place].untracked;
}

static void maybe_untrack_tuple(examination *self, rc_gc_verdict *member)
{
    const rc_tuple *tuple = (const rc_tuple *)member->object;

    if (!rc_is(member->object, &rc_tuple_type))
        return;
    for (size_t i = 0; i < tuple->var.size; i++)
        if (!tuple->items[i] || may_be_tracked(self, tuple->items[i]))
            return;
    member->untracked = true;
}

static void maybe_untrack_dict(examination *self, rc_gc_verdict *member)
{
    size_t position = 0;
    rc_object *key, *value;

    if (!rc_is(member->object, &rc_dict_type))
        return;
    while (rc_dict_next(member->object, &position, &key, &value))
        if (may_be_tracked(self, key) || may_be_tracked(self, value))
            return;
    member->untracked = true;
}

static void move_unreachable(examination *self, bool untrack_tuples)
{
    size_t list = self->count, unreachable = list + 1, next;

    for (size_t place = self->next[list]; place != list; place = next) {
        rc_gc_verdict *member = &self->members[place];
        if (self->refs[place] > 0) {
            member->object->type->visit(self->heap, member->object, visit_reachable, self);
            self->done[place] = true;
            next = self->next[place];
            if (untrack_tuples)
                maybe_untrack_tuple(self, member);
        } else {
            next = self->next[place];
            take_out(self, place);
            put_last(self, place, unreachable);
            member->reachable = false;
        }
    }
}

static void separate(examination *self, int generation)
{
    const untracking_strategy *untracking =
        (const untracking_strategy *)self->heap->profile.tuple_untracking.value;
    size_t list = self->count;

    self->next[list] = self->prev[list] = list;
    self->next[list + 1] = self->prev[list + 1] = list + 1;
    for (size_t i = 0; i < self->count; i++) {
        put_last(self, i, list);
        self->members[i].reachable = true;
    }
    move_unreachable(self, untracking->as_met);
    for (size_t i = self->next[list]; i != list; i = self->next[i])
        if (untracking->after && generation != RC_FOUND)
            maybe_untrack_tuple(self, &self->members[i]);
    for (size_t i = self->next[list]; i != list; i = self->next[i])
        if (generation == RC_OLDEST && self->heap->profile.dict_untracking.value)
            maybe_untrack_dict(self, &self->members[i]);
}

/* ----------------------------------------------------------------------- together -- */

static size_t size_of(const rc_heap *heap, int generation)
{
    size_t size = list_size(heap, YOUNGEST + generation);

    for (int i = 0; i < generation && generation != RC_FOUND; i++)
        size += list_size(heap, YOUNGEST + i);
    return size;
}

static bool begin(examination *self, size_t size)
{
    size_t capacity = 16;

    while (capacity < 2 * size)
        capacity *= 2;
    self->mask = capacity - 1;
    self->members = malloc((size + 1) * sizeof *self->members);
    self->refs = malloc((size + 1) * sizeof *self->refs);
    self->done = calloc(size + 1, sizeof *self->done);
    self->next = malloc((size + 2) * sizeof *self->next);
    self->prev = malloc((size + 2) * sizeof *self->prev);
    self->places = calloc(capacity, sizeof *self->places);
    return self->members && self->refs && self->done && self->next && self->prev && self->places;
}

/* All but the members. */
static void end(examination *self)
{
    free(self->refs);
    free(self->done);
    free(self->next);
    free(self->prev);
    free(self->places);
}

bool rc_gc_examine(const rc_heap *heap, int generation, rc_gc_examination *result)
{
    examination self = { .heap = (rc_heap *)heap };     /* the types' visitors take it so */
    size_t size = size_of(heap, generation), count = 0;

    *result = (rc_gc_examination) { 0 };
    size_t *separated = malloc((size + 1) * sizeof *separated);
    if (!begin(&self, size) || !separated) {
        free(separated);
        free(self.members);
        end(&self);
        return false;
    }
    merge(&self, generation);
    subtract_refs(&self);
    separate(&self, generation);
    for (size_t list = size; list <= size + 1; list++) {
        for (size_t i = self.next[list]; i != list; i = self.next[i])
            separated[count++] = i;
        if (list == size)
            result->reachable = count;
    }
    result->merged = self.members;
    result->count = size;
    result->separated = separated;
    end(&self);
    return true;
}

void rc_gc_examination_free(rc_gc_examination *examination)
{
    free(examination->merged);
    free(examination->separated);
    *examination = (rc_gc_examination) { 0 };
}
