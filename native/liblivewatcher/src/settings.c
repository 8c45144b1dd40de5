/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#include "settings.h"

#include "session.h"

#define SETTINGS (LW_WIRE_UBACKTRACE_DETAIL + 1)

static struct {
    bool given;
    int32_t value;
} settings[SETTINGS];

static void compose(struct lw_message *m, int setting, int32_t value)
{
    lw_message_begin(m, LW_WIRE_SETTING);
    m->head.setting = (uint32_t)setting;
    m->head.value = value;
}

int lw_setting(enum lw_wire_setting setting, int32_t value)
{
    struct lw_message m;
    int error = lw_enter();
    if (error != 0)
        return error;
    compose(&m, setting, value);
    error = lw_request(&m);
    if (error == 0) {
        settings[setting].given = true;
        settings[setting].value = value;
    }
    lw_leave();
    return error;
}

bool lw_settings_each(bool (*say)(const struct lw_message *))
{
    for (int i = 0; i < SETTINGS; i++) {
        struct lw_message m;
        if (!settings[i].given)
            continue;
        compose(&m, i, settings[i].value);
        if (!say(&m))
            return false;
    }
    return true;
}
