/* Handles: the Lua values that stand for heap objects.  This is the one place where
 * dead ones are met. */
#include "binding.h"

const char bind_tag = 0;

/* 1, 2, 3 …, also of the dead. */
int64_t bind_birth(const bind_lab *lab, const bind_handle *handle)
{
    return (int64_t)handle->watch - lab->startup;
}

/* ----------------------------------------------------------------------- making -- */

static bind_handle *new_handle(lua_State *L, bind_lab *lab)
{
    bind_handle *handle = lua_newuserdatauv(L, sizeof *handle, 0);

    *handle = (bind_handle) { .tag = &bind_tag, .lab = lab };
    return handle;
}

static void set_metatable(lua_State *L, bind_lab *lab, const rc_object *object)
{
    lua_rawgeti(L, lab->running.anchors, BIND_METATABLES + (int)rc_type_number(object->type));
    lua_setmetatable(L, -2);
}

/* None, True and False have one handle each.  Index in the anchors, or 0. */
static int singleton(const bind_lab *lab, const rc_object *object)
{
    if (RC_LIKELY(object->type != &rc_none_type && object->type != &rc_bool_type))
        return 0;
    return object == rc_none(lab->heap) ? BIND_NONE
           : object == rc_bool(lab->heap, true) ? BIND_TRUE : BIND_FALSE;
}

bind_handle *bind_new_handle(lua_State *L, bind_lab *lab)
{
    if (RC_UNLIKELY(lab->temporaries.live >= lab->temporaries.limit))
        bind_let_go(L, lab);
    bind_handle *handle = new_handle(L, lab);
    bind_reserve(L, lab, handle);
    return handle;
}

static void fill(bind_handle *handle, rc_object *object, uint32_t watch)
{
    handle->object = object;
    handle->type = object->type;
    handle->watch = watch;
}

int bind_return(lua_State *L, bind_lab *lab, bind_handle *handle, rc_object *object)
{
    rc_heap *heap = lab->heap;
    uint32_t watch = object ? rc_watch(heap, object) : 0;

    if (RC_UNLIKELY(!watch)) {
        bind_unreserve(lab, handle);
        if (object)
            rc_release(heap, object, RC_FOR_CREATION, NULL);
        return bind_raise(L, lab);
    }
    BIND_TELL(lab, rc_record_result, object);
    fill(handle, object, watch);
    if (object->refcount == 1 || bind_others(lab, object) == 1) {
        bind_own(lab, handle, object);
        set_metatable(L, lab, object);
        return 1;
    }
    bind_unreserve(lab, handle);
    bind_operand(L, lab, object);
    BIND_TELL(lab, rc_record_operand, object);
    set_metatable(L, lab, object);
    int known = singleton(lab, object);
    if (known) {
        lua_rawgeti(L, lab->running.anchors, known);
        lua_replace(L, -2);
    } else if (lab->temporaries.live > 0)
        bind_adopt(L, lab, handle);
    return 1;
}

/* ---------------------------------------------------------------- made at once --
 *
 * Most of what a word makes is a temporary, and nothing else happens meanwhile.  Then the
 * word need not enter and leave, nor hold its operands: 700 instructions less for the two
 * lists of a cycle. */

bind_handle *bind_start_for_name(lua_State *L, bind_lab *lab)
{
    if (RC_UNLIKELY(!bind_is_quiet(lab) || lab->ledger))
        return NULL;
    bind_handle *handle = new_handle(L, lab);           /* finalizers of Lua's may run words: */
    if (RC_UNLIKELY(!bind_is_quiet(lab) || rc_gc_is_near(lab->heap)     /* look only now */
                    || lab->temporaries.live >= lab->temporaries.limit)) {
        lua_pop(L, 1);
        return NULL;
    }
    lua_pushvalue(L, lua_upvalueindex(4));
    lua_setmetatable(L, -2);
    return handle;
}

bind_handle *bind_start_at_once(lua_State *L, bind_lab *lab)
{
    bind_handle *handle = bind_start_for_name(L, lab);
    const bind_temporaries *temporaries = &lab->temporaries;

    if (RC_UNLIKELY(!handle))
        return NULL;
    if (RC_UNLIKELY(temporaries->count == temporaries->room)) {
        lua_pop(L, 1);
        return NULL;
    }
    lua_pushvalue(L, -1);
    lua_rawseti(L, lua_upvalueindex(2), (lua_Integer)temporaries->count + 1);
    return handle;
}

BIND_APART static bool give_up(lua_State *L, bind_lab *lab, rc_object *object)
{
    lua_pop(L, 1);
    if (object)
        rc_release(lab->heap, object, RC_FOR_CREATION, NULL);
    return false;
}

bool bind_finish_for_name(lua_State *L, bind_lab *lab, bind_handle *handle, rc_object *object)
{
    uint32_t watch = object ? rc_watch(lab->heap, object) : 0;

    if (RC_UNLIKELY(!watch))
        return give_up(L, lab, object);
    fill(handle, object, watch);
    return true;
}

