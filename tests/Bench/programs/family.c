/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * family RESULT WRITES PROCESSES: so many children that wait for each other, then write g_hot, each its share of the writes; the time is from the
 * first write to the end of the last child.
 */
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "result.h"

volatile long g_hot;

struct shared {
    atomic_long there;
    atomic_int begun;
};

static int child(struct shared *all, long writes)
{
    atomic_fetch_add(&all->there, 1);
    while (!atomic_load(&all->begun))
        usleep(1000);
    for (long i = 1; i <= writes; i++)
        g_hot = i;
    return 0;
}

int main(int argc, char **argv)
{
    must(argc == 4, "usage: family RESULT WRITES PROCESSES");
    long processes = atol(argv[3]), each = atol(argv[2]) / processes;
    struct shared *all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(all != MAP_FAILED, "mmap");
    for (long i = 0; i < processes; i++) {
        pid_t born = fork();
        must(born >= 0, "fork");
        if (born == 0)
            _exit(child(all, each));
    }
    while (atomic_load(&all->there) < processes)
        usleep(1000);
    int64_t start = now_ns();
    atomic_store(&all->begun, 1);
    int status;
    for (long i = 0; i < processes; i++)
        must(wait(&status) > 0 && status == 0, "a child");
    result(argv[1], each * processes, now_ns() - start);
    return 0;
}
