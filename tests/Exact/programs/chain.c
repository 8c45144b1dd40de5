/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* chain [N]: N threads, each writes once, starts the next one and ends. Who scans for threads sees none. */
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>

#include "own.h"

static volatile long g_chain;
static long length, written;
static int line;
static sem_t finished;

__attribute__((noinline)) static void write_link(long value)
{
    g_chain = value; line = __LINE__;
}

static void *chain_link(void *argument)
{
    write_link((intptr_t)argument);
    if (++written == length) {
        sem_post(&finished);
        return NULL;
    }
    pthread_attr_t attributes;
    pthread_t next;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 64 * 1024);
    must(pthread_create(&next, &attributes, chain_link, (void *)(intptr_t)(written + 1)) == 0, "pthread_create");
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t first;
    length = count_argument(argc, argv, 1000);
    sem_init(&finished, 0, 0);
    must(pthread_create(&first, NULL, chain_link, (void *)(intptr_t)1) == 0, "pthread_create");
    while (sem_wait(&finished) != 0) {
    }
    own_hits("g_chain", written);
    own_writer("g_chain", "write_link", line);
    puts("rising g_chain");
    printf("threads %ld\n", written);
    return 0;
}
