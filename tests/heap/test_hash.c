/* Hashes: src/heap/hash.c.  The figures are those of the real releases. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "../../src/heap/object.h"

static const char *const profiles[] = { "3.7", "3.8", "3.13" };

static int64_t hash_of(rc_heap *heap, rc_object *object)
{
    int64_t hash, again;

    if (!rc_hash(heap, object, &hash))
        test_failed(__FILE__, __LINE__, "no hash: %s", rc_heap_error(heap)->message);
    CHECK(rc_hash(heap, object, &again) && again == hash);
    CHECK(hash != -1);
    return hash;
}

/* ------------------------------------------------------------------------ numbers -- */

static const struct { const char *number; int64_t hash; } number_hashes[] = {
    { "0", 0 }, { "1", 1 }, { "-1", -2 }, { "2", 2 }, { "-2", -2 }, { "7", 7 },
    { "-7", -7 }, { "10", 10 }, { "255", 255 }, { "256", 256 }, { "-5", -5 }, { "-6", -6 },
    { "1000003", 1000003 }, { "9007199254740992", 9007199254740992 },
    { "9007199254740993", 9007199254740993 }, { "-9007199254740993", -9007199254740993 },
    { "4611686018427387904", 2 }, { "9223372036854775807", 3 },
    { "-9223372036854775807", -3 }, { "-9223372036854775808", -4 },
    { "2305843009213693951", 0 }, { "True", 1 }, { "False", 0 }, { "0.0", 0 },
    { "-0.0", 0 }, { "0.1", 230584300921369408 }, { "0.5", 1152921504606846976 },
    { "-0.5", -1152921504606846976 }, { "1.0", 1 }, { "-1.0", -2 },
    { "1.5", 1152921504606846977 }, { "-2.5", -1152921504606846978 }, { "7.0", 7 },
    { "1e16", 10000000000000000 }, { "9007199254740992.0", 9007199254740992 },
    { "9.223372036854775807e18", 4 }, { "-9.223372036854775808e18", -4 },
    { "1e308", 156575653125701 }, { "-1e308", -156575653125701 }, { "5e-324", 16777216 },
    { "-5e-324", -16777216 }, { "2.2250738585072014e-308", 32768 }, { "inf", 314159 },
    { "-inf", -314159 },
};

static void numbers_hash_as_in_python(void)
{
    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        for (size_t i = 0; i < sizeof number_hashes / sizeof *number_hashes; i++)
            CHECK_EQUAL(hash_of(heap, a_number(heap, number_hashes[i].number)),
                        number_hashes[i].hash);
        close_heap(heap);
    }
}

static void equal_numbers_hash_alike(void)
{
    static const double values[] = { 0, 1, -1, 7, 0x1p52, 0x1p53, 0x1p61, 0x1p62, -0x1p63 };
    rc_heap *heap = open_heap(NULL);

    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        CHECK_EQUAL(hash_of(heap, a_float(heap, values[i])),
                    hash_of(heap, an_int(heap, (int64_t)values[i])));
    CHECK_EQUAL(hash_of(heap, rc_bool(heap, true)), hash_of(heap, a_float(heap, 1)));
    close_heap(heap);
}

/* As hash() of 3.8 gives them for a float and an int of the same 64 bits. */
static void twenty_thousand_numbers_hash_as_in_python(void)
{
    rc_heap *heap = open_heap(NULL);
    uint64_t state = RANDOM_START, print = 0;

    for (int i = 0; i < 20000; i++) {
        uint64_t bits = next_random(&state);
        char text[30];
        double real;
        memcpy(&real, &bits, sizeof real);
        rc_object *object = rc_float_new(heap, real), *whole = rc_int_new(heap, (int64_t)bits);
        if (real == real) {
            snprintf(text, sizeof text, "%lld ", (long long)hash_of(heap, object));
            print = fingerprint(print, text);
        }
        snprintf(text, sizeof text, "%lld\n", (long long)hash_of(heap, whole));
        print = fingerprint(print, text);
        rc_decref(heap, object);
        rc_decref(heap, whole);
    }
    CHECK(print == UINT64_C(0x790A1F334ED13439));
    close_heap(heap);
}

static void a_nan_hashes_to_0_up_to_3_9_and_by_address_from_3_10_on(void)
{
    static const char *const profiles[] = { ALL_PROFILES };

    for (int i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        int64_t one = hash_of(heap, a_number(heap, "nan")), other = hash_of(heap, a_number(heap, "nan"));
        CHECK_EQUAL(one == 0 && other == 0, i < 6);
        CHECK_EQUAL(one != other, i >= 6);
        close_heap(heap);
    }
}

