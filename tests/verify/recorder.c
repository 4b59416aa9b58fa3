/* Records heap traces (tests/conformance/FORMAT.md) on the CPython that loads this
 * module: reads a trace, runs it, and writes it with the results that CPython gave.
 * README beside this file says how it keeps from disturbing what it observes.
 *
 * A trace is parsed whole, into an array of operations; then the interpreter is reset,
 * and from there to the end nothing but the operations themselves allocates. Each
 * trace has a process of its own, forked off one in which no trace has run.
 *
 * The table in the middle says what there is; an operation returns the name of its
 * error or NULL, and leaves what it shows in `result`. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fresh.h"
#include "internals.h"

#define LONGEST_TRACE 300               /* seconds that one may run */
#define SMALLEST_INT (-5)
#define LARGEST_INT 256                 /* of the pool */
#define CHARACTERS 256                  /* in the cache of str of one */

typedef struct operation {
    const struct operation_kind *kind;  /* NULL: a comment or a blank line */
    const char *text;                   /* the line without its result */
    size_t text_size;
    uint64_t times;
    int target;                         /* a slot, or -1 */
    int rescue;                         /* a slot, or -1 */
    size_t reads, read_count;           /* in `read_slots` */
    int64_t integers[3];
    double real;
    Py_UCS4 *characters;
    Py_ssize_t character_count;
    PyObject *name;
} operation;

typedef const char *(*operation_run)(const operation *op);

/* `operands`: > the slot to fill, < one to read, * any number of them, % pairs of them,
 * i an integer, g one or none, f a float, t a text, n the name of an attribute,
 * r a slot to rescue to. */
typedef struct operation_kind {
    const char *word, *operands;
    operation_run run;
} operation_kind;

static PyTypeObject *plain_class, *finalizing_class;
static PyObject *no_arguments;
static PyObject *characters[CHARACTERS], *integers[LARGEST_INT - SMALLEST_INT + 1], *empty_str;

static PyObject **slots;                /* one reference each, or NULL */
static char **slot_names;
static size_t slot_count, slot_room;
static int *read_slots;
static size_t read_count, read_room;
static operation *operations;
static size_t operation_count, operation_room;

static PyObject **operands;             /* of the operation that runs, held */
static long long finalizations;
static char result[256];

/* -------------------------------------------------------------------- addresses -- */

/* A table from addresses to numbers; they are never taken out. */
typedef struct address_table {
    struct { const void *address; long long number; } *entries;
    size_t used, size;                  /* a power of two, or 0 */
} address_table;

static address_table places, rescues, cached;

static size_t position(const address_table *table, const void *address)
{
    size_t at = (size_t)((uintptr_t)address >> 4) * 0x9E3779B97F4A7C15u >> 20;

    for (at &= table->size - 1; table->entries[at].address != NULL; at = (at + 1) & (table->size - 1))
        if (table->entries[at].address == address)
            break;
    return at;
}

/* The number of an address; NULL if it has none. */
static const long long *find_address(const address_table *table, const void *address)
{
    if (table->size == 0)
        return NULL;
    size_t at = position(table, address);
    return table->entries[at].address != NULL ? &table->entries[at].number : NULL;
}

static void set_address(address_table *table, const void *address, long long number)
{
    if (2 * (table->used + 1) > table->size) {
        address_table larger = { .size = table->size != 0 ? 2 * table->size : 1024,
                                 .used = table->used };
        larger.entries = calloc(larger.size, sizeof *larger.entries);
        if (larger.entries == NULL)
            abort();
        for (size_t i = 0; i < table->size; i++)
            if (table->entries[i].address != NULL)
                larger.entries[position(&larger, table->entries[i].address)] = table->entries[i];
        free(table->entries);
        *table = larger;
    }
    size_t at = position(table, address);
    table->used += table->entries[at].address == NULL;
    table->entries[at].address = address;
    table->entries[at].number = number;
}

/* ------------------------------------------------------------------------ slots -- */

static void store(int slot, PyObject *taken)
{
    PyObject *old = slots[slot];

    slots[slot] = taken;
    Py_XDECREF(old);
}

