/* The Lua module refchain.core: opening and closing labs. */
#include "binding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ------------------------------------------------------------------------- hooks -- */

static void write_diagnostic(void *lab, const char *text, size_t size)
{
    bind_write(lab, text, size);
}

static uint64_t read_clock(void *context)
{
    struct timespec now;

    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void report_scope(const bind_scope *scope, void (*report)(void *, rc_object *), void *context)
{
    for (const bind_name *name = NULL; (name = bind_next_name(scope, name)) != NULL;)
        if (name->object)
            report(context, name->object);
}

/* Every reference that the binding owns. */
static void report_roots(void *context, void (*report)(void *, rc_object *), void *report_context)
{
    bind_lab *lab = context;

    for (uint32_t i = 0; i < lab->temporaries.count; i++)
        if (lab->temporaries.entries[i].object)
            report(report_context, lab->temporaries.entries[i].object);
    report_scope(&lab->scenario, report, report_context);
    for (bind_scope *scope = lab->innermost; scope != &lab->scenario; scope = scope->caller)
        report_scope(scope, report, report_context);
}

/* ------------------------------------------------------------------------- close -- */

static void close_lab(lua_State *L, bind_lab *lab)
{
    rc_heap *heap = lab->heap;

    (void)L;
    if (!heap)
        return;
    lab->heap = NULL;
    lab->closed = true;
    rc_recorder_close(lab->recorder);
    lab->recorder = NULL;
    bind_exporter_close(lab);
    rc_heap_close(heap);
    bind_weak_callbacks_close(lab);
    bind_temporaries_close(lab);
    bind_scope_close(&lab->scenario);
    bind_events_close(lab);
    bind_chronicle_close(lab);
    bind_close_collections(lab);
    bind_ledger_close(lab);
    bind_deaths_close(lab);
    for (char **hidden = lab->hidden; hidden && *hidden; hidden++)
        free(*hidden);
    free(lab->hidden);
    free(lab->text);
    lab->hidden = NULL;
    lab->text = NULL;
    lab->text_room = 0;
}

/* The state goes, or nobody knows the lab any more. */
static int collect_lab(lua_State *L)
{
    bind_lab *lab = lua_touserdata(L, 1);

    lua_settop(L, 1);
    lua_getiuservalue(L, 1, 1);
    lab->running = (bind_running) { .L = L, .anchors = 2 };    /* no handle is made now */
    if (lua_istable(L, 2))
        close_lab(L, lab);
    return 0;
}

/* lab:close() */
static int lab_close(lua_State *L, bind_lab *lab)
{
    if (!lab->heap)
        return 0;
    if (lab->callbacks > 0 || lab->frames > 0 || lab->base > 0)
        return bind_fail(L, lab, RC_RUNTIME_ERROR,
                         "the lab cannot be closed while one of its callbacks or frames runs");
    rc_operand_release(lab->heap, 0);
    lua_rawgeti(L, lab->running.anchors, BIND_FUNCTIONS);
    close_lab(L, lab);
    return 0;
}

/* ----------------------------------------------------------------- a lab's words -- */

static void set_group(lua_State *L, int self, int anchors, const char *name, const bind_word *words)
{
    lua_newtable(L);
    bind_set_words(L, self, anchors, words);
    lua_setfield(L, -2, name);
}

/* Lua's own functions are right as they are: what an error in a coroutine leaves is
 * given back when the next word begins. */
static void set_coroutine(lua_State *L)
{
    if (luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE)
        && lua_getfield(L, -1, "coroutine") == LUA_TTABLE) {
        int from = lua_gettop(L);
        lua_newtable(L);
        lua_pushnil(L);
        while (lua_next(L, from)) {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, -4);
        }
        lua_setfield(L, from - 2, "coroutine");
    }
    lua_pop(L, 2);
}

