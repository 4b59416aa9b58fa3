-- `refchain report`: the picture book, without a browser (tests/browser has one).

local lab = require "lab"
local lu = require "luaunit"
local machine = require "machine"
local program = require "program"

local EVIL = [[</script><b>bold</b><!-- <script>alert(1)</script> & "']]

local CYCLE = [[
-- Two lists hold each other.
scenario "a cycle"
step "each has a name"
left = list {}
right = list { left }
left:append(right)
step "the names are gone"
del("left", "right")
expect_collect(2)
print "found"
]]

-- The page that `files` (or one scenario's text) give, and how the program ended.
local function report(files, arguments)
  if type(files) == "string" then files = { ["a.lua"] = files } end
  local folder <close> = program.folder(files)
  local result = folder:run("report " .. (arguments or "a.lua -o book.html"))
  local file = io.open(folder.name .. "/book.html", "rb")
  if file then
    result.page = file:read "a"
    file:close()
  end
  return result
end

-- The page without what is raw text: style, script, and compressed steps.
local function markup_of(page)
  return (page:gsub("<style>.-</style>", "<style></style>"):gsub("(<script[^>]*>).-</script>", "%1</script>"))
end

-- All elements open and close in order: nil, or what is wrong.
local function structure_problem(page)
  local open = {}
  local empty = { meta = true, input = true }
  for close, name, rest in markup_of(page):gsub("^<!DOCTYPE html>", ""):gmatch "<(/?)([%w]+)([^>]*)>" do
    if close == "/" then
      local last = table.remove(open)
      if last ~= name then return ("</%s> closes <%s>"):format(name, tostring(last)) end
    elseif rest:sub(-1) ~= "/" then
      if empty[name] then return ("<%s> does not end"):format(name) end
      open[#open + 1] = name
    end
  end
  if #open > 0 then return "open at the end: " .. table.concat(open, " ") end
end

TestPage = {}

function TestPage:test_is_written_and_said()
  local result = report(CYCLE)
  lu.assertEquals(result.err, "")
  lu.assertEquals(result.status, 0)
  lu.assertStrMatches(result.out, "ok    a%.lua: a cycle  %(%d+ steps%)\n\nbook%.html: 1 run\n")
  lu.assertStrContains(result.page, "<h1>a cycle</h1>")
  lu.assertStrContains(result.page, "Two lists hold each other.")
  lu.assertStrContains(result.page, "passed")
  lu.assertStrContains(result.page, "a.lua on 3.8")
end

function TestPage:test_is_well_formed()
  lu.assertNil(structure_problem(report(CYCLE).page))
  lu.assertEquals(structure_problem "<!DOCTYPE html><p><b></p></b>", "</p> closes <b>")
end

function TestPage:test_is_the_same_on_every_run()
  lu.assertTrue(report(CYCLE).page == report(CYCLE).page)
end

function TestPage:test_without_a_script_tells_each_step_with_picture_and_table()
  local page = report(CYCLE).page
  local told = {}
  for id, text in page:gmatch '<article class="told" id="(step=%d+)"><h2>(.-)</h2>' do
    told[#told + 1] = { id, text }
  end
  lu.assertEquals(#told, 2)
  lu.assertEquals(told[1][2], "each has a name")
  lu.assertEquals(told[2][2], "the names are gone")
  for _, step in ipairs(told) do lu.assertStrContains(page, ('href="#%s"'):format(step[1])) end
  local first = page:match '<article.-</article>'
  lu.assertStrContains(first, "<svg")
  lu.assertStrContains(first, machine.has "dot" and "cycle of 2" or "Graphviz&#39;s program dot is not on the PATH")
  lu.assertStrContains(first, "<table><caption>")
  lu.assertStrContains(first, "name left: now list #1")
end

function TestPage:test_shows_the_source_with_numbered_lines()
  local page = report(CYCLE).page
  lu.assertStrContains(page, '<li class="line" data-line="4"><span class="number">4</span><code>left = list {}</code>')
  lu.assertStrContains(page, '<i class="comment">-- Two lists hold each other.</i>')
  lu.assertStrContains(page, '<i class="string">&quot;a cycle&quot;</i>')
end

function TestPage:test_of_300_steps_is_small()
  local result = report [[
step "a list grows"
l = list {}
for i = 1, 300 do
  l:append(list { i })
  local _ = i
  v = dict { { i, l } }
  w = tuple { v, i }
end
]]
  lu.assertEquals(result.status, 0)
  lu.assertTrue(#result.page < 500e3, #result.page)
end

function TestPage:test_of_very_many_objects_is_small()
  lu.skipIf(not machine.has "dot", "graphviz is not installed")
  local result = report "step 'many lists'\nall = list {}\nfor _ = 1, 100000 do all:append(list {}) end\n"
  lu.assertEquals(result.status, 0)
  lu.assertStrContains(result.page, "99989 list")
  lu.assertTrue(#result.page < 300e3, #result.page)
end

TestSafety = {}

function TestSafety:test_text_of_a_scenario_is_text()
  local result = report(([[
-- %s
scenario(%q)
step(%q)
v = str(%q)
print(%q)
show(v)
d = dict { { %q, %q } }
class(%q, {})
]]):format(EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, "Node"))
  lu.assertEquals(result.status, 0)
  lu.assertNil(structure_problem(result.page))
  lu.assertNil(result.page:find("<b>bold", 1, true))
  lu.assertNil(result.page:find("alert(1)</script>", 1, true))
  lu.assertStrContains(result.page, "&lt;/script&gt;&lt;b&gt;bold&lt;/b&gt;")
  local scripts = select(2, result.page:gsub("<script", ""))
  lu.assertEquals(scripts, 2)                   -- the steps, and the page's own
  lu.assertEquals(select(2, result.page:gsub("</script>", "")), 2)
end

function TestSafety:test_a_file_name_is_text()
  local name = "<b>&'.lua"
  local result = report({ [name] = CYCLE }, ('"%s" -o book.html'):format(name))
  lu.assertEquals(result.status, 0)
  lu.assertNil(result.page:find("<b>&", 1, true))
  lu.assertStrContains(result.page, "&lt;b&gt;&amp;&#39;.lua on 3.8")
end

function TestSafety:test_text_that_is_no_utf8_is_shown()
  local result = report "scenario \"\\xff\\0\"\nv = list { 1 }\n"
  lu.assertEquals(result.status, 0)
  lu.assertTrue(utf8.len(result.page) ~= nil)
  lu.assertStrContains(result.page, [[<h1>\xFF\x00</h1>]])
end

function TestSafety:test_the_policy_allows_the_page_its_own_style_and_script_alone()
  local page = report(CYCLE).page
  local policy = page:match 'content="(default%-src[^"]*)"'
  lu.assertStrContains(policy, "default-src &#39;none&#39;")
  lu.assertNil(policy:find "unsafe")
  local style, script = page:match "<style>(.-)</style>", page:match "<script>(.-)</script>"
  local function hash(text)
    local folder <close> = program.folder { text = text }
    return folder:shell("openssl dgst -sha256 -binary text | base64").out:match "%S+"
  end
  lu.assertStrContains(policy, ("style-src &#39;sha256-%s&#39;"):format(hash(style)))
  lu.assertStrContains(policy, ("script-src &#39;sha256-%s&#39;"):format(hash(script)))
end

function TestSafety:test_nothing_in_it_leads_elsewhere()
  local page = report(CYCLE).page:gsub('xmlns="http://www.w3.org/2000/svg"', "")
  lu.assertNil(page:find "https?:")
  lu.assertNil(page:find "url%(")
  lu.assertNil(page:find "@import")
  for target in page:gmatch '[%s](h?r?e?f?s?r?c?)="' do lu.assertTrue(target ~= "src", target) end
  for target in page:gmatch 'href="([^"]*)"' do lu.assertStrMatches(target, "#.*") end
  lu.assertNil(markup_of(page):find '%son%l+="')
  lu.assertNil(markup_of(page):find '%sstyle="')
end

TestSeveral = {}

local TWO = { ["a/one.lua"] = CYCLE, ["a/two.lua"] = "v = list { 1 }\n", ["b/three.lua"] = "w = 1\n" }

function TestSeveral:test_one_page_has_contents_and_a_chapter_for_each()
  local result = report(TWO, "a b -o book.html")
  lu.assertEquals(result.status, 0)
  lu.assertStrContains(result.out, "book.html: 3 runs\n")
  lu.assertNil(structure_problem(result.page))
  for number = 1, 3 do
    lu.assertStrContains(result.page, ('href="#chapter=%d"'):format(number))
    lu.assertStrContains(result.page, ('id="chapter=%d"'):format(number))
  end
  lu.assertStrContains(result.page, 'id="chapter=1&amp;step=')
end

function TestSeveral:test_a_folder_that_is_made_is_open_to_those_who_may_read_others()
  local folder <close> = program.folder(TWO)
  lu.assertEquals(folder:shell("umask 022 && exec $REFCHAIN report a b -o new/book/").status, 0)
  lu.assertEquals(folder:shell("stat -c %a new new/book").out, "755\n755\n")
end

function TestSeveral:test_a_folder_gets_a_page_for_each_and_an_index()
  local folder <close> = program.folder(TWO)
  local result = folder:run "report a b -o book/"
  lu.assertEquals(result.err, "")
  lu.assertEquals(result.status, 0)
  local index = folder:read "book/index.html"
  lu.assertNil(structure_problem(index))
  for href in index:gmatch 'href="([^"]*)"' do
    lu.assertStrContains(folder:read("book/" .. href), 'href="index.html"')
  end
  lu.assertEquals(select(2, index:gsub("href=", "")), 3)
  lu.assertStrContains(index, "a cycle")
  lu.assertStrContains(index, "<h2>a</h2>")
end

function TestSeveral:test_a_file_that_defines_tests_has_a_chapter_for_each()
  local result = report "function test_a() x = list {} end\nfunction test_b() expect(false) end\n"
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.out, "ok    a.lua::test_a")
  lu.assertStrContains(result.out, "FAIL  a.lua::test_b")
  lu.assertStrContains(result.page, "a: test_a")
  lu.assertStrContains(result.page, "a: test_b")
end

TestOutcomes = {}

function TestOutcomes:test_a_failing_scenario_has_a_book_that_says_so()
  local result = report "v = list {}\nexpect_refcnt(v, 7)\n"
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.out, "FAIL  a.lua")
  lu.assertStrContains(result.page, '<span class="badge failed">')
  lu.assertStrContains(result.page, "expected 7 references")
  lu.assertStrContains(result.page, '<li class="line wrong" data-line="2">')
end

function TestOutcomes:test_a_skipped_one_too()
  local result = report("needs \"gc.freeze\"\n", "a.lua -o book.html --profile 3.6")
  lu.assertEquals(result.status, 0)
  lu.assertStrContains(result.page, "profile 3.6 has no gc.freeze")
  lu.assertStrContains(result.page, '<span class="badge skipped">')
end

function TestOutcomes:test_one_that_does_not_end_too()
  local result = report("v = list { 1 }\nwhile true do end\n", "a.lua -o book.html --timeout 0.3")
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.page, "timed out")
  lu.assertStrContains(result.page, "<svg")
end

function TestOutcomes:test_one_that_is_no_lua_too()
  local result = report "v = = 1\n"
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.page, "syntax error")
  lu.assertNil(structure_problem(result.page))
end

TestOptions = {}

function TestOptions:test_the_profile_and_its_settings_are_named()
  local result = report(CYCLE, "a.lua -o book.html --profile 3.13 --set float_free=0")
  lu.assertEquals(result.status, 0)
  lu.assertStrContains(result.page, "a.lua on 3.13 with float_free = 0")
end

function TestOptions:test_a_seed_is_where_random_numbers_start()
  local code = "v = int(math.random(1000000))\nshow(v)\n"
  local one, two = report(code, "a.lua -o book.html --seed 1").page, report(code, "a.lua -o book.html --seed 2").page
  lu.assertTrue(one ~= two)
end

function TestOptions:test_memory_is_limited()
  local result = report("s = string.rep('x', 1 << 30)\n", "a.lua -o book.html --max-memory 20M")
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.page, "out of memory")
end

local function refused(arguments, message)
  local result = report(CYCLE, arguments)
  lu.assertStrContains(result.err, message)
  lu.assertEquals(result.status, 2)
  lu.assertNil(result.page)
end

function TestOptions:test_wrong_use_is_refused()
  refused("a.lua", "missing option '-o'")
  refused("-o book.html", "missing argument 'file'")
  refused("a.lua -o book.html --profile 3.7,3.8", "one profile")
  refused("a.lua -o book.html --profile nope", "nope")
  refused("a.lua -o book.html --set nope=1", "nope")
  refused("a.lua -o book.html --outptu x", "--output")
  refused("missing.lua -o book.html", "missing.lua")
  refused("a.lua -o missing/book.html", "missing/book.html")
end

function TestOptions:test_what_can_be_read_is_in_the_book_all_the_same()
  local result = report(CYCLE, "a.lua missing.lua -o book.html")
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.err, "missing.lua")
  lu.assertStrContains(result.page, "a cycle")
end

function TestOptions:test_a_folder_without_scenarios_is_nothing_to_report()
  local result = report({ ["b/x.txt"] = "" }, "b -o book.html")
  lu.assertEquals(result.status, 5)
  lu.assertNil(result.page)
end

function TestOptions:test_no_half_written_book_is_left()
  local folder <close> = program.folder { ["a.lua"] = CYCLE, ["book.html"] = "before" }
  local result = folder:run "report a.lua -o missing/book.html"
  lu.assertEquals(result.status, 2)
  lu.assertEquals(folder:shell("ls").out, "a.lua\nbook.html\n")
end

lab.finish()