static void None_hashes_by_address_up_to_3_11_and_to_a_constant_from_3_12_on(void)
{
    static const char *const profiles[] = { ALL_PROFILES };

    for (int i = 0; i < PROFILE_COUNT; i++) {
        rc_heap *heap = open_heap(profiles[i]);
        int64_t address = identity_hash(heap, rc_none(heap));   /* the same on every run */
        CHECK_EQUAL(hash_of(heap, rc_none(heap)), i >= 8 ? 4238894112 : address);
        close_heap(heap);
    }
}

/* --------------------------------------------------------------- tuples, frozensets -- */

static rc_object *read_number(rc_heap *heap, const char **at)
{
    char text[32] = "";
    size_t size = strcspn(*at, ",)");

    memcpy(text, *at, size);
    *at += size;
    return a_number(heap, text);
}

/* Read a tuple as Python writes it, of numbers and tuples and without spaces; *at is
 * moved on.  Kept. */
static rc_object *read_tuple(rc_heap *heap, const char **at)
{
    rc_object *items[32];
    size_t count = 0;

    for (++*at; **at != ')'; *at += **at == ',')
        items[count++] = **at == '(' ? read_tuple(heap, at) : read_number(heap, at);
    ++*at;
    return keep(heap, rc_tuple_new(heap, items, count));
}

static const struct { const char *tuple; int64_t classic, xx; } tuple_hashes[] = {
    { "()", 3527539, 5740354900026072187 },
    { "(0,)", 3430018387555, -8753497827991233192 },
    { "(1,)", 3430019387558, -6644214454873602895 },
    { "(-1,)", -3430020192499, 8078679518589016365 },
    { "(1,2)", 3713081631934410656, -3550055125485641917 },
    { "(2,1)", 3713082714465905806, 6794810172467074373 },
    { "(1.5,)", 3458767943839928486, 1701133413810848945 },
    { "(True,False)", 3713081631936575706, -5164621852614943976 },
    { "(0,0)", 3713080549408328131, -8458139203682520985 },
    { "(0,0,0)", 1267304713960822739, 3010437511937009226 },
    { "(1,2,3)", 2528502973977326415, 529344067295497451 },
    { "((),)", 99595396316, -5486347211504344842 },
    { "((1,2),3)", 5314947466933101882, -333907151259015829 },
    { "(1,(2,3))", -2573205875365132962, 7267574591690527098 },
    { "((),())", 107815166986306181, 9028247024705308198 },
    { "(-1,-2)", 3713082714462658231, 960947337673586213 },
    { "(2305843009213693951,)", 3430018387555, -8753497827991233192 },
    { "(1.5,-0.0,inf)", 8293113307191302725, 4985660004187629027 },
    { "(0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19)",
      -7685783357148461057, -9217304902224717415 },
    { "(1,(2,(3,(4,()))))", -6822998899879940685, 3614853595365856643 },
};

static void tuples_hash_as_in_python(void)
{
    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        for (size_t i = 0; i < sizeof tuple_hashes / sizeof *tuple_hashes; i++) {
            const char *at = tuple_hashes[i].tuple;
            CHECK_EQUAL(hash_of(heap, read_tuple(heap, &at)),
                        p == 0 ? tuple_hashes[i].classic : tuple_hashes[i].xx);
        }
        close_heap(heap);
    }
}

static const struct { const char *elements; int64_t hash; } frozenset_hashes[] = {
    { "()", 133146708735736 },
    { "(0,)", -2704248722033767810 },
    { "(1,)", -558064481276695278 },
    { "(1,2,3)", -272375401224217160 },
    { "(3,2,1)", -272375401224217160 },
    { "(-1,)", 6776983852052281967 },
    { "(1.5,)", 6145499549239438610 },
    { "(0,8,16)", 5774566642247284412 },
    { "(1,1.0,True)", -558064481276695278 },
    { "(2305843009213693951,0)", 399283329322573 },
};

static void frozensets_hash_as_in_python(void)
{
    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        for (size_t i = 0; i < sizeof frozenset_hashes / sizeof *frozenset_hashes; i++) {
            const char *at = frozenset_hashes[i].elements;
            rc_object *elements = read_tuple(heap, &at);
            CHECK_EQUAL(hash_of(heap, keep(heap, rc_frozenset_call(heap, elements))),
                        frozenset_hashes[i].hash);
        }
        close_heap(heap);
    }
}

