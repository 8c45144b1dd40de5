/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The end of a thread and of a process. At the last thread's exit event its memory and its mappings are still there.
 */
#include <errno.h>
#include <time.h>

#include "keeper.h"
#include "pumping.h"
#include "recover.h"
#include "stops.h"

#define EXIT_PATIENCE_MS 500

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The last thread of a process is held at its exit, while livewatcher reads the list of modules and looks at the memory for
 * the last time; but not for long, should livewatcher sleep. */
void on_exiting(struct tracee *t)
{
    struct process *p = t->process;
    bool last = p && !t->exiting && ++p->exiting == p->threads;
    t->exiting = true;
    if (!last || !p->armed || guard.letting_go) {
        proceed(t, 0);
        return;
    }
    struct lw_guard_packet m = {.kind = LW_MESSAGE_EXITING, .tgid = p->tgid, .tid = t->tid};
    last_look(t, &m);
    t->state = TRACEE_HELD;
    t->held_until = now_ms() + EXIT_PATIENCE_MS;
    guard.exits_held++;
    send_packet(&m);
}

struct overdue {
    int64_t now;
    int64_t next;
};

static void release_if_due(struct tracee *t, void *context)
{
    struct overdue *overdue = context;
    if (t->held_until == 0)
        return;
    if (t->held_until <= overdue->now)
        proceed(t, 0);
    else if (overdue->next == 0 || t->held_until < overdue->next)
        overdue->next = t->held_until;
}

int release_overdue(void)
{
    if (guard.exits_held == 0)
        return -1;
    struct overdue overdue = {now_ms(), 0};
    tracee_each(release_if_due, &overdue);
    return overdue.next == 0 ? -1 : (int)(overdue.next - overdue.now);
}

void on_gone(int tid, int status)
{
    if (tid == guard.keeper)
        guard.keeper = start_keeper(); /* somebody has killed it */
    struct tracee *t = tracee_find(tid);
    struct process *p = t ? t->process : NULL;
    if (t)
        forget_tracee(t);
    if (p && p->arming)
        pump_arming(p);
    /* The leader's status comes last, when all its threads have gone (ptrace(2), "Death under ptrace"). A leader that was dead when
     * the process was seized is not ours; then the last thread's status is that of its exit_group(2), so the process's own. */
    bool leaderless = p && p->threads == 0 && !tracee_find(p->tgid) && !guard.letting_go; /* then it may have been let go */
    if (p && (p->tgid == tid || leaderless)) {
        if (p->arming)
            answer_arming(p, ESRCH, tid, 0);
        struct lw_guard_packet m = {.kind = LW_MESSAGE_EXIT, .tgid = p->tgid, .status = status};
        send_packet(&m);
        keeper_forgets(p);
        if (process_owes(p))
            p->gone = true;
        else
            process_remove(p);
    } else if (tid == guard.started && !p) {
        struct lw_guard_packet m = {.kind = LW_MESSAGE_EXIT, .tgid = tid, .status = status};
        send_packet(&m);
    }
    if (tid == guard.started)
        guard.started_ended = true;
}
