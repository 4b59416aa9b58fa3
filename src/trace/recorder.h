/* Inside the recorder: its state, and what its files use of each other.
 *
 *     recorder.c          operations, instances, references; opening and closing
 *     recorder_lines.c    refusing; the trace's lines and slots; values
 *     recorder_find.c     an operand that no slot holds: finding it, reading it into one
 *     recorder_looks.c    what is observed */
#ifndef TRACE_RECORDER_H
#define TRACE_RECORDER_H

#include <refchain/refchain.h>

#include "map.h"

#define NONE UINT32_MAX
#define LONGEST_NAME 40
#define READS 1024                      /* remembered; a power of two */

typedef struct slot {
    rc_object *object;                  /* the recorder owns nothing; NULL: empty */
    uint32_t next;                      /* another slot of the same object */
    char *name;                         /* NULL: t and its number */
} slot;

typedef struct operand {
    rc_object *object;
    size_t mark;                        /* height of the heap's operand stack */
} operand;

typedef struct reading {
    rc_object *object, *holder;
    uint32_t object_watch, holder_watch;
    int64_t index;
} reading;

/* One of the program's classes: where the last name that it met first stands among
 * those that the trace's class has met. */
typedef struct class_seen {
    const rc_class *class;
    text_map names;
    uint32_t next;                      /* the least place for another name */
} class_seen;

/* The trace's class without or with a finalizer. */
typedef struct class_kind {
    class_seen *classes;
    size_t count, room;
    size_t instances;
    text_map names;
} class_kind;

typedef struct patch {
    size_t offset;                      /* the end of a line in the text */
    uint32_t slot;                      /* `rescue` */
} patch;

struct rc_recorder {
    rc_heap *heap;
    char *refusal;                      /* NULL: none */
    char *source, *word;                /* where the program is */
    int line;
    bool place_is_new;

    char *text;                         /* all lines but the first two */
    size_t size, room;
    size_t line_start;                  /* of the last operation's line */
    size_t checked;                     /* size at the last rc_record_counters */
    uint64_t checked_collections, checked_finalized;

    slot *slots;
    uint32_t slot_count, slot_room;
    uint32_t *free_slots;               /* without a name, the last to be used next */
    uint32_t free_count, free_room;
    text_map slot_names;                /* by number: */
    uint32_t *named;                    /* the slot */
    size_t named_room;
    address_map holders;                /* object: its first slot */

    operand *operands;
    size_t operand_count, operand_room;
    uint32_t *drained;                  /* slots */
    size_t drained_count, drained_room;

    bool open;                          /* the last line's operation is running */
    bool exact;                         /* it raises what the program's does */
    bool interrupted;
    const rc_type *made;                /* what the last line's operation allocates */
    size_t made_length;                 /* of a tuple */
    uint32_t target;                    /* the slot that it fills, or NONE */
    uint64_t births;                    /* when it began */

    int inside;                         /* finalizers and callbacks that run */
    rc_object *dying;                   /* the innermost one's */
    rc_object *displaced;               /* dropped next, by what stands for it */
    uint64_t finalized;
    bool has_finalizers;
    address_map finalizable;            /* finobjects: the end of their line */
    patch *patches;
    size_t patch_count, patch_room;

    class_kind kinds[2];                /* without, with a finalizer */
    bool attributes_inside;             /* of instances, not in dicts */
    text_map attributes;                /* their names */
    address_map impure;                 /* objects: their watch */
    reading reads[READS];
    address_map places;
    size_t next_place;
};

/* ------------------------------------------------------------ recorder_lines.c -- */

/* Refuse for want of memory.  Always false. */
bool recorder_no_memory(rc_recorder *r);

/* Whether something may be recorded now; if the heap has called, it is refused. */
bool recorder_may_record(rc_recorder *r);

/* The array of `count` items of `size` bytes, with room for one more: moved, or as it was
 * and refused for want of memory. */
void *recorder_room(rc_recorder *r, void *array, size_t count, size_t *room, size_t size);

/* Whether an array, of which *room is kept, has room for one more now. */
#define recorder_grow(r, array, count, room)                                    \
    ((array) = recorder_room(r, array, count, room, sizeof *(array)), (r)->refusal == NULL)

/* A copy that the caller frees; NULL when there is no memory. */
char *recorder_copy_text(const char *text, size_t size);

/* The line that is being written, piece by piece. */
void line_begin(rc_recorder *r);
void line_put(rc_recorder *r, const char *text, size_t size);
void line_text(rc_recorder *r, const char *text);
void line_integer(rc_recorder *r, int64_t value);
void line_slot(rc_recorder *r, uint32_t number);
void line_string(rc_recorder *r, const rc_object *str);

/* Whole lines: `word` and a slot; `let`; `del` of a filled slot, and of one that only the
 * trace has filled; one that makes a value, in a slot that is filled afterwards. */
void line_write(rc_recorder *r, const char *word, uint32_t number);
void line_let(rc_recorder *r, uint32_t to, uint32_t from);
void line_del(rc_recorder *r, uint32_t number);
void line_undo(rc_recorder *r, uint32_t number);
void line_value(rc_recorder *r, uint32_t number, rc_object *object);

/* Slots; NONE: there is none. */
uint32_t slot_first(const rc_recorder *r, const rc_object *object);
uint32_t slot_take(rc_recorder *r);
void slot_give(rc_recorder *r, uint32_t number);
uint32_t slot_named(rc_recorder *r, const char *name);
uint32_t slot_choose(rc_recorder *r, const char *name);
uint32_t slot_called(const rc_recorder *r, const rc_object *object, const char *name);
void slot_fill(rc_recorder *r, uint32_t number, rc_object *object);
void slot_empty(rc_recorder *r, uint32_t number);

/* Values. */
void mark_impure(rc_recorder *r, rc_object *object);
bool is_impure(const rc_recorder *r, const rc_object *object);
bool is_cached(const rc_recorder *r, const rc_object *object);
bool may_stand_in(const rc_object *object);
bool is_value(const rc_object *object);

/* ------------------------------------------------------------- recorder_find.c -- */

/* Fill a new slot with an object that no slot holds; NONE if that is not possible.
 * Where `looks`, only with the object itself. */
uint32_t fetch(rc_recorder *r, rc_object *object, bool looks);

void refuse_unreachable(rc_recorder *r, const rc_object *object);

#endif
