/* What happens in a heap, and what is in it at the end, for other programs: events as JSON
 * lines, events as a trace (the format of Perfetto and chrome://tracing), and a snapshot as
 * JSON or as SQL.  The text goes to sinks of the host, piece by piece; nothing of the heap is
 * allocated or counted for it.
 *
 * Time in a trace is the number of the event, taken for microseconds: so it is the same on
 * every run.  Only a trusted scenario's trace has the clock's. */
#include "graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SAMPLE 64                       /* events between two samples of the counters */
#define STATEMENT 8192                  /* bytes of an SQL statement, about */

/* ------------------------------------------------------------------- text, numbers -- */

typedef struct writer {
    rc_sink sink;
    bool failed;
} writer;

static void put_text(writer *self, const char *text, size_t size)
{
    self->failed = self->failed || !self->sink.write(self->sink.context, text, size);
}

static void put(writer *self, const char *text)
{
    put_text(self, text, strlen(text));
}

static void put_number(writer *self, const char *format, long long number)
{
    char text[64];

    snprintf(text, sizeof text, format, number);
    put(self, text);
}

/* How many bytes from `text` on are one character of UTF-8; 0: none that is right. */
static size_t character(const unsigned char *text, size_t size)
{
    size_t length = *text < 0x80 ? 1 : *text >= 0xC2 && *text < 0xE0 ? 2
                    : *text >= 0xE0 && *text < 0xF0 ? 3 : *text >= 0xF0 && *text < 0xF5 ? 4 : 0;

    if (length > size)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    if (length == 3 && ((*text == 0xE0 && text[1] < 0xA0) || (*text == 0xED && text[1] > 0x9F)))
        return 0;
    if (length == 4 && ((*text == 0xF0 && text[1] < 0x90) || (*text == 0xF4 && text[1] > 0x8F)))
        return 0;
    return length;
}

/* A text between quotes; what is no UTF-8 becomes U+FFFD. */
static void put_json(writer *self, const char *text, size_t size)
{
    put(self, "\"");
    for (size_t i = 0; i < size;) {
        size_t length = character((const unsigned char *)text + i, size - i);
        if (length == 0)
            put(self, "\xEF\xBF\xBD");
        else if (text[i] == '"' || text[i] == '\\') {
            put(self, "\\");
            put_text(self, text + i, 1);
        } else if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            put_number(self, "\\u%04llx", (unsigned char)text[i]);
        else
            put_text(self, text + i, length);
        i += length ? length : 1;
    }
    put(self, "\"");
}

static void put_json_text(writer *self, const char *name, const char *text)
{
    put(self, ",\"");
    put(self, name);
    put(self, "\":");
    put_json(self, text, strlen(text));
}

static void put_json_number(writer *self, const char *name, long long number)
{
    put(self, ",\"");
    put(self, name);
    put_number(self, "\":%lld", number);
}

static void put_id(writer *self, uintptr_t id)
{
    put_number(self, ",\"id\":\"0x%llx\"", (long long)id);
}

/* ------------------------------------------------------------------------ events -- */

struct bind_exporter {
    writer events, trace;               /* without `write`: none */
    uint64_t number;                    /* of the event */
    uint64_t start;                     /* nanoseconds, of a trace by the clock */
    bool clocked;
};

static uint64_t read_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool is_half_made(const rc_event *event)
{
    return event->kind == RC_CREATED
           || (event->kind == RC_COUNT_CHANGED && event->reason == RC_FOR_CREATION);
}

static const char *type_of(const rc_event *event)
{
    return is_half_made(event) ? rc_type_name(event->object->type) : rc_typename(event->object);
}

static void put_place(writer *self, bind_lab *lab)
{
    if (!lab->running.L)
        return;
    bind_locate_once(lab);
    if (!lab->running.line)
        return;
    char text[512];
    snprintf(text, sizeof text, "%s:%d",
             lab->running.source ? lab->texts.texts[lab->running.source] : "?", lab->running.line);
    put_json_text(self, "at", text);
}

