/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * A library for LD_PRELOAD: whoever opens a breakpoint event gets one of page faults in its place. So all that livewatcher does about a hit can be had on a
 * machine whose debug registers do not trap.
 */
#include <dlfcn.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

long syscall(long number, ...)
{
    static long (*next)(long, ...);
    if (!next)
        next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    va_list list;
    va_start(list, number);
    long given[6];
    for (int i = 0; i < 6; i++)
        given[i] = va_arg(list, long);
    va_end(list);
    struct perf_event_attr attr;
    if (number == SYS_perf_event_open && ((struct perf_event_attr *)given[0])->type == PERF_TYPE_BREAKPOINT) {
        attr = *(struct perf_event_attr *)given[0];
        attr.type = PERF_TYPE_SOFTWARE;
        attr.config = PERF_COUNT_SW_PAGE_FAULTS_MIN; /* which come when the page is there again (mm_account_fault) */
        attr.bp_type = 0;
        attr.bp_addr = 0;
        attr.bp_len = 0;
        given[0] = (long)&attr;
    }
    return next(number, given[0], given[1], given[2], given[3], given[4], given[5]);
}
