/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * crowd RESULT THREADS: threads that wake one after another, each every 100 ms or, where they are many, 2,000 times a second altogether, until standard input ends;
 * says "ready" when all are there. Its result is the longest that one of them was late, in ns; before it ends it says "late DUE WOKE" (CLOCK_MONOTONIC, ns) of each that
 * was late for a millisecond.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "result.h"

/* What wakes more often keeps the machine busy by itself: a switch takes 25 us where a hypervisor sees to the debug registers. */
#define SHORTEST_PAUSE_NS 100000000
#define APART_NS 500000
#define LATE_NS 1000000
#define MOST_LATE 16384

volatile long g_cold;
static atomic_int over;
static int64_t pause_ns;
static atomic_llong longest;
static struct {
    int64_t due, woke;
} lates[MOST_LATE];
static atomic_int late_count;

static void note(int64_t due, int64_t woke)
{
    int at = atomic_fetch_add(&late_count, 1);
    if (at < MOST_LATE) {
        lates[at].due = due;
        lates[at].woke = woke;
    }
}

/* At times of its own, whatever held it up before: threads that sleep for a time end up waking all at once, and wait for each other. */
static void *rest(void *first)
{
    int64_t due = (int64_t)(intptr_t)first;
    while (!atomic_load(&over)) {
        struct timespec at = {due / 1000000000, due % 1000000000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
        int64_t woke = now_ns();
        long long late = woke - due, before = atomic_load(&longest);
        if (late > LATE_NS)
            note(due, woke);
        while (late > before && !atomic_compare_exchange_weak(&longest, &before, late))
            continue;
        while (due <= now_ns())
            due += pause_ns;
    }
    return NULL;
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
    pause_ns = threads * APART_NS > SHORTEST_PAUSE_NS ? threads * APART_NS : SHORTEST_PAUSE_NS;
    int64_t begin = now_ns() + 400000000;
    for (long i = 0; i < threads; i++)
        must(pthread_create(&all[i], &small, rest, (void *)(intptr_t)(begin + i * pause_ns / threads)) == 0, "pthread_create");
    /* How they came into being is nobody's pause. */
    usleep(700000);
    atomic_store(&longest, 0);
    atomic_store(&late_count, 0);
    puts("ready");
    fflush(stdout);
    char byte;
    while (read(0, &byte, 1) > 0)
        continue;
    long long found = atomic_load(&longest);
    int told = atomic_load(&late_count);
    atomic_store(&over, 1);
    for (long i = 0; i < threads; i++)
        pthread_join(all[i], NULL);
    for (int i = 0; i < told && i < MOST_LATE; i++)
        printf("late %lld %lld\n", (long long)lates[i].due, (long long)lates[i].woke);
    result(argv[1], threads, found);
    return 0;
}
