/* The words that look at an object. */
#include "binding.h"

#include <string.h>

static int look_id(lua_State *L, bind_lab *lab)
{
    rc_object *object = bind_look(L, lab, 1);

    BIND_TELL(lab, rc_record_look, "place", object, NULL);
    lua_pushinteger(L, (lua_Integer)rc_id(object));
    return 1;
}

static int look_is(lua_State *L, bind_lab *lab)
{
    rc_object *a = bind_look(L, lab, 1), *b = bind_look(L, lab, 2);

    BIND_TELL(lab, rc_record_look, "same", a, b);
    lua_pushboolean(L, a == b);
    return 1;
}

static int look_eq(lua_State *L, bind_lab *lab)
{
    rc_object *a = bind_convert(L, lab, 1), *b = bind_convert(L, lab, 2);
    bool result;

    if (!rc_equal(lab->heap, a, b, &result))
        return bind_raise(L, lab);
    lua_pushboolean(L, result);
    return 1;
}

static int look_truth(lua_State *L, bind_lab *lab)
{
    lua_pushboolean(L, rc_truth(bind_look(L, lab, 1)));
    return 1;
}

static int look_hash(lua_State *L, bind_lab *lab)
{
    int64_t hash;

    if (!rc_hash(lab->heap, bind_look(L, lab, 1), &hash))
        return bind_raise(L, lab);
    lua_pushinteger(L, hash);
    return 1;
}

/* The count that Python would show, without the operands' own. */
uint64_t bind_count(const bind_lab *lab, const rc_object *object)
{
    uint64_t count = rc_refcount(lab->heap, object);
    return rc_is_immortal(object) ? count : count - rc_operand_count(lab->heap, object);
}

static int look_refcnt(lua_State *L, bind_lab *lab)
{
    rc_object *object = bind_look(L, lab, 1);

    BIND_TELL(lab, rc_record_look, "refcnt", object, NULL);
    lua_pushinteger(L, (lua_Integer)bind_count(lab, object));
    return 1;
}

static int look_typename(lua_State *L, bind_lab *lab)
{
    lua_pushstring(L, rc_typename(bind_look(L, lab, 1)));
    return 1;
}

static int look_repr(lua_State *L, bind_lab *lab)
{
    bind_push_repr(L, lab, bind_look(L, lab, 1));
    return 1;
}

static int look_value(lua_State *L, bind_lab *lab)
{
    bind_push_value(L, lab, bind_look(L, lab, 1));
    return 1;
}

static int look_alive(lua_State *L, bind_lab *lab)
{
    bind_handle *handle = bind_test(L, 1);

    if (!handle || handle->lab != lab)
        bind_look(L, lab, 1);           /* raises */
    else
        lua_pushboolean(L, rc_watched(lab->heap, handle->watch));
    return 1;
}

static int look_birth(lua_State *L, bind_lab *lab)
{
    lua_pushinteger(L, rc_birth(lab->heap, bind_look(L, lab, 1)));
    return 1;
}

static int look_origin(lua_State *L, bind_lab *lab)
{
    lua_pushstring(L, rc_origin_name(rc_object_origin(lab->heap, bind_look(L, lab, 1))));
    return 1;
}

/* ----------------------------------------------------------------------- layout -- */

#define MOST_FIELDS 4096                /* of one object; a longer one is cut */

typedef struct fields {
    rc_field *array;
    size_t count, room;
} fields;

static bool take_field(void *context, const rc_field *field)
{
    fields *self = context;

    if (self->count < self->room)
        self->array[self->count] = *field;
    self->count++;
    return self->count < MOST_FIELDS;
}

/* `held`: references of operands, which a reader should not see. */
static void push_field(lua_State *L, bind_lab *lab, const rc_field *field, size_t held)
{
    lua_createtable(L, 0, 4);
    lua_pushinteger(L, (lua_Integer)field->offset);
    lua_setfield(L, -2, "offset");
    lua_pushinteger(L, (lua_Integer)field->size);
    lua_setfield(L, -2, "bytes");
    lua_pushstring(L, field->name);
    lua_setfield(L, -2, "field");
    switch (field->kind) {
    case RC_FIELD_POINTER:              /* the refchain's sentinel is no object of the heap */
        if (field->value.pointer && !rc_heap_owns(lab->heap, (void *)field->value.pointer))
            lua_pushliteral(L, "sentinel");
        else
            lua_pushinteger(L, (lua_Integer)field->value.pointer);
        break;
    case RC_FIELD_OBJECT:
        if (field->value.object)
            bind_push(L, lab, field->value.object);
        else
            lua_pushnil(L);
        break;
    case RC_FIELD_TYPE:
        lua_pushstring(L, rc_type_name(field->value.type));
        break;
    case RC_FIELD_INTEGER:
        lua_pushinteger(L, field->value.integer - (lua_Integer)held);
        break;
    case RC_FIELD_REAL:
        lua_pushnumber(L, field->value.real);
        break;
    case RC_FIELD_TEXT:
        lua_pushlstring(L, field->value.text.bytes, field->value.text.size);
        break;
    }
    lua_setfield(L, -2, "value");
}

