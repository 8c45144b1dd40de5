/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* exec PROGRAM [ARGUMENT]...: writes g_exec 100 times, then becomes the program. */
#include "own.h"

static volatile long g_exec, g_more[3];

int main(int argc, char **argv)
{
    (void)argc;
    gate();
    for (long i = 1; i <= 100; i++) {
        g_exec = i; /* @first */
        g_more[i % 3] = i;
    }
    fact("hits first", 100);
    execv(argv[1], argv + 1);
    must(0, argv[1]);
    return 1;
}
