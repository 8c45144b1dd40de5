/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../include/livewatcher.h"
#include "../src/session.h"
#include "fake.h"

/* Forks, constructors, signal handlers, cancelled threads. */

static const struct script sound;
static uint64_t words[8] __attribute__((aligned(8)));
static int inherited = -1, descriptors;

/* The priority of the library's own constructor is the default, which comes after. */
static int constructed = -1, constructed_wrong = 1;
__attribute__((constructor(101))) static void before_the_library(void)
{
    if (getenv("LW_TEST_IN_CONSTRUCTOR"))
        constructed = lw_watch(&words[7], 8, LW_MODE_W, "constructor");
    constructed_wrong = set_watcher(3, NULL, 8, LW_MODE_W);
}

static void in_a_constructor(void)
{
    /* This process's constructors ran long ago: a fresh one is started, with a listener that is there already. */
    struct fake *f = fake_start(sound);
    EQUAL(-1, constructed_wrong);
    setenv("LW_TEST_IN_CONSTRUCTOR", "1", 1);
    pid_t pid = fork();
    if (pid == 0) {
        execl("/proc/self/exe", "tests", "no test has this name", (char *)NULL);
        _exit(9);
    }
    int status;
    waitpid(pid, &status, 0);
    CHECK(WIFEXITED(status));
    EQUAL(2, fake_count(f, 0));
    struct received r = fake_last(f, LW_WIRE_SET);
    EQUAL(pid, r.pid);
    EQUAL(11, r.message.head.text_length);
    fake_stop(f);
}

/* A fresh process each, for the library looks when it is loaded. */
static void patience_is_as_asked(void)
{
    const char *asked = getenv("LIVEWATCHER_PATIENCE");
    if (asked) {
        EQUAL(strcmp(asked, "60") == 0 ? 60000 : 10000, lw_patience.answer);
        EQUAL(lw_patience.answer, lw_patience.hello);
        return;
    }
    const char *values[] = {"60", "0", "-5", "7x", "99999999999999999999", ""};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        pid_t pid = fork();
        if (pid == 0) {
            setenv("LIVEWATCHER_PATIENCE", values[i], 1);
            execl("/proc/self/exe", "tests", "patience_is_as_asked", (char *)NULL);
            _exit(9);
        }
        int status;
        waitpid(pid, &status, 0);
        EQUAL(0, status);
    }
}

static void child_starts_unarmed(void)
{
    EQUAL(descriptors - 1, count_descriptors()); /* its copy of the connection is closed */
    CHECK(rst_watcher(inherited) == 0);          /* not set: nothing to say */
    CHECK(lw_mark("child") == 0);
}

static void fork_child_has_a_connection_of_its_own(void)
{
    struct fake *f = fake_start(sound);
    inherited = lw_watch(&words[0], 8, LW_MODE_W, "parent's");
    descriptors = count_descriptors();
    in_child(child_starts_unarmed);
    EQUAL(2, fake_connections(f));
    EQUAL(2, fake_count(f, LW_WIRE_HELLO));
    EQUAL(1, fake_count(f, LW_WIRE_SET)); /* the parent's alone */
    EQUAL(0, fake_count(f, LW_WIRE_RESET));
    struct received mark = fake_last(f, LW_WIRE_MARK);
    CHECK(mark.pid != getpid() && mark.message.head.tid == mark.pid); /* no thread id from before the fork */
    EQUAL(2, mark.connection);
    /* The parent goes on as before. */
    CHECK(rst_watcher(inherited) == 0);
    EQUAL(1, fake_last(f, LW_WIRE_RESET).connection);
    EQUAL(2, fake_connections(f));
    fake_stop(f);
}

static void child_uses_its_numbers(void)
{
    CHECK(set_watcher(inherited, &words[1], 8, LW_MODE_W) == 0); /* its copy of the variable holds it */
    /* All four are the parent's; those that the child has not used are to be had, one time each. */
    int got = 0;
    for (int i = 0; i < 3; i++) {
        int w = alloc_watcher();
        CHECK(w >= 0 && w != inherited);
        got |= 1 << w;
    }
    EQUAL(0xf, got | 1 << inherited);
    FAILS(ENOSPC, alloc_watcher());
    for (int i = 0; i < 4; i++)
        CHECK(free_watcher(i) == 0);
    EQUAL(0, alloc_watcher());
}

static void fork_child_has_watchers_of_its_own(void)
{
    struct fake *f = fake_start(sound);
    for (int i = 0; i < 4; i++)
        CHECK(lw_watch(&words[i], 8, LW_MODE_W, NULL) == i);
    inherited = 2;
    in_child(child_uses_its_numbers);
    FAILS(ENOSPC, alloc_watcher()); /* the parent's are untouched */
    EQUAL(5, fake_count(f, LW_WIRE_SET));
    EQUAL(2, fake_last(f, LW_WIRE_SET).connection);
    fake_stop(f);
}

