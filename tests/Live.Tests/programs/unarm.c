/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* unarm PID: switches off every perf event that a process holds, behind its back: the debug registers are unloaded, and nobody is told.
   unarm PID reset: sets their counts to 0 instead. Says how many. */
#include <dirent.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "own.h"

int main(int argc, char **argv)
{
    char path[300], link[64];
    uint64_t values[3];
    int reset = argc > 2 && strcmp(argv[2], "reset") == 0;
    long off = 0, pid = argument(argc, argv, 1, 0);
    int process = (int)syscall(SYS_pidfd_open, pid, 0);
    must(process >= 0, "pidfd_open");
    snprintf(path, sizeof path, "/proc/%ld/fd", pid);
    DIR *folder = opendir(path);
    must(folder != NULL, "opendir");
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        snprintf(path, sizeof path, "/proc/%ld/fd/%s", pid, entry->d_name);
        ssize_t length = readlink(path, link, sizeof link - 1);
        if (length < 0)
            continue;
        link[length] = 0;
        if (!strstr(link, "[perf_event]"))
            continue;
        int copy = (int)syscall(SYS_pidfd_getfd, process, atoi(entry->d_name), 0);
        must(copy >= 0, "pidfd_getfd");
        /* More than ever hits: it is a clock, by which livewatcher sees whether a CPU was offline. */
        if (read(copy, values, sizeof values) >= (ssize_t)sizeof values[0] && values[0] > 1000000) {
            close(copy);
            continue;
        }
        must(ioctl(copy, reset ? PERF_EVENT_IOC_RESET : PERF_EVENT_IOC_DISABLE, 0) == 0, "ioctl");
        close(copy);
        off++;
    }
    fact("off", off);
    return off > 0 ? 0 : 1;
}
