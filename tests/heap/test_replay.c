/* Heap traces: src/trace. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define HEAD "refchain-trace 1\nprofile 3.8\n"

/* A trace in memory, and what its replay gave. */
typedef struct run {
    const char *text;
    size_t size, used;
    size_t piece;                       /* bytes that a read gives at most; 0: any */
    bool read_fails, write_refuses;
    char divergences[2000];             /* "3: refcnt a: 1, 2\n" */
    char written[2000];
    rc_replay_result result;
} run;

static ptrdiff_t read_text(void *context, char *buffer, size_t size)
{
    run *r = context;

    if (r->read_fails)
        return -1;
    if (size > r->size - r->used)
        size = r->size - r->used;
    if (r->piece != 0 && size > r->piece)
        size = r->piece;
    memcpy(buffer, r->text + r->used, size);
    r->used += size;
    return (ptrdiff_t)size;
}

static void note_divergence(void *context, const rc_divergence *divergence)
{
    run *r = context;
    size_t size = strlen(r->divergences);

    snprintf(r->divergences + size, sizeof r->divergences - size, "%zu: %s: %s, %s\n",
             divergence->line, divergence->operation, divergence->expected, divergence->got);
}

static bool note_text(void *context, const char *text, size_t size)
{
    run *r = context;
    size_t used = strlen(r->written);

    if (r->write_refuses || used + size >= sizeof r->written)
        return false;
    memcpy(r->written + used, text, size);
    r->written[used + size] = '\0';
    return true;
}

/* Replay to the end, with every check. */
static void replay(run *r, rc_replay_options options)
{
    options.read = read_text;
    options.diverged = note_divergence;
    options.check = true;
    options.context = r;
    r->used = 0;
    r->divergences[0] = r->written[0] = '\0';
    r->result = rc_replay(&options);
}

static run replay_bytes(const char *text, size_t size)
{
    run r = { .text = text, .size = size };

    replay(&r, (rc_replay_options){ .keep_going = true });
    return r;
}

static run replay_text(const char *text)
{
    return replay_bytes(text, strlen(text));
}

static run print_text(const char *text)
{
    run r = { .text = text, .size = strlen(text) };

    replay(&r, (rc_replay_options){ .keep_going = true, .write = note_text });
    return r;
}

static void expect_problem(const char *text, size_t line, const char *problem)
{
    run r = replay_text(text);

    CHECK_EQUAL(r.result.status, RC_REPLAY_UNREADABLE);
    CHECK_EQUAL(r.result.line, line);
    CHECK_TEXT(r.result.problem, problem);
}

static void expect_good(const char *text)
{
    run r = replay_text(text);

    CHECK_TEXT(r.divergences, "");
    CHECK_TEXT(r.result.problem, "");
    CHECK_EQUAL(r.result.status, RC_REPLAY_DONE);
}

/* ------------------------------------------------------------------ reading -- */

static void what_does_not_begin_like_a_trace_is_none(void)
{
    const char *problem = "not a heap trace: it does not begin with 'refchain-trace 1'";

    expect_problem("", 0, "not a heap trace: it is empty");
    expect_problem("hello\n", 1, problem);
    expect_problem("refchain-trace\n", 1, problem);
    expect_problem("a_first_line_that_is_much_too_long_to_be_what_a_trace_begins_with", 1,
                   problem);
    expect_problem("refchain-trace 2\n", 1,
                   "a heap trace of version '2'; only version 1 is known");
    expect_problem("refchain-trace 1\n", 1, "the trace ends before its profile");
    expect_problem("refchain-trace 1\nint a 1\n", 2, "expected 'profile' and the name of one");
    expect_problem("refchain-trace 1\nprofile 1.5\n", 2, "unknown profile '1.5'");
}

