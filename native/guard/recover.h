/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Telling a virtual machine's stray SIGTRAP from a genuine one, and making its hit of it.
 */
#ifndef LIVEWATCHER_RECOVER_H
#define LIVEWATCHER_RECOVER_H

#include <sys/user.h>

#include "tracees.h"

enum sigtrap {
    SIGTRAP_GENUINE,        /* int3, kill(2), a debugger's: the program's own business */
    SIGTRAP_STRAY,          /* a debug exception whose DR6 was lost */
    SIGTRAP_LOADER,         /* our breakpoint in the loader */
    SIGTRAP_STRAY_AT_LOADER, /* the same, with DR6 lost */
    SIGTRAP_TRAPPED          /* a hit of backend ptrace */
};

/* t is in a signal-delivery-stop for SIGTRAP. */
enum sigtrap judge_sigtrap(struct tracee *t);

/* Sends the hit of a stray SIGTRAP and corrects the last value seen. */
void recover_hit(struct tracee *t);

/* t, the last thread, is about to end, its memory still there: which slots hold a value that no hit explains. */
void last_look(struct tracee *t, struct lw_guard_packet *m);

/* A child that has not run yet: what its memory holds is the last value seen. A fork copies the memory at one moment and the account at
 * another, and a thread beside may store in between, or stand in its hit. */
void first_look(struct tracee *t);

/* A stray SIGTRAP, or a SIGSTOP of ours (arming.h), in the thread's own queue: the thread was stopped before it took the signal. */
bool stray_is_queued(int tid);

bool traced_by_us(int tgid, int tid);

/* The registers of a thread in a stop. By PTRACE_GETREGS, which has the tracer's layout: PTRACE_GETREGSET has the tracee's,
 * and for 32-bit code that is another one (task_user_regset_view(), arch/x86/kernel/ptrace.c). */
bool read_registers(int tid, struct user_regs_struct *regs);

#endif
