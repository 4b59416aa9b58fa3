/* list: a head and an array of items that grows with spare room.
 *
 * Each release has its own idea of how much room to take, and sys.getsizeof shows it:
 * read set_room, fit and reserve first.  Nothing here trusts the list after a release
 * or after the allocation of a container, either of which may run user code. */
#include "list.h"

#include <string.h>

#include "compare.h"
#include "iterate.h"
#include "object.h"
#include "repr.h"

#define MOST_ITEMS ((size_t)PTRDIFF_MAX / sizeof(rc_object *))

static rc_list *as_list(const rc_object *object)
{
    return (rc_list *)object;
}

/* --------------------------------------------------------------------- room -- */

static size_t array_bytes(size_t items)
{
    return items * sizeof(rc_object *);
}

/* Allocate exactly `room` items; those beyond it must be gone.
 * Fails: MemoryError; the list is then as it was. */
static bool set_room(rc_heap *heap, rc_list *list, size_t room)
{
    if (room == list->allocated)
        return true;
    if (room > MOST_ITEMS)
        return rc_raise(heap, RC_MEMORY_ERROR, "a list of %zu items", room);
    size_t old = list_array_bytes(list->allocated), bytes = list_array_bytes(room);
    rc_object **items = list->items ? block_resize(heap, list->items, old, bytes)
                                    : block_new(heap, bytes);
    if (!items)
        return false;
    list->items = items;
    list->allocated = room;
    return true;
}

/* The array of an empty list is not needed any more. */
static void drop_array(rc_heap *heap, rc_list *list)
{
    block_free(heap, list->items, list_array_bytes(list->allocated));
    list->items = NULL;
    list->allocated = 0;
}

/* Room for `size` items, with spare as the profile likes it; what is allocated stays
 * while it is enough and at least half in use. */
static bool fit(rc_heap *heap, rc_list *list, size_t size)
{
    const list_growth_strategy *growth =
        (const list_growth_strategy *)heap->profile.list_growth.value;

    if (size <= list->allocated && size >= list->allocated / 2)
        return true;
    return set_room(heap, list, size ? growth->room(size, list->var.size) : 0);
}

/* The same after items were taken out: if there is no memory for a smaller array, the
 * old one will do. */
static void give_back(rc_heap *heap, rc_list *list, bool also_of_empty)
{
    if (list->var.size == 0 && also_of_empty)
        drop_array(heap, list);
    else if (!fit(heap, list, list->var.size))
        rc_error_clear(heap);
}

/* Room for `count` more items, taken at once from `source`; `exact` where the profile
 * takes no spare for a list without an array. */
static bool reserve(rc_heap *heap, rc_list *list, const rc_object *source, size_t count,
                    bool exact)
{
    const rc_profile *profile = &heap->profile;
    size_t multiple = (size_t)profile->list_exact_rounding.value;
    bool hashed = rc_is(source, &rc_dict_type) || rc_is(source, &rc_set_type)
                  || rc_is(source, &rc_frozenset_type);

    if (list->items || !exact || (hashed && profile->list_hashed_by_growth.value))
        return fit(heap, list, list->var.size + count);
    if (multiple > 1)
        count = (count + multiple - 1) / multiple * multiple;
    return set_room(heap, list, count);
}

/* 2.7 to 3.8: an eighth more. */
static size_t eighth(size_t size, size_t old)
{
    (void)old;
    return size + size / 8 + (size < 9 ? 3 : 6);
}

/* From 3.9: in fours, and no spare for what takes a big step. */
static size_t eighth_of_four(size_t size, size_t old)
{
    size_t room = (size + size / 8 + 6) & ~(size_t)3;

    if (size > old && size - old > room - size)
        room = (size + 3) & ~(size_t)3;
    return room;
}

const list_growth_strategy list_growth_eighth = {
    { "eighth", "a list that is full takes an eighth more room, and 3 to 6 items" }, eighth
};

const list_growth_strategy list_growth_eighth_of_four = {
    { "eighth_of_four",
      "a list that is full takes an eighth more room, in multiples of four items" },
    eighth_of_four
};

/* --------------------------------------------------------------------- make -- */

static inline void make_empty(rc_list *list)
{
    list->var.size = 0;
    list->items = NULL;
    list->allocated = 0;
}

