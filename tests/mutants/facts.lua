-- The documented facts, each with edits that falsify it in the sources: what is to be
-- replaced stands in its file exactly once.  A section is one of the facts page.

local facts = {}
local section, test

-- Edits come in twos: old text, new text.
local function fact(sentence, file, ...)
  facts[#facts + 1] = {
    fact = sentence, section = section, file = "src/heap/" .. file, test = test, edits = { ... },
  }
end

-- == Free lists ==============================================================
section = "3"

fact("free lists are last in, first out", "freelist.h",
  "        list->last->next = list->chain;\n        list->chain = list->last;\n" ..
  "        list->chained++;\n    }\n    list->last = dead;\n",
  [[
        rc_object **end = &list->chain;
        while (*end)
            end = &(*end)->next;
        dead->next = NULL;
        *end = dead;
        list->chained++;
    } else {
        list->last = dead;
    }
]])
fact("a full free list takes no more", "freelist.h",
  "list->chained < list->most_chained;", "list->chained <= list->most_chained;")
fact("an object from a free list does not count towards generation 0", "object.h",
  "    return memory ? born(heap, memory, type, RC_FROM_FREE_LIST) : NULL;",
  [[
    if (memory && type->container)
        heap->gc.generations[0].count++;
    return memory ? born(heap, memory, type, RC_FROM_FREE_LIST) : NULL;]])
fact("an object that goes to a free list lowers no counter", "object.h",
  "        object_return(heap, dead, container, bytes);\n}",
  "        object_return(heap, dead, container, bytes);\n    else if (container)\n" ..
  "        gc_count_release(heap);\n}")
fact("an object that is really released lowers the counter", "side.h",
  "    if (RC_LIKELY(*counter >= count))\n        *counter -= count;",
  "    if (RC_LIKELY(*counter >= count))\n        *counter -= 0;")
fact("an object of an older generation lowers the counter, too", "object.c",
  "    heap->deaths++;\n    gc_untrack(heap, object);\n",
  "    heap->deaths++;\n    heap->gc.generations[0].count += entry_of(heap, object)->list > YOUNGEST;\n" ..
  "    gc_untrack(heap, object);\n")
fact("the counter does not fall below 0", "side.h",
  "    if (RC_LIKELY(*counter >= count))\n        *counter -= count;", "    if (true)\n        *counter -= count;")
fact("an untracked object counts like a tracked one", "dict.c",
  "        object = object_new_container(heap, &rc_dict_type, sizeof(rc_dict));\n",
  "        object = object_new_container(heap, &rc_dict_type, sizeof(rc_dict)),\n" ..
  "        heap->gc.generations[0].count -= heap->gc.generations[0].count > 0;\n")
fact("a full collection empties the free lists", "gc.c",
  "    if (generation == RC_OLDEST)\n        clear_free_lists(heap);\n", "")
fact("a collection of generation 1 does not empty them", "gc.c",
  "    if (generation == RC_OLDEST)\n        clear_free_lists(heap);\n",
  "    if (generation >= 1)\n        clear_free_lists(heap);\n")
fact("a collection of generation 0 does not empty them", "gc.c",
  "    if (generation == RC_OLDEST)\n        clear_free_lists(heap);\n",
  "    if (generation != 1)\n        clear_free_lists(heap);\n")
fact("they are emptied after the garbage has gone", "gc.c",
  "    if (generation == RC_OLDEST)\n        clear_free_lists(heap);\n", "",
  "    delete_garbage(heap, generation, UNREACHABLE, older);",
  "    if (generation == RC_OLDEST)\n        clear_free_lists(heap);\n" ..
  "    delete_garbage(heap, generation, UNREACHABLE, older);")
for _, kind in ipairs { "int", "float", "list", "dict" } do
  test = kind == "int" and "tests/heap/test_releases" or nil
  fact(("a full collection empties that of %s, too"):format(kind), "gc.c",
    ("        object_empty_free_list(heap, &heap->%s_free, "):format(kind),
    ("        if (false)\n            object_empty_free_list(heap, &heap->%s_free, "):format(kind))
end
fact("a full collection empties those of tuples of every length", "gc.c",
  "clearing->tuples && length <= LONGEST_FREE_TUPLE; length++",
  "clearing->tuples && length < LONGEST_FREE_TUPLE; length++")
test = "tests/heap/test_gc"
fact("emptying a free list lowers the counter", "object.c",
  "        object_return(heap, dead, container, bytes);\n",
  "        object_memory_free(heap, container, dead, bytes);\n")
test = "tests/heap/test_freelist"
fact("list(x) looks at no free list", "list.c",
  "rc_list *list = new_list(heap, false);", "rc_list *list = new_list(heap, true);")
fact("dict(x) looks at no free list", "dict.c",
  "new_with_table(heap, false, heap->profile.dict_display_table.value\n",
  "new_with_table(heap, true, heap->profile.dict_display_table.value\n")
test = nil

-- == The counters and the automatic collection ==================================
section = "5, counters"

fact("a generation is chosen when its counter exceeds its threshold", "gc.c",
  "return count > heap->gc.generations[generation].threshold;",
  "return count >= heap->gc.generations[generation].threshold + (generation == 0);")
fact("the choice goes from generation 2 down", "gc.c",
  "for (int generation = RC_OLDEST; generation >= 0; generation--) {",
  "for (int generation = 0; generation <= RC_OLDEST; generation++) {")
fact("threshold 0 of 0 switches automatic collection off", "gc.c",
  "gc->enabled && gc->generations[0].threshold != 0", "gc->enabled")
fact("with threshold 0 the counter goes on", "side.h",
  "    return heap->gc.generations[0].count + 1 >= heap->gc.due;",
  "    return heap->gc.generations[0].threshold == 0 || heap->gc.generations[0].count + 1 >= heap->gc.due;",
  "++heap->gc.generations[0].count >= heap->gc.due",
  "(heap->gc.generations[0].count += heap->gc.generations[0].threshold != 0) >= heap->gc.due")
fact("a negative threshold makes every allocation collect", "gc.c",
  "gc->generations[0].threshold != 0", "gc->generations[0].threshold > 0")
fact("threshold 0 of 1 does not switch generation 1 off", "gc.c",
  "if (gc_has_passed(heap, generation) && !gc_is_held_back(heap, generation)) {",
  "if (gc_has_passed(heap, generation) && heap->gc.generations[generation].threshold != 0\n" ..
  "            && !gc_is_held_back(heap, generation)) {")
fact("disabled, nothing collects by itself", "gc.c",
  "return gc->enabled && gc->generations[0].threshold", "return gc->generations[0].threshold")
fact("disabled, the counter goes up", "side.h",
  "    return heap->gc.generations[0].count + 1 >= heap->gc.due;",
  "    return !heap->gc.enabled || heap->gc.generations[0].count + 1 >= heap->gc.due;",
  "++heap->gc.generations[0].count >= heap->gc.due",
  "(heap->gc.generations[0].count += heap->gc.enabled) >= heap->gc.due")
