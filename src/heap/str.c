/* str: UTF-8 inside the object, and the cache of one-character strs. */
#include "str.h"

#include <string.h>

#include "compare.h"
#include "hash.h"
#include "object.h"
#include "repr.h"
#include "singletons.h"
#include "unicode.h"

static const rc_str *as_str(const rc_object *object)
{
    return (const rc_str *)object;
}

static size_t bytes_of(size_t size)
{
    return offsetof(rc_str, text) + size + 1;
}

/* ---------------------------------------------------------------------- UTF-8 -- */

/* What a str must know of its text. */
typedef struct measure {
    size_t length;                      /* code points */
    uint8_t widest;                     /* as in rc_str */
} measure;

static uint8_t width(uint32_t code_point)
{
    return code_point < 0x80 ? 1 : code_point < 0x100 ? 2 : code_point < 0x10000 ? 3 : 4;
}

/* How long the sequence is that `lead` begins; 0 if it cannot begin any. */
static size_t sequence_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    return lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
}

/* Whether `second` may follow `lead`: nothing longer than needed, no surrogates,
 * nothing above U+10FFFF. */
static bool may_follow(unsigned char lead, unsigned char second)
{
    switch (lead) {
    case 0xE0: return second >= 0xA0 && second < 0xC0;
    case 0xED: return second >= 0x80 && second < 0xA0;
    case 0xF0: return second >= 0x90 && second < 0xC0;
    case 0xF4: return second >= 0x80 && second < 0x90;
    default:   return second >= 0x80 && second < 0xC0;
    }
}

static bool undecodable(rc_heap *heap, const unsigned char *text, size_t at, size_t count,
                        const char *why)
{
    if (count == 1)
        return rc_raise(heap, RC_UNICODE_ERROR,
                        "'utf-8' codec can't decode byte 0x%02x in position %zu: %s",
                        text[at], at, why);
    return rc_raise(heap, RC_UNICODE_ERROR,
                    "'utf-8' codec can't decode bytes in position %zu-%zu: %s",
                    at, at + count - 1, why);
}

/* How many bytes from `at` on are ASCII: eight at a time, then singly. */
static size_t ascii_run(const char *text, size_t at, size_t size)
{
    size_t start = at;

    for (; size - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, text + at, 8);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (at < size && (unsigned char)text[at] < 0x80)
        at++;
    return at - start;
}

/* Check that `text` is UTF-8, and measure it.  Fails: UnicodeError. */
static bool examine(rc_heap *heap, const char *text, size_t size, measure *result)
{
    const unsigned char *bytes = (const unsigned char *)text;

    *result = (measure) { .length = 0, .widest = 1 };
    for (size_t at = 0;;) {
        size_t plain = ascii_run(text, at, size);
        result->length += plain;
        at += plain;
        if (at == size)
            return true;

        size_t length = sequence_length(bytes[at]);
        if (length == 0)
            return undecodable(heap, bytes, at, 1, "invalid start byte");
        for (size_t i = 1; i < length; i++) {
            if (at + i == size)
                return undecodable(heap, bytes, at, i, "unexpected end of data");
            if (!may_follow(i == 1 ? bytes[at] : 0, bytes[at + i]))
                return undecodable(heap, bytes, at, i, "invalid continuation byte");
        }
        uint8_t wide = width(utf8_decode(text + at));
        if (wide > result->widest)
            result->widest = wide;
        result->length++;
        at += length;
    }
}

bool str_check(rc_heap *heap, const char *text, size_t size)
{
    measure ignored;
    return examine(heap, text, size, &ignored);
}

/* ----------------------------------------------------------------------- make -- */

