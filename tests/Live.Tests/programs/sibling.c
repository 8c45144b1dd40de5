/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* sibling SECONDS: parent and forked child write the same virtual address; the child at full speed, the parent once a
   millisecond. Only the parent is of interest, and the child must not notice. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "own.h"

static volatile long g_twin;

NOINLINE static void write_twin(long value)
{
    g_twin = value; /* @write_twin */
}

int main(int argc, char **argv)
{
    long seconds = argument(argc, argv, 1, 10), written = 0;
    int status = 0;
    volatile long *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(shared != MAP_FAILED, "mmap");
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        while (!shared[1]) {
            write_twin(shared[0] + 1);
            shared[0]++;
        }
        _exit(0);
    }
    fact("child", child);
    gate();
    for (time_t end = time(NULL) + seconds; time(NULL) < end; usleep(1000))
        write_twin(++written);
    shared[1] = 1;
    must(waitpid(child, &status, 0) == child, "waitpid");
    fact("child status", status);
    fact("child writes", shared[0]);
    fact("hits g_twin", written);
    return 0;
}
