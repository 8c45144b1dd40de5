#!/bin/bash
# Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
# SPDX-License-Identifier: MIT
#
# All tests of the library: run.sh OUT VERSION. A line for each, counts at the end, status 1 if one has failed.

set -u
cd "$(dirname "$0")/.." || exit 2
out=$(realpath "$1") version=$2
work=$out/tests
passed=0 failed=0
rm -rf "$work"
mkdir -p "$work"

# What is said in there is said to nobody: the consumers run without a listener.
export LIVEWATCHER_SOCKET=$work/nobody XDG_RUNTIME_DIR=$work

verdict() { # name status-of-the-command file-with-its-output
    if [ "$2" = 0 ]; then
        echo "PASS $1"
        passed=$((passed + 1))
    else
        echo "FAIL $1: $(head -c 2000 "$3")"
        failed=$((failed + 1))
    fi
}

check() { # name command...
    local name=$1
    shift
    "$@" >"$work/output" 2>&1
    verdict "$name" $? "$work/output"
}

# The test program, with the library's sources in it: with and without sanitizers, by both compilers.
suite() { # name compiler flags...
    local name=$1
    shift
    if ! nice "$@" -std=gnu11 -g -Wall -Wextra -Werror -Iinclude src/*.c src/capture.S tests/*.c -pthread -o "$work/$name" \
        >"$work/output" 2>&1; then
        verdict "$name builds" 1 "$work/output"
        return
    fi
    nice "$work/$name" >"$work/output" 2>&1
    local status=$?
    sed -n "s/^\(PASS\|FAIL\) /\1 $name: /p" "$work/output"
    grep -vE '^(PASS|FAIL) |^[0-9]+ passed, [0-9]+ failed$' "$work/output"
    local counts
    counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$work/output" | tail -1)
    if [[ $counts =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
        [ $status = 0 ] || [ "${BASH_REMATCH[2]}" != 0 ] || failed=$((failed + 1))
    else
        echo "FAIL $name: ended with status $status and no counts"
        failed=$((failed + 1))
    fi
}

suite gcc gcc -O2
suite clang clang -O2
suite address gcc -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
suite thread gcc -O1 -fsanitize=thread

# The frozen ABI, and what the library asks of libc: no malloc, no stdio, no threads.
exports() {
    nm -D --defined-only --with-symbol-versions "$out/liblivewatcher.so" | awk '{ print $3, $2 }' | LC_ALL=C sort | diff tests/abi.txt -
}
imports() {
    local unknown
    unknown=$(nm -D --undefined-only "$out/liblivewatcher.so" | awk '{ print $NF }' | sed 's/@.*//' | grep -vxFf tests/imports.txt)
    [ -z "$unknown" ] || { echo "new: $unknown"; return 1; }
}
static_names() {
    nm -g --defined-only "$out/liblivewatcher.a" | awk 'NF == 3 { print $3 }' | LC_ALL=C sort |
        diff <(sed -n 's/@@.* T$//p' tests/abi.txt) -
}
soname() {
    readelf -d "$out/liblivewatcher.so.$version" >"$work/dynamic" &&
        grep -q 'SONAME.*\[liblivewatcher.so.1\]' "$work/dynamic" &&
        [ "$(grep -c NEEDED "$work/dynamic")" = 1 ] && grep -q 'NEEDED.*\[libc.so.6\]' "$work/dynamic" &&
        ! readelf -lW "$out/liblivewatcher.so" | grep -E 'GNU_STACK.*RWE'
}
check "abi is frozen" exports
check "imports are few" imports
check "static library shows the API alone" static_names
check "soname, libc alone, no executable stack" soname

# Consumers, in every language and by both compilers, all warnings errors; each is run.
strict="-Wall -Wextra -Werror -Wpedantic -pedantic-errors"
cp tests/consumers/original.c "$work/original.cpp"
consumer() { # source compiler flags...: shared, static
    local source=$1 compiler=$2
    shift 2
    [[ $source = /* ]] || source=tests/consumers/$source
    # shellcheck disable=SC2086
    "$compiler" "$@" $strict -Iinclude "$source" -L"$out" -llivewatcher -Wl,-rpath,"$out" -o "$work/shared" &&
        "$work/shared" &&
        "$compiler" "$@" $strict -Iinclude "$source" "$out/liblivewatcher.a" -o "$work/static" && "$work/static"
}
rejects() { # source compiler flags...: for the reason that it should
    local source=$1 compiler=$2
    shift 2
    ! "$compiler" "$@" -Iinclude -c "tests/consumers/$source" -o /dev/null 2>"$work/reason" &&
        grep -q 'a debug register watches 1, 2, 4 or 8 bytes' "$work/reason"
}
for c in gcc clang; do
    [ $c = gcc ] && cxx=g++ || cxx=clang++
    for standard in c99 c11 gnu17; do
        check "$c $standard: original.c" consumer original.c $c -std=$standard
        check "$c $standard: today.c" consumer today.c $c -std=$standard -Wstrict-prototypes
    done
    for standard in c++98 c++11 c++20; do
        check "$cxx $standard: original.c" consumer "$work/original.cpp" $cxx -std=$standard
    done
    check "$cxx c++17: scope.cpp" consumer scope.cpp $cxx -std=c++17 -O2
    check "$cxx c++20: scope.cpp" consumer scope.cpp $cxx -std=c++20
    check "$cxx c++17: too_wide.cpp is rejected" rejects too_wide.cpp $cxx -std=c++17
done
check "wholly static program" gcc -static -Iinclude tests/consumers/today.c "$out/liblivewatcher.a" -o "$work/whole"
check "wholly static program runs" "$work/whole"

# The same two builds of the library itself, by the other compiler.
check "builds with clang" make -s OUT="$work/clang-build" CC=clang all

# Installed, found by pkg-config and by CMake, moved, removed.
installed() { # LIBDIR
    local root=$work/installed
    rm -rf "$root"
    make -s OUT="$out" DESTDIR="$root" PREFIX=/opt/lw LIBDIR="$1" install || return 1
    local flags
    flags=$(PKG_CONFIG_PATH=$root$1/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root pkg-config --cflags --libs livewatcher) || return 1
    # shellcheck disable=SC2086
    gcc tests/consumers/today.c $flags -o "$work/today" && LD_LIBRARY_PATH=$root$1 "$work/today" || return 1
    [ "$(PKG_CONFIG_PATH=$root$1/pkgconfig pkg-config --modversion livewatcher)" = "$version" ] || return 1
    cmake -S tests/consumers -B "$work/cmake" -DCMAKE_PREFIX_PATH="$root/opt/lw" --fresh >"$work/cmake.log" 2>&1 &&
        cmake --build "$work/cmake" >>"$work/cmake.log" 2>&1 || { tail -20 "$work/cmake.log"; return 1; }
    "$work/cmake/today" && "$work/cmake/today_static" && "$work/cmake/scope" || return 1
    readelf -d "$work/cmake/today" | grep -q 'NEEDED.*liblivewatcher.so.1' || return 1
    ! readelf -d "$work/cmake/today_static" | grep liblivewatcher || return 1
    make -s OUT="$out" DESTDIR="$root" PREFIX=/opt/lw LIBDIR="$1" uninstall
    local left
    left=$(find "$root" ! -type d)
    [ -z "$left" ] || { echo "left: $left"; return 1; }
}
check "installed" installed /opt/lw/lib
check "installed for a multiarch system" installed /opt/lw/lib/x86_64-linux-gnu

echo "$passed passed, $failed failed"
[ $failed = 0 ]