/* A new str of `size` bytes for the caller to fill. */
static rc_str *new_str(rc_heap *heap, size_t size, measure measured)
{
    if (size >= UINT32_MAX)
        return rc_raise_null(heap, RC_MEMORY_ERROR, "a str of %zu bytes is too long", size);
    rc_str *str = (rc_str *)object_new(heap, &rc_str_type, bytes_of(size));
    if (str == NULL)
        return NULL;
    str->hash = NO_HASH;
    str->length = (uint32_t)measured.length;
    str->size = (uint32_t)size;
    str->interned = false;
    str->cached = false;
    str->widest = measured.widest;
    str->text[size] = '\0';
    return str;
}

static rc_str *new_copy(rc_heap *heap, const char *text, size_t size, measure measured)
{
    rc_str *str = new_str(heap, size, measured);

    if (str != NULL)
        memcpy(str->text, text, size);
    return str;
}

/* Give the one reference to a new character, or to the empty str, to the heap for
 * ever; where the profile says so, it is the interned str of its text. */
static bool keep_str(rc_heap *heap, rc_str *str, rc_reason reason)
{
    if (heap->profile.characters_interned.value && !intern_add(heap, str)) {
        rc_decref(heap, &str->head);
        return false;
    }
    keep_for_ever(heap, &str->head, reason);
    return true;
}

/* Make the character that the cache lacks. */
static bool cache_character(rc_heap *heap, uint32_t code_point, const char *text)
{
    measure one = { .length = 1, .widest = width(code_point) };
    rc_str *str = new_copy(heap, text, utf8_length(*text), one);

    if (str == NULL || !keep_str(heap, str, RC_FOR_CHARACTERS))
        return false;
    str->cached = true;
    heap->characters[code_point] = &str->head;
    return true;
}

/* The str of the one character at `text`. */
static rc_object *character(rc_heap *heap, const char *text)
{
    uint32_t code_point = utf8_decode(text);
    measure one = { .length = 1, .widest = width(code_point) };

    if ((int64_t)code_point >= heap->profile.characters.value)
        return (rc_object *)new_copy(heap, text, utf8_length(*text), one);
    if (heap->characters[code_point] != NULL)
        heap->character_hits++;
    else if (cache_character(heap, code_point, text))
        heap->character_misses++;
    else
        return NULL;
    rc_incref(heap, heap->characters[code_point]);
    return heap->characters[code_point];
}

/* A str that was made at run time, taken: where the profile interns such by
 * themselves, the one that stands for its text, a new reference. */
static rc_object *settle(rc_heap *heap, rc_str *str)
{
    if (str == NULL || !heap->profile.made_interned.value || !is_name_like(str->text, str->size))
        return (rc_object *)str;
    bool cached = str->length == 1 && str->text[0] < heap->profile.characters.value;
    rc_object *known = cached ? character(heap, str->text) : intern_made(heap, str);
    rc_decref(heap, &str->head);
    return known;
}

static rc_object *empty(rc_heap *heap)
{
    rc_incref(heap, heap->empty_str);
    return heap->empty_str;
}

rc_object *rc_str_new(rc_heap *heap, const char *text, size_t size)
{
    measure measured;

    if (size == 0)
        return empty(heap);
    if (!examine(heap, text, size, &measured))
        return NULL;
    if (measured.length == 1)
        return character(heap, text);
    return settle(heap, new_copy(heap, text, size, measured));
}

rc_object *rc_str_character(rc_heap *heap, rc_object *str, size_t *offset)
{
    const rc_str *self = as_str(str);

    if (*offset >= self->size)
        return NULL;
    rc_object *result = character(heap, self->text + *offset);
    if (result != NULL)
        *offset += utf8_length(self->text[*offset]);
    return result;
}

bool str_open(rc_heap *heap)
{
    measure nothing = { .length = 0, .widest = 1 };
    rc_str *str = new_str(heap, 0, nothing);

    if (str == NULL || !keep_str(heap, str, RC_FOR_SINGLETON))
        return false;
    heap->empty_str = &str->head;
    if (!heap->profile.characters_eager.value)
        return true;
    for (uint32_t c = 0; (int64_t)c < heap->profile.characters.value; c++) {
        char text[] = { (char)c, '\0' };
        if (c >= 0x80) {
            text[0] = (char)(0xC0 | c >> 6);
            text[1] = (char)(0x80 | (c & 0x3F));
        }
        if (!cache_character(heap, c, text))
            return false;
    }
    return true;
}

