/* Numbers to text and back, in every locale: src/heap/format.c and unicode.c, as the
 * functions of the numbers show them.  The figures are those of Python 3.8. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "check.h"

/* ------------------------------------------------------------------------ writing -- */

static const char *repr_of_float(rc_heap *heap, double value)
{
    rc_object *object = rc_float_new(heap, value);
    const char *text = repr_of(heap, object);

    rc_decref(heap, object);
    return text;
}

static void a_float_is_written_with_the_fewest_digits_that_read_back(void)
{
    static const struct { double value; const char *repr; } expected[] = {
        { 0.0, "0.0" }, { -0.0, "-0.0" }, { 1.0, "1.0" }, { -1.5, "-1.5" }, { 0.1, "0.1" },
        { 1.0 / 3, "0.3333333333333333" }, { 2.0 / 3, "0.6666666666666666" },
        { 100.0, "100.0" }, { 123456789.0, "123456789.0" }, { 1e15, "1000000000000000.0" },
        { 1e16, "1e+16" }, { -1e16, "-1e+16" },
        { 9999999999999998.0, "9999999999999998.0" },
        { 12345678901234567.0, "1.2345678901234568e+16" }, { 0.0001, "0.0001" },
        { 0.00001, "1e-05" }, { 0.00012345, "0.00012345" }, { 1e22, "1e+22" },
        { 1e23, "1e+23" }, { 5e-324, "5e-324" },
        { 2.2250738585072014e-308, "2.2250738585072014e-308" },
        { 2.225073858507201e-308, "2.225073858507201e-308" },
        { 1.7976931348623157e308, "1.7976931348623157e+308" }, { 1e100, "1e+100" },
        { 1.5e300, "1.5e+300" }, { 0x1p-44, "5.684341886080802e-14" },
        { 0x1p-1074, "5e-324" }, { 0x1p60, "1.152921504606847e+18" },
        { 9007199254740993.0, "9007199254740992.0" }, { 4.35, "4.35" }, { 0.3, "0.3" },
        { 0.1 + 0.2, "0.30000000000000004" }, { 1e-7, "1e-07" }, { 123e-7, "1.23e-05" },
        { HUGE_VAL, "inf" }, { -HUGE_VAL, "-inf" }, { (double)NAN, "nan" },
        { 299792458.0, "299792458.0" }, { 6.02214076e23, "6.02214076e+23" },
        { 1e-5, "1e-05" }, { 9.5367431640625e-07, "9.5367431640625e-07" },
    };
    rc_heap *heap = open_heap(NULL);

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        CHECK_TEXT(repr_of_float(heap, expected[i].value), expected[i].repr);
    close_heap(heap);
}

/* There the floats below stand closer than those above. */
static void every_power_of_two_is_written_as_in_python(void)
{
    rc_heap *heap = open_heap(NULL);
    uint64_t print = 0;

    for (int exponent = -1074; exponent < 1024; exponent++) {
        print = fingerprint(print, repr_of_float(heap, ldexp(1, exponent)));
        print = fingerprint(print, "\n");
    }
    CHECK(print == UINT64_C(0x8A2CE174D3479C89));
    close_heap(heap);
}

static void twenty_thousand_floats_of_any_size_are_written_as_in_python(void)
{
    rc_heap *heap = open_heap(NULL);
    uint64_t state = RANDOM_START, print = 0;

    for (int i = 0; i < 20000; i++) {
        uint64_t bits = next_random(&state);
        double value;
        memcpy(&value, &bits, sizeof value);
        print = fingerprint(print, repr_of_float(heap, value));
        print = fingerprint(print, "\n");
    }
    CHECK(print == UINT64_C(0x880B00908CE75DEA));
    close_heap(heap);
}

static void twenty_thousand_floats_of_common_size_are_written_as_in_python(void)
{
    rc_heap *heap = open_heap(NULL);
    uint64_t state = RANDOM_START, print = 0;

    for (int i = 0; i < 20000; i++) {
        uint64_t number = next_random(&state);
        double scale = 1;
        for (uint64_t power = number % 17; power > 0; power--)
            scale *= 10;                /* exact up to 10^22 */
        print = fingerprint(print, repr_of_float(heap, (double)(number >> 11) / scale));
        print = fingerprint(print, "\n");
    }
    CHECK(print == UINT64_C(0x0C6042A9A398BF46));
    close_heap(heap);
}

static void what_is_written_reads_back(void)
{
    rc_heap *heap = open_heap(NULL);
    uint64_t state = RANDOM_START;

    for (int i = 0; i < 5000; i++) {
        uint64_t bits = next_random(&state);
        double value;
        memcpy(&value, &bits, sizeof value);
        const char *text = repr_of_float(heap, value);
        rc_object *str = rc_str_new(heap, text, strlen(text));
        rc_object *again = rc_float_from(heap, str);
        double read = rc_float_value(again);
        CHECK(value != value ? read != read : read == value);
        rc_decref(heap, again);
        rc_decref(heap, str);
    }
    close_heap(heap);
}

/* ------------------------------------------------------------------------ reading -- */

#define TEXT(literal) literal, sizeof(literal) - 1

