-- The fields of profiles, each with other values: those that a trace can show, and those
-- that only a test below tests/heap or tests/lua can.

local core = require "refchain.core"

local fields = { releases = { "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13" } }

-- What no trace shows, by the test that is likely to notice.
local HIDDEN = {
  -- sizes, and how much room there is
  ["tests/heap/test_releases"] = [[gc_head_size tuple_head_size list_head_size dict_head_size
    dict_table_head_size dict_str_table_head_size dict_str_entry_size set_head_size str_head_size
    str_wide_head_size str_wide_character_size int_zero_size int_digit_size instance_size
    weakref_size trace_refs pool_refcount_base immortal_refcount empty_frozenset_shared
    dict_presized_pairs tuple_concat_shares final_trash_clears_weakrefs frozenset_untracking
    weakref_tuple_from characters_interned names_immortal set_hash
    dict_str_keys_skipped list_pop_clears list_delete_keeps]],
  ["tests/heap/test_list"] = [[list_growth list_exact_rounding list_from_tuple_exact
    list_extend_exact list_hashed_by_growth]],
  ["tests/heap/test_dict"] = [[dict_growth dict_display_table]],
  ["tests/heap/test_hash"] = "nan_hash_by_address none_hash",
  ["tests/lua/test_gc_by_release"] = [[wording characters_eager dict_walk_counts has_stats
    has_freeze has_generation_objects
    has_is_finalized debug_kinds thresholds_at_once timed_collections refchain_is_table
    refchain_has_pools frame_names_lent has_recursion_error]],
}

local likely = {}
for test, names in pairs(HIDDEN) do
  for name in names:gmatch "%S+" do likely[name] = test end
end

-- Values that change nothing: field, value (nil: any) and release (nil: every), and why.
fields.same = {
  { "int_free_below", nil, nil, "there is no free list of ints whose values it could limit" },
  { "tuple_untracking", "as met", "3.8", "up to 3.8 both untrack the same tuples: those that survive, in one order" },
  { "tuple_untracking", "after", "3.7", "up to 3.8 both untrack the same tuples: those that survive, in one order" },
}
table.insert(fields.same, { "list_exact_rounding", "2", "3.7", "no list is made exactly of another" })
for _, release in ipairs { "3.10", "3.11", "3.12", "3.13" } do
  for _, pairs in ipairs { "14", "16" } do
    table.insert(fields.same, { "dict_presized_pairs", pairs, release,
                                "a table of 15 or 16 pairs is as large if it has grown" })
  end
end
for _, release in ipairs { "3.12", "3.13" } do
  table.insert(fields.same, { "pool_refcount_base", "1", release, "pooled ints are immortal: all show one count" })
end
table.insert(fields.same, { "trace_refs", "yes", "3.13", "there the refchain is a table: no object grows" })
table.insert(fields.same, { "names_immortal", "no", "3.12", "every interned str is immortal, names among them" })
table.insert(fields.same, { "list_hashed_by_growth", "yes", "3.7", "every list is made by growth of another" })
for _, release in ipairs { "3.7", "3.8", "3.9" } do
  table.insert(fields.same, { "dict_presized_pairs", "1", release, "a dict that grows comes to the same slots" })
end
for _, release in ipairs { "3.7", "3.8", "3.9", "3.10" } do
  table.insert(fields.same, { "dict_str_table_head_size", "1", release,
                              "tables of str keys have no size of their own" })
  table.insert(fields.same, { "tuple_free_longest_served", "20", release, "no tuple of 20 is kept" })
end

local function changes_nothing(release, name, value)
  for _, same in ipairs(fields.same) do
    if same[1] == name and (not same[2] or same[2] == value) and (not same[3] or same[3] == release) then
      return true
    end
  end
  return false
end

-- A list of { name =, value = (another one), documented = }; `test` where only tests show it.
-- What is not verified ("-") is no documented fact.
function fields.settings(release)
  local settings = {}
  for _, field in ipairs(core.profile(release)) do
    local function set(value, documented)
      if field.source == "-" or changes_nothing(release, field.name, value) then return end
      table.insert(settings, {
        name = field.name, value = value,
        documented = documented or tostring(field.value),
        kind = field.kind, test = likely[field.name],
      })
    end
    if field.kind == "strategy" then
      for _, choice in ipairs(field.choices) do
        if choice ~= field.value then set(choice) end
      end
    elseif field.kind == "yes or no" then
      set(field.value and "no" or "yes", field.value and "yes" or "no")
    elseif field.kind == "numbers" then
      for i = 1, #field.value do
        local numbers = table.move(field.value, 1, #field.value, 1, {})
        numbers[i] = numbers[i] + 1
        set(table.concat(numbers, ","), table.concat(field.value, ","))
      end
    else
      if field.value < field.greatest then set(tostring(field.value + 1)) end
      if field.value > field.least then set(tostring(field.value - 1)) end
    end
  end
  return settings
end

return fields
