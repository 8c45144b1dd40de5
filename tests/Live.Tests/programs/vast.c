/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* One of many like it in a program whose debug information takes a while to read: 4,096 variables with a type each. All are static, so
 * that the object can be linked as often as one likes. */

#define VARIABLE(number) static volatile struct { int first, second; long third[1 + 0x##number % 7]; } variable_##number __attribute__((used));
#define EIGHT(digits, next) next(digits##0) next(digits##1) next(digits##2) next(digits##3) next(digits##4) next(digits##5) next(digits##6) next(digits##7)
#define TENS(digits) EIGHT(digits, VARIABLE)
#define HUNDREDS(digits) TENS(digits##0) TENS(digits##1) TENS(digits##2) TENS(digits##3) TENS(digits##4) TENS(digits##5) TENS(digits##6) TENS(digits##7)
#define THOUSANDS(digits) HUNDREDS(digits##0) HUNDREDS(digits##1) HUNDREDS(digits##2) HUNDREDS(digits##3) HUNDREDS(digits##4) HUNDREDS(digits##5) HUNDREDS(digits##6) HUNDREDS(digits##7)

THOUSANDS(1) THOUSANDS(2) THOUSANDS(3) THOUSANDS(4) THOUSANDS(5) THOUSANDS(6) THOUSANDS(7) THOUSANDS(8)
