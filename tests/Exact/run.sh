#!/bin/bash
# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# run.sh [BINARY] [--only GLOB] [--output DIR] [--seconds N] [--jobs N] [--kernel FOLDER] [--library SONAME]...
#
# The Exact lane: the whole of livewatcher on Debian's stock kernel in an emulated machine with two processors, where
# debug registers lose nothing, so hits == writes with no allowance. Prints "PASS name" or "FAIL name: reason" for each
# case; status 0 where all passed. Without BINARY only the lane's own checks run. --only picks jobs by file name.
# --jobs: so many machines side by side, each with a share of the jobs that takes about as long as the others' (each job's file
# says how long it takes, "# seconds: N"); as many as there are processors, at most 2, where it is not said. One machine keeps
# one processor busy. --kernel: a folder of tools/vm/fetch-kernel.sh.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
output=$(dirname "$(dirname "$here")")/artifacts/exact
binary=
only='*'
seconds=600
machines=$(nproc)
[ "$machines" -lt 2 ] || machines=2
kernel=
# Loaded by dlopen, so no ELF header names them.
libraries=(libdw.so.1 libbpf.so.1)
while [ $# -gt 0 ]; do
    case $1 in
        --only) only=$2; shift 2 ;;
        --output) output=$2; shift 2 ;;
        --seconds) seconds=$2; shift 2 ;;
        --jobs) machines=$2; shift 2 ;;
        --kernel) kernel=$2; shift 2 ;;
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

[ -n "$kernel" ] || kernel=$("$here/../../tools/vm/fetch-kernel.sh" "$(dirname "$output")/vm/kernel")
"$here/build-programs.sh" "$output/programs"

arguments=(--file "$output/programs/bpffacts.bpf.o")
for program in "$output"/programs/*; do
    [ ! -x "$program" ] || [ "${program%.o}" != "$program" ] || arguments+=(--program "$program")
done
if [ -n "$binary" ]; then
    arguments+=(--binary "$binary")
    for library in "${libraries[@]}"; do arguments+=(--library "$library"); done
fi

# "SECONDS FILE" of each job that is wanted, the longest first.
wanted() {
    local job takes
    for job in "$here"/jobs/*.sh; do
        # shellcheck disable=SC2254 # a pattern on purpose
        case $(basename "$job" .sh) in
            00-*) ;;
            $only) [ -n "$binary" ] || continue ;;
            *) continue ;;
        esac
        takes=$(sed -n 's/^# seconds: \([0-9]*\)$/\1/p' "$job" | head -n 1)
        echo "${takes:-10} $job"
    done | sort -rn
}

# Each job goes to the machine that has the least to do so far. In a machine they run in the order of their names.
busy=() share=()
for ((m = 0; m < machines; m++)); do busy[m]=0 share[m]=; done
while read -r takes job; do
    least=0
    for ((m = 1; m < machines; m++)); do [ "${busy[m]}" -ge "${busy[least]}" ] || least=$m; done
    busy[least]=$((busy[least] + takes))
    share[least]+="--job $job "
done < <(wanted)

# machine M: builds its image, boots it, and prints its lines; its status goes to its folder.
machine() {
    local folder=$output/machine$1 image status=0
    mkdir -p "$folder"
    # shellcheck disable=SC2086 # several words
    image=$("$here/build-image.sh" "$folder" "${arguments[@]}" ${share[$1]})
    say "machine $1: image $(du -h "$image" | cut -f1), booting (console in $folder/console.log)"
    "$here/run-vm.sh" "$kernel/vmlinuz" "$image" "$folder/console.log" "$seconds" || status=$?
    echo "$status" >"$folder/status"
}

rm -rf "$output"/machine*
say "kernel $(basename "$kernel")"
began=$SECONDS
for ((m = 0; m < machines; m++)); do
    [ -z "${share[m]}" ] || machine "$m" &
done | tee "$output/results.txt"
count() { grep -c "^$1 " "$output/results.txt" || true; }
say "$(count PASS) passed, $(count FAIL) failed, $((SECONDS - began)) s"
# A machine that could not even be built has left no status.
for ((m = 0; m < machines; m++)); do
    [ -z "${share[m]}" ] || [ "$(cat "$output/machine$m/status" 2>/dev/null)" = 0 ] || exit 1
done
