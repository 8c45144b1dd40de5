/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Backend ptrace's way to arm: a stopped thread's debug registers, written by PTRACE_POKEUSER.
 */
#ifndef LIVEWATCHER_POKING_H
#define LIVEWATCHER_POKING_H

#include "tracees.h"

/* Brings t's registers in line with its process's armed slots, more or fewer. 0, or an errno with *slot naming the culprit. */
int poke_thread(struct tracee *t, uint32_t *slot);

/* t is about to be let go: nothing may be left in its registers. */
void unpoke_thread(struct tracee *t);

/* After p->armed has grown by mask: threads have these to load anew, and the loader's breakpoint takes a register that no
 * slot wants. */
void place_slots(struct process *p, uint32_t mask);

/* What DR6 says of t's last trap: a mask of slots, LW_LOADER_SLOT's among them. Clears it. */
uint32_t read_causes(struct tracee *t);

/* Interrupts the threads of p, of all where p is NULL, that hold more than is armed; they lose it at their stop. Returns
 * how many there are. */
int recall_surplus(struct process *p);

/* The same, and waits till there are none. Not to be called from within tracee_each(). */
void unpoke_process(struct process *p);

/* True while some thread still has registers set. */
bool anything_poked(void);

/* Zeroes all of a stopped thread's debug registers; needs no book. Of use to the keeper as well. */
void zero_debug_registers(int tid);

#endif
