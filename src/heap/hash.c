/* Hashes.  Those of numbers and of tuples and frozensets of them are CPython's, which
 * decides the order of sets. */
#include "hash.h"

#include <math.h>
#include <string.h>

#include "numbers.h"
#include "object.h"
#include "set.h"

bool rc_hash(rc_heap *heap, rc_object *object, int64_t *hash)
{
    if (object->type->hash == NULL)
        return rc_raise(heap, RC_TYPE_ERROR, "unhashable type: '%s'", rc_typename(object));
    return object->type->hash(heap, object, hash);
}

void say_unhashable(rc_heap *heap, rc_object *x, rc_wording wording)
{
    if (heap->error.kind == RC_TYPE_ERROR)
        rc_raise_worded(heap, RC_TYPE_ERROR, wording, rc_typename(x), heap->error.message, NULL);
}

/* A result as a hash: `instead` where it happens to be the mark for none. */
static int64_t but_not_none(uint64_t hash, int64_t instead)
{
    return (int64_t)hash == NO_HASH ? instead : (int64_t)hash;
}

static uint64_t rotate_left(uint64_t x, int bits)
{
    return x << bits | x >> (-bits & 63);
}

/* -------------------------------------------------------------------- numbers -- */

/* From 3.2 on a number's hash is its value modulo the prime 2^61 - 1, with its sign:
 * the same for an int and an equal float. */
#define PRIME_BITS 61
#define PRIME SMALL_HASH_LIMIT

static uint64_t modulo_integer(int64_t value)
{
    uint64_t x = magnitude(value) % PRIME;

    return value < 0 ? 0 - x : x;
}

/* x * 2^bits modulo the prime: a rotation. */
static uint64_t shift_modulo(uint64_t x, int bits)
{
    bits = ((bits % PRIME_BITS) + PRIME_BITS) % PRIME_BITS;
    return ((x << bits) & PRIME) | x >> (PRIME_BITS - bits);
}

static uint64_t modulo_real(double value)
{
    int exponent;
    double fraction = frexp(fabs(value), &exponent);    /* value = fraction * 2^exponent */
    uint64_t whole = (uint64_t)ldexp(fraction, 53);     /* exact: a double has 53 bits */
    uint64_t x = shift_modulo(whole, exponent - 53);

    return value < 0 ? 0 - x : x;
}

const number_hash_strategy number_hash_modulo = {
    { "modulo", "a number hashes to its value modulo the prime 2^61 - 1" },
    modulo_integer, modulo_real
};

/* 2.7: an int is its own hash, and so is the float that equals one. */
static uint64_t plain_integer(int64_t value)
{
    return (uint64_t)value;
}

/* A long beyond 64 bits: its value modulo 2^64 - 1. */
static uint64_t plain_long(double value)
{
    int exponent;
    double fraction = frexp(fabs(value), &exponent);
    uint64_t x = rotate_left((uint64_t)ldexp(fraction, 53), (exponent - 53) % 64);

    return value < 0 ? 0 - x : x;
}

/* Of any other float: two halves of 31 bits of its fraction, and the exponent. */
static uint64_t plain_real(double value)
{
    if (value == trunc(value)) {
        if (value >= -0x1p63 && value < 0x1p63)
            return plain_integer((int64_t)value);
        return plain_long(value);
    }
    int exponent;
    double high = frexp(value, &exponent) * 0x1p31;
    int64_t upper = (int64_t)high, lower = (int64_t)((high - (double)upper) * 0x1p31);

    return (uint64_t)(upper + lower) + ((uint64_t)exponent << 15);
}

const number_hash_strategy number_hash_plain = {
    { "plain", "an int hashes to its value, a float to one made of its bits (2.7)" },
    plain_integer, plain_real
};

static const number_hash_strategy *number_hash(const rc_heap *heap)
{
    return (const number_hash_strategy *)heap->profile.number_hash.value;
}

int64_t hash_large_int(const rc_heap *heap, int64_t value)
{
    return but_not_none(number_hash(heap)->integer(value), -2);
}

int64_t hash_float(rc_heap *heap, const rc_object *object, double value)
{
    if (isnan(value))
        return heap->profile.nan_hash_by_address.value ? identity_hash(heap, object) : 0;
    if (isinf(value))
        return value > 0 ? 314159 : -314159;
    return but_not_none(number_hash(heap)->real(value), -2);
}

/* ----------------------------------------------------------------------- text -- */

static uint64_t mix(uint64_t x)
{
    x *= UINT64_C(0x9FB21C651E98DF25);
    return x ^ x >> 32;
}

