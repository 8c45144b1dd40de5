/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * faults RESULT TIMES [look]: reads g_hot so often, and gives its page back before, so that each time is a page fault; the page belongs to a file in memory. A read,
 * for a hypervisor may have a fault of its own at the first access to a page, and another at the first write: whoever reads the word at the event takes the first
 * from the program. With "look" it has the kernel get the page again before it reads: what is timed then is the hypervisor's fault alone.
 */
#include <linux/mman.h>
#include <sys/mman.h>
#include <unistd.h>

#include "result.h"

enum { PAGE = 4096 };

__attribute__((aligned(PAGE))) volatile long g_hot[PAGE / sizeof(long)];

int main(int argc, char **argv)
{
    must(argc == 3 || argc == 4, "usage: faults RESULT TIMES [look]");
    long times = atol(argv[2]), value = 1;
    int looks = argc == 4;
    void *page = (void *)(uintptr_t)g_hot;
    int file = memfd_create("faults", MFD_CLOEXEC);
    must(file >= 0 && ftruncate(file, PAGE) == 0 && pwrite(file, &value, sizeof(value), 0) == (ssize_t)sizeof(value), "memfd_create");
    must(mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == page, "mmap");
    int64_t all = 0;
    for (long i = 0; i < times; i++) {
        must(madvise(page, PAGE, MADV_DONTNEED) == 0, "madvise");
        must(!looks || madvise(page, PAGE, MADV_POPULATE_READ) == 0, "madvise (Linux 5.14)");
        int64_t start = now_ns();
        (void)g_hot[0];
        all += now_ns() - start;
    }
    result(argv[1], times, all);
    return 0;
}
