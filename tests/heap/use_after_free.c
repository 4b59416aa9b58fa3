/* Uses memory after its release, on purpose: valgrind must report it, for a library
 * built with -DRC_VALGRIND.  `use_after_free pool` reads a dead set in its pool,
 * `use_after_free freelist` a dead list on its free list; with another argument or
 * none nothing is wrong. */
#include <stdio.h>
#include <string.h>

#include <refchain/refchain.h>

int main(int count, char **arguments)
{
    const char *what = count > 1 ? arguments[1] : "";
    rc_heap *heap = rc_heap_open(NULL);
    rc_object *set = heap ? rc_set_new(heap, NULL, 0) : NULL;
    rc_object *list = heap ? rc_list_display(heap, NULL, 0) : NULL;

    if (!set || !list)
        return 2;
    const volatile uint32_t *count_of_set = &set->refcount, *count_of_list = &list->refcount;
    uint32_t seen = *count_of_set + *count_of_list;
    rc_decref(heap, set);
    rc_decref(heap, list);
    if (strcmp(what, "pool") == 0)
        seen += *count_of_set;
    if (strcmp(what, "freelist") == 0)
        seen += *count_of_list;
    rc_heap_close(heap);
    puts(seen == 2 ? "nothing was wrong" : "something was read that is gone");
    return 0;
}