static inline rc_list *new_list(rc_heap *heap, bool may_be_reused)
{
    rc_object *object = NULL;

    if (may_be_reused)
        object = object_from_free_list(heap, &heap->list_free, &rc_list_type,
                                       sizeof(rc_list));
    if (!object)
        object = object_new_container(heap, &rc_list_type, sizeof(rc_list));
    if (object)
        make_empty(as_list(object));
    return (rc_list *)object;
}

/* Add `count` items, for which there is room. */
static void add_items(rc_heap *heap, rc_list *list, rc_object *const *items, size_t count)
{
    rc_object **end = count ? list->items + list->var.size : NULL;

    for (size_t i = 0; i < count; i++) {
        rc_hold(heap, items[i], RC_FOR_ITEM, list);
        end[i] = items[i];
    }
    list->var.size += count;
}

/* Fill a new list.  Fails: MemoryError. */
static bool fill(rc_heap *heap, rc_list *list, rc_object *const *items, size_t count)
{
    if (count == 0)
        return true;
    if (count > MOST_ITEMS)
        return rc_raise(heap, RC_MEMORY_ERROR, "a list of %zu items", count);
    list->items = block_new(heap, list_array_bytes(count));
    if (!list->items)
        return false;
    list->allocated = count;
    add_items(heap, list, items, count);
    return true;
}

/* A list is done: it may be seen by the collector. */
static inline rc_object *finish(rc_heap *heap, rc_list *list)
{
    gc_track(heap, &list->var.head);
    gc_count_member(heap);
    return &list->var.head;
}

static rc_object *give_up(rc_heap *heap, rc_list *list)
{
    if (list)
        object_discard(heap, &list->var.head);
    return NULL;
}

RC_OUT_OF_LINE static rc_object *fill_and_finish(rc_heap *heap, rc_list *list,
                                                 rc_object *const *items, size_t count)
{
    return fill(heap, list, items, count) ? finish(heap, list) : give_up(heap, list);
}

RC_OUT_OF_LINE static rc_object *display(rc_heap *heap, rc_object *const *items, size_t count,
                                         bool may_be_reused)
{
    rc_list *list = new_list(heap, may_be_reused);
    return list ? fill_and_finish(heap, list, items, count) : NULL;
}

/* The same where it is made quietly, if its array is at hand. */
RC_OUT_OF_LINE static rc_object *fill_at_hand(rc_heap *heap, rc_list *list,
                                              rc_object *const *items, size_t count)
{
    rc_object **array = NULL;
    bool fresh;

    if (count <= LARGEST_FINE / sizeof(rc_object *))
        array = memory_new_at_hand(heap, &heap->memory.blocks, list_array_bytes(count), &fresh);
    if (!array)
        return fill_and_finish(heap, list, items, count);
    for (size_t i = 0; i < count; i++)
        hold_quietly(array[i] = items[i]);
    list->items = array;
    list->allocated = list->var.size = count;
    return gc_track_quietly(heap, &list->var.head);
}

rc_object *rc_list_display(rc_heap *heap, rc_object *const *items, size_t count)
{
    if (!made_quietly(heap))
        return display(heap, items, count, true);
    rc_object *object = object_from_free_list_quietly(heap, &heap->list_free, &rc_list_type,
                                                      sizeof(rc_list));
    if (!object)
        object = object_new_container_quietly(heap, &rc_list_type, sizeof(rc_list));
    if (!object)
        return display(heap, items, count, false);
    make_empty(as_list(object));
    return count > 0 ? fill_at_hand(heap, as_list(object), items, count)
                     : gc_track_quietly(heap, object);
}

static bool extend(rc_heap *heap, rc_list *list, rc_object *x, bool exact)
{
    size_t count, room = list->allocated;

    if (!iterable_size(heap, x, &count))
        return false;
    if (count == 0 && (rc_is(x, &rc_list_type) || rc_is(x, &rc_tuple_type)))
        return true;
    if (!reserve(heap, list, x, count, exact))
        return false;
    if (count > 0
        && !copy_items(heap, x, list->items + list->var.size, count, &list->var.head)) {
        if (room == 0)
            drop_array(heap, list);
        else
            (void)!set_room(heap, list, room);
        return false;
    }
    list->var.size += count;
    return true;
}

rc_object *rc_list_call(rc_heap *heap, rc_object *x)
{
    rc_list *list = new_list(heap, false);

    if (!list)
        return NULL;
    if (x && !extend(heap, list, x, heap->profile.list_from_tuple_exact.value))
        return give_up(heap, list);
    return finish(heap, list);
}

