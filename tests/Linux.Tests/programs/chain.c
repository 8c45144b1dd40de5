/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * chain LINKS MICROSECONDS: threads that each start the next and end, from "ready" on; after "go" each of LINKS more
 * writes once. Who looks for threads now and then sees none that lives long enough.
 */
#include "target.h"

#include <semaphore.h>
#include <time.h>

static long links, pause_us;
static long written, born;
static atomic_int going;
static sem_t finished;

static void *chain_link(void *argument)
{
    (void)argument;
    born++;
    if (atomic_load(&going)) {
        g_watched = written + 1;
        if (++written == links) {
            sem_post(&finished);
            return NULL;
        }
    }
    struct timespec now, start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((now.tv_sec - start.tv_sec) * 1000000 + (now.tv_nsec - start.tv_nsec) / 1000 < pause_us);
    start_thread(chain_link, NULL, 1);
    return NULL;
}

int main(int argc, char **argv)
{
    links = number(argc, argv, 1, 2000);
    pause_us = number(argc, argv, 2, 0);
    sem_init(&finished, 0, 0);
    begin();
    start_thread(chain_link, NULL, 1);
    say("ready", 0);
    await("go");
    long before = born;
    atomic_store(&going, 1);
    while (sem_wait(&finished) != 0) {
    }
    say("before", before);
    finish(written);
    return 0;
}
