/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* depths MODE [MICROSECONDS]: writes g_depth with something unusual on the stack: a signal frame, a callback from the C library, big frames, another stack. */
#include <signal.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "own.h"

enum { BIG = 3000, CALLS = 16, INNER = 8192 };

static volatile long g_depth;

NOINLINE static void write_depth(void)
{
    g_depth = g_depth + 1; /* @write_depth */
}

static void on_signal(int signal)
{
    (void)signal;
    write_depth();
    __asm__ volatile(""); /* no tail call: this frame is to be seen */
}

NOINLINE static void interrupted(void)
{
    raise(SIGUSR1);
    __asm__ volatile("");
}

static int compare(const void *left, const void *right)
{
    write_depth();
    return *(const int *)left - *(const int *)right;
}

NOINLINE static void sort_two(void)
{
    int numbers[2] = { 2, 1 };
    qsort(numbers, 2, sizeof numbers[0], compare);
    __asm__ volatile("" : : "r"(numbers) : "memory");
}

NOINLINE static long go_deep(int depth)
{
    volatile char big[BIG];
    big[depth] = (char)depth;
    if (depth == 0)
        write_depth();
    else
        go_deep(depth - 1);
    return big[depth];
}

static ucontext_t outside, inside;

static void run_inside(void)
{
    for (;;) {
        write_depth();
        swapcontext(&inside, &outside);
    }
}

/* Writes from a stack that lies in this frame, and from calls below it, in turns, so many microseconds apart. */
NOINLINE static void be_inside(int times, useconds_t apart)
{
    char stack[INNER] __attribute__((aligned(16)));
    must(getcontext(&inside) == 0, "getcontext");
    inside.uc_stack.ss_sp = stack;
    inside.uc_stack.ss_size = sizeof stack;
    makecontext(&inside, run_inside, 0);
    /* It never returns: a stack that begins with 0 in place of a return address, as threads and coroutines have it. */
    *(void **)inside.uc_mcontext.gregs[REG_RSP] = NULL;
    for (int i = 0; i < times; i++) {
        swapcontext(&outside, &inside);
        usleep(apart);
        go_deep(0);
        usleep(apart);
    }
}

int main(int argc, char **argv)
{
    must(argc > 1, "usage: depths signal|callback|big|inside");
    if (strcmp(argv[1], "inside") == 0) {
        be_inside(20, (useconds_t)argument(argc, argv, 2, 50000));
        fact("hits g_depth", g_depth);
        return 0;
    }
    signal(SIGUSR1, on_signal);
    for (int i = 0; i < 20; i++) {
        if (strcmp(argv[1], "signal") == 0)
            interrupted();
        else if (strcmp(argv[1], "callback") == 0)
            sort_two();
        else
            go_deep(CALLS);
    }
    fact("hits g_depth", g_depth);
    return 0;
}
