/* Every object's structure, and the table that a type is.
 *
 *   a list, 56 bytes in a slot of 64          beside it, in the side table, in refs
 *  +------+------+-------+------+------+-------+-----------+   +----------------------+   +------+
 *  | next | prev | count | type | size | items | allocated |   | next prev list flags |   | refs |
 *  +------+------+-------+------+------+-------+-----------+   +----------------------+   +------+
 *   \______ rc_object ________/                |                  one entry for each slot
 *                                              +--> a block of its own
 */
#ifndef HEAP_LAYOUT_H
#define HEAP_LAYOUT_H

#include <refchain/object.h>
#include <refchain/weakref.h>

/* --------------------------------------------------------------- structures -- */

/* int, and bool with 0 or 1. */
typedef struct rc_int {
    rc_object head;
    int64_t value;
} rc_int;

typedef struct rc_float {
    rc_object head;
    double value;
} rc_float;

typedef struct rc_str {
    rc_object head;
    int64_t hash;                       /* NO_HASH until it is asked for */
    uint32_t length;                    /* code points */
    uint32_t size;                      /* bytes of text, without the NUL */
    uint8_t interned;                   /* whether the intern table knows it */
    uint8_t cached;                     /* whether the character cache holds it */
    uint8_t widest;                     /* its widest code point: 1 ASCII, 2 up to U+FF, 3 up to
                                         * U+FFFF, 4 */
    char text[];                        /* UTF-8, then a NUL */
} rc_str;

#define NO_HASH INT64_C(-1)             /* no object hashes to -1, as in CPython */

/* The head of a variable-size object. */
typedef struct rc_var_object {
    rc_object head;
    size_t size;                        /* number of items */
} rc_var_object;

typedef struct rc_list {
    rc_var_object var;
    rc_object **items;                  /* one reference to each of items[0 .. size); the others
                                         * are spare */
    size_t allocated;                   /* items that there is room for; 0 also before there is
                                         * an array */
} rc_list;

typedef struct rc_tuple {
    rc_var_object var;
    rc_object *items[];                 /* one reference each; NULL only while it is being filled */
} rc_tuple;

struct dict_table;                      /* dict_table.h */

typedef struct rc_dict {
    rc_object head;
    size_t used;                        /* number of pairs */
    struct dict_table *table;           /* NULL until there is something to store */
    uint64_t changes;                   /* counts insertions and deletions, for walkers */
} rc_dict;

typedef struct set_entry {
    rc_object *key;                     /* one reference; NULL: never used; or the mark of a
                                         * deleted one */
    int64_t hash;
} set_entry;

/* set and frozenset. */
typedef struct rc_set {
    rc_object head;
    rc_object *weakrefs;                /* first of its weak references, or NULL; counts nothing */
    uint32_t fill;                      /* entries used or deleted */
    uint32_t used;                      /* elements */
    uint32_t mask;                      /* entries - 1 (7 also while there is no table) */
    uint32_t finger;                    /* where pop goes on searching */
    set_entry *entries;                 /* NULL until there is something to store */
} rc_set;

typedef struct rc_frozenset {
    rc_set set;
    int64_t hash;                       /* NO_HASH until it is asked for */
} rc_frozenset;

struct instance_values;                 /* instance.c */

typedef struct rc_instance {
    rc_object head;
    rc_class *class;                    /* not counted: classes live as long as the heap */
    rc_object *dict;                    /* one reference, or NULL */
    struct instance_values *values;     /* attributes kept inside; or NULL: instance.c */
    rc_object *weakrefs;                /* first of its weak references, or NULL; counts nothing */
} rc_instance;

typedef struct rc_weakref {
    rc_object head;
    rc_object *referent;                /* not counted; dead if NULL, or with count 0 */
    rc_callback *callback;              /* owned, or NULL */
    int64_t hash;                       /* NO_HASH until it is asked for */
    uint32_t next, prev;                /* slots of its neighbours in the referent's list, or 0 */
} rc_weakref;

