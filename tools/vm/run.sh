#!/bin/bash
# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# run.sh [--seconds N] [--memory MIB] [--swap MIB] [--share FOLDER]... [--on-host NAME]... [--without FLAG]... [--] COMMAND [ARGUMENT]...
#
# Runs a command, in this folder and with this environment's PATH, HOME, LIVEWATCHER_*, LW_* and DOTNET_*, inside an emulated
# machine: Debian's stock kernel under QEMU without KVM, where debug registers are exact; two processors, as root. It sees
# the host's files; what it writes stays in its memory, but for the folders of --share. --on-host names programs that run on
# the host when the command calls them. --swap gives it that much swap space. --without takes a feature from its processor. Standard output and error come out as standard output.
# Exit status: the command's; 124 where the time was up; 125 where the machine failed (its console: the last lines).
#
# For machines whose own debug registers do not trap (livewatcher doctor tells), and for what must be exact.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$(dirname "$here")")
seconds=600 memory=3072 swap=0 processor=max,-la57
shares=() on_host=()
while [ $# -gt 0 ]; do
    case $1 in
        --seconds) seconds=$2; shift 2 ;;
        --memory) memory=$2; shift 2 ;;
        --swap) swap=$2; shift 2 ;;
        --share) mkdir -p "$2"; shares+=("$(readlink -f "$2")"); shift 2 ;;
        --on-host) on_host+=("$2"); shift 2 ;;
        --without) processor+=,-$2; shift 2 ;;
        --) shift; break ;;
        -*) echo "run.sh: unknown option $1" >&2; exit 2 ;;
        *) break ;;
    esac
done
[ $# -gt 0 ] || { echo "usage: run.sh [OPTION]... [--] COMMAND [ARGUMENT]..." >&2; exit 2; }

kernel=$("$here/fetch-kernel.sh" "$root/artifacts/vm/kernel")
control=$(mktemp -d /tmp/livewatcher-vm.XXXXXX)
host_loop=
finish() {
    [ -z "$host_loop" ] || kill "$host_loop" 2>/dev/null || true
    rm -rf "$control"
}
trap finish EXIT
mkdir -p "$control/requests" "$control/tools" "$control/root"/{bin,modules,proc,sys,dev,host,layer,root}

for name in "${on_host[@]}"; do install -m 755 "$here/guest/on-host" "$control/tools/$name"; done
{
    echo "export PATH=/run/vm/tools:$PATH HOME=${HOME:-/root} LANG=C.UTF-8 TERM=dumb"
    # Which machine a program finds itself in: tests are more patient in an emulated one.
    echo 'export LW_EMULATED=1'
    export -p | grep -E '^declare -x (LIVEWATCHER_|LW_|DOTNET_)' || true
    printf 'cd %q || exit 127\n' "$PWD"
    printf '%q ' "$@"
    echo
} >"$control/command"

devices=(-virtfs "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"
    -virtfs "local,path=$control,mount_tag=control,security_model=none")
if [ "$swap" -gt 0 ]; then
    truncate -s "${swap}M" "$control/swap"
    PATH=$PATH:/sbin:/usr/sbin mkswap "$control/swap" >/dev/null 2>&1
    devices+=(-drive "file=$control/swap,format=raw,if=none,id=swap" -device virtio-blk-pci,drive=swap)
fi
: >"$control/shares"
for i in "${!shares[@]}"; do
    echo "share$i ${shares[$i]}" >>"$control/shares"
    devices+=(-virtfs "local,path=${shares[$i]},mount_tag=share$i,security_model=none")
done

cp "$(command -v busybox)" "$control/root/bin/busybox"
install -m 755 "$here/guest/init" "$control/root/init"
install -m 755 "$here/guest/main" "$control/main"
cp "$kernel"/modules/*.ko "$control/root/modules/"
(cd "$control/root" && find . -print0 | cpio --null --quiet -o -H newc --owner 0:0 | gzip -1) >"$control/initramfs"

# What the command asks of the host, one after another.
serve() {
    local request
    shopt -s nullglob
    while sleep 0.05; do
        for request in "$control"/requests/*.request; do
            local base=${request%.request} status=0
            bash "$request" >"$base.output" 2>&1 </dev/null || status=$?
            rm -f "$request"
            echo "$status" >"$base.status.new"
            mv "$base.status.new" "$base.status"
        done
    done
}
if [ ${#on_host[@]} -gt 0 ]; then
    serve &
    host_loop=$!
fi

# thread=single: tests/Exact/run-vm.sh says why.
append='console=ttyS0 quiet loglevel=1 panic=-1 nokaslr mitigations=off tsc=reliable nowatchdog audit=0 rdinit=/init'
machine_status=0
timeout --foreground --kill-after=5 "$seconds" qemu-system-x86_64 \
    -accel tcg,thread=single -cpu "$processor" -smp 2 -m "$memory" -nodefaults -nographic -no-reboot \
    -serial "file:$control/console" -serial stdio "${devices[@]}" \
    -kernel "$kernel/vmlinuz" -initrd "$control/initramfs" -append "$append" </dev/null || machine_status=$?
if [ -s "$control/status" ]; then
    exit "$(cat "$control/status")"
fi
tail -n 5 "$control/console" >&2
if [ "$machine_status" = 124 ] || [ "$machine_status" = 137 ]; then
    echo "vm: not finished after $seconds s" >&2
    exit 124
fi
echo "vm: the machine ended before its command did" >&2
exit 125