rc_object *rc_list_copy(rc_heap *heap, rc_object *self)
{
    rc_list *from = as_list(self), *list = new_list(heap, true);

    if (!list || !fill(heap, list, from->items, from->var.size))
        return give_up(heap, list);
    return finish(heap, list);
}

rc_object *list_concat(rc_heap *heap, rc_object *a, rc_object *b)
{
    rc_list *first = as_list(a), *second = as_list(b), *list;

    if (!rc_is(b, &rc_list_type))
        return rc_raise_null(heap, RC_TYPE_ERROR,
                             "can only concatenate list (not \"%s\") to list",
                             rc_typename(b));
    list = new_list(heap, true);
    if (!list || !set_room(heap, list, first->var.size + second->var.size))
        return give_up(heap, list);
    add_items(heap, list, first->items, first->var.size);
    add_items(heap, list, second->items, second->var.size);
    return finish(heap, list);
}

rc_object *list_repeat(rc_heap *heap, rc_object *self, int64_t count)
{
    rc_list *from = as_list(self), *list = new_list(heap, true);
    size_t times = count > 0 ? (size_t)count : 0;

    if (!list)
        return NULL;
    if (from->var.size > 0 && times > MOST_ITEMS / from->var.size) {
        rc_raise(heap, RC_MEMORY_ERROR, "%zu times %zu items", times, from->var.size);
        return give_up(heap, list);
    }
    if (!set_room(heap, list, from->var.size * times))
        return give_up(heap, list);
    while (list->var.size < list->allocated)
        add_items(heap, list, from->items, from->var.size);
    return finish(heap, list);
}

/* --------------------------------------------------------------------- look -- */

size_t rc_list_size(const rc_object *self)
{
    return as_list(self)->var.size;
}

size_t rc_list_allocated(const rc_object *self)
{
    return as_list(self)->allocated;
}

/* Make a negative index count from the end; false when it is outside. */
static bool normalize(const rc_list *list, int64_t *i)
{
    int64_t size = (int64_t)list->var.size;

    if (*i < 0)
        *i += size;
    return *i >= 0 && *i < size;
}

rc_object *rc_list_get(rc_heap *heap, rc_object *self, int64_t i)
{
    if (!normalize(as_list(self), &i))
        return rc_raise_null(heap, RC_INDEX_ERROR, "list index out of range");
    return as_list(self)->items[i];
}

/* The first index from *i on at which something equals `x`, or the size.
 * Comparing runs no user code: the list stays as it is. */
static bool find(rc_heap *heap, rc_list *list, rc_object *x, size_t *i)
{
    for (bool equal; *i < list->var.size; ++*i) {
        if (!items_equal(heap, list->items[*i], x, &equal))
            return false;
        if (equal)
            break;
    }
    return true;
}

bool rc_list_index(rc_heap *heap, rc_object *self, rc_object *x, size_t *index)
{
    size_t i = 0;

    if (!find(heap, as_list(self), x, &i))
        return false;
    if (i == as_list(self)->var.size)
        return raise_about(heap, RC_VALUE_ERROR, x, " is not in list");
    *index = i;
    return true;
}

bool rc_list_count(rc_heap *heap, rc_object *self, rc_object *x, size_t *count)
{
    size_t found = 0;

    for (size_t i = 0; ; i++, found++) {
        if (!find(heap, as_list(self), x, &i))
            return false;
        if (i == as_list(self)->var.size)
            break;
    }
    *count = found;
    return true;
}

/* ------------------------------------------------------------------- change -- */

bool rc_list_set(rc_heap *heap, rc_object *self, int64_t i, rc_object *item)
{
    rc_list *list = as_list(self);

    if (!normalize(list, &i))
        return rc_raise(heap, RC_INDEX_ERROR, "list assignment index out of range");
    rc_object *old = list->items[i];
    rc_hold(heap, item, RC_FOR_ITEM, self);
    list->items[i] = item;
    rc_release(heap, old, RC_FOR_ITEM, self);
    return true;
}

/* Room for the first item in memory at hand; or false: take the long way. */
static inline bool take_first_room(rc_heap *heap, rc_list *list)
{
    size_t room = heap->list_first_room;
    bool fresh;

    if (list->items || room > LARGEST_FINE / sizeof(rc_object *))
        return false;
    list->items = memory_new_at_hand(heap, &heap->memory.blocks, list_array_bytes(room), &fresh);
    list->allocated = list->items ? room : 0;
    return list->items != NULL;
}

