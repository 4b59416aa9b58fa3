/* Random operations on up to three heaps of different profiles, every function of the
 * library among them.  The input is a row of decisions, a byte or two each; where it ends
 * the program ends.  Finalizers, callbacks of weak references and of the collector, and
 * walks in their middle take decisions too, and may do whatever the main program may.
 *
 * An operation is a row of the table: a function of heap/operations.h, and the type that
 * its first operand must have.  After each one of the main program's the heap must be
 * whole.
 *
 * What an operation costs must stay small: the heap is limited to some hundred KiB, and
 * what would be compared or hashed is looked at first (is_light). */
#include "heap/operations.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WORLDS 3
#define MOST_STEPS 3000                 /* of one input */
#define ANY (-1)

typedef struct operation {
    action *run;
    int type;                           /* of the first operand */
} operation;

static const operation operations[] = {
    { make_int, ANY }, { make_float, ANY }, { make_str, ANY }, { make_singleton, ANY },
    { make_list, ANY }, { make_list, ANY }, { make_tuple, ANY }, { make_tuple, ANY },
    { make_dict, ANY }, { make_dict, ANY }, { make_set, ANY }, { make_frozenset, ANY },
    { give_instance, RC_LIST }, { give_instance, RC_LIST }, { give_instance, RC_DICT },
    { give_instance, RC_DICT }, { give_instance, RC_SET }, { make_class, ANY },
    { make_instance, ANY }, { make_instance, ANY }, { make_instance, ANY },
    { make_weakref, ANY }, { make_weakref, RC_INSTANCE }, { make_weakref, RC_INSTANCE },
    { make_weakref, RC_SET }, { call_type, ANY }, { copy, ANY }, { nest, ANY },
    { empty_slot, ANY }, { empty_slot, ANY }, { empty_slot, ANY }, { copy_slot, ANY },
    { list_append, RC_LIST }, { list_append, RC_LIST }, { list_insert, RC_LIST },
    { list_get, RC_LIST }, { list_set, RC_LIST }, { list_pop, RC_LIST },
    { list_delete, RC_LIST }, { list_extend, RC_LIST }, { list_search, RC_LIST },
    { list_order, RC_LIST }, { tuple_look, RC_TUPLE }, { clear, RC_LIST },
    { clear, RC_DICT }, { clear, RC_SET }, { dict_set, RC_DICT }, { dict_set, RC_DICT },
    { dict_get, RC_DICT }, { dict_delete, RC_DICT }, { dict_popitem, RC_DICT },
    { dict_setdefault, RC_DICT }, { dict_update, RC_DICT }, { dict_look, RC_DICT },
    { set_add, RC_SET }, { set_add, RC_SET }, { set_remove, RC_SET }, { set_pop, RC_SET },
    { set_update, RC_SET }, { set_look, RC_SET }, { instance_set, RC_INSTANCE },
    { instance_set, RC_INSTANCE }, { instance_set, RC_INSTANCE },
    { instance_get, RC_INSTANCE }, { instance_look, RC_INSTANCE },
    { weakref_look, RC_WEAKREF }, { compare, ANY }, { compare_cycles, ANY },
    { contains, ANY }, { operate, ANY }, { show, ANY }, { look, ANY }, { str_look, RC_STR },
    { iterate, ANY }, { watch_object, ANY }, { observe, ANY }, { look_at_heap, ANY },
    { set_limit, ANY }, { collect, ANY }, { collect, ANY }, { set_threshold, ANY },
    { set_collector, ANY }, { look_at_collector, ANY },
};

/* Hold the operands that the operation wants; false when there are none. */
static bool find_operands(world *w, const operation *operation, rc_object *x[OPERANDS])
{
    x[0] = operation->type == ANY ? any(w) : any_of(w, operation->type);
    if (!x[0])
        return false;
    for (size_t i = 1; i < OPERANDS; i++)
        if ((x[i] = any(w)) == NULL)
            return false;
    return true;
}

static void run(world *w, const operation *operation, rc_object *x[OPERANDS])
{
    rc_object *outer = w->focus;

    if (choose(w, 8) == 1)
        rc_heap_fail_allocation(w->heap, 1 + choose(w, 6));
    w->focus = x[0];
    operation->run(w, x);
    w->focus = outer;
    rc_heap_fail_allocation(w->heap, 0);
}

static void step(world *w)
{
    const operation *operation = &operations[choose(w, sizeof operations / sizeof operations[0])];
    size_t mark = rc_operand_mark(w->heap);
    rc_object *x[OPERANDS];

    if (w->input->at == w->input->end || ++w->input->steps > MOST_STEPS)
        return;
    if (find_operands(w, operation, x))
        run(w, operation, x);
    rc_operand_release(w->heap, mark);
    rc_error_clear(w->heap);
}

void intervene(world *w, rc_object *guest)
{
    rc_object *outer = w->guest;

    if (w->depth >= DEEPEST)
        return;
    w->depth++;
    w->guest = guest;
    for (unsigned count = choose(w, 4); count > 0; count--)
        step(w);
    if (choose(w, 8) == 1)
        check(w);
    w->guest = outer;
    w->depth--;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static world none;                  /* zeros */
    world worlds[WORLDS];
    input input = { data, data + size, 0 };

    for (size_t i = 0; i < WORLDS; i++) {
        worlds[i] = none;
        if (i == 0 || choose(&worlds[0], 3) == 1)
            open_world(&worlds[i], &input);
    }
    while (input.at < input.end && input.steps <= MOST_STEPS) {
        unsigned which = choose(&worlds[0], 256);
        world *w = &worlds[which % 8 < WORLDS ? which % 8 : 0];
        if (which == 255)
            reopen_world(w, &input);
        if (!w->heap)
            continue;
        step(w);
        rc_gc_poll(w->heap);
        check_all(w);
    }
    input.at = input.end;
    for (size_t i = 0; i < WORLDS; i++)
        close_world(&worlds[i]);
    return 0;
}
