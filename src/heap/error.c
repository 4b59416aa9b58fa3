/* What went wrong. */
#include <stdarg.h>
#include <string.h>

#include "format.h"
#include "state.h"

static const char *const names[RC_ERROR_KINDS] = {
    [RC_NO_ERROR] = "no error",
    [RC_TYPE_ERROR] = "TypeError",
    [RC_VALUE_ERROR] = "ValueError",
    [RC_INDEX_ERROR] = "IndexError",
    [RC_KEY_ERROR] = "KeyError",
    [RC_ATTRIBUTE_ERROR] = "AttributeError",
    [RC_NAME_ERROR] = "NameError",
    [RC_OVERFLOW_ERROR] = "OverflowError",
    [RC_ZERO_DIVISION_ERROR] = "ZeroDivisionError",
    [RC_RECURSION_ERROR] = "RecursionError",
    [RC_RUNTIME_ERROR] = "RuntimeError",
    [RC_UNICODE_ERROR] = "UnicodeError",
    [RC_MEMORY_ERROR] = "MemoryError",
};

const rc_error *rc_heap_error(const rc_heap *heap)
{
    return &heap->error;
}

void rc_error_clear(rc_heap *heap)
{
    heap->error.kind = RC_NO_ERROR;
    heap->error.message[0] = '\0';
}

const char *rc_error_name(rc_error_kind kind)
{
    return kind < RC_ERROR_KINDS ? names[kind] : names[RC_NO_ERROR];
}

const char *rc_heap_error_name(const rc_heap *heap)
{
    bool renamed = heap->error.kind == RC_RECURSION_ERROR
                   && !heap->profile.has_recursion_error.value;

    return rc_error_name(renamed ? RC_RUNTIME_ERROR : heap->error.kind);
}

bool rc_raise(rc_heap *heap, rc_error_kind kind, const char *format, ...)
{
    char message[RC_ERROR_SIZE];        /* the old one may be among the arguments */
    va_list arguments;

    va_start(arguments, format);
    format_message(message, sizeof message, format, arguments);
    va_end(arguments);
    heap->error.kind = kind;
    strcpy(heap->error.message, message);
    return false;
}