/* lab:words() */
static int lab_words(lua_State *L, bind_lab *lab)
{
    int anchors = lab->running.anchors;

    lua_settop(L, 1);
    lua_newtable(L);
    bind_set_make_words(L, 1, anchors);
    bind_set_words(L, 1, anchors, bind_name_words);
    bind_set_words(L, 1, anchors, bind_look_words);
    bind_open_gc(L, lab, 1, anchors);
    lua_setfield(L, 2, "gc");
    bind_open_heap(L, lab, 1, anchors);
    lua_setfield(L, 2, "heap");
    set_group(L, 1, anchors, "sys", bind_sys_words);
    set_group(L, 1, anchors, "weakref", bind_weakref_words);
    lua_rawgeti(L, anchors, BIND_NONE);
    lua_setfield(L, 2, "None");
    lua_rawgeti(L, anchors, BIND_TRUE);
    lua_setfield(L, 2, "True");
    lua_rawgeti(L, anchors, BIND_FALSE);
    lua_setfield(L, 2, "False");
    bind_set_protected_calls(L, 1);
    set_coroutine(L);
    return 1;
}

static int lab_frames(lua_State *L, bind_lab *lab)
{
    lua_pushinteger(L, lab->frames);
    return 1;
}

/* lab:let_go(): its flag does it.  Expectations and steps call it: a recording checks
 * the counters there. */
static int lab_let_go(lua_State *L, bind_lab *lab)
{
    (void)L;
    if (RC_UNLIKELY(lab->recorder != NULL))
        rc_record_counters(bind_recorder(lab));
    return 0;
}

/* lab:where() */
static int lab_where(lua_State *L, bind_lab *lab)
{
    lua_Debug place;

    if (bind_locate(L, lab, &place))
        lua_pushfstring(L, "%s:%d", place.short_src, place.currentline);
    else
        lua_pushliteral(L, "?");
    return 1;
}

/* lab:raise(kind, message[, op[, object]]) */
static int lab_raise(lua_State *L, bind_lab *lab)
{
    const char *kind = lua_tostring(L, 2), *message = luaL_tolstring(L, 3, NULL);
    const char *op = lua_tostring(L, 4);
    bind_handle *handle = bind_test(L, 5);

    bind_push_place(L, lab);
    lua_pushfstring(L, kind ? "%s: " : "", kind);
    lua_pushstring(L, message);
    if (op && handle && handle->lab == lab)
        lua_pushfstring(L, " (in %s on %s #%I)", op, bind_type_of(lab, handle),
                        (LUAI_UACINT)bind_birth(lab, handle));
    else if (op)
        lua_pushfstring(L, " (in %s)", op);
    else
        lua_pushliteral(L, "");
    lua_concat(L, 4);
    return bind_error(L, lab);
}

/* lab:check() -> nil, or what is wrong */
static int lab_check(lua_State *L, bind_lab *lab)
{
    lua_pushstring(L, rc_heap_check(lab->heap));
    return 1;
}

/* lab:finish(): the end of a test */
static int lab_finish(lua_State *L, bind_lab *lab)
{
    bind_end_stepping(L, lab);
    if (!lab->scenario.anchor)
        return 0;
    if (RC_UNLIKELY(lab->recorder != NULL)) {
        rc_record_counters(bind_recorder(lab));
        rc_record_slots(lab->recorder);
    }
    lab->running.act = "the end of the test (name %s)";
    bind_release_names(L, lab, &lab->scenario);
    if (*lab->failure) {
        lua_pushstring(L, lab->failure);
        *lab->failure = '\0';
        return bind_error(L, lab);
    }
    return 0;
}

/* lab:events_pending() */
static int lab_events_pending(lua_State *L, bind_lab *lab)
{
    lua_pushinteger(L, (lua_Integer)lab->events.count);
    return 1;
}

/* lab:fail_allocation(n), lab:allocation_failed(): for tests of running out of memory */
static int lab_fail_allocation(lua_State *L, bind_lab *lab)
{
    rc_heap_fail_allocation(lab->heap, (uint64_t)luaL_checkinteger(L, 2));
    return 0;
}

static int lab_allocation_failed(lua_State *L, bind_lab *lab)
{
    lua_pushboolean(L, rc_heap_allocation_failed(lab->heap));
    return 1;
}

/* lab:set_limit(bytes) */
static int lab_set_limit(lua_State *L, bind_lab *lab)
{
    lua_Integer bytes = luaL_checkinteger(L, 2);

    rc_heap_set_limit(lab->heap, bytes > 0 ? (size_t)bytes : 0);
    return 0;
}

