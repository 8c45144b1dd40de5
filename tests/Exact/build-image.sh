#!/bin/bash
# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# build-image.sh OUTPUT_DIR [--binary FILE] [--library SONAME]... [--program FILE]... [--job FILE]... [--file FILE]...
#
# Makes OUTPUT_DIR/initramfs.cpio.gz: static busybox, guest/init, the binary as /bin/livewatcher, programs and files in
# /programs, jobs in /jobs, and every shared library that any of them needs, at the path where the host has it.
# --library names what is loaded by dlopen and therefore stands in no ELF header. Prints the image's path.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
output=${1:?usage: build-image.sh OUTPUT_DIR [--binary|--library|--program|--job|--file VALUE]...}
shift
root=$output/root
binary=
programs=() jobs=() files=() libraries=()
while [ $# -gt 0 ]; do
    case $1 in
        --binary) binary=$2 ;;
        --program) programs+=("$2") ;;
        --job) jobs+=("$2") ;;
        --file) files+=("$2") ;;
        --library) libraries+=("$2") ;;
        *) echo "build-image.sh: unknown argument $1" >&2; exit 2 ;;
    esac
    shift 2
done

busybox=$(command -v busybox) || { echo "build-image.sh: busybox is missing (package busybox-static)" >&2; exit 1; }
if LC_ALL=C ldd "$busybox" >/dev/null 2>&1; then
    echo "build-image.sh: $busybox is not static (package busybox-static)" >&2
    exit 1
fi

rm -rf "$root"
mkdir -p "$root"/{bin,programs,jobs,dev,proc,sys,tmp,etc}
cp "$busybox" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
install -m 755 "$here/guest/init" "$root/init"
install -m 644 "$here/guest/lib.sh" "$root/lib.sh"
# Without a name for user 0 some programs warn; user 1000 is who has no privilege.
printf 'root:x:0:0:root:/tmp:/bin/sh\nuser:x:1000:1000:user:/tmp:/bin/sh\n' >"$root/etc/passwd"

# What is published beside the binary (its native parts) belongs beside it here too; debug files do not.
if [ -n "$binary" ]; then
    find "$(dirname "$binary")" -maxdepth 1 -type f ! -name '*.dbg' ! -name '*.pdb' ! -name '*.xml' \
        -exec install -m 755 {} "$root/bin/" \;
    [ "$(basename "$binary")" = livewatcher ] || mv "$root/bin/$(basename "$binary")" "$root/bin/livewatcher"
fi
for file in "${programs[@]}"; do install -m 755 "$file" "$root/programs/"; done
for file in "${files[@]}"; do install -m 644 "$file" "$root/programs/"; done
for file in "${jobs[@]}"; do install -m 644 "$file" "$root/jobs/"; done

# Lines of ldd: "NAME => PATH (ADDR)" or "PATH (ADDR)"; ldd follows the whole closure.
# For 32-bit programs it asks the program's own loader, which need not run here: those need the C library alone.
needed() {
    if LC_ALL=C readelf -lW "$1" 2>/dev/null | grep -q 'interpreter: /lib/ld-linux.so.2'; then
        printf '%s\n' /lib/ld-linux.so.2 /lib32/libc.so.6
    else
        { LC_ALL=C ldd "$1" 2>/dev/null || true; } | sed -n 's/^[[:space:]]*\([^ ]* => \)\?\(\/[^ ]*\) (0x.*/\2/p'
    fi
}
carry() {
    local path=$root$1
    [ -e "$path" ] || install -D -m 755 "$(readlink -f "$1")" "$path"
}
extra=()
for name in "${libraries[@]}"; do
    path=$(/sbin/ldconfig -p | sed -n "s/^[[:space:]]*${name//./\\.} (libc6,x86-64.* => //p" | head -n 1)
    [ -n "$path" ] || { echo "build-image.sh: library $name is not installed" >&2; exit 1; }
    extra+=("$path")
done
{
    for path in "${extra[@]}"; do echo "$path"; needed "$path"; done
    for path in "$root"/bin/* "$root"/programs/*; do [ ! -x "$path" ] || needed "$path"; done
} | sort -u | while read -r path; do carry "$path"; done

# Level 1: the emulated processor unpacks it, so size hardly matters and time does.
(cd "$root" && find . -print0 | sort -z | cpio --null --quiet -o -H newc --owner 0:0) |
    gzip -1 >"$output/initramfs.cpio.gz.new"
mv "$output/initramfs.cpio.gz.new" "$output/initramfs.cpio.gz"
echo "$output/initramfs.cpio.gz"
