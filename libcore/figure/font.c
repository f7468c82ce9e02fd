/*
 * Glyphs and their strokes; see font.h. A glyph is its advance and a path of the pen's middle,
 * in hundredths of an em square, y = 0 where a letter stands:
 *   M x y  lifts the pen and goes there
 *   L x y  draws a straight line
 *   H x y  a quarter of an ellipse that leaves horizontally
 *   V x y  one that leaves vertically
 *   C x1 y1 x2 y2 x y  a cubic curve
 */
#include "figure/font.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define UNIT 0.01                       /* em squares */
#define PEN_REGULAR 0.082
#define PEN_BOLD 0.128
#define BOLD_STRETCH 1.12               /* room for the wider pen */
/* How far a quarter's control points lie from its ends: 0.5523 is an ellipse, this squarer. */
#define QUARTER 0.59

enum {
	BASE = 4,                       /* half a pen: the ink stands on the line, not its middle */
	CURVE_STEPS = 10,
	STROKE_POINTS_MAX = 128,
	CAPITAL_LIFT = 17,              /* how much higher accents of capital letters stand */
	LATIN1_FIRST = 0xc0, LATIN1_LAST = 0xff,
};

struct glyph {
	int advance;
	const char *path;
};

static const struct glyph ascii['~' - ' ' + 1] = {
	[' ' - ' '] = { 32, "" },
	['!' - ' '] = { 40, "M20 0L20 1M20 19L20 65" },
	['"' - ' '] = { 46, "M15 46L15 65M31 46L31 65" },
	['#' - ' '] = { 84, "M24 0L40 65M48 0L64 65M16 44L74 44M12 21L70 21" },
	['$' - ' '] = { 64, "M50 54C45 57 39 58 32 58H14 45C14 36 22 34 32 32"
	                    "C43 30 51 26 51 17V32 4C25 4 19 6 13 9M32 68L32 -9" },
	['%' - ' '] = { 95, "M24 65H37 48V24 31H11 48V24 65M71 34H84 17V71 0H58 17V71 34"
	                    "M70 65L25 0" },
	['&' - ' '] = { 78, "M69 0L26 43C14 55 21 65 33 65C47 65 51 53 39 44"
	                    "C35 41 29 38 23 34C4 21 11 0 31 0C49 0 61 12 65 32" },
	['\'' - ' '] = { 28, "M14 46L14 65" },
	['(' - ' '] = { 39, "M29 71C15 52 15 7 29 -13" },
	[')' - ' '] = { 39, "M10 71C24 52 24 7 10 -13" },
	['*' - ' '] = { 50, "M25 66L25 37M12 59L38 44M38 59L12 44" },
	['+' - ' '] = { 84, "M42 1L42 57M14 29L70 29" },
	[',' - ' '] = { 32, "M17 2L17 0L12 -10" },
	['-' - ' '] = { 36, "M9 24L27 24" },
	['.' - ' '] = { 32, "M16 0L16 1" },
	['/' - ' '] = { 34, "M4 -8L30 65" },
	['0' - ' '] = { 64, "M32 65H53 33V32 0H11 33V32 65" },
	['1' - ' '] = { 64, "M16 56L34 65L34 0M18 0L50 0" },
	['2' - ' '] = { 64, "M13 59C18 63 24 65 31 65H51 47C51 37 43 29 34 20L13 0L53 0" },
	['3' - ' '] = { 64, "M13 61C18 64 24 65 30 65H50 50V31 35L22 35"
	                    "M31 35H53 18V29 0C22 0 16 1 11 4" },
	['4' - ' '] = { 64, "M43 0L43 65L10 18L55 18" },
	['5' - ' '] = { 64, "M50 65L17 65L15 36C20 39 25 41 31 41H53 21V30 0C23 0 17 1 11 4" },
	['6' - ' '] = { 64, "M50 62C46 64 42 65 38 65H11 30L11 21V32 41H53 21V32 0H11 21" },
	['7' - ' '] = { 64, "M11 65L53 65L26 0" },
	['8' - ' '] = { 64, "M32 65H50 50V32 35H14 50V32 65M32 35H53 17V32 0H11 17V32 35" },
	['9' - ' '] = { 64, "M14 3C18 1 22 0 26 0H53 35L53 44V32 65H11 44V32 24H53 44" },
	[':' - ' '] = { 34, "M17 0L17 1M17 42L17 43" },
	[';' - ' '] = { 34, "M18 2L18 0L13 -10M18 42L18 43" },
	['<' - ' '] = { 84, "M70 51L14 29L70 7" },
	['=' - ' '] = { 84, "M14 20L70 20M14 39L70 39" },
	['>' - ' '] = { 84, "M14 51L70 29L14 7" },
	['?' - ' '] = { 53, "M9 60C13 63 19 65 24 65H42 50C42 37 25 36 25 19M25 0L25 1" },
	['@' - ' '] = { 100, "M73 2C66 -7 59 -11 50 -11H9 27V52 66H92 32"
	                     "C92 19 87 12 80 12C73 12 70 16 70 22L70 47"
	                     "M70 29V52 46H34 29V52 12H70 29" },
	['A' - ' '] = { 68, "M7 0L34 65L61 0M17 22L51 22" },
	['B' - ' '] = { 69, "M14 0L14 65L35 65H54 50V35 35L14 35M35 35H59 18V36 0L14 0" },
	['C' - ' '] = { 70, "M62 58C56 63 50 65 43 65H10 33V43 0C50 0 56 2 62 7" },
	['D' - ' '] = { 77, "M14 0L14 65L33 65H67 33V33 0L14 0" },
	['E' - ' '] = { 63, "M55 65L14 65L14 0L56 0M14 35L52 35" },
	['F' - ' '] = { 58, "M52 65L14 65L14 0M14 35L47 35" },
	['G' - ' '] = { 78, "M65 59C59 63 51 65 43 65H10 33V43 0C52 0 60 3 66 8L66 31L46 31" },
	['H' - ' '] = { 75, "M14 0L14 65M61 0L61 65M14 35L61 35" },
	['I' - ' '] = { 30, "M15 0L15 65" },
	['J' - ' '] = { 42, "M29 65L29 18V13 0C10 0 7 1 4 3" },
	['K' - ' '] = { 66, "M14 0L14 65M58 65L14 26M26 37L61 0" },
	['L' - ' '] = { 56, "M14 65L14 0L52 0" },
	['M' - ' '] = { 86, "M14 0L14 65L43 14L72 65L72 0" },
	['N' - ' '] = { 75, "M14 0L14 65L61 0L61 65" },
	['O' - ' '] = { 79, "M40 65H69 33V40 0H10 33V40 65" },
	['P' - ' '] = { 60, "M14 0L14 65L34 65H54 47V34 29L14 29" },
	['Q' - ' '] = { 79, "M40 65H69 33V40 0H10 33V40 65M46 14L64 -8" },
	['R' - ' '] = { 70, "M14 0L14 65L36 65H56 48V36 31L14 31M36 31C44 31 48 26 52 19L62 0" },
	['S' - ' '] = { 64, "M53 60C47 63 41 65 34 65H11 49C11 38 20 36 32 33"
	                    "C46 30 55 27 55 16V31 0C24 0 16 2 9 6" },
	['T' - ' '] = { 61, "M5 65L57 65M31 65L31 0" },
	['U' - ' '] = { 73, "M13 65L13 24V37 0H60 24L60 65" },
	['V' - ' '] = { 68, "M7 65L34 0L61 65" },
	['W' - ' '] = { 99, "M8 65L28 0L49 63L71 0L91 65" },
	['X' - ' '] = { 69, "M10 65L59 0M59 65L9 0" },
	['Y' - ' '] = { 61, "M5 65L31 31L56 65M31 31L31 0" },
	['Z' - ' '] = { 69, "M10 65L59 65L9 0L60 0" },
	['[' - ' '] = { 39, "M28 71L14 71L14 -13L28 -13" },
	['\\' - ' '] = { 34, "M4 65L30 -8" },
	[']' - ' '] = { 39, "M11 71L25 71L25 -13L11 -13" },
	['^' - ' '] = { 84, "M16 43L42 65L68 43" },
	['_' - ' '] = { 50, "M4 -17L46 -17" },
	['`' - ' '] = { 50, "M18 68L28 56" },
	['a' - ' '] = { 61, "M12 43C18 46 24 47 30 47H50 30L50 0M50 27L32 27H10 13V27 0H50 20" },
	['b' - ' '] = { 63, "M13 0L13 68M13 23V32 47H53 23V32 0H13 23" },
	['c' - ' '] = { 55, "M47 44C42 46 37 47 32 47H10 23V32 0C37 0 42 1 47 3" },
	['d' - ' '] = { 63, "M50 0L50 68M50 23V31 47H10 23V31 0H50 23" },
	['e' - ' '] = { 61, "M10 25L52 25V32 47H10 23V33 0C39 0 45 1 50 4" },
	['f' - ' '] = { 35, "M34 68L31 68H16 53L16 0M4 47L33 47" },
	['g' - ' '] = { 63, "M50 47L50 -1V30 -20C24 -20 18 -19 14 -17M50 24V31 47H10 24"
	                    "V31 1H50 24" },
	['h' - ' '] = { 63, "M13 0L13 68M13 27V33 47H50 28L50 0" },
	['i' - ' '] = { 28, "M14 0L14 47M14 65L14 66" },
	['j' - ' '] = { 28, "M14 47L14 -4V2 -20M14 65L14 66" },
	['k' - ' '] = { 58, "M13 0L13 68M48 47L13 18M24 27L52 0" },
	['l' - ' '] = { 28, "M14 0L14 68" },
	['m' - ' '] = { 97, "M13 0L13 47M13 28V32 47H49 29L49 0M49 28V68 47H85 29L85 0" },
	['n' - ' '] = { 63, "M13 0L13 47M13 27V33 47H50 28L50 0" },
	['o' - ' '] = { 61, "M31 47H51 23V31 0H10 23V31 47" },
	['p' - ' '] = { 63, "M13 -20L13 47M13 23V32 47H53 23V32 0H13 23" },
	['q' - ' '] = { 63, "M50 -20L50 47M50 23V31 47H10 23V31 0H50 23" },
	['r' - ' '] = { 41, "M13 0L13 47M13 27V32 47C35 47 37 47 39 46" },
	['s' - ' '] = { 52, "M43 44C38 46 33 47 28 47H10 35C10 27 17 26 27 24"
	                    "C38 22 44 19 44 12V26 0C19 0 14 1 9 4" },
	['t' - ' '] = { 39, "M17 61L17 14V30 0L35 0M5 47L34 47" },
	['u' - ' '] = { 63, "M50 47L50 0M50 20V30 0H12 19L12 47" },
	['v' - ' '] = { 59, "M8 47L30 0L51 47" },
	['w' - ' '] = { 82, "M8 47L25 0L41 45L57 0L74 47" },
	['x' - ' '] = { 59, "M9 47L50 0M50 47L9 0" },
	['y' - ' '] = { 59, "M8 47L30 0M51 47L27 -9C23 -18 20 -20 14 -20L10 -20" },
	['z' - ' '] = { 53, "M9 47L44 47L8 0L45 0" },
	['{' - ' '] = { 64, "M47 71L44 71H32 59L32 41V20 29H32 17L32 -1V44 -13L47 -13" },
	['|' - ' '] = { 34, "M17 -20L17 70" },
	['}' - ' '] = { 64, "M17 71L20 71H32 59L32 41V44 29H32 17L32 -1V20 -13L17 -13" },
	['~' - ' '] = { 84, "M13 26C22 37 31 36 42 30C53 24 62 23 71 34" },
};

