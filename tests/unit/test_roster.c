/* Rosters: what is read, and what is refused. */
#include "fed/roster.h"

#include "scratch.h"
#include "tap.h"

#define A "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExlsAzP9o8/1zelT8dE2YfZ2eyVwz0Zs0L9wGxl2pVd"
#define B "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExlsAzP9o8/1zelT8dE2YfZ2eyVwz0Zs0L9wGxl2pVe"

static void test_good(const char *text, const char *want)
{
	struct roster r = {0};
	struct err e = {0};
	char got[1000] = "";

	is_int(roster_load(&r, scratch_text("roster.tsv", text), &e), 0, "read");
	for (size_t i = 0; i < r.count; i++) {
		size_t used = strlen(got);

		snprintf(got + used, sizeof got - used, "%s|%s|%lld;", r.site[i].name,
		         r.site[i].key ? r.site[i].key : "none", (long long)r.site[i].least);
		ok(roster_find(&r, r.site[i].name) == &r.site[i], "found");
	}
	ok(!roster_find(&r, "nobody"), "nobody else is found");
	is_text(got, want, "its sites");
	roster_release(&r);
	roster_release(&r);
}

static void test_bad(const char *text, const char *message)
{
	struct roster r;
	struct err e = {0};

	is_int(roster_load(&r, scratch_text("roster.tsv", text), &e), -1, "refused");
	is_text(scratch_told(&e), message, "why");
	ok(!roster_find(&r, "north"), "nothing is left");
}

static void good(void)
{
	test_good("site\tkey\nnorth\t-\neast\t-\n", "east|none|0;north|none|0;");
	test_good("\xef\xbb\xbfsite\tkey\r\nnorth\t" A "\r\n", "north|" A "|0;");
	test_good("town\tkey\tmin_examples\tsite\nU\t" A " me@north\t50\tn\n\nK\t" B "\t-\ts",
	          "n|" A "|50;s|" B "|0;");
	test_good("site\tkey\nUniversit\xc3\xa4t, Haus 1\t-\n",
	          "Universit\xc3\xa4t, Haus 1|none|0;");
}

static void bad(void)
{
	static const char no_key[] = "roster.tsv: line 2: the key of 'north' is neither an OpenSSH "
	                             "public key (ssh-ed25519 AAAA...) nor -";

	test_bad("", "roster.tsv: empty");
	test_bad("site\tkey\n\n", "roster.tsv: names no site");
	test_bad("site\tkeys\n", "roster.tsv: line 1: no column 'key' in the heading");
	test_bad("key\tsites\n", "roster.tsv: line 1: no column 'site' in the heading");
	test_bad("site\tkey\tsite\n", "roster.tsv: line 1: two columns 'site'");
	test_bad("site\tkey\nnorth\n", "roster.tsv: line 2: 1 columns, the heading has 2");
	test_bad("site\tkey\n\t-\n", "roster.tsv: line 2: '' is no name of a site");
	test_bad("site\tkey\na\x01\t-\n", "roster.tsv: line 2: 'a\x01' is no name of a site");
	test_bad("site\tkey\na\xff\t-\n", "roster.tsv: line 2: 'a\xff' is no name of a site");
	test_bad("site\tkey\nnorth\t\n", no_key);
	test_bad("site\tkey\nnorth\tnorth.pub\n", no_key);
	test_bad("site\tkey\nnorth\tssh-ed25519\n", no_key);
	test_bad("site\tkey\nnorth\tssh-ed25519 AAAA\n", no_key);
	test_bad("site\tkey\nnorth\tcert-authority " A "\n", no_key);
	test_bad("site\tkey\nnorth\tssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIExlsAzP\n", no_key);
	test_bad("site\tkey\nnorth\t" A "\"\n", no_key);
	test_bad("site\tkey\nn*\t" A "\n",
	         "roster.tsv: line 2: 'n*': the name of a site that signs is of letters, digits, "
	         "'.', '_' and '-'");
	test_bad("site\tkey\nnorth\t-\neast\t-\nnorth\t-\n",
	         "roster.tsv: line 4: 'north' is in line 2 already");
	test_bad("site\tkey\nnorth\t" A " a\neast\t" A "\n",
	         "roster.tsv: line 3: the key of 'east' is that of 'north', too");
	test_bad("site\tkey\tmin_examples\nnorth\t-\t1.5\n",
	         "roster.tsv: line 2: min_examples: '1.5' is not a count");
	test_bad("site\tkey\tmin_examples\nnorth\t-\t-1\n",
	         "roster.tsv: line 2: min_examples: '-1' is not a count");
	test_bad("site\tkey\nnor\ttab\t-\n", "roster.tsv: line 2: 3 columns, the heading has 2");
}

int main(void)
{
	scratch_begin();
	good();
	bad();
	return tap_end();
}
