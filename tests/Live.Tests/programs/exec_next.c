/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* What exec.c becomes: the same name, elsewhere. */
#include "own.h"

static char padding[12345];
static volatile long g_exec, g_more[3];

int main(int argc, char **argv)
{
    padding[argc] = argv[0][0];
    for (long i = 1; i <= 50; i++) {
        g_exec = 1000 + i; /* @next */
        g_more[i % 3] = i;
    }
    fact("hits next", 50);
    return 7;
}