static void a_trace_that_is_cut_off_is_noticed(void)
{
    expect_problem(HEAD "int a 1\nint b 2", 4, "the trace is cut off in the middle of this line");
    expect_problem(HEAD "str a \"text\n", 3, "the string does not end");
    expect_problem(HEAD "str a \"text\\\n", 3, "the string does not end");
}

static void binary_data_is_noticed(void)
{
    run r = replay_bytes(HEAD "int a 1\0\n", strlen(HEAD) + 9);

    CHECK_TEXT(r.result.problem, "a NUL byte: this is no text");
    r = replay_bytes("\0\0\0\0", 4);
    CHECK_TEXT(r.result.problem, "a NUL byte: this is no text");
    CHECK_EQUAL(r.result.line, 1);
    expect_problem(HEAD "# \x1B[0m\n", 3, "a control character (0x1B)");
    expect_problem(HEAD "# \xFF\n", 3, "a byte that is not UTF-8 (0xFF)");
    expect_problem(HEAD "# \xC3\n", 3, "a byte that is not UTF-8 (0xC3)");
    expect_problem(HEAD "# \xED\xA0\x80\n", 3, "a byte that is not UTF-8 (0xED)");
}

static void operations_are_read_with_care(void)
{
    expect_problem(HEAD "foo\n", 3, "unknown operation 'foo'");
    expect_problem(HEAD "lis a\n", 3, "unknown operation 'lis'");
    expect_problem(HEAD "lists a\n", 3, "unknown operation 'lists'");
    expect_problem(HEAD "let a\n", 3, "expected a slot name, found the end of the line");
    expect_problem(HEAD "let a B\n", 3, "expected a slot name, found 'B'");
    expect_problem(HEAD "let a b c\n", 3, "expected the end of the line, found 'c'");
    expect_problem(HEAD "dict d a\n", 3, "the last key has no value");
    expect_problem(HEAD "int a b\n", 3, "expected an integer, found 'b'");
    expect_problem(HEAD "int a -\n", 3, "expected an integer, found '-'");
    expect_problem(HEAD "int a 9223372036854775808\n", 3,
                   "'9223372036854775808' does not fit in 64 bits");
    expect_problem(HEAD "int a -9223372036854775809\n", 3,
                   "'-9223372036854775809' does not fit in 64 bits");
    expect_problem(HEAD "float a 1,5\n", 3, "expected a float, found '1,5'");
    expect_problem(HEAD "threshold 1 2\n", 3, "expected a threshold, found the end of the line");
    expect_problem(HEAD "threshold 1 2 2147483648\n", 3,
                   "2147483648 is no threshold: it does not fit in 32 bits");
    expect_problem(HEAD "collect all => 0\n", 3, "expected a generation, found 'all'");
    expect_problem(HEAD "finobject a rescue\n", 3,
                   "expected a slot name, found the end of the line");
    expect_problem(HEAD "repeat int a 1\n", 3, "expected a number of repetitions, found 'int'");
    expect_problem(HEAD "repeat -1 int a 1\n", 3, "a negative number of repetitions");
    expect_problem(HEAD "repeat 100000001 list a\n", 3,
                   "100000001 repetitions; there can be at most 100000000");
    expect_problem(HEAD "repeat 9223372036854775807 list a\n", 3,
                   "9223372036854775807 repetitions; there can be at most 100000000");
    expect_good(HEAD "repeat 100000000 pop a => error NameError\n");
    expect_problem(HEAD "repeat 2\n", 3, "expected an operation, found the end of the line");
    expect_problem(HEAD "repeat 2 repeat 2 int a 1\n", 3, "unknown operation 'repeat'");
    expect_problem(HEAD "repeat 2 enable\n", 3, "'enable' cannot be repeated");
}

