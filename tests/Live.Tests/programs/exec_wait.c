/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* exec_wait MILLISECONDS PROGRAM [ARGUMENT]...: becomes the program after that time, and never writes its own g_exec. */
#include "own.h"

static volatile long g_exec;

int main(int argc, char **argv)
{
    must(argc > 2, "usage: exec_wait MILLISECONDS PROGRAM");
    gate();
    usleep((useconds_t)(atol(argv[1]) * 1000 + g_exec));
    execv(argv[2], argv + 2);
    must(0, argv[2]);
    return 1;
}
