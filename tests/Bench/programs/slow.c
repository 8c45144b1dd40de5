/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * slow WRITES: writes g_hot so many times, a hundred times a second; says "ready" before the first.
 */
#include <unistd.h>

#include "result.h"

volatile long g_hot;

int main(int argc, char **argv)
{
    must(argc == 2, "usage: slow WRITES");
    long writes = atol(argv[1]);
    puts("ready");
    fflush(stdout);
    for (long i = 1; i <= writes; i++) {
        g_hot = i;
        usleep(10000);
    }
    return 0;
}
