/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/*
 * What a watched program says about itself: one fact a line on standard output, a name of one or more words and a number
 * (or word) at the end. It counts as it writes and knows nothing of debug registers.
 *
 * A program that is attached to waits at gate(): it says "ready" and goes on when the file named by LW_GATE is there.
 */
#ifndef OWN_H
#define OWN_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

static inline void fact(const char *name, long value)
{
    printf("%s %ld\n", name, value);
    fflush(stdout);
}

static inline void fact_address(const char *name, const volatile void *address)
{
    printf("address %s %p\n", name, (const void *)address);
}

/* A program that cannot do what it was written for must not look as if it had. */
static inline void must(int condition, const char *what)
{
    if (!condition) {
        perror(what);
        exit(99);
    }
}

static inline int gate_is_open(void)
{
    const char *path = getenv("LW_GATE");
    return !path || access(path, F_OK) == 0;
}

/* The file named by LW_GATE with ".2". */
static inline int second_gate_is_open(void)
{
    const char *path = getenv("LW_GATE");
    char second[4096];
    snprintf(second, sizeof(second), "%s.2", path ? path : "");
    return access(second, F_OK) == 0;
}

static inline void gate(void)
{
    puts("ready");
    fflush(stdout);
    while (!gate_is_open())
        usleep(1000);
}

static inline long argument(int argc, char **argv, int index, long otherwise)
{
    return argc > index ? strtol(argv[index], NULL, 10) : otherwise;
}

#endif
