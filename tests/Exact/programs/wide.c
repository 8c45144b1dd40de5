/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* wide [N]: N stores of 16 bytes, each by one instruction, into a variable that takes two debug registers. */
#include <emmintrin.h>

#include "own.h"

static struct { long low, high; } __attribute__((aligned(16))) g_wide;
static int line;

__attribute__((noinline)) static void write_wide(__m128i value)
{
    __asm__ volatile("movdqa %1, %0" : "=m"(g_wide) : "x"(value)); line = __LINE__;
}

int main(int argc, char **argv)
{
    long count = count_argument(argc, argv, 2000), written = 0;
    for (; written < count; written++)
        write_wide(_mm_set_epi64x(written + 1, written + 1));
    own_hits("g_wide", written);
    printf("changes g_wide %ld\n", written);
    own_writer("g_wide", "write_wide", line);
    return g_wide.low == g_wide.high ? 0 : 99;
}
