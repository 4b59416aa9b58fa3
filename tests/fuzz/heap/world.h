/* What the operations of fuzz_heap.c work on: up to three worlds, a heap each, and the
 * decisions that they share. */
#ifndef FUZZ_WORLD_H
#define FUZZ_WORLD_H

#include <refchain/refchain.h>

#define SLOTS 12
#define CLASSES 5
#define WATCHES 8
#define DEEPEST 6                       /* finalizers within finalizers that do something */

/* The decisions, and the operations that they have made so far. */
typedef struct input {
    const uint8_t *at, *end;
    unsigned steps;
} input;

/* An iteration that is under way; it owns a reference. */
typedef struct walk {
    rc_iterator iterator;
    struct walk *outer;
} walk;

typedef struct watch {
    uint32_t number;                    /* 0: none */
    int64_t birth;
    bool died;
} watch;

/* A heap and all that the program knows of it. */
typedef struct world {
    rc_heap *heap;                      /* NULL: none is open */
    input *input;
    rc_profile profile;
    rc_object *slots[SLOTS];            /* one reference each, or NULL */
    rc_class *classes[CLASSES];
    walk *walks;
    rc_object *guest;                   /* what is being finalized, or NULL (borrowed) */
    rc_object *focus;                   /* first operand of the operation around, or NULL */
    watch watches[WATCHES];
    unsigned depth;
    size_t callbacks;                   /* made and not released */
    size_t startup_objects;
    bool observed;
    size_t expected_live;               /* while observed: by the events */
} world;

/* Open a heap of a random profile, in a world of zeros; it stays NULL where the random
 * limit is too small. */
void open_world(world *w, input *input);

/* Let go of everything: what is left must belong to a cache. */
void close_world(world *w);

/* Close a heap in the middle of its life, and open another. */
void reopen_world(world *w, input *input);

/* Decide: a number from 0 to n - 1; 0 when the input has ended. */
unsigned choose(world *w, unsigned n);

/* Mostly small, now and then at an edge. */
int64_t an_integer(world *w);

/* What is not as it must be ends the program. */
#define REQUIRE(condition) ((condition) ? (void)0 : broken("not so", #condition))

_Noreturn void broken(const char *what, const char *how);

/* The heap must be whole. */
void check(world *w);

/* The same and all that the program knows of it; after an operation of the main program. */
void check_all(world *w);

/* Returns `success`.  What has failed must say why; what has not may leave anything
 * behind. */
bool succeeded(world *w, bool success);

/* A visitor of at most 500 objects, which it counts: its context is a size_t. */
bool see_object(void *context, rc_object *object);

/* Put a new reference into a random slot; NULL has failed. */
void fill(world *w, RC_TAKEN rc_object *object);

/* The same for a borrowed one. */
void fill_borrowed(world *w, rc_object *object);

/* The same for what can be hashed, which is kept light: an object that is not is dropped. */
void fill_light(world *w, RC_TAKEN rc_object *object);

/* Let go of what a random slot holds. */
void empty(world *w);

/* Whether a walk down from the object is short: an object that is met on many ways counts
 * on each. */
bool is_light(world *w, rc_object *object);

/* An operand, held until the step ends; NULL when there is no memory for that.  It is what
 * a random slot holds, or None; in the middle of an operation also what that works on, and
 * what is being finalized. */
RC_BORROWED rc_object *any(world *w);

/* The same with an object of that type; NULL if there is none. */
RC_BORROWED rc_object *any_of(world *w, int type);

#endif
