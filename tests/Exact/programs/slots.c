/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* slots [N]: four globals of the four hardware widths, each written N times, by two threads that are bound to a CPU each.
 * One thread a CPU on purpose: QEMU 7.2 raises a data breakpoint only after the access has been run again, and where another
 * thread of the program is switched in between, its next access gets the exception (cpu_check_watchpoint). */
#define _GNU_SOURCE
#include <pthread.h>

#include "cpus.h"
#include "own.h"

static volatile long g_long;
static volatile int g_int;
static volatile short g_short;
static volatile signed char g_char;

static pthread_barrier_t start;
static long count;

#define WRITER(name, type)                                                                                             \
    static long name##_written;                                                                                        \
    static int name##_line;                                                                                            \
    __attribute__((noinline)) static void write_##name(long value)                                                     \
    {                                                                                                                  \
        name = (type)value;                                                                                            \
    }                                                                                                                  \
    static void step_##name(void)                                                                                      \
    {                                                                                                                  \
        name##_line = __LINE__;                                                                                        \
        write_##name(++name##_written);                                                                                \
    }

/* The whole macro stands on its one line, which is therefore the writer's. */
WRITER(g_long, long)
WRITER(g_int, int)
WRITER(g_short, short)
WRITER(g_char, signed char)

static void *write_wide(void *unused)
{
    bind_to(0);
    pthread_barrier_wait(&start);
    while (g_long_written < count) {
        step_g_long();
        step_g_int();
    }
    return unused;
}

static void *write_narrow(void *unused)
{
    bind_to(1);
    pthread_barrier_wait(&start);
    while (g_short_written < count) {
        step_g_short();
        step_g_char();
    }
    return unused;
}

#define TELL(name)                                                                                                     \
    own_hits(#name, name##_written);                                                                                   \
    own_writer(#name, "write_" #name, name##_line);                                                                    \
    puts("rising " #name)

int main(int argc, char **argv)
{
    pthread_t wide, narrow;
    count = count_argument(argc, argv, 5000);
    pthread_barrier_init(&start, NULL, 2);
    must(pthread_create(&wide, NULL, write_wide, NULL) == 0, "pthread_create");
    must(pthread_create(&narrow, NULL, write_narrow, NULL) == 0, "pthread_create");
    pthread_join(wide, NULL);
    pthread_join(narrow, NULL);
    TELL(g_long);
    TELL(g_int);
    TELL(g_short);
    TELL(g_char);
    puts("threads 2");
    return 0;
}
