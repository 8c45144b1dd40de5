/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * blocks MODE ROUNDS: heap blocks of 48 bytes, and of others, whose field at 24 is written to:
 * life: allocated, written twice, freed, in ROUNDS; malloc, calloc, realloc and a second line take turns.
 * after: written once before it is freed and once afterwards by another thread; then its memory is another block's, written to as well.
 * many: 6 are alive at once, and then each is written to twice. */
#include <pthread.h>
#include <string.h>

#include "own.h"

struct block {
    char head[24];
    volatile long field; /* or the compiler sees that nobody reads it */
    char tail[16];
};

static long stamped, others;

NOINLINE static void stamp(struct block *block, long value)
{
    block->field = value; /* @stamp */
}

NOINLINE static struct block *first_line(void)
{
    struct block *block = malloc(sizeof(*block)); /* @first */
    return block;
}

NOINLINE static struct block *second_line(long round)
{
    if (round % 2)
        return calloc(2, 24);
    return realloc(malloc(16), 48);
}

static void life(long rounds)
{
    for (long round = 0; round < rounds; round++) {
        struct block *one = first_line(), *other = second_line(round);
        char *larger = malloc(64);
        must(one && other && larger, "malloc");
        stamp(one, round);
        stamp(other, round);
        stamp((struct block *)larger, round);
        stamp(one, -round);
        stamp(other, -round);
        free(larger);
        free(other);
        free(one);
        stamped += 2;
        others += 2;
    }
}

static void *late(void *block)
{
    ((struct block *)block)->field = -1; /* @late */
    return NULL;
}

static void after(void)
{
    pthread_t thread;
    struct block *block = first_line();
    void *volatile kept = block;
    stamp(block, 1);
    free(block);
    must(pthread_create(&thread, NULL, late, kept) == 0, "pthread_create");
    pthread_join(thread, NULL);
    struct block *again = first_line();
    fact("reused", again == kept);
    stamp(again, 2);
    free(again);
}

static void many(void)
{
    struct block *all[6];
    for (int i = 0; i < 6; i++)
        all[i] = first_line();
    for (int i = 0; i < 6; i++) {
        stamp(all[i], i);
        stamp(all[i], 10 + i);
        stamped += 2;
    }
    for (int i = 0; i < 6; i++)
        free(all[i]);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "life";
    gate();
    if (mode[0] == 'l')
        life(argument(argc, argv, 2, 10));
    else if (mode[0] == 'a')
        after();
    else
        many();
    fact("stamped", stamped);
    fact("others", others);
    return 0;
}
