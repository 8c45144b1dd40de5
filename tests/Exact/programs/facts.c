/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/*
 * What the lane's kernel and emulated processor do, as livewatcher's design takes for granted: attributes that 6.1
 * knows, where RIP stands after a trap, which DR6 bits a store sets, how the bytes of a system call are counted.
 * A PASS or FAIL line for what must hold, an INFO line for what is only worth knowing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <emmintrin.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static int failures;
static volatile long target;
static struct { char head[2000]; volatile long value; char tail[2000]; } record;
static volatile __m128i wide;

static void verdict(const char *name, int passed, const char *detail)
{
    if (passed) {
        printf("@@ PASS facts.%s\n", name);
    } else {
        printf("@@ FAIL facts.%s: %s (%s)\n", name, detail, strerror(errno));
        failures = 1;
    }
}

static struct perf_event_attr breakpoint(volatile void *address, uint64_t length)
{
    return (struct perf_event_attr){
        .type = PERF_TYPE_BREAKPOINT, .size = sizeof(struct perf_event_attr), .bp_type = HW_BREAKPOINT_W,
        .bp_addr = (uintptr_t)address, .bp_len = length,
    };
}

static int open_event(struct perf_event_attr *attr)
{
    return (int)syscall(SYS_perf_event_open, attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static uint64_t count_of(int descriptor)
{
    uint64_t value = 0;
    return read(descriptor, &value, sizeof value) == sizeof value ? value : UINT64_MAX;
}

/* The store's end is a label, so the trap's RIP can be compared with it. */
__attribute__((noinline)) static void store_here(long value)
{
    __asm__ volatile("movq %0, %1\n\t.globl store_end\nstore_end:" : : "r"(value), "m"(target) : "memory");
}
extern char store_end[];

static volatile sig_atomic_t traps, precise;

static void on_trap(int number, siginfo_t *info, void *context)
{
    (void)number;
    traps++;
    precise += info->si_code == 6 /* TRAP_PERF */
        && ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] == (greg_t)(uintptr_t)store_end;
}

static void attributes(void)
{
    struct perf_event_attr attr = breakpoint(&target, 8);
    attr.inherit = 1;
    attr.inherit_thread = 1;
    int descriptor = open_event(&attr);
    verdict("inherit_thread", descriptor >= 0, "perf_event_open");
    close(descriptor);

    attr = breakpoint(&target, 8);
    attr.remove_on_exec = 1;
    descriptor = open_event(&attr);
    verdict("remove_on_exec", descriptor >= 0, "perf_event_open");
    close(descriptor);

    attr = breakpoint(&target, 8);
    attr.sample_period = 1;
    attr.remove_on_exec = 1;
    attr.sigtrap = 1;
    attr.sig_data = 42;
    attr.exclude_kernel = 1;
    struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO };
    sigaction(SIGTRAP, &action, NULL);
    descriptor = open_event(&attr);
    for (long i = 0; i < 1000; i++)
        store_here(i);
    close(descriptor);
    char detail[100];
    snprintf(detail, sizeof detail, "1000 stores, %d traps, %d at the next instruction", (int)traps,
        (int)precise);
    verdict("sigtrap-rip", descriptor >= 0 && traps == 1000 && precise == 1000, detail);
}

static void *store_in_thread(void *unused)
{
    store_here(1);
    return unused;
}

