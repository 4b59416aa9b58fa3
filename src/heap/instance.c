/* Instances and classes.  Attributes are in a dict of the instance's own, or, where
 * the profile keeps them inside, in an array by the class's order of names: its
 * names are those that were ever set on an instance while there was room. */
#include "bulk.h"
#include "dict.h"
#include "events.h"
#include "instance.h"
#include "object.h"
#include "repr.h"
#include "str.h"
#include "weakref.h"

#define MOST_NAMES 30

struct rc_class {
    char *name;
    rc_finalizer finalizer;             /* or NULL */
    void *context;
    uint32_t room;                      /* names and instances that may still come: see take_room */
    uint32_t name_count;
    rc_object *names[MOST_NAMES];       /* interned; one reference each */
    rc_class *next;
};

struct instance_values {
    uint32_t room;                      /* values that there is a place for */
    uint32_t used;                      /* attributes that are set */
    uint8_t order[MOST_NAMES];          /* their places, in the order in which they were set */
    rc_object *values[];                /* by place: one reference each, or NULL */
};

static rc_instance *as_instance(rc_object *object)
{
    return (rc_instance *)object;
}

/* ---------------------------------------------------------------------- classes -- */

/* Names for which a class has room inside its instances. */
static inline uint32_t room_inside(const rc_heap *heap)
{
    return ((const attributes_strategy *)heap->profile.attributes.value)->room;
}

rc_class *rc_class_new(rc_heap *heap, const char *name, rc_finalizer finalizer, void *context)
{
    size_t size = strlen(name) + 1;

    if (!str_check(heap, name, size - 1))
        return NULL;
    rc_class *class = block_new(heap, sizeof *class);
    if (!class)
        return NULL;
    *class = (rc_class) {
        .name = block_new(heap, size), .finalizer = finalizer, .context = context,
        .room = room_inside(heap),
        .next = heap->classes,
    };
    if (!class->name) {
        block_free(heap, class, sizeof *class);
        return NULL;
    }
    memcpy(class->name, name, size);
    heap->classes = class;
    return class;
}

const char *rc_class_name(const rc_class *class)
{
    return class->name;
}

void *rc_class_context(const rc_class *class)
{
    return class->context;
}

bool rc_class_has_finalizer(const rc_class *class)
{
    return class->finalizer != NULL;
}

bool classes_have_finalizer(const rc_heap *heap)
{
    const rc_class *class = heap->classes;

    while (class && !class->finalizer)
        class = class->next;
    return class != NULL;
}

void classes_visit(const rc_heap *heap, class_name_visitor show, void *context)
{
    for (rc_class *class = heap->classes; class; class = class->next)
        for (uint32_t i = 0; i < class->name_count; i++)
            if (!show(context, class, class->names[i]))
                return;
}

const attributes_strategy attributes_in_dict = {
    { "in a dict", "an instance gets a dict of its own with its first attribute" }, 0
};
const attributes_strategy attributes_inline = {
    { "inside", "attributes lie in the instance, while its class has room for their names" },
    MOST_NAMES
};

/* ------------------------------------------------------------------ finalizers -- */

bool instance_has_finalizer(const rc_object *object)
{
    return rc_is(object, &rc_instance_type)
           && ((const rc_instance *)object)->class->finalizer != NULL;
}

void instance_finalize(rc_heap *heap, rc_object *instance)
{
    rc_class *class = as_instance(instance)->class;
    rc_error pending = heap->error;     /* of whatever is the cause of the death */

    if (event_wanted(heap, RC_FINALIZER_CALLED))
        event_object(heap, RC_FINALIZER_CALLED, instance);
    class->finalizer(class->context, heap, instance);
    heap->error = pending;
}

/* ---------------------------------------------------------------- making, looking -- */

static inline rc_object *make_instance(rc_instance *instance, rc_class *class)
{
    instance->class = class;
    instance->dict = NULL;
    instance->values = NULL;
    instance->weakrefs = NULL;
    if (class->room > 1)
        class->room--;                  /* each instance takes 1, but never the last */
    return &instance->head;
}

