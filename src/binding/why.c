/* Why an object is alive: what holds it, the way from a name to it, the cycle that keeps it
 * when it is garbage, and what would free it.  All is found and put into words in memory of
 * the host before the first Lua value is made. */
#include "graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_HOLDERS 1000               /* named; the others are counted */
#define MOST_STEPS 200                  /* of a way: half of them at each end */
#define LONGEST_KEY 60                  /* bytes of an object's repr in a holder's name */
#define LONGEST_REPR 400

/* ------------------------------------------------------------------------ words -- */

typedef enum part { HOLDER, PATH_STEP, CYCLE_STEP, WAY_STEP, REMOVAL, PARTS } part;

typedef struct line {
    part part;
    int64_t birth;                      /* of a step's holder; 0: no object is */
    uint32_t text;                      /* where it begins in `text` */
} line;

typedef struct findings {
    bind_graph graph;
    line *lines;
    uint32_t line_count, line_room;
    char *text;                         /* each ends in a NUL */
    size_t size, room;
    bool failed;                        /* there is no memory */

    uint32_t counts[PARTS];             /* of all that there are, told or not */
    bind_reach reach;
    bind_keepers keepers;
    uint32_t finalizer;                 /* text: who has the finalizer */
    uint32_t title, repr;               /* texts */
    bind_way path, cycle, way;
} findings;

static void put_text(findings *self, const char *text, size_t size)
{
    if (self->room - self->size < size + 1) {
        size_t room = self->room + size + 256 + self->room / 2;
        char *bigger = realloc(self->text, room);
        if (!bigger) {
            self->failed = true;
            return;
        }
        self->text = bigger;
        self->room = room;
    }
    memcpy(self->text + self->size, text, size);
    self->size += size;
}

static void put(findings *self, const char *text)
{
    put_text(self, text, strlen(text));
}

static void put_number(findings *self, const char *format, long long number)
{
    char text[48];

    snprintf(text, sizeof text, format, number);
    put(self, text);
}

static uint32_t end_text(findings *self)
{
    put_text(self, "", 1);
    return (uint32_t)self->size;
}

static void end_line(findings *self, part part, int64_t birth, size_t text)
{
    if (self->line_count == self->line_room) {
        uint32_t room = self->line_room ? 2 * self->line_room : 64;
        line *bigger = realloc(self->lines, room * sizeof *bigger);
        if (!bigger) {
            self->failed = true;
            return;
        }
        self->lines = bigger;
        self->line_room = room;
    }
    end_text(self);
    self->lines[self->line_count++] = (line) { part, birth, (uint32_t)text };
}

/* ------------------------------------------------------------- an object's repr -- */

typedef struct short_text {
    char bytes[LONGEST_REPR + 8];
    size_t size, most;
} short_text;

static bool take_text(void *context, const char *text, size_t size)
{
    short_text *self = context;
    size_t taken = size < self->most - self->size ? size : self->most - self->size;

    memcpy(self->bytes + self->size, text, taken);
    self->size += taken;
    return taken == size;
}

/* Its repr, cut to `most` bytes; of what has none (nested too deep) nothing. */
static void put_repr(findings *self, rc_object *object, size_t most)
{
    rc_heap *heap = self->graph.lab->heap;
    short_text text = { .most = most };

    if (rc_repr(heap, object, (rc_sink) { take_text, &text }))
        text.bytes[text.size] = '\0';
    else {
        rc_error_clear(heap);
        while (text.size > 0 && ((unsigned char)text.bytes[text.size - 1] & 0xC0) == 0x80)
            text.size--;                /* a character that is not whole goes, too */
        text.size -= text.size > 0 && (unsigned char)text.bytes[text.size - 1] >= 0xC0;
        memcpy(text.bytes + text.size, "\xE2\x80\xA6", 4);
    }
    size_t size = strlen(text.bytes);
    bool plain = size >= 2 && text.bytes[0] == '\'' && text.bytes[size - 1] == '\''
                 && most == LONGEST_KEY && !strchr(text.bytes, '"');
    if (plain)                          /* a key is shown as a person types it here */
        text.bytes[0] = text.bytes[size - 1] = '"';
    put(self, text.bytes);
}

