/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * crowd RESULT THREADS: threads that sleep 100 ms at a time until standard input ends; says "ready" when all are there. Its result is the longest
 * that one of them has slept over its time, in ns.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "result.h"

#define PAUSE_NS 100000000 /* with shorter ones a thousand threads keep an emulated machine busy by themselves */

volatile long g_cold;
static atomic_int over;
static atomic_llong longest;

static void *rest(void *unused)
{
    struct timespec pause = {0, PAUSE_NS};
    while (!atomic_load(&over)) {
        int64_t start = now_ns();
        nanosleep(&pause, NULL);
        long long late = now_ns() - start - PAUSE_NS, before = atomic_load(&longest);
        while (late > before && !atomic_compare_exchange_weak(&longest, &before, late))
            continue;
    }
    return unused;
}

int main(int argc, char **argv)
{
    must(argc == 3, "usage: crowd RESULT THREADS");
    long threads = atol(argv[2]);
    pthread_t *all = calloc((size_t)threads, sizeof(*all));
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 * 1024);
    must(all != NULL, "calloc");
    for (long i = 0; i < threads; i++)
        must(pthread_create(&all[i], &small, rest, NULL) == 0, "pthread_create");
    /* How they came into being is nobody's pause. */
    sleep(1);
    atomic_store(&longest, 0);
    puts("ready");
    fflush(stdout);
    char byte;
    while (read(0, &byte, 1) > 0)
        continue;
    long long found = atomic_load(&longest);
    atomic_store(&over, 1);
    for (long i = 0; i < threads; i++)
        pthread_join(all[i], NULL);
    result(argv[1], threads, found);
    return 0;
}