RC_OUT_OF_LINE static rc_object *new_instance(rc_heap *heap, rc_class *class)
{
    rc_object *object = object_new_container(heap, &rc_instance_type, sizeof(rc_instance));

    if (!object)
        return NULL;
    gc_track(heap, make_instance(as_instance(object), class));
    gc_count_member(heap);
    return object;
}

rc_object *rc_instance_new(rc_heap *heap, rc_class *class)
{
    rc_object *object = object_new_container_quietly(heap, &rc_instance_type,
                                                     sizeof(rc_instance));
    return object ? gc_track_quietly(heap, make_instance(as_instance(object), class))
                  : new_instance(heap, class);
}

rc_class *rc_instance_class(const rc_object *instance)
{
    return ((const rc_instance *)instance)->class;
}

rc_object *rc_instance_dict(const rc_object *instance)
{
    return ((const rc_instance *)instance)->dict;
}

bool rc_instance_next(const rc_object *self, size_t *position, rc_object **name,
                      rc_object **value)
{
    const rc_instance *instance = (const rc_instance *)self;

    if (instance->dict)
        return rc_dict_next(instance->dict, position, name, value);
    if (!instance->values || *position >= instance->values->used)
        return false;
    uint8_t place = instance->values->order[(*position)++];
    *name = instance->class->names[place];
    *value = instance->values->values[place];
    return true;
}

#define NO_PLACE UINT32_MAX

/* The place of an interned name among the class's names. */
static uint32_t place_of(const rc_class *class, const rc_object *name)
{
    for (uint32_t i = 0; i < class->name_count; i++)
        if (class->names[i] == name)
            return i;
    return NO_PLACE;
}

static bool no_attribute(rc_heap *heap, rc_object *instance, rc_object *name)
{
    return rc_raise(heap, RC_ATTRIBUTE_ERROR, "'%s' object has no attribute '%s'",
                    rc_typename(instance), rc_str_text(name, NULL));
}

static bool none_to_delete(rc_heap *heap, rc_wording says, rc_object *instance, rc_object *name)
{
    return rc_raise_worded(heap, RC_ATTRIBUTE_ERROR, says, rc_typename(instance),
                           rc_str_text(name, NULL), NULL);
}

static bool check_name(rc_heap *heap, rc_object *name)
{
    return rc_is(name, &rc_str_type)
           || rc_raise(heap, RC_TYPE_ERROR, "attribute name must be string, not '%s'",
                       rc_typename(name));
}

/* Where an instance keeps the value of `name` inside itself, or NULL: it does not. */
static rc_object **inside(rc_heap *heap, rc_instance *instance, rc_object *name)
{
    const rc_str *str = (const rc_str *)name;
    int64_t hash;

    if (!instance->values || !rc_hash(heap, name, &hash))
        return NULL;
    rc_str *interned = intern_find(heap, str->text, str->size, hash);
    uint32_t place = interned ? place_of(instance->class, &interned->head) : NO_PLACE;
    return place < instance->values->room && instance->values->values[place]
               ? &instance->values->values[place] : NULL;
}

rc_object *rc_instance_get(rc_heap *heap, rc_object *self, rc_object *name)
{
    rc_instance *instance = as_instance(self);
    rc_object *value = NULL;

    if (!check_name(heap, name))
        return NULL;
    if (instance->dict && !rc_dict_find(heap, instance->dict, name, &value))
        return NULL;
    rc_object **place = inside(heap, instance, name);
    if (place)
        value = *place;
    if (!value)
        no_attribute(heap, self, name);
    return value;
}

/* ---------------------------------------------------------------------- setting -- */

static size_t values_bytes(uint32_t room)
{
    return sizeof(struct instance_values) + room * sizeof(rc_object *);
}

/* Make sure that the instance has a place `place`. */
static bool reserve_place(rc_heap *heap, rc_instance *instance, uint32_t place)
{
    struct instance_values *values = instance->values;
    uint32_t old_room = values ? values->room : 0;
    uint32_t room = place < 4 ? 4 : place < 12 ? 12 : MOST_NAMES;

    if (place < old_room)
        return true;
    values = block_resize(heap, values, values ? values_bytes(old_room) : 0, values_bytes(room));
    if (!values)
        return false;
    if (old_room == 0)
        values->used = 0;
    for (uint32_t i = old_room; i < room; i++)
        values->values[i] = NULL;
    values->room = room;
    instance->values = values;
    return true;
}

