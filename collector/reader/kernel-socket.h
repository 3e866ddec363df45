/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The members of the kernel's sockets that the BPF programs read; see kernel.h. */
#ifndef TERCEL_KERNEL_SOCKET_H
#define TERCEL_KERNEL_SOCKET_H

#include "kernel.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct socket {
	short type;
	struct sock *sk;
};

struct in6_addr {
	__u8 in6_bytes[16];
};

struct sock_common {
	__u16 skc_family;
	volatile unsigned char skc_state;
	__u16 skc_dport; /* network order */
	__u16 skc_num;
	__u32 skc_daddr;
	__u32 skc_rcv_saddr;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
	__u16 sk_type;
	__u16 sk_protocol;
	__u32 sk_ack_backlog;
	__u32 sk_max_ack_backlog;
};

struct sockaddr_un {
	__u16 sun_family;
	char sun_path[108];
};

struct unix_address {
	int len; /* of the whole sockaddr_un */
	struct sockaddr_un name[0];
};

struct unix_sock {
	struct sock sk;
	struct unix_address *addr;
	struct path path;
	struct sock *peer;
};

#pragma clang attribute pop

#endif
