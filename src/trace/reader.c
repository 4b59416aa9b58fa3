/* The reader of heap traces (tests/conformance/FORMAT.md).
 *
 * A line is read whole, checked to be UTF-8 without control characters, ended by a
 * NUL, and then taken apart from left to right by `reader->at`.  What it says goes
 * into an operation that can be executed any number of times.
 *
 * Inside, a function that finds something wrong describes it in `problem` and
 * returns false; without memory it leaves `problem` empty. */
#include "reader.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK ((size_t)64 << 10)        /* bytes that are asked for at a time */
#define LONGEST_FIRST_LINE 64           /* what is longer is no trace */
#define MOST_SHOWN 40                   /* bytes of a word that a problem quotes */
#define MOST_REPEATS 100000000

static bool problem(trace_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool problem(trace_reader *reader, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(reader->problem, sizeof reader->problem, format, arguments);
    va_end(arguments);
    return false;
}

static reader_status failed(const trace_reader *reader)
{
    return reader->problem[0] != '\0' ? READER_PROBLEM : READER_NO_MEMORY;
}

/* ------------------------------------------------------------ bytes to lines -- */

/* Make room for CHUNK bytes after buffer[start .. end), which may move. */
static bool make_room(trace_reader *reader)
{
    size_t kept = reader->end - reader->start;

    if (reader->start > 0) {
        memmove(reader->buffer, reader->buffer + reader->start, kept);
        reader->start = 0;
        reader->end = kept;
    }
    if (reader->room - kept >= CHUNK)
        return true;
    if (reader->room > SIZE_MAX / 2 - CHUNK)
        return false;
    size_t room = reader->room * 2 + CHUNK;
    char *buffer = realloc(reader->buffer, room);
    if (buffer == NULL)
        return false;
    reader->buffer = buffer;
    reader->room = room;
    return true;
}

/* Append what `read` gives to the buffer.  Binary data may have no line's end at
 * all, so it must be noticed here. */
static bool fill_buffer(trace_reader *reader)
{
    if (!make_room(reader))
        return false;
    char *new = reader->buffer + reader->end;
    ptrdiff_t size = reader->read(reader->context, new, CHUNK);
    if (size < 0 || (size_t)size > CHUNK)
        return problem(reader, "cannot be read");
    reader->ended = size == 0;
    reader->end += (size_t)size;
    return true;
}

/* Whether text that has no line's end yet can still become one. */
static bool may_become_line(trace_reader *reader, const char *text, size_t size, size_t new)
{
    if (memchr(text + size - new, '\0', new) != NULL)
        return problem(reader, "a NUL byte: this is no text");
    if (reader->line == 1 && size > LONGEST_FIRST_LINE)
        return problem(reader, "not a heap trace: it does not begin with 'refchain-trace 1'");
    return true;
}

/* The bytes of the UTF-8 character at `text`, 0 if there is none.  A NUL after the
 * text stops it, too. */
static size_t character_size(const unsigned char *text)
{
    if (text[0] < 0x80)
        return 1;
    if (text[0] < 0xC2 || text[0] > 0xF4 || (text[1] & 0xC0) != 0x80)
        return 0;
    if (text[0] < 0xE0)
        return 2;
    if ((text[2] & 0xC0) != 0x80)
        return 0;
    if (text[0] < 0xF0)
        return (text[0] == 0xE0 && text[1] < 0xA0) || (text[0] == 0xED && text[1] > 0x9F) ? 0 : 3;
    if ((text[0] == 0xF0 && text[1] < 0x90) || (text[0] == 0xF4 && text[1] > 0x8F))
        return 0;
    return (text[3] & 0xC0) == 0x80 ? 4 : 0;
}

/* Whether a line, ended by a NUL, is UTF-8 without control characters. */
static bool check_text(trace_reader *reader, const char *line, size_t size)
{
    const unsigned char *text = (const unsigned char *)line;

    for (const unsigned char *end = text + size; text < end;) {
        if (*text >= 0x20 && *text < 0x7F) {
            text++;
            continue;
        }
        if (*text == 0)
            return problem(reader, "a NUL byte: this is no text");
        if ((*text < 0x20 && *text != '\t') || *text == 0x7F)
            return problem(reader, "a control character (0x%02X)", *text);
        size_t step = character_size(text);
        if (step == 0)
            return problem(reader, "a byte that is not UTF-8 (0x%02X)", *text);
        text += step;
    }
    return true;
}

/* The next line into `at`, ended by a NUL. */
static reader_status next_line(trace_reader *reader)
{
    size_t searched = 0;
    char *line, *end;

    reader->line++;
    while (line = reader->buffer + reader->start,
           end = memchr(line + searched, '\n', reader->end - reader->start - searched),
           end == NULL) {
        size_t size = reader->end - reader->start;
        if (!may_become_line(reader, line, size, size - searched))
            return READER_PROBLEM;
        searched = size;
        if (reader->ended && size == 0) {
            reader->line--;
            return READER_END;
        }
        if (reader->ended) {
            problem(reader, "the trace is cut off in the middle of this line");
            return READER_PROBLEM;
        }
        if (!fill_buffer(reader))
            return failed(reader);
    }
    reader->start += (size_t)(end + 1 - line);
    if (end > line && end[-1] == '\r')
        end--;
    *end = '\0';
    reader->at = line;
    return check_text(reader, line, (size_t)(end - line)) ? READER_LINE : READER_PROBLEM;
}

/* -------------------------------------------------------------------- words -- */

static void skip_blanks(trace_reader *reader)
{
    while (*reader->at == ' ' || *reader->at == '\t')
        reader->at++;
}

/* The size of the word at `text`. */
static size_t word_size(const char *text)
{
    size_t size = 0;

    while (text[size] != '\0' && text[size] != ' ' && text[size] != '\t')
        size++;
    return size;
}

/* The next word, which stays the next one; its size is 0 at the end of the line. */
static size_t peek(trace_reader *reader, const char **word)
{
    skip_blanks(reader);
    *word = reader->at;
    return word_size(reader->at);
}

static bool is_word(const char *word, size_t size, const char *text)
{
    return size == strlen(text) && memcmp(word, text, size) == 0;
}

/* How much of a word a problem quotes: whole characters. */
static int shown(const char *word, size_t size)
{
    size_t shown = 0;

    while (shown < size) {
        size_t step = character_size((const unsigned char *)word + shown);
        if (shown + step > MOST_SHOWN)
            break;
        shown += step;
    }
    return (int)shown;
}

/* The next word is not `what`. */
static bool expected(trace_reader *reader, const char *what)
{
    const char *word;
    size_t size = peek(reader, &word);

    if (size == 0)
        return problem(reader, "expected %s, found the end of the line", what);
    return problem(reader, "expected %s, found '%.*s'", what, shown(word, size), word);
}

static bool is_slot_name(const char *word, size_t size)
{
    if (size == 0 || word[0] < 'a' || word[0] > 'z')
        return false;
    for (size_t i = 1; i < size; i++)
        if (!(word[i] >= 'a' && word[i] <= 'z') && !(word[i] >= '0' && word[i] <= '9')
            && word[i] != '_')
            return false;
    return true;
}

static bool parse_slot(trace_reader *reader, uint32_t *slot)
{
    const char *word;
    size_t size = peek(reader, &word);

    if (!is_slot_name(word, size))
        return expected(reader, "a slot name");
    reader->at += size;
    *slot = text_map_number(&reader->slots, word, size);
    return *slot != NO_NUMBER;
}

/* Note one more slot that the operation reads. */
static bool parse_read(trace_reader *reader)
{
    trace_operation *operation = &reader->operation;

    if (operation->read_count == reader->reads_room) {
        size_t room = reader->reads_room ? reader->reads_room * 2 : 16;
        uint32_t *reads = realloc(operation->reads, room * sizeof *reads);
        if (reads == NULL)
            return false;
        operation->reads = reads;
        reader->reads_room = room;
    }
    return parse_slot(reader, &operation->reads[operation->read_count++]);
}

/* Slots up to the end of the line or of its operation; a multiple of `group`. */
static bool parse_reads(trace_reader *reader, size_t group)
{
    const char *word;
    size_t size;

    while ((size = peek(reader, &word)) != 0 && !is_word(word, size, "=>"))
        if (!parse_read(reader))
            return false;
    if (reader->operation.read_count % group != 0)
        return problem(reader, "the last key has no value");
    return true;
}

/* ------------------------------------------------------------------ numbers -- */

static bool parse_integer(trace_reader *reader, const char *what, int64_t *value)
{
    const char *word;
    size_t size = peek(reader, &word);
    bool negative = size > 1 && word[0] == '-';
    int64_t result = 0;                 /* negative all along: there is one more of them */

    if (size == 0)
        return expected(reader, what);
    for (size_t i = negative; i < size; i++) {
        if (word[i] < '0' || word[i] > '9')
            return expected(reader, what);
        int digit = word[i] - '0';
        if (result < (INT64_MIN + digit) / 10)
            return problem(reader, "'%.*s' does not fit in 64 bits", shown(word, size), word);
        result = result * 10 - digit;
    }
    if (!negative && result == INT64_MIN)
        return problem(reader, "'%.*s' does not fit in 64 bits", shown(word, size), word);
    *value = negative ? result : -result;
    reader->at += size;
    return true;
}

static bool parse_c_int(trace_reader *reader, int64_t *value)
{
    if (!parse_integer(reader, "a threshold", value))
        return false;
    if (*value < INT32_MIN || *value > INT32_MAX)
        return problem(reader, "%lld is no threshold: it does not fit in 32 bits",
                       (long long)*value);
    return true;
}

static bool parse_float(trace_reader *reader, double *value)
{
    const char *word;
    size_t size = peek(reader, &word);
    char *end = NULL;

    if (size != 0)
        *value = strtod_l(word, &end, (locale_t)reader->locale);
    if (size == 0 || end != word + size)
        return expected(reader, "a float");
    reader->at += size;
    return true;
}

/* -------------------------------------------------------------------- texts -- */

/* Four hex digits at `text` into *code. */
static bool hex_digits(const char *text, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        char digit = text[i];
        if (digit >= '0' && digit <= '9')
            *code = *code << 4 | (uint32_t)(digit - '0');
        else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
            *code = *code << 4 | (uint32_t)((digit | 0x20) - 'a' + 10);
        else
            return false;
    }
    return true;
}

