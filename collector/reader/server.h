/* SPDX-License-Identifier: Apache-2.0 */
/* The socket side of the reader: one collector at a time, frames out, control messages in. */
#ifndef TERCEL_SERVER_H
#define TERCEL_SERVER_H

#include <signal.h>
#include <stddef.h>

extern volatile sig_atomic_t server_stop;

/* Take a frame for the collector: of the reader's own, and of the kernel's (an event_sink). */
void server_send(const void *frame, size_t length);
int server_send_event(const void *frame, size_t length);

/* Serves collectors until server_stop is set; returns an exit code. */
int server_run(void);

#endif
