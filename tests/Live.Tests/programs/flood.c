/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* flood THREADS PER_SECOND SECONDS: threads write g_flood as often as that each, 0: without a pause, from the gate on for some time. Then
   rests for four seconds, writes 3 times more, slowly, and says how often it has written in all. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#include "own.h"

enum { SLOW = 3, SLOW_BASE = 1000000000 };

static volatile long g_flood;
static atomic_long written;
static long per_second, seconds;
static pthread_barrier_t opened;

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

NOINLINE static void write_flood(long value)
{
    g_flood = value; /* @write_flood */
}

static void *flood(void *number)
{
    long own = 0;
    pthread_barrier_wait(&opened);
    int64_t end = now() + seconds * 1000000000;
    while (now() < end) {
        write_flood(((intptr_t)number + 1) * 1000000 + ++own);
        if (per_second > 0)
            usleep((useconds_t)(1000000 / per_second));
    }
    atomic_fetch_add(&written, own);
    return NULL;
}

int main(int argc, char **argv)
{
    long count = argument(argc, argv, 1, 2);
    per_second = argument(argc, argv, 2, 0);
    seconds = argument(argc, argv, 3, 3);
    pthread_t *threads = calloc((size_t)count, sizeof *threads);
    pthread_attr_t attributes;
    must(threads != NULL, "calloc");
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 * 1024);
    pthread_barrier_init(&opened, NULL, (unsigned)count + 1);
    for (long i = 0; i < count; i++)
        must(pthread_create(&threads[i], &attributes, flood, (void *)(intptr_t)i) == 0, "pthread_create");
    gate();
    pthread_barrier_wait(&opened);
    for (long i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    sleep(4);
    for (long i = 1; i <= SLOW; i++) {
        write_flood(SLOW_BASE + i);
        usleep(200000);
    }
    fact("written", atomic_load(&written) + SLOW);
    return 0;
}
