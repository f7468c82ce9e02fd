#pragma once
/*
 * The list of parents where it is too long for the archive's comment, which holds 65,535 bytes,
 * some 950 digests: the comment then tells where the list is,
 *   "parents": {"count": 3000, "bytes": 201000, "sha256": "..."}
 * and the list, a JSON array of that many bytes, is the archive's record (npz.h). Programs that do
 * not know of it find the same arrays and the other facts.
 */
#include "base/err.h"
#include "base/json.h"
#include "format/npz.h"

/*
 * npz_writer_end with FACTS, the text of an object or NULL, as the comment, however many parents
 * they name. Returns 0, or -1 with E set; W is freed in any case.
 */
int parents_end_archive(struct npz_writer *w, const char *facts, struct err *e);

/*
 * Puts the list of the archive Z into FACTS, those of its comment, if it is not there.
 * Returns 0, or -1 with E set: it is damaged, or was lost on the way.
 */
int parents_restore(struct json *facts, const struct npz *z, struct err *e);