static void put_holder(writer *self, const bind_lab *lab, const rc_event *event)
{
    char text[256];

    if (!event->holder)
        return;
    switch (event->reason) {
    case RC_FOR_NAME:
        put_json_text(self, "holder", event->holder);
        break;
    case RC_FOR_ITEM:
    case RC_FOR_ELEMENT:
    case RC_FOR_KEY:
    case RC_FOR_VALUE:
    case RC_FOR_ATTRIBUTE:
    case RC_FOR_ATTRIBUTES:
        snprintf(text, sizeof text, "%s #%lld", rc_typename(event->holder),
                 (long long)rc_birth(lab->heap, event->holder));
        put_json_text(self, "holder", text);
        break;
    case RC_FOR_CLASS:
        put_json_text(self, "holder", rc_class_name(event->holder));
        break;
    default:
        break;
    }
}

static void put_details(writer *self, const bind_lab *lab, const rc_event *event, bool clocked)
{
    switch (event->kind) {
    case RC_CREATED:
        put_json_text(self, "origin", rc_origin_name((rc_origin)event->origin));
        break;
    case RC_DESTROYED:
        put_json_text(self, "by", event->by_collector ? "collector" : "count");
        break;
    case RC_MEMORY_RETURNED:
        put_id(self, event->address);
        put_json_number(self, "size", (long long)event->size);
        break;
    case RC_COUNT_CHANGED:
        put_json_number(self, "change", event->change);
        put_json_text(self, "reason", rc_reason_name(event->reason));
        put_holder(self, lab, event);
        break;
    case RC_COLLECTION_FINISHED:
        put_json_number(self, "collected", (long long)event->collected);
        put_json_number(self, "uncollectable", (long long)event->uncollectable);
        if (clocked)
            put_json_number(self, "nanoseconds", (long long)event->nanoseconds);
        /* fall through */
    case RC_COLLECTION_STARTED:
    case RC_GENERATION_CHANGED:
        if (event->generation == RC_PERMANENT)
            put_json_text(self, "generation", "permanent");
        else if (event->generation != RC_NO_GENERATION)
            put_json_number(self, "generation", event->generation);
        break;
    default:
        break;
    }
}

static void write_event(bind_exporter *self, bind_lab *lab, const rc_event *event)
{
    writer *to = &self->events;

    put_number(to, "{\"number\":%lld", (long long)self->number);
    put_json_text(to, "event", rc_event_name(event->kind));
    put_place(to, lab);
    if (event->object) {
        put_json_number(to, "birth", rc_birth(lab->heap, event->object));
        put_json_text(to, "type", type_of(event));
        put_id(to, rc_id(event->object));
    }
    put_details(to, lab, event, self->clocked);
    put(to, "}\n");
}

/* ------------------------------------------------------------------------- trace -- */

static void begin_entry(bind_exporter *self, const char *phase, const char *name)
{
    writer *to = &self->trace;

    put(to, ",\n{\"pid\":1,\"tid\":1");
    put_json_text(to, "ph", phase);
    put_json_text(to, "name", name);
    if (self->clocked)
        put_number(to, ",\"ts\":%lld", (long long)((read_clock() - self->start) / 1000));
    else
        put_number(to, ",\"ts\":%lld", (long long)self->number);
}

static void write_counter(bind_exporter *self, const char *name, const char *first, long long value)
{
    begin_entry(self, "C", name);
    put(&self->trace, ",\"args\":{\"");
    put(&self->trace, first);
    put_number(&self->trace, "\":%lld}}", value);
}

static void write_counters(bind_exporter *self, const rc_heap *heap)
{
    write_counter(self, "live objects", "objects", (long long)rc_live(heap, NULL));
    write_counter(self, "memory", "bytes", (long long)rc_heap_memory(heap).used);
    for (int i = 0; i < RC_GENERATIONS; i++) {
        char name[48];
        snprintf(name, sizeof name, "count of generation %d", i);
        write_counter(self, name, "count", rc_gc_count(heap, i));
        snprintf(name, sizeof name, "objects in generation %d", i);
        write_counter(self, name, "objects", (long long)rc_gc_size(heap, i));
    }
}

