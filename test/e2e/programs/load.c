/*
 * Work for the sensor: load storm COUNT | load race COUNT TARGET OTHER | load opens COUNT PATH.
 * A storm starts COUNT programs `load middle I`, each of which starts `load leaf I` and does not wait, and twice as many
 * processes that run nothing. A race opens TARGET while another thread puts OTHER in place of its descriptor and closes it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define IN_FLIGHT 16

static const char *self, *target;
static int other, contested;
static volatile int done;

static void start(const char *role, const char *number)
{
	if (fork() == 0) {
		execl(self, self, role, number, NULL);
		_exit(1);
	}
}

static void storm(long count)
{
	char number[16];
	long running = 0;

	/* The leaves are orphans: they are waited for here. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (long i = 0; i < count; i++) {
		snprintf(number, sizeof(number), "%ld", i);
		start("middle", number);
		for (int n = 0; n < 2; n++)
			if (fork() == 0)
				_exit(0);
		for (running += 4; running > IN_FLIGHT; running--)
			wait(NULL);
	}
	while (wait(NULL) > 0)
		;
}

static int open_once(const char *path)
{
	struct open_how how = { .flags = O_RDONLY };

	return syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

static void *replace(void *unused)
{
	while (!done) {
		dup2(other, contested);
		close(contested);
	}
	return NULL;
}

static void race(long count)
{
	pthread_t thread;

	contested = other + 1;
	pthread_create(&thread, NULL, replace, NULL);
	while (count-- > 0)
		close(open_once(target));
	done = 1;
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	long count = atol(argv[2]);

	self = argv[0];
	if (!strcmp(argv[1], "middle"))
		start("leaf", argv[2]);
	else if (!strcmp(argv[1], "storm"))
		storm(count);
	else if (!strcmp(argv[1], "race")) {
		target = argv[3];
		other = open(argv[4], O_RDONLY);
		race(count);
	} else if (!strcmp(argv[1], "opens"))
		while (count-- > 0)
			close(open_once(argv[3]));
	return 0;
}
