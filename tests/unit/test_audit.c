/*
 * A federation of four sites and four rounds: its ledger, its files and its sites are tampered with
 * in a thousand ways, drawn from a seed, and every one of them must be found.
 */
#include "info/audit.h"

#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "fed/round.h"
#include "model/digest.h"
#include "model/facts.h"
#include "model/model.h"
#include "must.h"
#include "nn/init.h"
#include "scratch.h"
#include "tap.h"

enum { ROUNDS = 4, SITES = 4, FILES = ROUNDS * (SITES + 1) + 1, TRIALS = 1000 };

static struct net net;
static struct err e;
static struct threads *pool;
static struct rng rng;
static const char *ledger, *roster;
static const char *site[SITES] = { "east", "north", "south", "west" };
static const char *input[ROUNDS + 1][SITES], *global[ROUNDS + 1];
static char *files[FILES + 1];

static size_t below(size_t n)
{
	return rng_below(&rng, (uint32_t)n);
}

static void save(const char *path, uint64_t seed, int images, const char *parent)
{
	struct weights w = {0};
	struct facts f;
	char digest[SHA256_HEX], *text;

	weights_init(&w, &net);
	init_weights(&net, seed, w.a);
	digest_numbers(&net, weights_const(&w), digest);
	facts_start(&f, "test");
	json_int(&f.j, "num_examples", images);
	json_text(&f.j, "weights", digest);
	facts_parents(&f, &parent, parent ? 1 : 0);
	text = facts_end(&f);
	must(model_save(path, &net, weights_const(&w), text, &e), &e);
	free(text);
	weights_release(&w);
}

static void digest_of(const char *path, char digest[SHA256_HEX])
{
	struct model m = {0};

	must(model_load(&m, path, 0, &e), &e);
	digest_numbers(&m.net, m.w, digest);
	model_release(&m);
}

/* A round of COUNT sites. Returns 0 or -1. */
static int run_round(const char *previous, const char *const *models, const char *const *sites,
                     int count, const char *out)
{
	struct round_options o = {
		.models = (char *const *)models, .sites = (char *const *)sites, .count = count,
		.previous = previous, .roster = roster, .ledger = ledger, .threads = 1,
		.method_name = "mean", .method = AGGREGATE_MEAN, .opt = serveropt_defaults,
		.out = out,
	};
	struct round r = {0};
	int result = round_gather(&r, &o, &e);

	if (result == 0 && round_load(&r, &o, &e) == 0 &&
	    round_average(&r, pool, true, &e) == 0)
		result = round_save(&r, &e);
	else
		result = -1;
	round_release(&r);
	return result;
}

static const char *name_of(const char *what, int round)
{
	char name[64];

	snprintf(name, sizeof name, "%s.%d", what, round);
	return scratch_path(name);
}

static void set_up(void)
{
	int n = 0;

	ledger = scratch_path("ledger");
	roster = scratch_text("roster.tsv", "site\tkey\tmin_examples\neast\t-\t10\nnorth\t-\t10\n"
	                                    "south\t-\t10\nwest\t-\t10\n");
	global[0] = name_of("global", 0);
	save(global[0], 1, 1, NULL);
	for (int r = 1; r <= ROUNDS; r++) {
		char parent[SHA256_HEX];

		digest_of(global[r - 1], parent);
		for (int s = 0; s < SITES; s++) {
			input[r][s] = name_of(site[s], r);
			save(input[r][s], (uint64_t)(10 * r + s), 10 * (s + 1), parent);
			files[n++] = (char *)input[r][s];
		}
		global[r] = name_of("global", r);
		must(run_round(global[r - 1], input[r], site, SITES, global[r]), &e);
	}
	for (int r = 0; r <= ROUNDS; r++)
		files[n++] = (char *)global[r];
}

/* ---- what it takes to find something ---- */