static const bind_word lab_words_table[] = {
    { "words", "lab:words", lab_words, 1, 1, BIND_LOOKS, "lab:words()" },
    { "environment", "lab:environment", bind_open_environment, 2, 2, BIND_LOOKS, "lab:environment(words)" },
    { "copy_words", "lab:copy_words", bind_copy_words, 1, 1, BIND_LOOKS, "lab:copy_words()" },
    { "empty_list", "lab:empty_list", bind_push_empty_list, 1, 1, BIND_LOOKS, "lab:empty_list()" },
    { "append_to", "lab:append_to", bind_push_append_to, 1, 1, BIND_LOOKS, "lab:append_to()" },
    { "name_list", "lab:name_list", bind_push_name_list, 1, 1, BIND_LOOKS, "lab:name_list()" },
    { "names", "lab:names", bind_push_names, 1, 1, BIND_LOOKS, "lab:names()" },
    { "frames", "lab:frames", lab_frames, 1, 1, BIND_LOOKS, "lab:frames()" },
    { "let_go", "lab:let_go", lab_let_go, 1, 1, BIND_LETS_GO | BIND_LOOKS, "lab:let_go()" },
    { "where", "lab:where", lab_where, 1, 1, BIND_LOOKS, "lab:where()" },
    { "raise", "lab:raise", lab_raise, 3, 5, BIND_LOOKS, "lab:raise(kind, message[, op[, object]])" },
    { "check", "lab:check", lab_check, 1, 1, BIND_LOOKS, "lab:check()" },
    { "finish", "lab:finish", lab_finish, 1, 1, BIND_LETS_GO | BIND_LOOKS, "lab:finish()" },
    { "close", "lab:close", lab_close, 1, 2, BIND_WHEN_CLOSED | BIND_LOOKS, "lab:close()" },
    { "referrers", "lab:referrers", bind_push_referrers, 2, 2, BIND_LOOKS, "lab:referrers(x)" },
    { "moment", "lab:moment", bind_push_moment, 1, 2, BIND_LOOKS, "lab:moment{objects = n}" },
    { "mark", "lab:mark", bind_export_mark, 2, 2, BIND_LOOKS, "lab:mark(text)" },
    { "finish_export", "lab:finish_export", bind_finish_export, 1, 1, BIND_LOOKS,
      "lab:finish_export()" },
    { "export_snapshot", "lab:export_snapshot", bind_export_snapshot, 3, 3, BIND_LOOKS,
      "lab:export_snapshot(sink, sql)" },
    { "note_deaths", "heap.snapshot", bind_note_deaths, 1, 1, BIND_LOOKS, "lab:note_deaths()" },
    { "deaths", "lab:deaths", bind_push_deaths, 2, 2, BIND_LOOKS, "lab:deaths(births)" },
    { "why", "why", bind_why, 2, 2, BIND_LOOKS, "why(x)" },
    { "ledger", "ledger", bind_push_ledger, 2, 2, BIND_LETS_GO | BIND_LOOKS, "ledger(x)" },
    { "lives", "at", bind_push_lives, 2, 2, BIND_LETS_GO | BIND_LOOKS, "at(id)" },
    { "events_pending", "lab:events_pending", lab_events_pending, 1, 1, BIND_LOOKS, "lab:events_pending()" },
    { "fail_allocation", "lab:fail_allocation", lab_fail_allocation, 2, 2, BIND_LOOKS, "lab:fail_allocation(n)" },
    { "allocation_failed", "lab:allocation_failed", lab_allocation_failed, 1, 1, BIND_LOOKS,
      "lab:allocation_failed()" },
    { "finish_recording", "lab:finish_recording", bind_finish_recording, 2, 2, BIND_LOOKS,
      "lab:finish_recording(write)" },
    { "watch_lines", "lab:watch_lines", bind_watch_lines, 4, 4, BIND_LOOKS,
      "lab:watch_lines(source, lines, f)" },
    { "take_events", "lab:take_events", bind_take_events, 1, 1, BIND_LOOKS, "lab:take_events()" },
    { "watched_lines", "lab:watched_lines", bind_watched_lines, 1, 1, BIND_LOOKS, "lab:watched_lines()" },
    { "forecast", "gc.forecast", bind_push_forecast, 1, 1, BIND_LETS_GO | BIND_LOOKS, "lab:forecast()" },
    { "last_collection", "gc.explain", bind_push_last_collection, 1, 1, BIND_LETS_GO | BIND_LOOKS,
      "lab:last_collection()" },
    { "watch_collections", "lab:watch_collections", bind_watch_collections, 2, 2, BIND_LOOKS,
      "lab:watch_collections(most)" },
    { "take_collections", "lab:take_collections", bind_take_collections, 1, 1, BIND_LOOKS,
      "lab:take_collections()" },
    { "set_limit", "lab:set_limit", lab_set_limit, 2, 2, BIND_LOOKS, "lab:set_limit(bytes)" },
    { NULL }
};

