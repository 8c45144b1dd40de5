# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# A function's variable in 2,000 frames: armed at each entry, asleep at each return, and nothing of what others write there. At -O2 clang makes
# room for it with a push, which is a write of the function's own: named as a known writer it is counted as filtered in each frame.
# seconds: 20
. /lib.sh
arisen() {
    program=$1
    shift
    run_case bpf task on - --watch-local frame::mark "$@" -- "$program" 2000
}
arisen arisen.gcc-O2-pie
arisen arisen.gcc-O0-nopie
arisen arisen.clang-O2-nopie --ignore frame
arisen arisen.clang-O0-pie
