/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Reuse after a double close. A channel is closed by the one who is done with it, and once more by the one who cleans up; in between its memory was
 * given to another channel, which is closed by that, unasked. The next one that is opened shares it with the living one: each finds its count changed by
 * the other.
 *
 * Find it: livewatcher run --alloc reuse.c:25 --offset 0:8 --ignore open_channel --source -- artifacts/samples/reuse
 */
#include <stdio.h>
#include <stdlib.h>

struct channel {
    long sent;
    char name[48];
};

static void send_some(struct channel *channel, long count)
{
    channel->sent += count;
}

__attribute__((noinline)) static struct channel *open_channel(const char *name)
{
    struct channel *channel = malloc(sizeof(*channel));
    if (!channel)
        exit(1);
    channel->sent = 0;
    for (size_t i = 0; i + 1 < sizeof(channel->name) && name[i]; i++)
        channel->name[i] = name[i];
    return channel;
}

static void close_channel(struct channel *channel)
{
    free(channel);
}

int main(void)
{
    struct channel *control = open_channel("control");
    send_some(control, 1);
    close_channel(control);
    struct channel *audio = open_channel("audio"); /* in the memory of control */
    send_some(audio, 10);
    close_channel(control); /* once more, to be on the safe side: this is the bug */
    struct channel *video = open_channel("video"); /* in the memory of audio, which is alive */
    send_some(video, 1000);
    send_some(audio, 10); /* and writes into that of video: this is found */
    printf("audio has sent %ld, video %ld\n", audio->sent, video->sent);
    close_channel(video);
    return 0;
}
