/* Objects in general: the head that each begins with, counting references, and
 * what can be asked of any object.
 *
 * The head is that of a CPython built with Py_TRACE_REFS (up to 3.12):
 *
 *     offset 0    next       the refchain: the object made before this one
 *            8    prev       the refchain: the object made after it
 *           16    refcount   4 bytes are enough for ours
 *           20    birth      with where the memory came from, and a mark
 *           24    type
 *           32    size       variable-size objects (list, tuple) only
 *
 * (offsets of a 64-bit machine).  The newest object is linked when the next one is born, or
 * somebody asks: rc_newest, rc_older, rc_layout. */
#ifndef REFCHAIN_OBJECT_H
#define REFCHAIN_OBJECT_H

#include <refchain/base.h>
#include <refchain/events.h>

struct rc_object {
    rc_object *next;                    /* older neighbour on the refchain */
    rc_object *prev;                    /* newer neighbour */
    union {
        struct {
            uint32_t refcount;          /* bit 31: immortal (rc_is_immortal) */
            uint32_t fresh : 2;         /* an rc_memory_origin */
            uint32_t watched : 1;       /* its death is reported (rc_watch) */
            uint32_t birth : 29;        /* number in order of creation, start-up included */
        };
        uint64_t state;                 /* the four, which are written at once at birth */
    };
    const rc_type *type;
};

#define RC_IMMORTAL_BIT 0x80000000u     /* in refcount: counted, but never near 0 */

/* ------------------------------------------------------------------ types -- */

typedef enum rc_type_index {
    RC_NONE, RC_BOOL, RC_INT, RC_FLOAT, RC_STR, RC_LIST, RC_TUPLE, RC_DICT,
    RC_SET, RC_FROZENSET, RC_INSTANCE, RC_WEAKREF, RC_TYPES
} rc_type_index;

RC_API extern const rc_type rc_none_type, rc_bool_type, rc_int_type, rc_float_type,
    rc_str_type, rc_list_type, rc_tuple_type, rc_dict_type, rc_set_type,
    rc_frozenset_type, rc_instance_type, rc_weakref_type;

/* The type with this index; static. */
RC_API const rc_type *rc_type_at(rc_type_index index);

/* A type's index, and its name as Python spells it ("NoneType", "int"; "object"
 * for instances; "weakref").  A static string. */
RC_API rc_type_index rc_type_number(const rc_type *type);
RC_API const char *rc_type_name(const rc_type *type);

/* The name of an object's type: for an instance, its class's name, which lives as long as
 * the heap. */
RC_API const char *rc_typename(const rc_object *object);

/* Whether the collector could ever hold objects of this type. */
RC_API bool rc_type_is_container(const rc_type *type);

/* Whether the object is of this type. */
static inline bool rc_is(const rc_object *object, const rc_type *type)
{
    return object->type == type;
}

/* --------------------------------------------------------------- counting -- */

/* The start of every rc_heap, for the inline functions below; the rest is the
 * library's own business. */
struct rc_heap_front {
    uint32_t events;                    /* which events somebody waits for, as bits */
};

/* What the inline functions below call, and nobody else: the end of an object whose count
 * has come to 0, and what a ledger is told. */
RC_API void rc_destroy(rc_heap *heap, rc_object *object);
RC_API void rc_notify_count(rc_heap *heap, rc_object *object, int change,
                            rc_reason reason, const void *holder);
RC_API void rc_release_told(rc_heap *heap, rc_object *object, rc_reason reason,
                            const void *holder);        /* rc_release where a ledger is kept */

/* The one inline pair through which every counted store goes: `holder` (an
 * object, or whatever `reason` says, or NULL) takes or drops a reference. */
static inline void rc_hold(rc_heap *heap, rc_object *object, rc_reason reason,
                           const void *holder)
{
    object->refcount++;
    if (RC_UNLIKELY(((struct rc_heap_front *)heap)->events & RC_EVENT_BIT(RC_COUNT_CHANGED)))
        rc_notify_count(heap, object, 1, reason, holder);
}

