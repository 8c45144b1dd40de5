/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#include "descriptors.h"

#include "lock.h"

#define PATIENCE_MS 100

static struct lw_lock moment;

bool lw_descriptors_take(void)
{
    return lw_lock_take(&moment, PATIENCE_MS) == 0;
}

void lw_descriptors_give(bool taken)
{
    if (taken)
        lw_lock_give(&moment);
}

void lw_descriptors_after_fork(void)
{
    __atomic_store_n(&moment.word, 0, __ATOMIC_RELAXED);
}