static const struct glyph unknown_glyph = { 60, "M10 -8L10 65L50 65L50 -8L10 -8" };

/* What no accent makes. */
static const struct {
	uint32_t character;
	struct glyph glyph;
} others[] = {
	{ 0xa0, { 32, "" } },
	{ 0xb0, { 50, "M25 65H36 54V25 43H14 54V25 65" } },
	{ 0xb1, { 84, "M42 15L42 59M14 37L70 37M14 0L70 0" } },
	{ 0xb5, { 64, "M13 -20L13 47M50 47L50 0M50 20V30 0H13 19" } },
	{ 0xb7, { 32, "M16 27L16 28" } },
	{ 0xc6, { 97, "M7 0L40 65L88 65M20 22L47 22M47 65L47 0L89 0M47 35L84 35" } },
	{ 0xd7, { 84, "M20 7L64 51M20 51L64 7" } },
	{ 0xdf, { 63, "M13 0L13 50V32 68H49 53C49 43 35 43 35 33"
	              "C35 24 53 24 53 12V39 0C35 0 31 1 27 3" } },
	{ 0xe6, { 98, "M12 43C18 46 24 47 29 47H49 30L49 22V70 0C76 0 82 1 87 4"
	              "M49 27L32 27H10 13V27 0H49 20M49 25L89 25V69 47H49 23" } },
	{ 0x131, { 28, "M14 0L14 47" } },
	{ 0x2013, { 50, "M5 24L45 24" } },
	{ 0x2014, { 100, "M5 24L95 24" } },
	{ 0x2026, { 100, "M16 0L16 1M50 0L50 1M84 0L84 1" } },
};

