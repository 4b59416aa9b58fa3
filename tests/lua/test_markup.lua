-- Elements of SVG and HTML: whatever a text holds, it stays text.

local lu = require "luaunit"
local lab = require "lab"
local markup = require "refchain.markup"

local element = markup.element

TestMarkup = {}

function TestMarkup:test_an_element_has_attributes_in_order_and_children()
  local inner = element("b", nil, "x")
  local attributes = { id = "a", class = "c", hidden = true, title = false }
  lu.assertEquals(tostring(element("p", attributes, { inner, " ", 5, 2.5 })),
                  '<p class="c" hidden="hidden" id="a"><b>x</b> 52.5</p>')
end

function TestMarkup:test_text_is_escaped_in_children_and_attributes()
  local text = "</script><b>\"it's\" & more"
  local escaped = "&lt;/script&gt;&lt;b&gt;&quot;it&#39;s&quot; &amp; more"
  lu.assertEquals(tostring(element("p", { title = text }, text)),
                  '<p title="' .. escaped .. '">' .. escaped .. "</p>")
end

function TestMarkup:test_text_that_looks_like_an_element_is_text()
  lu.assertEquals(tostring(element("p", nil, tostring(element("b", nil, "x")))), "<p>&lt;b&gt;x&lt;/b&gt;</p>")
end

function TestMarkup:test_what_no_document_may_hold_is_made_visible()
  lu.assertEquals(markup.text("a\0\7\27\127z"), "a\\x00\\x07\\x1B\\x7Fz")
  lu.assertEquals(markup.text("tab\tline\n"), "tab\tline\n")
  lu.assertEquals(markup.text("\xC2\x85 \u{FFFE}\u{FFFF}"), "\\x85 \\u{FFFE}\\u{FFFF}")
  lu.assertEquals(markup.text("\xFF\xC3(\xED\xA0\x80é"), "\\xFF\\xC3(\\xED\\xA0\\x80é")
  lu.assertEquals(markup.text("wide 日本 😀"), "wide 日本 😀")
end

function TestMarkup:test_every_byte_gives_well_formed_text()
  for byte = 0, 255 do
    local text = markup.text(string.char(byte))
    lu.assertNotNil(utf8.len(text))
    lu.assertNil(text:find "[%z\1-\8\11\12\14-\31<>\"]")
  end
end

function TestMarkup:test_elements_without_content_end_at_once()
  lu.assertEquals(tostring(element("path", { d = "M0 0" })), '<path d="M0 0"/>')
  lu.assertEquals(tostring(element("script", { src = "x" })), '<script src="x"></script>')
end

function TestMarkup:test_a_style_is_raw_and_cannot_be_left()
  lu.assertEquals(tostring(element("style", nil, ".a{color:red}")), "<style>.a{color:red}</style>")
  lu.assertErrorMsgContains("would end it", tostring, element("style", nil, "a</style>"))
  lu.assertErrorMsgContains("would end it", tostring, element("style", nil, "a < b"))
  lu.assertErrorMsgContains("would end it", tostring, element("script", nil, "'</ScRipt>'"))
  lu.assertErrorMsgContains("would end it", tostring, element("script", nil, "<!--"))
  lu.assertErrorMsgContains("text only", tostring, element("script", nil, element("b")))
end

function TestMarkup:test_names_are_checked()
  for _, name in ipairs { "", "a b", "1a", "a>", "a\0", 5 } do
    lu.assertErrorMsgContains("is no name", element, name)
    lu.assertErrorMsgContains("is no name", tostring, element("p", { [name] = "x" }))
  end
end

function TestMarkup:test_numbers_are_short_and_the_same_everywhere()
  lu.assertEquals(tostring(element("p", { a = 1.0, b = 2.346, c = -0.001, d = 100, e = 2^53 })),
                  '<p a="1" b="2.3" c="0" d="100" e="9007199254740992"></p>')
  lu.assertErrorMsgContains("finite", tostring, element("p", { a = 0/0 }))
  lu.assertErrorMsgContains("finite", tostring, element("p", nil, 1/0))
end

function TestMarkup:test_children_may_be_sequences_and_nothing()
  lu.assertEquals(tostring(element("p", nil, { "a", false, { "b", { element("i") } } })), "<p>ab<i></i></p>")
  lu.assertEquals(tostring(markup.fragment { element("i"), "<" }), "<i></i>&lt;")
  lu.assertErrorMsgContains("is no child", tostring, element("p", nil, { print }))
end

function TestMarkup:test_trusted_takes_markup_only()
  lu.assertEquals(tostring(element("p", nil, markup.trusted "<i></i>")), "<p><i></i></p>")
  lu.assertErrorMsgContains("no markup", markup.trusted, "text")
end

lab.finish()
