#!/bin/bash
# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# build-programs.sh OUTPUT_DIR FUNCTIONS: the measured programs, at fixed addresses (perf and bpftrace want them on the command line), and one with so
# many functions and types, of half a kilobyte of debug information each.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
output=${1:?usage: build-programs.sh OUTPUT_DIR FUNCTIONS}
functions=${2:?usage: build-programs.sh OUTPUT_DIR FUNCTIONS}
mkdir -p "$output"
for name in hot idle crowd floor; do
    [ "$output/$name" -nt "$here/programs/$name.c" ] ||
        gcc -std=gnu11 -D_GNU_SOURCE -O2 -g -fno-omit-frame-pointer -Wall -Wextra -Werror -fno-pie -no-pie -pthread "$here/programs/$name.c" -o "$output/$name"
done

# Functions and types by the thousand, each different.
if [ ! "$output/large-$functions" -nt "$here/build-programs.sh" ]; then
    awk -v functions="$functions" 'BEGIN {
        for (i = 0; i < functions; i++) {
            printf "struct s%d { int a%d; long b[%d]; struct s%d *next; char *name_%d; double weight_%d; };\n", i, i, i % 7 + 1, (i ? i - 1 : 0), i, i
            printf "long f%d(struct s%d *p, long n) { long sum_%d = n; for (int k = 0; k < %d; k++) sum_%d += p->b[k] * (k + %d); return sum_%d + p->a%d; }\n", i, i, i, i % 7 + 1, i, i, i, i
        }
        print "long g_large; int main(void) { g_large = 1; return 0; }"
    }' >"$output/large.c"
    gcc -O0 -g "$output/large.c" -o "$output/large-$functions"
fi
