/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* sibling [N]: parent and child write the same virtual address N times each, at once; only the parent is watched. */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "own.h"

static volatile int g_twin;
static struct shared { volatile int ready; long parent, child; int line; } *shared;

__attribute__((noinline)) static void write_twin(int value)
{
    g_twin = value; shared->line = __LINE__;
}

static void run(long count, long *written)
{
    __atomic_fetch_add(&shared->ready, 1, __ATOMIC_SEQ_CST);
    while (shared->ready < 2) {
    }
    for (; *written < count; ++*written)
        write_twin((int)*written + 1);
}

int main(int argc, char **argv)
{
    long count = count_argument(argc, argv, 5000);
    int status = 0;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(shared != MAP_FAILED, "mmap");
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        run(count, &shared->child);
        _exit(0);
    }
    run(count, &shared->parent);
    must(waitpid(child, &status, 0) == child && status == 0, "the unwatched child did not end well");
    own_hits("g_twin", shared->parent);
    own_writer("g_twin", "write_twin", shared->line);
    puts("rising g_twin");
    printf("threads 1\nprocesses 1\nforeign %ld\n", shared->child);
    return 0;
}
