/* The recorder of heap traces: src/trace/recorder.c. */
#include <stdio.h>
#include <string.h>

#include "check.h"

/* A heap with a recorder, and the trace that it gave. */
typedef struct recording {
    rc_heap *heap;
    rc_recorder *recorder;
    char text[4000];
    size_t size, used;
    bool refuses;
} recording;

static bool take_text(void *context, const char *text, size_t size)
{
    recording *self = context;

    if (self->refuses || self->size + size >= sizeof self->text)
        return false;
    memcpy(self->text + self->size, text, size);
    self->size += size;
    self->text[self->size] = '\0';
    return true;
}

static ptrdiff_t read_text(void *context, char *buffer, size_t size)
{
    recording *self = context;

    if (size > self->size - self->used)
        size = self->size - self->used;
    memcpy(buffer, self->text + self->used, size);
    self->used += size;
    return (ptrdiff_t)size;
}

static void note_divergence(void *context, const rc_divergence *divergence)
{
    (void)context;
    test_failed(__FILE__, __LINE__, "%zu: %s: %s, %s", divergence->line, divergence->operation,
                divergence->expected, divergence->got);
}

static recording begin(void)
{
    recording self = { .heap = open_heap(NULL) };

    self.recorder = rc_recorder_open(self.heap);
    CHECK(self.recorder != NULL);
    return self;
}

/* Close all, and replay the trace with every check. */
static void end(recording *self)
{
    CHECK(rc_recorder_refusal(self->recorder) == NULL);
    CHECK(rc_recorder_write(self->recorder, take_text, self));
    rc_recorder_close(self->recorder);
    close_heap(self->heap);
    rc_replay_result result = rc_replay(&(rc_replay_options){
        .check = true, .read = read_text, .diverged = note_divergence, .context = self });
    CHECK_TEXT(result.problem, "");
    CHECK_EQUAL(result.status, RC_REPLAY_DONE);
}

#define HEAD "refchain-trace 1\nprofile 3.8\n"

static rc_object *record_list(recording *self, rc_object *const *items, size_t count)
{
    rc_record(self->recorder, "list %t%l", items, count);
    rc_object *list = keep(self->heap, rc_list_display(self->heap, items, count));
    rc_record_result(self->recorder, list);
    return list;
}

static void record_drop(recording *self, rc_object *object, const char *name)
{
    rc_record_drop(self->recorder, object, name);
    drop(self->heap, object);
}

/* -------------------------------------------------------------------- slots -- */

static void a_reference_is_a_slot(void)
{
    recording self = begin();
    rc_object *inner = record_list(&self, NULL, 0);
    rc_object *outer = record_list(&self, &inner, 1);

    record_drop(&self, inner, NULL);
    rc_record_look(self.recorder, "refcnt", outer, NULL);
    rc_record_look(self.recorder, "len", outer, NULL);
    record_drop(&self, outer, NULL);
    rc_record_counters(self.recorder);
    end(&self);
    CHECK_TEXT(self.text, HEAD "list t0\nlist t1 t0\ndel t0\nrefcnt t1 => 1\nlen t1 => 1\ndel t1\n"
                             "count => 2 0 0\n");
}

static void a_variable_gives_its_slot_its_name(void)
{
    recording self = begin();
    rc_object *list = record_list(&self, NULL, 0);

    rc_record_name(self.recorder, list, "left");
    rc_incref(self.heap, list);
    rc_record_hold(self.recorder, keep(self.heap, list), "Upper", NULL);
    record_drop(&self, list, "left");
    record_drop(&self, list, "Upper");
    end(&self);
    CHECK_TEXT(self.text, HEAD "list t0\nlet left t0\ndel t0\nlet t0 left\ndel left\ndel t0\n");
}

static void a_name_like_the_recorders_own_is_not_taken(void)
{
    recording self = begin();
    rc_object *list = record_list(&self, NULL, 0);

    rc_record_name(self.recorder, list, "t1");
    record_drop(&self, list, NULL);
    end(&self);
    CHECK_TEXT(self.text, HEAD "list t0\ndel t0\n");
}

