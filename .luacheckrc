std = "lua54"
max_line_length = 110
files["scenarios"] = { std = "none", allow_defined_top = true, global = false, unused = false }
files["tests"] = { std = "lua54", allow_defined_top = true, ignore = { "131" } }
