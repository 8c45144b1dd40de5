#!/usr/bin/env bash
# Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
#
# debug-registers.sh BINARY: status 0 where this machine's debug registers trap, found out by livewatcher's own doctor.
set -uo pipefail
[ -z "${LW_EMULATED:-}" ] || exit 0
# doctor's own status is about much more.
"$1" doctor --format json 2>/dev/null | grep -q '"name":"perf_events","title":"[^"]*","outcome":"\(works\|degraded\)"'
