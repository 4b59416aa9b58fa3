/* lab:moment{objects = n, first = handles}: the heap at one moment, as plain tables in which nothing is
 * alive: what pictures are drawn of, and what is kept of each step of a run.
 *
 *   births, live      objects made since start-up; alive of those
 *   names             { name =, birth =, frame = }, in order of binding; frame 0: the scenario's
 *   temporaries       births, in order of creation
 *   objects           the shown ones, at most n, those of `first` among them, in order of birth: { birth, type, id, text,
 *                     refcount, generation, origin, size, items, atom, class, reach }; reach is
 *                     "name", "temporary", "other" (a cache, gc.garbage, an operand) or "garbage"
 *   references        between shown ones: { from, to, kind, label }
 *   hidden            references to others, summed: { from, type, count }; without `from` the
 *                     objects that no shown one refers to: { type, count, garbage }
 *   refchain          births, newest first, at most n; refchain_types: the type of each
 *   containers        that those of `first` lead to, themselves among them; without `first` nil
 *   generations, caches, collector
 *
 * Taking it changes nothing: neither counts nor free lists, nor does it let anything go.
 * While it is put together Lua's collector rests, so that nothing runs. */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

#define FOLLOWED 12                     /* references of one container, while others wait */
#define LONGEST_KEY 24

enum {
    REACHED = 3,                        /* mask: by what; 0: garbage */
    BY_NAME = 1,
    BY_TEMPORARY = 2,
    BY_OTHER = 3,
    SHOWN = 4,
    REFERRED_TO = 8,                    /* by a shown one */
    LIVE = 16,
    LED_TO = 32                         /* by those asked for */
};

/* How many of a type. */
typedef struct tally {
    const char *type;
    bool garbage;
    size_t count;
} tally;

typedef struct moment {
    lua_State *L;
    bind_lab *lab;
    size_t most;
    size_t limit;                       /* of those chosen so far; the rest of `most` is reserved */
    rc_object **all;                    /* live ones, newest first */
    size_t live, old;                   /* old: of start-up, at the end of `all` */
    uint8_t *marks;                     /* by birth */
    uint32_t first, last;               /* the least birth, the greatest */
    rc_object **queue;                  /* reached, not walked yet */
    size_t queued;
    uint8_t reach;                      /* what the next ones are reached by */
    rc_object **shown;
    size_t shown_count;
    size_t containers;                  /* that those asked for lead to */
    int first_ones;                     /* stack index of a sequence of handles, or 0 */
    size_t follow;                      /* references of a container that are still followed */
    tally *tallies;
    size_t tally_count, tally_room;
    lua_Integer row;                    /* of the sequence on top of the stack */
    size_t items;
} moment;

static uint8_t *mark_of(const moment *self, const rc_object *object)
{
    return &self->marks[object->birth - self->first];
}

/* Whether it is on the refchain: a dying one is not, though something may still lead to it. */
static bool is_live(const moment *self, const rc_object *object)
{
    return object->birth >= self->first && object->birth <= self->last
           && (*mark_of(self, object) & LIVE);
}

/* ------------------------------------------------------------------------ collecting -- */

static bool find_all(moment *self)
{
    rc_heap *heap = self->lab->heap;

    self->first = UINT32_MAX;
    self->all = malloc((rc_live(heap, NULL) + 1) * sizeof *self->all);
    self->queue = malloc((rc_live(heap, NULL) + 1) * sizeof *self->queue);
    self->shown = malloc((self->most + 1) * sizeof *self->shown);
    if (!self->all || !self->queue || !self->shown)
        return false;
    for (rc_object *object = rc_newest(heap); object; object = rc_older(heap, object)) {
        self->all[self->live++] = object;
        self->old += rc_birth(heap, object) <= 0;
        self->first = object->birth < self->first ? object->birth : self->first;
        self->last = object->birth > self->last ? object->birth : self->last;
    }
    self->marks = calloc((size_t)self->last - self->first + 1, 1);
    for (size_t i = 0; self->marks && i < self->live; i++)
        self->marks[self->all[i]->birth - self->first] = LIVE;
    return self->marks != NULL;
}