static const char *fill(const operation *op, PyObject *taken)
{
    if (taken == NULL)
        abort();                        /* errors have been looked for */
    store(op->target, taken);
    return NULL;
}

static const char *fill_borrowed(const operation *op, PyObject *object)
{
    Py_INCREF(object);
    return fill(op, object);
}

/* tp_finalize of the finalizing class. */
static void finalize(PyObject *self)
{
    finalizations++;
    const long long *slot = find_address(&rescues, self);
    if (slot != NULL) {
        Py_INCREF(self);
        store((int)*slot, self);
    }
}

/* --------------------------------------------------------------- looking first -- */

static bool is_instance(PyObject *object)
{
    return Py_TYPE(object) == plain_class || Py_TYPE(object) == finalizing_class;
}

static PyObject *referent_of(PyObject *weak)
{
    return ((PyWeakReference *)weak)->wr_object;
}

/* Whether hash() would succeed, without calling it: it would leave its traces. */
static bool is_hashable(PyObject *object)
{
    if (PyTuple_CheckExact(object)) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(object); i++)
            if (!is_hashable(PyTuple_GET_ITEM(object, i)))
                return false;
        return true;
    }
    if (PyWeakref_CheckRef(object) && ((PyWeakReference *)object)->hash == -1)
        return referent_of(object) != Py_None && is_hashable(referent_of(object));
    return !PyList_CheckExact(object) && !PyDict_CheckExact(object) && !PyAnySet_Check(object);
}

/* Make a negative index count from the end; false: it is out of range. */
static bool in_range(int64_t *index, Py_ssize_t size)
{
    if (*index < 0)
        *index += size;
    return *index >= 0 && *index < size;
}

/* --------------------------------------------------------------------- creating -- */

static const char *make_int(const operation *op)
{
    return fill(op, PyLong_FromLongLong(op->integers[0]));
}

static const char *make_float(const operation *op)
{
    return fill(op, PyFloat_FromDouble(op->real));
}

static PyObject *new_str(const operation *op)
{
    return PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, op->characters, op->character_count);
}

static const char *make_str(const operation *op)
{
    return fill(op, new_str(op));
}

static const char *make_interned(const operation *op)
{
    PyObject *str = new_str(op);

    PyUnicode_InternInPlace(&str);
    return fill(op, str);
}

static const char *make_none(const operation *op) { return fill_borrowed(op, Py_None); }
static const char *make_true(const operation *op) { return fill_borrowed(op, Py_True); }
static const char *make_false(const operation *op) { return fill_borrowed(op, Py_False); }

static const char *make_list(const operation *op)
{
    PyObject *list = PyList_New((Py_ssize_t)op->read_count);

    for (size_t i = 0; i < op->read_count; i++) {
        Py_INCREF(operands[i]);
        PyList_SET_ITEM(list, (Py_ssize_t)i, operands[i]);
    }
    return fill(op, list);
}

static const char *make_tuple(const operation *op)
{
    PyObject *tuple = PyTuple_New((Py_ssize_t)op->read_count);

    for (size_t i = 0; i < op->read_count; i++) {
        Py_INCREF(operands[i]);
        PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, operands[i]);
    }
    return fill(op, tuple);
}

static const char *make_set(const operation *op)
{
    PyObject *set = PySet_New(NULL);

    for (size_t i = 0; i < op->read_count; i++) {
        if (!is_hashable(operands[i])) {
            Py_DECREF(set);
            return "TypeError";
        }
        PySet_Add(set, operands[i]);
    }
    return fill(op, set);
}

static const char *make_dict(const operation *op)
{
    PyObject *dict = PyDict_New();

    for (size_t i = 0; i < op->read_count; i += 2) {
        if (!is_hashable(operands[i])) {
            Py_DECREF(dict);
            return "TypeError";
        }
        PyDict_SetItem(dict, operands[i], operands[i + 1]);
    }
    return fill(op, dict);
}

static const char *make_object(const operation *op)
{
    return fill(op, plain_class->tp_new(plain_class, no_arguments, NULL));
}

static const char *make_finobject(const operation *op)
{
    PyObject *object = finalizing_class->tp_new(finalizing_class, no_arguments, NULL);

    if (op->rescue >= 0)
        set_address(&rescues, object, op->rescue);
    return fill(op, object);
}

