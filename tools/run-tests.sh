#!/usr/bin/env bash
# Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
#
# run-tests.sh BINARY [JOB...]: builds and runs the tests that belong to every change (or the jobs named) and prints, last,
# "N passed, N failed, N skipped" over all of them. Exit status 1 where anything failed. LW_SLOW=1 runs every job, with the long
# versions of tests that have one.
#
# A job is a test project, or a part of one, at one of two places:
#   NAME           on this machine
#   NAME@vm        in the emulated machine of tools/vm, whose debug registers are exact (some machines' registers do not trap at
#                  all, and virtual ones lose hits now and then; docs/architecture.md, Tests)
# Two workers take the jobs in turn, because an emulated machine keeps one processor busy, whatever it emulates.
set -uo pipefail
cd "$(dirname "$0")/.."
binary=$(readlink -f "$1")
shift
export LIVEWATCHER_BIN=$binary
logs=artifacts/test-logs
results=$logs/results
taken=$logs/taken
rm -rf "$results" "$taken"
mkdir -p "$results" "$taken"
plain_output=(--ansi off --progress off)

# The longest first, so that the workers end at about the same time.
emulated=(Live.Core@vm Live.Serving@vm Live.Counting@vm Exact.Core@vm)
[ -z "${LW_SLOW:-}" ] || emulated=(Live.Filtering@vm Live.Rest@vm Live.Documents@vm Live.Core@vm Live.Watching@vm Exact@vm Live.Counting@vm Live.Serving@vm Soak@vm Linux@vm Doctor@vm)
queue=("${emulated[@]}" Symbols Library Browser Cli Engine Recording Export Agent Bench Fuzz Render Architecture)
workers=2
# Emulated machines of the Exact lane: the other worker keeps a processor busy too.
machines=1
if [ $# -gt 0 ]; then
  queue=("$@") workers=1 machines=2
elif tools/debug-registers.sh "$binary"; then
  queue+=(Live.Counting)
  [ -z "${LW_SLOW:-}" ] || queue+=(Live Linux Doctor)
else
  echo "this machine's debug registers do not trap (livewatcher doctor): all tests that need them run in the emulated machine"
fi

# Namespaces of Live.Tests by job.
core=$(printf 'Livewatcher.Live.Tests.%s ' Endings Systems Threading)
watching=$(printf 'Livewatcher.Live.Tests.%s ' Watching Languages)

# Which tests of its project a job means: prints options of the test program.
filter_of() {
  case $1 in
    Live.Counting*) # the C++ half of the matrix takes as long again
      [ -n "${LW_SLOW:-}" ] && echo --filter-namespace Livewatcher.Live.Tests.Counting ||
        echo --filter-method Livewatcher.Live.Tests.Counting.MatrixTests.EveryWriteOfCIsReportedWithItsWriter ;;
    Live.Core@vm) echo --filter-namespace "$core" ;;
    Live.Watching@vm) echo --filter-namespace "$watching" ;;
    Live.Filtering@vm) echo --filter-namespace Livewatcher.Live.Tests.Filtering ;;
    Live.Documents@vm) echo --filter-namespace Livewatcher.Live.Tests.Documents ;;
    Live.Serving@vm) # ways of reaching threads and sources of registers take as long again
      [ -n "${LW_SLOW:-}" ] && echo --filter-namespace Livewatcher.Live.Tests.Serving ||
        printf -- '--filter-class Livewatcher.Live.Tests.Serving.%s ' CountingTests EndTests SettingTests ActivationTests ;;
    Live.Rest@vm) echo --filter-not-namespace Livewatcher.Live.Tests.Counting Livewatcher.Live.Tests.Filtering Livewatcher.Live.Tests.Documents Livewatcher.Live.Tests.Serving "$core" "$watching" ;;
  esac
}

# The last figures of a Microsoft.Testing.Platform run: "  failed: 0", "  succeeded: 12", "  skipped: 1". Where the environment
# names a CI the platform colours them, even in a pipe, unless told not to (plain_output above).
figure() {
  grep -E "^ *$1: [0-9]+ *$" "$2" | tail -n 1 | grep -oE '[0-9]+' || true
}

# limit_of JOB: seconds after which it has failed. A hang is a failure too, and must not take the other jobs' verdicts with it.
limit_of() {
  local limit=${LW_JOB_SECONDS:-1200}
  case $1 in
    # Three times ten million hits (Filtering/NeedleTests), at some 25,000 a second where nothing else runs; the whole of Exact.
    Live.Filtering@vm | Exact@vm) echo $((limit * 4)) ;;
    # More than a hundred commands, each until its hits are there.
    Live.Documents@vm) echo $((limit * 2)) ;;
    *) echo "$limit" ;;
  esac
}

