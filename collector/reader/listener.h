/* SPDX-License-Identifier: Apache-2.0 */
/* The Unix socket that collectors connect to. */
#ifndef TERCEL_LISTENER_H
#define TERCEL_LISTENER_H

#include <sys/types.h>

/* Listens on `path`, for processes of `uid` and root only. On failure prints one sentence to stderr and returns -1. */
int listener_open(const char *path, uid_t uid);

/* Stops listening, and removes the socket if it is still the one that was made. */
void listener_close(const char *path);

int listener_descriptor(void);

/* The connection of the next collector and its process, or -1. */
int listener_accept(pid_t *peer);

#endif
