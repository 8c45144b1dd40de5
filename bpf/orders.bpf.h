/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Signals that are sent at a reported hit: the thread has them before its next instruction.
 */
#ifndef LIVEWATCHER_ORDERS_BPF_H
#define LIVEWATCHER_ORDERS_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "watch_event.h"

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, LW_ORDERS);
    __type(key, lw_u32);
    __type(value, struct lw_order);
} orders SEC(".maps");

/* The last access that a thread was counted for: its further hits are the same one. */
struct lw_access {
    lw_u64 print;       /* of the registers */
    lw_u64 destination; /* how far a system call's copy has come */
    lw_u64 slots;       /* mask of the slots that it has hit so far */
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 4096);
    __type(key, lw_u64);
    __type(value, struct lw_access);
} accesses SEC(".maps");

static __always_inline lw_u64 print_of(const struct lw_record *r)
{
    lw_u64 print = 0;
    for (int i = 0; i < LW_REGISTERS; i++)
        print = (print ^ r->registers[i]) * 0x100000001b3ull; /* FNV-1a, by words */
    return print;
}

/* A copy loop stores near RDI; put_user() has its pointer elsewhere (Engine/Ordering/AccessGroup says more). */
static __always_inline int is_copy(const struct lw_record *r, lw_u64 destination)
{
    return destination + 64 >= r->address && destination <= r->address + 8;
}

/* One access may hit several slots of a watch, and a system call's copy hits a slot with each of its pieces: only the first
 * counts. */
static __always_inline int is_counted(lw_u32 order, const struct lw_slot_state *state, const struct lw_record *r)
{
    int kernel = r->flags & LW_KERNEL;
    if (!state->siblings && !(kernel && state->length > 1))
        return 0;
    lw_u64 key = (lw_u64)order << 32 | r->tid, slot = 1ull << (r->slot & 3);
    struct lw_access now = {.print = print_of(r), .destination = r->kernel_di, .slots = slot};
    struct lw_access *last = bpf_map_lookup_elem(&accesses, &key);
    if (last && last->print == now.print) {
        int further = kernel && r->kernel_di > last->destination && is_copy(r, r->kernel_di) && is_copy(r, last->destination);
        if (further || ((!kernel || r->kernel_di == last->destination) && !(last->slots & slot))) {
            last->slots |= slot;
            last->destination = r->kernel_di;
            return 1;
        }
    }
    bpf_map_update_elem(&accesses, &key, &now, BPF_ANY);
    return 0;
}

/* The hit passes every filter that the kernel has. Where its condition is still to be decided, user space sees to it. */
static __always_inline void obey(const struct lw_slot_state *state, struct lw_record *r)
{
    lw_u32 index = state->order;
    struct lw_order *order = index ? bpf_map_lookup_elem(&orders, &index) : NULL;
    if (!order || (state->condition && !(r->flags & (LW_DECIDED | LW_UNDECIDED))))
        return;
    r->flags |= LW_COUNTED;
    if (is_counted(index, state, r))
        return;
    lw_u64 number = __sync_fetch_and_add(&order->counted, 1) + 1;
    if ((r->flags & LW_UNDECIDED) || number < order->after)
        return;
    int once = order->flags & LW_ORDER_ONCE;
    if (once && __sync_val_compare_and_swap(&order->taken, 0, 1) != 0)
        return;
    long error = order->flags & LW_ORDER_THREAD ? bpf_send_signal_thread(order->signal) : bpf_send_signal(order->signal);
    if (error == 0) {
        __sync_fetch_and_add(&order->sent, 1);
        r->flags |= LW_SENT;
        return;
    }
    __sync_fetch_and_add(&order->failed, 1);
    order->error = -error;
    r->order_error = -error;
    if (once)
        order->taken = 0; /* the next one may */
}

#endif
