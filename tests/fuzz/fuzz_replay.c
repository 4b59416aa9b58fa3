/* Replays any bytes as a heap trace.  The heap must stay whole, and the trace that comes
 * out, written with the heap's own results, must replay without a divergence. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <refchain/refchain.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MEMORY_LIMIT ((size_t)1 << 20)
#define DIGITS_OF_REPEAT 2

typedef struct text {
    char *bytes;
    size_t size, room, used;
} text;

static void add(text *to, const char *bytes, size_t size)
{
    if (size > to->room - to->size) {
        to->room = 2 * to->room + size;
        to->bytes = realloc(to->bytes, to->room);
        if (!to->bytes)
            abort();
    }
    if (size > 0)
        memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
}

/* The input with each number in a line with `repeat` cut to two digits: a long repetition
 * shows nothing that a short one does not, and takes its time. */
static text without_long_repeats(const char *bytes, size_t size)
{
    static const char word[] = "repeat";
    text shorter = { 0 };
    size_t digits = 0;
    bool repeats = false;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\n')
            repeats = false;
        else if (size - i >= strlen(word) && memcmp(&bytes[i], word, strlen(word)) == 0)
            repeats = true;
        digits = bytes[i] >= '0' && bytes[i] <= '9' ? digits + 1 : 0;
        if (!repeats || digits <= DIGITS_OF_REPEAT)
            add(&shorter, &bytes[i], 1);
    }
    return shorter;
}

typedef struct replay {
    text in, out;
    size_t divergences;
    char shown[300];                    /* the first of them */
} replay;

static ptrdiff_t read_trace(void *context, char *buffer, size_t size)
{
    text *in = &((replay *)context)->in;

    if (size > in->size - in->used)
        size = in->size - in->used;
    if (size > 0)
        memcpy(buffer, in->bytes + in->used, size);
    in->used += size;
    return (ptrdiff_t)size;
}

static bool write_trace(void *context, const char *bytes, size_t size)
{
    add(&((replay *)context)->out, bytes, size);
    return true;
}

static void note_divergence(void *context, const rc_divergence *divergence)
{
    replay *r = context;

    if (r->divergences++ == 0)
        snprintf(r->shown, sizeof r->shown, "line %zu: %s => %s, then %s", divergence->line,
                 divergence->operation, divergence->expected, divergence->got);
}

static rc_replay_result run(replay *r, const rc_profile *profile)
{
    rc_replay_options options = {
        .profile = profile, .keep_going = true, .memory_limit = MEMORY_LIMIT, .check = true,
        .read = read_trace, .diverged = note_divergence, .write = write_trace, .context = r,
    };
    rc_replay_result result = rc_replay(&options);

    if (result.status == RC_REPLAY_BROKEN) {
        fprintf(stderr, "line %zu: %s\n", result.line, result.problem);
        abort();
    }
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t profiles = 0;
    while (rc_profile_at(profiles))
        profiles++;

    /* the one that the trace names, or any other */
    const rc_profile *profile = size % 2 ? NULL : rc_profile_at(size / 2 % profiles);
    replay first = { .in = without_long_repeats((const char *)data, size) };
    rc_replay_result result = run(&first, profile);

    if (result.status == RC_REPLAY_DONE) {
        replay second = { .in = first.out };
        second.in.used = 0;
        result = run(&second, profile);
        if (result.status != RC_REPLAY_DONE || second.divergences > 0) {
            fprintf(stderr, "the trace written does not replay: %s%s\n", result.problem,
                    second.shown);
            abort();
        }
        free(second.out.bytes);
    }
    free(first.in.bytes);
    free(first.out.bytes);
    return 0;
}
