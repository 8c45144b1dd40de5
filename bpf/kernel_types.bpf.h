/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The few fields of the kernel's structures that are needed, found by CO-RE.
 */
#ifndef LIVEWATCHER_KERNEL_TYPES_BPF_H
#define LIVEWATCHER_KERNEL_TYPES_BPF_H

/* An instruction that has a probe is stepped in a copy (struct uprobe_task, include/linux/uprobes.h). */
struct uprobe_task {
    unsigned long vaddr;     /* where it belongs */
    unsigned long xol_vaddr; /* where the copy is */
} __attribute__((preserve_access_index));

struct mm_struct {
    unsigned long start_stack; /* where execve(2) has left the arguments: above the first frame of the first thread */
} __attribute__((preserve_access_index));

struct thread_struct {
    unsigned long fsbase;
} __attribute__((preserve_access_index));

struct task_struct {
    int pid;
    int tgid;
    unsigned int ptrace;
    struct uprobe_task *utask;
    struct task_struct *group_leader;
    lw_u64 start_boottime;
    struct mm_struct *mm;
    struct thread_struct thread;
} __attribute__((preserve_access_index));

#endif
