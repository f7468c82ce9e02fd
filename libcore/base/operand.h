#pragma once
/* Operands of the form [LABEL=]FILE: what figures and tables call a file. */

/* The file of OPERAND, inside it. */
const char *operand_path(const char *operand);

/*
 * The label of OPERAND in new memory: what stands before its first '=', or the file's name without
 * ENDING (".tsv") where that is nothing. PATH: the file, inside OPERAND.
 */
char *operand_label(const char *operand, const char *ending, const char **path);

/*
 * The same where nothing stands before '=', or no '=': the file's name without folder and ending,
 * "north" of "round1/north.npz".
 */
char *operand_stem(const char *operand, const char **path);
