/* What the fuzz targets (tests/fuzz) have found: a test for each, and a sentence that
 * says what was wrong. */
#include "check.h"

/* `list->items + size` was computed for a list without an array, whose items is NULL:
 * undefined in C, even where nothing is copied there then. */
static void an_empty_list_extended_by_an_empty_dict_or_set_stays_without_room(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = a_list(heap, 0);

    CHECK(rc_list_extend(heap, list, keep(heap, rc_dict_new(heap))));
    CHECK(rc_list_extend(heap, list, keep(heap, rc_set_new(heap, NULL, 0))));
    CHECK(rc_list_extend(heap, list, a_str(heap, "")));
    CHECK_EQUAL(rc_list_size(list), 0);
    CHECK_EQUAL(rc_list_allocated(list), 0);
    close_heap(heap);
}

static const test tests[] = {
    TEST(an_empty_list_extended_by_an_empty_dict_or_set_stays_without_room),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
