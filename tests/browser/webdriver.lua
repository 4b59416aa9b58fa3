-- A browser, driven over WebDriver: chromedriver's HTTP interface, spoken with curl.
--
--     local browser <close> = webdriver.open()
--     browser:go "file:///…"
--     browser:run("return document.title")

local json = require "dkjson"
local machine = require "machine"

local webdriver = {}
local quote = machine.quote
webdriver.__index = webdriver

-- The value that the driver answers; an error of its own otherwise.
function webdriver:ask(method, path, body)
  machine.write(self.request, body and json.encode(body) or "")
  local data = body and (" -H 'Content-Type: application/json' --data-binary @" .. quote(self.request)) or ""
  local text = machine.output_of(("curl -s --noproxy '*' --max-time 120 -X %s%s http://127.0.0.1:%d%s"):format(
    method, data, self.port, path))
  local answer = json.decode(text, 1, false)
  if type(answer) ~= "table" then error(("no answer to %s %s: %s"):format(method, path, text), 2) end
  local value = answer.value
  if type(value) == "table" and value.error then error(("%s: %s"):format(value.error, value.message), 2) end
  return value
end

local function session(self, method, path, body)
  return self:ask(method, "/session/" .. self.id .. path, body)
end

local OBJECT = { __jsontype = "object" }
local ARRAY = { __jsontype = "array" }
local function object(fields) return setmetatable(fields or {}, OBJECT) end
local function array(...) return setmetatable({ ... }, ARRAY) end

-- Start the driver and a browser; `folder` is for what they write.
function webdriver.open(folder)
  local self = setmetatable({ request = folder .. "/request.json" }, webdriver)
  local log = folder .. "/chromedriver.log"
  os.remove(log)
  self.process = machine.output_of(("chromedriver --port=0 >%s 2>&1 & echo $!"):format(quote(log))):match "%d+"
  for _ = 1, 100 do
    self.port = tonumber((machine.read(log) or ""):match "started successfully on port (%d+)")
    if self.port then break end
    os.execute "sleep 0.1"
  end
  assert(self.port, "chromedriver does not start; see " .. log)
  local chrome = { args = array("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                                "--force-device-scale-factor=1") }
  self.id = self:ask("POST", "/session", { capabilities = { alwaysMatch = {
    browserName = "chrome", ["goog:chromeOptions"] = chrome,
    ["goog:loggingPrefs"] = { browser = "ALL", performance = "ALL" },
  } } }).sessionId
  return self
end

function webdriver:close()
  if self.id then pcall(session, self, "DELETE", "") end
  os.execute("kill " .. self.process)
end
webdriver.__close = webdriver.close

function webdriver:go(address) session(self, "POST", "/url", { url = address }) end
function webdriver:reload() session(self, "POST", "/refresh", object()) end

-- What a piece of JavaScript returns; `arguments` has the others.
function webdriver:run(script, ...)
  return session(self, "POST", "/execute/sync", { script = script, args = array(...) })
end

-- The same, given by a call of the last of `arguments`.
function webdriver:wait_for(script, ...)
  return session(self, "POST", "/execute/async", { script = script, args = array(...) })
end

-- A command of Chromium's own protocol.
function webdriver:command(name, parameters)
  return session(self, "POST", "/goog/cdp/execute", { cmd = name, params = object(parameters) })
end

-- The entries of a log since it was last asked for: "browser" or "performance".
function webdriver:log(kind) return session(self, "POST", "/se/log", { type = kind }) end

local function element(self, selector)
  return (select(2, next(session(self, "POST", "/element", { using = "css selector", value = selector }))))
end

function webdriver:click(selector)
  session(self, "POST", "/element/" .. element(self, selector) .. "/click", object())
end

-- Type keys where the focus is, or in an element.
function webdriver:type(text, selector)
  if selector then
    session(self, "POST", "/element/" .. element(self, selector) .. "/value", { text = text })
    return
  end
  session(self, "POST", "/actions", { actions = array {
    type = "key", id = "keys",
    actions = array({ type = "keyDown", value = text }, { type = "keyUp", value = text }),
  } })
end

webdriver.LEFT, webdriver.RIGHT = utf8.char(0xE012), utf8.char(0xE014)

-- The size of the page's window, in CSS pixels.
function webdriver:size(width, height)
  self:command("Emulation.setDeviceMetricsOverride",
               { width = width, height = height, deviceScaleFactor = 1, mobile = width < 600 })
end

-- "light" or "dark".
function webdriver:scheme(name)
  self:command("Emulation.setEmulatedMedia",
               { features = array { name = "prefers-color-scheme", value = name } })
end

-- A picture of the window, or of the whole page.
function webdriver:picture(path, whole)
  local data = self:command("Page.captureScreenshot", { format = "png", captureBeyondViewport = whole or false }).data
  local pipe <close> = assert(io.popen("base64 -d >" .. quote(path), "w"))
  pipe:write(data)
end

return webdriver
