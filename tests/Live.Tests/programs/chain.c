/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* chain [N]: each thread writes its number, starts the next and ends; who looks for threads now and then sees none. It goes on
   until N threads have come after the gate was open. The attacher's first hit is one of the earlier writes. */
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>

#include "own.h"

static volatile long g_chain;
static long more, at_gate;
static sem_t finished;

NOINLINE static void write_link(long value)
{
    g_chain = value; /* @write_link */
}

static void *chain_link(void *number)
{
    pthread_attr_t attributes;
    pthread_t next;
    long own = (intptr_t)number;
    write_link(own);
    if (at_gate == 0 && gate_is_open())
        at_gate = own;
    if (at_gate != 0 && own - at_gate >= more) {
        sem_post(&finished);
        return NULL;
    }
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 64 * 1024);
    must(pthread_create(&next, &attributes, chain_link, (void *)(own + 1)) == 0, "pthread_create");
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t first;
    more = argument(argc, argv, 1, 1000);
    sem_init(&finished, 0, 0);
    puts("ready");
    fflush(stdout);
    must(pthread_create(&first, NULL, chain_link, (void *)1) == 0, "pthread_create");
    while (sem_wait(&finished) != 0) {
    }
    fact("gate", at_gate);
    fact("last", g_chain);
    return 0;
}