#define CACHE_LINE 64

/* Fetch what a container's references lie in, before it is needed.  Its address stands at one
 * place in a list, a dict and an instance; in what is of another type, what is fetched is of no
 * use.  (1e6 lists whose arrays were not made in order: a walk over their items takes 15 ns a list
 * instead of 60.)  A dict's smallest table lies in two lines.  (1e6 dicts of 3 collected: 15.6 ns
 * -> 14.1.) */
static inline void prefetch_references(const rc_object *object)
{
    _Static_assert(offsetof(rc_list, items) == offsetof(rc_dict, table)
                   && offsetof(rc_list, items) == offsetof(rc_instance, dict), "one place");
    const char *at = (const char *)((const rc_list *)object)->items;

    if (!at)                            /* nowhere is far: 2 ns each */
        return;
    __builtin_prefetch(at);
    if (rc_is(object, &rc_dict_type))
        __builtin_prefetch(at + CACHE_LINE);
}

/* ------------------------------------------------------------------- types -- */

typedef void (*visit_function)(rc_heap *heap, rc_object *target, void *context);

/* Where a field lies, for rc_layout. */
typedef struct field_layout {
    const char *name;                   /* NULL ends a table */
    size_t offset, size;
    rc_field_kind kind;
} field_layout;

struct rc_type {
    const char *name;
    rc_type_index index;
    bool container;                     /* the collector knows objects of this type */
    bool weakly_referable;

    /* Show each object that `self` holds a counted reference to, in CPython's order. */
    void (*visit)(rc_heap *heap, rc_object *self, visit_function visit, void *context);

    /* Drop what may be part of a cycle (tp_clear); `self` stays a whole, empty object.
     * NULL where CPython has none (tuple). */
    void (*clear)(rc_heap *heap, rc_object *self);

    /* Death.  `die` is what begins when the count has come to 0: atom_dies or
     * container_dies, unless the type has a shorter way for most cases (dies_quietly). */
    void (*die)(rc_heap *heap, rc_object *self);

    /* The two steps of it that object.c takes without using the C stack: `dying` (may
     * be NULL) does what comes before anything is released; `destroy` releases one
     * reference after the other (object_dies) until a container dies of it, which it
     * returns, to be called again later; when no reference is left, it gives the memory
     * to a free list or back and returns NULL.  It may use head.refcount, 0 at the
     * start, to remember how far it is.  `must_prepare` says whether `dying`, or a
     * finalizer, has something to do for this object (NULL: never). */
    bool (*must_prepare)(const rc_object *self);
    void (*dying)(rc_heap *heap, rc_object *self);
    rc_object *(*destroy)(rc_heap *heap, rc_object *self);

    /* Give back what a dead object has kept its references in, beside its own memory, when it
     * has waited (sweep.h).  NULL: what waits has none. */
    void (*free_storage)(rc_heap *heap, rc_object *self);

    /* Death together with all of the garbage that it is a member of (bulk.h): release what
     * it holds outside of that, and give back what it is kept in, past the free list.  NULL
     * for a list (bulk.c), and where that cannot come: no container, or a weak reference. */
    void (*scrap)(rc_heap *heap, rc_object *self);

    /* Values.  NULL: it has no length; is unhashable; equals only itself; has no order. */
    size_t (*length)(const rc_object *self);
    bool (*hash)(rc_heap *heap, rc_object *self, int64_t *hash);
    bool (*equal)(rc_heap *heap, rc_object *a, rc_object *b,
                  bool *result);        /* b: any, but not `a` itself unless that is a float */
    bool (*compare)(rc_heap *heap, rc_object *a, rc_object *b, rc_comparison comparison,
                    bool *result);      /* <, <=, >, >=; b: any; raises TypeError */
    bool (*repr)(rc_heap *heap, rc_object *self, rc_sink sink);
    size_t (*size)(const rc_heap *heap,
                   const rc_object *self);      /* getsizeof without gc head and trace-refs */
    const field_layout *fields;         /* what follows the head */
};

#endif