static const char *make_weakref(const operation *op)
{
    if (!PyType_SUPPORTS_WEAKREFS(Py_TYPE(operands[0])))
        return "TypeError";
    return fill(op, PyWeakref_NewRef(operands[0], NULL));
}

/* ------------------------------------------------------------ moving references -- */

static const char *let(const operation *op)
{
    return fill_borrowed(op, operands[0]);
}

static const char *del(const operation *op)
{
    if (slots[op->target] == NULL)
        return "NameError";
    store(op->target, NULL);
    return NULL;
}

static const char *append(const operation *op)
{
    (void)op;
    if (!PyList_CheckExact(operands[0]))
        return "TypeError";
    PyList_Append(operands[0], operands[1]);
    return NULL;
}

static const char *insert(const operation *op)
{
    if (!PyList_CheckExact(operands[0]))
        return "TypeError";
    PyList_Insert(operands[0], (Py_ssize_t)op->integers[0], operands[1]);
    return NULL;
}

static const char *setitem(const operation *op)
{
    int64_t index = op->integers[0];

    if (!PyList_CheckExact(operands[0]))
        return "TypeError";
    if (!in_range(&index, PyList_GET_SIZE(operands[0])))
        return "IndexError";
    Py_INCREF(operands[1]);
    PyList_SetItem(operands[0], (Py_ssize_t)index, operands[1]);
    return NULL;
}

static const char *delitem(const operation *op)
{
    int64_t index = op->integers[0];

    if (!PyList_CheckExact(operands[0]))
        return "TypeError";
    if (!in_range(&index, PyList_GET_SIZE(operands[0])))
        return "IndexError";
    PyList_SetSlice(operands[0], (Py_ssize_t)index, (Py_ssize_t)index + 1, NULL);
    return NULL;
}

static const char *pop(const operation *op)
{
    (void)op;
    if (!PyList_CheckExact(operands[0]))
        return "TypeError";
    Py_ssize_t size = PyList_GET_SIZE(operands[0]);
    if (size == 0)
        return "IndexError";
    PyList_SetSlice(operands[0], size - 1, size, NULL);
    return NULL;
}

static const char *item(const operation *op)
{
    PyObject *container = operands[0];
    int64_t index = op->integers[0];

    if (!PyList_CheckExact(container) && !PyTuple_CheckExact(container))
        return "TypeError";
    if (!in_range(&index, Py_SIZE(container)))
        return "IndexError";
    return fill_borrowed(op, PyList_CheckExact(container)
                             ? PyList_GET_ITEM(container, (Py_ssize_t)index)
                             : PyTuple_GET_ITEM(container, (Py_ssize_t)index));
}

static const char *put(const operation *op)
{
    (void)op;
    if (!PyDict_CheckExact(operands[0]) || !is_hashable(operands[1]))
        return "TypeError";
    PyDict_SetItem(operands[0], operands[1], operands[2]);
    return NULL;
}

static const char *remove_key(const operation *op)
{
    (void)op;
    if (!PyDict_CheckExact(operands[0]) || !is_hashable(operands[1]))
        return "TypeError";
    if (PyDict_GetItemWithError(operands[0], operands[1]) == NULL)
        return "KeyError";
    PyDict_DelItem(operands[0], operands[1]);
    return NULL;
}

static const char *lookup(const operation *op)
{
    if (!PyDict_CheckExact(operands[0]) || !is_hashable(operands[1]))
        return "TypeError";
    PyObject *value = PyDict_GetItemWithError(operands[0], operands[1]);
    return value != NULL ? fill_borrowed(op, value) : "KeyError";
}

static const char *add(const operation *op)
{
    (void)op;
    if (!PySet_Check(operands[0]) || !is_hashable(operands[1]))
        return "TypeError";
    PySet_Add(operands[0], operands[1]);
    return NULL;
}

static const char *discard(const operation *op)
{
    (void)op;
    if (!PySet_Check(operands[0]) || !is_hashable(operands[1]))
        return "TypeError";
    PySet_Discard(operands[0], operands[1]);
    return NULL;
}

