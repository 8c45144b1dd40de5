/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Where nobody guards this process: some virtual machines lose DR6, and the kernel then sends the thread that has hit a watch a
 * SIGTRAP without a cause, which would kill it. The hit is not lost: the thread stands right behind its instruction.
 */
#ifndef LIVEWATCHER_SIGTRAP_H
#define LIVEWATCHER_SIGTRAP_H

#include <stdbool.h>

/* What the listener has asked for. */
void lw_sigtrap_want(bool wanted);

/* Stand before a handler that the program has installed since. */
void lw_sigtrap_refresh(void);

#endif
