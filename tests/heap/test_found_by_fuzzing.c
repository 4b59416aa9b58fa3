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

static void collect_all(void *context, rc_heap *heap, rc_object *self)
{
    size_t found;

    (void)context, (void)self;
    CHECK(rc_gc_collect(heap, 2, &found));
}

static void release_last(void *context, rc_heap *heap)
{
    rc_object **last = context, *object = *last;

    *last = NULL;
    if (object)
        rc_decref(heap, object);
}

/* The newest object was looked for in generation 0, which the host's release, through a
 * finalizer, had emptied. */
static void a_collection_that_is_due_with_generation_0_empty_has_no_trigger(void)
{
    rc_object *last = NULL;
    rc_hooks hooks = { .context = &last, .before_collection = release_last };
    rc_heap *heap = rc_heap_open(&(rc_options) { .profile = rc_profile_find("textbook"),
                                                 .hooks = &hooks });

    CHECK(heap);
    last = rc_instance_new(heap, rc_class_new(heap, "C", collect_all, NULL));
    rc_gc_set_threshold(heap, 0, -1);
    rc_object *list = rc_list_display(heap, NULL, 0);
    CHECK(list && !last);
    CHECK(!rc_gc_get_last(heap)->trigger);
    rc_decref(heap, list);
    rc_heap_close(heap);
}

static const test tests[] = {
    TEST(a_collection_that_is_due_with_generation_0_empty_has_no_trigger),
    TEST(an_empty_list_extended_by_an_empty_dict_or_set_stays_without_room),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
