/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* tracer PID: a debugger that does nothing: it seizes the process and passes on its signals, but keeps the stray SIGTRAPs of a
   virtual machine from it, as gdb does by stopping there. Says how many. Ends with the process. */
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "own.h"

int main(int argc, char **argv)
{
    int status;
    long swallowed = 0;
    pid_t target = (pid_t)argument(argc, argv, 1, 0);
    must(ptrace(PTRACE_SEIZE, target, NULL, NULL) == 0, "PTRACE_SEIZE");
    puts("ready");
    fflush(stdout);
    while (waitpid(target, &status, __WALL) == target && WIFSTOPPED(status)) {
        int signal = WSTOPSIG(status);
        siginfo_t info;
        if (signal == SIGTRAP && ptrace(PTRACE_GETSIGINFO, target, NULL, &info) == 0 && info.si_code == TRAP_BRKPT) {
            swallowed++;
            signal = 0;
        }
        ptrace(PTRACE_CONT, target, NULL, (void *)(long)signal);
    }
    fact("swallowed", swallowed);
    return 0;
}
