/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* behind MODE [N]: changes g_view->value behind the processor's back, N times, 200 ms apart: through a second mapping of the
   same page, or by process_vm_writev. */
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "own.h"

struct view {
    long before, value;
};

struct view *g_view;

int main(int argc, char **argv)
{
    long rounds = argument(argc, argv, 2, 5);
    int memory = memfd_create("behind", 0);
    must(memory >= 0 && ftruncate(memory, 4096) == 0, "memfd_create");
    g_view = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    struct view *alias = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    must(g_view != MAP_FAILED && alias != MAP_FAILED, "mmap");
    gate();
    for (long i = 1; i <= rounds; i++) {
        struct iovec from = { &i, sizeof i }, to = { &g_view->value, sizeof i };
        usleep(200000);
        if (strcmp(argv[1], "alias") == 0)
            *(volatile long *)&alias->value = i;
        else
            must(process_vm_writev(getpid(), &from, 1, &to, 1, 0) == sizeof i, "process_vm_writev");
    }
    usleep(200000);
    fact("behind", rounds);
    return 0;
}
