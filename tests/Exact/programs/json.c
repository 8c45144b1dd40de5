/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */
#include "json.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { POOL = 1 << 16, DEEPEST = 32 };

static struct json pool[POOL];
static size_t used;

static struct json *parse_value(char **at, int depth);

static void skip_space(char **at)
{
    while (**at == ' ' || **at == '\t' || **at == '\r' || **at == '\n')
        ++*at;
}

/* Unescapes in place: the result is never longer than the source. */
static const char *parse_string(char **at)
{
    static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char *from = *at, *to, *start;
    if (*from++ != '"')
        return NULL;
    for (start = to = from; *from != '"'; from++) {
        if ((unsigned char)*from < ' ')
            return NULL;
        if (*from == '\\' && from[1] != 'u') {
            const char *known = from[1] ? strchr(escapes, *++from) : NULL;
            if (!known)
                return NULL;
            *to++ = meanings[known - escapes];
        } else {
            *to++ = *from;
        }
    }
    *at = from + 1;
    *to = '\0';
    return start;
}

static int parse_number(char **at, long *number)
{
    char *end = *at + (**at == '-');
    if (!isdigit((unsigned char)*end))
        return 0;
    *number = strtol(*at, &end, 10);
    if (*end == '.')
        while (isdigit((unsigned char)*++end)) {
        }
    if (*end == 'e' || *end == 'E') {
        end += 1 + (end[1] == '-' || end[1] == '+');
        while (isdigit((unsigned char)*end))
            end++;
    }
    *at = end;
    return 1;
}

static int parse_members(char **at, struct json *owner, char close, int depth)
{
    struct json **tail = &owner->first;
    ++*at;
    skip_space(at);
    if (**at == close) {
        ++*at;
        return 1;
    }
    for (;;) {
        const char *name = NULL;
        if (close == '}') {
            skip_space(at);
            name = parse_string(at);
            skip_space(at);
            if (!name || *(*at)++ != ':')
                return 0;
        }
        struct json *member = parse_value(at, depth + 1);
        if (!member)
            return 0;
        member->name = name;
        *tail = member;
        tail = &member->next;
        skip_space(at);
        char separator = *(*at)++;
        if (separator == close)
            return 1;
        if (separator != ',')
            return 0;
    }
}

static struct json *parse_value(char **at, int depth)
{
    static const struct { const char *word; enum json_kind kind; } words[] = {
        { "null", JSON_NULL }, { "false", JSON_FALSE }, { "true", JSON_TRUE },
    };
    if (used == POOL || depth > DEEPEST)
        return NULL;
    struct json *value = &pool[used++];
    *value = (struct json){ .kind = JSON_NULL };
    skip_space(at);
    switch (**at) {
    case '{':
        value->kind = JSON_OBJECT;
        return parse_members(at, value, '}', depth) ? value : NULL;
    case '[':
        value->kind = JSON_ARRAY;
        return parse_members(at, value, ']', depth) ? value : NULL;
    case '"':
        value->kind = JSON_STRING;
        value->text = parse_string(at);
        return value->text ? value : NULL;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strncmp(*at, words[i].word, strlen(words[i].word)) == 0) {
            *at += strlen(words[i].word);
            value->kind = words[i].kind;
            return value;
        }
    }
    value->kind = JSON_NUMBER;
    return parse_number(at, &value->number) ? value : NULL;
}

struct json *json_parse(char *line)
{
    used = 0;
    struct json *value = parse_value(&line, 0);
    skip_space(&line);
    return *line == '\0' ? value : NULL;
}

const struct json *json_get(const struct json *value, const char *name)
{
    if (!value || value->kind != JSON_OBJECT)
        return NULL;
    for (const struct json *member = value->first; member; member = member->next)
        if (strcmp(member->name, name) == 0)
            return member;
    return NULL;
}

const char *json_text(const struct json *value, const char *name)
{
    const struct json *member = json_get(value, name);
    return member && member->kind == JSON_STRING ? member->text : "";
}

long json_number(const struct json *value, const char *name, long otherwise)
{
    const struct json *member = json_get(value, name);
    return member && member->kind == JSON_NUMBER ? member->number : otherwise;
}

int json_true(const struct json *value, const char *name)
{
    const struct json *member = json_get(value, name);
    return member && member->kind == JSON_TRUE;
}
