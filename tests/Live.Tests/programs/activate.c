/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* activate SOCKET PROGRAM [ARGUMENT]...: starts a program with a listening socket as systemd does (sd_listen_fds(3)). */
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "own.h"

int main(int argc, char **argv)
{
    must(argc > 2, "activate SOCKET PROGRAM");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, argv[1], sizeof(address.sun_path) - 1);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    must(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0, "bind");
    must(listen(fd, 10) == 0, "listen");
    must(fd == 3 || dup2(fd, 3) == 3, "dup2");
    char pid[16];
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", "1", 1);
    execv(argv[2], argv + 2);
    perror(argv[2]);
    return 98;
}
