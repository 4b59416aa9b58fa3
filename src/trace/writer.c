/* The writer of heap traces (tests/conformance/FORMAT.md). */
#include "writer.h"

#include <string.h>

static void pass_on(trace_writer *writer, const char *text, size_t size)
{
    if (!writer->refused && size != 0)
        writer->refused = !writer->write(writer->context, text, size);
}

static void flush(trace_writer *writer)
{
    pass_on(writer, writer->buffer, writer->size);
    writer->size = 0;
}

static void put(trace_writer *writer, const char *text, size_t size)
{
    if (size > sizeof writer->buffer - writer->size)
        flush(writer);
    if (size > sizeof writer->buffer) {
        pass_on(writer, text, size);
        return;
    }
    memcpy(writer->buffer + writer->size, text, size);
    writer->size += size;
}

void writer_line(trace_writer *writer, const char *source, const char *result)
{
    if (writer->write == NULL)
        return;
    put(writer, source, strlen(source));
    if (result != NULL) {
        put(writer, " => ", 4);
        put(writer, result, strlen(result));
    }
    put(writer, "\n", 1);
}

void writer_begin(trace_writer *writer, const char *profile)
{
    if (writer->write == NULL)
        return;
    put(writer, "refchain-trace 1\nprofile ", 25);
    put(writer, profile, strlen(profile));
    put(writer, "\n", 1);
}

bool writer_finish(trace_writer *writer)
{
    if (writer->write != NULL)
        flush(writer);
    return !writer->refused;
}
