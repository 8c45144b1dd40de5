#!/usr/bin/env bash
# Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
#
# run.sh TARGET [SECONDS]: fuzzes one target (default: 10 minutes) by afl-fuzz, from the corpus on. SharpFuzz puts counters into a
# copy of our own assemblies; libdw and the .NET libraries have none, so what they do with an input guides nobody.
# Last line: executions, crashes, new entries. Exit status 1 where anything crashed, took more than a second or 256 MiB; the inputs
# are then under artifacts/fuzz/found/TARGET. What afl-fuzz has kept is in artifacts/fuzz/out/TARGET/default/queue.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$1 seconds=${2:-600}
command -v afl-fuzz >/dev/null || { echo "afl-fuzz is missing; as root: apt-get install afl++" >&2; exit 2; }

work=artifacts/fuzz
bin=$work/bin
built=artifacts/bin/Livewatcher.Fuzz/release
tool=$work/tools/sharpfuzz
mkdir -p $work
[ -n "${LW_FUZZ_BUILT:-}" ] || dotnet build tests/Fuzz -c Release -v quiet --nologo
[ -x $tool ] || dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path $work/tools >/dev/null
if [ ! -e $bin/ready ] || [ -n "$(find $built -newer $bin/ready -name '*.dll' -print -quit)" ]; then
  rm -rf $bin
  cp -r $built $bin
  for room in Agent Linux Recording Symbols; do $tool $bin/Livewatcher.$room.dll; done
  touch $bin/ready
fi

dictionary=tests/Fuzz/dictionaries/$target
out=$work/out/$target found=$work/found/$target
rm -rf "$out" "$found"
mkdir -p "$out" "$found"
export AFL_SKIP_BIN_CHECK=1 AFL_NO_AFFINITY=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_FORKSRV_INIT_TMOUT=60000
export AFL_MAP_SIZE=65536 AFL_HANG_TMOUT=1000 DOTNET_GCgen0size=0x2000000 DOTNET_GCHeapHardLimit=0x20000000
nice -n 15 afl-fuzz -i "tests/Fuzz/corpus/$target" -o "$out" -t 2000+ -m none -V "$seconds" -G 16384 $([ -f "$dictionary" ] && echo -x "$dictionary") \
  -- dotnet $bin/Livewatcher.Fuzz.dll fuzz "$target" >"$work/$target.log" 2>&1 || { tail -n 20 "$work/$target.log"; exit 2; }

figure() { sed -n "s/^$1 *: *//p" "$out/default/fuzzer_stats"; }
find "$out/default/crashes" "$out/default/hangs" -name 'id*' -exec cp {} "$found/" \;
# Each once more by itself and without counters: what then ends within a second was a busy machine's.
crashes=0
for input in "$found"/id*; do
  [ -e "$input" ] || continue
  status=0
  nice -n 15 $built/Livewatcher.Fuzz confirm "$target" "$input" >"$work/confirm.log" 2>&1 || status=$?
  if [ "$status" -eq 0 ]; then
    rm "$input"
  else
    crashes=$((crashes + 1))
    echo "$input: status $status: $(head -n 1 "$work/confirm.log" | cut -c 1-300)"
  fi
done
echo "$target: $(figure execs_done) executions in $(figure run_time) s, $crashes crashes or hangs ($(figure saved_crashes) and $(figure saved_hangs) before they were tried again), $(figure corpus_found) new corpus entries"
[ "$crashes" -eq 0 ]
