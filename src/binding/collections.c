/* What the collector does: gc.forecast(), gc.explain(), gc.steps([generation]), and the
 * phases of collections for those who record a run.
 *
 * A *record* has the phases of one collection, in memory of the host: it is written while
 * the collection runs, when nothing of the heap may change and nothing may raise, and is
 * turned into Lua tables afterwards.  Up to the verdict it comes from an examination
 * (rc_gc_examine), which touches nothing; the rest from what the collection tells its
 * watcher. */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

#define MOST_RECORDS 200                /* kept until they are taken */

enum { MERGE, SUBTRACT, SEPARATE, WEAKREFS, FINALIZE, RESURRECT, DELETE, PHASES };

typedef struct place {
    uint32_t source;                    /* in lab->texts */
    int line;                           /* 0: not known */
} place;

/* One object in one phase. */
typedef struct note {
    int64_t birth;
    const char *type, *verdict;
    size_t text, text_size;             /* in the record's texts */
    uint32_t refcount, refs, inside;
    int generation;
    bool examined;                      /* refs and inside are known */
    bool untracked;
} note;

typedef struct phase {
    note *notes;
    size_t count, room;
    size_t untold;                      /* for which there was no room */
} phase;

typedef struct record {
    size_t most;                        /* notes of a phase */
    bool examined;                      /* it has the phases up to the verdict */
    bool lost;                          /* for want of memory */
    phase phases[PHASES];
    char *texts;
    size_t size, room;
    size_t found, trash;                /* unreachable before, after resurrections */
    size_t garbage;                     /* in gc.garbage before */
    rc_gc_last facts;
    place cause, place;
} record;

/* A loop over gc.steps: a userdata, which its iterator and what ends it have. */
typedef struct stepping {
    bind_lab *lab;
    record record;
    int generation;
    int next;                           /* phase */
    bool over;
} stepping;

struct bind_collections {
    place asked;                        /* where the collection that waits was requested */
    place cause, place;                 /* of the one that runs: its cause, itself */
    place last_cause, last_place;
    bool walking;                       /* a loop has begun and has not ended */
    stepping *stepping;                 /* that loop; NULL: Lua has found it lost */
    record *walked;                     /* it is in its real part */
    record *running;                    /* what is to be taken later */
    bool watching;
    size_t most;
    record **done;
    size_t count, lost;
};

static const struct { const char *name, *meaning; } about[PHASES] = {
    [MERGE] = { "merge", "the generation and the younger ones become one list, and each reference count "
                         "is copied into the collector's own refs" },
    [SUBTRACT] = { "subtract", "each reference from one of these objects to another is taken off refs, "
                               "so that what is left comes from outside" },
    [SEPARATE] = { "separate", "what has refs left is reachable, and all that it reaches; the rest is "
                               "unreachable" },
    [WEAKREFS] = { "weakrefs", "the weak references to the unreachable are cleared, then the callbacks "
                               "of those that live are called" },
    [FINALIZE] = { "finalize", "the finalizers of the unreachable are called" },
    [RESURRECT] = { "resurrect", "if a finalizer or a callback was called, the unreachable are looked at "
                                 "once more" },
    [DELETE] = { "delete", "the references that the trash holds are cleared, and by counts it dies" },
};

/* ------------------------------------------------------------------ writing a record -- */

static void clear_record(record *self)
{
    for (int i = 0; i < PHASES; i++)
        free(self->phases[i].notes);
    free(self->texts);
    *self = (record) { .most = self->most };
}

static bool copy_text(record *self, bind_lab *lab, rc_object *object, note *into)
{
    bind_cut_text text;

    bind_cut_repr(lab, object, BIND_LONGEST_TEXT, &text);
    if (self->size + text.size > self->room) {
        size_t room = 2 * self->room + 1024;
        char *bigger = realloc(self->texts, room);
        if (!bigger)
            return false;
        self->texts = bigger;
        self->room = room;
    }
    memcpy(self->texts + self->size, text.bytes, text.size);
    into->text = self->size;
    into->text_size = text.size;
    self->size += text.size;
    return true;
}

