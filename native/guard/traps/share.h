/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Backend ptrace: the memory that livewatcher, the guard and the keeper share. Made by livewatcher before the guard is
 * forked, so that a command need not carry what changes at every hit. src/Livewatcher.Linux/Ptrace mirrors it.
 */
#ifndef LIVEWATCHER_SHARE_H
#define LIVEWATCHER_SHARE_H

#include <stdint.h>

#include "watch_event.h"

#define LW_SLOT_STATES (LW_PROCESSES * LW_SLOTS)

/* An entry of tgid[] whose slots are just being prepared. */
#define LW_ENTRY_RESERVED (-1)

struct lw_trap_share {
    int32_t tgid[LW_PROCESSES];  /* whose slots stand at this index; 0: nobody's. Taken by compare-and-swap, by livewatcher
                                    for a target, by the guard for a followed child; freed by livewatcher */
    int32_t armed[LW_PROCESSES]; /* the guard's word to the keeper: threads of these may have debug registers set */
    uint64_t sent;               /* records, by the guard */
    uint64_t taken;              /* of those, by livewatcher: what lies between the two is memory */
    uint64_t settled;            /* the number of the last LW_COMMAND_SETTLE that the guard is through with */
    struct lw_session_state session;
    struct lw_slot_state slots[LW_SLOT_STATES];
    struct lw_condition conditions[LW_CONDITIONS]; /* written by livewatcher, decided by the guard at each hit */
    struct lw_range ranges[LW_RANGES];
    struct lw_order orders[LW_ORDERS]; /* carried out by the guard */
};

#endif
