/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* turns MILLISECONDS QUIET: six counters, three for each of two threads that are bound to a CPU each (slots.c says why), each counted up by one
 * every few milliseconds for so long; then nothing for QUIET milliseconds, in which each watch that takes turns has one more. The k-th write
 * of a counter writes k, so a value is the number of writes so far. */
#define _GNU_SOURCE
#include <pthread.h>
#include <time.h>

#include "cpus.h"
#include "own.h"

static volatile long g_a, g_b, g_c;
static volatile int g_d, g_e, g_f;

static pthread_barrier_t start;
static long milliseconds;

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void rest(long for_ms)
{
    struct timespec time = { for_ms / 1000, for_ms % 1000 * 1000000 };
    nanosleep(&time, NULL);
}

#define WRITER(name)                                                                                                   \
    static long name##_written;                                                                                        \
    __attribute__((noinline)) static void write_##name(void)                                                           \
    {                                                                                                                  \
        name = ++name##_written;                                                                                       \
    }

WRITER(g_a)
WRITER(g_b)
WRITER(g_c)
WRITER(g_d)
WRITER(g_e)
WRITER(g_f)

static void (*const writers[2][3])(void) = { { write_g_a, write_g_b, write_g_c }, { write_g_d, write_g_e, write_g_f } };

static void *work(void *argument)
{
    long number = (long)argument;
    bind_to((int)number);
    pthread_barrier_wait(&start);
    long rounds = 0; /* no fewer than checkturns.c wants, on however slow a machine */
    for (long end = now_ms() + milliseconds; now_ms() < end || rounds < 100; rest(4), rounds++)
        for (int i = 0; i < 3; i++)
            writers[number][i]();
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t both[2];
    milliseconds = count_argument(argc, argv, 5000);
    pthread_barrier_init(&start, NULL, 2);
    for (long i = 0; i < 2; i++)
        must(pthread_create(&both[i], NULL, work, (void *)i) == 0, "pthread_create");
    for (int i = 0; i < 2; i++)
        pthread_join(both[i], NULL);
    rest(argc > 2 ? strtol(argv[2], NULL, 10) : 8000);
    own_hits("g_a", g_a_written);
    own_hits("g_b", g_b_written);
    own_hits("g_c", g_c_written);
    own_hits("g_d", g_d_written);
    own_hits("g_e", g_e_written);
    own_hits("g_f", g_f_written);
    return 0;
}
