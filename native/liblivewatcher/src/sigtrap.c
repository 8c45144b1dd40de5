/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "sigtrap.h"

#include <string.h>
#include <ucontext.h>

#include "arming.h"
#include "chain.h"
#include "connection.h"
#include "kernel.h"
#include "watchers.h"

#define EFLAGS_RF 0x10000
#define OPCODE_ICEBP 0xf1

static bool swallowing;
static int32_t lost; /* notices that could not be sent, told with the next one */

static bool icebp_before(uint64_t rip)
{
    unsigned char opcode;
    return lw_read_code(rip - 1, &opcode, 1) && opcode == OPCODE_ICEBP;
}

/* exc_debug_user() (arch/x86/kernel/traps.c) sends TRAP_BRKPT where DR6 names no cause: icebp, or a lost DR6. An int3 comes as
 * SI_KERNEL, so that the byte 0xcc before RIP means nothing here: a store's immediate may end with it. */
static bool is_stray(const siginfo_t *info, uint64_t rip)
{
    return info->si_code == TRAP_BRKPT && !icebp_before(rip);
}

static void fill(uint64_t registers[LW_WIRE_REGISTERS], const greg_t *g)
{
    static const int8_t order[] = {REG_R15, REG_R14, REG_R13, REG_R12, REG_RBP, REG_RBX, REG_R11, REG_R10,
                                   REG_R9,  REG_R8,  REG_RAX, REG_RCX, REG_RDX, REG_RSI, REG_RDI};
    size_t i = 0;
    for (; i < sizeof(order); i++)
        registers[i] = (uint64_t)g[order[i]];
    registers[i++] = UINT64_MAX; /* orig_rax: in no system call */
    registers[i++] = (uint64_t)g[REG_RIP];
    registers[i++] = (uint64_t)g[REG_CSGSFS] & 0xffff;
    registers[i++] = (uint64_t)g[REG_EFL];
    registers[i++] = (uint64_t)g[REG_RSP];
    registers[i] = (uint64_t)g[REG_CSGSFS] >> 48; /* uc_flags UC_SIGCONTEXT_SS: since Linux 4.6 */
}

static void tell(const greg_t *g)
{
    struct lw_message m;
    lw_message_begin(&m, LW_WIRE_RECOVERED);
    fill(m.head.registers, g);
    m.head.value = __atomic_exchange_n(&lost, 0, __ATOMIC_RELAXED);
    if (!lw_notice(&m, -1))
        __atomic_add_fetch(&lost, m.head.value + 1, __ATOMIC_RELAXED);
}

static void handle(int signal, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    uint64_t rip = (uint64_t)u->uc_mcontext.gregs[REG_RIP];
    if (lw_arming_trapped(info, context))
        return;
    if (!__atomic_load_n(&swallowing, __ATOMIC_RELAXED) || !is_stray(info, rip)) {
        lw_chain_pass(signal, info, context);
        return;
    }
    tell(u->uc_mcontext.gregs);
    /* It has trapped before it ran; RF lets it run once without trapping again (Intel SDM vol. 3, 18.3.1.1). */
    if (lw_watcher_executes(rip))
        u->uc_mcontext.gregs[REG_EFL] |= EFLAGS_RF;
}

void lw_sigtrap_want(bool wanted)
{
    __atomic_store_n(&swallowing, wanted, __ATOMIC_RELAXED);
    lw_sigtrap_refresh();
}

void lw_sigtrap_refresh(void)
{
    if (__atomic_load_n(&swallowing, __ATOMIC_RELAXED))
        lw_chain_install(SIGTRAP, handle);
}
