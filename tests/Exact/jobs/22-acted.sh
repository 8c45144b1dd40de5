# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# Signals at hits: each behind its write, and a program that is killed at its Nth write has made N.
# seconds: 25
. /lib.sh

# acted NAME STATUS PAGE BACKEND SCOPE GUARD PROGRAM COUNT OPTION...: PAGE is what the program has counted: before, after, signals behind a
# write, signals elsewhere.
acted() {
    what=$1 expected=$2 counted=$3 backend=$4 scope=$5 guard=$6 program=$7 count=$8
    shift 8
    begin "$program.$backend.$scope.guard-$guard.$what"
    timeout -s KILL $limit livewatcher run --format json --output $work/run.json --watch g_acted "$@" \
        --backend $backend --scope $scope --guard $guard $(ring $backend) -- "$program" "$count" $work/page >$work/own 2>$work/errors
    status=$?
    page=$("$program" - $work/page)
    reason=
    [ $status = "$expected" ] || reason="exit status $status: $(tail -n 1 $work/errors)"
    [ "$page" = "$counted" ] || reason="${reason:+$reason; }the program has counted $page where $counted is right"
    tail -n 1 $work/run.json | grep -q '"complete":true' || [ $backend = ptrace ] || reason="${reason:+$reason; }not complete"
    finish "$reason"
}
acted signal 0 '2000 2000 2000 0' bpf cpu off acted.gcc-O2-pie 2000 --on-hit 'signal USR1'
acted signal 0 '2000 2000 2000 0' bpf task on acted.clang-O0-nopie 2000 --on-hit 'signal USR1'
acted signal 0 '2000 2000 2000 0' ptrace task on acted.clang-O2-pie 2000 --on-hit 'signal USR1'
acted sifted 0 '20000 20000 101 0' bpf cpu off acted.clang-O2-nopie 20000 --if 'new % 100 == 7' --after 100 --on-hit 'signal USR1'
acted kill 137 '1234 1233 0 0' bpf cpu off acted.gcc-O0-pie 2000 --after 1234 --on-hit kill
acted kill 137 '1234 1233 0 0' bpf task on acted.gcc-O2-nopie 2000 --after 1234 --on-hit kill
acted kill 137 '1234 1233 0 0' ptrace task on acted.clang-O0-pie 2000 --after 1234 --on-hit kill