/* A place for a note of `object`; NULL if there is none. */
static note *add(record *self, bind_lab *lab, int phase_number, rc_object *object,
                 const char *verdict)
{
    phase *into = &self->phases[phase_number];

    if (into->count >= self->most || self->lost) {
        into->untold++;
        return NULL;
    }
    if (into->count == into->room) {
        size_t room = 2 * into->room + 16;
        note *bigger = realloc(into->notes, room * sizeof *bigger);
        if (!bigger) {
            self->lost = true;
            return NULL;
        }
        into->notes = bigger;
        into->room = room;
    }
    note *made = &into->notes[into->count];
    *made = (note) {
        .birth = rc_birth(lab->heap, object), .type = rc_typename(object), .verdict = verdict,
        .refcount = object->refcount, .generation = rc_gc_generation(lab->heap, object),
    };
    if (!copy_text(self, lab, object, made)) {
        self->lost = true;
        return NULL;
    }
    into->count++;
    return made;
}

static void add_examined(record *self, bind_lab *lab, int phase_number, const rc_gc_verdict *verdict,
                         const char *text)
{
    note *made = add(self, lab, phase_number, verdict->object, text);

    if (!made)
        return;
    made->examined = true;
    made->generation = verdict->generation;
    made->refs = phase_number == MERGE ? verdict->refcount : verdict->refs;
    made->inside = phase_number == MERGE ? 0 : verdict->refcount - verdict->refs;
    made->untracked = phase_number == SEPARATE && verdict->untracked;
}

/* Mark those that have room in the record: the unreachable first.  `shown` has a place for
 * each member. */
static void choose(const record *self, const rc_gc_examination *all, bool *shown)
{
    size_t room = self->most;

    for (size_t i = all->reachable; i < all->count && room > 0; i++, room--)
        shown[all->separated[i]] = true;
    for (size_t i = 0; i < all->reachable && room > 0; i++, room--)
        shown[all->separated[i]] = true;
}

/* The phases up to the verdict of a collection of `generation`. */
static void examine(record *self, bind_lab *lab, int generation)
{
    rc_gc_examination all;

    self->examined = true;
    if (!rc_gc_examine(lab->heap, generation, &all)) {
        self->lost = true;
        return;
    }
    bool *shown = calloc(all.count + 1, sizeof *shown);
    self->lost = self->lost || !shown;
    if (shown)
        choose(self, &all, shown);
    for (size_t i = 0; shown && i < all.count; i++) {
        const rc_gc_verdict *merged = &all.merged[i], *separated = &all.merged[all.separated[i]];
        if (shown[i]) {
            add_examined(self, lab, MERGE, merged, "candidate");
            add_examined(self, lab, SUBTRACT, merged,
                         merged->refs > 0 ? "referred to from outside" : "referred to from inside only");
        }
        if (shown[all.separated[i]])
            add_examined(self, lab, SEPARATE, separated,
                         separated->reachable ? "reachable" : "unreachable");
    }
    for (int i = MERGE; i <= SEPARATE; i++)
        self->phases[i].untold = all.count - self->phases[i].count;
    free(shown);
    rc_gc_examination_free(&all);
}

static const char *weakref_verdict(const record *self)
{
    return self->found > 0 ? "cleared after the finalizers" : "cleared";
}

/* The finalizers have run: all that is left, with a second examination. */
static void note_found(record *self, bind_lab *lab)
{
    const rc_gc_last *running = rc_gc_get_running(lab->heap);
    rc_gc_examination all;

    self->found = rc_gc_size(lab->heap, RC_FOUND);
    if (running->finalizers_called + running->callbacks_called == 0)
        return;                         /* nobody can have saved anything */
    if (!rc_gc_examine(lab->heap, RC_FOUND, &all)) {
        self->lost = true;
        return;
    }
    for (size_t i = 0; i < all.count; i++)
        add_examined(self, lab, RESURRECT, &all.merged[i],
                     all.merged[i].refs > 0      ? "kept: referred to from outside"
                     : all.merged[i].reachable ? "kept: reached from one that is kept"
                                               : "kept: with the others");
    for (size_t i = 0; i < self->phases[RESURRECT].count; i++)
        self->phases[RESURRECT].notes[i].untracked = !all.merged[i].reachable;  /* till note_trash */
    rc_gc_examination_free(&all);
}

