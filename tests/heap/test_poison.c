/* A use of memory that nobody owns is reported by AddressSanitizer, inside a pool
 * too.  Each is done in a child process.  Without AddressSanitizer there is nobody to
 * report it; valgrind is asked with use_after_free.c. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "../../src/heap/poison.h"
#include "../../src/heap/object.h"

#if defined(POISON_ASAN)

static volatile char *target;

static void read_target(void)
{
    (void)*target;
}

static void write_target(void)
{
    *target = 1;
}

/* Whether a child that does this is stopped with a report of poisoned memory. */
static bool is_reported(void (*act)(void))
{
    char report[8192];
    size_t size = 0;
    ssize_t got;
    int ends[2], status = 0;

    fflush(stdout);
    if (pipe(ends) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        act();
        _exit(0);
    }
    close(ends[1]);
    while (size < sizeof report - 1 && (got = read(ends[0], report + size, sizeof report - 1 - size)) > 0)
        size += (size_t)got;
    report[size] = '\0';
    close(ends[0]);
    waitpid(child, &status, 0);
    return !(WIFEXITED(status) && WEXITSTATUS(status) == 0)
           && strstr(report, "AddressSanitizer: use-after-poison") != NULL;
}

static bool reading_is_reported(const void *address)
{
    target = (volatile char *)(uintptr_t)address;
    return is_reported(read_target);
}

static void a_use_after_free_inside_a_pool_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *set = rc_set_new(heap, NULL, 0), *number = rc_int_new(heap, 1000);
    char *block = block_new(heap, 100);

    CHECK(set && number && block);
    CHECK(!reading_is_reported(set) && !reading_is_reported(number) && !reading_is_reported(block));
    rc_decref(heap, set);
    rc_decref(heap, number);
    block_free(heap, block, 100);
    CHECK(reading_is_reported(set) && reading_is_reported(&set->refcount));
    CHECK(reading_is_reported(number) && reading_is_reported(block + 99));
    target = block;
    CHECK(is_reported(write_target));
    close_heap(heap);
}

static void a_free_lists_entry_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    rc_object *list = rc_list_display(heap, NULL, 0), *real = rc_float_new(heap, 0.5);

    rc_decref(heap, list);
    rc_decref(heap, real);
    CHECK(reading_is_reported(&list->refcount) && reading_is_reported(&list->type));
    CHECK(reading_is_reported(&real->refcount) && reading_is_reported(&((rc_float *)real)->value));
    list = rc_list_display(heap, NULL, 0);      /* served, it may be used again */
    CHECK(!reading_is_reported(&list->refcount));
    rc_decref(heap, list);
    close_heap(heap);
}

static void the_unused_tail_of_a_block_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    char *block = block_new(heap, 520), *large = block_new(heap, 9000);

    CHECK(block && large);
    CHECK(!reading_is_reported(block + 519) && reading_is_reported(block + 520));
    CHECK(!reading_is_reported(large + 8999) && reading_is_reported(large + 9000));
    block_free(heap, block, 520);
    block_free(heap, large, 9000);
    CHECK(reading_is_reported(large));
    close_heap(heap);
}

static void memory_that_nobody_has_had_is_reported(void)
{
    rc_heap *heap = open_heap("3.8");
    char *block = block_new(heap, 3000);

    CHECK(block && reading_is_reported(block + 3072));
    block_free(heap, block, 3000);
    close_heap(heap);
}

static void a_closed_heap_leaves_nothing_poisoned(void)
{
    rc_heap *heap = rc_heap_open(NULL);
    char *small = block_new(heap, 3000), *large = block_new(heap, 90000);
    rc_object *set = rc_set_new(heap, NULL, 0);

    CHECK(small && large && set);
    rc_decref(heap, set);
    block_free(heap, small, 3000);
    block_free(heap, large, 90000);
    CHECK(__asan_address_is_poisoned(set) && __asan_address_is_poisoned(small)
          && __asan_address_is_poisoned(large));
    rc_heap_close(heap);
    CHECK(!__asan_address_is_poisoned(set) && !__asan_address_is_poisoned(small)
          && !__asan_address_is_poisoned(large));
}

/* But for its links, which lead on until it is swept. */
static void what_waits_to_be_swept_is_reported(void)
{
    enum { MANY = 80000 };
    static rc_object *objects[MANY];
    rc_heap *heap = open_heap("3.8");
    int next = 0;

    for (int i = 0; i < MANY; i++)
        CHECK((objects[i] = rc_float_new(heap, i)));
    while (heap->unswept.count == 0) {
        CHECK(next < MANY / 2);
        rc_decref(heap, objects[next++ * 617 % MANY]);
    }
    const rc_object *dead = heap->unswept.queue[0];
    CHECK(!reading_is_reported(&dead->refcount));
    rc_decref(heap, objects[next * 617 % MANY]);        /* the queue is short: it is marked */
    CHECK_EQUAL(heap->unswept.count, 0);
    CHECK(reading_is_reported(&dead->refcount));
    CHECK(reading_is_reported(&((const rc_float *)dead)->value));
    CHECK(!reading_is_reported(&dead->next) && !reading_is_reported(&dead->prev));
    CHECK(rc_newest(heap));
    CHECK(reading_is_reported(&dead->next) && reading_is_reported(&dead->prev));
    rc_heap_close(heap);
}

static const test tests[] = {
    TEST(a_use_after_free_inside_a_pool_is_reported),
    TEST(a_free_lists_entry_is_reported),
    TEST(the_unused_tail_of_a_block_is_reported),
    TEST(memory_that_nobody_has_had_is_reported),
    TEST(what_waits_to_be_swept_is_reported),
    TEST(a_closed_heap_leaves_nothing_poisoned),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}

#else

#include <stdio.h>

int main(void)
{
    printf("0 passed, 0 failed, 5 skipped\n");         /* nothing is poisoned in this build */
    return 0;
}

#endif
