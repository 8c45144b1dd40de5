/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#include "tracees.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct process *processes;

/* Open hash table by tid; threads come and go by the thousand. */
static struct tracee **table;
static uint32_t table_size, table_used; /* used counts graves too */
static uint32_t live;
static struct tracee grave;

static uint32_t start_of(int tid)
{
    return ((uint32_t)tid * 2654435761u) & (table_size - 1);
}

static void place(struct tracee *t)
{
    uint32_t i = start_of(t->tid);
    while (table[i] && table[i] != &grave)
        i = (i + 1) & (table_size - 1);
    if (!table[i])
        table_used++;
    table[i] = t;
}

static void grow(void)
{
    uint32_t old_size = table_size;
    struct tracee **old = table;
    uint32_t size = 1024;
    while (size < live * 4)
        size *= 2;
    struct tracee **fresh = calloc(size, sizeof(*fresh));
    if (!fresh)
        _exit(1);
    table = fresh;
    table_size = size;
    table_used = 0;
    for (uint32_t i = 0; i < old_size; i++)
        if (old[i] && old[i] != &grave)
            place(old[i]);
    free(old);
}

struct tracee *tracee_find(int tid)
{
    if (table_size == 0)
        return NULL;
    for (uint32_t i = start_of(tid); table[i]; i = (i + 1) & (table_size - 1))
        if (table[i] != &grave && table[i]->tid == tid)
            return table[i];
    return NULL;
}

struct tracee *tracee_add(int tid)
{
    if (table_used * 2 >= table_size)
        grow();
    struct tracee *t = calloc(1, sizeof(*t));
    if (!t)
        _exit(1); /* the kernel lets every tracee go */
    t->tid = tid;
    place(t);
    live++;
    return t;
}

void tracee_remove(struct tracee *t)
{
    for (uint32_t i = start_of(t->tid); table[i]; i = (i + 1) & (table_size - 1)) {
        if (table[i] == t) {
            table[i] = &grave;
            live--;
            break;
        }
    }
    free(t);
}

void tracee_each(void (*visit)(struct tracee *, void *), void *context)
{
    for (uint32_t i = 0; i < table_size; i++)
        if (table[i] && table[i] != &grave)
            visit(table[i], context);
}

bool tracee_walk(uint32_t *at, bool (*visit)(struct tracee *, void *), void *context)
{
    for (; *at < table_size; ++*at)
        if (table[*at] && table[*at] != &grave && !visit(table[*at], context))
            return true;
    return false;
}

struct process *process_find(int tgid)
{
    for (struct process *p = processes; p; p = p->next)
        if (p->tgid == tgid && !p->gone)
            return p;
    return NULL;
}

struct process *process_add(int tgid)
{
    struct process *p = calloc(1, sizeof(*p));
    if (!p)
        _exit(1);
    p->tgid = tgid;
    p->next = processes;
    processes = p;
    return p;
}

void process_remove(struct process *p)
{
    for (struct process **at = &processes; *at; at = &(*at)->next) {
        if (*at == p) {
            *at = p->next;
            break;
        }
    }
    for (uint32_t i = 0; i < p->event_count; i++)
        close(p->events[i].fd);
    free(p->events);
    free(p);
}

void process_keep_event(struct process *p, const struct event *event)
{
    if (p->event_count == p->event_room) {
        uint32_t room = p->event_room ? p->event_room * 2 : 64;
        struct event *more = realloc(p->events, room * sizeof(*more));
        if (!more)
            _exit(1);
        p->events = more;
        p->event_room = room;
    }
    p->events[p->event_count++] = *event;
}

bool process_owes(const struct process *p)
{
    bool owes = p->event_count > 0;
    for (int s = 0; s < LW_GUARD_SLOTS; s++)
        owes |= p->past.value[s] > 0 || p->past.failed[s] > 0;
    return owes;
}
