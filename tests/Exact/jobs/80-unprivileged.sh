# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 5
#
# A user without any capability: backend perf by itself. The kernel bounds such a user's locked memory, so the buffers, so
# hits may be dropped; then the run says so and the kernel's own count is still right.
. /lib.sh
unprivileged() {
    begin "$2.unprivileged.paranoid-$1"
    echo "$1" >/proc/sys/kernel/perf_event_paranoid
    su user -s /bin/sh -c "timeout -s KILL $limit livewatcher run --format json --output $work/run.json \
        --watch $3 -- $2 $4 >$work/own 2>$work/errors"
    judge $? backend=perf scope=task honest=1
}
unprivileged 1 one.gcc-O2-pie g_one 20000
unprivileged 2 one.clang-O2-pie g_one 200
unprivileged 2 chain.gcc-O2-pie g_chain 100
