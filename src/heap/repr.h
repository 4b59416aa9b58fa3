/* Printing: what the types' `repr` functions are made of.
 *
 * A container's repr: repr_enter, which holds it and notices that it is being written
 * already; its text by the writers; repr_leave.
 *
 *      struct repr_frame frame;
 *
 *      switch (repr_enter(heap, &frame, self)) {
 *      case REPR_FAILED: return false;
 *      case REPR_INSIDE: return write_text(heap, sink, "[...]");
 *      case REPR_BEGUN: break;
 *      }
 *      bool done = write_items(...);
 *      repr_leave(heap, &frame);
 *      return done;
 */
#ifndef HEAP_REPR_H
#define HEAP_REPR_H

#include <refchain/object.h>

/* A container that is being written; heap->writing chains them, innermost first. */
struct repr_frame {
    rc_object *object;                  /* one reference */
    struct repr_frame *outer;
};

typedef enum repr_entry { REPR_FAILED, REPR_INSIDE, REPR_BEGUN } repr_entry;

/* Begin to write `object`.  REPR_INSIDE: it is being written further out, there is
 * nothing to leave.  REPR_FAILED: RecursionError, likewise. */
RC_CHECKED repr_entry repr_enter(rc_heap *heap, struct repr_frame *frame, rc_object *object);

/* The end; releases the hold. */
void repr_leave(rc_heap *heap, struct repr_frame *frame);

/* Text that ends in a NUL; `size` bytes; the repr of an object, which is held
 * meanwhile; an address as 0x200000000040.
 * Fail: RuntimeError when the sink refuses; RecursionError (object). */
RC_CHECKED bool write_text(rc_heap *heap, rc_sink sink, const char *text);
RC_CHECKED bool write_bytes(rc_heap *heap, rc_sink sink, const char *text, size_t size);
RC_CHECKED bool write_object(rc_heap *heap, rc_sink sink, rc_object *object);
RC_CHECKED bool write_address(rc_heap *heap, rc_sink sink, const void *address);

/* Text as Python's repr of a str shows it; it is valid UTF-8. */
RC_CHECKED bool write_quoted(rc_heap *heap, rc_sink sink, const char *text, size_t size);

/* Items with ", " between them.  `next` gives the next one, borrowed, or NULL at the
 * end; `position`, 0 at first, is its own. */
typedef rc_object *(*next_item)(rc_object *container, size_t *position);
RC_CHECKED bool write_items(rc_heap *heap, rc_sink sink, rc_object *container,
                            next_item next);

/* The beginning of an object's repr, for a message: as much of it as `text` takes, cut
 * at a character, with a NUL. */
void repr_text(rc_heap *heap, rc_object *object, char *text, size_t size);

#endif
