-- The picture book in a real browser: stepping, keyboard, what axe-core and the boxes on the
-- screen say, and that it asks nobody for anything.  Pictures go to build/browser.
--
--     build/tests/lua tests/browser/test_book.lua FOLDER AXE     (see run.sh)

local json = require "dkjson"
local lab = require "lab"
local lu = require "luaunit"
local machine = require "machine"
local program = require "program"

package.path = "tests/browser/?.lua;" .. package.path
local webdriver = require "webdriver"

-- what stays in `arg` are names of tests, for LuaUnit
local FOLDER, AXE = table.remove(arg, 1), table.remove(arg, 1)

local PAGE_SCRIPT, AXE_SCRIPT = machine.read "tests/browser/page.js", machine.read(AXE)

-- What the pages are made of, besides scenarios of the course.
local MADE = {
  evil = [[
-- </script><b>bold</b><!-- <script>alert(1)</script>
scenario "</script><b>bold</b>"
step "<img src=x onerror=alert(1)>"
v = str "</script><script>document.title = 'broken'</script>"
show(v)
d = dict { { "<b>", v } }
]],
  failing = "-- It fails.\nv = list { 1 }\nexpect_refcnt(v, 3)\n",
}

local browser

-- The address of the page of a scenario (or several), made once.
local made = {}
local function book(name, files)
  if not made[name] then
    local page = ("%s/%s.html"):format(FOLDER, name)
    local command = ("%s report %s -o %s >/dev/null"):format(program.path, files, page)
    local _, _, status = os.execute(command)
    assert(status == 0 or name == "failing" and status == 1, command)
    made[name] = "file://" .. page
  end
  return made[name]
end

local function write(name)
  local path = ("%s/%s.lua"):format(FOLDER, name)
  local file <close> = assert(io.open(path, "w"))
  file:write(MADE[name])
  return path
end

local SCENARIOS = {
  two_lists = "scenarios/03-cycles/two_lists.lua", lru_cache = "scenarios/11-stories/lru_cache.lua",
  trigger = "scenarios/05-generations/twelfth_trigger.lua",
}
local NAMES = { "two_lists", "lru_cache", "trigger", "evil", "failing" }

local function page_of(name) return book(name, SCENARIOS[name] or write(name)) end

local function go(address)
  browser:go "about:blank"
  browser:go(address)
  for _ = 1, 100 do                     -- until the steps are unpacked
    if browser:run "return Boolean(document.querySelector('.place, #contents'))" then return end
    os.execute "sleep 0.05"
  end
end

local function where()
  for _ = 1, 100 do
    local text = browser:run "return document.querySelector('.chapter:not([hidden]) .place')?.textContent"
    if type(text) == "string" and text ~= "" then return text end
    os.execute "sleep 0.05"
  end
  error "the page does not step"
end

local function shown() return browser:run "return document.querySelector('.stage').innerText" end
local function step_number() return tonumber(where():match "^Step (%d+)") end

-- No message of the browser's, no request but for a page itself.
local function check_quiet()
  for _, entry in ipairs(browser:log "browser") do lu.fail(entry.level .. ": " .. entry.message) end
  local ours, requests = { ["about:blank"] = true }, 0
  for _, address in pairs(made) do ours[address] = true end
  for _, entry in ipairs(browser:log "performance") do
    local event = json.decode(entry.message).message
    if event.method == "Network.requestWillBeSent" then
      local address = event.params.request.url:match "^[^#]*"
      lu.assertTrue(ours[address], "a request for " .. address)
      requests = requests + 1
    end
  end
  lu.assertTrue(requests > 0)
end

TestStepping = {}

function TestStepping:setUp()
  browser:size(1280, 900)
  browser:scheme "light"
  self.page = page_of "two_lists"
  go(self.page)
  lu.assertEquals(step_number(), 1)
end
function TestStepping:tearDown() check_quiet() end

function TestStepping:test_buttons()
  local first = shown()
  browser:click ".forward"
  lu.assertEquals(step_number(), 2)
  browser:click ".forward"
  browser:click ".forward"
  lu.assertNotEquals(shown(), first)
  lu.assertStrContains(browser:run "return location.hash", "#step=4")
  for _ = 1, 3 do browser:click ".back" end
  lu.assertEquals(shown(), first)
  lu.assertTrue(browser:run "return document.querySelector('.back').disabled")
