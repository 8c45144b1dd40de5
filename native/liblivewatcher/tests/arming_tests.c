/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../include/livewatcher.h"
#include "../src/arming.h"
#include "../src/session.h"
#include "fake.h"

/* PREPARE, the signals, ARMED. That hits then arrive is tested where debug registers trap. */

#define GENERATION 4711

static uint64_t words[8] __attribute__((aligned(8)));
static int number; /* the signal */
static int passed_on;

/* What the listener of this test does between a SET and its answer. */
struct plan {
    uint32_t generation, signalled, flags;
    int signal, program, pid_offset, code, tids[8], threads;
    bool expect_armed, no_descriptor;
};
static struct plan plan; /* behind the listener's lock */

static struct plan current_plan(struct fake *f)
{
    pthread_mutex_lock(&f->lock);
    struct plan copy = plan;
    pthread_mutex_unlock(&f->lock);
    return copy;
}

static void change_plan(struct fake *f, struct plan changed)
{
    pthread_mutex_lock(&f->lock);
    plan = changed;
    pthread_mutex_unlock(&f->lock);
}

static void send_signal(const struct plan *a, int tid)
{
    siginfo_t info;
    memset(&info, 0, sizeof(info));
    info.si_signo = a->signal;
    info.si_code = a->code;
    info.si_pid = getpid() + a->pid_offset;
    info.si_value.sival_int = (int)a->signalled;
    CHECK(syscall(SYS_rt_tgsigqueueinfo, getpid(), tid, a->signal, &info) == 0);
}

/* A signal that arrives just before the library's poll: see HANDLERS_RUN_LATE. Another one ends that poll; it carries an order that never was, which the library passes over. */
static void hurry(int fd, const struct plan *a)
{
    struct plan other = *a;
    other.signalled = ~a->generation;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    for (int tries = 0; HANDLERS_RUN_LATE && tries < 100 && poll(&ready, 1, 100) == 0; tries++)
        for (int i = 0; i < a->threads; i++)
            send_signal(&other, a->tids[i]);
}

static void arm_by_signal(struct fake *f, int fd, const struct lw_wire *request)
{
    if (request->kind != LW_WIRE_SET)
        return;
    struct plan copy = current_plan(f), *a = &copy;
    struct lw_wire p;
    memset(&p, 0, sizeof(p));
    p.version = LW_WIRE_VERSION;
    p.kind = LW_WIRE_PREPARE;
    p.sequence = 99;
    p.generation = a->generation;
    p.signal = a->signal;
    p.watcher = request->watcher;
    p.address = request->address;
    p.length = request->length;
    p.mode = request->mode;
    p.flags = a->flags;
    fake_send(fd, &p, sizeof(p), a->no_descriptor ? -1 : a->program);
    fake_await(f, fd, LW_WIRE_PREPARED);
    int refused = fake_last(f, LW_WIRE_PREPARED).message.head.error;
    for (int i = 0; i < a->threads && refused == 0; i++)
        send_signal(a, a->tids[i]);
    for (int i = 0; i < a->threads && a->expect_armed; i++) {
        hurry(fd, a);
        fake_await(f, fd, LW_WIRE_ARMED);
    }
}

static void plan_for_this_thread(void)
{
    number = SIGRTMIN + 3;
    memset(&plan, 0, sizeof(plan));
    plan.generation = plan.signalled = GENERATION;
    plan.signal = number;
    plan.code = SI_QUEUE;
    plan.tids[0] = gettid();
    plan.threads = 1;
    plan.expect_armed = true;
    plan.program = open("/dev/null", O_RDONLY | O_CLOEXEC); /* not a program */
}

static const struct script by_signal = {.before_answer = arm_by_signal};

/* A program that does nothing, or -1 where this user may not load one. */
static int load_program(void)
{
    struct bpf_insn code[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0}, {.code = BPF_JMP | BPF_EXIT}};
    union bpf_attr attr;
    memset(&attr, 0, sizeof(attr));
    attr.prog_type = BPF_PROG_TYPE_PERF_EVENT;
    attr.insns = (uintptr_t)code;
    attr.insn_cnt = 2;
    attr.license = (uintptr_t) "GPL";
    return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static void links_to(int fd, const char *expected)
{
    char path[64], target[200] = "";
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    CHECK(readlink(path, target, sizeof(target) - 1) > 0);
    if (strcmp(target, expected) != 0)
        fail(__FILE__, __LINE__, "descriptor %d is %s, not %s", fd, target, expected);
}