static void child_without_atfork(void)
{
    CHECK(rst_watcher(inherited) == 0);
    CHECK(lw_mark("child") == 0);
    FAILS(EINVAL, rst_watcher(inherited + 1));
}

/* clone(2) called directly: no handler of pthread_atfork runs. */
static void raw_clone(void)
{
    struct fake *f = fake_start(sound);
    inherited = lw_watch(&words[0], 8, LW_MODE_W, NULL);
    int status;
    pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        child_without_atfork();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    EQUAL(0, status);
    struct received mark = fake_last(f, LW_WIRE_MARK);
    EQUAL(pid, mark.pid);
    EQUAL(pid, mark.message.head.tid);
    EQUAL(0, fake_count(f, LW_WIRE_RESET));
    EQUAL(1, fake_count(f, LW_WIRE_SET));
    CHECK(lw_mark("parent") == 0);
    EQUAL(1, fake_last(f, LW_WIRE_MARK).connection);
    fake_stop(f);
}

/* What such a child sets while nobody listens is its own, and is told to the listener that comes. */
static void raw_clone_unlistened(void)
{
    lw_patience.retry = 60000;
    EQUAL(0, lw_watch(&words[0], 8, LW_MODE_W, "parent's"));
    int status;
    pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        be_impatient();
        EQUAL(1, lw_watch(&words[1], 8, LW_MODE_W, "child's"));
        struct fake *f = fake_start(sound);
        EQUAL(1, lw_active());
        EQUAL(1, fake_count(f, LW_WIRE_SET));
        EQUAL((uintptr_t)&words[1], fake_last(f, LW_WIRE_SET).message.head.address);
        fake_stop(f);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    EQUAL(0, status);
}

static int stop;

static void *keeps_the_library_busy(void *argument)
{
    (void)argument;
    int w = alloc_watcher();
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        if (set_watcher(w, &words[w], 8, LW_MODE_W) != 0 || rst_watcher(w) != 0)
            fail(__FILE__, __LINE__, "errno %d", errno);
    }
    return NULL;
}

static void child_of_busy_threads(void)
{
    EQUAL(descriptors, count_descriptors());
    CHECK(lw_mark("child") == 0); /* whoever had the lock is not here */
    EQUAL(1, lw_active());
    EQUAL(descriptors + 1, count_descriptors());
}

static void fork_while_others_are_inside(void)
{
    struct fake *f = fake_start((struct script){.keep_nothing = true});
    descriptors = count_descriptors();
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], NULL, keeps_the_library_busy, NULL) == 0);
    EVENTUALLY(fake_connections(f) == 1);
    descriptors++; /* the listener's end of the parent's connection, the test's own, is copied as well */
    for (int i = 0; i < 100; i++) {
        EVENTUALLY(count_descriptors() == descriptors + 1);
        in_child(child_of_busy_threads);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    EQUAL(101, fake_connections(f));
    fake_stop(f);
}

/* A handler that calls while its thread is inside the library. */

static int in_handler[8], errors[8], handled;

static void calls_all(int signal)
{
    (void)signal;
    int kept = errno, n = 0;
    int results[8], numbers[8];
#define TRY(call) (errno = 0, results[n] = (call), numbers[n++] = errno)
    TRY(set_watcher(0, &words[1], 8, LW_MODE_W));
    TRY(rst_watcher(0));
    TRY(free_watcher(0));
    TRY(lw_mark("handler"));
    TRY(lw_backtrace(NULL));
    TRY(lw_dump_dr());
    TRY(lw_record_watcher(1));
    TRY(lw_active());
    memcpy(in_handler, results, sizeof(results));
    memcpy(errors, numbers, sizeof(numbers));
    __atomic_add_fetch(&handled, 1, __ATOMIC_RELEASE);
    errno = kept;
}

static pthread_t inside;

static void does_nothing(int signal)
{
    (void)signal;
}

/* The thread `inside` waits for the answer to its SET just now. */
static void interrupt_it(struct fake *f, int fd, const struct lw_wire *request)
{
    (void)f;
    (void)fd;
    if (request->kind != LW_WIRE_SET || __atomic_load_n(&handled, __ATOMIC_ACQUIRE))
        return;
    pthread_kill(inside, SIGUSR1);
    for (int tries = 0; HANDLERS_RUN_LATE && tries < 100 && !__atomic_load_n(&handled, __ATOMIC_ACQUIRE); tries++) {
        sleep_ms(100);
        pthread_kill(inside, SIGUSR2);
    }
    EVENTUALLY(__atomic_load_n(&handled, __ATOMIC_ACQUIRE) == 1);
}

