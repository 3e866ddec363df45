// SPDX-License-Identifier: Apache-2.0
/* Writes one frame of every kind to stdout, as C lays them out: what the decoder of the collector is checked against. */
#include <stdio.h>
#include <string.h>

#include "frame.h"

static _Alignas(8) unsigned char bytes[FRAME_MAX_LENGTH];
static __u32 length;
static __u16 field_count;

static void *begin(__u8 kind, __u32 size)
{
	struct frame *frame = (struct frame *)bytes;

	memset(bytes, 0, sizeof(bytes));
	frame->kind = kind;
	frame->cpu = 3;
	length = size;
	field_count = 0;
	return frame;
}

static void add(__u16 tag, __u16 flags, const void *data, __u32 size)
{
	struct field field = { .tag = tag, .flags = flags, .length = size };

	memcpy(bytes + length, &field, sizeof(field));
	memcpy(bytes + length + sizeof(field), data, size);
	length += sizeof(field) + ((size + 7) & ~7u);
	field_count++;
}

static void end(void)
{
	((struct frame *)bytes)->length = length;
	fwrite(bytes, 1, length, stdout);
}

static void task(struct task_block *block)
{
	block->time = 0x0000000500000007ull; /* both halves are used */
	block->start_time = 0x0000000400000006ull;
	block->tgid = 4242;
	block->tid = 4243;
	block->uid = 1000;
	block->gid = 0xffffffff;
	memcpy(block->comm, "na\xffme\n", 6);
}

static void process(__u8 kind)
{
	struct process_frame *frame = begin(kind, sizeof(*frame));

	task(&frame->task);
	frame->parent_start_time = 0x100000002ull;
	frame->origin_start_time = 0x100000003ull;
	frame->parent_tgid = 4000;
	frame->origin_tgid = 4001;
	frame->login_uid = 0xffffffff;
	frame->tty = 34816;
	frame->sid = 11;
	frame->pgid = 12;
	frame->vpid = 1;
	frame->vsid = 2;
	frame->vpgid = 3;
	frame->call = CALL_EXECVEAT;
	add(FIELD_FILENAME, 0, "./sh", 4);
	add(FIELD_EXEPATH, 0, "/bin/busybox", 12);
	add(FIELD_CWD, FIELD_CUT, "/tmp", 4);
	add(FIELD_ARGV, 0, "sh\0-c\0\0id", 9);
	add(FIELD_CGROUP, FIELD_UNREADABLE, "", 0);
	add(FIELD_CGROUP_V1, 0, "/c/0123", 7);
	frame->field_count = field_count;
	end();
}

static void call(void)
{
	struct file_field file = { .inode = 0x300000001ull, .device = 0x800001, .mode = 0100640, .flags = 0100002 };
	struct socket_field socket = { .family = 2, .type = 1, .protocol = 6, .state = 2, .local_port = 40000, .remote_port = 443,
				       .queue_limit = 0x80000001,
				       .local = { 10, 0, 0, 1 }, .remote = { 10, 96, 0, 1 } };
	struct message_field message = { .size = 0x500000003ull };
	struct queue_field queue = { .length = 3, .limit = 128 };
	__u64 how[3] = { 0100, 0644, 8 };
	struct syscall_frame *frame = begin(FRAME_SYSCALL, sizeof(*frame));

	task(&frame->task);
	frame->result = -2;
	for (int i = 0; i < 6; i++)
		frame->args[i] = 0xffffffffffffff9cull + i;
	frame->call = CALL_OPENAT2;
	frame->flags = SYSCALL_COMPAT;
	add(FIELD_PATH, 0, "x/../y", 6);
	add(FIELD_DIRECTORY, 0, "/home", 5);
	add(FIELD_RESOLVED, 0, "/home/y", 7);
	add(FIELD_FILE, 0, &file, sizeof(file));
	add(FIELD_OPEN_HOW, 0, how, sizeof(how));
	add(FIELD_SOCKADDR, 0, "\2\0\1\273\n`\0\1", 8);
	add(FIELD_SOCKET, 0, &socket, sizeof(socket));
	add(FIELD_NEW_PATH, FIELD_CUT, "z", 1);
	add(FIELD_NEW_DIRECTORY, 0, "/new", 4);
	add(FIELD_TEXT, 0, "/etc/shadow", 11);
	add(FIELD_DATA, 0, "GET /\0", 6);
	add(FIELD_MESSAGE, 0, &message, sizeof(message));
	add(FIELD_QUEUE, 0, &queue, sizeof(queue));
	add(FIELD_SOCKET_PATH, 0, "\0name", 5);
	add(FIELD_PEER_PATH, FIELD_LATE, "/peer", 5);
	frame->field_count = field_count;
	end();
}

int main(void)
{
	struct hello_frame *hello = begin(FRAME_HELLO, sizeof(*hello));
	struct stats_frame *stats;
	struct configured_frame *configured;
	struct exit_frame *exited;

	hello->magic = FRAME_MAGIC;
	hello->version = FRAME_VERSION;
	hello->boot_offset = -5000000000ll;
	hello->connection = 2;
	hello->unsettled = 17;
	hello->away_ns = 1500000000ull;
	for (int i = 0; i < COUNTER_COUNT; i++)
		hello->counters[i] = 0x100000000ull + i;
	hello->pid = 99;
	hello->cpus = 2;
	end();

	process(FRAME_PROCESS);
	process(FRAME_EXEC);
	process(FRAME_FORK);
	exited = begin(FRAME_EXIT, sizeof(*exited));
	task(&exited->task);
	exited->exit_code = -1;
	end();
	call();
	stats = begin(FRAME_STATS, sizeof(*stats));
	stats->boot_offset = 1700000000123456789ll;
	for (int i = 0; i < COUNTER_COUNT; i++)
		stats->counters[i] = i * 10;
	end();
	configured = begin(FRAME_CONFIGURED, sizeof(*configured));
	configured->generation = 5;
	configured->error = 22;
	end();
	begin(FRAME_SCANNED, sizeof(struct frame));
	end();
	begin(FRAME_LEFT, sizeof(struct frame));
	end();
	return 0;
}
