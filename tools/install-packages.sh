#!/usr/bin/env bash
# Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
#
# install-packages.sh [fuzz|bench]: installs the Debian packages that building and testing need (or fuzzing, or benchmarks as well), and only those
# that are missing. One line for each.
set -euo pipefail

packages=(
  "clang          the BPF program, and test programs by a second compiler"
  "llvm           llvm-strip"
  "lld            linking test programs"
  "gcc            the guard and test programs"
  "g++            C++ test programs"
  "libc6-dev      C headers"
  "gcc-multilib   32-bit test programs, with their C library"
  "zlib1g-dev     native AOT links it"
  "libbpf-dev     headers of the BPF program"
  "libbpf1        loads the BPF program"
  "libdw-dev      headers for tests"
  "libdw1         unwinding, lines, types"
  "libsqlite3-dev SQLite, which is linked into the binary; tests load it"
  "sqlite3        tests of recordings: that any SQLite reads them"
  "elfutils       test facts from eu-readelf"
  "binutils       test facts from objdump and readelf"
  "dwz            test programs that share their debug information"
  "qemu-user      32-bit test programs where the kernel runs none"
  "gdb            test facts from its backtraces"
  "qemu-system-x86  the Exact tests' machine"
  "busybox-static the Exact tests' user land"
  "cpio           the Exact tests' initramfs"
  "redis-server   a real program to watch"
  "redis-tools    its client"
  "debuginfod     tests of --debuginfod: a server on the loopback"
  "prometheus     tests of --prometheus: it scrapes it"
  "rsyslog        tests of --syslog: it understands it"
  "zsh            tests of its completion script"
  "fish           tests of its completion script"
  "nodejs         bundles the page of livewatcher report --format html, and runs its tests"
  "npm            the page's packages: uPlot, esbuild; those of its tests"
  "chromium       tests of the page in a browser"
  "fonts-dejavu-core  the letters in the page's screenshots"
  "tmux           tests of the live view by its screen"
  "man-db         tests of the manual pages: man --warnings"
  "mandoc         tests of the manual pages: mandoc -T lint"
)
[ "${1:-}" != fuzz ] || packages+=("afl++          runs the fuzz targets")
[ "${1:-}" != bench ] || packages+=("linux-perf     compared with" "bpftrace       compared with" "valgrind       compared with")

missing=()
for entry in "${packages[@]}"; do
  name=${entry%% *}
  state=$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null || true)
  # Node.js from elsewhere than Debian brings an npm of its own, and has no room for Debian's.
  [ "$name" != npm ] || ! command -v npm >/dev/null || state=installed
  [ "$state" = installed ] || missing+=("$entry")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "these Debian packages are missing; as root: apt-get install ${missing[*]%% *}" >&2
  exit 1
fi
for entry in "${missing[@]}"; do
  read -r name purpose <<<"$entry"
  echo "installing $name: $purpose"
done
apt-get update -qq
# A packaged server must not start by itself for being installed.
policy=/usr/sbin/policy-rc.d
made_policy=
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  made_policy=1
fi
trap '[ -z "$made_policy" ] || rm -f "$policy"' EXIT
names=()
for entry in "${missing[@]}"; do names+=("${entry%% *}"); done
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${names[@]}" >/dev/null