static void strings_are_json(void)
{
    expect_problem(HEAD "str a text\n", 3, "expected a string, found 'text'");
    expect_problem(HEAD "str a \"\\x\"\n", 3, "an escape that JSON does not have");
    expect_problem(HEAD "str a \"\\u12g4\"\n", 3, "'\\u' without four hexadecimal digits");
    expect_problem(HEAD "str a \"\\ud83d\"\n", 3, "half of a surrogate pair");
    expect_problem(HEAD "str a \"\\udc0d\"\n", 3, "half of a surrogate pair");
    expect_problem(HEAD "str a \"\\ud83d\\u0041\"\n", 3, "half of a surrogate pair");
    expect_problem(HEAD "str a \"a\tb\"\n", 3, "a tab in a string: write \\t");
    expect_problem(HEAD "str a \"a\"b\n", 3, "expected a space after the string, found 'b'");
    expect_good(HEAD "str a \"\\ud83d\\udc0d\\u00e9\\u0000\\n\\\\ => \\\"\"\nlen a => 10\n"
                     "intern b \"same text\"\nintern c \"same\\u0020text\"\nsame b c => 1\n");
}

static void a_result_stands_where_there_is_one(void)
{
    expect_problem(HEAD "count\n", 3, "'count' without ' => ' and a result to compare with");
    expect_problem(HEAD "count =>\n", 3, "expected a result, found the end of the line");
    expect_problem(HEAD "int a 1 => 1\n", 3, "'int' has no result but an error");
}

static void expected_results_have_their_operations_form(void)
{
    expect_problem(HEAD "list a\nlen a => x\n", 4, "the result of 'len' is a number, not 'x'");
    expect_problem(HEAD "list a\nlen a => -1\n", 4, "the result of 'len' is a number, not '-1'");
    expect_problem(HEAD "list a\nplace a => 00\n", 4,
                   "the result of 'place' is a number, not '00'");
    expect_problem(HEAD "finalized => no error\n", 3,
                   "the result of 'finalized' is a number, not 'no error'");
    expect_problem(HEAD "collect => 1 0\n", 3, "the result of 'collect' is a number, not '1 0'");
    expect_problem(HEAD "count => 1 0\n", 3, "the result of 'count' is three numbers, not '1 0'");
    expect_problem(HEAD "count => 0  0 0\n", 3,
                   "the result of 'count' is three numbers, not '0  0 0'");
    expect_problem(HEAD "count => 0 0 0 0\n", 3,
                   "the result of 'count' is three numbers, not '0 0 0 0'");
    expect_problem(HEAD "stats => 0 0 0\n", 3,
                   "the result of 'stats' is nine numbers, not '0 0 0'");
    expect_problem(HEAD "list a\nsame a a => 2\n", 4, "the result of 'same' is 0 or 1, not '2'");
    expect_problem(HEAD "list a\ntracked a => 01\n", 4,
                   "the result of 'tracked' is 0 or 1, not '01'");
    expect_problem(HEAD "list a\ngen a => 3\n", 4,
                   "the result of 'gen' is 0, 1, 2, frozen or none, not '3'");
    expect_problem(HEAD "list a\nrefcnt a => mortal\n", 4,
                   "the result of 'refcnt' is a number or immortal, not 'mortal'");
    expect_problem(HEAD "list a\nlen a => error Foo\n", 4, "a trace knows no error 'Foo'");
    expect_problem(HEAD "list a\nlen a => error MemoryError\n", 4,
                   "a trace knows no error 'MemoryError'");
    expect_problem(HEAD "list a\npop a => error IndexError 1\n", 4,
                   "a trace knows no error 'IndexError 1'");
    expect_problem(HEAD "list a\nlen a => error\n", 4,
                   "the result of 'len' is a number, not 'error'");
}

