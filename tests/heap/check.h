/* What the tests of the C library share.
 *
 * A test program is a table of named tests and a main that runs them:
 *
 *      static void appending_holds_the_item(void) { … CHECK(…); }
 *      static const test tests[] = { TEST(appending_holds_the_item), … { 0 } };
 *      int main(int count, char **arguments) { return run_tests(count, arguments, tests); }
 *
 * A test's name is a sentence that is true when it passes.  A failed CHECK ends the
 * test.  An argument selects the tests whose name contains it.  The last line says
 * "N passed, N failed". */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <refchain/refchain.h>

typedef struct test {
    const char *name;
    void (*run)(void);
} test;

#define TEST(function) { #function, function }

int run_tests(int count, char **arguments, const test *tests);

/* Fail the running test. */
_Noreturn void test_failed(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define CHECK(condition)                                                       \
    ((condition) ? (void)0 : test_failed(__FILE__, __LINE__, "not so: %s", #condition))

#define CHECK_EQUAL(actual, expected)                                          \
    check_equal(__FILE__, __LINE__, #actual, (long long)(actual), (long long)(expected))

#define CHECK_TEXT(actual, expected)                                           \
    check_text(__FILE__, __LINE__, #actual, actual, expected)

/* That `call` (bool or pointer) fails with an error of this kind and message; the
 * heap is whole afterwards.  `message` NULL: any. */
#define CHECK_FAILS(heap, call, kind, message)                                 \
    do {                                                                       \
        rc_error_clear(heap);                                                  \
        if (call)                                                              \
            test_failed(__FILE__, __LINE__, "did not fail: %s", #call);        \
        check_error(__FILE__, __LINE__, heap, kind, message);                  \
    } while (0)

/* That every invariant holds. */
#define CHECK_HEAP(heap) check_heap(__FILE__, __LINE__, heap)

void check_equal(const char *file, int line, const char *what, long long actual,
                 long long expected);
void check_text(const char *file, int line, const char *what, const char *actual,
                const char *expected);
void check_error(const char *file, int line, rc_heap *heap, rc_error_kind kind,
                 const char *message);
void check_heap(const char *file, int line, rc_heap *heap);

/* A heap of this profile (NULL: the default) that tells rc_heap_check about what the
 * test keeps. */
rc_heap *open_heap(const char *profile);

/* Every profile there is, for arrays of names: textbook first, then by age. */
#define ALL_PROFILES "textbook", "2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", \
                     "3.13", "3.14", "3.15"
#define PROFILE_COUNT 12

/* Keep a new reference (or fail the test with the heap's error if it is NULL): the
 * heap's check counts it from now on.  Checks the heap.  Returns the object. */
rc_object *keep(rc_heap *heap, rc_object *object);

/* Release a kept reference.  Checks the heap. */
void drop(rc_heap *heap, rc_object *object);

/* Drop all that is kept, collect, check every invariant and that nothing is left but
 * what was there from the start and what caches keep, and close the heap. */
void close_heap(rc_heap *heap);

/* Shorthands for new objects that are kept; the second for lists of `count` objects
 * given behind. */
rc_object *an_int(rc_heap *heap, int64_t value);
rc_object *a_float(rc_heap *heap, double value);
rc_object *a_str(rc_heap *heap, const char *text);
rc_object *a_list(rc_heap *heap, size_t count, ...);
rc_object *a_tuple(rc_heap *heap, size_t count, ...);

/* A number as Python writes it: "7", "-2.5", "1e308", "inf", "True"; kept. */
rc_object *a_number(rc_heap *heap, const char *text);

/* A fingerprint (FNV-1a) of the text so far and of this piece: it stands for a table
 * that is too long to be written down.  `so_far` is 0 at first. */
uint64_t fingerprint(uint64_t so_far, const char *text);

/* The next of a fixed row of pseudo-random numbers (xorshift); *state is RANDOM_START
 * at first. */
#define RANDOM_START UINT64_C(0x9E3779B97F4A7C15)
uint64_t next_random(uint64_t *state);

/* Write a character in UTF-8 and return its length, up to 4 bytes. */
size_t encode_utf8(uint32_t code_point, char *text);

/* The repr of an object, in a buffer that the next call may use again. */
const char *repr_of(rc_heap *heap, rc_object *object);

/* Run `operation` with its first allocation failing, then its second, and so on until
 * it gets through; each time it must fail with MemoryError and leave the heap whole,
 * and `unchanged` (may be NULL) true.  `operation` returns whether it succeeded. */
void with_each_allocation_failing(rc_heap *heap, bool (*operation)(rc_heap *heap, void *context),
                                  bool (*unchanged)(rc_heap *heap, void *context),
                                  void *context);

#endif
