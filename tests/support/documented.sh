#!/bin/sh
# The library's headers are its manual: a comment stands above each public function, or above
# the lines with it, and says how what can fail fails.
set -u

awk -v RS= '
    { function_at = match($0, /(^|\n)(RC_API|static inline)[^;{]*\(/) }
    function_at {
        functions++
        name = substr($0, function_at, RLENGTH)
        sub(/.*[ *]/, "", name)
        sub(/\($/, "", name)
        comment = index($0, "/*")
        gsub(/\n \* /, " ")
        if (!comment || comment > function_at)
            complain(name ": no comment")
        else if (/\nRC_API (RC_CHECKED|RC_NEW)/ && !/Fails|NULL|[Ff]alse when|\(MemoryError\)/)
            complain(name ": how does it fail?")
    }
    function complain(what) { print "    " FILENAME ": " what; wrong = 1 }
    END { exit wrong || functions == 0 }' include/refchain/*.h
