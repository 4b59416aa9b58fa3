-- A server's memory grows.  No cycle is to blame: something still refers to every
-- page.  gc.get_referrers says what.
scenario "the leaking cache"

local Page = class "Page"
gc.disable()

-- The program: pages are rendered for a session, and forgotten when it ends.
rendered = dict {}                      -- "so that nothing is rendered twice"
sessions = dict {}

local function visit(user, url)
  frame(function()
    page = Page { url = url }
    rendered:set(user .. url, page)
    sessions:setdefault(user, list {}):append(page)
  end)
end

step "a hundred visitors come, look at three pages each, and go"
for n = 1, 100 do
  local user = "user" .. n
  for _, url in ipairs { "/", "/news", "/about" } do visit(user, url) end
  sessions:delitem(user)
end
expect_eq(#sessions, 0)
expect_live("Page", 300)                -- none of them went

step "is it garbage that waits for the collector?  No: there is nothing to find"
expect_collect(0)

step "so there are references.  Take one of the pages, and ask"
local suspect
for _, x in ipairs(gc.get_objects()) do
  if typename(x) == "Page" then suspect = x break end
end
expect_refcnt(suspect, 1)
local referrers = gc.get_referrers(suspect)
expect_eq(#referrers, 1)
expect_same(referrers[1], rendered)
show(suspect, "is held by a dict of " .. #referrers[1] .. " entries")

step "found: nobody ever deletes from it.  Emptying it frees all pages at once"
rendered:clear()
expect_live("Page", 0)

-- The mend: the cache may know a page, but must not keep it.
local function visit_mended(user, url)
  frame(function()
    page = Page { url = url }
    rendered:set(user .. url, weakref.ref(page))
    sessions:setdefault(user, list {}):append(page)
  end)
end

step "with weak references in the cache, pages go when their session goes"
for _, url in ipairs { "/", "/news", "/about" } do visit_mended("alex", url) end
expect_live("Page", 3)
expect_eq(rendered:get("alex/")().url, "/")     -- while the session lasts, it is a cache
sessions:delitem("alex")
expect_live("Page", 0)
expect_same(rendered:get("alex/")(), None)
