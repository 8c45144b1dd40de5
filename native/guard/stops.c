/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#include "stops.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "arming.h"
#include "keeper.h"
#include "orphans.h"
#include "poking.h"
#include "pumping.h"
#include "records.h"
#include "recover.h"
#include "trapped.h"
#include "waits.h"
#include "yielding.h"

struct guard guard;

uint64_t seize_options(void)
{
    uint64_t options = PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT;
    if (guard.config.follow_fork)
        options |= PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK;
    return options;
}

void send_packet(const struct lw_guard_packet *packet)
{
    while (send(guard.config.socket_fd, packet, sizeof(*packet), MSG_NOSIGNAL) < 0 && errno == EINTR)
        continue;
}

void forget_tracee(struct tracee *t)
{
    struct process *p = t->process;
    if (t->held_until != 0)
        guard.exits_held--;
    if (p) {
        if (t->interrupted) {
            p->interrupted--;
            forget_awaited(t->tid);
        }
        if (t->exiting)
            p->exiting--;
        p->threads--;
    }
    tracee_remove(t);
}

bool interrupt(struct tracee *t)
{
    if (ptrace(PTRACE_INTERRUPT, t->tid, 0, 0) != 0)
        return false;
    t->interrupted = true;
    await_stop(t->tid);
    t->process->interrupted++;
    return true;
}

/* The one way on from every stop but a group-stop. ESRCH means killed while stopped; its end will be reported. */
static void resume(struct tracee *t, int signal)
{
    if (guard.letting_go && !stray_is_queued(t->tid)) {
        unpoke_thread(t);
        ptrace(PTRACE_DETACH, t->tid, 0, (void *)(intptr_t)signal);
        forget_tracee(t);
        return;
    }
    t->state = TRACEE_RUNNING;
    ptrace(PTRACE_CONT, t->tid, 0, (void *)(intptr_t)signal);
    if (guard.letting_go)
        ptrace(PTRACE_INTERRUPT, t->tid, 0, 0);
}

/* The process stays stopped for job control, and we stay its tracer; once detached it stays stopped as well. */
static void listen_or_leave(struct tracee *t)
{
    if (t->process && t->process->yielding) {
        send_away(t);
        return;
    }
    if (guard.letting_go) {
        resume(t, 0);
        return;
    }
    t->state = TRACEE_LISTENING;
    ptrace(PTRACE_LISTEN, t->tid, 0, 0);
}

void proceed(struct tracee *t, int signal)
{
    struct process *p = t->process;
    if (t->held_until != 0) {
        t->held_until = 0;
        guard.exits_held--;
    }
    if (lacks(t))
        arm_or_report(t);
    resume(t, signal);
    if (p && p->arming)
        pump_arming(p);
}

static void hold(struct tracee *t, uint32_t kind)
{
    if (guard.letting_go) {
        resume(t, 0);
        return;
    }
    t->state = TRACEE_HELD;
    struct lw_guard_packet m = {.kind = kind, .tgid = t->process->tgid, .tid = t->tid, .value = {record_time()}};
    send_packet(&m);
}

void enter_process(struct tracee *t, struct process *p, uint32_t inherited)
{
    t->process = p;
    t->have = inherited;
    p->threads++;
}

static void first_stop(struct tracee *t, int status);

void take_in(struct process *p, struct tracee *child, bool thread, uint32_t have)
{
    /* Of debug registers nothing is inherited but perf events. */
    bool pokes = guard.config.arming == LW_ARM_POKES;
    uint32_t inherited = pokes ? 0 : have;
    if (pokes && p->armed && (thread || guard.config.follow_fork))
        count_newcomer();
    if (thread) {
        enter_process(child, p, inherited);
    } else if (guard.config.follow_fork) {
        struct process *q = process_add(child->tid);
        q->armed = p->armed;
        q->loader_register = p->loader_register;
        memcpy(q->spec, p->spec, sizeof(q->spec));
        enter_process(child, q, inherited);
        if (pokes)
            share_with_child(p, q);
        first_look(child);
        struct lw_guard_packet m = {.kind = LW_MESSAGE_FORKED, .tgid = p->tgid, .tid = child->tid, .value = {record_time()}};
        send_packet(&m);
    }
}

void begin_life(struct tracee *child, int status)
{
    if (child->process && status >> 16 == PTRACE_EVENT_EXIT) {
        child->state = TRACEE_STOPPED; /* killed before it has run */
        on_exiting(child);
        return;
    }
    first_stop(child, status);
}

/* t stands in its clone, fork or vfork event. Whether the newcomer has inherited events is what t had, for t cannot have
 * been armed between the two; but where it was armed from outside. */
