/* The ledger: who took and dropped which reference, when and where; and who has lived at
 * which address.
 *
 * It is told of each change of a count, and writes a short record of it into a ring in
 * the host's memory; of each birth and death into a second ring.  Both begin small and
 * double up to what the limit leaves them (three quarters and one), then the oldest is
 * forgotten.  A record has the numbers of texts that the lab keeps (texts.c; at most
 * BIND_TEXTS of them), so the limit holds but for those.
 *
 * What a running word holds its operands with is not written: they are back when it
 * returns, and refcnt(x) does not count them either.  An operand that the word itself has
 * made (a Lua string as an argument) keeps the reference of its creation until the word
 * lets go of that.  So the records of an object from its creation on always add up to the
 * count that refcnt(x) shows.
 *
 * Nothing that records may raise or call Lua: it runs in the middle of the heap. */
#include "binding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct change {
    uint32_t birth;                     /* raw, of the object */
    uint32_t line, source;              /* 0, in lab->texts */
    uint32_t holder;                    /* raw birth of an object; else, if there is one, 0 */
    uint32_t text;                      /* a name, a class; the type of a holder; or 0 */
    uint16_t frame;                     /* of a name: 0 is the scenario's */
    uint8_t reason;
    int8_t change;
} change;

typedef struct life {
    uint32_t birth;                     /* raw; 0: the place is empty */
    uint32_t type;                      /* in lab->texts */
    uintptr_t address;
    uint32_t born_line, born_source;
    uint32_t died_line, died_source;
    uint32_t act, detail;               /* what it died of */
    bool dead, by_collector;
} life;

/* A reference of a running word. */
typedef struct operand {
    const rc_object *object;
    bool written;                       /* it came from what is in the ring, and will go there */
    bool created;                       /* that is the object's creation */
    bool pushed;                        /* it is the operand stack's */
} operand;

struct bind_ledger {
    change *changes;
    uint32_t next, count, room, most;   /* where the next goes; they wrap when room is most */
    uint64_t total;                     /* changes ever: the step of the last one */
    life *lives;                        /* each at its birth modulo the room */
    uint32_t life_room, most_lives;     /* powers of two */
    uint64_t forgotten_lives;
    uint32_t types[RC_TYPES];           /* names in lab->texts, once they are known */
    operand *operands;                  /* in the order in which they were taken */
    size_t operand_count, operand_room;
};

/* ------------------------------------------------------------------------- rings -- */

static bool grow_changes(bind_ledger *self)
{
    uint32_t room = self->room < self->most / 2 ? 2 * self->room : self->most;
    change *bigger = room > self->room ? realloc(self->changes, room * sizeof *bigger) : NULL;

    if (!bigger) {
        self->most = self->room;
        return false;
    }
    self->changes = bigger;
    self->room = room;
    return true;
}

static inline change *next_change(bind_ledger *self)
{
    if (RC_UNLIKELY(self->next == self->room) && !grow_changes(self))
        self->next = 0;
    self->total++;
    self->count += self->count < self->room;
    return &self->changes[self->next++];
}

/* The i-th that is remembered, from 0. */
static const change *change_at(const bind_ledger *self, uint32_t i)
{
    uint64_t at = (uint64_t)self->next + self->room - self->count + i;

    return &self->changes[at % self->room];
}

static bool grow_lives(bind_ledger *self)
{
    uint32_t room = 2 * self->life_room;
    life *bigger = calloc(room, sizeof *bigger);

    if (!bigger) {
        self->most_lives = self->life_room;
        return false;
    }
    for (uint32_t i = 0; i < self->life_room; i++)
        if (self->lives[i].birth)
            bigger[self->lives[i].birth & (room - 1)] = self->lives[i];
    free(self->lives);
    self->lives = bigger;
    self->life_room = room;
    return true;
}

static inline life *place_of(const bind_ledger *self, uint32_t birth)
{
    return &self->lives[birth & (self->life_room - 1)];
}

/* NULL: it is not remembered. */
static life *find_life(const bind_ledger *self, uint32_t birth)
{
    life *place = place_of(self, birth);

    return place->birth == birth ? place : NULL;
}

/* ---------------------------------------------------------------------- operands -- */

static bool add_operand(bind_ledger *self, operand added)
{
    if (self->operand_count == self->operand_room) {
        size_t room = self->operand_room ? 2 * self->operand_room : 64;
        operand *bigger = realloc(self->operands, room * sizeof *bigger);
        if (!bigger)
            return false;
        self->operands = bigger;
        self->operand_room = room;
    }
    self->operands[self->operand_count++] = added;
    return true;
}

