/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* local N PHASES: to be attached to, as gate.c. A thread named "keeper" writes its own t_local N times; main writes its, too. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "own.h"

static __thread volatile long t_local;
static long count, written;
static int line;
static pthread_barrier_t open_gate;

__attribute__((noinline)) static void write_local(long value)
{
    t_local = value; line = __LINE__;
}

static void *keeper(void *argument)
{
    pthread_setname_np(pthread_self(), "keeper");
    pthread_barrier_wait(&open_gate);
    pthread_barrier_wait(&open_gate);
    while (written < count)
        write_local(++written);
    return argument;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    count = count_argument(argc, argv, 2500);
    pthread_barrier_init(&open_gate, NULL, 2);
    must(pthread_create(&thread, NULL, keeper, NULL) == 0, "pthread_create");
    pthread_barrier_wait(&open_gate);
    must(close(open("/tmp/ready.0", O_CREAT | O_WRONLY, 0600)) == 0, "ready");
    for (int tries = 0; access("/tmp/go.1", F_OK) != 0; tries++) {
        must(tries < 6000, "nobody opened the gate within a minute");
        usleep(10000);
    }
    pthread_barrier_wait(&open_gate);
    for (long i = 0; i < count; i++)
        write_local(i);
    pthread_join(thread, NULL);
    own_hits("t_local@keeper", written);
    own_writer("t_local@keeper", "write_local", line);
    puts("rising t_local@keeper");
    puts("threads 1");
    return 0;
}
