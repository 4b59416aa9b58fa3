/* What the recorder reads and sets inside an interpreter.  All that differs between
 * releases is behind these functions; tests/verify/README says how each is reached. */
#ifndef VERIFY_INTERNALS_H
#define VERIFY_INTERNALS_H

#include <Python.h>
#include <stdbool.h>

enum { GENERATIONS = 3, IN_PERMANENT = 3, IN_NONE = 4 };

/* Find the collector's state and functions; false, with a Python error, if this
 * release has them elsewhere. */
bool internals_open(void);

/* Bring the interpreter into the state at the start of a trace: everything collected,
 * free lists empty, no object in any generation, every counter 0. */
void internals_reset(void);

/* Whether list, dict, float and tuples are made of memory never used before, and count.
 * It leaves its objects behind: ask in a process of its own. */
bool internals_are_cold(void);

/* gc.collect(generation), gc.freeze(), gc.unfreeze(), without an argument object or a
 * bound method made for it. */
Py_ssize_t internals_collect(int generation);
void internals_freeze(void);
void internals_unfreeze(void);

void internals_enable(bool enabled);
void internals_set_threshold(int generation, int threshold);
int internals_count(int generation);
const Py_ssize_t *internals_stats(int generation);      /* collections, collected, uncollectable */

/* Run the collection that an allocation has requested: from 3.12 on. */
void internals_poll(void);

bool internals_tracked(PyObject *object);
int internals_generation(PyObject *object);             /* 0, 1, 2, IN_PERMANENT or IN_NONE */
bool internals_immortal(PyObject *object);

/* Have the cache of types' attributes know `name`, so that it need not be filled while a
 * trace runs: its empty entries may hold references to None. */
void internals_meet_name(PyTypeObject *type, PyObject *name);

/* The attribute, a new reference; NULL without an exception if there is none. */
PyObject *internals_attribute(PyObject *object, PyObject *name);

#endif