/* "list #2"; of what start-up made, and so has no number, its repr. */
static void put_title(findings *self, rc_object *object)
{
    int64_t birth = rc_birth(self->graph.lab->heap, object);

    if (birth > 0) {
        put(self, rc_typename(object));
        put_number(self, " #%lld", (long long)birth);
    } else if (object->type == &rc_none_type || object->type == &rc_bool_type)
        put_repr(self, object, LONGEST_KEY);
    else {
        put(self, rc_typename(object));
        put(self, " ");
        put_repr(self, object, LONGEST_KEY);
    }
}

/* -------------------------------------------------------------------- a holder -- */

/* "v1", "inner of frame 1" */
static void put_name(findings *self, const bind_outside *outside)
{
    put_text(self, outside->name->text, outside->name->size);
    if (outside->frame)
        put_number(self, BIND_OF_FRAME, outside->frame);
}

static void put_outside(findings *self, const bind_outside *outside)
{
    switch (outside->reason) {
    case RC_FOR_NAME:
        put(self, "name ");
        put_name(self, outside);
        break;
    case RC_FOR_GARBAGE:
        put_number(self, "gc.garbage[%lld]", (long long)outside->position + 1);
        break;
    case RC_FOR_CLASS:
        put(self, "names of class ");
        put(self, rc_class_name(outside->class));
        break;
    case RC_FOR_OPERAND:
        put(self, "a word that is running");
        break;
    case RC_FOR_CALLER:
        put(self, "a finalizer, a death or a collection that is running");
        break;
    default:
        put(self, rc_reason_name(outside->reason));
        break;
    }
}

/* The instance whose attributes a dict has, or BIND_NOTHING. */
static uint32_t owner_of(const bind_graph *graph, uint32_t dict)
{
    if (!rc_is(graph->objects[dict], &rc_dict_type))
        return BIND_NOTHING;
    for (uint32_t i = graph->first_in[dict]; i < graph->first_in[dict + 1]; i++) {
        uint32_t from = bind_graph_from(graph, graph->in[i]);
        if (from != BIND_OUTSIDE && rc_is(graph->objects[from], &rc_instance_type)
            && rc_instance_dict(graph->objects[from]) == graph->objects[dict])
            return from;
    }
    return BIND_NOTHING;
}

static void put_attribute(findings *self, const rc_reference *reference, rc_object *owner)
{
    size_t size;

    if (reference->reason == RC_FOR_KEY)
        put(self, "attribute name");
    else if (reference->key && rc_is(reference->key, &rc_str_type)) {
        const char *name = rc_str_text(reference->key, &size);
        put(self, "attribute ");
        put_text(self, name, size);
    } else
        put(self, "attribute");
    put(self, " of ");
    put_title(self, owner);
}

/* "list #2 [3]", "dict #7 value of "k1"", "attribute next of Node #4" … */
static void put_holder(findings *self, uint32_t edge)
{
    const bind_graph *graph = &self->graph;

    if (edge >= graph->held) {
        put_outside(self, &graph->outside[edge - graph->held]);
        return;
    }
    rc_reference reference = bind_graph_reference(graph, edge);
    uint32_t owner = owner_of(graph, graph->from[edge]);
    if (owner != BIND_NOTHING || reference.reason == RC_FOR_ATTRIBUTE) {
        put_attribute(self, &reference,
                      owner != BIND_NOTHING ? graph->objects[owner] : reference.from);
        return;
    }
    if (reference.reason == RC_FOR_ATTRIBUTES)
        put(self, "attributes of ");
    put_title(self, reference.from);
    switch (reference.reason) {
    case RC_FOR_ITEM:
        put_number(self, " [%lld]", (long long)reference.position);
        break;
    case RC_FOR_ELEMENT:
        put(self, " element");
        break;
    case RC_FOR_KEY:
        put(self, " key");
        break;
    case RC_FOR_VALUE:
        put(self, " value of ");
        put_repr(self, reference.key, LONGEST_KEY);
        break;
    default:
        break;
    }
}

static void tell(findings *self, part part, uint32_t edge)
{
    size_t text = self->size;

    put_holder(self, edge);
    end_line(self, part, 0, text);
}

