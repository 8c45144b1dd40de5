/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/*
 * gate N PHASES: to be attached to. Makes the file /tmp/ready.0 and waits, in each phase, for the file /tmp/go.PHASE; then
 * four threads write N times each: two that have been there since the start, two new ones. Only the last phase's count is
 * told. /tmp/done.PHASE says that a phase is over.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "own.h"

enum { OLD = 2, THREADS = 4 };

static volatile long g_gate;
static long count, written[THREADS];
static int phases, line;
static pthread_barrier_t open_gate, closed;

__attribute__((noinline)) static void write_gate(long value)
{
    g_gate = value; line = __LINE__;
}

static void work(long number)
{
    written[number] = 0;
    while (written[number] < count)
        write_gate(++written[number]);
}

static void *old_thread(void *argument)
{
    for (int phase = 1; phase <= phases; phase++) {
        pthread_barrier_wait(&open_gate);
        work((intptr_t)argument);
        pthread_barrier_wait(&closed);
    }
    return NULL;
}

static void *new_thread(void *argument)
{
    work((intptr_t)argument);
    return NULL;
}

static void mark(const char *name, int phase)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/%s.%d", name, phase);
    must(close(open(path, O_CREAT | O_WRONLY, 0600)) == 0, path);
}

static void await(const char *name, int phase)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/%s.%d", name, phase);
    for (int tries = 0; access(path, F_OK) != 0; tries++) {
        must(tries < 6000, "nobody opened the gate within a minute");
        usleep(10000);
    }
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    count = count_argument(argc, argv, 2500);
    phases = argc > 2 ? atoi(argv[2]) : 1;
    pthread_barrier_init(&open_gate, NULL, OLD + 1);
    pthread_barrier_init(&closed, NULL, OLD + 1);
    for (intptr_t i = 0; i < OLD; i++)
        must(pthread_create(&threads[i], NULL, old_thread, (void *)i) == 0, "pthread_create");
    mark("ready", 0);
    for (int phase = 1; phase <= phases; phase++) {
        await("go", phase);
        pthread_barrier_wait(&open_gate);
        for (intptr_t i = OLD; i < THREADS; i++)
            must(pthread_create(&threads[i], NULL, new_thread, (void *)i) == 0, "pthread_create");
        pthread_barrier_wait(&closed);
        for (int i = OLD; i < THREADS; i++)
            pthread_join(threads[i], NULL);
        mark("done", phase);
    }
    for (int i = 0; i < OLD; i++)
        pthread_join(threads[i], NULL);
    own_hits("g_gate", written[0] + written[1] + written[2] + written[3]);
    own_writer("g_gate", "write_gate", line);
    printf("threads %d\n", THREADS);
    return 0;
}
