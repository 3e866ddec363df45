// SPDX-License-Identifier: Apache-2.0
#include "sensor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "build/reader.skel.h"
#include "calls.h"
#include "environment.h"

static struct reader_bpf *skeleton;
static struct ring_buffer *ring;
static event_sink sink;

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
	if (getenv("TERCEL_READER_DEBUG"))
		return vfprintf(stderr, format, arguments);
	return 0;
}

static int on_sample(void *context, void *data, size_t length)
{
	return sink(data, length);
}

int sensor_open(event_sink to)
{
	int error;

	sink = to;
	if (!environment_fits())
		return -1;
	libbpf_set_print(quiet);
	skeleton = reader_bpf__open();
	if (!skeleton) {
		environment_explain(errno);
		return -1;
	}
	bpf_map__set_max_entries(skeleton->maps.scratches, libbpf_num_possible_cpus() + 1);
	error = -reader_bpf__load(skeleton);
	if (error) {
		environment_explain(error);
		return -1;
	}
	skeleton->bss->excluded[0] = getpid();
	ring = ring_buffer__new(bpf_map__fd(skeleton->maps.ring), on_sample, NULL, NULL);
	if (!ring) {
		environment_explain(errno);
		return -1;
	}
	return 0;
}

void sensor_close(void)
{
	ring_buffer__free(ring);
	reader_bpf__destroy(skeleton);
}

void sensor_exclude_collector(__u32 tgid)
{
	skeleton->bss->excluded[1] = tgid;
}

/* Attaches or detaches, so that what nobody asked for costs nothing. */
static int set_attached(struct bpf_program *program, struct bpf_link **link, int wanted)
{
	if (!wanted) {
		bpf_link__destroy(*link);
		*link = NULL;
		return 0;
	}
	if (*link)
		return 0;
	*link = bpf_program__attach(program);
	return *link ? 0 : errno;
}

static int set_plan(int number, const struct call_plan *plan)
{
	__u32 key = number;

	return bpf_map_update_elem(bpf_map__fd(skeleton->maps.plans), &key, plan, BPF_ANY) ? errno : 0;
}

static int is_wanted(__u16 call, const __u16 *calls, __u32 count)
{
	for (__u32 i = 0; i < count; i++)
		if (calls[i] == call)
			return 1;
	return 0;
}

/* A send without an address cannot. */
static int may_connect(const struct call_plan *plan)
{
	return (plan->call == CALL_SENDTO && plan->sockaddr) || plan->call == CALL_SENDMSG;
}

int sensor_configure(const __u16 *calls, __u32 count)
{
	static const struct call_plan none;
	static const struct call_plan socketcall = { .call = PLAN_CALL_INSIDE, .flags = PLAN_ENTER | PLAN_SOCKETCALL };
	int error = 0, any_enter = 0, any_inside = 0, connects = is_wanted(CALL_CONNECT, calls, count);

	for (int i = 0; i < traced_call_count && !error; i++) {
		const struct traced_call *traced = &traced_calls[i];
		int wanted = is_wanted(traced->plan.call, calls, count);
		struct call_plan plan = wanted ? traced->plan : none;

		if (connects && may_connect(&traced->plan)) {
			plan = traced->plan;
			plan.flags |= wanted ? PLAN_CONNECTS : PLAN_CONNECTS | PLAN_CONNECTS_ONLY;
			wanted = 1;
		}
		any_enter |= wanted && (plan.flags & PLAN_ENTER);
		if (traced->number >= 0)
			error = set_plan(traced->number, &plan);
		if (traced->compat_number >= 0 && !error)
			error = set_plan(PLAN_COMPAT_OFFSET + traced->compat_number, &plan);
		if (traced->x32_number && !error)
			error = set_plan(traced->x32_number, &plan);
		if (traced->socketcall && !error)
			error = set_plan(PLAN_SOCKETCALL_OFFSET + traced->socketcall, &plan);
		any_inside |= wanted && traced->socketcall;
	}
	if (socketcall_number >= 0 && !error)
		error = set_plan(PLAN_COMPAT_OFFSET + socketcall_number, any_inside ? &socketcall : &none);
	any_enter |= any_inside && socketcall_number >= 0;
	/* The processes are followed whatever the rules name: every alert tells of them. */
	if (!error)
		error = set_attached(skeleton->progs.on_exec, &skeleton->links.on_exec, 1);
	if (!error)
		error = set_attached(skeleton->progs.on_fork, &skeleton->links.on_fork, 1);
	if (!error)
		error = set_attached(skeleton->progs.on_exit, &skeleton->links.on_exit, 1);
	if (!error)
		error = set_attached(skeleton->progs.on_sys_enter, &skeleton->links.on_sys_enter, any_enter);
	if (!error)
		error = set_attached(skeleton->progs.on_sys_exit, &skeleton->links.on_sys_exit, count > 0);
	return error;
}

