/* core.pipe: another program as a filter.  For the Lua files of this module alone; no
 * scenario reaches it.
 *
 *   core.pipe({program, argument …}, input, seconds) -> its output,
 *       or nil and "missing", "failed" or "timeout", and what is to be said of that
 *
 * No shell is asked.  The program is looked for on the PATH, has the input as its
 * standard input and nowhere to complain to; at the limit it is killed with all that
 * it has started. */
#include "binding.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_OUTPUT (64u << 20)         /* bytes */
#define MOST_ARGUMENTS 16

typedef struct filter {
    const char *arguments[MOST_ARGUMENTS + 1];
    const char *input;
    size_t input_size, sent;
    char *output;
    size_t output_size, room;
    int64_t deadline;                   /* milliseconds */
    pid_t pid;
    int fd;                             /* a socket to both ends of it */
    const char *kind;                   /* NULL: it has done its work */
    char detail[128];
} filter;

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static bool fails(filter *self, const char *kind, const char *detail)
{
    self->kind = kind;
    snprintf(self->detail, sizeof self->detail, "%s", detail);
    return false;
}

/* ---------------------------------------------------------------------- starting -- */

/* In the child.  `failure` takes errno if there is no such program. */
static _Noreturn void become(const filter *self, int end, int failure)
{
    sigset_t none;

    setpgid(0, 0);                      /* what it starts is killed with it */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    int nowhere = open("/dev/null", O_WRONLY);
    if (dup2(end, STDIN_FILENO) >= 0 && dup2(end, STDOUT_FILENO) >= 0
        && dup2(nowhere, STDERR_FILENO) >= 0)
        execvp(self->arguments[0], (char *const *)self->arguments);
    int error = errno;
    if (write(failure, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

/* False if there is no process. */
static bool start(filter *self)
{
    int ends[2], failure[2], error = 0;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fails(self, "failed", strerror(errno));
    if (pipe2(failure, O_CLOEXEC) != 0) {
        fails(self, "failed", strerror(errno));
        close(ends[0]);
        close(ends[1]);
        return false;
    }
    self->pid = fork();
    if (self->pid == 0)
        become(self, ends[1], failure[1]);
    if (self->pid < 0)
        fails(self, "failed", strerror(errno));
    close(ends[1]);
    close(failure[1]);
    ssize_t got = -1;
    while (self->pid > 0 && (got = read(failure[0], &error, sizeof error)) < 0 && errno == EINTR)
        ;
    close(failure[0]);
    self->fd = ends[0];
    fcntl(self->fd, F_SETFL, O_NONBLOCK);
    if (got == (ssize_t)sizeof error)
        fails(self, error == ENOENT || error == EACCES ? "missing" : "failed", strerror(error));
    return self->pid > 0;
}

/* ------------------------------------------------------------------- talking to it -- */

/* False when it listens no more: what it has to say is read all the same. */
static bool send_some(filter *self)
{
    ssize_t size = send(self->fd, self->input + self->sent, self->input_size - self->sent,
                        MSG_NOSIGNAL);
    if (size < 0)
        return errno == EAGAIN || errno == EINTR;
    self->sent += (size_t)size;
    return true;
}

static bool make_room(filter *self)
{
    if (self->room - self->output_size >= 4096)
        return true;
    size_t room = self->room ? 2 * self->room : 65536;
    char *bigger = room <= MOST_OUTPUT ? realloc(self->output, room) : NULL;
    if (!bigger)
        return fails(self, "failed", "its output is too long");
    self->output = bigger;
    self->room = room;
    return true;
}

/* True as long as there may be more. */
static bool receive_some(filter *self)
{
    if (!make_room(self))
        return false;
    ssize_t size = recv(self->fd, self->output + self->output_size,
                        self->room - self->output_size, 0);
    if (size < 0)
        return errno == EAGAIN || errno == EINTR;
    self->output_size += (size_t)size;
    return size > 0;
}

static void talk(filter *self)
{
    bool sending = true;

    for (;;) {
        if (sending && self->sent == self->input_size) {
            shutdown(self->fd, SHUT_WR);
            sending = false;
        }
        int64_t left = self->deadline - now();
        if (left <= 0)
            return;
        struct pollfd wait = { self->fd, (short)(POLLIN | (sending ? POLLOUT : 0)), 0 };
        if (poll(&wait, 1, (int)left) < 0 && errno != EINTR)
            return;
        if (sending && (wait.revents & POLLOUT) && !send_some(self)) {
            shutdown(self->fd, SHUT_WR);
            sending = false;
        }
        if ((wait.revents & (POLLIN | POLLHUP | POLLERR)) && !receive_some(self))
            return;
    }
}

/* Wait for its end, until the limit at most. */
static void finish(filter *self)
{
    int status = 0;
    pid_t ended;

    while ((ended = waitpid(self->pid, &status, WNOHANG)) == 0 && !self->kind
           && now() < self->deadline)
        nanosleep(&(struct timespec) { 0, 1000000 }, NULL);
    if (ended == 0)
        kill(self->pid, SIGKILL);
    kill(-self->pid, SIGKILL);          /* what it has left behind */
    while (ended == 0 && waitpid(self->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (self->kind)
        return;
    if (ended == 0)
        fails(self, "timeout", "");
    else if (WIFSIGNALED(status)) {
        snprintf(self->detail, sizeof self->detail, "signal %d", WTERMSIG(status));
        self->kind = "failed";
    } else if (WEXITSTATUS(status) != 0) {
        snprintf(self->detail, sizeof self->detail, "exit status %d", WEXITSTATUS(status));
        self->kind = "failed";
    }
}

/* ------------------------------------------------------------------------- the word -- */

static int push_output(lua_State *L)
{
    const filter *self = lua_touserdata(L, 1);

    lua_pushlstring(L, self->output ? self->output : "", self->output_size);
    return 1;
}

static void check_arguments(lua_State *L, filter *self)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer count = luaL_len(L, 1);
    luaL_argcheck(L, count >= 1 && count <= MOST_ARGUMENTS, 1, "a program is expected");
    luaL_checkstack(L, MOST_ARGUMENTS + 8, NULL);
    self->input = luaL_checklstring(L, 2, &self->input_size);
    self->deadline = now() + (int64_t)(luaL_checknumber(L, 3) * 1000);
    for (lua_Integer i = 0; i < count; i++) {
        lua_geti(L, 1, i + 1);          /* stays on the stack */
        self->arguments[i] = luaL_checkstring(L, -1);
    }
}

int bind_pipe(lua_State *L)
{
    filter self = { .fd = -1 };

    check_arguments(L, &self);
    if (start(&self)) {
        if (!self.kind)
            talk(&self);
        finish(&self);
    }
    if (self.fd >= 0)
        close(self.fd);
    if (self.kind) {
        free(self.output);
        lua_pushnil(L);
        lua_pushstring(L, self.kind);
        lua_pushstring(L, self.detail);
        return 3;
    }
    lua_pushcfunction(L, push_output);
    lua_pushlightuserdata(L, &self);
    int status = lua_pcall(L, 1, 1, 0);
    free(self.output);
    return status == LUA_OK ? 1 : lua_error(L);
}