/* A step of a way: "list #2 [0]", "dict #7 "k1"", "Node #4 .next", or a name alone. */
static void put_step(findings *self, uint32_t edge)
{
    const bind_graph *graph = &self->graph;
    size_t size;

    if (edge >= graph->held && graph->outside[edge - graph->held].reason == RC_FOR_NAME) {
        put_name(self, &graph->outside[edge - graph->held]);
        return;
    }
    rc_reference reference = bind_graph_reference(graph, edge);
    if (edge >= graph->held || reference.reason == RC_FOR_ITEM
        || reference.reason == RC_FOR_ELEMENT) {
        put_holder(self, edge);
        return;
    }
    uint32_t owner = owner_of(graph, graph->from[edge]);
    bool of_dict = owner == BIND_NOTHING && reference.reason != RC_FOR_ATTRIBUTE;
    put_title(self, owner != BIND_NOTHING ? graph->objects[owner] : reference.from);
    if (reference.reason == RC_FOR_ATTRIBUTES)
        put(self, " attributes");
    else if (reference.reason == RC_FOR_KEY)
        put(self, of_dict ? " key " : " attribute name ");
    else
        put(self, of_dict ? " " : " .");
    rc_object *key = reference.reason == RC_FOR_KEY ? reference.to : reference.key;
    if (key && !of_dict && rc_is(key, &rc_str_type)) {
        const char *name = rc_str_text(key, &size);
        put_text(self, name, size);
    } else if (key)
        put_repr(self, key, LONGEST_KEY);
}

/* The holder, for a dict of attributes their instance. */
static int64_t birth_of_holder(const bind_graph *graph, uint32_t edge)
{
    if (edge >= graph->held)
        return 0;
    uint32_t owner = owner_of(graph, graph->from[edge]);
    return rc_birth(graph->lab->heap,
                    graph->objects[owner != BIND_NOTHING ? owner : graph->from[edge]]);
}

/* An instance and its dict of attributes are one step, unless the way ends with the dict. */
static bool is_half_a_step(const bind_graph *graph, const bind_way *way, uint32_t i, bool round)
{
    return (i + 1 < way->size || round)
           && bind_graph_reference(graph, way->edges[i]).reason == RC_FOR_ATTRIBUTES;
}

static void tell_way(findings *self, part part, const bind_way *way, bool round)
{
    uint32_t steps = 0, step = 0;

    for (uint32_t i = 0; i < way->size; i++)
        steps += !is_half_a_step(&self->graph, way, i, round);
    self->counts[part] = steps;
    for (uint32_t i = 0; i < way->size; i++) {
        if (is_half_a_step(&self->graph, way, i, round))
            continue;
        bool left_out = steps > MOST_STEPS && step >= MOST_STEPS / 2
                        && step < steps - MOST_STEPS / 2;
        step++;
        if (left_out)
            continue;
        size_t text = self->size;
        put_step(self, way->edges[i]);
        end_line(self, part, birth_of_holder(&self->graph, way->edges[i]), text);
    }
}

/* ---------------------------------------------------------------------- finding -- */

static void find_holders(findings *self, uint32_t node)
{
    const bind_graph *graph = &self->graph;

    for (uint32_t i = graph->first_in[node]; i < graph->first_in[node + 1]; i++) {
        uint32_t edge = graph->in[i];
        if (edge >= graph->held && !graph->outside[edge - graph->held].counted)
            continue;
        if (self->counts[HOLDER]++ < MOST_HOLDERS)
            tell(self, HOLDER, edge);
    }
}

static bool find_removals(findings *self, uint32_t node)
{
    const bind_graph *graph = &self->graph;
    const bind_way *way = self->reach == BIND_UNREACHED ? &self->way : &self->path;
    uint32_t nearest;
    bool frees = false;

    if (way->size + self->cycle.size == 0)
        return true;
    if (!bind_graph_removal(graph, node, way, &self->cycle, &nearest))
        return false;
    if (nearest == BIND_NOTHING)
        return true;
    tell(self, REMOVAL, nearest);
    self->counts[REMOVAL]++;
    if (self->reach == BIND_UNREACHED || way->edges[0] == nearest
        || self->reach == BIND_BY_OTHER)
        return true;
    if (!bind_graph_frees(graph, way->edges[0], node, &frees))
        return false;
    if (frees) {                        /* the name at its other end does it, too */
        tell(self, REMOVAL, way->edges[0]);
        self->counts[REMOVAL]++;
    }
    return true;
}