static void what_is_no_program_is_told(void)
{
    plan_for_this_thread();
    struct fake *f = fake_start(by_signal);
    EQUAL(1, lw_active());
    int before = count_descriptors();
    errno = 77;
    EQUAL(0, lw_watch(&words[0], 8, LW_MODE_W, NULL));
    EQUAL(77, errno);
    struct received prepared = fake_last(f, LW_WIRE_PREPARED), armed = fake_last(f, LW_WIRE_ARMED);
    EQUAL(0, prepared.message.head.error);
    EQUAL(99, prepared.message.head.sequence);
    EQUAL(GENERATION, prepared.message.head.generation);
    EQUAL(EINVAL, armed.message.head.error); /* PERF_EVENT_IOC_SET_BPF's */
    EQUAL(-1, armed.descriptor);
    EQUAL(GENERATION, armed.message.head.generation);
    EQUAL(gettid(), armed.message.head.tid);
    EQUAL(0, armed.message.head.watcher);
    EQUAL(before, count_descriptors()); /* its copy of the program is closed, and its event */
    fake_stop(f);
}

static void *waits(void *argument)
{
    __atomic_store_n((int *)argument, gettid(), __ATOMIC_RELEASE);
    while (pause() == -1) {
    }
    return NULL;
}

static void every_thread_hands_its_event_over(void)
{
    plan_for_this_thread();
    close(plan.program);
    plan.program = load_program();
    if (plan.program < 0) {
        note("not tried: BPF_PROG_LOAD: %s", strerror(errno));
        return;
    }
    pthread_t threads[5];
    for (int i = 1; i < 6; i++) {
        CHECK(pthread_create(&threads[i - 1], NULL, waits, &plan.tids[i]) == 0);
        EVENTUALLY(__atomic_load_n(&plan.tids[i], __ATOMIC_ACQUIRE) != 0);
    }
    plan.threads = 6;
    struct fake *f = fake_start(by_signal);
    EQUAL(1, lw_active());
    CHECK(alloc_watcher() == 0);
    int before = count_descriptors();
    EQUAL(1, lw_watch(&words[1], 4, LW_MODE_WR, NULL));
    EQUAL(6, fake_count(f, LW_WIRE_ARMED));
    EVENTUALLY(count_descriptors() == before + 6); /* the listener's, none of the library's */
    int seen = 0;
    for (int i = 0; i < 6; i++) {
        struct received armed = fake_nth(f, LW_WIRE_ARMED, i);
        EQUAL(0, armed.message.head.error);
        EQUAL(1, armed.message.head.watcher);
        for (int j = 0; j < 6; j++)
            if (armed.message.head.tid == plan.tids[j])
                seen |= 1 << j;
        links_to(armed.descriptor, "anon_inode:[perf_event]");
        CHECK(fcntl(armed.descriptor, F_GETFD) & FD_CLOEXEC);
        CHECK(ioctl(armed.descriptor, PERF_EVENT_IOC_DISABLE, 0) == 0);
        close(armed.descriptor);
    }
    EQUAL(0x3f, seen); /* each once */
    fake_stop(f);
}

/* A fifth watch of a thread has no register: its event says so, and the errno is the kernel's. */
static void no_register_is_told(void)
{
    plan_for_this_thread();
    int events[5];
    struct perf_event_attr attr;
    memset(&attr, 0, sizeof(attr));
    attr.type = PERF_TYPE_BREAKPOINT;
    attr.size = sizeof(attr);
    attr.bp_type = 2;
    attr.bp_len = 8;
    for (int i = 0; i < 4; i++) {
        attr.bp_addr = (uintptr_t)&words[i];
        events[i] = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
        if (events[i] < 0) {
            note("not tried: perf_event_open: %s", strerror(errno));
            return;
        }
    }
    struct fake *f = fake_start(by_signal);
    EQUAL(0, lw_watch(&words[4], 8, LW_MODE_W, NULL));
    EQUAL(ENOSPC, fake_last(f, LW_WIRE_ARMED).message.head.error);
    fake_stop(f);
}

