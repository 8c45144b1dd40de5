/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * floor RESULT task|cpu ADDRESS[,ADDRESS]... PROGRAM ARGUMENT...: runs a program with nothing but counting events on words of its memory, its threads' own
 * ("task") or one on each processor ("cpu"): no sample, no BPF program, no reader. Less neither a hit nor a debug register can cost on this kernel.
 * Writes what the kernel has counted.
 */
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "result.h"

enum { MOST_EVENTS = 4 * 1024 };

static int open_event(pid_t child, int cpu, uint64_t address)
{
    struct perf_event_attr attr;
    memset(&attr, 0, sizeof(attr));
    attr.type = PERF_TYPE_BREAKPOINT;
    attr.size = sizeof(attr);
    attr.bp_type = HW_BREAKPOINT_W;
    attr.bp_addr = address;
    attr.bp_len = 8;
    attr.inherit = cpu < 0;
    attr.disabled = cpu < 0;
    attr.enable_on_exec = cpu < 0;
    attr.exclude_kernel = 1;
    attr.exclude_hv = 1;
    return (int)syscall(SYS_perf_event_open, &attr, child, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

int main(int argc, char **argv)
{
    must(argc >= 5, "usage: floor RESULT task|cpu ADDRESS PROGRAM ARGUMENT...");
    int cpus = strcmp(argv[2], "cpu") == 0 ? (int)sysconf(_SC_NPROCESSORS_ONLN) : 0;
    int gate[2];
    must(pipe(gate) == 0, "pipe");
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        char go;
        close(gate[1]);
        if (read(gate[0], &go, 1) == 1)
            execv(argv[4], argv + 4);
        _exit(127);
    }
    static int events[MOST_EVENTS];
    int opened = 0;
    for (char *word = strtok(argv[3], ","); word; word = strtok(NULL, ",")) {
        uint64_t address = strtoull(word, NULL, 16);
        for (int cpu = cpus ? 0 : -1; cpu < cpus && opened < MOST_EVENTS; cpu++)
            must((events[opened++] = open_event(cpus ? -1 : child, cpu, address)) >= 0, "perf_event_open");
    }
    must(write(gate[1], "x", 1) == 1, "write");
    int status;
    must(waitpid(child, &status, 0) == child, "waitpid");
    uint64_t all = 0;
    for (int i = 0; i < opened; i++) {
        uint64_t count = 0;
        must(read(events[i], &count, sizeof(count)) == (ssize_t)sizeof(count), "read");
        all += count;
    }
    result(argv[1], (long)all, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