/* -------------------------------------------------------------------------- reaching -- */

static void reach(moment *self, rc_object *object)
{
    if (!is_live(self, object))
        return;
    uint8_t *mark = mark_of(self, object);
    if (*mark & REACHED)
        return;
    *mark |= self->reach;
    self->queue[self->queued++] = object;
}

static bool reach_target(void *context, const rc_reference *reference)
{
    reach(context, reference->to);
    return true;
}

static void reach_all(moment *self)
{
    while (self->queued > 0)
        rc_references(self->lab->heap, self->queue[--self->queued], reach_target, self);
}

/* The scopes from the scenario's on, each with the number of its frame. */
static void each_scope(moment *self, void (*visit)(moment *self, const bind_scope *scope, int frame))
{
    bind_lab *lab = self->lab;

    int frames = 0;

    for (const bind_scope *scope = lab->innermost; scope != &lab->scenario; scope = scope->caller)
        frames++;
    visit(self, &lab->scenario, 0);
    for (int frame = 1; frame <= frames; frame++) {
        const bind_scope *scope = lab->innermost;
        for (int i = frames; i > frame; i--)
            scope = scope->caller;
        visit(self, scope, frame);
    }
}

static void reach_names(moment *self, const bind_scope *scope, int frame)
{
    (void)frame;
    for (const bind_name *name = NULL; (name = bind_next_name(scope, name)) != NULL;)
        if (name->object)
            reach(self, name->object);
}

static void find_reached(moment *self)
{
    const bind_temporaries *temporaries = &self->lab->temporaries;

    self->reach = BY_NAME;
    each_scope(self, reach_names);
    reach_all(self);
    self->reach = BY_TEMPORARY;
    for (uint32_t i = 0; i < temporaries->count; i++)
        if (temporaries->entries[i].object)
            reach(self, temporaries->entries[i].object);
    reach_all(self);
    self->reach = BY_OTHER;
    rc_outside_references(self->lab->heap, reach_target, self);
    for (size_t i = 0; i < self->live; i++)
        if (rc_is_immortal(self->all[i]))
            reach(self, self->all[i]);
    reach_all(self);
}

/* -------------------------------------------------------------------------- choosing -- */

static void choose(moment *self, rc_object *object)
{
    if (!is_live(self, object))
        return;
    uint8_t *mark = mark_of(self, object);
    if ((*mark & SHOWN) || self->shown_count >= self->limit)
        return;
    *mark |= SHOWN;
    self->shown[self->shown_count++] = object;
}

static bool choose_target(void *context, const rc_reference *reference)
{
    moment *self = context;

    choose(self, reference->to);
    return --self->follow > 0 && self->shown_count < self->limit;
}

/* Choose what those from the `from`-th on refer to, and so on. */
static void choose_from(moment *self, size_t from, size_t follow)
{
    for (size_t i = from; i < self->shown_count && self->shown_count < self->limit; i++) {
        self->follow = follow;
        rc_references(self->lab->heap, self->shown[i], choose_target, self);
    }
}

static void choose_names(moment *self, const bind_scope *scope, int frame)
{
    (void)frame;
    for (const bind_name *name = NULL; (name = bind_next_name(scope, name)) != NULL;)
        if (name->object)
            choose(self, name->object);
}

static int compare_births(const void *a, const void *b)
{
    uint32_t first = (*(rc_object *const *)a)->birth, second = (*(rc_object *const *)b)->birth;

    return (first > second) - (first < second);
}

/* Choose from the containers that are reached so, the oldest first. */
static void choose_reached(moment *self, uint8_t reached)
{
    for (size_t i = self->live - self->old; i-- > 0 && self->shown_count < self->limit;)
        if ((*mark_of(self, self->all[i]) & REACHED) == reached
            && rc_type_is_container(self->all[i]->type)) {
            size_t before = self->shown_count;
            choose(self, self->all[i]);
            choose_from(self, before, FOLLOWED);
        }
}

