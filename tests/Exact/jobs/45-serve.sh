# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 50
#
# A program that watches itself: armed and disarmed while its threads write, not a hit lost and none too many.
. /lib.sh
# serve BACKEND GUARD PROGRAM [SYNC]
serve() {
    prepare "$1" task "$2" "$3" "listen${4:+.sync-$4}"
    export LIVEWATCHER_SOCKET=$work/socket
    timeout -s KILL $limit livewatcher listen --no-log --format json --output $work/run.json \
        --backend "$1" --guard "$2" --sync "${4:-direct}" $(ring "$1") </dev/null 2>>$work/errors &
    watcher=$!
    wait_for 20 [ -S $work/socket ] || { finish "it does not listen: $(tail -n 1 $work/errors)"; return; }
    "$3" >$work/own 2>>$work/errors || { kill -9 $watcher; finish "the program ended with status $?"; return; }
    livewatcher ctl quit 2>>$work/errors
    wait $watcher
    judge $? backend=$1 scope=task guard=$2
}
serve bpf on served.gcc-O2-pie
serve bpf off served.clang-O0-nopie
serve perf on served.clang-O2-pie
serve ptrace on served.clang-O0-nopie
serve bpf off served.gcc-O2-pie sigall
serve bpf off served.clang-O2-pie lockrq
serve bpf off served.clang-O0-nopie sigrun
serve bpf off served.gcc-O2-pie singlestep
