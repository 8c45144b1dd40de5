/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * frames MODE CALLS THREADS DEPTH: threads call a function, each CALLS times, in whose frames something is written to:
 * local: its variable, twice in each of DEPTH nested frames; every 7th call of the outermost is left by longjmp(3).
 * canary: its stack protector's word, twice in every 10th call, so that it is right again in the end.
 * return: its return address, likewise.
 * Between the calls the same stack is another function's, which writes all over it. */
#include <pthread.h>
#include <setjmp.h>
#include <string.h>

#include "own.h"

static const char *mode;
static long calls, threads, depth;
static long touched;
static __thread jmp_buf back;

NOINLINE static void touch(volatile long *mark)
{
    *mark += 1; /* @touch */
    __atomic_fetch_add(&touched, 1, __ATOMIC_RELAXED);
}

NOINLINE static long recurse(long levels, int leaps)
{
    volatile long mark;
    touch(&mark);
    if (levels > 1)
        recurse(levels - 1, leaps);
    else if (leaps)
        longjmp(back, 1);
    touch(&mark);
    return levels;
}

NOINLINE static long noise(long seed)
{
    volatile long room[256];
    for (int i = 0; i < 256; i++)
        room[i] = seed + i;
    return room[seed & 255];
}

/* The word above it that holds this value, changed there and back. */
NOINLINE static void disturb(volatile long *from, long value)
{
    while (*from != value)
        from++;
    *from = ~value; /* @disturb */
    *from = value;
    __atomic_fetch_add(&touched, 2, __ATOMIC_RELAXED);
}

static long guard_word(void)
{
    long word;
    __asm__("movq %%fs:0x28, %0" : "=r"(word));
    return word;
}

NOINLINE static long protected_one(long number)
{
    char text[24];
    snprintf(text, sizeof(text), "call %ld", number);
    if (number % 10 == 0)
        disturb((volatile long *)((unsigned long)text & ~7ul), guard_word());
    return (long)strlen(text);
}

NOINLINE static long returning(long number)
{
    volatile long here = number;
    if (number % 10 == 0)
        disturb(&here + 1, (long)__builtin_return_address(0));
    return here;
}

static void *work(void *unused)
{
    volatile long sum = 0;
    (void)unused;
    for (volatile long i = 0; i < calls; i++) {
        if (mode[0] == 'c')
            sum += protected_one(i);
        else if (mode[0] == 'r')
            sum += returning(i);
        else if (setjmp(back) == 0)
            sum += recurse(depth, i % 7 == 6);
        sum += noise(i);
        (void)sum;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    mode = argc > 1 ? argv[1] : "local";
    calls = argument(argc, argv, 2, 50);
    threads = argument(argc, argv, 3, 1);
    depth = argument(argc, argv, 4, 1);
    must(threads <= 8, "at most 8 threads");
    gate();
    pthread_t all[8];
    for (long i = 0; i < threads; i++)
        must(pthread_create(&all[i], NULL, work, NULL) == 0, "pthread_create");
    for (long i = 0; i < threads; i++)
        pthread_join(all[i], NULL);
    fact("touched", touched);
    return 0;
}