static void write_slice(bind_exporter *self, const rc_event *event)
{
    bool starts = event->kind == RC_COLLECTION_STARTED;
    char name[48];

    snprintf(name, sizeof name, "collection of generation %d", event->generation);
    begin_entry(self, starts ? "B" : "E", name);
    if (!starts) {
        put_number(&self->trace, ",\"args\":{\"collected\":%lld", (long long)event->collected);
        put_json_number(&self->trace, "uncollectable", (long long)event->uncollectable);
        put(&self->trace, "}");
    }
    put(&self->trace, "}");
}

static void write_mark(bind_exporter *self, const char *name)
{
    begin_entry(self, "i", name);
    put(&self->trace, ",\"s\":\"t\"}");
}

static void trace_event(bind_exporter *self, const bind_lab *lab, const rc_event *event)
{
    char name[160];

    switch (event->kind) {
    case RC_COLLECTION_STARTED:
    case RC_COLLECTION_FINISHED:
        write_slice(self, event);
        write_counters(self, lab->heap);
        break;
    case RC_FINALIZER_CALLED:
    case RC_WEAKREF_CLEARED:
        snprintf(name, sizeof name, "%s: %.100s #%lld", rc_event_name(event->kind), type_of(event),
                 (long long)rc_birth(lab->heap, event->object));
        write_mark(self, name);
        break;
    default:
        if (self->number % SAMPLE == 0)
            write_counters(self, lab->heap);
        break;
    }
}

/* An event of the heap. */
void bind_export_event(bind_lab *lab, const rc_event *event)
{
    bind_exporter *self = lab->exporter;

    if (event->kind == RC_COUNT_CHANGED && event->reason == RC_FOR_OPERAND)
        return;
    self->number++;
    if (self->events.sink.write)
        write_event(self, lab, event);
    if (self->trace.sink.write)
        trace_event(self, lab, event);
}

static rc_sink sink_option(lua_State *L, int options, const char *name)
{
    rc_sink sink = { NULL, NULL };

    if (lua_getfield(L, options, name) == LUA_TLIGHTUSERDATA)
        sink = *(const rc_sink *)lua_touserdata(L, -1);
    lua_pop(L, 1);
    return sink;
}

/* Begin, if the options at `options` name sinks: `events`, `trace`. */
void bind_open_exporter(lua_State *L, bind_lab *lab, int options, bool clocked)
{
    rc_sink events = sink_option(L, options, "events"), trace = sink_option(L, options, "trace");

    if (!events.write && !trace.write)
        return;
    bind_exporter *self = lab->exporter = calloc(1, sizeof *self);
    if (!self)
        luaL_error(L, "there is no memory for an export");
    *self = (bind_exporter) { .events = { .sink = events }, .trace = { .sink = trace },
                              .start = read_clock(), .clocked = clocked };
    if (trace.write) {
        put(&self->trace, "{\"otherData\":{\"ts\":");
        put(&self->trace, clocked ? "\"microseconds\"" : "\"number of the event\"");
        put(&self->trace, "},\n\"traceEvents\":[\n{\"pid\":1,\"tid\":1,\"ph\":\"M\","
                          "\"name\":\"process_name\",\"args\":{\"name\":");
        const char *profile = rc_heap_profile(lab->heap)->name;
        put_json(&self->trace, profile, strlen(profile));
        put(&self->trace, "}},\n{\"pid\":1,\"tid\":1,\"ph\":\"M\",\"name\":\"thread_name\","
                          "\"args\":{\"name\":\"collections\"}}");
    }
    bind_observe(lab);
}

/* lab:mark(text): a step of the story */
int bind_export_mark(lua_State *L, bind_lab *lab)
{
    size_t size;
    const char *text = luaL_checklstring(L, 2, &size);
    bind_exporter *self = lab->exporter;

    if (!self)
        return 0;
    self->number++;
    if (self->events.sink.write) {
        put_number(&self->events, "{\"number\":%lld,\"event\":\"step\",\"text\":",
                   (long long)self->number);
        put_json(&self->events, text, size);
        put(&self->events, "}\n");
    }
    if (self->trace.sink.write)
        write_mark(self, text);
    return 0;
}

