/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The bits of DR7 and DR6 (Intel SDM vol. 3, 18.2.3 and 18.2.4; arch/x86/include/uapi/asm/debugreg.h). No calls: a test
 * compiles this header by itself.
 */
#ifndef LIVEWATCHER_DEBUG_REGISTERS_H
#define LIVEWATCHER_DEBUG_REGISTERS_H

#include <stdint.h>

#include "guard.h"

#define LW_DR6_SLOTS 0xfu /* B0 to B3: which breakpoints were met */

/* R/W: 0 execution, 1 write, 3 access. The types of linux/hw_breakpoint.h are another numbering. */
static inline uint64_t lw_dr7_mode(uint32_t type)
{
    return type == 4 ? 0 : type == 2 ? 1 : 3;
}

/* LEN: 0, 1, 3 and 2 for 1, 2, 4 and 8 bytes; 8 came last, with the 64-bit processors. Execution takes 0. */
static inline uint64_t lw_dr7_length(const struct lw_slot_spec *spec)
{
    if (spec->type == 4)
        return 0;
    return spec->length == 8 ? 2 : spec->length - 1;
}

/* One register's share of DR7: its local enable bit, its mode, its length. */
static inline uint64_t lw_dr7_part(int reg, const struct lw_slot_spec *spec)
{
    return 1ull << (2 * reg) | lw_dr7_mode(spec->type) << (16 + 4 * reg) | lw_dr7_length(spec) << (18 + 4 * reg);
}

#endif