/* From U+00C0 to U+00FF, the letter and its accent; "  ": see others[], or there is none. */
static const char latin1[] =
	"A`A'A^A~A:Ao  C,E`E'E^E:I`I'I^I:  N~O`O'O^O~O:  O/U`U'U^U:Y'    "
	"a`a'a^a~a:ao  c,e`e'e^e:i`i'i^i:  n~o`o'o^o~o:  o/u`u'u^u:y'  y:";

/* Around the middle of the letter, over a small one. */
static const struct {
	char name;
	bool fixed;                     /* as high for capital letters */
	const char *path;
} accents[] = {
	{ '`', false, "M-7 68L3 57" },
	{ '\'', false, "M7 68L-3 57" },
	{ '^', false, "M-11 57L0 67L11 57" },
	{ '~', false, "M-13 58C-6 70 5 54 13 66" },
	{ ':', false, "M-10 64L-10 65M10 64L10 65" },
	{ 'o', false, "M0 72H8 64V0 56H-8 64V0 72" },
	{ ',', true, "M0 0L2 -5C10 -8 6 -20 -8 -17" },
	{ '/', true, "M-22 -2L22 49" },
};

static const struct glyph *find_glyph(uint32_t c)
{
	if (c >= ' ' && c <= '~')
		return &ascii[c - ' '];
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (others[i].character == c)
			return &others[i].glyph;
	return NULL;
}