static void frozensets_and_tuples_in_each_other_hash_as_in_python(void)
{
    static const struct { int64_t pairs, sets, tuple; } expected[] = {
        { 5345727561060056360, 304806268181062474, 303512149678789589 },
        { 4486445898448503724, 304806268181062474, -7012583072833282776 },
        { 4486445898448503724, 304806268181062474, -7012583072833282776 },
    };

    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        rc_object *one = an_int(heap, 1), *two = an_int(heap, 2);
        rc_object *both[] = { one, two };
        rc_object *pairs[] = {
            a_tuple(heap, 2, one, two), a_tuple(heap, 2, an_int(heap, 3), an_int(heap, 4)),
        };
        rc_object *sets[] = {
            keep(heap, rc_frozenset_new(heap, &both[0], 1)),
            keep(heap, rc_frozenset_new(heap, &both[1], 1)),
        };
        CHECK_EQUAL(hash_of(heap, keep(heap, rc_frozenset_new(heap, pairs, 2))),
                    expected[p].pairs);
        CHECK_EQUAL(hash_of(heap, keep(heap, rc_frozenset_new(heap, sets, 2))),
                    expected[p].sets);
        rc_object *set = keep(heap, rc_frozenset_new(heap, both, 2));
        CHECK_EQUAL(hash_of(heap, a_tuple(heap, 1, set)), expected[p].tuple);
        close_heap(heap);
    }
}

/* ------------------------------------------------------------------ the order of sets -- */

static const struct { const char *elements, *set; } orders[] = {
    { "(8,0,16,24,1)", "{0, 1, 8, 16, 24}" },
    { "(5,3,1,4,2)", "{1, 2, 3, 4, 5}" },
    { "(-1,-2,-3)", "{-3, -1, -2}" },
    { "(100,33,65,1,0)", "{0, 65, 33, 1, 100}" },
    { "(1.5,2.5,0.5)", "{0.5, 1.5, 2.5}" },
    { "(1,1.0,True)", "{1}" },
    { "(2.0,2)", "{2.0}" },
    { "(0.1,10,-1,7.25)", "{0.1, 10, -1, 7.25}" },
    { "(0,17,34,51,68,85,102,119,136,153,170,187)",
      "{0, 34, 68, 102, 136, 170, 17, 51, 85, 119, 153, 187}" },
    { "(2305843009213693951,0,1,2305843009213693952)",
      "{2305843009213693951, 0, 1, 2305843009213693952}" },
    { "(-5,-4,-3,-2,-1)", "{-1, -5, -4, -3, -2}" },
    { "(0,1000003,2000006,3000009,4000012,5000015,6000018,7000021)",
      "{0, 1000003, 2000006, 3000009, 4000012, 5000015, 6000018, 7000021}" },
};

static void a_set_of_numbers_has_pythons_order(void)
{
    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
            const char *at = orders[i].elements;
            rc_object *set = keep(heap, rc_set_call(heap, read_tuple(heap, &at)));
            CHECK_TEXT(repr_of(heap, set), orders[i].set);
        }
        close_heap(heap);
    }
}

static void a_set_of_tuples_has_pythons_order(void)
{
    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        const char *at = "((1,2),(2,1),())";
        rc_object *set = keep(heap, rc_set_call(heap, read_tuple(heap, &at)));
        CHECK_TEXT(repr_of(heap, set), p == 0 ? "{(1, 2), (), (2, 1)}" : "{(1, 2), (2, 1), ()}");
        close_heap(heap);
    }
}

/* --------------------------------------------------------------------------- text -- */

static void equal_strs_hash_alike(void)
{
    rc_heap *heap = open_heap(NULL);
    char text[64];

    memset(text, 'x', sizeof text);
    for (size_t size = 2; size < sizeof text; size++) {
        rc_object *first = keep(heap, rc_str_new(heap, text, size));
        rc_object *second = keep(heap, rc_str_new(heap, text, size));
        CHECK_EQUAL(hash_of(heap, first), hash_of(heap, second));
        CHECK(hash_of(heap, first) != hash_of(heap, keep(heap, rc_str_new(heap, text, size - 1))));
    }
    CHECK_EQUAL(hash_of(heap, a_str(heap, "")), 0);
    CHECK(hash_of(heap, keep(heap, rc_str_new(heap, "a\0", 2))) != hash_of(heap, a_str(heap, "a")));
    close_heap(heap);
}

/* The order of a set of strs rests on these: they stay as they are, on every machine. */
static void a_strs_hash_is_the_same_for_ever(void)
{
    static const char text[] = "a str's hash: ";
    static const int64_t hashes[] = {
        INT64_C(0), INT64_C(6927371046252959571), INT64_C(8329847806950740179),
        INT64_C(-2798093843560223127), INT64_C(-568507588137202423), INT64_C(-8966032962057363573),
        INT64_C(166832690877589093), INT64_C(-8124851017905653322), INT64_C(5530435331038595698),
        INT64_C(8640402970052471960), INT64_C(-3464739614304977874), INT64_C(5100725890201915739),
        INT64_C(4284105621920452609), INT64_C(9013138853992574169),
    };
    rc_heap *heap = open_heap("3.8");

    for (size_t size = 0; size < sizeof hashes / sizeof *hashes; size++) {
        rc_object *str = rc_str_new(heap, text, size);
        CHECK(str);
        CHECK_EQUAL(hash_of(heap, str), hashes[size]);
        rc_decref(heap, str);
    }
    close_heap(heap);
}

