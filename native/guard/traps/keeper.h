/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The keeper: the process that outlives a killed guard.
 *
 * Contract. What PTRACE_POKEUSER has set stays set when the tracer is gone, and the next hit's SIGTRAP ends the target.
 * The kernel has PTRACE_O_EXITKILL, which ends the tracees with their tracer, and nothing of the opposite kind. So backend
 * ptrace has a second process that sleeps until the guard is gone, clears the registers of every thread of the processes
 * that the guard had armed, swallows what they have left behind, and ends. It holds one end of a pipe and nothing else
 * of livewatcher's, is in a session of its own, and takes no signal but SIGKILL.
 *
 * What it cannot help: the time between the end of the guard and its own grip, and a thread that stands in the stop of a
 * hit's SIGTRAP at the instant in which the guard is killed. See docs/architecture.md.
 */
#ifndef LIVEWATCHER_KEEPER_H
#define LIVEWATCHER_KEEPER_H

#include "tracees.h"

/* Forks the keeper of this guard. Its pid, or -errno. */
int start_keeper(void);

/* Tells the keeper that threads of p may have registers set. False where it has no room for p. */
bool keeper_minds(struct process *p);

/* p has ended, or is let go, cleared. */
void keeper_forgets(struct process *p);

#endif