/* lab:finish_export() -> whether all was taken */
int bind_finish_export(lua_State *L, bind_lab *lab)
{
    bind_exporter *self = lab->exporter;

    lua_pushboolean(L, 1);
    if (!self)
        return 1;
    if (self->trace.sink.write) {
        write_counters(self, lab->heap);
        put(&self->trace, "\n]}\n");
    }
    lua_pushboolean(L, !self->events.failed && !self->trace.failed);
    bind_exporter_close(lab);
    bind_observe(lab);
    return 1;
}

void bind_exporter_close(bind_lab *lab)
{
    free(lab->exporter);
    lab->exporter = NULL;
}

/* ---------------------------------------------------------------------- snapshot -- */

/* Rows of tables: JSON objects, or values of SQL statements. */
typedef struct rows {
    writer to;
    bool sql;
    const char *table;
    char *text;                         /* a statement in the making */
    size_t size, room;
    size_t count;                       /* rows of the table so far */
    bool first;                         /* value of the row */
} rows;

static bool add_text(void *context, const char *text, size_t size)
{
    rows *self = context;

    if (self->room - self->size < size) {
        size_t room = 2 * (self->size + size) + STATEMENT;
        char *bigger = realloc(self->text, room);
        if (!bigger)
            return false;
        self->text = bigger;
        self->room = room;
    }
    memcpy(self->text + self->size, text, size);
    self->size += size;
    return true;
}

static void flush(rows *self, rc_sink sink)
{
    if (self->size > 0 && !sink.write(sink.context, self->text, self->size))
        self->to.failed = true;
    self->size = 0;
}

static void begin_row(rows *self)
{
    if (self->sql && self->size == 0) {
        put(&self->to, "INSERT INTO ");
        put(&self->to, self->table);
        put(&self->to, " VALUES\n(");
    } else
        put(&self->to, self->sql ? ",\n(" : self->count ? ",\n{" : "\n{");
    self->count++;
    self->first = true;
}

static void end_row(rows *self, rc_sink sink)
{
    put(&self->to, self->sql ? ")" : "}");
    if (self->size < STATEMENT)
        return;
    if (self->sql)
        put(&self->to, ";");
    flush(self, sink);
}

static void begin_value(rows *self, const char *name)
{
    if (!self->first)
        put(&self->to, ",");
    self->first = false;
    if (!self->sql) {
        put_json(&self->to, name, strlen(name));
        put(&self->to, ":");
    }
}

static void put_null(rows *self, const char *name)
{
    begin_value(self, name);
    put(&self->to, self->sql ? "NULL" : "null");
}

static void put_integer(rows *self, const char *name, long long number)
{
    begin_value(self, name);
    put_number(&self->to, "%lld", number);
}

static void put_string(rows *self, const char *name, const char *text, size_t size)
{
    begin_value(self, name);
    if (!self->sql) {
        put_json(&self->to, text, size);
        return;
    }
    put(&self->to, "'");
    for (size_t i = 0; i < size; i++)
        if (text[i] == '\'')
            put(&self->to, "''");
        else if (text[i] != '\0')
            put_text(&self->to, text + i, 1);
    put(&self->to, "'");
}

static void put_generation(rows *self, const char *name, int generation)
{
    if (generation == RC_PERMANENT)
        put_string(self, name, "permanent", 9);
    else if (generation == RC_NO_GENERATION)
        put_null(self, name);
    else
        put_integer(self, name, generation);
}

static void begin_table(rows *self, const char *table, const char *columns, rc_sink sink)
{
    self->table = table;
    self->count = 0;
    if (self->sql) {
        put(&self->to, "CREATE TABLE ");
        put(&self->to, table);
        put(&self->to, columns);
        flush(self, sink);
    } else {
        put(&self->to, ",\n\"");
        put(&self->to, table);
        put(&self->to, "\":[");
    }
}