static bool add_trash(void *context, rc_object *object)
{
    void **self = context;
    add(self[0], self[1], DELETE, object, NULL);
    return true;
}

/* Resurrections are done: who was saved, and the final trash.  If some were, but not all,
 * it was those that outside reaches. */
static void note_trash(record *self, bind_lab *lab)
{
    phase *resurrect = &self->phases[RESURRECT];
    void *context[] = { self, lab };

    self->trash = rc_gc_size(lab->heap, RC_FOUND);
    for (size_t i = 0; i < resurrect->count; i++) {
        note *each = &resurrect->notes[i];
        bool unreachable = each->untracked;
        each->untracked = false;
        if (self->trash > 0 && (self->trash == self->found || unreachable))
            each->verdict = "unreachable";
    }
    rc_gc_each(lab->heap, RC_FOUND, add_trash, context);
}

/* ------------------------------------------------------------- how it has ended -- */

/* The births of a phase's objects, sorted, and which of them are still there. */
typedef struct births {
    const rc_heap *heap;
    size_t count;
    int64_t *array;
    bool *alive;
} births;

static int compare_births(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;
    return (first > second) - (first < second);
}

static bool *find_birth(const births *self, int64_t birth)
{
    int64_t *found = bsearch(&birth, self->array, self->count, sizeof birth, compare_births);

    return found ? &self->alive[found - self->array] : NULL;
}

static bool mark_alive(void *context, rc_object *object)
{
    births *self = context;
    bool *alive = find_birth(self, rc_birth(self->heap, object));

    if (alive)
        *alive = true;
    return true;
}

static bool is_new_garbage(const record *self, const rc_heap *heap, int64_t birth)
{
    for (size_t i = self->garbage; i < rc_gc_garbage_size(heap); i++)
        if (rc_birth(heap, rc_gc_garbage_get(heap, i)) == birth)
            return true;
    return false;
}

/* The collection is over: what has become of the trash, and of what was set aside.  What
 * is still there is in the older generation now. */
static void note_end(record *self, phase *noted, const rc_heap *heap, const char *dead,
                     const char *garbage, const char *alive)
{
    int generation = self->facts.generation;
    births all = { heap, noted->count, malloc((noted->count + 1) * sizeof *all.array),
                   calloc(noted->count + 1, sizeof *all.alive) };

    self->lost = self->lost || !all.array || !all.alive;
    if (!self->lost && noted->count > 0) {
        for (size_t i = 0; i < noted->count; i++)
            all.array[i] = noted->notes[i].birth;
        qsort(all.array, all.count, sizeof *all.array, compare_births);
        rc_gc_each(heap, generation < RC_OLDEST ? generation + 1 : generation, mark_alive, &all);
        for (size_t i = 0; i < noted->count; i++) {
            note *each = &noted->notes[i];
            if (!each->verdict)         /* finalizers called have theirs */
                each->verdict = !*find_birth(&all, each->birth)            ? dead
                                : is_new_garbage(self, heap, each->birth) ? garbage
                                                                          : alive;
        }
    }
    free(all.array);
    free(all.alive);
}

/* ------------------------------------------------------------------- the watcher -- */

