/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* calls MODE FILE [N]: the kernel writes g_buffer, by read, recv or ioctl; N calls. */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "own.h"

long g_buffer;

NOINLINE static long fill_by_read(int fd)
{
    return read(fd, &g_buffer, sizeof g_buffer) == sizeof g_buffer; /* @read */
}

NOINLINE static long fill_by_recv(int fd)
{
    return recv(fd, &g_buffer, sizeof g_buffer, 0) == sizeof g_buffer; /* @recv */
}

NOINLINE static long fill_by_ioctl(int fd)
{
    return ioctl(fd, FIONREAD, &g_buffer) == 0; /* @ioctl */
}

int main(int argc, char **argv)
{
    must(argc > 2, "usage: calls MODE FILE [N]");
    long rounds = argument(argc, argv, 3, 200), done = 0;
    int pair[2], file = open(argv[2], O_RDWR | O_CREAT | O_TRUNC, 0600);
    must(file >= 0, argv[2]);
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
    for (long i = 1; i <= rounds; i++)
        must(write(file, &i, sizeof i) == sizeof i, "write");
    must(lseek(file, 0, SEEK_SET) == 0, "lseek");
    for (long i = 1; i <= rounds; i++) {
        if (strcmp(argv[1], "read") == 0) {
            done += fill_by_read(file);
        } else if (strcmp(argv[1], "recv") == 0) {
            must(send(pair[0], &i, sizeof i, 0) == sizeof i, "send");
            done += fill_by_recv(pair[1]);
        } else {
            must(send(pair[0], "", 1, 0) == 1, "send");
            done += fill_by_ioctl(pair[1]);
        }
    }
    fact("descriptor", strcmp(argv[1], "read") == 0 ? file : pair[1]);
    fact("hits", done);
    return 0;
}
