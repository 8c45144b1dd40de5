/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* crowded THREADS SECONDS: so many threads compute without a pause, before it says that it is ready too. From the gate on the first thread writes g_beat
   a hundred times a second, for some time; then each of the others writes g_crowd once. Says how often both were written. */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "own.h"

static volatile long g_beat, g_crowd;
static atomic_bool over;
static atomic_long crowd;

NOINLINE static void write_beat(long value)
{
    g_beat = value; /* @write_beat */
}

NOINLINE static void write_crowd(long value)
{
    g_crowd = value; /* @write_crowd */
}

static void *compute(void *number)
{
    for (volatile long work = 0; !atomic_load_explicit(&over, memory_order_relaxed);)
        work++;
    write_crowd((long)number);
    atomic_fetch_add(&crowd, 1);
    return NULL;
}

int main(int argc, char **argv)
{
    long count = argument(argc, argv, 1, 64), beats = 0;
    pthread_t *threads = calloc((size_t)count, sizeof *threads);
    must(threads != NULL, "calloc");
    for (long i = 0; i < count; i++)
        must(pthread_create(&threads[i], NULL, compute, (void *)(i + 1)) == 0, "pthread_create");
    gate();
    for (time_t end = time(NULL) + argument(argc, argv, 2, 3); time(NULL) < end; usleep(10000))
        write_beat(++beats);
    atomic_store(&over, 1);
    for (long i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    fact("beats", beats);
    fact("crowd", atomic_load(&crowd));
    return 0;
}