/* Store `value` inside the instance.  *stored is false when the name is new to the
 * class and there is no room for it.  Fails: MemoryError. */
static bool set_inside(rc_heap *heap, rc_instance *instance, rc_object *name, rc_object *value,
                       bool *stored)
{
    rc_class *class = instance->class;
    uint32_t place = place_of(class, name);
    bool new_name = place == NO_PLACE;

    *stored = !new_name || class->room > 0;
    if (!*stored)
        return true;
    if (new_name)
        place = class->name_count;
    if (!reserve_place(heap, instance, place))
        return false;
    if (new_name) {
        class->room--;
        class->names[class->name_count++] = name;
        rc_hold(heap, name, RC_FOR_CLASS, class);
    }
    struct instance_values *values = instance->values;
    rc_object *old = values->values[place];
    if (!old)
        values->order[values->used++] = (uint8_t)place;
    rc_hold(heap, value, RC_FOR_ATTRIBUTE, instance);
    values->values[place] = value;
    if (old)
        rc_release(heap, old, RC_FOR_ATTRIBUTE, instance);
    return true;
}

/* The dict that an instance without one is to have: with the attributes that it keeps
 * inside, and `name`. */
static rc_object *dict_for(rc_heap *heap, rc_object *self, rc_object *name, rc_object *value)
{
    rc_object *dict = rc_dict_new(heap);        /* may collect */
    rc_object *each_name, *each_value;
    size_t position = 0;

    while (dict && as_instance(self)->values && !as_instance(self)->dict
           && rc_instance_next(self, &position, &each_name, &each_value))
        if (!rc_dict_set(heap, dict, each_name, each_value)) {
            rc_release(heap, dict, RC_FOR_CREATION, NULL);
            return NULL;
        }
    if (dict && !rc_dict_set(heap, dict, name, value)) {
        rc_release(heap, dict, RC_FOR_CREATION, NULL);
        return NULL;
    }
    return dict;
}

static struct instance_values *detach_values(rc_instance *instance)
{
    struct instance_values *values = instance->values;
    instance->values = NULL;
    return values;
}

/* Release what has been detached from `holder`, by the class's order of names. */
static void release_values(rc_heap *heap, struct instance_values *values, const void *holder)
{
    for (uint32_t i = 0; values && i < values->room; i++)
        if (values->values[i])
            rc_release(heap, values->values[i], RC_FOR_ATTRIBUTE, holder);
    if (values)
        block_free(heap, values, values_bytes(values->room));
}

static bool set_in_new_dict(rc_heap *heap, rc_object *self, rc_object *name, rc_object *value)
{
    rc_instance *instance = as_instance(self);
    rc_object *dict = dict_for(heap, self, name, value);

    if (!dict)
        return false;
    if (instance->dict) {               /* a finalizer has stored an attribute meanwhile */
        rc_release(heap, dict, RC_FOR_CREATION, NULL);
        return rc_dict_set(heap, instance->dict, name, value);
    }
    struct instance_values *values = detach_values(instance);
    instance->dict = dict;
    rc_hand_over(heap, dict, RC_FOR_ATTRIBUTES, instance);
    release_values(heap, values, instance);
    return true;
}

static bool set_without_dict(rc_heap *heap, rc_object *self, rc_object *name, rc_object *value)
{
    bool stored;

    if (!set_inside(heap, as_instance(self), name, value, &stored))
        return false;
    return stored || set_in_new_dict(heap, self, name, value);
}

static inline bool set(rc_heap *heap, rc_object *self, rc_object *name, rc_object *value)
{
    rc_object *dict = as_instance(self)->dict;

    return dict ? rc_dict_set(heap, dict, name, value)
                : set_without_dict(heap, self, name, value);
}

