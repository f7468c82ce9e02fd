#pragma once
/*
 * One error message, written where the failure is known and completed with
 * its place (a file, an array) while it travels up to main, which prints it.
 */
#include <stdbool.h>
#include <stddef.h>

struct err {
	char text[1024];
	/* memory or a system call failed: what was read may be good, and another try may succeed */
	bool machine;
};

/* Writes the message (printf rules, lower case, no full stop). Always returns -1. */
int err_set(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same of a failure of the machine. */
int err_machine(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "PLACE: " in front of the message. Always returns -1. */
int err_in(struct err *e, const char *place);

/* Puts TEXT behind the message, such as the next step. Always returns -1. */
int err_more(struct err *e, const char *text);
