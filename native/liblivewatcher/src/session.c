/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "arming.h"
#include "descriptors.h"
#include "kernel.h"
#include "lock.h"
#include "settings.h"
#include "sigtrap.h"
#include "watchers.h"

struct lw_patience lw_patience = {.answer = 10000, .hello = 10000, .retry = 1000, .penalty = 30000, .lock = 60000};

#define PAGE 4096 /* x86-64 */

enum state {
    IDLE,
    CONNECTING, /* a set_watcher of another thread must not return as if nobody listened: it waits for the outcome */
    CONNECTED,
};

static struct lw_lock turn;
static int32_t state;
static int64_t retry_at;
static int32_t owner;  /* the process to which all this belongs; 0: nobody's yet */
static int32_t *alive; /* 1, and 0 in the child of any fork: its page is wiped there. A getpid(2) would cost a microsecond */
static int32_t forks_watched;
static __thread bool forking __attribute__((tls_model("initial-exec")));

bool lw_quiet(void)
{
    return __atomic_load_n(&state, __ATOMIC_ACQUIRE) == IDLE && lw_now_ms() < __atomic_load_n(&retry_at, __ATOMIC_RELAXED);
}

static void become(enum state next)
{
    __atomic_store_n(&state, next, __ATOMIC_RELEASE);
}

static void retry_in(int64_t ms)
{
    __atomic_store_n(&retry_at, lw_now_ms() + ms, __ATOMIC_RELAXED);
}

static int32_t this_process(void)
{
    return (int32_t)lw_kernel(SYS_getpid, 0, 0, 0, 0, 0, 0);
}

/* The child starts unarmed: the parent's connection is the parent's, and whoever held a lock there is not here. */
static void start_anew(void)
{
    lw_forget_tid();
    lw_connection_after_fork();
    lw_descriptors_after_fork();
    lw_arming_after_fork();
    lw_watchers_after_fork();
    become(IDLE);
    __atomic_store_n(&retry_at, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&turn.word, 0, __ATOMIC_RELEASE);
}

static void before_fork(void)
{
    forking = lw_descriptors_take();
}

static void after_fork_in_parent(void)
{
    lw_descriptors_give(forking);
}

static void settle(void)
{
    if (alive)
        __atomic_store_n(alive, 1, __ATOMIC_RELEASE);
}

static void after_fork_in_child(void)
{
    __atomic_store_n(&owner, this_process(), __ATOMIC_RELAXED);
    start_anew();
    settle();
}

/* LIVEWATCHER_PATIENCE=SECONDS, for machines on which a listener may need longer; anything but a number of 1 to 3600 says nothing. */
static void be_as_patient_as_asked(void)
{
    const char *text = secure_getenv("LIVEWATCHER_PATIENCE");
    int64_t seconds = 0;
    for (; text && *text >= '0' && *text <= '9' && seconds <= 3600; text++)
        seconds = seconds * 10 + (*text - '0');
    if (text && *text == '\0' && seconds > 0 && seconds <= 3600)
        lw_patience.answer = lw_patience.hello = seconds * 1000;
}

/* Not in a constructor alone: other constructors, which may run before ours, may call us. */
__attribute__((constructor)) static void watch_forks(void)
{
    if (__atomic_exchange_n(&forks_watched, 1, __ATOMIC_ACQ_REL))
        return;
    __atomic_store_n(&owner, this_process(), __ATOMIC_RELAXED);
    be_as_patient_as_asked();
    long page = lw_kernel(SYS_mmap, 0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page > 0 && lw_kernel(SYS_madvise, page, PAGE, MADV_WIPEONFORK, 0, 0, 0) == 0) { /* Linux 4.14 */
        *(int32_t *)page = 1;
        __atomic_store_n(&alive, (int32_t *)page, __ATOMIC_RELEASE);
    }
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

/* For children of clone(2) called directly, where no handler of pthread_atfork runs. */
static void check_process(void)
{
    int32_t *mark = __atomic_load_n(&alive, __ATOMIC_ACQUIRE);
    if (mark && __atomic_load_n(mark, __ATOMIC_ACQUIRE))
        return;
    int32_t self = this_process(), seen = __atomic_load_n(&owner, __ATOMIC_RELAXED);
    if (seen != 0 && seen != self &&
        __atomic_compare_exchange_n(&owner, &seen, self, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
        start_anew();
        settle();
    }
}

int lw_enter(void)
{
    watch_forks();
    check_process();
    return lw_lock_take(&turn, lw_patience.lock);
}

void lw_leave(void)
{
    lw_lock_give(&turn);
}

static void drop(int64_t retry_ms)
{
    lw_disconnect();
    retry_in(retry_ms);
    become(IDLE);
}

static enum lw_exchanged say_hello(void)
{
    struct lw_message hello;
    struct lw_wire answer;
    lw_message_begin(&hello, LW_WIRE_HELLO);
    enum lw_exchanged outcome = lw_exchange(&hello, &answer, lw_patience.hello);
    if (outcome != LW_ANSWERED)
        return outcome;
    if (answer.error != 0)
        return LW_UNSOUND; /* it will not have us */
    lw_sigtrap_want(answer.flags & LW_WIRE_WANTS_HANDLER);
    return LW_ANSWERED;
}

static bool say_again(const struct lw_message *said)
{
    struct lw_message m;
    struct lw_wire answer;
    m.head = said->head;
    lw_message_text(&m, said->text, said->head.text_length);
    /* An error is no error of the call that has found the listener. */
    return lw_exchange(&m, &answer, lw_patience.answer) == LW_ANSWERED;
}

bool lw_listened(void)
{
    if (state == CONNECTED) {
        if (lw_connected())
            return true;
        become(IDLE); /* the program has closed our descriptor, with all others */
    }
    if (lw_now_ms() < retry_at)
        return false;
    become(CONNECTING);
    retry_in(lw_patience.retry);
    if (!lw_connect()) {
        become(IDLE);
        return false;
    }
    enum lw_exchanged outcome = say_hello();
    if (outcome != LW_ANSWERED) {
        drop(outcome == LW_NOBODY ? lw_patience.retry : lw_patience.penalty);
        return false;
    }
    if (!lw_settings_each(say_again) || !lw_watchers_each(say_again)) {
        drop(lw_patience.retry);
        return false;
    }
    become(CONNECTED);
    return true;
}

int lw_request(struct lw_message *request)
{
    /* Twice: a listener that has gone may have come again, or another in its place. */
    for (int i = 0; i < 2 && lw_listened(); i++) {
        struct lw_wire answer;
        switch (lw_exchange(request, &answer, lw_patience.answer)) {
        case LW_ANSWERED:
            return answer.error;
        case LW_UNSOUND:
            drop(lw_patience.retry);
            return EBUSY;
        case LW_NOBODY:
            become(IDLE);
            break;
        }
    }
    return 0;
}
