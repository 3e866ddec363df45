/*
 * Starts programs in the ways that a shell does not: processes WAY PROGRAM ARGUMENT…
 * With anything else for WAY it tells the truth of itself: what /proc says, in hexadecimal.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static char **program;

static void run(void)
{
	execve(program[0], program, environ);
	exit(errno);
}

static void *run_in_thread(void *unused)
{
	run();
	return NULL;
}

static int exec_at(int directory, const char *path, int flags)
{
	return syscall(SYS_execveat, directory, path, program, environ, flags);
}

/* A copy of PROGRAM that no folder holds. */
static int copy_to_memory(void)
{
	int from = open(program[0], O_RDONLY), to = memfd_create("in memory", MFD_CLOEXEC);
	char bytes[65536];
	ssize_t n;

	while ((n = read(from, bytes, sizeof(bytes))) > 0)
		write(to, bytes, n);
	close(from);
	return to;
}

/* A child with the same parent as this process. */
static void run_beside(void)
{
	if (syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0) == 0) {
		run();
	}
}

/* Both ancestors of the process that runs PROGRAM have ended when it does. */
static void run_as_daemon(void)
{
	int ends[2];
	char byte;

	pipe(ends);
	if (fork() == 0) {
		if (fork() == 0) {
			close(ends[1]);
			setsid();
			read(ends[0], &byte, 1);
			run();
		}
		_exit(0);
	}
}

static void tell(const char *what, ssize_t (*get)(const char *, char *))
{
	static char bytes[262144];
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/%s", what);
	n = get(path, bytes);
	printf("%s ", what);
	for (ssize_t i = 0; i < n; i++)
		printf("%02x", (unsigned char)bytes[i]);
	putchar('\n');
}

static ssize_t get_link(const char *path, char *to)
{
	return readlink(path, to, 4096);
}

static ssize_t get_file(const char *path, char *to)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, to, 262144);

	close(fd);
	return n;
}

static int tell_all(void)
{
	tell("exe", get_link);
	tell("cwd", get_link);
	tell("cmdline", get_file);
	tell("stat", get_file);
	tell("status", get_file);
	return 0;
}

/* The first thread ends, another goes on until standard input is closed, and opens something then. */
static void *outlive(void *unused)
{
	char byte;

	read(0, &byte, 1);
	syscall(SYS_open, "/", O_PATH);
	exit(0);
}

static char *large(size_t length)
{
	char *text = malloc(length + 1);

	memset(text, 'x', length);
	text[length] = 0;
	return text;
}

/* As daemons do that show their state in ps; the opens tell of the process between its changes. */
static int change(void)
{
	memset(program[-2], 'Z', strlen(program[-2]));
	syscall(SYS_open, "/", O_PATH);
	prctl(PR_SET_NAME, "renamed");
	syscall(SYS_open, "/", O_PATH);
	syscall(SYS_setresgid, 5, 5, 5);
	syscall(SYS_setresuid, 4, 4, 4);
	syscall(SYS_open, "/", O_PATH);
	return 0;
}

int main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "";
	pthread_t thread;

	program = argv + 2;
	if (!strcmp(way, "plain"))
		run();
	else if (!strcmp(way, "change"))
		return change();
	else if (!strcmp(way, "thread")) {
		pthread_create(&thread, NULL, run_in_thread, NULL);
		pthread_join(thread, NULL);
	} else if (!strcmp(way, "headless")) {
		pthread_create(&thread, NULL, outlive, NULL);
		pthread_exit(NULL);
	} else if (!strcmp(way, "vfork")) {
		if (vfork() == 0) {
			execve(program[0], program, environ);
			_exit(errno);
		}
	} else if (!strcmp(way, "beside"))
		run_beside();
	else if (!strcmp(way, "daemon"))
		run_as_daemon();
	else if (!strcmp(way, "descriptor"))
		exec_at(open(program[0], O_PATH | O_CLOEXEC), "", AT_EMPTY_PATH);
	else if (!strcmp(way, "folder"))
		exec_at(open("/", O_PATH | O_DIRECTORY), program[0] + 1, 0);
	else if (!strcmp(way, "memory"))
		exec_at(copy_to_memory(), "", AT_EMPTY_PATH);
	else if (!strcmp(way, "failing"))
		exec_at(AT_FDCWD, "missing", 0);
	else if (!strcmp(way, "large")) {
		program[1] = large(100000);
		run();
	} else if (!strcmp(way, "nothing"))
		syscall(SYS_execve, program[0], NULL, environ);
	else if (!strcmp(way, "unnamed")) {
		char *path = program[0];

		program[0] = "";
		execve(path, program, environ);
	} else
		return tell_all();
	/* A daemon's ancestor must not wait for it, nor a process for its brother. */
	if (!strcmp(way, "vfork"))
		wait(NULL);
	return 0;
}
