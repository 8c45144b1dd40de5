/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Threads whose first stop came before their parent's clone event. That one may never come: who is killed between the birth and the event
 * says nothing of it (kernel/fork.c, kernel_clone(); kernel/signal.c, ptrace_stop()), and the child would stand for ever.
 */
#ifndef LIVEWATCHER_ORPHANS_H
#define LIVEWATCHER_ORPHANS_H

/* tid is traced, and nobody knows why; it stands in this stop of waitpid(2). */
void keep_orphan(int tid, int status);

/* Lets those go on that have waited for their parent's event for long enough, and all where everybody is let go. Returns milliseconds until
 * the next is due, -1 for none. */
int adopt_orphans(void);

#endif
