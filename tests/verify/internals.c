/* Each release's collector: where its state is, what its lists look like, how to call
 * its functions without arguments being made for them. */
#define PY_SSIZE_T_CLEAN
#define Py_BUILD_CORE_MODULE 1
#define Py_BUILD_CORE 1
#include "internals.h"

#if PY_VERSION_HEX < 0x03070000
#error "this recorder is for CPython 3.7 and later"
#elif defined(Py_DEBUG) || defined(Py_TRACE_REFS) || defined(Py_GIL_DISABLED)
#error "this recorder is for ordinary builds: no debug, no trace-refs, no free threading"
#endif

#if PY_VERSION_HEX >= 0x03090000
#include "internal/pycore_interp.h"
#include "internal/pycore_object.h"
#elif PY_VERSION_HEX >= 0x03080000
#include "internal/pycore_object.h"
#include "internal/pycore_pystate.h"
#else
#include "internal/mem.h"
#include "internal/pystate.h"
#endif

#include "fresh.h"

typedef PyObject *(*fast_function)(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);

static struct _gc_runtime_state *gc;
static PyObject *gc_module, *zero, *one, *two;
static PyCFunction collect_function, freeze_function, unfreeze_function;

/* The objects that were there before any trace. */
static PyGC_Head hidden;

/* -------------------------------------------------- the lists of a generation -- */

/* A head's links.  From 3.8 on the lowest two bits of the previous one are flags, and
 * outside a collection those of the next one are clear. */
#if PY_VERSION_HEX >= 0x03080000
#define FLAGS ((uintptr_t)3)

static PyGC_Head *next_of(const PyGC_Head *head)
{
    return (PyGC_Head *)(head->_gc_next & ~FLAGS);
}

static PyGC_Head *previous_of(const PyGC_Head *head)
{
    return (PyGC_Head *)(head->_gc_prev & ~FLAGS);
}

static void link_heads(PyGC_Head *left, PyGC_Head *right)
{
    left->_gc_next = (uintptr_t)right;
    right->_gc_prev = (right->_gc_prev & FLAGS) | (uintptr_t)left;
}
#else
static PyGC_Head *next_of(const PyGC_Head *head)
{
    return head->gc.gc_next;
}

static PyGC_Head *previous_of(const PyGC_Head *head)
{
    return head->gc.gc_prev;
}

static void link_heads(PyGC_Head *left, PyGC_Head *right)
{
    left->gc.gc_next = right;
    right->gc.gc_prev = left;
}
#endif

static PyGC_Head *head_of(PyObject *object)
{
    return (PyGC_Head *)object - 1;
}

/* Move all of a list to the end of the hidden one: there each object is tracked, and
 * can be untracked, but no collection looks. */
static void hide(PyGC_Head *list)
{
    if (next_of(list) == list)
        return;
    link_heads(previous_of(&hidden), next_of(list));
    link_heads(previous_of(list), &hidden);
    link_heads(list, list);
}

bool internals_tracked(PyObject *object)
{
    return PyObject_IS_GC(object) && _PyObject_GC_IS_TRACKED(object);
}

/* Goes both ways at once: a young object is near its list's end. */
int internals_generation(PyObject *object)
{
    if (!internals_tracked(object))
        return IN_NONE;
    PyGC_Head *left = head_of(object), *right = left;
    for (;;) {
        left = previous_of(left);
        right = next_of(right);
        for (int i = 0; i < GENERATIONS; i++)
            if (left == &gc->generations[i].head || right == &gc->generations[i].head)
                return i;
        if (left == &gc->permanent_generation.head || right == &gc->permanent_generation.head)
            return IN_PERMANENT;
        if (left == &hidden || right == &hidden)
            return IN_NONE;
    }
}

/* --------------------------------------------------------------- the functions -- */

