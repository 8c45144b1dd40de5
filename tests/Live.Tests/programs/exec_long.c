/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* What exec_wait.c becomes: the same name, elsewhere, written every millisecond until somebody ends it, or for a minute. */
#include "own.h"

static char padding[54321];
static volatile long g_exec;

int main(int argc, char **argv)
{
    padding[argc] = argv[0][0];
    for (long i = 1; i <= 60000; i++) {
        g_exec = i; /* @long */
        usleep(1000);
    }
    return 0;
}
