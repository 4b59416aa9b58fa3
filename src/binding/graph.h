/* The graph of all live objects and of everything that holds them, in memory of the host:
 * making it and asking it changes nothing in the heap.
 *
 * Nodes are the live objects, oldest first.  Edges are counted references: first those that
 * objects hold, node by node in order of place, then those from outside (names, temporaries,
 * caches …), whose source is BIND_OUTSIDE.  It is good until anything of the heap changes,
 * and making any Lua value may change it (a finalizer of Lua's runs): all that is to be
 * said is put into words before. */
#ifndef BINDING_GRAPH_H
#define BINDING_GRAPH_H

#include "binding.h"

#include <refchain/reference.h>

#define BIND_OUTSIDE UINT32_MAX         /* the source of an edge that no object holds */
#define BIND_NOTHING UINT32_MAX         /* no edge, no node */

/* Who reaches an object, the best known first. */
typedef enum bind_reach {
    BIND_BY_NAME, BIND_BY_TEMPORARY, BIND_BY_OTHER, BIND_UNREACHED
} bind_reach;

/* A reference from outside.  RC_FOR_CALLER is one that nobody shows: a finalizer, a death or
 * a collection in progress has it. */
typedef struct bind_outside {
    uint32_t to;
    bind_reach reach;
    rc_reason reason;
    const bind_name *name;              /* of RC_FOR_NAME */
    int frame;                          /* of the name; 0: the scenario's */
    size_t position;                    /* of RC_FOR_GARBAGE */
    rc_class *class;                    /* of RC_FOR_CLASS */
    bool counted;                       /* the count that is shown has it */
} bind_outside;

typedef struct bind_graph {
    bind_lab *lab;
    rc_object **objects;
    uint32_t count;
    uint32_t *slots;                    /* hash of an object -> node + 1; 0: empty */
    size_t slot_mask;

    uint32_t *from, *to;                /* of each edge that an object holds */
    uint32_t held, room;                /* edges that objects hold */
    uint32_t *first_out;                /* count + 1: a node's edges begin there */
    bind_outside *outside;
    uint32_t outside_count, outside_room;
    uint32_t *in, *first_in;            /* edges to a node: in[first_in[n] .. first_in[n + 1]) */
    bool failed;                        /* there is no memory */
} bind_graph;

/* Fill a graph of which only `lab` is set.  False: there is no memory.  What is in it then,
 * too, is freed by bind_graph_close. */
RC_CHECKED bool bind_graph_make(bind_graph *graph);
void bind_graph_close(bind_graph *graph);

/* The node of an object; BIND_NOTHING: it is not alive. */
uint32_t bind_graph_node(const bind_graph *graph, const rc_object *object);

static inline uint32_t bind_graph_edges(const bind_graph *graph)
{
    return graph->held + graph->outside_count;
}

static inline uint32_t bind_graph_to(const bind_graph *graph, uint32_t edge)
{
    return edge < graph->held ? graph->to[edge] : graph->outside[edge - graph->held].to;
}

static inline uint32_t bind_graph_from(const bind_graph *graph, uint32_t edge)
{
    return edge < graph->held ? graph->from[edge] : BIND_OUTSIDE;
}

/* The reference that an edge is; of one from outside only `to` and `reason` are set. */
rc_reference bind_graph_reference(const bind_graph *graph, uint32_t edge);

/* A way through the graph: `edges` in order, one after the other; malloc'ed. */
typedef struct bind_way {
    uint32_t *edges;
    uint32_t size;
} bind_way;

/* The shortest way from outside to `node`, from a name if one reaches it, else from a
 * temporary, else from whatever does, and of these from what the counts that are shown
 * have; BIND_UNREACHED: none does, it is garbage. */
RC_CHECKED bool bind_graph_path(const bind_graph *graph, uint32_t node, bind_way *way,
                                bind_reach *reach);

/* What reaches each node, a bind_reach; malloc'ed. */
RC_CHECKED bool bind_graph_reaches(const bind_graph *graph, uint8_t **reaches);

/* Of garbage: the shortest cycle through the nearest object that keeps `node` and is in
 * one, `node` itself perhaps; and the shortest way from that object to `node`. */
RC_CHECKED bool bind_graph_cycle(const bind_graph *graph, uint32_t node, bind_way *cycle,
                                 bind_way *way);

/* What keeps `node`: it and all objects that reach it. */
typedef struct bind_keepers {
    int generation;                     /* the oldest that one is in, RC_PERMANENT too */
    uint32_t finalizer;                 /* the nearest that has a finalizer, or BIND_NOTHING */
    bool untracked_cycle;               /* the collector does not see all of them */
} bind_keepers;
RC_CHECKED bool bind_graph_keepers(const bind_graph *graph, uint32_t node, const bind_way *cycle,
                                   bind_keepers *keepers);

/* The edge nearest to `node` that can be removed and whose removal alone would free it by
 * count, among those of `way` (from outside or from a cycle to `node`), `cycle` behind it;
 * BIND_NOTHING: there is none. */
RC_CHECKED bool bind_graph_removal(const bind_graph *graph, uint32_t node, const bind_way *way,
                                   const bind_way *cycle, uint32_t *edge);

/* Whether removing the edge alone would free `node` by count. */
RC_CHECKED bool bind_graph_frees(const bind_graph *graph, uint32_t edge, uint32_t node,
                                 bool *frees);

#endif
