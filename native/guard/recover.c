/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "recover.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <time.h>
#include <unistd.h>

#include "arming.h"
#include "stops.h"

#ifndef TRAP_PERF
#define TRAP_PERF 6
#endif
#define EFLAGS_RF 0x10000u
#define OPCODE_ICEBP 0xf1

static bool read_memory(int tid, uint64_t address, void *buffer, size_t length)
{
    struct iovec local = {buffer, length}, remote = {(void *)address, length};
    return process_vm_readv(tid, &local, 1, &remote, 1, 0) == (ssize_t)length;
}

bool read_registers(int tid, struct user_regs_struct *regs)
{
    return ptrace(PTRACE_GETREGS, tid, 0, regs) == 0;
}

/* The instruction at rip has trapped before it ran; RF lets it run once without trapping again
 * (Intel SDM vol. 3, 18.3.1.1), as the kernel does where it sees DR6. */
static void set_resume_flag(int tid, const struct user_regs_struct *regs)
{
    ptrace(PTRACE_POKEUSER, tid, (void *)offsetof(struct user, regs.eflags), (void *)(uintptr_t)(regs->eflags | EFLAGS_RF));
}

static int executes_slot(const struct process *p, uint64_t rip)
{
    for (int s = 0; p && s < LW_GUARD_SLOTS; s++)
        if (p->armed & 1u << s && p->spec[s].type == 4 /* HW_BREAKPOINT_X */ && p->spec[s].address == rip)
            return s;
    return -1;
}

enum sigtrap judge_sigtrap(struct tracee *t)
{
    siginfo_t info;
    if (ptrace(PTRACE_GETSIGINFO, t->tid, 0, &info) != 0)
        return SIGTRAP_GENUINE;
    if (info.si_code == TRAP_PERF)
        return SIGTRAP_LOADER; /* only our own event has attr.sigtrap on a thread that we trace */
    if (info.si_code != TRAP_BRKPT)
        return SIGTRAP_GENUINE;
    /* exc_debug_user() sends TRAP_BRKPT where DR6 names no cause: icebp, or a lost DR6 (arch/x86/kernel/traps.c). */
    struct user_regs_struct regs;
    unsigned char before = 0;
    if (!read_registers(t->tid, &regs))
        return SIGTRAP_STRAY;
    if (read_memory(t->tid, regs.rip - 1, &before, 1) && before == OPCODE_ICEBP)
        return SIGTRAP_GENUINE;
    if (executes_slot(t->process, regs.rip) == LW_LOADER_SLOT) {
        set_resume_flag(t->tid, &regs);
        return SIGTRAP_STRAY_AT_LOADER;
    }
    return SIGTRAP_STRAY;
}

static void fill_registers(struct lw_record *r, const struct user_regs_struct *u)
{
    const uint64_t in_order[LW_REGISTERS] = {u->r15, u->r14, u->r13, u->r12, u->rbp, u->rbx, u->r11,
                                             u->r10, u->r9,  u->r8,  u->rax, u->rcx, u->rdx, u->rsi,
                                             u->rdi, u->orig_rax, u->rip, u->cs, u->eflags, u->rsp, u->ss};
    memcpy(r->registers, in_order, sizeof(in_order));
}

static size_t read_file(const char *path, char *buffer, size_t room)
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

/* The CPU the thread ran on last: field 39 of proc_pid_stat(5). */
static uint32_t last_cpu(int tid)
{
    char path[64], line[1024];
    snprintf(path, sizeof(path), "/proc/%d/stat", tid);
    if (read_file(path, line, sizeof(line)) == 0)
        return 0;
    char *at = strrchr(line, ')');
    for (int field = 2; at && field < 39; field++) {
        at = strchr(at + 1, ' ');
    }
    return at ? (uint32_t)strtoul(at + 1, NULL, 10) : 0;
}

static void read_name(int tid, char comm[16])
{
    char path[64], line[32];
    snprintf(path, sizeof(path), "/proc/%d/comm", tid);
    read_file(path, line, sizeof(line));
    line[strcspn(line, "\n")] = 0;
    memcpy(comm, line, 15);
    comm[15] = 0;
}

static struct lw_slot_state *slot_states(int tgid)
{
    if (!guard.config.slots || guard.config.targets_fd < 0)
        return NULL;
    uint32_t index = 0;
    union bpf_attr attr;
    memset(&attr, 0, sizeof(attr));
    attr.map_fd = (uint32_t)guard.config.targets_fd;
    attr.key = (uint64_t)(uintptr_t)&tgid;
    attr.value = (uint64_t)(uintptr_t)&index;
    if (syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr)) != 0)
        return NULL;
    return &guard.config.slots[index * LW_SLOTS];
}