/* Take back the newest change if that is a reference which the word has just taken. */
static bool unwrite(bind_ledger *self, const rc_object *object)
{
    if (self->count == 0)
        return false;
    const change *last = change_at(self, self->count - 1);
    if (last->birth != object->birth || last->change != 1 || last->reason != RC_FOR_CALLER)
        return false;
    self->next--;
    self->count--;
    self->total--;
    return true;
}

/* Whether the newest change is the object's creation. */
static bool is_created(const bind_ledger *self, const rc_object *object)
{
    const change *last = self->count ? change_at(self, self->count - 1) : NULL;

    return last && last->birth == object->birth && last->reason == RC_FOR_CREATION
           && last->change == 1;
}

/* A change that concerns an operand: whether it is to be written, and for which reason. */
static bool is_written(bind_ledger *self, const rc_object *object, int change, rc_reason *reason)
{
    operand *top = self->operand_count ? &self->operands[self->operand_count - 1] : NULL;

    if (change > 0)
        return !add_operand(self, (operand) { .object = object });
    if (change == 0) {
        if (top && top->object == object && !top->written && !top->pushed) {
            top->pushed = true;
            return false;
        }
        bool created = is_created(self, object), written = created || !unwrite(self, object);
        bool added = add_operand(self, (operand) { object, written, created, true });
        return written && !(created && added);
    }
    for (size_t i = self->operand_count; i-- > 0;) {
        if (self->operands[i].object != object)
            continue;
        bool written = self->operands[i].written;
        if (self->operands[i].created)
            *reason = RC_FOR_CREATION;
        self->operand_count--;
        memmove(&self->operands[i], &self->operands[i + 1],
                (self->operand_count - i) * sizeof *self->operands);
        return written;
    }
    return true;
}

/* References to the object that are not written. */
static size_t unwritten(const bind_ledger *self, const rc_object *object)
{
    size_t count = 0;

    for (size_t i = 0; i < self->operand_count; i++)
        count += self->operands[i].object == object && !self->operands[i].written;
    return count;
}

/* --------------------------------------------------------------------- recording -- */

static uint16_t frame_number(const bind_lab *lab)
{
    uint16_t number = 0;
    const bind_scope *scope = lab->naming;

    for (; scope && scope != &lab->scenario; scope = scope->below)
        number++;
    return number;
}

/* The name of a type: of instances, their class's if they have it already. */
static inline uint32_t type_text(bind_lab *lab, const rc_object *object, bool half_made)
{
    rc_type_index type = rc_type_number(object->type);
    uint32_t *known = &lab->ledger->types[type];

    if (type == RC_INSTANCE && !half_made)
        return bind_remember(&lab->texts, rc_typename(object));
    if (RC_UNLIKELY(*known == 0))
        *known = bind_remember(&lab->texts, rc_type_name(object->type));
    return *known;
}

static inline void write_holder(bind_lab *lab, change *entry, const void *holder)
{
    switch (entry->reason) {
    case RC_FOR_NAME:
        entry->text = bind_remember(&lab->texts, holder);
        entry->frame = frame_number(lab);
        break;
    case RC_FOR_CLASS:
        entry->text = bind_remember(&lab->texts, rc_class_name(holder));
        break;
    default:
        entry->holder = ((const rc_object *)holder)->birth;
        entry->text = type_text(lab, holder, false);
    }
}

static inline void write_change(bind_lab *lab, rc_object *object, int amount, rc_reason reason,
                                const void *holder)
{
    bind_ledger *self = lab->ledger;

    if (reason == RC_FOR_OPERAND && !is_written(self, object, amount, &reason))
        return;
    bind_locate_once(lab);
    change *entry = next_change(self);
    *entry = (change) {
        .birth = object->birth, .line = (uint32_t)lab->running.line, .source = lab->running.source,
        .reason = (uint8_t)reason, .change = (int8_t)amount,
    };
    if (holder)
        write_holder(lab, entry, holder);
}

/* What the heap's observer is told of counts, for all who wait for it. */
void bind_ledger_change(void *context, rc_heap *heap, rc_object *object, int amount,
                        rc_reason reason, const void *holder)
{
    bind_lab *lab = context;

    write_change(lab, object, amount, reason, holder);
    if (RC_UNLIKELY(lab->told))
        bind_tell_others(lab, heap, &(rc_event) { .kind = RC_COUNT_CHANGED, .object = object,
                                                  .change = amount, .reason = reason,
                                                  .holder = holder });
}

