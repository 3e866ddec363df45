/*
 * What the programs share that make system calls by every entry of the kernel: native, compat (the 32-bit entry of a 64-bit
 * program), socketcall (the older form of that), cold (the same with its arguments in a page that was never touched) and x32 (a bit in the number); and memory that pointers of 32 bits reach.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct numbers {
	int native;
	int compat;
	int socketcall;
	int x32; /* where it differs from the native one */
};

static const char *entry = "native";

static __attribute__((unused)) int is_32bit(void)
{
	return strcmp(entry, "native") != 0;
}

static __attribute__((unused)) long number(const char *text)
{
	return strtol(text, NULL, 0);
}

/* Memory of the first 4 GiB, with nothing mapped behind it: what is asked for ends where the page does. */
static void *low(size_t size)
{
	size_t mapped = (size + 4095) & ~4095ul;
	char *at = mmap(NULL, mapped + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	munmap(at + mapped, 4096);
	return at + mapped - size;
}

static void *low_copy(const void *data, size_t size)
{
	return memcpy(low(size), data, size);
}

/* In a page of a file in memory that nobody has looked at through this mapping. */
static __attribute__((unused)) void *cold_copy(const void *data, size_t size)
{
	int fd = memfd_create("cold", 0);
	void *at;

	write(fd, data, size);
	at = mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_32BIT, fd, 0);
	close(fd);
	return at;
}

/* The bytes that `text` stands for: %XX is a byte, @bad is a pointer to nothing, @none is NULL. */
static __attribute__((unused)) char *text_at(const char *text)
{
	char bytes[8192], *to = bytes;
	unsigned byte;

	if (!strcmp(text, "@bad"))
		return (char *)1;
	if (!strcmp(text, "@none"))
		return NULL;
	for (; *text; text++) {
		if (*text == '%' && sscanf(text + 1, "%2x", &byte) == 1) {
			*to++ = byte;
			text += 2;
		} else
			*to++ = *text;
	}
	*to++ = 0;
	return low_copy(bytes, to - bytes);
}

#ifdef __x86_64__
static long compat(long call, const long *a)
{
	register long sixth __asm__("r12") = a[5];
	long result;

	__asm__ volatile("mov %%rbp, %%r13; mov %%r12, %%rbp; int $0x80; mov %%r13, %%rbp"
			 : "=a"(result)
			 : "a"(call), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4]), "r"(sixth)
			 : "memory", "r8", "r9", "r10", "r11", "r13");
	return (int)result;
}
#else
#define compat(call, a) (-ENOSYS)
#endif

static long make(struct numbers call, long a, long b, long c, long d, long e, long f)
{
	long arguments[6] = { a, b, c, d, e, f }, result;

	if (!strcmp(entry, "compat"))
		return compat(call.compat, arguments);
	if (!strcmp(entry, "socketcall") || !strcmp(entry, "cold")) {
		/* As many as the call has: net/socket.c, nargs. */
		static const int counts[] = { 0, 3, 3, 3, 2, 3, 3, 3, 4, 4, 4, 6, 6, 2, 5, 5, 3, 3, 4 };
		unsigned words[6] = { a, b, c, d, e, f };
		size_t size = counts[call.socketcall] * sizeof(*words);
		long outer[6] = { call.socketcall, (long)(*entry == 'c' ? cold_copy(words, size) : low_copy(words, size)) };

		return compat(102, outer);
	}
	if (!strcmp(entry, "x32"))
		result = syscall((call.x32 ? call.x32 : call.native) | 0x40000000, a, b, c, d, e, f);
	else
		result = syscall(call.native, a, b, c, d, e, f);
	return result < 0 ? -errno : result;
}
