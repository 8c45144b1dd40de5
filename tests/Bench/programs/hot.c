/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * hot RESULT WRITES THREADS: threads write g_hot so many times each, from a stack a few frames deep, and do nothing else.
 */
#include <pthread.h>

#include "result.h"

#define NOINLINE __attribute__((noinline))

volatile long g_hot;
static long writes;
static pthread_barrier_t begun;

NOINLINE static void write_hot(long value)
{
    g_hot = value;
    __asm__ volatile("" ::: "memory"); /* no jump in place of the calls */
}

NOINLINE static void inner(long value)
{
    write_hot(value);
    __asm__ volatile("" ::: "memory");
}

NOINLINE static void outer(long value)
{
    inner(value);
    __asm__ volatile("" ::: "memory");
}

static void *work(void *unused)
{
    pthread_barrier_wait(&begun);
    for (long i = 1; i <= writes; i++)
        outer(i);
    return unused;
}

int main(int argc, char **argv)
{
    must(argc == 4, "usage: hot RESULT WRITES THREADS");
    writes = atol(argv[2]);
    long threads = atol(argv[3]);
    pthread_t *all = calloc((size_t)threads, sizeof(*all));
    must(all != NULL, "calloc");
    pthread_barrier_init(&begun, NULL, (unsigned)threads + 1);
    for (long i = 0; i < threads; i++)
        must(pthread_create(&all[i], NULL, work, NULL) == 0, "pthread_create");
    pthread_barrier_wait(&begun);
    int64_t start = now_ns();
    for (long i = 0; i < threads; i++)
        pthread_join(all[i], NULL);
    result(argv[1], writes * threads, now_ns() - start);
    return 0;
}