static void a_strs_hash_is_the_same_in_every_heap_and_profile(void)
{
    int64_t hashes[3];

    for (int p = 0; p < 3; p++) {
        rc_heap *heap = open_heap(profiles[p]);
        hashes[p] = hash_of(heap, a_str(heap, "wupeiqi"));
        close_heap(heap);
    }
    CHECK(hashes[0] == hashes[1] && hashes[1] == hashes[2]);
}

static void ten_thousand_strs_hardly_ever_share_a_place(void)
{
    rc_heap *heap = open_heap(NULL);
    unsigned char places[16384] = { 0 };
    int used = 0;

    for (int i = 0; i < 10000; i++) {
        char text[20];
        rc_object *str = rc_str_new(heap, text, (size_t)snprintf(text, sizeof text, "x%d", i));
        unsigned char *place = &places[hash_of(heap, str) & 16383];
        used += *place == 0;
        *place = 1;
        rc_decref(heap, str);
    }
    CHECK(used > 7300);                 /* chance gives 7486 */
    close_heap(heap);
}

/* ------------------------------------------------------------------------- misuse -- */

static void what_can_change_is_unhashable(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *list = a_list(heap, 0), *dict = keep(heap, rc_dict_new(heap));
    rc_object *set = keep(heap, rc_set_new(heap, NULL, 0));
    int64_t hash = 99;

    CHECK_FAILS(heap, rc_hash(heap, list, &hash), RC_TYPE_ERROR, "unhashable type: 'list'");
    CHECK_FAILS(heap, rc_hash(heap, dict, &hash), RC_TYPE_ERROR, "unhashable type: 'dict'");
    CHECK_FAILS(heap, rc_hash(heap, set, &hash), RC_TYPE_ERROR, "unhashable type: 'set'");
    CHECK_FAILS(heap, rc_hash(heap, a_tuple(heap, 2, an_int(heap, 1), list), &hash),
                RC_TYPE_ERROR, "unhashable type: 'list'");
    CHECK_EQUAL(hash, 99);
    close_heap(heap);
}

/* An empty tuple in a tuple, and so on. */
static rc_object *nested_tuples(rc_heap *heap, int depth)
{
    rc_object *tuple = rc_tuple_new(heap, NULL, 0);

    for (int i = 0; i < depth; i++) {
        rc_object *outer = rc_tuple_new(heap, &tuple, 1);
        rc_decref(heap, tuple);
        tuple = outer;
    }
    return tuple;
}

/* Python's limit of 1000 is not for hashes: random traces found it. */
static void a_tuple_nested_deep_has_a_hash(void)
{
    rc_heap *heap = open_heap(NULL);

    hash_of(heap, keep(heap, nested_tuples(heap, 9000)));
    close_heap(heap);
}

static void a_tuple_nested_too_deep_has_no_hash(void)
{
    rc_heap *heap = open_heap(NULL);
    rc_object *tuple = nested_tuples(heap, 100000);
    int64_t hash;

    keep(heap, tuple);
    CHECK_FAILS(heap, rc_hash(heap, tuple, &hash), RC_RECURSION_ERROR,
                "maximum recursion depth exceeded");
    CHECK_EQUAL(hash_of(heap, an_int(heap, 5)), 5);     /* the depth has gone back to 0 */
    hash_of(heap, a_tuple(heap, 1, a_tuple(heap, 0)));
    close_heap(heap);
}

static const test tests[] = {
    TEST(numbers_hash_as_in_python),
    TEST(equal_numbers_hash_alike),
    TEST(twenty_thousand_numbers_hash_as_in_python),
    TEST(a_nan_hashes_to_0_up_to_3_9_and_by_address_from_3_10_on),
    TEST(None_hashes_by_address_up_to_3_11_and_to_a_constant_from_3_12_on),
    TEST(tuples_hash_as_in_python),
    TEST(frozensets_hash_as_in_python),
    TEST(frozensets_and_tuples_in_each_other_hash_as_in_python),
    TEST(a_set_of_numbers_has_pythons_order),
    TEST(a_set_of_tuples_has_pythons_order),
    TEST(equal_strs_hash_alike),
    TEST(a_strs_hash_is_the_same_for_ever),
    TEST(a_strs_hash_is_the_same_in_every_heap_and_profile),
    TEST(ten_thousand_strs_hardly_ever_share_a_place),
    TEST(what_can_change_is_unhashable),
    TEST(a_tuple_nested_deep_has_a_hash),
    TEST(a_tuple_nested_too_deep_has_no_hash),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