fact("disabled, the counter goes down", "side.h",
  "        *counter -= count;\n", "        *counter -= heap->gc.enabled ? count : 0;\n")
fact("a full collection waits while pending < total / 4, not <=", "gc.c",
  "heap->gc.long_lived_pending < heap->gc.long_lived_total",
  "heap->gc.long_lived_pending <= heap->gc.long_lived_total")
fact("the quarter is an integer division", "gc.c",
  "heap->gc.long_lived_pending < heap->gc.long_lived_total / (size_t)part",
  "heap->gc.long_lived_pending * (size_t)part < heap->gc.long_lived_total")
fact("the quarter rule is for generation 2 only", "gc.c",
  "return generation == RC_OLDEST && part != 0\n", "return generation >= 1 && part != 0\n")
fact("where generation 2 waits, generations 1 and 0 are looked at", "gc.c",
  "        if (gc_has_passed(heap, generation) && !gc_is_held_back(heap, generation)) {",
  "        if (gc_has_passed(heap, generation) && gc_is_held_back(heap, generation))\n" ..
  "            return false;\n        if (gc_has_passed(heap, generation)) {")
fact("while generation 2 waits its counter goes on growing", "gc.c",
  "    heap->gc.generations[generation + 1].count++;\n",
  "    heap->gc.generations[generation + 1].count += generation == 0 || !gc_is_held_back(heap, RC_OLDEST)\n" ..
  "        || heap->gc.generations[RC_OLDEST].count <= heap->gc.generations[RC_OLDEST].threshold;\n")
fact("total counts what a full collection has left", "gc.c",
  "    gc->long_lived_total = list_size(heap, young);\n", "")
fact("total does not count what the full collection found", "gc.c",
  "    gc->long_lived_total = list_size(heap, young);\n",
  "    gc->long_lived_total = list_size(heap, young) + list_size(heap, UNREACHABLE);\n")
fact("total is counted after dicts have been untracked", "gc.c",
  "tuple_untracking(heap) | (young == older ? dict_untracking(heap) : 0));\n    promote(heap, young, older);",
  "tuple_untracking(heap));\n    promote(heap, young, older);\n" ..
  "    if (young == older && dict_untracking(heap))\n        untrack_dicts(heap, young);")
fact("a full collection sets pending to 0", "gc.c", "    gc->long_lived_pending = 0;\n", "")
fact("what generation 1 leaves is pending", "gc.c",
  "            gc->long_lived_pending += list_size(heap, young);", "            gc->long_lived_pending += 0;")
fact("what generation 0 leaves is not pending", "gc.c", "        if (older == YOUNGEST + RC_OLDEST)\n", "")
fact("pending adds up over the collections of generation 1", "gc.c",
  "gc->long_lived_pending += list_size(heap, young);", "gc->long_lived_pending = list_size(heap, young);")
fact("tuples untracked by the collection are not pending", "gc.c",
  "            gc->long_lived_pending += list_size(heap, young);",
  "            gc->long_lived_pending += list_size(heap, young) + gc->running.untracked;")
fact("a collection raises the next counter by 1", "gc.c",
  "    if (generation < RC_OLDEST)\n        heap->gc.generations[generation + 1].count++;\n", "")
fact("one called for raises it, too", "gc_query.c",
  "    *found = heap->gc.collecting ? 0 : gc_run(heap, (int)generation, false);\n",
  "    *found = heap->gc.collecting ? 0 : gc_run(heap, (int)generation, false);\n" ..
  "    if (generation < RC_OLDEST)\n        heap->gc.generations[generation + 1].count--;\n")
fact("a collection sets its generation's counter to 0", "gc.c",
  "    for (int i = 0; i <= generation; i++)\n        heap->gc.generations[i].count = 0;",
  "    for (int i = 0; i <= generation; i++)\n" ..
  "        heap->gc.generations[i].count -= i < generation || i == 0 ? " ..
  "heap->gc.generations[i].count : 1;")
fact("and those of all younger ones", "gc.c",
  "    for (int i = 0; i <= generation; i++)\n        heap->gc.generations[i].count = 0;",
  "    heap->gc.generations[generation].count = 0;")
test = "tests/heap/test_gc"
fact("at its start, not at its end: what its finalizers make counts", "gc.c",
  "    gc->generations[generation].stats.collections++;\n",
  "    gc->generations[0].count = 0;\n    gc->generations[generation].stats.collections++;\n")
test = nil
fact("the object whose allocation collects is not counted afterwards (<= 3.11)", "object.h",
  "    gc_count_allocation(heap, type);    /* may collect: the new object is not there yet */\n",
  "    int before = heap->gc.generations[0].count;\n    gc_count_allocation(heap, type);\n" ..
  "    heap->gc.generations[0].count += heap->gc.generations[0].count < before;\n")
fact("each automatic collection is one, not one per generation over its threshold", "gc.c",
  "            gc_run(heap, generation, true);\n            return true;\n",
  "            gc_run(heap, generation, true);\n")
fact("a poll looks at the thresholds again (3.12+)", "gc.c",
  "!heap->gc.collecting && gc_collect_due(heap);", "!heap->gc.collecting && (gc_run(heap, 0, true), true);")
fact("a request that came too late is gone (3.12+)", "gc.c",
  "    heap->gc.requested = false;\n    return heap->gc.enabled && !heap->gc.collecting && gc_collect_due(heap);",
  "    bool done = heap->gc.enabled && !heap->gc.collecting && gc_collect_due(heap);\n" ..
  "    heap->gc.requested = !done;\n    return done;")
test = "tests/heap/test_gc"
fact("a poll collects nothing once the collector is disabled (3.12+)", "gc.c",
  "return heap->gc.enabled && !heap->gc.collecting && gc_collect_due",
  "return !heap->gc.collecting && gc_collect_due")
fact("no collection starts inside another by itself", "gc.c",
  "gc->generations[0].threshold != 0 && !gc->collecting;", "gc->generations[0].threshold != 0;")
fact("gc.collect() inside a collection gives 0", "gc_query.c",
  "heap->gc.collecting ? 0 : gc_run(heap, (int)generation, false);",
  "gc_run(heap, (int)generation, false);")
test = nil

-- == What a collection does =====================================================
section = "5, a collection"

-- Large collections have a way of their own, in reach.c: with this edit they go that of all others.
local LARGE, ALIKE = "if (list_size(heap, list) >= LARGE_COLLECTION && ", "if (false && "

test = "tests/heap/test_gc"
fact("1: at \"start\" the counters are still the old ones", "gc.c",
  "    gc_set_due(heap);\n    call_back(heap, &info);\n",
  "    gc_set_due(heap);\n    heap->gc.generations[0].count = 0;\n    call_back(heap, &info);\n")
fact("1: callbacks are told before the collection", "gc.c",
  "    gc_set_due(heap);\n    call_back(heap, &info);\n", "    gc_set_due(heap);\n")
fact("17: callbacks are told what was found", "gc.c",
  ".collected = found - uncollectable,", ".collected = 0 * found,")
