/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* shared ROUNDS [MODE]: two threads, each bound to a CPU of its own where there are two, write eight neighbouring fields of a struct, each field ROUNDS times
 * with 1, 2, 3 and so on, in a function of its own; of two neighbours each is written by the other thread. A ninth member that lies among them is
 * written as often. MODE chain: each round of the first thread is made by a thread that comes for it and goes. MODE fork: a child does the same once
 * more, alone. MODE copy: the first field is stored by a system call, read(2), over the second, which keeps its value, and so is what it was.
 * Says how often each field was written. */
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>

#include "own.h"

struct fields {
    int a, b;
    short c, d;
    signed char e, f;
    short beside;
    long g, h;
};

volatile struct fields g_s __attribute__((aligned(8)));

static volatile long *volatile to_h = &g_s.h;
static long rounds;
static int is_chain, is_copy;
static pthread_barrier_t start;

static struct { long a, b, c, d, e, f, g, h, beside; } counts;

NOINLINE static void write_a(void) { g_s.a = (int)++counts.a; }          /* @write_a */
NOINLINE static void write_b(void) { g_s.b = (int)++counts.b; }          /* @write_b */
NOINLINE static void write_c(void) { g_s.c = (short)++counts.c; }        /* @write_c */
NOINLINE static void write_d(void) { g_s.d = (short)++counts.d; }          /* @write_d */
NOINLINE static void write_e(void) { g_s.e = (signed char)++counts.e; }  /* @write_e */
NOINLINE static void write_f(void) { ++counts.f, __atomic_fetch_add(&g_s.f, 1, __ATOMIC_SEQ_CST); } /* @write_f */
NOINLINE static void write_g(void) { g_s.g = ++counts.g; }               /* @write_g */
NOINLINE static void write_h(void) { *to_h = ++counts.h; }               /* @write_h */
NOINLINE static void write_beside(void) { g_s.beside = (short)++counts.beside; }

static void bind_to(int cpu)
{
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(cpu, &cpus);
    sched_setaffinity(0, sizeof(cpus), &cpus); /* where there is one CPU only, they take turns */
}

static void *even_round(void *unused)
{
    write_a();
    write_c();
    write_e();
    write_beside();
    write_g();
    return unused;
}

static void odd_round(void)
{
    write_b();
    write_d();
    write_f();
    write_h();
}

static void *write_even(void *unused)
{
    bind_to(0);
    pthread_barrier_wait(&start);
    for (long i = 0; i < rounds; i++) {
        if (is_chain) {
            pthread_t brief;
            must(pthread_create(&brief, NULL, even_round, NULL) == 0, "pthread_create");
            pthread_join(brief, NULL);
        } else {
            even_round(NULL);
        }
    }
    return unused;
}

static void *write_odd(void *unused)
{
    bind_to(1);
    pthread_barrier_wait(&start);
    for (long i = 0; i < rounds; i++)
        odd_round();
    return unused;
}

NOINLINE static void copy_both(void)
{
    int pipes[2];
    must(pipe(pipes) == 0, "pipe");
    for (long i = 0; i < rounds; i++) {
        struct { int a, b; } both = { (int)++counts.a, g_s.b };
        must(write(pipes[1], &both, sizeof both) == sizeof both, "write");
        must(read(pipes[0], (void *)&g_s, sizeof both) == sizeof both, "read"); /* @read */
    }
}

int main(int argc, char **argv)
{
    pthread_t even, odd;
    rounds = argument(argc, argv, 1, 1000);
    const char *mode = argc > 2 ? argv[2] : "";
    is_chain = strcmp(mode, "chain") == 0;
    is_copy = strcmp(mode, "copy") == 0;
    if (getenv("LW_GATE"))
        gate();
    if (is_copy) {
        copy_both();
    } else {
        pthread_barrier_init(&start, NULL, 2);
        must(pthread_create(&even, NULL, write_even, NULL) == 0, "pthread_create");
        must(pthread_create(&odd, NULL, write_odd, NULL) == 0, "pthread_create");
        pthread_join(even, NULL);
        pthread_join(odd, NULL);
    }
    if (strcmp(mode, "fork") == 0) {
        pid_t child = fork();
        for (long i = 0; i < rounds; i++) {
            even_round(NULL);
            odd_round();
        }
        if (child == 0)
            _exit(0);
        must(child > 0 && waitpid(child, NULL, 0) == child, "waitpid");
    }
    fact("a", counts.a);
    fact("b", counts.b);
    fact("c", counts.c);
    fact("d", counts.d);
    fact("e", counts.e);
    fact("f", counts.f);
    fact("g", counts.g);
    fact("h", counts.h);
    fact("beside", counts.beside);
    return 0;
}
