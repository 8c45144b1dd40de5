# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 12
#
# 1,000 threads, each writes once, starts the next and ends.
. /lib.sh
chain() { run_case "$1" "$2" "$3" - --watch g_chain -- "chain.$4"; }
chain bpf cpu off gcc-O2-nopie
chain bpf task on clang-O2-pie
chain bpf task off gcc-O2-pie
chain perf task off clang-O0-nopie
