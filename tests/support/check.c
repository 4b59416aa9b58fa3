/* What the tests of the C library share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../heap/check.h"

static jmp_buf after_test;
static const char *running;

/* ------------------------------------------------------------------- checking -- */

void test_failed(const char *file, int line, const char *format, ...)
{
    va_list arguments;

    printf("FAILED %s\n    %s:%d: ", running, file, line);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    longjmp(after_test, 1);
}

void check_equal(const char *file, int line, const char *what, long long actual,
                 long long expected)
{
    if (actual != expected)
        test_failed(file, line, "%s is %lld, not %lld", what, actual, expected);
}

void check_text(const char *file, int line, const char *what, const char *actual,
                const char *expected)
{
    if (!actual || strcmp(actual, expected) != 0)
        test_failed(file, line, "%s is %s, not %s", what, actual ? actual : "NULL", expected);
}

void check_error(const char *file, int line, rc_heap *heap, rc_error_kind kind,
                 const char *message)
{
    const rc_error *error = rc_heap_error(heap);

    if (error->kind != kind)
        test_failed(file, line, "the error is %s (%s), not %s", rc_error_name(error->kind),
                    error->message, rc_error_name(kind));
    if (message)
        check_text(file, line, "the message", error->message, message);
    rc_error_clear(heap);
    check_heap(file, line, heap);
}

void check_heap(const char *file, int line, rc_heap *heap)
{
    const char *problem = rc_heap_check(heap);

    if (problem)
        test_failed(file, line, "%s", problem);
}

/* -------------------------------------------------------------- kept references -- */

#define MOST_KEPT 4096

static rc_object *kept[MOST_KEPT];
static size_t kept_count;
static size_t live_at_start;

static void report_kept(void *context, void (*report)(void *, rc_object *), void *report_context)
{
    (void)context;
    for (size_t i = 0; i < kept_count; i++)
        report(report_context, kept[i]);
}

rc_heap *open_heap(const char *profile)
{
    rc_hooks hooks = { .roots = report_kept };
    rc_options options = { .hooks = &hooks };
    rc_heap *heap;

    kept_count = 0;
    if (profile && !(options.profile = rc_profile_find(profile)))
        test_failed(__FILE__, __LINE__, "there is no profile %s", profile);
    heap = rc_heap_open(&options);
    if (!heap)
        test_failed(__FILE__, __LINE__, "no heap could be opened");
    CHECK_HEAP(heap);
    live_at_start = rc_live(heap, NULL);
    return heap;
}

rc_object *keep(rc_heap *heap, rc_object *object)
{
    if (!object)
        test_failed(__FILE__, __LINE__, "%s: %s", rc_error_name(rc_heap_error(heap)->kind),
                    rc_heap_error(heap)->message);
    if (kept_count == MOST_KEPT)
        test_failed(__FILE__, __LINE__, "the test keeps too much");
    kept[kept_count++] = object;
    CHECK_HEAP(heap);
    return object;
}

void drop(rc_heap *heap, rc_object *object)
{
    size_t i = kept_count;

    while (i > 0 && kept[i - 1] != object)
        i--;
    if (i == 0)
        test_failed(__FILE__, __LINE__, "the test drops what it does not keep");
    memmove(&kept[i - 1], &kept[i], (--kept_count - (i - 1)) * sizeof kept[0]);
    rc_decref(heap, object);
    CHECK_HEAP(heap);
}

static bool is_cached(const rc_heap *heap, const rc_object *object)
{
    rc_origin origin = rc_object_origin(heap, object);
    return origin == RC_ORIGIN_POOL || origin == RC_ORIGIN_CHARACTER
           || origin == RC_ORIGIN_SINGLETON || rc_is_immortal(object);
}

void close_heap(rc_heap *heap)
{
    size_t found;

    while (kept_count > 0)
        drop(heap, kept[kept_count - 1]);
    rc_gc_garbage_clear(heap);
    rc_gc_unfreeze(heap);
    rc_gc_set_debug(heap, 0);
    for (int i = 0; i < 4; i++)         /* finalizers may make more */
        CHECK(rc_gc_collect(heap, RC_OLDEST, &found));
    CHECK_HEAP(heap);
    for (rc_object *object = rc_newest(heap); object && rc_birth(heap, object) > 0;
         object = rc_older(heap, object))
        if (!is_cached(heap, object) && !rc_is(object, &rc_str_type))
            test_failed(__FILE__, __LINE__, "%s is left at the end", repr_of(heap, object));
    rc_heap_close(heap);
}