static const char *set_attribute(const operation *op)
{
    if (!is_instance(operands[0]))
        return "AttributeError";
    PyObject_SetAttr(operands[0], op->name, operands[1]);
    return NULL;
}

static const char *delete_attribute(const operation *op)
{
    if (!is_instance(operands[0]))
        return "AttributeError";
    PyObject *value = internals_attribute(operands[0], op->name);
    if (value == NULL)
        return "AttributeError";
    Py_DECREF(value);                   /* the instance holds it still */
    PyObject_SetAttr(operands[0], op->name, NULL);
    return NULL;
}

static const char *get_attribute(const operation *op)
{
    if (!is_instance(operands[0]))
        return "AttributeError";
    PyObject *value = internals_attribute(operands[0], op->name);
    return value != NULL ? fill(op, value) : "AttributeError";
}

static const char *clear(const operation *op)
{
    PyObject *container = operands[0];

    (void)op;
    if (PyList_CheckExact(container))
        PyList_SetSlice(container, 0, PyList_GET_SIZE(container), NULL);
    else if (PyDict_CheckExact(container))
        PyDict_Clear(container);
    else if (PySet_Check(container))
        PySet_Clear(container);
    else
        return "TypeError";
    return NULL;
}

static const char *deref(const operation *op)
{
    return PyWeakref_CheckRef(operands[0]) ? fill_borrowed(op, referent_of(operands[0])) : "TypeError";
}

/* ---------------------------------------------------------------- the collector -- */

static const char *enable(const operation *op)
{
    (void)op;
    internals_enable(true);
    return NULL;
}

static const char *disable(const operation *op)
{
    (void)op;
    internals_enable(false);
    return NULL;
}

static const char *threshold(const operation *op)
{
    for (int i = 0; i < GENERATIONS; i++)
        internals_set_threshold(i, (int)op->integers[i]);
    return NULL;
}

static const char *freeze(const operation *op)
{
    (void)op;
    internals_freeze();
    return NULL;
}

static const char *unfreeze(const operation *op)
{
    (void)op;
    internals_unfreeze();
    return NULL;
}

static const char *show(long long number)
{
    sprintf(result, "%lld", number);
    return NULL;
}

static const char *show_text(const char *text)
{
    strcpy(result, text);
    return NULL;
}

static const char *collect(const operation *op)
{
    if (op->integers[0] < 0 || op->integers[0] >= GENERATIONS)
        return "ValueError";
    return show(internals_collect((int)op->integers[0]));
}

/* ----------------------------------------------------------------- observations -- */

/* The operand is held once by the operation.  Of a cached object the references that
 * were there before the trace are taken off, but for the cache's. */
static const char *refcnt(const operation *op)
{
    PyObject *object = operands[0];

    (void)op;
    if (internals_immortal(object))
        return show_text("immortal");
    const long long *before = find_address(&cached, object);
    return show((long long)Py_REFCNT(object) - 1 - (before != NULL ? *before - 1 : 0));
}

static const char *same(const operation *op)
{
    (void)op;
    return show(operands[0] == operands[1]);
}

static const char *place(const operation *op)
{
    (void)op;
    if (find_address(&places, operands[0]) == NULL)
        set_address(&places, operands[0], (long long)places.used);
    return show(*find_address(&places, operands[0]));
}

static const char *tracked(const operation *op)
{
    (void)op;
    return show(internals_tracked(operands[0]));
}

static const char *gen(const operation *op)
{
    int generation = internals_generation(operands[0]);

    (void)op;
    return generation == IN_NONE ? show_text("none")
        : generation == IN_PERMANENT ? show_text("frozen") : show(generation);
}

static const char *count(const operation *op)
{
    (void)op;
    sprintf(result, "%d %d %d", internals_count(0), internals_count(1), internals_count(2));
    return NULL;
}

static const char *alive(const operation *op)
{
    (void)op;
    return PyWeakref_CheckRef(operands[0]) ? show(referent_of(operands[0]) != Py_None) : "TypeError";
}

static const char *finalized(const operation *op)
{
    (void)op;
    return show(finalizations);
}

