/* dict, as other modules see it. */
#ifndef HEAP_DICT_H
#define HEAP_DICT_H

#include <refchain/dict.h>
#include "state.h"

/* A new dict as a display makes it, with one pair, where that is quick; or NULL: nothing has been
 * done.  The key is interned.  (For an instance's first attribute: 110 instructions less.) */
rc_object *dict_of_one_quietly(rc_heap *heap, rc_str *key, rc_object *value);

/* Untrack a tracked dict if none of its keys and values may be tracked. */
void dict_maybe_untrack(rc_heap *heap, rc_object *dict);

#endif
