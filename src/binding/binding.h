/* What the files of the Lua module refchain.core share.
 *
 * A *lab* is one heap with its names, temporaries and callbacks, a full userdata.
 * Every C function that a scenario can call is a *word*: a row of a constant table,
 * called by bind_call_word.  That checks the number of arguments, runs the row's
 * function, and afterwards gives back the operands that it held.
 *
 * A word's function checks all its arguments, acts, and pushes its results.  A Lua
 * error jumps out of C: no C local owns a reference across a call that may raise.
 * The heap is never jumped through: whatever it calls runs under bind_protect. */
#ifndef BINDING_BINDING_H
#define BINDING_BINDING_H

#include <refchain/refchain.h>

#include <lauxlib.h>
#include <lua.h>

typedef struct bind_lab bind_lab;
typedef struct bind_chronicle bind_chronicle;

/* Of a function that goes on where a short way ends: kept apart, so that the short way saves
 * no registers for it; and of the one body of two functions that only jump to it. */
#define BIND_APART __attribute__((noinline))

/* ---------------------------------------------------------------------- words -- */

enum {
    BIND_LETS_GO = 1,                   /* letting go happens on entry */
    BIND_METHOD = 2,                    /* argument 1 is the object that it is called on */
    BIND_WHEN_CLOSED = 4,               /* may be called when the lab is closed */
    BIND_LOOKS = 8                      /* changes nothing in the heap: may be called while it is locked */
};

/* What a function of Python's says (rc_wording) of too few and of too many arguments; a
 * word without this names its usage. */
#define BIND_SAYS(few, many) ((unsigned)(few) << 8 | (unsigned)(many) << 20)
#define BIND_FEW(flags) ((rc_wording)((flags) >> 8 & 0xfff))
#define BIND_MANY(flags) ((rc_wording)((flags) >> 20))

#define BIND_ANY (-1)                   /* any number of arguments */

typedef struct bind_word {
    const char *name;                   /* "append"; NULL ends a table */
    const char *title;                  /* "list.append": for errors and the dead */
    int (*run)(lua_State *L, bind_lab *lab);
    int least, most;                    /* arguments, the object of a method included */
    unsigned flags;
    const char *usage;                  /* "l:append(x)" */
} bind_word;

/* What a word's closure has as its first upvalue: a userdata, whose user value is the
 * lab's.  The second is the weak table of temporaries' handles, the third the table of
 * anchors; some have more. */
typedef struct bind_bound {
    bind_lab *lab;
    const bind_word *word;
} bind_bound;

/* The word that is running.  Kept by value: an error leaves the last one here, and
 * nothing points into a C frame that is gone. */
typedef struct bind_running {
    lua_State *L;                       /* the thread it runs on */
    int anchors, weak;                  /* where its frame finds the two tables */
    const bind_word *word;
    const char *act;                    /* what kills objects, if not the word: "letting go" */
    const char *detail;                 /* a name, put for the %s of `act` */
    size_t operands, stores;            /* marks of the two stacks at its start */
    bool located;                       /* source and line are known */
    uint32_t source;                    /* in lab->texts */
    int line;
} bind_running;

/* What is going on, maybe with a %s for the detail.  A static string. */
static inline const char *bind_act(const bind_running *running)
{
    return running->act ? running->act : running->word ? running->word->title : "?";
}

/* ----------------------------------------------------------------- temporaries -- */

typedef struct bind_temporary {
    rc_object *object;                  /* one reference, or NULL */
    uint32_t watch;                     /* of the object */
    bool reserved;                      /* a handle waits for its object */
    bool lost;                          /* no handle any more, says a full collection */
} bind_temporary;

/* In order of creation, with holes.  A weak Lua table has the handles at the same
 * indexes, from 1. */
typedef struct bind_temporaries {
    bind_temporary *entries;
    uint32_t count, room;
    uint32_t live;                      /* entries with an object */
    uint32_t limit;                     /* `live` that makes a making word let go */
    uint32_t *map;                      /* hash of object -> index + 1; may hold stale ones */
    uint32_t map_size, map_used;        /* a power of two, or 0; places used */
    uint32_t mapped;                    /* entries [0 .. mapped) are in the map */
} bind_temporaries;