/* layout(x): the fields are read first, for making Lua values may run anything */
static int look_layout(lua_State *L, bind_lab *lab)
{
    rc_object *object = bind_look(L, lab, 1);
    fields self = { NULL, 0, 0 };

    rc_layout(lab->heap, object, take_field, &self);
    self.room = self.count;
    self.array = lua_newuserdatauv(L, (self.room ? self.room : 1) * sizeof *self.array, 0);
    self.count = 0;
    rc_layout(lab->heap, object, take_field, &self);
    size_t count = self.count < self.room ? self.count : self.room;
    size_t held = rc_is_immortal(object) ? 0 : rc_operand_count(lab->heap, object);
    for (size_t i = 0; i < count; i++)
        if (self.array[i].kind == RC_FIELD_OBJECT && self.array[i].value.object) {
            rc_hold(lab->heap, self.array[i].value.object, RC_FOR_OPERAND, NULL);
            bind_operand(L, lab, self.array[i].value.object);
        }
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        bool counts = strcmp(self.array[i].name, "refcount") == 0;
        push_field(L, lab, &self.array[i], counts ? held : 0);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* ------------------------------------------------------------------------- drop -- */

/* drop(x): the temporary dies now */
static int drop(lua_State *L, bind_lab *lab)
{
    rc_heap *heap = lab->heap;
    rc_object *object = bind_look(L, lab, 1);
    bind_temporary *temporary = bind_find_temporary(lab, object);

    if (!temporary)
        return bind_fail(L, lab, RC_RUNTIME_ERROR,
                         "the %s is held elsewhere; only a temporary can be dropped (write del for a name)",
                         rc_typename(object));
    bind_forget_temporary(lab, temporary);
    BIND_TELL(lab, rc_record_drop, object, NULL);
    rc_release(heap, object, RC_FOR_TEMPORARY, NULL);
    return 0;                           /* the operand is its last reference */
}

/* ---------------------------------------------------------------------------- sys -- */

static int sys_getrefcount(lua_State *L, bind_lab *lab)
{
    rc_object *object = bind_look(L, lab, 1);
    uint64_t count = bind_count(lab, object);
    bool lent = rc_heap_profile(lab->heap)->frame_names_lent.value
                && bind_is_frame_name(lab, object);

    BIND_TELL(lab, rc_record_look, "refcnt", object, NULL);
    if (!rc_is_immortal(object) && !lent)
        count++;                        /* the argument's own */
    lua_pushinteger(L, (lua_Integer)count);
    return 1;
}

static int sys_getsizeof(lua_State *L, bind_lab *lab)
{
    lua_pushinteger(L, (lua_Integer)rc_sizeof(lab->heap, bind_look(L, lab, 1)));
    return 1;
}

static int sys_intern(lua_State *L, bind_lab *lab)
{
    rc_object *str = bind_convert(L, lab, 1);
    bind_handle *handle = bind_new_handle(L, lab);

    bool was_interned = rc_is(str, &rc_str_type) && rc_str_is_interned(str);
    rc_object *interned = rc_str_intern(lab->heap, str);
    if (interned == str && !was_interned)
        BIND_TELL(lab, rc_record_interned, str);
    return bind_return(L, lab, handle, interned);
}

typedef struct query {
    lua_Integer limit;                  /* 0: none */
    const rc_type *type;                /* NULL: all */
    rc_class *class;
    const char *class_name;
    bool pools;
} query;

/* Objects that are part of the interpreter itself, in releases whose refchain has only
 * those that were allocated. */
static bool is_built_in(const rc_heap *heap, const rc_object *object)
{
    rc_origin origin = rc_object_origin(heap, object);

    return origin == RC_ORIGIN_POOL || origin == RC_ORIGIN_CHARACTER
           || (origin == RC_ORIGIN_SINGLETON && (object->type == &rc_tuple_type
                                                 || object->type == &rc_str_type));
}

static bool wanted(const query *self, const rc_object *object)
{
    if (self->type && object->type != self->type)
        return false;
    if (self->class && rc_instance_class(object) != self->class)
        return false;
    return !self->class_name || strcmp(rc_typename(object), self->class_name) == 0;
}

static void each_object(bind_lab *lab, const void *context, rc_object_visitor visit, void *visitor)
{
    const query *self = context;
    lua_Integer count = 0;

    if (self->limit < 0)
        return;
    for (rc_object *object = rc_newest(lab->heap); object; object = rc_older(lab->heap, object)) {
        if (!wanted(self, object) || (!self->pools && is_built_in(lab->heap, object)))
            continue;
        if (!visit(visitor, object) || ++count == self->limit)
            return;
    }
}

static int sys_getobjects(lua_State *L, bind_lab *lab)
{
    const rc_profile *profile = rc_heap_profile(lab->heap);
    query self = { .limit = bind_integer(L, lab, 1), .pools = profile->refchain_has_pools.value != 0 };

    if (self.limit < 0 && profile->refchain_is_table.value)
        self.limit = 0;
    if (bind_test(L, 2)) {              /* an object of the heap is nothing's type */
        bind_look(L, lab, 2);
        lua_newtable(L);
        return 1;
    }
    if (!lua_isnoneornil(L, 2))
        self.type = bind_type_argument(L, lab, 2, &self.class, &self.class_name);
    return bind_push_objects(L, lab, each_object, &self);
}

const bind_word bind_look_words[] = {
    { "id", "id", look_id, 1, 1, BIND_LOOKS, "id(x)" },
    { "is", "is", look_is, 2, 2, BIND_LOOKS, "is(a, b)" },
    { "eq", "eq", look_eq, 2, 2, BIND_LOOKS, "eq(a, b)" },
    { "truth", "truth", look_truth, 1, 1, BIND_LOOKS, "truth(x)" },
    { "hash", "hash", look_hash, 1, 1, BIND_LOOKS, "hash(x)" },
    { "refcnt", "refcnt", look_refcnt, 1, 1, BIND_LETS_GO | BIND_LOOKS, "refcnt(x)" },
    { "typename", "typename", look_typename, 1, 1, BIND_LOOKS, "typename(x)" },
    { "repr", "repr", look_repr, 1, 1, BIND_LOOKS, "repr(x)" },
    { "value", "value", look_value, 1, 1, BIND_LOOKS, "value(x)" },
    { "alive", "alive", look_alive, 1, 1, BIND_LETS_GO | BIND_LOOKS, "alive(handle)" },
    { "birth", "birth", look_birth, 1, 1, BIND_LOOKS, "birth(x)" },
    { "origin", "origin", look_origin, 1, 1, BIND_LETS_GO | BIND_LOOKS, "origin(x)" },
    { "layout", "layout", look_layout, 1, 1, BIND_LOOKS, "layout(x)" },
    { "drop", "drop", drop, 1, 1, 0, "drop(x)" },
    { "iter", "iter", bind_walk, 1, 1, BIND_LOOKS, "iter(x)" },
    { "keys", "keys", bind_walk, 1, 1, BIND_LOOKS, "keys(d)" },
    { "items", "items", bind_walk, 1, 1, BIND_LOOKS, "items(d)" },
    { NULL }
};

const bind_word bind_sys_words[] = {
    { "getrefcount", "sys.getrefcount", sys_getrefcount, 1, 1,
      BIND_LETS_GO | BIND_LOOKS | BIND_SAYS(RC_SAYS_TAKES_ONE, RC_SAYS_TAKES_ONE), "sys.getrefcount(x)" },
    { "getsizeof", "sys.getsizeof", sys_getsizeof, 1, 2,
      BIND_LETS_GO | BIND_LOOKS
          | BIND_SAYS(RC_SAYS_SIZE_OF_NOTHING, RC_SAYS_TAKES_AT_MOST_TWO),
      "sys.getsizeof(x[, default])" },
    { "intern", "sys.intern", sys_intern, 1, 1,
      BIND_LETS_GO | BIND_SAYS(RC_SAYS_INTERNS_ONE, RC_SAYS_INTERNS_ONE), "sys.intern(s)" },
    { "getobjects", "sys.getobjects", sys_getobjects, 1, 2,
      BIND_LETS_GO | BIND_LOOKS
          | BIND_SAYS(RC_SAYS_TAKES_AT_LEAST_ONE, RC_SAYS_TAKES_AT_MOST_TWO),
      "sys.getobjects(limit[, type])" },
    { NULL }
};
