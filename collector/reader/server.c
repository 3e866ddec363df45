// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "frame.h"
#include "listener.h"
#include "losses.h"
#include "sensor.h"

/* The ring is emptied this often even when nobody is woken: it bounds the delay of a lone event. */
#define POLL_MS 10
#define IDLE_POLL_MS 1000
#define STALL_POLL_MS 100
/* Frames are gathered and written together. */
#define OUT_BYTES (256 * 1024)
/* The collector gets a look in after so many events, however many wait. */
#define EVENTS_PER_TURN 8192
#define CONTROL_BYTES 4096

volatile sig_atomic_t server_stop;

static int client = -1;
static _Alignas(8) char out[OUT_BYTES], in[CONTROL_BYTES];
static size_t out_length, in_length;
static __u64 connections, events_sent, events_settled, unsettled_before;
static __u64 away_since, last_stats;
static unsigned events_this_turn;

/* What a connection may be sent: events only after the scan, nothing once the collector leaves. */
static enum { GREETED, SCANNED, LEAVING } stage;

static void disconnect(void)
{
	close(client);
	client = -1;
	unsettled_before += events_sent - events_settled;
	events_sent = events_settled = 0;
	away_since = now(CLOCK_BOOTTIME);
	out_length = 0;
	/* Its number may soon be that of another process. */
	sensor_exclude_collector(0);
}

/* Writes what was gathered. Waits for a collector that is slow, but not for one that is stopped when the end is near. */
static void flush(void)
{
	size_t at = 0;

	while (client >= 0 && at < out_length && !server_stop) {
		ssize_t n = send(client, out + at, out_length - at, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0)
			at += n;
		else if (errno == EAGAIN)
			poll(&(struct pollfd){ .fd = client, .events = POLLOUT }, 1, STALL_POLL_MS);
		else if (errno != EINTR)
			disconnect();
	}
	out_length = 0;
}

void server_send(const void *frame, size_t length)
{
	if (out_length + length > OUT_BYTES)
		flush();
	memcpy(out + out_length, frame, length);
	out_length += length;
}

int server_send_event(const void *frame, size_t length)
{
	events_sent++;
	server_send(frame, length);
	return ++events_this_turn >= EVENTS_PER_TURN || client < 0 ? -EAGAIN : 0;
}

static void send_hello(void)
{
	struct hello_frame hello = {
		.frame = { .length = sizeof(hello), .kind = FRAME_HELLO },
		.magic = FRAME_MAGIC,
		.version = FRAME_VERSION,
		.boot_offset = boot_offset(),
		.connection = ++connections,
		.unsettled = unsettled_before,
		.away_ns = away_since ? now(CLOCK_BOOTTIME) - away_since : 0,
		.pid = getpid(),
		.cpus = sysconf(_SC_NPROCESSORS_CONF),
	};

	losses_start(hello.counters);
	server_send(&hello, sizeof(hello));
}

static void send_stats(void)
{
	struct stats_frame stats = {
		.frame = { .length = sizeof(stats), .kind = FRAME_STATS },
		.boot_offset = boot_offset(),
	};

	sensor_counters(stats.counters);
	server_send(&stats, sizeof(stats));
	losses_reported(events_sent, stats.counters);
	last_stats = now(CLOCK_MONOTONIC);
}

static void accept_collector(void)
{
	pid_t peer;

	client = listener_accept(&peer);
	if (client < 0)
		return;
	sensor_exclude_collector(peer);
	in_length = 0;
	stage = GREETED;
	send_hello();
	flush();
}

/* Attaches, tells of everything that runs already, then acknowledges: from now on events flow. */
static void configure(const struct configure_message *message)
{
	struct configured_frame configured = {
		.frame = { .length = sizeof(configured), .kind = FRAME_CONFIGURED },
		.generation = message->generation,
	};
	struct frame scanned = { .length = sizeof(scanned), .kind = FRAME_SCANNED };

	configured.error = sensor_configure((const __u16 *)(message + 1), message->call_count);
	if (!configured.error && stage == GREETED) {
		configured.error = sensor_scan(server_send);
		server_send(&scanned, sizeof(scanned));
		stage = SCANNED;
	}
	server_send(&configured, sizeof(configured));
	flush();
}

/* Takes note of what a collector has dealt with; 0 when it cannot be so. */
static int settle(__u64 events)
{
	if (events > events_sent)
		return 0;
	events_settled = events;
	unsettled_before = 0; /* it has been told, by the hello */
	losses_settled(events);
	return 1;
}

/* Handles a whole control message; 0 when it makes no sense. */
static int handle_control(const struct frame *frame)
{
	if (frame->kind == CONTROL_CONFIGURE && frame->length >= sizeof(struct configure_message)) {
		const struct configure_message *message = (const void *)frame;

		if (message->call_count > (frame->length - sizeof(*message)) / sizeof(__u16))
			return 0;
		configure(message);
		return 1;
	}
	if (frame->kind == CONTROL_SETTLED && frame->length == sizeof(struct settled_message))
		return settle(((const struct settled_message *)frame)->events);
	if (frame->kind == CONTROL_LEAVE && frame->length == sizeof(*frame)) {
		struct frame left = { .length = sizeof(left), .kind = FRAME_LEFT };

		stage = LEAVING;
		server_send(&left, sizeof(left));
		flush();
		return 1;
	}
	return 0;
}

static void read_control(void)
{
	ssize_t n = recv(client, in + in_length, sizeof(in) - in_length, MSG_DONTWAIT);
	size_t at = 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		disconnect();
		return;
	}
	in_length += n;
	while (client >= 0 && in_length - at >= sizeof(struct frame)) {
		const struct frame *frame = (const struct frame *)(in + at);

		if (frame->length < sizeof(*frame) || frame->length > sizeof(in) || frame->length % 8) {
			disconnect();
			return;
		}
		if (in_length - at < frame->length)
			break;
		if (!handle_control(frame)) {
			fprintf(stderr, "tercel-reader: a control message of kind %u makes no sense: the collector is "
					"disconnected; are reader and collector of the same version?\n", frame->kind);
			disconnect();
			return;
		}
		at += frame->length;
	}
	memmove(in, in + at, in_length - at);
	in_length -= at;
}

int server_run(void)
{
	while (!server_stop) {
		int ring = client >= 0 && stage == SCANNED ? sensor_poll_descriptor() : -1;
		struct pollfd wait[2] = {
			{ .fd = client >= 0 ? client : listener_descriptor(), .events = POLLIN },
			{ .fd = ring, .events = POLLIN },
		};

		/* A signal that comes just before the call is seen after a second at most. */
		if (poll(wait, 2, ring >= 0 ? POLL_MS : IDLE_POLL_MS) < 0 && errno != EINTR)
			return EXIT_FAILURE;
		if (wait[0].revents && client < 0)
			accept_collector();
		else if (wait[0].revents)
			read_control();
		if (client < 0 || stage != SCANNED)
			continue;
		events_this_turn = 0;
		sensor_consume();
		if (client >= 0 && now(CLOCK_MONOTONIC) - last_stats >= NS_PER_SECOND)
			send_stats();
		flush();
	}
	return EXIT_SUCCESS;
}