static bool find_garbage(findings *self, uint32_t node)
{
    const bind_graph *graph = &self->graph;

    if (!bind_graph_cycle(graph, node, &self->cycle, &self->way)
        || !bind_graph_keepers(graph, node, &self->cycle, &self->keepers))
        return false;
    tell_way(self, CYCLE_STEP, &self->cycle, true);
    tell_way(self, WAY_STEP, &self->way, false);
    if (self->keepers.finalizer != BIND_NOTHING) {
        self->finalizer = (uint32_t)self->size;
        put_title(self, graph->objects[self->keepers.finalizer]);
        end_text(self);
    }
    return true;
}

static bool find_all(findings *self, rc_object *object)
{
    const bind_graph *graph = &self->graph;
    uint32_t node;

    if (!bind_graph_make(&self->graph))
        return false;
    node = bind_graph_node(graph, object);
    self->title = (uint32_t)self->size;
    put_title(self, object);
    self->repr = end_text(self);
    put_repr(self, object, LONGEST_REPR);
    end_text(self);
    find_holders(self, node);
    if (!bind_graph_path(graph, node, &self->path, &self->reach))
        return false;
    tell_way(self, PATH_STEP, &self->path, false);
    if (self->reach == BIND_UNREACHED && !find_garbage(self, node))
        return false;
    return (rc_is_immortal(object) || find_removals(self, node)) && !self->failed;
}

/* Free what was found; it may be large, and Lua's collector does not see that. */
static void close_findings(findings *self)
{
    bind_graph_close(&self->graph);
    free(self->lines);
    free(self->text);
    free(self->path.edges);
    free(self->cycle.edges);
    free(self->way.edges);
    *self = (findings) { 0 };
}

static int collect_findings(lua_State *L)
{
    close_findings(lua_touserdata(L, 1));
    return 0;
}

/* Push the place for what is found; an error of Lua's frees what is in it. */
static findings *push_findings(lua_State *L, bind_lab *lab)
{
    findings *self = lua_newuserdatauv(L, sizeof *self, 0);

    *self = (findings) { .graph = { .lab = lab } };
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, collect_findings);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    return self;
}

/* The live object of the handle at `arg`, not held: nothing runs before all is found. */
static rc_object *find_object(lua_State *L, bind_lab *lab, int arg)
{
    bind_handle *handle = bind_test(L, arg);

    if (!handle || !bind_is_alive(lab, handle))
        return bind_look(L, lab, arg);          /* raises */
    return handle->object;
}

/* ----------------------------------------------------------------------- telling -- */

static void push_lines(lua_State *L, const findings *self, part part)
{
    lua_Integer count = 0;

    lua_newtable(L);
    for (uint32_t i = 0; i < self->line_count; i++)
        if (self->lines[i].part == part) {
            lua_pushstring(L, self->text + self->lines[i].text);
            lua_rawseti(L, -2, ++count);
        }
}

static void push_steps(lua_State *L, const findings *self, part part)
{
    lua_Integer count = 0;

    lua_newtable(L);
    for (uint32_t i = 0; i < self->line_count; i++)
        if (self->lines[i].part == part) {
            lua_createtable(L, 0, 2);
            lua_pushstring(L, self->text + self->lines[i].text);
            lua_setfield(L, -2, "text");
            if (self->lines[i].birth) {
                lua_pushinteger(L, self->lines[i].birth);
                lua_setfield(L, -2, "birth");
            }
            lua_rawseti(L, -2, ++count);
        }
}

/* What the count that is shown has besides those that are known. */
static uint64_t unheld(const findings *self, uint64_t shown)
{
    return shown > self->counts[HOLDER] ? shown - self->counts[HOLDER] : 0;
}

static void set_way(lua_State *L, const findings *self, const char *name, part part)
{
    char size[32];

    push_steps(L, self, part);
    lua_setfield(L, -2, name);
    snprintf(size, sizeof size, "%s_length", name);
    bind_set_integer(L, size, self->counts[part]);
}