/* A release to 0 destroys the object: finalizers and callbacks may run. */
static inline void rc_release(rc_heap *heap, rc_object *object, rc_reason reason,
                              const void *holder)
{
    if (RC_UNLIKELY(((struct rc_heap_front *)heap)->events & RC_EVENT_BIT(RC_COUNT_CHANGED)))
        rc_release_told(heap, object, reason, holder);
    else if (--object->refcount == 0)
        rc_destroy(heap, object);
}

/* A reference that exists already passes to `holder`: no count changes, but
 * whoever keeps a ledger is told. */
static inline void rc_hand_over(rc_heap *heap, rc_object *object, rc_reason reason,
                                const void *holder)
{
    if (RC_UNLIKELY(((struct rc_heap_front *)heap)->events & RC_EVENT_BIT(RC_COUNT_CHANGED)))
        rc_notify_count(heap, object, 0, reason, holder);
}

/* Take a reference on behalf of the C program that calls. */
static inline void rc_incref(rc_heap *heap, rc_object *object)
{
    rc_hold(heap, object, RC_FOR_CALLER, NULL);
}

/* Drop one: rc_release says what that may do. */
static inline void rc_decref(rc_heap *heap, rc_object *object)
{
    rc_release(heap, object, RC_FOR_CALLER, NULL);
}

/* The count as Python would show it: the real one, but for what the profile
 * pins or shifts (3.11's pool counts from 999999999, 3.12's immortals show
 * 4294967295 always). */
RC_API uint64_t rc_refcount(const rc_heap *heap, const rc_object *object);

/* Whether the object's count never decides about its life. */
static inline bool rc_is_immortal(const rc_object *object)
{
    return (object->refcount & RC_IMMORTAL_BIT) != 0;
}

/* --------------------------------------------------------- identity, birth -- */

/* Python's id(): the address. */
static inline uintptr_t rc_id(const rc_object *object)
{
    return (uintptr_t)object;
}

/* 1, 2, 3 … in order of creation after start-up; 0 and below for what start-up
 * made.  (29 bits: after 536 million births the numbers begin again.) */
RC_API int64_t rc_birth(const rc_heap *heap, const rc_object *object);

typedef enum rc_memory_origin { RC_FRESH_BLOCK, RC_REUSED_BLOCK, RC_FROM_FREE_LIST } rc_memory_origin;

typedef enum rc_origin {
    RC_ORIGIN_FRESH, RC_ORIGIN_REUSED, RC_ORIGIN_FREE_LIST, RC_ORIGIN_POOL,
    RC_ORIGIN_CHARACTER, RC_ORIGIN_INTERNED, RC_ORIGIN_SINGLETON
} rc_origin;

/* Why an object has the address it has: from the small-int pool, the character
 * cache, the intern table; a singleton (None, True, False, (), the empty str and,
 * where the profile has one, the empty frozenset); or where its memory came from. */
RC_API rc_origin rc_object_origin(const rc_heap *heap, const rc_object *object);

/* "small-int pool", "character cache", "interned", "free list", "reused block",
 * "fresh block", "singleton".  A static string. */
RC_API const char *rc_origin_name(rc_origin origin);

/* ---------------------------------------------------- what any object can do -- */

typedef enum rc_comparison { RC_LT, RC_LE, RC_EQ, RC_NE, RC_GT, RC_GE } rc_comparison;

/* Python's `a == b`, put into *result.  Fails: RecursionError. */
RC_API RC_CHECKED bool rc_equal(rc_heap *heap, rc_object *a, rc_object *b, bool *result);

/* Python's comparisons, put into *result.  Fails: TypeError for an order between
 * types that have none, RecursionError. */
RC_API RC_CHECKED bool rc_compare(rc_heap *heap, rc_object *a, rc_object *b,
                                  rc_comparison comparison, bool *result);

/* Python's hash(), put into *hash.  Numbers and tuples of them hash to CPython's
 * values; what CPython hashes by address is hashed by its offset in the heap.
 * Fails: TypeError for an unhashable object, RecursionError. */
RC_API RC_CHECKED bool rc_hash(rc_heap *heap, rc_object *object, int64_t *hash);

/* Python's bool(x). */
RC_API bool rc_truth(const rc_object *object);

/* Python's len(x), into *length: items, or code points of a str.
 * Fails: TypeError. */
