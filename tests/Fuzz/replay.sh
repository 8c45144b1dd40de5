#!/usr/bin/env bash
# Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
#
# replay.sh: runs every file of the corpus once, and prints "PASS target/file" or "FAIL target/file: reason" for each. What kills
# the process, as an assertion of libdw does, fails that file and no other: the next process goes on behind it.
set -uo pipefail
cd "$(dirname "$0")/../.."
program=artifacts/bin/Livewatcher.Fuzz/release/Livewatcher.Fuzz
log=artifacts/fuzz/replay.log
mkdir -p artifacts/fuzz
ulimit -c 0

for target in $("$program" list); do
  files=(tests/Fuzz/corpus/"$target"/*)
  while [ ${#files[@]} -gt 0 ]; do
    "$program" replay "$target" "${files[@]}" >"$log" 2>"$log.errors"
    status=$?
    cat "$log"
    done=$(grep -cE '^(PASS|FAIL) ' "$log")
    [ "$done" -lt ${#files[@]} ] || break
    echo "FAIL $target/${files[$done]##*/}: the process has ended with status $status: $(head -n 1 "$log.errors" | cut -c 1-200)"
    files=("${files[@]:$((done + 1))}")
  done
done
