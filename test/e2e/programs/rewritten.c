/*
 * Sends a datagram to a Unix socket whose queue is full, and while the call waits for room another thread puts another
 * address in the place of the one that was passed in. Prints the result of the call.
 *
 *   rewritten sendto | sendmsg
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un address = { AF_UNIX, "asked" };
static socklen_t length = offsetof(struct sockaddr_un, sun_path) + sizeof("asked");
static int sender, receiver;
static volatile pid_t caller;
static const char *call;

static void *rewrite(void *unused)
{
	char path[64], state[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", caller);
	/* The number of the call that a thread waits in; of one that runs there is none. */
	do {
		file = fopen(path, "r");
		fgets(state, sizeof(state), file);
		fclose(file);
	} while (atoi(state) != (strcmp(call, "sendto") ? SYS_sendmsg : SYS_sendto));
	strcpy(address.sun_path, "other");
	recv(receiver, state, 1, 0);
	return NULL;
}

int main(int argc, char **argv)
{
	struct iovec part = { "last", 4 };
	struct msghdr message = { &address, length, &part, 1 };
	pthread_t thread;
	long result;

	call = argv[1];
	caller = gettid();
	receiver = socket(AF_UNIX, SOCK_DGRAM, 0);
	sender = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (bind(receiver, (struct sockaddr *)&address, length))
		return 1;
	while (sendto(sender, "x", 1, MSG_DONTWAIT, (struct sockaddr *)&address, length) == 1)
		;
	pthread_create(&thread, NULL, rewrite, NULL);
	if (strcmp(call, "sendto"))
		result = sendmsg(sender, &message, 0);
	else
		result = sendto(sender, "last", 4, 0, (struct sockaddr *)&address, length);
	pthread_join(thread, NULL);
	printf("%ld %s\n", result, address.sun_path);
	return 0;
}
