/* dict, as other modules see it. */
#ifndef HEAP_DICT_H
#define HEAP_DICT_H

#include <refchain/dict.h>

/* Untrack a tracked dict if none of its keys and values may be tracked. */
void dict_maybe_untrack(rc_heap *heap, rc_object *dict);

/* Whether `visit` shows the keys; those of a dict of strings are left out. */
bool dict_visits_keys(const rc_heap *heap, const rc_object *dict);

#endif