static inline void put_last(rc_heap *heap, rc_list *list, rc_object *item)
{
    rc_hold(heap, item, RC_FOR_ITEM, list);
    list->items[list->var.size++] = item;
}

RC_OUT_OF_LINE static bool append_with_care(rc_heap *heap, rc_list *list, rc_object *item)
{
    if (list->var.size == list->allocated && !fit(heap, list, list->var.size + 1))
        return false;
    put_last(heap, list, item);
    return true;
}

/* Where there is room, or it is the first item and memory is at hand, it is a leaf of a
 * function: 70 instructions for a list's first item instead of 180. */
bool rc_list_append(rc_heap *heap, rc_object *self, rc_object *item)
{
    rc_list *list = as_list(self);

    if (event_wanted(heap, RC_COUNT_CHANGED)
        || (list->var.size == list->allocated && !take_first_room(heap, list)))
        return append_with_care(heap, list, item);
    put_last(heap, list, item);
    return true;
}

static void shift(rc_list *list, size_t to, size_t from)
{
    memmove(list->items + to, list->items + from, array_bytes(list->var.size - from));
}

bool rc_list_insert(rc_heap *heap, rc_object *self, int64_t i, rc_object *item)
{
    rc_list *list = as_list(self);
    int64_t size = (int64_t)list->var.size;

    if (i < 0)
        i = i + size < 0 ? 0 : i + size;
    if (i > size)
        i = size;
    if (!fit(heap, list, list->var.size + 1))
        return false;
    shift(list, (size_t)i + 1, (size_t)i);
    rc_hold(heap, item, RC_FOR_ITEM, self);
    list->items[i] = item;
    list->var.size++;
    return true;
}

/* Take the item out of the array; its reference passes to whoever calls. */
static rc_object *take_out(rc_list *list, size_t i)
{
    rc_object *item = list->items[i];

    shift(list, i, i + 1);
    list->var.size--;
    return item;
}

rc_object *rc_list_pop(rc_heap *heap, rc_object *self, int64_t i)
{
    rc_list *list = as_list(self);

    if (list->var.size == 0)
        return rc_raise_null(heap, RC_INDEX_ERROR, "pop from empty list");
    if (!normalize(list, &i))
        return rc_raise_null(heap, RC_INDEX_ERROR, "pop index out of range");
    rc_object *item = take_out(list, (size_t)i);
    give_back(heap, list, heap->profile.list_pop_clears.value);
    rc_hand_over(heap, item, RC_FOR_CALLER, NULL);
    return item;
}

bool rc_list_delete(rc_heap *heap, rc_object *self, int64_t i)
{
    rc_list *list = as_list(self);

    if (!normalize(list, &i))
        return rc_raise(heap, RC_INDEX_ERROR, "list assignment index out of range");
    rc_object *item = take_out(list, (size_t)i);
    if (!heap->profile.list_delete_keeps.value)
        give_back(heap, list, true);
    rc_release(heap, item, RC_FOR_ITEM, self);
    return true;
}

bool rc_list_remove(rc_heap *heap, rc_object *self, rc_object *x)
{
    rc_list *list = as_list(self);
    size_t i = 0;

    if (!find(heap, list, x, &i))
        return false;
    if (i == list->var.size)
        return rc_raise(heap, RC_VALUE_ERROR, "list.remove(x): x not in list");
    rc_object *item = take_out(list, i);
    give_back(heap, list, true);
    rc_release(heap, item, RC_FOR_ITEM, self);
    return true;
}

bool rc_list_extend(rc_heap *heap, rc_object *self, rc_object *x)
{
    return extend(heap, as_list(self), x, heap->profile.list_extend_exact.value);
}

void rc_list_clear(rc_heap *heap, rc_object *self)
{
    rc_list *list = as_list(self);
    rc_object **items = list->items;
    size_t size = list->var.size, allocated = list->allocated;

    list->items = NULL;
    list->var.size = list->allocated = 0;
    while (size-- > 0)
        rc_release(heap, items[size], RC_FOR_ITEM, self);
    block_free(heap, items, list_array_bytes(allocated));
}

void rc_list_reverse(rc_heap *heap, rc_object *self)
{
    rc_list *list = as_list(self);

    (void)heap;
    for (size_t i = 0, j = list->var.size; i + 1 < j; i++) {
        rc_object *item = list->items[i];
        list->items[i] = list->items[--j];
        list->items[j] = item;
    }
}