/* The objects of the handles in `first`. */
static void choose_first(moment *self)
{
    for (lua_Integer i = 1; self->first_ones; i++) {
        lua_rawgeti(self->L, self->first_ones, i);
        const bind_handle *handle = bind_test(self->L, -1);
        lua_pop(self->L, 1);
        if (!handle)
            return;
        if (bind_is_alive(self->lab, handle))
            choose(self, handle->object);
    }
}

/* How many of the scenario's objects are reached so, but no more than `most`. */
static size_t count_reached(const moment *self, uint8_t reached, size_t most)
{
    size_t count = 0;

    for (size_t i = 0; i < self->live - self->old && count < most; i++)
        count += (*mark_of(self, self->all[i]) & REACHED) == reached;
    return count;
}

static bool lead_to(void *context, const rc_reference *reference)
{
    moment *self = context;

    if (!is_live(self, reference->to) || (*mark_of(self, reference->to) & LED_TO))
        return true;
    *mark_of(self, reference->to) |= LED_TO;
    self->queue[self->queued++] = reference->to;
    return true;
}

/* How many containers can be reached from the first `asked_for` of the shown ones. */
static size_t count_containers(moment *self, size_t asked_for)
{
    size_t count = 0;

    for (size_t i = 0; i < asked_for; i++) {
        *mark_of(self, self->shown[i]) |= LED_TO;
        self->queue[self->queued++] = self->shown[i];
    }
    while (self->queued > 0) {
        rc_object *object = self->queue[--self->queued];
        count += rc_type_is_container(object->type);
        rc_references(self->lab->heap, object, lead_to, self);
    }
    return count;
}

/* Breadth first from those asked for, from the names, from the temporaries, from what else is held, from
 * garbage; and if there is room left, what has been passed over.  Names do not take all the
 * room: a quarter is for garbage, which is what a leak is, an eighth for temporaries. */
static void choose_shown(moment *self)
{
    const bind_temporaries *temporaries = &self->lab->temporaries;
    size_t for_garbage = count_reached(self, 0, self->most / 4);
    size_t for_temporaries = count_reached(self, BY_TEMPORARY, self->most / 8);

    self->limit = self->most;
    choose_first(self);
    self->containers = count_containers(self, self->shown_count);
    choose_from(self, 0, FOLLOWED);
    size_t named = self->shown_count;
    self->limit = self->most - for_garbage - for_temporaries;
    each_scope(self, choose_names);
    choose_from(self, named, FOLLOWED);
    self->limit = self->most - for_garbage;
    for (uint32_t i = 0; i < temporaries->count; i++)
        if (temporaries->entries[i].object) {
            size_t before = self->shown_count;
            choose(self, temporaries->entries[i].object);
            choose_from(self, before, FOLLOWED);
        }
    choose_reached(self, BY_OTHER);
    self->limit = self->most;
    choose_reached(self, 0);
    choose_from(self, 0, SIZE_MAX);
    qsort(self->shown, self->shown_count, sizeof *self->shown, compare_births);
}

/* -------------------------------------------------------------------------- summing up -- */

static void add_to_tally(moment *self, const rc_object *object, bool garbage)
{
    const char *type = rc_typename(object);

    for (size_t i = self->tally_count; i-- > 0;)
        if (self->tallies[i].garbage == garbage && strcmp(self->tallies[i].type, type) == 0) {
            self->tallies[i].count++;
            return;
        }
    if (self->tally_count == self->tally_room) {
        size_t room = self->tally_room ? 2 * self->tally_room : 16;
        tally *bigger = realloc(self->tallies, room * sizeof *bigger);
        if (!bigger)
            luaL_error(self->L, "not enough memory");
        self->tallies = bigger;
        self->tally_room = room;
    }
    self->tallies[self->tally_count++] = (tally) { type, garbage, 1 };
}

/* ---------------------------------------------------------------------------- pushing -- */

static void set_true(lua_State *L, const char *name, bool value)
{
    if (!value)
        return;
    lua_pushboolean(L, true);
    lua_setfield(L, -2, name);
}

