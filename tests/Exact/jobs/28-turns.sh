# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# Six counters take turns over four debug registers: each of their writes is a hit, or lies in a stretch that is told as not armed; none is
# missing and none is told twice (programs/checkturns.c). perf tells no value of the moment, so there is nothing to lay out.
# seconds: 60
. /lib.sh
turns() {
    begin "turns.$4.$1.$2.guard-$3"
    timeout -s KILL $limit livewatcher run --format json --output $work/run.json --rotate=1s --backend $1 --scope $2 --guard $3 $(ring $1) \
        --watch g_a --watch g_b --watch g_c --watch g_d --watch g_e --watch g_f -- "turns.$4" 5000 8000 >$work/own 2>$work/errors
    status=$?
    case $status in
        0) finish "$(checkturns $work/run.json $work/own)" ;;
        137) finish "not finished after $limit s" ;;
        *) finish "exit status $status: $(tail -n 1 $work/errors)" ;;
    esac
}
turns bpf cpu off gcc-O2-pie
turns bpf task on clang-O0-nopie
turns ptrace task on gcc-O0-pie
