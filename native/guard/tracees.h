/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The guard's book-keeping: which threads and processes it traces, and which slots each thread has.
 */
#ifndef LIVEWATCHER_TRACEES_H
#define LIVEWATCHER_TRACEES_H

#include <stdbool.h>
#include <stdint.h>

#include "guard.h"

enum tracee_state {
    TRACEE_EXPECTED, /* its parent's clone event named it; its own first stop is still to come */
    TRACEE_ORPHAN,   /* its first stop came before its parent's clone event; kept stopped */
    TRACEE_RUNNING,
    TRACEE_STOPPED,  /* in a stop that is being handled */
    TRACEE_HELD,     /* stopped until livewatcher says RELEASE */
    TRACEE_LISTENING, /* in a group-stop, PTRACE_LISTEN */
    TRACEE_AWAY,      /* let go in a group-stop, for another tracer */
    TRACEE_DOZING     /* left asleep at the end: the kernel lets it go when we end */
};

/* An open perf event. */
struct event {
    int fd;
    int slot;
    int tid; /* for whom it was opened; who has inherited it is not here */
};

/* One address space that is watched, or a process that is merely traced on the way to one. */
struct process {
    struct process *next;
    int tgid;
    uint32_t armed; /* mask of slots that every thread shall have */
    uint32_t off;   /* of these, whose events are switched off */
    struct lw_slot_spec spec[LW_GUARD_SLOTS];
    bool gone; /* every thread has ended; kept for its events' counts and for children that inherited them */
    bool arming;    /* an ARM command waits for its last thread */
    bool yielding;  /* its threads are let go at their next stop, or are */
    bool stopped;   /* yielding, and it was in a group-stop before */
    bool sweep_due; /* no thread that we know lacks a slot: time to look for others */
    uint32_t arming_mask;
    uint32_t pump_at;     /* arming: where in the table of tracees the next thread is looked for */
    int pump_cpu;         /* arming: whose sleepers have their turn; EVERY_CPU at the end (pumping.c) */
    uint32_t pump_window; /* arming: how many may be on their way to a stop at one time */
    uint64_t pump_told;   /* arming: CLOCK_MONOTONIC ns of the last word on it */
    uint32_t threads;
    uint32_t seized;      /* threads found in listings, so far */
    uint64_t recount_at;  /* CLOCK_MONOTONIC ns: when others are looked for again (seizing.c) */
    uint64_t recount_wait; /* ns, since the look before; 0: no more */
    uint32_t exiting;     /* of those, how many have passed their exit event */
    uint32_t interrupted; /* of those, how many are on their way to a stop that was asked for */
    struct event *events; /* of all its threads, gone ones too: what others inherited from them lives in them */
    uint32_t event_count, event_room;
    struct lw_guard_packet past; /* what events have counted that are closed, of slots that are armed */
    /* Backend ptrace. */
    int loader_register; /* of LW_LOADER_SLOT */
    int kept;            /* 1 + its place in the keeper's list; 0 */
    int entry;           /* where its slots were found last in the shared memory */
};

struct tracee {
    int tid;
    enum tracee_state state;
    struct process *process; /* NULL while unknown */
    uint32_t have;           /* mask of slots, own or inherited */
    int cpu;               /* arming: 1 + the CPU that it ran on last before it slept; 0: not asked yet; NO_CPU (pumping.c) */
    bool armed_asleep;     /* and it has not stopped since: what it brings forth may have inherited its events, or not (arming.c) */
    bool interrupted;
    bool exiting;
    int orphan_status;     /* of waitpid(2), for an orphan */
    uint64_t orphan_since; /* CLOCK_MONOTONIC ns */
    int64_t held_until; /* CLOCK_MONOTONIC ms, for a thread held at its exit; 0 */
    /* Backend ptrace: have may be more than armed, till the thread's next stop. */
    bool poked;           /* some register of it is set */
    int loader_register;
    bool trapped;         /* its last stop was a hit, which is still to be told */
    uint64_t trap_time;   /* CLOCK_MONOTONIC ns */
    uint64_t trap_number;
};

struct tracee *tracee_find(int tid);
struct tracee *tracee_add(int tid);
void tracee_remove(struct tracee *t);
void tracee_each(void (*visit)(struct tracee *, void *), void *context);
/* From *at on, until visit says no; false at the end. What is added meanwhile may be missed. */
bool tracee_walk(uint32_t *at, bool (*visit)(struct tracee *, void *), void *context);

struct process *process_find(int tgid);
struct process *process_add(int tgid);
void process_remove(struct process *p);
extern struct process *processes;

void process_keep_event(struct process *p, const struct event *event);

/* Whether its events have counted what livewatcher has not asked for yet, open or closed. */
bool process_owes(const struct process *p);

#endif
