/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * writers THREADS WRITES: so many threads, each there before "ready"; at "go" each writes so often.
 */
#include "target.h"

static long writes;
static pthread_barrier_t gate;

static void *work(void *argument)
{
    (void)argument;
    pthread_barrier_wait(&gate);
    for (long i = 1; i <= writes; i++)
        g_watched = i;
    return NULL;
}

int main(int argc, char **argv)
{
    long count = number(argc, argv, 1, 4);
    writes = number(argc, argv, 2, 1000);
    pthread_t *threads = calloc((size_t)count, sizeof(*threads));
    pthread_barrier_init(&gate, NULL, (unsigned)count + 1);
    begin();
    for (long i = 0; i < count; i++)
        threads[i] = start_thread(work, NULL, 0);
    say("ready", 0);
    await("go");
    pthread_barrier_wait(&gate);
    for (long i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    finish(count * writes);
    return 0;
}
