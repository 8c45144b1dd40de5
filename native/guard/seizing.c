/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Getting hold of every thread of a running process, although /proc lists them while they come and go.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>

#include "records.h"
#include "recover.h"
#include "stops.h"
#include "waits.h"

#define QUIET_LISTINGS 3
#define IDLE_LISTINGS 100
#define MANY_THREADS 64

/* After a process is seized it is counted again: so long after, and each time ten times as long, up to the last. */
#define FIRST_RECOUNT_NS 1000000
#define LAST_RECOUNT_NS 1000000000

char thread_state(int tgid, int tid)
{
    char state;
    int cpu;
    return read_stat(tgid, tid, &state, &cpu) ? state : 0;
}

/* 0, or an errno. */
static int seize_thread(struct process *p, int tid)
{
    if (ptrace(PTRACE_SEIZE, tid, 0, (void *)seize_options()) != 0)
        return errno;
    struct tracee *t = tracee_add(tid);
    t->state = TRACEE_RUNNING;
    enter_process(t, p, 0);
    p->seized++;
    return 0;
}

/* Threads of a pool have numbers in a row, and to ask whose a number is takes a tenth of what its entry in a listing does, which the kernel makes and keeps
 * (proc_fill_cache(), fs/proc/base.c). Where there are many, so many numbers are tried at first; what is not found like that a listing finds. */
static void seize_in_a_row(struct process *p)
{
    int threads = status_number(p->tgid, p->tgid, "Threads:");
    if (threads < MANY_THREADS)
        return;
    for (int tid = p->tgid, last = p->tgid + threads + threads / 2; tid < last && p->threads < (uint32_t)threads; tid++) {
        give_way();
        if (!tracee_find(tid) && is_thread_of(p->tgid, tid) && seize_thread(p, tid) != 0)
            return; /* the listing finds out why */
    }
}

/* One listing of a process's threads; seizes those that are not ours. *gone counts those that have ended before they
 * could be seized, *listed all. 0, or an errno and *culprit. */
static int seize_listed(struct process *p, uint32_t *listed, uint32_t *gone, int *culprit)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/task", p->tgid);
    DIR *d = opendir(path);
    if (!d)
        return errno == ENOENT ? ESRCH : errno;
    int error = 0;
    for (struct dirent *e; error == 0 && (e = readdir(d));) {
        give_way();
        int tid = atoi(e->d_name);
        if (tid <= 0)
            continue;
        ++*listed;
        if (tracee_find(tid))
            continue;
        error = seize_thread(p, tid);
        if (error == 0)
            continue;
        char state = thread_state(p->tgid, tid);
        if (error == ESRCH || state == 0)
            ++*gone;
        /* Dead, as the first thread is till the last has ended; or already ours by its parent's clone event, which we
         * have not read yet. */
        if (error == ESRCH || state == 0 || state == 'Z' || state == 'X' || traced_by_us(p->tgid, tid))
            error = 0;
        *culprit = tid;
    }
    closedir(d);
    return error;
}

/* Ours are all in the kernel's number: a tracee that has ended is, till its status is read. So where the two are the same, no thread is missing. */
static bool all_are_ours(const struct process *p)
{
    return p->threads == (uint32_t)status_number(p->tgid, p->tgid, "Threads:");
}

int seize_process(int tgid, uint32_t *threads, int *culprit)
{
    struct process *p = process_find(tgid);
    if (!p)
        p = process_add(tgid);
    *culprit = tgid;
    seize_in_a_row(p);
    /* Where the kernel counts a thread that cannot be ours, as a leader that has ended, a listing must tell. It misses a living thread where its
     * neighbour ends meanwhile (fs/proc/base.c, next_tid): it counts only where it is as long as the kernel's own number, and three times
     * in a row. Where threads come and go all the time, a number that never fits shall not keep us for ever. */
    for (int quiet = 0, idle = 0; quiet < QUIET_LISTINGS && idle < IDLE_LISTINGS && !(p->threads && all_are_ours(p));) {
        uint32_t listed = 0, gone = 0, before = p->seized;
        int error = seize_listed(p, &listed, &gone, culprit);
        if (error != 0)
            return error;
        bool news = p->seized != before || gone > 0;
        quiet = !news && listed == (uint32_t)status_number(tgid, tgid, "Threads:") ? quiet + 1 : 0;
        idle = news ? 0 : idle + 1;
    }
    p->recount_wait = FIRST_RECOUNT_NS;
    p->recount_at = record_time() + FIRST_RECOUNT_NS;
    *threads = p->threads;
    return p->threads ? 0 : ESRCH;
}

/* A thread that was inside clone(2) when it was seized brings forth an untraced one, which may come to light only now (copy_process() attaches and lists
 * it late). Where the guard arms threads, its sweep has found it (pumping.c). */
static void recount(struct process *p)
{
    uint32_t listed = 0, gone = 0;
    int culprit;
    p->recount_wait = p->recount_wait < LAST_RECOUNT_NS ? p->recount_wait * 10 : 0;
    p->recount_at += p->recount_wait;
    if (p->threads && !p->armed && !p->yielding && !all_are_ours(p))
        seize_listed(p, &listed, &gone, &culprit);
}

int recount_overdue(void)
{
    uint64_t now = record_time();
    int patience = -1;
    for (struct process *p = processes; p; p = p->next) {
        if (p->recount_wait > 0 && now >= p->recount_at)
            recount(p);
        if (p->recount_wait > 0) {
            int due = p->recount_at > now ? (int)((p->recount_at - now) / 1000000) + 1 : 0;
            patience = patience < 0 || due < patience ? due : patience;
        }
    }
    return patience;
}
