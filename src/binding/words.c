/* How a word runs: the function that Lua calls for each of them, protected calls, and
 * what the heap calls back. */
#include "binding.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------- enter and leave -- */

/* Drop the operands above `mark`, newest first. */
void bind_release_operands(bind_lab *lab, size_t mark)
{
    BIND_TELL(lab, rc_record_release, mark);
    rc_operand_release(lab->heap, mark);
}

/* What an error of Lua's own (out of memory) left on the two stacks. */
static void release_leftovers(bind_lab *lab)
{
    if (RC_UNLIKELY(rc_operand_mark(lab->heap) > lab->base))
        bind_release_operands(lab, lab->base);
    if (RC_UNLIKELY(lab->store_count > lab->stores_base))
        bind_settle(lab, lab->stores_base);
}

void bind_enter(lua_State *L, bind_lab *lab, const bind_word *word)
{
    bind_running *running = &lab->running;

    running->L = L;
    running->weak = lua_upvalueindex(2);
    running->anchors = lua_upvalueindex(3);
    running->word = word;
    running->act = NULL;
    running->detail = NULL;
    running->located = false;
    if (RC_UNLIKELY(rc_operand_mark(lab->heap) > lab->base || lab->store_count > lab->stores_base))
        release_leftovers(lab);
    running->operands = lab->base;
    running->stores = lab->stores_base;
    lab->depth = 1;
}

/* Run the collection that the word has requested, with its results held. */
static void poll(lua_State *L, bind_lab *lab, int results)
{
    rc_heap *heap = lab->heap;

    lab->poll = false;
    for (int i = 1; i <= results; i++) {
        bind_handle *handle = bind_test(L, -i);
        if (handle && handle->lab == lab && rc_watched(heap, handle->watch)) {
            rc_hold(heap, handle->object, RC_FOR_OPERAND, NULL);
            if (!rc_operand_push(heap, handle->object))
                break;
        }
    }
    rc_gc_poll(heap);
    rc_operand_release(heap, lab->running.operands);
}

void bind_leave(lua_State *L, bind_lab *lab, int results)
{
    if (RC_LIKELY(lab->heap != NULL)) {
        bind_release_operands(lab, lab->running.operands);
        if (lab->store_count > lab->running.stores)
            bind_settle(lab, lab->running.stores);
        if (RC_UNLIKELY(lab->poll))
            poll(L, lab, results);
        if (RC_UNLIKELY(lab->events.count > 0) && lab->callbacks == 0)
            bind_deliver(L, lab);
    }
    lab->depth = 0;
}

/* ---------------------------------------------------------------- calling a word -- */

static int raise_closed(lua_State *L, const bind_word *word)
{
    luaL_where(L, 1);
    lua_pushfstring(L, "RuntimeError: the lab is closed (in %s)", word->title);
    lua_concat(L, 2);
    return lua_error(L);
}

static int raise_count(lua_State *L, bind_lab *lab, const bind_word *word, int count)
{
    bool few = count < word->least;
    rc_wording says = few ? BIND_FEW(word->flags) : BIND_MANY(word->flags);
    char given[16];

    if (word->flags & BIND_METHOD)
        count -= count > 0;
    if (says != RC_SAYS_NOTHING) {
        snprintf(given, sizeof given, "%d", count);
        return bind_fail_worded(L, lab, RC_TYPE_ERROR, says, word->name, given, word->title);
    }
    return bind_fail(L, lab, RC_TYPE_ERROR, "expected %s, got %d argument%s", word->usage, count,
                     count == 1 ? "" : "s");
}

/* Whether a word is on the stack below the one that begins: it has allocated Lua memory,
 * and a finalizer of Lua's runs.  If not, an error of Lua's own has left its mark. */
