# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 13
#
# The kernel writes, byte by byte: one hit for each read(2) and recv(2), with the call's name.
. /lib.sh
calls() { run_case "$1" "$2" "$3" - --watch g_file.value --watch g_message.value -- "calls.$4"; }
calls bpf cpu off gcc-O2-pie
calls bpf task on clang-O2-pie
calls perf task off gcc-O0-pie
