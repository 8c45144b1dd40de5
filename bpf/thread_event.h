/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * One breakpoint event of one thread, as bpf/events.bpf.c lists it.
 * src/Livewatcher.Linux/Records mirrors it; tests/Linux.Tests compiles this header and compares sizes and offsets.
 */
#ifndef LIVEWATCHER_THREAD_EVENT_H
#define LIVEWATCHER_THREAD_EVENT_H

#include "watch_event.h"

enum lw_thread_event_flags {
    LW_EVENT_INHERITED = 1,
    LW_EVENT_PROGRAM = 2, /* a BPF program takes its hits */
    LW_EVENT_ENABLED = 4,
};

struct lw_thread_event {
    lw_u64 root;    /* id of the event that was opened (PERF_EVENT_IOC_ID), this one or its ancestor; 0: none at all */
    lw_u64 address; /* of the breakpoint */
    lw_u32 tid;
    lw_u32 cpu;     /* 0xffffffff: any */
    lw_u32 flags;
    lw_u32 padding;
};

#endif
