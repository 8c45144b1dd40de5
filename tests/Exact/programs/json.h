/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/*
 * A reader of one JSON text (RFC 8259), enough to judge livewatcher's lines and strict about them: anything that is not
 * JSON is refused. Values live in a pool that the next json_parse reuses. \u escapes are kept as they stand.
 */
#ifndef JSON_H
#define JSON_H

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_kind kind;
    const char *name;    /* in an object, else NULL */
    const char *text;    /* of a string */
    long number;         /* integers exactly; fractions are cut off */
    struct json *first;  /* of an array or object */
    struct json *next;   /* in the same array or object */
};

/* Changes line in place. NULL where it is not one JSON value and nothing else, or larger than the pool. */
struct json *json_parse(char *line);

/* Member of an object; NULL where value is no object or has no such member. */
const struct json *json_get(const struct json *value, const char *name);

/* Text of a member; "" where it is absent or no string. */
const char *json_text(const struct json *value, const char *name);

/* Number of a member; otherwise where it is absent or no number. */
long json_number(const struct json *value, const char *name, long otherwise);

/* 1 where the member is true. */
int json_true(const struct json *value, const char *name);

#endif
