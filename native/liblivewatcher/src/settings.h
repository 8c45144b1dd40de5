/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The listener's settings for this process, remembered for the one who comes later.
 */
#ifndef LIVEWATCHER_SETTINGS_H
#define LIVEWATCHER_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "connection.h"

/* 0 or an errno. */
int lw_setting(enum lw_wire_setting setting, int32_t value);

/* Each that was ever set, until say is false; then false. */
bool lw_settings_each(bool (*say)(const struct lw_message *));

#endif
