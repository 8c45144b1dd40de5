/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * An ARM command: every thread of a process is stopped for a moment and armed, a few at a time.
 */
#ifndef LIVEWATCHER_PUMPING_H
#define LIVEWATCHER_PUMPING_H

#include "tracees.h"

/* The process's slots are new: its threads are to have them. */
void begin_arming(struct process *p);

/* Interrupts the next few threads that lack a slot; where none is left, finish_arming() has its turn. */
void pump_arming(struct process *p);

/* Answers the ARM commands of processes without a thread that lacks a slot, unless a new one comes to light. Not to be
 * called from within tracee_each(). */
void finish_arming(void);

/* Answers an ARM command. */
void answer_arming(struct process *p, int error, int tid, uint32_t slot);

/* Whether t's registers are not as its process's slots are. */
bool lacks(const struct tracee *t);

/* Arms t, which stands in a stop. Where the kernel refuses, the ARM command under way fails, or the gap is told. */
void arm_or_report(struct tracee *t);

#endif
