/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Signal handlers that stand before the program's own. What is not ours goes on to the program as if we were not there.
 */
#ifndef LIVEWATCHER_CHAIN_H
#define LIVEWATCHER_CHAIN_H

#include <signal.h>

/* Stand before whatever handles the signal now; nothing to do where we stand there already. 0 or an errno. Not for two threads
 * at once. */
int lw_chain_install(int signal, void (*handler)(int, siginfo_t *, void *));

/* From such a handler: this one is the program's. */
void lw_chain_pass(int signal, siginfo_t *info, void *context);

#endif