static void write_birth(bind_lab *lab, const rc_object *object)
{
    bind_ledger *self = lab->ledger;
    life *place = place_of(self, object->birth);

    while (place->birth && self->life_room < self->most_lives && grow_lives(self))
        place = place_of(self, object->birth);
    self->forgotten_lives += place->birth != 0;
    *place = (life) {
        .birth = object->birth, .type = type_text(lab, object, true), .address = rc_id(object),
        .born_line = (uint32_t)lab->running.line, .born_source = lab->running.source,
    };
}

static void write_death(bind_lab *lab, const rc_event *event)
{
    const bind_running *running = &lab->running;
    life *place = find_life(lab->ledger, event->object->birth);

    if (!place)
        return;
    place->type = type_text(lab, event->object, false);
    place->died_line = (uint32_t)running->line;
    place->died_source = running->source;
    place->act = bind_remember(&lab->texts, bind_act(running));
    place->detail = running->detail ? bind_remember(&lab->texts, running->detail) : 0;
    place->by_collector = event->by_collector;
    place->dead = true;
}

void bind_ledger_life(bind_lab *lab, const rc_event *event)
{
    bind_locate_once(lab);
    if (event->kind == RC_CREATED)
        write_birth(lab, event->object);
    else
        write_death(lab, event);
}

/* ------------------------------------------------------------------ open and close -- */

#define FIRST_CHANGES 1024
#define FIRST_LIVES 256

static uint32_t at_most(size_t count, uint32_t least)
{
    return count > UINT32_MAX / 2 ? UINT32_MAX / 2 : count < least ? least : (uint32_t)count;
}

bool bind_ledger_open(bind_lab *lab, size_t bytes)
{
    bind_ledger *self = calloc(1, sizeof *self);

    if (!self)
        return false;
    lab->ledger = self;
    self->most = at_most(bytes / 4 * 3 / sizeof(change), FIRST_CHANGES);
    uint32_t most_lives = at_most(bytes / 4 / sizeof(life), FIRST_LIVES);
    for (self->most_lives = FIRST_LIVES; self->most_lives <= most_lives / 2;)
        self->most_lives *= 2;
    self->room = FIRST_CHANGES;
    self->life_room = FIRST_LIVES;
    self->changes = malloc(self->room * sizeof *self->changes);
    self->lives = calloc(self->life_room, sizeof *self->lives);
    return self->changes && self->lives;
}

void bind_ledger_close(bind_lab *lab)
{
    if (!lab->ledger)
        return;
    free(lab->ledger->changes);
    free(lab->ledger->lives);
    free(lab->ledger->operands);
    free(lab->ledger);
    lab->ledger = NULL;
}

/* ----------------------------------------------------------------------- ledger(x) -- */

/* In the table on top of the stack; nothing where the place is not known. */
static void set_place(lua_State *L, const bind_lab *lab, const char *name, uint32_t source,
                      uint32_t line)
{
    if (line == 0)
        return;
    lua_pushfstring(L, "%s:%d", bind_text(&lab->texts, source), (int)line);
    lua_setfield(L, -2, name);
}

/* "list #2"; of what start-up made and is alive (`object`; it stays so) "None", "int 7". */
static void set_title(lua_State *L, bind_lab *lab, const char *type, int64_t birth,
                      rc_object *object)
{
    if (birth <= 0 && object)
        bind_push_title(L, lab, object);
    else
        lua_pushfstring(L, "%s #%I", type, (LUAI_UACINT)birth);
    lua_setfield(L, -2, "title");
}

static void push_holder(lua_State *L, const bind_lab *lab, const change *entry)
{
    const char *text = bind_text(&lab->texts, entry->text);

    switch ((rc_reason)entry->reason) {
    case RC_FOR_NAME:
        lua_pushfstring(L, "name %s", text);
        if (entry->frame) {
            char frame[32];
            snprintf(frame, sizeof frame, BIND_OF_FRAME, (long long)entry->frame);
            lua_pushstring(L, frame);
            lua_concat(L, 2);
        }
        break;
    case RC_FOR_CLASS:
        lua_pushfstring(L, "class %s", text);
        break;
    case RC_FOR_CALLER:
    case RC_FOR_CREATION:
    case RC_FOR_OPERAND:
        lua_pushliteral(L, "the running word");
        break;
    case RC_FOR_COLLECTOR:
        lua_pushliteral(L, "the collector");
        break;
    case RC_FOR_FINALIZER:
        lua_pushliteral(L, "its finalizer");
        break;
    default:
        if (entry->holder)
            lua_pushfstring(L, "%s #%I", text,
                            (LUAI_UACINT)((int64_t)entry->holder - lab->startup));
        else
            lua_pushstring(L, rc_reason_name((rc_reason)entry->reason));
    }
}

