#!/bin/bash
# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# run.sh BINARY [--vm] [--seconds N] [--seed N] [--round N] [--with WORDS]...: the soak, on this machine where its debug registers
# trap, otherwise (and with --vm) in the emulated one of tools/vm. The same seed chooses the same rounds on machines of the same
# kind: emulated ones are given more time. The soak itself is built already ("make soak" does it all).
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$(dirname "$here")")
binary=$(readlink -f "${1:?usage: run.sh BINARY [OPTION]...}")
shift
emulated=
[ "${1:-}" != --vm ] || { emulated=1 && shift; }
length=3600
for ((i = 1; i < $#; i++)); do
    [ "${!i}" != --seconds ] || { next=$((i + 1)) && length=${!next}; }
done

programs=$root/artifacts/soak
"$here/build-programs.sh" "$programs"
soak=$root/artifacts/bin/Livewatcher.Soak/release/Livewatcher.Soak
where=()
# Its last round may begin at the last second.
if [ -n "$emulated" ] || ! "$root/tools/debug-registers.sh" "$binary"; then
    where=("$root/tools/vm/run.sh" --seconds $((length + 300)) --)
fi
exec "${where[@]}" "$soak" --binary "$binary" --programs "$programs" "$@"
