/* The table `weakref`. */
#include "binding.h"

#include <stdlib.h>

typedef struct weak_callback weak_callback;
struct weak_callback {
    rc_callback callback;               /* first: the heap knows only this */
    bind_lab *lab;
    int function;                       /* in BIND_FUNCTIONS */
    weak_callback *next, **link;        /* all of the lab's; `link` points here */
};

static void unlink_callback(weak_callback *self)
{
    *self->link = self->next;
    if (self->next)
        self->next->link = self->link;
}

static void release(rc_callback *callback, rc_heap *heap)
{
    weak_callback *self = (weak_callback *)callback;
    lua_State *L = self->lab->running.L;

    (void)heap;
    if (lua_checkstack(L, 4)) {
        lua_rawgeti(L, self->lab->running.anchors, BIND_FUNCTIONS);
        luaL_unref(L, -1, self->function);
        lua_pop(L, 1);
    }
    unlink_callback(self);
    free(self);
}

typedef struct cleared {
    weak_callback *callback;
    rc_object *weakref;
} cleared;

static void call_body(lua_State *L, bind_lab *lab, void *context)
{
    cleared *self = context;

    lua_rawgeti(L, 1, BIND_FUNCTIONS);
    lua_rawgeti(L, -1, self->callback->function);
    bind_push(L, lab, self->weakref);
    bind_call(L, lab, 1);
}

static void call(rc_callback *callback, rc_heap *heap, rc_object *weakref)
{
    cleared self = { (weak_callback *)callback, weakref };
    bind_lab *lab = self.callback->lab;
    int64_t birth = rc_birth(heap, weakref);

    if (!bind_callback(lab, call_body, &self))
        bind_ignored(lab, RC_SAYS_IGNORED_WEAKREF_CALLBACK, "callback of weakref #%lld", (long long)birth);
}

/* weakref.ref(x[, callback]) */
static int weakref_ref(lua_State *L, bind_lab *lab)
{
    rc_object *referent = bind_look(L, lab, 1);
    weak_callback *self = NULL;

    bind_handle *none = bind_test(L, 2);

    if (none && none->type == &rc_none_type)
        lua_settop(L, 1);               /* ref(x, None) is ref(x) */
    if (!lua_isnoneornil(L, 2) && !lua_isfunction(L, 2))
        return bind_fail(L, lab, RC_TYPE_ERROR,
                         "the callback is a Lua function of the weak reference; got %s",
                         bind_describe(L, 2));
    bind_handle *handle = bind_new_handle(L, lab);
    if (lua_isfunction(L, 2)) {
        BIND_TELL(lab, rc_recorder_refuse, "a heap trace has no weak references with a callback");
        lua_rawgeti(L, lab->running.anchors, BIND_FUNCTIONS);
        lua_pushvalue(L, 2);
        int function = luaL_ref(L, -2);
        self = malloc(sizeof *self);
        if (!self) {
            luaL_unref(L, -1, function);
            return bind_fail(L, lab, RC_MEMORY_ERROR, "out of memory");
        }
        lua_pop(L, 1);
        *self = (weak_callback) {
            .callback = { call, release }, .lab = lab, .function = function,
            .next = lab->weak_callbacks, .link = &lab->weak_callbacks,
        };
        if (self->next)
            self->next->link = &self->next;
        lab->weak_callbacks = self;
    }
    BIND_TELL(lab, rc_record, "weakref %t %o", referent);
    return bind_return(L, lab, handle, rc_weakref_new(lab->heap, referent,
                                                      self ? &self->callback : NULL));
}

/* What the heap did not release when it was closed. */
void bind_weak_callbacks_close(bind_lab *lab)
{
    while (lab->weak_callbacks) {
        weak_callback *self = lab->weak_callbacks;
        unlink_callback(self);
        free(self);
    }
}

const bind_word bind_weakref_words[] = {
    { "ref", "weakref.ref", weakref_ref, 1, 2,
      BIND_SAYS(RC_SAYS_REFERS_TO_NOTHING, RC_SAYS_REFERS_TO_TOO_MUCH), "weakref.ref(x[, callback])" },
    { NULL }
};
