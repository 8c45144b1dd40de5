# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# seconds: 56
#
# Attach by process id to threads that are there already, with others to come; leave early; die; come again.
. /lib.sh

# --max-hits ends the watching and nothing else.
limited() {
    prepare "$1" "$2" "$3" "$4" max-hits
    start "$4" 2500 1 || { finish 'the target did not start'; return; }
    attach --max-hits 100 || { kill -9 $target; finish "not armed: $(tail -n 1 $work/errors)"; return; }
    touch /tmp/go.1
    wait $watcher
    status=$?
    target_ended_well && judge $status backend=$backend scope=$scope guard=$guard limit=100
}

# --for ends it too, with no hit at all: a finding, and a complete one. The threads and the count come from here.
quiet() {
    prepare "$1" "$2" "$3" "$4" for
    start "$4" 2500 1 || { finish 'the target did not start'; return; }
    attach --for 1s || { kill -9 $target; finish "not armed: $(tail -n 1 $work/errors)"; return; }
    wait $watcher
    status=$?
    touch /tmp/go.1
    target_ended_well || return
    echo 'hits g_gate 0' >$work/own
    judge $status backend=$backend scope=$scope guard=$guard
}

# kill -9 in the middle of the writing: the target goes on, and the next attach sees all of the second phase.
killed() {
    prepare "$1" "$2" "$3" "$4" kill-9
    start "$4" 2500 2 || { finish 'the target did not start'; return; }
    attach || { kill -9 $target; finish "not armed: $(tail -n 1 $work/errors)"; return; }
    touch /tmp/go.1
    usleep 100000
    # busybox timeout becomes the program it starts, so this is livewatcher itself.
    kill -9 $watcher
    wait $watcher 2>/dev/null
    wait_for 20 [ -e /tmp/done.1 ] || { kill -9 $target; finish 'the target did not go on'; return; }
    rm -f $work/run.json
    attach || { kill -9 $target; finish "not armed again: $(tail -n 1 $work/errors)"; return; }
    touch /tmp/go.2
    wait $watcher
    status=$?
    target_ended_well && judge $status backend=$backend scope=$scope guard=$guard
}

whole bpf cpu off gate.gcc-O2-pie
whole bpf task on gate.clang-O2-pie
whole bpf task off gate.clang-O2-nopie
whole perf task off gate.gcc-O0-pie
whole bpf cpu off gate.clang32-O2-nopie
whole bpf task on gate.gcc32-O2-pie
limited bpf cpu off gate.clang-O2-pie
limited bpf task on gate.gcc-O2-nopie
quiet bpf cpu off gate.gcc-O2-pie
killed bpf cpu off gate.gcc-O2-pie
killed bpf task on gate.clang-O2-pie

watched=t_local@keeper
whole bpf task on local.gcc-O2-pie
