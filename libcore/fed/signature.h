#pragma once
/*
 * Signatures of files by OpenSSH: the message is the SHA-256 of the file's bytes as 64 hexadecimal
 * digits and a newline, the namespace aml-model, so that what every site has makes and checks them:
 *   sha256sum <MODEL | cut -c1-64 | ssh-keygen -Y sign -f KEY -n aml-model >MODEL.sig
 */
#include "base/err.h"
#include "base/sha256.h"

/*
 * Is the file of digest SHA256 signed by SITE, whose public KEY is as roster.h has it, in the file
 * PATH? Runs ssh-keygen from PATH; several threads may.
 * Returns 0, or -1 with E set: no signature, another one, no ssh-keygen.
 */
int signature_verify(const char *path, const char *site, const char *key,
                     const char sha256[SHA256_HEX], struct err *e);