/* ---------------------------------------------------------------- names, frames -- */

/* A string key that has been assigned.  It is kept when it is no name any more, with
 * its Lua string, until there are many of those: the next assignment of it needs only
 * compare addresses. */
typedef struct bind_name {
    const void *key;                    /* the Lua string, by lua_topointer */
    const char *text;                   /* in that string */
    rc_object *object;                  /* one reference; NULL: plain Lua keeps the place */
    uint32_t size;                      /* bytes of the text */
    uint32_t chain;                     /* index of the next with the same hash; 0: none */
    uint32_t next, prev;                /* the names in order, a ring through names[0] */
    bool bound;                         /* it is a name: in the ring */
    bool shadows;                       /* a word is called so, too */
} bind_name;

/* The Python names of a frame, or of the scenario, in the order in which they were
 * last first bound. */
typedef struct bind_scope {
    struct bind_scope *below;           /* where assignments go when it ends; NULL: the scenario */
    struct bind_scope *caller;          /* the next frame outwards, in the end the scenario */
    int anchor;                         /* of the Lua table that reads go to */
    int keys;                           /* of a Lua table: every name's key, under itself */
    bind_name *names;                   /* names[0] is the head of the ring; NULL: no room yet */
    uint32_t count, room;               /* names[0] included */
    uint32_t bound, shadowing;          /* names; those of them that are called like a word */
    uint32_t *buckets;                  /* room of them: index of the first; 0: none */
} bind_scope;

/* The name after `name` in order, the first after NULL; NULL: no more. */
static inline const bind_name *bind_next_name(const bind_scope *scope, const bind_name *name)
{
    uint32_t next = name ? name->next : scope->names ? scope->names[0].next : 0;

    return next ? &scope->names[next] : NULL;
}

/* ---------------------------------------------------------------------- deaths -- */

typedef struct bind_death {
    uint32_t watch;
    uint32_t source, detail;            /* in lab->texts */
    int line;                           /* 0: not known */
    int64_t birth;
    const char *type;
    const char *act;                    /* with one %s if there is a detail */
    bool by_collector;
} bind_death;

#define BIND_DEATHS 65536               /* remembered */
#define BIND_NOTES (1u << 20)           /* those of all objects, since a snapshot */
#define BIND_TEXTS 65536                /* remembered */
#define BIND_RECENT 64

typedef struct bind_recent {
    const char *given;
    uint32_t number;
} bind_recent;

typedef struct bind_deaths {
    bind_death *ring;                   /* the last ones, once it is full */
    uint32_t room;                      /* a power of two */
    uint64_t count;
} bind_deaths;

typedef struct bind_texts {
    char **texts;                       /* texts[0] is NULL */
    uint32_t count, room;               /* a power of two */
    uint32_t *slots;                    /* 2 * room: hash of a text -> its number; 0: free */
    bind_recent *recent;                /* BIND_RECENT of them, by address */
} bind_texts;

/* A chunk's source, and its short form's number among the texts. */
typedef struct bind_source {
    const char *given;                  /* by its address, which may be reused */
    uint32_t number;                    /* 0: there is none */
    char text[116];
} bind_source;

/* ---------------------------------------------------------------------- events -- */

/* An event, with all that its handler will be told. */
typedef struct bind_event {
    rc_event event;                     /* object and holder: addresses only */
    uint32_t watch;                     /* birth of the object; 0: there is none */
    int64_t birth, holder_birth;
    const char *type, *holder_type;
    char name[40];                      /* of a holder that is a name */
} bind_event;

typedef struct bind_events {
    bind_event *queue;
    size_t count, room;
    size_t lost;                        /* for want of memory */
    uint32_t handlers[RC_EVENT_KINDS];  /* how many wait for each kind */
    uint32_t *dead;                     /* births that died since the queue was empty: a set */
    size_t dead_used, dead_size;
    bool delivering;
} bind_events;

