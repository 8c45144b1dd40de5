/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* Blocks that live for a round. */
#include <stdlib.h>

#include "server.h"

struct page {
    long key;
    long first;
    long last;
    long used;
    char bytes[32];
};

static struct buffer buffers[2];

struct buffer *g_current = &buffers[0];

static void exchange_buffers(void)
{
    g_current->len = 0;
    g_current = g_current == &buffers[0] ? &buffers[1] : &buffers[0];
    g_current->len++;
}

void fill_cache(void)
{
    struct page *page;
    long *large;
    page = malloc(sizeof *page); /* line 31 */
    page->used = 1;
    page->used++;
    free(page);
    large = malloc(4096);
    *large = 1;
    ++*large;
    free(large);
    exchange_buffers();
}
