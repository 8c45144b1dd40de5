/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* zombie: a child that is dead and that nobody has waited for. */
#include <signal.h>
#include <sys/wait.h>

#include "own.h"

int main(void)
{
    siginfo_t info;
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0)
        _exit(0);
    must(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) == 0, "waitid");
    fact("child", child);
    gate();
    return 0;
}
