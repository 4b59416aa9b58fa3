/* The files below lua/ that are part of the program, as text: a table that the build
 * makes. */
#ifndef LAB_EMBEDDED_H
#define LAB_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
    const char *name;                   /* "lua/refchain/init.lua"; NULL ends the table */
    const char *text;
    size_t size;
};

extern const struct embedded_file embedded_files[];

#endif
