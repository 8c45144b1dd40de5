/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* one [N]: one thread, one global, N writes. */
#include "own.h"

static volatile int g_one;
static int line;

__attribute__((noinline)) static void write_one(int value)
{
    g_one = value; line = __LINE__;
}

int main(int argc, char **argv)
{
    long count = count_argument(argc, argv, 20000), written = 0;
    for (; written < count; written++)
        write_one((int)written + 1);
    own_hits("g_one", written);
    own_writer("g_one", "write_one", line);
    puts("rising g_one");
    puts("threads 1");
    return 0;
}