/* Every form that a result can have: what differs is told, and nothing is refused. */
static void expected_results_of_the_right_form_are_compared(void)
{
    run r = replay_text(HEAD "list a\nlen a => 10\ncount => 7 8 9\nstats => 1 2 3 4 5 6 7 8 9\n"
                             "gen a => none\ngen a => frozen\nrefcnt a => immortal\n"
                             "tracked a => 0\ncollect => error ValueError\n"
                             "len a => error KeyError\nappend a a => error AttributeError\n");

    CHECK_EQUAL(r.result.status, RC_REPLAY_DONE);
    CHECK_EQUAL(r.result.divergences, 10);
    r = print_text(HEAD "list a\nlen a => x\ncount => 1\n");
    CHECK_EQUAL(r.result.status, RC_REPLAY_DONE);
    CHECK_TEXT(r.written, HEAD "list a\nlen a => 0\ncount => 1 0 0\n");
    r = print_text(HEAD "list a => 1\n");
    CHECK_TEXT(r.result.problem, "'list' has no result but an error");
}

static void a_slot_is_not_read_before_a_line_that_fills_it(void)
{
    expect_problem(HEAD "list a\nlen q => 1\n", 4, "slot 'q' is never filled before");
    expect_problem(HEAD "list a\nlen q => error TypeError\n", 4,
                   "slot 'q' is never filled before");
    expect_problem(HEAD "let q q\n", 3, "slot 'q' is never filled before");
    expect_problem(HEAD "repeat 2 list q q\n", 3, "slot 'q' is never filled before");
    expect_problem(HEAD "list a\nput a a q\n", 4, "slot 'q' is never filled before");
    expect_problem(HEAD "del q\n", 3, "slot 'q' is never filled before");
    expect_problem(HEAD "del q => error NameError\nlen q => 0\n", 4,
                   "slot 'q' is never filled before");
    expect_problem(HEAD "len q => error NameError\nlen q => 0\nlist q\n", 4,
                   "slot 'q' is never filled before");
}

static void a_slot_that_is_empty_all_the_same_is_no_problem(void)
{
    expect_good(HEAD "append q q => error NameError\ndel q => error NameError\nrepeat 0 del q\n"
                     "finobject a rescue q\ndel a\nlen q => error TypeError\n");
    run r = replay_text(HEAD "tuple a\nitem q a 0 => error IndexError\nlen q => 1\n"
                             "finobject f rescue s\nlen s => 1\ndel a\ndel a\n");
    CHECK_EQUAL(r.result.status, RC_REPLAY_DONE);
    CHECK_TEXT(r.divergences, "5: len q: 1, error NameError\n7: len s: 1, error NameError\n"
                              "9: del a: no error, error NameError\n");
    r = print_text(HEAD "len q\ndel q\n");
    CHECK_EQUAL(r.result.status, RC_REPLAY_DONE);
    CHECK_TEXT(r.written, HEAD "len q => error NameError\ndel q => error NameError\n");
}

static void blanks_and_other_line_ends_do_not_matter(void)
{
    expect_good("refchain-trace 1\r\nprofile 3.8\r\n\r\n  \n# x\nlist\ta\r\n"
                " append a  a \r\nrefcnt  a  =>  2 \r\n");
}

static void numbers_are_read_up_to_their_limits(void)
{
    expect_good(HEAD "int a -9223372036854775808\nint b 9223372036854775807\nint c 1\n"
                     "float f 1e0\nfloat g 0x1.0p+0\nfloat h -inf\nfloat i nan\n"
                     "dict d c a f b\nlen d => 1\nlookup x d g\nsame x b => 1\n");
}

static void a_line_may_be_longer_than_any_buffer(void)
{
    size_t count = 100000;
    char *text = malloc(2 * count + 100);
    char *at = text;

    CHECK(text != NULL);
    at += sprintf(at, HEAD "int a 1\nlist l");
    for (size_t i = 0; i < count; i++)
        at += sprintf(at, " a");
    sprintf(at, "\nlen l => %zu\n", count);
    expect_good(text);
    free(text);
}

static void a_trace_may_come_byte_by_byte(void)
{
    const char *text = HEAD "list a a => error NameError\nstr b \"\\u0041B\"\nlen b => 2\n";
    run r = { .text = text, .size = strlen(text), .piece = 1 };

    replay(&r, (rc_replay_options){ .keep_going = true });
    CHECK_EQUAL(r.result.status, RC_REPLAY_DONE);
    CHECK_TEXT(r.divergences, "");
}