/* What the collector is about, for when it will come. */
static void push_collector(lua_State *L, const rc_heap *heap)
{
    lua_createtable(L, 0, 8);
    lua_pushboolean(L, rc_gc_is_enabled(heap));
    lua_setfield(L, -2, "enabled");
    lua_pushboolean(L, rc_gc_is_collecting(heap));
    lua_setfield(L, -2, "collecting");
    lua_pushboolean(L, rc_gc_debug(heap) & RC_DEBUG_SAVEALL);
    lua_setfield(L, -2, "saveall");
    lua_createtable(L, RC_GENERATIONS, 0);
    lua_createtable(L, RC_GENERATIONS, 0);
    for (int i = 0; i < RC_GENERATIONS; i++) {
        lua_pushinteger(L, rc_gc_count(heap, i));
        lua_rawseti(L, -3, i + 1);
        lua_pushinteger(L, rc_gc_threshold(heap, i));
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -3, "thresholds");
    lua_setfield(L, -2, "counts");
    bind_set_integer(L, "long_lived_total", (lua_Integer)rc_gc_long_lived_total(heap));
    bind_set_integer(L, "long_lived_pending", (lua_Integer)rc_gc_long_lived_pending(heap));
}

/* Of a dead object: what it was, and how it died. */
static int push_death(lua_State *L, bind_lab *lab, const bind_handle *handle)
{
    lua_createtable(L, 0, 4);
    bind_set_integer(L, "birth", bind_birth(lab, handle));
    bind_set_text(L, "type", bind_type_of(lab, handle));
    bind_set_boolean(L, "dead", true);
    bind_push_death(L, lab, handle);
    lua_setfield(L, -2, "death");
    return 1;
}

/* Push the object's title: "list #2", or of what start-up made "None", "int 7". */
void bind_push_title(lua_State *L, bind_lab *lab, rc_object *object)
{
    findings *self = push_findings(L, lab);

    put_title(self, object);
    end_text(self);
    lua_pushstring(L, self->failed ? rc_typename(object) : self->text);
    close_findings(self);
    lua_remove(L, -2);
}

/* lab:why(x) -> table of what refchain/why.lua says */
int bind_why(lua_State *L, bind_lab *lab)
{
    static const char *const reaches[] = {
        [BIND_BY_NAME] = "name", [BIND_BY_TEMPORARY] = "temporary", [BIND_BY_OTHER] = "other",
        [BIND_UNREACHED] = "garbage",
    };
    bind_handle *handle = bind_test(L, 2);
    rc_heap *heap = lab->heap;

    if (handle && handle->lab == lab && !bind_is_alive(lab, handle))
        return push_death(L, lab, handle);
    findings *self = push_findings(L, lab);
    rc_object *object = find_object(L, lab, 2);
    if (!find_all(self, object)) {
        close_findings(self);
        rc_raise(heap, RC_MEMORY_ERROR, "there is no memory to ask why");
        return bind_raise(L, lab);
    }
    /* from here on Lua values are made: what is still asked of the object is asked first */
    int64_t birth = rc_birth(heap, object);
    uintptr_t id = rc_id(object);
    uint64_t shown = bind_count(lab, object);
    int generation = rc_gc_generation(heap, object);
    bool tracked = rc_gc_is_tracked(heap, object), immortal = rc_is_immortal(object);
    const char *type = rc_typename(object);
    const char *origin = rc_origin_name(rc_object_origin(heap, object));

    lua_createtable(L, 0, 24);
    bind_set_integer(L, "birth", birth);
    bind_set_integer(L, "id", (lua_Integer)id);
    bind_set_text(L, "type", type);
    bind_set_text(L, "title", self->text + self->title);
    bind_set_text(L, "repr", self->text + self->repr);
    bind_set_integer(L, "refcount", (lua_Integer)shown);
    bind_set_generation(L, "generation", generation);
    bind_set_boolean(L, "tracked", tracked);
    bind_set_boolean(L, "immortal", immortal);
    bind_set_text(L, "origin", origin);
    bind_set_text(L, "reach", reaches[self->reach]);
    push_lines(L, self, HOLDER);
    lua_setfield(L, -2, "holders");
    bind_set_integer(L, "holder_count", self->counts[HOLDER]);
    bind_set_integer(L, "pinned", (lua_Integer)unheld(self, shown));
    push_lines(L, self, REMOVAL);
    lua_setfield(L, -2, "removals");
    if (self->reach != BIND_UNREACHED)
        set_way(L, self, "path", PATH_STEP);
    else {
        set_way(L, self, "cycle", CYCLE_STEP);
        set_way(L, self, "way", WAY_STEP);
        bind_set_generation(L, "oldest", self->keepers.generation);
        if (self->finalizer)
            bind_set_text(L, "finalizer", self->text + self->finalizer);
        lua_pushboolean(L, self->keepers.untracked_cycle);
        lua_setfield(L, -2, "unseen");
        push_collector(L, heap);
        lua_setfield(L, -2, "collector");
    }
    close_findings(self);
    return 1;
}

