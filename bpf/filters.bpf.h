/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Which hits are filtered before anything is copied: by a watch's condition, and by the code that has made the access.
 */
#ifndef LIVEWATCHER_FILTERS_BPF_H
#define LIVEWATCHER_FILTERS_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "watch_event.h"

/* What a condition reads of the target's memory. */
static __always_inline long read_target(lw_u64 *to, lw_u32 length, lw_u64 address)
{
    return bpf_probe_read_user(to, length & 15 ?: 1, (void *)address);
}

#include "condition.bpf.h"

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, LW_CONDITIONS);
    __type(key, lw_u32);
    __type(value, struct lw_condition);
} conditions SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, LW_RANGES);
    __type(key, lw_u32);
    __type(value, struct lw_range);
} ranges SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, lw_u32);
    __type(value, struct lw_evaluation);
} evaluations SEC(".maps");

/* Whether code lies in one of a list's ranges, which are in order and do not overlap. */
__noinline int lw_is_within(lw_u64 list, lw_u64 code)
{
    lw_u32 low = 0, high = list >> 32, first = (lw_u32)list;
    for (int i = 0; i < 13; i++) { /* 2 to the 12th are LW_RANGES_MOST */
        if (low >= high)
            break;
        lw_u32 middle = (low + high) / 2, index = first + middle;
        struct lw_range *range = bpf_map_lookup_elem(&ranges, &index);
        if (!range)
            break;
        /* Once each and in this order: entries are moved meanwhile. */
        lw_u64 start = *(volatile lw_u64 *)&range->start, end = *(volatile lw_u64 *)&range->end;
        if (code < start)
            high = middle;
        else if (code >= end)
            low = middle + 1;
        else
            return 1;
    }
    return 0;
}

/* A data watch traps behind the instruction, which a byte before it belongs to in any case. */
static __always_inline int is_writer_known(const struct lw_slot_state *state, const struct lw_record *r)
{
    lw_u64 list = state->ranges;
    return list && lw_is_within(list, r->registers[16] - (state->mode != 0));
}

static __always_inline int verdict(lw_u32 index, const struct lw_slot_state *state, const struct lw_record *r)
{
    lw_u32 zero = 0;
    struct lw_condition *condition = bpf_map_lookup_elem(&conditions, &index);
    struct lw_evaluation *e = bpf_map_lookup_elem(&evaluations, &zero);
    if (!condition || !e)
        return LW_VERDICT_UNDECIDED;
    lw_u64 count = __sync_fetch_and_add(&condition->count, 1) + 1;
    if ((condition->flags & LW_CONDITION_VALUES) && (r->flags & LW_KERNEL) && state->length > 1)
        return -1;
    e->variables[LW_VARIABLE_NEW] = r->new_value;
    e->variables[LW_VARIABLE_OLD] = r->old_value;
    e->variables[LW_VARIABLE_THREAD] = r->tid;
    e->variables[LW_VARIABLE_PROCESS] = r->tgid;
    e->variables[LW_VARIABLE_CPU] = r->cpu;
    e->variables[LW_VARIABLE_COUNT] = count;
    bpf_get_current_comm(&e->variables[LW_VARIABLE_NAME_START], 16);
    e->known = 0xfc | (r->flags & LW_NEW_VALID ? 1 : 0) | (r->flags & LW_OLD_VALID ? 2 : 0);
    return lw_decide(condition, e);
}

/* Notes in the record's flags what became of the condition. */
static __always_inline int is_filtered(const struct lw_slot_state *state, struct lw_record *r)
{
    lw_u32 condition = state->condition;
    int known = is_writer_known(state, r);
    int holds = condition ? verdict(condition, state, r) : -1; /* asked in any case: it counts */
    r->flags |= holds == LW_VERDICT_HOLDS ? LW_DECIDED : holds == LW_VERDICT_UNDECIDED ? LW_UNDECIDED : 0;
    return known || holds == LW_VERDICT_FAILS;
}

#endif
