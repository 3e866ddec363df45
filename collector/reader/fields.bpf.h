/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the handlers of system calls add to a frame, each as its plan asks for. */
#ifndef TERCEL_FIELDS_BPF_H
#define TERCEL_FIELDS_BPF_H

#include "path.bpf.h"
#include "plan.h"

#define AT_FDCWD -100
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define AF_INET6 10
#define SYS_CONNECT 3 /* include/uapi/linux/net.h */
#define SOCKADDR_BYTES 128 /* sizeof(struct sockaddr_storage) */
#define OPEN_HOW_BYTES 24  /* sizeof(struct open_how) */

/* What a call was given, kept from its start to its end. */
struct entered {
	__u64 args[6];
	__u16 call;
	__u16 sockaddr_length;
	__u32 reserved;
	__u8 sockaddr[SOCKADDR_BYTES];
};

__noinline int field_file(__u32 scratch, __u64 file_address)
{
	struct scratch *s = scratch_get(scratch);
	struct file *file = (struct file *)file_address;
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct file_field *field;

	if (!s)
		return 0;
	field = (struct file_field *)field_bytes(s);

	field->inode = BPF_CORE_READ(inode, i_ino);
	field->device = BPF_CORE_READ(inode, i_sb, s_dev);
	field->mode = BPF_CORE_READ(inode, i_mode);
	field->flags = BPF_CORE_READ(file, f_flags);
	field->reserved = 0;
	field_end(s, FIELD_FILE, 0, sizeof(*field));
	return 0;
}

__noinline int field_socket(__u32 scratch, __u32 descriptor)
{
	struct scratch *s = scratch_get(scratch);
	struct file *file = file_of((struct task_struct *)bpf_get_current_task(), descriptor);
	struct socket *socket;
	struct sock *sk;
	struct socket_field *field;

	if (!s || !file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	if (!sk)
		return 0;
	field = (struct socket_field *)field_bytes(s);
	field->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	field->type = BPF_CORE_READ(sk, sk_type);
	field->protocol = BPF_CORE_READ(sk, sk_protocol);
	field->state = BPF_CORE_READ(sk, __sk_common.skc_state);
	field->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	field->remote_port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
	field->reserved = 0;
	__builtin_memset(field->local, 0, sizeof(field->local));
	__builtin_memset(field->remote, 0, sizeof(field->remote));
	if (field->family == AF_INET6) {
		BPF_CORE_READ_INTO(&field->local, sk, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&field->remote, sk, __sk_common.skc_v6_daddr);
	} else {
		*(__u32 *)field->local = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
		*(__u32 *)field->remote = BPF_CORE_READ(sk, __sk_common.skc_daddr);
	}
	field_end(s, FIELD_SOCKET, 0, sizeof(*field));
	return 0;
}

/* The path that was asked for and, when it is relative, the folder it starts from. */
static __always_inline void field_asked(struct scratch *s, struct call_plan *plan)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u8 *bytes = field_bytes(s);
	int directory = AT_FDCWD;
	struct path *from = &BPF_CORE_READ(task, fs)->pwd;

	field_user_string(s->index, FIELD_PATH, s->args[(plan->path - 1) & 7]);
	if (bytes[0] == '/')
		return;
	if (plan->directory)
		directory = (int)s->args[(plan->directory - 1) & 7];
	if (directory != AT_FDCWD) {
		struct file *file = file_of(task, directory);

		if (!file)
			return;
		from = &file->f_path;
	}
	field_path(s->index, FIELD_DIRECTORY, (__u64)task, (__u64)from);
}

static __always_inline void field_opened(struct scratch *s, long descriptor)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file *file = file_of(task, descriptor);

	if (!file) {
		count(COUNTER_UNRESOLVED);
		return;
	}
	field_path(s->index, FIELD_RESOLVED, (__u64)task, (__u64)&file->f_path);
	field_file(s->index, (__u64)file);
}

/* Reads the address that a call was given as its second argument, with its length as the third; gives its length. */
static __always_inline __u32 read_sockaddr(void *to, const __u64 *args)
{
	/* The kernel takes an int: what stands above its 32 bits is not part of it. */
	__u32 length = args[2];

	if (length > SOCKADDR_BYTES)
		length = SOCKADDR_BYTES;
	BOUND(length, 255);
	if (length > SOCKADDR_BYTES || bpf_probe_read_user(to, length, (const void *)args[1]))
		return 0;
	return length;
}

/* The address as it was when the call began; where its page was not there yet, as it is now. */
static __always_inline void field_sockaddr(struct scratch *s, struct entered *entered)
{
	__u32 length = entered ? entered->sockaddr_length : 0;

	BOUND(length, 255);
	if (length > 0 && length <= SOCKADDR_BYTES)
		bpf_probe_read_kernel(field_bytes(s), length, entered->sockaddr);
	else
		length = read_sockaddr(field_bytes(s), s->args);
	field_end(s, FIELD_SOCKADDR, length ? 0 : FIELD_UNREADABLE, length);
}

/* Puts the arguments of the connect in place of those of the socketcall; 0 when it does something else. */
static __always_inline int socketcall_connects(__u64 args[6])
{
	__u32 inner[3];

	if ((__u32)args[0] != SYS_CONNECT || bpf_probe_read_user(inner, sizeof(inner), (const void *)args[1]))
		return 0;
	for (int i = 0; i < 3; i++)
		args[i] = inner[i];
	return 1;
}

static __always_inline void field_open_how(struct scratch *s)
{
	if (!bpf_probe_read_user(field_bytes(s), OPEN_HOW_BYTES, (const void *)s->args[2]))
		field_end(s, FIELD_OPEN_HOW, 0, OPEN_HOW_BYTES);
}

#endif
