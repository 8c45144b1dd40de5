/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#include "lock.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdbool.h>
#include <sys/syscall.h>

#include "kernel.h"

#define WAITERS INT32_MIN /* thread ids have 22 bits (PID_MAX_LIMIT) */

/* initial-exec: no call of the dynamic linker, which could allocate, in a signal handler. */
static __thread int32_t own_tid __attribute__((tls_model("initial-exec")));

int32_t lw_tid(void)
{
    if (own_tid == 0)
        own_tid = (int32_t)lw_kernel(SYS_gettid, 0, 0, 0, 0, 0, 0);
    return own_tid;
}

void lw_forget_tid(void)
{
    own_tid = 0;
}

static bool swap(struct lw_lock *lock, int32_t *seen, int32_t wanted)
{
    return __atomic_compare_exchange_n(&lock->word, seen, wanted, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

int lw_lock_take(struct lw_lock *lock, int64_t limit_ms)
{
    int32_t self = lw_tid(), seen = 0;
    if (swap(lock, &seen, self))
        return 0;
    if ((seen & ~WAITERS) == self)
        return EBUSY;
    for (int64_t deadline = lw_now_ms() + limit_ms;;) {
        seen = __atomic_load_n(&lock->word, __ATOMIC_RELAXED);
        if (seen == 0) {
            /* Others may still wait: whoever has waited once leaves the bit, at the cost of one wake-up too many. */
            if (swap(lock, &seen, self | WAITERS))
                return 0;
            continue;
        }
        if (!(seen & WAITERS)) {
            int32_t marked = seen | WAITERS;
            if (!__atomic_compare_exchange_n(&lock->word, &seen, marked, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
                continue;
            seen = marked;
        }
        int64_t left = deadline - lw_now_ms();
        if (left <= 0)
            return EBUSY;
        struct timespec timeout = {left / 1000, left % 1000 * 1000000};
        lw_kernel(SYS_futex, (long)&lock->word, FUTEX_WAIT_PRIVATE, seen, (long)&timeout, 0, 0);
    }
}

void lw_lock_give(struct lw_lock *lock)
{
    if (__atomic_exchange_n(&lock->word, 0, __ATOMIC_RELEASE) & WAITERS)
        lw_kernel(SYS_futex, (long)&lock->word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}
