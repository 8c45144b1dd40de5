/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* plugin_main LIBRARY [TIMES] [N]: opens the library, calls it N times, closes it; all of it TIMES times. */
#include <dlfcn.h>

#include "own.h"

int main(int argc, char **argv)
{
    long times = argument(argc, argv, 2, 1), rounds = argument(argc, argv, 3, 100), written = 0;
    must(argc > 1, "usage: plugin_main LIBRARY [TIMES] [N]");
    for (long i = 0; i < times; i++) {
        void *library = dlopen(argv[1], RTLD_NOW);
        must(library != NULL, "dlopen");
        written++;
        void (*work)(void) = (void (*)(void))dlsym(library, "plugin_work");
        must(work != NULL, "dlsym");
        for (long round = 0; round < rounds; round++, written++)
            work();
        dlclose(library);
    }
    fact("hits g_plugin", written);
    return 0;
}