/* --------------------------------------------------------------------- sort -- */

/* Sort few items by insertion.  A later item goes before an earlier one only if it
 * is less: stable.  On failure they are all there. */
static bool sort_few(rc_heap *heap, rc_object **items, size_t size)
{
    for (size_t i = 1; i < size; i++) {
        rc_object *item = items[i];
        size_t to = i;
        bool less = true, good = true;
        for (; to > 0; to--) {
            good = rc_compare(heap, item, items[to - 1], RC_LT, &less);
            if (!good || !less)
                break;
            items[to] = items[to - 1];
        }
        items[to] = item;
        if (!good)
            return false;
    }
    return true;
}

/* Merge two sorted neighbours; `spare` has room for the first.  While it runs there is
 * a gap of as many places in `items` as there are items left in `spare`. */
static bool merge(rc_heap *heap, rc_object **items, size_t middle, size_t size,
                  rc_object **spare)
{
    size_t left = 0, right = middle, to = 0;
    bool less, good = true;

    if (!rc_compare(heap, items[middle], items[middle - 1], RC_LT, &less))
        return false;
    if (!less)
        return true;                    /* in order as they stand */
    memcpy(spare, items, array_bytes(middle));
    while (left < middle && right < size) {
        good = rc_compare(heap, items[right], spare[left], RC_LT, &less);
        if (!good)
            break;
        items[to++] = less ? items[right++] : spare[left++];
    }
    memcpy(items + to, spare + left, array_bytes(middle - left));
    return good;
}

static bool sort(rc_heap *heap, rc_object **items, size_t size, rc_object **spare)
{
    size_t middle = size / 2;

    if (size <= 8)
        return sort_few(heap, items, size);
    return sort(heap, items, middle, spare)
           && sort(heap, items + middle, size - middle, spare)
           && merge(heap, items, middle, size, spare);
}

bool rc_list_sort(rc_heap *heap, rc_object *self)
{
    rc_list *list = as_list(self);
    rc_object **items = list->items, **spare;
    size_t size = list->var.size, allocated = list->allocated;

    if (size < 2)
        return true;
    spare = block_new(heap, array_bytes(size / 2));
    if (!spare)
        return false;
    list->items = NULL;                 /* empty for whoever meets it in a comparison */
    list->var.size = list->allocated = 0;
    bool good = sort(heap, items, size, spare);
    list->items = items;
    list->var.size = size;
    list->allocated = allocated;
    block_free(heap, spare, array_bytes(size / 2));
    return good;
}

/* ------------------------------------------------------------------ the type -- */

static void free_storage(rc_heap *heap, rc_object *self)
{
    block_free(heap, as_list(self)->items, list_array_bytes(as_list(self)->allocated));
}

static inline bool array_kept(rc_heap *heap, const rc_list *list)
{
    size_t bytes = list_array_bytes(list->allocated);

    return bytes <= LARGEST_FINE && memory_keep(heap, &heap->memory.blocks, list->items, bytes);
}

RC_OUT_OF_LINE static void give_back_head(rc_heap *heap, rc_object *self)
{
    object_return(heap, self, true, sizeof(rc_list));
}

static inline void free_head(rc_heap *heap, rc_object *self)
{
    if (!freelist_put(&heap->list_free, self, sizeof(rc_list)))
        give_back_head(heap, self);
}

/* Last to first. */
RC_OUT_OF_LINE static rc_object *destroy_any(rc_heap *heap, rc_object *self)
{
    rc_list *list = as_list(self);

    while (list->var.size > 0) {
        rc_object *item = list->items[--list->var.size];
        if (object_dies(heap, item, RC_FOR_ITEM, self))
            return item;
    }
    free_storage(heap, self);
    free_head(heap, self);
    return NULL;
}

/* Release items, last to first, as long as they outlive it: whether all do. */
static inline bool items_outlive(const rc_heap *heap, rc_list *list)
{
    while (list->var.size > 0 && object_outlives(heap, list->items[list->var.size - 1]))
        list->var.size--;
    return list->var.size == 0;
}

RC_OUT_OF_LINE static void free_array_and_head(rc_heap *heap, rc_object *self)
{
    free_storage(heap, self);
    free_head(heap, self);
}

/* A list that holds nothing any more is gone. */
static inline void free_empty(rc_heap *heap, rc_object *self)
{
    if (array_kept(heap, as_list(self)))
        free_head(heap, self);
    else
        free_array_and_head(heap, self);
}

