/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* amid CHILDREN: three threads write g_amid all the time, each its own numbers, while the first one forks children, eight at a time, that write
   nothing and live long enough to be looked at. Says how often it has written. */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "own.h"

enum { WRITERS = 3, TOGETHER = 8 };

static volatile long g_amid;
static atomic_long writes;
static atomic_int over;

NOINLINE static void write_amid(long value)
{
    g_amid = value; /* @write_amid */
}

static void *write_on(void *first)
{
    for (long i = (long)first; !over; i += WRITERS) {
        write_amid(i);
        writes++;
        usleep(500);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    long children = argument(argc, argv, 1, 100);
    pthread_t writers[WRITERS];
    gate();
    for (long i = 0; i < WRITERS; i++)
        must(pthread_create(&writers[i], NULL, write_on, (void *)(i + 1)) == 0, "pthread_create");
    for (long first = 0; first < children; first += TOGETHER) {
        pid_t together[TOGETHER];
        for (int i = 0; i < TOGETHER; i++) {
            together[i] = fork();
            must(together[i] >= 0, "fork");
            if (together[i] == 0) {
                usleep(150000);
                _exit(0);
            }
        }
        for (int i = 0; i < TOGETHER; i++) {
            int status;
            must(waitpid(together[i], &status, 0) == together[i] && status == 0, "waitpid");
        }
    }
    over = 1;
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i], NULL);
    fact("writes", writes);
    return 0;
}
