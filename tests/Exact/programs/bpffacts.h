/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */
#ifndef BPFFACTS_H
#define BPFFACTS_H

enum { FACT_STACK = 4096 };

struct fact_record {
    __u64 ip, sp, orig_ax, value;
    __u32 tgid, stack_bytes;
    __u8 stack[FACT_STACK];
};

#endif
