/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* served [N]: watches itself. Four threads write N times each to g_served while it is watched, then as often while it is not; five
 * times over, the watch in another debug register now and then. */
#include <livewatcher.h>
#include <pthread.h>

#include "own.h"

#define THREADS 4
#define CYCLES 5

static volatile long g_served;
static pthread_barrier_t barrier;
static long count;

static __attribute__((noinline)) void write_served(long value)
{
    g_served = value;
}

static void *work(void *argument)
{
    for (int phase = 0; phase < 2 * CYCLES; phase++) {
        pthread_barrier_wait(&barrier);
        for (long i = 1; i <= count; i++)
            write_served(i);
        pthread_barrier_wait(&barrier);
    }
    return argument;
}

int main(int argc, char **argv)
{
    count = count_argument(argc, argv, 500);
    pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS + 1);
    for (int i = 0; i < THREADS; i++)
        must(pthread_create(&threads[i], NULL, work, NULL) == 0, "pthread_create");
    for (int cycle = 0; cycle < CYCLES; cycle++) {
        int watcher = lw_watch((void *)&g_served, sizeof(g_served), LW_MODE_W, "g_served");
        must(watcher >= 0, "lw_watch");
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
        must(free_watcher(watcher) == 0, "free_watcher");
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    must(lw_active(), "nobody listens");
    own_hits("g_served", CYCLES * THREADS * count);
    printf("threads %d\n", THREADS);
    own_writer("g_served", "write_served", 19);
    return 0;
}
