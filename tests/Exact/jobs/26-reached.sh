# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# An object that is named at a function's entry, 300 times: armed there, asleep at the return, and nothing of what others write to it in between.
# seconds: 16
. /lib.sh
reached() { run_case bpf task on - --at enter --watch 'p->len' --until return -- "$1" 300; }
reached reached.gcc-O2-pie
reached reached.gcc-O0-nopie
reached reached.clang-O2-nopie
reached reached.clang-O0-pie