typedef struct found_change {
    change change;
    uint64_t step;
    int64_t count;                      /* after it */
} found_change;

/* Push a userdata with the remembered changes of an object. */
static found_change *push_changes(lua_State *L, const bind_ledger *self, uint32_t birth,
                                  size_t *count)
{
    size_t room = 0, found = 0;

    for (uint32_t i = 0; i < self->count; i++)
        room += change_at(self, i)->birth == birth;
    found_change *changes = lua_newuserdatauv(L, (room + 1) * sizeof *changes, 0);
    for (uint32_t i = 0; i < self->count && found < room; i++) {    /* Lua may have run words */
        const change *entry = change_at(self, i);
        if (entry->birth == birth)
            changes[found++] = (found_change) { *entry, self->total - self->count + i + 1, 0 };
    }
    *count = found;
    return changes;
}

/* Say the count after each change: back from the last, which leaves `left`. */
static void count_back(found_change *changes, size_t count, int64_t left, bool pinned)
{
    for (size_t i = count; i-- > 0;) {
        changes[i].count = left;
        if (!pinned)
            left -= changes[i].change.change;
    }
}

static void push_change(lua_State *L, const bind_lab *lab, const found_change *found)
{
    const change *entry = &found->change;

    lua_createtable(L, 0, 6);
    bind_set_integer(L, "step", (int64_t)found->step);
    bind_set_integer(L, "change", entry->change);
    bind_set_integer(L, "count", found->count);
    bind_set_text(L, "reason", rc_reason_name((rc_reason)entry->reason));
    push_holder(L, lab, entry);
    lua_setfield(L, -2, "holder");
    set_place(L, lab, "place", entry->source, entry->line);
}

static void check_is_on(lua_State *L, bind_lab *lab)
{
    if (!lab->ledger)
        bind_fail(L, lab, RC_RUNTIME_ERROR, "the ledger is off; switch it on with "
                  "`refchain run --ledger`, or in Lua with refchain.new{ledger = true}");
}

/* The handle at `arg`, of this lab, whose object may be dead. */
static const bind_handle *check_handle(lua_State *L, bind_lab *lab, int arg)
{
    const bind_handle *handle = bind_test(L, arg);

    if (!handle)
        bind_look(L, lab, arg);         /* raises */
    else if (handle->lab != lab)
        bind_fail(L, lab, RC_TYPE_ERROR, "the object belongs to another heap");
    return handle;
}

static int64_t shown_count(const bind_lab *lab, const rc_object *object)
{
    uint64_t count = rc_refcount(lab->heap, object);

    return (int64_t)(rc_is_immortal(object) ? count : count - unwritten(lab->ledger, object));
}

