/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/*
 * checkturns JSON OWN: compares a run with --rotate with what turns.c says of itself. A value there is the number of writes so far, so the
 * whole of each counter's writes can be laid out, and each must be a hit or lie in a stretch that was told as not armed. Silent with
 * status 0, or the first thing that is wrong on standard output and status 1. No allowance.
 *
 * Of each counter, in the order of the lines:
 *   - a hit wrote one more than the hit before it, and its old value says so: within a turn no write is missing;
 *   - or a note stands between the two, "changed while it was not armed: A -> B": A is what the last hit wrote, so none is missing
 *     at the end of its turn, and B is not above what the hit found. A hit without an old value can only be the first of a turn;
 *   - behind the last one nothing is left: the last hit, or the last note, has the program's own count;
 *   - the kernel has counted as many hits, over all its turns, as there are; and as often as told it had changed.
 * Of all: something was missed, for else nobody has taken turns; nothing was dropped, throttled, recovered or escaped; and the gaps are
 * the counters' own, one for each.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "wrong.h"

enum { WATCHES = 6, LONGEST = 1 << 20 };

struct counter {
    char watch[64];
    long written;           /* by the program's own count */
    long hits, last;        /* last: by the last hit or note */
    long notes, unarmed;    /* notes of changes; writes that lie in their stretches */
    long blind;             /* hits without an old value */
    int between;            /* a note stands behind the last hit */
    int counted;            /* its turns are told */
};

static struct counter counters[WATCHES];
static int counter_count;
static long line_number;

static struct counter *counter_of(const char *watch)
{
    for (int i = 0; i < counter_count; i++)
        if (strcmp(counters[i].watch, watch) == 0)
            return &counters[i];
    wrong("line %ld: nobody watched '%s'", line_number, watch);
}

static FILE *open_file(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        wrong("%s: %s", path, strerror(errno));
    return file;
}

static void read_own(const char *path)
{
    char line[256];
    FILE *file = open_file(path);
    while (fgets(line, sizeof line, file)) {
        if (counter_count == WATCHES)
            wrong("the program tells of more than %d counters", WATCHES);
        struct counter *counter = &counters[counter_count++];
        if (sscanf(line, "hits %63s %ld", counter->watch, &counter->written) != 2 || counter->written < 100)
            wrong("the program said: %s", line);
    }
    fclose(file);
    if (counter_count != WATCHES)
        wrong("the program told of %d counters", counter_count);
}

static void check_hit(const struct json *hit)
{
    struct counter *counter = counter_of(json_text(hit, "watch"));
    const struct json *before = json_get(hit, "old"), *after = json_get(hit, "new"), *frame = json_get(hit, "stack");
    if (json_true(hit, "escaped") || json_true(hit, "recovered"))
        wrong("line %ld: escaped or recovered; these registers lose nothing", line_number);
    if (!after || after->kind != JSON_NUMBER)
        wrong("line %ld: no new value", line_number);
    int has_old = before && before->kind == JSON_NUMBER;
    if (has_old && before->number != after->number - 1)
        wrong("%s: %ld -> %ld is no write of the program's", counter->watch, before->number, after->number);
    counter->blind += !has_old;
    if (counter->between ? after->number <= counter->last : after->number != counter->last + 1)
        wrong("%s: %s %ld comes a hit that wrote %ld", counter->watch, counter->between ? "behind a change, that was not armed, to" : "behind a hit that wrote",
            counter->last, after->number);
    counter->unarmed += after->number - 1 - counter->last;
    const char *writer = frame && frame->first ? json_text(frame->first, "function") : "";
    if (strncmp(writer, "write_", 6) != 0 || strcmp(writer + 6, counter->watch) != 0)
        wrong("%s: the writer of %ld is '%s', not write_%s", counter->watch, after->number, writer, counter->watch);
    counter->last = after->number;
    counter->hits++;
    counter->between = 0;
}

