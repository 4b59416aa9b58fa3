/* Recording what a program does with a heap as a heap trace (tests/conformance/
 * FORMAT.md), which rc_replay runs again with the same results.
 *
 * A trace's slots are the references that the program itself owns: its variables,
 * results that it has not stored yet, operands that it has made.  The program tells
 *
 *   - of each operation, by rc_record before it does it, and by rc_record_result,
 *     rc_record_answer or rc_record_failed what came of it;
 *   - of each reference that it takes (rc_record_hold, after taking) or drops
 *     (rc_record_drop, before dropping);
 *   - of what it looks at, by rc_record_look.
 *
 * An operand may be any object: one that no slot holds is fetched into one, by
 * `item`, `lookup`, `getattr` or `deref` from what holds it, until the operands are
 * released.
 *
 * What cannot be said in a trace is refused: the first refusal ends the recording and
 * is kept; every later call does nothing. */
#ifndef REFCHAIN_RECORD_H
#define REFCHAIN_RECORD_H

#include <refchain/base.h>
#include <refchain/error.h>
#include <refchain/heap.h>

typedef struct rc_recorder rc_recorder;

/* A recorder of a heap that was just opened, or NULL when there is no memory.  The
 * caller closes it, before the heap. */
RC_API RC_CHECKED rc_recorder *rc_recorder_open(rc_heap *heap);
RC_API void rc_recorder_close(rc_recorder *recorder);

/* Where the program is: "cycle.lua", 12 and "list.append".  The texts are copied. */
RC_API void rc_recorder_at(rc_recorder *recorder, const char *source, int line, const char *word);

/* End the recording.  The message is put behind place and word. */
RC_API void rc_recorder_refuse(rc_recorder *recorder, const char *format, ...)
    RC_PRINTF_LIKE(2, 3);

/* Why there will be no trace, with its place; NULL: there is no reason yet. */
RC_API const char *rc_recorder_refusal(const rc_recorder *recorder);

/* Pass the whole trace on.  False when it was refused, or `write` has returned false. */
RC_API bool rc_recorder_write(rc_recorder *recorder,
                              bool (*write)(void *context, const char *text, size_t size),
                              void *context);

/* ------------------------------------------------------------- operations -- */

/* The line of an operation that comes next.  In `format`
 *
 *   %t  the slot to be filled: rc_record_result follows if the operation works
 *   %o  an rc_object *: the slot that holds it
 *   %l  rc_object *const *, size_t: the slots of so many objects, a space before each
 *   %n  an rc_object *, a str: its text in quotes, the name of an attribute
 *   %i  an int64_t
 *
 * and all else stands for itself.  A `~` in front says that an error of the program's
 * operation is none of the trace's. */
RC_API void rc_record(rc_recorder *recorder, const char *format, ...);

/* A new reference: what the last line has filled, or, without a line, a value or an
 * object that some slot holds already. */
RC_API void rc_record_result(rc_recorder *recorder, rc_object *object);

/* What the last line's operation gave: "2", for `collect`. */
RC_API void rc_record_answer(rc_recorder *recorder, int64_t answer);

/* The last line's operation has failed, and has changed nothing. */
RC_API void rc_record_failed(rc_recorder *recorder, rc_error_kind error);

/* The last line's operation is done; what fails from now on takes nothing back. */
RC_API void rc_record_done(rc_recorder *recorder);

/* The line of a new instance; its class has a finalizer, or not.  rc_record_result
 * follows. */
RC_API void rc_record_instance(rc_recorder *recorder, const rc_class *class, bool finalizer);

/* An attribute of an instance has been set. */
RC_API void rc_record_attribute(rc_recorder *recorder, rc_object *instance, rc_object *name);

/* The str, which a slot holds, has become the interned one with its text. */
RC_API void rc_record_interned(rc_recorder *recorder, rc_object *str);

/* Fill the free list of `type` no further: take out all that is in it, so that the
 * next object of that type is a new block, until rc_record_refill puts it back. */
RC_API void rc_record_drain(rc_recorder *recorder, const rc_type *type);
RC_API void rc_record_refill(rc_recorder *recorder);

/* ------------------------------------------------------------- references -- */

/* `object`, which may be reached otherwise, has one more reference of the program's:
 * that of its variable `name` (or NULL), which held `before` (or NULL) until now. */
RC_API void rc_record_hold(rc_recorder *recorder, rc_object *object, const char *name,
                           rc_object *before);

/* The variable `name` holds an object that a slot holds: call the slot so. */
RC_API void rc_record_name(rc_recorder *recorder, rc_object *object, const char *name);

/* A reference of the program's is about to be dropped; `name` may be NULL. */
RC_API void rc_record_drop(rc_recorder *recorder, rc_object *object, const char *name);

/* The reference that rc_record_result told of is now on the heap's stack of operands. */
RC_API void rc_record_operand(rc_recorder *recorder, rc_object *object);

/* The same of a value that was just made and is there already. */
RC_API void rc_record_value(rc_recorder *recorder, rc_object *value);

/* Let the object be in a slot, as an operand if it is in none. */
RC_API void rc_record_fetch(rc_recorder *recorder, rc_object *object);

/* The operands above `mark` (rc_operand_mark) are released; call it before. */
RC_API void rc_record_release(rc_recorder *recorder, size_t mark);

/* `object` was read from `holder`; `index` for lists and tuples.  Makes finding it
 * again fast. */
RC_API void rc_record_read(rc_recorder *recorder, rc_object *object, rc_object *holder,
                           int64_t index);

/* ------------------------------------------------------------------ looks -- */

/* An observation: "refcnt", "place", "tracked", "gen", "len", "alive" of one object,
 * "same" of two.  Left out when a trace cannot look at it. */
RC_API void rc_record_look(rc_recorder *recorder, const char *word, rc_object *a, rc_object *b);

/* Look at every object that a slot holds: its count, generation and length. */
RC_API void rc_record_slots(rc_recorder *recorder);

/* The counters (`count`; `stats` after a collection; `finalized`), if anything has
 * been recorded since the last time. */
RC_API void rc_record_counters(rc_recorder *recorder);

/* ------------------------------------------------------------ what is called -- */

/* The heap calls the program: a finalizer of `dying`, or a callback (NULL).  Until
 * the matching leave, which is given what enter returned, looks are left out and
 * anything else is refused, but that one finalizer stores its object in a variable. */
RC_API rc_object *rc_recorder_enter(rc_recorder *recorder, rc_object *dying);
RC_API void rc_recorder_leave(rc_recorder *recorder, rc_object *outer);

/* References are dropped in the middle of an operation, by the hook before_collection. */
RC_API void rc_recorder_interrupt(rc_recorder *recorder, bool begins);

/* For the observer of RC_MEMORY_RETURNED: a block is given back. */
RC_API void rc_recorder_returned(rc_recorder *recorder, uintptr_t address);

#endif
