/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * What measured programs have in common: they take their own time and count their own work, and write both into a file, for their
 * standard output is shared with whoever watches them.
 */
#ifndef RESULT_H
#define RESULT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline void must(int condition, const char *what)
{
    if (!condition) {
        perror(what);
        exit(3);
    }
}

/* Units of work done, and how long all of it took. */
static inline void result(const char *path, long done, int64_t ns)
{
    FILE *f = fopen(path, "w");
    must(f != NULL, path);
    fprintf(f, "%ld %lld\n", done, (long long)ns);
    must(fclose(f) == 0, path);
}

#endif
