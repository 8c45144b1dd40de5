/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Lists the breakpoint events of a process's threads as the kernel has them: an iterator over tasks, read like a file
 * (kernel/bpf/task_iter.c). What a thread has inherited can be seen nowhere else.
 */
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "thread_event.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* The few kernel fields that are needed, found by CO-RE. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct list_head {
    struct list_head *next;
};

struct bpf_prog {
    __u32 len;
};

enum perf_event_state {
    PERF_EVENT_STATE_OFF = -1,
    PERF_EVENT_STATE_INACTIVE = 0,
};

struct perf_event {
    struct list_head event_entry;
    struct perf_event_attr attr;
    __u64 id;
    int cpu;
    enum perf_event_state state;
    struct perf_event *parent;
    struct bpf_prog *prog;
};

struct perf_event_context {
    struct list_head event_list;
};

struct perf_event_pmu_context {
    int nr_events;
};

struct task_struct {
    int pid;
    int tgid;
    struct perf_event_context *perf_event_ctxp;
};

/* Up to Linux 6.1 one context for hardware, one for software events; breakpoints were with the latter. */
struct task_struct___two {
    struct perf_event_context *perf_event_ctxp[2];
};

struct bpf_iter_meta {
    struct seq_file *seq;
};

struct bpf_iter__task {
    struct bpf_iter_meta *meta;
    struct task_struct *task;
};
#pragma clang attribute pop

/* More events than a thread can have breakpoints: other tools' counters stand in the same list. */
#define MOST_EVENTS (1 << 16)

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, lw_u32);
    __type(value, lw_u32);
} wanted_tgid SEC(".maps");

static __always_inline struct perf_event_context *context_of(struct task_struct *task)
{
    if (bpf_core_type_exists(struct perf_event_pmu_context))
        return BPF_CORE_READ(task, perf_event_ctxp);
    return BPF_CORE_READ((struct task_struct___two *)task, perf_event_ctxp[1]);
}

struct walk {
    struct seq_file *seq;
    struct list_head *head, *at;
    lw_u32 tid, told;
};

static long visit(lw_u64 index, struct walk *w)
{
    struct list_head *at = w->at;
    if (!at || at == w->head)
        return 1;
    struct perf_event *event = (void *)((char *)at - bpf_core_field_offset(struct perf_event, event_entry));
    if (BPF_CORE_READ(event, attr.type) == PERF_TYPE_BREAKPOINT) {
        struct perf_event *parent = BPF_CORE_READ(event, parent);
        struct lw_thread_event e = {
            .root = parent ? BPF_CORE_READ(parent, id) : BPF_CORE_READ(event, id),
            .address = BPF_CORE_READ(event, attr.bp_addr),
            .tid = w->tid,
            .cpu = (lw_u32)BPF_CORE_READ(event, cpu),
        };
        e.flags = parent ? LW_EVENT_INHERITED : 0;
        if (BPF_CORE_READ(event, prog))
            e.flags |= LW_EVENT_PROGRAM;
        if ((int)BPF_CORE_READ(event, state) >= PERF_EVENT_STATE_INACTIVE) /* or active: its thread runs */
            e.flags |= LW_EVENT_ENABLED;
        bpf_seq_write(w->seq, &e, sizeof(e));
        w->told++;
    }
    w->at = BPF_CORE_READ(at, next);
    return 0;
}

SEC("iter/task")
int list_events(struct bpf_iter__task *ctx)
{
    struct task_struct *task = ctx->task;
    lw_u32 zero = 0;
    lw_u32 *tgid = bpf_map_lookup_elem(&wanted_tgid, &zero);
    if (!task || !tgid || (lw_u32)task->tgid != *tgid)
        return 0;
    struct walk w = {.seq = ctx->meta->seq, .tid = (lw_u32)task->pid};
    struct perf_event_context *events = context_of(task);
    if (events) {
        struct list_head *head = (void *)((char *)events + bpf_core_field_offset(struct perf_event_context, event_list));
        w.head = head;
        w.at = BPF_CORE_READ(head, next);
        bpf_loop(MOST_EVENTS, visit, &w, 0);
    }
    if (!w.told) {
        /* A thread without any is told too: it is one that nobody watches. */
        struct lw_thread_event none = {.tid = w.tid};
        bpf_seq_write(w.seq, &none, sizeof(none));
    }
    return 0;
}
