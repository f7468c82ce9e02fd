/* Distances between words: known ones, and the laws of a distance. */
#include "base/spelling.h"

#include <string.h>

#include "tap.h"

static int distance(const char *a, const char *b)
{
	return spelling_distance(a, strlen(a), b);
}

static void known(void)
{
	static const struct {
		const char *a, *b;
		int distance;
	} pairs[] = {
		{ "", "", 0 },          { "epochs", "epochs", 0 }, { "", "seed", 4 },
		{ "epoches", "epochs", 1 }, { "epoch", "epochs", 1 },  { "epachs", "epochs", 1 },
		{ "epohcs", "epochs", 1 },  { "peochs", "epochs", 1 }, { "kitten", "sitting", 3 },
		{ "ca", "abc", 3 },     { "ab", "ba", 1 },         { "abcd", "badc", 2 },
	};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		is_int(distance(pairs[i].a, pairs[i].b), pairs[i].distance, pairs[i].a);
		is_int(distance(pairs[i].b, pairs[i].a), pairs[i].distance, pairs[i].b);
	}
}

static void limits(void)
{
	char longest[SPELLING_BYTES_MAX + 2];

	memset(longest, 'x', sizeof longest);
	longest[SPELLING_BYTES_MAX + 1] = '\0';
	is_int(spelling_distance(longest, SPELLING_BYTES_MAX, "x"), SPELLING_BYTES_MAX - 1,
	       "the longest word");
	is_int(spelling_distance(longest, SPELLING_BYTES_MAX + 1, "x"), SPELLING_FAR,
	       "a longer one");
	is_int(spelling_distance("x", 1, longest), SPELLING_FAR, "the other longer");
	is_int(spelling_distance("seed=3", 4, "seed"), 0, "only the bytes that are counted");
}

int main(void)
{
	known();
	limits();
	return tap_end();
}
