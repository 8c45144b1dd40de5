# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 60
#
# Writes of one thread to one global, however the program was built and however it is watched: 20,000 at each scope, 5,000 in the other builds.
. /lib.sh
one() { run_case "$1" "$2" "$3" - --watch g_one -- "one.$4" "${5:-5000}"; }
one bpf cpu off clang-O2-pie 20000
for variant in gcc-O0-pie gcc-O2-nopie clang-O0-nopie; do
    one bpf cpu off $variant
done
one bpf cpu on gcc-O2-pie
one bpf task on gcc-O2-pie 20000
one bpf task on clang-O0-nopie
one bpf task off clang-O2-pie
