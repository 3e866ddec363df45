/* SPDX-License-Identifier: Apache-2.0 */
/* The socket side of the reader: one collector at a time, frames out, control messages in. */
#ifndef TERCEL_SERVER_H
#define TERCEL_SERVER_H

#include <signal.h>
#include <sys/types.h>

extern volatile sig_atomic_t server_stop;

/* Listens on `path`, for processes of `uid` only. On failure prints one sentence to stderr and returns -1. */
int server_listen(const char *path, uid_t uid);

/* Take a frame for the collector: of the reader's own, and of the kernel's (an event_sink). */
void server_send(const void *frame, size_t length);
int server_send_event(const void *frame, size_t length);

/* Serves collectors until server_stop is set; returns an exit code. */
int server_run(void);

#endif