static void a_place_is_said_before_its_first_line(void)
{
    recording self = begin();

    rc_recorder_at(self.recorder, "a.lua", 1, "refcnt");
    rc_recorder_at(self.recorder, "a.lua", 2, "list");
    rc_object *list = record_list(&self, NULL, 0);
    record_drop(&self, list, NULL);
    rc_recorder_at(self.recorder, "a.lua", 3, "gc.enable");
    rc_record(self.recorder, "enable");
    end(&self);
    CHECK_TEXT(self.text, HEAD "# a.lua:2\nlist t0\ndel t0\n# a.lua:3\nenable\n");
}

/* ----------------------------------------------------------------- fetching -- */

static void an_object_without_a_slot_is_read_from_what_holds_it(void)
{
    recording self = begin();
    rc_object *inner = record_list(&self, NULL, 0);
    rc_object *middle = record_list(&self, &inner, 1);
    rc_object *outer = record_list(&self, &middle, 1);

    record_drop(&self, inner, NULL);
    record_drop(&self, middle, NULL);
    rc_record(self.recorder, "append %o %o", inner, outer);
    CHECK(rc_list_append(self.heap, inner, outer));
    rc_record_release(self.recorder, 0);
    rc_record_look(self.recorder, "refcnt", inner, NULL);
    record_drop(&self, outer, NULL);
    end(&self);
    CHECK_TEXT(self.text, HEAD "list t0\nlist t1 t0\nlist t2 t1\ndel t0\ndel t1\n"
                             "item t1 t2 0\nitem t0 t1 0\ndel t1\nappend t0 t2\ndel t0\n"
                             "item t0 t2 0\nitem t1 t0 0\ndel t0\nrefcnt t1 => 2\ndel t1\ndel t2\n");
}

static void a_reading_that_was_told_of_is_used(void)
{
    recording self = begin();
    rc_object *inner = record_list(&self, NULL, 0);
    rc_object *items[] = { inner, inner };
    rc_object *outer = record_list(&self, items, 2);

    record_drop(&self, inner, NULL);
    rc_record_read(self.recorder, inner, outer, 1);
    rc_record_look(self.recorder, "len", inner, NULL);
    CHECK(rc_list_delete(self.heap, outer, 1));         /* the reading is no longer true */
    rc_record(self.recorder, "delitem %o %i", outer, (int64_t)1);
    rc_record_look(self.recorder, "len", inner, NULL);
    record_drop(&self, outer, NULL);
    end(&self);
    CHECK_TEXT(self.text, HEAD "list t0\nlist t1 t0 t0\ndel t0\nitem t0 t1 1\nlen t0 => 0\ndel t0\n"
                             "delitem t1 1\nitem t0 t1 0\nlen t0 => 0\ndel t0\ndel t1\n");
}

static void an_element_of_a_set_cannot_be_read(void)
{
    recording self = begin();
    rc_object *one = a_float(self.heap, 1.5);

    rc_recorder_at(self.recorder, "a.lua", 7, "set.add");
    rc_record_result(self.recorder, one);
    rc_record(self.recorder, "set %t%l", &one, (size_t)1);
    rc_object *set = keep(self.heap, rc_set_new(self.heap, &one, 1));
    rc_record_result(self.recorder, set);
    record_drop(&self, one, NULL);
    rc_record(self.recorder, "add %o %o", set, one);
    CHECK(strstr(rc_recorder_refusal(self.recorder), "a.lua:7: set.add: no operation of a heap trace "
                                                     "leads to the float") != NULL);
    CHECK(!rc_recorder_write(self.recorder, take_text, &self));
    CHECK_EQUAL(self.size, 0);
    rc_recorder_close(self.recorder);
    drop(self.heap, set);
    close_heap(self.heap);
}

/* ------------------------------------------------------------------- values -- */

