/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* access [N]: reads and writes, executed functions and lines, one instruction on two watches, writes of the same value. */
#include "own.h"

volatile long g_both;
long g_from[2] __attribute__((aligned(16)));
long g_to[2] __attribute__((aligned(16)));
volatile long g_same = 7;

NOINLINE static long read_both(void)
{
    return g_both; /* @read */
}

NOINLINE static void write_both(long value)
{
    g_both = value; /* @write */
}

NOINLINE static void copy_one(void)
{
    long *to = g_to, *from = g_from;
    __asm__ volatile("movsq" : "+D"(to), "+S"(from) : : "memory"); /* @copy */
}

NOINLINE static void store_pair(void)
{
    __asm__ volatile("pcmpeqd %%xmm0, %%xmm0\n\tmovaps %%xmm0, %0" : "=m"(g_to) : : "xmm0"); /* @pair */
}

NOINLINE static void write_same(void)
{
    g_same = 7; /* @same */
}

NOINLINE static long step(long value)
{
    long twice = 2 * value;
    __asm__ volatile("" : "+r"(twice));
    return twice + 1; /* @line */
}

int main(int argc, char **argv)
{
    long rounds = argument(argc, argv, 1, 200), sum = 0;
    for (long i = 1; i <= rounds; i++) {
        write_both(i);
        sum += read_both();
        sum += read_both();
        g_from[0] = i;
        copy_one();
        write_same();
        sum += step(i);
    }
    for (long i = 0; i < rounds; i++)
        store_pair();
    must(sum == 2 * rounds * (rounds + 1) + rounds, "the sum is wrong");
    fact("rounds", rounds);
    return 0;
}