/* Faults of the whole; -1: it could not be looked at. */
static long faults(void)
{
	struct audit a;
	long n = audit_load(&a, ledger, files, pool, &e) < 0 ? -1 : (long)a.faults;

	audit_release(&a);
	return n;
}

static int rounds_repeated(void)
{
	struct audit a;
	int n = 0;

	must(audit_load(&a, ledger, files, pool, &e), &e);
	for (size_t i = 0; i < a.ledger.count; i++)
		n += a.round[i].state == AUDIT_SAME && a.round[i].norms;
	audit_release(&a);
	return n;
}

/* ---- tampering with the ledger ---- */

struct text {
	char *line[2 * ROUNDS];
	int count;
};

static void split(struct text *t, const char *path)
{
	size_t size;
	char *all = scratch_read(path, &size), *rest = all, *line;

	t->count = 0;
	while ((line = strsep(&rest, "\n")) && rest)
		t->line[t->count++] = xstrdup(line);
	free(all);
}

static void join(struct text *t, const char *path)
{
	FILE *f = fopen(path, "w");

	for (int i = 0; f && i < t->count; i++)
		fprintf(f, "%s\n", t->line[i]);
	if (f)
		fclose(f);
	for (int i = 0; i < t->count; i++)
		free(t->line[i]);
}

static void change_byte(struct text *t)
{
	char *line = t->line[below((size_t)t->count)];
	char *at = line + below(strlen(line)), old = *at;

	while (*at == old)
		*at = (char)(' ' + (char)below(95));
}

static void remove_line(struct text *t)
{
	int at = (int)below((size_t)t->count);

	free(t->line[at]);
	memmove(t->line + at, t->line + at + 1, (size_t)(--t->count - at) * sizeof *t->line);
}

static void exchange_lines(struct text *t)
{
	int a = (int)below((size_t)t->count), b = (int)below((size_t)t->count - 1);
	char *line = t->line[a];

	b += b >= a;
	t->line[a] = t->line[b];
	t->line[b] = line;
}

static void insert_line(struct text *t)
{
	int at = (int)below((size_t)t->count + 1);
	char *line = xstrdup(t->line[below((size_t)t->count)]);

	memmove(t->line + at + 1, t->line + at, (size_t)(t->count++ - at) * sizeof *t->line);
	t->line[at] = line;
}

/* The text behind KEY in LINE, the NTH time, becomes TO. */
static void replace(char **line, const char *key, int nth, const char *to)
{
	char *at = *line, *end, *made;

	for (int i = 0; i <= nth; i++) {
		at = strstr(at, key);
		if (!at) {
			puts("Bail out! no such member");
			exit(1);
		}
		at += strlen(key);
	}
	end = at + strcspn(at, ",}\"");
	made = xasprintf("%.*s%s%s", (int)(at - *line), *line, to, end);
	free(*line);
	*line = made;
}

/* One thing is changed, and the chain from there on made good again. */
static void write_anew(struct text *t)
{
	static const struct {
		const char *key, *to;
		bool of_inputs;
	} member[] = {
		{ "\"site\": \"", "mallory", true }, { "\"signed\": ", "true", true },
		{ "\"weight\": ", "77", true },      { "\"examples\": ", "1234", true },
		{ "\"norm\": ", "0.125", true },     { "\"cosine\": ", "0.5", true },
		{ "\"scale\": ", "0.5", true },     { "\"rule\": \"", "median", false },
		{ "\"bn\": \"", "pool", false },    { "\"missing\": [", "\"north\"]", false },
	};
	size_t m = below(sizeof member / sizeof *member);
	int at = (int)below((size_t)t->count);
	char hash[SHA256_HEX];

	replace(&t->line[at], member[m].key, member[m].of_inputs ? (int)below(SITES) : 0,
	        member[m].to);
	for (int i = at + 1; i < t->count; i++) {
		ledger_hash(t->line[i - 1], strlen(t->line[i - 1]), hash);
		replace(&t->line[i], "\"before\": \"", 0, hash);
	}
}

