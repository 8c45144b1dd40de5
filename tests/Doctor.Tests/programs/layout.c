/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * What the compiler makes of probe.h, a line each.
 */
#include <stddef.h>
#include <stdio.h>

#include "probe.h"

#define FIELD(short_name, type, field) printf(#short_name "." #field " %zu\n", offsetof(struct type, field))

int main(void)
{
    printf("order %zu\npage %zu\nhandle %zu\n", sizeof(struct lw_probe_order), sizeof(struct lw_probe_page), sizeof(struct lw_probe));
    FIELD(order, lw_probe_order, kind);
    FIELD(order, lw_probe_order, count);
    FIELD(order, lw_probe_order, threads);
    FIELD(order, lw_probe_order, batch);
    FIELD(order, lw_probe_order, patience_ms);
    FIELD(page, lw_probe_page, word);
    FIELD(page, lw_probe_page, writes);
    FIELD(page, lw_probe_page, strays);
    FIELD(page, lw_probe_page, others);
    FIELD(page, lw_probe_page, batches);
    FIELD(page, lw_probe_page, error);
    FIELD(page, lw_probe_page, batch_ns);
    FIELD(handle, lw_probe, page);
    FIELD(handle, lw_probe, pid);
    FIELD(handle, lw_probe, socket_fd);
    printf("burst %d\nchain %d\nread %d\ntrace %d\n", LW_PROBE_BURST, LW_PROBE_CHAIN, LW_PROBE_READ, LW_PROBE_TRACE);
    return 0;
}
