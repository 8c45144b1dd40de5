# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 100
#
# 32-bit programs: the same counts, writers, values, system calls and whole stacks as of 64-bit ones.
# No more stack than they use: how much of it a ring can take is the business of the other jobs.
. /lib.sh
stack_bytes=2048
one() { run_case "$1" "$2" "$3" - --watch g_one -- "one.$4" 5000; }
for variant in gcc32-O0-pie gcc32-O2-nopie clang32-O0-nopie clang32-O2-pie; do
    one bpf cpu off $variant
done
one bpf task on gcc32-O2-pie
one bpf task off clang32-O2-nopie
one perf task on clang32-O0-pie
one perf task off gcc32-O2-nopie

chain() { run_case "$1" "$2" "$3" - --watch g_chain -- "chain.$4"; }
chain bpf cpu off gcc32-O2-pie
chain bpf task on clang32-O2-nopie

calls() { run_case "$1" "$2" "$3" - --watch g_file.value --watch g_message.value -- "calls.$4"; }
calls bpf cpu off gcc32-O0-pie
calls bpf task on clang32-O2-nopie

narrow() { stack_bytes='' run_case "$1" "$2" "$3" - --watch g_plain --watch g_info --watch g_direct -- "narrow.$4"; }
narrow bpf cpu off gcc32-O0-pie
narrow bpf cpu off gcc32-O2-nopie
narrow bpf cpu off clang32-O0-nopie
narrow bpf task on clang32-O2-pie

# A thread-local variable, found by the thread's gs.
watched=t_local@keeper
whole bpf cpu off local.gcc32-O2-pie
whole bpf task on local.clang32-O0-nopie
