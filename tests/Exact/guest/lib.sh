# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# What every job uses. A case is one run of livewatcher; its name is PROGRAM.VARIANT.BACKEND.SCOPE.guard-on|off[.EXTRA].

# Longest time for one case, in seconds; emulation on a busy host takes a few.
limit=60
work=/tmp/case

uptime_ms() { read -r now _ </proc/uptime; echo "${now%.*}${now#*.}0"; }

# begin NAME: a clean folder for the case.
begin() {
    name=$1
    rm -rf $work
    mkdir -m 777 $work
    began=$(uptime_ms)
}

# finish REASON: PASS where the reason is empty. What explains a failure follows it on the console.
finish() {
    echo "# $name took $(($(uptime_ms) - began)) ms"
    if [ -z "$1" ]; then
        echo "@@ PASS $name"
        return
    fi
    echo "@@ FAIL $name: $1"
    touch /tmp/failed
    for file in own errors; do
        [ ! -s $work/$file ] || tail -n 8 $work/$file | cut -c 1-300 | sed "s/^/# $file: /"
    done
    [ ! -s $work/run.json ] || tail -n 1 $work/run.json | cut -c 1-1500 | sed 's/^/# last line: /'
}

# judge STATUS EXPECT...: livewatcher's exit status must be 0 (the target's own), and check must be content.
judge() {
    status=$1
    shift
    case $status in
        0) finish "$(check $work/run.json $work/own "$@")" ;;
        137) finish "not finished after $limit s" ;;
        *) finish "exit status $status: $(tail -n 1 $work/errors)" ;;
    esac
}

# The emulated drainer is slower than an emulated program that does nothing but hit; how drops are counted is not this lane's
# business. perf's rings are as large as the kernel allows; there less stack makes more room.
# A job may set stack_bytes for backend bpf.
ring() { echo --max-cpu off; if [ "$1" = bpf ]; then echo --ring 256M ${stack_bytes:+--stack-bytes $stack_bytes}; else echo --stack-bytes 1024; fi; }

# run_case BACKEND SCOPE GUARD EXTRA [OPTION]... -- PROGRAM [ARGUMENT]...: EXTRA goes into the name, - for nothing.
run_case() {
    backend=$1 scope=$2 guard=$3 extra=$4
    shift 4
    program= last=
    for word in "$@"; do [ "$last" = -- ] && program=$word; last=$word; done
    begin "$program.$backend.$scope.guard-$guard$([ "$extra" = - ] || echo ".$extra")"
    timeout -s KILL $limit livewatcher run --format json --output $work/run.json \
        --backend $backend --scope $scope --guard $guard $(ring $backend) "$@" >$work/own 2>$work/errors
    judge $? backend=$backend scope=$scope guard=$guard
}

# wait_for SECONDS COMMAND...: until the command succeeds; status 1 where it never does.
wait_for() {
    turns=$(($1 * 20))
    shift
    while ! "$@"; do
        turns=$((turns - 1))
        [ $turns -gt 0 ] || return 1
        usleep 50000
    done
}

armed() { grep -q '"type":"armed"' "$1" 2>/dev/null; }

# What is attached to, and what of it is watched; a job may set another.
watched=g_gate

# start PROGRAM N PHASES: the target, waiting at its gate.
start() {
    rm -f /tmp/ready.* /tmp/go.* /tmp/done.*
    "$@" >$work/own 2>>$work/errors &
    target=$!
    wait_for 10 [ -e /tmp/ready.0 ]
}

# attach OPTION...: in the background; status 1 where it is not armed in time.
attach() {
    timeout -s KILL $limit livewatcher attach $target --format json --output $work/run.json --watch "$watched" \
        --backend $backend --scope $scope --guard $guard $(ring $backend) "$@" 2>>$work/errors &
    watcher=$!
    wait_for 20 armed $work/run.json
}

# prepare BACKEND SCOPE GUARD PROGRAM EXTRA
prepare() {
    backend=$1 scope=$2 guard=$3
    begin "$4.$1.$2.guard-$3.$5"
}

# The target's own end must be a good one, whatever was done to it.
target_ended_well() { wait $target || { finish "the target ended with status $?"; return 1; }; }

# whole BACKEND SCOPE GUARD PROGRAM [OPTION]...: watched from its gate to its end.
whole() {
    prepare "$1" "$2" "$3" "$4" attach
    start "$4" 2500 1 || { finish 'the target did not start'; return; }
    shift 4
    attach "$@" || { kill -9 $target; finish "not armed: $(tail -n 1 $work/errors)"; return; }
    touch /tmp/go.1
    wait $watcher
    status=$?
    target_ended_well && judge $status backend=$backend scope=$scope guard=$guard
}
