# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# A function's variable in 2,000 frames: armed at each entry, asleep at each return, and nothing of what others write there.
# seconds: 20
. /lib.sh
arisen() { run_case bpf task on - --watch-local frame::mark -- "$1" 2000; }
arisen arisen.gcc-O2-pie
arisen arisen.gcc-O0-nopie
arisen arisen.clang-O2-nopie
arisen arisen.clang-O0-pie