static void handler_inside_the_library_is_refused(void)
{
    struct sigaction action = {.sa_handler = calls_all};
    struct sigaction nothing = {.sa_handler = does_nothing};
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &nothing, NULL);
    inside = pthread_self();
    struct fake *f = fake_start((struct script){.before_answer = interrupt_it});
    EQUAL(0, lw_watch(&words[0], 8, LW_MODE_W, NULL)); /* and the call itself comes to its end */
    EQUAL(1, handled);
    for (int i = 0; i < 7; i++) {
        EQUAL(-1, in_handler[i]);
        EQUAL(EBUSY, errors[i]);
    }
    EQUAL(1, in_handler[7]); /* lw_active */
    EQUAL(0, errors[7]);
    EQUAL(1, fake_count(f, LW_WIRE_SET));
    EQUAL(2, fake_count(f, 0));
    FAILS(EINVAL, set_watcher(1, &words[1], 8, LW_MODE_W));
    CHECK(set_watcher(0, &words[1], 8, LW_MODE_W) == 0); /* free_watcher in the handler has done nothing */
    fake_stop(f);
}

/* A handler that interrupts at any instruction, thousands of times: never a deadlock, never another error than EBUSY. */

static int wrong;

static void calls_one(int signal)
{
    (void)signal;
    int kept = errno;
    errno = 0;
    if (lw_mark("tick") != 0 && errno != EBUSY)
        wrong = errno;
    if (rst_watcher(0) != 0 && errno != EBUSY)
        wrong = errno;
    handled++;
    errno = kept;
}

static void handler_at_any_moment(void)
{
    struct sigaction action = {.sa_handler = calls_one, .sa_flags = SA_RESTART};
    struct itimerval often = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};
    sigaction(SIGALRM, &action, NULL);
    EQUAL(0, alloc_watcher());
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; handled < 1000 || i < 1000; i++)
        CHECK(set_watcher(0, &words[0], 8, LW_MODE_W) == 0 && lw_mark("main") == 0);
    setitimer(ITIMER_REAL, &never, NULL);
    EQUAL(0, wrong);
}

static void handler_at_any_moment_listened(void)
{
    /* Not in the listener's thread: it would wait for itself. */
    sigset_t alarms;
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarms, NULL);
    struct fake *f = fake_start((struct script){.keep_nothing = true});
    pthread_sigmask(SIG_UNBLOCK, &alarms, NULL);
    EQUAL(1, lw_active());
    handler_at_any_moment();
    EQUAL(1, fake_connections(f));
    fake_stop(f);
}

static void handler_at_any_moment_unlistened(void)
{
    handler_at_any_moment();
}

static void *is_cancelled(void *argument)
{
    (void)argument;
    lw_watch(&words[0], 8, LW_MODE_W, NULL);
    while (pause() == -1) {
    }
    return NULL;
}

static void cancelled_thread_keeps_no_lock(void)
{
    struct fake *f = fake_start((struct script){.kind = LW_WIRE_SET, .delay_ms = 300});
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, is_cancelled, NULL) == 0);
    EVENTUALLY(fake_count(f, LW_WIRE_SET) == 1);
    pthread_cancel(thread);
    pthread_join(thread, NULL);
    CHECK(lw_mark("x") == 0);
    EQUAL(1, fake_count(f, LW_WIRE_MARK));
    fake_stop(f);
}

static void a_lock_that_never_comes_free_is_refused(void)
{
    EQUAL(60000, lw_patience.lock);
    lw_patience.lock = 200;
    struct fake *f = fake_start((struct script){.kind = LW_WIRE_SET, .delay_ms = 2000});
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, is_cancelled, NULL) == 0);
    EVENTUALLY(fake_count(f, LW_WIRE_SET) == 1);
    FAILS(EBUSY, lw_mark("x"));
    pthread_cancel(thread);
    pthread_join(thread, NULL);
    CHECK(lw_mark("x") == 0);
    fake_stop(f);
}

const struct test process_tests[] = {
    {"in_a_constructor", in_a_constructor},
    {"patience_is_as_asked", patience_is_as_asked},
    {"fork_child_has_a_connection_of_its_own", fork_child_has_a_connection_of_its_own},
    {"fork_child_has_watchers_of_its_own", fork_child_has_watchers_of_its_own},
    {"raw_clone", raw_clone},
    {"raw_clone_unlistened", raw_clone_unlistened},
    {"fork_while_others_are_inside", fork_while_others_are_inside},
    {"handler_inside_the_library_is_refused", handler_inside_the_library_is_refused},
    {"handler_at_any_moment_listened", handler_at_any_moment_listened},
    {"handler_at_any_moment_unlistened", handler_at_any_moment_unlistened},
    {"cancelled_thread_keeps_no_lock", cancelled_thread_keeps_no_lock},
    {"a_lock_that_never_comes_free_is_refused", a_lock_that_never_comes_free_is_refused},
    {NULL, NULL},
};