typedef struct bind_ledger bind_ledger;        /* ledger.c */

/* ------------------------------------------------------------------------- lab -- */

/* Lua values that a lab keeps, by index in its table of anchors. */
enum {
    BIND_WEAK = 1,                      /* handles of the temporaries */
    BIND_NONE, BIND_FALSE, BIND_TRUE,   /* their handles */
    BIND_FUNCTIONS,                     /* finalizers, callbacks, frames' tables: luaL_ref */
    BIND_GC_CALLBACKS,                  /* sequence of functions */
    BIND_HANDLERS,                      /* event kind -> sequence of functions */
    BIND_WRITE,                         /* where diagnostics go: a function, or false */
    BIND_ENVIRONMENT,                   /* metatable of the environment */
    BIND_INDEX,                         /* the string "__index" */
    BIND_TOO_DEEP,                      /* the text of a RecursionError */
    BIND_PROFILE,                       /* the name of a profile of one's own */
    BIND_CLASS_METATABLE,
    BIND_WALK_METATABLE,
    BIND_METATABLES                     /* + rc_type_index: of handles */
};

#define BIND_NESTING 60                 /* frames and callbacks in each other: Lua's C stack */
#define BIND_TEXT 1024                  /* of an ignored error */

struct bind_lab {
    rc_heap *heap;                      /* NULL: closed */
    lua_State *main;
    bind_running running;
    union {
        struct {
            int16_t depth;              /* 1 while a word runs, and no call into Lua */
            bool poll;                  /* a collection may have been requested */
            bool stress;                /* a full Lua collection before every word */
            bool locked;                /* gc.steps is being walked: nothing may change the heap */
            bool told;                  /* others than the ledger wait for events */
            bool delivers;              /* events wait to be delivered */
            bool closed;
        };
        uint64_t busy;                  /* 0: none of them, at one look */
    };
    size_t base;                        /* operands below belong to those outside of it */
    size_t stores_base;
    int callbacks;                      /* finalizers, callbacks, handlers on the stack */
    int reporting;                      /* 1 while a diagnostic is written: it may nest once more */
    int frames;
    char failure[BIND_TEXT];            /* the first expectation that failed in a callback */
    bool in_space;                      /* see bind_short_way */
    int64_t startup;                    /* raw birth minus birth */

    bind_temporaries temporaries;
    rc_object **stores;                 /* temporaries that running words may store */
    size_t store_count, store_room;

    bind_scope scenario;
    bind_scope *scope;                  /* where assignments go */
    bind_scope *innermost;              /* of all frames, also while a callback runs in it */
    const bind_scope *naming;           /* whose name took or drops a reference last */

    bind_deaths deaths;                 /* of objects that a handle was made for */
    bind_deaths notes;                  /* of all, since heap.snapshot() was first called */
    bool noting;
    bind_texts texts;
    bind_source last_source;
    char **hidden;                      /* chunk names that errors do not point to; NULL at the end */

    struct bind_exporter *exporter;     /* NULL: nothing is exported */
    rc_recorder *recorder;              /* NULL: nothing is recorded */
    bind_events events;
    bind_chronicle *chronicle;          /* NULL: none is written */
    struct bind_collections *collections;       /* collections.c */
    bind_ledger *ledger;                /* NULL: nothing is kept */
    struct weak_callback *weak_callbacks;       /* all that live: weakref_module.c */
    rc_class *object_class;             /* of object{}; NULL until there is one */
    struct class_context *class_list;   /* all that scenarios made: make.c */
    char *text;                         /* what repr writes */
    size_t text_size, text_room;
};

/* The lab and the word of the closure that is running. */
static inline bind_lab *bind_lab_of(lua_State *L)
{
    return ((const bind_bound *)lua_touserdata(L, lua_upvalueindex(1)))->lab;
}

static inline const bind_word *bind_word_of(lua_State *L)
{
    return ((const bind_bound *)lua_touserdata(L, lua_upvalueindex(1)))->word;
}

