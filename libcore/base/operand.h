#pragma once
/* Operands of the form [LABEL=]FILE: what figures and tables call a file. */

/*
 * The label of OPERAND in new memory: what stands before its first '=', or the file's name without
 * ENDING (".tsv") where that is nothing. PATH: the file, inside OPERAND.
 */
char *operand_label(const char *operand, const char *ending, const char **path);
