/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* arisen [N]: a function's own variable, in N frames written to twice each. In between the same stack is another function's, which writes all over it. */
#include "own.h"

static int line;

__attribute__((noinline)) static void touch(volatile long *mark, long value)
{
    *mark = value; line = __LINE__;
}

__attribute__((noinline)) static long frame(long number)
{
    volatile long mark;
    touch(&mark, number);
    touch(&mark, -number);
    return mark;
}

__attribute__((noinline)) static long noise(long number)
{
    volatile long room[64];
    for (int i = 0; i < 64; i++)
        room[i] = number;
    return room[number & 63];
}

int main(int argc, char **argv)
{
    long count = count_argument(argc, argv, 2000);
    long sum = 0;
    for (long i = 1; i <= count; i++)
        sum += frame(i) + noise(i);
    own_hits("frame::mark", 2 * count);
    own_writer("frame::mark", "touch", line);
    puts("threads 1");
    return sum == 1;
}