/* The short way of a word: two C functions, for the lab that is found without a look at the
 * closure, which saves 36 instructions a call, and for others.  The program offers the space
 * that Lua keeps before each thread (lua_getextraspace) to the first lab of a state; in a
 * thread older than the lab it is NULL. */
typedef struct bind_short_way {
    lua_CFunction in_space, bound;
} bind_short_way;

#define BIND_SHORT_WAY(name, function)                                          \
    static int function##_in_space(lua_State *L)                                \
    {                                                                           \
        return function(L, *(bind_lab **)lua_getextraspace(L));                 \
    }                                                                           \
    static int function##_bound(lua_State *L)                                   \
    {                                                                           \
        return function(L, bind_lab_of(L));                                     \
    }                                                                           \
    static const bind_short_way name = { function##_in_space, function##_bound }

static inline lua_CFunction bind_way_for(const bind_lab *lab, const bind_short_way *way)
{
    return lab->in_space ? way->in_space : way->bound;
}

/* Whether a short way may be taken, in which nothing raises or dies: no word is in the
 * middle of something, nothing waits to be done, nobody is told of changes, a recorder
 * neither, but the ledger, which needs to know where they are made (bind_begin_short_way). */
static inline bool bind_is_quiet(const bind_lab *lab)
{
    return lab && lab->busy == 0;
}

static inline void bind_begin_short_way(lua_State *L, bind_lab *lab)
{
    if (RC_UNLIKELY(lab->ledger != NULL)) {
        lab->running.L = L;
        lab->running.located = false;
    }
}

/* A field of the table on top of the stack. */
static inline void bind_set_integer(lua_State *L, const char *name, int64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, name);
}

static inline void bind_set_text(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static inline void bind_set_boolean(lua_State *L, const char *name, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, name);
}

/* module.c */
int luaopen_refchain_core(lua_State *L);

/* words.c */
int bind_call_word(lua_State *L);
int bind_run_word(lua_State *L, bind_lab *lab, const bind_word *word);

/* Push a closure of `function` for the lab at stack index `lab`; its first three
 * upvalues are those of a word, the `extra` ones are taken from the stack. */
void bind_push_closure(lua_State *L, int lab, int anchors, const bind_word *word,
                       lua_CFunction function, int extra);
void bind_push_word(lua_State *L, int lab, int anchors, const bind_word *word);
void bind_set_words(lua_State *L, int lab, int anchors, const bind_word *words);

/* Push one of `words` with a short way for the common case: `at_once`, which does without checks
 * and marks what it can when bind_is_quiet, and else ends with bind_call_word.  The value on
 * top of the stack is taken for its fourth upvalue. */
void bind_push_at_once(lua_State *L, int lab, int anchors, const bind_word *words,
                       const char *name, const bind_short_way *at_once);

/* Put the same into the Lua table below that value. */
void bind_set_at_once(lua_State *L, int lab, int anchors, const bind_word *words,
                      const char *name, const bind_short_way *at_once);
void bind_enter(lua_State *L, bind_lab *lab, const bind_word *word);
void bind_leave(lua_State *L, bind_lab *lab, int results);
void bind_release_operands(bind_lab *lab, size_t mark);
bool bind_run_nested(lua_State *L, bind_lab *lab, int *results);
int bind_protect(lua_State *L, bind_lab *lab, int arguments, int results, int handler);
void bind_call(lua_State *L, bind_lab *lab, int arguments);
void bind_collect_lua(lua_State *L, bind_lab *lab);
void bind_set_protected_calls(lua_State *L, int lab);

/* Run `body` on behalf of the heap: protected, on the running thread, with the
 * scenario's names.  Its argument 1 is the lab's table of anchors.  On failure the
 * error is on top of the stack, and bind_ignored is to be called: it takes the error
 * off and reports it in the profile's words (RC_SAYS_IGNORED and those after it) as
 * ignored in what `format` says. */
typedef void (*bind_body)(lua_State *L, bind_lab *lab, void *context);
RC_CHECKED bool bind_callback(bind_lab *lab, bind_body body, void *context);
void bind_ignored(bind_lab *lab, rc_wording says, const char *format, ...) RC_PRINTF_LIKE(3, 4);

