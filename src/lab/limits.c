/* Time, memory, Ctrl-C and crashes of a scenario. */
#include "limits.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <lauxlib.h>

#define TICK 0.05                       /* seconds from one arming to the next */
#define RESERVE ((size_t)1 << 20)       /* bytes: a block that goes back to the system when freed */
#define LAST_TICK 21                    /* a second after the first */

/* What the signal handlers know. */
static limits *volatile attached;
static volatile sig_atomic_t interrupts;

/* ------------------------------------------------------------------ the report -- */

void limits_report(int descriptor, const char *kind, const char *text, size_t size)
{
    char head[64];
    size_t kind_size = strlen(kind);
    uint32_t total = (uint32_t)(kind_size + 1 + size);

    memcpy(head, &total, 4);
    memcpy(head + 4, kind, kind_size);
    head[4 + kind_size] = '\n';
    const char *part[2] = {head, text};
    size_t left[2] = {5 + kind_size, size};
    for (int i = 0; i < 2; i++)
        while (left[i] > 0) {
            ssize_t n = write(descriptor, part[i], left[i]);
            if (n < 0 && errno != EINTR)
                return;
            if (n > 0) {
                part[i] += n;
                left[i] -= (size_t)n;
            }
        }
}

/* ----------------------------------------------------------- where a script is -- */

#define PLACE 128                       /* bytes of FILE:LINE: Lua keeps a file's name short */
#define NEAR 64                         /* frames at either end that are all looked at */

/* The next two format without stdio: a signal handler may. */
static size_t append(char *text, size_t size, size_t at, const char *piece)
{
    while (*piece && at + 1 < size)
        text[at++] = *piece++;
    text[at] = '\0';
    return at;
}

static size_t append_number(char *text, size_t size, size_t at, unsigned number)
{
    char digits[12];
    char *digit = digits + sizeof digits - 1;

    *digit = '\0';
    do
        *--digit = (char)('0' + number % 10);
    while (number /= 10);
    return append(text, size, at, digit);
}

/* Whether the frame at `level` is the scenario's; its source and line. */
static bool of_a_scenario(const limits *self, lua_State *L, int level, lua_Debug *frame)
{
    if (!lua_getstack(L, level, frame))
        return false;
    lua_getinfo(L, "Sl", frame);
    return frame->currentline > 0 &&
           strncmp(frame->source, "=[refchain", sizeof "=[refchain" - 1) != 0 &&
           !(*self->library && strcmp(frame->source, self->library) == 0);
}

/* How many frames there are. */
static int depth_of(lua_State *L)
{
    lua_Debug frame;
    int there = 0, not_there = NEAR;

    while (lua_getstack(L, not_there, &frame)) {
        there = not_there;
        not_there *= 2;
    }
    while (not_there - there > 1) {
        int middle = there + (not_there - there) / 2;
        if (lua_getstack(L, middle, &frame))
            there = middle;
        else
            not_there = middle;
    }
    return there + 1;
}

/* The innermost frame of the scenario below the first NEAR.  Lua finds a frame by
 * walking to it, so that looking at each would take the square of a depth that may
 * be in the ten thousands.  But these are the frames of one of our words that calls
 * itself, with the scenario below: the border is found by halving. */
static bool far_frame(const limits *self, lua_State *L, lua_Debug *frame)
{
    int depth = depth_of(L), level = depth - NEAR < NEAR ? NEAR : depth - NEAR;

    while (level < depth && !of_a_scenario(self, L, level, frame))
        level++;
    if (level >= depth)
        return false;
    int ours = NEAR - 1, theirs = level;
    while (theirs - ours > 1) {
        int middle = ours + (theirs - ours) / 2;
        if (of_a_scenario(self, L, middle, frame))
            theirs = middle;
        else
            ours = middle;
    }
    return of_a_scenario(self, L, theirs, frame);
}

static bool find_frame(const limits *self, lua_State *L, lua_Debug *frame)
{
    for (int level = 0; level < NEAR; level++)
        if (of_a_scenario(self, L, level, frame))
            return true;
    return far_frame(self, L, frame);
}

