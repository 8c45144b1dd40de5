/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "recover.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/user.h>
#include <unistd.h>

#include "arming.h"
#include "records.h"
#include "stops.h"

#ifndef TRAP_PERF
#define TRAP_PERF 6
#endif
#define EFLAGS_RF 0x10000u
#define OPCODE_ICEBP 0xf1

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
    /* A debug exception whose DR6 is there: backend ptrace's, for perf events send no signal. */
    if (info.si_code == TRAP_HWBKPT && guard.config.arming == LW_ARM_POKES)
        return SIGTRAP_TRAPPED;
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

static uint32_t lost;

/* As exchange() of bpf/watch.bpf.c does, which may be at it on another CPU. */
static uint64_t begin_look(struct lw_slot_state *state)
{
    return __atomic_add_fetch(&state->looks, 1, __ATOMIC_SEQ_CST);
}

static void look_again(struct lw_slot_state *state, int tid, const struct lw_slot_spec *spec, uint64_t look)
{
    for (int again = 0; again < LW_LOOKS_AGAIN; again++) {
        uint64_t newest = __atomic_load_n(&state->looks, __ATOMIC_SEQ_CST), value = 0;
        if (newest == look || !read_memory(tid, spec->address, &value, spec->length))
            return;
        look = newest;
        __atomic_store_n(&state->last_value, value, __ATOMIC_SEQ_CST);
    }
}

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
    int executed = executes_slot(p, regs.rip);
    fill_record(r, t, &regs);
    r->slot = executed >= 0 ? (lw_u16)executed : 0xffff;
    r->flags = LW_RECOVERED;
    r->time = record_time();
    r->address = executed >= 0 ? regs.rip : 0;

    struct lw_slot_state *states = p ? slot_states(p) : NULL;
    for (int s = 0; p && executed < 0 && s < LW_SLOTS; s++) {
        const struct lw_slot_spec *spec = &p->spec[s];
        if (!(p->armed & 1u << s) || spec->type == 4)
            continue;
        uint64_t value = 0, look = states ? begin_look(&states[s]) : 0;
        if (!read_memory(t->tid, spec->address, &value, spec->length))
            continue;
        m.hit.valid_mask |= 1u << s;
        m.hit.new_value[s] = value;
        if (states && states[s].address != spec->address)
            continue; /* of a watch that arms itself: what it was armed on has come to its end */
        /* Now, while the writer stands behind its store, so that the next hit finds the right old value. */
        m.hit.old_value[s] = states ? __atomic_exchange_n(&states[s].last_value, value, __ATOMIC_SEQ_CST) : value;
        if (states)
            look_again(&states[s], t->tid, spec, look);
    }

    copy_stack(r, t->tid, regs.rsp, m.stack);
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
    struct lw_slot_state *states = p && p->armed ? slot_states(p) : NULL;
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

void first_look(struct tracee *t)
{
    struct lw_slot_state *states = slot_states(t->process);
    for (int s = 0; states && s < LW_SLOTS; s++) {
        uint64_t value = 0;
        if (states[s].address != 0 && states[s].length != 0 && states[s].length <= sizeof(value) &&
            read_memory(t->tid, states[s].address, &value, states[s].length))
            __atomic_store_n(&states[s].last_value, value, __ATOMIC_SEQ_CST);
    }
}

bool stray_is_queued(int tid)
{
    siginfo_t infos[16];
    struct __ptrace_peeksiginfo_args args = {.off = 0, .flags = 0, .nr = 16};
    long n = ptrace(PTRACE_PEEKSIGINFO, tid, &args, infos);
    for (long i = 0; i < n; i++)
        if ((infos[i].si_signo == SIGTRAP && (infos[i].si_code == TRAP_BRKPT || infos[i].si_code == TRAP_HWBKPT || infos[i].si_code == TRAP_PERF)) ||
            (infos[i].si_signo == SIGSTOP && infos[i].si_code == SI_KERNEL && guard.config.instances)) /* the thread's own queue: arming.h's */
            return true;
    return false;
}

bool traced_by_us(int tgid, int tid)
{
    return status_number(tgid, tid, "TracerPid:") == getpid();
}
