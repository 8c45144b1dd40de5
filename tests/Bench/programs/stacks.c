/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * stacks RESULT WRITES DISTINCT: writes g_hot so many times, from as many stacks in turn, each of 17 calls: which of two functions is called on each
 * level are the bits of the write's number.
 */
#include "result.h"

#define NOINLINE __attribute__((noinline))

enum { LEVELS = 17 };

volatile long g_hot;

static void descend(unsigned long path, int level, long value);

NOINLINE static void left(unsigned long path, int level, long value)
{
    descend(path, level, value);
    __asm__ volatile("" ::: "memory"); /* no jump in place of the calls */
}

NOINLINE static void right(unsigned long path, int level, long value)
{
    descend(path, level, value);
    __asm__ volatile("" ::: "memory");
}

NOINLINE static void descend(unsigned long path, int level, long value)
{
    if (level == 0)
        g_hot = value;
    else if (path & 1)
        left(path >> 1, level - 1, value);
    else
        right(path >> 1, level - 1, value);
    __asm__ volatile("" ::: "memory");
}

int main(int argc, char **argv)
{
    must(argc == 4, "usage: stacks RESULT WRITES DISTINCT");
    long writes = atol(argv[2]), distinct = atol(argv[3]);
    must(distinct > 0 && distinct <= 1 << LEVELS, "DISTINCT is at most 131072");
    int64_t start = now_ns();
    for (long i = 0; i < writes; i++)
        descend((unsigned long)(i % distinct), LEVELS, i + 1);
    result(argv[1], writes, now_ns() - start);
    return 0;
}
