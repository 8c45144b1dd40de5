/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "trapped.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "poking.h"
#include "records.h"
#include "recover.h"
#include "share.h"
#include "stops.h"
#include "waits.h"

/* Records that may wait in livewatcher: with their stacks, 64 MiB. */
#define MOST_WAITING 4096

/* The target waits that long for a livewatcher that lags, and then goes on, its hits dropped, till there is room again. */
#define PATIENCE_NS 1000000000ull
#define SETTLING_NS 2000000000ull

#define MODE_WRITE 1

static uint64_t number;
static bool starved;

void take_trap(struct tracee *t)
{
    ptrace(PTRACE_INTERRUPT, t->tid, 0, 0);
    ptrace(PTRACE_CONT, t->tid, 0, 0);
    t->state = TRACEE_RUNNING;
    t->trapped = true;
    t->trap_time = record_time();
    t->trap_number = ++number;
}

static bool has_room(const struct lw_trap_share *share)
{
    return share->sent - __atomic_load_n(&share->taken, __ATOMIC_SEQ_CST) < MOST_WAITING;
}

/* False where livewatcher is gone, or has had its time. */
static bool send_record(const void *message, size_t size)
{
    struct lw_trap_share *share = guard.config.share;
    uint64_t start = record_time();
    for (;;) {
        bool room = has_room(share);
        if (room && send(guard.config.socket_fd, message, size, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
            share->sent++;
            starved = false;
            return true;
        }
        if (room && errno != EAGAIN && errno != EINTR)
            return false;
        if (starved || record_time() - start > PATIENCE_NS) {
            starved = true;
            return false;
        }
        /* Its end shows as POLLHUP, whatever is asked for. */
        struct pollfd polled = {guard.config.socket_fd, room ? POLLOUT : 0, 0};
        if (poll(&polled, 1, 1) > 0 && polled.revents & (POLLHUP | POLLERR))
            return false;
    }
}

/* Reads what a slot holds now and leaves it as the last value seen. */
static bool exchange(int tid, struct lw_slot_state *state, uint64_t address, uint64_t *old, uint64_t *now)
{
    uint64_t value = 0;
    if (state->length == 0 || state->length > sizeof(value) || !read_memory(tid, address, &value, state->length))
        return false;
    *now = value;
    *old = __atomic_exchange_n(&state->last_value, value, __ATOMIC_SEQ_CST);
    return true;
}

/* A store over several registers sets a DR6 bit for each on most processors, for one of them on some (QEMU 7.2). */
static void read_siblings(struct lw_record *r, int tid, struct lw_slot_state *states, uint32_t siblings)
{
    r->sibling_mask = 0;
    for (int s = 0; s < LW_SLOTS; s++) {
        uint64_t was, is;
        if (!(siblings & 1u << s) || states[s].mode != MODE_WRITE ||
            !exchange(tid, &states[s], states[s].address, &was, &is) || was == is)
            continue;
        r->sibling_mask |= 1u << s;
        r->sibling_old[s] = was;
        r->sibling_new[s] = is;
    }
}

/* The thread stands in a stop of ours, so it has not run on; a signal that is queued now it takes on its way out of the stop. */
static int send_signal(const struct tracee *t, const struct lw_order *order)
{
    int tgid = t->process->tgid, signal = (int)order->signal;
    long sent = order->flags & LW_ORDER_THREAD ? syscall(SYS_tgkill, tgid, t->tid, signal) : kill(tgid, signal);
    return sent == 0 ? 0 : errno;
}

/* Carries out the slot's order at a hit that is reported. Notes in the record what became of it, and in the mask for which orders this
 * access is counted. */
static void obey(struct tracee *t, const struct lw_slot_state *state, struct lw_record *r, uint64_t *orders)
{
    uint32_t index = __atomic_load_n(&state->order, __ATOMIC_ACQUIRE) % LW_ORDERS;
    struct lw_order *order = &guard.config.share->orders[index];
    if (index == 0)
        return;
    r->flags |= LW_COUNTED;
    if (*orders & 1ull << index)
        return; /* another slot of the same access */
    *orders |= 1ull << index;
    uint64_t number = __atomic_add_fetch(&order->counted, 1, __ATOMIC_SEQ_CST);
    if ((r->flags & LW_UNDECIDED) || number < order->after)
        return;
    bool once = order->flags & LW_ORDER_ONCE;
    if (once && __atomic_exchange_n(&order->taken, 1, __ATOMIC_SEQ_CST) != 0)
        return;
    int error = send_signal(t, order);
    if (error == 0) {
        __atomic_fetch_add(&order->sent, 1, __ATOMIC_SEQ_CST);
        r->flags |= LW_SENT;
        return;
    }
    order->error = r->order_error = (uint32_t)error;
    __atomic_fetch_add(&order->failed, 1, __ATOMIC_SEQ_CST);
    if (once)
        __atomic_store_n(&order->taken, 0, __ATOMIC_SEQ_CST); /* the next one may */
}

/* orders: mask of the orders that this access is counted for. */
static void tell_slot(struct tracee *t, int slot, uint32_t causes, struct lw_slot_state *states, struct lw_record *r, uint64_t *orders)
{
    static struct {
        struct lw_guard_packet packet;
        struct lw_record record;
        uint8_t stack[LW_STACK_MAX];
    } m;
    struct lw_slot_state *state = &states[slot];
    const struct lw_slot_spec *spec = &t->process->spec[slot];
    __atomic_fetch_add(&state->counted, 1, __ATOMIC_SEQ_CST);
    /* A slot that livewatcher has cleared: the hit came on the way to disarming. */
    if (__atomic_load_n(&state->address, __ATOMIC_SEQ_CST) != spec->address) {
        __atomic_fetch_add(&state->filtered, 1, __ATOMIC_SEQ_CST);
        return;
    }
    r->slot = (lw_u16)slot;
    r->address = spec->address;
    r->length = state->length;
    r->old_value = r->new_value = 0;
    r->flags = 0;
    r->order_error = 0;
    if (exchange(t->tid, state, spec->address, &r->old_value, &r->new_value))
        r->flags |= LW_OLD_VALID | LW_NEW_VALID;
    if (__atomic_exchange_n(&state->stale, 0, __ATOMIC_SEQ_CST))
        r->flags &= (lw_u16)~LW_OLD_VALID;
    if (is_filtered(guard.config.share, state, r)) {
        __atomic_fetch_add(&state->filtered, 1, __ATOMIC_SEQ_CST);
        return;
    }
    read_siblings(r, t->tid, states, state->siblings & ~causes);
    copy_stack(r, t->tid, r->registers[19], m.stack);
    obey(t, state, r, orders); /* last, for it may be the process's end */
    m.packet.kind = LW_MESSAGE_TRAPPED;
    m.packet.tgid = t->process->tgid;
    m.packet.tid = t->tid;
    m.record = *r;
    bool sent = send_record(&m, sizeof(m.packet) + sizeof(m.record) + r->stack_length);
    __atomic_fetch_add(sent ? &state->recorded : &state->dropped, 1, __ATOMIC_SEQ_CST);
}

uint32_t tell_trap(struct tracee *t)
{
    uint32_t causes = read_causes(t);
    uint32_t slots = causes & ((1u << LW_SLOTS) - 1);
    t->trapped = false;
    struct lw_slot_state *states = t->process && slots ? slot_states(t->process) : NULL;
    if (!states)
        return causes & ~slots; /* not watched any more */
    struct user_regs_struct regs;
    if (!read_registers(t->tid, &regs)) {
        /* Killed a second time, on its way to its end: the first kill would have shown it at its exit event. */
        for (int s = 0; s < LW_SLOTS; s++) {
            states[s].counted += slots >> s & 1;
            states[s].dropped += slots >> s & 1;
        }
        return causes & ~slots;
    }
    struct lw_record r;
    memset(&r, 0, sizeof(r));
    fill_record(&r, t, &regs);
    r.time = t->trap_time;
    uint64_t orders = 0;
    for (int s = 0; s < LW_SLOTS; s++)
        if (slots & 1u << s)
            tell_slot(t, s, causes, states, &r, &orders);
    return causes & ~slots;
}

struct untold {
    uint64_t number;
    int count;
};

static void count_untold(struct tracee *t, void *context)
{
    struct untold *untold = context;
    untold->count += t->trapped && t->trap_number <= untold->number;
}

void settle_traps(void)
{
    uint64_t start = record_time();
    drain_waits(); /* each thread that stands in a hit by now has its signal taken */
    struct untold untold = {number, 0};
    do {
        untold.count = 0;
        tracee_each(count_untold, &untold);
        if (untold.count > 0 && !drain_waits())
            poll(NULL, 0, 1);
    } while (untold.count > 0 && record_time() - start < SETTLING_NS);
}

void share_with_child(struct process *parent, const struct process *child)
{
    struct lw_trap_share *share = guard.config.share;
    struct lw_slot_state *from = slot_states(parent);
    if (!from)
        return;
    for (int i = 0; i < LW_PROCESSES; i++) {
        int32_t free_entry = 0;
        if (!__atomic_compare_exchange_n(&share->tgid[i], &free_entry, LW_ENTRY_RESERVED, false, __ATOMIC_SEQ_CST,
                                         __ATOMIC_SEQ_CST))
            continue;
        struct lw_slot_state *to = &share->slots[i * LW_SLOTS];
        for (int s = 0; s < LW_SLOTS; s++) {
            to[s] = from[s];
            to[s].counted = to[s].recorded = to[s].filtered = to[s].dropped = to[s].skipped = 0;
        }
        __atomic_store_n(&share->tgid[i], child->tgid, __ATOMIC_SEQ_CST);
        return;
    }
    __atomic_fetch_add(&share->session.untracked, 1, __ATOMIC_SEQ_CST);
}

void count_newcomer(void)
{
    __atomic_fetch_add(&guard.config.share->session.threads, 1, __ATOMIC_SEQ_CST);
}
