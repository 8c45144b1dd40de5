/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Between the system call that makes a descriptor and the store that remembers it, a fork by another thread would copy a
 * descriptor into the child that nobody closes there; of an armed event that is a debug register lost. So forks wait for
 * that moment to pass, and the moment for forks: shortly, since both may happen under locks of the program.
 */
#ifndef LIVEWATCHER_DESCRIPTORS_H
#define LIVEWATCHER_DESCRIPTORS_H

#include <stdbool.h>

/* True: taken, give it back. False: go on without. */
bool lw_descriptors_take(void);
void lw_descriptors_give(bool taken);
void lw_descriptors_after_fork(void);

#endif
