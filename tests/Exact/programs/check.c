/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/*
 * check JSON OWN [backend=B] [scope=S] [guard=on|off] [limit=N] [honest=1]: compares a run's JSON lines with what the
 * watched program said about itself (own.h). No allowance: these registers are exact. Silent with status 0, or the first
 * thing that is wrong on standard output and status 1.
 *
 * Checked always: every line is JSON; seq counts from 1; nothing was dropped, throttled, recovered or escaped, and the
 * kernel's count adds up; complete is true and gaps empty; as many hits as accesses for every watch, none for others.
 * limit=N is for --max-hits: exactly N hits, the rest of the counts is not judged. honest=1 is for a user whose buffers
 * the kernel keeps small: the run may have dropped hits, if it says so and its counts add up to the program's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "wrong.h"

enum { WATCHES = 8, MOST_IDS = 4096, LONGEST = 1 << 20 };

/* One watched variable: what the program said, then what the lines say. -1: the program did not say. */
struct account {
    char watch[64], function[64], syscall[64];
    long hits, changes, line;
    int rising;
    long seen, changed;
};

struct ids {
    long expected;
    long list[MOST_IDS];
    int count;
};

static struct account accounts[WATCHES];
static int account_count;
static struct ids threads = { .expected = -1 }, processes = { .expected = -1 };
static long foreign = -1, beside = 0, limit = -1, hits_seen, line_number;
static int honest, incomplete;
static const char *backend = "", *scope = "", *guard = "";

static struct account *account_of(const char *watch)
{
    for (int i = 0; i < account_count; i++)
        if (strcmp(accounts[i].watch, watch) == 0)
            return &accounts[i];
    return NULL;
}

static struct account *open_account(const char *watch)
{
    struct account *account = account_of(watch);
    if (account)
        return account;
    if (account_count == WATCHES)
        wrong("the program tells of more than %d watches", WATCHES);
    account = &accounts[account_count++];
    *account = (struct account){ .hits = -1, .changes = -1, .line = -1 };
    snprintf(account->watch, sizeof account->watch, "%s", watch);
    return account;
}

static void read_own(const char *path)
{
    char line[256], watch[64], word[64];
    long number;
    FILE *file = fopen(path, "r");
    if (!file)
        wrong("%s: %s", path, strerror(errno));
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "hits %63s %ld", watch, &number) == 2)
            open_account(watch)->hits = number;
        else if (sscanf(line, "changes %63s %ld", watch, &number) == 2)
            open_account(watch)->changes = number;
        else if (sscanf(line, "rising %63s", watch) == 1)
            open_account(watch)->rising = 1;
        else if (sscanf(line, "syscall %63s %63s", watch, word) == 2)
            strcpy(open_account(watch)->syscall, word);
        else if (sscanf(line, "writer %63s %63s %ld", watch, word, &number) == 3) {
            strcpy(open_account(watch)->function, word);
            open_account(watch)->line = number;
        } else if (sscanf(line, "threads %ld", &threads.expected) != 1
            && sscanf(line, "processes %ld", &processes.expected) != 1 && sscanf(line, "foreign %ld", &foreign) != 1
            && sscanf(line, "beside %ld", &beside) != 1)
            wrong("the program said: %s", line);
    }
    fclose(file);
    if (account_count == 0)
        wrong("the program said nothing");
}

static void collect(struct ids *ids, long id)
{
    for (int i = ids->count; i-- > 0;)
        if (ids->list[i] == id)
            return;
    if (ids->count < MOST_IDS)
        ids->list[ids->count++] = id;
}

/* The innermost frame for an instruction of the program; further out where libc made the system call. */
static void check_writer(const struct json *hit, const struct account *account)
{
    size_t length = strlen(account->function);
    const struct json *stack = json_get(hit, "stack"), *frame = stack ? stack->first : NULL;
    if (account->syscall[0])
        while (frame && strncmp(json_text(frame, "function"), account->function, length) != 0)
            frame = frame->next;
    const char *function = frame ? json_text(frame, "function") : "";
    if (strncmp(function, account->function, length) != 0 || (function[length] && !strchr("(.", function[length])))
        wrong("hit %ld on %s: the writer is '%s', not %s", hits_seen, account->watch, function, account->function);
    long line = json_number(frame, "line", 0);
    if (line != account->line)
        wrong("hit %ld on %s: line %ld, not %ld", hits_seen, account->watch, line, account->line);
}

