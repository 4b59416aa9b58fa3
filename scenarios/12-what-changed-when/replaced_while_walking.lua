-- Replacing a key while walking over a dict: an error from 3.8 on, luck before.
scenario "a dict changes under a walk"

local noticed = heap.profile.dict_walk_counts

step "adding a key is noticed in every release: the dict has another size than before"
d = dict { a = 1, b = 2, c = 3 }
expect_error("dictionary changed size during iteration", function()
  for k in keys(d) do d:set("more", k) end
end)

-- One out, one in: the size is what it was.  The old check sees nothing, and the walk
-- comes to the new key as well, or not, as its place in the table will have it.  From
-- 3.8 on a walk also counts, and complains when it meets more keys than there were.
step "one key deleted and another added: not noticed up to 3.7, an error since"
d = dict { a = 1, b = 2, c = 3 }
local replaced = false
local through = pcall(function()
  for _ in keys(d) do
    if not replaced then
      replaced = true
      d:delitem("a")
      d:set("z", 1)
    end
  end
end)
expect_eq(through, not noticed)

step "the dict itself is whole either way"
expect_eq(#d, 3)
expect_eq(d:contains("a"), false)
expect_eq(d:get("z"), 1)

step "new values for keys that are there have always been allowed"
for k in keys(d) do d:set(k, 0) end
expect_eq(d:get("b"), 0)
