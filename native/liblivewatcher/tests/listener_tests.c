/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../include/livewatcher.h"
#include "../src/session.h"
#include "fake.h"

/* Listeners that die, misbehave, come again, and many threads at once. */

static const struct script sound;
static uint64_t words[64] __attribute__((aligned(8)));

static void gone(enum manner manner)
{
    be_impatient();
    struct fake *f = fake_start(sound);
    int before = count_descriptors();
    int w = lw_watch(&words[0], 8, LW_MODE_W, NULL);
    EQUAL(before + 2, count_descriptors()); /* both ends */
    fake_script(f, (struct script){.kind = LW_WIRE_SET, .manner = manner});
    /* Who is not there cannot arm: as if nobody had ever listened. */
    CHECK(set_watcher(w, &words[1], 8, LW_MODE_W) == 0);
    fake_script(f, sound);
    if (manner == HANGS_UP) {
        EQUAL(1, lw_active());
        EQUAL(before + 2, count_descriptors());
        EQUAL((uintptr_t)&words[1], fake_last(f, LW_WIRE_SET).message.head.address);
    } else {
        EQUAL(0, lw_active());
        EQUAL(before - 1, count_descriptors()); /* the listener's socket too is closed */
        CHECK(rst_watcher(w) == 0 && lw_mark("x") == 0);
    }
    fake_stop(f);
}

static void listener_dies_in_the_middle(void)
{
    gone(DIES);
}

static void listener_hangs_up_in_the_middle(void)
{
    gone(HANGS_UP);
}

static void listener_dies_between_calls(void)
{
    be_impatient();
    struct fake *f = fake_start(sound);
    CHECK(lw_mark("x") == 0);
    EQUAL(1, lw_active());
    fake_stop(f);
    EQUAL(0, lw_active()); /* without a request that finds out */
    f = fake_start(sound);
    EQUAL(1, lw_active());
    fake_stop(f);
    CHECK(lw_mark("x") == 0); /* the request finds out: no SIGPIPE, no error */
    EQUAL(0, lw_active());
}

static void restarted_listener_is_told_again(void)
{
    be_impatient();
    struct fake *f = fake_start(sound);
    int w = lw_watch(&words[0], 8, LW_MODE_W, "kept");
    CHECK(lw_record_watcher(9) == 0);
    fake_stop(f);
    f = fake_start(sound);
    /* The very call that finds the old one gone goes to the new one. */
    CHECK(lw_mark("x") == 0);
    EQUAL(1, fake_count(f, LW_WIRE_MARK));
    EQUAL(1, fake_count(f, LW_WIRE_HELLO));
    EQUAL(1, fake_count(f, LW_WIRE_SET));
    EQUAL(1, fake_count(f, LW_WIRE_SETTING));
    struct received r = fake_last(f, LW_WIRE_SET);
    EQUAL(w, r.message.head.watcher);
    EQUAL((uintptr_t)&words[0], r.message.head.address);
    EQUAL(4, r.message.head.text_length);
    fake_stop(f);
}

static void misbehaves(enum manner manner)
{
    be_impatient();
    struct fake *f = fake_start(sound);
    EQUAL(1, lw_active());
    int w = alloc_watcher(), before = count_descriptors();
    fake_script(f, (struct script){.kind = LW_WIRE_SET, .manner = manner});
    FAILS(EBUSY, set_watcher(w, &words[0], 8, LW_MODE_W));
    EVENTUALLY(count_descriptors() == before - 2); /* both ends: the connection is dropped */
    fake_script(f, sound);
    EQUAL(1, lw_active());
    EQUAL(2, fake_connections(f));
    EQUAL(1, fake_count(f, LW_WIRE_SET)); /* what has failed is not said again */
    CHECK(set_watcher(w, &words[0], 8, LW_MODE_W) == 0);
    EVENTUALLY(count_descriptors() == before);
    fake_stop(f);
}

#define MISBEHAVES(name, manner)                                                                                       \
    static void name(void)                                                                                             \
    {                                                                                                                  \
        misbehaves(manner);                                                                                            \
    }
MISBEHAVES(never_answers, SILENT)
MISBEHAVES(answers_short, SHORT)
MISBEHAVES(answers_oversized, OVERSIZED)
MISBEHAVES(answers_wrong_length, WRONG_LENGTH)
MISBEHAVES(answers_wrong_version, WRONG_VERSION)
MISBEHAVES(answers_wrong_sequence, WRONG_SEQUENCE)
MISBEHAVES(answers_wrong_kind, WRONG_KIND)
MISBEHAVES(answers_wrong_error, WRONG_ERROR)
MISBEHAVES(answers_garbage, GARBAGE)

