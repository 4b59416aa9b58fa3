/* str: the character cache, UTF-8, the operators: src/heap/str.c. */
#include <stdio.h>
#include <string.h>

#include "check.h"

static const char *const profiles[] = { "3.7", "3.8", "3.13" };

static rc_object *text_of(rc_heap *heap, const char *text, size_t size)
{
    return keep(heap, rc_str_new(heap, text, size));
}

#define TEXT(literal) literal, sizeof(literal) - 1

/* -------------------------------------------------------------- the character cache -- */

static void each_of_the_256_characters_is_one_object(void)
{
    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        for (uint32_t c = 0; c < 256; c++) {
            char text[4];
            size_t size = encode_utf8(c, text);
            rc_object *first = text_of(heap, text, size);
            CHECK(text_of(heap, text, size) == first);
            CHECK_EQUAL(rc_object_origin(heap, first), RC_ORIGIN_CHARACTER);
            drop(heap, first);
            drop(heap, first);
            CHECK(text_of(heap, text, size) == first);
        }
        CHECK_EQUAL(rc_cache_info(heap, RC_CHARACTERS).size, 256);
        close_heap(heap);
    }
}

static void a_character_is_cached_at_its_first_use_up_to_3_8(void)
{
    rc_heap *heap = open_heap("3.8");

    CHECK_EQUAL(rc_cache_info(heap, RC_CHARACTERS).size, 0);
    CHECK_EQUAL(rc_birth(heap, a_str(heap, "A")), 1);
    CHECK_EQUAL(rc_cache_info(heap, RC_CHARACTERS).size, 1);
    CHECK_EQUAL(rc_cache_info(heap, RC_CHARACTERS).misses, 1);
    CHECK_EQUAL(rc_refcount(heap, a_str(heap, "A")), 3);
    CHECK_EQUAL(rc_cache_info(heap, RC_CHARACTERS).hits, 1);
    close_heap(heap);
}

static void in_3_13_all_characters_are_there_immortal_and_interned(void)
{
    rc_heap *heap = open_heap("3.13");
    rc_object *made = keep(heap, rc_str_from(heap, an_int(heap, 5)));

    CHECK_EQUAL(rc_cache_info(heap, RC_CHARACTERS).size, 256);
    CHECK_EQUAL(rc_cache_info(heap, RC_INTERNED).size, 257);
    rc_object *five = a_str(heap, "5");
    CHECK(rc_birth(heap, five) <= 0);
    CHECK(rc_is_immortal(five) && rc_str_is_interned(five));
    CHECK_EQUAL(rc_refcount(heap, five), 4294967295);
    CHECK(made != five && !rc_str_is_interned(made));
    CHECK(keep(heap, rc_str_intern(heap, made)) == five);
    CHECK(rc_str_is_interned(a_str(heap, "")));
    close_heap(heap);
}

static void a_character_beyond_the_cache_is_new_each_time(void)
{
    rc_heap *heap = open_heap(NULL);

    CHECK(a_str(heap, "\u0100") != a_str(heap, "\u0100"));
    CHECK(a_str(heap, "\U0001F600") != a_str(heap, "\U0001F600"));
    CHECK_EQUAL(rc_cache_info(heap, RC_CHARACTERS).size, 0);
    close_heap(heap);
}

static void a_profile_of_ones_own_limits_the_cache(void)
{
    rc_profile own = *rc_profile_default();
    rc_options options = { .profile = &own };
    int64_t ascii = 128;

    CHECK(!rc_profile_set_numbers(&own, rc_profile_find_field("characters"), &ascii, 1));
    rc_heap *heap = rc_heap_open(&options);
    CHECK(heap);
    rc_object *cached = rc_str_new(heap, "z", 1), *not = rc_str_new(heap, TEXT("\u00E9"));
    CHECK_EQUAL(rc_object_origin(heap, cached), RC_ORIGIN_CHARACTER);
    CHECK_EQUAL(rc_object_origin(heap, not), RC_ORIGIN_FRESH);
    rc_decref(heap, cached);
    rc_decref(heap, not);
    CHECK_HEAP(heap);
    rc_heap_close(heap);
}

static bool note_text(void *context, rc_object *object)
{
    strcat(context, rc_str_text(object, NULL));
    return strlen(context) < 3;
}

