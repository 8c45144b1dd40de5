/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#include "waits.h"

#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "records.h"
#include "stops.h"

#define MOST_AT_ONCE 1024
/* So long at least nobody else is asked for, and no more than a tenth of the time goes into it. */
#define ALL_OTHERS_NS 5000000
#define ALL_OTHERS_SHARE 10

/* So long we keep a CPU to ourselves while there is much to do; where others keep it longer than that, as long as they do, up to a point: on a busy machine
 * we would come to nothing. */
#define WORK_NS 500000
#define LONGEST_WORK_NS 4000000

struct result {
    pid_t tid;
    int status;
};

static int *awaited;
static int awaited_count, awaited_room;
static uint64_t next_all; /* CLOCK_MONOTONIC ns */
static bool all_asked_for;

static void hand_over(const struct result *results, int count)
{
    for (int i = 0; i < count; i++)
        on_wait(results[i].tid, results[i].status);
}

bool drain_waits(void)
{
    struct result batch[MOST_AT_ONCE];
    int count = 0;
    while (count < MOST_AT_ONCE && (batch[count].tid = waitpid(-1, &batch[count].status, __WALL | WNOHANG)) > 0)
        count++;
    all_asked_for = count < MOST_AT_ONCE;
    hand_over(batch, count);
    return count > 0;
}

bool all_were_asked_for(void)
{
    return all_asked_for;
}

void await_stop(int tid)
{
    if (awaited_count == awaited_room) {
        awaited_room = awaited_room ? awaited_room * 2 : 64;
        awaited = realloc(awaited, (size_t)awaited_room * sizeof(*awaited));
        if (!awaited)
            _exit(1); /* the kernel lets every tracee go */
    }
    awaited[awaited_count++] = tid;
}

void forget_awaited(int tid)
{
    for (int i = 0; i < awaited_count; i++)
        if (awaited[i] == tid) {
            awaited[i] = awaited[--awaited_count];
            return;
        }
}

int awaited_stops(void)
{
    return awaited_count;
}

/* False where none of them has stopped. */
static bool drain_each(const int *tids, int count)
{
    struct result batch[MOST_AT_ONCE];
    int stopped = 0;
    for (int i = 0; i < count && stopped < MOST_AT_ONCE; i++)
        if ((batch[stopped].tid = waitpid(tids[i], &batch[stopped].status, __WALL | WNOHANG)) > 0)
            stopped++;
    hand_over(batch, stopped);
    return stopped > 0;
}

bool serve_stops(bool hurried)
{
    if (awaited_count == 0 && !hurried)
        return drain_waits();
    all_asked_for = false;
    bool some = drain_each(awaited, awaited_count);
    uint64_t began = record_time();
    if (began < next_all)
        return some;
    some |= drain_waits();
    uint64_t took = record_time() - began;
    next_all = began + took + (took > ALL_OTHERS_NS / ALL_OTHERS_SHARE ? took * ALL_OTHERS_SHARE : ALL_OTHERS_NS);
    return some;
}

void give_way(void)
{
    static uint64_t next;
    uint64_t before = record_time();
    if (awaited_count > 0 || before < next)
        return;
    sched_yield();
    uint64_t after = record_time(), away = after - before;
    next = after + (away < WORK_NS ? WORK_NS : away < LONGEST_WORK_NS ? away : LONGEST_WORK_NS);
}

int awaited_patience(void)
{
    return awaited_count == 0 ? -1 : 1;
}