/* The row on top of the stack goes to the sequence below it. */
static void add_row(moment *self)
{
    lua_rawseti(self->L, -2, ++self->row);
}

static void start_rows(moment *self)
{
    lua_newtable(self->L);
    self->row = 0;
}

static bool write_cut(void *context, const char *text, size_t size)
{
    bind_cut_text *self = context;

    for (size_t i = 0; i < size; i++) {
        bool starts = (text[i] & 0xC0) != 0x80;
        if (starts && self->characters == self->most) {
            memcpy(self->bytes + self->size, "\xE2\x80\xA6", 3);
            self->size += 3;
            return false;
        }
        self->characters += starts;
        self->bytes[self->size++] = text[i];
    }
    return true;
}

void bind_cut_repr(bind_lab *lab, rc_object *object, size_t most, bind_cut_text *text)
{
    rc_error before = *rc_heap_error(lab->heap);

    text->size = text->characters = 0;
    text->most = most;
    if (rc_repr(lab->heap, object, (rc_sink) { write_cut, text }))
        return;
    rc_error_clear(lab->heap);          /* it was cut */
    if (before.kind != RC_NO_ERROR)
        rc_raise(lab->heap, before.kind, "%s", before.message);
}

static void push_text(moment *self, rc_object *object, size_t most)
{
    bind_cut_text text;

    bind_cut_repr(self->lab, object, most, &text);
    lua_pushlstring(self->L, text.bytes, text.size);
}

static void push_names(moment *self, const bind_scope *scope, int frame)
{
    for (const bind_name *name = NULL; (name = bind_next_name(scope, name)) != NULL;) {
        if (!name->object)
            continue;
        lua_createtable(self->L, 0, 3);
        lua_pushlstring(self->L, name->text, name->size);
        lua_setfield(self->L, -2, "name");
        lua_pushinteger(self->L, rc_birth(self->lab->heap, name->object));
        lua_setfield(self->L, -2, "birth");
        bind_set_integer(self->L, "frame", (uint64_t)frame);
        add_row(self);
    }
}

static void push_births(moment *self)
{
    const bind_temporaries *temporaries = &self->lab->temporaries;

    start_rows(self);
    for (uint32_t i = 0; i < temporaries->count; i++)
        if (temporaries->entries[i].object) {
            lua_pushinteger(self->L, rc_birth(self->lab->heap, temporaries->entries[i].object));
            add_row(self);
        }
    lua_setfield(self->L, -2, "temporaries");
    start_rows(self);
    for (size_t i = 0; i < self->live - self->old && i < self->most; i++) {
        lua_pushinteger(self->L, rc_birth(self->lab->heap, self->all[i]));
        add_row(self);
    }
    lua_setfield(self->L, -2, "refchain");
    start_rows(self);
    for (size_t i = 0; i < self->live - self->old && i < self->most; i++) {
        lua_pushstring(self->L, rc_typename(self->all[i]));
        add_row(self);
    }
    lua_setfield(self->L, -2, "refchain_types");
}

static bool count_item(void *context, const rc_reference *reference)
{
    (void)reference;
    ((moment *)context)->items++;
    return true;
}

static void push_object(moment *self, rc_object *object)
{
    static const char *const reaches[] = { "garbage", "name", "temporary", "other" };
    rc_heap *heap = self->lab->heap;
    lua_State *L = self->L;

    self->items = 0;
    rc_references(heap, object, count_item, self);
    lua_createtable(L, 0, 12);
    lua_pushinteger(L, rc_birth(heap, object));
    lua_setfield(L, -2, "birth");
    bind_set_text(L, "type", rc_typename(object));
    bind_set_integer(L, "id", rc_id(object));
    push_text(self, object, BIND_LONGEST_TEXT);
    lua_setfield(L, -2, "text");
    bind_set_integer(L, "refcount", bind_count(self->lab, object));
    bind_set_generation(L, "generation", rc_gc_generation(heap, object));
    bind_set_text(L, "origin", rc_origin_name(rc_object_origin(heap, object)));
    bind_set_integer(L, "size", rc_sizeof(heap, object));
    bind_set_integer(L, "items", self->items);
    set_true(L, "atom", !rc_type_is_container(object->type));
    set_true(L, "class", rc_is(object, &rc_instance_type));
    bind_set_text(L, "reach", reaches[*mark_of(self, object) & REACHED]);
}

