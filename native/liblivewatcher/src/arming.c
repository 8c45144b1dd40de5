/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "arming.h"

#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "chain.h"
#include "connection.h"
#include "descriptors.h"
#include "kernel.h"
#include "livewatcher.h"

/* Words of one width, so that a handler copies them one by one. */
struct order {
    uint64_t generation, watcher, address, length, mode, flags, program;
};
#define WORDS (sizeof(struct order) / sizeof(uint64_t))

#define EFLAGS_TF 0x100

/* Two orders, written in turn; `current` counts them, 0: none. A handler that finds the count changed after it has copied has a
 * signal that comes too late. */
static uint64_t orders[2][WORDS];
static uint32_t count, current;
static int32_t program = -1;
static int32_t sender;

/* This thread runs with EFLAGS.TF, for the order of this generation. */
static __thread struct {
    uint32_t generation;
    bool on;
} step __attribute__((tls_model("initial-exec")));

static void close_program(int32_t next)
{
    int32_t fd = __atomic_exchange_n(&program, next, __ATOMIC_ACQ_REL);
    if (fd >= 0)
        lw_kernel(SYS_close, fd, 0, 0, 0, 0, 0);
}

void lw_arming_receive(int descriptor)
{
    if (descriptor >= 0)
        close_program(descriptor);
}

static bool fetch(struct order *order)
{
    uint64_t words[WORDS];
    uint32_t now = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
    if (now == 0)
        return false;
    for (size_t i = 0; i < WORDS; i++)
        words[i] = __atomic_load_n(&orders[now & 1][i], __ATOMIC_ACQUIRE);
    memcpy(order, words, sizeof(words));
    return __atomic_load_n(&current, __ATOMIC_RELAXED) == now;
}

static void publish(const struct order *order)
{
    uint64_t words[WORDS];
    memcpy(words, order, sizeof(words));
    count = count == UINT32_MAX ? 1 : count + 1;
    for (size_t i = 0; i < WORDS; i++)
        __atomic_store_n(&orders[count & 1][i], words[i], __ATOMIC_RELEASE);
    __atomic_store_n(&current, count, __ATOMIC_RELEASE);
}

