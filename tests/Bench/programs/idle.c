/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * idle RESULT KIND ROUNDS: works and never touches g_cold: compute (arithmetic), call (getppid(2)), copy (16 KiB each), switch (a byte to and fro through two
 * pipes, two threads on one CPU, for where the scheduler puts them makes five times the difference that is looked for), thread (created and joined). In a
 * hundred slices, each of which has its time taken: what the machine does beside falls on some of them.
 */
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "result.h"

enum { SLICES = 100 };

volatile long g_cold[4];
static int there[2], back[2];
static pthread_t other;

static void compute(long rounds)
{
    static unsigned long x = 88172645463325252ul;
    for (long i = 0; i < rounds; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        __asm__ volatile("" : "+r"(x));
    }
}

static void call(long rounds)
{
    for (long i = 0; i < rounds; i++)
        syscall(SYS_getppid);
}

static void copy(long rounds)
{
    static char from[16384], to[16384];
    for (long i = 0; i < rounds; i++) {
        memcpy(to, from, sizeof(to));
        __asm__ volatile("" : : "r"(to) : "memory");
    }
}

static void *answer(void *unused)
{
    char byte;
    while (read(there[0], &byte, 1) == 1)
        must(write(back[1], &byte, 1) == 1, "pipe");
    return unused;
}

static void pair(void)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    must(sched_setaffinity(0, sizeof(one), &one) == 0, "sched_setaffinity");
    must(pipe(there) == 0 && pipe(back) == 0 && pthread_create(&other, NULL, answer, NULL) == 0, "pipe");
}

static void change(long rounds)
{
    char byte = 'x';
    for (long i = 0; i < rounds; i++)
        must(write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1, "pipe");
}

static void part(void)
{
    close(there[1]);
    pthread_join(other, NULL);
}

static void *nothing(void *unused)
{
    return unused;
}

static void create(long rounds)
{
    for (long i = 0; i < rounds; i++) {
        pthread_t thread;
        must(pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0, "pthread_create");
    }
}

static void no(void)
{
}

static const struct kind {
    const char *name;
    void (*begin)(void);
    void (*work)(long rounds);
    void (*end)(void);
} kinds[] = {
    {"compute", no, compute, no}, {"call", no, call, no}, {"copy", no, copy, no}, {"switch", pair, change, part}, {"thread", no, create, no},
};

int main(int argc, char **argv)
{
    must(argc == 4, "usage: idle RESULT KIND ROUNDS");
    long rounds = atol(argv[3]) / SLICES;
    rounds = rounds > 0 ? rounds : 1;
    const struct kind *kind = kinds;
    while (strcmp(kind->name, argv[2]) != 0)
        must(++kind < kinds + sizeof(kinds) / sizeof(*kinds), "no such kind");
    double slices[SLICES];
    kind->begin();
    int64_t start = now_ns(), last = start;
    for (int i = 0; i < SLICES; i++) {
        kind->work(rounds);
        int64_t now = now_ns();
        slices[i] = (double)(now - last) / (double)rounds;
        last = now;
    }
    kind->end();
    sliced_result(argv[1], rounds * SLICES, last - start, slices, SLICES);
    return 0;
}
