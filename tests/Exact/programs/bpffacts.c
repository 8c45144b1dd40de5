/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/*
 * bpffacts OBJECT: loads the BPF object through libbpf, attaches it to breakpoint events on every CPU and shows that a
 * loop's stores, a child's first store and a system call's store arrive through the ring buffer, all of them.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <linux/types.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bpffacts.h"

enum { WRITES = 20000, CHILDREN = 20, MOST_CPUS = 64 };

static volatile long target __attribute__((aligned(8)));
static struct { long wrong, user, kernel, children, cut; } seen;
static volatile int done;
extern char store_end[];

__attribute__((noinline)) static void store_here(long value)
{
    __asm__ volatile("movq %0, %1\n\t.globl store_end\nstore_end:" : : "r"(value), "m"(target) : "memory");
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int on_record(void *unused, void *data, size_t size)
{
    (void)unused;
    const struct fact_record *record = data;
    if (size != sizeof *record || record->stack_bytes != FACT_STACK)
        seen.cut++;
    if (record->ip == (uintptr_t)store_end && record->tgid == (__u32)getpid())
        seen.user++;
    else if (record->ip == (uintptr_t)store_end)
        seen.children++;
    else if (record->orig_ax == SYS_read)
        seen.kernel++;
    else
        seen.wrong++;
    return 0;
}

static void *drain(void *ring)
{
    while (!done) {
        ring_buffer__consume(ring);
        usleep(2000);
    }
    return NULL;
}

static int fail(const char *what)
{
    printf("@@ FAIL bpf.%s: %s\n", what, strerror(errno));
    return 1;
}

static struct bpf_link *links[MOST_CPUS];
static int descriptors[MOST_CPUS], cpus;

static int arm(struct bpf_program *hit, __u32 type)
{
    cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
    for (int cpu = 0; cpu < cpus && cpu < MOST_CPUS; cpu++) {
        struct perf_event_attr attr = {
            .type = PERF_TYPE_BREAKPOINT, .size = sizeof attr, .bp_type = type,
            .bp_addr = (uintptr_t)&target, .bp_len = 8, .sample_period = 1,
        };
        descriptors[cpu] = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
        links[cpu] = descriptors[cpu] < 0 ? NULL : bpf_program__attach_perf_event(hit, descriptors[cpu]);
        if (!links[cpu])
            return -1;
    }
    return 0;
}

/* Disarms; gives the kernel's own count. */
static unsigned long long disarm(void)
{
    unsigned long long sum = 0, value;
    for (int cpu = 0; cpu < cpus && cpu < MOST_CPUS; cpu++) {
        sum += read(descriptors[cpu], &value, sizeof value) == sizeof value ? value : 0;
        bpf_link__destroy(links[cpu]);
    }
    return sum;
}

/* The program's own look at the watched memory must not be taken for an access of the target. */
static void access_watch(struct bpf_program *hit, struct ring_buffer *ring)
{
    if (arm(hit, HW_BREAKPOINT_RW) != 0) {
        fail("access-watch");
        return;
    }
    seen.user = 0;
    for (int i = 0; i < 100; i++)
        store_here(i);
    unsigned long long counted = disarm();
    ring_buffer__consume(ring);
    long records = seen.user;
    printf("@@ INFO bpf.access-watch 100 stores: %ld records, the kernel counted %llu\n", records, counted);
    if (records == 100)
        printf("@@ PASS bpf.access-watch\n");
    else
        printf("@@ FAIL bpf.access-watch: %ld records of 100 stores\n", records);
}

static int run(int argc, char **argv)
{
    double begin = now();
    struct bpf_object *object = argc > 1 ? bpf_object__open_file(argv[1], NULL) : NULL;
    if (!object || bpf_object__load(object) != 0)
        return fail("load");
    struct bpf_program *hit = bpf_object__find_program_by_name(object, "on_hit");
    struct bpf_link *fork_link = bpf_program__attach(bpf_object__find_program_by_name(object, "on_fork"));
    if (!fork_link)
        return fail("tp_btf-fork");
    printf("@@ PASS bpf.load\n@@ INFO bpf.load %.1f ms\n", (now() - begin) * 1e3);

    __u32 key = (__u32)getpid();
    __u64 address = (uintptr_t)&target;
    bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, "targets"), &key, &address, BPF_ANY);
    struct ring_buffer *ring =
        ring_buffer__new(bpf_object__find_map_fd_by_name(object, "ring"), on_record, NULL, NULL);
    if (!ring)
        return fail("ring");
    if (arm(hit, HW_BREAKPOINT_W) != 0)
        return fail("attach");

    pthread_t drainer;
    pthread_create(&drainer, NULL, drain, ring);
    begin = now();
    for (long i = 0; i < WRITES; i++)
        store_here(i);
    printf("@@ INFO bpf.hits %.0f hits/s with %d bytes of stack each\n", WRITES / (now() - begin), FACT_STACK);
    for (int i = 0; i < CHILDREN; i++) {
        pid_t child = fork();
        if (child == 0) {
            store_here(i);
            _exit(0);
        }
        waitpid(child, NULL, 0);
    }
    int ends[2];
    long value = 7;
    if (pipe(ends) != 0 || write(ends[1], &value, sizeof value) != sizeof value
        || read(ends[0], (void *)&target, sizeof value) != sizeof value)
        return fail("pipe");
    done = 1;
    pthread_join(drainer, NULL);
    ring_buffer__consume(ring);
    unsigned long long counted = disarm();
    printf("@@ INFO bpf.counted the kernel counted %llu, records %ld\n", counted,
        seen.user + seen.children + seen.kernel);

    int right = seen.user == WRITES && seen.children == CHILDREN && seen.kernel >= 1 && !seen.wrong && !seen.cut;
    if (right)
        printf("@@ PASS bpf.records\n");
    else
        printf("@@ FAIL bpf.records: user %ld of %d, children %ld of %d, read(2) %ld, wrong %ld, cut %ld\n", seen.user,
            WRITES, seen.children, CHILDREN, seen.kernel, seen.wrong, seen.cut);
    access_watch(hit, ring);
    return !right;
}

int main(int argc, char **argv)
{
    /* Below this frame, FACT_STACK bytes from any stack pointer are readable. */
    volatile char room[2 * FACT_STACK];
    setvbuf(stdout, NULL, _IOLBF, 0);
    room[0] = 0;
    return run(argc, argv) + room[0];
}
