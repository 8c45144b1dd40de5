/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Off by one, into the neighbour. A message is taken apart into fields; one with as many fields as there is room for has its end
 * marked one place too far, which is where the message's priority lives. Nothing crashes; some urgent messages are not.
 *
 * Find it: livewatcher run --watch-local 'handle::message.priority' --source -- artifacts/samples/neighbour
 */
#include <stdio.h>
#include <string.h>

#define FIELDS 4

struct message {
    int field[FIELDS];
    int priority;
};

__attribute__((noinline)) static void split(const char *text, int *field)
{
    int count = 0;
    for (int at = 0; text[at] && count < FIELDS; at++)
        if (text[at] == ' ')
            field[count++] = at + 1;
    field[count] = 0; /* the end, even where all of them are taken: this is the bug */
}

__attribute__((noinline)) static int handle(const char *text)
{
    struct message message = {.priority = text[0] == '!' ? 9 : 1};
    split(text, message.field);
    return message.priority;
}

int main(void)
{
    static const char *const texts[] = {"! disk full", "login anna", "! fan 2 of 4 stopped", "! battery low", "logout anna"};
    for (int i = 0; i < 5; i++) {
        int priority = handle(texts[i]);
        if (priority != (texts[i][0] == '!' ? 9 : 1))
            printf("'%s' was handled with priority %d\n", texts[i], priority);
    }
    return 0;
}
