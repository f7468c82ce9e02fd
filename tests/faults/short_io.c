/*
 * Preloaded, lets each read and write of a program itself, not those within glibc's streams, do
 * half of what is asked, as pipes, signals and full disks do. SHORT_IO_FILE, of the size of an
 * atomic_ulong, tells how many were short.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "faults/counters.h"

ssize_t __pread_chk(int fd, void *to, size_t size, off_t at, size_t room);
ssize_t __read_chk(int fd, void *to, size_t size, size_t room);

static atomic_ulong own, *count = &own;

__attribute__((constructor)) static void start(void)
{
	count = counters_map("SHORT_IO_FILE", sizeof *count);
}

static size_t half(size_t size)
{
	if (size < 2)
		return size;
	atomic_fetch_add(count, 1);
	return size / 2;
}

ssize_t read(int fd, void *to, size_t size)
{
	return syscall(SYS_read, fd, to, half(size));
}

ssize_t __read_chk(int fd, void *to, size_t size, size_t room)
{
	return size > room ? (abort(), -1) : read(fd, to, size);
}

ssize_t pread(int fd, void *to, size_t size, off_t at)
{
	return syscall(SYS_pread64, fd, to, half(size), at);
}

ssize_t __pread_chk(int fd, void *to, size_t size, off_t at, size_t room)
{
	return size > room ? (abort(), -1) : pread(fd, to, size, at);
}

ssize_t write(int fd, const void *from, size_t size)
{
	return syscall(SYS_write, fd, from, half(size));
}

ssize_t pwrite(int fd, const void *from, size_t size, off_t at)
{
	return syscall(SYS_pwrite64, fd, from, half(size), at);
}
