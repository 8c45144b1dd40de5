/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * hold N: takes N debug registers of every CPU by disabled events, says "ready", and gives them back when its standard
 * input ends.
 */
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static long unused_word;

int main(int argc, char **argv)
{
    int slots = argc > 1 ? atoi(argv[1]) : 1;
    struct perf_event_attr attr = {.type = PERF_TYPE_BREAKPOINT, .size = sizeof(attr), .bp_type = HW_BREAKPOINT_W,
                                   .bp_addr = (unsigned long)&unused_word, .bp_len = 8, .disabled = 1};
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    for (int cpu = 0; cpu < cpus; cpu++)
        for (int slot = 0; slot < slots; slot++)
            if (syscall(SYS_perf_event_open, &attr, -1, cpu, -1, 0) < 0) {
                perror("perf_event_open");
                return 1;
            }
    puts("ready");
    fflush(stdout);
    while (getchar() != EOF)
        continue;
    return 0;
}