static bool tamper_lines(void (*how)(struct text *t))
{
	size_t size;
	char *kept = scratch_read(ledger, &size);
	struct text t;
	bool found;

	split(&t, ledger);
	how(&t);
	join(&t, ledger);
	found = faults() > 0;
	scratch_write(ledger, kept, size);
	free(kept);
	return found;
}

static bool changed(void) { return tamper_lines(change_byte); }
static bool removed(void) { return tamper_lines(remove_line); }
static bool exchanged(void) { return tamper_lines(exchange_lines); }
static bool inserted(void) { return tamper_lines(insert_line); }
static bool anew(void) { return tamper_lines(write_anew); }

static bool cut_off(void)
{
	size_t size;
	char *kept = scratch_read(ledger, &size);
	bool found;

	must(truncate(ledger, (off_t)(1 + below(size - 1))), &e);
	found = faults() > 0;
	scratch_write(ledger, kept, size);
	free(kept);
	return found;
}

/* ---- tampering with files ---- */

static bool with_file(const char *path, const char *data, size_t size)
{
	size_t old;
	char *kept = scratch_read(path, &old);
	bool found;

	scratch_write(path, data, size);
	found = faults() > 0;
	scratch_write(path, kept, old);
	free(kept);
	return found;
}

/* Any byte of what a site handed in. */
static bool altered(void)
{
	const char *path = input[1 + below(ROUNDS)][below(SITES)];
	size_t size;
	char *data = scratch_read(path, &size);
	bool found;

	data[below(size)] ^= (char)(1 << below(8));
	found = with_file(path, data, size);
	free(data);
	return found;
}

/* A digit of the count that a site told, or of the line that a model names. */
static bool other_fact(void)
{
	bool of_input = below(2);
	const char *path = of_input ? input[1 + below(ROUNDS)][below(SITES)]
	                            : global[1 + below(ROUNDS)];
	const char *key = of_input ? "\"num_examples\": " : "\"ledger\": \"";
	size_t size;
	char *data = scratch_read(path, &size);
	char *at = memmem(data, size, key, strlen(key));
	bool found;

	if (!at) {
		puts("Bail out! no such fact");
		exit(1);
	}
	at += strlen(key) + (of_input ? 0 : below(SHA256_HEX - 1));
	*at = *at == '7' ? '6' : '7';
	found = with_file(path, data, size);
	free(data);
	return found;
}

/* Another model, whole and with facts of its own, in the place of one. */
static bool other_numbers(void)
{
	const char *path = below(2) ? input[1 + below(ROUNDS)][below(SITES)]
	                            : global[below(ROUNDS + 1)];
	const char *made = scratch_path("made");
	size_t size;
	char *data;
	bool found;

	save(made, 1000 + below(1000), 10, NULL);
	data = scratch_read(made, &size);
	found = with_file(path, data, size);
	free(data);
	return found;
}

/* ---- what sites do ---- */

/* Does round ROUND refuse these models, and leave the ledger of the rounds before as it is? */
static bool refuses(int round, const char *const *models, const char *const *sites, int count)
{
	const char *out = scratch_path("out");
	size_t size, now, after;
	char *kept = scratch_read(ledger, &size), *got;
	struct text t;
	bool refused;

	split(&t, ledger);
	while (t.count >= round)
		free(t.line[--t.count]);
	join(&t, ledger);
	free(scratch_read(ledger, &now));
	refused = run_round(global[round - 1], models, sites, count, out) < 0;
	got = scratch_read(ledger, &after);
	refused = refused && access(out, F_OK) < 0 && after == now;
	free(got);
	scratch_write(ledger, kept, size);
	free(kept);
	return refused;
}

