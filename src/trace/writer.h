/* The writer of heap traces. */
#ifndef TRACE_WRITER_H
#define TRACE_WRITER_H

#include <stdbool.h>
#include <stddef.h>

/* Collects lines and passes them on in larger pieces.  Made with the first two
 * members set and all else 0; with `write` NULL every text is dropped. */
typedef struct trace_writer {
    bool (*write)(void *context, const char *text, size_t size);
    void *context;
    bool refused;                       /* `write` returned false: it is left alone from then on */
    size_t size;
    char buffer[4096];
} trace_writer;

/* Write the first two lines. */
void writer_begin(trace_writer *writer, const char *profile);

/* Write a line: an operation or a comment, and its result unless that is NULL. */
void writer_line(trace_writer *writer, const char *source, const char *result);

/* Pass on what is still here.  Whether everything was taken. */
bool writer_finish(trace_writer *writer);

#endif
