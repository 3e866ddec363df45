// SPDX-License-Identifier: Apache-2.0
/*
 * tercel-reader: ships what the kernel sees, as frames on a Unix socket. The only privileged part of tercel, so it does
 * the least: it does not parse, match or decide.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "listener.h"
#include "privileges.h"
#include "sensor.h"
#include "server.h"

#define EXIT_CONFIG 78 /* EX_CONFIG of sysexits.h */

static void on_signal(int signal)
{
	server_stop = 1;
}

static int usage(FILE *to, int code)
{
	fprintf(to, "usage: tercel-reader --socket PATH [--uid UID]\n"
		    "  --socket PATH  where the collector connects\n"
		    "  --uid UID      the user that the collector runs as (default: this user)\n");
	return code;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "uid", required_argument, NULL, 'u' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct sigaction action = { .sa_handler = on_signal }; /* no SA_RESTART: poll and send must return */
	const char *path = NULL;
	uid_t uid = geteuid();
	char *end;
	int option, error;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 's')
			path = optarg;
		else if (option == 'u') {
			uid = strtoul(optarg, &end, 10);
			if (*end || !*optarg)
				return usage(stderr, EXIT_CONFIG);
		} else
			return option == 'h' ? usage(stdout, 0) : usage(stderr, EXIT_CONFIG);
	}
	if (!path || optind != argc)
		return usage(stderr, EXIT_CONFIG);

	signal(SIGPIPE, SIG_IGN); /* a closed stderr must not end it */
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	if (sensor_open(server_send_event))
		return EXIT_CONFIG;
	if (listener_open(path, uid))
		return EXIT_CONFIG;
	error = privileges_drop();
	if (error) {
		fprintf(stderr, "tercel-reader: cannot give up its privileges: %s\n", strerror(error));
		return EXIT_FAILURE;
	}
	error = server_run();
	listener_close(path);
	sensor_close();
	return error;
}
