# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 19
#
# One store across two debug registers is one hit. An access watch sees reads, writes, and writes that change nothing.
# (QEMU names one of the two registers only, see facts.16-byte-store; that both are merged can only be seen elsewhere.)
. /lib.sh
wide() { run_case "$1" "$2" "$3" - --watch g_wide -- "wide.$4"; }
wide bpf cpu off gcc-O2-pie
wide bpf task on clang-O2-pie
wide perf task off gcc-O0-pie

readers() { run_case "$1" "$2" "$3" - --awatch g_seen -- "readers.$4"; }
readers bpf cpu off gcc-O2-nopie
readers bpf task on gcc-O2-pie
readers perf task off clang-O2-pie
