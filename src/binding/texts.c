/* Texts with numbers: places, names, acts, type names.  Each is kept once, and as long as
 * the lab.  Nothing here may raise: it runs in the middle of the heap. */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST 200                     /* bytes that are kept of one */

static uint32_t hash(const char *text, size_t size)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

/* Of a text that is too long, whole characters. */
static size_t kept_size(const char *text)
{
    size_t size = strnlen(text, LONGEST + 1);

    if (size <= LONGEST)
        return size;
    for (size = LONGEST; size > LONGEST - 4 && ((unsigned char)text[size] & 0xC0) == 0x80;)
        size--;
    return size;
}

/* Where the text is among the slots, or is to come. */
static uint32_t find(const bind_texts *self, const char *text, size_t size)
{
    uint32_t mask = 2 * self->room - 1, at = hash(text, size) & mask;

    for (; self->slots[at] != 0; at = (at + 1) & mask) {
        const char *known = self->texts[self->slots[at]];
        if (strncmp(known, text, size) == 0 && known[size] == '\0')
            break;
    }
    return at;
}

static bool grow(bind_texts *self)
{
    uint32_t room = self->room ? 2 * self->room : 64;
    uint32_t *slots = calloc(2 * (size_t)room, sizeof *slots);
    char **bigger = slots ? realloc(self->texts, room * sizeof *bigger) : NULL;

    if (!self->recent)
        self->recent = calloc(BIND_RECENT, sizeof *self->recent);
    if (bigger)
        self->texts = bigger;
    if (!bigger || !self->recent) {
        free(slots);
        return false;
    }
    free(self->slots);
    self->slots = slots;
    self->room = room;
    if (self->count == 0)
        self->texts[self->count++] = NULL;
    for (uint32_t i = 1; i < self->count; i++)
        slots[find(self, self->texts[i], strlen(self->texts[i]))] = i;
    return true;
}

static uint32_t add(bind_texts *self, const char *text)
{
    size_t size = kept_size(text);
    uint32_t at = self->room ? find(self, text, size) : 0;

    if (self->room && self->slots[at] != 0)
        return self->slots[at];
    if (self->count >= BIND_TEXTS)
        return 0;
    if (self->count == self->room) {
        if (!grow(self))
            return 0;
        at = find(self, text, size);
    }
    char *copy = strndup(text, size);
    if (!copy)
        return 0;
    self->texts[self->count] = copy;
    self->slots[at] = self->count;
    return self->count++;
}

/* The number of a text; 0 when there are too many, or no memory. */
uint32_t bind_remember(bind_texts *self, const char *text)
{
    bind_recent *recent = self->recent ? &self->recent[((uintptr_t)text >> 3) % BIND_RECENT] : NULL;

    if (RC_LIKELY(recent && recent->number != 0 && recent->given == text
                  && strcmp(self->texts[recent->number], text) == 0))
        return recent->number;
    uint32_t number = add(self, text);
    if (recent)
        *recent = (bind_recent) { text, number };
    return number;
}

const char *bind_text(const bind_texts *self, uint32_t number)
{
    return number ? self->texts[number] : "?";
}

void bind_texts_close(bind_texts *self)
{
    for (uint32_t i = 1; i < self->count; i++)
        free(self->texts[i]);
    free(self->texts);
    free(self->slots);
    free(self->recent);
    *self = (bind_texts) { 0 };
}