/* ------------------------------------------------------------------------- open -- */

/* The profile that the options at 1 ask for. */
static rc_profile choose_profile(lua_State *L, bind_lab *lab)
{
    if (lua_getfield(L, 1, "profile") != LUA_TSTRING && !lua_isnil(L, -1))
        luaL_error(L, "profile: a name is expected, as \"3.8\"");
    rc_profile own = *bind_find_profile(L, lua_tostring(L, -1));
    lua_pop(L, 1);
    if (lua_getfield(L, 1, "settings") == LUA_TTABLE) {
        bind_derive(L, lua_gettop(L), &own);
        lua_rawseti(L, lab->running.anchors, BIND_PROFILE);
    } else if (!lua_isnil(L, -1))
        luaL_error(L, "settings: a table of profile fields is expected");
    lua_pop(L, 1);
    if (lua_getfield(L, 1, "name") == LUA_TSTRING) {
        own.name = lua_tostring(L, -1);
        lua_rawseti(L, lab->running.anchors, BIND_PROFILE);
    } else
        lua_pop(L, 1);
    return own;
}

static void open_heap(lua_State *L, bind_lab *lab)
{
    rc_profile profile = choose_profile(L, lab);
    rc_hooks hooks = {
        .context = lab, .write = write_diagnostic,
        .before_collection = bind_before_collection, .roots = report_roots, .died = bind_died,
    };
    rc_options options = { .profile = &profile, .hooks = &hooks };

    lua_getfield(L, 1, "clock");        /* without it the same script gives the same bytes */
    if (lua_toboolean(L, -1))
        hooks.clock = read_clock;
    lua_pop(L, 1);
    lua_getfield(L, 1, "memory_limit");
    if (!lua_isnil(L, -1) && (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 0))
        luaL_error(L, "memory_limit: a number of bytes is expected");
    options.memory_limit = (size_t)lua_tointeger(L, -1);
    lua_pop(L, 1);
    lab->heap = rc_heap_open(&options);
    if (!lab->heap)
        luaL_error(L, "there is no memory for a heap");
    if (lua_getfield(L, 1, "record") != LUA_TNIL && lua_toboolean(L, -1)) {
        lab->recorder = rc_recorder_open(lab->heap);
        if (!lab->recorder)
            luaL_error(L, "there is no memory for a recording");
    }
    lua_pop(L, 1);
    lua_getfield(L, 1, "ledger");
    if (!lua_isnil(L, -1) && (!lua_isinteger(L, -1) || lua_tointeger(L, -1) <= 0))
        luaL_error(L, "ledger: a number of bytes is expected");
    if (!lua_isnil(L, -1) && !bind_ledger_open(lab, (size_t)lua_tointeger(L, -1)))
        luaL_error(L, "there is no memory for a ledger");
    lua_pop(L, 1);
    bind_open_exporter(L, lab, 1, hooks.clock != NULL);
    bind_observe(lab);
    rc_object *none = rc_none(lab->heap);
    lab->startup = (int64_t)none->birth - rc_birth(lab->heap, none);
}