/* A packet of no bytes is what the end looks like: the next listener is asked instead. */
static void answers_empty(void)
{
    be_impatient();
    struct fake *f = fake_start(sound);
    EQUAL(1, lw_active());
    fake_script(f, (struct script){.kind = LW_WIRE_MARK, .manner = EMPTY});
    CHECK(lw_mark("x") == 0);
    EQUAL(2, fake_connections(f)); /* twice, not for ever */
    fake_script(f, sound);
    CHECK(lw_mark("y") == 0);
    EQUAL(3, fake_connections(f));
    fake_stop(f);
}

static void bad_at_hello(void)
{
    static const enum manner manners[] = {SILENT, SHORT, EMPTY, OVERSIZED, WRONG_SEQUENCE, GARBAGE, HANGS_UP};
    be_impatient();
    for (size_t i = 0; i < sizeof(manners) / sizeof(manners[0]); i++) {
        int before = count_descriptors();
        struct fake *f = fake_start((struct script){.kind = LW_WIRE_HELLO, .manner = manners[i]});
        int w = lw_watch(&words[0], 8, LW_MODE_W, NULL);
        EQUAL(0, w);
        EQUAL(0, lw_active());
        EQUAL(0, fake_count(f, LW_WIRE_SET));
        CHECK(free_watcher(w) == 0);
        fake_stop(f);
        EQUAL(before, count_descriptors());
    }
}

static void refusal_at_hello_is_nobody(void)
{
    EQUAL(30000, lw_patience.penalty);
    lw_patience.retry = 0;
    struct fake *f = fake_start((struct script){.kind = LW_WIRE_HELLO, .error = EPERM});
    CHECK(lw_mark("x") == 0 && lw_active() == 0);
    for (int i = 0; i < 100; i++)
        CHECK(lw_mark("x") == 0);
    EQUAL(1, fake_connections(f)); /* not asked again and again */
    EQUAL(1, fake_count(f, 0));
    fake_stop(f);
}

static void slow_listener_is_waited_for(void)
{
    EQUAL(10000, lw_patience.answer);
    EQUAL(10000, lw_patience.hello);
    struct fake *f = fake_start((struct script){.kind = LW_WIRE_SET, .delay_ms = 1500});
    EQUAL(0, lw_watch(&words[0], 8, LW_MODE_W, NULL));
    pthread_mutex_lock(&f->lock);
    EQUAL(2, f->answered); /* HELLO and SET: it has waited for both */
    pthread_mutex_unlock(&f->lock);
    fake_stop(f);
}

static void descriptors_do_not_leak(void)
{
    be_impatient();
    struct fake *f = fake_start((struct script){.kind = LW_WIRE_MARK, .manner = HANGS_UP});
    int before = count_descriptors();
    for (int i = 0; i < 300; i++)
        CHECK(lw_mark("x") == 0);
    CHECK(fake_connections(f) >= 300);
    EVENTUALLY(count_descriptors() == before);
    fake_stop(f);
}

static void standard_streams_are_left_alone(void)
{
    struct fake *f = fake_start(sound);
    int kept = dup(1);
    close(0);
    close(1);
    EQUAL(1, lw_active());
    /* One of the two is the listener's end; ours is neither. */
    CHECK(fcntl(0, F_GETFD) != -1 && fcntl(1, F_GETFD) == -1);
    dup2(kept, 1);
    fake_stop(f);
}

static void descriptor_closed_by_the_program(void)
{
    be_impatient();
    struct fake *f = fake_start(sound);
    int next = dup(0);
    close(next);
    CHECK(lw_mark("x") == 0); /* our socket has the number `next` */
    close(next);
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) == 0);
    CHECK(pair[0] == next || pair[1] == next); /* now the program's own */
    CHECK(lw_mark("y") == 0);
    EQUAL(2, fake_count(f, LW_WIRE_MARK)); /* over a new connection */
    char byte;
    CHECK(read(pair[0], &byte, 1) == -1 && errno == EAGAIN);
    CHECK(read(pair[1], &byte, 1) == -1 && errno == EAGAIN);
    fake_stop(f);
}

/* Many threads: each message well formed (the listener checks), each answered, each with its own sequence. */

#define THREADS 16
static int rounds;
static int set_failures, shared_watcher;

