/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * What the probe can do. Each fills writes, batches and error of the page.
 */
#ifndef LIVEWATCHER_PROBE_ORDERS_H
#define LIVEWATCHER_PROBE_ORDERS_H

#include <sys/types.h>

#include "probe.h"

/* In a child, first of all: it does not outlive its parent, which may have been killed before it came to say so. */
void probe_end_with(pid_t parent);

void probe_burst(struct lw_probe_page *page, const struct lw_probe_order *order);
void probe_chain(struct lw_probe_page *page, const struct lw_probe_order *order);
void probe_read(struct lw_probe_page *page, const struct lw_probe_order *order);
void probe_trace(struct lw_probe_page *page);
void probe_poke(struct lw_probe_page *page, const struct lw_probe_order *order);

#endif
