/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Each test is a function that runs in a process of its own, forked before anything of the library has been used. It fails by
 * CHECK, by dying, or by taking too long.
 */
#ifndef CHECK_H
#define CHECK_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test {
    const char *name;
    void (*run)(void);
};

/* A test's file ends with its table, which a NULL name closes. */
extern const struct test api_tests[], absence_tests[], listener_tests[], process_tests[], trap_tests[], arming_tests[];

/* Ends the test: FAIL name: reason. */
void fail(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4), noreturn));

/* A line under the test's verdict: a measurement. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            fail(__FILE__, __LINE__, "%s (errno %d)", #condition, errno);                                              \
    } while (0)

#define EQUAL(expected, actual)                                                                                        \
    do {                                                                                                               \
        long long expected_ = (long long)(expected), actual_ = (long long)(actual);                                    \
        if (expected_ != actual_)                                                                                      \
            fail(__FILE__, __LINE__, "%s: expected %lld, got %lld", #actual, expected_, actual_);                      \
    } while (0)

/* The call fails with just this errno. */
#define FAILS(error, call)                                                                                             \
    do {                                                                                                               \
        errno = 0;                                                                                                     \
        int result_ = (call);                                                                                          \
        if (result_ != -1 || errno != (error))                                                                         \
            fail(__FILE__, __LINE__, "%s: expected -1 and errno %d, got %d and %d", #call, error, result_, errno);     \
    } while (0)

/* ThreadSanitizer calls handlers when it likes, with a context that nobody returns to: a signal that arrives just before
 * the library's poll waits until another one ends that poll. */
#ifdef __has_feature
#define HANDLERS_RUN_LATE __has_feature(thread_sanitizer)
#elif defined(__SANITIZE_THREAD__)
#define HANDLERS_RUN_LATE 1
#else
#define HANDLERS_RUN_LATE 0
#endif

/* Waits until it holds: for what another thread does soon. */
#define EVENTUALLY(condition)                                                                                          \
    do {                                                                                                               \
        for (int i_ = 0; !(condition); i_++) {                                                                         \
            if (i_ == 10000)                                                                                           \
                fail(__FILE__, __LINE__, "not in 10 s: %s", #condition);                                               \
            sleep_ms(1);                                                                                               \
        }                                                                                                              \
    } while (0)

void sleep_ms(int ms);

/* Open descriptors of this process. */
int count_descriptors(void);

/* In a child process that must end with 0 (CHECKs inside count as this test's). */
void in_child(void (*run)(void));

/* The test's directory, where LIVEWATCHER_SOCKET points, with nobody there yet. */
extern char test_socket[100];

#endif
