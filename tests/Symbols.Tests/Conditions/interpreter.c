/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * Runs the BPF side's condition machine here: reads conditions with what a hit brings to them, writes a verdict's digit for each. */
#include <stdio.h>
#include <string.h>

#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define __noinline __attribute__((noinline))

#include "watch_event.h"

static unsigned char memory[256];

static long read_target(lw_u64 *to, lw_u32 length, lw_u64 address)
{
    if (address > sizeof(memory) || length > sizeof(memory) - address)
        return -14; /* EFAULT */
    memcpy(to, memory + address, length);
    return 0;
}

#include "condition.bpf.h"

int main(void)
{
    for (unsigned i = 0; i < sizeof(memory); i++)
        memory[i] = (unsigned char)(i * 37);
    struct lw_condition condition;
    struct lw_evaluation evaluation;
    memset(&evaluation, 0, sizeof(evaluation));
    while (fread(&condition, sizeof(condition), 1, stdin) == 1 && fread(evaluation.variables, sizeof(evaluation.variables), 1, stdin) == 1 &&
           fread(&evaluation.known, sizeof(evaluation.known), 1, stdin) == 1)
        putchar('0' + lw_decide(&condition, &evaluation));
    return 0;
}
