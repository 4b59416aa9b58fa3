-- Pictures as SVG: what they say, that nothing overlaps or is cut, and that they are the
-- same bytes each time.

local lu = require "luaunit"
local lab = require "lab"
local core = require "refchain.core"
local drawing = require "drawing"
local find_cycles = require "refchain.picture.cycles"
local fold = require "refchain.picture.fold"
local graph = require "refchain.picture.graph"
local graphviz = require "refchain.picture.graphviz"
local machine = require "machine"
local measure = require "refchain.picture.measure"
local moments = require "moments"
local picture = require "refchain.picture"
local refchain = require "refchain"
local style = require "refchain.picture.style"

local HAS_DOT = machine.has "dot"
local CELL = 13 * 0.62

-- In place of dot: everything in a row, as large as it was asked for.
local function in_a_row(input)
  local nodes, edges, x, high = {}, {}, 0, 0
  for id, cells in input:gmatch "(b%d+) %[label=<(.-)>%];" do
    local width, height = 0, 0
    for wide, tall in cells:gmatch 'width="(%d+)" height="(%d+)"' do
      width, height = math.max(width, tonumber(wide)), height + tonumber(tall)
    end
    nodes[#nodes + 1] = { id = id, width = width, height = height }
  end
  for id, width, height in input:gmatch "(n%d+) %[shape=box.- width=(%S+) height=(%S+)%];" do
    nodes[#nodes + 1] = { id = id, width = tonumber(width) * 72, height = tonumber(height) * 72 }
  end
  for _, node in ipairs(nodes) do high = math.max(high, node.height + 80) end
  local lines = {}
  for _, node in ipairs(nodes) do
    x = x + node.width / 2 + 30
    lines[#lines + 1] = ("node %s %g %g %g %g label solid plain black lightgrey"):format(node.id, x / 72,
      high / 144, node.width / 72, node.height / 72)
    x = x + node.width / 2 + 30
  end
  for tail, head, colour in input:gmatch "(%w+):?%w*:e %-> (%w+):h:w %[color=\"(#%x+)\"" do
    edges[#edges + 1] = ('edge %s %s 4 1 1 2 2 3 3 4 4 solid "%s"'):format(tail, head, colour)
  end
  return ("graph 1 %g %g\n%s\n%s\nstop\n"):format((x + 1) / 72, high / 72, table.concat(lines, "\n"),
                                                 table.concat(edges, "\n"))
end

local function objects_svg(moment, all, run)
  return picture.objects_svg(moment, assert(picture.layout(all or { moment }, run or in_a_row)))
end

local function texts(svg, class)
  local found = {}
  for _, element in ipairs(drawing.parse(svg)) do
    if element.name == "text" and (not class or element.attributes.class == class) then
      found[#found + 1] = element.text
    end
  end
  return found
end

-- No box over another; no text beyond the picture, nor beyond the box it begins in.
local function check_places(svg)
  local elements = drawing.parse(svg)
  local boxes = drawing.boxes(elements)
  local width, height = tonumber(elements[1].attributes.width), tonumber(elements[1].attributes.height)
  for i, box in ipairs(boxes) do
    lu.assertTrue(box.x1 >= 0 and box.y1 >= 0 and box.x2 <= width and box.y2 <= height)
    for j = i + 1, #boxes do lu.assertFalse(drawing.overlap(box, boxes[j])) end
  end
  for _, element in ipairs(elements) do
    if element.name == "text" then
      local long = measure.width(element.text) * CELL
      local a = element.attributes
      local x, y = tonumber(a.x) + element.x, tonumber(a.y) + element.y
      local left = a["text-anchor"] == "end" and x - long or a["text-anchor"] == "middle" and x - long / 2 or x
      lu.assertTrue(left >= 0 and left + long <= width + 0.5 and y <= height and y >= 12, element.text)
      for _, box in ipairs(boxes) do
        if x >= box.x1 and x <= box.x2 and y >= box.y1 and y <= box.y2 then
          lu.assertTrue(left >= box.x1 and left + long <= box.x2 + 0.5, element.text)
        end
      end
    end
  end
end

TestObjects = {}

function TestObjects:test_names_objects_counts_and_references()
  local svg = objects_svg(moments.two_lists())
  local all = table.concat(texts(svg), "|")
  for _, text in ipairs { "v1", "v2", "list #1", "list #2", "refcnt 2", "gen 0", "[0]|11|refcnt 5", "cycle of 2" } do
    lu.assertStrContains(all, text)
  end
  lu.assertStrContains(svg, 'aria-label="Names and objects. 2 names, 2 objects, 1 cycle, no garbage."')
  lu.assertStrContains(svg, "<desc>2 names, 2 objects, 1 cycle, no garbage.</desc>")
  lu.assertStrContains(svg, 'role="img"')
  lu.assertNotStrContains(svg, "rc-hatch")
end

function TestObjects:test_garbage_is_hatched_and_named()
  local svg = objects_svg(moments.two_lists(true))
  lu.assertEquals(texts(svg, "rc-bad"), { "garbage", "garbage" })
  lu.assertStrContains(svg, 'class="rc-hatch"')
  lu.assertEquals(texts(svg, "rc-cycle-text"), { "cycle of 2, garbage" })
  lu.assertStrContains(svg, "2 objects are garbage")
end

function TestObjects:test_what_a_script_says_is_text()
  local evil = "</script><b>\"x\" & 'y'\0\27]8;;http://a\7"
  local moment = moments.new({ { type = evil }, moments.int(evil), { type = "日本😀" } }, { evil, 1, "ab\xFF", 3 },
                             { { 1, 2, evil, "value" } })
  local svg = objects_svg(moment)
  local elements = drawing.parse(svg)
  for _, element in ipairs(elements) do
    lu.assertTrue(element.name ~= "b" and element.name ~= "script")
  end
  lu.assertNotNil(utf8.len(svg))
  lu.assertNil(svg:find "[%z\1-\8\11-\31\127]")
  local all = table.concat(texts(svg), "|")
  lu.assertStrContains(all, "</script><b>\"x\" & 'y'\\x00\\x1B]8")
  lu.assertStrContains(all, "日本😀 #3")
  check_places(svg)
end

function TestObjects:test_no_boxes_overlap_and_no_text_is_cut()
  for seed = 1, 60 do
    local moment = moments.random(moments.numbers(seed), seed)
    local svg = objects_svg(moment)
    check_places(svg)
    lu.assertEquals(objects_svg(moment), svg)
  end
end

function TestObjects:test_frames_hold_their_cycle_and_nothing_else()
  for seed = 1, 60 do
    local svg = objects_svg(moments.random(moments.numbers(seed), seed % 20 + 2), nil, HAS_DOT and graphviz or nil)
    local frames, elements = {}, drawing.parse(svg)
    for _, element in ipairs(elements) do
      if element.name == "rect" and element.attributes.class == "rc-cycle" then
        frames[#frames + 1] = drawing.rectangle(element)
      end
    end
    for i, frame in ipairs(frames) do
      for j = i + 1, #frames do lu.assertFalse(drawing.overlap(frame, frames[j])) end
      for _, box in ipairs(drawing.boxes(elements)) do
        local inside = box.x1 >= frame.x1 and box.x2 <= frame.x2 and box.y1 >= frame.y1 and box.y2 <= frame.y2
        lu.assertTrue(inside or not drawing.overlap(box, frame))
      end
    end
  end
end

function TestObjects:test_real_dot_gives_places_without_overlaps()
  lu.skipIf(not HAS_DOT, "graphviz is not installed")
  for seed = 1, 25 do
    local moment = moments.random(moments.numbers(seed), seed * 2)
    local svg = objects_svg(moment, nil, graphviz)
    check_places(svg)
    lu.assertEquals(objects_svg(moment, nil, graphviz), svg)
  end
end

function TestObjects:test_each_arrow_has_its_route_by_real_dot()
  lu.skipIf(not HAS_DOT, "graphviz is not installed")
  local moment = moments.random(moments.numbers(7), 20)
  local places = picture.layout({ moment }, graphviz)
  for _, arrow in ipairs(graph.of(moment).arrows) do
    local key = ("%s:%d:%s"):format(arrow.from, arrow.row, arrow.to)
    lu.assertTrue(arrow.from == arrow.to or places.arrows[key] ~= nil, key)
  end
end

-- Where the box of each object stands, by its title.
local function titles(svg)
  local found, elements = {}, drawing.parse(svg)
  for _, element in ipairs(elements) do
    if element.attributes.class == "rc-strong" then
      found[element.text] = element.attributes.x .. "," .. element.attributes.y
    end
  end
  return found
end

function TestObjects:test_an_object_keeps_its_place()
  local steps = {
    moments.new({ {} }, { "a", 1 }, {}),
    moments.new({ {}, { type = "dict" } }, { "a", 1, "b", 2 }, { { 1, 2 } }),
    moments.two_lists(),
    moments.new({ [2] = {}, [3] = {} }, { "b", 2 }, { { 2, 3 }, { 2, 3 }, { 2, 3 } }),
  }
  steps[2].objects[2].type = "list"
  for _, run in ipairs { in_a_row, HAS_DOT and graphviz or in_a_row } do
    local places, seen, size = picture.layout(steps, run), {}, nil
    for _, step in ipairs(steps) do
      local svg = picture.objects_svg(step, places)
      check_places(svg)
      lu.assertEquals(svg:match 'viewBox="(.-)"', size or svg:match 'viewBox="(.-)"')
      size = svg:match 'viewBox="(.-)"'
      for title, place in pairs(titles(svg)) do
        lu.assertEquals(seen[title] or place, place)
        seen[title] = place
      end
    end
    lu.assertNotNil(seen["list #3"])
  end
end

function TestObjects:test_nothing()
  local moment = moments.new({}, {}, {})
  lu.assertEquals(texts(objects_svg(moment)), { "No objects." })
end

function TestObjects:test_what_takes_dot_too_long_is_asked_again_with_fewer_arrows()
  local moment, asked = moments.random(moments.numbers(3), 150), {}
  local places = picture.layout({ moment }, function(input)
    asked[#asked + 1] = select(2, input:gsub("%->", ""))
    if #asked == 1 then return nil, "too long", "timeout" end
    return in_a_row(input)
  end, 150)
  lu.assertEquals(#asked, 2)
  lu.assertTrue(asked[2] < asked[1])
  local arrows = #graph.of(moment).arrows
  local _, drawn = picture.objects_svg(moment, places):gsub('<path class="rc%-arrow', "")
  lu.assertEquals(drawn, arrows + #moment.names)
  lu.assertEquals({ picture.layout({ moment }, function() return nil, "too long", "timeout" end) },
                  { nil, "too long" })
end

function TestObjects:test_without_a_layout_it_says_why()
  local places, reason = picture.layout({ moments.two_lists() }, function() return nil, "dot is on holiday" end)
  lu.assertNil(places)
  lu.assertEquals(texts(picture.objects_svg(moments.two_lists(), places, { reason = reason })),
                  { "The objects cannot be drawn: dot is on holiday." })
end

function TestObjects:test_an_answer_of_dot_that_makes_no_sense_is_refused()
  for _, answer in ipairs { "", "graph", "graph 1 2 3\nstop\n", "graph 1 2 3\nnode b1 0 0 1 1\nedge x y z\n",
                            "node b1 1 1 1 1\nnode b2 1 1 1 1\n" } do
    local places, reason = picture.layout({ moments.two_lists() }, function() return answer end)
    lu.assertNil(places)
    lu.assertEquals(reason, "dot has not said where the objects are")
  end
end

-- ------------------------------------------------------------------ cycles and folding --

TestCycles = {}

function TestCycles:test_agree_with_brute_force()
  for seed = 1, 200 do
    local random, nodes, following = moments.numbers(seed), {}, {}
    local count = random(9)
    for i = 1, count do
      nodes[i], following[i] = i, {}
      for _ = 1, random(3) - 1 do table.insert(following[i], random(count)) end
    end
    local function leads(from, to, seen)
      for _, other in ipairs(following[from]) do
        if other == to then return true end
        if not seen[other] then
          seen[other] = true
          if leads(other, to, seen) then return true end
        end
      end
      return false
    end
    local cycles, cycle_of = find_cycles(nodes, function(node) return following[node] end)
    for a = 1, count do
      lu.assertEquals(cycle_of[a] ~= nil, leads(a, a, {}))
      for b = a + 1, count do
        local together = leads(a, b, {}) and leads(b, a, {})
        lu.assertEquals(cycle_of[a] ~= nil and cycle_of[a] == cycle_of[b], together)
      end
    end
    local last = 0
    for number, members in ipairs(cycles) do
      lu.assertEquals(cycle_of[members[1]], number)
      lu.assertTrue(members[1] > last)
      last = members[1]
    end
  end
end

function TestCycles:test_a_long_chain_is_no_trouble()
  local nodes = {}
  for i = 1, 100000 do nodes[i] = i end
  local cycles = find_cycles(nodes, function(node) return { node % #nodes + 1 } end)
  lu.assertEquals(#cycles, 1)
  lu.assertEquals(#cycles[1], 100000)
end

function TestCycles:test_a_weak_reference_makes_none()
  local view = graph.of(moments.new({ {}, { type = "weakref" } }, { "a", 1 }, { { 1, 2 }, { 2, 1, "weak", "weak" } }))
  lu.assertEquals(view.cycles, {})
end

TestFolding = {}

local function many(count, references)
  local objects = {}
  for i = 1, count do objects[i] = { type = i == 1 and "list" or "Node" } end
  return moments.new(objects, { "a", 1 }, references)
end

function TestFolding:test_few_objects_are_not_folded()
  lu.assertNil(fold.plan({ many(10, {}) }, 10))
end

function TestFolding:test_a_long_list_becomes_one_box()
  local references = {}
  for i = 2, 100 do references[#references + 1] = { 1, i } end
  local moment = many(100, references)
  local view = graph.of(moment, { folding = fold.plan({ moment }, 20) })
  lu.assertEquals(#view.boxes, 4)
  lu.assertEquals(view.boxes[4].title, "97 Node objects")
  lu.assertEquals(view.boxes[4].rows[1].text, "Node #4 … Node #100")
  check_places(objects_svg(moment, nil))
end

function TestFolding:test_a_long_cycle_becomes_one_box()
  local references = { { 1, 2 } }
  for i = 2, 100 do references[#references + 1] = { i, i < 100 and i + 1 or 2 } end
  local moment = many(100, references)
  local view = graph.of(moment, { folding = fold.plan({ moment }, 20) })
  lu.assertEquals(#view.boxes, 2)
  lu.assertEquals(view.boxes[2].title, "99 Node objects")
  lu.assertEquals(view.boxes[2].facts, "one cycle")
end

function TestFolding:test_objects_that_are_alike_become_one_box()
  local objects, references = { { type = "list" } }, {}
  for i = 2, 99, 2 do
    objects[i], objects[i + 1] = { type = "Node" }, { type = "dict" }
    for _, reference in ipairs { { 1, i }, { i, i + 1 }, { i + 1, 1 } } do references[#references + 1] = reference end
  end
  local moment = moments.new(objects, { "a", 1 }, references)
  local found = {}
  local view = graph.of(moment, { folding = fold.plan({ moment }, 20) })
  for i, box in ipairs(view.boxes) do found[i] = box.title end
  lu.assertEquals(found,
                  { "list #1", "Node #2", "dict #3", "Node #4", "dict #5", "47 Node objects", "47 dict objects" })
end

function TestFolding:test_never_more_than_the_limit_and_nobody_is_lost()
  for seed = 1, 60 do
    local random, steps = moments.numbers(seed), {}
    for i = 1, 3 do steps[i] = moments.random(random, 40 + random(200)) end
    local limit = 5 + random(40)
    local folding, keys = fold.plan(steps, limit), {}
    for _, step in ipairs(steps) do
      local boxed, shown = 0, 0
      for _ in pairs(graph.boxed(step)) do boxed = boxed + 1 end
      for _, box in ipairs(graph.of(step, { folding = folding }).boxes) do
        keys[box.key] = true
        shown = shown + (box.folded or 1)
      end
      lu.assertEquals(shown, boxed)
    end
    local count = 0
    for _ in pairs(keys) do count = count + 1 end
    lu.assertTrue(count <= limit, ("%d of %d, seed %d"):format(count, limit, seed))
  end
end

-- A leak in a big heap is drawn: some of it in boxes of its own, the rest in one of garbage.
function TestFolding:test_garbage_shares_no_box_with_what_lives()
  local py = lab.open { output = {} }
  lab.run(py, [[
    cache = list{} for i = 1, 200 do cache:append(list{}) end
    for i = 1, 50 do a = list{} b = list{a} a:append(b) del("a", "b") end
    many = list{} for i = 1, 100 do many:append(list{i}) end
  ]])
  local moment = refchain.inside(py).lab:moment { objects = 10000 }
  local plan = fold.plan({ moment }, 40)
  local view, garbage, mixed = graph.of(moment, { folding = plan }), 0, 0
  for _, box in ipairs(view.boxes) do
    if box.garbage then garbage = garbage + (box.folded or 1) end
    for _, row in ipairs(box.rows) do mixed = mixed + (row.text and row.text:find "of them garbage" and 1 or 0) end
  end
  lu.assertEquals({ garbage, mixed }, { 100, 0 })
  lu.assertNil(graph.hidden_text(view))
  lu.assertTrue(#view.boxes <= 40)
  local text, svg = lab.run(py, "return heap.dot()"), lab.run(py, "return heap.svg()")
  lab.close(py)
  lu.assertStrContains(text, "garbage")
  lu.assertStrContains(text, " list objects")
  lu.assertNotStrContains(text, "not shown")
  lu.skipIf(not HAS_DOT, "graphviz is not installed")
  lu.assertStrContains(svg, "100 objects are garbage")
  lu.assertStrContains(svg, ">98 list objects<")
  lu.assertStrContains(svg, ">list #402<")          -- in the ring, too
end

function TestFolding:test_a_run_of_thousands_is_laid_out()
  local steps = {}
  for i = 1, 200 do
    local objects = {}
    for birth = i * 10, i * 10 + 20 do objects[birth] = {} end
    steps[i] = moments.new(objects, { "x", i * 10 }, { { i * 10, i * 10 + 1 } })
  end
  local asked
  local places = picture.layout(steps, function(input)
    local _
    _, asked = input:gsub("b%d+ %[label", "")
    return in_a_row(input)
  end)
  lu.assertTrue(asked <= 150)
  for i = 1, 200, 40 do check_places(picture.objects_svg(steps[i], places)) end
end

-- -------------------------------------------------------------------- other pictures --

TestOthers = {}

function TestOthers:test_the_ring_begins_with_the_newest()
  local svg = picture.refchain_svg(moments.two_lists())
  lu.assertEquals(texts(svg, "rc-strong"), { "list #2", "list #1" })
  lu.assertStrContains(svg, "A ring of 2 objects, newest first")
end

function TestOthers:test_objects_that_are_not_shown_have_their_type()
  local moment = moments.new({ {}, {} }, { "a", 1 }, {})
  moment.refchain, moment.live, moment.refchain_types = { 3, 2, 1 }, 3, { "py:C", "list", "list" }
  lu.assertStrContains(picture.refchain_svg(moment), ">py:C #3<")
  lu.assertEquals(picture.refchain_table(moment).rows[1], { "1", "py:C #3", "", "" })
end

function TestOthers:test_generations_name_their_objects_and_what_is_garbage()
  local objects = { {}, { reach = "garbage" } }
  for i = 3, 30 do objects[i] = {} end
  lu.assertStrContains(picture.generations_svg(moments.new(objects, {}, {})),
                       ">list #1, list #2 (garbage), list #3, list #4 and 26 more<")
end

function TestOthers:test_rings_of_any_size()
  for count = 0, 60 do
    local objects = {}
    for i = 1, count do objects[i] = { reach = i % 5 == 0 and "garbage" or "name" } end
    local svg = picture.refchain_svg(moments.new(objects, {}, {}))
    check_places(svg)
    local shown = math.min(count, count + 1 > 21 and 19 or count)
    local titles_shown = texts(svg, "rc-strong")
    lu.assertEquals(#titles_shown, shown + (count > shown and 1 or 0))
    if count > shown then lu.assertEquals(texts(svg, "rc-soft")[#texts(svg, "rc-soft")], count - shown .. " older") end
    -- to the next and back, all round
    local _, heads = svg:gsub("<polygon", "")
    local stations = #titles_shown + 1
    lu.assertEquals(heads, stations > 1 and (stations == 2 and 2 or 2 * stations) or 0, count .. " objects")
  end
end

function TestOthers:test_generations_say_count_and_threshold()
  local svg = picture.generations_svg(moments.random(moments.numbers(3), 60))
  check_places(svg)
  local all = table.concat(texts(svg), "|")
  lu.assertStrContains(all, "generation 0")
  lu.assertStrContains(all, "of threshold 700")
  lu.assertStrContains(all, "permanent|0 objects|never collected")
end

function TestOthers:test_caches_show_how_full_they_are()
  local svg = picture.caches_svg(moments.two_lists())
  check_places(svg)
  local all = table.concat(texts(svg), "|")
  lu.assertStrContains(all, "free list of lists|hits 0, misses 3|80 of 80")
  lu.assertStrContains(all, "free lists of tuples, one more length: empty")
  local racks, filled = 0, {}
  for rack in svg:gmatch '<g class="rc%-rack">(.-)</g>' do
    racks = racks + 1
    filled[racks] = select(2, rack:gsub("rc%-full", ""))
  end
  lu.assertEquals(filled, { 1, 20, 1 })
end

function TestOthers:test_a_chart_of_a_run()
  local steps = { moments.new({}, {}, {}), moments.two_lists(), moments.random(moments.numbers(1), 30) }
  local series = picture.series(steps)
  lu.assertEquals(series[1], { name = "objects alive", values = { 0, 2, 30 } })
  check_places(picture.chart_svg(series, { step = 2 }))
  lu.assertEquals(picture.chart_table(series).rows[2][2], "2")
  check_places(picture.chart_svg {})
end

function TestOthers:test_a_page_has_all_parts()
  local svg = picture.svg(moments.two_lists(), in_a_row)
  check_places(svg)
  lu.assertEquals(texts(svg, "rc-heading"),
                  { "Names and objects", "The refchain, newest first", "The generations", "The caches" })
  lu.assertEquals(picture.svg(moments.two_lists(), in_a_row), svg)
  lu.assertStrContains(picture.svg(moments.two_lists(), function() return nil, "no dot" end), "no dot.")
  check_places(picture.svg(moments.new({}, {}, {}), in_a_row))
end

function TestOthers:test_nothing_runs_and_nothing_is_fetched()
  local svg = picture.svg(moments.two_lists(), in_a_row)
  lu.assertNil(svg:find "<script")
  lu.assertNil(svg:find "href")
  lu.assertNil(svg:find "url%(")
  lu.assertNil(svg:find " on%l+=")
  lu.assertEquals(select(2, svg:gsub("http", "")), select(2, svg:gsub('xmlns="http://www.w3.org/2000/svg"', "")))
end

function TestOthers:test_dot_text()
  local moment = moments.random(moments.numbers(11), 30)
  moment.names[1].name = 'a"\\b</td>'
  local text = picture.dot(moment)
  lu.assertEquals(picture.dot(moment), text)
  lu.assertStrContains(picture.dot(moments.two_lists(true)), "garbage ////")
  lu.assertStrContains(picture.dot(moments.two_lists()), 'subgraph cluster_1 { label="cycle of 2"')
  lu.skipIf(not HAS_DOT, "graphviz is not installed")
  lu.assertStrContains(core.pipe({ "dot", "-Tsvg" }, text, 20), "</svg>")
end

-- ------------------------------------------------------------------------- stylesheet --

TestStyle = {}

local function luminance(colour)
  local function part(from)
    local value = tonumber(colour:sub(from, from + 1), 16) / 255
    return value <= 0.03928 and value / 12.92 or ((value + 0.055) / 1.055) ^ 2.4
  end
  return 0.2126 * part(2) + 0.7152 * part(4) + 0.0722 * part(6)
end

local function contrast(a, b)
  local first, second = luminance(a), luminance(b)
  return (math.max(first, second) + 0.05) / (math.min(first, second) + 0.05)
end

function TestStyle:test_text_can_be_read_light_and_dark()
  local pairs_of = {
    { "ink", "paper", "card", "head", "bad_card", "cycle_card" }, { "soft", "paper", "card", "head", "bad_card" },
    { "bad", "bad_card", "card", "paper" }, { "name_ink", "name" }, { "cycle_ink", "cycle_card", "head", "paper" },
  }
  for _, colours in ipairs { style.light, style.dark } do
    for _, group in ipairs(pairs_of) do
      for i = 2, #group do
        lu.assertTrue(contrast(colours[group[1]], colours[group[i]]) >= 4.5, group[1] .. " on " .. group[i])
      end
    end
    for _, name in ipairs { "line", "cycle", "bad", "name_edge", "edge" } do
      lu.assertTrue(contrast(colours[name], colours.paper) >= 3, name)
    end
  end
end

function TestStyle:test_no_text_is_small()
  local sizes = 0
  for size in picture.css:gmatch "font%-size:(%d+)px" do
    sizes = sizes + 1
    lu.assertTrue(tonumber(size) >= 12)
  end
  lu.assertTrue(sizes >= 2)
end

function TestStyle:test_each_class_that_is_used_has_a_rule()
  local svg = picture.svg(moments.random(moments.numbers(5), 25), in_a_row)
  local groups = { object = true, label = true, frame = true, caption = true, station = true, generation = true,
                   cache = true, rack = true, chart = true }
  for classes in svg:gmatch 'class="(.-)"' do
    for name in classes:gmatch "rc%-([%w-]+)" do
      lu.assertTrue(groups[name] or picture.css:find(".rc-" .. name, 1, true) ~= nil, name)
    end
  end
end

-- ------------------------------------------------------------------------------ pipe --

TestPipe = {}

function TestPipe:test_a_program_as_a_filter()
  lu.assertEquals(core.pipe({ "cat" }, "text\n", 5), "text\n")
  local long = ("0123456789"):rep(500000)
  lu.assertTrue(core.pipe({ "cat" }, long, 20) == long)
end

function TestPipe:test_what_is_not_there()
  local output, kind = core.pipe({ "no-such-program-anywhere" }, "x", 5)
  lu.assertNil(output)
  lu.assertEquals(kind, "missing")
end

function TestPipe:test_what_fails()
  local function result(...) return { select(2, core.pipe(...)) } end
  lu.assertEquals(result({ "sh", "-c", "exit 3" }, ("x"):rep(1000000), 5), { "failed", "exit status 3" })
  lu.assertEquals(result({ "sh", "-c", "kill -9 $$" }, "", 5), { "failed", "signal 9" })
end

function TestPipe:test_what_hangs_is_killed_with_its_children()
  local mark = os.tmpname()
  local output, kind = core.pipe({ "sh", "-c", "(sleep 1; echo late >" .. mark .. ") | cat" }, "x", 0.2)
  lu.assertNil(output)
  lu.assertEquals(kind, "timeout")
  core.pipe({ "sleep", "1.3" }, "", 5)
  local file <close> = io.open(mark)
  lu.assertEquals(file:read "a", "")
  os.remove(mark)
end

function TestPipe:test_misuse()
  lu.assertError(core.pipe, "cat", "x", 1)
  lu.assertError(core.pipe, {}, "x", 1)
  lu.assertError(core.pipe, { "cat" }, {}, 1)
  lu.assertError(core.pipe, { "cat" }, "x")
  lu.assertError(core.pipe, { "cat", {} }, "x", 1)
end

lab.finish()
