/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Arming by signal: a listener that may not trace this process asks its threads to arm themselves. PREPARE tells what and by which
 * signal; the listener sends that to each thread, whose handler opens the thread's own perf event and hands it over. From then on
 * only the listener holds the debug register: it is free when the listener is gone.
 */
#ifndef LIVEWATCHER_ARMING_H
#define LIVEWATCHER_ARMING_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "wire.h"

/* The descriptor that came with a message (-1: none), the latest BPF program. It is owned here from now on. */
void lw_arming_receive(int descriptor);

/* PREPARE from the listener, process number peer: 0 or an errno for PREPARED. */
int lw_arming_prepare(const struct lw_wire *prepare, int32_t peer);

/* In the handler of SIGTRAP: whether this was the single-step trap at which this thread was to arm itself, which it has now done. */
bool lw_arming_trapped(const siginfo_t *info, void *context);

/* The request is answered: signals that still come are late, and mean nothing. */
void lw_arming_retire(void);

void lw_arming_after_fork(void);

#endif
