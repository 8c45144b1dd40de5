/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* family MILLISECONDS: forks a child every millisecond; each child writes g_family once, as does the parent before it.
   Says how many there were, and whether any came to harm. */
#include <sys/wait.h>
#include <time.h>

#include "own.h"

static volatile long g_family;

NOINLINE static void write_family(long value)
{
    g_family = value; /* @write_family */
}

static long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static long reap(int options)
{
    long harmed = 0;
    int status;
    pid_t child;
    while ((child = waitpid(-1, &status, options)) > 0)
        harmed += status != 0;
    return harmed;
}

int main(int argc, char **argv)
{
    long children = 0, harmed = 0;
    gate();
    long began = now(), end = began + 1000 * argument(argc, argv, 1, 5000);
    for (long next = began; now() < end; next += 1000) {
        write_family(-children - 1);
        pid_t child = fork();
        must(child >= 0, "fork");
        if (child == 0) {
            write_family(children + 1);
            _exit(0);
        }
        children++;
        harmed += reap(WNOHANG);
        if (now() < next)
            usleep((useconds_t)(next - now()));
    }
    harmed += reap(0);
    fact("children", children);
    fact("harmed", harmed);
    return 0;
}