/* "g_a changed while it was not armed: 17 -> 23 (process ...". */
static void check_note(const struct json *note)
{
    static const char told[] = " changed while it was not armed: ";
    const char *text = json_text(note, "text"), *found = strstr(text, told);
    char watch[64], *end;
    if (!found)
        return;
    snprintf(watch, sizeof watch, "%.*s", (int)(found - text), text);
    struct counter *counter = counter_of(watch);
    long from = strtol(found + sizeof told - 1, &end, 10), to = 0;
    if (sscanf(end, " -> %ld", &to) != 1 || to <= from)
        wrong("line %ld: %s", line_number, text);
    /* Behind a turn in which nothing was written there may be more than the note before it had: it was read before all threads were armed. */
    if (counter->between ? from < counter->last : from != counter->last)
        wrong("%s: its turn ended with %ld, but the last hit wrote %ld", counter->watch, from, counter->last);
    counter->unarmed += to - counter->last;
    counter->last = to;
    counter->between = 1;
    counter->notes++;
}

static void check_turns(const struct json *turn)
{
    struct counter *counter = counter_of(json_text(turn, "watch"));
    long counted = json_number(turn, "counted", -1), turns = json_number(turn, "turns", -1), changed = json_number(turn, "changed_unarmed", -1);
    counter->counted = 1;
    if (counted != counter->hits)
        wrong("%s: %ld hits, but %ld were counted in its turns", counter->watch, counter->hits, counted);
    if (changed != counter->notes)
        wrong("%s: changed %ld times while it was not armed, but %ld times it is told", counter->watch, changed, counter->notes);
    if (counter->blind > turns || counter->notes > turns || turns < 1)
        wrong("%s: %ld turns, but %ld hits without an old value and %ld changes", counter->watch, turns, counter->blind, counter->notes);
}

static void check_coverage(const struct json *coverage)
{
    static const char *const nothing[] = { "dropped", "throttled", "recovered", "escaped", "filtered" };
    const struct json *hits = json_get(coverage, "hits"), *gaps = json_get(coverage, "gaps"), *turns = json_get(coverage, "turns");
    int blind = strcmp(json_text(coverage, "backend"), "ptrace") == 0, rotated = 0;
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        if (json_number(hits, nothing[i], -1) != 0)
            wrong("%s is %ld", nothing[i], json_number(hits, nothing[i], -1));
    if (json_number(hits, "counted", -1) != json_number(hits, "recorded", -2))
        wrong("counted %ld, but recorded %ld", json_number(hits, "counted", -1), json_number(hits, "recorded", -2));
    if (json_true(coverage, "complete"))
        wrong("complete, though they took turns");
    for (const struct json *gap = gaps ? gaps->first : NULL; gap; gap = gap->next)
        if (strstr(gap->text, "turns (--rotate)") || strstr(gap->text, "turn (--rotate)"))
            rotated++;
        else if (!blind-- || !strstr(gap->text, "not seen by backend ptrace"))
            wrong("a gap: %s", gap->text);
    if (rotated != WATCHES)
        wrong("%d gaps of watches that took turns", rotated);
    for (const struct json *turn = turns ? turns->first : NULL; turn; turn = turn->next)
        check_turns(turn);
}

static void check_counters(void)
{
    int missed = 0;
    for (int i = 0; i < WATCHES; i++) {
        const struct counter *counter = &counters[i];
        if (!counter->counted)
            wrong("%s: nothing is told of its turns", counter->watch);
        if (counter->last != counter->written || counter->hits + counter->unarmed != counter->written)
            wrong("%s: %ld writes, but %ld hits and %ld while it was not armed, the last of which wrote %ld", counter->watch, counter->written, counter->hits,
                counter->unarmed, counter->last);
        missed += counter->unarmed > 0;
        if (counter->hits == 0)
            wrong("%s: it had no turn while it was written", counter->watch);
    }
    /* At any time two of six have no register. */
    if (missed < 2)
        wrong("%d of them were not armed for some of their writes", missed);
}

int main(int argc, char **argv)
{
    static char line[LONGEST], last[32];
    if (argc != 3)
        wrong("usage: checkturns JSON OWN");
    read_own(argv[2]);
    FILE *file = open_file(argv[1]);
    while (fgets(line, sizeof line, file)) {
        line_number++;
        const struct json *event = strchr(line, '\n') ? json_parse(line) : NULL;
        if (!event)
            wrong("line %ld is not JSON", line_number);
        snprintf(last, sizeof last, "%s", json_text(event, "type"));
        if (strcmp(last, "hit") == 0)
            check_hit(event);
        else if (strcmp(last, "note") == 0)
            check_note(event);
        else if (strcmp(last, "coverage") == 0)
            check_coverage(event);
    }
    fclose(file);
    if (strcmp(last, "coverage") != 0)
        wrong("the last line is no coverage statement");
    check_counters();
    return 0;
}
