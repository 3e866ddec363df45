/*
 * Makes the system calls that its arguments name, one after the other, and prints for each that opens something a line with
 * the truth: the name of the call, its result, the thread, device and inode of what was opened, and in hexadecimal the path
 * as /proc shows it and the folder that the call started from. Linked statically, so it opens nothing of its own but /proc.
 *
 *   calls chdir /tmp , open name 0 0 , thread openat2 -100 name 0 0 0
 *
 * In a path %XX is a byte, @bad is a pointer to nothing, @cold:PATH stands in a page that is not in memory yet.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int proc;

static long number(const char *text)
{
	return strtol(text, NULL, 0);
}

/* The bytes that `text` stands for, in memory that pointers of 32 bits reach. */
static char *path(const char *text)
{
	char *at = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0), *to = at;
	unsigned byte;

	if (!strcmp(text, "@bad"))
		return (char *)1;
	if (!strncmp(text, "@cold:", 6)) {
		int fd = memfd_create("cold", 0);

		write(fd, text + 6, strlen(text) - 5);
		at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
		close(fd);
		return at;
	}
	for (; *text; text++) {
		if (*text == '%' && sscanf(text + 1, "%2x", &byte) == 1) {
			*to++ = byte;
			text += 2;
		} else
			*to++ = *text;
	}
	return at;
}

static void print_hex(const char *link)
{
	char target[8192];
	ssize_t n = readlinkat(proc, link, target, sizeof(target));

	putchar(' ');
	if (n <= 0)
		putchar('-');
	for (ssize_t i = 0; i < n; i++)
		printf("%02x", (unsigned char)target[i]);
}

static void report(const char *call, long result, long directory)
{
	struct stat opened = { 0 };
	char link[32];

	if (result >= 0)
		fstat(result, &opened);
	printf("%s %ld %d %lx %lu", call, result, gettid(), opened.st_dev, opened.st_ino);
	snprintf(link, sizeof(link), "fd/%ld", result);
	print_hex(link);
	snprintf(link, sizeof(link), "fd/%ld", directory);
	print_hex(directory == AT_FDCWD ? "cwd" : link);
	putchar('\n');
	fflush(stdout);
}

static long result_of(long result)
{
	return result < 0 ? -errno : result;
}

#ifdef __x86_64__
/* The 32-bit entry of a 64-bit program. */
static long compat(long call, long a, long b, long c, long d)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(call), "b"(a), "c"(b), "d"(c), "S"(d)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}
#else
#define compat(call, a, b, c, d) (-ENOSYS)
#endif

static long do_openat2(char **a, int is_compat)
{
	struct { unsigned long flags, mode, resolve; } *how = (void *)path("");

	how->flags = number(a[3]);
	how->mode = number(a[4]);
	how->resolve = number(a[5]);
	if (is_compat)
		return compat(437, number(a[1]), (long)path(a[2]), (long)how, sizeof(*how));
	return result_of(syscall(SYS_openat2, number(a[1]), path(a[2]), how, sizeof(*how)));
}

/* Folder in folder, `count` times. */
static int deep(const char *name, long count)
{
	int error = 0;

	while (count-- > 0 && !error)
		error = mkdir(name, 0755) || chdir(name);
	return error;
}

static void *run(void *arguments)
{
	char **a = arguments;
	pthread_t thread;
	int error = 0;

	if (!strcmp(a[0], "open"))
		report(a[0], result_of(syscall(SYS_open, path(a[1]), number(a[2]), number(a[3]))), AT_FDCWD);
	else if (!strcmp(a[0], "openat"))
		report(a[0], result_of(syscall(SYS_openat, number(a[1]), path(a[2]), number(a[3]), number(a[4]))), number(a[1]));
	else if (!strcmp(a[0], "openat2"))
		report(a[0], do_openat2(a, 0), number(a[1]));
	else if (!strcmp(a[0], "open32"))
		report(a[0], compat(5, (long)path(a[1]), number(a[2]), number(a[3]), 0), AT_FDCWD);
	else if (!strcmp(a[0], "openat32"))
		report(a[0], compat(295, number(a[1]), (long)path(a[2]), number(a[3]), number(a[4])), number(a[1]));
	else if (!strcmp(a[0], "openat232"))
		report(a[0], do_openat2(a, 1), number(a[1]));
	else if (!strcmp(a[0], "thread"))
		error = pthread_create(&thread, NULL, run, a + 1) || pthread_join(thread, NULL);
	else if (!strcmp(a[0], "chdir"))
		error = chdir(path(a[1]));
	else if (!strcmp(a[0], "rmdir"))
		error = rmdir(path(a[1]));
	else if (!strcmp(a[0], "deep"))
		error = deep(a[1], number(a[2]));
	else if (!strcmp(a[0], "chroot"))
		error = chroot(path(a[1]));
	else if (!strcmp(a[0], "user"))
		error = setresgid(number(a[1]), number(a[1]), number(a[1])) || setresuid(number(a[1]), number(a[1]), number(a[1]));
	else if (!strcmp(a[0], "name"))
		error = prctl(PR_SET_NAME, a[1]);
	else if (!strcmp(a[0], "memfd"))
		error = memfd_create(a[1], 0) < 0;
	else if (!strcmp(a[0], "pipe")) {
		int ends[2];

		error = pipe(ends);
	} else if (!strcmp(a[0], "setns"))
		error = setns(number(a[1]), number(a[2]));
	else
		error = 1;
	if (error) {
		fprintf(stderr, "%s %s: %s\n", a[0], a[1] ? a[1] : "", strerror(errno));
		exit(1);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	proc = open("/proc/self", O_PATH | O_DIRECTORY);
	for (int i = 1; i < argc; i++) {
		char **call = &argv[i];

		while (i < argc && strcmp(argv[i], ","))
			i++;
		argv[i] = NULL;
		run(call);
	}
	return 0;
}
