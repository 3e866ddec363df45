/* SPDX-License-Identifier: Apache-2.0 */
/* The socket side of the reader: one collector at a time, frames out, control messages in. */
#ifndef TERCEL_SERVER_H
#define TERCEL_SERVER_H

#include <signal.h>
#include <sys/types.h>

extern volatile sig_atomic_t server_stop;

/* Listens on `path`, for processes of `uid` only. On failure prints one sentence to stderr and returns -1. */
int server_listen(const char *path, uid_t uid);

/* Takes a frame for the collector (a frame_sink). */
int server_send(void *context, const void *frame, size_t length);

/* Serves collectors until server_stop is set; returns an exit code. */
int server_run(void);

#endif
