#!/bin/sh
# A C file that holds each of the given files as text.
set -eu

echo '#include "embedded.h"'
number=0
for file in "$@"; do
    number=$((number + 1))
    cat <<END
__asm__(".pushsection .rodata\n"
        "embedded_$number: .incbin \"$file\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char embedded_$number[];
END
done
echo 'const struct embedded_file embedded_files[] = {'
number=0
for file in "$@"; do
    number=$((number + 1))
    echo "    { \"$file\", embedded_$number, $(wc -c <"$file") },"
done
echo '    { 0 }'
echo '};'