static void end_table(rows *self, rc_sink sink)
{
    if (!self->sql)
        put(&self->to, "]");
    else if (self->size > 0)
        put(&self->to, ";");
    flush(self, sink);
}

#define LONGEST_TEXT 200                /* bytes of an object's repr */

typedef struct short_text {
    char bytes[LONGEST_TEXT];
    size_t size;
} short_text;

static bool take_text(void *context, const char *text, size_t size)
{
    short_text *self = context;
    size_t taken = size < LONGEST_TEXT - self->size ? size : LONGEST_TEXT - self->size;

    memcpy(self->bytes + self->size, text, taken);
    self->size += taken;
    return taken == size;
}

/* The repr of an atom; that of a container would be all that it reaches. */
static void put_repr(rows *self, rc_heap *heap, rc_object *object)
{
    short_text text = { .size = 0 };

    if (rc_type_is_container(object->type) || rc_is(object, &rc_weakref_type)) {
        put_null(self, "repr");
        return;
    }
    if (!rc_repr(heap, object, (rc_sink) { take_text, &text })) {
        rc_error_clear(heap);
        while (text.size > 0 && ((unsigned char)text.bytes[text.size - 1] & 0xC0) == 0x80)
            text.size--;                /* a last character that is not whole goes, too */
        text.size -= text.size > 0 && (unsigned char)text.bytes[text.size - 1] >= 0xC0;
    }
    put_string(self, "repr", text.bytes, text.size);
}

static void put_object(rows *self, const bind_graph *graph, uint32_t node, bind_reach reach)
{
    static const char *const reaches[] = { "name", "temporary", "other", "garbage" };
    bind_lab *lab = graph->lab;
    rc_object *object = graph->objects[node];
    char id[32];

    begin_row(self);
    put_integer(self, "birth", rc_birth(lab->heap, object));
    put_string(self, "type", rc_typename(object), strlen(rc_typename(object)));
    snprintf(id, sizeof id, "0x%llx", (unsigned long long)rc_id(object));
    put_string(self, "id", id, strlen(id));
    put_integer(self, "refcount", (long long)bind_count(lab, object));
    put_generation(self, "generation", rc_gc_generation(lab->heap, object));
    const char *origin = rc_origin_name(rc_object_origin(lab->heap, object));
    put_string(self, "origin", origin, strlen(origin));
    put_integer(self, "size", (long long)rc_sizeof(lab->heap, object));
    put_string(self, "reach", reaches[reach], strlen(reaches[reach]));
    put_repr(self, lab->heap, object);
}

static void put_reference(rows *self, const bind_graph *graph, const rc_reference *reference)
{
    const rc_heap *heap = graph->lab->heap;
    const char *kind = rc_reason_name(reference->reason);
    bool placed = reference->reason == RC_FOR_ITEM;

    begin_row(self);
    if (reference->from)
        put_integer(self, "source", rc_birth(heap, reference->from));
    else
        put_null(self, "source");
    put_integer(self, "target", rc_birth(heap, reference->to));
    put_string(self, "kind", kind, strlen(kind));
    if (placed)
        put_integer(self, "place", (long long)reference->position);
    else
        put_null(self, "place");
    if (reference->from && reference->key)
        put_integer(self, "key", rc_birth(heap, reference->key));
    else
        put_null(self, "key");
}

typedef struct snapshot {
    rows rows;
    rc_sink sink;
    bind_graph graph;
    uint8_t *reach;
} snapshot;

static bool put_held(void *context, const rc_reference *reference)
{
    snapshot *self = context;

    put_reference(&self->rows, &self->graph, reference);
    end_row(&self->rows, self->sink);
    return true;
}

static void put_objects(snapshot *self)
{
    begin_table(&self->rows, "object",
                "(birth INTEGER PRIMARY KEY, type TEXT, id TEXT, refcount INTEGER, generation, "
                "origin TEXT, size INTEGER, reach TEXT, repr TEXT);", self->sink);
    for (uint32_t node = 0; node < self->graph.count; node++) {
        put_object(&self->rows, &self->graph, node, (bind_reach)self->reach[node]);
        end_row(&self->rows, self->sink);
    }
    end_table(&self->rows, self->sink);
}