static rc_object *destroy(rc_heap *heap, rc_object *self)
{
    rc_list *list = as_list(self);

    if (!list->items)
        free_head(heap, self);
    else if (items_outlive(heap, list))
        free_empty(heap, self);
    else
        return container_dies_of(heap, list->items[list->var.size - 1])
                   ? list->items[--list->var.size] : destroy_any(heap, self);
    return NULL;
}

/* The rarer deaths of one that holds nothing any more: the free list is full; or its array takes
 * a look at a pool. */
RC_OUT_OF_LINE static void gone_empty(rc_heap *heap, rc_object *self)
{
    container_gone(heap, self, &rc_list_type, sizeof(rc_list));
}

RC_OUT_OF_LINE static void gone_with_array(rc_heap *heap, rc_object *self)
{
    if (!freelist_has_room(&heap->list_free) && sweep_later(heap, self))
        return;
    if (!array_kept(heap, as_list(self)))
        free_storage(heap, self);
    leave_quietly(heap, self, &rc_list_type);
    if (!freelist_put(&heap->list_free, self, sizeof(rc_list)))
        container_return(heap, self, sizeof(rc_list));
}

static void die(rc_heap *heap, rc_object *self)
{
    rc_list *list = as_list(self);

    if (!container_dies_quietly(heap, self)) {
        container_dies(heap, self);
    } else if (list->items && !items_outlive(heap, list)) {
        leave_quietly(heap, self, &rc_list_type);
        container_dies_on(heap, self);
    } else if (list->items && !(freelist_has_room(&heap->list_free) && array_kept(heap, list))) {
        gone_with_array(heap, self);
    } else if (!freelist_has_room(&heap->list_free)) {
        gone_empty(heap, self);
    } else {
        leave_quietly(heap, self, &rc_list_type);
        freelist_put(&heap->list_free, self, sizeof(rc_list));
    }
}

static bool equal(rc_heap *heap, rc_object *a, rc_object *b, bool *result)
{
    *result = false;
    return !rc_is(b, &rc_list_type)
           || sequences_equal(heap, as_list(a)->items, as_list(a)->var.size,
                              as_list(b)->items, as_list(b)->var.size, result);
}

static bool compare(rc_heap *heap, rc_object *a, rc_object *b, rc_comparison comparison,
                    bool *result)
{
    if (!rc_is(b, &rc_list_type))
        return raise_no_order(heap, a, b, comparison);
    return sequences_compare(heap, as_list(a)->items, as_list(a)->var.size,
                             as_list(b)->items, as_list(b)->var.size, comparison, result);
}

static rc_object *next(rc_object *self, size_t *position)
{
    rc_list *list = as_list(self);
    return *position < list->var.size ? list->items[(*position)++] : NULL;
}

static bool repr(rc_heap *heap, rc_object *self, rc_sink sink)
{
    struct repr_frame frame;

    switch (repr_enter(heap, &frame, self)) {
    case REPR_FAILED: return false;
    case REPR_INSIDE: return write_text(heap, sink, "[...]");
    case REPR_BEGUN: break;
    }
    bool done = write_text(heap, sink, "[") && write_items(heap, sink, self, next)
                && write_text(heap, sink, "]");
    repr_leave(heap, &frame);
    return done;
}

static size_t size_of(const rc_heap *heap, const rc_object *self)
{
    return (size_t)heap->profile.list_head_size.value
           + as_list(self)->allocated * 8;      /* an ordinary 64-bit build's pointers */
}

static const field_layout fields[] = {
    { "size", offsetof(rc_list, var.size), sizeof(size_t), RC_FIELD_INTEGER },
    { "items", offsetof(rc_list, items), sizeof(rc_object **), RC_FIELD_POINTER },
    { "allocated", offsetof(rc_list, allocated), sizeof(size_t), RC_FIELD_INTEGER },
    { NULL, 0, 0, RC_FIELD_INTEGER },
};

const rc_type rc_list_type = {
    .name = "list",
    .index = RC_LIST,
    .container = true,
    .visit = list_visit,
    .clear = rc_list_clear,
    .die = die,
    .destroy = destroy,
    .free_storage = free_storage,
    .length = rc_list_size,
    .equal = equal,
    .compare = compare,
    .repr = repr,
    .size = size_of,
    .fields = fields,
};
