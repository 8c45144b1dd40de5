/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#include "asleep.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "records.h"

/* Of numbers in x32 code. (arch/x86/include/uapi/asm/unistd.h) */
#define X32_SYSCALL_BIT 0x40000000

/* clone, fork, vfork, clone3, execve and execveat by their numbers in 64-bit, 32-bit and x32 code: /proc does not say which code asks, and what
 * else has one of these numbers is taken for one of them. */
static const long bearing[] = {56, 57, 58, 435, 59, 322, 120, 2, 190, 11, 358, 520, 545};

bool sleeps(int tgid, int tid)
{
    char path[64], line[256];
    /* "running", or the number of the system call that it is blocked in, its arguments, and where; "-1" outside of one. (proc(5)) */
    snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", tgid, tid);
    if (read_file(path, line, sizeof(line)) == 0)
        return false;
    char *end;
    long number = strtol(line, &end, 10);
    if (end == line || number < 0)
        return false;
    number &= ~X32_SYSCALL_BIT;
    for (size_t i = 0; i < sizeof(bearing) / sizeof(bearing[0]); i++)
        if (number == bearing[i])
            return false;
    return true;
}

/* The last of three numbers: time on a CPU, time waiting for one, and how often it was given one; 0 where the kernel does not count.
 * (Documentation/scheduler/sched-stats.rst) */
static uint64_t read_runs(int fd)
{
    char line[128];
    ssize_t got = pread(fd, line, sizeof(line) - 1, 0);
    if (got <= 0)
        return 0;
    line[got] = 0;
    const char *last = strrchr(line, ' ');
    return last ? strtoull(last, NULL, 10) : 0;
}

bool begin_runs(struct runs *runs, int tgid, int tid)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", tgid, tid);
    runs->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (runs->fd < 0)
        return false;
    runs->count = read_runs(runs->fd);
    if (runs->count == 0)
        close(runs->fd);
    return runs->count != 0;
}

bool end_runs(struct runs *runs)
{
    uint64_t count = read_runs(runs->fd);
    close(runs->fd);
    return count == runs->count;
}
