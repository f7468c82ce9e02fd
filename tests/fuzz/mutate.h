#pragma once
/*
 * What the mutators have in common: chance, bytes to write to, and libFuzzer's own mutation, which
 * is not there where replay.c is the driver. Nothing calls a mutator then.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * Around functions that are not to be watched: what a mutator compares would be put into inputs,
 * as if the target had asked for it.
 */
#ifdef __clang__
#define MUTATE_PRAGMA(text) _Pragma(#text)
#define MUTATE_UNWATCHED \
	MUTATE_PRAGMA(clang attribute push(__attribute__((no_sanitize("coverage"))), \
	                                   apply_to = function))
#define MUTATE_WATCHED _Pragma("clang attribute pop")
#else
#define MUTATE_UNWATCHED
#define MUTATE_WATCHED
#endif

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

MUTATE_UNWATCHED

/* Marsaglia's xorshift64*, for small numbers. */
struct chance {
	uint64_t state;
};

static inline struct chance mutate_chance(unsigned seed)
{
	return (struct chance){ seed * 0x9e3779b97f4a7c15 | 1 };
}

/* 0 to N-1; N is 1 or more. */
static inline size_t mutate_below(struct chance *c, size_t n)
{
	c->state ^= c->state >> 12;
	c->state ^= c->state << 25;
	c->state ^= c->state >> 27;
	return (size_t)(c->state * 0x2545f4914f6cdd1d >> 33) % n;
}

/* Once in N times. */
static inline bool mutate_once_in(struct chance *c, size_t n)
{
	return mutate_below(c, n) == 0;
}

/* What does not fit into ROOM is left out, and FULL is set. */
struct output {
	uint8_t *p;
	size_t used, room;
	bool full;
};

static inline void mutate_put(struct output *o, const void *data, size_t size)
{
	if (size > o->room - o->used) {
		o->full = true;
		return;
	}
	if (size)
		memcpy(o->p + o->used, data, size);
	o->used += size;
}

/* The low BYTES bytes of V, least first. */
static inline void mutate_put_number(struct output *o, uint64_t v, int bytes)
{
	uint8_t b[8];

	for (int i = 0; i < bytes; i++)
		b[i] = (uint8_t)(v >> 8 * i);
	mutate_put(o, b, (size_t)bytes);
}

static inline uint32_t mutate_get(const uint8_t *p, int bytes)
{
	uint32_t v = 0;

	for (int i = bytes - 1; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

/* Numbers at which readers go wrong. */
static inline uint32_t mutate_odd_number(struct chance *c)
{
	static const uint32_t odd[] = {
		0, 1, 2, 7, 0x7f, 0x80, 0xff, 0x100, 0xfffe, 0xffff, 0x10000,
		0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff
	};

	return mutate_once_in(c, 3) ? (uint32_t)mutate_below(c, 4096)
	                            : odd[mutate_below(c, sizeof odd / sizeof *odd)];
}

MUTATE_WATCHED
