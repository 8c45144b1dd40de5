# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# 20,000 writes, of which a condition lets one in a hundred through: in the kernel, in the guard, and where hits are named.
# seconds: 20
. /lib.sh
sifted() {
    program=$1 count=$2
    shift 2
    run_case "$@" - --watch g_sifted --if 'new % 100 == 7' -- "$program" "$count"
}
sifted sifted.gcc-O2-pie 20000 bpf cpu off
sifted sifted.clang-O0-nopie 20000 bpf task on
sifted sifted.clang-O2-pie 2000 perf task on
sifted sifted.gcc-O0-nopie 2000 ptrace task on
