/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "../include/livewatcher.h"
#include "../src/session.h"
#include "fake.h"

/* Nobody listens, or not yet. */

static const struct script sound;
static uint64_t words[4] __attribute__((aligned(8)));

static void everything_succeeds(void)
{
    int before = count_descriptors();
    errno = 77;
    EQUAL(0, lw_active());
    int w = alloc_watcher();
    CHECK(w == 0 && set_watcher(w, &words[0], 8, LW_MODE_W) == 0 && rst_watcher(w) == 0 && free_watcher(w) == 0);
    w = lw_watch(&words[0], 4, LW_MODE_WR | LW_MODE_CHANGE, "label");
    CHECK(w == 0 && free_watcher(w) == 0);
    CHECK(lw_dump_dr() == 0 && lw_show_info("%d", 1) == 0 && lw_backtrace("%d", 1) == 0 && lw_mark("m") == 0);
    CHECK(lw_ignore_hwbp_sigtrap(1) == 0 && lw_record_watcher(3) == 0 && lw_ubacktrace_detail(1) == 0);
    EQUAL(0, lw_active());
    EQUAL(77, errno);
    EQUAL(before, count_descriptors());
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

#define NANOSECONDS(call)                                                                                              \
    ({                                                                                                                 \
        int64_t start_ = now_ns();                                                                                     \
        for (int i_ = 0; i_ < 100000; i_++)                                                                            \
            (void)(call);                                                                                              \
        (double)(now_ns() - start_) / 100000;                                                                          \
    })

/* No time is asserted: a busy machine is no defect. */
static void no_op_time(void)
{
    int w = alloc_watcher();
    CHECK(lw_mark("first") == 0);
    note("lw_mark %.0f ns, ", NANOSECONDS(lw_mark("m")));
    note("lw_show_info %.0f, ", NANOSECONDS(lw_show_info("%d", 1)));
    note("lw_backtrace %.0f, ", NANOSECONDS(lw_backtrace("%d", 1)));
    note("lw_active %.0f, ", NANOSECONDS(lw_active()));
    note("set_watcher %.0f, ", NANOSECONDS(set_watcher(w, &words[0], 8, LW_MODE_W)));
    note("rst_watcher %.0f, ", NANOSECONDS(rst_watcher(w)));
    note("alloc+free %.0f", NANOSECONDS(free_watcher(alloc_watcher())));
}

static void looks_again_once_a_second(void)
{
    EQUAL(1000, lw_patience.retry);
    lw_patience.retry = 60000;
    EQUAL(0, lw_active());
    struct fake *f = fake_start(sound);
    for (int i = 0; i < 100; i++)
        CHECK(lw_mark("x") == 0 && lw_active() == 0);
    EQUAL(0, fake_connections(f));
    fake_stop(f);
}

static void finds_who_comes_late(void)
{
    lw_patience.retry = 100;
    EQUAL(0, lw_active());
    struct fake *f = fake_start(sound);
    EVENTUALLY(lw_active() == 1);
    EQUAL(1, fake_connections(f));
    fake_stop(f);
}

static void told_to_who_comes_late(void)
{
    be_impatient();
    CHECK(lw_record_watcher(1) == 0 && lw_record_watcher(5) == 0 && lw_ubacktrace_detail(0) == 0);
    EQUAL(0, lw_watch(&words[0], 8, LW_MODE_W, "first"));
    EQUAL(1, lw_watch(&words[1], 4, LW_MODE_WR | LW_MODE_CHANGE, "second"));
    EQUAL(2, lw_watch(&words[2], 4, LW_MODE_WR, "gone"));
    CHECK(rst_watcher(2) == 0);
    EQUAL(3, lw_watch(&words[2], 4, LW_MODE_WR, "moved"));
    CHECK(set_watcher(3, &words[3], 2, LW_MODE_W) == 0);
    struct fake *f = fake_start(sound);
    CHECK(lw_mark("now") == 0);
    EQUAL(7, fake_count(f, 0));
    EQUAL(LW_WIRE_HELLO, fake_nth(f, 0, 0).message.head.kind);
    EQUAL(LW_WIRE_MARK, fake_nth(f, 0, 6).message.head.kind);
    EQUAL(2, fake_count(f, LW_WIRE_SETTING)); /* the last of each that was set */
    EQUAL(LW_WIRE_RECORD_WATCHER, fake_nth(f, LW_WIRE_SETTING, 0).message.head.setting);
    EQUAL(5, fake_nth(f, LW_WIRE_SETTING, 0).message.head.value);
    EQUAL(LW_WIRE_UBACKTRACE_DETAIL, fake_nth(f, LW_WIRE_SETTING, 1).message.head.setting);
    EQUAL(0, fake_nth(f, LW_WIRE_SETTING, 1).message.head.value);
    static const struct {
        int watcher;
        void *address;
        uint32_t length, mode, flags;
        const char *label;
    } expected[] = {
        {0, &words[0], 8, 1, 0, "first"}, {1, &words[1], 4, 3, LW_WIRE_CHANGE_ONLY, "second"}, {3, &words[3], 2, 1, 0, ""}};
    EQUAL(3, fake_count(f, LW_WIRE_SET));
    for (int i = 0; i < 3; i++) {
        struct received r = fake_nth(f, LW_WIRE_SET, i);
        EQUAL(expected[i].watcher, r.message.head.watcher);
        EQUAL((uintptr_t)expected[i].address, r.message.head.address);
        EQUAL(expected[i].length, r.message.head.length);
        EQUAL(expected[i].mode, r.message.head.mode);
        EQUAL(expected[i].flags, r.message.head.flags);
        EQUAL(strlen(expected[i].label), r.message.head.text_length);
        CHECK(memcmp(r.message.text, expected[i].label, strlen(expected[i].label)) == 0);
        for (int j = 0; j < LW_WIRE_REGISTERS; j++)
            EQUAL(0, r.message.head.registers[j]);
    }
    fake_stop(f);
}

static void refused_again_is_no_error_of_this_call(void)
{
    be_impatient();
    EQUAL(0, lw_watch(&words[0], 8, LW_MODE_W, NULL));
    struct fake *f = fake_start((struct script){.kind = LW_WIRE_SET, .error = ENOSPC});
    CHECK(lw_mark("x") == 0);
    EQUAL(1, fake_count(f, LW_WIRE_SET));
    EQUAL(1, fake_count(f, LW_WIRE_MARK));
    EQUAL(1, lw_active());
    fake_stop(f);
}

/* What listens there is no listener of ours, or cannot take more. */
static void bind_other(int type, int backlog)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, test_socket, sizeof(test_socket));
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, backlog) == 0);
}

