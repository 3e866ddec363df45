/*
 * Makes the calls on sockets and descriptors that its arguments name, by the entry that the first one names, and prints for
 * each that is traced a line of JSON with the truth: the call, its result, and of the descriptor that it made or used the two
 * ends, as getsockname and getpeername have them.
 *
 *   sockets native , socket 2 1 0 , bind 3 4:127.0.0.1:0 , listen 3 5 , socket 2 1 0 , join 4 @3 , accept 3
 *
 * Addresses: 4:IP:PORT, 6:IP:PORT, 0:IP:PORT and ::IP:PORT (of no family), c:IP:PORT (of IPv4, in a page that is not
 * in memory yet), u:PATH, a:NAME (abstract), n (the kernel, netlink), @FD (that of
 * a socket), ~FD (127.0.0.1 with the port of a socket of IPv6), - (none), bad (a pointer to nothing). Parts of a message are separated by slashes; @bad-message, @bad-parts and @many are what no kernel takes. Calls that are not traced:
 * join (connect), pair, pipe, event, inotify, memory, open, close, alarm.
 */
#include "entries.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>

/* Standard output, also when that is replaced. */
static FILE *truth;

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un local;
	struct sockaddr_nl kernel;
	struct sockaddr_storage room;
};

/* The address that `text` stands for, in memory of its own, and its length. */
static void *address(const char *text, socklen_t *length)
{
	union address to = { 0 };
	const char *port = strrchr(text, ':');
	char ip[64] = "";

	*length = 0;
	if (!strcmp(text, "-"))
		return NULL;
	if (!strcmp(text, "bad")) {
		*length = sizeof(to.v4);
		return (void *)1;
	}
	if (*text == '@') {
		*length = sizeof(to);
		getsockname(number(text + 1), &to.any, length);
	} else if (*text == '~') {
		*length = sizeof(to);
		getsockname(number(text + 1), &to.any, length);
		to.v4 = (struct sockaddr_in){ AF_INET, to.v6.sin6_port, { htonl(INADDR_LOOPBACK) } };
		*length = sizeof(to.v4);
	} else if (*text == 'n') {
		to.kernel.nl_family = AF_NETLINK;
		*length = sizeof(to.kernel);
	} else if (*text == 'u' || *text == 'a') {
		to.local.sun_family = AF_UNIX;
		strcpy(to.local.sun_path + (*text == 'a'), text + 2);
		*length = offsetof(struct sockaddr_un, sun_path) + strlen(text + 2) + 1;
	} else {
		memcpy(ip, text + 2, port - text - 2);
		if (*text == '6' || *text == ':') {
			to.v6.sin6_family = *text == '6' ? AF_INET6 : AF_UNSPEC;
			to.v6.sin6_port = htons(number(port + 1));
			inet_pton(AF_INET6, ip, &to.v6.sin6_addr);
			*length = sizeof(to.v6);
		} else {
			to.v4.sin_family = *text == '0' ? AF_UNSPEC : AF_INET;
			to.v4.sin_port = htons(number(port + 1));
			inet_pton(AF_INET, ip, &to.v4.sin_addr);
			*length = sizeof(to.v4);
		}
	}
	return *text == 'c' ? cold_copy(&to, *length) : low_copy(&to, *length);
}

static void print_address(const char *name, int (*get)(int, struct sockaddr *, socklen_t *), int fd)
{
	union address of = { 0 };
	socklen_t length = sizeof(of);
	char ip[64] = "";

	if (fd < 0 || get(fd, &of.any, &length))
		return;
	if (of.any.sa_family == AF_INET)
		fprintf(truth, ",\"%s\":\"%s:%d\"", name, inet_ntop(AF_INET, &of.v4.sin_addr, ip, 64), ntohs(of.v4.sin_port));
	else if (of.any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&of.v6.sin6_addr))
		fprintf(truth, ",\"%s\":\"%s:%d\"", name, inet_ntop(AF_INET, &of.v6.sin6_addr.s6_addr[12], ip, 64), ntohs(of.v6.sin6_port));
	else if (of.any.sa_family == AF_INET6)
		fprintf(truth, ",\"%s\":\"[%s]:%d\"", name, inet_ntop(AF_INET6, &of.v6.sin6_addr, ip, 64), ntohs(of.v6.sin6_port));
}

static void report(const char *call, long result, int fd)
{
	fprintf(truth, "{\"call\":\"%s\",\"result\":%ld,\"used\":%d", call, result, fd);
	print_address("local", getsockname, fd);
	print_address("remote", getpeername, fd);
	fprintf(truth, "}\n");
	fflush(truth);
}

static long send_message(int fd, char *parts, const char *to, int flags)
{
	static const struct numbers call = { SYS_sendmsg, 370, 16, 518 };
	struct { unsigned base, length; } narrow[8] = { 0 };
	struct { unsigned name, name_length, parts, part_count, control, control_length, flags; } narrow_message = { 0 };
	struct iovec wide[8];
	struct msghdr message = { 0 };
	socklen_t length;
	void *name = address(to, &length);
	int count = 0;

	if (!strcmp(parts, "@bad-message"))
		return make(call, fd, 1, 0, 0, 0, 0);
	if (strcmp(parts, "@bad-parts") && strcmp(parts, "@many"))
		for (char *part = strtok(parts, "/"); part && strcmp(part, "@none"); part = strtok(NULL, "/")) {
			wide[count].iov_base = text_at(part);
			wide[count].iov_len = strcmp(part, "@bad") ? strlen(part) : 10;
			narrow[count].base = (long)wide[count].iov_base;
			narrow[count].length = wide[count].iov_len;
			count++;
		}
	message.msg_name = name;
	message.msg_namelen = length;
	message.msg_iov = low_copy(wide, count * sizeof(*wide));
	message.msg_iovlen = count;
	if (!strcmp(parts, "@bad-parts")) {
		message.msg_iov = (void *)1;
		message.msg_iovlen = 1;
	} else if (!strcmp(parts, "@many"))
		message.msg_iovlen = 1025;
	if (!is_32bit())
		return make(call, fd, (long)low_copy(&message, sizeof(message)), flags, 0, 0, 0);
	narrow_message.name = (long)name;
	narrow_message.name_length = length;
	narrow_message.parts = count ? (long)low_copy(narrow, count * sizeof(*narrow)) : (long)message.msg_iov;
	narrow_message.part_count = message.msg_iovlen;
	return make(call, fd, (long)low_copy(&narrow_message, sizeof(narrow_message)), flags, 0, 0, 0);
}

