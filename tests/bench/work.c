/* The work of the benchmark, once for all: compiled with PEER, the header of a peer, it is
 * the program that drives that peer's C API.
 *
 *     program --works                 the works that this peer can do, one a line
 *     program --compiler              what has compiled this
 *     program WORK N MILLISECONDS     do it at size N; prints nanoseconds per unit
 *
 * What is quick is repeated, after a warm-up, in blocks until that time is over, and the
 * median block is printed.  What can only be done once, or takes long, is done as often as
 * it has to be.  With 0 milliseconds it is done just once, without a warm-up, and 0 is
 * printed: so the instructions of N units are the difference between 2N and N.
 *
 * Each work checks that what it did is what was meant: the numbers of objects left, found.
 * Exit status: 0, or 1 with a line that says what is wrong. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

#include PEER

static double budget;                   /* nanoseconds; 0: once */

/* -------------------------------------------------------------------- timing -- */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

#define MOST_BLOCKS 1001

static double blocks[MOST_BLOCKS];
static size_t block_count;

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(void)
{
    qsort(blocks, block_count, sizeof *blocks, by_size);
    return (blocks[(block_count - 1) / 2] + blocks[block_count / 2]) / 2;
}

/* The median time of `block`, which takes the time of its n units; the first one is the
 * warm-up.  At least `least` are timed. */
static double repeat(double (*block)(size_t n), size_t n, size_t least)
{
    if (budget == 0)
        return block(n) / (double)n;
    block(n);
    double end = now() + budget;
    for (block_count = 0; block_count < MOST_BLOCKS; block_count++) {
        if (block_count >= least && now() >= end)
            break;
        blocks[block_count] = block(n);
    }
    return median() / (double)n;
}

/* -------------------------------------------------------------------- random -- */

static uint64_t seed = 20251122;

