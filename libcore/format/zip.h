#pragma once
/*
 * The zip format, as far as .npz needs it (APPNOTE 6.3, without zip64): signatures, and where
 * the fields lie in the records.
 */

enum {
	/* "PK" and two bytes */
	ZIP_LOCAL = 0x04034b50, ZIP_CENTRAL = 0x02014b50, ZIP_END = 0x06054b50,
	ZIP_RECORD = 0x08064b50,

	ZIP_LOCAL_BYTES = 30, ZIP_LOCAL_NAME = 26, ZIP_LOCAL_EXTRA = 28,

	/* the archive extra data record: then its length, then as many bytes */
	ZIP_RECORD_BYTES = 8, ZIP_RECORD_SIZE = 4,

	ZIP_CENTRAL_BYTES = 46, ZIP_CENTRAL_FLAGS = 8, ZIP_CENTRAL_METHOD = 10,
	ZIP_CENTRAL_CRC = 16, ZIP_CENTRAL_PACKED = 20, ZIP_CENTRAL_SIZE = 24,
	ZIP_CENTRAL_NAME = 28, ZIP_CENTRAL_EXTRA = 30, ZIP_CENTRAL_REMARK = 32,
	ZIP_CENTRAL_OFFSET = 42,

	ZIP_END_BYTES = 22, ZIP_END_DISKS = 4, ZIP_END_COUNT = 10, ZIP_END_SIZE = 12,
	ZIP_END_OFFSET = 16, ZIP_END_COMMENT = 20,

	ZIP_STORED = 0, ZIP_DEFLATED = 8,
	ZIP_ENCRYPTED = 1,              /* flag */
	ZIP_MAX_COMMENT = 65535, ZIP_MAX_MEMBERS = 65534,
};

/* Of an archive or a member: ffffffff sends the reader to zip64. */
#define ZIP_MAX_BYTES 0xfffffffeu