static void the_cache_is_shown_by_code_point_until_told_to_stop(void)
{
    rc_heap *heap = open_heap(NULL);
    char shown[20] = "";

    a_str(heap, "b");
    a_str(heap, "a");
    rc_cache_each(heap, RC_CHARACTERS, note_text, shown);
    CHECK_TEXT(shown, "ab");
    a_str(heap, "d");
    a_str(heap, "c");
    shown[0] = '\0';
    rc_cache_each(heap, RC_CHARACTERS, note_text, shown);
    CHECK_TEXT(shown, "abc");
    close_heap(heap);
}

static void the_empty_str_is_one_object(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *empty = a_str(heap, "");

    CHECK(text_of(heap, NULL, 0) == empty);
    CHECK_EQUAL(rc_object_origin(heap, empty), RC_ORIGIN_SINGLETON);
    CHECK(!rc_truth(empty));
    close_heap(heap);
}

static void walking_over_a_str_gives_the_cached_characters(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *str = a_str(heap, "a\u00E9\u4E00a"), *a = a_str(heap, "a");
    size_t offset = 0;

    CHECK(keep(heap, rc_str_character(heap, str, &offset)) == a);
    CHECK_EQUAL(offset, 1);
    CHECK_TEXT(repr_of(heap, keep(heap, rc_str_character(heap, str, &offset))), "'\u00E9'");
    CHECK_EQUAL(offset, 3);
    CHECK_TEXT(repr_of(heap, keep(heap, rc_str_character(heap, str, &offset))), "'\u4E00'");
    CHECK_EQUAL(offset, 6);
    CHECK(keep(heap, rc_str_character(heap, str, &offset)) == a);
    CHECK(!rc_str_character(heap, str, &offset));
    CHECK_EQUAL(rc_heap_error(heap)->kind, RC_NO_ERROR);
    close_heap(heap);
}

/* ---------------------------------------------------------------------------- UTF-8 -- */

static void text_that_is_not_utf_8_is_an_error_as_in_python(void)
{
    static const struct { const char *text; size_t size; const char *message; } bad[] = {
        { TEXT("\xE4\0"), "byte 0xe4 in position 0: invalid continuation byte" },
        { TEXT("\xE4\xB8"), "bytes in position 0-1: unexpected end of data" },
        { TEXT("\xE4"), "byte 0xe4 in position 0: unexpected end of data" },
        { TEXT("\xF0\x90" "A"), "bytes in position 0-1: invalid continuation byte" },
        { TEXT("\xF0\x90\x80"), "bytes in position 0-2: unexpected end of data" },
        { TEXT("\xF0\x90\x80" "A"), "bytes in position 0-2: invalid continuation byte" },
        { TEXT("\xED\xA0\x80"), "byte 0xed in position 0: invalid continuation byte" },
        { TEXT("\x80"), "byte 0x80 in position 0: invalid start byte" },
        { TEXT("ab\xFF"), "byte 0xff in position 2: invalid start byte" },
        { TEXT("\xC0\x80"), "byte 0xc0 in position 0: invalid start byte" },
        { TEXT("\xC1\xBF"), "byte 0xc1 in position 0: invalid start byte" },
        { TEXT("\xE0\x80\x80"), "byte 0xe0 in position 0: invalid continuation byte" },
        { TEXT("\xF4\x90\x80\x80"), "byte 0xf4 in position 0: invalid continuation byte" },
        { TEXT("\xF5\x80\x80\x80"), "byte 0xf5 in position 0: invalid start byte" },
        { TEXT("\xC3"), "byte 0xc3 in position 0: unexpected end of data" },
        { TEXT("a\xC3("), "byte 0xc3 in position 1: invalid continuation byte" },
        { TEXT("\xE0\x80"), "byte 0xe0 in position 0: invalid continuation byte" },
        { TEXT("12345678\x80"), "byte 0x80 in position 8: invalid start byte" },
        { TEXT("12345678abcdefgh\u00E9\xE2\x82"),
          "bytes in position 18-19: unexpected end of data" },
    };
    rc_heap *heap = open_heap(NULL);
    char message[200];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(message, sizeof message, "'utf-8' codec can't decode %s", bad[i].message);
        CHECK_FAILS(heap, rc_str_new(heap, bad[i].text, bad[i].size), RC_UNICODE_ERROR, message);
        CHECK_FAILS(heap, rc_str_intern_text(heap, bad[i].text, bad[i].size),
                    RC_UNICODE_ERROR, message);
        CHECK_FAILS(heap, rc_str_constant(heap, bad[i].text, bad[i].size),
                    RC_UNICODE_ERROR, message);
    }
    CHECK_EQUAL(rc_births(heap), 0);
    close_heap(heap);
}

