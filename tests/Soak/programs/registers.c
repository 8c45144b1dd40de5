/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/*
 * registers PID perf|ptrace: whether each thread of the process has all four debug registers free. Silent with status 0; otherwise
 * what is not free on standard output, and status 1.
 *
 * By perf events they are counted. What ptrace(2) has once set in a thread counts as taken there for as long as the thread lives
 * (docs/architecture.md), so after a watching by ptrace DR7 is read, and all four are set and cleared.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REGISTERS = 4 };

static const unsigned long unused = 0x10000; /* nobody maps it */

static void *place_of(int number)
{
    return (void *)(offsetof(struct user, u_debugreg) + (size_t)number * sizeof(long));
}

static int try_perf(pid_t thread)
{
    int events[REGISTERS], count = 0, error = 0;
    for (; count < REGISTERS; count++) {
        struct perf_event_attr attributes = {
            .type = PERF_TYPE_BREAKPOINT,
            .size = sizeof attributes,
            .bp_type = HW_BREAKPOINT_W,
            .bp_len = HW_BREAKPOINT_LEN_8,
            .bp_addr = unused + 8UL * (unsigned)count,
            .sample_period = 1,
            .exclude_kernel = 1,
        };
        events[count] = (int)syscall(SYS_perf_event_open, &attributes, thread, -1, -1, PERF_FLAG_FD_CLOEXEC);
        if (events[count] < 0) {
            error = errno;
            break;
        }
    }
    for (int i = 0; i < count; i++)
        close(events[i]);
    if (count == REGISTERS || error == ESRCH)
        return 0;
    printf("thread %d: %d of %d debug registers are free for perf events (%s)\n", thread, count, REGISTERS, strerror(error));
    return 1;
}

static int set_and_clear(pid_t thread)
{
    long before;
    errno = 0;
    before = ptrace(PTRACE_PEEKUSER, thread, place_of(7), NULL);
    if (errno != 0) {
        printf("thread %d: DR7 cannot be read: %s\n", thread, strerror(errno));
        return 1;
    }
    if (before & 0xff) {
        printf("thread %d: DR7 is %#lx\n", thread, before);
        return 1;
    }
    for (int i = 0; i < REGISTERS; i++) {
        /* Enabled locally; a write of eight bytes. */
        long enabled = before | 1L << (2 * i) | 0x9L << (16 + 4 * i);
        if (ptrace(PTRACE_POKEUSER, thread, place_of(i), (void *)(unused + 8UL * (unsigned)i)) != 0
            || ptrace(PTRACE_POKEUSER, thread, place_of(7), (void *)enabled) != 0) {
            printf("thread %d: DR%d cannot be set: %s\n", thread, i, strerror(errno));
            return 1;
        }
        before = enabled;
    }
    return ptrace(PTRACE_POKEUSER, thread, place_of(7), NULL) != 0;
}

static int try_ptrace(pid_t thread)
{
    int status, failed = 0;
    if (ptrace(PTRACE_SEIZE, thread, NULL, NULL) != 0) {
        if (errno == ESRCH)
            return 0;
        printf("thread %d: PTRACE_SEIZE: %s\n", thread, strerror(errno));
        return 1;
    }
    ptrace(PTRACE_INTERRUPT, thread, NULL, NULL);
    if (waitpid(thread, &status, __WALL) == thread && WIFSTOPPED(status)) {
        int signal = status >> 16 == PTRACE_EVENT_STOP ? 0 : WSTOPSIG(status);
        failed = set_and_clear(thread);
        ptrace(PTRACE_DETACH, thread, NULL, (void *)(long)signal);
    }
    return failed;
}

int main(int argc, char **argv)
{
    char path[64];
    struct dirent *entry;
    int failed = 0;
    DIR *folder;
    if (argc < 3)
        return 99;
    snprintf(path, sizeof path, "/proc/%s/task", argv[1]);
    folder = opendir(path);
    if (!folder) {
        perror(path);
        return 1;
    }
    while ((entry = readdir(folder))) {
        pid_t thread = (pid_t)strtol(entry->d_name, NULL, 10);
        if (thread > 0)
            failed |= strcmp(argv[2], "ptrace") == 0 ? try_ptrace(thread) : try_perf(thread);
    }
    closedir(folder);
    return failed;
}
