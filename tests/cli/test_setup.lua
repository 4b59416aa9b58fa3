-- `make setup`: what it takes for missing, and what it says.

local lu = require "luaunit"
local lab = require "lab"
local machine = require "machine"
local program = require "program"

local SCRIPT = machine.here .. "/tests/support/setup.sh"

-- Run the script where dpkg knows no package and nobody can install one.
local function setup(packages)
  local folder <close> = program.folder {
    ["bin/dpkg-query"] = "#!/bin/sh\nexit 1\n", ["bin/id"] = "#!/bin/sh\necho 1000\n",
    ["bin/sudo"] = "#!/bin/sh\nexit 1\n",
  }
  return folder:shell(('chmod +x bin/*; PATH="$PWD/bin:$PATH" sh %s %s'):format(SCRIPT, packages))
end

TestSetup = {}

function TestSetup:test_what_can_be_used_is_not_missing_whoever_installed_it()
  local result = setup "liblua5.4-dev libedit-dev zlib1g-dev pkg-config"
  lu.assertEquals(result.err, "")
  lu.assertEquals(result.status, 0)
end

function TestSetup:test_exactly_what_is_missing_is_named()
  local result = setup "zlib1g-dev no-such-tool pkg-config another-one"
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.err, "Missing packages: no-such-tool another-one\n")
  lu.assertStrContains(result.err, "install what they provide:\n    no-such-tool\n    another-one\n")
end

lab.finish()
