/* Runs a fuzz target where the compiler has no fuzzer of its own.  It takes libFuzzer's
 * arguments, as far as they are needed here:
 *
 *     fuzz_heap [-max_total_time=SECONDS] [-seed=N] [-artifact_prefix=PATH] FOLDER…
 *     fuzz_heap FILE…                     run the target once on each
 *
 * Inputs are made from those in the folders, piece by piece; one that reaches code that
 * none before has reached is kept and built upon.  (That takes objects compiled with
 * -fsanitize-coverage=trace-pc; without it all start from the folders' inputs.)  The
 * target runs in a child; when that dies, or is busy with one input for too long, the
 * input is saved. */
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void __sanitizer_cov_trace_pc(void);

#define LARGEST_INPUT 16384
#define MOST_INPUTS 4096
#define SECONDS_AN_INPUT 30

/* What the child is doing, where the parent can still read it. */
typedef struct shared {
    uint64_t inputs;
    size_t kept, places;
    size_t size;
    uint8_t data[LARGEST_INPUT];
} shared;

typedef struct input {
    uint8_t *data;
    size_t size;
} input;

typedef struct fuzzer {
    shared *now;
    input corpus[MOST_INPUTS];
    size_t corpus_size;
    uint64_t random;
    long seconds;
    uint64_t seed;
    const char *prefix;                 /* of the path of a failing input */
} fuzzer;

/* ----------------------------------------------------------------- code reached -- */

static uint8_t reached[1 << 16];
static size_t places_reached;

/* Called by the compiled code in each of its blocks. */
__attribute__((no_sanitize("address", "undefined")))
void __sanitizer_cov_trace_pc(void)
{
    uintptr_t place = (uintptr_t)__builtin_return_address(0)
                      - (uintptr_t)&LLVMFuzzerTestOneInput;
    uint8_t *mark = &reached[(place * UINT32_C(0x9E3779B1) >> 8) & (sizeof reached - 1)];

    places_reached += *mark == 0;
    *mark = 1;
}

/* ---------------------------------------------------------------------- inputs -- */

static void fail(const char *what, const char *path)
{
    fprintf(stderr, "%s: ", what);
    perror(path);
    exit(2);
}

static void keep_input(fuzzer *f, const uint8_t *data, size_t size)
{
    if (f->corpus_size == MOST_INPUTS)
        return;
    uint8_t *copy = malloc(size + 1);
    if (!copy)
        fail("no memory", "");
    memcpy(copy, data, size);
    f->corpus[f->corpus_size++] = (input) { copy, size };
}

/* A file's beginning, at most LARGEST_INPUT bytes of it. */
static size_t read_file(const char *path, uint8_t *data)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail("cannot be read", path);
    size_t size = fread(data, 1, LARGEST_INPUT, file);
    fclose(file);
    return size;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The files of a folder in order of name: readdir has none. */
static void read_folder(fuzzer *f, const char *folder)
{
    static uint8_t data[LARGEST_INPUT];
    char *paths[MOST_INPUTS];
    size_t count = 0;
    DIR *entries = opendir(folder);

    if (!entries)
        fail("cannot be read", folder);
    for (struct dirent *entry; count < MOST_INPUTS && (entry = readdir(entries)) != NULL;) {
        size_t room = strlen(folder) + strlen(entry->d_name) + 2;
        if (entry->d_name[0] == '.' || !(paths[count] = malloc(room)))
            continue;
        snprintf(paths[count++], room, "%s/%s", folder, entry->d_name);
    }
    closedir(entries);
    qsort(paths, count, sizeof *paths, compare_names);
    for (size_t i = 0; i < count; i++) {
        keep_input(f, data, read_file(paths[i], data));
        free(paths[i]);
    }
}

/* -------------------------------------------------------------------- mutation -- */

static uint64_t random_number(fuzzer *f)
{
    f->random ^= f->random << 13;
    f->random ^= f->random >> 7;
    f->random ^= f->random << 17;
    return f->random;
}

/* From 0 to n - 1. */
static size_t below(fuzzer *f, size_t n)
{
    return n == 0 ? 0 : (size_t)(random_number(f) >> 16) % n;
}

typedef struct span {
    size_t start, size;
} span;

/* A piece of an input: half the time some lines of it, else some bytes. */
static span choose_span(fuzzer *f, const uint8_t *data, size_t size)
{
    size_t start = below(f, size + 1), end = start;

    if (below(f, 2)) {
        end += below(f, size - start + 1 < 33 ? size - start + 1 : 33);
        return (span) { start, end - start };
    }
    while (start > 0 && data[start - 1] != '\n')
        start--;
    for (size_t lines = 1 + below(f, 8); end < size && lines > 0; end++)
        lines -= data[end] == '\n';
    return (span) { start, end - start };
}

/* Put `piece` in the place of `old` in the input that is being made. */
static void replace(shared *now, span old, const uint8_t *piece, size_t size)
{
    size_t after = now->size - old.start - old.size;

    if (now->size - old.size + size > LARGEST_INPUT)
        return;
    memmove(now->data + old.start + size, now->data + old.start + old.size, after);
    if (size > 0)
        memcpy(now->data + old.start, piece, size);
    now->size += size - old.size;
}

static void splice(fuzzer *f, span old)
{
    static uint8_t piece[LARGEST_INPUT];
    const input *other = &f->corpus[below(f, f->corpus_size)];
    span from = choose_span(f, other->data, other->size);

    memcpy(piece, other->data + from.start, from.size);
    replace(f->now, old, piece, from.size);
}

