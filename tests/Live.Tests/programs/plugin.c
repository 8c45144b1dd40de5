/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* A library that is opened later: its constructor writes 1, plugin_work() goes on counting. */
long g_plugin;

__attribute__((constructor)) static void opened(void)
{
    g_plugin = 1; /* @constructor */
}

void plugin_work(void)
{
    g_plugin++; /* @plugin_work */
}
