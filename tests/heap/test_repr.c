/* Printing: src/heap/repr.c and the types' repr. */
#include <string.h>

#include "check.h"

static void expect_repr(rc_heap *heap, rc_object *object, const char *text)
{
    CHECK_TEXT(repr_of(heap, object), text);
    CHECK_HEAP(heap);
}

/* ------------------------------------------------------------------- quoted text -- */

#define TEXT(literal) literal, sizeof(literal) - 1

static void a_str_is_quoted_as_in_python(void)
{
    static const struct { const char *text; size_t size; const char *repr; } expected[] = {
        { TEXT(""), "''" },
        { TEXT("a"), "'a'" },
        { TEXT("it's"), "\"it's\"" },
        { TEXT("say \"hi\""), "'say \"hi\"'" },
        { TEXT("it's \"both\""), "'it\\'s \"both\"'" },
        { TEXT("'"), "\"'\"" },
        { TEXT("\""), "'\"'" },
        { TEXT("\\"), "'\\\\'" },
        { TEXT("\n\r\t\v"), "'\\n\\r\\t\\x0b'" },
        { TEXT("\0\x1F\x7F"), "'\\x00\\x1f\\x7f'" },
        { TEXT("\xC2\x80\u00A0\u00AD"), "'\\x80\\xa0\\xad'" },
        { TEXT("\u00E9\u4E00\U0001F600"), "'\u00E9\u4E00\U0001F600'" },
        { TEXT("\u200B\u2028\uFEFF"), "'\\u200b\\u2028\\ufeff'" },
        { TEXT("\uE000\uFFFF\u0378"), "'\\ue000\\uffff\\u0378'" },
        { TEXT("\U000E0001\U0010FFFF"), "'\\U000e0001\\U0010ffff'" },
    };
    rc_heap *heap = open_heap(NULL);

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        expect_repr(heap, keep(heap, rc_str_new(heap, expected[i].text, expected[i].size)),
                    expected[i].repr);
    close_heap(heap);
}

/* repr("x" + c) of 3.8, whose Unicode is 12.1. */
static void every_character_is_shown_or_escaped_as_in_3_8(void)
{
    rc_heap *heap = open_heap(NULL);
    uint64_t print = 0;

    for (uint32_t c = 0; c < 0x110000; c++) {
        char text[5] = "x";
        if (c >= 0xD800 && c < 0xE000)
            continue;
        rc_object *str = rc_str_new(heap, text, 1 + encode_utf8(c, text + 1));
        print = fingerprint(print, repr_of(heap, str));
        rc_decref(heap, str);
    }
    CHECK(print == UINT64_C(0x867AEDF8BD57E3C1));
    close_heap(heap);
}

/* -------------------------------------------------------------------- containers -- */

static void containers_are_written_as_displays(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *one = an_int(heap, 1), *text = a_str(heap, "a");
    rc_object *pairs[] = { text, one, one, rc_none(heap) };

    expect_repr(heap, a_list(heap, 0), "[]");
    expect_repr(heap, a_list(heap, 3, one, text, rc_bool(heap, true)), "[1, 'a', True]");
    expect_repr(heap, a_tuple(heap, 0), "()");
    expect_repr(heap, a_tuple(heap, 1, one), "(1,)");
    expect_repr(heap, a_tuple(heap, 2, one, text), "(1, 'a')");
    expect_repr(heap, keep(heap, rc_dict_new(heap)), "{}");
    expect_repr(heap, keep(heap, rc_dict_display(heap, pairs, 2)), "{'a': 1, 1: None}");
    expect_repr(heap, keep(heap, rc_set_new(heap, NULL, 0)), "set()");
    expect_repr(heap, keep(heap, rc_set_new(heap, &one, 1)), "{1}");
    expect_repr(heap, keep(heap, rc_frozenset_new(heap, NULL, 0)), "frozenset()");
    expect_repr(heap, keep(heap, rc_frozenset_new(heap, &one, 1)), "frozenset({1})");
    close_heap(heap);
}

static void a_container_met_inside_itself_shows_as_three_points(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = a_list(heap, 0), *dict = keep(heap, rc_dict_new(heap));
    rc_object *tuple = a_tuple(heap, 2, list, dict);

    CHECK(rc_list_append(heap, list, list));
    expect_repr(heap, list, "[[...]]");
    CHECK(rc_dict_set(heap, dict, a_str(heap, "d"), dict));
    expect_repr(heap, dict, "{'d': {...}}");
    CHECK(rc_list_append(heap, list, tuple));
    expect_repr(heap, list, "[[...], ([...], {'d': {...}})]");
    expect_repr(heap, tuple, "([[...], (...)], {'d': {...}})");
    close_heap(heap);
}

