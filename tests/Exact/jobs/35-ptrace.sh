# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 19
#
# Backend ptrace: 2,000 writes (each is a stop, which takes milliseconds here), four slots, a store that is wider than one, and threads and children as they come. (Attaching is shown in Live.)
. /lib.sh
traced() {
    program=$1 count=$2
    shift 2
    run_case ptrace task on - "$@" -- "$program" "$count"
}
traced one.gcc-O0-pie 2000 --watch g_one
traced one.clang-O2-nopie 2000 --watch g_one
traced slots.clang-O2-pie 500 --watch g_long --watch g_int --watch g_short --watch g_char
traced chain.gcc-O2-pie 500 --watch g_chain
run_case ptrace task on follow-fork --follow-fork --watch g_family -- family.gcc-O2-pie
