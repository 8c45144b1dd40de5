/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* closing LIBRARY: opens the library, waits at its gate, calls it 5 times and closes it. When the file named by LW_GATE with ".2" is
   there, or after 30 seconds, it has memory of its own where the library's variable was, to which it writes 7 times. */
#include <dlfcn.h>
#include <stdint.h>
#include <sys/mman.h>

#include "own.h"

enum { PAGE = 4096, CALLS = 5, WRITES = 7 };

int main(int argc, char **argv)
{
    must(argc > 1, "usage: closing LIBRARY");
    void *library = dlopen(argv[1], RTLD_NOW);
    must(library != NULL, "dlopen");
    void (*work)(void) = (void (*)(void))dlsym(library, "plugin_work");
    volatile long *variable = (volatile long *)dlsym(library, "g_plugin");
    must(work && variable, "dlsym");
    gate();
    for (int i = 0; i < CALLS; i++) {
        work();
        usleep(20000);
    }
    usleep(500000);
    must(dlclose(library) == 0, "dlclose");
    for (int i = 0; i < 3000 && !second_gate_is_open(); i++)
        usleep(10000);
    void *page = (void *)((uintptr_t)variable & ~(uintptr_t)(PAGE - 1));
    must(mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == page, "mmap where the library was");
    for (int i = 1; i <= WRITES; i++)
        *variable = 1000 + i;
    usleep(500000);
    fact("called", CALLS);
    return 0;
}
