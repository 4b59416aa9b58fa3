/* UTF-8, and what Python knows of single characters. */
#ifndef HEAP_UNICODE_H
#define HEAP_UNICODE_H

#include <refchain/base.h>

/* Bytes of the UTF-8 sequence that begins with `first`, in valid text. */
static inline size_t utf8_length(char first)
{
    unsigned char lead = (unsigned char)first;

    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* The code point that begins at `text`, which is valid. */
uint32_t utf8_decode(const char *text);

/* How many of the `size` bytes are whole characters. */
size_t utf8_whole(const char *text, size_t size);

/* As str.isprintable() and str.isspace() of 3.8 (Unicode 12.1); the value of a
 * decimal digit of any script, or -1. */
bool is_printable(uint32_t code_point);
bool is_space(uint32_t code_point);
int digit_value(uint32_t code_point);

#endif
