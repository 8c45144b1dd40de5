/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The last moment of a process: its memory and its mappings are still there.
 */
#include <time.h>

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
