# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 22
#
# Backend perf: 20,000 writes, and four slots. It belongs to the whole lane only: under emulation its rings may overflow.
. /lib.sh
one() { run_case perf task "$1" - --watch g_one -- "one.$2"; }
one on clang-O2-nopie
one off gcc-O0-pie
# With four slots none is free to stop at the entry, so only the guard can read the mappings of a program that ends at once.
run_case perf task on - --watch g_long --watch g_int --watch g_short --watch g_char -- slots.clang-O2-pie