static char *write_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3F));
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    }
    return out;
}

/* The character of a `\u` escape whose digits begin at *in, which is moved on; two
 * escapes if it is a pair of surrogates. */
static bool decode_unicode(trace_reader *reader, const char **in, uint32_t *code)
{
    uint32_t low;

    if (!hex_digits(*in, code))
        return problem(reader, "'\\u' without four hexadecimal digits");
    *in += 4;
    if (*code < 0xD800 || *code > 0xDFFF)
        return true;
    if (*code > 0xDBFF || (*in)[0] != '\\' || (*in)[1] != 'u' || !hex_digits(*in + 2, &low)
        || low < 0xDC00 || low > 0xDFFF)
        return problem(reader, "half of a surrogate pair");
    *in += 6;
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

/* The escape after a backslash at *in, which is moved on. */
static bool decode_escape(trace_reader *reader, const char **in, uint32_t *code)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char letter = *(*in)++;

    if (letter == 'u')
        return decode_unicode(reader, in, code);
    const char *found = letter != '\0' ? strchr(letters, letter) : NULL;
    if (found == NULL)
        return problem(reader, "an escape that JSON does not have");
    *code = (uint32_t)meanings[found - letters];
    return true;
}

/* Decode the inside of a string, `size` bytes at `in`.  No character takes more
 * bytes than its escape. */
