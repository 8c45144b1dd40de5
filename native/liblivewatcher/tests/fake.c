/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "fake.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../src/session.h"

#define MAX_CONNECTIONS 32

static bool well_formed(const struct lw_message *m, ssize_t n)
{
    const struct lw_wire *w = &m->head;
    bool known = (w->kind >= LW_WIRE_HELLO && w->kind <= LW_WIRE_SETTING) ||
                 (w->kind >= LW_WIRE_RECOVERED && w->kind <= LW_WIRE_PREPARED);
    bool watch = w->kind != LW_WIRE_SET || (w->watcher < 4 && w->address != 0 &&
                 (w->length == 1 || w->length == 2 || w->length == 4 || w->length == 8) &&
                 (w->mode == 0 || w->mode == 1 || w->mode == 3) && (w->flags & ~(uint32_t)LW_WIRE_CHANGE_ONLY) == 0);
    return n >= (ssize_t)sizeof(*w) && n == (ssize_t)(sizeof(*w) + w->text_length) && w->text_length <= LW_WIRE_TEXT &&
           w->version == LW_WIRE_VERSION && known && watch && w->tid > 0 && (w->kind != LW_WIRE_RESET || w->watcher < 4);
}

/* False: the end. */
static bool take(struct fake *f, int fd, int connection, struct lw_message *m)
{
    struct {
        struct lw_message m;
        char more[64];
    } room;
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {&room, sizeof(room)};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    struct ucred sender;
    socklen_t size = sizeof(sender);
    memset(&room, 0, sizeof(room));
    ssize_t n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    if (n <= 0)
        return false;
    *m = room.m;
    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &sender, &size);
    pthread_mutex_lock(&f->lock);
    if (!well_formed(m, n))
        f->malformed++;
    if (!f->script.keep_nothing && f->count < FAKE_RECEIVED) {
        struct received *r = &f->received[f->count++];
        r->message = *m;
        r->pid = sender.pid;
        r->connection = connection;
        r->descriptor = -1;
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        if (c && c->cmsg_type == SCM_RIGHTS)
            memcpy(&r->descriptor, CMSG_DATA(c), sizeof(int));
    }
    pthread_mutex_unlock(&f->lock);
    return true;
}

void fake_send(int fd, const void *data, size_t length, int descriptor)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {(void *)data, length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof(control);
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        c->cmsg_len = CMSG_LEN(sizeof(int));
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        memcpy(CMSG_DATA(c), &descriptor, sizeof(int));
    }
    if (sendmsg(fd, &message, MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET)
        fail(__FILE__, __LINE__, "the listener cannot send: %s", strerror(errno));
}

void fake_await(struct fake *f, int fd, uint32_t kind)
{
    struct lw_message m;
    do {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, 10000) != 1 || !take(f, fd, fake_connections(f), &m))
            fail(__FILE__, __LINE__, "no message of kind %u came", kind);
    } while (m.head.kind != kind);
}

enum after { KEEP, CLOSE, END };

static enum after answer(struct fake *f, int fd, const struct lw_wire *request)
{
    struct {
        struct lw_wire head;
        char more[LW_WIRE_TEXT + 100];
    } a;
    pthread_mutex_lock(&f->lock);
    struct script script = f->script;
    pthread_mutex_unlock(&f->lock);
    bool special = script.kind == 0 || script.kind == request->kind;
    enum manner manner = special ? script.manner : SOUND;
    size_t length = sizeof(a.head);
    memset(&a, 0, sizeof(a));
    a.head.version = LW_WIRE_VERSION;
    a.head.kind = LW_WIRE_ANSWER;
    a.head.sequence = request->sequence;
    a.head.error = special ? script.error : 0;
    a.head.flags = request->kind == LW_WIRE_HELLO ? script.welcome : 0;
    if (special && script.delay_ms)
        sleep_ms(script.delay_ms);
    if (script.before_answer)
        script.before_answer(f, fd, request);
    switch (manner) {
    case SOUND:
        break;
    case SILENT:
        return KEEP;
    case DIES:
        return END;
    case HANGS_UP:
        return CLOSE;
    case SHORT:
        length = sizeof(a.head) / 2;
        break;
    case EMPTY:
        length = 0;
        break;
    case OVERSIZED:
        length = sizeof(a);
        a.head.text_length = LW_WIRE_TEXT; /* what is cut off would not be missed */
        break;
    case WRONG_LENGTH:
        a.head.text_length = 1;
        break;
    case WRONG_VERSION:
        a.head.version = 99;
        break;
    case WRONG_SEQUENCE:
        a.head.sequence++;
        break;
    case WRONG_KIND:
        a.head.kind = LW_WIRE_MARK;
        break;
    case WRONG_ERROR:
        a.head.error = -5;
        break;
    case GARBAGE:
        memset(&a.head, 0xa5, sizeof(a.head));
        break;
    }
    /* Before it is sent: the program may look as soon as it has it. */
    pthread_mutex_lock(&f->lock);
    f->answered++;
    pthread_mutex_unlock(&f->lock);
    fake_send(fd, &a, length, -1);
    return KEEP;
}