/* ------------------------------------------------------------------- str(x) -- */

/* Text that grows as it is written. */
typedef struct growing_text {
    rc_heap *heap;
    char *text;
    size_t size, room;
    bool no_memory;                     /* that is why it took no more */
} growing_text;

static bool grow_and_put(void *context, const char *text, size_t size)
{
    growing_text *out = context;

    if (size > out->room - out->size) {
        size_t room = 2 * (out->size + size);
        char *moved = block_resize(out->heap, out->text, out->room, room);
        if (moved == NULL) {
            out->no_memory = true;
            return false;
        }
        out->text = moved;
        out->room = room;
    }
    memcpy(out->text + out->size, text, size);
    out->size += size;
    return true;
}

/* A repr is always a new str: CPython does not look for str(5) in the cache. */
rc_object *rc_str_from(rc_heap *heap, rc_object *x)
{
    growing_text out = { .heap = heap };
    rc_object *result = NULL;
    measure measured;

    if (rc_is(x, &rc_str_type)) {
        rc_incref(heap, x);
        return x;
    }
    if (rc_repr(heap, x, (rc_sink) { grow_and_put, &out })) {
        if (examine(heap, out.text, out.size, &measured))
            result = settle(heap, new_copy(heap, out.text, out.size, measured));
    } else if (out.no_memory)
        rc_raise(heap, RC_MEMORY_ERROR, "no memory for the text of a %s", rc_typename(x));
    if (out.text != NULL)
        block_free(heap, out.text, out.room);
    return result;
}

/* ------------------------------------------------------------------ operators -- */

rc_object *str_concat(rc_heap *heap, rc_object *a, rc_object *b)
{
    const rc_str *left = as_str(a), *right = as_str(b);

    if (left->size == 0 || right->size == 0) {
        rc_object *other = left->size == 0 ? b : a;
        rc_incref(heap, other);
        return other;
    }
    measure both = {
        .length = (size_t)left->length + right->length,
        .widest = left->widest > right->widest ? left->widest : right->widest,
    };
    rc_str *sum = new_str(heap, (size_t)left->size + right->size, both);
    if (sum == NULL)
        return NULL;
    memcpy(sum->text, left->text, left->size);
    memcpy(sum->text + left->size, right->text, right->size);
    return settle(heap, sum);
}

rc_object *str_repeat(rc_heap *heap, rc_object *str, int64_t count)
{
    const rc_str *self = as_str(str);

    if (count <= 0 || self->size == 0)
        return empty(heap);
    if (count == 1) {
        rc_incref(heap, str);
        return str;
    }
    if (count > INT64_MAX / self->length)
        return rc_raise_null(heap, RC_OVERFLOW_ERROR, "repeated string is too long");
    if (count > UINT32_MAX / self->size)
        return rc_raise_null(heap, RC_MEMORY_ERROR, "a repeated str is too long");
    measure all = { .length = self->length * (size_t)count, .widest = self->widest };
    rc_str *product = new_str(heap, self->size * (size_t)count, all);
    if (product == NULL)
        return NULL;
    for (size_t at = 0; at < product->size; at += self->size)
        memcpy(product->text + at, self->text, self->size);
    return settle(heap, product);
}

/* UTF-8 keeps characters apart: equal bytes are equal characters. */
bool str_contains(const rc_object *str, const rc_object *part)
{
    const rc_str *self = as_str(str), *wanted = as_str(part);

    return memmem(self->text, self->size, wanted->text, wanted->size) != NULL;
}

/* ----------------------------------------------------------------------- look -- */

