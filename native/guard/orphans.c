/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#include "orphans.h"

#include "records.h"
#include "stops.h"

/* A living parent stands in its event by then, which follows the birth at once. */
#define PARENT_PATIENCE_NS 100000000

static uint32_t orphans;

void keep_orphan(int tid, int status)
{
    struct tracee *t = tracee_add(tid);
    t->state = TRACEE_ORPHAN;
    t->orphan_status = status;
    t->orphan_since = record_time();
    orphans++;
}

/* The parent of a process, by its number as long as it lives; then by what it was watched for, which a family has in common. */
static struct process *parent_of(int tgid)
{
    int parent = status_number(tgid, tgid, "PPid:");
    struct process *family = NULL;
    for (struct process *p = processes; p; p = p->next) {
        if (p->tgid == parent)
            return p;
        if (!family || p->armed)
            family = p;
    }
    return family;
}

struct due {
    uint64_t now;
    uint64_t next; /* ns until then */
    uint32_t left;
};

static void adopt_if_due(struct tracee *t, void *context)
{
    struct due *due = context;
    if (t->state != TRACEE_ORPHAN)
        return;
    uint64_t waited = due->now - t->orphan_since;
    if (!guard.letting_go && waited < PARENT_PATIENCE_NS) {
        if (due->next == 0 || PARENT_PATIENCE_NS - waited < due->next)
            due->next = PARENT_PATIENCE_NS - waited;
        due->left++;
        return;
    }
    int tgid = status_number(t->tid, t->tid, "Tgid:");
    struct process *p = tgid == t->tid ? parent_of(tgid) : process_find(tgid);
    /* What its creator had it has inherited; a creator that was not armed yet was about to be. */
    if (p)
        take_in(p, t, tgid != t->tid, p->armed);
    begin_life(t, t->orphan_status);
}

int adopt_orphans(void)
{
    if (orphans == 0)
        return -1;
    struct due due = {record_time(), 0, 0};
    tracee_each(adopt_if_due, &due);
    orphans = due.left;
    return due.next == 0 ? -1 : (int)(due.next / 1000000) + 1;
}