bool bind_finish_at_once(lua_State *L, bind_lab *lab, bind_handle *handle, rc_object *object)
{
    if (RC_UNLIKELY(!bind_finish_for_name(L, lab, handle, object)))
        return false;
    handle->temporary = ++lab->temporaries.count;
    lab->temporaries.entries[handle->temporary - 1] =
        (bind_temporary) { .object = object, .watch = handle->watch };
    lab->temporaries.live++;
    return true;
}

/* ------------------------------------------------------------------------ others -- */

/* Push the handle that None, True or False will have; NULL when there is no memory. */
bind_handle *bind_make_singleton(lua_State *L, bind_lab *lab, rc_object *object)
{
    bind_handle *handle = new_handle(L, lab);
    uint32_t watch = rc_watch(lab->heap, object);

    fill(handle, object, watch);
    set_metatable(L, lab, object);
    return watch ? handle : NULL;
}

void bind_push(lua_State *L, bind_lab *lab, rc_object *object)
{
    int known = singleton(lab, object);

    rc_hold(lab->heap, object, RC_FOR_OPERAND, NULL);
    bind_operand(L, lab, object);
    if (known) {
        lua_rawgeti(L, lab->running.anchors, known);
        return;
    }
    bind_handle *handle = new_handle(L, lab);
    uint32_t watch = rc_watch(lab->heap, object);
    if (!watch)
        bind_raise(L, lab);
    fill(handle, object, watch);
    set_metatable(L, lab, object);
    if (lab->temporaries.live > 0)
        bind_adopt(L, lab, handle);
}

int bind_push_or_none(lua_State *L, bind_lab *lab, rc_object *object)
{
    bind_push(L, lab, object ? object : rc_none(lab->heap));
    return 1;
}

/* ---------------------------------------------------------------------- looking -- */

rc_object *bind_hold(lua_State *L, bind_lab *lab, const bind_handle *handle)
{
    rc_heap *heap = lab->heap;
    rc_object *object = handle->object;

    if (RC_UNLIKELY(handle->lab != lab))
        bind_fail(L, lab, RC_TYPE_ERROR, "the object belongs to another heap");
    if (RC_UNLIKELY(!rc_watched(heap, handle->watch)))
        bind_raise_dead(L, lab, handle);
    rc_hold(heap, object, RC_FOR_OPERAND, NULL);
    if (RC_UNLIKELY(!rc_operand_push(heap, object)))
        bind_raise(L, lab);
    if (lab->temporaries.live > 0 && object->refcount <= 1 + rc_operand_mark(heap)
        && bind_find_temporary(lab, object) && !bind_may_store(lab, object))
        bind_raise(L, lab);
    return object;
}

/* What to write in the place of a Lua value. */
static int raise_look(lua_State *L, bind_lab *lab, int arg)
{
    const char *word = lab->running.word->title, *got = bind_describe(L, arg);
    const char *form;

    switch (lua_type(L, arg)) {
    case LUA_TNIL:
    case LUA_TNONE:
        return bind_fail(L, lab, RC_TYPE_ERROR,
                         "expected a heap object, got nil (a name that is not bound?); Python's None is None");
    case LUA_TNUMBER:
        form = lua_isinteger(L, arg) ? "int" : "float";
        break;
    case LUA_TSTRING:
        form = "str";
        break;
    case LUA_TBOOLEAN:
        return bind_fail(L, lab, RC_TYPE_ERROR, "expected a heap object, got %s; write %s(%s)", got,
                         word, lua_toboolean(L, arg) ? "True" : "False");
    case LUA_TTABLE:
        return bind_fail(L, lab, RC_TYPE_ERROR,
                         "expected a heap object, got a Lua table; write %s(list{\xE2\x80\xA6})", word);
    default:
        return bind_fail(L, lab, RC_TYPE_ERROR, "expected a heap object, got %s", got);
    }
    lua_pushvalue(L, arg);
    bool quote = lua_type(L, arg) == LUA_TSTRING;
    return bind_fail(L, lab, RC_TYPE_ERROR, "expected a heap object, got %s; write %s(%s(%s%.40s%s))",
                     got, word, form, quote ? "\"" : "", lua_tostring(L, -1), quote ? "\"" : "");
}

rc_object *bind_look(lua_State *L, bind_lab *lab, int arg)
{
    bind_handle *handle = bind_test(L, arg);

    if (RC_UNLIKELY(!handle))
        raise_look(L, lab, arg);
    return bind_hold(L, lab, handle);
}

rc_object *bind_check(lua_State *L, bind_lab *lab, int arg, const rc_type *type)
{
    bind_handle *handle = bind_test(L, arg);

    if (RC_UNLIKELY(!handle || handle->type != type)) {
        const char *got = handle ? bind_type_of(lab, handle) : bind_describe(L, arg);
        bind_fail(L, lab, RC_TYPE_ERROR, "%s needs a %s, got %s", lab->running.word->usage,
                  rc_type_name(type), got);
    }
    return bind_hold(L, lab, handle);
}