/* ------------------------------------------------------------------ shorthands -- */

rc_object *an_int(rc_heap *heap, int64_t value)
{
    return keep(heap, rc_int_new(heap, value));
}

rc_object *a_float(rc_heap *heap, double value)
{
    return keep(heap, rc_float_new(heap, value));
}

rc_object *a_number(rc_heap *heap, const char *text)
{
    if (text[0] == 'T' || text[0] == 'F') {
        rc_object *truth = rc_bool(heap, text[0] == 'T');
        rc_incref(heap, truth);
        return keep(heap, truth);
    }
    if (strpbrk(text, ".en"))
        return a_float(heap, strtod(text, NULL));
    return an_int(heap, strtoll(text, NULL, 10));
}

rc_object *a_str(rc_heap *heap, const char *text)
{
    return keep(heap, rc_str_new(heap, text, strlen(text)));
}

static size_t collect_items(rc_object **items, size_t count, va_list arguments)
{
    for (size_t i = 0; i < count; i++)
        items[i] = va_arg(arguments, rc_object *);
    return count;
}

rc_object *a_list(rc_heap *heap, size_t count, ...)
{
    rc_object *items[64];
    va_list arguments;

    va_start(arguments, count);
    collect_items(items, count, arguments);
    va_end(arguments);
    return keep(heap, rc_list_display(heap, items, count));
}

rc_object *a_tuple(rc_heap *heap, size_t count, ...)
{
    rc_object *items[64];
    va_list arguments;

    va_start(arguments, count);
    collect_items(items, count, arguments);
    va_end(arguments);
    return keep(heap, rc_tuple_new(heap, items, count));
}

uint64_t fingerprint(uint64_t so_far, const char *text)
{
    uint64_t hash = so_far ? so_far : UINT64_C(0xCBF29CE484222325);

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    return hash;
}

uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

size_t encode_utf8(uint32_t code_point, char *text)
{
    if (code_point < 0x80) {
        text[0] = (char)code_point;
        return 1;
    }
    size_t size = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = size; i-- > 1; code_point >>= 6)
        text[i] = (char)(0x80 | (code_point & 0x3F));
    text[0] = (char)(code_point | (size == 2 ? 0xC0 : size == 3 ? 0xE0 : 0xF0));
    return size;
}

struct text {
    char *bytes;
    size_t size, room;
};

static bool append_text(void *context, const char *bytes, size_t size)
{
    struct text *text = context;

    if (text->size + size + 1 > text->room) {
        text->room = 2 * (text->size + size + 1);
        text->bytes = realloc(text->bytes, text->room);
        if (!text->bytes)
            return false;
    }
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
    text->bytes[text->size] = '\0';
    return true;
}

const char *repr_of(rc_heap *heap, rc_object *object)
{
    static struct text text;

    text.size = 0;
    if (!append_text(&text, "", 0)
        || !rc_repr(heap, object, (rc_sink) { append_text, &text }))
        return rc_heap_error(heap)->message;
    return text.bytes;
}

void with_each_allocation_failing(rc_heap *heap, bool (*operation)(rc_heap *heap, void *context),
                                  bool (*unchanged)(rc_heap *heap, void *context),
                                  void *context)
{
    for (uint64_t n = 1;; n++) {
        rc_error_clear(heap);
        rc_heap_fail_allocation(heap, n);
        bool done = operation(heap, context);
        bool failed = rc_heap_allocation_failed(heap);
        rc_heap_fail_allocation(heap, 0);
        CHECK_HEAP(heap);
        if (done)
            return;                     /* also when it got by without that allocation */
        if (!failed)
            test_failed(__FILE__, __LINE__, "failed by itself: %s", rc_heap_error(heap)->message);
        CHECK_EQUAL(rc_heap_error(heap)->kind, RC_MEMORY_ERROR);
        if (unchanged && !unchanged(heap, context))
            test_failed(__FILE__, __LINE__, "allocation %llu failed and something has changed",
                        (unsigned long long)n);
    }
}

/* -------------------------------------------------------------------- running -- */

static bool passes(const test *one)
{
    running = one->name;
    if (setjmp(after_test) != 0)
        return false;
    one->run();
    return true;
}

int run_tests(int count, char **arguments, const test *tests)
{
    unsigned passed = 0, failed = 0;

    for (const test *one = tests; one->name; one++) {
        if (count > 1 && !strstr(one->name, arguments[1]))
            continue;
        if (passes(one))
            passed++;
        else
            failed++;
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed > 0;
}