/* The letter below the accent of C, or NULL; an i loses its dot. */
static const struct glyph *find_letter(uint32_t c)
{
	char letter;

	if (c < LATIN1_FIRST || c > LATIN1_LAST)
		return NULL;
	letter = latin1[2 * (c - LATIN1_FIRST)];
	if (letter == ' ')
		return NULL;
	return find_glyph(letter == 'i' ? 0x131 : (uint32_t)letter);
}

static const struct glyph *glyph_or_letter(uint32_t c)
{
	const struct glyph *g = find_glyph(c);

	if (!g)
		g = find_letter(c);
	return g ? g : &unknown_glyph;
}

/* The pen on its way along a path. */
struct drawer {
	void (*stroke)(void *arg, const struct point *points, size_t count);
	void *arg;
	struct point shift;             /* added to the path, in hundredths */
	double stretch;                 /* of x */
	struct point at;                /* where the path is, before shift and stretch */
	struct point points[STROKE_POINTS_MAX];
	size_t count;
};

static void lift(struct drawer *d)
{
	if (d->count > 0)
		d->stroke(d->arg, d->points, d->count);
	d->count = 0;
}

static void go(struct drawer *d, struct point to)
{
	assert(d->count < STROKE_POINTS_MAX);
	d->points[d->count++] = (struct point){
		.x = (to.x + d->shift.x) * d->stretch * UNIT,
		.y = (to.y + d->shift.y) * UNIT,
	};
	d->at = to;
}

