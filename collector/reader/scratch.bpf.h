/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Where a frame is put together: one buffer for each CPU, fields appended, then copied to the ring as a whole. */
#ifndef TERCEL_SCRATCH_BPF_H
#define TERCEL_SCRATCH_BPF_H

#include "frame.h"

#define PATH_BYTES 4096     /* PATH_MAX of the kernel: 4,095 bytes and a NUL */
#define ARGV_BYTES 16384
#define FIELD_START_MASK (FRAME_MAX_LENGTH - 1)

/* Keeps the compiler from dropping a bound that only the verifier needs (clang takes it for redundant). */
#define BOUND(value, mask) asm volatile("%0 &= %1" : "+r"(value) : "i"(mask))

/* A path being built from its end to its start; the addresses are those of kernel structures. */
struct walk {
	__u64 dentry; /* a kernfs_node for cgroups */
	__u64 mnt;
	__u64 root_dentry;
	__u64 root_mnt;
	__u32 at; /* where the path begins in scratch->path */
	__u32 flags;
};

/* The buffers of a message being gone through. */
struct gather {
	__u64 at; /* of the list of buffers, in the memory of the process */
	__u64 size;
	__u32 data_length;
	__u8 data_unreadable;
	__u8 unreadable;
	__u16 is_32bit;
};

struct scratch {
	__u32 busy;
	__u32 length; /* of the frame so far */
	__u32 field_count;
	__u32 index; /* of this entry */
	__u64 args[8];
	struct walk walk;
	struct gather gather;
	__u8 bytes[FRAME_MAX_LENGTH + sizeof(struct field) + ARGV_BYTES]; /* the longest frame has about 37 KiB */
	__u8 path[2 * PATH_BYTES]; /* built from its middle to the front */
};

/*
 * Entry 0 serves the scan, which an event may preempt; the others one CPU each (a value of a per-CPU map may not exceed
 * 32 KiB). The reader sets their number.
 */
#define SCRATCH_SCAN 0
#define SCRATCH_OF_CPU(cpu) ((cpu) + 1)

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 32 * 1024 * 1024);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTER_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

/* The reader is woken early when this much waits; else its poll comes by every few milliseconds. */
#define WAKEUP_BYTES (256 * 1024)

static __always_inline void count(__u32 counter)
{
	__u64 *value = bpf_map_lookup_elem(&counters, &counter);

	if (value)
		*value += 1;
}

static __always_inline struct scratch *scratch_get(__u32 index)
{
	return bpf_map_lookup_elem(&scratches, &index);
}

/* Starts a frame of `length` fixed bytes; NULL (and counted as lost) when the CPU's buffer is in use. */
static __always_inline struct scratch *frame_begin(__u8 kind, __u32 length)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct scratch *s = scratch_get(SCRATCH_OF_CPU(cpu));
	struct frame *frame;

	if (!s)
		return NULL;
	if (__sync_fetch_and_add(&s->busy, 1)) {
		__sync_fetch_and_add(&s->busy, -1);
		count(COUNTER_BUSY);
		return NULL;
	}
	frame = (struct frame *)s->bytes;
	frame->kind = kind;
	frame->flags = 0;
	frame->cpu = cpu;
	s->index = SCRATCH_OF_CPU(cpu);
	s->length = length;
	s->field_count = 0;
	return s;
}

static __always_inline void frame_finish(struct scratch *s)
{
	((struct frame *)s->bytes)->length = s->length;
}

static __always_inline void frame_submit(struct scratch *s)
{
	__u64 wakeup = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) >= WAKEUP_BYTES ? BPF_RB_FORCE_WAKEUP
										   : BPF_RB_NO_WAKEUP;
	__u32 length;

	frame_finish(s);
	length = s->length;
	BOUND(length, FRAME_MAX_LENGTH - 1);
	if (bpf_ringbuf_output(&ring, s->bytes, length, wakeup))
		count(COUNTER_RING_FULL);
	else
		count(COUNTER_FRAMES);
	__sync_fetch_and_add(&s->busy, -1);
}

/* Where the bytes of the next field go. */
static __always_inline __u8 *field_bytes(struct scratch *s)
{
	__u32 at = s->length;

	BOUND(at, FIELD_START_MASK);
	return &s->bytes[at + sizeof(struct field)];
}

/* Ends the field whose bytes were just written. */
static __always_inline void field_end(struct scratch *s, __u16 tag, __u16 flags, __u32 length)
{
	__u32 at = s->length;
	struct field *field;

	BOUND(at, FIELD_START_MASK);
	field = (struct field *)&s->bytes[at];
	field->tag = tag;
	field->flags = flags;
	field->length = length;
	s->length = at + sizeof(struct field) + ((length + 7) & ~7u);
	s->field_count++;
	if (flags & FIELD_CUT)
		count(COUNTER_CUT);
	if (flags & FIELD_UNREADABLE)
		count(COUNTER_UNREADABLE);
}

/* `last` is what stands where a string of the greatest length ends: NUL when all of it was read. */
static __always_inline int field_string_end(struct scratch *s, __u16 tag, long n, char last)
{
	if (n <= 0)
		field_end(s, tag, FIELD_UNREADABLE, 0);
	else
		field_end(s, tag, n == PATH_BYTES && last ? FIELD_CUT : 0, n - 1);
	return 0;
}

/*
 * The functions that follow, here and in the other files, are global and take numbers only (kernel addresses among them):
 * so the verifier looks at each once, not again for every state that its callers can be in.
 */

__noinline int field_user_string(__u32 scratch, __u32 tag, __u64 address)
{
	struct scratch *s = scratch_get(scratch);
	char last = 0;
	long n;

	if (!s)
		return 0;
	n = bpf_probe_read_user_str(field_bytes(s), PATH_BYTES, (const void *)address);
	if (n == PATH_BYTES)
		bpf_probe_read_user(&last, sizeof(last), (const void *)(address + PATH_BYTES - 1));
	return field_string_end(s, tag, n, last);
}

__noinline int field_kernel_string(__u32 scratch, __u32 tag, __u64 address)
{
	struct scratch *s = scratch_get(scratch);
	char last = 0;
	long n;

	if (!s)
		return 0;
	n = bpf_probe_read_kernel_str(field_bytes(s), PATH_BYTES, (const void *)address);
	if (n == PATH_BYTES)
		bpf_probe_read_kernel(&last, sizeof(last), (const void *)(address + PATH_BYTES - 1));
	return field_string_end(s, tag, n, last);
}

#endif