static void the_edges_of_utf_8_are_taken(void)
{
    static const char *const texts[] = {
        "\x7F\x7F", "\xC2\x80\xC2\x80", "\u07FF\u07FF", "\u0800\u0800", "\uFFFF\uFFFF",
        "\uD7FF\uE000", "\U00010000\U00010000", "\U0010FFFF\U0010FFFF",
    };
    rc_heap *heap = open_heap(NULL);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t length;
        rc_object *str = a_str(heap, texts[i]);
        CHECK(rc_length(heap, str, &length));
        CHECK_EQUAL(length, 2);
        CHECK_TEXT(rc_str_text(str, NULL), texts[i]);
    }
    close_heap(heap);
}

static void text_may_hold_nuls(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *a = text_of(heap, TEXT("a\0b")), *b = text_of(heap, TEXT("a\0c"));
    size_t size, length;
    bool equal;

    rc_str_text(a, &size);
    CHECK_EQUAL(size, 3);
    CHECK(rc_length(heap, a, &length));
    CHECK_EQUAL(length, 3);
    CHECK_EQUAL(rc_str_text(a, NULL)[3], '\0');
    CHECK(rc_equal(heap, a, b, &equal));
    CHECK(!equal);
    CHECK_TEXT(repr_of(heap, a), "'a\\x00b'");
    close_heap(heap);
}

static void a_length_counts_code_points(void)
{
    rc_heap *heap = open_heap(NULL);
    size_t length;

    CHECK(rc_length(heap, a_str(heap, "na\u00EFve \u4E00\U0001F600 12345678"), &length));
    CHECK_EQUAL(length, 17);
    close_heap(heap);
}

static void the_text_of_a_new_str_may_lie_in_the_heap(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *source = a_str(heap, "some longer text");

    rc_object *part = text_of(heap, rc_str_text(source, NULL) + 5, 6);
    drop(heap, source);
    CHECK_TEXT(rc_str_text(part, NULL), "longer");
    close_heap(heap);
}

static void equal_strs_made_at_run_time_are_two_objects(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *first = a_str(heap, "wupeiqi"), *second = a_str(heap, "wupeiqi");
    bool equal;

    CHECK(first != second);
    CHECK(rc_equal(heap, first, second, &equal) && equal);
    CHECK(!rc_str_is_interned(first));
    CHECK_EQUAL(rc_object_origin(heap, first), RC_ORIGIN_FRESH);
    close_heap(heap);
}

/* -------------------------------------------------------------------------- str(x) -- */

static void str_of_a_str_is_itself(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *str = a_str(heap, "text");

    CHECK(keep(heap, rc_str_from(heap, str)) == str);
    close_heap(heap);
}

static void str_of_anything_else_is_its_repr_and_new(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = a_list(heap, 3, a_str(heap, "a"), a_number(heap, "1.5"), rc_none(heap));

    CHECK_TEXT(rc_str_text(keep(heap, rc_str_from(heap, list)), NULL), "['a', 1.5, None]");
    rc_object *five = keep(heap, rc_str_from(heap, an_int(heap, 5)));
    CHECK(five != a_str(heap, "5"));
    CHECK(five != keep(heap, rc_str_from(heap, an_int(heap, 5))));
    CHECK(rc_object_origin(heap, five) != RC_ORIGIN_CHARACTER);
    close_heap(heap);
}

static void str_of_a_list_in_itself_ends(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = a_list(heap, 0);

    CHECK(rc_list_append(heap, list, list));
    CHECK_TEXT(rc_str_text(keep(heap, rc_str_from(heap, list)), NULL), "[[...]]");
    close_heap(heap);
}

/* ----------------------------------------------------------------------- operators -- */

static rc_object *operate(rc_heap *heap, rc_operator operator, rc_object *a, rc_object *b)
{
    return keep(heap, rc_operate(heap, operator, a, b));
}

