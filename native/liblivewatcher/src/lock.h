/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * A lock that knows its owner: the same thread asking again (from a signal handler) is refused, not deadlocked. No wait is
 * for ever: a handler that has left the library by siglongjmp keeps its lock, and others shall not hang on it.
 */
#ifndef LIVEWATCHER_LOCK_H
#define LIVEWATCHER_LOCK_H

#include <stdint.h>

/* 0: free. Otherwise the owner's thread id, and the top bit where somebody waits. */
struct lw_lock {
    int32_t word;
};

/* This thread's id. */
int32_t lw_tid(void);

/* After fork the thread has another id. */
void lw_forget_tid(void);

/* 0, or EBUSY: this thread has it already, or it was not to be had in that time. */
int lw_lock_take(struct lw_lock *lock, int64_t limit_ms);
void lw_lock_give(struct lw_lock *lock);

#endif