static bool decode(trace_reader *reader, const char *in, size_t size)
{
    const char *end = in + size;

    if (size > reader->decoded_room) {
        char *room = realloc(reader->decoded, size);
        if (room == NULL)
            return false;
        reader->decoded = room;
        reader->decoded_room = size;
    }
    char *out = reader->decoded;
    while (in < end) {
        uint32_t code = 0;
        if (*in != '\\') {
            *out++ = *in++;
            continue;
        }
        in++;
        if (!decode_escape(reader, &in, &code))
            return false;
        out = write_utf8(out, code);
    }
    reader->operation.text = reader->decoded;
    reader->operation.text_size = (size_t)(out - reader->decoded);
    return true;
}

/* A JSON string. */
static bool parse_text(trace_reader *reader)
{
    skip_blanks(reader);
    if (*reader->at != '"')
        return expected(reader, "a string");
    char *start = ++reader->at;
    bool escapes = false;
    for (; *reader->at != '"'; reader->at++) {
        if (*reader->at == '\t')
            return problem(reader, "a tab in a string: write \\t");
        if (*reader->at == '\\') {
            escapes = true;
            reader->at++;
        }
        if (*reader->at == '\0')
            return problem(reader, "the string does not end");
    }
    size_t size = (size_t)(reader->at++ - start);
    if (word_size(reader->at) != 0)
        return expected(reader, "a space after the string");
    reader->operation.text = start;
    reader->operation.text_size = size;
    return !escapes || decode(reader, start, size);
}

