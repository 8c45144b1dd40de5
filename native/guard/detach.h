/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Letting go without harm: first the debug registers, then what they have left behind, then the threads.
 */
#ifndef LIVEWATCHER_DETACH_H
#define LIVEWATCHER_DETACH_H

#include <stdbool.h>

void disarm_all(void);

/* Waits until livewatcher's own events, where it has some, are closed with it. */
void await_end_of(int pid);

/* Lets go of every thread; a stray SIGTRAP that is still queued is swallowed first. ends: the guard ends right after, so that a thread that sleeps need not
 * be stopped for it. */
void detach_all(bool ends);

#endif