static void on_alarm(int signal)
{
}

static int untraced(char **a)
{
	struct itimerval soon = { .it_value.tv_usec = 50000, .it_interval.tv_usec = 50000 };
	struct timeval wait = { .tv_sec = 60 };
	struct sigaction action = { .sa_handler = on_alarm };
	socklen_t length;
	int ends[2];
	void *to;

	if (!strcmp(a[0], "join")) {
		to = address(a[2], &length);
		return connect(number(a[1]), to, length);
	}
	if (!strcmp(a[0], "pair"))
		return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	if (!strcmp(a[0], "pipe"))
		return pipe(ends);
	if (!strcmp(a[0], "event"))
		return eventfd(0, 0) < 0;
	if (!strcmp(a[0], "inotify"))
		return inotify_init() < 0;
	if (!strcmp(a[0], "memory"))
		return memfd_create("memory", 0) < 0;
	if (!strcmp(a[0], "open"))
		return open(a[1], number(a[2]), 0600) < 0;
	if (!strcmp(a[0], "close"))
		return close(number(a[1]));
	if (!strcmp(a[0], "alarm")) {
		/* A socket with a time limit is not asked again when a signal has interrupted it. */
		setsockopt(number(a[1]), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
		sigaction(SIGALRM, &action, NULL);
		return setitimer(ITIMER_REAL, &soon, NULL);
	}
	fprintf(stderr, "no call %s\n", a[0]);
	return -1;
}

static long result;

/* 0 where the call is not one of these; `fd` is the descriptor that the truth is told of. */
static int traced(char **a, int *fd)
{
	socklen_t length = 0;
	void *to;

#define IS(name) !strcmp(a[0], #name)
	*fd = a[1] ? number(a[1]) : -1;
	if (IS(socket))
		*fd = result = make((struct numbers){ SYS_socket, 359, 1 }, number(a[1]), number(a[2]), number(a[3]), 0, 0, 0);
	else if (IS(bind)) {
		to = address(a[2], &length);
		result = make((struct numbers){ SYS_bind, 361, 2 }, *fd, (long)to, length, 0, 0, 0);
	} else if (IS(listen))
		result = make((struct numbers){ SYS_listen, 363, 4 }, *fd, number(a[2]), 0, 0, 0, 0);
	else if (IS(accept)) /* The 32-bit entry has it in socketcall only. */
		*fd = result = make((struct numbers){ SYS_accept, -1, 5 }, *fd, 0, 0, 0, 0, 0);
	else if (IS(accept4))
		*fd = result = make((struct numbers){ SYS_accept4, 364, 18 }, *fd, 0, 0, number(a[2]), 0, 0);
	else if (IS(sendto)) {
		to = address(a[3], &length);
		result = make((struct numbers){ SYS_sendto, 369, 11 }, *fd, (long)text_at(a[2]),
			      *a[2] == '@' ? 10 : strlen(a[2]), MSG_NOSIGNAL | MSG_DONTWAIT, (long)to, length);
	} else if (IS(send))
		result = make((struct numbers){ SYS_sendto, 369, 9 }, *fd, (long)text_at(a[2]), strlen(a[2]), 0, 0, 0);
	else if (IS(sendmsg))
		result = send_message(*fd, a[2], a[3], 0);
	else if (IS(sendto-fast)) {
		to = address(a[3], &length);
		result = make((struct numbers){ SYS_sendto, 369, 11 }, *fd, (long)text_at(a[2]), strlen(a[2]), MSG_FASTOPEN, (long)to,
			      length);
	} else if (IS(sendmsg-fast))
		result = send_message(*fd, a[2], a[3], MSG_FASTOPEN);
	else if (IS(dup))
		*fd = result = make((struct numbers){ SYS_dup, 41 }, *fd, 0, 0, 0, 0, 0);
	else if (IS(dup2))
		*fd = result = make((struct numbers){ SYS_dup2, 63 }, *fd, number(a[2]), 0, 0, 0, 0);
	else if (IS(dup3))
		*fd = result = make((struct numbers){ SYS_dup3, 330 }, *fd, number(a[2]), number(a[3]), 0, 0, 0);
	else
		return 0;
	return 1;
}

int main(int argc, char **argv)
{
	int fd;

	entry = argv[1];
	truth = fdopen(fcntl(1, F_DUPFD_CLOEXEC, 100), "w");
	for (int i = 3; i < argc; i++) {
		char **call = &argv[i];

		while (i < argc && strcmp(argv[i], ","))
			i++;
		argv[i] = NULL;
		if (traced(call, &fd))
			report(call[0], result, fd);
		else if (untraced(call)) {
			fprintf(stderr, "%s: %s\n", call[0], strerror(errno));
			return 1;
		}
	}
	return 0;
}
