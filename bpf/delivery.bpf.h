/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * How a hit's record gets into the ring with its stack. Part of watch.bpf.c, whose ring and scratch it uses.
 */
#ifndef LIVEWATCHER_DELIVERY_BPF_H
#define LIVEWATCHER_DELIVERY_BPF_H

enum lw_delivery {
    LW_DELIVERED,
    LW_RING_FULL,
    LW_NOT_READABLE, /* not all of the stack; nothing is in the ring */
};

/* Copies the stack to where it is read, once. The kernel wants to know the room's size when the program is loaded. */
static __always_inline enum lw_delivery deliver_in_place(const struct lw_record *r, lw_u64 sp, lw_u32 bytes, const lw_u32 room)
{
    struct lw_record *e = bpf_ringbuf_reserve(&ring, sizeof(*e) + room, 0);
    if (!e)
        return LW_RING_FULL;
    if (bpf_probe_read_user(e + 1, at_most(bytes, room), (void *)sp) != 0) {
        bpf_ringbuf_discard(e, BPF_RB_NO_WAKEUP);
        return LW_NOT_READABLE;
    }
    bpf_probe_read_kernel(e, sizeof(*e), r); /* word by word, and no hundred instructions for the verifier */
    bpf_ringbuf_submit(e, wake_flag());
    return LW_DELIVERED;
}

/* In the smallest of some rooms that holds it: what is left of it is the ring's loss. */
static __always_inline enum lw_delivery deliver_readable(const struct lw_record *r, lw_u64 sp, lw_u32 bytes)
{
    if (bytes <= 256)
        return deliver_in_place(r, sp, bytes, 256);
    if (bytes <= 512)
        return deliver_in_place(r, sp, bytes, 512);
    if (bytes <= 1024)
        return deliver_in_place(r, sp, bytes, 1024);
    if (bytes <= 2048)
        return deliver_in_place(r, sp, bytes, 2048);
    if (bytes <= 4096)
        return deliver_in_place(r, sp, bytes, 4096);
    if (bytes <= 8192)
        return deliver_in_place(r, sp, bytes, 8192);
    return deliver_in_place(r, sp, bytes, LW_STACK_MAX);
}

/* Returns whether the ring had room. Of its own for the verifier, as copy_pages is. */
__noinline int deliver(struct lw_scratch *s, lw_u64 sp)
{
    if (!s)
        return 0;
    struct lw_record *r = &s->record;
    lw_u32 want = stack_wanted(r, sp);
    r->stack_length = want;
    /* Last, so that the order of the stamps is as near to the order in the ring as can be. */
    r->time = bpf_ktime_get_ns();
    enum lw_delivery outcome = deliver_readable(r, sp, want);
    if (outcome != LW_NOT_READABLE)
        return outcome == LW_DELIVERED;
    r->stack_length = copy_pages(s, sp, want);
    r->time = bpf_ktime_get_ns();
    return bpf_ringbuf_output(&ring, s, sizeof(*r) + at_most(r->stack_length, LW_STACK_MAX), wake_flag()) == 0;
}

#endif
