/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* family [N]: N children, each writes its own copy once, as the first thing; each tenth has a child that does so too. */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "own.h"

static volatile int g_family;
static struct shared { long written; int line; } *shared;

__attribute__((noinline)) static void write_family(int value)
{
    g_family = value; shared->line = __LINE__;
}

static void await(pid_t child)
{
    int status = 0;
    must(waitpid(child, &status, 0) == child && status == 0, "child");
}

static void descend(int value, int generations)
{
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child > 0) {
        await(child);
        return;
    }
    write_family(value);
    __atomic_fetch_add(&shared->written, 1, __ATOMIC_RELAXED);
    if (generations > 1)
        descend(value + 1000, generations - 1);
    _exit(0);
}

int main(int argc, char **argv)
{
    long count = count_argument(argc, argv, 200);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(shared != MAP_FAILED, "mmap");
    for (int i = 1; i <= count; i++)
        descend(i, i % 10 == 0 ? 2 : 1);
    own_hits("g_family", shared->written);
    own_writer("g_family", "write_family", shared->line);
    printf("threads %ld\nprocesses %ld\n", shared->written, shared->written);
    return 0;
}
