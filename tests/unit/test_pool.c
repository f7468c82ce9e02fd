/* Which of equal numbers a pool takes; gradients and values: test_layers. */
#include "nn/pool.h"

#include "tap.h"

/* Of equal numbers the first in the order of rows gets the gradient. */
static void ties(void)
{
	static const float x[4][4] = {
		{ 1, 1, 1, 1 }, { 0, 1, 1, 0 }, { 0, 0, 2, 2 }, { -1, -2, -3, -1 }
	};
	static const int winner[4] = { 0, 1, 2, 0 };
	const float one = 1;
	float y, dx[4];
	uint8_t at;

	for (int i = 0; i < 4; i++) {
		pool_forward(&y, &at, x[i], 2, 2, 1);
		is_int(at, winner[i], "pool: the first of equal numbers");
		pool_backward(dx, &one, &at, 2, 2, 1);
		for (int k = 0; k < 4; k++)
			if (dx[k] != (k == winner[i]))
				ok(false, "pool: gradient %g at %d", dx[k], k);
	}
}

/* Blocks of many channels, a case of ties each: vectors, and what is left of them. */
static void ties_of_vectors(void)
{
	enum { CHANNELS = 37 };
	float x[4][CHANNELS], y[CHANNELS];
	uint8_t at[CHANNELS];
	int wrong = 0;

	for (int c = 0; c < CHANNELS; c++)
		for (int k = 0; k < 4; k++)
			x[k][c] = (float)(c * (k + 1) % 3);
	pool_forward(y, at, x[0], 2, 2, CHANNELS);
	for (int c = 0; c < CHANNELS; c++) {
		int best = 0;

		for (int k = 1; k < 4; k++)
			best = x[k][c] > x[best][c] ? k : best;
		wrong += at[c] != best || y[c] != x[best][c];
	}
	is_int(wrong, 0, "pool: the first of equal numbers in 37 channels");
	memset(y, 0, sizeof y);
	pool_forward(y, NULL, x[0], 2, 2, CHANNELS);
	for (int c = 0; c < CHANNELS; c++)
		wrong += y[c] != x[at[c]][c];
	is_int(wrong, 0, "pool: the same without places");
}

int main(void)
{
	ties();
	ties_of_vectors();
	return tap_end();
}
