/* Free lists.  The link stays readable; the rest of an entry is poisoned. */
#include <refchain/object.h>

#include "freelist.h"
#include "poison.h"

#define AFTER_LINK(object) ((char *)(object) + sizeof (object)->next)

rc_object *freelist_take(freelist *list, size_t bytes)
{
    rc_object *served = list->top;

    if (!served) {
        list->misses++;
        return NULL;
    }
    list->top = served->next;
    list->size--;
    list->hits++;
    unpoison(AFTER_LINK(served), bytes - sizeof served->next);
    return served;
}

bool freelist_put(freelist *list, rc_object *dead, size_t bytes)
{
    if (list->size >= list->capacity)
        return false;
    dead->next = list->top;
    list->top = dead;
    list->size++;
    poison(AFTER_LINK(dead), bytes - sizeof dead->next);
    return true;
}
