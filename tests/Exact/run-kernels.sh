#!/bin/bash
# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# run-kernels.sh BINARY [OPTION OF run.sh]...: the core of the Exact lane (or what --only says) on another kernel than Debian's stock
# one: that of the backports where they are to be had, else another flavour of the same. Says which.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
kernels=$here/../../artifacts/vm/kernel
fetch=$here/../../tools/vm/fetch-kernel.sh
binary=${1:?usage: run-kernels.sh BINARY [OPTION OF run.sh]...}
shift
kernel=$("$fetch" --backports "$kernels") || kernel=$("$fetch" "$kernels" linux-image-cloud-amd64) ||
    kernel=$("$fetch" "$kernels" linux-image-rt-amd64)
echo "exact: a second kernel: $(basename "$kernel")" >&2
"$here/run.sh" "$binary" --only '[12]0-*' --output "$here/../../artifacts/exact-kernels" --kernel "$kernel" "$@"
