/* What work.c asks of a peer (ours.h), by CPython's C API: 3.7 and later. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#define HAS_COUNTS
#define HAS_NUMBERS
#define HAS_TUPLES
#define HAS_SETS
#define HAS_INSTANCES
#define IS_TRACING false
#define CENSUS_IS_EXACT true

typedef PyObject *value;
typedef PyObject *key;

static PyObject *collector, *node, *attribute;

static PyObject *call_collector(const char *name)
{
    PyObject *result = PyObject_CallMethod(collector, name, NULL);
    if (!result)
        fail("a function of the module gc");
    return result;
}

/* Automatic collection has threshold 0, and is not disabled: PyGC_Collect asks. */
static void automatic(bool on)
{
    PyObject *result = PyObject_CallMethod(collector, "set_threshold", "i", on ? 700 : 0);
    if (!result)
        fail("gc.set_threshold");
    Py_DECREF(result);
}

static inline void drop(value v) { Py_DECREF(v); }
static inline void hold(value v) { Py_INCREF(v); }
static inline void settle(void) {}

static inline value new_int(int64_t number) { return PyLong_FromLong(number); }
static inline value new_float(double number) { return PyFloat_FromDouble(number); }
static inline value new_list(void) { return PyList_New(0); }
static inline value new_dict(void) { return PyDict_New(); }
static inline value new_set(void) { return PySet_New(NULL); }

static inline value new_list3(value a, value b, value c)
{
    value list = PyList_New(3);
    Py_INCREF(a);
    PyList_SET_ITEM(list, 0, a);
    Py_INCREF(b);
    PyList_SET_ITEM(list, 1, b);
    Py_INCREF(c);
    PyList_SET_ITEM(list, 2, c);
    return list;
}

static inline value new_tuple2(value a, value b)
{
    value tuple = PyTuple_New(2);
    Py_INCREF(a);
    PyTuple_SET_ITEM(tuple, 0, a);
    Py_INCREF(b);
    PyTuple_SET_ITEM(tuple, 1, b);
    return tuple;
}

static inline void store(value dict, key k, value v)
{
    if (PyDict_SetItem(dict, k, v) < 0)
        fail("dict store");
}

static inline value new_instance1(value v)
{
#if PY_VERSION_HEX >= 0x03090000
    value instance = PyObject_CallNoArgs(node);
#else
    value instance = PyObject_CallObject(node, NULL);
#endif
    if (!instance || PyObject_SetAttr(instance, attribute, v) < 0)
        fail("attribute store");
    return instance;
}

static inline void append(value list, size_t index, value v)
{
    (void)index;
    if (PyList_Append(list, v) < 0)
        fail("append");
}

static inline bool has_item(value list, size_t index)
{
    return PyList_GetItem(list, (Py_ssize_t)index) != NULL;
}

static inline bool has_key(value dict, key k) { return PyDict_GetItemWithError(dict, k) != NULL; }

static inline key int_key(int64_t number) { return PyLong_FromLong(number); }

static inline key str_key(const char *text, size_t size)
{
    return PyUnicode_FromStringAndSize(text, (Py_ssize_t)size);
}

static inline void drop_key(key k) { Py_DECREF(k); }

static inline void intern(const char *text, size_t size)
{
    (void)size;
    value v = PyUnicode_InternFromString(text);
    if (!v)
        fail("intern");
    Py_DECREF(v);
}

static inline void keep_interned(const char *text, size_t size)
{
    (void)size;
    if (!PyUnicode_InternFromString(text))
        fail("intern");
}

/* ---------------------------------------------------------------- collecting -- */

/* From 3.12 on an allocation only requests a collection; here it is served. */
static inline void poll(void)
{
#if PY_VERSION_HEX >= 0x030C0000
    if (PyErr_CheckSignals() < 0)
        fail("poll");
#endif
}

static void collect(void) { PyGC_Collect(); }

static size_t census(void)
{
    PyObject *objects = call_collector("get_objects");
    size_t count = (size_t)PyList_Size(objects);
    Py_DECREF(objects);
    return count;
}

/* What start-up has made goes where no collection looks. */
static void peer_open(void)
{
    Py_InitializeEx(0);
    collector = PyImport_ImportModule("gc");
    node = PyObject_CallFunction((PyObject *)&PyType_Type, "s(){}", "Node");
    attribute = PyUnicode_InternFromString("attribute");
    if (!collector || !node || !attribute)
        fail("no class can be made");
    automatic(false);
    census();                           /* its first call makes a tuple that is kept */
    PyGC_Collect();
    Py_DECREF(call_collector("freeze"));
}
