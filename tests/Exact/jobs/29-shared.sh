# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 45
#
# Eight fields in four debug registers, because neighbours share one: each write is a hit of the field that was written, whose value it tells
# although another thread stores beside it in the same moment, and what was written beside them is counted as that, to the last one.
. /lib.sh
shared() {
    backend=$1 scope=$2 guard=$3 program=shared.$4 option=${6:---watch}
    shift 4
    run_case "$backend" "$scope" "$guard" "${1:--}" $option g_s.a $option g_s.b $option g_s.c $option g_s.d $option g_s.e $option g_s.f $option g_s.g $option g_s.h -- "$program"
}
shared bpf cpu off gcc-O2-pie
shared bpf task on clang-O0-nopie
shared bpf task off clang-O2-nopie
shared bpf task on gcc-O0-pie access --awatch
shared perf task on gcc-O2-nopie
shared ptrace task on clang-O2-pie
