/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * An ARM command: every thread of a process is armed, a few at a time: asleep, or else stopped for a moment.
 */
#ifndef LIVEWATCHER_PUMPING_H
#define LIVEWATCHER_PUMPING_H

#include "tracees.h"

/* The process's slots are new: its threads are to have them. */
void begin_arming(struct process *p);

/* Arms the next few threads that lack a slot and sleep, and interrupts those that do not. True where there is more to do at once. */
bool pump_arming(struct process *p);

/* The next step of each ARM command: pumps, and where no thread is left that lacks a slot answers, unless a new thread comes to light. True where there is
 * more to do at once. Not to be called from within tracee_each(). */
bool further_arming(void);

/* Answers an ARM command. */
void answer_arming(struct process *p, int error, int tid, uint32_t slot);

/* Whether t's registers are not as its process's slots are. */
bool lacks(const struct tracee *t);

/* Arms t, which stands in a stop. Where the kernel refuses, the ARM command under way fails, or the gap is told. */
void arm_or_report(struct tracee *t);

#endif