static bool thread_where(const limits *self, lua_State *L, char *text, size_t size)
{
    lua_Debug frame;

    if (!find_frame(self, L, &frame))
        return false;
    size_t at = append(text, size, 0, frame.short_src);
    at = append(text, size, at, ":");
    append_number(text, size, at, (unsigned)frame.currentline);
    return true;
}

/* Whether a thread waits for another one that it has resumed. */
static bool is_resuming(lua_State *L)
{
    lua_Debug frame;

    lua_getstack(L, 0, &frame);
    lua_getinfo(L, "Sn", &frame);
    return *frame.what == 'C' && frame.name && strcmp(frame.name, "resume") == 0;
}

/* Coroutines that run or wait for those they resumed have frames and are not
 * suspended; the one that runs is most likely the newest. */
void limits_where(limits *self, char *text, size_t size)
{
    lua_Debug frame;
    allocator_thread *ring = &self->allocator->threads;

    text[0] = '\0';
    for (allocator_thread *entry = ring->next; entry != ring; entry = entry->next) {
        lua_State *L = allocator_thread_of(entry);
        if (!entry->ready || lua_status(L) != LUA_OK || !lua_getstack(L, 0, &frame) ||
            is_resuming(L))
            continue;
        if (thread_where(self, L, text, size))
            return;
    }
    thread_where(self, self->L, text, size);
}

/* -------------------------------------------------------------------- the hook -- */

static void compose(limits *self, const char *where)
{
    if (self->stop == LIMITS_INTERRUPT)
        snprintf(self->message, sizeof self->message, "interrupted at %s", where);
    else
        snprintf(self->message, sizeof self->message, "timed out after %g s at %s",
                 self->seconds, where);
}

static void raise_at_every_instruction(lua_State *L, lua_Debug *frame)
{
    limits *self = attached;
    char where[PLACE] = "";

    (void)frame;
    if (!self->inside)                  /* the call is over; its hook is on its way out */
        return;
    if (!self->reached) {
        self->reached = true;
        if (!thread_where(self, L, where, sizeof where))
            limits_where(self, where, sizeof where);
        compose(self, *where ? where : "?");
    }
    lua_pushstring(L, self->message);
    lua_error(L);
}

static void hook_all(limits *self, lua_Hook hook, int mask)
{
    allocator_thread *ring = &self->allocator->threads;

    for (allocator_thread *entry = ring->next; entry != ring; entry = entry->next)
        lua_sethook(allocator_thread_of(entry), hook, mask, 1);
    lua_sethook(self->L, hook, mask, 1);
}

static void arm(limits *self, limits_stop stop)
{
    if (self->stop == LIMITS_NONE)
        self->stop = stop;
    hook_all(self, raise_at_every_instruction, LUA_MASKCOUNT);
}

/* Every thread gets back the hook that the state had when the call began. */
static void disarm(limits *self)
{
    hook_all(self, self->resting, self->resting_mask);
    self->stop = LIMITS_NONE;
}

/* --------------------------------------------------------------------- signals -- */

/* A C function has not returned for a second: say where it was called, and end. */
static void give_up(limits *self)
{
    char where[PLACE];

    if (!self->reached) {
        limits_where(self, where, sizeof where);
        compose(self, *where ? where : "?");
    }
    if (self->report >= 0)
        limits_report(self->report, "timeout", self->message, strlen(self->message));
    _exit(1);
}

static void on_tick(int signal)
{
    limits *self = attached;

    (void)signal;
    if (!self)
        return;
    if (++self->ticks >= LAST_TICK)
        give_up(self);
    if (self->inside)
        arm(self, LIMITS_TIME);
}

/* Asked for the third time while a C function does not return, we end. */
static void on_interrupt(int signal)
{
    static const char last[] = "refchain: ended inside a function that does not return\n";
    limits *self = attached;

    (void)signal;
    interrupts = 1;
    if (!self || !self->inside)
        return;
    if (++self->pressed == 3 && !self->reached) {
        ssize_t ignored = write(STDERR_FILENO, last, sizeof last - 1);
        (void)ignored;
        _exit(130);
    }
    arm(self, LIMITS_INTERRUPT);
}