static void a_reading_error_is_told(void)
{
    run r = { .text = HEAD, .size = strlen(HEAD), .read_fails = true };

    replay(&r, (rc_replay_options){ 0 });
    CHECK_EQUAL(r.result.status, RC_REPLAY_UNREADABLE);
    CHECK_TEXT(r.result.problem, "cannot be read");
}

/* ---------------------------------------------------------------- replaying -- */

static void every_divergence_is_told_when_the_replay_goes_on(void)
{
    run r = replay_text(HEAD "list a\nrefcnt a => 2\nappend a a => error TypeError\npop a\n"
                             "pop a\nlist b\ndel b\nlen b => 1\n"
                             "collect 5 => error ValueError\n");

    CHECK_TEXT(r.divergences, "4: refcnt a: 2, 1\n"
                             "5: append a a: error TypeError, no error\n"
                             "7: pop a: no error, error IndexError\n"
                             "10: len b: 1, error NameError\n");
    CHECK_EQUAL(r.result.divergences, 4);
    CHECK_EQUAL(r.result.operations, 9);
    CHECK_EQUAL(r.result.line, 11);
}

static void the_first_divergence_ends_a_replay(void)
{
    const char *text = HEAD "list a\nrefcnt a => 2\nrefcnt a => 3\n";
    run r = { .text = text, .size = strlen(text) };

    replay(&r, (rc_replay_options){ .keep_going = false });
    CHECK_EQUAL(r.result.status, RC_REPLAY_DONE);
    CHECK_EQUAL(r.result.divergences, 1);
    CHECK_EQUAL(r.result.line, 4);
}

static void printing_gives_the_trace_with_this_heaps_results(void)
{
    run r = print_text(HEAD "# a comment\n\nlist a\nstr b \"x => \\\"y\"\nrefcnt a => 7\n"
                            "len b\nrepeat 2 pop a\ncollect\nlen c => 1\nappend a b => error X\n");

    CHECK_TEXT(r.written, HEAD "# a comment\n\nlist a\nstr b \"x => \\\"y\"\nrefcnt a => 1\n"
                              "len b => 7\nrepeat 2 pop a => error IndexError\ncollect => 0\n"
                              "len c => error NameError\nappend a b\n");
    char first[sizeof r.written];
    strcpy(first, r.written);
    r = print_text(first);
    CHECK_TEXT(r.written, first);
    CHECK_EQUAL(r.result.divergences, 0);
}

static void a_printed_trace_names_the_profile_that_it_was_replayed_on(void)
{
    const char *text = HEAD "none a\nrefcnt a => 2\n";
    run r = { .text = text, .size = strlen(text) };

    replay(&r, (rc_replay_options){ .profile = rc_profile_find("3.13"), .keep_going = true,
                                    .write = note_text });
    CHECK_TEXT(r.written, "refchain-trace 1\nprofile 3.13\nnone a\nrefcnt a => immortal\n");
}

static void a_writer_that_refuses_ends_the_replay(void)
{
    const char *text = HEAD "none a\n";
    run r = { .text = text, .size = strlen(text), .write_refuses = true };

    replay(&r, (rc_replay_options){ .write = note_text });
    CHECK_EQUAL(r.result.status, RC_REPLAY_UNWRITABLE);
}

static void running_out_of_memory_ends_a_replay(void)
{
    const char *text = HEAD "list a\nrepeat 10000000 list a a\nlen a => 1\n";
    run r = { .text = text, .size = strlen(text) };

    replay(&r, (rc_replay_options){ .memory_limit = 1000000 });
    CHECK_EQUAL(r.result.status, RC_REPLAY_NO_MEMORY);
    CHECK_EQUAL(r.result.line, 4);
    CHECK_TEXT(r.result.problem, "out of memory");
}