test = nil
fact("3: younger generations are appended at the tail", "generation.c",
  [[
    entry_at(heap, target->prev)->next = source->next;
    entry_at(heap, source->next)->prev = target->prev;
    entry_at(heap, source->prev)->next = (uint32_t)to;
    target->prev = source->prev;
]], [[
    entry_at(heap, target->next)->prev = source->prev;
    entry_at(heap, source->prev)->next = target->next;
    entry_at(heap, source->next)->prev = (uint32_t)to;
    target->next = source->next;
]])
fact("3: generation 0, then generation 1", "gc.c",
  "    for (int i = 0; i < generation; i++)\n        list_merge(heap, YOUNGEST + i, YOUNGEST + generation);",
  "    for (int i = generation; i-- > 0;)\n        list_merge(heap, YOUNGEST + i, YOUNGEST + generation);")
fact("4: every reference counts, not only that there is one", "gc.c", LARGE, ALIKE,
  "*refs_at(heap, slot) += object->refcount;", "*refs_at(heap, slot) += 1;")
fact("5: references from other generations are from outside", "gc.c", LARGE, ALIKE,
  "    for (each_in(object, heap, list)) {\n        uint32_t slot = slot_of(heap, object);\n" ..
  "        *refs_at(heap, slot) += object->refcount;",
  "    for (int i = YOUNGEST; i < YOUNGEST + RC_GENERATIONS; i++)\n        if (i != list)\n" ..
  "            for (each_in(outer, heap, i))\n                if (!rc_is(outer, &rc_weakref_type))\n" ..
  "                    traverse(heap, outer, visit_decref, &list);\n" ..
  "    for (each_in(object, heap, list)) {\n        uint32_t slot = slot_of(heap, object);\n" ..
  "        *refs_at(heap, slot) += object->refcount;")
fact("6: what turns out to be reachable goes to the tail of the list that is walked", "gc.c",
  "static void visit_reachable(", "static uint32_t walked;\n\nstatic void visit_reachable(",
  "        list_move(heap, target, reachable);\n}",
  [[
    {
        uint32_t slot = slot_of(heap, target);
        side_entry *at = entry_at(heap, walked);
        list_remove(heap, target);
        entry->prev = walked;
        entry->next = at->next;
        entry_at(heap, at->next)->prev = slot;
        at->next = slot;
        entry->list = (uint8_t)reachable;
        heap->list_sizes[reachable]++;
    }
}]],
  "            traverse(heap, object, visit_reachable, &list);\n",
  "            walked = slot_of(heap, object);\n            traverse(heap, object, visit_reachable, &list);\n")
fact("6: what seems unreachable goes to the tail of its list", "gc.c",
  "            list_move(heap, object, unreachable);\n",
  [[
            side_entry *entry = entry_at(heap, slot), *sentinel = entry_at(heap, (uint32_t)unreachable);
            list_remove(heap, object);
            entry->prev = (uint32_t)unreachable;
            entry->next = sentinel->next;
            entry_at(heap, sentinel->next)->prev = slot;
            sentinel->next = slot;
            entry->list = (uint8_t)unreachable;
            heap->list_sizes[unreachable]++;
]])
fact("6: what a reachable object refers to is reachable though not met yet", "gc.c", LARGE, ALIKE,
  "    *refs += *refs == 0;                /* not met yet: the walk will find it reachable */\n",
  "    (void)refs;\n")
fact("7: tuples are untracked in a walk from the head (3.8+)", "gc.c",
  "    for (rc_object *object = list_first(heap, list), *next; object; object = next) {\n" ..
  "        next = list_next(heap, object, list);\n        if (rc_is(object, &rc_tuple_type))",
  "    uint32_t end = (uint32_t)list;\n" ..
  "    for (uint32_t at = entry_at(heap, end)->prev, before; at != end; at = before) {\n" ..
  "        rc_object *object = object_at(heap, at);\n" ..
  "        before = entry_at(heap, at)->prev;\n        if (rc_is(object, &rc_tuple_type))")
fact("7: young collections untrack tuples, too (3.8+)", "gc.c",
  "tuple_untracking(heap) | (young == older ?",
  "(tuple_untracking(heap) & ~(young == older ? 0 : UNTRACK_TUPLES)) | (young == older ?")
fact("7: young collections untrack tuples, too (3.7)", "gc.c",
  "tuple_untracking(heap) | (young == older ?",
  "(tuple_untracking(heap) & ~(young == older ? 0 : UNTRACK_TUPLES_AS_MET)) | (young == older ?")
fact("8: survivors join the next older generation", "gc.c",
  "int older = generation < RC_OLDEST ? young + 1 : young;", "int older = YOUNGEST + RC_OLDEST;")
fact("8: survivors go to its tail", "gc.c",
  "        list_merge(heap, young, older);\n        return;",
  "        list_merge(heap, older, young);\n        list_merge(heap, young, older);\n        return;")
fact("8: a full collection untracks dicts of atoms", "gc.c",
  "(young == older ? dict_untracking(heap) : 0)", "0 * dict_untracking(heap)")
fact("8: a young one does not", "gc.c",
  "    if (young != older) {\n", "    if (heap->profile.dict_untracking.value)\n" ..
  "        untrack_dicts(heap, young);\n" ..
  "    if (young != older) {\n")
fact("8: dicts are untracked after tuples", "gc.c", LARGE, ALIKE,
  "    if (untracks & UNTRACK_TUPLES)\n        untrack_tuples(heap, list);\n" ..
  "    if (untracks & UNTRACK_DICTS)\n        untrack_dicts(heap, list);\n",
  "    if (untracks & UNTRACK_DICTS)\n        untrack_dicts(heap, list);\n" ..
  "    if (untracks & UNTRACK_TUPLES)\n        untrack_tuples(heap, list);\n")
fact("8: a dict is untracked only if no key may be tracked", "dict.c",
  "        if (gc_may_be_tracked(heap, entry->key) || gc_may_be_tracked(heap, entry->value))\n            return;",
  "        if (gc_may_be_tracked(heap, entry->value))\n            return;")
fact("8: nor any value", "dict.c",
  "        if (gc_may_be_tracked(heap, entry->key) || gc_may_be_tracked(heap, entry->value))\n            return;",
  "        if (gc_may_be_tracked(heap, entry->key))\n            return;")
test = "tests/heap/test_weakref"
fact("10, 13.9: weak references are cleared, and callbacks called, before finalizers run", "gc.c",
  "    size_t collected = handle_weakrefs(heap, UNREACHABLE, older, &called);\n" ..
  "    finalize_garbage(heap, UNREACHABLE, &called);",
  "    finalize_garbage(heap, UNREACHABLE, &called);\n" ..
  "    size_t collected = handle_weakrefs(heap, UNREACHABLE, older, &called);")
