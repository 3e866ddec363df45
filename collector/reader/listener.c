// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "listener.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* So that a burst does not need a write for each of the collector's reads. */
#define SEND_BUFFER_BYTES (1024 * 1024)

#define BACKLOG 4

static int listener = -1;
static uid_t allowed_uid;
static struct stat bound; /* the socket's own entry */

/* Whether another reader listens there. */
static int is_taken(const struct sockaddr_un *address)
{
	int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int taken = !connect(probe, (const struct sockaddr *)address, sizeof(*address));

	close(probe);
	return taken;
}

int listener_open(const char *path, uid_t uid)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t before;

	allowed_uid = uid;
	if (strlen(path) >= sizeof(address.sun_path)) {
		fprintf(stderr, "tercel-reader: the path of the socket is longer than %zu bytes: %s\n",
			sizeof(address.sun_path) - 1, path);
		return -1;
	}
	strcpy(address.sun_path, path);
	if (is_taken(&address)) {
		fprintf(stderr, "tercel-reader: another tercel-reader listens on %s: stop it, or give this one a socket of its "
				"own (sensor.socket).\n", path);
		return -1;
	}
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unlink(path);
	before = umask(0177); /* 0600 from the first moment */
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) || lchown(path, uid, -1) ||
	    lstat(path, &bound) || listen(listener, BACKLOG)) {
		fprintf(stderr, "tercel-reader: cannot listen on %s: %s\n", path, strerror(errno));
		return -1;
	}
	umask(before);
	return 0;
}

void listener_close(const char *path)
{
	struct stat now;

	/* Another reader may have taken the path meanwhile. */
	if (!lstat(path, &now) && now.st_dev == bound.st_dev && now.st_ino == bound.st_ino)
		unlink(path);
	close(listener);
}

int listener_descriptor(void)
{
	return listener;
}

int listener_accept(pid_t *peer)
{
	int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC), bytes = SEND_BUFFER_BYTES;
	struct ucred credentials;
	socklen_t length = sizeof(credentials);

	if (connection < 0)
		return -1;
	if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &credentials, &length) ||
	    (credentials.uid != allowed_uid && credentials.uid != 0)) {
		close(connection);
		return -1;
	}
	setsockopt(connection, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	*peer = credentials.pid;
	return connection;
}
