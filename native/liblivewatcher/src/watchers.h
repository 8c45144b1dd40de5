/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The four watchers of this process: which numbers are taken, and what each was last set to.
 */
#ifndef LIVEWATCHER_WATCHERS_H
#define LIVEWATCHER_WATCHERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "connection.h"

/* A number, or -ENOSPC. */
int lw_watcher_take(void);

/* The number goes back; nothing is said to the listener. */
void lw_watcher_give(int watcher);

/* 0 or an errno. label may be NULL. */
int lw_watcher_set(int watcher, void *addr, size_t len, int mode, const char *label,
                   const uint64_t registers[LW_WIRE_REGISTERS]);

/* 0 or an errno; give: the number goes back, whatever the listener says. */
int lw_watcher_reset(int watcher, bool give);

/* An execution watch is set on this instruction. Safe in signal handlers. */
bool lw_watcher_executes(uint64_t rip);

/* Each that is set, until say is false; then false. */
bool lw_watchers_each(bool (*say)(const struct lw_message *));

void lw_watchers_after_fork(void);

#endif