static void insert_noise(fuzzer *f, span at)
{
    uint8_t noise[2048];
    size_t size = 1 + below(f, below(f, 8) ? 32 : sizeof noise);

    for (size_t i = 0; i < size; i++)
        noise[i] = (uint8_t)(random_number(f) >> 24);
    replace(f->now, (span) { at.start, 0 }, noise, size);
}

static void repeat_piece(shared *now, span piece)
{
    static uint8_t copy[LARGEST_INPUT];

    memcpy(copy, now->data + piece.start, piece.size);
    replace(now, (span) { piece.start, 0 }, copy, piece.size);
}

static void change_byte(fuzzer *f, size_t at)
{
    uint8_t *byte = &f->now->data[at];

    if (*byte >= '0' && *byte <= '9')
        *byte = (uint8_t)('0' + below(f, 10));
    else if (*byte >= 'a' && *byte <= 'z')
        *byte = (uint8_t)('a' + below(f, 26));
    else
        *byte = (uint8_t)(random_number(f) >> 24);
}

static void mutate(fuzzer *f)
{
    span piece = choose_span(f, f->now->data, f->now->size);

    switch (below(f, 7)) {
    case 0:
        replace(f->now, piece, NULL, 0);
        break;
    case 1:
        repeat_piece(f->now, piece);
        break;
    case 2:
        splice(f, piece);
        break;
    case 3:
        splice(f, (span) { piece.start, 0 });
        break;
    case 4:
        insert_noise(f, piece);
        break;
    default:
        if (piece.start < f->now->size)
            change_byte(f, piece.start);
    }
}

/* ---------------------------------------------------------------------- running -- */

static void run_input(fuzzer *f)
{
    /* A block of exactly this size, so that a read past its end is noticed. */
    uint8_t *data = malloc(f->now->size);

    if (!data && f->now->size > 0)
        fail("no memory", "");
    memcpy(data, f->now->data, f->now->size);
    alarm(SECONDS_AN_INPUT);
    LLVMFuzzerTestOneInput(data, f->now->size);
    alarm(0);
    free(data);
    f->now->inputs++;
    f->now->places = places_reached;
}

static void load(shared *now, const input *from)
{
    now->size = from->size;
    memcpy(now->data, from->data, from->size);
}

static void work(fuzzer *f)
{
    time_t end = time(NULL) + f->seconds;

    for (size_t i = 0; i < f->corpus_size && time(NULL) < end; i++) {
        load(f->now, &f->corpus[i]);
        run_input(f);
    }
    while (time(NULL) < end) {
        load(f->now, &f->corpus[below(f, f->corpus_size)]);
        for (size_t changes = 1 + below(f, 8); changes > 0; changes--)
            mutate(f);
        size_t before = places_reached;
        run_input(f);
        if (places_reached > before) {
            keep_input(f, f->now->data, f->now->size);
            f->now->kept = f->corpus_size;
        }
    }
}

/* Save the input that the child died of. */
static void save(const fuzzer *f, const char *why)
{
    char path[4096];

    snprintf(path, sizeof path, "%s%s-%llu-%llu", f->prefix, why, (unsigned long long)f->seed,
             (unsigned long long)f->now->inputs);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(f->now->data, 1, f->now->size, file) != f->now->size || fclose(file))
        fail("cannot be written", path);
    printf("    the failing input: %s\n", path);
}

static int fuzz(fuzzer *f)
{
    int status;
    fflush(NULL);
    pid_t child = fork();

    if (child < 0)
        fail("no child", "fork");
    if (child == 0) {
        work(f);
        exit(0);
    }
    if (waitpid(child, &status, 0) < 0)
        fail("no child", "waitpid");
    printf("    seed %llu: %llu inputs, %zu kept, %zu places in the code\n",
           (unsigned long long)f->seed, (unsigned long long)f->now->inputs, f->now->kept,
           f->now->places);
    if (status != 0)
        save(f, WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? "timeout" : "crash");
    return status != 0;
}

/* ------------------------------------------------------------------------ main -- */

static const char *option(const char *argument, const char *name)
{
    size_t size = strlen(name);
    return strncmp(argument, name, size) == 0 ? argument + size : NULL;
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* Take one argument; whether it was a file, which has been run. */
static bool take(fuzzer *f, const char *argument)
{
    const char *value;

    if ((value = option(argument, "-max_total_time=")) != NULL) {
        f->seconds = atol(value);
    } else if ((value = option(argument, "-seed=")) != NULL) {
        f->seed = strtoull(value, NULL, 10);
    } else if ((value = option(argument, "-artifact_prefix=")) != NULL) {
        f->prefix = value;
    } else if (argument[0] == '-') {
        return false;                   /* an option that only libFuzzer has */
    } else if (is_folder(argument)) {
        read_folder(f, argument);
    } else {
        f->now->size = read_file(argument, f->now->data);
        run_input(f);
        return true;
    }
    return false;
}

int main(int count, char **arguments)
{
    static fuzzer f = { .seconds = 60, .prefix = "" };
    bool files = false;

    f.now = mmap(NULL, sizeof *f.now, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (f.now == MAP_FAILED)
        fail("no memory", "");
    f.seed = (uint64_t)time(NULL);
    for (int i = 1; i < count; i++)
        files = take(&f, arguments[i]) || files;
    if (files)
        return 0;
    if (f.corpus_size == 0)
        keep_input(&f, (const uint8_t *)"\n", 1);
    f.random = (f.seed + 1) * UINT64_C(0x9E3779B97F4A7C15);
    return fuzz(&f);
}
