/* The terminal ("lab.terminal"): lines with editing, history and completion, by libedit;
 * and the whole screen, key by key.
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
 * size()                               columns, rows
 * screen()                             the terminal without lines and echo, on its second
 *                                      screen; nil when it is none.  It is as it was when
 *                                      the screen is closed, or a signal ends the program
 * s:read()                             what was typed, some bytes (an escape sequence is
 *                                      whole); "" when the size has changed; nil at the end
 * s:suspend()                          Ctrl-Z: as it was, until the program goes on
 * s:close()
 *
 * The file of the history is the editor's own format.  Lines are appended as they come:
 * shells side by side do not overwrite each other's, and none is lost when one is
 * killed. */
#include "modules.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include <histedit.h>
#include <lauxlib.h>

#include "limits.h"

#define TERMINAL "lab.terminal"
#define SCREEN "lab.screen"
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

static struct winsize terminal_size(void)
{
    struct winsize size = {0};

    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    if (size.ws_col == 0)
        size.ws_col = 80;
    if (size.ws_row == 0)
        size.ws_row = 24;
    return size;
}

static void print_words(lua_State *L, int words, lua_Integer count)
{
    int width = 0, column = 0, room = terminal_size().ws_col - 1;

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

/* ------------------------------------------------------------------- the screen -- */

#define ENTER "\33[?1049h\33[?25l"      /* the second screen, no cursor */
#define LEAVE "\33[?25h\33[?1049l"
#define REST_OF_KEY 50                  /* milliseconds between bytes of one key */

/* What a signal handler must know to leave the terminal as it was. */
static struct termios as_before;
static volatile sig_atomic_t is_raw, resized;

static const int fatal_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { FATAL_SIGNALS = sizeof fatal_signals / sizeof *fatal_signals };

static void write_all(const char *text)
{
    ssize_t ignored = write(STDOUT_FILENO, text, strlen(text));
    (void)ignored;
}

static void restore(void)
{
    if (!is_raw)
        return;
    is_raw = 0;
    write_all(LEAVE);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &as_before);
}

static void on_fatal(int number)
{
    restore();
    signal(number, SIG_DFL);
    raise(number);
}

static void on_resize(int number)
{
    (void)number;
    resized = 1;
}

/* Characters as they are typed; Ctrl-C and Ctrl-Z are characters, too. */
static bool make_raw(void)
{
    if (tcgetattr(STDIN_FILENO, &as_before) != 0)
        return false;
    struct termios raw = as_before;
    raw.c_iflag &= ~(tcflag_t)(ICRNL | IXON | ISTRIP);
    raw.c_oflag &= ~(tcflag_t)OPOST;
    raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    is_raw = 1;
    if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != 0) {        /* what was typed before counts */
        is_raw = 0;
        return false;
    }
    write_all(ENTER);
    return true;
}

/* A change of size is noticed only while we wait: SIGWINCH is held back elsewhere. */
static void hold_resizes(int how)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    sigprocmask(how, &set, NULL);
}

static void handle_signals(void (*fatal)(int), void (*resize)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = fatal;
    for (int i = 0; i < FATAL_SIGNALS; i++)
        sigaction(fatal_signals[i], &action, NULL);
    action.sa_handler = resize;
    sigaction(SIGWINCH, &action, NULL);
    hold_resizes(resize == SIG_DFL ? SIG_UNBLOCK : SIG_BLOCK);
}

static int terminal_screen(lua_State *L)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || is_raw)
        return 0;
    fflush(stdout);
    handle_signals(on_fatal, on_resize);
    if (!make_raw()) {
        handle_signals(SIG_DFL, SIG_DFL);
        return 0;
    }
    lua_newuserdatauv(L, 0, 0);
    luaL_setmetatable(L, SCREEN);
    return 1;
}

static int screen_close(lua_State *L)
{
    luaL_checkudata(L, 1, SCREEN);
    fflush(stdout);
    restore();
    handle_signals(SIG_DFL, SIG_DFL);
    return 0;
}

static int screen_suspend(lua_State *L)
{
    luaL_checkudata(L, 1, SCREEN);
    fflush(stdout);
    restore();
    raise(SIGTSTP);
    make_raw();
    return 0;
}

/* Whether there is more to read within so many milliseconds; -1: for ever.  False, and
 * errno, when a signal came. */
static bool wait_for_key(int milliseconds)
{
    struct pollfd input = {STDIN_FILENO, POLLIN, 0};
    struct timespec time = {0, milliseconds * 1000000L};
    sigset_t open;

    errno = 0;
    sigprocmask(SIG_BLOCK, NULL, &open);
    sigdelset(&open, SIGWINCH);
    return ppoll(&input, 1, milliseconds < 0 ? NULL : &time, &open) > 0;
}

static int screen_read(lua_State *L)
{
    char text[256];

    luaL_checkudata(L, 1, SCREEN);
    fflush(stdout);
    while (!wait_for_key(-1))
        if (resized) {
            resized = 0;
            lua_pushliteral(L, "");
            return 1;
        } else if (errno != EINTR)
            return 0;
    ssize_t size = read(STDIN_FILENO, text, sizeof text / 2);
    if (size <= 0)
        return 0;
    if (text[size - 1] == '\33' || (size > 1 && text[size - 2] == '\33'))
        if (wait_for_key(REST_OF_KEY)) {
            ssize_t rest = read(STDIN_FILENO, text + size, sizeof text / 2);
            size += rest > 0 ? rest : 0;
        }
    lua_pushlstring(L, text, (size_t)size);
    return 1;
}

static int terminal_get_size(lua_State *L)
{
    struct winsize size = terminal_size();

    lua_pushinteger(L, size.ws_col);
    lua_pushinteger(L, size.ws_row);
    return 2;
}

int luaopen_lab_terminal(lua_State *L)
{
    static const luaL_Reg screen_methods[] = {
        {"read", screen_read}, {"suspend", screen_suspend}, {"close", screen_close},
        {"__gc", screen_close}, {"__close", screen_close}, {NULL, NULL}
    };
    static const luaL_Reg functions[] = {
        {"open", terminal_open}, {"screen", terminal_screen}, {"size", terminal_get_size},
        {NULL, NULL}
    };
    static const luaL_Reg methods[] = {
        {"read", terminal_read}, {"remember", terminal_remember}, {"close", terminal_close},
        {"__gc", terminal_close}, {"__close", terminal_close}, {NULL, NULL}
    };
    luaL_newmetatable(L, TERMINAL);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    luaL_newmetatable(L, SCREEN);
    luaL_setfuncs(L, screen_methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    luaL_newlib(L, functions);
    return 1;
}
