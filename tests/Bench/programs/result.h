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

/* Units of work done, how long all of it took, and what a unit took in each slice of the work. */
static inline void sliced_result(const char *path, long done, int64_t ns, const double *slices, int count)
{
    FILE *f = fopen(path, "w");
    must(f != NULL, path);
    fprintf(f, "%ld %lld", done, (long long)ns);
    for (int i = 0; i < count; i++)
        fprintf(f, " %.4g", slices[i]);
    fputc('\n', f);
    must(fclose(f) == 0, path);
}

static inline void result(const char *path, long done, int64_t ns)
{
    sliced_result(path, done, ns, NULL, 0);
}

#endif
