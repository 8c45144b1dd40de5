#!/usr/bin/env bash
# Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
#
# Who overwrites a session's reference count? The program runs as it is, at full speed; livewatcher names the line.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=${1:-artifacts/publish/livewatcher/livewatcher}

if ! tools/debug-registers.sh "$binary"; then
  echo "this machine's debug registers do not trap (livewatcher doctor): the demo runs in an emulated one (QEMU, Debian's kernel)"
  exec tools/vm/run.sh --seconds 300 -- samples/overrun/demo.sh "$binary"
fi

report=$(mktemp)
trap 'rm -f "$report"' EXIT

echo "\$ livewatcher run --watch 'g_sessions[3].refcnt' --source -- artifacts/samples/overrun"
"$binary" run --watch 'g_sessions[3].refcnt' --source --output "$report" -- artifacts/samples/overrun
echo
head -n 24 "$report"
echo "       ... $(grep -c '^#' "$report") hits in all ..."
echo
sed -n '/^writers, most suspicious first/,$p' "$report"

# The first row of the table: the rarest writer that changes the value.
guilty=$(awk '/^writers, most suspicious first/ {table = 1} table && $1 == 1 {print; exit}' "$report" | grep -oE '[A-Za-z_]+ at [^ ]+:[0-9]+$' || true)
expected=$(grep -n 'this is the bug' samples/overrun/overrun.c | cut -d: -f1)
echo
echo "guilty: ${guilty:-nobody found}"
[ "${guilty##*:}" = "$expected" ] || { echo "demo: expected line $expected of overrun.c" >&2; exit 1; }
