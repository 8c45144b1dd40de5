/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#include "pumping.h"

#include <errno.h>
#include <sys/ptrace.h>

#include "arming.h"
#include "records.h"
#include "stops.h"
#include "waits.h"

/* Threads on their way to a stop at one time while arming: enough to keep us busy, few enough that none waits long. */
#define INTERRUPT_WINDOW 16
#define ARMING_WORD_NS 500000000

void answer_arming(struct process *p, int error, int tid, uint32_t slot)
{
    struct lw_guard_packet m = {.kind = LW_MESSAGE_ARMED, .error = error, .tgid = p->tgid, .tid = tid, .slot = slot,
                                .mask = p->arming_mask, .count = p->threads};
    p->arming = false;
    send_packet(&m);
}

/* All or nothing: a watch that cannot be had everywhere leaves nothing occupied. */
static void fail_arming(struct process *p, int error, int tid, uint32_t slot)
{
    struct lw_guard_packet ignored = {0};
    disarm_process(p, p->arming_mask, &guard.config, &ignored);
    answer_arming(p, error, tid, slot);
}

struct pump {
    struct process *process;
    uint32_t window;
    uint32_t lacking;
};

bool lacks(const struct tracee *t)
{
    const struct process *p = t->process;
    return p && (p->armed & ~t->have || (t->poked && t->have & ~p->armed));
}

void arm_or_report(struct tracee *t)
{
    uint32_t slot = 0;
    int error = arm_thread(t, &guard.config, &slot);
    if (error == 0)
        return;
    if (t->process->arming) {
        fail_arming(t->process, error, t->tid, slot);
        return;
    }
    /* A thread that came later could not be armed: that is a gap, and it must be told once, not at each stop. */
    t->have |= t->process->armed;
    struct lw_guard_packet m = {.kind = LW_MESSAGE_ARMED, .error = error, .tgid = t->process->tgid, .tid = t->tid,
                                .slot = slot};
    send_packet(&m);
}

static void pump_thread(struct tracee *t, void *context)
{
    struct pump *pump = context;
    struct process *p = pump->process;
    if (t->process != p || !p->arming || !(p->armed & ~t->have))
        return;
    if (t->state == TRACEE_HELD || t->state == TRACEE_STOPPED) {
        arm_or_report(t);
        if (p->arming && (p->armed & ~t->have))
            t->have |= p->armed; /* ESRCH: it is dying while stopped */
        return;
    }
    if (t->state != TRACEE_RUNNING && t->state != TRACEE_LISTENING) {
        pump->lacking++;
        return;
    }
    if (!t->interrupted && pump->window > 0) {
        if (!interrupt(t)) {
            t->have |= p->armed; /* ESRCH: gone, its wait status is on its way */
            return;
        }
        pump->window--;
    }
    pump->lacking++;
}

static bool pump_until_full(struct tracee *t, void *context)
{
    pump_thread(t, context);
    return ((struct pump *)context)->window > 0;
}

static void count_covered(struct tracee *t, void *context)
{
    struct pump *pump = context;
    if (t->process == pump->process && (t->process->armed & ~t->have))
        pump->lacking++;
}

/* Thousands of threads on a busy machine take their time: livewatcher shall know that it passes. */
static void tell_arming(struct process *p)
{
    uint64_t now = record_time();
    if (now - p->pump_told < ARMING_WORD_NS)
        return;
    p->pump_told = now;
    struct pump pump = {p, 0, 0};
    tracee_each(count_covered, &pump);
    struct lw_guard_packet m = {.kind = LW_MESSAGE_ARMING, .tgid = p->tgid, .count = p->threads - pump.lacking, .value = {p->threads}};
    send_packet(&m);
}

void begin_arming(struct process *p)
{
    p->arming = true;
    p->pump_at = 0;
    p->pump_told = record_time();
    pump_arming(p);
}

/* Once through the table, a window full at a time; then again for whoever was passed by, of which there are few. */
void pump_arming(struct process *p)
{
    if (!p->arming)
        return;
    tell_arming(p);
    if (p->interrupted > INTERRUPT_WINDOW / 2)
        return;
    struct pump pump = {p, INTERRUPT_WINDOW - p->interrupted, 0};
    if (tracee_walk(&p->pump_at, pump_until_full, &pump))
        return;
    pump.lacking = 0;
    tracee_each(pump_thread, &pump);
    p->sweep_due = p->arming && pump.lacking == 0;
}

/* A thread that was inside clone(2) when it was seized brings forth an untraced one, which may come to light only after
 * the listing (copy_process() attaches and lists it late). By now each thread has been stopped since, or is ending, so
 * none is in that clone(2) any more: what is untraced can be seen. It is seized, and stopped to be armed, in its turn. */
void finish_arming(void)
{
    for (struct process *p = processes; p; p = p->next) {
        if (!p->sweep_due)
            continue;
        p->sweep_due = false;
        if (!p->arming)
            continue;
        uint32_t before = p->seized;
        uint32_t threads;
        int tid;
        int error = seize_process(p->tgid, &threads, &tid);
        if (error != 0)
            fail_arming(p, error, tid, 0);
        else if (p->seized == before)
            answer_arming(p, 0, 0, 0);
        else
            pump_arming(p);
    }
}
