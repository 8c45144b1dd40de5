#!/bin/bash
# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# build-programs.sh OUTPUT_DIR FUNCTIONS [UNITS]: the measured programs, at fixed addresses (perf and bpftrace want them on the command line), and one with so
# many functions and types, of half a kilobyte of debug information each. UNITS: and one ("huge") with so many units of 20,000 of them.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
output=${1:?usage: build-programs.sh OUTPUT_DIR FUNCTIONS}
functions=${2:?usage: build-programs.sh OUTPUT_DIR FUNCTIONS [UNITS]}
units=${3:-0}
mkdir -p "$output"
for name in hot idle crowd floor slow stacks family faults; do
    [ "$output/$name" -nt "$here/programs/$name.c" ] ||
        gcc -std=gnu11 -D_GNU_SOURCE -O2 -g -fno-omit-frame-pointer -Wall -Wextra -Werror -fno-pie -no-pie -pthread "$here/programs/$name.c" -o "$output/$name"
done

[ "$output/standin.so" -nt "$here/programs/standin.c" ] ||
    gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -fPIC -shared "$here/programs/standin.c" -o "$output/standin.so" -ldl

# source_of FIRST BEYOND LINKAGE: functions and types by the thousand, each different.
source_of() {
    awk -v first="$1" -v beyond="$2" -v linkage="$3" 'BEGIN {
        for (i = first; i < beyond; i++) {
            printf "struct s%d { int a%d; long b[%d]; struct s%d *next; char *name_%d; double weight_%d; };\n", i, i, i % 7 + 1, (i > first ? i - 1 : first), i, i
            printf "%s long f%d(struct s%d *p, long n) { long sum_%d = n; for (int k = 0; k < %d; k++) sum_%d += p->b[k] * (k + %d); return sum_%d + p->a%d; }\n", linkage, i, i, i, i % 7 + 1, i, i, i, i
        }
    }'
}
main='long g_large; int main(void) { g_large = 1; return 0; }'

# Two halves, side by side.
if [ ! "$output/large-$functions" -nt "$here/build-programs.sh" ]; then
    source_of 0 $((functions / 2)) "" >"$output/lower.c"
    { source_of $((functions / 2)) "$functions" "" && echo "$main"; } >"$output/upper.c"
    gcc -O0 -g -c "$output/lower.c" -o "$output/lower.o" &
    lower=$!
    gcc -O0 -g -c "$output/upper.c" -o "$output/upper.o"
    wait "$lower"
    gcc -O0 -g "$output/lower.o" "$output/upper.o" -o "$output/large-$functions"
    rm "$output"/{lower,upper}.{c,o}
fi

# One object many times over: its functions are local, so nothing of it collides. It is compiled once.
if [ "$units" -gt 0 ] && [ ! "$output/huge" -nt "$here/build-programs.sh" ]; then
    source_of 0 20000 "__attribute__((used)) static" >"$output/unit.c"
    echo "$main" >"$output/main.c"
    gcc -O0 -g -c "$output/unit.c" -o "$output/unit.o"
    objects=()
    for ((i = 0; i < units; i++)); do
        objects+=("$output/unit.o")
    done
    gcc -O0 -g "$output/main.c" "${objects[@]}" -o "$output/huge"
    rm "$output/unit.c" "$output/unit.o" "$output/main.c"
fi