static void *sets_and_resets(void *argument)
{
    uintptr_t n = (uintptr_t)argument;
    for (int i = 0; i < rounds; i++) {
        /* Four numbers for sixteen threads: most share one. */
        int w = i & 1 ? alloc_watcher() : shared_watcher;
        if (w < 0)
            continue;
        if (set_watcher(w, &words[n], 8, LW_MODE_W) != 0 || rst_watcher(w) != 0)
            __atomic_add_fetch(&set_failures, 1, __ATOMIC_RELAXED);
        if (w != shared_watcher && free_watcher(w) != 0)
            __atomic_add_fetch(&set_failures, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static void crowd(int n, struct script script)
{
    pthread_t threads[THREADS];
    struct fake *f = fake_start(script);
    rounds = n;
    shared_watcher = alloc_watcher();
    for (uintptr_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, sets_and_resets, (void *)i) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    EQUAL(0, set_failures);
    CHECK(free_watcher(shared_watcher) == 0);
    for (int i = 0; i < 4; i++)
        EQUAL(i, alloc_watcher()); /* every number has come back */
    EQUAL(1, fake_connections(f));
    if (!script.keep_nothing) {
        int sets = fake_count(f, LW_WIRE_SET);
        CHECK(sets >= THREADS * n / 2);
        for (int i = 1; i < fake_count(f, 0); i++)
            EQUAL(fake_nth(f, 0, i - 1).message.head.sequence + 1, fake_nth(f, 0, i).message.head.sequence);
    }
    fake_stop(f);
}

static void sixteen_threads(void)
{
    crowd(60, sound);
}

static void sixteen_threads_ten_thousand_times(void)
{
    crowd(10000, (struct script){.keep_nothing = true});
}

static void *watches(void *argument)
{
    (void)argument;
    if (lw_watch(&words[0], 8, LW_MODE_W, NULL) < 0)
        __atomic_add_fetch(&set_failures, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void *marks(void *argument)
{
    (void)argument;
    if (lw_mark("x") != 0)
        __atomic_add_fetch(&set_failures, 1, __ATOMIC_RELAXED);
    return NULL;
}

/* No thread may return from its first call while another one is still connecting: its watch would not be armed. */
static void first_calls_at_once(void)
{
    pthread_t threads[5];
    struct fake *f = fake_start((struct script){.kind = LW_WIRE_HELLO, .delay_ms = 500});
    CHECK(pthread_create(&threads[0], NULL, watches, NULL) == 0);
    EVENTUALLY(fake_count(f, LW_WIRE_HELLO) == 1); /* not answered yet */
    for (int i = 1; i < 5; i++)
        CHECK(pthread_create(&threads[i], NULL, i < 3 ? watches : marks, NULL) == 0);
    for (int i = 0; i < 5; i++)
        pthread_join(threads[i], NULL);
    EQUAL(0, set_failures);
    EQUAL(1, fake_count(f, LW_WIRE_HELLO));
    EQUAL(3, fake_count(f, LW_WIRE_SET));
    EQUAL(2, fake_count(f, LW_WIRE_MARK));
    fake_stop(f);
}

const struct test listener_tests[] = {
    {"listener_dies_in_the_middle", listener_dies_in_the_middle},
    {"listener_hangs_up_in_the_middle", listener_hangs_up_in_the_middle},
    {"listener_dies_between_calls", listener_dies_between_calls},
    {"restarted_listener_is_told_again", restarted_listener_is_told_again},
    {"never_answers", never_answers},
    {"answers_short", answers_short},
    {"answers_empty", answers_empty},
    {"answers_oversized", answers_oversized},
    {"answers_wrong_length", answers_wrong_length},
    {"answers_wrong_version", answers_wrong_version},
    {"answers_wrong_sequence", answers_wrong_sequence},
    {"answers_wrong_kind", answers_wrong_kind},
    {"answers_wrong_error", answers_wrong_error},
    {"answers_garbage", answers_garbage},
    {"bad_at_hello", bad_at_hello},
    {"refusal_at_hello_is_nobody", refusal_at_hello_is_nobody},
    {"slow_listener_is_waited_for", slow_listener_is_waited_for},
    {"descriptors_do_not_leak", descriptors_do_not_leak},
    {"standard_streams_are_left_alone", standard_streams_are_left_alone},
    {"descriptor_closed_by_the_program", descriptor_closed_by_the_program},
    {"first_calls_at_once", first_calls_at_once},
    {"sixteen_threads", sixteen_threads},
    {"sixteen_threads_ten_thousand_times", sixteen_threads_ten_thousand_times},
    {NULL, NULL},
};
