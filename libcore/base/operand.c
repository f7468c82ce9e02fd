/* Labels of files; see operand.h. */
#include "base/operand.h"

#include <string.h>

#include "base/mem.h"

const char *operand_path(const char *operand)
{
	const char *equals = strchr(operand, '=');

	return equals ? equals + 1 : operand;
}

char *operand_label(const char *operand, const char *ending, const char **path)
{
	const char *equals = strchr(operand, '=');
	size_t n, end = strlen(ending);

	*path = operand_path(operand);
	if (equals > operand)
		return xstrndup(operand, (size_t)(equals - operand));
	n = strlen(*path);
	if (n > end && !strcmp(*path + n - end, ending))
		n -= end;
	return xstrndup(*path, n);
}

char *operand_stem(const char *operand, const char **path)
{
	const char *name, *dot;

	*path = operand_path(operand);
	if (*path > operand + 1)
		return xstrndup(operand, (size_t)(*path - operand) - 1);
	name = strrchr(*path, '/');
	name = name ? name + 1 : *path;
	dot = strrchr(name, '.');
	return xstrndup(name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
}
