/* Children forked from a warm parent. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lauxlib.h>

#include "limits.h"

#define JOB "lab.job"

enum { REPORT, STDOUT, STDERR, STREAMS };

static const char *const stream_names[STREAMS] = {"report", "stdout", "stderr"};

typedef struct job {
    pid_t pid;                          /* 0: ended, and waited for */
    int fd[STREAMS];                    /* our ends, -1: closed */
} job;

static int report_descriptor = -1;      /* a process has one or none */

int process_report(void)
{
    return report_descriptor;
}

/* ---------------------------------------------------------------- in the child -- */

static void become_child(const int pipes[STREAMS][2])
{
    __fpurge(stdout);                   /* what the parent could not write */
    setpgid(0, 0);                      /* Ctrl-C is the parent's business */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_DFL);
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    close(nothing);
    dup2(pipes[STDOUT][1], STDOUT_FILENO);
    dup2(pipes[STDERR][1], STDERR_FILENO);
    for (int i = 0; i < STREAMS; i++) {
        close(pipes[i][0]);
        if (i != REPORT)
            close(pipes[i][1]);
    }
    report_descriptor = pipes[REPORT][1];
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);      /* what was printed before a crash counts */
}

void __gcov_dump(void) __attribute__((weak));

static _Noreturn void child(lua_State *L)
{
    int status = 0;

    lua_pushvalue(L, 1);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
        const char *message = lua_tostring(L, -1);
        fprintf(stderr, "%s\n", message ? message : "error without a message");
        status = 1;
    }
    fflush(NULL);
    if (__gcov_dump)                    /* a build that measures coverage */
        __gcov_dump();
    _exit(status);
}

/* ---------------------------------------------------------------- in the parent -- */

static void close_all(int pipes[STREAMS][2], int count)
{
    for (int i = 0; i < count; i++) {
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
}

static int cannot_start(lua_State *L, int error)
{
    lua_pushnil(L);
    lua_pushfstring(L, "cannot start a process: %s", strerror(error));
    return 2;
}

static int process_fork(lua_State *L)
{
    int pipes[STREAMS][2];

    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    job *self = lua_newuserdatauv(L, sizeof *self, 0);
    *self = (job){0, {-1, -1, -1}};
    luaL_setmetatable(L, JOB);
    for (int i = 0; i < STREAMS; i++)
        if (pipe2(pipes[i], O_CLOEXEC) != 0) {
            int error = errno;
            close_all(pipes, i);
            return cannot_start(L, error);
        }
    fflush(NULL);
    self->pid = fork();
    if (self->pid < 0) {
        int error = errno;
        self->pid = 0;
        close_all(pipes, STREAMS);
        return cannot_start(L, error);
    }
    if (self->pid == 0) {
        become_child(pipes);
        child(L);
    }
    setpgid(self->pid, self->pid);
    for (int i = 0; i < STREAMS; i++) {
        close(pipes[i][1]);
        fcntl(pipes[i][0], F_SETFL, O_NONBLOCK);
        self->fd[i] = pipes[i][0];
    }
    return 1;
}

/* A new event on top of the stack, appended to the sequence at `events`. */
static void add_event(lua_State *L, int events, lua_Integer index)
{
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, index);
    lua_setfield(L, -2, "job");
    lua_pushvalue(L, -1);
    lua_seti(L, events, luaL_len(L, events) + 1);
}

/* Read what there is, once; false at the end of the stream. */
static bool read_some(lua_State *L, int events, lua_Integer index, job *self, int stream)
{
    char text[1 << 16];
    ssize_t n = read(self->fd[stream], text, sizeof text);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0)
        return false;
    add_event(L, events, index);
    lua_pushstring(L, stream_names[stream]);
    lua_setfield(L, -2, "stream");
    lua_pushlstring(L, text, (size_t)n);
    lua_setfield(L, -2, "text");
    lua_pop(L, 1);
    return true;
}

static void close_stream(job *self, int stream)
{
    if (self->fd[stream] >= 0)
        close(self->fd[stream]);
    self->fd[stream] = -1;
}

/* What is still in a pipe whose writer is gone (or has left it to others). */
static void drain(lua_State *L, int events, lua_Integer index, job *self, int stream)
{
    while (self->fd[stream] >= 0) {
        lua_Integer before = luaL_len(L, events);
        if (!read_some(L, events, index, self, stream) || luaL_len(L, events) == before)
            close_stream(self, stream);
    }
}

