/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* remap MODE: writes 5 times at 0x200000000, then takes the page away and puts a new one there ("anew"), or has it paged out ("out"), and
   writes 5 times more. */
#include <string.h>
#include <sys/mman.h>

#include "own.h"

enum { PAGE = 4096, WRITES = 5 };

static volatile long *g_place = (volatile long *)0x200000000;

NOINLINE static void write_place(long value)
{
    *g_place = value; /* @write_place */
}

static void map(int file)
{
    int flags = MAP_FIXED_NOREPLACE | (file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED);
    must(mmap((void *)g_place, PAGE, PROT_READ | PROT_WRITE, flags, file, 0) == (void *)g_place, "mmap");
}

static void write_some(long first)
{
    for (long i = 0; i < WRITES; i++) {
        write_place(first + i);
        usleep(20000);
    }
}

int main(int argc, char **argv)
{
    int out = argc > 1 && strcmp(argv[1], "out") == 0;
    char path[] = "/tmp/remap.XXXXXX";
    int file = out ? mkstemp(path) : -1;
    must(!out || (file >= 0 && unlink(path) == 0 && ftruncate(file, PAGE) == 0), "mkstemp");
    map(file);
    gate();
    write_some(1);
    if (out) {
        must(madvise((void *)g_place, PAGE, MADV_PAGEOUT) == 0, "MADV_PAGEOUT");
    } else {
        munmap((void *)g_place, PAGE);
        usleep(300000);
        map(-1);
    }
    usleep(300000);
    write_some(1 + WRITES);
    fact("written", 2 * WRITES);
    return 0;
}
