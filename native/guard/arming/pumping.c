/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "pumping.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "arming.h"
#include "records.h"
#include "stops.h"
#include "waits.h"

/* Threads on their way to a stop at one time while arming, and sleepers armed before stops are served again: enough to keep us busy, few enough
 * that none waits long. Where more threads want a CPU than there are, whoever is asked stops at his turn, for which he waits far longer than for
 * us: as many times as many are asked, up to the most. */
#define INTERRUPT_WINDOW 16
#define MOST_INTERRUPTED 256
/* Threads that want a CPU, for each: from there on it is crowded. Fewer have their turn so soon that more of them would only wait for us. */
#define CROWD 8
#define ARMING_WORD_NS 500000000

/* Of a thread that did not sleep when it was asked for, or whose registers are to be poked, in a stop. */
#define NO_CPU (-1)
/* Of the last round, when sleepers are armed from wherever we are. */
#define EVERY_CPU (-1)

static void stand_on(int cpu)
{
    static cpu_set_t everywhere;
    static int at = EVERY_CPU;
    if (cpu == at)
        return;
    if (at == EVERY_CPU)
        sched_getaffinity(0, sizeof(everywhere), &everywhere);
    cpu_set_t one;
    CPU_ZERO(&one);
    if (cpu != EVERY_CPU)
        CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof(one), cpu == EVERY_CPU ? &everywhere : &one); /* refused, it only takes longer */
    at = cpu;
}

void answer_arming(struct process *p, int error, int tid, uint32_t slot)
{
    struct lw_guard_packet m = {.kind = LW_MESSAGE_ARMED, .error = error, .tgid = p->tgid, .tid = tid, .slot = slot,
                                .mask = p->arming_mask, .count = p->threads};
    p->arming = false;
    stand_on(EVERY_CPU);
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
    int window;
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

/* Whether t, which is not under way, is to be armed in this round; asks for the CPU that it ran on last in the first. */
static bool has_turn(struct tracee *t, struct pump *pump)
{
    if (t->cpu == 0 && guard.config.arming == LW_ARM_POKES) {
        t->cpu = NO_CPU;
    } else if (t->cpu == 0) {
        char state;
        int cpu;
        bool asleep = read_stat(t->process->tgid, t->tid, &state, &cpu) && state == 'S';
        t->cpu = asleep && cpu >= 0 && cpu < CPU_SETSIZE ? 1 + cpu : NO_CPU;
        pump->window--;
    }
    return pump->process->pump_cpu == EVERY_CPU || t->cpu == NO_CPU || t->cpu == 1 + pump->process->pump_cpu;
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
    if (!t->interrupted && pump->window > 0 && has_turn(t, pump)) {
        pump->window--;
        if (t->cpu != NO_CPU && arm_sleeper(t, &guard.config))
            return;
        if (!interrupt(t)) {
            t->have |= p->armed; /* ESRCH: gone, its wait status is on its way */
            return;
        }
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

static uint32_t interrupt_window(void)
{
    char text[128];
    int wanting = 0; /* proc_loadavg(5): what is running or wants to, of all there is */
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    if (read_file("/proc/loadavg", text, sizeof(text)) == 0 || sscanf(text, "%*s %*s %*s %d/", &wanting) != 1 || wanting < CROWD * cpus)
        return INTERRUPT_WINDOW;
    long window = INTERRUPT_WINDOW * (long)wanting / (cpus > 0 ? cpus : 1);
    return window < MOST_INTERRUPTED ? (uint32_t)window : MOST_INTERRUPTED;
}

static void forget_cpu(struct tracee *t, void *process)
{
    if (t->process == process)
        t->cpu = 0;
}

void begin_arming(struct process *p)
{
    p->arming = true;
    p->pump_at = 0;
    p->pump_cpu = 0;
    p->pump_told = record_time();
    p->pump_window = interrupt_window();
    tracee_each(forget_cpu, p);
    pump_arming(p);
}

struct next {
    const struct process *process;
    int cpu;
};

static void find_next(struct tracee *t, void *context)
{
    struct next *next = context;
    const struct process *p = next->process;
    if (t->process == p && p->armed & ~t->have && !t->interrupted && t->cpu > 1 + p->pump_cpu && (next->cpu == EVERY_CPU || t->cpu < 1 + next->cpu))
        next->cpu = t->cpu - 1;
}

/* To open an event of a sleeper, and to switch it on, interrupts the CPU that it ran on last, and waits for it, unless we are there ourselves
 * (kernel/events/core.c, perf_install_in_context, event_function_call): so CPU after CPU has its round through the table, a window full at a time. Then again
 * for whoever was passed by, of which there are few. */
bool pump_arming(struct process *p)
{
    if (!p->arming)
        return false;
    tell_arming(p);
    if (p->interrupted > p->pump_window / 2)
        return false;
    stand_on(guard.config.arming == LW_ARM_POKES ? EVERY_CPU : p->pump_cpu);
    struct pump pump = {p, (int)(p->pump_window - p->interrupted), 0};
    if (p->pump_cpu != EVERY_CPU) {
        if (tracee_walk(&p->pump_at, pump_until_full, &pump))
            return p->interrupted <= p->pump_window / 2;
        struct next next = {p, EVERY_CPU};
        tracee_each(find_next, &next);
        p->pump_cpu = next.cpu;
        p->pump_at = 0;
        return p->arming;
    }
    pump.lacking = 0;
    tracee_each(pump_thread, &pump);
    p->sweep_due = p->arming && pump.lacking == 0;
    return p->arming && pump.window <= 0 && p->interrupted <= p->pump_window / 2;
}

/* A thread that was inside clone(2) when it was seized brings forth an untraced one, which may come to light only after
 * the listing (copy_process() attaches and lists it late). By now each thread has been stopped since, or asleep elsewhere, or is ending, so
 * none is in that clone(2) any more: what is untraced can be seen. It is seized, and armed, in its turn. */
static void sweep(struct process *p)
{
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

bool further_arming(void)
{
    bool busy = false;
    for (struct process *p = processes; p; p = p->next) {
        bool sweep_due = p->sweep_due && p->arming;
        p->sweep_due = false;
        if (sweep_due)
            sweep(p);
        else
            busy |= pump_arming(p);
        busy |= p->sweep_due;
    }
    return busy;
}
