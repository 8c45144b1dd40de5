/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* readers [N]: N times a read, a write that changes and a write of the same value; for an access watch. */
#include "own.h"

static volatile int g_seen;
static long sum;

int main(int argc, char **argv)
{
    long count = count_argument(argc, argv, 1000), accesses = 0, changes = 0;
    for (long i = 1; i <= count; i++) {
        /* Without this gcc 12 stores twice more behind the loop at -O2, volatile or not. */
        __asm__ volatile("" ::: "memory");
        sum += g_seen; accesses++;
        g_seen = (int)i; accesses++; changes++;
        g_seen = (int)i; accesses++;
    }
    own_hits("g_seen", accesses);
    printf("changes g_seen %ld\n", changes);
    return sum == count * (count - 1) / 2 ? 0 : 99;
}