static bool is_nested(lua_State *L)
{
    lua_Debug level;
    int words = 0;

    for (int i = 0; words < 2 && lua_getstack(L, i, &level); i++) {
        lua_getinfo(L, "f", &level);
        if (lua_iscfunction(L, -1) && lua_getupvalue(L, -1, 1)) {
            words += lua_rawlen(L, -1) == sizeof(bind_bound);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    return words > 1;
}

/* Another word is in the middle of something.  If it still is, call the running function
 * again under bind_protect, which leaves the other as it was: true, and *results. */
bool bind_run_nested(lua_State *L, bind_lab *lab, int *results)
{
    lua_Debug level;

    luaL_checkstack(L, 4, NULL);
    if (!is_nested(L)) {
        lab->depth = 0;
        return false;
    }
    lua_getstack(L, 0, &level);
    lua_getinfo(L, "f", &level);
    lua_insert(L, 1);
    if (bind_protect(L, lab, lua_gettop(L) - 1, LUA_MULTRET, 0) != LUA_OK)
        lua_error(L);
    *results = lua_gettop(L);
    return true;
}

BIND_APART int bind_run_word(lua_State *L, bind_lab *lab, const bind_word *word)
{
    int count = lua_gettop(L), results;

    if (RC_UNLIKELY(!lab->heap)) {
        if (!(word->flags & BIND_WHEN_CLOSED))
            return raise_closed(L, word);
        return word->run(L, lab);
    }
    if (RC_UNLIKELY(lab->depth > 0) && bind_run_nested(L, lab, &results))
        return results;
    bind_enter(L, lab, word);
    if (RC_UNLIKELY(count < word->least || (count > word->most && word->most != BIND_ANY)))
        return raise_count(L, lab, word, count);
    if (RC_UNLIKELY(lab->locked && !(word->flags & BIND_LOOKS)) && bind_is_walked(L, lab))
        return bind_refuse_change(L, lab);
    if (RC_UNLIKELY(lab->stress))
        bind_collect_lua(L, lab);
    if ((word->flags & BIND_LETS_GO) && lab->temporaries.live > 0)
        bind_let_go(L, lab);

    results = word->run(L, lab);
    bind_leave(L, lab, results);
    return results;
}

int bind_call_word(lua_State *L)
{
    const bind_bound *bound = lua_touserdata(L, lua_upvalueindex(1));

    return bind_run_word(L, bound->lab, bound->word);
}

void bind_push_closure(lua_State *L, int lab, int anchors, const bind_word *word,
                       lua_CFunction function, int extra)
{
    lab = lua_absindex(L, lab);
    anchors = lua_absindex(L, anchors);
    bind_bound *bound = lua_newuserdatauv(L, sizeof *bound, 1);
    *bound = (bind_bound) { .lab = lua_touserdata(L, lab), .word = word };
    lua_pushvalue(L, lab);
    lua_setiuservalue(L, -2, 1);
    lua_rawgeti(L, anchors, BIND_WEAK);
    lua_pushvalue(L, anchors);
    lua_rotate(L, -3 - extra, 3);
    lua_pushcclosure(L, function, 3 + extra);
}

void bind_push_word(lua_State *L, int lab, int anchors, const bind_word *word)
{
    bind_push_closure(L, lab, anchors, word, bind_call_word, 0);
}

/* Put every word of a table into the Lua table on top of the stack. */
void bind_set_words(lua_State *L, int lab, int anchors, const bind_word *words)
{
    lab = lua_absindex(L, lab);
    anchors = lua_absindex(L, anchors);
    for (; words->name; words++) {
        bind_push_word(L, lab, anchors, words);
        lua_setfield(L, -2, words->name);
    }
}

void bind_push_at_once(lua_State *L, int lab, int anchors, const bind_word *words,
                       const char *name, const bind_short_way *at_once)
{
    while (strcmp(words->name, name) != 0)
        words++;
    bind_push_closure(L, lab, anchors, words, bind_way_for(lua_touserdata(L, lab), at_once), 1);
}

void bind_set_at_once(lua_State *L, int lab, int anchors, const bind_word *words,
                      const char *name, const bind_short_way *at_once)
{
    bind_push_at_once(L, lab, anchors, words, name, at_once);
    lua_setfield(L, -2, name);
}

/* --------------------------------------------------------------- protected calls -- */

/* What a call into Lua may change and must find again. */
typedef struct call_context {
    bind_running running;
    size_t base, stores_base;
    int depth;
} call_context;

static call_context begin_context(bind_lab *lab)
{
    call_context outer = { lab->running, lab->base, lab->stores_base, lab->depth };

    lab->base = rc_operand_mark(lab->heap);
    lab->stores_base = lab->store_count;
    lab->depth = 0;
    return outer;
}

static void end_context(bind_lab *lab, const call_context *outer)
{
    lab->base = outer->base;
    lab->stores_base = outer->stores_base;
    lab->depth = outer->depth;
    lab->running = outer->running;
}

/* lua_pcall whose callee's errors unwind the lab's stacks too. */
int bind_protect(lua_State *L, bind_lab *lab, int arguments, int results, int handler)
{
    call_context outer = begin_context(lab);
    size_t base = lab->base, stores_base = lab->stores_base;

    int status = lua_pcall(L, arguments, results, handler);
    lab->base = base;                   /* an error has come past bind_call */
    lab->stores_base = stores_base;
    release_leftovers(lab);
    end_context(lab, &outer);
    return status;
}

/* lua_call for the body of a callback: its operands are not leftovers to the words that
 * the callee runs. */
void bind_call(lua_State *L, bind_lab *lab, int arguments)
{
    call_context outer = begin_context(lab);

    lua_call(L, arguments, 0);
    end_context(lab, &outer);
}

/* A full collection of Lua's.  Finalizers of Lua's (of trusted scripts) may run words. */
void bind_collect_lua(lua_State *L, bind_lab *lab)
{
    call_context outer = begin_context(lab);

    lab->callbacks++;
    lua_gc(L, LUA_GCCOLLECT);
    lab->callbacks--;
    release_leftovers(lab);
    end_context(lab, &outer);
}

typedef struct callback_call {
    bind_lab *lab;
    bind_body body;
    void *context;
} callback_call;

/* anchors, weak table, call */
static int run_body(lua_State *L)
{
    callback_call call = *(callback_call *)lua_touserdata(L, 3);
    bind_lab *lab = call.lab;

    lab->depth = 1;
    lab->running = (bind_running) {
        .L = L, .anchors = 1, .weak = 2, .word = lab->running.word, .act = lab->running.act,
        .detail = lab->running.detail, .operands = lab->base, .stores = lab->stores_base,
    };
    lua_settop(L, 2);
    luaL_checkstack(L, LUA_MINSTACK, NULL);
    call.body(L, lab, call.context);
    return 0;
}

bool bind_callback(bind_lab *lab, bind_body body, void *context)
{
    lua_State *L = lab->running.L;
    bind_scope *scope = lab->scope;
    callback_call call = { lab, body, context };

    if (lab->callbacks + lab->frames >= BIND_NESTING + lab->reporting
        || !lua_checkstack(L, LUA_MINSTACK)) {
        lua_rawgeti(L, lab->running.anchors, BIND_TOO_DEEP);
        return false;
    }
    if (scope != &lab->scenario)
        bind_use_scope(L, lab, &lab->scenario);
    lua_pushcfunction(L, run_body);
    lua_pushvalue(L, lab->running.anchors);
    lua_rawgeti(L, lab->running.anchors, BIND_WEAK);
    lua_pushlightuserdata(L, &call);
    lab->callbacks++;
    int status = bind_protect(L, lab, 3, 0, 0);
    lab->callbacks--;
    if (scope != &lab->scenario)
        bind_use_scope(L, lab, scope);
    return status == LUA_OK;
}

/* ---------------------------------------------------- Lua's own protected calls -- */

/* Their errors too unwind what words have left.  `depth` is that at the call. */
static int finish_pcall(lua_State *L, int status, lua_KContext depth)
{
    bind_lab *lab = lua_touserdata(L, lua_upvalueindex(1));

    if (status == LUA_OK || status == LUA_YIELD)
        return lua_gettop(L);
    lab->depth = (int)depth;
    if (lab->heap && depth == 0)
        release_leftovers(lab);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int protected_call(lua_State *L)
{
    bind_lab *lab = lua_touserdata(L, lua_upvalueindex(1));

    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, lab->depth, finish_pcall);
    return finish_pcall(L, status, lab->depth);
}

/* A message handler runs above registers that are dead, as a metamethod does. */
static int handle_message(lua_State *L)
{
    bind_lab *lab = lua_touserdata(L, lua_upvalueindex(1));
    int callbacks = lab->callbacks;

    lua_pushvalue(L, lua_upvalueindex(2));
    lua_insert(L, 1);
    lab->callbacks++;
    if (lab->heap)
        bind_protect(L, lab, lua_gettop(L) - 1, 1, 0);
    else
        lua_pcall(L, lua_gettop(L) - 1, 1, 0);
    lab->callbacks = callbacks;
    return 1;
}

static int finish_xpcall(lua_State *L, int status, lua_KContext depth)
{
    int results = finish_pcall(L, status, depth);
    return results == 2 && status > LUA_YIELD ? 2 : results - 1;
}

static int protected_call_with_handler(lua_State *L)
{
    bind_lab *lab = lua_touserdata(L, lua_upvalueindex(1));

    luaL_checktype(L, 2, LUA_TFUNCTION);
    int count = lua_gettop(L) - 2;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, handle_message, 2);
    lua_replace(L, 2);                  /* function, handler, arguments… */
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);                /* function, handler, true, function, arguments… */
    lua_remove(L, 1);                   /* handler, true, function, arguments… */
    int status = lua_pcallk(L, count, LUA_MULTRET, 1, lab->depth, finish_xpcall);
    return finish_xpcall(L, status, lab->depth);
}

/* Put pcall and xpcall into the table on top of the stack. */
void bind_set_protected_calls(lua_State *L, int lab)
{
    lab = lua_absindex(L, lab);
    lua_pushvalue(L, lab);
    lua_pushcclosure(L, protected_call, 1);
    lua_setfield(L, -2, "pcall");
    lua_pushvalue(L, lab);
    lua_pushcclosure(L, protected_call_with_handler, 1);
    lua_setfield(L, -2, "xpcall");
}
