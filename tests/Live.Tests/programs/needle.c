/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * needle THREADS WRITES LEARN: threads write g_field, each by one of several functions, as often as they can; one write among all,
 * after LEARN seconds, comes from where none should. Says how often which was written. */
#include <pthread.h>
#include <time.h>

#include "own.h"

volatile long g_cap = 1000;
static volatile long g_field;
static long writes;
static pthread_barrier_t barrier;

NOINLINE static void write_good(long value)
{
    g_field = value; /* @write_good */
}

static inline __attribute__((always_inline)) void store(long value)
{
    g_field = value; /* @store */
}

NOINLINE static void write_inlined(long value)
{
    store(value);
    __asm__ volatile("nop");
}

/* No two of them are the same code, or the compiler makes one function of them. */
NOINLINE static void write_bad(long value)
{
    g_cap += value;
    g_field = value; /* @write_bad */
    g_cap -= value;
}

static void *work(void *argument)
{
    long odd = (long)argument & 1;
    pthread_setname_np(pthread_self(), odd ? "odd" : "even");
    pthread_barrier_wait(&barrier); /* whoever attaches finds all names */
    for (long round = 0; round < 2; round++) {
        pthread_barrier_wait(&barrier);
        for (long i = 0; i < writes; i++) {
            long value = 1 + i % 1000;
            if (odd)
                write_inlined(value);
            else
                write_good(value);
        }
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    long threads = argument(argc, argv, 1, 4);
    writes = argument(argc, argv, 2, 100);
    long pause = argument(argc, argv, 3, 0);
    pthread_t all[64];
    must(threads <= 64, "more than there is room for");
    pthread_barrier_init(&barrier, NULL, (unsigned)threads + 1);
    for (long i = 0; i < threads; i++)
        must(pthread_create(&all[i], NULL, work, (void *)i) == 0, "pthread_create");
    pthread_barrier_wait(&barrier);
    gate();
    for (int round = 0; round < 2; round++) {
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
        if (round == 0) {
            struct timespec time = {pause, 0};
            nanosleep(&time, NULL);
            write_bad(-7);
        }
        pthread_barrier_wait(&barrier);
    }
    for (long i = 0; i < threads; i++)
        pthread_join(all[i], NULL);
    fact("good", 2 * writes * ((threads + 1) / 2));
    fact("inlined", 2 * writes * (threads / 2));
    fact("bad", 1);
    return 0;
}
