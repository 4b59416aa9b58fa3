-- The words that tell a scenario's story.

return {
  title = "Telling the story",
  {
    name = "scenario", signature = "scenario \"title\"", params = "title: string",
    meaning = "Gives the scenario its title.",
    errors = {},
    example = [[
      scenario "a cycle of two lists"]],
  },
  {
    name = "step", signature = "step \"what happens now\"", params = "text: string",
    meaning = "Says what happens next. Temporaries that nobody can reach any more are let go here.",
    errors = {},
    example = [[
      step "each list is referred to by its name"]],
  },
  {
    name = "show", signature = "show(x, …)", params = "x: any, more: any...", args = { "list{1}" },
    meaning = "Prints each value on a line of its own: a heap object with its number, id, count and generation, a "
      .. "Lua string as it is. Below them it draws the containers among them and all that they lead to: names, "
      .. "objects and references as boxes and arrows, cycles framed, garbage hatched; more than 30 objects make a "
      .. "table. A number or string that only containers hold stands in their rows. `○` is a weak reference.",
    errors = {},
    example = [[
      v1 = list{1}
      show("before", v1)]],
  },
  {
    name = "needs", signature = "needs \"gc.freeze\"", params = "word: string", args = { "\"gc.collect\"" },
    meaning = "Skips the rest of the test on a profile without this word, or without this field of the profile.",
    errors = { "ValueError" },
    example = [[
      needs "gc.collect"
      needs "float_free"]],
  },
}
