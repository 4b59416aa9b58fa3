/* Numbers to text and back, and messages; independent of the locale.
 *
 * Only digits and exponents are exchanged with the C library, never a decimal point:
 * 3.14 is read as 314e-2, and of what "%e" writes only the digits count. */
#include "format.h"

#include <float.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unicode.h"

/* -------------------------------------------------------------------- writing -- */

/* d.ddd × 10^exponent: the digits of a positive number, without the point. */
typedef struct decimal {
    char digits[DBL_DECIMAL_DIG + 1];
    int count;
    int exponent;
} decimal;

static decimal round_to_digits(double value, int count)
{
    decimal result = { .count = 0 };
    char text[NUMBER_TEXT];
    const char *at = text;

    snprintf(text, sizeof text, "%.*e", count - 1, value);
    for (; *at != 'e'; at++)
        if (*at >= '0' && *at <= '9')
            result.digits[result.count++] = *at;
    result.exponent = atoi(at + 1);
    return result;
}

static double decimal_value(const decimal *number)
{
    char text[2 * NUMBER_TEXT];

    snprintf(text, sizeof text, "%.*se%d", number->count, number->digits,
             number->exponent - (number->count - 1));
    return strtod(text, NULL);
}

/* Add one to the last digit; false where that would take one digit more. */
static bool next_decimal(decimal *number)
{
    int i = number->count - 1;

    while (i >= 0 && number->digits[i] == '9')
        number->digits[i--] = '0';
    if (i < 0)
        return false;
    number->digits[i]++;
    return true;
}

/* The shortest digits that read as `value` again (finite, positive).  The nearest
 * ones do it or, at a power of two, where the numbers below stand closer together
 * than those above, their upper neighbour. */
static decimal shortest(double value)
{
    /* up to DBL_DIG digits survive the way through a double: if so many do it,
     * fewer are the same ones without their zeros */
    int count = value < DBL_MIN ? 1 : DBL_DIG;
    decimal number;

    for (;; count++) {
        number = round_to_digits(value, count);
        if (count == DBL_DECIMAL_DIG || decimal_value(&number) == value)
            break;
        if (next_decimal(&number) && decimal_value(&number) == value)
            break;
    }
    while (number.count > 1 && number.digits[number.count - 1] == '0')
        number.count--;
    return number;
}

/* Python's style: an exponent below 10^-4 and from 10^16 on. */
size_t format_double(char text[NUMBER_TEXT], double value)
{
    if (isnan(value))
        return (size_t)snprintf(text, NUMBER_TEXT, "nan");
    const char *sign = signbit(value) ? "-" : "";
    if (isinf(value))
        return (size_t)snprintf(text, NUMBER_TEXT, "%sinf", sign);
    if (value == 0)
        return (size_t)snprintf(text, NUMBER_TEXT, "%s0.0", sign);

    decimal number = shortest(fabs(value));
    const char *digits = number.digits;
    int count = number.count, whole = number.exponent + 1;      /* digits before the point */

    if (number.exponent < -4 || number.exponent >= 16)
        return (size_t)snprintf(text, NUMBER_TEXT, "%s%c%s%.*se%+03d", sign, digits[0],
                                count > 1 ? "." : "", count - 1, digits + 1,
                                number.exponent);
    if (whole <= 0)
        return (size_t)snprintf(text, NUMBER_TEXT, "%s0.%.*s%.*s", sign, -whole, "000",
                                count, digits);
    if (count <= whole)
        return (size_t)snprintf(text, NUMBER_TEXT, "%s%.*s%.*s.0", sign, count, digits,
                                whole - count, "000000000000000");
    return (size_t)snprintf(text, NUMBER_TEXT, "%s%.*s.%.*s", sign, whole, digits,
                            count - whole, digits + whole);
}

size_t format_int(char text[NUMBER_TEXT], int64_t value)
{
    return (size_t)snprintf(text, NUMBER_TEXT, "%lld", (long long)value);
}

size_t format_address(char text[NUMBER_TEXT], uintptr_t address)
{
    return (size_t)snprintf(text, NUMBER_TEXT, "0x%llx", (unsigned long long)address);
}

size_t format_seconds(char text[NUMBER_TEXT], uint64_t nanoseconds)
{
    return (size_t)snprintf(text, NUMBER_TEXT, "%llu.%04llu",
                            (unsigned long long)(nanoseconds / 1000000000),
                            (unsigned long long)(nanoseconds / 100000 % 10000));
}

/* The caller's format may write a float: for that moment the thread is put into the
 * C locale. */
void format_message(char *text, size_t size, const char *format, va_list arguments)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before = plain != (locale_t)0 ? uselocale(plain) : (locale_t)0;

    int length = vsnprintf(text, size, format, arguments);
    if (plain != (locale_t)0) {
        uselocale(before);
        freelocale(plain);
    }
    if (length < 0)
        text[0] = '\0';
    else if ((size_t)length >= size)    /* cut: perhaps within a character */
        text[utf8_whole(text, size - 1)] = '\0';
}

/* -------------------------------------------------------------------- reading -- */

/* A walk over the characters of a numeral, all as ASCII. */
typedef struct reader {
    const char *at, *end;
    int now;                            /* '0' to '9' for a digit of any script, ' ' for white
                                         * space, '?' for what no numeral has, END */
} reader;

#define END (-1)