static uint32_t lost;

void recover_hit(struct tracee *t)
{
    static struct {
        struct lw_guard_packet packet;
        struct lw_guard_hit hit;
        uint8_t stack[LW_STACK_MAX];
    } m;
    memset(&m.packet, 0, sizeof(m.packet));
    memset(&m.hit, 0, sizeof(m.hit));
    struct user_regs_struct regs;
    if (!read_registers(t->tid, &regs))
        return;

    struct process *p = t->process;
    struct lw_record *r = &m.hit.record;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int executed = executes_slot(p, regs.rip);
    r->kind = LW_RECORD_HIT;
    r->version = LW_RECORD_VERSION;
    r->slot = executed >= 0 ? (lw_u16)executed : 0xffff;
    r->flags = LW_RECOVERED;
    r->time = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    r->tgid = (uint32_t)(p ? p->tgid : 0);
    r->tid = (uint32_t)t->tid;
    r->cpu = last_cpu(t->tid);
    r->address = executed >= 0 ? regs.rip : 0;
    fill_registers(r, &regs);
    read_name(t->tid, r->comm);

    struct lw_slot_state *states = p ? slot_states(p->tgid) : NULL;
    for (int s = 0; p && executed < 0 && s < LW_SLOTS; s++) {
        const struct lw_slot_spec *spec = &p->spec[s];
        if (!(p->armed & 1u << s) || spec->type == 4)
            continue;
        uint64_t value = 0;
        if (!read_memory(t->tid, spec->address, &value, spec->length))
            continue;
        m.hit.valid_mask |= 1u << s;
        m.hit.new_value[s] = value;
        /* Now, while the writer stands behind its store, so that the next hit finds the right old value. */
        m.hit.old_value[s] = states ? __atomic_exchange_n(&states[s].last_value, value, __ATOMIC_SEQ_CST) : value;
    }

    uint32_t want = guard.config.stack_bytes > LW_STACK_MAX ? LW_STACK_MAX : guard.config.stack_bytes;
    struct iovec local = {m.stack, want}, remote = {(void *)regs.rsp, want};
    ssize_t copied = want ? process_vm_readv(t->tid, &local, 1, &remote, 1, 0) : 0;
    if (copied < (ssize_t)want)
        r->flags |= copied > 0 ? LW_STACK_END : LW_STACK_UNREAD;
    r->stack_length = copied > 0 ? (uint32_t)copied : 0;

    m.packet.kind = LW_MESSAGE_HIT;
    m.packet.tgid = (int)r->tgid;
    m.packet.tid = t->tid;
    m.hit.lost_before = lost;
    size_t size = sizeof(m.packet) + sizeof(m.hit) + r->stack_length;
    /* A reader that sleeps must not hold the target. */
    if (send(guard.config.socket_fd, &m, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        lost++;
    if (executed >= 0)
        set_resume_flag(t->tid, &regs);
}

void last_look(struct tracee *t, struct lw_guard_packet *m)
{
    struct process *p = t->process;
    struct lw_slot_state *states = p && p->armed ? slot_states(p->tgid) : NULL;
    if (!states)
        return;
    for (int s = 0; s < LW_SLOTS; s++) {
        const struct lw_slot_spec *spec = &p->spec[s];
        uint64_t value = 0;
        if (!(p->armed & 1u << s) || spec->type == 4 || states[s].address != spec->address ||
            !read_memory(t->tid, spec->address, &value, spec->length))
            continue;
        if (value == __atomic_load_n(&states[s].last_value, __ATOMIC_SEQ_CST))
            continue;
        m->mask |= 1u << s;
        m->value[s] = value;
    }
}

bool stray_is_queued(int tid)
{
    siginfo_t infos[16];
    struct __ptrace_peeksiginfo_args args = {.off = 0, .flags = 0, .nr = 16};
    long n = ptrace(PTRACE_PEEKSIGINFO, tid, &args, infos);
    for (long i = 0; i < n; i++)
        if (infos[i].si_signo == SIGTRAP && (infos[i].si_code == TRAP_BRKPT || infos[i].si_code == TRAP_PERF))
            return true;
    return false;
}

bool traced_by_us(int tgid, int tid)
{
    char path[64], text[2048];
    snprintf(path, sizeof(path), "/proc/%d/task/%d/status", tgid, tid);
    if (read_file(path, text, sizeof(text)) == 0)
        return false;
    char *line = strstr(text, "\nTracerPid:");
    return line && atoi(line + 11) == getpid();
}