static void write_moment(record *self, bind_lab *lab, rc_gc_moment moment, rc_object *object)
{
    rc_heap *heap = lab->heap;

    switch (moment) {
    case RC_GC_STARTED:
        self->garbage = rc_gc_garbage_size(heap);
        if (!self->examined)
            examine(self, lab, rc_gc_get_running(heap)->generation);
        break;
    case RC_GC_SET_ASIDE:
        add(self, lab, FINALIZE, object, NULL);
        break;
    case RC_GC_CLEARS_WEAKREF:
        add(self, lab, WEAKREFS, object, weakref_verdict(self));
        break;
    case RC_GC_CALLS_BACK:
        add(self, lab, WEAKREFS, object, "callback called");
        break;
    case RC_GC_FINALIZES:
        add(self, lab, FINALIZE, object, "finalizer called");
        break;
    case RC_GC_FINALIZED:
        note_found(self, lab);
        break;
    case RC_GC_DELETES:
        note_trash(self, lab);
        break;
    case RC_GC_FINISHED:
        self->facts = *rc_gc_get_last(heap);
        self->cause = lab->collections->cause;
        self->place = lab->collections->place;
        note_end(self, &self->phases[FINALIZE], heap, "died when the trash let go of it",
                 "uncollectable: in gc.garbage", "uncollectable");
        note_end(self, &self->phases[DELETE], heap, "destroyed", "saved in gc.garbage",
                 "still alive");
        break;
    }
}

static void begin_running(struct bind_collections *self)
{
    if (!self->watching)
        return;
    self->running = calloc(1, sizeof *self->running);
    if (self->running)
        self->running->most = self->most;
    else
        self->lost++;
}

/* Put what has been recorded to the others. */
static void end_running(struct bind_collections *self)
{
    record **bigger = self->count < MOST_RECORDS && !self->running->lost
                          ? realloc(self->done, (self->count + 1) * sizeof *bigger) : NULL;

    if (bigger) {
        self->done = bigger;
        self->done[self->count++] = self->running;
    } else {
        clear_record(self->running);
        free(self->running);
        self->lost++;
    }
    self->running = NULL;
}

static place place_now(bind_lab *lab)
{
    if (!lab->running.L)
        return (place) { 0, 0 };
    bind_locate_once(lab);
    return (place) { lab->running.source, lab->running.line };
}

/* An automatic collection has a line that asked for it, and one before which it ran. */
static void note_places(bind_lab *lab)
{
    struct bind_collections *self = lab->collections;

    self->place = place_now(lab);
    self->cause = rc_gc_get_running(lab->heap)->automatic ? self->asked : self->place;
}

static void watch(void *context, rc_heap *heap, rc_gc_moment moment, rc_object *object)
{
    bind_lab *lab = context;
    struct bind_collections *self = lab->collections;

    (void)heap;
    if (moment == RC_GC_STARTED) {
        note_places(lab);
        begin_running(self);
    }
    if (self->walked)
        write_moment(self->walked, lab, moment, object);
    if (self->running)
        write_moment(self->running, lab, moment, object);
    if (moment == RC_GC_FINISHED) {
        self->last_cause = self->cause;
        self->last_place = self->place;
        if (self->running)
            end_running(self);
    }
}

/* The hook: an allocation is about to start, or request, a collection. */
void bind_collection_asked_for(bind_lab *lab)
{
    if (!rc_gc_is_requested(lab->heap))
        lab->collections->asked = place_now(lab);
}

void bind_open_collections(lua_State *L, bind_lab *lab)
{
    lab->collections = calloc(1, sizeof *lab->collections);
    if (!lab->collections)
        luaL_error(L, "there is no memory for a heap");
    rc_gc_watch(lab->heap, &(rc_gc_watcher) { watch, lab });
}

static void clear_done(struct bind_collections *self)
{
    for (size_t i = 0; i < self->count; i++) {
        clear_record(self->done[i]);
        free(self->done[i]);
    }
    free(self->done);
    self->done = NULL;
    self->count = self->lost = 0;
}

void bind_close_collections(bind_lab *lab)
{
    if (lab->collections)
        clear_done(lab->collections);
    free(lab->collections);
    lab->collections = NULL;
}

/* ------------------------------------------------------------------- as Lua tables -- */

