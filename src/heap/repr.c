/* Printing.  A container that is met again inside itself shows as its brackets with
 * three points; everything that is being written is held, for a sink may do what it
 * likes. */
#include "repr.h"

#include <string.h>

#include "format.h"
#include "object.h"
#include "unicode.h"

bool rc_repr(rc_heap *heap, rc_object *object, rc_sink sink)
{
    return object->type->repr(heap, object, sink);
}

/* ----------------------------------------------------------------- containers -- */

repr_entry repr_enter(rc_heap *heap, struct repr_frame *frame, rc_object *object)
{
    for (const struct repr_frame *outer = heap->writing; outer != NULL; outer = outer->outer)
        if (outer->object == object)
            return REPR_INSIDE;
    if (!recursion_enter(heap, RC_SAYS_TOO_DEEP_IN_REPR))
        return REPR_FAILED;
    frame->object = object;
    frame->outer = heap->writing;
    rc_hold(heap, object, RC_FOR_OPERAND, NULL);
    heap->writing = frame;
    return REPR_BEGUN;
}

void repr_leave(rc_heap *heap, struct repr_frame *frame)
{
    heap->writing = frame->outer;
    recursion_leave(heap);
    rc_release(heap, frame->object, RC_FOR_OPERAND, NULL);
}

bool write_items(rc_heap *heap, rc_sink sink, rc_object *container, next_item next)
{
    size_t position = 0;
    bool first = true;
    rc_object *item;

    while ((item = next(container, &position)) != NULL) {
        rc_hold(heap, item, RC_FOR_OPERAND, NULL);
        bool done = (first || write_text(heap, sink, ", ")) && rc_repr(heap, item, sink);
        rc_release(heap, item, RC_FOR_OPERAND, NULL);
        if (!done)
            return false;
        first = false;
    }
    return true;
}

/* -------------------------------------------------------------------- writers -- */

bool write_bytes(rc_heap *heap, rc_sink sink, const char *text, size_t size)
{
    if (size == 0 || sink.write(sink.context, text, size))
        return true;
    return rc_raise(heap, RC_RUNTIME_ERROR, "the output takes no more");
}

bool write_text(rc_heap *heap, rc_sink sink, const char *text)
{
    return write_bytes(heap, sink, text, strlen(text));
}

bool write_address(rc_heap *heap, rc_sink sink, const void *address)
{
    char text[NUMBER_TEXT];

    return write_bytes(heap, sink, text, format_address(text, (uintptr_t)address));
}

bool write_object(rc_heap *heap, rc_sink sink, rc_object *object)
{
    rc_hold(heap, object, RC_FOR_OPERAND, NULL);
    bool done = rc_repr(heap, object, sink);
    rc_release(heap, object, RC_FOR_OPERAND, NULL);
    return done;
}

/* ----------------------------------------------------------------- quoted text -- */

/* What stands for a character in quotes: its escape, put into `escape`, or NULL for
 * itself. */
static const char *escaped(uint32_t c, char quote, char escape[NUMBER_TEXT])
{
    static const char hex[] = "0123456789abcdef";

    switch (c) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    case '\\': return "\\\\";
    }
    if (c == (unsigned char)quote)
        return "\\'";                 /* a double one is taken only where none occurs */
    if (is_printable(c))
        return NULL;

    int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    escape[0] = '\\';
    escape[1] = digits == 2 ? 'x' : digits == 4 ? 'u' : 'U';
    for (int i = 0; i < digits; i++)
        escape[2 + i] = hex[c >> 4 * (digits - 1 - i) & 15];
    escape[2 + digits] = '\0';
    return escape;
}

bool write_quoted(rc_heap *heap, rc_sink sink, const char *text, size_t size)
{
    const char *end = text + size, *plain = text;       /* from `plain` on nothing is written */
    bool doubled = memchr(text, '\'', size) != NULL && memchr(text, '"', size) == NULL;
    const char *quote = doubled ? "\"" : "'";
    char buffer[NUMBER_TEXT];

    if (!write_text(heap, sink, quote))
        return false;
    while (text < end) {
        size_t length = utf8_length(*text);
        const char *escape = escaped(utf8_decode(text), *quote, buffer);
        if (escape != NULL) {
            if (!write_bytes(heap, sink, plain, (size_t)(text - plain))
                || !write_text(heap, sink, escape))
                return false;
            plain = text + length;
        }
        text += length;
    }
    return write_bytes(heap, sink, plain, (size_t)(end - plain))
        && write_text(heap, sink, quote);
}

/* ------------------------------------------------------------------- to memory -- */

typedef struct fixed_text {
    char *text;
    size_t size, room;                  /* bytes written; that there is room for */
} fixed_text;

/* Takes what fits; refuses the rest, so that nobody goes on writing. */
static bool put(void *context, const char *text, size_t size)
{
    fixed_text *out = context;
    size_t left = out->room - out->size, part = size < left ? size : left;

    memcpy(out->text + out->size, text, part);
    out->size += part;
    return part == size;
}

void repr_text(rc_heap *heap, rc_object *object, char *text, size_t size)
{
    fixed_text out = { .text = text, .room = size - 1 };
    rc_error before = heap->error;

    if (!write_object(heap, (rc_sink) { put, &out }, object)) {
        out.size = utf8_whole(text, out.size);
        heap->error = before;
    }
    text[out.size] = '\0';
}