/* The event of this thread, enabled, or -errno. */
static long open_own_event(const struct order *o)
{
    struct perf_event_attr attr;
    memset(&attr, 0, sizeof(attr));
    attr.type = PERF_TYPE_BREAKPOINT;
    attr.size = sizeof(attr);
    attr.bp_type = o->mode == LW_MODE_EXE ? HW_BREAKPOINT_X : o->mode == LW_MODE_W ? HW_BREAKPOINT_W : HW_BREAKPOINT_RW;
    attr.bp_addr = o->address;
    attr.bp_len = o->mode == LW_MODE_EXE ? sizeof(long) : o->length;
    attr.sample_period = 1;
    attr.inherit = 1;
    attr.inherit_thread = 1; /* not to child processes: they start unarmed (Linux 5.13) */
    attr.remove_on_exec = 1;
    attr.exclude_hv = 1;
    attr.disabled = 1;
    long fd = lw_kernel(SYS_perf_event_open, (long)&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    long failed = lw_kernel(SYS_ioctl, fd, PERF_EVENT_IOC_SET_BPF, (long)o->program, 0, 0, 0);
    if (failed == 0)
        failed = lw_kernel(SYS_ioctl, fd, PERF_EVENT_IOC_ENABLE, 0, 0, 0, 0);
    if (failed == 0)
        return fd;
    lw_kernel(SYS_close, fd, 0, 0, 0, 0, 0);
    return failed;
}

static void arm_this_thread(const struct order *o, bool at_trap)
{
    struct lw_message m;
    lw_message_begin(&m, LW_WIRE_ARMED);
    bool taken = lw_descriptors_take();
    long fd = open_own_event(o);
    m.head.generation = (uint32_t)o->generation;
    m.head.watcher = (uint32_t)o->watcher;
    m.head.error = fd < 0 ? (int32_t)-fd : 0;
    m.head.value = at_trap;
    lw_notice(&m, (int)fd);
    if (fd >= 0)
        lw_kernel(SYS_close, fd, 0, 0, 0, 0, 0);
    lw_descriptors_give(taken);
}

/* A trap that is blocked would end the program (force_sig_info_to_task, kernel/signal.c), and some instructions must not be stepped:
 * a system call may block it, pushf would keep TF for a later popf, and returns from interrupts and traps change it. */
static bool may_step(const ucontext_t *u)
{
    unsigned char code[2]; /* tells those that must not be */
    uint64_t blocked;
    memcpy(&blocked, &u->uc_sigmask, sizeof(blocked)); /* sigismember(3) would be another import */
    if (blocked & (1ul << (SIGTRAP - 1)) || !lw_read_code((uint64_t)u->uc_mcontext.gregs[REG_RIP], code, sizeof(code)))
        return false;
    switch (code[0]) {
    case 0x0f: /* syscall, sysenter */
        return code[1] != 0x05 && code[1] != 0x34;
    case 0x66: /* pushf of 16 bits */
        return code[1] != 0x9c;
    case 0x48: /* iretq */
        return code[1] != 0xcf;
    case 0x9c: /* pushf */
    case 0xcc: /* int3 */
    case 0xcd: /* int */
    case 0xcf: /* iret */
    case 0xf1: /* icebp */
        return false;
    default:
        return true;
    }
}

/* Only the listener's own signals, by their sender and by what they carry; the rest is the program's. */
static void handle(int signal, siginfo_t *info, void *context)
{
    struct order order;
    if (info->si_code != SI_QUEUE || info->si_pid != __atomic_load_n(&sender, __ATOMIC_RELAXED)) {
        lw_chain_pass(signal, info, context);
        return;
    }
    if (!fetch(&order) || (uint32_t)info->si_value.sival_int != (uint32_t)order.generation)
        return;
    ucontext_t *u = context;
    if (!(order.flags & LW_WIRE_PREPARE_STEP) || !may_step(u)) {
        arm_this_thread(&order, false);
        return;
    }
    step.generation = (uint32_t)order.generation;
    step.on = true;
    u->uc_mcontext.gregs[REG_EFL] |= EFLAGS_TF;
}

bool lw_arming_trapped(const siginfo_t *info, void *context)
{
    struct order order;
    /* TRAP_BRKPT: a virtual machine has lost DR6, and the cause with it. */
    if (!step.on || (info->si_code != TRAP_TRACE && info->si_code != TRAP_BRKPT))
        return false;
    ucontext_t *u = context;
    step.on = false;
    u->uc_mcontext.gregs[REG_EFL] &= ~EFLAGS_TF;
    if (fetch(&order) && step.generation == (uint32_t)order.generation)
        arm_this_thread(&order, true);
    return true;
}

/* Signals of the processor mean something else: to return from their handler is to do it again. */
static bool may_be_used(int signal)
{
    return signal != SIGSEGV && signal != SIGBUS && signal != SIGFPE && signal != SIGILL && signal != SIGTRAP &&
           signal != SIGSYS && signal != SIGABRT;
}

int lw_arming_prepare(const struct lw_wire *prepare, int32_t peer)
{
    if (program < 0)
        return EBADF;
    if (!may_be_used(prepare->signal) || prepare->watcher >= LW_WIRE_WATCHERS)
        return EINVAL;
    struct order order = {prepare->generation, prepare->watcher, prepare->address, prepare->length,
                          prepare->mode,       prepare->flags,   (uint64_t)program};
    __atomic_store_n(&sender, peer, __ATOMIC_RELAXED);
    publish(&order);
    return lw_chain_install(prepare->signal, handle);
}

void lw_arming_retire(void)
{
    __atomic_store_n(&current, 0, __ATOMIC_RELEASE);
    bool taken = lw_descriptors_take();
    close_program(-1);
    lw_descriptors_give(taken);
}

void lw_arming_after_fork(void)
{
    __atomic_store_n(&current, 0, __ATOMIC_RELAXED);
    step.on = false;
    close_program(-1);
}