/* lab:ledger(x) -> table */
int bind_push_ledger(lua_State *L, bind_lab *lab)
{
    const bind_handle *handle = check_handle(L, lab, 2);
    size_t count;

    check_is_on(L, lab);
    uint32_t birth = handle->watch;
    found_change *changes = push_changes(L, lab->ledger, birth, &count);
    bool alive = rc_watched(lab->heap, birth);
    bool pinned = alive && rc_is_immortal(handle->object)
                  && rc_heap_profile(lab->heap)->immortal_refcount.value != 0;
    int64_t left = alive ? shown_count(lab, handle->object) : 0;
    bool complete = count > 0 && changes[0].change.reason == RC_FOR_CREATION
                    && changes[0].change.change == 1;
    uint64_t dropped = lab->ledger->total - lab->ledger->count;
    const life *life = find_life(lab->ledger, birth);
    uint32_t source = life ? life->born_source : 0, line = life ? life->born_line : 0;

    count_back(changes, count, left, pinned);
    lua_createtable(L, 0, 14);
    bind_set_text(L, "type", bind_type_of(lab, handle));
    bind_set_integer(L, "birth", bind_birth(lab, handle));
    set_title(L, lab, bind_type_of(lab, handle), bind_birth(lab, handle),
              alive ? handle->object : NULL);
    bind_set_boolean(L, "immortal", alive && rc_is_immortal(handle->object));
    bind_set_boolean(L, "pinned", pinned);
    bind_set_integer(L, "id", (int64_t)rc_id(handle->object));
    lua_pushboolean(L, alive);
    lua_setfield(L, -2, "alive");
    bind_set_integer(L, "count", left);
    set_place(L, lab, "born", source, line);
    if (!alive) {
        bind_push_death(L, lab, handle);
        lua_setfield(L, -2, "death");
    }
    bind_set_integer(L, "dropped", (int64_t)dropped);
    lua_pushboolean(L, complete);
    lua_setfield(L, -2, "complete");
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        push_change(L, lab, &changes[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "changes");
    return 1;
}

/* -------------------------------------------------------------------------- at(id) -- */

static int compare_lives(const void *a, const void *b)
{
    uint32_t x = ((const life *)a)->birth, y = ((const life *)b)->birth;

    return x < y ? -1 : x > y;
}

/* The object that lives there, if the ledger does not know of it. */
static const rc_object *older_inhabitant(const bind_lab *lab, uintptr_t address)
{
    for (rc_object *object = rc_newest(lab->heap); object; object = rc_older(lab->heap, object))
        if (rc_id(object) == address)
            return find_life(lab->ledger, object->birth) ? NULL : object;
    return NULL;
}

/* Push a userdata with the remembered lives at an address, in order of birth. */
static life *push_lives(lua_State *L, bind_lab *lab, uintptr_t address, size_t *count)
{
    const bind_ledger *self = lab->ledger;
    size_t room = 1, found = 0;

    for (uint32_t i = 0; i < self->life_room; i++)
        room += self->lives[i].birth && self->lives[i].address == address;
    life *lives = lua_newuserdatauv(L, room * sizeof *lives, 0);
    for (uint32_t i = 0; i < self->life_room && found + 1 < room; i++)
        if (self->lives[i].birth && self->lives[i].address == address)
            lives[found++] = self->lives[i];
    const rc_object *older = older_inhabitant(lab, address);
    if (older)
        lives[found++] = (life) { .birth = older->birth, .address = address };
    for (size_t i = 0; i < found; i++)
        if (!lives[i].dead)             /* by now it has a class */
            lives[i].type = type_text(lab, (const rc_object *)address, false);
    qsort(lives, found, sizeof *lives, compare_lives);
    *count = found;
    return lives;
}

static void push_life(lua_State *L, bind_lab *lab, const life *life)
{
    lua_createtable(L, 0, 6);
    bind_set_integer(L, "birth", (int64_t)life->birth - lab->startup);
    bind_set_text(L, "type", bind_text(&lab->texts, life->type));
    set_title(L, lab, bind_text(&lab->texts, life->type), (int64_t)life->birth - lab->startup,
              life->dead ? NULL : (rc_object *)life->address);
    set_place(L, lab, "born", life->born_source, life->born_line);
    lua_pushboolean(L, !life->dead);
    lua_setfield(L, -2, "alive");
    if (!life->dead)
        return;
    set_place(L, lab, "died", life->died_source, life->died_line);
    bind_push_act(L, bind_text(&lab->texts, life->act), bind_text(&lab->texts, life->detail),
                  life->by_collector);
    lua_setfield(L, -2, "by");
}

/* The address that is meant by the argument: an id, or the object's own. */
static uintptr_t check_address(lua_State *L, bind_lab *lab, int arg)
{
    if (lua_isinteger(L, arg))
        return (uintptr_t)lua_tointeger(L, arg);
    if (!bind_test(L, arg))
        bind_fail(L, lab, RC_TYPE_ERROR, "expected an id (an integer) or a heap object, got %s",
                  bind_describe(L, arg));
    return rc_id(check_handle(L, lab, arg)->object);
}

/* lab:lives(id or x) -> table */
int bind_push_lives(lua_State *L, bind_lab *lab)
{
    uintptr_t address = check_address(L, lab, 2);
    size_t count;

    check_is_on(L, lab);
    life *lives = push_lives(L, lab, address, &count);
    lua_createtable(L, (int)count, 2);
    bind_set_integer(L, "id", (int64_t)address);
    bind_set_integer(L, "dropped", (int64_t)lab->ledger->forgotten_lives);
    for (size_t i = 0; i < count; i++) {
        push_life(L, lab, &lives[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}
