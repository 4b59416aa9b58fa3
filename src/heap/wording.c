/* What releases say.  Each vocabulary has what its release words anew; all else it says
 * as the one before it. */
#include <refchain/wording.h>

#include <string.h>

#include "format.h"
#include "state.h"
#include "strategy.h"
#include "unicode.h"

#define VOCABULARY(release, before)                                            \
    .about = { release, "errors and reports are worded as in " release }, .older = before

const wording_strategy wording_2_7 = {
    VOCABULARY("2.7", NULL),
    .patterns = {
        [RC_SAYS_NO_INTEGER] = "an integer is required",
        [RC_SAYS_FLOAT_NO_INTEGER] = "integer argument expected, got float",
        [RC_SAYS_NO_INDEX] = "an integer is required",
        [RC_SAYS_ABOVE_INT] = "signed integer is greater than maximum",
        [RC_SAYS_BELOW_INT] = "signed integer is less than minimum",
        [RC_SAYS_TAKES_NONE] = "$1() takes no arguments ($2 given)",
        [RC_SAYS_TAKES_ONE] = "$1() takes exactly one argument ($2 given)",
        [RC_SAYS_TAKES_AT_MOST_ONE] = "$1() takes at most 1 argument ($2 given)",
        [RC_SAYS_TAKES_ONE_FLAG] = "$1() takes exactly 1 argument ($2 given)",
        [RC_SAYS_COLLECTS_ONE] = "function takes at most 1 argument ($2 given)",
        [RC_SAYS_THRESHOLDS_TOO_FEW] = "$1() takes at least 1 argument ($2 given)",
        [RC_SAYS_THRESHOLDS_TOO_MANY] = "$1() takes at most 3 arguments ($2 given)",
        [RC_SAYS_SIZE_OF_NOTHING] = "Required argument 'object' (pos 1) not found",
        [RC_SAYS_TAKES_AT_MOST_TWO] = "$1() takes at most 2 arguments ($2 given)",
        [RC_SAYS_INTERNS_ONE] = "$1() takes exactly 1 argument ($2 given)",
        [RC_SAYS_TAKES_AT_LEAST_ONE] = "$1() takes at least 1 argument ($2 given)",
        [RC_SAYS_REFERS_TO_NOTHING] = "__new__ expected at least 1 arguments, got $2",
        [RC_SAYS_REFERS_TO_TOO_MUCH] = "__new__ expected at most 2 arguments, got $2",
        [RC_SAYS_NOTHING_TO_CALL_WITH] = "__call__() takes at most 0 arguments ($2 given)",
        [RC_SAYS_TAKES_NO_KEYWORDS] = "$1() takes no keyword arguments",
        [RC_SAYS_NO_SUCH_KEYWORD] = "'$2' is an invalid keyword argument for this function",
        [RC_SAYS_INTERNS_STR] = "intern() argument 1 must be string, not $1",
        [RC_SAYS_NO_INT] = "int() argument must be a string or a number, not '$1'",
        [RC_SAYS_NO_FLOAT] = "float() argument must be a string or a number",
        [RC_SAYS_NO_FLOAT_TEXT] = "could not convert string to float: $2",
        [RC_SAYS_NO_FLOAT_EMPTY] = "could not convert string to float: ",
        [RC_SAYS_INT_TRUE_DIVISION] = "integer division or modulo by zero",
        [RC_SAYS_INT_DIVISION] = "integer division or modulo by zero",
        [RC_SAYS_INT_MODULO] = "integer division or modulo by zero",
        [RC_SAYS_FLOAT_DIVISION] = "float division by zero",
        [RC_SAYS_FLOAT_FLOOR_DIVISION] = "float divmod()",
        [RC_SAYS_FLOAT_MODULO] = "float modulo",
        [RC_SAYS_CONCATENATES_STR] = "cannot concatenate 'str' and '$1' objects",
        [RC_SAYS_TOO_DEEP] = "maximum recursion depth exceeded",
        [RC_SAYS_TOO_DEEP_IN_COMPARISON] = "maximum recursion depth exceeded in cmp",
        [RC_SAYS_TOO_DEEP_IN_REPR] =
            "maximum recursion depth exceeded while getting the repr of an object",
        [RC_SAYS_NO_KEY] = "$2",
        [RC_SAYS_NO_ELEMENT] = "$2",
        [RC_SAYS_NO_CONTAINER] = "argument of type '$1' is not iterable",
        [RC_SAYS_NO_SUBSCRIPT] = "$1 indices must be integers, not $2",
        [RC_SAYS_NOT_SUBSCRIPTABLE] = "'$1' object has no attribute '__getitem__'",
        [RC_SAYS_NOT_INDEXABLE] = "'$1' object does not support indexing",
        [RC_SAYS_NO_ATTRIBUTE_IN_MODULE] = "'module' object has no attribute '$2'",
        [RC_SAYS_NO_ATTRIBUTE_TO_SET] = "'$1' object has no attribute '$2'",
        [RC_SAYS_NO_ATTRIBUTE_TO_DELETE] = "$2",
        [RC_SAYS_NO_ATTRIBUTES_TO_DELETE] = "'$1' object has no attribute '$2'",
        [RC_SAYS_IGNORED] = "Exception $2 in <$1> ignored\n",
        [RC_SAYS_IGNORED_FINALIZER] = "Exception $2 in <$1> ignored\n",
        [RC_SAYS_IGNORED_WEAKREF_CALLBACK] = "Exception $2 in <$1> ignored\n",
        [RC_SAYS_IGNORED_GC_CALLBACK] = "Exception $2 in <$1> ignored\n",
        [RC_SAYS_COLLECTED] = "gc: done, $1 unreachable, $2 uncollectable, $3s elapsed.\n",
        [RC_SAYS_COLLECTED_NOTHING] = "gc: done, $3s elapsed.\n",
    },
};