/* options.hide: names of chunks that errors do not point to */
static void copy_hidden(lua_State *L, bind_lab *lab)
{
    if (lua_getfield(L, 1, "hide") == LUA_TTABLE) {
        size_t count = (size_t)lua_rawlen(L, -1);
        lab->hidden = calloc(count + 1, sizeof *lab->hidden);
        for (size_t i = 0; lab->hidden && i < count; i++) {
            lua_rawgeti(L, -1, (lua_Integer)i + 1);
            lab->hidden[i] = strdup(luaL_optstring(L, -1, ""));
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

/* The program says in the registry that the space before its state's threads is free. */
#define BIND_SPACE "refchain.space"

static void claim_space(lua_State *L, bind_lab *lab)
{
    lab->in_space = lua_getfield(L, LUA_REGISTRYINDEX, BIND_SPACE) != LUA_TNIL;
    lua_pop(L, 1);
    if (lab->in_space) {
        *(bind_lab **)lua_getextraspace(lab->main) = lab;
        lua_pushnil(L);
        lua_setfield(L, LUA_REGISTRYINDEX, BIND_SPACE);
    }
}

/* Push the table of anchors. */
static void push_anchors(lua_State *L)
{
    lua_createtable(L, BIND_METATABLES + RC_TYPES, 0);
    lua_newtable(L);
    lua_newtable(L);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawseti(L, -2, BIND_WEAK);
    lua_newtable(L);
    lua_rawseti(L, -2, BIND_FUNCTIONS);
    lua_newtable(L);
    lua_rawseti(L, -2, BIND_GC_CALLBACKS);
    lua_newtable(L);
    lua_rawseti(L, -2, BIND_HANDLERS);
    lua_pushliteral(L, "__index");
    lua_rawseti(L, -2, BIND_INDEX);
    lua_pushliteral(L, "RecursionError: maximum recursion depth exceeded");
    lua_rawseti(L, -2, BIND_TOO_DEEP);
    if (lua_getfield(L, 1, "write") != LUA_TFUNCTION) {
        lua_pop(L, 1);
        lua_pushboolean(L, 0);
    }
    lua_rawseti(L, -2, BIND_WRITE);
}

/* The lab's own metatable: close it, and its words. */
static void set_lab_metatable(lua_State *L, int self, int anchors)
{
    lua_newtable(L);
    lua_newtable(L);
    bind_set_words(L, self, anchors, lab_words_table);
    lua_getfield(L, -1, "close");
    lua_setfield(L, -3, "__close");
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, collect_lab);
    lua_setfield(L, -2, "__gc");
    lua_pushliteral(L, "refchain.lab");
    lua_setfield(L, -2, "__name");
    lua_setmetatable(L, self);
}

static void push_singletons(lua_State *L, bind_lab *lab)
{
    rc_object *objects[] = { rc_none(lab->heap), rc_bool(lab->heap, false), rc_bool(lab->heap, true) };

    for (int i = 0; i < 3; i++) {
        bind_handle *handle = bind_make_singleton(L, lab, objects[i]);
        if (!handle)
            luaL_error(L, "there is no memory for a heap");
        lua_rawseti(L, lab->running.anchors, BIND_NONE + i);
    }
}

/* ------------------------------------------------------------------- test switches -- */

static void collect_at_instruction(lua_State *L, lua_Debug *frame)
{
    (void)frame;
    lua_gc(L, LUA_GCCOLLECT);
}

/* What a scenario does never depends on when Lua's collector runs.  REFCHAIN_STRESS_LUA_GC
 * lets a test see that: `stop`, `incremental`, or a full collection before every `word`
 * or at every `instruction`. */
static void stress_collector(lua_State *L, bind_lab *lab)
{
    const char *stress = getenv("REFCHAIN_STRESS_LUA_GC");

    if (!stress)
        return;
    lab->stress = strcmp(stress, "word") == 0;
    if (strcmp(stress, "stop") == 0)
        lua_gc(L, LUA_GCSTOP);
    else if (strcmp(stress, "incremental") == 0)
        lua_gc(L, LUA_GCINC, 0, 0, 0);
    else if (strcmp(stress, "instruction") == 0)
        lua_sethook(L, collect_at_instruction, LUA_MASKCOUNT, 1);
}

/* core.open(options) */
static int open_lab(lua_State *L)
{
    if (lua_isnoneornil(L, 1)) {
        lua_settop(L, 0);
        lua_newtable(L);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);

    bind_lab *lab = lua_newuserdatauv(L, sizeof *lab, 1);       /* 2 */
    memset(lab, 0, sizeof *lab);
    push_anchors(L);                                            /* 3 */
    lua_pushvalue(L, 3);
    lua_setiuservalue(L, 2, 1);
    lab->scope = lab->innermost = &lab->scenario;
    lab->temporaries.limit = 1000;
    stress_collector(L, lab);
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    lab->main = lua_tothread(L, -1);
    lua_pop(L, 1);
    claim_space(L, lab);
    lab->running = (bind_running) { .L = L, .anchors = 3 };    /* nor a temporary */

    set_lab_metatable(L, 2, 3);
    open_heap(L, lab);
    copy_hidden(L, lab);
    bind_open_collections(L, lab);
    bind_open_types(L, 2, 3);
    bind_open_classes(L, 2, 3);
    bind_open_walks(L, 2, 3);
    push_singletons(L, lab);
    lab->running = (bind_running) { 0 };
    lua_settop(L, 2);
    return 1;
}

/* ------------------------------------------------------------------- the module -- */

static int core_profiles(lua_State *L)
{
    bind_push_profiles(L);
    return 1;
}

static int core_is_handle(lua_State *L)
{
    lua_pushboolean(L, bind_test(L, 1) != NULL);
    return 1;
}

/* core.handle_info(x): of the dead too; never raises */
static int core_handle_info(lua_State *L)
{
    bind_handle *handle = bind_test(L, 1);

    if (!handle) {
        lua_pushnil(L);
        return 1;
    }
    bool alive = handle->lab->heap && rc_watched(handle->lab->heap, handle->watch);
    lua_createtable(L, 0, 6);
    lua_pushstring(L, bind_type_of(handle->lab, handle));
    lua_setfield(L, -2, "type");
    lua_pushinteger(L, bind_birth(handle->lab, handle));
    lua_setfield(L, -2, "birth");
    lua_pushboolean(L, alive);
    lua_setfield(L, -2, "alive");
    lua_pushinteger(L, (lua_Integer)rc_id(handle->object));
    lua_setfield(L, -2, "id");
    if (alive) {
        lua_pushstring(L, rc_origin_name(rc_object_origin(handle->lab->heap, handle->object)));
        lua_setfield(L, -2, "origin");
    } else if (handle->lab->heap) {
        bind_push_death(L, handle->lab, handle);
        lua_setfield(L, -2, "death");
    }
    return 1;
}

static int core_key(lua_State *L)
{
    bind_handle *handle = bind_test(L, 1);

    if (!handle)
        return luaL_error(L, "core.key: a handle is expected");
    lua_pushinteger(L, bind_birth(handle->lab, handle));
    return 1;
}

/* core.attributes(h) -> sequence of the names of an instance's attributes; empty for the
 * dead and for other objects.  For completion: it changes nothing and lets nothing go. */
static int core_attributes(lua_State *L)
{
    bind_handle *handle = bind_test(L, 1);
    rc_object *name, *value;
    lua_Integer count = 0;

    lua_newtable(L);
    if (!handle || !handle->lab->heap || handle->type != &rc_instance_type
        || !rc_watched(handle->lab->heap, handle->watch))
        return 1;
    for (size_t position = 0; rc_instance_next(handle->object, &position, &name, &value);) {
        size_t size;
        const char *text = rc_str_text(name, &size);
        lua_pushlstring(L, text, size);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

RC_API int luaopen_refchain_core(lua_State *L)
{
    static const luaL_Reg functions[] = {
        { "open", open_lab }, { "profiles", core_profiles }, { "profile", bind_profile },
        { "is_handle", core_is_handle },
        { "handle_info", core_handle_info }, { "key", core_key },
        { "attributes", core_attributes }, { "pipe", bind_pipe }, { NULL, NULL }
    };
    luaL_checkversion(L);
    luaL_newlib(L, functions);
    lua_pushliteral(L, RC_VERSION);
    lua_setfield(L, -2, "version");
    return 1;
}
