/* The graph of the live objects: making it, and searching it.  Each search takes time linear
 * in the graph.  Fails: without memory of the host, with nothing changed. */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------------- nodes -- */

static size_t home(const bind_graph *graph, const rc_object *object)
{
    return (size_t)((rc_id(object) >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 24) & graph->slot_mask;
}

uint32_t bind_graph_node(const bind_graph *graph, const rc_object *object)
{
    for (size_t at = home(graph, object); graph->slots[at] != 0; at = (at + 1) & graph->slot_mask)
        if (graph->objects[graph->slots[at] - 1] == object)
            return graph->slots[at] - 1;
    return BIND_NOTHING;
}

static void enter(bind_graph *graph, uint32_t node)
{
    size_t at = home(graph, graph->objects[node]);

    while (graph->slots[at] != 0)
        at = (at + 1) & graph->slot_mask;
    graph->slots[at] = node + 1;
}

static bool make_nodes(bind_graph *graph)
{
    rc_heap *heap = graph->lab->heap;
    uint32_t count = (uint32_t)rc_live(heap, NULL), node = count;
    size_t slots = 64;

    while (slots < 2 * (size_t)count)
        slots *= 2;
    graph->objects = malloc((count + 1) * sizeof *graph->objects);
    graph->slots = calloc(slots, sizeof *graph->slots);
    graph->slot_mask = slots - 1;
    if (!graph->objects || !graph->slots)
        return false;
    for (rc_object *object = rc_newest(heap); object && node > 0; object = rc_older(heap, object))
        graph->objects[--node] = object;
    if (node > 0)                       /* some are dying: they are not on the refchain */
        memmove(graph->objects, graph->objects + node, (count - node) * sizeof *graph->objects);
    graph->count = count - node;
    for (node = 0; node < graph->count; node++)
        enter(graph, node);
    return true;
}

/* ----------------------------------------------------------------------- edges -- */

static bool grow_edges(bind_graph *graph)
{
    uint32_t room = graph->room ? 2 * graph->room : graph->count + 64;
    uint32_t *from, *to;

    if (room <= graph->room)            /* more than can be numbered */
        return false;
    if ((from = realloc(graph->from, room * sizeof *from)) != NULL)
        graph->from = from;
    if ((to = realloc(graph->to, room * sizeof *to)) != NULL)
        graph->to = to;
    if (!from || !to)
        return false;
    graph->room = room;
    return true;
}

typedef struct maker {
    bind_graph *graph;
    uint32_t node;
} maker;

static bool add_edge(void *context, const rc_reference *reference)
{
    maker *self = context;
    bind_graph *graph = self->graph;
    uint32_t to = bind_graph_node(graph, reference->to);

    if (to == BIND_NOTHING)             /* it is dying */
        return true;
    if (graph->held == graph->room && !grow_edges(graph)) {
        graph->failed = true;
        return false;
    }
    graph->from[graph->held] = self->node;
    graph->to[graph->held++] = to;
    return true;
}

static bool make_edges(bind_graph *graph)
{
    maker maker = { graph, 0 };

    graph->first_out = malloc((graph->count + (size_t)1) * sizeof *graph->first_out);
    if (!graph->first_out)
        return false;
    for (; maker.node < graph->count && !graph->failed; maker.node++) {
        rc_object *object = graph->objects[maker.node];
        graph->first_out[maker.node] = graph->held;
        if (rc_type_is_container(object->type))
            rc_references(graph->lab->heap, object, add_edge, &maker);
    }
    graph->first_out[maker.node] = graph->held;
    return !graph->failed;
}

static void add_outside(bind_graph *graph, const rc_object *object, bind_outside outside)
{
    outside.to = bind_graph_node(graph, object);
    if (outside.to == BIND_NOTHING || graph->failed)
        return;
    if (graph->outside_count == graph->outside_room) {
        uint32_t room = graph->outside_room ? 2 * graph->outside_room : 512;
        bind_outside *bigger = realloc(graph->outside, room * sizeof *bigger);
        if (!bigger) {
            graph->failed = true;
            return;
        }
        graph->outside = bigger;
        graph->outside_room = room;
    }
    graph->outside[graph->outside_count++] = outside;
}

static void add_names(bind_graph *graph, const bind_scope *scope, int frame)
{
    for (const bind_name *name = NULL; (name = bind_next_name(scope, name)) != NULL;)
        if (name->object)
            add_outside(graph, name->object,
                        (bind_outside) { .reach = BIND_BY_NAME, .reason = RC_FOR_NAME,
                                         .name = name, .frame = frame, .counted = true });
}

/* Operands are held for a moment: no count that is shown has them. */
static bool add_cached(void *context, const rc_reference *reference)
{
    bind_graph *graph = context;

    add_outside(graph, reference->to,
                (bind_outside) { .reach = BIND_BY_OTHER, .reason = reference->reason,
                                 .position = reference->position, .class = reference->class,
                                 .counted = reference->reason != RC_FOR_OPERAND });
    return !graph->failed;
}

static rc_reason keeper_of(const rc_heap *heap, const rc_object *object)
{
    switch (rc_object_origin(heap, object)) {
    case RC_ORIGIN_POOL:
        return RC_FOR_POOL;
    case RC_ORIGIN_CHARACTER:
        return RC_FOR_CHARACTERS;
    case RC_ORIGIN_SINGLETON:
        return RC_FOR_SINGLETON;
    default:
        return RC_FOR_INTERN_TABLE;
    }
}

/* What keeps an immortal object is in the count that is shown, unless that is pinned; it
 * does not show itself.  Nor does what holds an object while it or another dies. */
static bool add_unshown(bind_graph *graph)
{
    const rc_heap *heap = graph->lab->heap;
    uint32_t *found = calloc(graph->count + (size_t)1, sizeof *found);

    if (!found)
        return false;
    for (uint32_t edge = 0; edge < bind_graph_edges(graph); edge++)
        found[bind_graph_to(graph, edge)]++;
    for (uint32_t node = 0; node < graph->count; node++) {
        const rc_object *object = graph->objects[node];
        if (rc_is_immortal(object))
            add_outside(graph, object,
                        (bind_outside) { .reach = BIND_BY_OTHER, .reason = keeper_of(heap, object),
                                         .counted = true });
        else
            for (uint32_t more = found[node]; more < object->refcount; more++)
                add_outside(graph, object,
                            (bind_outside) { .reach = BIND_BY_OTHER, .reason = RC_FOR_CALLER,
                                             .counted = true });
    }
    free(found);
    return true;
}

static bool make_outside(bind_graph *graph)
{
    bind_lab *lab = graph->lab;
    int frame = lab->frames;

    add_names(graph, &lab->scenario, 0);
    for (const bind_scope *scope = lab->innermost; scope != &lab->scenario; scope = scope->caller)
        add_names(graph, scope, frame--);
    for (uint32_t i = 0; i < lab->temporaries.count; i++)
        if (lab->temporaries.entries[i].object)
            add_outside(graph, lab->temporaries.entries[i].object,
                        (bind_outside) { .reach = BIND_BY_TEMPORARY, .reason = RC_FOR_TEMPORARY,
                                         .counted = true });
    rc_outside_references(lab->heap, add_cached, graph);
    return !graph->failed && add_unshown(graph) && !graph->failed;
}

/* The edges by their targets: counted, then placed. */
static bool sort_edges(bind_graph *graph)
{
    uint32_t edges = bind_graph_edges(graph), *first;

    graph->in = malloc((edges + (size_t)1) * sizeof *graph->in);
    first = graph->first_in = calloc(graph->count + (size_t)2, sizeof *first);
    if (!graph->in || !first)
        return false;
    for (uint32_t edge = 0; edge < edges; edge++)
        first[bind_graph_to(graph, edge) + 2]++;
    for (uint32_t node = 1; node <= graph->count; node++)
        first[node + 1] += first[node];
    /* outside ones first: a person knows them best */
    for (uint32_t i = 0; i < edges; i++) {
        uint32_t edge = i < graph->outside_count ? graph->held + i : i - graph->outside_count;
        graph->in[first[bind_graph_to(graph, edge) + 1]++] = edge;
    }
    return true;
}

bool bind_graph_make(bind_graph *graph)
{
    return make_nodes(graph) && make_edges(graph) && make_outside(graph) && sort_edges(graph);
}

/* -------------------------------------------------------------- life of a graph -- */

void bind_graph_close(bind_graph *graph)
{
    bind_lab *lab = graph->lab;

    free(graph->objects);
    free(graph->slots);
    free(graph->from);
    free(graph->to);
    free(graph->first_out);
    free(graph->outside);
    free(graph->in);
    free(graph->first_in);
    *graph = (bind_graph) { .lab = lab };
}

/* ------------------------------------------------------------- what an edge is -- */

typedef struct chooser {
    const bind_graph *graph;
    uint32_t left;
    rc_reference chosen;
} chooser;

static bool choose(void *context, const rc_reference *reference)
{
    chooser *self = context;

    if (bind_graph_node(self->graph, reference->to) == BIND_NOTHING)
        return true;
    self->chosen = *reference;
    return self->left-- > 0;
}

rc_reference bind_graph_reference(const bind_graph *graph, uint32_t edge)
{
    if (edge >= graph->held) {
        const bind_outside *outside = &graph->outside[edge - graph->held];
        return (rc_reference) { .to = graph->objects[outside->to], .reason = outside->reason };
    }
    uint32_t from = graph->from[edge];
    chooser self = { graph, edge - graph->first_out[from], { 0 } };
    rc_references(graph->lab->heap, graph->objects[from], choose, &self);
    return self.chosen;
}

/* ---------------------------------------------------------------------- searches -- */

/* A search, breadth first: a node's `by` is the edge that it was first met by. */
typedef struct search {
    const bind_graph *graph;
    uint32_t *by;                       /* BIND_NOTHING: not met */
    uint32_t *queue;
    uint32_t head, tail;
} search;

static bool start(search *self, const bind_graph *graph)
{
    size_t count = graph->count + (size_t)1;

    *self = (search) { .graph = graph, .by = malloc(count * sizeof *self->by),
                       .queue = malloc(count * sizeof *self->queue) };
    if (!self->by || !self->queue)
        return false;
    memset(self->by, 0xff, count * sizeof *self->by);
    return true;
}

static void end(search *self)
{
    free(self->by);
    free(self->queue);
}

static void meet(search *self, uint32_t node, uint32_t edge)
{
    if (self->by[node] == BIND_NOTHING) {
        self->by[node] = edge;
        self->queue[self->tail++] = node;
    }
}

/* Meet what a node refers to.  An instance and its dict of attributes are one step. */
static void expand(search *self, uint32_t node)
{
    const bind_graph *graph = self->graph;
    const rc_object *object = graph->objects[node];

    for (uint32_t edge = graph->first_out[node]; edge < graph->first_out[node + 1]; edge++)
        meet(self, graph->to[edge], edge);
    if (rc_is(object, &rc_instance_type) && rc_instance_dict(object)
        && graph->first_out[node + 1] > graph->first_out[node]) {
        uint32_t dict = graph->to[graph->first_out[node]];
        for (uint32_t edge = graph->first_out[dict]; edge < graph->first_out[dict + 1]; edge++)
            meet(self, graph->to[edge], edge);
    }
}

/* Follow references forward until `goal` is met. */
static bool go_forward(search *self, uint32_t goal)
{
    while (self->head < self->tail && self->by[goal] == BIND_NOTHING)
        expand(self, self->queue[self->head++]);
    return self->by[goal] != BIND_NOTHING;
}

/* The edges by which `node` was met, back to one whose source is `start` or outside. */
static bool trace_back(const search *self, uint32_t node, uint32_t start, bind_way *way)
{
    const bind_graph *graph = self->graph;
    uint32_t size = 0, at = node;

    do {
        size++;
        at = bind_graph_from(graph, self->by[at]);
    } while (at != start && at != BIND_OUTSIDE);
    way->edges = malloc(size * sizeof *way->edges);
    if (!way->edges)
        return false;
    way->size = size;
    for (at = node; size > 0; at = bind_graph_from(graph, self->by[at]))
        way->edges[--size] = self->by[at];
    return true;
}

static void meet_from_outside(search *self, bind_reach reach, bool counted)
{
    const bind_graph *graph = self->graph;

    for (uint32_t i = 0; i < graph->outside_count; i++)
        if (graph->outside[i].reach == reach && graph->outside[i].counted == counted)
            meet(self, graph->outside[i].to, graph->held + i);
}

bool bind_graph_path(const bind_graph *graph, uint32_t node, bind_way *way, bind_reach *reach)
{
    search self;
    bool worked = start(&self, graph), met = false;

    *way = (bind_way) { 0 };
    for (*reach = BIND_BY_NAME; worked && *reach < BIND_UNREACHED; (*reach)++) {
        meet_from_outside(&self, *reach, true);
        met = go_forward(&self, node);
        if (!met) {
            meet_from_outside(&self, *reach, false);
            met = go_forward(&self, node);
        }
        if (met)
            break;
    }
    if (met)
        worked = trace_back(&self, node, BIND_OUTSIDE, way);
    end(&self);
    return worked;
}

bool bind_graph_reaches(const bind_graph *graph, uint8_t **reaches)
{
    search self;
    bool worked = start(&self, graph);

    *reaches = malloc(graph->count + (size_t)1);
    worked = worked && *reaches;
    if (worked)
        memset(*reaches, BIND_UNREACHED, graph->count + (size_t)1);
    for (int reach = BIND_BY_NAME; worked && reach < BIND_UNREACHED; reach++) {
        uint32_t first = self.tail;
        for (uint32_t i = 0; i < graph->outside_count; i++)
            if ((int)graph->outside[i].reach == reach)
                meet(&self, graph->outside[i].to, graph->held + i);
        while (self.head < self.tail)
            expand(&self, self.queue[self.head++]);
        for (; first < self.tail; first++)
            (*reaches)[self.queue[first]] = (uint8_t)reach;
    }
    end(&self);
    return worked;
}

/* ------------------------------------------------------------------- cycles -- */

/* Meet all that reaches `node`, the nearest first; a node's `by` is the edge that leads on
 * to `node`.  Its own is the first edge of a cycle that it is met by again. */
static bool find_ancestors(search *self, const bind_graph *graph, uint32_t node)
{
    if (!start(self, graph))
        return false;
    self->queue[self->tail++] = node;
    while (self->head < self->tail) {
        uint32_t at = self->queue[self->head++];
        for (uint32_t i = graph->first_in[at]; i < graph->first_in[at + 1]; i++) {
            uint32_t from = bind_graph_from(graph, graph->in[i]);
            if (from == BIND_OUTSIDE)
                continue;
            if (from == node && self->by[node] == BIND_NOTHING)
                self->by[node] = graph->in[i];
            else
                meet(self, from, graph->in[i]);
        }
    }
    return true;
}

/* Tarjan's search for strongly connected components, among the `ancestors` of an object;
 * without recursion.  A node's `low` is its component's lowest number; those on the stack
 * are linked through `below`. */
typedef struct components {
    const search *ancestors;
    uint32_t *number, *low, *next, *above;      /* number 0: not visited; next edge; caller */
    uint32_t *stack;
    uint32_t size, count;
    bool *in_cycle, *stacked;
} components;

static bool open_components(components *self, const search *ancestors)
{
    size_t count = ancestors->graph->count + (size_t)1;

    *self = (components) { .ancestors = ancestors };
    self->number = calloc(count, sizeof *self->number);
    self->low = malloc(count * sizeof *self->low);
    self->next = malloc(count * sizeof *self->next);
    self->above = malloc(count * sizeof *self->above);
    self->stack = malloc(count * sizeof *self->stack);
    self->in_cycle = calloc(count, sizeof *self->in_cycle);
    self->stacked = calloc(count, sizeof *self->stacked);
    return self->number && self->low && self->next && self->above && self->stack && self->in_cycle
           && self->stacked;
}

static void close_components(components *self)
{
    free(self->number);
    free(self->low);
    free(self->next);
    free(self->above);
    free(self->stack);
    free(self->in_cycle);
    free(self->stacked);
}

static void enter_node(components *self, uint32_t node, uint32_t above)
{
    self->number[node] = self->low[node] = ++self->count;
    self->next[node] = self->ancestors->graph->first_out[node];
    self->above[node] = above;
    self->stack[self->size++] = node;
    self->stacked[node] = true;
}

/* The node is its component's first: the component is complete. */
static void leave_component(components *self, uint32_t node)
{
    bool several = self->stack[self->size - 1] != node;
    uint32_t member;

    do {
        member = self->stack[--self->size];
        self->stacked[member] = false;
        self->in_cycle[member] = self->in_cycle[member] || several;
    } while (member != node);
}

static void visit_from(components *self, uint32_t root)
{
    const bind_graph *graph = self->ancestors->graph;
    uint32_t node = root;

    enter_node(self, root, BIND_NOTHING);
    while (node != BIND_NOTHING) {
        if (self->next[node] < graph->first_out[node + 1]) {
            uint32_t to = graph->to[self->next[node]++];
            if (self->ancestors->by[to] == BIND_NOTHING)
                continue;
            if (to == node)
                self->in_cycle[node] = true;
            if (self->number[to] == 0) {
                enter_node(self, to, node);
                node = to;
            } else if (self->stacked[to] && self->number[to] < self->low[node])
                self->low[node] = self->number[to];
            continue;
        }
        uint32_t above = self->above[node];
        if (self->low[node] == self->number[node])
            leave_component(self, node);
        if (above != BIND_NOTHING && self->low[node] < self->low[above])
            self->low[above] = self->low[node];
        node = above;
    }
}

/* The first of the ancestors that is in a cycle. */
static bool nearest_in_cycle(const search *ancestors, uint32_t *nearest)
{
    components self;
    bool worked = open_components(&self, ancestors);

    *nearest = BIND_NOTHING;
    for (uint32_t i = 1; worked && i < ancestors->tail; i++)
        if (self.number[ancestors->queue[i]] == 0)
            visit_from(&self, ancestors->queue[i]);
    for (uint32_t i = 1; worked && i < ancestors->tail && *nearest == BIND_NOTHING; i++)
        if (self.in_cycle[ancestors->queue[i]])
            *nearest = ancestors->queue[i];
    close_components(&self);
    return worked;
}

/* The shortest way from `node` back to itself; there is one. */
static bool cycle_through(const bind_graph *graph, uint32_t node, bind_way *cycle)
{
    search self;
    bool worked = start(&self, graph);

    if (worked) {
        expand(&self, node);
        worked = go_forward(&self, node) && trace_back(&self, node, node, cycle);
    }
    end(&self);
    return worked;
}

/* The way from an ancestor on to the object. */
static bool follow(const search *ancestors, uint32_t from, uint32_t node, bind_way *way)
{
    const bind_graph *graph = ancestors->graph;
    uint32_t size = 0;

    for (uint32_t at = from; at != node; at = bind_graph_to(graph, ancestors->by[at]))
        size++;
    way->edges = malloc((size + (size_t)1) * sizeof *way->edges);
    if (!way->edges)
        return false;
    for (uint32_t at = from; at != node; at = bind_graph_to(graph, ancestors->by[at]))
        way->edges[way->size++] = ancestors->by[at];
    return true;
}

bool bind_graph_cycle(const bind_graph *graph, uint32_t node, bind_way *cycle, bind_way *way)
{
    search ancestors;
    uint32_t nearest = node;
    bool worked = find_ancestors(&ancestors, graph, node);

    *cycle = *way = (bind_way) { 0 };
    if (worked && ancestors.by[node] == BIND_NOTHING)
        worked = nearest_in_cycle(&ancestors, &nearest);
    if (worked && nearest != BIND_NOTHING)
        worked = cycle_through(graph, nearest, cycle) && follow(&ancestors, nearest, node, way);
    end(&ancestors);
    if (!worked) {
        free(cycle->edges);
        *cycle = (bind_way) { 0 };
    }
    return worked;
}

static bool has_finalizer(const rc_object *object)
{
    return rc_is(object, &rc_instance_type) && rc_class_has_finalizer(rc_instance_class(object));
}

bool bind_graph_keepers(const bind_graph *graph, uint32_t node, const bind_way *cycle,
                        bind_keepers *keepers)
{
    const rc_heap *heap = graph->lab->heap;
    search ancestors;
    bool worked = find_ancestors(&ancestors, graph, node);

    *keepers = (bind_keepers) { RC_NO_GENERATION, BIND_NOTHING, false };
    for (uint32_t i = 0; worked && i < ancestors.tail; i++) {
        const rc_object *object = graph->objects[ancestors.queue[i]];
        int generation = rc_gc_generation(heap, object);
        if (generation > keepers->generation)
            keepers->generation = generation;
        if (keepers->finalizer == BIND_NOTHING && has_finalizer(object))
            keepers->finalizer = ancestors.queue[i];
    }
    for (uint32_t i = 0; worked && i < cycle->size; i++)
        if (!rc_gc_is_tracked(heap, graph->objects[bind_graph_to(graph, cycle->edges[i])]))
            keepers->untracked_cycle = true;
    end(&ancestors);
    return worked;
}

/* ------------------------------------------------------------------- removing -- */

static uint32_t holders(const bind_graph *graph, uint32_t node)
{
    return graph->first_in[node + 1] - graph->first_in[node];
}

/* What dies by count when the edge is removed: an object whose last reference goes lets go
 * of all that it holds. */
bool bind_graph_frees(const bind_graph *graph, uint32_t edge, uint32_t node, bool *frees)
{
    size_t count = graph->count + (size_t)1;
    uint32_t *gone = calloc(count, sizeof *gone), *queue = malloc(count * sizeof *queue);
    uint32_t head = 0, tail = 0, first = bind_graph_to(graph, edge);
    bool worked = gone && queue;

    *frees = false;
    if (worked && holders(graph, first) == 1)
        queue[tail++] = first;
    while (head < tail && !*frees) {
        uint32_t dying = queue[head++];
        *frees = dying == node;
        for (uint32_t out = graph->first_out[dying]; out < graph->first_out[dying + 1]; out++) {
            uint32_t to = graph->to[out];
            if (to != first && ++gone[to] == holders(graph, to))
                queue[tail++] = to;
        }
    }
    free(gone);
    free(queue);
    return worked;
}

/* Whether a user could remove it: what is in a tuple or a frozenset, and what an instance's
 * dict is to it, stays as long as they live. */
static bool is_removable(const bind_graph *graph, uint32_t edge)
{
    if (edge < graph->held && !rc_is(graph->objects[graph->from[edge]], &rc_list_type)
        && !rc_is(graph->objects[graph->from[edge]], &rc_set_type)
        && !rc_is(graph->objects[graph->from[edge]], &rc_dict_type)
        && !rc_is(graph->objects[graph->from[edge]], &rc_instance_type))
        return false;
    switch (bind_graph_reference(graph, edge).reason) {
    case RC_FOR_NAME:
    case RC_FOR_TEMPORARY:
    case RC_FOR_GARBAGE:
    case RC_FOR_ITEM:
    case RC_FOR_ELEMENT:
    case RC_FOR_KEY:
    case RC_FOR_VALUE:
    case RC_FOR_ATTRIBUTE:
        return true;
    default:
        return false;
    }
}

/* All that keeps an object is on one walk back from it, if a single reference keeps it:
 * way[0] is the object, way[i + 1] the source of edge[i], which leads to way[i].  An edge is
 * the one if way[i] has no other holder, and if all other walks back from the object pass
 * way[i], too.  `furthest` is the last place on the walk that those from way[0 .. i) come
 * to.  Not even a cycle may be among them: the cascade tells. */
typedef struct walk {
    const bind_graph *graph;
    uint32_t *place;                    /* of a node on the walk, from 1; 0: not on it */
    uint32_t *nodes, *edges, size;
    bool *seen;
    uint32_t *stack;
    uint32_t furthest;
    bool endless;                       /* they come back to what is behind */
} walk;

static void append(walk *self, uint32_t edge)
{
    uint32_t node = bind_graph_to(self->graph, edge);

    self->nodes[self->size] = node;
    self->edges[self->size++] = edge;
    self->place[node] = self->size;
}

static bool open_walk(walk *self, const bind_graph *graph, const bind_way *way,
                      const bind_way *cycle)
{
    size_t count = graph->count + (size_t)1, size = way->size + (size_t)cycle->size + 1;

    *self = (walk) { .graph = graph };
    self->place = calloc(count, sizeof *self->place);
    self->seen = calloc(count, sizeof *self->seen);
    self->stack = malloc(count * sizeof *self->stack);
    self->nodes = malloc(size * sizeof *self->nodes);
    self->edges = malloc(size * sizeof *self->edges);
    if (!self->place || !self->seen || !self->stack || !self->nodes || !self->edges)
        return false;
    for (uint32_t i = way->size; i-- > 0;)
        append(self, way->edges[i]);
    for (uint32_t i = cycle->size; i-- > 0;)
        append(self, cycle->edges[i]);
    return true;
}

static void close_walk(walk *self)
{
    free(self->place);
    free(self->seen);
    free(self->stack);
    free(self->nodes);
    free(self->edges);
}

/* Go all ways back from nodes[i]. */
static void widen(walk *self, uint32_t i)
{
    const bind_graph *graph = self->graph;
    uint32_t size = 0;

    self->stack[size++] = self->nodes[i];
    while (size > 0) {
        uint32_t node = self->stack[--size];
        for (uint32_t at = graph->first_in[node]; at < graph->first_in[node + 1]; at++) {
            uint32_t from = bind_graph_from(graph, graph->in[at]);
            uint32_t place = from == BIND_OUTSIDE ? self->size + 1 : self->place[from];
            if (place > self->furthest)
                self->furthest = place;
            if (place != 0 && place <= i + 1)
                self->endless = true;
            if (place == 0 && !self->seen[from]) {
                self->seen[from] = true;
                self->stack[size++] = from;
            }
        }
    }
}

bool bind_graph_removal(const bind_graph *graph, uint32_t node, const bind_way *way,
                        const bind_way *cycle, uint32_t *edge)
{
    walk self;
    bool worked = open_walk(&self, graph, way, cycle), frees = false;

    *edge = BIND_NOTHING;
    for (uint32_t i = 0; worked && i < self.size && !self.endless; i++) {
        if (self.furthest <= i + 1 && holders(graph, self.nodes[i]) == 1
            && is_removable(graph, self.edges[i])) {
            worked = bind_graph_frees(graph, self.edges[i], node, &frees);
            if (frees)
                *edge = self.edges[i];
            break;
        }
        widen(&self, i);
    }
    close_walk(&self);
    return worked;
}