static void repetitions_end_with_the_first_error(void)
{
    run r = replay_text(HEAD "list a\nrepeat 3 append a a\nrepeat 5 pop a => error IndexError\n"
                             "repeat 0 del b\nlen a => 0\n");

    CHECK_TEXT(r.divergences, "");
    CHECK_EQUAL(r.result.operations, 9);
}

/* ---------------------------------------------------------------- semantics -- */

static void an_empty_slot_is_looked_for_first(void)
{
    expect_good(HEAD "int i 1\nappend i x => error NameError\nput i i x => error NameError\n"
                     "setattr i \"name\" x => error NameError\nlist i i x => error NameError\n"
                     "len i => error TypeError\n");
}

static void a_slot_is_filled_before_its_old_object_is_released(void)
{
    expect_good(HEAD "finobject a rescue a\nint a 5\nrefcnt a => 1\nfinalized => 1\n"
                     "list b\nsame a b => 0\nfinobject c rescue c\ndel c\nrefcnt c => 1\n"
                     "del c\nrefcnt c => error NameError\nfinalized => 2\n");
}

static void a_rescue_belongs_to_one_instance(void)
{
    expect_good(HEAD "finobject a rescue x\nfinobject b rescue y\nfinobject c\n"
                     "let d a\ndel a\nfinalized => 0\nlet a d\ndel d\ndel b\ndel c\ndel a\n"
                     "finalized => 3\nrefcnt x => 1\nrefcnt y => 1\nsame x y => 0\n"
                     "del x\nrefcnt x => error NameError\nfinobject e\ndel e\n"
                     "refcnt x => error NameError\nrefcnt y => 1\n");
}

static void a_rescue_that_takes_an_operand_away_leaves_it_to_the_operation(void)
{
    expect_good(HEAD "list l\nfinobject f rescue l\nint i 0\nappend l f\ndel f\n"
                     "setitem l 0 i\nfinalized => 1\nlen l => error TypeError\n"
                     "setattr l \"name\" l\nrefcnt l => 2\n");
}

static void a_chain_of_rescues_through_all_slots_does_not_use_up_the_stack(void)
{
    static const char *const profiles[] = { ALL_PROFILES };
    size_t count = 100000;
    char *text = malloc(64 * (count + 8));
    char *at = text;

    CHECK(text != NULL);
    at += sprintf(at, HEAD);
    for (size_t i = 0; i < count; i++)
        at += sprintf(at, "finobject s%zu rescue s%zu\n", i, i + 1);
    /* 3.7's trashcan waits for a list's end. */
    sprintf(at, "del s0\nlist l\ndel l\nfinalized => %zu\n", count);
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        run r = { .text = text, .size = strlen(text) };
        replay(&r, (rc_replay_options){ .profile = rc_profile_find(profiles[i]) });
        CHECK_TEXT(r.divergences, "");
        CHECK_EQUAL(r.result.status, RC_REPLAY_DONE);
    }
    free(text);
}

static void a_place_is_numbered_when_it_is_first_met(void)
{
    expect_good(HEAD "list a\nlist b\nplace b => 0\nplace a => 1\nplace b => 0\n"
                     "let c b\nplace c => 0\n");
}

static void a_place_from_a_free_list_keeps_its_number(void)
{
    expect_good(HEAD "float a 1.5\nplace a => 0\ndel a\nfloat b 2.5\nplace b => 0\n");
}

static void a_place_that_was_given_back_loses_its_number(void)
{
    expect_good(HEAD "set a\nplace a => 0\ndel a\nset b\nplace b => 1\n"
                     "int i 1000\nplace i => 2\ndel i\nint j 1000\nplace j => 3\n");
}

