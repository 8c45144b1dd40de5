/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* raced [ROUNDS]: two threads, each on a processor of its own where there are two, store to the same word at the same time, with no lock between
   them; then nobody writes for 40 ms, longer than a doubt of the audit lasts. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

#include "own.h"

enum { RACERS = 2, REST = 40000 };

static volatile long g_raced;
static atomic_long ready;
static long rounds;

NOINLINE static void store(long value)
{
    g_raced = value; /* @store */
}

static void *race(void *argument)
{
    long racer = (intptr_t)argument;
    cpu_set_t own;
    CPU_ZERO(&own);
    CPU_SET((size_t)racer, &own);
    sched_setaffinity(0, sizeof own, &own); /* where that is refused the race goes on, only slower */
    for (long round = 1; round <= rounds; round++) {
        atomic_fetch_add(&ready, 1);
        while (atomic_load(&ready) < RACERS * round)
            sched_yield();
        store(RACERS * round + racer);
        usleep(REST);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t racers[RACERS];
    rounds = argument(argc, argv, 1, 200);
    for (long i = 0; i < RACERS; i++)
        must(pthread_create(&racers[i], NULL, race, (void *)(intptr_t)i) == 0, "pthread_create");
    for (long i = 0; i < RACERS; i++)
        pthread_join(racers[i], NULL);
    fact("hits g_raced", RACERS * rounds);
    return 0;
}
