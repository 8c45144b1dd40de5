# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 4
#
# doctor where registers are exact: it finds that they trap, that no write is lost, and that run and attach are possible.
. /lib.sh

# works CHECK...: the first of these that doctor does not say to work.
works() {
    for check in "$@"; do
        grep -q "\"name\":\"$check\",\"title\":\"[^\"]*\",\"outcome\":\"works\"" $work/own || { echo "$check does not work"; return; }
    done
}

begin doctor
timeout -s KILL $limit livewatcher doctor --format json >$work/own 2>$work/errors
status=$?
case $status in
    0 | 1) reason=$(works libraries perf_events kernel_writes slots bpf perf_rings ptrace new_threads accounting stray_sigtraps lost_hits hit_cost) ;;
    *) reason="exit status $status" ;;
esac
[ -n "$reason" ] || [ "$(grep -o '"possible":true' $work/own | wc -l)" -eq 2 ] || reason="run and attach are not both possible"
finish "$reason"