static void look(reader *in)
{
    if (in->at == in->end) {
        in->now = END;
        return;
    }
    uint32_t code_point = utf8_decode(in->at);
    if (code_point >= 0x1C && code_point <= 0x1F)
        in->now = '?';                  /* white space to Python, but not in a numeral */
    else if (is_space(code_point))
        in->now = ' ';
    else if (code_point < 0x80)
        in->now = (int)code_point;
    else {
        int digit = digit_value(code_point);
        in->now = digit >= 0 ? '0' + digit : '?';
    }
}

static void advance(reader *in)
{
    in->at += utf8_length(*in->at);
    look(in);
}

static void skip_space(reader *in)
{
    while (in->now == ' ')
        advance(in);
}

static bool at_digit(const reader *in)
{
    return in->now >= '0' && in->now <= '9';
}

/* To the next digit of a row, over one underscore; false where the row ends, *wrong
 * if it ends in an underscore. */
static bool next_digit(reader *in, bool *wrong)
{
    advance(in);
    if (in->now != '_')
        return at_digit(in);
    advance(in);
    if (!at_digit(in))
        *wrong = true;
    return at_digit(in);
}

static bool skip_sign(reader *in)
{
    bool negative = in->now == '-';

    if (negative || in->now == '+')
        advance(in);
    return negative;
}

static bool rest_is_space(reader *in)
{
    skip_space(in);
    return in->now == END;
}

static reader read_from(const char *text, size_t size)
{
    reader in = { .at = text, .end = text + size };

    look(&in);
    skip_space(&in);
    return in;
}

parse_status parse_int(const char *text, size_t size, int64_t *value)
{
    reader in = read_from(text, size);
    bool negative = skip_sign(&in), wrong = false, too_large = false;
    int64_t total = 0;                  /* of the sign that was read: -2^63 fits */

    if (!at_digit(&in))
        return NO_NUMBER;
    do {
        int digit = in.now - '0';
        if (__builtin_mul_overflow(total, 10, &total)
            || __builtin_add_overflow(total, negative ? -digit : digit, &total))
            too_large = true;
    } while (next_digit(&in, &wrong));

    if (wrong || !rest_is_space(&in))
        return NO_NUMBER;
    if (too_large)
        return TOO_LARGE;
    *value = total;
    return PARSED;
}

/* No double needs more digits than these to be told from its neighbours. */
#define DIGITS_KEPT 800

/* Digits read so far: the number is the kept ones × 10^exponent. */
typedef struct mantissa {
    char digits[DIGITS_KEPT + 1];
    int kept;
    long long exponent;
    bool more;                          /* a digit that is not 0 was left out */
} mantissa;

static void keep_digit(mantissa *number, int digit, bool after_point)
{
    if (number->kept == 0 && digit == '0') {    /* a leading zero */
        number->exponent -= after_point;
    } else if (number->kept < DIGITS_KEPT) {
        number->digits[number->kept++] = (char)digit;
        number->exponent -= after_point;
    } else {
        number->more |= digit != '0';
        number->exponent += !after_point;
    }
}

/* The row of digits that may stand here; returns whether there was one. */
static bool read_row(reader *in, mantissa *number, bool after_point, bool *wrong)
{
    if (!at_digit(in))
        return false;
    do
        keep_digit(number, in->now, after_point);
    while (next_digit(in, wrong));
    return true;
}

/* What follows an 'e'. */
static void read_exponent(reader *in, mantissa *number, bool *wrong)
{
    bool negative = skip_sign(in);
    long long exponent = 0;

    if (!at_digit(in)) {
        *wrong = true;
        return;
    }
    do
        if (exponent < LLONG_MAX / 100)
            exponent = 10 * exponent + (in->now - '0');
    while (next_digit(in, wrong));
    number->exponent += negative ? -exponent : exponent;
}

static double mantissa_value(mantissa *number)
{
    char text[DIGITS_KEPT + NUMBER_TEXT];
    long long limit = 99999;            /* beyond any double, however many digits */

    if (number->kept == 0)
        return 0;
    if (number->more) {                 /* just above what the kept digits say */
        number->digits[number->kept++] = '1';
        number->exponent--;
    }
    if (number->exponent > limit)
        number->exponent = limit;
    if (number->exponent < -limit)
        number->exponent = -limit;
    snprintf(text, sizeof text, "%.*se%lld", number->kept, number->digits, number->exponent);
    return strtod(text, NULL);
}

/* Whether `word`, in lower case, stands here in any case; it is then read. */
static bool read_word(reader *in, const char *word)
{
    reader ahead = *in;

    for (; *word != '\0'; word++) {
        if (ahead.now == END || (ahead.now | 0x20) != *word)
            return false;
        advance(&ahead);
    }
    *in = ahead;
    return true;
}

parse_status parse_double(const char *text, size_t size, double *value)
{
    reader in = read_from(text, size);
    bool negative = skip_sign(&in), wrong = false;
    mantissa number = { .kept = 0 };
    double result;

    if (read_word(&in, "infinity") || read_word(&in, "inf"))
        result = HUGE_VAL;
    else if (read_word(&in, "nan"))
        result = NAN;
    else {
        bool some = read_row(&in, &number, false, &wrong);
        if (in.now == '.') {
            advance(&in);
            some |= read_row(&in, &number, true, &wrong);
        }
        if (some && !wrong && (in.now | 0x20) == 'e') {
            advance(&in);
            read_exponent(&in, &number, &wrong);
        }
        if (!some || wrong)
            return NO_NUMBER;
        result = mantissa_value(&number);
    }
    if (!rest_is_space(&in))
        return NO_NUMBER;
    *value = negative ? -result : result;
    return PARSED;
}