static void a_container_met_twice_side_by_side_is_written_twice(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *inner = a_list(heap, 1, an_int(heap, 1));

    expect_repr(heap, a_list(heap, 2, inner, inner), "[[1], [1]]");
    close_heap(heap);
}

#define DEEP 100000

static rc_object *nested(rc_heap *heap, size_t depth)
{
    rc_object *inner = rc_list_display(heap, NULL, 0);

    for (size_t i = 1; i < depth; i++) {
        rc_object *outer = i % 2 ? rc_tuple_new(heap, &inner, 1)
                                 : rc_list_display(heap, &inner, 1);
        rc_decref(heap, inner);
        inner = outer;
    }
    return keep(heap, inner);
}

static bool take_any(void *context, const char *text, size_t size)
{
    (void)text;
    *(size_t *)context += size;
    return true;
}

static void what_is_nested_too_deep_is_an_error(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *deep = nested(heap, DEEP);
    size_t written = 0;

    CHECK_FAILS(heap, rc_repr(heap, deep, (rc_sink) { take_any, &written }), RC_RECURSION_ERROR,
                "maximum recursion depth exceeded while getting the repr of an object");
    CHECK_EQUAL(written, 1000);
    CHECK_FAILS(heap, rc_str_from(heap, deep), RC_RECURSION_ERROR,
                "maximum recursion depth exceeded while getting the repr of an object");
    CHECK(rc_repr(heap, nested(heap, 1000), (rc_sink) { take_any, &written }));
    CHECK_EQUAL(rc_refcount(heap, deep), 1);
    close_heap(heap);
}

/* ------------------------------------------------------------------------- sinks -- */

/* A sink that takes so many pieces, then no more. */
static bool take_pieces(void *context, const char *text, size_t size)
{
    int *left = context;

    (void)text;
    (void)size;
    return (*left)-- > 0;
}

static void a_sink_may_refuse_any_piece(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *text = a_str(heap, "it's\n\"q\""), *one = an_int(heap, 1);
    rc_object *pairs[] = { text, a_list(heap, 2, text, one) };
    rc_object *dict = keep(heap, rc_dict_display(heap, pairs, 1));
    rc_object *both[] = { text, one };
    rc_object *set = keep(heap, rc_frozenset_new(heap, both, 2));
    rc_object *whole = a_tuple(heap, 3, dict, set, rc_none(heap));
    int pieces = 0;

    for (;; pieces++) {
        int left = pieces;
        rc_error_clear(heap);
        if (rc_repr(heap, whole, (rc_sink) { take_pieces, &left }))
            break;
        check_error(__FILE__, __LINE__, heap, RC_RUNTIME_ERROR, "the output takes no more");
        CHECK_EQUAL(left, -1);          /* nobody asked again */
        CHECK_EQUAL(rc_refcount(heap, whole), 1);
    }
    CHECK(pieces > 10);
    close_heap(heap);
}

/* A sink that empties the list that is being written. */
typedef struct meddler {
    rc_heap *heap;
    rc_object *list;                    /* NULL: done */
    char text[40];
} meddler;

static bool meddle(void *context, const char *text, size_t size)
{
    meddler *self = context;

    strncat(self->text, text, size);
    if (self->list && strcmp(self->text, "[[1]") == 0) {
        rc_list_clear(self->heap, self->list);
        self->list = NULL;
    }
    return true;
}

static void a_list_that_changes_while_it_is_written_ends_early(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *inner = a_list(heap, 1, an_int(heap, 1)), *list = a_list(heap, 2, inner, inner);

    drop(heap, inner);                  /* only `list` holds it */
    meddler self = { .heap = heap, .list = list };
    CHECK(rc_repr(heap, list, (rc_sink) { meddle, &self }));
    CHECK_TEXT(self.text, "[[1]]");
    CHECK_EQUAL(rc_list_size(list), 0);
    CHECK_EQUAL(rc_refcount(heap, list), 1);
    close_heap(heap);
}

static const test tests[] = {
    TEST(a_str_is_quoted_as_in_python),
    TEST(every_character_is_shown_or_escaped_as_in_3_8),
    TEST(containers_are_written_as_displays),
    TEST(a_container_met_inside_itself_shows_as_three_points),
    TEST(a_container_met_twice_side_by_side_is_written_twice),
    TEST(what_is_nested_too_deep_is_an_error),
    TEST(a_sink_may_refuse_any_piece),
    TEST(a_list_that_changes_while_it_is_written_ends_early),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