/* Adds what only /proc tells: the arguments. `room` bytes are free behind the frame. */
static void add_arguments(struct process_frame *frame, size_t room)
{
	struct field *field = (struct field *)((char *)frame + frame->frame.length);
	char path[64];
	ssize_t n;
	int descriptor;

	snprintf(path, sizeof(path), "/proc/%u/task/%u/cmdline", frame->task.tgid, frame->task.tid);
	descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return; /* gone meanwhile: its exit frame follows */
	n = read(descriptor, field + 1, room - sizeof(*field));
	close(descriptor);
	if (n < 0)
		return;
	field->tag = FIELD_ARGV;
	field->flags = (size_t)n == room - sizeof(*field) ? FIELD_CUT : 0;
	field->length = n;
	frame->field_count++;
	frame->frame.length += sizeof(*field) + ((n + 7) & ~7);
}

int sensor_scan(frame_sink to)
{
	/* Twice the largest frame: one that is being read and one that is being completed. */
	static _Alignas(8) char in[2 * FRAME_MAX_LENGTH], out[FRAME_MAX_LENGTH];
	struct bpf_link *link = bpf_program__attach_iter(skeleton->progs.scan_process, NULL);
	size_t have = 0;
	ssize_t n;
	int descriptor, error;

	if (!link)
		return errno;
	descriptor = bpf_iter_create(bpf_link__fd(link));
	if (descriptor < 0) {
		error = errno;
		bpf_link__destroy(link);
		return error;
	}
	while ((n = read(descriptor, in + have, sizeof(in) - have)) > 0 || (n < 0 && errno == EAGAIN)) {
		size_t at = 0;

		have += n > 0 ? n : 0;
		while (have - at >= sizeof(struct frame)) {
			struct process_frame *frame = (struct process_frame *)(in + at);
			__u32 length = frame->frame.length;

			if (have - at < length)
				break;
			memcpy(out, frame, length);
			add_arguments((struct process_frame *)out, sizeof(out) - length - sizeof(struct field));
			to(out, ((struct frame *)out)->length);
			at += length;
		}
		memmove(in, in + at, have - at);
		have -= at;
	}
	error = n < 0 ? errno : 0;
	close(descriptor);
	bpf_link__destroy(link);
	return error;
}

int sensor_poll_descriptor(void)
{
	return ring_buffer__epoll_fd(ring);
}

int sensor_consume(void)
{
	return ring_buffer__consume(ring);
}

void sensor_counters(__u64 counters[COUNTER_COUNT])
{
	int cpus = libbpf_num_possible_cpus();
	__u64 values[cpus];

	for (__u32 i = 0; i < COUNTER_COUNT; i++) {
		counters[i] = 0;
		if (bpf_map_lookup_elem(bpf_map__fd(skeleton->maps.counters), &i, values))
			continue;
		for (int cpu = 0; cpu < cpus; cpu++)
			counters[i] += values[cpu];
	}
}
