#!/bin/bash
# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# run.sh [BINARY] [--only GLOB] [--output DIR] [--seconds N] [--library SONAME]...
#
# The Exact lane: the whole of livewatcher on Debian's stock kernel in an emulated machine with two processors, where
# debug registers lose nothing, so hits == writes with no allowance. Prints "PASS name" or "FAIL name: reason" for each
# case; status 0 where all passed. Without BINARY only the lane's own checks run. --only picks jobs by file name.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
output=$(dirname "$(dirname "$here")")/artifacts/exact
binary=
only='*'
seconds=600
# Loaded by dlopen, so no ELF header names them.
libraries=(libdw.so.1 libbpf.so.1)
while [ $# -gt 0 ]; do
    case $1 in
        --only) only=$2; shift 2 ;;
        --output) output=$2; shift 2 ;;
        --seconds) seconds=$2; shift 2 ;;
        --library) libraries+=("$2"); shift 2 ;;
        -*) echo "run.sh: unknown option $1" >&2; exit 2 ;;
        *) binary=$1; shift ;;
    esac
done

say() { echo "exact: $*" >&2; }
[ -z "$binary" ] || [ -x "$binary" ] || { say "$binary is no program"; exit 2; }
missing=
for need in qemu-system-x86_64:qemu-system-x86 cpio:cpio busybox:busybox-static gcc:gcc clang:clang; do
    command -v "${need%%:*}" >/dev/null || missing+=" ${need#*:}"
done
[ -z "$missing" ] || { say "missing packages:$missing"; exit 2; }

kernel=$("$here/../../tools/vm/fetch-kernel.sh" "$(dirname "$output")/vm/kernel")/vmlinuz
"$here/build-programs.sh" "$output/programs"

arguments=(--file "$output/programs/bpffacts.bpf.o")
for program in "$output"/programs/*; do
    [ ! -x "$program" ] || [ "${program%.o}" != "$program" ] || arguments+=(--program "$program")
done
for job in "$here"/jobs/*.sh; do
    # shellcheck disable=SC2254 # a pattern on purpose
    case $(basename "$job" .sh) in
        00-*) arguments+=(--job "$job") ;;
        $only) [ -z "$binary" ] || arguments+=(--job "$job") ;;
    esac
done
if [ -n "$binary" ]; then
    arguments+=(--binary "$binary")
    for library in "${libraries[@]}"; do arguments+=(--library "$library"); done
fi
image=$("$here/build-image.sh" "$output" "${arguments[@]}")
say "image $(du -h "$image" | cut -f1), booting (console in $output/console.log)"

began=$SECONDS
status=0
"$here/run-vm.sh" "$kernel" "$image" "$output/console.log" "$seconds" |
    tee "$output/results.txt" || status=${PIPESTATUS[0]}
count() { grep -c "^$1 " "$output/results.txt" || true; }
say "$(count PASS) passed, $(count FAIL) failed, $((SECONDS - began)) s"
exit "$((status == 0 ? 0 : 1))"
