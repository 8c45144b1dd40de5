/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* remap MODE: writes 5 times at 0x200000000, then takes the page away and puts a new one there ("anew"), or has it paged out, to a file
   ("out") or to swap space ("swap", of which it says whether the page has left memory), and writes 5 times more. */
#include <fcntl.h>
#include <stdint.h>
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

/* Documentation/admin-guide/mm/pagemap.rst: bit 62, the page is swapped. */
static int is_swapped(void)
{
    uint64_t entry = 0;
    int map = open("/proc/self/pagemap", O_RDONLY);
    must(map >= 0, "/proc/self/pagemap");
    must(pread(map, &entry, sizeof entry, (off_t)((uintptr_t)g_place / PAGE * sizeof entry)) == sizeof entry, "pagemap");
    close(map);
    return entry >> 62 & 1;
}

static void swap_out(void)
{
    int swapped = 0;
    for (int i = 0; i < 100 && !swapped; i++) {
        must(madvise((void *)g_place, PAGE, MADV_PAGEOUT) == 0, "MADV_PAGEOUT");
        swapped = is_swapped();
        usleep(1000);
    }
    fact("swapped", swapped);
}

int main(int argc, char **argv)
{
    int swap = argc > 1 && strcmp(argv[1], "swap") == 0, out = argc > 1 && strcmp(argv[1], "out") == 0;
    char path[] = "/tmp/remap.XXXXXX";
    int file = out ? mkstemp(path) : -1;
    must(!out || (file >= 0 && unlink(path) == 0 && ftruncate(file, PAGE) == 0), "mkstemp");
    map(file);
    gate();
    write_some(1);
    if (swap) {
        swap_out();
    } else if (out) {
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
