/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* kinds [N]: every kind of memory that an expression can name, each written N times by a function of its own. */
#include <string.h>

#include "own.h"

struct config {
    int first;
    int limit;
    struct {
        short low, high;
    } range;
};

struct triple {
    int x, y, z;
};

struct flags {
    unsigned ready : 1;
    unsigned mode : 3;
    unsigned level : 12;
};

void write_other(long rounds);

int g_table[8];
struct config *g_config;
struct triple g_triple __attribute__((aligned(8)));
struct flags g_flags;
unsigned char g_wide[16] __attribute__((aligned(16)));
static volatile int state;
static struct config one_config;

NOINLINE static void write_table(int value)
{
    g_table[2] = -value;
    g_table[3] = value; /* @table */
    g_table[4] = -value;
}

NOINLINE static void write_config(struct config *config, int value)
{
    config->first = -value;
    config->limit = value; /* @limit */
    config->range.low = (short)-value;
    config->range.high = (short)value; /* @high */
}

NOINLINE static void write_state(int value)
{
    state = value; /* @state */
}

NOINLINE static void write_triple(struct triple *triple, int value)
{
    triple->x = value; /* @x */
    __asm__ volatile("" ::: "memory");
    triple->y = value; /* @y */
    __asm__ volatile("" ::: "memory");
    triple->z = value; /* @z */
}

NOINLINE static void write_mode(unsigned value)
{
    g_flags.mode = value; /* @mode */
}

NOINLINE static void write_ready(unsigned value)
{
    g_flags.ready = value; /* @ready */
}

NOINLINE static void write_wide(const unsigned char *from)
{
    __asm__ volatile("movups %1, %%xmm0\n\tmovaps %%xmm0, %0" /* @wide */
                     : "=m"(g_wide) : "m"(*(const unsigned char(*)[16])from) : "xmm0");
}

int main(int argc, char **argv)
{
    long rounds = argument(argc, argv, 1, 100);
    unsigned char pattern[16];
    g_config = &one_config;
    fact_address("g_table[3]", &g_table[3]);
    fact_address("g_config", g_config);
    fact_address("g_wide", g_wide);
    gate();
    for (long i = 1; i <= rounds; i++) {
        write_table((int)i);
        write_config(g_config, (int)i);
        write_state((int)i);
        write_triple(&g_triple, (int)i);
        write_mode(i % 8);
        write_ready(i % 2);
        memset(pattern, (int)i, sizeof pattern);
        write_wide(pattern);
    }
    write_other(2 * rounds);
    fact("rounds", rounds);
    return 0;
}
