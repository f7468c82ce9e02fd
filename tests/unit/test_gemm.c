/* Products of matrices in each of their forms, inside larger arrays. */
#include "nn/gemm.h"

#include "gradient.h"

/* C = A B + beta C for all three forms, inside larger arrays whose other numbers must stay. */
static void product(struct rng *r, enum gemm_form form, int m, int n, int k, float beta)
{
	static const char *const name[] = { "NN", "NT", "TN" };
	int lda = (form == GEMM_TN ? m : k) + 3, ldb = (form == GEMM_NT ? k : n) + 2, ldc = n + 1;
	struct numbers a = numbers(r, (size_t)((form == GEMM_TN ? k : m) * lda), 1);
	struct numbers b = numbers(r, (size_t)((form == GEMM_NT ? n : k) * ldb), 1),
		       c = numbers(r, (size_t)(m * ldc), 1);
	char text[64];

	gemm(form, m, n, k, a.f, lda, b.f, ldb, beta, c.f, ldc);
	for (int i = 0; i < m; i++)
		for (int j = 0; j < n; j++) {
			double sum = beta * c.d[i * ldc + j];

			for (int l = 0; l < k; l++)
				sum += a.d[form == GEMM_TN ? l * lda + i : i * lda + l] *
				       b.d[form == GEMM_NT ? j * ldb + l : l * ldb + j];
			c.d[i * ldc + j] = sum;
		}
	snprintf(text, sizeof text, "product %s, %d x %d x %d, beta %g", name[form], m, n,
	         k, (double)beta);
	close_to(c.f, c.d, c.n, text);
	release(&a);
	release(&b);
	release(&c);
}

static void products(struct rng *r)
{
	for (int form = GEMM_NN; form <= GEMM_TN; form++) {
		product(r, (enum gemm_form)form, 1, 1, 1, 0);
		product(r, (enum gemm_form)form, 5, 7, 3, 0);
		product(r, (enum gemm_form)form, 33, 15, 130, 1);
	}
}

int main(void)
{
	struct rng r;

	rng_init(&r, 1, 1, 1);
	products(&r);
	return tap_end();
}