static void put_references(snapshot *self)
{
    const bind_graph *graph = &self->graph;

    begin_table(&self->rows, "reference",
                "(source INTEGER, target INTEGER, kind TEXT, place INTEGER, key INTEGER);",
                self->sink);
    for (uint32_t node = 0; node < graph->count; node++)
        if (rc_type_is_container(graph->objects[node]->type))
            rc_references(graph->lab->heap, graph->objects[node], put_held, self);
    for (uint32_t i = 0; i < graph->outside_count; i++) {
        if (!graph->outside[i].counted)
            continue;
        rc_reference reference = bind_graph_reference(graph, graph->held + i);
        put_held(self, &reference);
    }
    end_table(&self->rows, self->sink);
}

static void put_names(snapshot *self)
{
    const bind_graph *graph = &self->graph;

    begin_table(&self->rows, "name", "(name TEXT, frame INTEGER, object INTEGER);", self->sink);
    for (uint32_t i = 0; i < graph->outside_count; i++) {
        const bind_outside *outside = &graph->outside[i];
        if (outside->reason != RC_FOR_NAME)
            continue;
        begin_row(&self->rows);
        put_string(&self->rows, "name", outside->name->text, outside->name->size);
        put_integer(&self->rows, "frame", outside->frame);
        put_integer(&self->rows, "object",
                    rc_birth(graph->lab->heap, graph->objects[outside->to]));
        end_row(&self->rows, self->sink);
    }
    end_table(&self->rows, self->sink);
}

static void put_generations(snapshot *self)
{
    const rc_heap *heap = self->graph.lab->heap;
    rows *rows = &self->rows;

    begin_table(rows, "generation",
                "(generation, size INTEGER, count INTEGER, threshold INTEGER);", self->sink);
    for (int i = 0; i <= RC_PERMANENT; i++) {
        begin_row(rows);
        put_generation(rows, "generation", i);
        put_integer(rows, "size", (long long)rc_gc_size(heap, i));
        if (i < RC_GENERATIONS) {
            put_integer(rows, "count", rc_gc_count(heap, i));
            put_integer(rows, "threshold", rc_gc_threshold(heap, i));
        } else {
            put_null(rows, "count");
            put_null(rows, "threshold");
        }
        end_row(rows, self->sink);
    }
    end_table(rows, self->sink);
}

/* All of it; false: no memory, or the sink takes no more. */
static bool write_snapshot(snapshot *self)
{
    const char *profile = rc_heap_profile(self->graph.lab->heap)->name;

    if (!bind_graph_make(&self->graph) || !bind_graph_reaches(&self->graph, &self->reach))
        return false;
    if (!self->rows.sql) {
        put(&self->rows.to, "{\"profile\":");
        put_json(&self->rows.to, profile, strlen(profile));
    }
    put_objects(self);
    put_references(self);
    put_names(self);
    put_generations(self);
    if (!self->rows.sql)
        put(&self->rows.to, "\n}\n");
    flush(&self->rows, self->sink);
    return !self->rows.to.failed;
}

/* lab:export_snapshot(sink, sql) -> whether all was taken */
int bind_export_snapshot(lua_State *L, bind_lab *lab)
{
    luaL_checktype(L, 2, LUA_TLIGHTUSERDATA);
    snapshot self = {
        .sink = *(const rc_sink *)lua_touserdata(L, 2), .graph = { .lab = lab },
        .rows = { .sql = lua_toboolean(L, 3) },
    };
    self.rows.to.sink = (rc_sink) { add_text, &self.rows };
    bool worked = write_snapshot(&self);        /* no Lua runs in it */
    bind_graph_close(&self.graph);
    free(self.rows.text);
    free(self.reach);
    lua_pushboolean(L, worked);
    return 1;
}
