/* Lines from a terminal: editing, history and completion, by libedit ("lab.terminal").
 *
 * open{history = path, complete = f}   a terminal, and why its history is not kept if it
 *                                      cannot be; `complete(text)`, text being what
 *                                      stands before the cursor, returns a sequence of
 *                                      words and how many bytes of the text they replace
 * t:read(prompt)                       a line without its end; or nil and "end" (Ctrl-D)
 *                                      or "interrupt" (Ctrl-C)
 * t:remember(line)                     add to the history, in its file, too
 * t:close()
 *
 * The file of the history is the editor's own format.  Lines are appended as they come:
 * shells side by side do not overwrite each other's, and none is lost when one is
 * killed. */
#include "modules.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include <histedit.h>
#include <lauxlib.h>

#include "limits.h"

#define TERMINAL "lab.terminal"
#define REMEMBERED 2000                 /* lines of history */
#define HISTORY_MARK "_HiStOrY_V2_\n"   /* how a file of lines begins */

typedef struct terminal {
    EditLine *editor;
    History *history;
    lua_State *L;                       /* of the call that reads */
    const char *prompt;
    int complete;                       /* the function, in the registry */
    char *path;                         /* of the history, or NULL */
    bool interrupted;
    bool pending;                       /* a byte came together with Ctrl-C */
    char byte;
} terminal;

static terminal *of(EditLine *editor)
{
    void *self = NULL;
    el_get(editor, EL_CLIENTDATA, &self);
    return self;
}

static char *prompt(EditLine *editor)
{
    return (char *)of(editor)->prompt;
}

/* The next byte: 1, 0 at the end, -1 on Ctrl-C or an error. */
static ssize_t read_byte(terminal *self)
{
    if (self->pending) {
        self->pending = false;
        return 1;
    }
    for (;;) {
        ssize_t n = read(STDIN_FILENO, &self->byte, 1);
        bool failed = n < 0 && errno != EINTR;
        if (limits_interrupted()) {
            self->interrupted = true;
            self->pending = n == 1;
            return -1;
        }
        if (n >= 0 || failed)
            return n;                   /* else a signal of another kind: go on */
    }
}

/* One character.  Ctrl-C ends the line: the editor sees an error.  Bytes that make no
 * character are left out; one that cuts another character short may begin its own. */
static int read_character(EditLine *editor, wchar_t *character)
{
    mbstate_t state = {0};
    terminal *self = of(editor);

    for (;;) {
        ssize_t n = read_byte(self);
        if (n <= 0)
            return (int)n;
        bool first = mbsinit(&state);
        size_t used = mbrtowc(character, &self->byte, 1, &state);
        if (used == (size_t)-1) {
            memset(&state, 0, sizeof state);
            self->pending = !first;     /* once more, from the start */
        } else if (used != (size_t)-2)
            return 1;
    }
}

/* ------------------------------------------------------------------ completion -- */

