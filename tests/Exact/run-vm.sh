#!/bin/bash
# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# run-vm.sh KERNEL INITRAMFS LOG [SECONDS]: boots and waits until the machine powers itself off. The serial console goes
# to LOG whole; the lines meant for the host ("@@ ...") to standard output as they come, without the mark.
# Exit status: that of the line "@@ EXIT n"; 3 where there is none (panic, hang, no boot), 4 when the time is up.
#
# No KVM on purpose: emulation is where debug registers are exact, under a hypervisor they need not be.
set -euo pipefail

kernel=${1:?usage: run-vm.sh KERNEL INITRAMFS LOG [SECONDS]}
initramfs=${2:?initramfs}
log=${3:?log file}
seconds=${4:-240}

# -cpu max: copies to user memory use "rep movsb" as on real processors, so a system call's store hits once a byte.
# thread=single: both processors on one thread of the host. On two, QEMU 7.2 raises data breakpoints late across a thread
# switch, and was seen to crash where both change their debug registers.
# Five-level page tables (la57) would only make every emulated page walk longer.
# quiet: a kernel message in the middle of one of our lines would spoil it. panic=-1 with -no-reboot ends the machine.
# tsc=reliable and nowatchdog: under emulation on a busy host the clock's watchdogs only cry wolf.
append='console=ttyS0 quiet loglevel=1 panic=-1 nokaslr mitigations=off tsc=reliable nowatchdog audit=0 rdinit=/init'

status=0
timeout --kill-after=5 "$seconds" qemu-system-x86_64 \
    -accel tcg,thread=single -cpu max,-la57 -smp 2 -m 2048 \
    -nodefaults -nographic -serial stdio -no-reboot \
    -kernel "$kernel" -initrd "$initramfs" -append "$append" </dev/null 2>&1 |
    sed -u 's/\r//g' | tee "$log" | sed -un 's/^@@ //p' || status=${PIPESTATUS[0]}

if [ "$status" = 124 ] || [ "$status" = 137 ]; then
    echo "FAIL machine: not finished after $seconds s"
    exit 4
fi
exit_line=$(sed -n 's/^@@ EXIT \([0-9]*\).*/\1/p' "$log" | tail -n 1)
if [ -z "$exit_line" ]; then
    echo "FAIL machine: it ended before its jobs did; its console is in $log"
    exit 3
fi
exit "$exit_line"