RC_API RC_CHECKED bool rc_length(rc_heap *heap, rc_object *object, size_t *length);

/* Python's `x in container` for list, tuple, dict (keys), set and frozenset, and
 * str in str.  Fails: TypeError, RecursionError. */
RC_API RC_CHECKED bool rc_contains(rc_heap *heap, rc_object *container, rc_object *x,
                                   bool *result);

/* Write Python's repr() to `sink`; what is already being written shows as `...`
 * in its brackets.  Fails: RecursionError; RuntimeError when the sink refuses. */
RC_API RC_CHECKED bool rc_repr(rc_heap *heap, rc_object *object, rc_sink sink);

/* The binary operators of numbers, strings, lists and tuples, as in Python:
 * `+ - * // / %`.  int results outside 64 bits fail, they never wrap.
 * Fails: TypeError, ZeroDivisionError, OverflowError, MemoryError. */
typedef enum rc_operator {
    RC_ADD, RC_SUBTRACT, RC_MULTIPLY, RC_FLOOR_DIVIDE, RC_TRUE_DIVIDE, RC_REMAINDER
} rc_operator;
RC_API RC_NEW rc_object *rc_operate(rc_heap *heap, rc_operator operator, rc_object *a,
                                    rc_object *b);

/* Python's `-x` of a number.  Fails: TypeError, OverflowError, MemoryError. */
RC_API RC_NEW rc_object *rc_negate(rc_heap *heap, rc_object *x);

/* -------------------------------------------------------------- iterating -- */

/* A walk over a list, tuple, dict (keys), set, frozenset or str (characters).  It
 * lives in the caller's frame and is no heap object; it owns a reference to what it
 * walks, so every rc_iterator_start is paired with an rc_iterator_end. */
typedef struct rc_iterator {
    rc_object *container;               /* one reference, or NULL at the end */
    size_t position;
    size_t expected;                    /* the size that a dict or set had at the start */
    size_t given;                       /* items given so far */
} rc_iterator;

/* Begin.  Fails: TypeError for what cannot be iterated; nothing to end then. */
RC_API RC_CHECKED bool rc_iterator_start(rc_heap *heap, rc_iterator *walk, rc_object *container);

/* The next item into *item, a new reference the caller owns; *item is NULL after
 * the last.  A dict gives its keys; `value`, if not NULL, receives the value too
 * (new).  Fails: RuntimeError when a dict or set changed its size meanwhile,
 * MemoryError (a str's character). */
RC_API RC_CHECKED bool rc_iterator_next(rc_heap *heap, rc_iterator *walk, rc_object **item,
                                        rc_object **value);

/* Release what the walk holds.  May be called again. */
RC_API void rc_iterator_end(rc_heap *heap, rc_iterator *walk);

/* --------------------------------------------------------------- looking in -- */

typedef enum rc_field_kind {
    RC_FIELD_POINTER, RC_FIELD_OBJECT, RC_FIELD_TYPE, RC_FIELD_INTEGER, RC_FIELD_REAL,
    RC_FIELD_TEXT
} rc_field_kind;

/* One field of an object as it lies in memory. */
typedef struct rc_field {
    size_t offset, size;                /* bytes */
    const char *name;                   /* static */
    rc_field_kind kind;
    union {
        uintptr_t pointer;
        rc_object *object;              /* borrowed; NULL for an empty place, or one whose
                                         * object waits in the trashcan, with count 0 */
        const rc_type *type;
        int64_t integer;
        double real;
        struct { const char *bytes; size_t size; } text;        /* in the object */
    } value;
} rc_field;

/* Show the object's fields in order of offset to `field`, until it returns false:
 * the head's parts, the fifth of a variable-size object, then its body.  `field`
 * must not change the heap. */
RC_API void rc_layout(const rc_heap *heap, const rc_object *object,
                      bool (*field)(void *context, const rc_field *field), void *context);

/* Python's sys.getsizeof(): bytes of this release's object in an ordinary build
 * (the profile's figures; the field trace_refs adds 16 bytes). */
RC_API size_t rc_sizeof(const rc_heap *heap, const rc_object *object);

#endif