/* What int() and float() make of a text: a repr; "no" for a ValueError; "large" where
 * the int does not fit in 64 bits. */
static const struct { const char *text; size_t size; const char *whole, *real; } texts[] = {
    { TEXT("0"), "0", "0.0" }, { TEXT("-0"), "0", "-0.0" }, { TEXT("+5"), "5", "5.0" },
    { TEXT(" 12 "), "12", "12.0" }, { TEXT("\011\01212\015\014\013"), "12", "12.0" },
    { TEXT("0012"), "12", "12.0" }, { TEXT("1_000"), "1000", "1000.0" },
    { TEXT("1__0"), "no", "no" }, { TEXT("_1"), "no", "no" }, { TEXT("1_"), "no", "no" },
    { TEXT("-_1"), "no", "no" }, { TEXT("--1"), "no", "no" }, { TEXT("+-1"), "no", "no" },
    { TEXT("- 1"), "no", "no" }, { TEXT("1 2"), "no", "no" }, { TEXT(""), "no", "no" },
    { TEXT("   "), "no", "no" }, { TEXT("12a"), "no", "no" }, { TEXT("0x10"), "no", "no" },
    { TEXT("1e3"), "no", "1000.0" }, { TEXT("1.5"), "no", "1.5" },
    { TEXT(".5"), "no", "0.5" }, { TEXT("5."), "no", "5.0" }, { TEXT("1."), "no", "1.0" },
    { TEXT("-.5e-3"), "no", "-0.0005" }, { TEXT("1e"), "no", "no" },
    { TEXT("1e+"), "no", "no" }, { TEXT("1E5"), "no", "100000.0" },
    { TEXT("1e_5"), "no", "no" }, { TEXT("1e5_0"), "no", "1e+50" },
    { TEXT("1_0.0_1"), "no", "10.01" }, { TEXT("1_.5"), "no", "no" },
    { TEXT("1._5"), "no", "no" }, { TEXT("."), "no", "no" }, { TEXT("e5"), "no", "no" },
    { TEXT("inf"), "no", "inf" }, { TEXT("-Inf"), "no", "-inf" },
    { TEXT("INFINITY"), "no", "inf" }, { TEXT("infinit"), "no", "no" },
    { TEXT("nan"), "no", "nan" }, { TEXT("+nan"), "no", "nan" },
    { TEXT("NaN"), "no", "nan" }, { TEXT("nan1"), "no", "no" },
    { TEXT("1e400"), "no", "inf" }, { TEXT("-1e400"), "no", "-inf" },
    { TEXT("1e-400"), "no", "0.0" }, { TEXT("0e999999999999999999999"), "no", "0.0" },
    { TEXT("1e-99999999999999999999"), "no", "0.0" },
    { TEXT("9223372036854775807"), "9223372036854775807", "9.223372036854776e+18" },
    { TEXT("9223372036854775808"), "large", "9.223372036854776e+18" },
    { TEXT("-9223372036854775808"), "-9223372036854775808", "-9.223372036854776e+18" },
    { TEXT("-9223372036854775809"), "large", "-9.223372036854776e+18" },
    { TEXT("99999999999999999999"), "large", "1e+20" },
    { TEXT("\331\243\331\244"), "34", "34.0" },
    { TEXT("\302\2407\342\200\203"), "7", "7.0" },
    { TEXT("\357\274\221\357\274\222.\357\274\225"), "no", "12.5" },
    { TEXT("\0341"), "no", "no" }, { TEXT("1\037"), "no", "no" },
    { TEXT("\302\262"), "no", "no" }, { TEXT("\344\270\200"), "no", "no" },
    { TEXT("1\000"), "no", "no" }, { TEXT("\1771"), "no", "no" },
    { TEXT("0.1"), "no", "0.1" }, { TEXT("3.14159"), "no", "3.14159" },
    { TEXT("2.2250738585072011e-308"), "no", "2.225073858507201e-308" },
    { TEXT("179769313486231580793728971405301199e273"), "no", "1.7976931348623157e+308" },
    { TEXT("1,5"), "no", "no" }, { TEXT("5e-324"), "no", "5e-324" },
    { TEXT("2e-324"), "no", "0.0" }, { TEXT("3e-324"), "no", "5e-324" },
    { TEXT("0.0000000000000000000000000000001"), "no", "1e-31" },
    { TEXT("1\302\240"), "1", "1.0" }, { TEXT("\331\2411_2"), "112", "112.0" },
    { TEXT("1e1\331\240"), "no", "10000000000.0" }, { TEXT("\342\210\236"), "no", "no" },
    { TEXT("-\331\245"), "-5", "-5.0" }, { TEXT("0_0"), "0", "0.0" },
    { TEXT("000"), "0", "0.0" }, { TEXT("1\012\000"), "no", "no" },
};

static const char *result_of(rc_heap *heap, rc_object *number)
{
    if (number)
        return repr_of(heap, keep(heap, number));
    return rc_heap_error(heap)->kind == RC_VALUE_ERROR ? "no"
           : rc_heap_error(heap)->kind == RC_OVERFLOW_ERROR ? "large" : "wrong error";
}