/* --------------------------------------------------------------- operations -- */

/* Where the words begin that begin with each letter. */
static void index_kinds(trace_reader *reader)
{
    for (size_t i = reader->kind_count; i > 0; i--)
        reader->first_kind[reader->kinds[i - 1].word[0] - 'a'] = &reader->kinds[i - 1];
}

static const operation_kind *find_kind(const trace_reader *reader, const char *word, size_t size)
{
    if (word[0] < 'a' || word[0] > 'z')
        return NULL;
    const operation_kind *kind = reader->first_kind[word[0] - 'a'];
    const operation_kind *end = reader->kinds + reader->kind_count;
    for (; kind != NULL && kind < end && kind->word[0] == word[0]; kind++)
        if (kind->word[1] == word[1] && is_word(word, size, kind->word))
            return kind;
    return NULL;
}

static bool parse_kind(trace_reader *reader)
{
    const char *word;
    size_t size = peek(reader, &word);

    if (size == 0)
        return expected(reader, "an operation");
    reader->operation.kind = find_kind(reader, word, size);
    if (reader->operation.kind == NULL)
        return problem(reader, "unknown operation '%.*s'", shown(word, size), word);
    reader->at += size;
    return true;
}

/* `repeat n` and the line's first word. */
static bool parse_first_words(trace_reader *reader)
{
    trace_operation *operation = &reader->operation;
    const char *word;
    int64_t times;
    size_t size = peek(reader, &word);

    operation->times = 1;
    if (!is_word(word, size, "repeat"))
        return parse_kind(reader);
    reader->at += size;
    if (!parse_integer(reader, "a number of repetitions", &times))
        return false;
    if (times < 0)
        return problem(reader, "a negative number of repetitions");
    if (times > MOST_REPEATS)
        return problem(reader, "%lld repetitions; there can be at most %d", (long long)times,
                       MOST_REPEATS);
    operation->times = (uint64_t)times;
    if (!parse_kind(reader))
        return false;
    if (operation->kind->group != CHANGES_OBJECTS)
        return problem(reader, "'%s' cannot be repeated", operation->kind->word);
    return true;
}

static bool parse_name(trace_reader *reader)
{
    trace_operation *operation = &reader->operation;

    if (!parse_text(reader))
        return false;
    operation->name = text_map_number(&reader->names, operation->text, operation->text_size);
    return operation->name != NO_NUMBER;
}

static bool parse_rescue(trace_reader *reader)
{
    const char *word;
    size_t size = peek(reader, &word);

    if (!is_word(word, size, "rescue"))
        return true;
    reader->at += size;
    return parse_slot(reader, &reader->operation.rescue);
}

static bool parse_generation(trace_reader *reader, int64_t *generation)
{
    const char *word;
    size_t size = peek(reader, &word);

    *generation = 2;
    if (size == 0 || is_word(word, size, "=>"))
        return true;
    return parse_integer(reader, "a generation", generation);
}

static bool parse_operands(trace_reader *reader)
{
    trace_operation *operation = &reader->operation;
    int64_t *integer = operation->integers;

    operation->target = operation->rescue = NO_NUMBER;
    operation->read_count = 0;
    for (const char *operand = operation->kind->operands; *operand != '\0'; operand++) {
        bool good = false;
        switch (*operand) {
        case '>': case '-': good = parse_slot(reader, &operation->target); break;
        case '<': good = parse_read(reader); break;
        case '*': good = parse_reads(reader, 1); break;
        case '%': good = parse_reads(reader, 2); break;
        case 'i': good = parse_integer(reader, "an integer", integer++); break;
        case 'c': good = parse_c_int(reader, integer++); break;
        case 'g': good = parse_generation(reader, integer++); break;
        case 'f': good = parse_float(reader, &operation->real); break;
        case 't': good = parse_text(reader); break;
        case 'n': good = parse_name(reader); break;
        case 'r': good = parse_rescue(reader); break;
        }
        if (!good)
            return false;
    }
    return true;
}

