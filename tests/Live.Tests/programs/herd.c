/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* herd: 1,000 threads write once each when the gate is open. A third is there before "ready", a third comes while somebody
   may be attaching, a third comes afterwards. */
#include <pthread.h>
#include <stdint.h>

#include "own.h"

enum { ALL = 1000, BEFORE = 334, DURING = 333 };

static volatile long g_herd;
static long written;
static pthread_t threads[ALL];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static int is_open;

NOINLINE static void write_once(long value)
{
    g_herd = value; /* @write_once */
}

static void *wait_and_write(void *number)
{
    pthread_mutex_lock(&lock);
    while (!is_open)
        pthread_cond_wait(&opened, &lock);
    write_once((intptr_t)number);
    written++;
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void start(int from, int to, int pause)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 * 1024);
    for (int i = from; i < to; i++) {
        must(pthread_create(&threads[i], &attributes, wait_and_write, (void *)(intptr_t)(i + 1)) == 0, "pthread_create");
        usleep(pause);
    }
}

static void *start_more(void *nothing)
{
    start(BEFORE, BEFORE + DURING, 1000);
    return nothing;
}

int main(void)
{
    pthread_t starter;
    start(0, BEFORE, 0);
    must(pthread_create(&starter, NULL, start_more, NULL) == 0, "pthread_create");
    gate();
    pthread_mutex_lock(&lock);
    is_open = 1;
    pthread_cond_broadcast(&opened);
    pthread_mutex_unlock(&lock);
    pthread_join(starter, NULL);
    start(BEFORE + DURING, ALL, 0);
    for (int i = 0; i < ALL; i++)
        pthread_join(threads[i], NULL);
    fact("hits g_herd", written);
    return 0;
}