/* A value is read as the target runs on, so only backend bpf, which reads it in the trap, is held to it. */
static void check_rising(const struct json *hit, const struct account *account)
{
    const struct json *before = json_get(hit, "old"), *after = json_get(hit, "new");
    if (!before || !after || before->kind != JSON_NUMBER || after->kind != JSON_NUMBER)
        wrong("hit %ld on %s: old or new is missing or no number", hits_seen, account->watch);
    /* A narrow variable wraps around, so two neighbours differ by 1 or by 1 minus its range. */
    long step = after->number - before->number;
    int wrapped = step == 1 - (1L << 8) || step == 1 - (1L << 16);
    if (step != 1 && !wrapped)
        wrong("hit %ld on %s: %ld -> %ld", hits_seen, account->watch, before->number, after->number);
    if ((after->number & 0xff) != (account->seen & 0xff))
        wrong("hit %ld on %s: access %ld wrote %ld", hits_seen, account->watch, account->seen, after->number);
}

static void check_hit(const struct json *hit)
{
    struct account *account = account_of(json_text(hit, "watch"));
    if (json_number(hit, "seq", -1) != ++hits_seen)
        wrong("line %ld: seq %ld, not %ld", line_number, json_number(hit, "seq", -1), hits_seen);
    if (!account)
        wrong("hit %ld: nobody watched '%s'", hits_seen, json_text(hit, "watch"));
    if (json_true(hit, "escaped"))
        wrong("hit %ld is escaped; these registers lose nothing", hits_seen);
    if (json_true(hit, "recovered"))
        wrong("hit %ld is recovered; these registers lose nothing", hits_seen);
    account->seen++;
    account->changed += json_true(hit, "changed");
    if (json_get(hit, "stack_cut"))
        wrong("hit %ld on %s: stack cut short: %s", hits_seen, account->watch, json_text(hit, "stack_cut"));
    collect(&threads, json_number(hit, "tid", -1));
    collect(&processes, json_number(hit, "pid", -1));
    if (account->function[0])
        check_writer(hit, account);
    if (account->rising && strcmp(backend, "perf") != 0)
        check_rising(hit, account);
    if (strcmp(json_text(hit, "origin"), account->syscall[0] ? "kernel" : "user") != 0)
        wrong("hit %ld on %s: origin %s", hits_seen, account->watch, json_text(hit, "origin"));
    size_t length = strlen(account->syscall);
    const char *call = json_text(hit, "syscall");
    if (strncmp(call, account->syscall, length) != 0 || (length == 0 ? call[0] != '\0' : call[length] != '('))
        wrong("hit %ld on %s: system call '%s'", hits_seen, account->watch, call);
}

static void check_word(const struct json *coverage, const char *name, const char *expected)
{
    if (expected[0] && strcmp(json_text(coverage, name), expected) != 0)
        wrong("%s is %s, not %s", name, json_text(coverage, name), expected);
}

/* What an incomplete but truthful statement must still have right. */
/* How many hits must be reported: each term of docs/json.md. */
static long due(const struct json *hits)
{
    return json_number(hits, "recorded", -1) + json_number(hits, "recovered", -1) + json_number(hits, "shared", -1) -
           json_number(hits, "merged", -1) - json_number(hits, "spurious", -1) - json_number(hits, "beside", -1) -
           json_number(hits, "withheld", -1);
}

static void check_honesty(const struct json *hits, const struct json *gaps)
{
    long counted = json_number(hits, "counted", -1), recorded = json_number(hits, "recorded", -1), accesses = 0;
    for (int i = 0; i < account_count; i++)
        accesses += accounts[i].hits;
    if (!gaps || !gaps->first)
        wrong("not complete, but no gap is named");
    if (counted != accesses || counted != recorded + json_number(hits, "filtered", 0) + json_number(hits, "dropped", 0))
        wrong("%ld accesses, but counted %ld, recorded %ld, dropped %ld", accesses, counted, recorded,
            json_number(hits, "dropped", -1));
    if (due(hits) != hits_seen)
        wrong("%ld hits, but recorded %ld", hits_seen, recorded);
    incomplete = 1;
}

/* ptrace(2)'s breakpoints leave the kernel's own accesses out: backend ptrace names that as its one gap, and must. */
static int is_blind(const struct json *gaps)
{
    return strcmp(backend, "ptrace") == 0 && gaps && gaps->first && !gaps->first->next && gaps->first->text &&
           strstr(gaps->first->text, "not seen by backend ptrace");
}

