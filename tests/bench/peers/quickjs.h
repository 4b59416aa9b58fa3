/* What work.c asks of a peer (ours.h), by QuickJS's C API: lists are arrays, dicts plain
 * objects, and their keys atoms. */
#include <quickjs.h>

#define HAS_COUNTS
#define HAS_INSTANCES
#define IS_TRACING false
#define CENSUS_IS_EXACT true

typedef JSValue value;
typedef JSAtom key;

#define START_THRESHOLD (256 * 1024)    /* bytes: a new runtime's, for automatic collection */

static JSRuntime *runtime;
static JSContext *context;
static JSValue prototype;
static JSAtom attribute;

static void automatic(bool on)
{
    JS_SetGCThreshold(runtime, on ? START_THRESHOLD : (size_t)-1);
}

static void peer_open(void)
{
    runtime = JS_NewRuntime();
    context = runtime ? JS_NewContext(runtime) : NULL;
    if (!context)
        fail("no context can be made");
    prototype = JS_NewObject(context);
    attribute = JS_NewAtomLen(context, "attribute", 9);
    automatic(false);
}

static inline void drop(value v) { JS_FreeValue(context, v); }
static inline void hold(value v) { JS_DupValue(context, v); }
static inline void settle(void) {}

static inline value new_int(int64_t number) { return JS_NewInt32(context, (int32_t)number); }
static inline value new_list(void) { return JS_NewArray(context); }
static inline value new_dict(void) { return JS_NewObject(context); }

static inline void append(value list, size_t index, value v)
{
    if (JS_SetPropertyUint32(context, list, (uint32_t)index, JS_DupValue(context, v)) < 0)
        fail("append");
}

static inline value new_list3(value a, value b, value c)
{
    value list = JS_NewArray(context);
    append(list, 0, a);
    append(list, 1, b);
    append(list, 2, c);
    return list;
}

static inline void store(value dict, key k, value v)
{
    if (JS_SetProperty(context, dict, k, JS_DupValue(context, v)) < 0)
        fail("property store");
}

static inline value new_instance1(value v)
{
    value instance = JS_NewObjectProto(context, prototype);
    store(instance, attribute, v);
    return instance;
}

static inline bool has_item(value list, size_t index)
{
    value v = JS_GetPropertyUint32(context, list, (uint32_t)index);
    bool has = !JS_IsUndefined(v);
    JS_FreeValue(context, v);
    return has;
}

static inline bool has_key(value dict, key k)
{
    value v = JS_GetProperty(context, dict, k);
    bool has = !JS_IsUndefined(v);
    JS_FreeValue(context, v);
    return has;
}

static inline key int_key(int64_t number) { return JS_NewAtomUInt32(context, (uint32_t)number); }

static inline key str_key(const char *text, size_t size)
{
    return JS_NewAtomLen(context, text, size);
}

static inline void drop_key(key k) { JS_FreeAtom(context, k); }

static inline void intern(const char *text, size_t size)
{
    JSAtom atom = JS_NewAtomLen(context, text, size);
    if (atom == JS_ATOM_NULL)
        fail("intern");
    JS_FreeAtom(context, atom);
}

static inline void keep_interned(const char *text, size_t size)
{
    if (JS_NewAtomLen(context, text, size) == JS_ATOM_NULL)
        fail("intern");
}

/* ---------------------------------------------------------------- collecting -- */

static inline void poll(void) {}
static void collect(void) { JS_RunGC(runtime); }

static size_t census(void)
{
    JSMemoryUsage usage;
    JS_ComputeMemoryUsage(runtime, &usage);
    return (size_t)usage.obj_count;
}