/* `size` bytes, little end first on every machine. */
static inline uint64_t load(const char *text, size_t size)
{
    uint64_t word = 0;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(&word, text, size);
#else
    for (size_t i = 0; i < size; i++)
        word |= (uint64_t)(unsigned char)text[i] << 8 * i;
#endif
    return word;
}

/* The same for 0 to 7 of them, in parts that overlap: a copy of as many as it happens to be
 * takes 40 instructions more. */
static inline uint64_t load_rest(const char *text, size_t size)
{
    if (size >= 4)
        return load(text, 4) | load(text + size - 4, 4) << 8 * (size - 4);
    if (size == 0)
        return 0;
    return load(text, 1) | load(text + size / 2, 1) << 8 * (size / 2)
           | load(text + size - 1, 1) << 8 * (size - 1);
}

int64_t hash_text(const char *text, size_t size)
{
    uint64_t hash = UINT64_C(0x5265666368616E21) ^ size;

    if (size == 0)
        return 0;                       /* as in CPython */
    for (; size >= 8; text += 8, size -= 8)
        hash = mix(hash ^ load(text, 8));
    hash = mix(mix(hash ^ load_rest(text, size)));
    return but_not_none(hash, -2);
}

/* ------------------------------------------------------------------ frozenset -- */

/* Spread an element's hash, so that the sum of neighbouring ones tells much. */
static uint64_t spread(uint64_t hash)
{
    return ((hash ^ 89869747) ^ hash << 16) * UINT64_C(3644798167);
}

const set_hash_strategy set_hash_classic = {
    { "classic", "a frozenset's hash combines those of its elements (2.7)" }, false
};
const set_hash_strategy set_hash_shuffled = {
    { "shuffled", "a frozenset's hash combines those of its elements, and its bits are stirred" },
    true
};

int64_t frozenset_hash(const rc_heap *heap, const rc_set *set)
{
    uint64_t hash = 0;

    for (size_t i = 0; set->entries != NULL && i <= set->mask; i++)
        if (set_entry_used(&set->entries[i]))
            hash ^= spread((uint64_t)set->entries[i].hash);
    hash ^= ((uint64_t)set->used + 1) * 1927868237;
    if (((const set_hash_strategy *)heap->profile.set_hash.value)->shuffles)
        hash ^= hash >> 11 ^ hash >> 25;
    hash = hash * 69069 + 907133923;
    return but_not_none(hash, 590923713);
}

/* ---------------------------------------------------------------------- tuple -- */

/* CPython does not look how deep it is: 60,000 nested tuples have a hash, and where its
 * C stack ends it crashes. */
#define DEEPEST_TUPLE 10000

/* Up to 3.7: each item multiplies, by a factor that depends on how many follow. */
static bool hash_classic(rc_heap *heap, rc_tuple *tuple, int64_t *result)
{
    uint64_t hash = 0x345678, factor = 1000003;

    for (size_t i = 0; i < tuple->var.size; i++) {
        int64_t item;
        if (!rc_hash(heap, tuple->items[i], &item))
            return false;
        hash = (hash ^ (uint64_t)item) * factor;
        factor += 82520 + 2 * (uint64_t)(tuple->var.size - 1 - i);
    }
    *result = but_not_none(hash + 97531, -2);
    return true;
}

/* From 3.8: the loop of xxHash64 with one lane. */
static bool hash_xx(rc_heap *heap, rc_tuple *tuple, int64_t *result)
{
    const uint64_t first = UINT64_C(11400714785074694791);
    const uint64_t second = UINT64_C(14029467366897019727);
    const uint64_t fifth = UINT64_C(2870177450012600261);
    uint64_t hash = fifth;

    for (size_t i = 0; i < tuple->var.size; i++) {
        int64_t item;
        if (!rc_hash(heap, tuple->items[i], &item))
            return false;
        hash = rotate_left(hash + (uint64_t)item * second, 31) * first;
    }
    hash += tuple->var.size ^ fifth ^ 3527539;
    *result = but_not_none(hash, 1546275796);
    return true;
}

const tuple_hash_strategy tuple_hash_classic = {
    .about = { "classic", "a product of the items' hashes, as up to 3.7" },
    .hash = hash_classic,
};

const tuple_hash_strategy tuple_hash_xx = {
    .about = { "xx", "a variant of xxHash, as from 3.8" },
    .hash = hash_xx,
};

bool tuple_hash(rc_heap *heap, rc_tuple *tuple, int64_t *hash)
{
    const tuple_hash_strategy *strategy =
        (const tuple_hash_strategy *)heap->profile.tuple_hash.value;

    if (!recursion_enter_to(heap, DEEPEST_TUPLE, RC_SAYS_TOO_DEEP))
        return false;
    bool done = strategy->hash(heap, tuple, hash);
    recursion_leave(heap);
    return done;
}
