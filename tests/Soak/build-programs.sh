#!/bin/bash
# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# build-programs.sh OUTPUT_DIR: the soaked program in its variants, and the soak's tools. Only what is older than its source is
# built again.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
output=${1:?usage: build-programs.sh OUTPUT_DIR}
mkdir -p "$output"
warnings='-Wall -Wextra -Werror'
newest=$(find "$here/programs" "$here/build-programs.sh" -type f -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)

# build TARGET COMMAND...: unless TARGET is newer than every source.
build() {
    local target=$1
    shift
    [ "$target" -nt "$newest" ] || "$@" -o "$target"
}

for compiler in gcc clang; do
    for level in '-O0' '-O2 -fomit-frame-pointer'; do
        for address in '-fPIE -pie' '-fno-pie -no-pie'; do
            name=soaked.$compiler${level%% *}-$([ "$address" = '-fPIE -pie' ] && echo pie || echo nopie)
            # shellcheck disable=SC2086 # the flags are several words
            build "$output/$name" $compiler -std=gnu11 -g $warnings $level $address -pthread "$here/programs/soaked.c"
        done
    done
done
# shellcheck disable=SC2086
build "$output/registers" gcc -std=gnu11 -O2 $warnings "$here/programs/registers.c"
# A debugger that does nothing, as Live has it.
# shellcheck disable=SC2086
build "$output/tracer" gcc -std=gnu11 -D_GNU_SOURCE -O2 $warnings "$here/../Live.Tests/programs/tracer.c"