static void values_are_written_as_the_reader_takes_them(void)
{
    recording self = begin();
    rc_object *values[] = {
        a_str(self.heap, "a\"\\\n\x7F\xC3\xA9"), a_number(self.heap, "1e+16"),
        a_number(self.heap, "-inf"), an_int(self.heap, INT64_MIN), a_str(self.heap, ""),
        keep(self.heap, rc_str_intern_text(self.heap, "word", 4)),
    };

    for (size_t i = 0; i < 6; i++)
        rc_record_result(self.recorder, values[i]);
    for (size_t i = 0; i < 6; i++)
        record_drop(&self, values[i], NULL);
    end(&self);
    CHECK(strstr(self.text, "str t0 \"a\\\"\\\\\\u000a\\u007f\xC3\xA9\"\nfloat t1 1e+16\nfloat t2 -inf\n"
                            "int t3 -9223372036854775808\nstr t4 \"\"\nintern t5 \"word\"\n") != NULL);
}

/* ------------------------------------------------------------------ failing -- */

static void an_error_of_the_format_is_recorded(void)
{
    recording self = begin();
    rc_object *list = record_list(&self, NULL, 0);

    rc_record(self.recorder, "delitem %o %i", list, (int64_t)4);
    rc_record_failed(self.recorder, RC_INDEX_ERROR);
    rc_record(self.recorder, "append %o %o", list, list);
    rc_record_failed(self.recorder, RC_MEMORY_ERROR);
    rc_record(self.recorder, "~pop %o", list);
    rc_record_failed(self.recorder, RC_INDEX_ERROR);
    record_drop(&self, list, NULL);
    end(&self);
    CHECK_TEXT(self.text, HEAD "list t0\ndelitem t0 4 => error IndexError\ndel t0\n");
}

static void a_result_that_was_there_before_is_another_reference(void)
{
    recording self = begin();
    rc_object *item = an_int(self.heap, 1000);

    rc_record_result(self.recorder, item);
    rc_record(self.recorder, "tuple %t%l", &item, (size_t)1);
    rc_object *tuple = keep(self.heap, rc_tuple_new(self.heap, &item, 1));
    rc_record_result(self.recorder, tuple);
    rc_record(self.recorder, "~tuple %t%l", &item, (size_t)1);      /* tuple * 1 */
    rc_incref(self.heap, tuple);
    rc_record_result(self.recorder, keep(self.heap, tuple));
    record_drop(&self, tuple, NULL);
    record_drop(&self, tuple, NULL);
    record_drop(&self, item, NULL);
    end(&self);
    CHECK_TEXT(self.text, HEAD "int t0 1000\ntuple t1 t0\nlet t2 t1\ndel t2\ndel t1\ndel t0\n");
}

/* -------------------------------------------------------------- called back -- */

typedef struct finalized {
    recording *recording;
    rc_object *saved;
    bool acts;
} finalized;

static void finalize(void *context, rc_heap *heap, rc_object *self)
{
    finalized *f = context;
    rc_recorder *recorder = f->recording->recorder;
    rc_object *outer = rc_recorder_enter(recorder, self);

    rc_record_look(recorder, "refcnt", self, NULL);     /* left out */
    if (f->acts)
        rc_record(recorder, "enable");
    else if (f->saved == NULL) {
        rc_incref(heap, self);
        f->saved = self;
        rc_record_hold(recorder, self, "saved", NULL);
    }
    rc_recorder_leave(recorder, outer);
}

static rc_object *record_instance(recording *self, const rc_class *class)
{
    rc_record_instance(self->recorder, class, true);
    rc_object *object = rc_instance_new(self->heap, (rc_class *)class);
    CHECK(object != NULL);
    rc_record_result(self->recorder, object);
    return object;
}

static void a_rescue_is_said_where_the_object_was_made(void)
{
    recording self = begin();
    finalized f = { .recording = &self };
    rc_class *class = rc_class_new(self.heap, "Phoenix", finalize, &f);
    rc_object *first = record_instance(&self, class), *second = record_instance(&self, class);

    rc_record_drop(self.recorder, first, NULL);
    rc_decref(self.heap, first);
    CHECK(f.saved == first);
    rc_record_drop(self.recorder, second, NULL);
    rc_decref(self.heap, second);
    rc_record_counters(self.recorder);
    rc_record_drop(self.recorder, first, "saved");
    rc_decref(self.heap, first);
    end(&self);
    CHECK_TEXT(self.text, HEAD "finobject t0 rescue saved\nfinobject t1\ndel t0\ndel t1\n"
                             "count => 1 0 0\nfinalized => 2\ndel saved\n");
}

