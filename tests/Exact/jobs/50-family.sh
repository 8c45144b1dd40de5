# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 33
#
# 200 children and 20 grandchildren, each writes as the first thing it does. And a child that is nobody's business.
. /lib.sh
family() { run_case "$1" "$2" "$3" follow-fork --follow-fork --watch g_family -- "family.$4"; }
family bpf cpu off gcc-O2-pie
family bpf task on clang-O2-nopie
family bpf task off gcc-O0-pie
family perf task off clang-O2-pie

sibling() { run_case "$1" "$2" "$3" - --watch g_twin -- "sibling.$4"; }
sibling bpf cpu off gcc-O2-pie
sibling bpf task on clang-O2-pie
sibling bpf task off gcc-O2-nopie
sibling perf task off gcc-O0-pie
