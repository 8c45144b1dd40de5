/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * rotating MILLISECONDS [MODE]: four threads write eight fields, each by a function of its own, one in about a millisecond, with values
 * that tell the field and count up by one. MODE threads: the second half of the fields is written by threads that write once and end.
 * MODE forks: children come meanwhile, write to every field of theirs, and end. MODE exec: executes itself at the end, without the
 * mode. Says how often each was written. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "own.h"

#define FIELDS 8
#define THREADS 4
#define STEP 1000000L

struct fields {
    volatile long f0, f1, f2, f3, f4, f5, f6, f7;
} g_fields;

static long counts[FIELDS];
static int64_t end;

#define WRITER(n) \
    NOINLINE static void write_##n(void) { g_fields.f##n = n * STEP + ++counts[n]; }
WRITER(0) /* @write_0 */
WRITER(1) /* @write_1 */
WRITER(2) /* @write_2 */
WRITER(3) /* @write_3 */
WRITER(4) /* @write_4 */
WRITER(5) /* @write_5 */
WRITER(6) /* @write_6 */
WRITER(7) /* @write_7 */

static void (*const writers[FIELDS])(void) = {write_0, write_1, write_2, write_3, write_4, write_5, write_6, write_7};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void rest(long microseconds)
{
    struct timespec time = {0, microseconds * 1000};
    nanosleep(&time, NULL);
}

static void *write_once(void *argument)
{
    writers[(long)argument]();
    return NULL;
}

static int by_threads;

static void *work(void *argument)
{
    long number = (long)argument;
    while (now_ms() < end) {
        writers[number]();
        rest(500);
        if (by_threads) {
            pthread_t brief;
            must(pthread_create(&brief, NULL, write_once, (void *)(number + THREADS)) == 0, "pthread_create");
            pthread_join(brief, NULL);
        } else {
            writers[number + THREADS]();
        }
        rest(500);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    long milliseconds = argument(argc, argv, 1, 1000);
    const char *mode = argc > 2 ? argv[2] : "";
    by_threads = strcmp(mode, "threads") == 0;
    gate();
    end = now_ms() + milliseconds;
    pthread_t all[THREADS];
    for (long i = 0; i < THREADS; i++)
        must(pthread_create(&all[i], NULL, work, (void *)i) == 0, "pthread_create");
    while (strcmp(mode, "forks") == 0 && now_ms() < end) {
        pid_t child = fork();
        if (child == 0) {
            for (int i = 0; i < FIELDS; i++)
                writers[i]();
            _exit(7);
        }
        int status;
        must(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7, "the child's end");
        rest(20000);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(all[i], NULL);
    if (strcmp(mode, "exec") == 0) {
        execl(argv[0], argv[0], argv[1], (char *)NULL);
        must(0, "execl");
    }
    for (int i = 0; i < FIELDS; i++) {
        char name[8];
        snprintf(name, sizeof(name), "f%d", i);
        fact(name, counts[i]);
    }
    return 0;
}