/* errors.c: `bind_raise` raises the heap's error, with place, word and object. */
int bind_raise(lua_State *L, bind_lab *lab);
int bind_fail(lua_State *L, bind_lab *lab, rc_error_kind kind, const char *format, ...)
    RC_PRINTF_LIKE(4, 5);
int bind_fail_worded(lua_State *L, bind_lab *lab, rc_error_kind kind, rc_wording says,
                     const char *first, const char *second, const char *third);
int bind_error(lua_State *L, bind_lab *lab);
void bind_push_place(lua_State *L, bind_lab *lab);
bool bind_locate(lua_State *L, bind_lab *lab, lua_Debug *place);
void bind_write(bind_lab *lab, const char *text, size_t size);
const char *bind_describe(lua_State *L, int arg);

/* texts.c */
uint32_t bind_remember(bind_texts *texts, const char *text);
const char *bind_text(const bind_texts *texts, uint32_t number);
void bind_texts_close(bind_texts *texts);

/* deaths.c */
struct bind_handle;
void bind_locate_once(bind_lab *lab);
void bind_died(void *lab, const rc_death *death);
const char *bind_push_act(lua_State *L, const char *act, const char *detail, bool by_collector);
int bind_raise_dead(lua_State *L, bind_lab *lab, const struct bind_handle *handle);
const char *bind_push_death(lua_State *L, bind_lab *lab, const struct bind_handle *handle);
const char *bind_type_of(const bind_lab *lab, const struct bind_handle *handle);
void bind_note_death(bind_lab *lab, const rc_event *event);
int bind_note_deaths(lua_State *L, bind_lab *lab);
int bind_push_deaths(lua_State *L, bind_lab *lab);
void bind_deaths_close(bind_lab *lab);

/* handle.c */
typedef struct bind_handle {
    const void *tag;                    /* says that this userdata is a handle */
    bind_lab *lab;
    rc_object *object;                  /* counts nothing; good while `watch` is alive */
    const rc_type *type;
    uint32_t watch;                     /* 0: not yet an object */
    uint32_t temporary;                 /* index + 1 in lab->temporaries, or 0 */
} bind_handle;

static inline bool bind_is_alive(const bind_lab *lab, const bind_handle *handle)
{
    return handle->lab == lab && rc_watched(lab->heap, handle->watch);
}

extern const char bind_tag;             /* its address says: this is a handle */

static inline bind_handle *bind_test(lua_State *L, int arg)
{
    bind_handle *handle = lua_touserdata(L, arg);

    return handle && lua_rawlen(L, arg) == sizeof *handle && handle->tag == &bind_tag ? handle
                                                                                     : NULL;
}

/* Push a handle that has no object yet, and a place for a temporary with it. */
bind_handle *bind_new_handle(lua_State *L, bind_lab *lab);

/* Give the handle on top of the stack its object (taken); NULL raises the heap's error.
 * If nothing else holds the object, it becomes a temporary.  Returns 1. */
int bind_return(lua_State *L, bind_lab *lab, bind_handle *handle, RC_TAKEN rc_object *object);

/* The same two, short.  bind_start_at_once gives NULL unless the making of a container will do
 * nothing else: nobody is told, nothing is let go, no collection runs.  bind_finish_at_once gives
 * false if there is no memory: the word's long way will say so.  The stack is then as it was.
 * The running closure's fourth upvalue is the metatable. */
bind_handle *bind_start_at_once(lua_State *L, bind_lab *lab);
RC_CHECKED bool bind_finish_at_once(lua_State *L, bind_lab *lab, bind_handle *handle,
                                    RC_TAKEN rc_object *object);

/* The same two for an object that is no temporary: its reference is to be handed to a name. */
bind_handle *bind_start_for_name(lua_State *L, bind_lab *lab);
RC_CHECKED bool bind_finish_for_name(lua_State *L, bind_lab *lab, bind_handle *handle,
                                     RC_TAKEN rc_object *object);

