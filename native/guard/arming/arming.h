/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Breakpoint events of one thread: opened while the thread is stopped, or from outside, and inherited by what it clones.
 */
#ifndef LIVEWATCHER_ARMING_H
#define LIVEWATCHER_ARMING_H

#include "tracees.h"

/* Opens, or pokes, what t lacks of its process's armed slots. 0, or an errno with *slot naming the culprit. */
int arm_thread(struct tracee *t, const struct lw_guard_config *config, uint32_t *slot);

/* The same for one that is not stopped, and that was seen asleep since we trace it: so it is not in the clone(2) any more in which it may have been when it was
 * seized, and tells of each further one. What that one has inherited is uncertain, for the events come into being at a moment that it knows nothing
 * of (armed_asleep). False where something went wrong, which arm_thread will tell of. Not on backend
 * ptrace, which writes registers in stops. */
bool arm_sleeper(struct tracee *t, const struct lw_guard_config *config);

/* t stands in the birth of another, which it may have armed or not: closes its events, and with them what was inherited from them; their counts are kept. Both are to be
 * armed, before they go on. */
void disown_events(struct tracee *t);

/* Stops counting, adds each slot's count to the packet, and closes. Afterwards no debug register holds these slots. On backend
 * ptrace that is only on its way then, and nothing but the guard counts. */
void disarm_process(struct process *p, uint32_t mask, const struct lw_guard_config *config, struct lw_guard_packet *counts);

/* Switches the events of slots off or on; they stay open and keep their debug registers. */
void switch_process(struct process *p, uint32_t mask, bool on);

/* Lets the events of a slot watch another address from now on, in threads that run too. False where the kernel refuses one of them. */
bool move_slot(struct process *p, int slot, uint64_t address, const struct lw_guard_config *config);

/* Loads the registers for a frame or block that has just come into being (bpf/arising.bpf.h), while its thread stands still: t is in a
 * signal-delivery-stop for SIGSTOP. True where it stands there for us; then the signal is to be swallowed. */
bool serve_arising(struct tracee *t);

/* Adds each slot's count so far to the packet. */
void count_process(struct process *p, struct lw_guard_packet *counts);

/* The signal data that marks our own loader breakpoint's SIGTRAP. */
#define LW_LOADER_COOKIE 0x6c69766577617463ull

#endif