static void set_place(lua_State *L, bind_lab *lab, const char *name, place at)
{
    if (at.line == 0)
        return;
    lua_pushfstring(L, "%s:%d", at.source ? lab->texts.texts[at.source] : "?", at.line);
    lua_setfield(L, -2, name);
}

static void push_note(lua_State *L, const record *record, const note *self)
{
    lua_createtable(L, 0, 8);
    bind_set_integer(L, "birth", (uint64_t)self->birth);
    lua_pushstring(L, self->type);
    lua_setfield(L, -2, "type");
    lua_pushlstring(L, record->texts + self->text, self->text_size);
    lua_setfield(L, -2, "text");
    bind_set_integer(L, "refcount", self->refcount);
    if (self->examined) {
        bind_set_integer(L, "refs", self->refs);
        bind_set_integer(L, "inside", self->inside);
    }
    lua_pushstring(L, self->verdict);
    lua_setfield(L, -2, "verdict");
    if (self->generation >= 0 && self->generation <= RC_PERMANENT) {
        bind_push_generation(L, self->generation);
        lua_setfield(L, -2, "generation");
    }
    if (self->untracked)
        bind_set_boolean(L, "untracked", true);
}

static void push_phase(lua_State *L, const record *record, int number)
{
    const phase *self = &record->phases[number];

    lua_createtable(L, 0, 4);
    lua_pushstring(L, about[number].name);
    lua_setfield(L, -2, "name");
    lua_pushstring(L, about[number].meaning);
    lua_setfield(L, -2, "meaning");
    lua_createtable(L, (int)(self->count < 1000000 ? self->count : 1000000), 0);
    for (size_t i = 0; i < self->count; i++) {
        push_note(L, record, &self->notes[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "objects");
    if (self->untold > 0)
        bind_set_integer(L, "untold", self->untold);
}

/* -- undisturbed: a finalizer of Lua's could walk on, end the loop or change the heap -- */

typedef struct undisturbed {
    bind_lab *lab;
    void (*push)(lua_State *L, bind_lab *lab, void *context);
    void *context;
} undisturbed;

static int push_protected(lua_State *L)
{
    undisturbed *self = lua_touserdata(L, 1);

    luaL_checkstack(L, LUA_MINSTACK, NULL);
    self->push(L, self->lab, self->context);
    return 1;
}

/* Let `push` push a value while Lua's collector rests. */
static void push_undisturbed(lua_State *L, bind_lab *lab,
                             void (*push)(lua_State *L, bind_lab *lab, void *context),
                             void *context)
{
    undisturbed self = { lab, push, context };
    int running = lua_gc(L, LUA_GCISRUNNING);

    lua_gc(L, LUA_GCSTOP);
    lua_pushcfunction(L, push_protected);
    lua_pushlightuserdata(L, &self);
    int status = lua_pcall(L, 1, 1, 0);
    if (running)
        lua_gc(L, LUA_GCRESTART);
    if (status != LUA_OK)
        lua_error(L);
}

/* lab:watch_collections(most): 0 ends it. */
int bind_watch_collections(lua_State *L, bind_lab *lab)
{
    lua_Integer most = luaL_checkinteger(L, 2);

    lab->collections->watching = most > 0;
    lab->collections->most = most > 0 ? (size_t)most : 0;
    return 0;
}

static void push_collections(lua_State *L, bind_lab *lab, void *context)
{
    const struct bind_collections *self = context;

    lua_newtable(L);
    for (size_t i = 0; i < self->count; i++) {
        lua_createtable(L, PHASES, 6);
        for (int number = 0; number < PHASES; number++) {
            push_phase(L, self->done[i], number);
            lua_rawseti(L, -2, number + 1);
        }
        const rc_gc_last *facts = &self->done[i]->facts;
        bind_set_integer(L, "number", facts->number);
        bind_set_integer(L, "generation", (uint64_t)facts->generation);
        bind_set_boolean(L, "automatic", facts->automatic);
        bind_set_integer(L, "unreachable", facts->unreachable);
        bind_set_integer(L, "destroyed", facts->destroyed);
        set_place(L, lab, "cause", self->done[i]->cause);
        set_place(L, lab, "place", self->done[i]->place);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    if (self->lost > 0)
        bind_set_integer(L, "untold", self->lost);
}

/* lab:take_collections() -> sequence, in order; each a sequence of phases */
int bind_take_collections(lua_State *L, bind_lab *lab)
{
    push_undisturbed(L, lab, push_collections, lab->collections);
    clear_done(lab->collections);
    return 1;
}

/* ------------------------------------------------------------------------ gc.steps -- */

void bind_lock(bind_lab *lab, bool locked)
{
    lab->locked = locked;
}

int bind_refuse_change(lua_State *L, bind_lab *lab)
{
    return bind_fail(L, lab, RC_RUNTIME_ERROR,
                     "the heap cannot be changed while gc.steps is being walked: " BIND_END_STEPS);
}

static void unlock(bind_lab *lab)
{
    lab->collections->stepping = NULL;
    lab->collections->walking = false;
    bind_lock(lab, false);
}

static void end_stepping(bind_lab *lab, stepping *self)
{
    self->over = true;
    clear_record(&self->record);
    if (lab->heap && lab->collections->stepping == self)
        unlock(lab);
}

/* A loop that was left in a way that nobody was told of, in a coroutine. */
void bind_end_stepping(lua_State *L, bind_lab *lab)
{
    if (!lab->collections->walking)
        return;
    if (lab->collections->stepping)
        end_stepping(lab, lab->collections->stepping);
    else
        unlock(lab);
    bind_let_go(L, lab);                /* which had to wait */
}

/* Lua is made to look now, whenever it would have by itself: when a lost loop ends does not
 * depend on its collector. */
bool bind_is_walked(lua_State *L, bind_lab *lab)
{
    if (!lab->collections->walking)
        return false;
    bind_collect_lua(L, lab);
    if (lab->collections->stepping)
        return true;
    unlock(lab);
    return false;
}

static void refuse_second(lua_State *L, bind_lab *lab)
{
    bind_fail(L, lab, RC_RUNTIME_ERROR, "gc.steps is being walked already: " BIND_END_STEPS);
}

static void begin_stepping(lua_State *L, bind_lab *lab, stepping *self)
{
    if (bind_is_walked(L, lab))
        refuse_second(L, lab);
    if (rc_gc_is_collecting(lab->heap))
        bind_fail(L, lab, RC_RUNTIME_ERROR, "a collection is running; gc.steps would be a second one");
    examine(&self->record, lab, self->generation);
    if (self->record.lost) {
        clear_record(&self->record);
        bind_fail(L, lab, RC_MEMORY_ERROR, "out of memory");
    }
    lab->collections->stepping = self;
    lab->collections->walking = true;
    bind_lock(lab, true);
}

/* After code that could do what it likes: lock the heap again if the loop is still on. */
void bind_lock_again(bind_lab *lab)
{
    bind_lock(lab, lab->collections->walking);
}

/* The rest of the collection, for real.  Whatever runs in it may change the heap. */
static void collect_for_real(lua_State *L, bind_lab *lab, stepping *self)
{
    size_t found;

    bind_lock(lab, false);
    lab->collections->walked = &self->record;
    bool done = bind_collect(lab, self->generation, &found);
    lab->collections->walked = NULL;
    bind_lock_again(lab);
    if (self->over)                     /* somebody has closed the loop's coroutine */
        clear_record(&self->record);
    if (!done)
        bind_raise(L, lab);
    if (self->record.lost)
        bind_fail(L, lab, RC_MEMORY_ERROR, "out of memory");
}

static void push_next_phase(lua_State *L, bind_lab *lab, void *context)
{
    stepping *self = context;

    (void)lab;
    push_phase(L, &self->record, self->next++);
}

/* Upvalue 4: the stepping */
static int next_phase(lua_State *L, bind_lab *lab)
{
    stepping *self = lua_touserdata(L, lua_upvalueindex(4));

    if (lab->collections->walked)       /* a finalizer calls the iterator */
        refuse_second(L, lab);
    if (self->next == PHASES && !self->over)
        end_stepping(lab, self);
    if (self->next == MERGE && !self->over)
        begin_stepping(L, lab, self);
    if (self->next == WEAKREFS && !self->over)
        collect_for_real(L, lab, self);
    if (self->over)
        return 0;
    push_undisturbed(L, lab, push_next_phase, self);
    return 1;
}

static int leave_loop(lua_State *L, bind_lab *lab)
{
    end_stepping(lab, lua_touserdata(L, lua_upvalueindex(4)));
    return 0;
}

/* Lua's own: nobody knows the loop any more, or the state goes.  The heap stays locked until
 * bind_is_walked asks. */
static int free_stepping(lua_State *L)
{
    stepping *self = lua_touserdata(L, 1);

    clear_record(&self->record);
    if (self->lab->heap && self->lab->collections->stepping == self)
        self->lab->collections->stepping = NULL;
    return 0;
}

static const bind_word next_phase_word = {
    "next", "gc.steps", next_phase, 0, BIND_ANY, BIND_LOOKS, "for phase in gc.steps() do"
};
static const bind_word leave_loop_word = {
    "close", "gc.steps", leave_loop, 0, BIND_ANY, BIND_LOOKS | BIND_WHEN_CLOSED,
    "for phase in gc.steps() do"
};

/* gc.steps([generation]) -> iterator, nil, nil, what ends it */
int bind_steps(lua_State *L, bind_lab *lab)
{
    lua_Integer generation = lua_isnoneornil(L, 1) ? RC_OLDEST : bind_integer(L, lab, 1);

    if (generation < 0 || generation > RC_OLDEST)
        return bind_fail(L, lab, RC_VALUE_ERROR, "invalid generation");
    lua_settop(L, 0);
    lua_getiuservalue(L, lua_upvalueindex(1), 1);               /* 1: the lab */
    stepping *self = lua_newuserdatauv(L, sizeof *self, 1);     /* 2, which keeps the lab */
    *self = (stepping) { .lab = lab, .record = { .most = SIZE_MAX }, .generation = (int)generation };
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, 2, 1);
    lua_newtable(L);                                            /* 3 */
    lua_pushcfunction(L, free_stepping);
    lua_setfield(L, 3, "__gc");
    lua_pushliteral(L, "gc.steps");
    lua_setfield(L, 3, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, 3, "__metatable");
    lua_pushvalue(L, 2);
    bind_push_closure(L, 1, lua_upvalueindex(3), &leave_loop_word, bind_call_word, 1);
    lua_setfield(L, 3, "__close");
    lua_setmetatable(L, 2);
    lua_pushvalue(L, 2);
    bind_push_closure(L, 1, lua_upvalueindex(3), &next_phase_word, bind_call_word, 1);
    lua_pushnil(L);
    lua_pushnil(L);
    lua_pushvalue(L, 2);
    return 4;
}

/* ------------------------------------------------------------ forecast and hindsight -- */

/* Set a sequence of three numbers. */
static void set_three(lua_State *L, const char *name, const int *values)
{
    lua_createtable(L, RC_GENERATIONS, 0);
    for (int i = 0; i < RC_GENERATIONS; i++) {
        lua_pushinteger(L, values[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, name);
}

static void set_quarter_rule(lua_State *L, bind_lab *lab, size_t pending, size_t total, bool holds)
{
    int64_t part = rc_heap_profile(lab->heap)->quarter_rule.value;

    bind_set_integer(L, "long_lived_pending", pending);
    bind_set_integer(L, "long_lived_total", total);
    bind_set_boolean(L, "held_back", holds);
    if (part == 0)
        return;
    bind_set_integer(L, "quarter_rule", (uint64_t)part);
    bind_set_integer(L, "wanted", total / (size_t)part);
}

/* lab:forecast() */
int bind_push_forecast(lua_State *L, bind_lab *lab)
{
    rc_heap *heap = lab->heap;
    rc_gc_forecast forecast = rc_gc_get_forecast(heap);

    lua_newtable(L);
    bind_set_boolean(L, "automatic", forecast.automatic);
    bind_set_boolean(L, "enabled", rc_gc_is_enabled(heap));
    bind_set_boolean(L, "collecting", rc_gc_is_collecting(heap));
    bind_set_boolean(L, "requested", forecast.requested);
    if (forecast.automatic) {
        bind_set_integer(L, "generation", (uint64_t)forecast.generation);
        bind_set_integer(L, "allocations", (uint64_t)forecast.allocations);
    }
    set_quarter_rule(L, lab, rc_gc_long_lived_pending(heap), rc_gc_long_lived_total(heap),
                     forecast.held_back);
    bind_set_integer(L, "full_collections", rc_gc_get_stats(heap, RC_OLDEST).collections);
    bind_push_generations(L, lab);
    for (int i = 0; i < RC_GENERATIONS; i++) {
        lua_rawgeti(L, -1, i + 1);
        if (i > 0)
            bind_set_integer(L, "collections", (uint64_t)forecast.collections[i]);
        lua_pop(L, 1);
    }
    lua_setfield(L, -2, "generations");
    return 1;
}

/* Set what of those that the last collection kept is still alive. */
static void set_kept(lua_State *L, bind_lab *lab, const rc_gc_last *last)
{
    int count = 0;

    while (count < RC_FIRST_KEPT && last->first_kept[count] != 0)
        count++;
    if (count > 0)
        bind_push_held(L, lab, last->first_kept, count);
    else
        lua_newtable(L);
    lua_setfield(L, -2, "kept_objects");
}

static void push_last_collection(lua_State *L, bind_lab *lab, void *context)
{
    const rc_gc_last last = *rc_gc_get_last(lab->heap);
    const struct bind_collections *self = lab->collections;

    (void)context;
    lua_newtable(L);
    bind_set_integer(L, "number", last.number);
    if (last.number == 0)
        return;
    bind_set_integer(L, "generation", (uint64_t)last.generation);
    bind_set_boolean(L, "automatic", last.automatic);
    set_place(L, lab, "cause", self->last_cause);
    set_place(L, lab, "place", self->last_place);
    if (last.trigger) {
        lua_newtable(L);
        lua_pushstring(L, rc_type_name(last.trigger));
        lua_setfield(L, -2, "type");
        if (last.trigger_birth != 0)
            bind_set_integer(L, "birth", (uint64_t)last.trigger_birth);
        lua_setfield(L, -2, "trigger");
    }
    set_three(L, "counts", last.counts);
    set_three(L, "thresholds", last.thresholds);
    set_quarter_rule(L, lab, last.long_lived_pending, last.long_lived_total, last.held_back);
    bind_set_integer(L, "visited", last.visited);
    bind_set_integer(L, "survivors", last.survivors);
    bind_set_integer(L, "untracked", last.untracked);
    bind_set_integer(L, "unreachable", last.unreachable);
    bind_set_integer(L, "uncollectable", last.uncollectable);
    bind_set_integer(L, "weakrefs_cleared", last.weakrefs_cleared);
    bind_set_integer(L, "callbacks_called", last.callbacks_called);
    bind_set_integer(L, "finalizers_called", last.finalizers_called);
    bind_set_integer(L, "kept", last.kept);
    set_kept(L, lab, &last);
    bind_set_integer(L, "trash", last.trash);
    bind_set_integer(L, "destroyed", last.destroyed);
    bind_set_boolean(L, "saveall", rc_gc_debug(lab->heap) & RC_DEBUG_SAVEALL);
    if (last.nanoseconds > 0)
        bind_set_integer(L, "nanoseconds", last.nanoseconds);
}

/* lab:last_collection() */
int bind_push_last_collection(lua_State *L, bind_lab *lab)
{
    push_undisturbed(L, lab, push_last_collection, NULL);
    return 1;
}
