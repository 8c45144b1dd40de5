/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* shared [N]: eight fields of one struct, more than there are debug registers, each written N times, in turns by two threads that are bound to a
 * CPU each (slots.c says why): of two neighbours each is another thread's, so both store into what one register holds at the same time.
 * As often a member is written that nobody watches and that lies among them. */
#define _GNU_SOURCE
#include <pthread.h>

#include "cpus.h"
#include "own.h"

static volatile struct {
    int a, b;
    short c, d;
    signed char e, f;
    short beside;
    long g, h;
} g_s __attribute__((aligned(8)));

static pthread_barrier_t start;
static long count, beside;

/* The whole macro stands on its one line, which is therefore the writer's. */
#define WRITER(name, ...)                                                                                              \
    static long name##_written;                                                                                        \
    static int name##_line;                                                                                            \
    __attribute__((noinline)) static void write_##name(long value)                                                     \
    {                                                                                                                  \
        (void)value;                                                                                                   \
        __VA_ARGS__;                                                                                                   \
    }                                                                                                                  \
    static void step_##name(void)                                                                                      \
    {                                                                                                                  \
        name##_line = __LINE__;                                                                                        \
        write_##name(++name##_written);                                                                                \
    }

static volatile int *volatile to_b = &g_s.b;

WRITER(a, g_s.a = (int)value)
WRITER(b, *to_b = (int)value)
WRITER(c, g_s.c = (short)value)
WRITER(d, g_s.d = (short)value)
WRITER(e, g_s.e = (signed char)value)
WRITER(f, __atomic_fetch_add(&g_s.f, 1, __ATOMIC_SEQ_CST))
WRITER(g, g_s.g = value)
WRITER(h, g_s.h = value)

static void *write_even(void *unused)
{
    bind_to(0);
    pthread_barrier_wait(&start);
    while (g_written < count) {
        step_a();
        step_c();
        step_e();
        g_s.beside = (short)++beside;
        step_g();
    }
    return unused;
}

static void *write_odd(void *unused)
{
    bind_to(1);
    pthread_barrier_wait(&start);
    while (h_written < count) {
        step_b();
        step_d();
        step_f();
        step_h();
    }
    return unused;
}

#define TELL(name)                                                                                                     \
    own_hits("g_s." #name, name##_written);                                                                            \
    own_writer("g_s." #name, "write_" #name, name##_line);                                                             \
    puts("rising g_s." #name)

int main(int argc, char **argv)
{
    pthread_t even, odd;
    count = count_argument(argc, argv, 700);
    pthread_barrier_init(&start, NULL, 2);
    must(pthread_create(&even, NULL, write_even, NULL) == 0, "pthread_create");
    must(pthread_create(&odd, NULL, write_odd, NULL) == 0, "pthread_create");
    pthread_join(even, NULL);
    pthread_join(odd, NULL);
    TELL(a);
    TELL(b);
    TELL(c);
    TELL(d);
    TELL(e);
    TELL(f);
    TELL(g);
    TELL(h);
    printf("beside %ld\n", beside);
    puts("threads 2");
    return 0;
}
