#!/bin/bash
# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# build-programs.sh OUTPUT_DIR: the watched programs, each in the variants below, and the lane's own tools. Only what is
# older than its source is built again.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
output=${1:?usage: build-programs.sh OUTPUT_DIR}
mkdir -p "$output"

warnings='-Wall -Wextra -Werror'
watched='one turns sifted arisen reached acted slots calls chain family sibling wide readers gate local shared'
built=0

newest=$(find "$here/programs" "$here/build-programs.sh" -type f -printf '%T@ %p\n' |
    sort -n | tail -n 1 | cut -d' ' -f2-)

# build TARGET COMMAND...: unless TARGET is newer than every source.
build() {
    local target=$1
    shift
    [ ! "$target" -nt "$newest" ] || return 0
    "$@" -o "$target"
    built=$((built + 1))
}

for program in $watched; do
    for compiler in gcc clang; do
        for level in '-O0' '-O2 -fomit-frame-pointer'; do
            for address in '-fPIE -pie' '-fno-pie -no-pie'; do
                name=$program.$compiler${level%% *}-$([ "$address" = '-fPIE -pie' ] && echo pie || echo nopie)
                # shellcheck disable=SC2086 # the flags are several words
                build "$output/$name" $compiler -std=gnu11 -g $warnings $level $address -pthread \
                    "$here/programs/$program.c"
            done
        done
    done
done

# Linked with liblivewatcher, which the top Makefile has built.
native=$here/../../native/liblivewatcher
library=$here/../../artifacts/native/liblivewatcher/liblivewatcher.a
for variant in 'gcc -O2 -fPIE -pie' 'clang -O0 -fno-pie -no-pie' 'clang -O2 -fPIE -pie'; do
    read -r compiler flags <<<"$variant"
    name=served.$compiler${flags%% *}-$([ "${flags##* }" = -pie ] && echo pie || echo nopie)
    # shellcheck disable=SC2086 # the flags are several words
    build "$output/$name" $compiler -std=gnu11 -g $warnings $flags -fomit-frame-pointer -I"$native/include" \
        "$here/programs/served.c" "$library" -pthread
done

# 32-bit programs, and one without a C library, whose system calls are int 0x80.
for program in one calls chain gate local narrow; do
    for compiler in gcc clang; do
        for level in '-O0' '-O2 -fomit-frame-pointer'; do
            for address in '-fPIE -pie' '-fno-pie -no-pie'; do
                name=$program.${compiler}32${level%% *}-$([ "$address" = '-fPIE -pie' ] && echo pie || echo nopie)
                # shellcheck disable=SC2086 # the flags are several words
                build "$output/$name" $compiler -m32 -std=gnu11 -g $warnings $level $address -pthread \
                    "$here/programs/$program.c"
            done
        done
    done
done

# Static: what judges must not depend on what is judged.
build "$output/selfcheck" gcc -std=gnu11 -O2 $warnings -static -pthread "$here/programs/selfcheck.c"
build "$output/check" gcc -std=gnu11 -O2 $warnings -static "$here/programs/check.c" "$here/programs/json.c"
build "$output/checkturns" gcc -std=gnu11 -O2 $warnings -static "$here/programs/checkturns.c" "$here/programs/json.c"
build "$output/facts" gcc -std=gnu11 -O2 $warnings -pthread "$here/programs/facts.c"
build "$output/bpffacts" gcc -std=gnu11 -O2 $warnings -pthread "$here/programs/bpffacts.c" -lbpf
# BPF_PROG gives each program a context that it need not use.
build "$output/bpffacts.bpf.o" clang -target bpf -g -O2 $warnings -Wno-unused-parameter \
    -I"/usr/include/$(gcc -print-multiarch)" -c "$here/programs/bpffacts.bpf.c"
echo "exact: $built programs built, the rest is up to date" >&2
