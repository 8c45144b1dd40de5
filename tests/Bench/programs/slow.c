/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * slow WRITES [COMPUTING]: writes g_hot so many times, a hundred times a second, while so many other threads compute; says "ready" before the first.
 */
#include <pthread.h>
#include <unistd.h>

#include "result.h"

volatile long g_hot;

static void *compute(void *none)
{
    for (volatile long work = 0;; work++)
        continue;
    return none;
}

int main(int argc, char **argv)
{
    must(argc == 2 || argc == 3, "usage: slow WRITES [COMPUTING]");
    long writes = atol(argv[1]), computing = argc == 3 ? atol(argv[2]) : 0;
    for (pthread_t thread; computing > 0; computing--)
        must(pthread_create(&thread, NULL, compute, NULL) == 0, "pthread_create");
    puts("ready");
    fflush(stdout);
    for (long i = 1; i <= writes; i++) {
        g_hot = i;
        usleep(10000);
    }
    return 0;
}