/* The C function of gc.NAME, if it is called as `flags` say. */
static PyCFunction function_of(const char *name, int flags)
{
    PyObject *function = PyObject_GetAttrString(gc_module, name);

    if (function == NULL)
        return NULL;
    if (!PyCFunction_Check(function) || PyCFunction_GET_FLAGS(function) != flags) {
        PyErr_Format(PyExc_SystemError, "gc.%s is called in another way", name);
        return NULL;
    }
    return PyCFunction_GET_FUNCTION(function);          /* it stays: so does its module */
}

bool internals_open(void)
{
#if PY_VERSION_HEX >= 0x03090000
    gc = &PyInterpreterState_Get()->gc;
#else
    gc = &_PyRuntime.gc;
#endif
    zero = PyLong_FromLong(0);
    one = PyLong_FromLong(1);
    two = PyLong_FromLong(2);
    gc_module = PyImport_ImportModule("gc");
    link_heads(&hidden, &hidden);
    return gc_module != NULL
        && (collect_function = function_of("collect", METH_FASTCALL | METH_KEYWORDS)) != NULL
        && (freeze_function = function_of("freeze", METH_NOARGS)) != NULL
        && (unfreeze_function = function_of("unfreeze", METH_NOARGS)) != NULL;
}

Py_ssize_t internals_collect(int generation)
{
    PyObject *argument = generation == 0 ? zero : generation == 1 ? one : two;
    PyObject *found = ((fast_function)(void (*)(void))collect_function)(gc_module, &argument, 1,
                                                                       NULL);
    Py_ssize_t number = PyLong_AsSsize_t(found);

    Py_DECREF(found);
    return number;
}

void internals_freeze(void)
{
    Py_XDECREF(freeze_function(gc_module, NULL));
}

void internals_unfreeze(void)
{
    Py_XDECREF(unfreeze_function(gc_module, NULL));
}

void internals_poll(void)
{
#if PY_VERSION_HEX >= 0x030C0000
    PyErr_CheckSignals();
#endif
}

/* ------------------------------------------------------------------- the state -- */

void internals_reset(void)
{
    internals_poll();                   /* a request from before is not the trace's */
    internals_collect(2);
    internals_collect(2);               /* what the first one untracked or cleared late */
    for (int i = 0; i < GENERATIONS; i++) {
        hide(&gc->generations[i].head);
        gc->generations[i].count = 0;
        memset(&gc->generation_stats[i], 0, sizeof gc->generation_stats[i]);
    }
    hide(&gc->permanent_generation.head);
    gc->long_lived_total = 0;
    gc->long_lived_pending = 0;
    internals_enable(true);
#if PY_VERSION_HEX >= 0x030D0000
    PyThreadState_Get()->c_recursion_remaining = Py_C_RECURSION_LIMIT;
#endif
}

/* Whether a new object's memory is above `mark`. */
static bool is_fresh(PyObject *object, const void *mark)
{
    return object != NULL && (const void *)object >= mark;
}

bool internals_are_cold(void)
{
    const void *mark = fresh_mark();
    bool fresh = is_fresh(PyFloat_FromDouble(0.5), mark) && is_fresh(PyList_New(0), mark)
        && is_fresh(PyDict_New(), mark);
    int length = 1;

    for (; fresh && length <= 20; length++)
        fresh = is_fresh(PyTuple_New(length), mark);
    return fresh && internals_count(0) == length + 1 && internals_count(1) == 0
        && internals_count(2) == 0;
}

void internals_enable(bool enabled)
{
    gc->enabled = enabled;
}

void internals_set_threshold(int generation, int threshold)
{
    gc->generations[generation].threshold = threshold;
}

int internals_count(int generation)
{
    return gc->generations[generation].count;
}

const Py_ssize_t *internals_stats(int generation)
{
    return &gc->generation_stats[generation].collections;
}

bool internals_immortal(PyObject *object)
{
#if PY_VERSION_HEX >= 0x030C0000
    return _Py_IsImmortal(object);
#else
    (void)object;
    return false;
#endif
}

PyObject *internals_attribute(PyObject *object, PyObject *name)
{
    return _PyObject_GenericGetAttrWithDict(object, name, NULL, 1);
}

void internals_meet_name(PyTypeObject *type, PyObject *name)
{
    _PyType_Lookup(type, name);
}
