#pragma once
/* Time that passes, whatever is done to the date. */

/* Seconds since a moment that stays the same while the machine runs. */
double clock_seconds(void);