static const char *stats(const operation *op)
{
    char *at = result;

    (void)op;
    for (int i = 0; i < GENERATIONS; i++) {
        const Py_ssize_t *generation = internals_stats(i);
        at += sprintf(at, "%s%zd %zd %zd", i > 0 ? " " : "", generation[0], generation[1],
                      generation[2]);
    }
    return NULL;
}

static const char *len(const operation *op)
{
    PyObject *object = operands[0];

    (void)op;
    if (!PyList_CheckExact(object) && !PyTuple_CheckExact(object) && !PyDict_CheckExact(object)
        && !PySet_Check(object) && !PyUnicode_CheckExact(object))
        return "TypeError";
    return show(PyObject_Size(object));
}

/* -------------------------------------------------------------------- the table -- */

/* In order of the words. */
static const operation_kind kinds[] = {
    { "add", "<<", add },
    { "alive", "<", alive },
    { "append", "<<", append },
    { "clear", "<", clear },
    { "collect", "g", collect },
    { "count", "", count },
    { "del", ">", del },
    { "delattr", "<n", delete_attribute },
    { "delitem", "<i", delitem },
    { "deref", "><", deref },
    { "dict", ">%", make_dict },
    { "disable", "", disable },
    { "discard", "<<", discard },
    { "enable", "", enable },
    { "false", ">", make_false },
    { "finalized", "", finalized },
    { "finobject", ">r", make_finobject },
    { "float", ">f", make_float },
    { "freeze", "", freeze },
    { "gen", "<", gen },
    { "getattr", "><n", get_attribute },
    { "insert", "<i<", insert },
    { "int", ">i", make_int },
    { "intern", ">t", make_interned },
    { "item", "><i", item },
    { "len", "<", len },
    { "let", "><", let },
    { "list", ">*", make_list },
    { "lookup", "><<", lookup },
    { "none", ">", make_none },
    { "object", ">", make_object },
    { "place", "<", place },
    { "pop", "<", pop },
    { "put", "<<<", put },
    { "refcnt", "<", refcnt },
    { "remove", "<<", remove_key },
    { "same", "<<", same },
    { "set", ">*", make_set },
    { "setattr", "<n<", set_attribute },
    { "setitem", "<i<", setitem },
    { "stats", "", stats },
    { "str", ">t", make_str },
    { "threshold", "iii", threshold },
    { "tracked", "<", tracked },
    { "true", ">", make_true },
    { "tuple", ">*", make_tuple },
    { "unfreeze", "", unfreeze },
    { "weakref", "><", make_weakref },
};

/* ---------------------------------------------------------------------- reading -- */

static const char *line_start, *cursor;
static size_t line_number;

/* The trace cannot be read: end its process. */
static void give_up(const char *problem)
{
    fprintf(stderr, "line %zu: %s\n", line_number, problem);
    _exit(2);
}

/* Make room for one more item in an array. */
static void *grow(void *array, size_t used, size_t *room, size_t item_size)
{
    if (used < *room)
        return array;
    *room = *room * 2 + 64;
    array = realloc(array, *room * item_size);
    if (array == NULL)
        abort();
    return array;
}

/* The next word, or 0 if the line has ended, as it does before a result. */
static size_t next_word(const char **word)
{
    while (*cursor == ' ')
        cursor++;
    *word = cursor;
    if (cursor[0] == '=' && cursor[1] == '>')
        return 0;
    while (*cursor != ' ' && *cursor != '\0')
        cursor++;
    return (size_t)(cursor - *word);
}

/* The number of a slot by its name; there are few. */
static int slot_number(const char *name, size_t size)
{
    for (size_t i = 0; i < slot_count; i++)
        if (strncmp(slot_names[i], name, size) == 0 && slot_names[i][size] == '\0')
            return (int)i;
    size_t room = slot_room;
    slot_names = grow(slot_names, slot_count, &room, sizeof *slot_names);
    slots = grow(slots, slot_count, &slot_room, sizeof *slots);
    slot_names[slot_count] = strndup(name, size);
    slots[slot_count] = NULL;
    return (int)slot_count++;
}

static int read_slot(void)
{
    const char *word;
    size_t size = next_word(&word);

    if (size == 0)
        give_up("a slot is missing");
    return slot_number(word, size);
}

