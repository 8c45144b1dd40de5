/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* again PID PROGRAM ARGUMENT...: waits until no process has this number, and then starts the program as the one that has. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "own.h"

int main(int argc, char **argv)
{
    pid_t wanted = (pid_t)argument(argc, argv, 1, 0);
    must(argc > 2, "usage: again PID PROGRAM ARGUMENT...");
    puts("ready");
    fflush(stdout);
    while (kill(wanted, 0) == 0 || errno != ESRCH)
        usleep(100);
    for (int trial = 0; trial < 1000; trial++) {
        int last = open("/proc/sys/kernel/ns_last_pid", O_WRONLY), status;
        must(last >= 0 && dprintf(last, "%d", wanted - 1) > 0, "ns_last_pid");
        close(last);
        pid_t child = fork();
        must(child >= 0, "fork");
        if (child == 0) {
            if (getpid() != wanted)
                _exit(1);
            execv(argv[2], argv + 2);
            _exit(127);
        }
        must(waitpid(child, &status, 0) == child, "waitpid");
        if (child == wanted) {
            fact("status", status);
            return 0;
        }
    }
    return 98;
}
