/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The copy of the user's stack that a hit takes along. Part of watch.bpf.c, whose settings and scratch it uses.
 */
#ifndef LIVEWATCHER_STACK_BPF_H
#define LIVEWATCHER_STACK_BPF_H

/* Where the stack of a thread that has hit on this CPU was found to end. To run into the end is an exception, and costs more than all of the copy. */
struct lw_stack_end {
    lw_u64 address;
    lw_u32 tid;
    lw_u32 trusted; /* so many more times, then it is found anew */
};

#define LW_STACK_ENDS 64 /* by the last bits of the tid */
#define LW_STACK_END_TRUSTED 32

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, LW_STACK_ENDS);
    __type(key, lw_u32);
    __type(value, struct lw_stack_end);
} stack_ends SEC(".maps");

/* Copies as much of the user stack as is readable, page by page where the whole cannot be had: the thread's first
 * frame is often nearer than that to the end of its mapping. */
static __always_inline lw_u32 copy_stack(struct lw_scratch *s, lw_u64 sp)
{
    lw_u32 want = settings.stack_bytes;
    if (want == 0)
        return 0;
    if (want > LW_STACK_MAX)
        want = LW_STACK_MAX;
    lw_u32 tid = s->record.tid, place = tid % LW_STACK_ENDS, whole = want;
    struct lw_stack_end *end = bpf_map_lookup_elem(&stack_ends, &place);
    if (end && end->tid == tid && end->trusted > 0 && end->address > sp && end->address - sp < want) {
        end->trusted--;
        whole = end->address - sp;
    }
    if (bpf_probe_read_user(s->stack, at_most(whole, LW_STACK_MAX), (void *)sp) == 0) {
        if (whole < want)
            s->record.flags |= LW_STACK_END;
        return whole;
    }

    lw_u32 done = 0;
    for (int page = 0; page < LW_STACK_MAX / 4096 + 1; page++) {
        if (done >= want)
            break;
        lw_u32 piece = 4096 - ((sp + done) & 4095);
        if (piece > want - done)
            piece = want - done;
        if (piece > 4096)
            break;
        lw_u32 at = done & (LW_STACK_MAX - 1);
        if (bpf_probe_read_user(s->stack + at, at_most(piece, 4096), (void *)(sp + done)) != 0)
            break;
        done += piece;
    }
    if (end) {
        end->address = sp + done;
        end->tid = tid;
        end->trusted = LW_STACK_END_TRUSTED;
    }
    s->record.flags |= done ? LW_STACK_END : LW_STACK_UNREAD;
    return done;
}

#endif