static void read_operand(operation *op)
{
    read_slots = grow(read_slots, read_count, &read_room, sizeof *read_slots);
    read_slots[read_count++] = read_slot();
    op->read_count++;
}

static bool more_words(void)
{
    const char *word;
    size_t size = next_word(&word);

    cursor = word;
    return size != 0;
}

static int64_t read_integer(void)
{
    const char *word;
    char *end;

    if (next_word(&word) == 0)
        give_up("a number is missing");
    errno = 0;
    int64_t number = strtoll(word, &end, 10);
    if (errno != 0 || end != cursor)
        give_up("not a number");
    return number;
}

static double read_real(void)
{
    const char *word;
    char *end;

    next_word(&word);
    double number = strtod(word, &end);
    if (end != cursor || end == word)
        give_up("not a float");
    return number;
}

static Py_UCS4 read_escape(void)
{
    unsigned code;

    if (*cursor != 'u') {
        const char *found = strchr("\"\\/bfnrt", *cursor);
        if (found == NULL || *found == '\0')
            give_up("an unknown escape");
        cursor++;
        return (Py_UCS4)"\"\\/\b\f\n\r\t"[found - "\"\\/bfnrt"];
    }
    if (sscanf(cursor + 1, "%4x", &code) != 1)
        give_up("an unknown escape");
    cursor += 5;
    return code;
}

/* One character of UTF-8. */
static Py_UCS4 read_character(void)
{
    unsigned char first = (unsigned char)*cursor++;
    int more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    Py_UCS4 code = more == 0 ? first : first & (0x3Fu >> more);

    for (; more > 0; more--)
        code = code << 6 | ((unsigned char)*cursor++ & 0x3F);
    return code;
}

/* A JSON string. */
static void read_text(operation *op)
{
    while (*cursor == ' ')
        cursor++;
    if (*cursor++ != '"')
        give_up("a text is missing");
    op->characters = malloc((strlen(cursor) + 1) * sizeof *op->characters);
    while (*cursor != '"') {
        if (*cursor == '\0')
            give_up("a text without an end");
        Py_UCS4 code = *cursor == '\\' ? (cursor++, read_escape()) : read_character();
        Py_ssize_t last = op->character_count - 1;
        if (code >= 0xDC00 && code < 0xE000 && last >= 0 && op->characters[last] >= 0xD800
            && op->characters[last] < 0xDC00)
            op->characters[last] = 0x10000 + ((op->characters[last] - 0xD800) << 10)
                + (code - 0xDC00);
        else
            op->characters[op->character_count++] = code;
    }
    cursor++;
}

static void read_rescue(operation *op)
{
    const char *word;

    if (!more_words())
        return;
    if (next_word(&word) != 6 || strncmp(word, "rescue", 6) != 0)
        give_up("not 'rescue'");
    op->rescue = read_slot();
}

static void read_operands(operation *op)
{
    size_t integer = 0;

    for (const char *kind = op->kind->operands; *kind != '\0'; kind++)
        switch (*kind) {
        case '>': op->target = read_slot(); break;
        case '<': read_operand(op); break;
        case '*': while (more_words()) read_operand(op); break;
        case '%': while (more_words()) { read_operand(op); read_operand(op); } break;
        case 'i': op->integers[integer++] = read_integer(); break;
        case 'g': op->integers[0] = more_words() ? read_integer() : GENERATIONS - 1; break;
        case 'f': op->real = read_real(); break;
        case 'r': read_rescue(op); break;
        case 't': read_text(op); break;
        case 'n':
            read_text(op);
            op->name = new_str(op);
            PyUnicode_InternInPlace(&op->name);         /* held to the end */
            break;
        }
    if (more_words())
        give_up("more than the operation takes");
}

static int compare_word(const void *word, const void *kind)
{
    return strcmp(word, ((const operation_kind *)kind)->word);
}

static const operation_kind *read_kind(uint64_t *times)
{
    char word[16];
    const char *found;
    size_t size = next_word(&found);

    if (size >= sizeof word)
        give_up("an unknown operation");
    memcpy(word, found, size);
    word[size] = '\0';
    if (strcmp(word, "repeat") == 0) {
        *times = (uint64_t)read_integer();
        return read_kind(&(uint64_t){ 0 });
    }
    const operation_kind *kind = bsearch(word, kinds, sizeof kinds / sizeof *kinds, sizeof *kinds,
                                         compare_word);
    if (kind == NULL)
        give_up("an unknown operation");
    return kind;
}

