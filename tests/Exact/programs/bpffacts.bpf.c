/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: Dual MIT/GPL */

/* The kernel features that livewatcher's own program rests on, each used once. Loaded by bpffacts.c. */
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "bpffacts.h"

/* Only the members that are read; CO-RE finds them in the running kernel's BTF. */
struct pt_regs {
    unsigned long orig_ax, ip, sp;
} __attribute__((preserve_access_index));
struct task_struct {
    int pid, tgid;
} __attribute__((preserve_access_index));

char LICENSE[] SEC("license") = "Dual MIT/GPL";

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 16 << 20);
} ring SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __type(key, __u32);
    __type(value, __u64);
    __uint(max_entries, 1024);
} targets SEC(".maps"); /* tgid to the watched address */

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __type(key, __u32);
    __type(value, struct fact_record);
    __uint(max_entries, 1);
} scratch SEC(".maps");

__u64 dropped;

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
    __u32 key = parent->tgid, child_key = child->tgid;
    __u64 *address = bpf_map_lookup_elem(&targets, &key);
    if (child_key != key && address)
        bpf_map_update_elem(&targets, &child_key, address, BPF_ANY);
    return 0;
}

SEC("perf_event")
int on_hit(void *ctx)
{
    __u32 tgid = bpf_get_current_pid_tgid() >> 32, zero = 0;
    __u64 *address = bpf_map_lookup_elem(&targets, &tgid);
    if (!address)
        return 0;
    struct fact_record *record = bpf_map_lookup_elem(&scratch, &zero);
    if (!record)
        return 0;
    struct task_struct *task = bpf_get_current_task_btf();
    struct pt_regs *user = (struct pt_regs *)bpf_task_pt_regs(task);
    record->tgid = tgid;
    record->ip = user->ip;
    record->sp = user->sp;
    record->orig_ax = user->orig_ax;
    /* With an access watch this read could be taken for an access itself. */
    bpf_probe_read_user(&record->value, sizeof record->value, (void *)*address);
    record->stack_bytes = FACT_STACK;
    if (bpf_probe_read_user(record->stack, FACT_STACK, (void *)user->sp))
        record->stack_bytes = 0;
    if (bpf_ringbuf_output(&ring, record, sizeof *record, BPF_RB_NO_WAKEUP))
        __sync_fetch_and_add(&dropped, 1);
    return 0;
}
