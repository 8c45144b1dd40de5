#!/usr/bin/env bash
# Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
#
# build.sh: makes the seeds of tests/Fuzz/corpus anew, with this machine's compilers. Only for a seed that is to be added: another
# compiler's files are other bytes, and the corpus is kept as it is.
set -euo pipefail
cd "$(dirname "$0")"
elf=../corpus/elf
# No path of this machine.
mapped="-ffile-prefix-map=$PWD=/source"
common=(-nostdlib "$mapped" -fno-ident -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none -Wl,-z,noseparate-code -Wl,-z,max-page-size=4096 -Wl,-z,norelro)
plain=("${common[@]}" -static)
tables=("${plain[@]}" -fasynchronous-unwind-tables)
without_id=-Wl,--build-id=none

gcc -g -O1 "${tables[@]}" -Wl,--build-id=sha1 program.c -o $elf/types
clang -gdwarf-4 -O2 "${tables[@]}" $without_id program.c -o $elf/dwarf4
clang -gdwarf-2 -O0 "${plain[@]}" $without_id -DTINY program.c -o $elf/dwarf2
g++ -g -O0 -fno-exceptions "${plain[@]}" $without_id program.cpp -o $elf/cxx
gcc -m32 -g -O1 -DTINY -fno-pic -no-pie "${tables[@]}" $without_id program.c -o $elf/narrow
gcc -O1 -DTINY "${plain[@]}" $without_id program.c -o $elf/symbols
gcc -g -O0 -gz=zlib "${tables[@]}" $without_id program.c -o $elf/compressed
gcc -g -O1 -fPIC -shared -DTINY "${common[@]}" $without_id program.c -o $elf/shared
gcc -O1 "${plain[@]}" $without_id cyclic.s -o $elf/cyclic
gcc "${plain[@]}" $without_id names.s -o $elf/names

# Its own debug file, by build-id, and its own supplementary file: ElfTarget lets every input lie at the name "program".
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'program\0\1\2\3\4' >"$work/link"
{ printf 'program\0'; readelf -n $elf/types | sed -n 's/.*Build ID: //p' | xxd -r -p; } >"$work/alt"
objcopy --strip-debug --add-section .gnu_debuglink="$work/link" $elf/types $elf/debug-link-to-itself
objcopy --add-section .gnu_debugaltlink="$work/alt" $elf/types $elf/alternate-of-itself

# The skeleton of split debug information, with the other half in the same file: both names lead to "program".
(cd "$work" && clang -gdwarf-5 -gsplit-dwarf=single -O1 -DTINY -fno-ident -fdebug-compilation-dir=. -ffile-prefix-map="$OLDPWD"=/source -c "$OLDPWD/program.c" -o program)
ld -z noseparate-code -z max-page-size=4096 --build-id=none "$work/program" -o $elf/split-skeleton
cp "$work/program" $elf/split-relocatable
chmod 644 $elf/*