/* lab:referrers(x) -> sequence of the holders, in words */
int bind_push_referrers(lua_State *L, bind_lab *lab)
{
    findings *self = push_findings(L, lab);
    rc_object *object = find_object(L, lab, 2);
    bool worked = bind_graph_make(&self->graph);

    if (worked)
        find_holders(self, bind_graph_node(&self->graph, object));
    if (!worked || self->failed) {
        close_findings(self);
        rc_raise(lab->heap, RC_MEMORY_ERROR, "there is no memory to look for holders");
        return bind_raise(L, lab);
    }
    push_lines(L, self, HOLDER);
    close_findings(self);
    return 1;
}

/* The edge to tell of who holds a node: from a name, else from the newest object that is
 * another one, else from outside; BIND_NOTHING: only itself or what runs does. */
static uint32_t edge_to_tell(const bind_graph *graph, uint32_t node)
{
    uint32_t object = BIND_NOTHING, other = BIND_NOTHING;

    for (uint32_t i = graph->first_in[node]; i < graph->first_in[node + 1]; i++) {
        uint32_t edge = graph->in[i];
        if (edge < graph->held) {
            uint32_t from = bind_graph_from(graph, edge);
            if (from != node && owner_of(graph, from) != node)
                object = edge;          /* they come oldest first */
            continue;
        }
        const bind_outside *outside = &graph->outside[edge - graph->held];
        if (outside->reason == RC_FOR_NAME)
            return edge;
        if (outside->counted && outside->reason != RC_FOR_OPERAND
            && outside->reason != RC_FOR_CALLER)
            other = edge;
    }
    return object != BIND_NOTHING ? object : other;
}

/* Tell of a node in three lines: type and birth, repr, holder (empty: none). */
static void tell_held(findings *self, uint32_t node)
{
    rc_object *object = self->graph.objects[node];
    uint32_t edge = edge_to_tell(&self->graph, node);
    size_t text = self->size;

    put(self, rc_typename(object));
    end_line(self, PATH_STEP, rc_birth(self->graph.lab->heap, object), text);
    text = self->size;
    put_repr(self, object, LONGEST_KEY);
    end_line(self, WAY_STEP, 0, text);
    text = self->size;
    if (edge != BIND_NOTHING)
        put_holder(self, edge);
    end_line(self, HOLDER, 0, text);
}

void bind_push_held(lua_State *L, bind_lab *lab, const int64_t *births, int count)
{
    findings *self = push_findings(L, lab);
    bool worked = bind_graph_make(&self->graph);

    for (int i = 0; worked && i < count; i++)
        for (uint32_t node = 0; node < self->graph.count; node++)
            if (rc_birth(lab->heap, self->graph.objects[node]) == births[i])
                tell_held(self, node);
    if (!worked || self->failed) {
        close_findings(self);
        rc_raise(lab->heap, RC_MEMORY_ERROR, "there is no memory to look for holders");
        bind_raise(L, lab);
    }
    lua_newtable(L);
    for (uint32_t i = 0; i + 2 < self->line_count; i += 3) {
        const line *lines = &self->lines[i];
        lua_createtable(L, 0, 4);
        bind_set_integer(L, "birth", (uint64_t)lines[0].birth);
        bind_set_text(L, "type", self->text + lines[0].text);
        bind_set_text(L, "text", self->text + lines[1].text);
        if (self->text[lines[2].text] != '\0')
            bind_set_text(L, "holder", self->text + lines[2].text);
        lua_rawseti(L, -2, (lua_Integer)i / 3 + 1);
    }
    close_findings(self);
    lua_remove(L, -2);
}