static void adding_strs_joins_their_text(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *sum = operate(heap, RC_ADD, a_str(heap, "a\u00E9"), a_str(heap, "\U0001F600"));
    size_t length;

    CHECK_TEXT(rc_str_text(sum, NULL), "a\u00E9\U0001F600");
    CHECK(rc_length(heap, sum, &length));
    CHECK_EQUAL(length, 3);
    CHECK_EQUAL(rc_sizeof(heap, sum), 88);
    CHECK(operate(heap, RC_ADD, sum, a_str(heap, "")) == sum);
    CHECK(operate(heap, RC_ADD, a_str(heap, ""), sum) == sum);
    close_heap(heap);
}

static void a_str_times_a_number_repeats_it(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *str = a_str(heap, "ab\u00E9"), *empty = a_str(heap, "");
    rc_object *product = operate(heap, RC_MULTIPLY, str, an_int(heap, 3));
    size_t length;

    CHECK_TEXT(rc_str_text(product, NULL), "ab\u00E9ab\u00E9ab\u00E9");
    CHECK(rc_length(heap, product, &length));
    CHECK_EQUAL(length, 9);
    CHECK(operate(heap, RC_MULTIPLY, an_int(heap, 1), str) == str);
    CHECK(operate(heap, RC_MULTIPLY, str, rc_bool(heap, true)) == str);
    CHECK(operate(heap, RC_MULTIPLY, str, an_int(heap, 0)) == empty);
    CHECK(operate(heap, RC_MULTIPLY, str, an_int(heap, -5)) == empty);
    CHECK(operate(heap, RC_MULTIPLY, empty, an_int(heap, INT64_MAX)) == empty);
    close_heap(heap);
}

static void a_str_that_would_be_too_long_is_an_error(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *str = a_str(heap, "ab");

    CHECK_FAILS(heap, rc_operate(heap, RC_MULTIPLY, str, an_int(heap, INT64_C(1) << 62)),
                RC_OVERFLOW_ERROR, "repeated string is too long");
    CHECK_FAILS(heap, rc_operate(heap, RC_MULTIPLY, str, an_int(heap, INT64_C(1) << 40)),
                RC_MEMORY_ERROR, "a repeated str is too long");
    close_heap(heap);
}

static void a_str_in_a_str_is_a_part_of_it(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *str = a_str(heap, "na\u00EFve");
    bool is_in;

    CHECK(rc_contains(heap, str, a_str(heap, "\u00EFv"), &is_in) && is_in);
    CHECK(rc_contains(heap, str, a_str(heap, ""), &is_in) && is_in);
    CHECK(rc_contains(heap, str, str, &is_in) && is_in);
    CHECK(rc_contains(heap, str, a_str(heap, "ve?"), &is_in) && !is_in);
    CHECK(rc_contains(heap, str, a_str(heap, "i"), &is_in) && !is_in);
    CHECK_FAILS(heap, rc_contains(heap, str, an_int(heap, 5), &is_in), RC_TYPE_ERROR,
                "'in <string>' requires string as left operand, not int");
    close_heap(heap);
}

/* -------------------------------------------------------------- what it looks like -- */

static void a_str_takes_what_its_widest_character_needs(void)
{
    static const struct { const char *text; size_t size[3]; } expected[] = {
        { "", { 49, 49, 41 } },          { "a", { 50, 50, 42 } },
        { "abc", { 52, 52, 44 } },       { "\u00E9", { 74, 74, 61 } },
        { "\u00FF", { 74, 74, 61 } },    { "\u00E9a", { 75, 75, 59 } },
        { "ab\u00FF", { 76, 76, 60 } },  { "\u4E00", { 76, 76, 60 } },
        { "\u4E00a", { 78, 78, 62 } },   { "\U0001F600", { 80, 80, 64 } },
        { "\U0001F600a", { 84, 84, 68 } },
    };

    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
            CHECK_EQUAL(rc_sizeof(heap, a_str(heap, expected[i].text)), expected[i].size[p]);
        close_heap(heap);
    }
}

typedef struct seen_fields {
    int count;
    rc_field fields[16];
} seen_fields;

static bool note_field(void *context, const rc_field *field)
{
    seen_fields *seen = context;

    CHECK(seen->count < 16);
    seen->fields[seen->count++] = *field;
    return true;
}

