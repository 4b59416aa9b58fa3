/* Who holds an object, in words: for expectations that fail. */
#include "binding.h"

#include <string.h>

typedef struct search {
    lua_State *L;
    bind_lab *lab;
    rc_object *target;
    lua_Integer found;                  /* sentences in the table on top of the stack */
} search;

/* Add the sentence on top of the stack. */
static void add(search *self)
{
    lua_rawseti(self->L, -2, ++self->found);
}

#define say(self, ...) (lua_pushfstring((self)->L, __VA_ARGS__), add(self))

static LUAI_UACINT birth(const search *self, const rc_object *object)
{
    return (LUAI_UACINT)rc_birth(self->lab->heap, object);
}

/* ------------------------------------------------------------- outside the heap -- */

static void search_scope(search *self, const bind_scope *scope, int frame)
{
    for (const bind_name *name = NULL; (name = bind_next_name(scope, name)) != NULL;)
        if (name->object == self->target) {
            if (frame)
                say(self, "name %s of frame %d", name->text, frame);
            else
                say(self, "name %s", name->text);
        }
}

static void search_outside(search *self)
{
    bind_lab *lab = self->lab;
    int frame = lab->frames;

    search_scope(self, &lab->scenario, 0);
    for (const bind_scope *scope = lab->innermost; scope != &lab->scenario; scope = scope->caller)
        search_scope(self, scope, frame--);
    if (bind_find_temporary(lab, self->target))
        say(self, "temporary");
    for (size_t i = 0; i < rc_gc_garbage_size(lab->heap); i++)
        if (rc_gc_garbage_get(lab->heap, i) == self->target)
            say(self, "gc.garbage[%I]", (LUAI_UACINT)i + 1);
    switch (rc_object_origin(lab->heap, self->target)) {
    case RC_ORIGIN_POOL:
    case RC_ORIGIN_CHARACTER:
    case RC_ORIGIN_SINGLETON:
        say(self, "%s", rc_origin_name(rc_object_origin(lab->heap, self->target)));
        break;
    default:
        break;
    }
}

/* -------------------------------------------------------------- inside the heap -- */

static void search_sequence(search *self, rc_object *holder)
{
    bool list = rc_is(holder, &rc_list_type);
    size_t size = list ? rc_list_size(holder) : rc_tuple_size(holder);

    for (size_t i = 0; i < size; i++) {
        rc_object *item = list ? rc_list_get(self->lab->heap, holder, (int64_t)i)
                               : rc_tuple_get(self->lab->heap, holder, (int64_t)i);
        if (item == self->target)
            say(self, "%s #%I [%I]", rc_typename(holder), birth(self, holder), (LUAI_UACINT)i);
    }
}

/* The instance whose attributes the dict has, or NULL. */
static rc_object *owner_of(search *self, rc_object *dict)
{
    rc_heap *heap = self->lab->heap;

    if (rc_live(heap, &rc_instance_type) == 0)
        return NULL;
    for (rc_object *object = rc_newest(heap); object; object = rc_older(heap, object))
        if (rc_is(object, &rc_instance_type) && rc_instance_dict(object) == dict)
            return object;
    return NULL;
}

static void search_dict(search *self, rc_object *dict)
{
    size_t position = 0;
    rc_object *key, *value;

    while (rc_dict_next(dict, &position, &key, &value)) {
        if (key != self->target && value != self->target)
            continue;
        rc_object *owner = owner_of(self, dict);
        if (owner)
            continue;                   /* said of the instance */
        if (key == self->target)
            say(self, "dict #%I key", birth(self, dict));
        if (value == self->target) {
            lua_pushfstring(self->L, "dict #%I value of ", birth(self, dict));
            bind_push_repr(self->L, self->lab, key);
            lua_concat(self->L, 2);
            add(self);
        }
    }
}

static void search_set(search *self, rc_object *set)
{
    size_t position = 0;
    rc_object *element;

    while (rc_set_next(set, &position, &element))
        if (element == self->target)
            say(self, "%s #%I element", rc_typename(set), birth(self, set));
}

static void search_instance(search *self, rc_object *instance)
{
    size_t position = 0, size;
    rc_object *name, *value;

    while (rc_instance_next(instance, &position, &name, &value)) {
        if (value == self->target)
            say(self, "attribute %s of %s #%I", rc_str_text(name, &size), rc_typename(instance),
                birth(self, instance));
        if (name == self->target)
            say(self, "attribute name of %s #%I", rc_typename(instance), birth(self, instance));
    }
    if (rc_instance_dict(instance) == self->target)
        say(self, "attributes of %s #%I", rc_typename(instance), birth(self, instance));
}

static void search_object(search *self, rc_object *holder)
{
    switch (rc_type_number(holder->type)) {
    case RC_LIST:
    case RC_TUPLE:
        search_sequence(self, holder);
        break;
    case RC_DICT:
        search_dict(self, holder);
        break;
    case RC_SET:
    case RC_FROZENSET:
        search_set(self, holder);
        break;
    case RC_INSTANCE:
        search_instance(self, holder);
        break;
    default:
        break;
    }
}

typedef struct holders {
    rc_object *target;
    bool found;
} holders;

static bool is_target(void *context, rc_object *object)
{
    holders *self = context;

    self->found = self->found || object == self->target;
    return !self->found;
}

/* Those that refer to the target, untracked ones too. */
static void each_holder(bind_lab *lab, const void *target, rc_object_visitor visit, void *context)
{
    for (rc_object *object = rc_newest(lab->heap); object; object = rc_older(lab->heap, object)) {
        holders self = { (rc_object *)target, false };
        if (rc_type_is_container(object->type))
            rc_gc_referents(lab->heap, object, is_target, &self);
        if (self.found && !visit(context, object))
            return;
    }
}

/* lab:referrers(x) -> sequence of sentences */
int bind_push_referrers(lua_State *L, bind_lab *lab)
{
    search self = { L, lab, bind_look(L, lab, 2), 0 };

    bind_push_objects(L, lab, each_holder, self.target);
    lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
    int holding = lua_gettop(L);
    lua_newtable(L);
    luaL_checkstack(L, 8, NULL);
    search_outside(&self);
    for (lua_Integer i = count; i >= 1; i--) {
        lua_rawgeti(L, holding, i);
        rc_object *holder = bind_test(L, -1)->object;   /* an operand: alive */
        lua_pop(L, 1);
        search_object(&self, holder);
    }
    return 1;
}
