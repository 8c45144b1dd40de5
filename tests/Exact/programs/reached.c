/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* reached [N]: N times a function is given one of 16 objects and writes to it twice; between these calls somebody else writes to it, which is nobody's business. */
#include "own.h"

enum { OBJECTS = 16 };

struct object {
    struct object *next;
    volatile long len;
};

static struct object objects[OBJECTS];
static int line;

__attribute__((noinline)) static void set(struct object *p, long value)
{
    p->len = value; line = __LINE__;
}

__attribute__((noinline)) static long enter(struct object *p, long number)
{
    set(p, number);
    set(p, -number);
    return p->len;
}

int main(int argc, char **argv)
{
    long count = count_argument(argc, argv, 300);
    long sum = 0;
    for (long i = 0; i < count; i++) {
        objects[i % OBJECTS].len = i;
        sum += enter(&objects[i % OBJECTS], i + 1);
    }
    own_hits("p->len", 2 * count);
    own_writer("p->len", "set", line);
    puts("threads 1");
    return sum == 1;
}