static void on_clone(struct tracee *t, int event)
{
    unsigned long message = 0;
    if (ptrace(PTRACE_GETEVENTMSG, t->tid, 0, &message) != 0)
        return;
    int tid = (int)message;
    struct tracee *child = tracee_find(tid);
    if (child && child->process)
        return; /* adopted */
    bool thread = event == PTRACE_EVENT_CLONE && is_thread_of(t->process->tgid, tid);
    bool waits = child && child->state == TRACEE_ORPHAN;
    if (!child)
        child = tracee_add(tid);
    child->state = TRACEE_EXPECTED;
    if (t->armed_asleep)
        disown_events(t);
    take_in(t->process, child, thread, t->have);
    if (waits)
        begin_life(child, child->orphan_status);
}

/* Threads that have ended without a word: at execve(2) by a thread that is not the leader, the caller takes over the
 * leader's tid and the others vanish. */
struct survivors {
    struct process *process;
    int leader;
    int dead[256];
    int count;
};

static void find_dead(struct tracee *t, void *context)
{
    struct survivors *s = context;
    if (t->process == s->process && t->tid != s->leader && s->count < 256)
        s->dead[s->count++] = t->tid;
}

static void on_exec(struct tracee *t)
{
    struct process *p = t->process;
    struct survivors s = {p, t->tid, {0}, 0};
    do {
        s.count = 0;
        tracee_each(find_dead, &s);
        for (int i = 0; i < s.count; i++)
            forget_tracee(tracee_find(s.dead[i]));
    } while (s.count == 256);
    if (p->arming)
        answer_arming(p, ESRCH, t->tid, 0);
    /* remove_on_exec has taken the events; the descriptors keep the counts until livewatcher disarms. What was poked
     * flush_thread() has cleared. */
    p->armed = 0;
    t->have = 0;
    /* The leader that was may have passed its exit event; who has its tid now has not. */
    p->exiting = 0;
    t->exiting = false;
    t->poked = false;
    hold(t, LW_MESSAGE_EXEC);
}

static void first_stop(struct tracee *t, int status)
{
    t->state = TRACEE_STOPPED;
    if (!t->process) {
        /* A process of its own that nobody follows; it has inherited nothing. */
        ptrace(PTRACE_DETACH, t->tid, 0, 0);
        tracee_remove(t);
        return;
    }
    int signal = status >> 16 == PTRACE_EVENT_STOP ? WSTOPSIG(status) : 0;
    if (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU) {
        arm_or_report(t);
        listen_or_leave(t);
        return;
    }
    proceed(t, 0);
}

static void on_event_stop(struct tracee *t, int signal)
{
    if (signal == SIGTRAP) {
        proceed(t, 0); /* our interrupt, or the end of a group-stop */
        return;
    }
    struct process *p = t->process;
    if (lacks(t))
        arm_or_report(t);
    listen_or_leave(t);
    if (p && p->arming)
        pump_arming(p);
}

static void on_signal(struct tracee *t, int signal)
{
    if (signal != SIGTRAP) {
        proceed(t, signal == SIGSTOP && serve_arising(t) ? 0 : signal);
        return;
    }
    switch (judge_sigtrap(t)) {
    case SIGTRAP_TRAPPED:
        take_trap(t);
        break;
    case SIGTRAP_STRAY:
        recover_hit(t);
        proceed(t, 0);
        break;
    case SIGTRAP_STRAY_AT_LOADER:
    case SIGTRAP_LOADER:
        hold(t, LW_MESSAGE_LOADER);
        break;
    case SIGTRAP_GENUINE:
        proceed(t, signal);
        break;
    }
}

void on_wait(int tid, int status)
{
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
        on_gone(tid, status);
        return;
    }
    if (!WIFSTOPPED(status))
        return;

    struct tracee *t = tracee_find(tid);
    if (!t) {
        keep_orphan(tid, status);
        return;
    }
    if (t->interrupted) {
        /* Whatever stop this is, the thread can be armed in it; the interrupt's own stop may still follow. */
        t->interrupted = false;
        forget_awaited(tid);
        if (t->process)
            t->process->interrupted--;
    }
    if (t->state == TRACEE_EXPECTED) {
        first_stop(t, status);
        return;
    }

    t->state = TRACEE_STOPPED;
    int event = status >> 16;
    if (t->trapped && tell_trap(t) && event == PTRACE_EVENT_STOP) {
        hold(t, LW_MESSAGE_LOADER);
        return;
    }
    if (event != PTRACE_EVENT_CLONE && event != PTRACE_EVENT_FORK && event != PTRACE_EVENT_VFORK)
        t->armed_asleep = false; /* whatever it brings forth from now on inherits all */
    switch (event) {
    case 0:
        on_signal(t, WSTOPSIG(status));
        break;
    case PTRACE_EVENT_CLONE:
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
        on_clone(t, event);
        t->armed_asleep = false;
        proceed(t, 0);
        break;
    case PTRACE_EVENT_EXEC:
        on_exec(t);
        break;
    case PTRACE_EVENT_EXIT:
        on_exiting(t);
        break;
    case PTRACE_EVENT_STOP:
        on_event_stop(t, WSTOPSIG(status));
        break;
    default:
        proceed(t, 0);
        break;
    }
}
