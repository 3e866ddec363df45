/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the handlers of system calls add to a frame, each as its plan asks for. */
#ifndef TERCEL_FIELDS_BPF_H
#define TERCEL_FIELDS_BPF_H

#include "message.bpf.h"
#include "path.bpf.h"
#include "plan.h"
#include "socket.bpf.h"

#define AT_FDCWD -100
#define OPEN_HOW_BYTES 24  /* sizeof(struct open_how) */

/* The value of an argument that a plan names. */
static __always_inline __u64 argument(struct scratch *s, __u8 index)
{
	return s->args[(index - 1) & 7];
}

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

/*
 * A path that was asked for and, when it is relative (or `always`), the folder it starts from, under the tag that follows:
 * that of the descriptor `directory`.
 */
__noinline int field_asked(__u32 scratch, __u32 tag, __u64 address, __s32 directory, int always)
{
	struct scratch *s = scratch_get(scratch);
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct path *from = &BPF_CORE_READ(task, fs)->pwd;
	__u8 *bytes;

	if (!s)
		return 0;
	bytes = field_bytes(s);
	field_user_string(scratch, tag, address);
	if (bytes[0] == '/' && !always)
		return 0;
	if (directory != AT_FDCWD) {
		struct file *file = file_of(task, directory);

		if (!file)
			return 0;
		from = &file->f_path;
	}
	field_path(scratch, tag + 1, (__u64)task, (__u64)from);
	return 0;
}

/* The file of a descriptor. */
static __always_inline void field_opened(struct scratch *s, struct file *file)
{
	field_path(s->index, FIELD_RESOLVED, bpf_get_current_task(), (__u64)&file->f_path);
	field_file(s->index, (__u64)file);
}

/* The first bytes of what was passed in. */
__noinline int field_data(__u32 scratch, __u64 address, __u64 size)
{
	struct scratch *s = scratch_get(scratch);
	__u32 length = size > DATA_BYTES ? DATA_BYTES : size;
	__u16 flags = 0;

	if (!s)
		return 0;
	BOUND(length, 127);
	if (length && bpf_probe_read_user(field_bytes(s), length, (const void *)address)) {
		length = 0;
		flags = FIELD_UNREADABLE;
	}
	field_end(s, FIELD_DATA, flags, length);
	return 0;
}

static __always_inline void field_open_how(struct scratch *s)
{
	if (!bpf_probe_read_user(field_bytes(s), OPEN_HOW_BYTES, (const void *)s->args[2]))
		field_end(s, FIELD_OPEN_HOW, 0, OPEN_HOW_BYTES);
}

/* What the plan asks for beside the arguments, but for descriptors. */
static __always_inline void memory_fields(struct scratch *s, struct call_plan *plan, struct entered *entered, int is_32bit)
{
	if (plan->path)
		field_asked(s->index, FIELD_PATH, argument(s, plan->path),
			    plan->directory ? argument(s, plan->directory) : AT_FDCWD,
			    plan->flags & PLAN_OPEN_HOW); /* RESOLVE_IN_ROOT takes an absolute path for a relative one */
	if (plan->new_path)
		field_asked(s->index, FIELD_NEW_PATH, argument(s, plan->new_path),
			    plan->new_directory ? argument(s, plan->new_directory) : AT_FDCWD, 0);
	if (plan->text)
		field_user_string(s->index, FIELD_TEXT, argument(s, plan->text));
	if (plan->flags & PLAN_OPEN_HOW)
		field_open_how(s);
	if (takes_sockaddr(plan))
		field_sockaddr(s, plan, entered, is_32bit);
	if (plan->data)
		field_data(s->index, argument(s, plan->data), argument(s, plan->data + 1));
	if (plan->flags & PLAN_MESSAGE)
		field_message(s->index, s->args[1], is_32bit);
}

/* What is behind the descriptor of the call: a socket or a file, as its plan asks for. */
static __always_inline void descriptor_fields(struct scratch *s, struct call_plan *plan, long result)
{
	__u8 from = plan->socket ? plan->socket : plan->opened;
	int made = from == PLAN_RESULT;
	struct sock *sk = NULL;
	struct file *file;

	if (made && result < 0)
		from = plan->failed;
	if (!from)
		return;
	file = file_of((struct task_struct *)bpf_get_current_task(), from == PLAN_RESULT ? result : argument(s, from));
	if (!file) {
		if (made && result >= 0)
			count(COUNTER_UNRESOLVED);
		return;
	}
	if (plan->socket)
		sk = sock_of(file);
	if (sk)
		field_socket(s->index, (__u64)sk);
	else if (plan->opened)
		field_opened(s, file);
}

#endif