static const char *kind_of(rc_reason reason)
{
    switch (reason) {
    case RC_FOR_ITEM:
        return "item";
    case RC_FOR_ELEMENT:
        return "element";
    case RC_FOR_KEY:
        return "key";
    case RC_FOR_VALUE:
        return "value";
    case RC_FOR_ATTRIBUTE:
        return "attribute";
    default:
        return "attributes";
    }
}

/* `[3]`, `["k"]`, `.next`: as a program would write it after the holder. */
static void push_label(moment *self, const rc_reference *reference)
{
    lua_State *L = self->L;
    size_t size;

    switch (reference->reason) {
    case RC_FOR_ITEM:
        lua_pushfstring(L, "[%I]", (LUAI_UACINT)reference->position);
        break;
    case RC_FOR_VALUE:
        lua_pushliteral(L, "[");
        push_text(self, reference->key, LONGEST_KEY);
        lua_pushliteral(L, "]");
        lua_concat(L, 3);
        break;
    case RC_FOR_ATTRIBUTE:
        lua_pushliteral(L, ".");
        const char *text = rc_str_text(reference->key, &size);
        lua_pushlstring(L, text, size);
        lua_concat(L, 2);
        break;
    case RC_FOR_ATTRIBUTES:
        lua_pushliteral(L, ".__dict__");
        break;
    default:
        lua_pushstring(L, kind_of(reference->reason));
    }
}

static void push_reference(moment *self, const rc_object *from, const rc_object *to,
                           const char *kind)
{
    lua_State *L = self->L;

    lua_createtable(L, 0, 4);
    lua_insert(L, -2);                  /* the label is on top */
    lua_setfield(L, -2, "label");
    lua_pushinteger(L, rc_birth(self->lab->heap, from));
    lua_setfield(L, -2, "from");
    lua_pushinteger(L, rc_birth(self->lab->heap, to));
    lua_setfield(L, -2, "to");
    bind_set_text(L, "kind", kind);
    add_row(self);
}

static bool take_reference(void *context, const rc_reference *reference)
{
    moment *self = context;

    if (!is_live(self, reference->to))
        return true;
    uint8_t *mark = mark_of(self, reference->to);
    if (*mark & SHOWN) {
        push_label(self, reference);
        push_reference(self, reference->from, reference->to, kind_of(reference->reason));
    } else {
        *mark |= REFERRED_TO;
        add_to_tally(self, reference->to, false);
    }
    return true;
}

/* What has been summed up, into the sequence on top of the stack; `from` NULL: no holder. */
static void push_tallies(moment *self, const rc_object *from)
{
    for (size_t i = 0; i < self->tally_count; i++) {
        lua_createtable(self->L, 0, 4);
        if (from) {
            lua_pushinteger(self->L, rc_birth(self->lab->heap, from));
            lua_setfield(self->L, -2, "from");
        }
        bind_set_text(self->L, "type", self->tallies[i].type);
        bind_set_integer(self->L, "count", self->tallies[i].count);
        set_true(self->L, "garbage", self->tallies[i].garbage);
        lua_rawseti(self->L, -2, (lua_Integer)lua_rawlen(self->L, -2) + 1);
    }
    self->tally_count = 0;
}

