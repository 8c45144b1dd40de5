/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* births: three threads create threads, one after another and without a pause, until somebody kills the program. */
#include <pthread.h>

#include "own.h"

enum { PARENTS = 3 };

static volatile long g_born;

static void *child(void *unused)
{
    g_born = 1;
    return unused;
}

static void *parent(void *unused)
{
    pthread_t born;
    for (;;) {
        must(pthread_create(&born, NULL, child, NULL) == 0, "pthread_create");
        pthread_join(born, NULL);
    }
    return unused;
}

int main(void)
{
    pthread_t parents[PARENTS];
    for (int i = 0; i < PARENTS; i++)
        must(pthread_create(&parents[i], NULL, parent, NULL) == 0, "pthread_create");
    puts("ready");
    fflush(stdout);
    for (int i = 0; i < PARENTS; i++)
        pthread_join(parents[i], NULL);
    return 0;
}
