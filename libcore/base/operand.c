/* Labels of files; see operand.h. */
#include "base/operand.h"

#include <string.h>

#include "base/mem.h"

char *operand_label(const char *operand, const char *ending, const char **path)
{
	const char *equals = strchr(operand, '=');
	size_t n, end = strlen(ending);

	*path = equals ? equals + 1 : operand;
	if (equals > operand)
		return xstrndup(operand, (size_t)(equals - operand));
	n = strlen(*path);
	if (n > end && !strcmp(*path + n - end, ending))
		n -= end;
	return xstrndup(*path, n);
}
