/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What calls on sockets find in the memory of the process: addresses, messages, and the arguments of socketcall(2). */
#ifndef TERCEL_MESSAGE_BPF_H
#define TERCEL_MESSAGE_BPF_H

#include "plan.h"
#include "scratch.bpf.h"

#define SOCKADDR_BYTES 128 /* sizeof(struct sockaddr_storage) */
#define MSG_FASTOPEN 0x20000000 /* include/linux/socket.h */
#define BUFFERS_AT_MOST 1024 /* include/uapi/linux/uio.h, UIO_MAXIOV: a message of more is refused */

/* What a call was given, kept from its start to its end. */
struct entered {
	__u64 args[6];
	__u16 call;
	__u16 sockaddr_length;
	__u32 reserved;
	__u8 sockaddr[SOCKADDR_BYTES];
};

/* Where an address stands in the memory of the process; `at` is 0 where the call has none. */
struct sockaddr_place {
	__u64 at;
	__u32 length;
};

/* struct user_msghdr and struct compat_msghdr of include/linux/socket.h and include/net/compat.h, as far as they are read. */
struct message {
	__u64 name;
	__u64 name_length; /* an int; what stands above it is padding */
	__u64 buffers;
	__u64 buffer_count;
};

struct message_32bit {
	__u32 name;
	__u32 name_length;
	__u32 buffers;
	__u32 buffer_count;
};

static __always_inline int read_message(struct message *to, __u64 address, int is_32bit)
{
	struct message_32bit narrow;

	if (!is_32bit)
		return bpf_probe_read_user(to, sizeof(*to), (const void *)address);
	if (bpf_probe_read_user(&narrow, sizeof(narrow), (const void *)address))
		return -1;
	to->name = narrow.name;
	to->name_length = narrow.name_length;
	to->buffers = narrow.buffers;
	to->buffer_count = narrow.buffer_count;
	return 0;
}

static __always_inline int takes_sockaddr(const struct call_plan *plan)
{
	return plan->sockaddr || (plan->flags & PLAN_MESSAGE);
}

/* Non-zero when memory would have to tell and could not be read. */
static __always_inline int locate_sockaddr(struct sockaddr_place *place, const struct call_plan *plan, const __u64 *args,
					   int is_32bit)
{
	/* The kernel takes an int: what stands above its 32 bits is not part of it. */
	place->at = 0;
	place->length = 0;
	if (plan->flags & PLAN_MESSAGE) {
		struct message message;

		if (read_message(&message, args[1], is_32bit))
			return -1;
		place->at = message.name;
		place->length = message.name_length;
	} else if (plan->sockaddr == 2) {
		place->at = args[1];
		place->length = args[2];
	} else if (plan->sockaddr == 5) {
		place->at = args[4];
		place->length = args[5];
	}
	return 0;
}

/* Gives the length of what was read: 0 when there was nothing, or it could not be read. */
static __always_inline __u32 read_sockaddr(void *to, const struct sockaddr_place *place)
{
	__u32 length = place->length;

	if (length > SOCKADDR_BYTES)
		length = SOCKADDR_BYTES;
	BOUND(length, 255);
	if (!place->at || length > SOCKADDR_BYTES || bpf_probe_read_user(to, length, (const void *)place->at))
		return 0;
	return length;
}

/* The address as it was when the call began; where its page was not there yet, as it is now. */
static __always_inline void field_sockaddr(struct scratch *s, const struct call_plan *plan, struct entered *entered,
					   int is_32bit)
{
	__u32 length = entered ? entered->sockaddr_length : 0;
	struct sockaddr_place place;
	__u16 flags = length ? 0 : FIELD_LATE;

	BOUND(length, 255);
	if (length > 0 && length <= SOCKADDR_BYTES)
		bpf_probe_read_kernel(field_bytes(s), length, entered->sockaddr);
	else if (locate_sockaddr(&place, plan, s->args, is_32bit))
		length = 0;
	else if (!place.at || !place.length)
		return;
	else
		length = read_sockaddr(field_bytes(s), &place);
	field_end(s, FIELD_SOCKADDR, length ? flags : FIELD_UNREADABLE, length);
}

/* Takes the next buffer of the message: adds to its size and, as long as there is room, to its first bytes. */
static long gather_step(__u32 step, __u32 *scratch)
{
	struct scratch *s = scratch_get(*scratch);
	__u64 buffer[2]; /* struct iovec: address and length */
	__u32 narrow[2], length, have;
	struct gather *g;

	if (!s)
		return 1;
	g = &s->gather;
	if (g->is_32bit) {
		g->unreadable |= bpf_probe_read_user(narrow, sizeof(narrow), (const void *)(g->at + step * sizeof(narrow))) != 0;
		buffer[0] = narrow[0];
		buffer[1] = narrow[1];
	} else
		g->unreadable |= bpf_probe_read_user(buffer, sizeof(buffer), (const void *)(g->at + step * sizeof(buffer))) != 0;
	if (g->unreadable)
		return 1;
	g->size += buffer[1];
	have = g->data_length;
	length = buffer[1] > DATA_BYTES - have ? DATA_BYTES - have : buffer[1];
	BOUND(have, 127);
	BOUND(length, 127);
	if (!length || g->data_unreadable)
		return 0;
	if (bpf_probe_read_user(field_bytes(s) + have, length, (const void *)buffer[0]))
		g->data_unreadable = 1;
	else
		g->data_length = have + length;
	return 0;
}

/* The size of a message and its first bytes, as memory has them when the call returns. */
__noinline int field_message(__u32 scratch, __u64 address, int is_32bit)
{
	struct scratch *s = scratch_get(scratch);
	struct message message;
	struct message_field *field;
	struct gather *g;
	int unreadable;

	if (!s)
		return 0;
	g = &s->gather;
	unreadable = read_message(&message, address, is_32bit) || message.buffer_count > BUFFERS_AT_MOST;
	if (!unreadable) {
		g->at = message.buffers;
		g->size = 0;
		g->data_length = 0;
		g->data_unreadable = 0;
		g->unreadable = 0;
		g->is_32bit = is_32bit;
		bpf_loop(message.buffer_count, gather_step, &scratch, 0);
		unreadable = g->unreadable;
	}
	if (unreadable) {
		field_end(s, FIELD_MESSAGE, FIELD_UNREADABLE, 0);
		return 0;
	}
	field_end(s, FIELD_DATA, g->data_unreadable ? FIELD_UNREADABLE : 0, g->data_unreadable ? 0 : g->data_length);
	field = (struct message_field *)field_bytes(s);
	field->size = g->size;
	field_end(s, FIELD_MESSAGE, 0, sizeof(*field));
	return 0;
}

/* How many arguments, of 32 bits each, a socketcall(2) has in memory: net/socket.c, nargs. */
const volatile __u8 socketcall_arguments[PLAN_SOCKETCALLS] = { 0, 3, 3, 3, 2, 3, 3, 3, 4, 4, 4, 6, 6, 2, 5, 5, 3, 3, 4, 5, 4 };

/* Puts the arguments of the call inside of a socketcall in place of its own; non-zero when they could not be read. */
static __always_inline int read_socketcall(__u64 args[6])
{
	__u32 inside = args[0], inner[6] = {}, length;

	if (inside >= PLAN_SOCKETCALLS)
		return -1;
	length = socketcall_arguments[inside] * sizeof(inner[0]);
	BOUND(length, 31);
	if (length > sizeof(inner) || bpf_probe_read_user(inner, length, (const void *)args[1]))
		return -1;
	for (int i = 0; i < 6; i++)
		args[i] = inner[i];
	return 0;
}

#endif
