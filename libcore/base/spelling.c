/* The distance between words; see spelling.h. */
#include "base/spelling.h"

#include <string.h>

static int least(int a, int b)
{
	return a < b ? a : b;
}

int spelling_distance(const char *a, size_t length, const char *b)
{
	/* d[i][j]: between the first i bytes of A and the first j of B */
	int d[SPELLING_BYTES_MAX + 1][SPELLING_BYTES_MAX + 1];
	size_t n = strlen(b);

	if (length > SPELLING_BYTES_MAX || n > SPELLING_BYTES_MAX)
		return SPELLING_FAR;
	for (size_t i = 0; i <= length; i++)
		d[i][0] = (int)i;
	for (size_t j = 0; j <= n; j++)
		d[0][j] = (int)j;
	for (size_t i = 1; i <= length; i++)
		for (size_t j = 1; j <= n; j++) {
			int changed = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			d[i][j] = least(changed, 1 + least(d[i - 1][j], d[i][j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], 1 + d[i - 2][j - 2]);
		}
	return d[length][n];
}
