/* What work.c asks of a peer, by librefchain.
 *
 * Each peer's header defines the same.  `value` is a reference that the program owns,
 * `key` what a dict is asked for.  `index` is the place that an append fills.  What a
 * peer has not is left out, with its macro HAS_… undefined. */
#include <refchain/refchain.h>

#define HAS_COUNTS
#define HAS_NUMBERS
#define HAS_TUPLES
#define HAS_SETS
#define HAS_INSTANCES
#define HAS_REPLAY
#define IS_TRACING false                /* whether only a collection frees */
#define CENSUS_IS_EXACT true

typedef rc_object *value;
typedef rc_object *key;

static rc_heap *heap;
static rc_class *node;
static rc_object *attribute;

static void peer_open(void)
{
    heap = rc_heap_open(NULL);
    if (!heap)
        fail("no heap can be opened");
    rc_gc_disable(heap);
    node = rc_class_new(heap, "Node", NULL, NULL);
    attribute = rc_str_constant(heap, "attribute", 9);
    if (!node || !attribute)
        fail("no class can be made");
}

static inline void drop(value v) { rc_decref(heap, v); }
static inline void hold(value v) { rc_incref(heap, v); }
static inline void settle(void) { (void)rc_newest(heap); }     /* the dead are swept */

static inline value new_int(int64_t number) { return rc_int_new(heap, number); }
static inline value new_float(double number) { return rc_float_new(heap, number); }
static inline value new_list(void) { return rc_list_display(heap, NULL, 0); }
static inline value new_dict(void) { return rc_dict_new(heap); }
static inline value new_set(void) { return rc_set_new(heap, NULL, 0); }

static inline value new_list3(value a, value b, value c)
{
    return rc_list_display(heap, (value[]) { a, b, c }, 3);
}

static inline value new_tuple2(value a, value b)
{
    return rc_tuple_new(heap, (value[]) { a, b }, 2);
}

static inline void store(value dict, key k, value v)
{
    if (!rc_dict_set(heap, dict, k, v))
        fail("dict store");
}

static inline value new_instance1(value v)
{
    value instance = rc_instance_new(heap, node);
    if (!instance || !rc_instance_set(heap, instance, attribute, v))
        fail("attribute store");
    return instance;
}

static inline void append(value list, size_t index, value v)
{
    (void)index;
    if (!rc_list_append(heap, list, v))
        fail("append");
}

/* Look at an item, or at what a dict has. */
static inline bool has_item(value list, size_t index)
{
    return rc_list_get(heap, list, (int64_t)index) != NULL;
}

static inline bool has_key(value dict, key k) { return rc_dict_get(heap, dict, k) != NULL; }

static inline key int_key(int64_t number) { return rc_int_new(heap, number); }

static inline key str_key(const char *text, size_t size) { return rc_str_new(heap, text, size); }

static inline void drop_key(key k) { rc_decref(heap, k); }

/* A str that is interned already, once more. */
static inline void intern(const char *text, size_t size)
{
    value v = rc_str_intern_text(heap, text, size);
    if (!v)
        fail("intern");
    rc_decref(heap, v);
}

static inline void keep_interned(const char *text, size_t size)
{
    if (!rc_str_intern_text(heap, text, size))
        fail("intern");
}

/* ---------------------------------------------------------------- collecting -- */

static void automatic(bool on)
{
    if (on)
        rc_gc_enable(heap);
    else
        rc_gc_disable(heap);
}

/* After each step that may ask for a collection. */
static inline void poll(void) {}

static void collect(void)
{
    size_t found;
    if (!rc_gc_collect(heap, RC_OLDEST, &found))
        fail("collect");
}

/* How many containers the collector holds. */
static size_t census(void)
{
    size_t count = 0;
    for (int generation = 0; generation < RC_GENERATIONS; generation++)
        count += rc_gc_size(heap, generation);
    return count;
}