static void *listen_on(void *argument)
{
    struct fake *f = argument;
    struct pollfd fds[MAX_CONNECTIONS + 2] = {{f->stop[0], POLLIN, 0}, {f->listening, POLLIN, 0}};
    int numbers[MAX_CONNECTIONS + 2] = {0}, n = 2;
    for (bool more = true; more;) {
        if (poll(fds, (nfds_t)n, -1) < 0)
            continue;
        if (fds[0].revents)
            break;
        if (fds[1].revents && n < MAX_CONNECTIONS + 2) {
            int fd = accept4(f->listening, NULL, NULL, SOCK_CLOEXEC);
            pthread_mutex_lock(&f->lock);
            numbers[n] = ++f->connections;
            pthread_mutex_unlock(&f->lock);
            fds[n++] = (struct pollfd){fd, POLLIN, 0};
        }
        for (int i = 2; i < n && more; i++) {
            struct lw_message m;
            if (!fds[i].revents)
                continue;
            enum after after = CLOSE;
            if (take(f, fds[i].fd, numbers[i], &m))
                after = m.head.kind < LW_WIRE_RECOVERED ? answer(f, fds[i].fd, &m.head) : KEEP;
            more = after != END;
            if (after == CLOSE) {
                close(fds[i].fd);
                fds[i] = fds[--n];
                numbers[i] = numbers[n];
                i--;
            }
        }
    }
    unlink(test_socket);
    for (int i = 1; i < n; i++)
        close(fds[i].fd);
    pthread_mutex_lock(&f->lock);
    f->gone = true;
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

struct fake *fake_start(struct script script)
{
    struct fake *f = calloc(1, sizeof(*f));
    f->script = script;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    f->received = calloc(FAKE_RECEIVED, sizeof(*f->received));
    pthread_mutex_init(&f->lock, NULL);
    memcpy(address.sun_path, test_socket, sizeof(test_socket));
    f->listening = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    CHECK(bind(f->listening, (struct sockaddr *)&address, sizeof(address)) == 0);
    CHECK(listen(f->listening, 16) == 0);
    CHECK(pipe2(f->stop, O_CLOEXEC) == 0);
    CHECK(pthread_create(&f->thread, NULL, listen_on, f) == 0);
    return f;
}

void fake_stop(struct fake *f)
{
    CHECK(write(f->stop[1], "x", 1) == 1);
    pthread_join(f->thread, NULL);
    close(f->stop[0]);
    close(f->stop[1]);
    EQUAL(0, f->malformed);
    free(f->received);
    free(f);
}

void fake_script(struct fake *f, struct script script)
{
    pthread_mutex_lock(&f->lock);
    f->script = script;
    pthread_mutex_unlock(&f->lock);
}

int fake_connections(struct fake *f)
{
    pthread_mutex_lock(&f->lock);
    int n = f->connections;
    pthread_mutex_unlock(&f->lock);
    return n;
}

int fake_count(struct fake *f, uint32_t kind)
{
    int n = 0;
    pthread_mutex_lock(&f->lock);
    for (int i = 0; i < f->count; i++)
        n += kind == 0 || f->received[i].message.head.kind == kind;
    pthread_mutex_unlock(&f->lock);
    return n;
}

struct received fake_nth(struct fake *f, uint32_t kind, int n)
{
    struct received found;
    memset(&found, 0, sizeof(found));
    pthread_mutex_lock(&f->lock);
    for (int i = 0; i < f->count && n >= 0; i++)
        if ((kind == 0 || f->received[i].message.head.kind == kind) && n-- == 0)
            found = f->received[i];
    pthread_mutex_unlock(&f->lock);
    if (n >= 0)
        fail(__FILE__, __LINE__, "no message %d of kind %u came", n, kind);
    return found;
}

struct received fake_last(struct fake *f, uint32_t kind)
{
    return fake_nth(f, kind, fake_count(f, kind) - 1);
}

void be_impatient(void)
{
    lw_patience.retry = 0;
    lw_patience.penalty = 0;
    lw_patience.answer = 300;
    lw_patience.hello = 300;
}