static void expect_all_texts_read(rc_heap *heap)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        rc_object *str = keep(heap, rc_str_new(heap, texts[i].text, texts[i].size));
        CHECK_TEXT(result_of(heap, rc_int_from(heap, str)), texts[i].whole);
        CHECK_TEXT(result_of(heap, rc_float_from(heap, str)), texts[i].real);
    }
}

static void texts_are_read_as_in_python(void)
{
    rc_heap *heap = open_heap(NULL);

    expect_all_texts_read(heap);
    close_heap(heap);
}

/* `text` as int() or float() reads it, added to a fingerprint. */
static uint64_t read_as(rc_heap *heap, rc_object *(*from)(rc_heap *, rc_object *),
                        const char *text, size_t size, uint64_t print)
{
    rc_object *str = rc_str_new(heap, text, size), *number = from(heap, str);

    print = fingerprint(print, number ? repr_of(heap, number) : "no");
    if (number)
        rc_decref(heap, number);
    rc_decref(heap, str);
    return print;
}

/* int(c + "7") and float("7" + c): white space and the digits of all scripts. */
static void every_character_beside_a_digit_is_read_as_in_3_8(void)
{
    rc_heap *heap = open_heap(NULL);
    uint64_t print = 0;

    for (uint32_t c = 0; c < 0x110000; c++) {
        char text[6] = "7";
        if (c >= 0xD800 && c < 0xE000)
            continue;
        size_t size = encode_utf8(c, text + 1);
        text[size + 1] = '7';
        print = fingerprint(read_as(heap, rc_int_from, text + 1, size + 1, print), " ");
        print = fingerprint(read_as(heap, rc_float_from, text, size + 1, print), "\n");
    }
    CHECK(print == UINT64_C(0xB21633428E296BF0));
    close_heap(heap);
}

static rc_object *digits(rc_heap *heap, const char *before, char digit, size_t count,
                         const char *after)
{
    static char text[5000];
    size_t size = strlen(before);

    strcpy(text, before);
    memset(text + size, digit, count);
    strcpy(text + size + count, after);
    return a_str(heap, text);
}

static void digits_beyond_any_buffer_still_decide(void)
{
    rc_heap *heap = open_heap(NULL);
    const char *middle = "9007199254740993";    /* between two floats; even is below */

    CHECK_TEXT(result_of(heap, rc_float_from(heap, a_str(heap, middle))), "9007199254740992.0");
    CHECK_TEXT(result_of(heap, rc_float_from(heap, digits(heap, "9007199254740993.", '0', 3000,
                                                          "1"))), "9007199254740994.0");
    CHECK_TEXT(result_of(heap, rc_float_from(heap, digits(heap, "9007199254740993.", '0', 3000,
                                                          ""))), "9007199254740992.0");
    CHECK_TEXT(result_of(heap, rc_float_from(heap, digits(heap, "0.", '0', 4000, "1e4001"))),
               "1.0");
    CHECK_TEXT(result_of(heap, rc_float_from(heap, digits(heap, "1", '0', 4000, "e-4000"))),
               "1.0");
    CHECK_TEXT(result_of(heap, rc_float_from(heap, digits(heap, "", '9', 400, ""))), "inf");
    CHECK_TEXT(result_of(heap, rc_int_from(heap, digits(heap, "", '0', 4000, "7"))), "7");
    CHECK_TEXT(result_of(heap, rc_int_from(heap, digits(heap, "", '9', 4000, "x"))), "no");
    close_heap(heap);
}

/* ------------------------------------------------------------------------ locales -- */

/* A locale that writes 1,5, if the machine has one. */
static bool set_comma_locale(void)
{
    static const char *const names[] = {
        "de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8", "fr_FR.utf8", "ru_RU.UTF-8",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (setlocale(LC_ALL, names[i]))
            return strcmp(localeconv()->decimal_point, ",") == 0;
    return false;
}

static void the_locale_decides_nothing(void)
{
    rc_heap *heap = open_heap(NULL);

    set_comma_locale();
    expect_all_texts_read(heap);
    CHECK_TEXT(repr_of_float(heap, 0.1), "0.1");
    CHECK_TEXT(repr_of_float(heap, 1.25e-7), "1.25e-07");
    CHECK(!rc_raise(heap, RC_VALUE_ERROR, "%.2f", 1.5));
    CHECK_TEXT(rc_heap_error(heap)->message, "1.50");
    setlocale(LC_ALL, "C");
    close_heap(heap);
}

static const test tests[] = {
    TEST(a_float_is_written_with_the_fewest_digits_that_read_back),
    TEST(every_power_of_two_is_written_as_in_python),
    TEST(twenty_thousand_floats_of_any_size_are_written_as_in_python),
    TEST(twenty_thousand_floats_of_common_size_are_written_as_in_python),
    TEST(what_is_written_reads_back),
    TEST(texts_are_read_as_in_python),
    TEST(every_character_beside_a_digit_is_read_as_in_3_8),
    TEST(digits_beyond_any_buffer_still_decide),
    TEST(the_locale_decides_nothing),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
