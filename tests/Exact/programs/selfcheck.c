/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/*
 * The lane's own proof, without livewatcher: does this machine count every write? Two threads, one on each of two CPUs,
 * write WRITES times to each of four variables; counting breakpoint events must have seen exactly as many. Three ways
 * of arming: per CPU for everybody, per thread, and on the first thread with inheritance.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 2, SLOTS = 4, WRITES = 20000, MOST_EVENTS = 64 };

static volatile long watched[SLOTS];
static long written[THREADS][SLOTS];
static volatile sig_atomic_t stray_traps;
static pid_t tids[THREADS];
static pthread_barrier_t started;
static pthread_barrier_t armed;

static void on_trap(int signal_number)
{
    (void)signal_number;
    stray_traps++;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int open_event(const volatile long *address, pid_t pid, int cpu, int inherit)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_BREAKPOINT,
        .size = sizeof attr,
        .bp_type = HW_BREAKPOINT_W,
        .bp_addr = (uintptr_t)address,
        .bp_len = HW_BREAKPOINT_LEN_8,
        .exclude_hv = 1,
        .inherit = inherit != 0,
    };
    return (int)syscall(SYS_perf_event_open, &attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static void *writer(void *argument)
{
    long number = (long)(intptr_t)argument;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)number % (size_t)sysconf(_SC_NPROCESSORS_ONLN), &set);
    sched_setaffinity(0, sizeof set, &set);
    tids[number] = (pid_t)syscall(SYS_gettid);
    pthread_barrier_wait(&started);
    pthread_barrier_wait(&armed);
    for (long i = 0; i < WRITES / THREADS; i++) {
        for (int slot = 0; slot < SLOTS; slot++) {
            watched[slot] = i;
            written[number][slot]++;
        }
    }
    return NULL;
}

static int check(const char *name, int per_cpu, int inherit)
{
    int descriptors[MOST_EVENTS], slot_of[MOST_EVENTS], events = 0;
    uint64_t counted[SLOTS] = { 0 };
    pthread_t threads[THREADS];
    memset(written, 0, sizeof written);
    stray_traps = 0;
    pthread_barrier_init(&started, NULL, THREADS + 1);
    pthread_barrier_init(&armed, NULL, THREADS + 1);

    /* Inherited events must exist before the threads do; the others can only be opened once there is a thread. */
    for (int turn = 0; turn < 2; turn++) {
        if (turn == (inherit ? 0 : 1)) {
            int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
            int targets = inherit ? 1 : per_cpu ? cpus : THREADS;
            for (int target = 0; target < targets; target++) {
                for (int slot = 0; slot < SLOTS; slot++) {
                    int descriptor = inherit ? open_event(&watched[slot], 0, -1, 1)
                        : per_cpu ? open_event(&watched[slot], -1, target, 0)
                        : open_event(&watched[slot], tids[target], -1, 0);
                    if (descriptor < 0) {
                        printf("@@ FAIL selfcheck.%s: perf_event_open: %s\n", name, strerror(errno));
                        return 1;
                    }
                    slot_of[events] = slot;
                    descriptors[events++] = descriptor;
                }
            }
        }
        if (turn == 0) {
            for (intptr_t i = 0; i < THREADS; i++)
                pthread_create(&threads[i], NULL, writer, (void *)i);
            pthread_barrier_wait(&started);
        }
    }

    double begin = now();
    pthread_barrier_wait(&armed);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    double seconds = now() - begin;

    for (int i = 0; i < events; i++) {
        uint64_t value = 0;
        if (read(descriptors[i], &value, sizeof value) == sizeof value)
            counted[slot_of[i]] += value;
        close(descriptors[i]);
    }
    for (int slot = 0; slot < SLOTS; slot++) {
        long expected = written[0][slot] + written[1][slot];
        if (expected != WRITES || counted[slot] != (uint64_t)expected || stray_traps != 0) {
            printf("@@ FAIL selfcheck.%s: slot %d written %ld counted %llu stray traps %d\n", name, slot, expected,
                (unsigned long long)counted[slot], (int)stray_traps);
            return 1;
        }
    }
    printf("@@ PASS selfcheck.%s\n@@ INFO selfcheck.%s %.0f hits/s\n", name, name, SLOTS * WRITES / seconds);
    return 0;
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGTRAP, on_trap);
    int failed = check("per-cpu", 1, 0);
    failed |= check("per-thread", 0, 0);
    failed |= check("inherited", 0, 1);
    return failed;
}