end

function TestStepping:test_arrow_keys()
  browser:type(browser.RIGHT)
  browser:type(browser.RIGHT)
  lu.assertEquals(step_number(), 3)
  browser:type(browser.LEFT)
  lu.assertEquals(step_number(), 2)
end

function TestStepping:test_slider()
  browser:type(browser.RIGHT .. browser.RIGHT .. browser.RIGHT, ".slider")
  lu.assertEquals(step_number(), 4)
  lu.assertEquals(browser:run "return document.querySelector('.slider').value", "4")
end

function TestStepping:test_links()
  go(self.page .. "#step=9")
  lu.assertEquals(step_number(), 9)
  lu.assertEquals(browser:run "return document.querySelector('.line.current').dataset.line", "20")
  lu.assertStrContains(shown(), "name v1 is gone")
  browser:run "location.hash = '#step=3'"
  os.execute "sleep 0.1"
  lu.assertEquals(step_number(), 3)
  browser:click ".contents li:nth-child(3) a"
  lu.assertStrContains(shown(), "Without the names each count is 1")
  lu.assertEquals(browser:run "return document.querySelector('.contents [aria-current]').textContent",
                  "without the names each count is 1: not 0, so nothing is destroyed")
  browser:click ".line[data-line='21'] a"
  lu.assertStrContains(where(), "before line 21")
end

function TestStepping:test_pictures_change_and_objects_keep_their_places()
  local function place()
    return browser:run [[
      const texts = [...document.querySelectorAll(".stage [data-panel='objects'] text")];
      const title = texts.find((text) => text.textContent === "list #1");
      return [title.getAttribute("x"), title.getAttribute("y")].join()]]
  end
  go(self.page .. "#step=8")
  local before = place()
  lu.assertStrContains(shown(), "v1")
  go(self.page .. "#step=11")
  lu.assertEquals(place(), before)
  lu.assertStrContains(shown(), "garbage")
end

function TestStepping:test_of_a_large_picture_something_is_in_sight()
  self.page = page_of "lru_cache"
  for _, number in ipairs { 60, 120, 200, 268 } do
    go(("%s#step=%d"):format(self.page, number))
    where()
    lu.assertTrue(browser:run [[
      const panel = document.querySelector(".stage [data-panel='objects']"), frame = panel.getBoundingClientRect();
      return frame.height < 900 && [...panel.querySelectorAll("text")].some((text) => {
        const box = text.getBoundingClientRect();
        return box.top < frame.bottom && box.bottom > frame.top && box.left < frame.right && box.right > frame.left;
      })]])
  end
end

function TestStepping:test_a_collection_opens_into_its_phases()
  local total = tonumber(where():match "of (%d+)")
  local phases
  for number = 1, total do
    go(("%s#step=%d"):format(self.page, number))
    phases = browser:run "return document.querySelectorAll('.stage .collection').length"
    if phases > 0 then break end
  end
  if phases == 0 then lu.skip "collections are not watched" end
  browser:click ".stage .collection summary"
  lu.assertStrContains(shown(), "subtract")
end

function TestStepping:test_several_in_one_page()
  local several = book("several", SCENARIOS.two_lists .. " " .. SCENARIOS.trigger)
  self.page = several
  browser:go(several)
  lu.assertEquals(browser:run "return document.querySelectorAll('.chapter:not([hidden])').length", 0)
  browser:click "a[href='#chapter=2']"
  lu.assertStrContains(where(), "Step 1 of")
  browser:click ".chapter:not([hidden]) .forward"
  lu.assertEquals(browser:run "return location.hash", "#chapter=2&step=2")
end

TestLooks = {}

local function complaints(name)
  return browser:run(("%s\nreturn %s();"):format(PAGE_SCRIPT, name))
end

local function violations()
  browser:run(AXE_SCRIPT .. "\nwindow.axe = axe;")
  local found = browser:wait_for([[
    const done = arguments[arguments.length - 1];
    axe.run(document).then((results) => done(results.violations.map((one) =>
      one.id + ": " + one.help + " " + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + " "
        + node.failureSummary).join(" | "))));]])
  return found
