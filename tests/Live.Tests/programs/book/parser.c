/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* Configuration and headers. */
#include "server.h"

static struct config defaults = {100, 1};

struct config *cfg = &defaults;

void cfg_init(struct config *config)
{
    config->limit = 100;
    config->depth = 1;
}

/* As WebSocket frames are masked: twice is nothing. */
void mask(char *bytes, long count)
{
    for (long i = 0; i < count; i++)
        bytes[i] ^= 0x5a;
}

/* The bug: it masks all up to its frame's end, and so the stack protector's word. */
void parse_header(void)
{
    char header[24] = "limit: 0";
    long count = (char *)__builtin_frame_address(0) - header;
    mask(header, count);
    mask(header, count);
    cfg->limit = header[7] - '0';
    cfg->limit = 5000; /* line 31 */
    cfg->limit = -1;
    cfg->depth++;
}