/* Push a handle to an object that has a holder, and hold it until the word returns. */
void bind_push(lua_State *L, bind_lab *lab, rc_object *object);
bind_handle *bind_make_singleton(lua_State *L, bind_lab *lab, rc_object *object);
int bind_push_or_none(lua_State *L, bind_lab *lab, rc_object *object);

/* The object of the handle at `arg`, held until the word returns. */
rc_object *bind_hold(lua_State *L, bind_lab *lab, const bind_handle *handle);
rc_object *bind_look(lua_State *L, bind_lab *lab, int arg);
rc_object *bind_check(lua_State *L, bind_lab *lab, int arg, const rc_type *type);
int64_t bind_birth(const bind_lab *lab, const bind_handle *handle);
void bind_open_types(lua_State *L, int lab, int anchors);
int bind_push_append_to(lua_State *L, bind_lab *lab);

/* temporaries.c */

/* The temporary that the handle, of this lab, has its reference for; NULL if another
 * handle has it, too. */
static inline bind_temporary *bind_temporary_of(const bind_lab *lab, const bind_handle *handle)
{
    uint32_t index = handle->temporary - 1;

    if (index >= lab->temporaries.count)
        return NULL;
    bind_temporary *temporary = &lab->temporaries.entries[index];
    return temporary->object && temporary->watch == handle->watch ? temporary : NULL;
}

void bind_forget_any_temporary(bind_lab *lab, bind_temporary *temporary);

/* The reference is somebody else's now.  Most often it is the only one that there is. */
static inline void bind_forget_temporary(bind_lab *lab, bind_temporary *temporary)
{
    bind_temporaries *self = &lab->temporaries;

    if (RC_UNLIKELY(self->count > 1 || self->mapped > 0)) {
        bind_forget_any_temporary(lab, temporary);
        return;
    }
    self->count = self->live = 0;
}

void bind_reserve(lua_State *L, bind_lab *lab, bind_handle *handle);
void bind_unreserve(bind_lab *lab, bind_handle *handle);
void bind_own(bind_lab *lab, bind_handle *handle, RC_TAKEN rc_object *object);
void bind_adopt(lua_State *L, bind_lab *lab, bind_handle *handle);
bind_temporary *bind_find_temporary(bind_lab *lab, const rc_object *object);
bool bind_may_store(bind_lab *lab, rc_object *object);
void bind_settle(bind_lab *lab, size_t mark);
void bind_let_go(lua_State *L, bind_lab *lab);
void bind_before_collection(void *lab, rc_heap *heap);
void bind_temporaries_close(bind_lab *lab);
size_t bind_others(const bind_lab *lab, const rc_object *object);

/* convert.c: an object for any Lua value that has one, held until the word returns. */
rc_object *bind_convert(lua_State *L, bind_lab *lab, int arg);
rc_object *bind_operand(lua_State *L, bind_lab *lab, RC_TAKEN rc_object *object);
const char *bind_python_type(lua_State *L, bind_lab *lab, int arg);
int64_t bind_position(lua_State *L, bind_lab *lab, int arg);
int64_t bind_index(lua_State *L, bind_lab *lab, int arg, const rc_type *type);
lua_Integer bind_integer(lua_State *L, bind_lab *lab, int arg);
const rc_type *bind_type_argument(lua_State *L, bind_lab *lab, int arg, rc_class **class,
                                  const char **name);
void bind_push_value(lua_State *L, bind_lab *lab, rc_object *object);
void bind_push_repr(lua_State *L, bind_lab *lab, rc_object *object);

/* names.c */
int bind_open_environment(lua_State *L, bind_lab *lab);
int bind_copy_words(lua_State *L, bind_lab *lab);
int bind_push_names(lua_State *L, bind_lab *lab);
int bind_push_name_list(lua_State *L, bind_lab *lab);
void bind_release_names(lua_State *L, bind_lab *lab, bind_scope *scope);
bool bind_is_frame_name(const bind_lab *lab, const rc_object *object);
void bind_use_scope(lua_State *L, bind_lab *lab, bind_scope *scope);
void bind_scope_close(bind_scope *scope);

