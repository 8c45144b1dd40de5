/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * A thread has one tracer. For another one's turn (gdb, which writes a core file) the guard lets go of a process while that one is
 * stopped for job control: so no thread of it runs unguarded. Perf events stay; what was poked comes back with the guard.
 */
#ifndef LIVEWATCHER_YIELDING_H
#define LIVEWATCHER_YIELDING_H

#include "tracees.h"

/* Stops a process and lets its threads go. 0, or ESRCH: not ours; EBUSY: being armed, or a thread of it is held or does not stop. */
int yield_process(int tgid);

/* Seizes its threads again; then it goes on, unless it was stopped before. 0, or an errno and *culprit. */
int take_back(int tgid, int *culprit);

/* t stands in a group-stop of a process that yields. */
void send_away(struct tracee *t);

/* We end: processes that are away go on without us. */
void abandon_yielded(void);

#endif