static uint64_t random_number(void)
{
    uint64_t z = seed += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static void *memory(size_t count, size_t size)
{
    void *block = malloc(count * size + 1);
    if (!block)
        fail("no memory");
    memset(block, 1, count * size);     /* its pages are there before anything is timed */
    return block;
}

/* 0 … n-1 in random order, shuffled within stretches of `reach`. */
static uint32_t *permutation(size_t n, size_t reach)
{
    uint32_t *order = memory(n, sizeof *order);
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    for (size_t start = 0; start < n; start += reach) {
        size_t length = n - start < reach ? n - start : reach;
        for (size_t i = length; i > 1; i--) {
            size_t j = random_number() % i;
            uint32_t other = order[start + j];
            order[start + j] = order[start + i - 1];
            order[start + i - 1] = other;
        }
    }
    return order;
}

/* A virtual machine's host may have taken back what nobody uses: to get a page anew takes
 * it 10 times as long as the kernel takes to hand one out.  So whoever works on much
 * memory touches as much before, and gives it back: then it is the kernel and the peer that
 * are measured. */
static void wake_machine(size_t objects)
{
    size_t size = objects * 512, most = (size_t)1 << 30;

    if (size > most)
        size = most;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return;
#ifdef MADV_HUGEPAGE
    madvise(memory, size, MADV_HUGEPAGE);
#endif
    memset(memory, 1, size);
    munmap(memory, size);
}

/* ---------------------------------------------------------- one after another -- */

static value one, two;                  /* small ints: items of everything that has some */
static key name;

static inline value new_dict1(void)
{
    value dict = new_dict();
    store(dict, name, one);
    return dict;
}

/* Resident memory of this process, in bytes. */
static double resident(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%*d %ld", &pages) != 1)
        fail("/proc/self/statm cannot be read");
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

/* Whether the collector holds every object of this kind: only those can be counted. */
static bool is_counted(const char *kind)
{
    return strcmp(kind, "list") == 0 || strcmp(kind, "list3") == 0;
}

/* What a census counted has fallen by n objects of this kind. */
static void check_fall(size_t before, size_t n, const char *kind)
{
    if (!is_counted(kind))
        return;
    size_t fallen = before - census();
    if (CENSUS_IS_EXACT ? fallen != n : fallen < n / 2)
        fail("not all that was dropped is gone");
}

#define WARM_UP 1000                    /* objects, before what is done only once */

/* The works of one kind of object:
 * pair     made and dropped at once, per object
 * build    n made and kept
 * destroy  n dropped in the order in which they were made; at random
 * bytes    of n objects that are kept, each: in whole bytes, as its goals are */
#define WORKS_OF(kind, make)                                                      \
    static double block_##kind(size_t n)                                          \
    {                                                                             \
        double start = now();                                                     \
        for (size_t i = 0; i < n; i++)                                            \
            drop(make);                                                           \
        return now() - start;                                                     \
    }                                                                             \
    static double pair_##kind(size_t n)                                           \
    {                                                                             \
        automatic(IS_TRACING);                                                    \
        return repeat(block_##kind, n, 11);                                       \
    }                                                                             \
    static value *filled_##kind(size_t n)                                         \
    {                                                                             \
        value *all = memory(n, sizeof *all);                                      \
        for (size_t i = 0; i < n; i++)                                            \
            all[i] = make;                                                        \
        return all;                                                               \
    }                                                                             \
    static double build_##kind(size_t n)                                          \
    {                                                                             \
        value *few = filled_##kind(WARM_UP), *all = memory(n, sizeof *all);       \
        for (size_t i = 0; i < WARM_UP; i++)                                      \
            drop(few[i]);                                                         \
        double start = now();                                                     \
        for (size_t i = 0; i < n; i++)                                            \
            all[i] = make;                                                        \
        double time = now() - start;                                              \
        free(few);                                                                \
        free(all);                                                                \
        return time / (double)n;                                                  \
    }                                                                             \
    static double destroy_##kind(size_t n)                                        \
    {                                                                             \
        value *all = filled_##kind(n);                                            \
        size_t before = census();                                                 \
        double start = now();                                                     \
        for (size_t i = 0; i < n; i++)                                            \
            drop(all[i]);                                                         \
        settle();                                                                 \
        double time = now() - start;                                              \
        check_fall(before, n, #kind);                                             \
        free(all);                                                                \
        return time / (double)n;                                                  \
    }                                                                             \
    static double scatter_##kind(size_t n)                                        \
    {                                                                             \
        value *all = filled_##kind(n);                                            \
        uint32_t *order = permutation(n, n);                                      \
        size_t before = census();                                                 \
        double start = now();                                                     \
        for (size_t i = 0; i < n; i++)                                            \
            drop(all[order[i]]);                                                  \
        settle();                                                                 \
        double time = now() - start;                                              \
        check_fall(before, n, #kind);                                             \
        free(order);                                                              \
        free(all);                                                                \
        return time / (double)n;                                                  \
    }                                                                             \
    static double bytes_##kind(size_t n)                                          \
    {                                                                             \
        value *few = filled_##kind(WARM_UP), *all = memory(n, sizeof *all);       \
        for (size_t i = 0; i < WARM_UP; i++)                                      \
            drop(few[i]);                                                         \
        settle();                                                                 \
        double before = resident();                                               \
        for (size_t i = 0; i < n; i++)                                            \
            all[i] = make;                                                        \
        double taken = resident() - before;                                       \
        free(few);                                                                \
        free(all);                                                                \
        return (double)(size_t)(taken / (double)n + 0.5);                         \
    }

#ifdef HAS_NUMBERS
WORKS_OF(int, new_int(1000000))
WORKS_OF(float, new_float(1.5))
#endif
WORKS_OF(list, new_list())
WORKS_OF(list3, new_list3(one, two, one))
WORKS_OF(dict, new_dict())
WORKS_OF(dict1, new_dict1())
#ifdef HAS_TUPLES
WORKS_OF(tuple2, new_tuple2(one, two))
#endif
#ifdef HAS_SETS
WORKS_OF(set, new_set())
#endif
#ifdef HAS_INSTANCES
WORKS_OF(instance1, new_instance1(one))
#endif

/* ---------------------------------------------------------------- operations -- */

#ifdef HAS_COUNTS
static value counted;

/* As far as the compiler knows it may be another object after each step. */
static double block_count_change(size_t n)
{
    value object = counted;
    double start = now();
    for (size_t i = 0; i < n; i++) {
        hold(object);
        __asm__ volatile("" : "+r"(object));
        drop(object);
        __asm__ volatile("" : "+r"(object));
    }
    return now() - start;
}

static double count_change(size_t n)
{
    counted = new_list();
    return repeat(block_count_change, n, 11);
}
#endif

static double append_all(size_t n)
{
    value list = new_list();
    double start = now();
    for (size_t i = 0; i < n; i++)
        append(list, i, one);
    double time = now() - start;
    if (!has_item(list, n - 1))
        fail("the last item is missing");
    drop(list);
    return time / (double)n;
}

static value indexed;

static double block_index(size_t n)
{
    size_t present = 0;
    double start = now();
    for (size_t i = 0; i < n; i++)
        present += has_item(indexed, i);
    double time = now() - start;
    if (present != n)
        fail("an item is missing");
    return time;
}

static double index_all(size_t n)
{
    indexed = new_list();
    for (size_t i = 0; i < n; i++)
        append(indexed, i, one);
    return repeat(block_index, n, 11);
}

#define WORDS 64

static double block_intern(size_t n)
{
    char text[WORDS][16];
    size_t size[WORDS];
    for (int i = 0; i < WORDS; i++)
        size[i] = (size_t)snprintf(text[i], sizeof text[i], "word_%d", i);
    double start = now();
    for (size_t i = 0; i < n; i++)
        intern(text[i % WORDS], size[i % WORDS]);
    return now() - start;
}

static double intern_all(size_t n)
{
    for (int i = 0; i < WORDS; i++) {
        char text[16];
        int size = snprintf(text, sizeof text, "word_%d", i);
        keep_interned(text, (size_t)size);
    }
    automatic(IS_TRACING);
    return repeat(block_intern, n, 11);
}

/* Keys of a dict, and two orders in which they are used. */
static key *keys;
static uint32_t *inserted_in, *looked_up_in;
static value dict_of_all;

static void make_keys(size_t n, bool text)
{
    keys = memory(n, sizeof *keys);
    for (size_t i = 0; i < n; i++) {
        char buffer[32];
        if (text)
            keys[i] = str_key(buffer, (size_t)snprintf(buffer, sizeof buffer, "key_%zu", i));
        else
            keys[i] = int_key((int64_t)i);
    }
    inserted_in = permutation(n, n);
    looked_up_in = permutation(n, n);
}

static double block_insert(size_t n)
{
    dict_of_all = new_dict();
    double start = now();
    for (size_t i = 0; i < n; i++)
        store(dict_of_all, keys[inserted_in[i]], one);
    double time = now() - start;
    drop(dict_of_all);
    return time;
}

static double block_get(size_t n)
{
    size_t present = 0;
    double start = now();
    for (size_t i = 0; i < n; i++)
        present += has_key(dict_of_all, keys[looked_up_in[i]]);
    double time = now() - start;
    if (present != n)
        fail("a key is missing");
    return time;
}

#define LARGE_DICT 100000               /* keys from which on an insertion is timed once */

static double insert(size_t n, bool text)
{
    make_keys(n, text);
    return n < LARGE_DICT ? repeat(block_insert, n, 11) : block_insert(n) / (double)n;
}

static double get(size_t n, bool text)
{
    make_keys(n, text);
    dict_of_all = new_dict();
    for (size_t i = 0; i < n; i++)
        store(dict_of_all, keys[inserted_in[i]], one);
    return repeat(block_get, n, 3);
}

static double insert_int(size_t n) { return insert(n, false); }
static double insert_str(size_t n) { return insert(n, true); }
static double get_int(size_t n) { return get(n, false); }
static double get_str(size_t n) { return get(n, true); }

/* A list in a list in a list …, n deep. */
static double nested(size_t n)
{
    size_t before = census();
    value outer = new_list();
    for (size_t i = 1; i < n; i++) {
        value list = new_list();
        append(list, 0, outer);
        drop(outer);
        outer = list;
    }
    double start = now();
    drop(outer);
    settle();
    double time = now() - start;
    if (census() > before + (CENSUS_IS_EXACT ? 0 : n / 10 + 1000))
        fail("not all levels are gone");
    return time / (double)n;
}

/* ---------------------------------------------------------------- collecting -- */

typedef enum shape { LISTS, INTS, DICTS, TREE, RING, PAIRS, SHUFFLED, NEAR, FAR, SHAPES } shape;

#define DEGREE 4                        /* of a random graph: edges into and out of each */
#define NEAR_REACH 1024                 /* how far its edges lead in a near one, at most */

static value *objects;

static void make_lists(size_t n)
{
    for (size_t i = 0; i < n; i++)
        objects[i] = new_list();
}

static void join(size_t from, size_t index, size_t to)
{
    append(objects[from], index, objects[to]);
}

/* Every list in exactly DEGREE places: none dies before the collection. */
static void make_graph(size_t n, size_t reach)
{
    make_lists(n);
    for (size_t edge = 0; edge < DEGREE; edge++) {
        uint32_t *to = permutation(n, reach);
        for (size_t i = 0; i < n; i++)
            join(i, edge, to[i]);
        free(to);
    }
}

/* Dicts whose three values are an int, another, and one list that all share: it keeps
 * them tracked. */
static void make_dicts(size_t n)
{
    static const char *const texts[] = { "first", "second", "third" };
    key three[3];
    value shared = new_list();
    for (int i = 0; i < 3; i++)
        three[i] = str_key(texts[i], strlen(texts[i]));
    for (size_t i = 0; i < n; i++) {
        objects[i] = new_dict();
        store(objects[i], three[0], one);
        store(objects[i], three[1], two);
        store(objects[i], three[2], shared);
    }
}

static void make_ring(size_t n)
{
    make_lists(n);
    for (size_t i = 0; i < n; i++)
        join(i, 0, (i + 1) % n);
}

static void make_shuffled_ring(size_t n)
{
    uint32_t *order = permutation(n, n);
    make_lists(n);
    for (size_t i = 0; i < n; i++)
        join(order[i], 0, order[(i + 1) % n]);
    free(order);
}

/* n containers of a shape, each held by `objects`; how many more there are now. */
static size_t make_shape(shape shape, size_t n)
{
    size_t before = census();
    objects = memory(n, sizeof *objects);
    switch (shape) {
    case LISTS:
        make_lists(n);
        break;
    case INTS:
        for (size_t i = 0; i < n; i++)
            objects[i] = new_list3(one, two, one);
        break;
    case DICTS:
        make_dicts(n);
        break;
    case TREE:
        make_lists(n);
        for (size_t i = 1; i < n; i++)
            join((i - 1) / 2, (i - 1) % 2, i);
        break;
    case RING:
        make_ring(n);
        break;
    case PAIRS:
        make_lists(n);
        for (size_t i = 0; i < n; i++)
            join(i, 0, i ^ 1);
        break;
    case SHUFFLED:
        make_shuffled_ring(n);
        break;
    case NEAR:
        make_graph(n, NEAR_REACH);
        break;
    case FAR:
        make_graph(n, n);
        break;
    case SHAPES:
        break;
    }
    size_t made = census() - before;
    if (CENSUS_IS_EXACT ? made != n + (shape == DICTS) : made < n)
        fail("not all that was made is held by the collector");
    return before;
}

static double block_collect(size_t n)
{
    (void)n;
    double start = now();
    collect();
    return now() - start;
}

/* A full collection with nothing to free, per container. */
static double collect_shape(shape shape, size_t n)
{
    make_shape(shape, n);
    size_t before = census();
    double time = repeat(block_collect, n, 2);
    if (CENSUS_IS_EXACT && census() != before)
        fail("a collection has freed what is alive");
    return time;
}

/* A full collection that frees all of the shape, per object. */
static double collect_garbage(shape shape, size_t n)
{
    double end = now() + budget;
    block_count = 0;
    do {
        size_t before = make_shape(shape, n);
        for (size_t i = 0; i < n; i++)
            drop(objects[i]);
        if (CENSUS_IS_EXACT && census() != before + n)
            fail("some of it has died before it was collected");
        blocks[block_count++] = block_collect(n);
        if (CENSUS_IS_EXACT ? census() != before : census() - before > n / 2)
            fail("a collection has not freed the garbage");
        free(objects);
    } while (block_count < MOST_BLOCKS && now() < end);
    /* the first is the warm-up if there was time for more */
    if (block_count > 1)
        blocks[0] = blocks[--block_count];
    return median() / (double)n;
}

#define COLLECTIONS_OF(SHAPE, shape)                                                     \
    static double collect_##shape(size_t n) { return collect_shape(SHAPE, n); }         \
    static double garbage_##shape(size_t n) { return collect_garbage(SHAPE, n); }

COLLECTIONS_OF(RING, ring)
COLLECTIONS_OF(PAIRS, pairs)
COLLECTIONS_OF(SHUFFLED, shuffled)
COLLECTIONS_OF(NEAR, near)
COLLECTIONS_OF(FAR, far)
static double collect_lists(size_t n) { return collect_shape(LISTS, n); }
static double collect_ints(size_t n) { return collect_shape(INTS, n); }
static double collect_dicts(size_t n) { return collect_shape(DICTS, n); }
static double collect_tree(size_t n) { return collect_shape(TREE, n); }

#define CYCLES 20000                    /* of a block of churn */

static size_t lists_churned;

static double block_churn(size_t n)
{
    lists_churned += 2 * n;
    double start = now();
    for (size_t i = 0; i < n; i++) {
        value a = new_list();
        value b = new_list();
        append(a, 0, b);
        append(b, 0, a);
        drop(a);
        drop(b);
        poll();
    }
    return now() - start;
}

/* A cycle of two lists made and dropped, automatic collection on, with n containers alive
 * beside it; per cycle. */
static double churn(size_t n)
{
    make_shape(LISTS, n);
    collect();
    size_t before = census();
    automatic(true);
    double time = repeat(block_churn, CYCLES, 11);
    if (CENSUS_IS_EXACT && census() - before >= lists_churned)
        fail("no automatic collection has run");
    automatic(false);
    collect();
    if (CENSUS_IS_EXACT ? census() != before : census() > before + before / 2 + 1000)
        fail("some of the cycles are left");
    return time;
}

/* -------------------------------------------------------------------- replay -- */

#ifdef HAS_REPLAY

/* The text of a trace that makes n lists, each holding the one before, and drops each but
 * the last from its slot: six slots, used in turn. */
typedef struct text {
    size_t made, wanted;
    char pending[128];
    size_t size, sent;
} text;

#define SLOTS 6

static void next_lines(text *text)
{
    size_t i = text->made++;
    if (i == 0)
        text->size = (size_t)snprintf(text->pending, sizeof text->pending,
                                      "refchain-trace 1\nprofile 3.8\nlist s0\n");
    else
        text->size = (size_t)snprintf(text->pending, sizeof text->pending,
                                      "list s%zu s%zu\nlen s%zu => 1\n", i % SLOTS,
                                      (i - 1) % SLOTS, i % SLOTS);
    text->sent = 0;
}

static ptrdiff_t read_text(void *context, char *buffer, size_t size)
{
    text *text = context;
    size_t given = 0;
    while (given < size) {
        if (text->sent == text->size) {
            if (text->made == text->wanted)
                break;
            next_lines(text);
        }
        size_t part = text->size - text->sent;
        if (part > size - given)
            part = size - given;
        memcpy(buffer + given, text->pending + text->sent, part);
        text->sent += part;
        given += part;
    }
    return (ptrdiff_t)given;
}

static double replay(size_t n)
{
    text text = { .wanted = n };
    rc_replay_options options = { .read = read_text, .context = &text };
    double start = now();
    rc_replay_result result = rc_replay(&options);
    double time = now() - start;
    if (result.status != RC_REPLAY_DONE || result.divergences || result.operations != 2 * n - 1)
        fail("the trace was not replayed to the end");
    return time / (double)n;
}

#endif

/* ---------------------------------------------------------------------- main -- */

typedef struct work {
    const char *name;
    double (*run)(size_t n);
} work;

#define KIND(kind)                                                                     \
    { "pair/" #kind, pair_##kind }, { "build/" #kind, build_##kind },                  \
    { "destroy/" #kind, destroy_##kind }, { "scatter/" #kind, scatter_##kind },        \
    { "bytes/" #kind, bytes_##kind }
#define SHAPE(shape)                                                                   \
    { "collect/" #shape, collect_##shape }, { "garbage/" #shape, garbage_##shape }

static const work works[] = {
#ifdef HAS_NUMBERS
    KIND(int), KIND(float),
#endif
    KIND(list), KIND(list3), KIND(dict), KIND(dict1),
#ifdef HAS_TUPLES
    KIND(tuple2),
#endif
#ifdef HAS_SETS
    KIND(set),
#endif
#ifdef HAS_INSTANCES
    KIND(instance1),
#endif
#ifdef HAS_COUNTS
    { "count", count_change },
#endif
    { "append", append_all }, { "index", index_all }, { "intern", intern_all },
    { "insert/int", insert_int }, { "insert/str", insert_str },
    { "get/int", get_int }, { "get/str", get_str }, { "nested", nested },
    SHAPE(ring), SHAPE(pairs), SHAPE(shuffled), SHAPE(near), SHAPE(far),
    { "collect/lists", collect_lists }, { "collect/ints", collect_ints },
    { "collect/dicts", collect_dicts }, { "collect/tree", collect_tree },
    { "churn", churn },
#ifdef HAS_REPLAY
    { "replay", replay },
#endif
};

#define WORK_COUNT (sizeof works / sizeof *works)

/* What decides about the instructions in a program. */
#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif
#ifdef __OPTIMIZE__
#define OPTIMIZED ""
#else
#define OPTIMIZED " without optimization"
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED " with AddressSanitizer"
#else
#define SANITIZED ""
#endif
#if defined(__x86_64__)
#define MACHINE " x86-64"
#elif defined(__aarch64__)
#define MACHINE " aarch64"
#else
#define MACHINE " another machine"
#endif

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--compiler") == 0) {
        puts(COMPILER MACHINE OPTIMIZED SANITIZED);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--works") == 0) {
        for (size_t i = 0; i < WORK_COUNT; i++)
            puts(works[i].name);
        return 0;
    }
    if (argc != 4)
        fail("usage: WORK N MILLISECONDS, or --works");
    size_t n = strtoull(argv[2], NULL, 10);
    budget = strtod(argv[3], NULL) * 1e6;
    for (size_t i = 0; i < WORK_COUNT; i++)
        if (strcmp(works[i].name, argv[1]) == 0) {
            if (n >= 100000 && budget > 0)
                wake_machine(n);
            peer_open();
            one = new_int(1);
            two = new_int(2);
            name = str_key("name", 4);
            double figure = works[i].run(n);
            /* what is counted must not depend on the digits of a time */
            printf("%.4f\n", budget == 0 ? 0 : figure);
            return 0;
        }
    fail("there is no such work");
}