const char *rc_str_text(const rc_object *str, size_t *size)
{
    if (size)
        *size = as_str(str)->size;
    return as_str(str)->text;
}

bool rc_str_is_interned(const rc_object *str)
{
    return as_str(str)->interned;
}

static size_t length(const rc_object *self)
{
    return as_str(self)->length;
}

int64_t str_hash(rc_str *str)
{
    if (str->hash == NO_HASH)
        str->hash = hash_text(str->text, str->size);
    return str->hash;
}

static bool hash(rc_heap *heap, rc_object *self, int64_t *result)
{
    (void)heap;
    *result = str_hash((rc_str *)self);
    return true;
}

static bool equal(rc_heap *heap, rc_object *a, rc_object *b, bool *result)
{
    const rc_str *left = as_str(a), *right = as_str(b);

    (void)heap;
    *result = rc_is(b, &rc_str_type) && left->size == right->size
           && memcmp(left->text, right->text, left->size) == 0;
    return true;
}

/* The order of UTF-8 bytes is that of the code points. */
static bool compare(rc_heap *heap, rc_object *a, rc_object *b, rc_comparison comparison,
                    bool *result)
{
    const rc_str *left = as_str(a), *right = as_str(b);

    if (!rc_is(b, &rc_str_type))
        return raise_no_order(heap, a, b, comparison);
    int order = memcmp(left->text, right->text,
                       left->size < right->size ? left->size : right->size);
    if (order == 0)
        order = (left->size > right->size) - (left->size < right->size);
    *result = comparison_holds(order, comparison);
    return true;
}

static bool repr(rc_heap *heap, rc_object *self, rc_sink sink)
{
    return write_quoted(heap, sink, as_str(self)->text, as_str(self)->size);
}

/* CPython keeps every character as wide as the widest (2.7: all have 4 bytes), and one
 * more for the end.
 * Where the characters are immortal (from 3.12), the cached ones beyond ASCII carry
 * their UTF-8 too: two bytes and a NUL. */
static size_t size(const rc_heap *heap, const rc_object *self)
{
    static const size_t bytes[] = { 0, 1, 1, 2, 4 };
    const rc_str *str = as_str(self);

    if (str->widest == 1)
        return (size_t)heap->profile.str_head_size.value + str->length + 1;
    size_t character = (size_t)heap->profile.str_wide_character_size.value;
    return (size_t)heap->profile.str_wide_head_size.value
         + (character ? character : bytes[str->widest]) * ((size_t)str->length + 1)
         + (str->cached && rc_is_immortal(self) ? 3 : 0);
}

static rc_object *destroy(rc_heap *heap, rc_object *self)
{
    if (as_str(self)->interned)
        intern_remove(heap, (rc_str *)self);
    object_free(heap, self, false, bytes_of(as_str(self)->size), NULL);
    return NULL;
}

static const field_layout fields[] = {
    { "hash", offsetof(rc_str, hash), sizeof(int64_t), RC_FIELD_INTEGER },
    { "length", offsetof(rc_str, length), sizeof(uint32_t), RC_FIELD_INTEGER },
    { "size", offsetof(rc_str, size), sizeof(uint32_t), RC_FIELD_INTEGER },
    { "interned", offsetof(rc_str, interned), sizeof(uint8_t), RC_FIELD_INTEGER },
    { "cached", offsetof(rc_str, cached), sizeof(uint8_t), RC_FIELD_INTEGER },
    { "widest", offsetof(rc_str, widest), sizeof(uint8_t), RC_FIELD_INTEGER },
    { "text", offsetof(rc_str, text), 0, RC_FIELD_TEXT },       /* `size` bytes */
    { .name = NULL },
};

const rc_type rc_str_type = {
    .name = "str",
    .index = RC_STR,
    .die = atom_dies,
    .destroy = destroy,
    .length = length,
    .hash = hash,
    .equal = equal,
    .compare = compare,
    .repr = repr,
    .size = size,
    .fields = fields,
};