static void an_attribute_that_cannot_be_deleted_changes_nothing(void)
{
    expect_good(HEAD "object o\ndelattr o \"name\" => error AttributeError\ncount => 1 0 0\n"
                     "int i 1\ndelattr i \"name\" => error AttributeError\n"
                     "getattr x i \"name\" => error AttributeError\n"
                     "setattr i \"name\" i => error AttributeError\n");
}

static void cached_objects_count_their_cache_and_the_trace(void)
{
    expect_good(HEAD "none n\nrefcnt n => 2\nint i 7\nint j 7\nrefcnt i => 3\nstr s \"A\"\n"
                     "refcnt s => 2\ntuple t\nrefcnt t => 2\nstr e \"\"\nrefcnt e => 2\n");
}

static void only_three_types_are_cleared_and_five_have_a_length(void)
{
    expect_good(HEAD "tuple t\nclear t => error TypeError\nlen t => 0\nobject o\n"
                     "len o => error TypeError\nclear o => error TypeError\nset s\nclear s\n"
                     "len s => 0\nint i 1\nlen i => error TypeError\n");
}

static void a_frozen_object_shows_it(void)
{
    expect_good(HEAD "list a\ngen a => 0\ncollect 1 => 0\ngen a => 2\nfreeze\n"
                     "gen a => frozen\nunfreeze\ngen a => 2\nint i 1\ngen i => none\n"
                     "tracked i => 0\ntracked a => 1\n");
}

static void a_requested_collection_runs_after_the_operation(void)
{
    expect_good("refchain-trace 1\nprofile 3.13\nthreshold 2 10 10\nlist a\nlist b\n"
                "stats => 0 0 0 0 0 0 0 0 0\nlist c\ncount => 0 1 0\n"
                "stats => 1 0 0 0 0 0 0 0 0\nrepeat 7 list c c\n");
}

static const test tests[] = {
    TEST(what_does_not_begin_like_a_trace_is_none),
    TEST(a_trace_that_is_cut_off_is_noticed),
    TEST(binary_data_is_noticed),
    TEST(operations_are_read_with_care),
    TEST(strings_are_json),
    TEST(a_result_stands_where_there_is_one),
    TEST(expected_results_have_their_operations_form),
    TEST(expected_results_of_the_right_form_are_compared),
    TEST(a_slot_is_not_read_before_a_line_that_fills_it),
    TEST(a_slot_that_is_empty_all_the_same_is_no_problem),
    TEST(blanks_and_other_line_ends_do_not_matter),
    TEST(numbers_are_read_up_to_their_limits),
    TEST(a_line_may_be_longer_than_any_buffer),
    TEST(a_trace_may_come_byte_by_byte),
    TEST(a_reading_error_is_told),
    TEST(every_divergence_is_told_when_the_replay_goes_on),
    TEST(the_first_divergence_ends_a_replay),
    TEST(printing_gives_the_trace_with_this_heaps_results),
    TEST(a_printed_trace_names_the_profile_that_it_was_replayed_on),
    TEST(a_writer_that_refuses_ends_the_replay),
    TEST(running_out_of_memory_ends_a_replay),
    TEST(repetitions_end_with_the_first_error),
    TEST(an_empty_slot_is_looked_for_first),
    TEST(a_slot_is_filled_before_its_old_object_is_released),
    TEST(a_rescue_belongs_to_one_instance),
    TEST(a_rescue_that_takes_an_operand_away_leaves_it_to_the_operation),
    TEST(a_chain_of_rescues_through_all_slots_does_not_use_up_the_stack),
    TEST(a_place_is_numbered_when_it_is_first_met),
    TEST(a_place_from_a_free_list_keeps_its_number),
    TEST(a_place_that_was_given_back_loses_its_number),
    TEST(an_attribute_that_cannot_be_deleted_changes_nothing),
    TEST(cached_objects_count_their_cache_and_the_trace),
    TEST(only_three_types_are_cleared_and_five_have_a_length),
    TEST(a_frozen_object_shows_it),
    TEST(a_requested_collection_runs_after_the_operation),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
