#pragma once
/*
 * New files and folders under names that nobody uses yet, with the modes, group and access
 * lists that open(2) and mkdir(2) give: those of mkstemp(3) and mkdtemp(3) are the owner's alone.
 */

/*
 * *NAME, in new memory, becomes PREFIX, a dot and six letters. tempname_file returns a descriptor
 * open for reading and writing, tempname_folder 0; both return -1 with errno set and *NAME NULL.
 */
int tempname_file(char **name, const char *prefix);
int tempname_folder(char **name, const char *prefix);