static void a_finalizer_that_acts_is_refused(void)
{
    recording self = begin();
    finalized f = { .recording = &self, .acts = true };
    rc_class *class = rc_class_new(self.heap, "Actor", finalize, &f);
    rc_object *object = record_instance(&self, class);

    rc_record_drop(self.recorder, object, NULL);
    rc_decref(self.heap, object);
    CHECK(strstr(rc_recorder_refusal(self.recorder), "it runs in a finalizer") != NULL);
    rc_recorder_close(self.recorder);
    close_heap(self.heap);
}

static void what_is_dropped_in_the_middle_of_an_operation_is_dropped_before(void)
{
    recording self = begin();
    rc_object *lost = record_list(&self, NULL, 0);

    rc_record(self.recorder, "list %t%l", NULL, (size_t)0);
    rc_object *list = keep(self.heap, rc_list_display(self.heap, NULL, 0));
    rc_recorder_interrupt(self.recorder, true);
    record_drop(&self, lost, NULL);
    rc_recorder_interrupt(self.recorder, false);
    rc_record_result(self.recorder, list);
    rc_record_look(self.recorder, "refcnt", list, NULL);
    rc_record_release(self.recorder, 0);
    record_drop(&self, list, NULL);
    end(&self);
    /* the dead list's memory must not serve the new one, which was made before it */
    CHECK_TEXT(self.text, HEAD "list t0\ndel t0\nlist t0\nlist t1\nrefcnt t1 => 1\ndel t0\ndel t1\n");
}

static void a_writer_that_refuses_is_told_of(void)
{
    recording self = begin();

    self.refuses = true;
    CHECK(!rc_recorder_write(self.recorder, take_text, &self));
    CHECK(rc_recorder_refusal(self.recorder) == NULL);
    rc_recorder_close(self.recorder);
    close_heap(self.heap);
}

static void the_first_refusal_stays(void)
{
    recording self = begin();

    rc_recorder_at(self.recorder, "a.lua", 3, "frozenset");
    rc_recorder_refuse(self.recorder, "no %s", "frozensets");
    rc_recorder_refuse(self.recorder, "no more");
    CHECK_TEXT(rc_recorder_refusal(self.recorder), "a.lua:3: frozenset: no frozensets");
    rc_record(self.recorder, "enable");
    rc_record_counters(self.recorder);
    rc_recorder_close(self.recorder);
    close_heap(self.heap);
}

/* Slots that are no longer kept up to date were read when the program ended. */
static void nothing_is_looked_at_after_a_refusal(void)
{
    recording self = begin();
    rc_object *number = a_float(self.heap, 1.5);

    rc_record_result(self.recorder, number);
    rc_recorder_refuse(self.recorder, "no more");
    record_drop(&self, number, NULL);
    rc_record_slots(self.recorder);
    rc_recorder_close(self.recorder);
    close_heap(self.heap);
}

static const test tests[] = {
    TEST(a_reference_is_a_slot),
    TEST(a_variable_gives_its_slot_its_name),
    TEST(a_name_like_the_recorders_own_is_not_taken),
    TEST(a_place_is_said_before_its_first_line),
    TEST(an_object_without_a_slot_is_read_from_what_holds_it),
    TEST(a_reading_that_was_told_of_is_used),
    TEST(an_element_of_a_set_cannot_be_read),
    TEST(values_are_written_as_the_reader_takes_them),
    TEST(an_error_of_the_format_is_recorded),
    TEST(a_result_that_was_there_before_is_another_reference),
    TEST(a_rescue_is_said_where_the_object_was_made),
    TEST(a_finalizer_that_acts_is_refused),
    TEST(what_is_dropped_in_the_middle_of_an_operation_is_dropped_before),
    TEST(a_writer_that_refuses_is_told_of),
    TEST(the_first_refusal_stays),
    TEST(nothing_is_looked_at_after_a_refusal),
    { 0 }
};

int main(int count, char **arguments)
{
    return run_tests(count, arguments, tests);
}
