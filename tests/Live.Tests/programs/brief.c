/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* brief [MICROSECONDS]: says "ready" and ends soon after: a target that is gone before it is armed, or hardly later. */
#include "own.h"

volatile long g_brief;

int main(int argc, char **argv)
{
    puts("ready");
    fflush(stdout);
    usleep((useconds_t)argument(argc, argv, 1, 1000));
    g_brief = 1;
    return 0;
}