static void another_type_of_socket_is_nobody(void)
{
    bind_other(SOCK_STREAM, 5);
    int before = count_descriptors();
    CHECK(lw_mark("x") == 0 && lw_active() == 0);
    EQUAL(before, count_descriptors());
}

static void a_full_backlog_is_nobody(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, test_socket, sizeof(test_socket));
    bind_other(SOCK_SEQPACKET, 0);
    for (int i = 0; i < 2; i++) {
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)!connect(fd, (struct sockaddr *)&address, sizeof(address));
    }
    int before = count_descriptors();
    CHECK(lw_mark("x") == 0 && lw_active() == 0); /* hangs, if it waits */
    EQUAL(before, count_descriptors());
}

static void the_second_place_is_tried(void)
{
    char where[120], directory[110];
    CHECK(strlen(test_socket) < sizeof(directory) - 20);
    strcpy(where, test_socket);
    *strrchr(where, '/') = 0;
    setenv("XDG_RUNTIME_DIR", where, 1);
    strcpy(directory, where);
    strcat(directory, "/livewatcher");
    CHECK(mkdir(directory, 0700) == 0);
    strcpy(test_socket, directory);
    strcat(test_socket, "/socket");
    struct fake *f = fake_start(sound); /* LIVEWATCHER_SOCKET names the other, where nobody is */
    int active = lw_active();
    fake_stop(f);
    rmdir(directory);
    EQUAL(1, active);
}

static void a_path_too_long_is_nobody(void)
{
    char path[300];
    memset(path, 'p', sizeof(path));
    path[0] = '/';
    path[sizeof(path) - 1] = 0;
    setenv("LIVEWATCHER_SOCKET", path, 1);
    CHECK(lw_mark("x") == 0 && lw_active() == 0);
}

const struct test absence_tests[] = {
    {"everything_succeeds", everything_succeeds},
    {"no_op_time", no_op_time},
    {"looks_again_once_a_second", looks_again_once_a_second},
    {"finds_who_comes_late", finds_who_comes_late},
    {"told_to_who_comes_late", told_to_who_comes_late},
    {"refused_again_is_no_error_of_this_call", refused_again_is_no_error_of_this_call},
    {"another_type_of_socket_is_nobody", another_type_of_socket_is_nobody},
    {"a_full_backlog_is_nobody", a_full_backlog_is_nobody},
    {"the_second_place_is_tried", the_second_place_is_tried},
    {"a_path_too_long_is_nobody", a_path_too_long_is_nobody},
    {NULL, NULL},
};