fact("10: all of them before any callback", "gc.c",
  "        if (object->type->weakly_referable)\n            clear_weakrefs_to(heap, object);\n    }\n    for (",
  "        if (object->type->weakly_referable && !weakrefs_first(heap, object, true))\n" ..
  "            clear_weakrefs_to(heap, object);\n" ..
  "    }\n    for (each_in(object, heap, unreachable)) {\n" ..
  "        if (!object->type->weakly_referable || !weakrefs_first(heap, object, false))\n            continue;\n" ..
  "        clear_weakrefs_to(heap, object);\n        rc_object *first = list_first(heap, CALLBACKS);\n" ..
  "        if (!first)\n            continue;\n        *called = true;\n        weakref_call(heap, first);\n" ..
  "    }\n    for (")
fact("10: a weak reference that is trash is not called", "gc.c",
  "if (!weakref_has_callback(weakref) || trash)", "if (!weakref_has_callback(weakref) || (trash && false))")
fact("10, 13.9: callbacks in the order of the objects", "gc.c",
  "        list_append(heap, weakref, CALLBACKS);\n",
  "        list_append(heap, weakref, CALLBACKS);\n        while (list_first(heap, CALLBACKS) != weakref)\n" ..
  "            list_move(heap, list_first(heap, CALLBACKS), CALLBACKS);\n")
fact("10: of one object, the newest weak reference first", "weakref.c",
  "    rc_weakref *before = weakref->callback ? plain_one(weakref->referent) : NULL;\n",
  "    rc_weakref *before = weakref->callback ? plain_one(weakref->referent) : NULL;\n" ..
  "    for (rc_weakref *at = weakref->callback ? as_weakref(*list_of(weakref->referent)) : NULL; at; at = " ..
  "after(heap, at))\n" ..
  "        before = at;\n")
fact("10: one that died after its callback counts as collected", "gc.c",
  "            freed++;", "            freed += 0;")
test = nil
fact("11: a collection runs no finalizer that has run", "gc.c",
  "return instance_has_finalizer(object) && !gc_is_finalized(heap, object);",
  "return instance_has_finalizer(object);")
fact("11: nor does death by count", "object.c",
  "if (gc_is_finalized(heap, object) && !legacy)", "if (gc_is_finalized(heap, object) && legacy)")
fact("11: after death by count a resurrected one's finalizer runs no more", "object.c",
  "    gc_set_finalized(heap, object);\n", "    (void)object;\n")
fact("11: finalizers run in the order of the list", "gc.c",
  "    for (rc_object *object; (object = list_first(heap, unreachable)) != NULL;) {\n" ..
  "        list_move(heap, object, SEEN);\n",
  "    for (rc_object *object; (object = list_first(heap, unreachable)) != NULL;) {\n" ..
  "        object = object_at(heap, entry_at(heap, (uint32_t)unreachable)->prev);\n" ..
  "        list_move(heap, object, SEEN);\n")
fact("11: the list's order is the same afterwards", "gc.c",
  "        list_move(heap, object, SEEN);\n",
  "        list_move(heap, object, SEEN);\n        for (size_t i = 1; i < list_size(heap, SEEN); i++)\n" ..
  "            list_move(heap, list_first(heap, SEEN), SEEN);\n")
fact("12: a resurrected batch goes to the older generation (3.7, 3.8)", "gc.c",
  "    clear_collecting(heap, unreachable);\n    save(heap, unreachable, older);",
  "    clear_collecting(heap, unreachable);\n    (void)older;\n    save(heap, unreachable, YOUNGEST);")
fact("12: what is resurrected goes to the older generation (3.9+)", "gc.c",
  "    save(heap, unreachable, older);\n    list_merge(heap, STILL_UNREACHABLE, unreachable);",
  "    (void)older;\n    save(heap, unreachable, YOUNGEST);\n" ..
  "    list_merge(heap, STILL_UNREACHABLE, unreachable);")
fact("14: garbage is deleted from the head of the list", "gc.c",
  "    for (rc_object *object; (object = list_first(heap, unreachable)) != NULL;) {\n" ..
  "        entry_of(heap, object)->flags",
  "    for (rc_object *object; (object = list_first(heap, unreachable)) != NULL;) {\n" ..
  "        object = object_at(heap, entry_at(heap, (uint32_t)unreachable)->prev);\n" ..
  "        entry_of(heap, object)->flags",
  "        if (list_first(heap, unreachable) == object)",
  "        if (list_first(heap, unreachable)\n" ..
  "            && object_at(heap, entry_at(heap, (uint32_t)unreachable)->prev) == object)")
test = "tests/heap/test_gc_query"
fact("14: what its own clear does not free goes to the older generation", "gc.c",
  "        if (list_first(heap, unreachable) == object)\n            list_move(heap, object, older);",
  "        if (list_first(heap, unreachable) == object)\n" ..
  "            list_move(heap, object, older > 0 ? YOUNGEST : older);")
test = "tests/heap/test_gc_query"
fact("14: DEBUG_SAVEALL keeps garbage in gc.garbage", "gc.c",
  "            if (!gc_append_garbage(heap, object))\n" ..
  "                heap->error = pending;  /* as CPython: it is lost for gc.garbage */",
  "            heap->error = pending;")
fact("14: DEBUG_SAVEALL clears nothing", "gc.c",
  "        } else if (object->type->clear) {", "        }\n        if (object->type->clear) {")
fact("14: gc.garbage is in list order", "gc.c",
  "    gc->garbage[gc->garbage_size++] = object;\n",
  "    for (size_t i = gc->garbage_size++; i > 0; i--)\n        gc->garbage[i] = gc->garbage[i - 1];\n" ..
  "    gc->garbage[0] = object;\n")
test = nil
fact("17: statistics are the collected generation's", "gc.c",
  "    gc->generations[generation].stats.collections++;", "    gc->generations[0].stats.collections++;")
fact("17: the statistics count what was collected", "gc.c",
  "stats.collected += collected;", "stats.collected += found;")
fact("the result counts the final trash", "gc.c",
  "heap->profile.counts_resurrected.value ? found : list_size(heap, UNREACHABLE);", "found;")
