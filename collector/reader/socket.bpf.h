/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the kernel knows of the socket behind a descriptor. */
#ifndef TERCEL_SOCKET_BPF_H
#define TERCEL_SOCKET_BPF_H

#include "kernel-socket.h"
#include "path.bpf.h"

#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define SOCK_STREAM 1
#define AF_UNIX 1
#define AF_INET 2
#define IPPROTO_SCTP 132
#define AF_INET6 10
#define UNIX_NAME_BYTES 108 /* include/uapi/linux/un.h, UNIX_PATH_MAX */

/* The socket behind a file, or NULL. */
static __always_inline struct sock *sock_of(struct file *file)
{
	struct socket *socket;

	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	/* NULL where it is the name of a socket that was opened (O_PATH). */
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

/* What a Unix socket is bound to. */
__noinline int field_socket_path(__u32 scratch, __u32 tag, __u64 sock_address)
{
	struct scratch *s = scratch_get(scratch);
	struct unix_sock *named = (struct unix_sock *)sock_address;
	struct unix_address *address;
	__u32 length;

	if (!s)
		return 0;
	address = BPF_CORE_READ(named, addr);
	if (!address)
		return 0;
	if (BPF_CORE_READ(named, path.dentry)) {
		field_path(scratch, tag, bpf_get_current_task(), (__u64)&named->path);
		return 0;
	}
	length = BPF_CORE_READ(address, len) - sizeof(__u16); /* without the family */
	if (length > UNIX_NAME_BYTES)
		length = UNIX_NAME_BYTES;
	BOUND(length, 127);
	if (!bpf_probe_read_kernel(field_bytes(s), length,
				   (void *)address + bpf_core_field_offset(struct unix_address, name) + sizeof(__u16)))
		field_end(s, tag, 0, length);
	return 0;
}

__noinline int field_socket(__u32 scratch, __u64 sock_address)
{
	struct scratch *s = scratch_get(scratch);
	struct sock *sk = (struct sock *)sock_address;
	struct socket_field *field;
	__u16 family;

	if (!s)
		return 0;
	field = (struct socket_field *)field_bytes(s);
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	field->family = family;
	field->type = BPF_CORE_READ(sk, sk_type);
	field->protocol = BPF_CORE_READ(sk, sk_protocol);
	field->state = BPF_CORE_READ(sk, __sk_common.skc_state);
	field->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	field->remote_port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
	field->queue_limit = BPF_CORE_READ(sk, sk_max_ack_backlog);
	__builtin_memset(field->local, 0, sizeof(field->local));
	__builtin_memset(field->remote, 0, sizeof(field->remote));
	if (family == AF_INET6) {
		BPF_CORE_READ_INTO(&field->local, sk, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&field->remote, sk, __sk_common.skc_v6_daddr);
	} else {
		*(__u32 *)field->local = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
		*(__u32 *)field->remote = BPF_CORE_READ(sk, __sk_common.skc_daddr);
	}
	field_end(s, FIELD_SOCKET, 0, sizeof(*field));
	if (family == AF_UNIX && bpf_core_type_exists(struct unix_sock)) {
		struct sock *peer = BPF_CORE_READ((struct unix_sock *)sk, peer);

		field_socket_path(scratch, FIELD_SOCKET_PATH, sock_address);
		if (peer)
			field_socket_path(scratch, FIELD_PEER_PATH, (__u64)peer);
	}
	return 0;
}

/* Whether a message with MSG_FASTOPEN opens a connection of the socket: others than those of TCP do not mind the flag. */
static __always_inline int is_opened_fast(struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	return BPF_CORE_READ(sk, sk_type) == SOCK_STREAM && (family == AF_INET || family == AF_INET6) &&
	       BPF_CORE_READ(sk, sk_protocol) != IPPROTO_SCTP;
}

/* How many connections wait at a socket that listens. */
__noinline int field_queue(__u32 scratch, __s32 descriptor)
{
	struct scratch *s = scratch_get(scratch);
	struct sock *sk = sock_of(file_of((struct task_struct *)bpf_get_current_task(), descriptor));
	struct queue_field *field;

	if (!s || !sk)
		return 0;
	field = (struct queue_field *)field_bytes(s);
	field->length = BPF_CORE_READ(sk, sk_ack_backlog);
	field->limit = BPF_CORE_READ(sk, sk_max_ack_backlog);
	field_end(s, FIELD_QUEUE, 0, sizeof(*field));
	return 0;
}

#endif
