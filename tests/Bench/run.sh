#!/bin/bash
# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# run.sh BINARY [--quick] [--output FILE]: the benchmarks, into docs/benchmarks.md (with --quick: artifacts/bench/quick.md). What needs hits is measured on
# this machine where its debug registers trap, otherwise in the emulated one of tools/vm. The bench itself is built already ("make bench" does it
# all).
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$(dirname "$here")")
binary=$(readlink -f "${1:?usage: run.sh BINARY [--quick] [--output FILE]}")
shift
quick=
output=$root/docs/benchmarks.md
while [ $# -gt 0 ]; do
    case $1 in
        --quick) quick=--quick output=$root/artifacts/bench/quick.md ;;
        --output) output=$2 && shift ;;
        *) echo "run.sh: $1 is no option" >&2 && exit 2 ;;
    esac
    shift
done

functions=110000 units=70
[ -z "$quick" ] || functions=20000 units=0
place=$root/artifacts/bench
"$here/build-programs.sh" "$place" "$functions" "$units"
huge=()
[ "$units" -eq 0 ] || huge=(--huge "$place/huge")
bench=$root/artifacts/bin/Livewatcher.Bench/release/Livewatcher.Bench
load=$root/artifacts/bin/Livewatcher.Recording.Load/release/Livewatcher.Recording.Load
parts=$place/parts
rm -rf "$parts"
mkdir -p "$parts"
began=$SECONDS
where=() machine="this machine" untried=()
if ! "$root/tools/debug-registers.sh" "$binary"; then
    # With "rep movsb" an emulated processor copies a byte at a time, and a stack is copied four times: that would be most of a hit.
    where=("$root/tools/vm/run.sh" --seconds 7200 --share "$parts" --without erms --without fsrm --)
    machine="the emulated machine of tools/vm, because this one's debug registers do not trap" untried=(--untried)
fi
hits() { "${where[@]}" "$bench" "$1" "$binary" "$place" "$parts/$1.md" $quick; }
if [ ${#where[@]} -gt 0 ] && [ "$(nproc)" -ge 2 ]; then
    # An emulated machine keeps one processor busy: the halves are measured side by side, each contest's turns in one of them.
    hits cost &
    hits hits
    wait $!
else
    hits cost
    hits hits
fi
"$bench" armed "$binary" "$place" "$parts/armed.md" $quick "${untried[@]}"
kernel=$("${where[@]}" uname -r | tr -d '\r' | grep -E '^[0-9]+\.[0-9]+' | tail -n 1)
"$bench" start "$binary" "$place" "$parts/start.md" $quick "${untried[@]}" --load "$load" --large "$place/large-$functions" "${huge[@]}"

version() {
    local found
    found=$("$@" 2>/dev/null | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)*' | head -n 1) || true
    echo "${found:-not installed}"
}
{
    echo "# Benchmarks"
    echo
    echo "Written by \`make bench\`$([ -z "$quick" ] || echo " QUICK=1") on $(date -I) in $(((SECONDS - began) / 60)) minutes, with livewatcher $("$binary" --version | cut -d' ' -f2 | cut -c1-40)."
    echo "Contestants take turns, round by round, each round beginning with another; times are medians over the rounds, and a ratio is the median of the rounds' ratios."
    echo
    echo "Hits were measured on $machine, kernel $kernel; the rest on this machine:"
    echo "$(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | sed 's/^ *//'), $(nproc) processors, kernel $(uname -r)."
    if [ ${#where[@]} -gt 0 ]; then
        echo
        echo "**An emulated machine's ratios are not a real one's.** Its hits cost next to nothing (no exception is taken by a processor), while everything that a tool does about"
        echo "them is translated code, twenty times and more as slow. So ratios to the floor look worse there than they are; tool against tool means something. Its processor has no fast"
        echo "\"rep movsb\", which emulated is a byte at a time."
    fi
    echo
    echo "Against: gdb $(version gdb --version), perf $(version perf --version), bpftrace $(version bpftrace --version), valgrind $(version valgrind --version)."
    echo
    cat "$parts/cost.md"
    echo
    cat "$parts/hits.md"
    echo
    cat "$parts/armed.md"
    echo
    cat "$parts/start.md"
} >"$output"
echo "written: $output"