static void a_strs_layout_ends_in_its_text(void)
{
    static const struct { const char *name; int64_t value; } expected[] = {
        { "length", 3 }, { "size", 4 }, { "interned", 0 }, { "cached", 0 }, { "widest", 2 },
    };
    rc_heap *heap = open_heap(NULL);
    seen_fields seen = { 0 };

    rc_layout(heap, a_str(heap, "na\u00EF"), note_field, &seen);
    CHECK_EQUAL(seen.count, 11);
    CHECK_TEXT(seen.fields[4].name, "hash");
    for (int i = 0; i < 5; i++) {
        CHECK_TEXT(seen.fields[5 + i].name, expected[i].name);
        CHECK_EQUAL(seen.fields[5 + i].value.integer, expected[i].value);
    }
    CHECK_TEXT(seen.fields[10].name, "text");
    CHECK_EQUAL(seen.fields[10].kind, RC_FIELD_TEXT);
    CHECK_EQUAL(seen.fields[10].value.text.size, 4);
    CHECK(memcmp(seen.fields[10].value.text.bytes, "na\u00EF", 5) == 0);
    close_heap(heap);
}

/* ------------------------------------------------------------------ out of memory -- */

static bool make_strs(rc_heap *heap, void *context)
{
    rc_object *character = rc_str_new(heap, "x", 1);
    rc_object *text = character ? rc_str_new(heap, "text", 4) : NULL;
    rc_object *sum = text ? rc_operate(heap, RC_ADD, text, character) : NULL;
    rc_object *product = sum ? rc_operate(heap, RC_MULTIPLY, sum, context) : NULL;
    rc_object *all[] = { product, sum, text, character };

    for (int i = 0; i < 4; i++)
        if (all[i])
            rc_decref(heap, all[i]);
    return product != NULL;
}

static void a_str_for_which_there_is_no_memory_changes_nothing(void)
{
    rc_heap *heap = open_heap(NULL);

    with_each_allocation_failing(heap, make_strs, NULL, an_int(heap, 20));
    close_heap(heap);
}

static bool make_repr(rc_heap *heap, void *context)
{
    rc_object *made = rc_str_from(heap, context);

    if (made)
        rc_decref(heap, made);
    return made != NULL;
}

static void a_repr_for_which_there_is_no_memory_says_so(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = a_list(heap, 2, an_int(heap, 1000), a_str(heap, "and a longer text"));

    with_each_allocation_failing(heap, make_repr, NULL, list);
    rc_heap_fail_allocation(heap, 1);
    CHECK_FAILS(heap, rc_str_from(heap, list), RC_MEMORY_ERROR, "no memory for the text of a list");
    close_heap(heap);
}

static const test tests[] = {
    TEST(each_of_the_256_characters_is_one_object),
    TEST(a_character_is_cached_at_its_first_use_up_to_3_8),
    TEST(in_3_13_all_characters_are_there_immortal_and_interned),
    TEST(a_character_beyond_the_cache_is_new_each_time),
    TEST(a_profile_of_ones_own_limits_the_cache),
    TEST(the_cache_is_shown_by_code_point_until_told_to_stop),
    TEST(the_empty_str_is_one_object),
    TEST(walking_over_a_str_gives_the_cached_characters),
    TEST(text_that_is_not_utf_8_is_an_error_as_in_python),
    TEST(the_edges_of_utf_8_are_taken),
    TEST(text_may_hold_nuls),
    TEST(a_length_counts_code_points),
    TEST(the_text_of_a_new_str_may_lie_in_the_heap),
    TEST(equal_strs_made_at_run_time_are_two_objects),
    TEST(str_of_a_str_is_itself),
    TEST(str_of_anything_else_is_its_repr_and_new),
    TEST(str_of_a_list_in_itself_ends),
    TEST(adding_strs_joins_their_text),
    TEST(a_str_times_a_number_repeats_it),
    TEST(a_str_that_would_be_too_long_is_an_error),
    TEST(a_str_in_a_str_is_a_part_of_it),
    TEST(a_str_takes_what_its_widest_character_needs),
    TEST(a_strs_layout_ends_in_its_text),
    TEST(a_str_for_which_there_is_no_memory_changes_nothing),
    TEST(a_repr_for_which_there_is_no_memory_says_so),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
