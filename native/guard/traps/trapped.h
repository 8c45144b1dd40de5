/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Backend ptrace: from a SIGTRAP to the records of a hit.
 *
 * A thread that stands in the signal-delivery-stop of its SIGTRAP would die of it if the guard were killed now. So the
 * signal is taken from it at once, while PTRACE_INTERRUPT holds it back from its next instruction; reading registers and
 * stack, and waiting for livewatcher where that lags, is done in the stop that follows, which kills nobody.
 */
#ifndef LIVEWATCHER_TRAPPED_H
#define LIVEWATCHER_TRAPPED_H

#include <stdbool.h>

#include "share.h"
#include "tracees.h"

/* t stands in the SIGTRAP of a hit. */
void take_trap(struct tracee *t);

/* t stands in its next stop: sends the records, counts. Returns what is not a slot's: LW_LOADER_SLOT's bit, or 0. */
uint32_t tell_trap(struct tracee *t);

/* filters.c: whether a hit, whose record has its values, is set aside, decided while its thread stands in it, as the BPF program does it
 * elsewhere. Notes in the record's flags what became of the condition. */
bool is_filtered(struct lw_trap_share *share, const struct lw_slot_state *state, struct lw_record *record);

/* Serves stops until every hit that was taken by now is told. */
void settle_traps(void);

/* A followed child: gives it its parent's slots in the shared memory. */
void share_with_child(struct process *parent, const struct process *child);

/* A thread has come to a watched process. */
void count_newcomer(void);

#endif
