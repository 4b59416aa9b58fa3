/* Numbers to text and back, messages; independent of the locale. */
#ifndef HEAP_FORMAT_H
#define HEAP_FORMAT_H

#include <refchain/base.h>
#include <stdarg.h>

#define NUMBER_TEXT 32                  /* enough for any number, the NUL included */

/* Python's repr of a float, of an int, and hex() of an address.  They return the
 * length. */
size_t format_double(char text[NUMBER_TEXT], double value);
size_t format_int(char text[NUMBER_TEXT], int64_t value);
size_t format_address(char text[NUMBER_TEXT], uintptr_t address);

/* Seconds with four decimals, cut: "0.0004". */
size_t format_seconds(char text[NUMBER_TEXT], uint64_t nanoseconds);

/* Like vsnprintf, but cut at a character when too long. */
void format_message(char *text, size_t size, const char *format, va_list arguments);

typedef enum parse_status { PARSED, NO_NUMBER, TOO_LARGE } parse_status;

/* What Python's int() and float() read from valid UTF-8: with white space around,
 * single underscores between digits, digits of any script. */
parse_status parse_int(const char *text, size_t size, int64_t *value);
parse_status parse_double(const char *text, size_t size, double *value);

#endif
