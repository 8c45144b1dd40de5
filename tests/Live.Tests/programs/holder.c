/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* holder PID ADDRESS COUNT: another user of the debug registers: holds COUNT of them in the process until the gate opens. */
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>

#include "own.h"

int main(int argc, char **argv)
{
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_BREAKPOINT,
        .size = sizeof attributes,
        .bp_type = HW_BREAKPOINT_W,
        .bp_len = HW_BREAKPOINT_LEN_8,
        .sample_period = 1,
        .exclude_kernel = 1,
    };
    pid_t target = (pid_t)argument(argc, argv, 1, 0);
    must(argc > 3, "usage: holder PID ADDRESS COUNT");
    attributes.bp_addr = strtoul(argv[2], NULL, 0);
    for (long i = 0; i < argument(argc, argv, 3, 4); i++)
        must(syscall(SYS_perf_event_open, &attributes, target, -1, -1, 0) >= 0, "perf_event_open");
    gate();
    return 0;
}
