/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/*
 * What a watched program says about itself, one fact a line on standard output; check.c compares it with livewatcher's
 * JSON. The program counts as it writes and knows nothing of debug registers.
 *
 *   hits WATCH N              N accesses were made
 *   changes WATCH N           N of them changed the value
 *   rising WATCH              the k-th access wrote k (in the watch's own width), in this order
 *   writer WATCH FUNCTION LINE  all of them were made there
 *   syscall WATCH NAME        all of them were made by this system call
 *   threads N, processes N    so many different threads and processes made them
 *   beside N                  N further ones were made beside the watched bytes, in a debug register that neighbours share
 *   foreign N                 N accesses were made by a process that is not to be reported
 */
#ifndef OWN_H
#define OWN_H

#include <stdio.h>
#include <stdlib.h>

static inline void own_hits(const char *watch, long count) { printf("hits %s %ld\n", watch, count); }

static inline void own_writer(const char *watch, const char *function, int line)
{
    printf("writer %s %s %d\n", watch, function, line);
}

static inline long count_argument(int argc, char **argv, long otherwise)
{
    return argc > 1 ? strtol(argv[1], NULL, 10) : otherwise;
}

/* A program that cannot do what it was written for must not look as if it had. */
static inline void must(int condition, const char *what)
{
    if (!condition) {
        perror(what);
        exit(99);
    }
}

#endif
