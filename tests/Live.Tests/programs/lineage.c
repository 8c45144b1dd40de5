/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* lineage GENERATIONS: lines of threads, each of which sleeps for a moment, brings forth the next and ends; and a bearer, which sleeps till the gate opens, and then brings forth
   a thread and a process. From the gate on everybody writes all of g_word once, as long as GENERATIONS of each line have not passed. */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "own.h"

enum { LINES = 8, WORDS = 4 };

static volatile long g_word[WORDS]; /* all debug registers */
static _Atomic long *written; /* shared with the child */
static atomic_int open_now;
static long generations;
static sem_t ended, go;

NOINLINE static void write_all(long value)
{
    for (int i = 0; i < WORDS; i++)
        g_word[i] = value; /* @write_all */
    atomic_fetch_add(written, 1);
}

static void start(void *(*routine)(void *), uintptr_t number)
{
    pthread_t thread;
    must(pthread_create(&thread, NULL, routine, (void *)number) == 0, "pthread_create");
    pthread_detach(thread);
}

/* The line, and how many of it have written. */
static void *link_of(void *number)
{
    uintptr_t line = (uintptr_t)number % LINES, past = (uintptr_t)number / LINES;
    usleep(20 + 30 * (useconds_t)line);
    if (atomic_load(&open_now)) {
        write_all((long)past);
        past++;
    }
    if ((long)past < generations)
        start(link_of, past * LINES + line);
    else
        sem_post(&ended);
    return NULL;
}

static void *child_of_bearer(void *unused)
{
    write_all(-1);
    sem_post(&ended);
    return unused;
}

static void *bear(void *unused)
{
    while (sem_wait(&go) != 0)
        continue;
    write_all(-2);
    start(child_of_bearer, 0);
    pid_t child = fork();
    if (child == 0) {
        write_all(-3);
        _exit(0);
    }
    must(child > 0 && waitpid(child, NULL, 0) == child, "fork");
    write_all(-4);
    sem_post(&ended);
    return unused;
}

int main(int argc, char **argv)
{
    generations = argument(argc, argv, 1, 100);
    written = mmap(NULL, sizeof(*written), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(written != MAP_FAILED, "mmap");
    sem_init(&ended, 0, 0);
    sem_init(&go, 0, 0);
    start(bear, 0);
    for (uintptr_t line = 0; line < LINES; line++)
        start(link_of, line);
    gate();
    atomic_store(&open_now, 1);
    sem_post(&go);
    for (int i = 0; i < LINES + 2; i++)
        while (sem_wait(&ended) != 0)
            continue;
    fact("hits g_word", *written);
    return 0;
}