/* iterate.c, make.c */
void bind_set_make_words(lua_State *L, int lab, int anchors);
int bind_push_empty_list(lua_State *L, bind_lab *lab);
int bind_walk(lua_State *L, bind_lab *lab);
void bind_open_walks(lua_State *L, int lab, int anchors);
void bind_open_classes(lua_State *L, int lab, int anchors);
rc_class *bind_test_class(lua_State *L, bind_lab *lab, int arg);
bool bind_has_class(const bind_lab *lab, const char *name);

/* record.c: what a scenario does, as a heap trace.  BIND_TELL(lab, rc_record, …) calls
 * the recorder if there is one. */
rc_recorder *bind_recorder(bind_lab *lab);
void bind_record_call(bind_lab *lab, rc_object *x);
void bind_record_called(bind_lab *lab, rc_object *x, rc_object *made);
void bind_record_copy(bind_lab *lab, rc_object *container);
void bind_record_operator(bind_lab *lab, rc_operator operator, rc_object *a, rc_object *b);
void bind_record_pop(bind_lab *lab, rc_object *list, int64_t i);
void bind_record_remove(bind_lab *lab, rc_object *list, rc_object *x);
void bind_record_extend(bind_lab *lab, rc_object *container, rc_object *x);
void bind_record_extended(bind_lab *lab, rc_object *container, rc_object *x, size_t size);
rc_object **bind_record_order(bind_lab *lab, rc_object *list);
void bind_record_reordered(bind_lab *lab, rc_object *list, rc_object **before);
void bind_record_dict_pop(bind_lab *lab, rc_object *dict, rc_object *key);
void bind_record_popitem(bind_lab *lab, rc_object *dict);
void bind_record_set_pop(bind_lab *lab, rc_object *set, rc_object *element);
void bind_record_setdefault(bind_lab *lab, rc_object *dict, rc_object *key, rc_object *value);
void bind_record_discard(bind_lab *lab, rc_object *set, rc_object *x);
int bind_finish_recording(lua_State *L, bind_lab *lab);

#define BIND_TELL(lab, function, ...)                                           \
    (RC_UNLIKELY((lab)->recorder != NULL) ? function(bind_recorder(lab), __VA_ARGS__) : (void)0)

/* chronicle.c: what happened since, and a call before each line that may show it. */
void bind_chronicle_event(bind_chronicle *self, rc_heap *heap, const rc_event *event);
void bind_chronicle_close(bind_lab *lab);
int bind_watch_lines(lua_State *L, bind_lab *lab);
int bind_take_events(lua_State *L, bind_lab *lab);
int bind_watched_lines(lua_State *L, bind_lab *lab);

/* collections.c: what the collector does, phase by phase */
void bind_open_collections(lua_State *L, bind_lab *lab);
void bind_close_collections(bind_lab *lab);
void bind_collection_asked_for(bind_lab *lab);
void bind_lock(bind_lab *lab, bool locked);
void bind_lock_again(bind_lab *lab);
#define BIND_END_STEPS "end its loop first: leave it, or call the iterator until it gives nil"
/* Of a locked heap: whether somebody can still walk on; if not it is unlocked now. */
bool bind_is_walked(lua_State *L, bind_lab *lab);
int bind_refuse_change(lua_State *L, bind_lab *lab);
void bind_end_stepping(lua_State *L, bind_lab *lab);
int bind_steps(lua_State *L, bind_lab *lab);
int bind_push_forecast(lua_State *L, bind_lab *lab);
int bind_push_last_collection(lua_State *L, bind_lab *lab);
int bind_watch_collections(lua_State *L, bind_lab *lab);
int bind_take_collections(lua_State *L, bind_lab *lab);

/* gc_module.c: gc.collect(generation); false: the heap's error is to be raised. */
RC_CHECKED bool bind_collect(bind_lab *lab, int64_t generation, size_t *found);
/* ledger.c: what the heap's observer is told goes into the ledger; ledger(x) and at(id). */
bool bind_ledger_open(bind_lab *lab, size_t bytes);
void bind_ledger_change(void *lab, rc_heap *heap, rc_object *object, int amount,
                        rc_reason reason, const void *holder);