# finish JOB PASSED FAILED SKIPPED SECONDS: the job's line, and its figures for the sum.
finish() {
  echo "$2 $3 $4" >"$results/$1"
  echo "$1: $2 passed, $3 failed, $4 skipped ($5 s)"
}

run_project() {
  local job=$1 log=$logs/$1.log began=$SECONDS project folder where=() program status p f s
  project=${job%%@*}
  project=${project%%.*}
  folder=tests/$project.Tests
  program=artifacts/bin/Livewatcher.$project.Tests/release/Livewatcher.$project.Tests
  local limit
  limit=$(limit_of "$job")
  if [ "${job##*@}" = vm ]; then
    where=(tools/vm/run.sh --seconds "$limit")
    # Compilers are many times slower when they are emulated; what they make must lie where both sides see it.
    [ "$project" != Live ] || where+=(--swap 64 --share artifacts/live --on-host gcc --on-host g++ --on-host clang --on-host clang++)
    where+=(--)
  else
    where=(timeout -k 10 "$limit")
  fi
  # shellcheck disable=SC2046 # the filter is several words
  "${where[@]}" "$program" "${plain_output[@]}" $(filter_of "$job") >"$log" 2>&1
  status=$?
  p=$(figure succeeded "$log") f=$(figure failed "$log") s=$(figure skipped "$log")
  if [ -z "$p" ] || { [ "$status" -ne 0 ] && [ "${f:-0}" -eq 0 ]; }; then
    tail -n 40 "$log"
    echo "FAIL $job: the test run ended with status $status"
    f=$((${f:-0} + 1))
  elif [ "${f:-0}" -gt 0 ]; then
    grep -vE '^ *$' "$log" | head -n 300
  fi
  [ "${s:-0}" -eq 0 ] || grep -E '^skipped ' "$log"
  grep -E '^Live: ' "$log" || true
  finish "$job" "${p:-0}" "${f:-0}" "${s:-0}" $((SECONDS - began))
}

# run_lines JOB COMMAND...: a job that says "PASS name" or "FAIL name: reason" for each case, a line each.
run_lines() {
  local job=$1 log=$logs/$1.log began=$SECONDS p f status
  shift
  timeout -k 10 "$(limit_of "$job")" "$@" >"$log" 2>&1
  status=$?
  p=$(grep -c '^PASS ' "$log")
  f=$(grep -c '^FAIL ' "$log")
  if [ "$f" -gt 0 ]; then
    grep '^FAIL ' "$log"
  elif [ "$status" -ne 0 ] || [ "$p" -eq 0 ]; then
    tail -n 20 "$log"
    echo "FAIL $job: it ended with status $status"
    f=1
  fi
  finish "$job" "$p" "$f" 0 $((SECONDS - began))
}

run_job() {
  case $1 in
    Exact.Core@vm) run_lines "$1" tests/Exact/run.sh "$binary" --only '[12]0-*' --jobs "$machines" ;;
    Exact@vm) run_lines "$1" tests/Exact/run.sh "$binary" --jobs "$machines" ;;
    Browser) run_lines "$1" tests/Browser/run.sh "$binary" ;;
    Fuzz) run_lines "$1" tests/Fuzz/replay.sh ;;
    Soak@vm) run_lines "$1" tests/Soak/run.sh "$binary" --vm --seconds 300 ;;
    Library) run_lines "$1" make --no-print-directory -C native/liblivewatcher test OUT="$PWD/artifacts/native/liblivewatcher" ;;
    *) run_project "$1" ;;
  esac
}

# One worker: job by job, whatever nobody else has taken.
work() {
  local job
  for job in "${queue[@]}"; do
    mkdir "$taken/$job" 2>/dev/null && run_job "$job"
  done
}

if ! dotnet build livewatcher.slnx -c Release -v quiet --nologo >"$logs/build.log" 2>&1; then
  grep -E 'error' "$logs/build.log" | sort -u | head -n 20
  echo "FAIL build: the test projects do not build"
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
# One download, not one for each worker.
tools/vm/fetch-kernel.sh artifacts/vm/kernel >/dev/null
for ((i = 0; i < workers; i++)); do
  work &
done
wait
missing=0
for job in "${queue[@]}"; do
  [ -e "$results/$job" ] || { echo "FAIL $job: it has not run" && missing=$((missing + 1)); }
done
cat "$results"/* | awk -v f="$missing" '{p += $1; f += $2; s += $3} END {printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0}'
