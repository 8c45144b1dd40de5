# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 46
#
# All four debug registers, in their four widths, hit by two threads on two CPUs.
. /lib.sh
slots() {
    run_case "$1" "$2" "$3" - --watch g_long --watch g_int --watch g_short --watch g_char -- "slots.$4"
}
slots bpf cpu off gcc-O2-pie
slots bpf cpu off clang-O0-nopie
slots bpf task on clang-O2-nopie
slots bpf task off gcc-O0-pie
