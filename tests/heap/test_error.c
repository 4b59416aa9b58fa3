/* What went wrong: src/heap/error.c. */
#include <string.h>

#include "check.h"

static void a_new_heap_has_no_error(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK_EQUAL(rc_heap_error(heap)->kind, RC_NO_ERROR);
    CHECK_TEXT(rc_heap_error(heap)->message, "");
    close_heap(heap);
}

static void raising_sets_kind_and_message_and_returns_false(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK(!rc_raise(heap, RC_KEY_ERROR, "%s is missing, %d of %zu", "'a'", -3, (size_t)7));
    CHECK_EQUAL(rc_heap_error(heap)->kind, RC_KEY_ERROR);
    CHECK_TEXT(rc_heap_error(heap)->message, "'a' is missing, -3 of 7");
    CHECK(!rc_raise_null(heap, RC_VALUE_ERROR, "another"));
    CHECK_EQUAL(rc_heap_error(heap)->kind, RC_VALUE_ERROR);
    CHECK_TEXT(rc_heap_error(heap)->message, "another");
    close_heap(heap);
}

static void clearing_forgets_the_error(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK(!rc_raise(heap, RC_KEY_ERROR, "text"));
    rc_error_clear(heap);
    CHECK_EQUAL(rc_heap_error(heap)->kind, RC_NO_ERROR);
    CHECK_TEXT(rc_heap_error(heap)->message, "");
    close_heap(heap);
}

static void the_old_message_may_be_part_of_the_new(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK(!rc_raise(heap, RC_VALUE_ERROR, "inner"));
    CHECK(!rc_raise(heap, RC_RUNTIME_ERROR, "outer: %s", rc_heap_error(heap)->message));
    CHECK_TEXT(rc_heap_error(heap)->message, "outer: inner");
    close_heap(heap);
}

static void a_message_too_long_is_cut(void)
{
    rc_heap *heap = open_heap(NULL);
    char text[1000];

    memset(text, 'x', sizeof text);
    CHECK(!rc_raise(heap, RC_VALUE_ERROR, "%.*s", 1000, text));
    CHECK_EQUAL(strlen(rc_heap_error(heap)->message), RC_ERROR_SIZE - 1);
    close_heap(heap);
}

/* Characters of 1 to 4 bytes, so that the cut falls at each place within one. */
static void a_message_is_cut_at_a_character(void)
{
    static const char *const characters[] = { "x", "\u00E9", "\u4E00", "\U0001F600" };
    rc_heap *heap = open_heap(NULL);

    for (int c = 0; c < 4; c++)
        for (int shift = 0; shift < 4; shift++) {
            char text[1300] = "";
            size_t size = strlen(characters[c]), room = RC_ERROR_SIZE - 1 - (size_t)shift;
            for (int i = 0; i < 300; i++)
                strcat(text, characters[c]);
            CHECK(!rc_raise(heap, RC_VALUE_ERROR, "%.*s%s", shift, "...", text));
            CHECK_EQUAL(strlen(rc_heap_error(heap)->message),
                        (size_t)shift + room / size * size);
        }
    close_heap(heap);
}

static void a_message_that_just_fits_is_whole(void)
{
    rc_heap *heap = open_heap(NULL);
    char text[RC_ERROR_SIZE] = "";

    for (int i = 0; i < (RC_ERROR_SIZE - 1) / 3; i++)
        strcat(text, "\u4E00");
    CHECK_EQUAL(strlen(text), RC_ERROR_SIZE - 1);
    CHECK(!rc_raise(heap, RC_VALUE_ERROR, "%s", text));
    CHECK_TEXT(rc_heap_error(heap)->message, text);
    close_heap(heap);
}

static void each_kind_has_pythons_name(void)
{
    static const char *const names[] = {
        "no error", "TypeError", "ValueError", "IndexError", "KeyError", "AttributeError",
        "NameError", "OverflowError", "ZeroDivisionError", "RecursionError", "RuntimeError",
        "UnicodeError", "MemoryError",
    };

    CHECK_EQUAL(sizeof names / sizeof *names, RC_ERROR_KINDS);
    for (int kind = 0; kind < RC_ERROR_KINDS; kind++)
        CHECK_TEXT(rc_error_name((rc_error_kind)kind), names[kind]);
    CHECK_TEXT(rc_error_name(RC_ERROR_KINDS), "no error");
}

static void an_error_stays_until_it_is_cleared(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK(!rc_raise(heap, RC_KEY_ERROR, "text"));
    an_int(heap, 1000);
    a_str(heap, "a text");
    CHECK_EQUAL(rc_heap_error(heap)->kind, RC_KEY_ERROR);
    CHECK_TEXT(rc_heap_error(heap)->message, "text");
    close_heap(heap);
}

static void running_out_of_memory_needs_none_to_say_so(void)
{
    rc_heap *heap = open_heap(NULL);
    const char *message = "the heap's limit of 1 bytes is reached";

    rc_heap_set_limit(heap, 1);
    CHECK_FAILS(heap, rc_int_new(heap, 1000), RC_MEMORY_ERROR, message);
    CHECK_FAILS(heap, rc_str_new(heap, "text", 4), RC_MEMORY_ERROR, message);
    rc_heap_set_limit(heap, 0);
    an_int(heap, 1000);
    close_heap(heap);
}

static const test tests[] = {
    TEST(a_new_heap_has_no_error),
    TEST(raising_sets_kind_and_message_and_returns_false),
    TEST(clearing_forgets_the_error),
    TEST(the_old_message_may_be_part_of_the_new),
    TEST(a_message_too_long_is_cut),
    TEST(a_message_is_cut_at_a_character),
    TEST(a_message_that_just_fits_is_whole),
    TEST(each_kind_has_pythons_name),
    TEST(an_error_stays_until_it_is_cleared),
    TEST(running_out_of_memory_needs_none_to_say_so),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
