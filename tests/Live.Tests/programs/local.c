/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* local [N]: three threads, each with its own t_count; thread worker-K writes it K * N times. */
#include <pthread.h>
#include <stdint.h>

#include "own.h"

static __thread volatile long t_count;
static long rounds;
static pthread_barrier_t all_here;

NOINLINE static void count_up(void)
{
    t_count++; /* @count_up */
}

static void *work(void *number)
{
    char name[32];
    snprintf(name, sizeof name, "worker-%d", (int)(intptr_t)number);
    pthread_setname_np(pthread_self(), name);
    pthread_barrier_wait(&all_here);
    pthread_barrier_wait(&all_here);
    for (long i = 0; i < (intptr_t)number * rounds; i++)
        count_up();
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[3];
    rounds = argument(argc, argv, 1, 100);
    pthread_barrier_init(&all_here, NULL, 4);
    for (intptr_t i = 0; i < 3; i++)
        must(pthread_create(&threads[i], NULL, work, (void *)(i + 1)) == 0, "pthread_create");
    pthread_barrier_wait(&all_here);
    gate();
    pthread_barrier_wait(&all_here);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    fact("rounds", rounds);
    return 0;
}
