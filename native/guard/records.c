/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "records.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "share.h"
#include "stops.h"

uint64_t record_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

bool read_memory(int tid, uint64_t address, void *buffer, size_t length)
{
    struct iovec local = {buffer, length}, remote = {(void *)address, length};
    return process_vm_readv(tid, &local, 1, &remote, 1, 0) == (ssize_t)length;
}

static void fill_registers(struct lw_record *r, const struct user_regs_struct *u)
{
    const uint64_t in_order[LW_REGISTERS] = {u->r15, u->r14, u->r13, u->r12, u->rbp, u->rbx, u->r11,
                                             u->r10, u->r9,  u->r8,  u->rax, u->rcx, u->rdx, u->rsi,
                                             u->rdi, u->orig_rax, u->rip, u->cs, u->eflags, u->rsp, u->ss};
    memcpy(r->registers, in_order, sizeof(in_order));
}

size_t read_file(const char *path, char *buffer, size_t room)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, buffer, room - 1);
    close(fd);
    n = n < 0 ? 0 : n;
    buffer[n] = 0;
    return (size_t)n;
}

bool read_stat(int tgid, int tid, char *state, int *cpu)
{
    char path[64], line[1024];
    snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", tgid, tid);
    char *at = read_file(path, line, sizeof(line)) > 0 ? strrchr(line, ')') : NULL; /* the name may hold anything */
    if (!at || !at[1] || !at[2])
        return false;
    *state = at[2];
    for (int field = 2; at && field < 39; field++)
        at = strchr(at + 1, ' ');
    *cpu = at ? atoi(at + 1) : 0;
    return true;
}

int status_number(int tgid, int tid, const char *name)
{
    char path[64], text[4096], line[32];
    snprintf(path, sizeof(path), "/proc/%d/task/%d/status", tgid, tid);
    snprintf(line, sizeof(line), "\n%s", name); /* the thread's own name is escaped there */
    char *found = read_file(path, text, sizeof(text)) > 0 ? strstr(text, line) : NULL;
    return found ? atoi(found + strlen(line)) : 0;
}

static void read_name(int tid, char comm[16])
{
    char path[64], line[32];
    snprintf(path, sizeof(path), "/proc/%d/comm", tid);
    read_file(path, line, sizeof(line));
    line[strcspn(line, "\n")] = 0;
    memset(comm, 0, 16); /* all of it is compared with */
    memcpy(comm, line, strnlen(line, 15));
}

static struct lw_slot_state *states_by_map(int tgid)
{
    if (!guard.config.slots || guard.config.targets_fd < 0)
        return NULL;
    struct lw_target target;
    union bpf_attr attr;
    memset(&attr, 0, sizeof(attr));
    attr.map_fd = (uint32_t)guard.config.targets_fd;
    attr.key = (uint64_t)(uintptr_t)&tgid;
    attr.value = (uint64_t)(uintptr_t)&target;
    if (syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr)) != 0)
        return NULL;
    return &guard.config.slots[target.process * LW_SLOTS];
}

struct lw_slot_state *slot_states(struct process *p)
{
    struct lw_trap_share *share = guard.config.share;
    if (!share)
        return states_by_map(p->tgid);
    /* An exec frees the old entry and takes another. */
    for (int i = p->entry, tried = 0; tried < LW_PROCESSES; tried++, i = tried - 1) {
        if (__atomic_load_n(&share->tgid[i], __ATOMIC_SEQ_CST) != p->tgid)
            continue;
        p->entry = i;
        return &share->slots[i * LW_SLOTS];
    }
    return NULL;
}

void fill_record(struct lw_record *r, const struct tracee *t, const struct user_regs_struct *regs)
{
    r->kind = LW_RECORD_HIT;
    r->version = LW_RECORD_VERSION;
    r->tgid = (uint32_t)(t->process ? t->process->tgid : 0);
    r->tid = (uint32_t)t->tid;
    char state;
    int cpu;
    r->cpu = read_stat(t->tid, t->tid, &state, &cpu) ? (uint32_t)cpu : 0;
    fill_registers(r, regs);
    read_name(t->tid, r->comm);
}

void copy_stack(struct lw_record *r, int tid, uint64_t rsp, uint8_t stack[LW_STACK_MAX])
{
    uint32_t want = guard.config.stack_bytes > LW_STACK_MAX ? LW_STACK_MAX : guard.config.stack_bytes;
    struct iovec local = {stack, want}, remote = {(void *)rsp, want};
    ssize_t copied = want ? process_vm_readv(tid, &local, 1, &remote, 1, 0) : 0;
    if (copied < (ssize_t)want)
        r->flags |= copied > 0 ? LW_STACK_END : LW_STACK_UNREAD;
    r->stack_length = copied > 0 ? (uint32_t)copied : 0;
}

bool is_thread_of(int tgid, int tid)
{
    return tgkill(tgid, tid, 0) == 0 || errno != ESRCH; /* one that we may not send anything is one as well */
}