/* inherit_thread follows threads and leaves forked children alone. */
static void inheritance(void)
{
    struct perf_event_attr attr = breakpoint(&target, 8);
    attr.inherit = 1;
    attr.inherit_thread = 1;
    int descriptor = open_event(&attr);
    pthread_t thread;
    pthread_create(&thread, NULL, store_in_thread, NULL);
    pthread_join(thread, NULL);
    pid_t child = fork();
    if (child == 0) {
        store_here(2);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    uint64_t counted = count_of(descriptor);
    char detail[100];
    snprintf(detail, sizeof detail, "one store by a thread, one by a child, counted %llu", (unsigned long long)counted);
    verdict("inherit_thread-leaves-children", counted == 1, detail);
    close(descriptor);
}

static void moving(void)
{
    struct perf_event_attr attr = breakpoint(&target, 8);
    int descriptor = open_event(&attr);
    store_here(1);
    attr.bp_addr = (uintptr_t)&record.value;
    int moved = ioctl(descriptor, PERF_EVENT_IOC_MODIFY_ATTRIBUTES, &attr);
    store_here(2);
    record.value = 3;
    uint64_t counted = count_of(descriptor);
    verdict("modify_attributes", moved == 0 && counted == 2, "the event did not move");
    close(descriptor);
}

static void slots(void)
{
    int descriptors[5], opened = 0;
    for (int i = 0; i < 5; i++) {
        struct perf_event_attr attr = breakpoint((volatile char *)&record + 8 * i, 8);
        descriptors[i] = open_event(&attr);
        opened += descriptors[i] >= 0;
    }
    verdict("fifth-slot-is-refused", opened == 4 && errno == ENOSPC, "four of five expected to open");
    for (int i = 0; i < 5; i++)
        close(descriptors[i]);
}

static void one_call_many_bytes(void)
{
    int ends[2];
    static char source[sizeof record];
    if (pipe(ends) != 0 || write(ends[1], source, sizeof source) != sizeof source)
        return;
    struct perf_event_attr attr = breakpoint(&record.value, 8);
    int descriptor = open_event(&attr);
    ssize_t got = read(ends[0], &record, sizeof record);
    uint64_t counted = count_of(descriptor);
    printf("@@ INFO facts.read-into-8-watched-bytes hits=%llu\n", (unsigned long long)counted);
    verdict("kernel-writes-hit", got == sizeof record && counted >= 1, "read(2) went by unseen");
    close(descriptor);
    close(ends[0]);
    close(ends[1]);
}

/* Linux counts both slots where DR6 names both. An emulator that names one only is worth knowing. */
static void wide_store(void)
{
    struct perf_event_attr low = breakpoint(&wide, 8), high = breakpoint((volatile char *)&wide + 8, 8);
    int first = open_event(&low), second = open_event(&high);
    for (int i = 0; i < 1000; i++)
        wide = _mm_set1_epi32(i);
    printf("@@ INFO facts.16-byte-store 1000 stores: low=%llu high=%llu\n", (unsigned long long)count_of(first),
        (unsigned long long)count_of(second));
    close(first);
    close(second);
}

/* The registers as ptrace shows them: DR6 bit 0 and nothing else, RIP behind the store. */
static void debug_status(void)
{
    int right = 0;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGTRAP, SIG_DFL);
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        for (long i = 0; i < 1000; i++)
            store_here(i);
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    ptrace(PTRACE_POKEUSER, child, offsetof(struct user, u_debugreg[0]), &target);
    /* DR7: local enable of slot 0; at bit 16 "write" (01), at bit 18 "8 bytes" (10). Intel SDM vol. 3, 18.2.4. */
    ptrace(PTRACE_POKEUSER, child, offsetof(struct user, u_debugreg[7]), 0x00090001L);
    while (ptrace(PTRACE_CONT, child, NULL, NULL) == 0 && waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
        long dr6 = ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, u_debugreg[6]), NULL);
        long rip = ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, regs.rip), NULL);
        right += (dr6 & 0xf) == 1 && rip == (long)(uintptr_t)store_end;
        ptrace(PTRACE_POKEUSER, child, offsetof(struct user, u_debugreg[6]), 0L);
    }
    char detail[100];
    snprintf(detail, sizeof detail, "1000 stores, %d stops with the right DR6 and RIP", right);
    verdict("ptrace-dr6-rip", right == 1000, detail);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    attributes();
    inheritance();
    moving();
    slots();
    one_call_many_bytes();
    wide_store();
    debug_status();
    return failures;
}
