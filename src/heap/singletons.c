/* None, False and True, and opening what a heap has from the start. */
#include "singletons.h"

#include "hash.h"
#include "numbers.h"
#include "object.h"
#include "repr.h"
#include "str.h"

void keep_for_ever(rc_heap *heap, rc_object *object, rc_reason reason)
{
    rc_hand_over(heap, object, reason, NULL);
    if (heap->profile.immortal_refcount.value != 0)
        object->refcount = IMMORTAL_REFCOUNT;
}

static rc_object *new_bool(rc_heap *heap, bool value)
{
    rc_object *object = object_new(heap, &rc_bool_type, sizeof(rc_int));

    if (object == NULL)
        return NULL;
    ((rc_int *)object)->value = value;
    keep_for_ever(heap, object, RC_FOR_SINGLETON);
    return object;
}

bool singletons_open(rc_heap *heap)
{
    heap->none = object_new(heap, &rc_none_type, sizeof(rc_object));
    if (heap->none == NULL)
        return false;
    keep_for_ever(heap, heap->none, RC_FOR_SINGLETON);
    heap->false_ = new_bool(heap, false);
    heap->true_ = new_bool(heap, true);
    return heap->false_ != NULL && heap->true_ != NULL && str_open(heap);
}

rc_object *rc_none(const rc_heap *heap)
{
    return heap->none;
}

rc_object *rc_bool(const rc_heap *heap, bool value)
{
    return value ? heap->true_ : heap->false_;
}

/* ----------------------------------------------------------------------- None -- */

static bool none_hash(rc_heap *heap, rc_object *self, int64_t *hash)
{
    *hash = heap->profile.none_hash.value;
    if (*hash == 0)
        *hash = identity_hash(heap, self);
    return true;
}

static bool none_repr(rc_heap *heap, rc_object *self, rc_sink sink)
{
    (void)self;
    return write_text(heap, sink, "None");
}

static size_t none_size(const rc_heap *heap, const rc_object *self)
{
    (void)heap;
    (void)self;
    return 16;                          /* in every release */
}

static const field_layout no_fields[] = {
    { .name = NULL },
};

const rc_type rc_none_type = {
    .name = "NoneType",
    .index = RC_NONE,
    .hash = none_hash,
    .repr = none_repr,
    .size = none_size,
    .fields = no_fields,
};

/* ----------------------------------------------------------------------- bool -- */

static bool bool_hash(rc_heap *heap, rc_object *self, int64_t *hash)
{
    *hash = hash_int(heap, rc_int_value(self));
    return true;
}

static bool bool_repr(rc_heap *heap, rc_object *self, rc_sink sink)
{
    return write_text(heap, sink, rc_int_value(self) ? "True" : "False");
}

static const field_layout bool_fields[] = {
    { "value", offsetof(rc_int, value), sizeof(int64_t), RC_FIELD_INTEGER },
    { .name = NULL },
};

const rc_type rc_bool_type = {
    .name = "bool",
    .index = RC_BOOL,
    .hash = bool_hash,
    .equal = number_equal,
    .compare = number_compare,
    .repr = bool_repr,
    .size = int_size,
    .fields = bool_fields,
};