/* Whether interning a name would give the caller's str, and change nothing else. */
static inline bool is_name(const rc_heap *heap, const rc_object *name)
{
    return rc_is(name, &rc_str_type) && ((const rc_str *)name)->interned
           && (rc_is_immortal(name) || !(heap->profile.names_immortal.value
                                         || heap->profile.interned_immortal.value));
}

RC_OUT_OF_LINE static bool set_interning(rc_heap *heap, rc_object *self, rc_object *name,
                                         rc_object *value)
{
    if (!check_name(heap, name))
        return false;
    rc_object *interned = intern_name(heap, name);
    if (!interned)
        return false;
    bool done = set(heap, self, interned, value);
    rc_release(heap, interned, RC_FOR_OPERAND, NULL);
    return done;
}

/* Store a first attribute in a dict where that is quick, so that nothing can run meanwhile; false:
 * nothing has been done. */
static inline bool set_first_quietly(rc_heap *heap, rc_instance *instance, rc_object *name,
                                     rc_object *value)
{
    if (instance->dict || room_inside(heap) > 0)
        return false;
    instance->dict = dict_of_one_quietly(heap, (rc_str *)name, value);
    return instance->dict != NULL;
}

bool rc_instance_set(rc_heap *heap, rc_object *self, rc_object *name, rc_object *value)
{
    if (RC_UNLIKELY(heap->front.events) || !is_name(heap, name))
        return set_interning(heap, self, name, value);
    heap->interned.hits++;
    if (set_first_quietly(heap, as_instance(self), name, value))
        return true;
    rc_hold(heap, name, RC_FOR_OPERAND, NULL);          /* a finalizer may run, and look */
    bool done = set(heap, self, name, value);
    rc_release(heap, name, RC_FOR_OPERAND, NULL);
    return done;
}

bool rc_instance_delete(rc_heap *heap, rc_object *self, rc_object *name)
{
    rc_instance *instance = as_instance(self);
    rc_object *found = NULL;

    if (!check_name(heap, name))
        return false;
    if (instance->dict) {
        if (!rc_dict_find(heap, instance->dict, name, &found))
            return false;
        return found ? rc_dict_delete(heap, instance->dict, name)
                     : none_to_delete(heap, RC_SAYS_NO_ATTRIBUTE_TO_DELETE, self, name);
    }
    rc_object **place = inside(heap, instance, name);
    if (!place)
        return none_to_delete(heap, RC_SAYS_NO_ATTRIBUTES_TO_DELETE, self, name);

    struct instance_values *values = instance->values;
    uint8_t number = (uint8_t)(place - values->values);
    uint8_t *at = memchr(values->order, number, values->used);
    memmove(at, at + 1, (size_t)(values->order + values->used - (at + 1)));
    values->used--;
    found = *place;
    *place = NULL;
    rc_release(heap, found, RC_FOR_ATTRIBUTE, instance);
    return true;
}

/* ------------------------------------------------------------------------ values -- */

static bool hash(rc_heap *heap, rc_object *self, int64_t *result)
{
    *result = identity_hash(heap, self);
    return true;
}

static bool write_repr(rc_heap *heap, rc_object *self, rc_sink sink)
{
    return write_text(heap, sink, "<") && write_text(heap, sink, rc_typename(self))
           && write_text(heap, sink, " object at ") && write_address(heap, sink, self)
           && write_text(heap, sink, ">");
}

static size_t size(const rc_heap *heap, const rc_object *self)
{
    (void)self;
    return (size_t)heap->profile.instance_size.value;
}

/* ----------------------------------------------------- visit, clear, destroy -- */

static void visit(rc_heap *heap, rc_object *self, visit_function show, void *context)
{
    const rc_instance *instance = as_instance(self);

    for (uint32_t i = 0; instance->values && i < instance->values->room; i++)
        if (instance->values->values[i])
            show(heap, instance->values->values[i], context);
    if (instance->dict)
        show(heap, instance->dict, context);
}