static void go_curved(struct drawer *d, struct point p1, struct point p2, struct point p3)
{
	struct point p0 = d->at;

	for (int i = 1; i <= CURVE_STEPS; i++) {
		double t = (double)i / CURVE_STEPS, u = 1 - t;
		double b[] = { u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t };

		go(d, (struct point){ b[0] * p0.x + b[1] * p1.x + b[2] * p2.x + b[3] * p3.x,
		                      b[0] * p0.y + b[1] * p1.y + b[2] * p2.y + b[3] * p3.y });
	}
}

static void go_quarter(struct drawer *d, struct point to, bool leaves_horizontally)
{
	struct point from = d->at;
	struct point way = { QUARTER * (to.x - from.x), QUARTER * (to.y - from.y) };
	struct point ahead = { from.x + way.x, from.y + way.y };
	struct point behind = { to.x - way.x, to.y - way.y };

	if (leaves_horizontally)
		go_curved(d, (struct point){ ahead.x, from.y },
		          (struct point){ to.x, behind.y }, to);
	else
		go_curved(d, (struct point){ from.x, ahead.y },
		          (struct point){ behind.x, to.y }, to);
}

static struct point read_point(const char **path)
{
	char *end;
	struct point p;

	p.x = (double)strtol(*path, &end, 10);
	p.y = (double)strtol(end, &end, 10);
	*path = end;
	return p;
}

static void go_along(struct drawer *d, const char *path)
{
	while (*path) {
		char how = *path++;
		struct point p = read_point(&path), q;

		switch (how) {
		case 'M':
			lift(d);
			/* fall through */
		case 'L':
			go(d, p);
			break;
		case 'C':
			q = read_point(&path);
			go_curved(d, p, q, read_point(&path));
			break;
		default:
			go_quarter(d, p, how == 'H');
		}
	}
	lift(d);
}

static void add_accent(struct drawer *d, uint32_t c, int advance)
{
	const char *pair = latin1 + 2 * (c - LATIN1_FIRST);
	bool capital = pair[0] < 'a';

	for (size_t i = 0; i < sizeof accents / sizeof accents[0]; i++)
		if (accents[i].name == pair[1]) {
			d->shift.x = advance / 2.0;
			d->shift.y = BASE;
			if (capital && !accents[i].fixed)
				d->shift.y += CAPITAL_LIFT;
			go_along(d, accents[i].path);
		}
}

double font_strokes(uint32_t c, bool bold,
                    void (*stroke)(void *arg, const struct point *points, size_t count),
                    void *arg)
{
	const struct glyph *g = glyph_or_letter(c);
	struct drawer d = {
		.stroke = stroke,
		.arg = arg,
		.shift = { 0, BASE },
		.stretch = bold ? BOLD_STRETCH : 1,
	};

	go_along(&d, g->path);
	if (!find_glyph(c) && find_letter(c))
		add_accent(&d, c, g->advance);
	return g->advance * d.stretch * UNIT;
}

double font_pen(double size, bool bold)
{
	return size * (bold ? PEN_BOLD : PEN_REGULAR);
}

double font_width(const char *text, double size, bool bold)
{
	int hundredths = 0;

	while (*text)
		hundredths += glyph_or_letter(utf8_next(&text))->advance;
	return hundredths * UNIT * size * (bold ? BOLD_STRETCH : 1);
}
