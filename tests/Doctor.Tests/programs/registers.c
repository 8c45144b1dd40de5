/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * registers: whether debug registers trap on this machine, found without livewatcher. Writes 16 times under a counting
 * breakpoint event of its own and says how many of them were seen, by the event or as a stray SIGTRAP.
 */
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WRITES 16

static volatile uint64_t word;
static volatile sig_atomic_t strays;

static void on_trap(int signal)
{
    (void)signal;
    strays = strays + 1;
}

int main(void)
{
    struct perf_event_attr attr = {.type = PERF_TYPE_BREAKPOINT, .size = sizeof(attr), .bp_type = HW_BREAKPOINT_W,
                                   .bp_addr = (uintptr_t)&word, .bp_len = 8, .exclude_kernel = 1};
    signal(SIGTRAP, on_trap);
    int event = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
    if (event < 0) {
        perror("perf_event_open");
        return 1;
    }
    for (int i = 0; i < WRITES; i++)
        word = (uint64_t)i;
    uint64_t counted = 0;
    if (read(event, &counted, sizeof(counted)) != sizeof(counted)) {
        perror("read");
        return 1;
    }
    printf("%llu\n", (unsigned long long)counted + (unsigned long long)strays);
    return 0;
}
