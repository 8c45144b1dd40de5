# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 8
#
# The lane proves itself before it judges livewatcher: every write is counted, and the kernel has what the design needs.
selfcheck || touch /tmp/failed
facts || touch /tmp/failed
bpffacts /programs/bpffacts.bpf.o || touch /tmp/failed