void bind_ledger_life(bind_lab *lab, const rc_event *event);
void bind_ledger_close(bind_lab *lab);
int bind_push_ledger(lua_State *L, bind_lab *lab);
int bind_push_lives(lua_State *L, bind_lab *lab);

/* export.c */
typedef struct bind_exporter bind_exporter;
void bind_open_exporter(lua_State *L, bind_lab *lab, int options, bool clocked);
void bind_export_event(bind_lab *lab, const rc_event *event);
int bind_export_mark(lua_State *L, bind_lab *lab);
int bind_finish_export(lua_State *L, bind_lab *lab);
int bind_export_snapshot(lua_State *L, bind_lab *lab);
void bind_exporter_close(bind_lab *lab);

/* observers.c: tell all who wait for events of the heap, or all but the ledger. */
void bind_observe(bind_lab *lab);
void bind_tell_others(bind_lab *lab, rc_heap *heap, const rc_event *event);

/* pipe.c: another program as a filter. */
int bind_pipe(lua_State *L);

/* gc_module.c, heap_module.c, weakref_module.c, events.c, why.c, moment.c */
void bind_open_gc(lua_State *L, bind_lab *lab, int self, int anchors);
void bind_open_heap(lua_State *L, bind_lab *lab, int self, int anchors);
void bind_push_generation(lua_State *L, int generation);
void bind_set_generation(lua_State *L, const char *name, int generation);
int bind_push_generations(lua_State *L, bind_lab *lab);
int bind_push_caches(lua_State *L, bind_lab *lab);
int bind_push_moment(lua_State *L, bind_lab *lab);

/* A repr that is cut to `most` characters, BIND_LONGEST_TEXT at most; what is beyond makes it
 * end in "...", in one character.  The heap's error is left as it was. */
#define BIND_LONGEST_TEXT 60
typedef struct bind_cut_text {
    char bytes[4 * BIND_LONGEST_TEXT + 4];
    size_t size, characters, most;
} bind_cut_text;
void bind_cut_repr(bind_lab *lab, rc_object *object, size_t most, bind_cut_text *text);
void bind_push_profiles(lua_State *L);
const rc_profile *bind_find_profile(lua_State *L, const char *name);
void bind_derive(lua_State *L, int table, rc_profile *profile);
int bind_profile(lua_State *L);
int bind_get_profile_field(lua_State *L, bind_lab *lab);
int bind_walk_profile(lua_State *L, bind_lab *lab);
void bind_weak_callbacks_close(bind_lab *lab);
void bind_deliver(lua_State *L, bind_lab *lab);
void bind_take_event(bind_lab *lab, rc_heap *heap, const rc_event *event);
void bind_events_close(bind_lab *lab);
int bind_on(lua_State *L, bind_lab *lab);

/* What an event of its kind has, but for what only a handler of heap.on is told. */
void bind_set_event(lua_State *L, const rc_event *event);

/* A name that is local to a frame is said as `name y of frame 1`. */
#define BIND_OF_FRAME " of frame %lld"
void bind_push_title(lua_State *L, bind_lab *lab, rc_object *object);
int bind_push_referrers(lua_State *L, bind_lab *lab);
int bind_why(lua_State *L, bind_lab *lab);
/* Push a sequence of { birth =, type =, text =, holder = }: those of `births` that are alive,
 * and one who holds each, in words; no holder: nobody but itself. */
void bind_push_held(lua_State *L, bind_lab *lab, const int64_t *births, int count);

/* Show the objects that `each` shows as a Lua sequence of handles. */
typedef void (*bind_each)(bind_lab *lab, const void *query, rc_object_visitor visit, void *context);
int bind_push_objects(lua_State *L, bind_lab *lab, bind_each each, const void *query);
uint64_t bind_count(const bind_lab *lab, const rc_object *object);

extern const bind_word bind_look_words[], bind_name_words[],
    bind_sys_words[], bind_weakref_words[];

#endif
