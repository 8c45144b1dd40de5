/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#include "trapped.h"

#include <string.h>

#include "records.h"

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#ifndef __noinline
#define __noinline static __attribute__((noinline))
#endif

/* The thread that stands in its hit. */
static int reader;

static long read_target(lw_u64 *to, lw_u32 length, lw_u64 address)
{
    return read_memory(reader, address, to, length) ? 0 : -1;
}

#include "condition.bpf.h"

/* Once each and in this order: livewatcher may move entries meanwhile, and an entry whose end is 0 holds nothing. */
static bool is_within(const struct lw_trap_share *share, uint64_t list, uint64_t code)
{
    uint32_t low = 0, high = list >> 32, first = (uint32_t)list;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        const struct lw_range *range = &share->ranges[(first + middle) % LW_RANGES];
        uint64_t start = __atomic_load_n(&range->start, __ATOMIC_ACQUIRE), end = __atomic_load_n(&range->end, __ATOMIC_ACQUIRE);
        if (code < start)
            high = middle;
        else if (code >= end)
            low = middle + 1;
        else
            return true;
    }
    return false;
}

static int verdict(struct lw_trap_share *share, uint32_t index, const struct lw_record *r)
{
    struct lw_condition *condition = &share->conditions[index % LW_CONDITIONS];
    struct lw_evaluation e;
    memset(&e, 0, sizeof(e));
    e.variables[LW_VARIABLE_NEW] = r->new_value;
    e.variables[LW_VARIABLE_OLD] = r->old_value;
    e.variables[LW_VARIABLE_THREAD] = r->tid;
    e.variables[LW_VARIABLE_PROCESS] = r->tgid;
    e.variables[LW_VARIABLE_CPU] = r->cpu;
    e.variables[LW_VARIABLE_COUNT] = __atomic_add_fetch(&condition->count, 1, __ATOMIC_SEQ_CST);
    memcpy(&e.variables[LW_VARIABLE_NAME_START], r->comm, sizeof(r->comm));
    e.known = 0xfc | (r->flags & LW_NEW_VALID ? 1 : 0) | (r->flags & LW_OLD_VALID ? 2 : 0);
    reader = (int)r->tid;
    return lw_decide(condition, &e);
}

bool is_filtered(struct lw_trap_share *share, const struct lw_slot_state *state, struct lw_record *r)
{
    uint32_t index = __atomic_load_n(&state->condition, __ATOMIC_ACQUIRE);
    uint64_t list = __atomic_load_n(&state->ranges, __ATOMIC_ACQUIRE);
    int holds = index ? verdict(share, index, r) : -1; /* asked in any case: it counts */
    r->flags |= holds == LW_VERDICT_HOLDS ? LW_DECIDED : holds == LW_VERDICT_UNDECIDED ? LW_UNDECIDED : 0;
    return holds == LW_VERDICT_FAILS || (list && is_within(share, list, r->registers[16] - (state->mode != 0)));
}