/* How many bytes all words of the sequence at `words` begin with together. */
static size_t common_prefix(lua_State *L, int words, lua_Integer count)
{
    lua_geti(L, words, 1);
    const char *first = lua_tostring(L, -1);
    size_t length = strlen(first);

    for (lua_Integer i = 2; i <= count; i++) {
        lua_geti(L, words, i);
        const char *other = lua_tostring(L, -1);
        size_t same = 0;
        while (same < length && first[same] == other[same])
            same++;
        length = same;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return length;
}

static int terminal_width(void)
{
    struct winsize size;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static void print_words(lua_State *L, int words, lua_Integer count)
{
    int width = 0, column = 0, room = terminal_width() - 1;

    for (lua_Integer i = 1; i <= count; i++, lua_pop(L, 1)) {
        lua_geti(L, words, i);
        int length = (int)lua_rawlen(L, -1);
        width = length > width ? length : width;
    }
    putchar('\n');
    for (lua_Integer i = 1; i <= count; i++, lua_pop(L, 1)) {
        lua_geti(L, words, i);
        bool last = i == count || (column += width + 2) + width > room;
        printf("%-*s%s", last ? 0 : width + 2, lua_tostring(L, -1), last ? "\n" : "");
        if (last)
            column = 0;
    }
    fflush(stdout);
}

/* Put in what all candidates share; show them when that is nothing new. */
static int complete_protected(lua_State *L)
{
    terminal *self = lua_touserdata(L, 1);
    const LineInfo *line = el_line(self->editor);

    lua_rawgeti(L, LUA_REGISTRYINDEX, self->complete);
    lua_pushlstring(L, line->buffer, (size_t)(line->cursor - line->buffer));
    lua_call(L, 1, 2);
    lua_Integer count = luaL_len(L, 2), replaced = luaL_checkinteger(L, 3);
    if (count == 0)
        return luaL_error(L, "no candidate");
    size_t length = common_prefix(L, 2, count);
    lua_geti(L, 2, 1);
    lua_pushlstring(L, lua_tostring(L, -1), length);
    if (length > (size_t)replaced) {
        el_deletestr(self->editor, (int)replaced);
        el_insertstr(self->editor, lua_tostring(L, -1));
        lua_pushinteger(L, CC_REFRESH);
    } else if (count > 1) {
        print_words(L, 2, count);
        lua_pushinteger(L, CC_REDISPLAY);
    } else {
        lua_pushinteger(L, CC_NORM);
    }
    return 1;
}

static unsigned char complete(EditLine *editor, int character)
{
    terminal *self = of(editor);
    lua_State *L = self->L;
    unsigned char result = CC_ERROR;

    (void)character;
    lua_pushcfunction(L, complete_protected);
    lua_pushlightuserdata(L, self);
    if (lua_pcall(L, 1, 1, 0) == LUA_OK)
        result = (unsigned char)lua_tointeger(L, -1);
    lua_pop(L, 1);
    return result;
}

/* --------------------------------------------------------------- open and close -- */

/* The editor works on characters: in a C locale, take UTF-8 all the same. */
static void choose_locale(void)
{
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

static void set_up_editor(terminal *self)
{
    EditLine *editor = self->editor;

    el_set(editor, EL_CLIENTDATA, self);
    el_set(editor, EL_PROMPT, prompt);
    el_set(editor, EL_EDITOR, "emacs");
    el_set(editor, EL_SIGNAL, 1);
    el_set(editor, EL_GETCFN, read_character);
    el_set(editor, EL_HIST, history, self->history);
    el_wset(editor, EL_ADDFN, L"complete", L"complete the word", complete);
    el_set(editor, EL_BIND, "^I", "complete", NULL);
    el_set(editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_source(editor, NULL);            /* what the user has in ~/.editrc */
}

/* Why lines cannot be kept at `path`, or NULL.  A file of another kind is not touched;
 * one that is new gets its mark. */
static const char *history_trouble(const char *path)
{
    char start[sizeof HISTORY_MARK - 1];
    int file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

    if (file < 0)
        return strerror(errno);
    const char *trouble = NULL;
    ssize_t size = read(file, start, sizeof start);
    if (size == 0)
        size = write(file, HISTORY_MARK, sizeof start);
    else if (size == (ssize_t)sizeof start && memcmp(start, HISTORY_MARK, sizeof start) != 0)
        size = 1;
    if (size < 0)
        trouble = strerror(errno);
    else if (size != (ssize_t)sizeof start)
        trouble = "not a history of lines";
    close(file);
    return trouble;
}

/* A file that has become long is written anew, with the lines that are remembered. */
static void shorten_history(terminal *self)
{
    HistEvent event;
    char path[4096];

    if ((size_t)snprintf(path, sizeof path, "%s.new", self->path) < sizeof path &&
        history(self->history, &event, H_SAVE, path) >= 0)
        rename(path, self->path);
}

static void load_history(lua_State *L, terminal *self)
{
    HistEvent event;
    const char *trouble = history_trouble(self->path);

    if (trouble) {
        lua_pushfstring(L, "%s: %s", self->path, trouble);
        free(self->path);
        self->path = NULL;
    } else if (history(self->history, &event, H_LOAD, self->path) > 2 * REMEMBERED)
        shorten_history(self);
}

/* Append a line, in one piece.  What is special in the file is written in octal. */
static void append_history(const char *path, const char *line)
{
    size_t size = 0;
    char *text = malloc(4 * strlen(line) + 2);
    int file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

    for (; text && file >= 0 && *line; line++) {
        unsigned char c = (unsigned char)*line;
        if (c <= ' ' || c == '\\' || c == 127)
            size += (size_t)sprintf(text + size, "\\%03o", c);
        else
            text[size++] = *line;
    }
    if (size > 0) {
        text[size++] = '\n';
        ssize_t ignored = write(file, text, size);
        (void)ignored;
    }
    if (file >= 0)
        close(file);
    free(text);
}

static int terminal_open(lua_State *L)
{
    HistEvent event;

    luaL_checktype(L, 1, LUA_TTABLE);
    terminal *self = lua_newuserdatauv(L, sizeof *self, 0);
    memset(self, 0, sizeof *self);
    self->complete = LUA_NOREF;
    luaL_setmetatable(L, TERMINAL);
    lua_getfield(L, 1, "complete");
    self->complete = luaL_ref(L, LUA_REGISTRYINDEX);
    if (lua_getfield(L, 1, "history") == LUA_TSTRING)
        self->path = strdup(lua_tostring(L, -1));
    lua_settop(L, 2);

    choose_locale();
    self->history = history_init();
    self->editor = self->history ? el_init("refchain", stdin, stdout, stderr) : NULL;
    if (!self->editor)
        return luaL_error(L, "cannot use the terminal");
    history(self->history, &event, H_SETSIZE, REMEMBERED);
    history(self->history, &event, H_SETUNIQUE, 1);
    if (self->path)
        load_history(L, self);
    set_up_editor(self);
    return lua_gettop(L) - 1;
}

static terminal *check(lua_State *L)
{
    terminal *self = luaL_checkudata(L, 1, TERMINAL);
    luaL_argcheck(L, self->editor, 1, "closed");
    return self;
}

static int terminal_read(lua_State *L)
{
    terminal *self = check(L);
    int length = 0;

    self->prompt = luaL_checkstring(L, 2);
    self->L = L;
    self->interrupted = false;
    limits_interrupted();
    const char *line = el_gets(self->editor, &length);
    if (line && length > 0 && !self->interrupted) {
        lua_pushlstring(L, line, (size_t)length - (line[length - 1] == '\n'));
        return 1;
    }
    putchar('\n');
    fflush(stdout);
    lua_pushnil(L);
    lua_pushstring(L, self->interrupted ? "interrupt" : "end");
    return 2;
}

static int terminal_remember(lua_State *L)
{
    terminal *self = check(L);
    const char *line = luaL_checkstring(L, 2);
    HistEvent event;

    if (history(self->history, &event, H_ENTER, line) > 0 && self->path)
        append_history(self->path, line);   /* not the same line twice */
    return 0;
}

static int terminal_close(lua_State *L)
{
    terminal *self = luaL_checkudata(L, 1, TERMINAL);

    if (self->editor)
        el_end(self->editor);
    if (self->history)
        history_end(self->history);
    free(self->path);
    luaL_unref(L, LUA_REGISTRYINDEX, self->complete);
    *self = (terminal){.complete = LUA_NOREF};
    return 0;
}

int luaopen_lab_terminal(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"read", terminal_read}, {"remember", terminal_remember}, {"close", terminal_close},
        {"__gc", terminal_close}, {"__close", terminal_close}, {NULL, NULL}
    };
    luaL_newmetatable(L, TERMINAL);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_newtable(L);
    lua_pushcfunction(L, terminal_open);
    lua_setfield(L, -2, "open");
    return 1;
}