static void clear(rc_heap *heap, rc_object *self)
{
    rc_instance *instance = as_instance(self);
    rc_object *dict = instance->dict;

    instance->dict = NULL;
    release_values(heap, detach_values(instance), instance);
    if (dict)
        rc_release(heap, dict, RC_FOR_ATTRIBUTES, instance);
}

static void dying(rc_heap *heap, rc_object *self)
{
    if (as_instance(self)->weakrefs)
        weakrefs_clear(heap, self);
}

static bool must_prepare(const rc_object *self)
{
    const rc_instance *instance = (const rc_instance *)self;
    return instance->weakrefs || instance->class->finalizer;
}

static rc_object *destroy(rc_heap *heap, rc_object *self)
{
    rc_instance *instance = as_instance(self);
    struct instance_values *values = instance->values;
    rc_object *dict = instance->dict;

    while (values && self->refcount < values->room) {
        rc_object **place = &values->values[self->refcount++], *value = *place;
        *place = NULL;
        if (value && object_dies(heap, value, RC_FOR_ATTRIBUTE, self))
            return value;
    }
    instance->dict = NULL;
    if (dict && object_dies(heap, dict, RC_FOR_ATTRIBUTES, self))
        return dict;
    if (values)
        block_free(heap, values, values_bytes(values->room));
    gc_clear_finalized(heap, self);
    object_return(heap, self, true, sizeof(rc_instance));
    return NULL;
}

/* A dict of attributes hardly ever outlives its instance, and dies as any other dict: it
 * takes 100 instructions less than by way of `destroy`. */
RC_OUT_OF_LINE static void die_with_dict(rc_heap *heap, rc_object *self)
{
    container_descends(heap);
    rc_release(heap, as_instance(self)->dict, RC_FOR_ATTRIBUTES, self);
    if (heap->front.events)             /* somebody has come meanwhile */
        object_return(heap, self, true, sizeof(rc_instance));
    else
        container_return(heap, self, sizeof(rc_instance));
    container_ascends(heap, &rc_instance_type);
}

static void die(rc_heap *heap, rc_object *self)
{
    rc_instance *instance = as_instance(self);

    if (must_prepare(self) || !container_dies_quietly(heap, self)) {
        container_dies(heap, self);
    } else if (instance->values) {
        leave_quietly(heap, self, &rc_instance_type);   /* no finalizer: nor is there its mark */
        container_dies_on(heap, self);
    } else if (instance->dict && !outlives_quietly(instance->dict)) {
        leave_quietly(heap, self, &rc_instance_type);
        die_with_dict(heap, self);
    } else {
        container_gone(heap, self, &rc_instance_type, sizeof(rc_instance));
    }
}

static void scrap(rc_heap *heap, rc_object *self)
{
    rc_instance *instance = as_instance(self);
    struct instance_values *values = instance->values;

    for (uint32_t i = 0; values && i < values->room; i++)
        if (values->values[i])
            scrap_reference(heap, values->values[i], RC_FOR_ATTRIBUTE, self);
    if (instance->dict)
        scrap_reference(heap, instance->dict, RC_FOR_ATTRIBUTES, self);
    if (values)
        block_free(heap, values, values_bytes(values->room));
    scrap_head(heap, self, sizeof(rc_instance));
}

static const field_layout fields[] = {
    { "class", offsetof(rc_instance, class), sizeof(void *), RC_FIELD_POINTER },
    { "dict", offsetof(rc_instance, dict), sizeof(void *), RC_FIELD_OBJECT },
    { "values", offsetof(rc_instance, values), sizeof(void *), RC_FIELD_POINTER },
    { "weakrefs", offsetof(rc_instance, weakrefs), sizeof(void *), RC_FIELD_OBJECT },
    { NULL, 0, 0, RC_FIELD_POINTER }
};

const rc_type rc_instance_type = {
    .name = "object",
    .index = RC_INSTANCE,
    .container = true,
    .weakly_referable = true,
    .visit = visit,
    .clear = clear,
    .dying = dying,
    .must_prepare = must_prepare,
    .die = die,
    .destroy = destroy,
    .scrap = scrap,
    .hash = hash,
    .repr = write_repr,
    .size = size,
    .fields = fields,
};