/* End the text that stops at `end` without its blanks. */
static void end_text(char *start, char *end)
{
    while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
}

/* Whether `text` is `count` numbers with one space between them. */
static bool is_numbers(const char *text, int count)
{
    static const char digits[] = "0123456789";

    for (; count > 0; count--) {
        size_t size = strspn(text, digits);
        if (size == 0 || (size > 1 && text[0] == '0'))
            return false;
        text += size;
        if (count > 1 && *text++ != ' ')
            return false;
    }
    return *text == '\0';
}

static bool is_one_of(const char *text, const char *const *words)
{
    while (*words != NULL && strcmp(text, *words) != 0)
        words++;
    return *words != NULL;
}

static bool has_form(const char *result, result_form form)
{
    static const char *const truths[] = { "0", "1", NULL };
    static const char *const generations[] = { "0", "1", "2", "frozen", "none", NULL };

    switch (form) {
    case NO_RESULT: return false;
    case NUMBER: return is_numbers(result, 1);
    case THREE_NUMBERS: return is_numbers(result, 3);
    case NINE_NUMBERS: return is_numbers(result, 9);
    case ZERO_OR_ONE: return is_one_of(result, truths);
    case GENERATION: return is_one_of(result, generations);
    case REFERENCE_COUNT: return is_numbers(result, 1) || strcmp(result, "immortal") == 0;
    }
    return false;
}

/* Whether the result that the line expects is one that its operation can have. */
static bool check_result(trace_reader *reader)
{
    static const char *const errors[] = { "NameError", "TypeError", "IndexError", "KeyError",
                                          "AttributeError", "ValueError", NULL };
    static const char *const forms[] = {
        [NUMBER] = "a number", [THREE_NUMBERS] = "three numbers",
        [NINE_NUMBERS] = "nine numbers", [ZERO_OR_ONE] = "0 or 1",
        [GENERATION] = "0, 1, 2, frozen or none", [REFERENCE_COUNT] = "a number or immortal"
    };
    const operation_kind *kind = reader->operation.kind;
    const char *result = reader->operation.expected;
    size_t size = strlen(result);

    if (strncmp(result, "error ", 6) == 0)
        return is_one_of(result + 6, errors)
            || problem(reader, "a trace knows no error '%.*s'", shown(result + 6, size - 6),
                       result + 6);
    return has_form(result, kind->result)
        || problem(reader, "the result of '%s' is %s, not '%.*s'", kind->word,
                   forms[kind->result], shown(result, size), result);
}

/* What follows the operands: nothing, or ` => ` and a result. */
static bool parse_result(trace_reader *reader, char *line)
{
    trace_operation *operation = &reader->operation;
    const operation_kind *kind = operation->kind;
    const char *word;
    size_t size = peek(reader, &word);

    operation->expected = NULL;
    if (size != 0 && !is_word(word, size, "=>"))
        return expected(reader, "the end of the line");
    char *end = reader->at;
    if (size != 0) {
        reader->at += size;
        if (peek(reader, &operation->expected) == 0)
            return expected(reader, "a result");
        end_text(reader->at, reader->at + strlen(reader->at));
    }
    end_text(line, end);
    if (kind->result == NO_RESULT && operation->expected != NULL
        && strncmp(operation->expected, "error ", 6) != 0)
        return problem(reader, "'%s' has no result but an error", kind->word);
    if (reader->may_lack_results)
        return true;
    if (operation->expected != NULL)
        return check_result(reader);
    return kind->result == NO_RESULT
        || problem(reader, "'%s' without ' => ' and a result to compare with", kind->word);
}

/* ---------------------------------------------------------- slots that are empty -- */

/* Make `fillable` long enough for every slot met. */
static bool make_fillable_room(trace_reader *reader)
{
    size_t room = reader->fillable_room;

    if (reader->slots.size <= room)
        return true;
    size_t larger = (size_t)reader->slots.size * 2 + 16;
    bool *fillable = realloc(reader->fillable, larger * sizeof *fillable);
    if (fillable == NULL)
        return false;
    memset(fillable + room, 0, (larger - room) * sizeof *fillable);
    reader->fillable = fillable;
    reader->fillable_room = larger;
    return true;
}

