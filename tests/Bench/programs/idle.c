/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * idle RESULT KIND ROUNDS: works and never touches g_cold: compute (arithmetic), call (getppid(2)), copy (16 KiB each), switch (a byte to and fro through two
 * pipes, two threads on one CPU, for where the scheduler puts them makes five times the difference that is looked for), thread (created and joined).
 */
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "result.h"

volatile long g_cold[4];
static long rounds;
static int there[2], back[2];

static void *answer(void *unused)
{
    char byte;
    for (long i = 0; i < rounds; i++)
        must(read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1, "pipe");
    return unused;
}

static void *nothing(void *unused)
{
    return unused;
}

static void compute(void)
{
    unsigned long x = 88172645463325252ul;
    for (long i = 0; i < rounds; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        __asm__ volatile("" : "+r"(x));
    }
}

static void call(void)
{
    for (long i = 0; i < rounds; i++)
        syscall(SYS_getppid);
}

static void copy(void)
{
    static char from[16384], to[16384];
    for (long i = 0; i < rounds; i++) {
        memcpy(to, from, sizeof(to));
        __asm__ volatile("" : : "r"(to) : "memory");
    }
}

static void change(void)
{
    pthread_t other;
    char byte = 'x';
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    must(sched_setaffinity(0, sizeof(one), &one) == 0, "sched_setaffinity");
    must(pipe(there) == 0 && pipe(back) == 0 && pthread_create(&other, NULL, answer, NULL) == 0, "pipe");
    for (long i = 0; i < rounds; i++)
        must(write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1, "pipe");
    pthread_join(other, NULL);
}

static void create(void)
{
    for (long i = 0; i < rounds; i++) {
        pthread_t thread;
        must(pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0, "pthread_create");
    }
}

int main(int argc, char **argv)
{
    must(argc == 4, "usage: idle RESULT KIND ROUNDS");
    rounds = atol(argv[3]);
    int64_t start = now_ns();
    if (strcmp(argv[2], "compute") == 0)
        compute();
    else if (strcmp(argv[2], "call") == 0)
        call();
    else if (strcmp(argv[2], "copy") == 0)
        copy();
    else if (strcmp(argv[2], "switch") == 0)
        change();
    else
        create();
    result(argv[1], rounds, now_ns() - start);
    return 0;
}