static void prepare_is_refused_without_sense(void)
{
    static const int signals[] = {0, -1, 65, SIGKILL, SIGSTOP, SIGSEGV, SIGTRAP, 32};
    plan_for_this_thread();
    plan.expect_armed = false;
    struct fake *f = fake_start(by_signal);
    CHECK(alloc_watcher() == 0);
    int before = count_descriptors() + 2;
    struct plan changed = plan;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        changed.signal = signals[i];
        change_plan(f, changed);
        CHECK(set_watcher(0, &words[0], 8, LW_MODE_W) == 0);
        EQUAL(EINVAL, fake_last(f, LW_WIRE_PREPARED).message.head.error);
    }
    changed.signal = number;
    changed.no_descriptor = true;
    change_plan(f, changed);
    CHECK(set_watcher(0, &words[0], 8, LW_MODE_W) == 0);
    EQUAL(EBADF, fake_last(f, LW_WIRE_PREPARED).message.head.error);
    EQUAL(before, count_descriptors());
    EQUAL(9, fake_count(f, LW_WIRE_PREPARED));
    fake_stop(f);
}

static void counts(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    (void)context;
    __atomic_add_fetch(&passed_on, 1, __ATOMIC_RELEASE);
}

static int passed_on_now(void)
{
    return __atomic_load_n(&passed_on, __ATOMIC_ACQUIRE);
}

static void other_signals_are_the_programs(void)
{
    plan_for_this_thread();
    struct sigaction a = {.sa_sigaction = counts, .sa_flags = SA_SIGINFO};
    CHECK(sigaction(number, &a, NULL) == 0);
    struct fake *f = fake_start(by_signal);
    EQUAL(0, lw_watch(&words[0], 8, LW_MODE_W, NULL));
    EQUAL(0, passed_on);
    EQUAL(1, fake_count(f, LW_WIRE_ARMED));

    struct plan changed = plan;
    changed.expect_armed = false;
    changed.pid_offset = 1; /* from another process than the listener */
    change_plan(f, changed);
    CHECK(set_watcher(0, &words[0], 8, LW_MODE_W) == 0);
    EVENTUALLY(passed_on_now() == 1);
    changed.pid_offset = 0;
    changed.code = SI_MESGQ;
    change_plan(f, changed);
    CHECK(set_watcher(0, &words[0], 8, LW_MODE_W) == 0);
    EVENTUALLY(passed_on_now() == 2);
    changed.code = SI_QUEUE;
    changed.signalled = GENERATION - 1; /* the listener's, from an earlier order: nobody's */
    change_plan(f, changed);
    CHECK(set_watcher(0, &words[0], 8, LW_MODE_W) == 0);
    changed.signalled = GENERATION;
    send_signal(&changed, gettid()); /* after the answer: too late */
    raise(number);
    EVENTUALLY(passed_on_now() == 3);
    EQUAL(4, fake_count(f, LW_WIRE_PREPARED));
    EQUAL(1, fake_count(f, LW_WIRE_ARMED));
    fake_stop(f);
}

static void a_signal_of_default_kills(void)
{
    int status;
    pid_t pid = fork(); /* before there are threads: ThreadSanitizer delivers no signals in the child of many */
    if (pid == 0) {
        plan_for_this_thread();
        fake_start(by_signal);
        EQUAL(0, lw_watch(&words[0], 8, LW_MODE_W, NULL));
        raise(number);
        sleep_ms(1000); /* where it delivers them late */
        _exit(0);
    }
    waitpid(pid, &status, 0);
    EQUAL(SIGRTMIN + 3, status);
}

/* Two orders within one request: the first one's program is closed too. */
static void sends_program_twice(struct fake *f, int fd, const struct lw_wire *request)
{
    arm_by_signal(f, fd, request);
    if (request->kind == LW_WIRE_SET)
        arm_by_signal(f, fd, request);
}

static void descriptors_of_orders_do_not_leak(void)
{
    plan_for_this_thread();
    struct fake *f = fake_start((struct script){.before_answer = sends_program_twice});
    EQUAL(1, lw_active());
    CHECK(alloc_watcher() == 0);
    int before = count_descriptors();
    for (int i = 0; i < 20; i++) {
        struct plan changed = plan;
        changed.generation = changed.signalled = (uint32_t)i;
        change_plan(f, changed);
        CHECK(set_watcher(0, &words[0], 8, LW_MODE_W) == 0);
        EQUAL(i, fake_last(f, LW_WIRE_ARMED).message.head.generation);
    }
    EQUAL(40, fake_count(f, LW_WIRE_ARMED));
    EQUAL(before, count_descriptors());
    fake_stop(f);
}