/* Whether a slot that is read may hold something. */
static bool check_fillable(trace_reader *reader, uint32_t slot)
{
    if (reader->fillable[slot])
        return true;
    const text_entry *name = &reader->slots.entries[slot];
    return problem(reader, "slot '%.*s' is never filled before",
                   shown(name->text, name->size), name->text);
}

/* Whether every slot that the operation reads may hold something, unless that is what it
 * is about; and note what it fills. */
static bool check_slots(trace_reader *reader)
{
    const trace_operation *operation = &reader->operation;
    bool empties = operation->kind->operands[0] == '-';
    bool may_be_empty = reader->may_lack_results || operation->times == 0
        || (operation->expected != NULL && strcmp(operation->expected, "error NameError") == 0);

    if (!make_fillable_room(reader))
        return false;
    if (!may_be_empty) {
        for (size_t i = 0; i < operation->read_count; i++)
            if (!check_fillable(reader, operation->reads[i]))
                return false;
        if (empties && !check_fillable(reader, operation->target))
            return false;
    }
    if (operation->target != NO_NUMBER && !empties)
        reader->fillable[operation->target] = true;
    if (operation->rescue != NO_NUMBER)
        reader->fillable[operation->rescue] = true;
    return true;
}

reader_status reader_next(trace_reader *reader)
{
    trace_operation *operation = &reader->operation;
    reader_status status = next_line(reader);

    if (status != READER_LINE)
        return status;
    char *line = reader->at;
    operation->source = line;
    operation->kind = NULL;
    operation->expected = NULL;
    skip_blanks(reader);
    if (*line == '#' || *reader->at == '\0')
        return READER_LINE;
    if (!parse_first_words(reader) || !parse_operands(reader) || !parse_result(reader, line)
        || !check_slots(reader))
        return failed(reader);
    return READER_LINE;
}

/* ------------------------------------------------------------ begin and close -- */

/* A line of the head: `word`, one blank, and a value into *value. */
static bool parse_head(trace_reader *reader, const char *word, const char **value)
{
    size_t size = strlen(word);

    if (strncmp(reader->at, word, size) != 0 || reader->at[size] != ' ')
        return false;
    *value = reader->at + size + 1;
    char *end = reader->at + strlen(reader->at);
    end_text(reader->at, end);
    return (*value)[0] != '\0' && (*value)[word_size(*value)] == '\0';
}

/* Read a line of the head; the end of the trace is then a problem. */
static reader_status head_line(trace_reader *reader, const char *at_end)
{
    reader_status status = next_line(reader);

    if (status != READER_END)
        return status;
    problem(reader, "%s", at_end);
    return READER_PROBLEM;
}

/* A profile's name is short and plain. */
static bool is_profile_name(const char *name)
{
    size_t size = strlen(name);

    return size <= 32
        && strspn(name, "0123456789.-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == size;
}

reader_status reader_begin(trace_reader *reader)
{
    const char *version;

    index_kinds(reader);
    if (!make_room(reader))
        return READER_NO_MEMORY;
    reader->locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (reader->locale == NULL)
        return READER_NO_MEMORY;
    reader_status status = head_line(reader, "not a heap trace: it is empty");
    if (status != READER_LINE)
        return status;
    if (!parse_head(reader, "refchain-trace", &version)) {
        problem(reader, "not a heap trace: it does not begin with 'refchain-trace 1'");
        return READER_PROBLEM;
    }
    if (strcmp(version, "1") != 0) {
        problem(reader, "a heap trace of version '%.*s'; only version 1 is known",
                shown(version, strlen(version)), version);
        return READER_PROBLEM;
    }
    status = head_line(reader, "the trace ends before its profile");
    if (status != READER_LINE)
        return status;
    if (!parse_head(reader, "profile", &reader->profile) || !is_profile_name(reader->profile)) {
        problem(reader, "expected 'profile' and the name of one");
        return READER_PROBLEM;
    }
    return READER_LINE;
}

void reader_close(trace_reader *reader)
{
    if (reader->locale != NULL)
        freelocale((locale_t)reader->locale);
    text_map_close(&reader->slots);
    text_map_close(&reader->names);
    free(reader->fillable);
    free(reader->operation.reads);
    free(reader->decoded);
    free(reader->buffer);
}