/* references and hidden */
static void push_references(moment *self)
{
    lua_State *L = self->L;

    lua_newtable(L);                    /* hidden */
    start_rows(self);                   /* references */
    for (size_t i = 0; i < self->shown_count; i++) {
        rc_object *object = self->shown[i];
        rc_references(self->lab->heap, object, take_reference, self);
        const rc_object *referent = rc_is(object, &rc_weakref_type) ? rc_weakref_referent(object)
                                                                    : NULL;
        if (referent && is_live(self, referent) && (*mark_of(self, referent) & SHOWN)) {
            lua_pushliteral(L, "weak");
            push_reference(self, object, referent, "weak");
        }
        lua_insert(L, -2);
        push_tallies(self, object);
        lua_insert(L, -2);
    }
    lua_setfield(L, -3, "references");
    for (size_t i = self->live - self->old; i-- > 0;) {
        uint8_t mark = *mark_of(self, self->all[i]);
        if (!(mark & (SHOWN | REFERRED_TO)))
            add_to_tally(self, self->all[i], !(mark & REACHED));
    }
    push_tallies(self, NULL);
    lua_setfield(L, -2, "hidden");
}

static void push_collector(lua_State *L, const rc_heap *heap)
{
    uint64_t collections = 0;

    for (int i = 0; i < RC_GENERATIONS; i++)
        collections += rc_gc_get_stats(heap, i).collections;
    lua_createtable(L, 0, 6);
    bind_set_boolean(L, "enabled", rc_gc_is_enabled(heap));
    bind_set_boolean(L, "collecting", rc_gc_is_collecting(heap));
    lua_pushinteger(L, rc_gc_debug(heap));
    lua_setfield(L, -2, "debug");
    bind_set_integer(L, "long_lived_total", rc_gc_long_lived_total(heap));
    bind_set_integer(L, "long_lived_pending", rc_gc_long_lived_pending(heap));
    bind_set_integer(L, "collections", collections);
    lua_setfield(L, -2, "collector");
}

static void push_moment(moment *self)
{
    lua_State *L = self->L;

    lua_createtable(L, 0, 12);
    bind_set_integer(L, "births", rc_births(self->lab->heap));
    bind_set_integer(L, "live", self->live - self->old);
    start_rows(self);
    each_scope(self, push_names);
    lua_setfield(L, -2, "names");
    if (self->first_ones)
        bind_set_integer(L, "containers", self->containers);
    push_births(self);
    start_rows(self);
    for (size_t i = 0; i < self->shown_count; i++) {
        push_object(self, self->shown[i]);
        add_row(self);
    }
    lua_setfield(L, -2, "objects");
    push_references(self);
    bind_push_generations(L, self->lab);
    lua_setfield(L, -2, "generations");
    bind_push_caches(L, self->lab);
    lua_setfield(L, -2, "caches");
    push_collector(L, self->lab->heap);
}

/* ---------------------------------------------------------------------------- the word -- */

/* Protected; Lua's collector rests. */
static int take_moment(lua_State *L)
{
    moment *self = lua_touserdata(L, 1);

    luaL_checkstack(L, 20, NULL);
    if (lua_istable(L, 2))
        self->first_ones = 2;
    if (!find_all(self))
        return luaL_error(L, "not enough memory");
    find_reached(self);
    choose_shown(self);
    push_moment(self);
    return 1;
}

/* lab:moment{objects = n, first = handles} */
int bind_push_moment(lua_State *L, bind_lab *lab)
{
    moment self = { .L = L, .lab = lab, .most = 150 };

    if (lua_istable(L, 2)) {
        lua_getfield(L, 2, "objects");
        lua_Integer most = luaL_optinteger(L, -1, 150);
        luaL_argcheck(L, most >= 0 && most <= 1 << 24, 2, "a number of objects is expected");
        self.most = (size_t)most;
        lua_getfield(L, 2, "first");
    } else
        lua_pushnil(L);
    int first = lua_gettop(L);
    int running = lua_gc(L, LUA_GCISRUNNING);
    lua_gc(L, LUA_GCSTOP);
    lua_pushcfunction(L, take_moment);
    lua_pushlightuserdata(L, &self);
    lua_pushvalue(L, first);
    int status = lua_pcall(L, 2, 1, 0);
    if (running)
        lua_gc(L, LUA_GCRESTART);
    free(self.all);
    free(self.queue);
    free(self.shown);
    free(self.marks);
    free(self.tallies);
    return status == LUA_OK ? 1 : lua_error(L);
}
