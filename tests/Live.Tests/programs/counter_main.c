/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* counter [N] [THREADS]: each thread changes both counters N times. */
#include <pthread.h>

#include "counter.h"
#include "own.h"

enum { MOST_THREADS = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long rounds;
static struct worker {
    pthread_t thread;
    char name[32];
    long under_lock, atomically;
} workers[MOST_THREADS];

static void *work(void *argument_of_thread)
{
    struct worker *self = argument_of_thread;
    pthread_setname_np(pthread_self(), self->name);
    for (long i = 0; i < rounds; i++) {
        pthread_mutex_lock(&lock);
        add_one();
        self->under_lock++;
        pthread_mutex_unlock(&lock);
        add_atomic();
        self->atomically++;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    long under_lock = 0, atomically = 0;
    long threads = argument(argc, argv, 2, 4);
    rounds = argument(argc, argv, 1, 1000);
    must(threads <= MOST_THREADS, "too many threads");
    gate();
    for (long i = 0; i < threads; i++) {
        snprintf(workers[i].name, sizeof workers[i].name, "worker-%ld", i);
        must(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0, "pthread_create");
    }
    for (long i = 0; i < threads; i++) {
        pthread_join(workers[i].thread, NULL);
        printf("thread %s %ld\n", workers[i].name, workers[i].under_lock + workers[i].atomically);
        under_lock += workers[i].under_lock;
        atomically += workers[i].atomically;
    }
    fact("hits g_counter", under_lock);
    fact("hits g_atomic", atomically);
    return 0;
}