static bool site_missing(void)
{
	int round = 1 + (int)below(ROUNDS), gone = (int)below(SITES), n = 0;
	const char *models[SITES], *sites[SITES];

	for (int s = 0; s < SITES; s++)
		if (s != gone) {
			models[n] = input[round][s];
			sites[n++] = site[s];
		}
	return refuses(round, models, sites, n);
}

/* One site hands in what WRONG is, under the name AS, NULL its own. */
static bool site_wrong(int round, size_t who, const char *wrong, const char *as)
{
	const char *models[SITES], *sites[SITES];

	memcpy(models, input[round], sizeof models);
	memcpy(sites, site, sizeof sites);
	models[who] = wrong;
	if (as)
		sites[who] = as;
	return refuses(round, models, sites, SITES);
}

/* Of an earlier round or, as a clock that is wrong makes it, of a later one. */
static bool site_stale(void)
{
	int round = 1 + (int)below(ROUNDS), other = 1 + (int)below(ROUNDS - 1);
	size_t who = below(SITES);

	other += other >= round;
	return site_wrong(round, who, input[other][who], NULL);
}

static bool site_doubled(void)
{
	int round = 1 + (int)below(ROUNDS);
	size_t who = below(SITES), other = (who + 1 + below(SITES - 1)) % SITES;

	return below(2) ? site_wrong(round, who, input[round][other], NULL)
	                : site_wrong(round, who, input[round][who], site[other]);
}

static bool site_renamed(void)
{
	int round = 1 + (int)below(ROUNDS);
	size_t who = below(SITES);

	return site_wrong(round, who, input[round][who], below(2) ? "mallory" : "East");
}

/* The global model of some round in place of one's own. */
static bool site_replays(void)
{
	return site_wrong(1 + (int)below(ROUNDS), below(SITES), global[below(ROUNDS + 1)], NULL);
}

static bool site_small(void)
{
	int round = 1 + (int)below(ROUNDS);
	const char *made = scratch_path("made");
	char parent[SHA256_HEX];

	digest_of(global[round - 1], parent);
	save(made, 2000 + below(1000), (int)below(10), parent);
	return site_wrong(round, below(SITES), made, NULL);
}

static void tamper(void)
{
	static bool (*const kind[])(void) = {
		changed, removed, exchanged, inserted, anew, cut_off, altered, other_fact,
		other_numbers, site_missing, site_stale, site_doubled, site_renamed, site_replays,
		site_small,
	};
	static const char *const name[] = {
		"a line changed", "a line removed", "lines exchanged", "a line inserted",
		"written anew", "cut off", "a file altered", "another fact", "another model",
		"a site missing", "a site stale", "a site doubled", "a site renamed",
		"a site replays", "too few images",
	};
	enum { KINDS = sizeof kind / sizeof *kind };
	int found = 0, tried[KINDS] = {0}, of_kind[KINDS] = {0};

	for (int i = 0; i < TRIALS; i++) {
		size_t k = below(KINDS);
		bool got = kind[k]();

		tried[k]++;
		of_kind[k] += got;
		found += got;
	}
	for (int k = 0; k < KINDS; k++)
		ok(of_kind[k] == tried[k] && tried[k], "%s: found %d of %d", name[k], of_kind[k],
		   tried[k]);
	is_int(found, TRIALS, "all that was tampered with is found");
	printf("# found %d of %d\n", found, TRIALS);
}

int main(void)
{
	const int filters[] = { 2, 3, 2, 2 };

	scratch_begin();
	rng_init(&rng, 17, 1, 0);
	pool = threads_new(1);
	must(net_init(&net, 16, 4, filters, 3, 3, &e), &e);
	set_up();
	is_int(faults(), 0, "nothing is wrong with the federation");
	ok(!refuses(2, input[2], site, SITES), "a round of all sites is accepted");
	unlink(scratch_path("out"));
	is_int(rounds_repeated(), ROUNDS, "each round gives the same model and norms again");
	tamper();
	is_int(faults(), 0, "nor afterwards");
	threads_free(pool);
	return tap_end();
}
