/*
 * Connects a socket to the address that its arguments name, and prints the result, the descriptor and the local end.
 *
 *   connects KIND ADDRESS PORT HOW
 *
 * KIND: tcp4 tcp6 udp4 unix abstract. HOW: plain, nonblocking, bad (a pointer to nothing), cold (the address stands in a page
 * that is not in memory yet), wide (a length with bits above the 32 that count, at the end of a page), compat (the 32-bit
 * entry), socketcall (its older form).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static union {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un local;
} address;

static long compat(long call, long a, long b, long c)
{
#ifdef __x86_64__
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(call), "b"(a), "c"(b), "d"(c)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
#else
	return -ENOSYS;
#endif
}

/* Fills the address in and gives its length. */
static socklen_t fill(const char *kind, const char *name, int port)
{
	size_t length = strlen(name);

	if (!strcmp(kind, "tcp6")) {
		address.v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(port) };
		inet_pton(AF_INET6, name, &address.v6.sin6_addr);
		return sizeof(address.v6);
	}
	if (!strcmp(kind, "unix") || !strcmp(kind, "abstract")) {
		int abstract = !strcmp(kind, "abstract");

		address.local.sun_family = AF_UNIX;
		memcpy(address.local.sun_path + abstract, name, length);
		return offsetof(struct sockaddr_un, sun_path) + length + 1;
	}
	address.v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port) };
	inet_pton(AF_INET, name, &address.v4.sin_addr);
	return sizeof(address.v4);
}

/* The address at the end of a page, nothing behind it; in the first 4 GiB. */
static void *at_the_edge(socklen_t length)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	munmap(pages + 4096, 4096);
	return memcpy(pages + 4096 - length, &address, length);
}

static void *cold(socklen_t length)
{
	int fd = memfd_create("cold", 0);
	void *at;

	write(fd, &address, length);
	at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	return at;
}

int main(int argc, char **argv)
{
	const char *kind = argv[1], *how = argv[4];
	socklen_t length = fill(kind, argv[2], atoi(argv[3])), size = sizeof(address);
	int domain = address.any.sa_family, type = !strcmp(kind, "udp4") ? SOCK_DGRAM : SOCK_STREAM;
	int fd = socket(domain, type | (!strcmp(how, "nonblocking") ? SOCK_NONBLOCK : 0), 0);
	void *at = at_the_edge(length);
	long result;

	if (!strcmp(how, "compat"))
		result = compat(362, fd, (long)at, length);
	else if (!strcmp(how, "socketcall")) {
		unsigned *arguments = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

		arguments[0] = fd;
		arguments[1] = (unsigned)(long)at;
		arguments[2] = length;
		compat(102, 13, (long)arguments, 0); /* SYS_SHUTDOWN, which is not a connect */
		result = compat(102, 3, (long)arguments, 0); /* SYS_CONNECT */
	} else {
		if (!strcmp(how, "bad"))
			at = (void *)1;
		if (!strcmp(how, "cold"))
			at = cold(length);
		result = syscall(SYS_connect, fd, at, !strcmp(how, "wide") ? length | 1ul << 40 : length);
		result = result < 0 ? -errno : result;
	}
	memset(&address, 0, sizeof(address));
	getsockname(fd, &address.any, &size);
	printf("%ld %d %d\n", result, fd, ntohs(domain == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port));
	return 0;
}