static void read_line(void)
{
    operations = grow(operations, operation_count, &operation_room, sizeof *operations);
    operation *op = &operations[operation_count++];

    *op = (operation){ .text = line_start, .times = 1, .target = -1, .rescue = -1,
                       .reads = read_count };
    cursor = line_start;
    if (*cursor != '#' && *cursor != '\0') {
        op->kind = read_kind(&op->times);
        read_operands(op);
        while (cursor > line_start && cursor[-1] == ' ')
            cursor--;
        op->text_size = (size_t)(cursor - line_start);
    }
    else
        op->text_size = strlen(cursor);
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;

    if (file == NULL || getdelim(&text, &size, '\0', file) < 0)
        give_up("cannot be read");
    fclose(file);
    return text;
}

static void read_trace(const char *path)
{
    static const char *const heads[] = { "refchain-trace 1", "profile " };
    char *text = read_file(path);

    for (char *line = text; *line != '\0'; line_number++) {
        char *line_end = strchr(line, '\n');
        if (line_end == NULL)
            give_up("cut off");
        *line_end = '\0';
        line_start = line;
        if (line_number >= 2)
            read_line();
        else if (strncmp(line, heads[line_number], strlen(heads[line_number])) != 0)
            give_up("not a heap trace");
        line = line_end + 1;
    }
}

/* ---------------------------------------------------------------------- running -- */

/* Have every name of an attribute looked up once. */
static void meet_names(void)
{
    for (size_t i = 0; i < operation_count; i++)
        if (operations[i].name != NULL) {
            internals_meet_name(plain_class, operations[i].name);
            internals_meet_name(finalizing_class, operations[i].name);
        }
}

/* How many references each cached object has before the trace. */
static void count_cached(void)
{
    PyObject *const singletons[] = { Py_None, Py_True, Py_False, no_arguments, empty_str };

    for (size_t i = 0; i < sizeof singletons / sizeof *singletons; i++)
        set_address(&cached, singletons[i], (long long)Py_REFCNT(singletons[i]));
    for (size_t i = 0; i < CHARACTERS; i++)
        set_address(&cached, characters[i], (long long)Py_REFCNT(characters[i]));
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
        set_address(&cached, integers[i], (long long)Py_REFCNT(integers[i]));
}

/* Once: what it reads, held while it runs. */
static const char *execute(const operation *op)
{
    size_t held;
    const char *error = NULL;

    for (held = 0; held < op->read_count && error == NULL; held++) {
        operands[held] = slots[read_slots[op->reads + held]];
        if (operands[held] == NULL)
            return "NameError";
    }
    for (size_t i = 0; i < held; i++)
        Py_INCREF(operands[i]);
    error = op->kind->run(op);
    while (held > 0)
        Py_DECREF(operands[--held]);
    return error;
}

/* A line, as often as it says, up to the first error. */
static const char *run(const operation *op)
{
    const char *error = NULL;

    result[0] = '\0';
    for (uint64_t i = 0; i < op->times && error == NULL; i++) {
        error = execute(op);
        internals_poll();
    }
    return error;
}

static bool starts_with(const operation *op, const char *text)
{
    return op->text_size >= strlen(text) && strncmp(op->text, text, strlen(text)) == 0;
}

static void run_and_write(FILE *out)
{
    fprintf(out, "refchain-trace 1\nprofile %d.%d\n# recorded on CPython %.*s, cold\n",
            PY_MAJOR_VERSION, PY_MINOR_VERSION, (int)strcspn(Py_GetVersion(), " "),
            Py_GetVersion());
    for (size_t i = 0; i < operation_count; i++) {
        const operation *op = &operations[i];
        if (op->kind == NULL && starts_with(op, "# recorded on "))
            continue;
        const char *error = op->kind != NULL ? run(op) : NULL;
        fwrite(op->text, 1, op->text_size, out);
        if (error != NULL)
            fprintf(out, " => error %s\n", error);
        else if (op->kind != NULL && result[0] != '\0')
            fprintf(out, " => %s\n", result);
        else
            putc('\n', out);
    }
}

