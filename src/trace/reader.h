/* The reader of heap traces: bytes to lines, lines to operations. */
#ifndef TRACE_READER_H
#define TRACE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "map.h"

struct trace_operation;
struct replay;

/* What an operation gives when there is no error. */
typedef enum result_form {
    NO_RESULT,
    NUMBER,                             /* as all numbers here: from 0 on */
    THREE_NUMBERS,                      /* one space between them */
    NINE_NUMBERS,
    ZERO_OR_ONE,
    GENERATION,                         /* 0, 1, 2, frozen or none */
    REFERENCE_COUNT                     /* a number or immortal */
} result_form;

/* What a line's first word means. */
typedef struct operation_kind {
    const char *word;
    /* What follows the word, a letter each:
     *   >  the slot that is filled                i  an integer
     *   <  a slot that is read                    c  an integer that fits a C int
     *   *  any number of slots that are read      f  a float
     *   %  the same, an even number               t  a text
     *   n  the name of an attribute               g  a generation; nothing: the oldest
     *   r  `rescue` and a slot, or nothing        -  the slot that is emptied */
    const char *operands;
    enum { CHANGES_OBJECTS, STEERS_COLLECTOR, OBSERVES } group;
    result_form result;
    bool (*run)(struct replay *replay, const struct trace_operation *operation);
} operation_kind;

/* A line, as it is executed. */
typedef struct trace_operation {
    const operation_kind *kind;         /* NULL: a comment or a blank line */
    uint64_t times;                     /* as `repeat` says; 1 without */
    uint32_t target;                    /* number of the slot to fill or empty */
    uint32_t rescue;                    /* number of a slot, or NO_NUMBER */
    uint32_t name;                      /* number of the attribute's name */
    uint32_t *reads;                    /* numbers of the slots that are read */
    size_t read_count;
    int64_t integers[3];
    double real;
    const char *text;                   /* decoded; also the attribute's name */
    size_t text_size;

    const char *source;                 /* the line without its result, ended by a NUL */
    const char *expected;               /* what stands after ` => `, or NULL */
} trace_operation;

typedef enum reader_status {
    READER_LINE,                        /* in `operation`, until the next call */
    READER_END,
    READER_PROBLEM,                     /* in `problem`; the line is `line` */
    READER_NO_MEMORY
} reader_status;

/* Made with the first four members set and all else 0. */
typedef struct trace_reader {
    ptrdiff_t (*read)(void *context, char *buffer, size_t size);
    void *context;
    const operation_kind *kinds;        /* in order of their words */
    size_t kind_count;

    bool may_lack_results;              /* results are not compared: they may lack or be wrong */
    size_t line;                        /* from 1 */
    const char *profile;                /* the second line's, ended by a NUL; until the next call */
    trace_operation operation;
    text_map slots, names;              /* every slot and attribute name met so far */
    bool *fillable;                     /* by a slot's number: some line before could fill it */
    size_t fillable_room;
    char problem[200];

    /* the bytes that were read and not yet used: buffer[start .. end) */
    char *buffer;
    size_t start, end, room;
    bool ended;

    /* the line */
    const operation_kind *first_kind[26];       /* of those whose word begins with a letter */
    char *at;                           /* what follows the part that is understood */
    size_t reads_room;
    char *decoded;                      /* texts with escapes */
    size_t decoded_room;
    void *locale;                       /* the C locale: a float has a decimal point everywhere */
} trace_reader;

/* Read the first two lines.  READER_LINE if they are a trace's. */
reader_status reader_begin(trace_reader *reader);

/* Read the next line. */
reader_status reader_next(trace_reader *reader);

void reader_close(trace_reader *reader);

#endif
