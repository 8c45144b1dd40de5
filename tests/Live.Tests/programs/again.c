/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* again MICROSECONDS SECONDS [PID [exec]]: writes g_again, with a pause between two writes, until SIGTERM or until the time is over. With a PID it waits until no process
   has this number, and a child that has it does so in its place: the same program, by fork alone or by execve(2) too. */
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "own.h"

static volatile long g_again;
static volatile sig_atomic_t asked_to_end;

static void on_term(int signal)
{
    asked_to_end = signal;
}

static void say_ready(void)
{
    puts("ready");
    fflush(stdout);
}

static int work(long pause, long seconds)
{
    time_t end = time(NULL) + seconds;
    signal(SIGTERM, on_term);
    say_ready();
    for (long written = 1; !asked_to_end && time(NULL) < end; written++) {
        g_again = written;
        usleep((useconds_t)pause);
    }
    return 0;
}

int main(int argc, char **argv)
{
    long pause = argument(argc, argv, 1, 1000), seconds = argument(argc, argv, 2, 60);
    pid_t wanted = (pid_t)argument(argc, argv, 3, 0);
    if (!wanted)
        return work(pause, seconds);
    say_ready();
    struct clone_args how = {.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&wanted, .set_tid_size = 1};
    long child;
    while ((child = syscall(SYS_clone3, &how, sizeof(how))) < 0 && errno == EEXIST)
        usleep(100);
    if (child == 0) {
        if (argc == 4)
            _exit(work(pause, seconds));
        argv[3] = NULL;
        execv("/proc/self/exe", argv);
        _exit(127);
    }
    int status;
    must(child == wanted && waitpid(wanted, &status, 0) == child, "clone3");
    fact("status", status);
    return 0;
}
