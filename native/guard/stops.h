/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * What a traced thread's stop means and how it goes on: clone, fork, exec, signals, group-stops.
 */
#ifndef LIVEWATCHER_STOPS_H
#define LIVEWATCHER_STOPS_H

#include "tracees.h"

/* A thread in uninterruptible sleep (a vfork parent, say) stops only when it wakes; so long it is waited for. */
#define LW_STOP_PATIENCE_MS 2000

struct guard {
    struct lw_guard_config config;
    int started; /* pid of the target that we started; 0 for attach */
    bool started_ended;
    int exits_held; /* threads held at their exit */
    int livewatcher;
    int keeper;      /* backend ptrace */
    bool detaching;  /* livewatcher has said DETACH */
    bool letting_go; /* every stop from here on ends in PTRACE_DETACH */
};

extern struct guard guard;

void send_packet(const struct lw_guard_packet *packet);

/* One result of waitpid(2). */
void on_wait(int tid, int status);

/* Nothing more is to come of a thread. */
void forget_tracee(struct tracee *t);

/* A thread has ended, with this status of waitpid(2). */
void on_gone(int tid, int status);

/* t stands in its exit event. */
void on_exiting(struct tracee *t);

/* Ends the holding of exiting threads whose time is over; returns milliseconds until the next is due, -1 for none. */
int release_overdue(void);

/* Seizes every thread of tgid to a fixpoint. 0 and *threads, or an errno and *tid. */
int seize_process(int tgid, uint32_t *threads, int *tid);

/* Seizes what has come to light of processes that were seized lately; returns milliseconds until the next look is due, -1 for none. */
int recount_overdue(void);

/* Lets a thread go on, arming what it lacks on the way. */
void proceed(struct tracee *t, int signal);

/* Brings a running thread of a process to a stop, which is awaited; false where it is gone. */
bool interrupt(struct tracee *t);

uint64_t seize_options(void);

/* Books a thread into its process, with the slots that it has inherited. */
void enter_process(struct tracee *t, struct process *p, uint32_t inherited);

/* Books a newcomer in: a thread of p, or the first one of a process that p has brought forth. */
void take_in(struct process *p, struct tracee *child, bool thread, uint32_t have);

/* child stands in its first stop. */
void begin_life(struct tracee *child, int status);

/* State letter of proc_pid_stat(5); 0 where the thread is gone. */
char thread_state(int tgid, int tid);

#endif
