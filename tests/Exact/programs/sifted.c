/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* sifted [N]: one global, N writes, of which one in a hundred is of interest. */
#include "own.h"

static volatile int g_sifted;
static int line;

__attribute__((noinline)) static void write_sifted(int value)
{
    g_sifted = value; line = __LINE__;
}

int main(int argc, char **argv)
{
    long count = count_argument(argc, argv, 20000), kept = 0;
    for (long i = 1; i <= count; i++) {
        write_sifted((int)i);
        kept += i % 100 == 7;
    }
    own_hits("g_sifted", kept);
    own_writer("g_sifted", "write_sifted", line);
    puts("threads 1");
    return 0;
}
