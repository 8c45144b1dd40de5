/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "check.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TIME_LIMIT_S 120

char test_socket[100];
static char directory[60];
static int report[2];

static void say(const char *format, va_list args)
{
    char line[1000];
    int n = vsnprintf(line, sizeof(line), format, args);
    if (write(report[1], line, n < (int)sizeof(line) ? (size_t)n : sizeof(line) - 1) < 0)
        _exit(3);
}

static void sayf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
}

void fail(const char *file, int line, const char *format, ...)
{
    va_list args;
    sayf("%s:%d: ", strrchr(file, '/') ? strrchr(file, '/') + 1 : file, line);
    va_start(args, format);
    say(format, args);
    va_end(args);
    _exit(1);
}

void note(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
}

void sleep_ms(int ms)
{
    struct timespec left = {ms / 1000, ms % 1000 * 1000000L};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

int count_descriptors(void)
{
    int n = 0;
    DIR *d = opendir("/proc/self/fd");
    if (!d)
        fail(__FILE__, __LINE__, "/proc/self/fd");
    while (readdir(d))
        n++;
    closedir(d);
    return n - 3; /* ".", "..", and the directory itself */
}

void in_child(void (*run)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        run();
        _exit(0);
    }
    while (waitpid(pid, &status, 0) != pid) {
        if (errno != EINTR)
            fail(__FILE__, __LINE__, "waitpid");
    }
    if (status != 0) {
        sayf("(in a child, status %#x) ", (unsigned)status);
        _exit(1);
    }
}

static bool run_one(const struct test *t)
{
    char said[4000];
    size_t length = 0;
    int status;
    if (pipe(report) != 0)
        abort();
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        close(report[0]);
        alarm(TIME_LIMIT_S);
        t->run();
        exit(0); /* not _exit: the sanitizers look for leaks */
    }
    close(report[1]);
    for (ssize_t n; length < sizeof(said) - 1 && (n = read(report[0], said + length, sizeof(said) - 1 - length)) > 0;)
        length += (size_t)n;
    said[length] = 0;
    close(report[0]);
    waitpid(pid, &status, 0);
    unlink(test_socket);
    if (status == 0)
        printf("PASS %s%s%s\n", t->name, length ? ": " : "", said);
    else if (WIFSIGNALED(status))
        printf("FAIL %s: %s%s\n", t->name, said, strsignal(WTERMSIG(status)));
    else
        printf("FAIL %s: %s (exit %d)\n", t->name, said, WEXITSTATUS(status));
    return status == 0;
}

int main(int argc, char **argv)
{
    const struct test *const tables[] = {api_tests, absence_tests, listener_tests, process_tests, trap_tests, arming_tests};
    int passed = 0, failed = 0;
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    const char *tmp = getenv("TMPDIR");
    snprintf(directory, sizeof(directory), "%s/lw-test-XXXXXX", tmp && strlen(tmp) < 30 ? tmp : "/tmp");
    if (!mkdtemp(directory))
        abort();
    snprintf(test_socket, sizeof(test_socket), "%s/socket", directory);
    setenv("LIVEWATCHER_SOCKET", test_socket, 1);
    setenv("XDG_RUNTIME_DIR", directory, 1);
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        for (const struct test *t = tables[i]; t->name; t++) {
            if (argc > 1 && !strstr(t->name, argv[1]))
                continue;
            if (run_one(t))
                passed++;
            else
                failed++;
        }
    }
    rmdir(directory);
    printf("%d passed, %d failed\n", passed, failed);
    return failed || !passed;
}
