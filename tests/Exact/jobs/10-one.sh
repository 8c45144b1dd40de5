# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 87
#
# 20,000 writes of one thread to one global, however the program was built and however it is watched.
. /lib.sh
one() { run_case "$1" "$2" "$3" - --watch g_one -- "one.$4"; }
for variant in gcc-O0-pie gcc-O2-nopie clang-O0-nopie clang-O2-pie; do
    one bpf cpu off $variant
done
one bpf cpu on gcc-O2-pie
one bpf task on gcc-O2-pie
one bpf task on clang-O0-nopie
one bpf task off clang-O2-pie
