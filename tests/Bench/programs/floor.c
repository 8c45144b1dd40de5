/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * floor RESULT ADDRESS[,ADDRESS]... PROGRAM ARGUMENT...: runs a program with nothing but counting events on words of its memory: no sample, no BPF
 * program, no reader. Less neither a hit nor a debug register can cost on this kernel. Writes what the kernel has counted.
 */
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "result.h"

static int open_event(pid_t child, uint64_t address)
{
    struct perf_event_attr attr;
    memset(&attr, 0, sizeof(attr));
    attr.type = PERF_TYPE_BREAKPOINT;
    attr.size = sizeof(attr);
    attr.bp_type = HW_BREAKPOINT_W;
    attr.bp_addr = address;
    attr.bp_len = 8;
    attr.inherit = 1;
    attr.disabled = 1;
    attr.enable_on_exec = 1;
    attr.exclude_kernel = 1;
    attr.exclude_hv = 1;
    return (int)syscall(SYS_perf_event_open, &attr, child, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

int main(int argc, char **argv)
{
    must(argc >= 4, "usage: floor RESULT ADDRESS PROGRAM ARGUMENT...");
    int gate[2];
    must(pipe(gate) == 0, "pipe");
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        char go;
        close(gate[1]);
        if (read(gate[0], &go, 1) == 1)
            execv(argv[3], argv + 3);
        _exit(127);
    }
    int events[4], opened = 0;
    for (char *address = strtok(argv[2], ","); address && opened < 4; address = strtok(NULL, ","))
        must((events[opened++] = open_event(child, strtoull(address, NULL, 16))) >= 0, "perf_event_open");
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