static void check_coverage(const struct json *coverage)
{
    static const char *const nothing[] = { "dropped", "throttled", "recovered", "escaped" };
    const struct json *hits = json_get(coverage, "hits"), *gaps = json_get(coverage, "gaps");
    check_word(coverage, "backend", backend);
    check_word(coverage, "scope", scope);
    if (guard[0] && json_true(coverage, "guard") != (strcmp(guard, "on") == 0))
        wrong("the guard is not %s", guard);
    if (limit >= 0)
        return;
    if (honest && !json_true(coverage, "complete")) {
        check_honesty(hits, gaps);
        return;
    }
    if (is_blind(gaps)) {
        if (json_true(coverage, "complete"))
            wrong("complete, with a gap");
    } else if (!json_true(coverage, "complete") || !gaps || gaps->first)
        wrong("not complete: %s", gaps && gaps->first && gaps->first->text ? gaps->first->text : "no reason given");
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        if (json_number(hits, nothing[i], -1) != 0)
            wrong("%s is %ld", nothing[i], json_number(hits, nothing[i], -1));
    long counted = json_number(hits, "counted", -1), recorded = json_number(hits, "recorded", -1);
    long filtered = json_number(hits, "filtered", -1);
    if (counted != recorded + filtered)
        wrong("counted %ld, but recorded %ld and filtered %ld", counted, recorded, filtered);
    long reported = json_number(hits, "reported", -1);
    if (reported != hits_seen || due(hits) != hits_seen)
        wrong("%ld hits, but reported %ld, recorded %ld, and by the account %ld", hits_seen, reported, recorded, due(hits));
    if (json_number(hits, "beside", -1) != beside)
        wrong("%ld hits beside the watched bytes for %ld accesses", json_number(hits, "beside", -1), beside);
    if (threads.expected >= 0 && json_number(coverage, "threads", -1) < threads.expected)
        wrong("%ld threads covered, but %ld wrote", json_number(coverage, "threads", -1), threads.expected);
    /* Other processes trap at scope cpu only, and there every one of their accesses does. */
    if (foreign >= 0 && strcmp(scope, "cpu") == 0 && json_number(hits, "foreign", -1) != foreign)
        wrong("foreign is %ld, not %ld", json_number(hits, "foreign", -1), foreign);
}

static void check_counts(void)
{
    if (limit >= 0 && hits_seen != limit)
        wrong("%ld hits, not %ld", hits_seen, limit);
    if (limit >= 0 || incomplete)
        return;
    for (int i = 0; i < account_count; i++) {
        const struct account *account = &accounts[i];
        if (account->seen != account->hits)
            wrong("%s: %ld hits for %ld accesses", account->watch, account->seen, account->hits);
        if (account->changes >= 0 && strcmp(backend, "perf") != 0 && account->changed != account->changes)
            wrong("%s: %ld changes, not %ld", account->watch, account->changed, account->changes);
    }
    if (threads.expected >= 0 && threads.count != threads.expected)
        wrong("hits of %d threads, but %ld wrote", threads.count, threads.expected);
    if (processes.expected >= 0 && processes.count != processes.expected)
        wrong("hits of %d processes, but %ld wrote", processes.count, processes.expected);
}

static void read_run(const char *path)
{
    static char line[LONGEST], last[32];
    FILE *file = fopen(path, "r");
    if (!file)
        wrong("%s: %s", path, strerror(errno));
    while (fgets(line, sizeof line, file)) {
        line_number++;
        if (strcmp(last, "coverage") == 0)
            wrong("line %ld comes after the coverage", line_number);
        int whole = strchr(line, '\n') != NULL;
        const struct json *event = whole ? json_parse(line) : NULL;
        if (!event)
            wrong("line %ld is not JSON", line_number);
        snprintf(last, sizeof last, "%s", json_text(event, "type"));
        if (strcmp(last, "hit") == 0)
            check_hit(event);
        else if (strcmp(last, "coverage") == 0)
            check_coverage(event);
    }
    fclose(file);
    if (strcmp(last, "coverage") != 0)
        wrong("the last line is no coverage statement");
}

int main(int argc, char **argv)
{
    if (argc < 3)
        wrong("usage: check JSON OWN [backend=B] [scope=S] [guard=on|off] [limit=N] [honest=1]");
    for (int i = 3; i < argc; i++) {
        char *value = strchr(argv[i], '=');
        if (!value)
            wrong("argument %s", argv[i]);
        *value++ = '\0';
        if (strcmp(argv[i], "backend") == 0)
            backend = value;
        else if (strcmp(argv[i], "scope") == 0)
            scope = value;
        else if (strcmp(argv[i], "guard") == 0)
            guard = value;
        else if (strcmp(argv[i], "limit") == 0)
            limit = atol(value);
        else if (strcmp(argv[i], "honest") == 0)
            honest = atoi(value);
        else
            wrong("argument %s", argv[i]);
    }
    read_own(argv[2]);
    read_run(argv[1]);
    check_counts();
    return 0;
}
