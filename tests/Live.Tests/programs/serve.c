/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* serve crowd THREADS CYCLES: the same with a write of each thread; says the shortest and the median time of set_watcher, in us.
 * serve cycles THREADS CYCLES WRITES: sets a watch, lets all threads write so many times, takes it away, and again; between two
 *     watches the threads write as well. Says how often g_served was written while it was watched for sure.
 * serve trap WRITES: counts the SIGTRAPs it receives for its writes to g_served.
 * serve on: watches g_served and writes to it until SIGTERM; says how often.
 * serve five: asks for a fifth watcher. */
#include <errno.h>
#include <livewatcher.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "own.h"

static volatile long g_served;
static pthread_barrier_t barrier;
static long cycles, writes;
static volatile sig_atomic_t traps, asked_to_end;

NOINLINE static void write_served(long value)
{
    g_served = value; /* @write_served */
}

static void on_signal(int signal)
{
    if (signal == SIGTRAP)
        traps++;
    else
        asked_to_end = 1;
}

static void *work(void *argument)
{
    for (long cycle = 0; cycle < 2 * cycles; cycle++) {
        pthread_barrier_wait(&barrier);
        for (long i = 0; i < writes; i++)
            write_served(i);
        pthread_barrier_wait(&barrier);
    }
    return argument;
}

static long microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int ascending(const void *left, const void *right)
{
    long l = *(const long *)left, r = *(const long *)right;
    return (l > r) - (l < r);
}

static int run_cycles(long threads)
{
    pthread_t all[1000];
    long took[1000];
    must(threads <= 1000 && cycles <= 1000, "more than there is room for");
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 << 10);
    pthread_barrier_init(&barrier, NULL, (unsigned)threads + 1);
    for (long i = 0; i < threads; i++)
        must(pthread_create(&all[i], &small, work, NULL) == 0, "pthread_create");
    for (long cycle = 0; cycle < cycles; cycle++) {
        long start = microseconds();
        int watcher = lw_watch((void *)&g_served, sizeof(g_served), LW_MODE_W, "g_served");
        must(watcher >= 0, "lw_watch");
        took[cycle] = microseconds() - start;
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
        must(free_watcher(watcher) >= 0, "free_watcher");
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
    }
    for (long i = 0; i < threads; i++)
        pthread_join(all[i], NULL);
    fact("watched", threads * cycles * writes);
    qsort(took, (size_t)cycles, sizeof(took[0]), ascending);
    fact("shortest", took[0]);
    fact("median", took[cycles / 2]);
    return 0;
}

NOINLINE static void set_it(void)
{
    must(lw_watch((void *)&g_served, sizeof(g_served), LW_MODE_W, "g_served") >= 0, "lw_watch"); /* @set_it */
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    signal(SIGTRAP, on_signal);
    signal(SIGTERM, on_signal);
    fact("active", lw_active() || lw_mark("hello") != 0 || lw_active());
    if (strcmp(what, "cycles") == 0 || strcmp(what, "crowd") == 0) {
        cycles = argument(argc, argv, 3, 10);
        writes = argument(argc, argv, 4, what[1] == 'r' ? 1 : 10);
        return run_cycles(argument(argc, argv, 2, 4));
    }
    set_it();
    if (strcmp(what, "five") == 0) {
        for (int i = 0; i < 3; i++)
            must(alloc_watcher() >= 0, "alloc_watcher");
        fact("fifth", alloc_watcher());
        fact("errno", errno);
        return 0;
    }
    puts("ready");
    fflush(stdout);
    long written = 0, most = strcmp(what, "trap") == 0 ? argument(argc, argv, 2, 10) : 1000000000;
    while (written < most && !asked_to_end) {
        write_served(++written);
        if (most == 1000000000)
            usleep(1000);
    }
    fact("written", written);
    fact("traps", traps);
    return 0;
}