end

local function check_looks(name, step, width, scheme, opened)
  local what = ("%s-%d-%d-%s%s"):format(name, step, width, scheme, opened and "-open" or "")
  browser:size(width, width > 600 and 900 or 812)
  browser:scheme(scheme)
  go(("%s#step=%d"):format(page_of(name), step))
  where()
  if opened then browser:run "for (const one of document.querySelectorAll('.stage details')) one.open = true" end
  browser:picture(("%s/%s.png"):format(FOLDER, what), true)
  for _, question in ipairs { "smallText", "overlaps", "crossings", "cutText" } do
    lu.assertEquals({ what, question, complaints(question) }, { what, question, {} })
  end
  lu.assertEquals({ what, violations() }, { what, {} })
end

local STEPS = { two_lists = { 1, 9, 13 }, lru_cache = { 1, 120, 268 }, trigger = { 40 }, evil = { 4 }, failing = { 2 } }

for _, name in ipairs(NAMES) do
  for _, width in ipairs { 1280, 375 } do
    for _, scheme in ipairs { "light", "dark" } do
      TestLooks[("test_%s_%d_%s"):format(name, width, scheme)] = function()
        for _, step in ipairs(STEPS[name]) do check_looks(name, step, width, scheme) end
        check_looks(name, STEPS[name][1], width, scheme, true)
        check_quiet()
      end
    end
  end
end

-- Each of the checks finds what it is for.
function TestLooks:test_the_checks_see_what_is_wrong()
  browser:size(375, 812)
  go(page_of "two_lists")
  where()
  browser:run [[
    const card = document.querySelector(".stage .changes");
    const add = (name, words, fields) => {
      const made = card.appendChild(document.createElement(name));
      made.textContent = words;
      Object.assign(made.style, fields);
    };
    add("div", "tiny", { fontSize: "11px" });
    add("div", "wide", { width: "900px", textAlign: "right" });
    add("div", "upper", { height: "20px" });
    add("div", "lower", { marginTop: "-15px", height: "20px" });
    add("button", "", {});
    document.querySelector(".stage .objects").style.marginTop = "-60px"]]
  lu.assertStrContains(complaints "smallText"[1], "tiny")
  lu.assertStrContains(table.concat(complaints "cutText", " "), "wide")
  lu.assertStrContains(table.concat(complaints "overlaps", " "), "upper")
  lu.assertStrContains(table.concat(complaints "crossings", " "), "card changes")
  lu.assertStrContains(table.concat(violations(), " "), "button-name")
end

function TestLooks:test_strings_that_look_like_markup_are_text()
  go(page_of "evil" .. "#step=4")
  where()
  lu.assertStrContains(browser:run "return document.title", "</script><b>bold</b>")
  lu.assertEquals(browser:run "return document.querySelectorAll('img, b').length", 0)
end

function TestLooks:test_without_a_script_the_steps_are_told()
  browser:size(1280, 900)
  browser:scheme "light"
  browser:command("Emulation.setScriptExecutionDisabled", { value = true })
  browser:go "about:blank"
  browser:go(page_of "two_lists")
  browser:picture(FOLDER .. "/two_lists-no-script.png", true)
  browser:command("Emulation.setScriptExecutionDisabled", { value = false })
  lu.assertEquals(browser:run [[
    return [...document.querySelectorAll("article.told")].filter((one) => one.checkVisibility()
      && one.querySelector("svg")).length]], 6)
  lu.assertEquals(complaints "cutText", {})
end

function TestLooks:test_on_paper_the_steps_are_told()
  go(page_of "two_lists")
  browser:command("Emulation.setEmulatedMedia", { media = "print" })
  lu.assertTrue(browser:run "return document.querySelector('article.told').checkVisibility()")
  lu.assertFalse(browser:run "return document.querySelector('.stage').checkVisibility()")
  browser:command("Emulation.setEmulatedMedia", { media = "" })
end

browser = webdriver.open(FOLDER)
local _ <close> = browser               -- lab.finish ends the program, and closes it
lab.finish()
