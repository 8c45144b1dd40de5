/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#include "yielding.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>

#include "poking.h"
#include "stops.h"
#include "waits.h"

struct census {
    const struct process *process;
    enum tracee_state state;
    int like;  /* threads in that state */
    int other;
};

static void count_state(struct tracee *t, void *context)
{
    struct census *census = context;
    if (t->process == census->process)
        ++*(t->state == census->state ? &census->like : &census->other);
}

static struct census count_states(const struct process *p, enum tracee_state state)
{
    struct census census = {p, state, 0, 0};
    tracee_each(count_state, &census);
    return census;
}

/* Serves stops until every thread of tgid is in this state, or the time is over. False then, and where none is left. */
static bool await_state(int tgid, enum tracee_state state)
{
    for (int waited = 0; waited < LW_STOP_PATIENCE_MS;) {
        const struct process *p = process_find(tgid);
        struct census census = count_states(p, state);
        if (!p || census.other == 0)
            return p && census.like > 0;
        if (drain_waits())
            continue;
        poll(NULL, 0, 1);
        waited++;
    }
    return false;
}

void send_away(struct tracee *t)
{
    unpoke_thread(t);
    ptrace(PTRACE_DETACH, t->tid, 0, 0); /* in a group-stop it stays stopped */
    t->state = TRACEE_AWAY;
}

/* A listening thread is not stopped in ptrace(2)'s eyes; interrupted, it comes to its group-stop once more. */
static void call_in(struct tracee *t, void *context)
{
    if (t->process == context && t->state == TRACEE_LISTENING)
        ptrace(PTRACE_INTERRUPT, t->tid, 0, 0);
}

int yield_process(int tgid)
{
    struct process *p = process_find(tgid);
    if (!p || p->gone)
        return ESRCH;
    if (p->arming || p->yielding || count_states(p, TRACEE_HELD).like > 0)
        return EBUSY;
    /* One thread in a group-stop, and the others are on their way to it. What has stopped by now is served first. */
    drain_waits();
    if (!(p = process_find(tgid)))
        return ESRCH;
    p->stopped = count_states(p, TRACEE_LISTENING).like > 0;
    if (!p->stopped && kill(tgid, SIGSTOP) != 0)
        return errno;
    if (await_state(tgid, TRACEE_LISTENING) && (p = process_find(tgid)) != NULL) {
        p->yielding = true;
        tracee_each(call_in, p);
        if (await_state(tgid, TRACEE_AWAY))
            return 0;
    }
    int tid;
    return process_find(tgid) ? (take_back(tgid, &tid), EBUSY) : ESRCH;
}

struct seizing {
    struct process *process;
    int error;
    int culprit;
    bool leader_gone;
    int gone[256]; /* others */
    int gone_count;
};

static void seize_again(struct tracee *t, void *context)
{
    struct seizing *seizing = context;
    if (t->process != seizing->process || t->state != TRACEE_AWAY)
        return;
    if (ptrace(PTRACE_SEIZE, t->tid, 0, (void *)seize_options()) == 0) {
        t->state = TRACEE_RUNNING; /* and soon in its group-stop */
        return;
    }
    int error = errno;
    char state = thread_state(t->process->tgid, t->tid);
    if (error != ESRCH && state != 0 && state != 'Z' && state != 'X') {
        seizing->error = error;
        seizing->culprit = t->tid;
    } else if (t->tid == t->process->tgid) {
        seizing->leader_gone = true;
    } else if (seizing->gone_count < 256) {
        seizing->gone[seizing->gone_count++] = t->tid;
    }
}

int take_back(int tgid, int *culprit)
{
    struct process *p = process_find(tgid);
    if (!p)
        return ESRCH;
    struct seizing seizing;
    p->yielding = false;
    do {
        seizing = (struct seizing){.process = p};
        tracee_each(seize_again, &seizing);
        /* Killed meanwhile, which nobody tells us of; but for the leader of a started target, whom waitpid(2) tells of. Last
         * of all the leader: with it the process goes. */
        for (int i = 0; i < seizing.gone_count; i++)
            on_gone(seizing.gone[i], SIGKILL);
        p = process_find(tgid);
    } while (p && seizing.gone_count == 256);
    if (p && seizing.leader_gone && tgid != guard.started) {
        on_gone(tgid, SIGKILL);
        p = process_find(tgid);
    }
    *culprit = seizing.culprit;
    if (!p || p->gone)
        return ESRCH;
    /* Poked again, before it goes on. */
    await_state(tgid, TRACEE_LISTENING);
    if (!(p = process_find(tgid)))
        return ESRCH; /* killed, and seized on its way out */
    if (!p->stopped)
        kill(tgid, SIGCONT);
    return seizing.error;
}

void abandon_yielded(void)
{
    for (struct process *p = processes; p; p = p->next) {
        if (p->yielding && !p->stopped)
            kill(p->tgid, SIGCONT);
        p->yielding = false;
    }
}
