/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* end HOW: writes g_last once and ends at once: exit N, a signal, or a write to address 0. */
#include <signal.h>
#include <string.h>

#include "own.h"

static volatile long g_last;

NOINLINE static void write_last(volatile int *next)
{
    g_last = 1; /* @write_last */
    *next = 1;
}

int main(int argc, char **argv)
{
    int spare;
    must(argc > 1, "usage: end crash|abort|kill|STATUS");
    write_last(strcmp(argv[1], "crash") == 0 ? NULL : &spare);
    if (strcmp(argv[1], "abort") == 0)
        abort();
    if (strcmp(argv[1], "kill") == 0)
        kill(getpid(), SIGKILL);
    return atoi(argv[1]);
}
