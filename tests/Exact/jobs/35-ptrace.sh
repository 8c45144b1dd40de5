# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# Backend ptrace: 20,000 writes, four slots, a store that is wider than one, and threads and children as they come.
. /lib.sh
traced() {
    program=$1
    shift
    run_case ptrace task on - "$@" -- "$program"
}
traced one.gcc-O0-pie --watch g_one
traced one.clang-O2-nopie --watch g_one
traced slots.clang-O2-pie --watch g_long --watch g_int --watch g_short --watch g_char
traced chain.gcc-O2-pie --watch g_chain
run_case ptrace task on follow-fork --follow-fork --watch g_family -- family.gcc-O2-pie
whole ptrace task on gate.gcc-O2-pie
