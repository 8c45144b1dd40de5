/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Stack smashing. A greeting is put together in a buffer that one name in a hundred does not fit. The C library ends the program when greet()
 * returns: it says "stack smashing detected", and not where.
 *
 * Find it: livewatcher run --canary greet --source -- artifacts/samples/smash
 */
#include <stdio.h>
#include <string.h>

static const char *const rare = "Johann Gambolputty de von Ausfern";

static void append(char *to, const char *text)
{
    to += strlen(to);
    while (*text)
        *to++ = *text++; /* no bound: this is the bug */
    *to = 0;
}

__attribute__((noinline)) static int greet(const char *name)
{
    char line[32] = "Good morning, ";
    append(line, name);
    return puts(line);
}

int main(void)
{
    char name[16];
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int guest = 0; guest < 100; guest++) {
        snprintf(name, sizeof(name), "guest %d", guest);
        greet(guest == 63 ? rare : name);
    }
    return 0;
}
