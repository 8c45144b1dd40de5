/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * selfwatch [ROUNDS]: a program that watches its own memory. Three threads, pinned to CPUs, write to four globals; the main thread
 * sets a watch on each, takes one away while they write, and sets it anew. In one terminal
 *
 *     livewatcher listen -p artifacts/samples/selfwatch
 *
 * in another artifacts/samples/selfwatch. At the end it prints how often each global was written while its watch was set for sure,
 * and how often in all; without a listener it runs just the same.
 */
#include <livewatcher.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS 3
#define GLOBALS 4

static volatile char g_char;
static volatile short g_short;
static volatile int g_int;
static volatile long g_long;

static pthread_barrier_t gate;
static int rounds = 100;

/* One writer for each global, so that a hit's stack tells which. */
static void write_char(int i) { g_char = (char)i; }
static void write_short(int i) { g_short = (short)i; }
static void write_int(int i) { g_int = i; }
static void write_long(int i) { g_long = i; }

static void pin(long number)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)(number % sysconf(_SC_NPROCESSORS_ONLN)), &one);
    pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
}

static void write_all(void)
{
    for (int i = 1; i <= rounds; i++) {
        write_char(i);
        write_short(i);
        write_int(i);
        write_long(i);
    }
}

/* Phases: all four watched; one of them in flux; three watched. */
static void *work(void *number)
{
    pin((long)number);
    for (int phase = 0; phase < 3; phase++) {
        pthread_barrier_wait(&gate);
        write_all();
        pthread_barrier_wait(&gate);
    }
    return NULL;
}

static void must(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1)
        rounds = atoi(argv[1]);
    void *addresses[GLOBALS] = {(void *)&g_char, (void *)&g_short, (void *)&g_int, (void *)&g_long};
    size_t lengths[GLOBALS] = {sizeof(g_char), sizeof(g_short), sizeof(g_int), sizeof(g_long)};
    int watchers[GLOBALS];

    pthread_barrier_init(&gate, NULL, THREADS + 1);
    pthread_t threads[THREADS];
    for (long i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, (void *)i);

    lw_show_info("selfwatch: %d threads, %d rounds", THREADS, rounds);
    for (int i = 0; i < GLOBALS; i++) {
        must(watchers[i] = alloc_watcher(), "alloc_watcher");
        must(set_watcher(watchers[i], addresses[i], lengths[i], LW_MODE_W), "set_watcher");
    }
    lw_dump_dr();
    pthread_barrier_wait(&gate);
    pthread_barrier_wait(&gate);

    /* While they write, the last watch goes and comes. */
    pthread_barrier_wait(&gate);
    for (int i = 0; i < 5; i++) {
        must(rst_watcher(watchers[GLOBALS - 1]), "rst_watcher");
        must(set_watcher(watchers[GLOBALS - 1], addresses[GLOBALS - 1], lengths[GLOBALS - 1], LW_MODE_W), "set_watcher");
    }
    pthread_barrier_wait(&gate);

    must(rst_watcher(watchers[GLOBALS - 1]), "rst_watcher");
    lw_mark("g_long is not watched any more");
    pthread_barrier_wait(&gate);
    pthread_barrier_wait(&gate);
    for (int i = 0; i < GLOBALS; i++)
        must(free_watcher(watchers[i]), "free_watcher");
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);

    printf("listening %d\n", lw_active());
    printf("exact g_char %d\nexact g_short %d\nexact g_int %d\n", 3 * THREADS * rounds, 3 * THREADS * rounds, 3 * THREADS * rounds);
    printf("between g_long %d %d\n", THREADS * rounds, 2 * THREADS * rounds);
    return 0;
}
