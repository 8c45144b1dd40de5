/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * hot RESULT WRITES THREADS [DEPTH]: threads write g_hot so many times each, from a stack a few frames and DEPTH bytes deep, and do nothing else. Where it is
 * one thread, it is the first: there are tools that watch no other.
 */
#include <pthread.h>
#include <string.h>

#include "result.h"

#define NOINLINE __attribute__((noinline))

volatile long g_hot;
static long writes, depth;
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

NOINLINE static void write_all(void)
{
    char *deep = __builtin_alloca((size_t)depth + 16);
    memset(deep, 1, (size_t)depth + 16);
    __asm__ volatile("" : : "r"(deep) : "memory");
    for (long i = 1; i <= writes; i++)
        outer(i);
}

static void *work(void *unused)
{
    pthread_barrier_wait(&begun);
    write_all();
    return unused;
}

int main(int argc, char **argv)
{
    must(argc == 4 || argc == 5, "usage: hot RESULT WRITES THREADS [DEPTH]");
    writes = atol(argv[2]);
    long threads = atol(argv[3]);
    depth = argc == 5 ? atol(argv[4]) : 0;
    if (threads == 1) {
        int64_t start = now_ns();
        write_all();
        result(argv[1], writes, now_ns() - start);
        return 0;
    }
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