static const char *signal_name(int number)
{
    static char other[16];
    switch (number) {
    case SIGSEGV: return "SIGSEGV (segmentation fault)";
    case SIGABRT: return "SIGABRT (aborted)";
    case SIGBUS: return "SIGBUS (bus error)";
    case SIGFPE: return "SIGFPE (arithmetic exception)";
    case SIGILL: return "SIGILL (illegal instruction)";
    case SIGKILL: return "SIGKILL (killed)";
    case SIGTERM: return "SIGTERM (terminated)";
    }
    snprintf(other, sizeof other, "signal %d", number);
    return other;
}

/* Wait for a child that is ending, and end what it has started and left behind. */
static int reap(job *self)
{
    siginfo_t info;
    int status = 0;

    while (waitid(P_PID, (id_t)self->pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
        ;
    kill(-self->pid, SIGKILL);
    while (waitpid(self->pid, &status, 0) < 0 && errno == EINTR)
        ;
    self->pid = 0;
    return status;
}

/* The child has closed its reports: it is ending. */
static void end(lua_State *L, int events, lua_Integer index, job *self)
{
    drain(L, events, index, self, REPORT);
    int status = reap(self);
    drain(L, events, index, self, STDOUT);
    drain(L, events, index, self, STDERR);
    add_event(L, events, index);
    lua_pushboolean(L, true);
    lua_setfield(L, -2, "ended");
    if (WIFSIGNALED(status)) {
        lua_pushstring(L, signal_name(WTERMSIG(status)));
        lua_setfield(L, -2, "signal");
    } else {
        lua_pushinteger(L, WEXITSTATUS(status));
        lua_setfield(L, -2, "status");
    }
    lua_pop(L, 1);
}

/* Poll entries for every open stream of every job; how many. */
static nfds_t collect(lua_State *L, struct pollfd *polled, lua_Integer count)
{
    nfds_t n = 0;

    for (lua_Integer i = 1; i <= count; i++) {
        lua_geti(L, 1, i);
        const job *self = luaL_checkudata(L, -1, JOB);
        for (int stream = 0; stream < STREAMS; stream++)
            polled[n++] = (struct pollfd){self->fd[stream], POLLIN, 0};
        lua_pop(L, 1);
    }
    return n;
}

static int process_wait(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer count = luaL_len(L, 1);
    double seconds = luaL_checknumber(L, 2);
    lua_settop(L, 2);
    struct pollfd *polled = lua_newuserdatauv(L, (size_t)(count + 1) * STREAMS * sizeof *polled, 0);

    nfds_t n = collect(L, polled, count);
    lua_newtable(L);
    int events = lua_gettop(L);
    if (poll(polled, n, (int)(seconds * 1000)) <= 0)
        return 1;                       /* nothing, or a signal */
    for (lua_Integer i = 0; i < count; i++) {
        lua_geti(L, 1, i + 1);
        job *self = luaL_checkudata(L, -1, JOB);
        const struct pollfd *mine = polled + i * STREAMS;
        for (int stream = STREAMS - 1; stream >= 0; stream--)
            if (mine[stream].fd >= 0 && mine[stream].revents &&
                !read_some(L, events, i + 1, self, stream))
                close_stream(self, stream);
        if (self->pid && self->fd[REPORT] < 0)
            end(L, events, i + 1, self);
        lua_pop(L, 1);
    }
    return 1;
}

static int job_kill(lua_State *L)
{
    job *self = luaL_checkudata(L, 1, JOB);
    if (self->pid > 0)
        kill(-self->pid, SIGKILL);
    return 0;
}

static int job_close(lua_State *L)
{
    job *self = luaL_checkudata(L, 1, JOB);

    for (int stream = 0; stream < STREAMS; stream++)
        close_stream(self, stream);
    if (self->pid > 0) {
        kill(-self->pid, SIGKILL);
        reap(self);
    }
    return 0;
}

static int process_send(lua_State *L)
{
    size_t size;
    const char *kind = luaL_checkstring(L, 1);
    const char *text = luaL_checklstring(L, 2, &size);

    luaL_argcheck(L, strlen(kind) < 32, 1, "too long");
    limits_report(report_descriptor, kind, text, size);
    return 0;
}

void process_register(lua_State *L)
{
    static const luaL_Reg job_methods[] = {
        {"kill", job_kill}, {"close", job_close}, {"__gc", job_close}, {NULL, NULL}
    };
    static const luaL_Reg functions[] = {
        {"fork", process_fork}, {"wait", process_wait}, {"report", process_send}, {NULL, NULL}
    };
    luaL_newmetatable(L, JOB);
    luaL_setfuncs(L, job_methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    luaL_setfuncs(L, functions, 0);
}
