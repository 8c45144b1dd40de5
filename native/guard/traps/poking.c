/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The kernel's side of this is arch/x86/kernel/ptrace.c. It books a register for the thread at the first write, and frees
 * it at execve(2) and at the thread's end only; what DR7 does not enable stays booked and never traps.
 */
#define _GNU_SOURCE
#include "poking.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "debug_registers.h"
#include "keeper.h"
#include "stops.h"
#include "waits.h"

static int poke(int tid, int reg, uint64_t value)
{
    void *at = (void *)(offsetof(struct user, u_debugreg) + (size_t)reg * sizeof(((struct user *)0)->u_debugreg[0]));
    return ptrace(PTRACE_POKEUSER, tid, at, (void *)(uintptr_t)value) == 0 ? 0 : errno;
}

static int register_of(const struct process *p, int slot)
{
    return slot == LW_LOADER_SLOT ? p->loader_register : slot;
}

static uint64_t control_of(const struct process *p, uint32_t mask)
{
    uint64_t control = 0;
    for (int s = 0; s < LW_GUARD_SLOTS; s++)
        if (mask & 1u << s)
            control |= lw_dr7_part(register_of(p, s), &p->spec[s]);
    return control;
}

/* An address is written while its register is disabled: with the old length it might not be aligned, and be refused. */
int poke_thread(struct tracee *t, uint32_t *slot)
{
    struct process *p = t->process;
    uint32_t missing = p->armed & ~t->have;
    uint32_t kept = p->armed & t->have;
    if (p->armed && !keeper_minds(p))
        return EAGAIN; /* more processes than the keeper has room for */
    int error = t->poked ? poke(t->tid, 7, control_of(p, kept)) : 0;
    for (int s = 0; error == 0 && s < LW_GUARD_SLOTS; s++) {
        if (!(missing & 1u << s))
            continue;
        *slot = (uint32_t)s;
        error = poke(t->tid, register_of(p, s), p->spec[s].address);
    }
    if (error == 0 && missing)
        error = poke(t->tid, 7, control_of(p, p->armed));
    if (error == ESRCH)
        return 0; /* it is dying: there is nothing left to cover */
    if (error != 0) {
        poke(t->tid, 7, control_of(p, kept));
        t->have = kept;
        t->poked = kept != 0;
        return error;
    }
    t->have = p->armed;
    t->poked = p->armed != 0;
    t->loader_register = p->loader_register;
    return 0;
}

void zero_debug_registers(int tid)
{
    poke(tid, 7, 0);
    for (int reg = 0; reg < LW_SLOTS; reg++)
        poke(tid, reg, 0);
}

void unpoke_thread(struct tracee *t)
{
    if (!t->poked)
        return;
    zero_debug_registers(t->tid);
    t->poked = false;
    t->have = 0;
}

struct reload {
    struct process *process;
    uint32_t mask;
};

static void have_not(struct tracee *t, void *context)
{
    struct reload *reload = context;
    if (t->process == reload->process)
        t->have &= ~reload->mask;
}

void place_slots(struct process *p, uint32_t mask)
{
    struct reload reload = {p, mask};
    if (p->armed & 1u << LW_LOADER_SLOT && (mask & 1u << LW_LOADER_SLOT || p->armed & 1u << p->loader_register)) {
        p->loader_register = 0;
        for (int reg = LW_SLOTS - 1; reg > 0 && p->loader_register == 0; reg--)
            if (!(p->armed & 1u << reg))
                p->loader_register = reg;
        reload.mask |= 1u << LW_LOADER_SLOT;
    }
    tracee_each(have_not, &reload);
}

uint32_t read_causes(struct tracee *t)
{
    errno = 0;
    long dr6 = ptrace(PTRACE_PEEKUSER, t->tid, (void *)offsetof(struct user, u_debugreg[6]), 0);
    if (errno != 0)
        return 0;
    uint32_t causes = (uint32_t)dr6 & LW_DR6_SLOTS;
    /* Kernels before 5.8 leave it to us; all others to the next trap (thread.virtual_dr6). */
    poke(t->tid, 6, 0);
    if (t->process && t->process->spec[LW_LOADER_SLOT].address != 0 && causes & 1u << t->loader_register &&
        t->have & 1u << LW_LOADER_SLOT)
        causes ^= 1u << t->loader_register | 1u << LW_LOADER_SLOT;
    return causes;
}

struct surplus {
    struct process *process;
    int left;
};

static void interrupt_surplus(struct tracee *t, void *context)
{
    struct surplus *surplus = context;
    struct process *p = t->process;
    if (!p || !t->poked || !(t->have & ~p->armed) || (surplus->process && p != surplus->process))
        return;
    uint32_t slot;
    if (t->state == TRACEE_HELD || t->state == TRACEE_STOPPED) {
        poke_thread(t, &slot);
        t->have &= p->armed; /* ESRCH: it is dying while stopped */
        return;
    }
    if (!t->interrupted && ptrace(PTRACE_INTERRUPT, t->tid, 0, 0) == 0) {
        t->interrupted = true;
        p->interrupted++;
    }
    surplus->left++;
}

int recall_surplus(struct process *p)
{
    struct surplus surplus = {p, 0};
    tracee_each(interrupt_surplus, &surplus);
    return surplus.left;
}

void unpoke_process(struct process *p)
{
    for (int waited = 0; waited < LW_STOP_PATIENCE_MS;) {
        if (recall_surplus(p) == 0)
            return;
        if (drain_waits())
            continue;
        poll(NULL, 0, 1);
        waited++;
    }
}

static void count_poked(struct tracee *t, void *context)
{
    *(int *)context += t->poked;
}

bool anything_poked(void)
{
    int poked = 0;
    tracee_each(count_poked, &poked);
    return poked != 0;
}