/* In a process of its own. */
static void record(const char *from, const char *to)
{
    size_t most = 1;

    alarm(LONGEST_TRACE);
    read_trace(from);
    for (size_t i = 0; i < operation_count; i++)
        if (operations[i].read_count > most)
            most = operations[i].read_count;
    operands = calloc(most, sizeof *operands);
    FILE *out = fopen(to, "w");
    if (out == NULL || operands == NULL)
        give_up("cannot be written");
    setvbuf(out, NULL, _IOFBF, 1 << 16);
    meet_names();
    internals_reset();
    count_cached();
    run_and_write(out);
    _exit(fclose(out) == 0 ? 0 : 2);
}

/* The start of every trace is what internals_reset makes: check it. */
static void check_cold(void)
{
    internals_reset();
    _exit(internals_are_cold() ? 0 : 1);
}

/* ------------------------------------------------------------------- the module -- */

static PyTypeObject *new_class(const char *name)
{
    return (PyTypeObject *)PyObject_CallFunction((PyObject *)&PyType_Type, "s(){}", name);
}

/* What stays as it is for all traces. */
static bool open_recorder(void)
{
    const char *seed = getenv("PYTHONHASHSEED");

    no_arguments = PyTuple_New(0);
    plain_class = new_class("Plain");
    finalizing_class = new_class("Finalizing");
    if (no_arguments == NULL || plain_class == NULL || finalizing_class == NULL)
        return false;
    finalizing_class->tp_finalize = finalize;
    empty_str = PyUnicode_FromStringAndSize(NULL, 0);
    for (Py_UCS4 code = 0; code < CHARACTERS; code++)
        characters[code] = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, &code, 1);
    for (int value = SMALLEST_INT; value <= LARGEST_INT; value++)
        integers[value - SMALLEST_INT] = PyLong_FromLong(value);
    if (!internals_open())
        return false;
    if (!fresh_install(seed != NULL ? strtoull(seed, NULL, 10) : 0)) {
        PyErr_NoMemory();
        return false;
    }
    internals_reset();                  /* once here, to be quick in each trace */
    return true;
}

/* Wait for a child; whether it ended well.  If not, say so under its name. */
static bool wait_for(pid_t child, const char *name)
{
    int status;

    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    if (WIFSIGNALED(status))
        printf("%s: %s\n", name, strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0)
        printf("%s: ended with %d\n", name, WEXITSTATUS(status));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* record(folder, [paths]): record each trace into the folder, under its name.  One that
 * fails is named on standard output, and has no file there. */
static PyObject *record_all(PyObject *module, PyObject *arguments)
{
    const char *folder;
    PyObject *paths;
    pid_t child;

    (void)module;
    if (!PyArg_ParseTuple(arguments, "sO!", &folder, &PyList_Type, &paths) || !open_recorder())
        return NULL;
    fflush(NULL);
    if ((child = fork()) == 0)
        check_cold();
    if (!wait_for(child, "free lists and counters at the start"))
        return PyErr_Format(PyExc_SystemError, "the start of a trace is not as it must be");
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(paths); i++) {
        const char *path = PyUnicode_AsUTF8(PyList_GET_ITEM(paths, i));
        if (path == NULL)
            return NULL;
        const char *slash = strrchr(path, '/');
        const char *name = slash != NULL ? slash + 1 : path;
        char to[4096];
        snprintf(to, sizeof to, "%s/%s", folder, name);
        fflush(NULL);
        if ((child = fork()) == 0)
            record(path, to);
        if (!wait_for(child, name))
            remove(to);
    }
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    { "record", record_all, METH_VARARGS, NULL },
    { NULL, NULL, 0, NULL },
};

static struct PyModuleDef definition = { PyModuleDef_HEAD_INIT, .m_name = "refchain_recorder",
                                         .m_size = -1, .m_methods = functions };

PyMODINIT_FUNC PyInit_refchain_recorder(void);

PyMODINIT_FUNC PyInit_refchain_recorder(void)
{
    return PyModule_Create(&definition);
}