const wording_strategy wording_3_6 = {
    VOCABULARY("3.6", &wording_2_7),
    .patterns = {
        [RC_SAYS_NO_INTEGER] = "an integer is required (got type $1)",
        [RC_SAYS_NO_INDEX] = "'$1' object cannot be interpreted as an integer",
        [RC_SAYS_INTERNS_STR] = "intern() argument 1 must be str, not $1",
        [RC_SAYS_NO_INT] = "int() argument must be a string, a bytes-like object or a number, "
                           "not '$1'",
        [RC_SAYS_NO_FLOAT] = "float() argument must be a string or a number, not '$1'",
        [RC_SAYS_NO_FLOAT_TEXT] = "could not convert string to float: $1",
        [RC_SAYS_INT_TRUE_DIVISION] = "division by zero",
        [RC_SAYS_CONCATENATES_STR] = "must be str, not $1",
        [RC_SAYS_TOO_DEEP_IN_COMPARISON] = "maximum recursion depth exceeded in comparison",
        [RC_SAYS_NO_SUBSCRIPT] = "$1 indices must be integers or slices, not $2",
        [RC_SAYS_NOT_SUBSCRIPTABLE] = "'$1' object is not subscriptable",
        [RC_SAYS_NO_ATTRIBUTE_IN_MODULE] = "module '$1' has no attribute '$2'",
        [RC_SAYS_NO_ATTRIBUTES_TO_DELETE] = "$2",
        [RC_SAYS_IGNORED] = "Exception ignored in: <$1>\n$2\n",
        [RC_SAYS_IGNORED_FINALIZER] = "Exception ignored in: <$1>\n$2\n",
        [RC_SAYS_IGNORED_WEAKREF_CALLBACK] = "Exception ignored in: <$1>\n$2\n",
        [RC_SAYS_IGNORED_GC_CALLBACK] = "Exception ignored in: <$1>\n$2\n",
        [RC_SAYS_COLLECTED] = "gc: done, $1 unreachable, $2 uncollectable, $3s elapsed\n",
        [RC_SAYS_COLLECTED_NOTHING] = "gc: done, $3s elapsed\n",
    },
};

const wording_strategy wording_3_7 = {
    VOCABULARY("3.7", &wording_3_6),
    .patterns = {
        [RC_SAYS_NO_SUCH_KEYWORD] = "'$2' is an invalid keyword argument for $1()",
        [RC_SAYS_TAKES_ONE_FLAG] = "$1() takes exactly one argument ($2 given)",
        [RC_SAYS_COLLECTS_ONE] = "$1() takes at most 1 argument ($2 given)",
        [RC_SAYS_SIZE_OF_NOTHING] = "$1() missing required argument 'object' (pos 1)",
        [RC_SAYS_CONCATENATES_STR] = "can only concatenate str (not \"$1\") to str",
        [RC_SAYS_NOT_INDEXABLE] = "'$1' object is not subscriptable",
    },
};

const wording_strategy wording_3_8 = {
    VOCABULARY("3.8", &wording_3_7),
    .patterns = {
        [RC_SAYS_ABOVE_INT] = "Python int too large to convert to C int",
        [RC_SAYS_BELOW_INT] = "Python int too large to convert to C int",
        [RC_SAYS_INTERNS_ONE] = "$1() takes exactly one argument ($2 given)",
        [RC_SAYS_REFERS_TO_NOTHING] = "__new__ expected at least 1 argument, got $2",
        [RC_SAYS_INTERNS_STR] = "intern() argument must be str, not $1",
        [RC_SAYS_NO_FLOAT_EMPTY] = "could not convert string to float: ''",
        [RC_SAYS_COLLECTED_NOTHING] =
            "gc: done, $1 unreachable, $2 uncollectable, $3s elapsed\n",
    },
};

const wording_strategy wording_3_9 = {
    VOCABULARY("3.9", &wording_3_8),
    .patterns = {
        [RC_SAYS_TAKES_NONE] = "$3() takes no arguments ($2 given)",
        [RC_SAYS_TAKES_ONE] = "$3() takes exactly one argument ($2 given)",
        [RC_SAYS_TAKES_ONE_FLAG] = "$3() takes exactly one argument ($2 given)",
        [RC_SAYS_INTERNS_ONE] = "$3() takes exactly one argument ($2 given)",
        [RC_SAYS_TAKES_NO_KEYWORDS] = "$3() takes no keyword arguments",
        [RC_SAYS_FLOAT_FLOOR_DIVISION] = "float floor division by zero",
    },
};

