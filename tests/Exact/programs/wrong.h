/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* What judges ends with the first thing that is wrong: a line on standard output, status 1. */
#ifndef WRONG_H
#define WRONG_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((noreturn, format(printf, 1, 2))) static inline void wrong(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    exit(1);
}

#endif