fact("new objects are tracked at the tail of generation 0", "side.h",
  "static inline void link_object(",
  [[
static inline void link_first(rc_heap *heap, uint32_t slot, int list)
{
    side_entry *sentinel = entry_at(heap, (uint32_t)list), *entry = entry_at(heap, slot);

    entry->next = sentinel->next;
    entry->prev = (uint32_t)list;
    entry_at(heap, sentinel->next)->prev = slot;
    sentinel->next = slot;
    entry->list = (uint8_t)list;
    heap->list_sizes[list]++;
}

static inline void link_object(]],
  "        link_last(heap, slot_of(heap, object), YOUNGEST);\n",
  "        link_first(heap, slot_of(heap, object), YOUNGEST);\n")
section = "6, freeze"
fact("freeze takes generation 0, 1, 2 in this order", "gc_query.c",
  "    for (int i = 0; i < RC_GENERATIONS; i++) {\n        list_merge",
  "    for (int i = RC_GENERATIONS; i-- > 0;) {\n        list_merge")
fact("freeze takes all generations", "gc_query.c",
  "    for (int i = 0; i < RC_GENERATIONS; i++) {\n        list_merge",
  "    for (int i = 0; i < RC_OLDEST; i++) {\n        list_merge")
for generation = 0, 2 do
  fact(("freeze sets counter %d to 0"):format(generation), "gc_query.c",
    "        heap->gc.generations[i].count = 0;\n",
    ("        if (i != %d)\n            heap->gc.generations[i].count = 0;\n"):format(generation))
end
fact("freeze leaves total alone", "gc_query.c", "        heap->gc.generations[i].count = 0;\n",
  "        heap->gc.generations[i].count = 0;\n        heap->gc.long_lived_total = 0;\n")
fact("freeze leaves pending alone", "gc_query.c", "        heap->gc.generations[i].count = 0;\n",
  "        heap->gc.generations[i].count = 0;\n        heap->gc.long_lived_pending = 0;\n")
fact("unfreeze puts everything into generation 2", "gc_query.c",
  "    list_merge(heap, PERMANENT, YOUNGEST + RC_OLDEST);\n", "    list_merge(heap, PERMANENT, YOUNGEST);\n")
fact("unfreeze puts it at the tail", "gc_query.c",
  "    list_merge(heap, PERMANENT, YOUNGEST + RC_OLDEST);\n",
  "    list_merge(heap, YOUNGEST + RC_OLDEST, PERMANENT);\n" ..
  "    list_merge(heap, PERMANENT, YOUNGEST + RC_OLDEST);\n")
fact("unfreeze leaves the counters alone", "gc_query.c",
  "    list_merge(heap, PERMANENT, YOUNGEST + RC_OLDEST);\n",
  "    list_merge(heap, PERMANENT, YOUNGEST + RC_OLDEST);\n    heap->gc.generations[0].count = 0;\n")
fact("unfreeze leaves total alone", "gc_query.c",
  "    list_merge(heap, PERMANENT, YOUNGEST + RC_OLDEST);\n",
  "    heap->gc.long_lived_total += list_size(heap, PERMANENT);\n" ..
  "    list_merge(heap, PERMANENT, YOUNGEST + RC_OLDEST);\n")
fact("unfreeze leaves pending alone", "gc_query.c",
  "    list_merge(heap, PERMANENT, YOUNGEST + RC_OLDEST);\n",
  "    heap->gc.long_lived_pending += list_size(heap, PERMANENT);\n" ..
  "    list_merge(heap, PERMANENT, YOUNGEST + RC_OLDEST);\n")
test = "tests/heap/test_gc_query"
fact("get_objects gives generation 0, then 1, then 2", "gc_query.c",
  "    for (int i = 0; i < RC_GENERATIONS; i++)\n        if (!each_of",
  "    for (int i = RC_GENERATIONS; i-- > 0;)\n        if (!each_of")
fact("get_objects passes over what is frozen", "gc_query.c",
  "    for (int i = 0; i < RC_GENERATIONS; i++)\n        if (!each_of",
  "    for (int i = 0; i <= RC_GENERATIONS; i++)\n        if (!each_of")
fact("get_referrers does not search what is frozen", "gc_query.c",
  "list < YOUNGEST + RC_GENERATIONS; list++", "list <= PERMANENT; list++")
test = nil

-- == Orders ======================================================================
section = "5, orders"

fact("a list is visited from its last item", "list.h",
  "for (size_t i = list->var.size; i-- > 0; )", "for (size_t i = 0; i < list->var.size; i++)")
fact("a tuple is visited from its last item", "tuple.h",
  "for (size_t i = tuple->var.size; i-- > 0; ) {", "for (size_t i = 0; i < tuple->var.size; i++) {")
fact("a dict is visited in the order of insertion", "dict_table.h",
  "        for (; entry < end; entry++)\n",
  "        for (const dict_entry *first = entry; (entry = --end) >= first;)\n",
  "    for (; entry < end; entry++) {\n",
  "    for (const dict_entry *first = entry; (entry = --end) >= first;) {\n")
fact("a set is visited in the order of its table", "set.c",
  "    size_t position = 0;\n    rc_object *element;\n\n    while (rc_set_next(self, &position, &element))\n" ..
  "        show(heap, element, context);",
  "    const rc_set *set = as_set(self);\n\n" ..
  "    for (size_t i = set->mask + (size_t)1; set->entries && i-- > 0;)\n" ..
  "        if (set_entry_used(&set->entries[i]))\n            show(heap, set->entries[i].key, context);")
fact("an instance's attributes are visited in the class's order (3.11+)", "instance.c",
  "    for (uint32_t i = 0; instance->values && i < instance->values->room; i++)\n" ..
  "        if (instance->values->values[i])\n            show",
  "    for (uint32_t i = instance->values ? instance->values->room : 0; i-- > 0;)\n" ..
  "        if (instance->values->values[i])\n            show")
fact("a dying list releases its last item first", "list.c",
  "        rc_object *item = list->items[--list->var.size];\n        if (object_dies",
  "        rc_object *item = list->items[0];\n" ..
  "        memmove(list->items, list->items + 1, array_bytes(--list->var.size));\n        if (object_dies")
fact("list.clear releases the last item first", "list.c",
  "    while (size-- > 0)\n        rc_release(heap, items[size], RC_FOR_ITEM, self);",
  "    for (size_t i = 0; i < size; i++)\n        rc_release(heap, items[i], RC_FOR_ITEM, self);")
fact("a dying tuple releases its last item first", "tuple.c",
  "tuple->items[size - ++self->refcount];", "tuple->items[self->refcount++];")
fact("a dying dict releases in the order of insertion", "dict.c",
  "        rc_object *key = entries[i].key, *value = entries[i].value;\n",
  "        dict_entry *at = &entries[table->entries - 1 - i];\n" ..
  "        rc_object *key = at->key, *value = at->value;\n",
  "            entries[i].key = NULL;\n            self->refcount = i;\n",
  "            at->key = NULL;\n            self->refcount = i;\n",
  "    for (; i < table->entries && entries[i].key && outlives",
  "    for (; false && i < table->entries && entries[i].key && outlives")
fact("a dying dict releases the key, then the value", "dict.c",
  [[
        if (key && object_dies(heap, key, RC_FOR_KEY, self)) {
            entries[i].key = NULL;
            self->refcount = i;
            return key;
        }
        if (value && object_dies(heap, value, RC_FOR_VALUE, self)) {
            self->refcount = i + 1;
            return value;
        }
]], [[
        if (value && object_dies(heap, value, RC_FOR_VALUE, self)) {
            entries[i].value = NULL;
            self->refcount = i;
            return value;
        }
        if (key && object_dies(heap, key, RC_FOR_KEY, self)) {
            self->refcount = i + 1;
            return key;
        }
]])
fact("dict.clear releases in the order of insertion", "dict.c",
  "    for (uint32_t i = 0; i < table->entries; i++) {\n" ..
  "        const dict_entry *entry = &entries_of(table)[i];\n        if (entry->key) {\n            rc_release",
  "    for (uint32_t i = table->entries; i-- > 0;) {\n        const dict_entry *entry = &entries_of(table)[i];\n" ..
  "        if (entry->key) {\n            rc_release")
fact("dict.clear releases the key, then the value", "dict.c",
  "            rc_release(heap, entry->key, RC_FOR_KEY, self);\n" ..
  "            rc_release(heap, entry->value, RC_FOR_VALUE, self);",
  "            rc_release(heap, entry->value, RC_FOR_VALUE, self);\n" ..
  "            rc_release(heap, entry->key, RC_FOR_KEY, self);")
fact("a dying set releases in the order of its table", "set.c",
  "&set->entries[self->refcount++];", "&set->entries[set->mask - self->refcount++];")
fact("set.clear releases in the order of its table", "set.c",
  "    for (size_t i = 0; i <= mask; i++) {\n        if (set_entry_used(&entries[i]))\n            rc_release",
  "    for (size_t i = mask + 1; i-- > 0;) {\n        if (set_entry_used(&entries[i]))\n            rc_release")

-- == Tracking ====================================================================
section = "7"

fact("a dict is tracked for a value that may be tracked", "dict.c",
  "    if ((gc_may_be_tracked(heap, key) || gc_may_be_tracked(heap, value))\n",
  "    if (((void)value, gc_may_be_tracked(heap, key))\n")
fact("a dict is tracked for a key that may be tracked", "dict.c",
  "    if ((gc_may_be_tracked(heap, key) || gc_may_be_tracked(heap, value))\n",
  "    if (((void)key, gc_may_be_tracked(heap, value))\n")
fact("an untracked dict as a value tracks the outer one", "side.h",
  "           && (!rc_is(object, &rc_tuple_type) || gc_tracked(heap, object));",
  "           && gc_tracked(heap, object);")
fact("an untracked tuple does not", "side.h",
  "           && (!rc_is(object, &rc_tuple_type) || gc_tracked(heap, object));", "           && heap;")
fact("a tracked tuple does", "side.h",
  "           && (!rc_is(object, &rc_tuple_type) || gc_tracked(heap, object));",
  "           && heap && !rc_is(object, &rc_tuple_type);")
fact("a dict stays tracked when an atom replaces its value", "dict.c",
  "    entry->value = value;\n    rc_release(heap, old, RC_FOR_VALUE, dict);\n",
  "    entry->value = value;\n    if (gc_tracked(heap, &dict->head) && heap->profile.dict_untracking.value)\n" ..
  "        dict_maybe_untrack(heap, &dict->head);\n    rc_release(heap, old, RC_FOR_VALUE, dict);\n")
fact("a dict stays tracked when its pairs are deleted", "dict.c",
  "    dict_entry taken = take_out(dict, index);\n    rc_release(heap, taken.key, RC_FOR_KEY, self);",
  "    dict_entry taken = take_out(dict, index);\n    if (heap->profile.dict_untracking.value)\n" ..
  "        dict_maybe_untrack(heap, self);\n    rc_release(heap, taken.key, RC_FOR_KEY, self);")
fact("a dict stays tracked when it is cleared", "dict.c",
  "    dict->table = NULL;\n    dict->used = 0;\n    dict->changes++;\n    for",
  "    dict->table = NULL;\n    dict->used = 0;\n    dict->changes++;\n" ..
  "    if (heap->profile.dict_untracking.value && !heap->gc.collecting)\n        gc_untrack(heap, self);\n    for")
fact("an empty list is tracked", "list.c",
  "    gc_track(heap, &list->var.head);\n",
  "    if (list->var.size > 0)\n        gc_track(heap, &list->var.head);\n")
fact("a list of atoms is tracked", "list.c",
  "    gc_track(heap, &list->var.head);\n",
  "    bool containers = list->var.size == 0;\n    for (size_t i = 0; i < list->var.size; i++)\n" ..
  "        containers |= list->items[i]->type->container;\n    if (containers)\n" ..
  "        gc_track(heap, &list->var.head);\n")
fact("an empty set is tracked", "set.c",
  "static rc_object *finish(rc_heap *heap, rc_set *set)\n{\n    gc_track(heap, &set->head);",
  "static rc_object *finish(rc_heap *heap, rc_set *set)\n{\n    if (set->used > 0)\n" ..
  "        gc_track(heap, &set->head);")
fact("an instance is tracked", "instance.c",
  "    gc_track(heap, make_instance(as_instance(object), class));",
  "    make_instance(as_instance(object), class);",
  "gc_track_quietly(heap, make_instance(as_instance(object), class))",
  "make_instance(as_instance(object), class)")
fact("a weak reference is tracked", "weakref.c", "        gc_track(heap, &weakref->head);\n", "")
fact("a tuple is untracked only if no item may be tracked", "tuple.c",
  "        if (!tuple->items[i] || gc_may_be_tracked(heap, tuple->items[i]))\n            return;",
  "        if (!tuple->items[i] || (i == 0 && gc_may_be_tracked(heap, tuple->items[i])))\n            return;")
section = "13, tracking"
fact("10: the key that is passed tracks the dict though an equal one stays", "dict.c",
  "    track_for(heap, &dict->head, key, value);   /* the key passed, though the old one stays */",
  "    track_for(heap, &dict->head, entry->key, value);\n    (void)key;")
test = "tests/heap/test_dict"
fact("7: a copy of a dict is tracked as the dict is", "dict.c",
  "    if (gc_tracked(heap, &other->head) && !gc_tracked(heap, &dict->head))\n" ..
  "        gc_track(heap, &dict->head);\n", "")
test = nil

-- == Release and the trashcan ======================================================
section = "9 and 13, release"

fact("1: 50 levels are released before one is put aside (3.8 to 3.12)", "profile.c",
  "those put aside last are released first\" },\n    50, false",
  "those put aside last are released first\" },\n    51, false")
fact("1: not one less", "profile.c",
  "those put aside last are released first\" },\n    50, false",
  "those put aside last are released first\" },\n    49, false")
fact("1: 50 levels (3.7)", "profile.c",
  "earlier and never empties the trash\" },\n    50, true",
  "earlier and never empties the trash\" },\n    51, true")
fact("1: the trashcan is last in, first out", "object.c",
  "    object->prev = heap->trash;\n    heap->trash = object;",
  "    rc_object **end = &heap->trash;\n    while (*end)\n        end = &(*end)->prev;\n" ..
  "    object->prev = NULL;\n    *end = object;")
fact("1: later rounds have 49 levels", "object.c",
  "    heap->trash_nesting++;\n    while (heap->trash) {", "    while (heap->trash) {",
  "    heap->calm_levels = heap->trash_levels - 1;\n    heap->trash_nesting--;",
  "    heap->calm_levels = heap->trash_levels - 1;")
fact("1: the trash is emptied when the outermost release is over", "object.c",
  "heap->trash_nesting <= 0 &&", "heap->trash_nesting <= 1 &&")
fact("1: it is popped until it is empty", "object.c", "    while (heap->trash) {", "    if (heap->trash) {")
test = "tests/heap/test_death"
fact("1: a weak reference has no part in it", "object.c",
  "    return type != &rc_weakref_type;", "    return type != NULL;")
test = nil
fact("1: a set has", "object.c",
  "    return type != &rc_weakref_type;", "    return type != &rc_weakref_type && type != &rc_set_type;",
  "    heap->trash_nesting++;\n    report_death(heap, object);\n    return true;",
  "    heap->trash_nesting += has_trashcan(object->type);\n    report_death(heap, object);\n    return true;",
  "    heap->trash_nesting++;\n    release_tree(heap, object, child);",
  "    heap->trash_nesting += has_trashcan(object->type);\n    release_tree(heap, object, child);")
fact("1: an instance has", "object.c",
  "    return type != &rc_weakref_type;", "    return type != &rc_weakref_type && type != &rc_instance_type;",
  "        heap->trash_nesting++;\n" ..
  "        if (rc_is(object, &rc_instance_type) && resurrected(heap, object)) {\n" ..
  "            leave_nesting(heap, type);\n            return false;\n        }\n    }",
  "        heap->trash_nesting++;\n    }\n" ..
  "    if (rc_is(object, &rc_instance_type) && resurrected(heap, object))\n        return false;")
fact("1: a finalizer is deferred with its instance", "object.c",
  "    if (has_trashcan(type)) {\n        if (heap->trash_nesting + ",
  "    if (has_trashcan(type)) {\n        if (rc_is(object, &rc_instance_type) && resurrected(heap, object))\n" ..
  "            return false;\n        if (heap->trash_nesting + ")
fact("12: an instance never empties the trash (3.7)", "object.c",
  "    if (!counts_itself_twice(heap, type))\n        drain_trash(heap);",
  "    (void)type;\n    drain_trash(heap);")
fact("2: a list's head goes to its free list after its items", "list.h",
  "/* What its type's `destroy` does in a list of lists",
  [[
static inline bool put_under(freelist *list, rc_object *dead, size_t bytes)
{
    bool held = rc_is(dead, &rc_list_type) && ((const rc_list *)dead)->allocated > 0;
    if (!freelist_put(list, dead, bytes))
        return false;
    rc_object *under = held ? list->chain : NULL;
    if (under) {
        dead->next = under->next;
        list->chain = dead;
        list->last = under;
    }
    return true;
}
#define freelist_put put_under          /* by list.c, too */

/* What its type's `destroy` does in a list of lists]])
fact("2: a tuple goes to its free list after its items", "tuple.c",
  "    object_free(heap, self, true, tuple_bytes(size), keeping_list(heap, size));\n",
  [[
    freelist *list = keeping_list(heap, size);
    object_free(heap, self, true, tuple_bytes(size), list);
    rc_object *under = list && list->last == self ? list->chain : NULL;
    if (under) {
        self->next = under->next;
        list->chain = self;
        list->last = under;
    }
]])
fact("2: a dict's head goes to its free list after its pairs", "dict.c",
  "    object_free(heap, self, true, sizeof(rc_dict), &heap->dict_free);\n",
  [[
    object_free(heap, self, true, sizeof(rc_dict), &heap->dict_free);
    rc_object *under = table && heap->dict_free.last == self ? heap->dict_free.chain : NULL;
    if (under) {
        self->next = under->next;
        heap->dict_free.chain = self;
        heap->dict_free.last = under;
    }
]])
fact("3: a tuple has no clear function", "tuple.c",
  "const rc_type rc_tuple_type = {\n",
  "static void clear_items(rc_heap *heap, rc_object *self)\n{\n" ..
  "    for (size_t i = as_tuple(self)->var.size; i-- > 0;) {\n" ..
  "        rc_object *item = as_tuple(self)->items[i];\n" ..
  "        as_tuple(self)->items[i] = NULL;\n        if (item)\n" ..
  "            rc_release(heap, item, RC_FOR_ITEM, self);\n    }\n}\n\n" ..
  "const rc_type rc_tuple_type = {\n    .clear = clear_items,\n")
fact("5: resurrected by count, an object is in generation 0", "object.c",
  "    gc_track(heap, object);\n    instance_finalize(heap, object);",
  "    list_append(heap, object, YOUNGEST + RC_OLDEST);\n    instance_finalize(heap, object);")
test = "tests/heap/test_death"
fact("5: during its finalizer an object that dies by count has a count of 1", "object.c",
  "    object->refcount = 1;\n    if (event", "    object->refcount = 2;\n    if (event",
  "    if (--object->refcount != 0) {", "    if ((object->refcount -= 2) != 0) {")
test = "tests/heap/test_gc"
fact("5: during its finalizer one that the collector found has one reference more", "gc.c",
  "        rc_hold(heap, object, RC_FOR_FINALIZER, NULL);\n        instance_finalize(heap, object);\n" ..
  "        rc_release(heap, object, RC_FOR_FINALIZER, NULL);\n",
  "        instance_finalize(heap, object);\n")
fact("5: and is in no generation", "gc_query.c",
  "    return list >= YOUNGEST && list <= PERMANENT ? list - YOUNGEST : RC_NO_GENERATION;",
  "    return list >= YOUNGEST && list <= PERMANENT ? list - YOUNGEST : list != NO_LIST ? 2 : RC_NO_GENERATION;")
test = nil
fact("6: resurrected objects go to the older generation's tail (3.9+)", "gc.c",
  "    save(heap, unreachable, older);\n    list_merge(heap, STILL_UNREACHABLE, unreachable);",
  "    list_merge(heap, older, SEEN);\n    save(heap, unreachable, older);\n" ..
  "    list_merge(heap, SEEN, older);\n    list_merge(heap, STILL_UNREACHABLE, unreachable);")
fact("6: resurrected objects go to the older generation's tail (3.7, 3.8)", "gc.c",
  "    clear_collecting(heap, unreachable);\n    save(heap, unreachable, older);",
  "    clear_collecting(heap, unreachable);\n    list_merge(heap, older, SEEN);\n" ..
  "    save(heap, unreachable, older);\n    list_merge(heap, SEEN, older);")
fact("6: resurrected tuples are not untracked (3.9+)", "gc.c",
  "    save(heap, unreachable, older);\n    list_merge(heap, STILL_UNREACHABLE, unreachable);",
  "    untrack_tuples(heap, unreachable);\n    save(heap, unreachable, older);\n" ..
  "    list_merge(heap, STILL_UNREACHABLE, unreachable);")
fact("6: resurrected tuples are not untracked (3.7, 3.8)", "gc.c",
  "    clear_collecting(heap, unreachable);\n    save(heap, unreachable, older);",
  "    clear_collecting(heap, unreachable);\n    untrack_tuples(heap, unreachable);\n" ..
  "    save(heap, unreachable, older);")
fact("6: resurrected objects are not pending (3.9+)", "gc.c",
  "    save(heap, unreachable, older);\n    list_merge(heap, STILL_UNREACHABLE, unreachable);",
  "    heap->gc.long_lived_pending += list_size(heap, unreachable);\n" ..
  "    save(heap, unreachable, older);\n    list_merge(heap, STILL_UNREACHABLE, unreachable);")
fact("6: resurrected objects are not pending (3.7, 3.8)", "gc.c",
  "    clear_collecting(heap, unreachable);\n    save(heap, unreachable, older);",
  "    clear_collecting(heap, unreachable);\n" ..
  "    heap->gc.long_lived_pending += list_size(heap, unreachable);\n" ..
  "    save(heap, unreachable, older);")
fact("20: a dict delete drops the key, then the value", "dict.c",
  "    rc_release(heap, taken.key, RC_FOR_KEY, self);\n    rc_release(heap, taken.value, RC_FOR_VALUE, self);\n" ..
  "    return true;",
  "    rc_release(heap, taken.value, RC_FOR_VALUE, self);\n    rc_release(heap, taken.key, RC_FOR_KEY, self);\n" ..
  "    return true;")

-- == Weak references ================================================================
section = "13, weak references"

fact("7: ref(x) gives the existing reference again", "weakref.c",
  "    rc_weakref *existing = callback ? NULL : plain_one(referent);\n    if (!existing) {",
  "    rc_weakref *existing = NULL;\n    if (!existing) {")
test = "tests/heap/test_weakref"
fact("7: with a callback there is always a new one", "weakref.c",
  "    rc_weakref *existing = callback ? NULL : plain_one(referent);\n    if (!existing) {",
  "    rc_weakref *existing = as_weakref(*list_of(referent));\n    if (!existing) {")
test = nil
section = "12, weak references"
test = "tests/heap/test_weakref"
fact("a weak reference's hash is its referent's", "weakref.c",
  "if (!rc_hash(heap, weakref->referent, &weakref->hash))", "if (!rc_hash(heap, heap->none, &weakref->hash))")
test = nil
fact("it is kept when the referent has died", "weakref.c",
  "    if (weakref->hash == NO_HASH) {", "    if (weakref->hash == NO_HASH || !weakref->referent) {")
fact("never asked for before the referent died: TypeError", "weakref.c",
  "            return rc_raise(heap, RC_TYPE_ERROR, \"weak object has gone away\");",
  "            return *result = 0, true;")
fact("an object that resurrects itself by count keeps its weak references", "object.c",
  "    if (--object->refcount != 0) {\n",
  "    if (--object->refcount != 0) {\n        weakrefs_drop(heap, object);\n")

-- == Instances ========================================================================
section = "12, instances"

fact("attributes are released in the class's order (3.11+)", "instance.c",
  "        rc_object **place = &values->values[self->refcount++], *value = *place;",
  "        rc_object **place = &values->values[values->room - ++self->refcount], *value = *place;")
fact("the collector's clear releases them in this order, too (3.11+)", "instance.c",
  "    for (uint32_t i = 0; values && i < values->room; i++)\n        if (values->values[i])\n" ..
  "            rc_release",
  "    for (uint32_t i = values ? values->room : 0; i-- > 0;)\n        if (values->values[i])\n" ..
  "            rc_release")
fact("a class has room for 30 names, not for 29 (3.11+)", "instance.c",
  "while its class has room for their names\" },\n    MOST_NAMES",
  "while its class has room for their names\" },\n    MOST_NAMES - 1")
fact("each instance takes 1 of the room (3.11+)", "instance.c",
  "        class->room--;                  /*", "        (void)class;                  /*")
fact("but never the last (3.11+)", "instance.c", "    if (class->room > 1)\n", "    if (class->room > 0)\n")
fact("each new name takes 1 (3.11+)", "instance.c",
  "        class->room--;\n        class->names", "        class->names")
fact("down to 0 (3.11+)", "instance.c",
  "*stored = !new_name || class->room > 0;", "*stored = !new_name || class->room > 1;")
fact("with no room there is a real dict (3.11+)", "instance.c",
  "    return dict ? rc_dict_set",
  "    return dict && ((const attributes_strategy *)heap->profile.attributes.value)->room == 0 ? rc_dict_set")
fact("it is in the order in which the instance's attributes were set (3.11+)", "instance.c",
  "    while (dict && as_instance(self)->values && !as_instance(self)->dict\n" ..
  "           && rc_instance_next(self, &position, &each_name, &each_value))\n",
  "    while (dict && !as_instance(self)->dict && as_instance(self)->values) {\n" ..
  "        rc_instance *own = as_instance(self);\n" ..
  "        while (position < own->values->room && !own->values->values[position])\n            position++;\n" ..
  "        if (position >= own->values->room)\n            break;\n" ..
  "        each_name = own->class->names[position];\n        each_value = own->values->values[position++];\n",
  "            rc_release(heap, dict, RC_FOR_CREATION, NULL);\n            return NULL;\n        }\n" ..
  "    if (dict && !rc_dict_set(heap, dict, name, value))",
  "            rc_release(heap, dict, RC_FOR_CREATION, NULL);\n            return NULL;\n        }\n    }\n" ..
  "    if (dict && !rc_dict_set(heap, dict, name, value))")

-- == Sizes and values ===================================================================
section = "13, sizes"

test = "tests/heap/test_dict"
fact("13: a dict's next table has slots for 3 times its pairs (3.7+)", "dict_table.c",
  "    return power_at_least(used * 3);", "    return power_at_least(used * 2);")
fact("13: rounded up more from 3.10 on", "dict_table.c",
  "    return rounded_at_least(used * 3);", "    return power_at_least(used * 3);")
fact("14: a key that is no str resizes an all-str table (3.11+)", "dict_table.c",
  "    return table->all_str && !is_str(key) && str_tables_differ(heap);",
  "    return table->all_str && !is_str(key) && false && str_tables_differ(heap);")
test = "tests/heap/test_set"
fact("15: a set's fill counts deleted elements", "set.c",
  "if (!place->key && is_full(heap, (uint64_t)set->fill + 1, set->mask)) {",
  "if (!place->key && is_full(heap, (uint64_t)set->used + 1, set->mask)) {")
section = "13, values"
test = nil
fact("19: hashes decide a set's order: neighbours, then a jump", "set.c",
  "    p->perturb >>= 5;\n    p->jump = (p->jump * 5 + 1", "    p->perturb >>= 4;\n    p->jump = (p->jump * 5 + 1")
fact("19: a search looks at 9 neighbours", "set.c", "#define NEIGHBOURS 9", "#define NEIGHBOURS 8")

-- == What cannot be observed ===============================================================

facts.unobservable = {
  { "4: immortal containers go to the permanent generation (3.12)",
    "no container of the lab is immortal" },
  { "7: an item that is NULL keeps a tuple tracked", "a tuple is tracked when all its items are in" },
  { "13.1: what is put aside is untracked and has a count of 0",
    "nothing refers to it; only a debugger could see it" },
  { "3: the length of a tuple is the number of its free list",
    "an entry of another length would have too little memory" },
}

return facts