const wording_strategy wording_3_10 = {
    VOCABULARY("3.10", &wording_3_9),
    .patterns = {
        [RC_SAYS_NO_INTEGER] = "'$1' object cannot be interpreted as an integer",
        [RC_SAYS_FLOAT_NO_INTEGER] = "'$1' object cannot be interpreted as an integer",
        [RC_SAYS_NO_INT] = "int() argument must be a string, a bytes-like object or a real "
                           "number, not '$1'",
        [RC_SAYS_NO_FLOAT] = "float() argument must be a string or a real number, not '$1'",
    },
};

const wording_strategy wording_3_11 = {
    VOCABULARY("3.11", &wording_3_10),
    .patterns = {
        [RC_SAYS_NOTHING_TO_CALL_WITH] = "weakref expected 0 arguments, got $2",
        [RC_SAYS_INT_MODULO] = "integer modulo by zero",
        [RC_SAYS_NO_ATTRIBUTE_TO_DELETE] = "'$1' object has no attribute '$2'",
        [RC_SAYS_NO_ATTRIBUTES_TO_DELETE] = "'$1' object has no attribute '$2'",
    },
};

const wording_strategy wording_3_13 = {
    VOCABULARY("3.13", &wording_3_11),
    .patterns = {
        [RC_SAYS_NO_SUCH_KEYWORD] = "$1() got an unexpected keyword argument '$2'",
        [RC_SAYS_THRESHOLDS_TOO_FEW] = "gc.set_threshold requires 1 to 3 arguments",
        [RC_SAYS_THRESHOLDS_TOO_MANY] = "gc.set_threshold requires 1 to 3 arguments",
        [RC_SAYS_FLOAT_MODULO] = "float modulo by zero",
        [RC_SAYS_NO_ATTRIBUTE_TO_SET] =
            "'$1' object has no attribute '$2' and no __dict__ for setting new attributes",
    },
};

const wording_strategy wording_3_14 = {
    VOCABULARY("3.14", &wording_3_13),
    .patterns = {
        [RC_SAYS_INT_DIVISION] = "division by zero",
        [RC_SAYS_INT_MODULO] = "division by zero",
        [RC_SAYS_FLOAT_DIVISION] = "division by zero",
        [RC_SAYS_FLOAT_FLOOR_DIVISION] = "division by zero",
        [RC_SAYS_FLOAT_MODULO] = "division by zero",
        [RC_SAYS_NO_KEY] = "cannot use '$1' as a dict key ($2)",
        [RC_SAYS_NO_ELEMENT] = "cannot use '$1' as a set element ($2)",
        [RC_SAYS_NO_CONTAINER] = "argument of type '$1' is not a container or iterable",
        [RC_SAYS_IGNORED_FINALIZER] = "Exception ignored while calling deallocator <$1>:\n$2\n",
        [RC_SAYS_IGNORED_WEAKREF_CALLBACK] =
            "Exception ignored while calling weakref callback <$1>:\n$2\n",
        [RC_SAYS_IGNORED_GC_CALLBACK] = "Exception ignored while calling GC callback <$1>:\n$2\n",
    },
};

/* ------------------------------------------------------------------------ saying -- */

static const char *pattern_of(const rc_profile *profile, rc_wording wording)
{
    const wording_strategy *vocabulary = (const wording_strategy *)profile->wording.value;

    while (!vocabulary->patterns[wording])
        vocabulary = vocabulary->older;
    return vocabulary->patterns[wording];
}

void rc_say(const rc_profile *profile, rc_wording wording,
            const char *const texts[RC_WORDING_TEXTS], char *buffer, size_t size)
{
    size_t used = 0;
    bool whole = true;

    for (const char *at = pattern_of(profile, wording); *at && whole; at++) {
        const char *part = at;
        size_t length = 1;
        if (at[0] == '$' && at[1] >= '1' && at[1] < '1' + RC_WORDING_TEXTS) {
            part = texts[*++at - '1'] ? texts[*at - '1'] : "";
            length = strlen(part);
        }
        whole = length < size - used;
        length = whole ? length : size - used - 1;
        memcpy(buffer + used, part, length);
        used += length;
    }
    buffer[whole ? used : utf8_whole(buffer, used)] = '\0';
}

bool rc_raise_worded(rc_heap *heap, rc_error_kind kind, rc_wording wording,
                     const char *first, const char *second, const char *third)
{
    const char *const texts[RC_WORDING_TEXTS] = { first, second, third };
    char message[RC_ERROR_SIZE];        /* the old one may be among the texts */

    rc_say(&heap->profile, wording, texts, message, sizeof message);
    return rc_raise(heap, kind, "%s", message);
}
