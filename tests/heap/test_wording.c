/* What releases say: src/heap/wording.c. */
#include <string.h>

#include "check.h"
#include "../../src/heap/state.h"

/* A copy of 3.8 that speaks as `release`. */
static rc_profile speaking(const char *release)
{
    rc_profile own = *rc_profile_find("3.8");

    CHECK(!rc_profile_set_strategy(&own, rc_profile_find_field("wording"), release));
    return own;
}

static const char *say(const char *release, rc_wording wording, const char *first,
                       const char *second, const char *third)
{
    static char text[RC_ERROR_SIZE];
    rc_profile own = speaking(release);
    const char *const texts[RC_WORDING_TEXTS] = { first, second, third };

    rc_say(&own, wording, texts, text, sizeof text);
    return text;
}

static void every_release_says_everything(void)
{
    const rc_profile_field *field = rc_profile_find_field("wording");

    for (int i = 0; field->choices[i]; i++)
        for (int wording = RC_SAYS_NOTHING + 1; wording < RC_WORDINGS; wording++)
            CHECK(say(field->choices[i]->name, (rc_wording)wording, "a", "b", "c")[0] != '\0');
}

static void a_release_says_what_is_not_worded_anew_as_the_one_before(void)
{
    CHECK_TEXT(say("2.7", RC_SAYS_NO_INTEGER, "str", NULL, NULL), "an integer is required");
    CHECK_TEXT(say("3.6", RC_SAYS_NO_INTEGER, "str", NULL, NULL),
               "an integer is required (got type str)");
    CHECK_TEXT(say("3.9", RC_SAYS_NO_INTEGER, "str", NULL, NULL),
               "an integer is required (got type str)");
    CHECK_TEXT(say("3.10", RC_SAYS_NO_INTEGER, "str", NULL, NULL),
               "'str' object cannot be interpreted as an integer");
    CHECK_TEXT(say("3.14", RC_SAYS_NO_INTEGER, "str", NULL, NULL),
               "'str' object cannot be interpreted as an integer");
}

static void texts_are_put_in_as_they_are(void)
{
    CHECK_TEXT(say("3.8", RC_SAYS_NO_ATTRIBUTE_TO_SET, "$2", "%s", NULL),
               "'$2' object has no attribute '%s'");
    CHECK_TEXT(say("3.8", RC_SAYS_NO_FLOAT, NULL, NULL, NULL),
               "float() argument must be a string or a number, not ''");
}

static void what_is_too_long_is_cut_at_a_character(void)
{
    rc_profile own = speaking("3.6");
    const char *const texts[RC_WORDING_TEXTS] = { "\xC3\xA9\xC3\xA9" };
    char text[32];

    rc_say(&own, RC_SAYS_CONCATENATES_STR, texts, text, sizeof "must be str, not " + 4);
    CHECK_TEXT(text, "must be str, not \xC3\xA9\xC3\xA9");
    rc_say(&own, RC_SAYS_CONCATENATES_STR, texts, text, sizeof "must be str, not " + 3);
    CHECK_TEXT(text, "must be str, not \xC3\xA9");
    rc_say(&own, RC_SAYS_CONCATENATES_STR, texts, text, 5);
    CHECK_TEXT(text, "must");
    rc_say(&own, RC_SAYS_CONCATENATES_STR, texts, text, 1);
    CHECK_TEXT(text, "");
}

static rc_heap *open_speaking(const char *release)
{
    rc_heap *heap = open_heap("3.8");

    heap->profile = speaking(release);
    return heap;
}

static void the_old_message_may_be_among_the_texts(void)
{
    rc_heap *heap = open_speaking("3.14");

    CHECK(!rc_raise(heap, RC_TYPE_ERROR, "why"));
    CHECK(!rc_raise_worded(heap, RC_TYPE_ERROR, RC_SAYS_NO_KEY, "list", rc_heap_error(heap)->message,
                           NULL));
    CHECK_TEXT(rc_heap_error(heap)->message, "cannot use 'list' as a dict key (why)");
    CHECK_TEXT(rc_heap_error_name(heap), "TypeError");
    close_heap(heap);
}

static void a_key_or_element_without_hash_is_told_as_such(void)
{
    rc_heap *heap = open_speaking("3.14");
    rc_object *list = a_list(heap, 0);
    rc_object *tuple = keep(heap, rc_tuple_new(heap, &list, 1));
    rc_object *dict = keep(heap, rc_dict_new(heap));
    rc_object *set = keep(heap, rc_set_new(heap, NULL, 0));
    rc_object *value;
    int64_t hash;
    bool found;

    CHECK_FAILS(heap, rc_dict_set(heap, dict, tuple, list), RC_TYPE_ERROR,
                "cannot use 'tuple' as a dict key (unhashable type: 'list')");
    CHECK_FAILS(heap, rc_dict_find(heap, dict, list, &value), RC_TYPE_ERROR,
                "cannot use 'list' as a dict key (unhashable type: 'list')");
    CHECK_FAILS(heap, rc_set_add(heap, set, list), RC_TYPE_ERROR,
                "cannot use 'list' as a set element (unhashable type: 'list')");
    CHECK_FAILS(heap, rc_set_discard(heap, set, list, &found), RC_TYPE_ERROR,
                "cannot use 'list' as a set element (unhashable type: 'list')");
    CHECK_FAILS(heap, rc_hash(heap, tuple, &hash), RC_TYPE_ERROR, "unhashable type: 'list'");
    close_heap(heap);
}

static void only_a_release_that_has_it_speaks_of_a_recursion_error(void)
{
    rc_heap *heap = open_heap("3.8");

    CHECK(!rc_raise(heap, RC_RECURSION_ERROR, "too deep"));
    CHECK_TEXT(rc_heap_error_name(heap), "RecursionError");
    heap->profile.has_recursion_error.value = 0;
    CHECK_TEXT(rc_heap_error_name(heap), "RuntimeError");
    CHECK_EQUAL(rc_heap_error(heap)->kind, RC_RECURSION_ERROR);
    close_heap(heap);
}

static const test tests[] = {
    TEST(every_release_says_everything),
    TEST(a_release_says_what_is_not_worded_anew_as_the_one_before),
    TEST(texts_are_put_in_as_they_are),
    TEST(what_is_too_long_is_cut_at_a_character),
    TEST(the_old_message_may_be_among_the_texts),
    TEST(a_key_or_element_without_hash_is_told_as_such),
    TEST(only_a_release_that_has_it_speaks_of_a_recursion_error),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