static int stop_spinning;

static void *spins(void *argument)
{
    __atomic_store_n((int *)argument, gettid(), __ATOMIC_RELEASE);
    while (!__atomic_load_n(&stop_spinning, __ATOMIC_ACQUIRE)) {
    }
    return NULL;
}

static void *spins_without_traps(void *argument)
{
    sigset_t traps;
    sigemptyset(&traps);
    sigaddset(&traps, SIGTRAP);
    CHECK(pthread_sigmask(SIG_BLOCK, &traps, NULL) == 0);
    return spins(argument);
}

/* At the trap where it may be stepped; a thread that blocks SIGTRAP would die of it, and arms itself in the handler. */
static void a_step_ends_at_its_trap(void)
{
    if (HANDLERS_RUN_LATE) {
        note("not tried: ThreadSanitizer");
        return;
    }
    plan_for_this_thread();
    pthread_t running, blocking;
    CHECK(pthread_create(&running, NULL, spins, &plan.tids[1]) == 0);
    CHECK(pthread_create(&blocking, NULL, spins_without_traps, &plan.tids[2]) == 0);
    for (int i = 1; i < 3; i++)
        EVENTUALLY(__atomic_load_n(&plan.tids[i], __ATOMIC_ACQUIRE) != 0);
    plan.threads = 3;
    plan.flags = LW_WIRE_PREPARE_STEP;
    struct fake *f = fake_start(by_signal);
    EQUAL(0, lw_watch(&words[0], 8, LW_MODE_W, NULL));
    EQUAL(3, fake_count(f, LW_WIRE_ARMED));
    for (int i = 0; i < 3; i++) {
        struct received armed = fake_nth(f, LW_WIRE_ARMED, i);
        EQUAL(EINVAL, armed.message.head.error); /* no program, as above */
        EQUAL(armed.message.head.tid == plan.tids[2] ? 0 : 1, armed.message.head.value);
    }
    fake_stop(f);
    __atomic_store_n(&stop_spinning, 1, __ATOMIC_RELEASE);
    CHECK(pthread_join(running, NULL) == 0);
    CHECK(pthread_join(blocking, NULL) == 0);
}

/* The library takes only the trap of its own step: a program that steps itself goes on doing so. */
static void other_steps_are_the_programs(void)
{
    plan_for_this_thread();
    plan.flags = LW_WIRE_PREPARE_HANDLER;
    struct sigaction a = {.sa_sigaction = counts, .sa_flags = SA_SIGINFO};
    CHECK(sigaction(SIGTRAP, &a, NULL) == 0);
    struct fake *f = fake_start(by_signal);
    EQUAL(0, lw_watch(&words[0], 8, LW_MODE_W, NULL));
    EQUAL(0, fake_last(f, LW_WIRE_ARMED).message.head.value);
    EQUAL(0, passed_on);
    siginfo_t info;
    memset(&info, 0, sizeof(info));
    info.si_signo = SIGTRAP;
    info.si_code = SI_QUEUE;
    CHECK(syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGTRAP, &info) == 0);
    EVENTUALLY(passed_on_now() == 1);
    struct sigaction now;
    CHECK(sigaction(SIGTRAP, NULL, &now) == 0);
    CHECK(now.sa_sigaction != counts); /* ours stands before it */
    fake_stop(f);
}

const struct test arming_tests[] = {
    {"what_is_no_program_is_told", what_is_no_program_is_told},
    {"every_thread_hands_its_event_over", every_thread_hands_its_event_over},
    {"no_register_is_told", no_register_is_told},
    {"prepare_is_refused_without_sense", prepare_is_refused_without_sense},
    {"other_signals_are_the_programs", other_signals_are_the_programs},
    {"a_signal_of_default_kills", a_signal_of_default_kills},
    {"descriptors_of_orders_do_not_leak", descriptors_of_orders_do_not_leak},
    {"a_step_ends_at_its_trap", a_step_ends_at_its_trap},
    {"other_steps_are_the_programs", other_steps_are_the_programs},
    {NULL, NULL},
};