/* The handler is for one time: a second crash, or the raise, kills. */
static void on_crash(int signal)
{
    limits *self = attached;
    char where[PLACE];

    limits_where(self, where, sizeof where);
    limits_report(self->report, "crash", where, strlen(where));
    raise(signal);
}

static void catch(int signal, void (*handler)(int), int flags)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

void limits_attach(limits *self)
{
    attached = self;
}

static void set_timer(double first, double then)
{
    struct itimerval timer = {
        .it_value = {(time_t)first, (suseconds_t)(fmod(first, 1) * 1e6)},
        .it_interval = {0, (suseconds_t)(then * 1e6)},
    };
    setitimer(ITIMER_REAL, &timer, NULL);
}

void limits_start_clock(limits *self)
{
    if (self->seconds <= 0)
        return;
    self->ticks = 0;
    catch(SIGALRM, on_tick, SA_RESTART);
    set_timer(self->seconds < TICK ? TICK : self->seconds, TICK);
}

void limits_stop_clock(void)
{
    set_timer(0, 0);
}

void limits_catch_interrupt(void)
{
    catch(SIGINT, on_interrupt, 0);     /* interrupts a read and a poll, too */
}

bool limits_interrupted(void)
{
    bool result = interrupts != 0;
    interrupts = 0;
    return result;
}

/* A sanitizer has handlers of its own, which say more, and a great appetite. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

void limits_catch_crash(limits *self)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    size_t size = (size_t)64 << 10;
    struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
    if (SANITIZED || self->report < 0)
        return;
    stack_t stack = {.ss_sp = malloc(size), .ss_size = size};
    if (!stack.ss_sp)
        return;
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        catch(signals[i], on_crash, SA_ONSTACK | SA_RESETHAND | SA_NODEFER);
}

/* ---------------------------------------------------------------------- memory -- */

/* Bytes of data that the process has now, as RLIMIT_DATA counts them. */
static size_t data_size(void)
{
    char line[256];
    unsigned long long kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");

    if (!status)
        return 0;
    while (fgets(line, sizeof line, status))
        if (sscanf(line, "VmData: %llu kB", &kilobytes) == 1)
            break;
    fclose(status);
    return (size_t)kilobytes << 10;
}

void limits_memory(limits *self, size_t bytes)
{
    if (bytes && !self->reserve)
        self->reserve = malloc(RESERVE);
    size_t now = data_size();

    if (bytes && now && !SANITIZED) {
        size_t slack = bytes / 8 + ((size_t)64 << 20);
        struct rlimit data = {now + bytes + slack, now + bytes + slack};
        setrlimit(RLIMIT_DATA, &data);
    }
}

/* --------------------------------------------------------------- guarded calls -- */

/* Remember where an error was raised; the error itself goes on as it is. */
int limits_note(lua_State *L)
{
    limits *self = attached;

    if (!thread_where(self, L, self->raised, sizeof self->raised))
        self->raised[0] = '\0';
    lua_settop(L, 1);
    return 1;
}

const char *limits_call(limits *self, lua_State *L, int arguments)
{
    int base = lua_gettop(L) - arguments - 1;

    self->reached = false;
    self->pressed = 0;
    self->raised[0] = self->refused[0] = '\0';
    self->resting = lua_gethook(self->L);
    self->resting_mask = lua_gethookmask(self->L);
    allocator_limit(self->allocator, self->allocator->limit, true);
    self->inside = true;
    if (self->ticks > 0)                /* the time was up before */
        arm(self, LIMITS_TIME);
    int status = lua_pcall(L, arguments, LUA_MULTRET, 0);
    self->inside = false;
    if (status != LUA_OK || !lua_toboolean(L, base + 1)) {      /* what is called may be a pcall */
        free(self->reserve);
        self->reserve = NULL;
    }
    allocator_limit(self->allocator, self->allocator->limit, false);
    limits_stop stop = self->reached ? self->stop : LIMITS_NONE;
    disarm(self);

    if (stop == LIMITS_NONE)
        return status == LUA_OK ? "ok" : status == LUA_ERRMEM ? "memory" : "error";
    lua_settop(L, base);
    lua_pushstring(L, self->message);
    return stop == LIMITS_TIME ? "timeout" : "interrupted";
}
