/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * What the watches that arm themselves are armed on, and which threads are in the allocator.
 */
#ifndef LIVEWATCHER_INSTANCES_BPF_H
#define LIVEWATCHER_INSTANCES_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "watch_event.h"
#include "kernel_types.bpf.h"

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, LW_ARISINGS);
    __type(key, lw_u32);
    __type(value, struct lw_arising);
} arisings SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, LW_SLOTS);
    __type(key, lw_u32);
    __type(value, struct lw_instance);
} instances SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, LW_PLACES);
    __type(key, lw_u32);
    __type(value, struct lw_place);
} places SEC(".maps");

/* Threads inside of allocation functions: the stack pointer at the entry of the outermost. Kept only where a watch outlives its block. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 16384);
    __type(key, lw_u32);
    __type(value, lw_u64);
} allocating SEC(".maps");

/* A freed block is the allocator's to write to. */
static __always_inline int is_allocators(lw_u32 slot, lw_u32 tid)
{
    struct lw_instance *instance = bpf_map_lookup_elem(&instances, &slot);
    return instance && instance->freed && bpf_map_lookup_elem(&allocating, &tid) != NULL;
}

/* No instruction is longer than 15 bytes (Intel SDM vol. 2, 2.3.11). */
static __always_inline void leave_copy(struct lw_record *r)
{
    struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
    struct uprobe_task *utask = task->utask;
    if (!utask)
        return;
    lw_u64 copy = utask->xol_vaddr, rip = r->registers[16];
    if (!copy || rip < copy || rip > copy + 15)
        return;
    r->registers[16] = utask->vaddr + (rip - copy);
    r->flags |= LW_STEPPED;
}

#endif
