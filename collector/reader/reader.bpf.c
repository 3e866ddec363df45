// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The programs that run in the kernel. Processes: exec, fork, exit, and a scan of those that ran before. System calls: a
 * generic pair of handlers that collects what the plan of the call asks for. What the bytes mean is decided elsewhere.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "frame.h"
#include "plan.h"
#include "kernel.h"
#include "scratch.bpf.h"
#include "path.bpf.h"
#include "process.bpf.h"
#include "plans.bpf.h"
#include "message.bpf.h"
#include "fields.bpf.h"
#include "arch.bpf.h"
#include "fast-open.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Thread groups that are not traced: the reader's own and the collector's. Set by the reader. */
__u32 excluded[2];

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct entered);
} entered_calls SEC(".maps");

static __always_inline int is_excluded(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;

	return tgid == excluded[0] || tgid == excluded[1];
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs *regs, long number)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
	int compat = is_compat(task);
	struct call_plan *plan = plan_of(number, compat);
	struct sockaddr_place place;
	struct entered *entered;

	if (!plan || !(plan->flags & PLAN_ENTER) || is_excluded())
		return 0;
	if (is_passed_over(plan, regs, compat))
		return 0;
	entered = bpf_task_storage_get(&entered_calls, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!entered) {
		count(COUNTER_STORAGE);
		return 0;
	}
	call_args(regs, compat, entered->args);
	entered->call = CALL_NONE;
	if (plan->flags & PLAN_SOCKETCALL) {
		plan = plan_inside(entered->args[0]);
		if (!plan || read_socketcall(entered->args))
			return 0;
		if ((plan->flags & PLAN_CONNECTS_ONLY) && !asks_to_connect(plan, entered->args))
			return 0;
	}
	entered->call = plan->call;
	entered->sockaddr_length = 0;
	if (takes_sockaddr(plan) && !locate_sockaddr(&place, plan, entered->args, compat || (number & X32_SYSCALL_BIT)))
		entered->sockaddr_length = read_sockaddr(entered->sockaddr, &place);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long result)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();
	int compat = is_compat(task);
	long number = call_number(regs);
	int is_32bit = compat || (number & X32_SYSCALL_BIT);
	struct call_plan *plan = plan_of(number, compat);
	struct entered *entered = NULL;
	struct syscall_frame *frame;
	int inside = 0, connect;
	struct scratch *s;

	if (!plan || is_excluded() || is_passed_over(plan, regs, compat))
		return 0;
	if (plan->flags & PLAN_ENTER)
		entered = bpf_task_storage_get(&entered_calls, task, 0, 0);
	if ((plan->flags & PLAN_EXEC) && result == 0)
		return 0; /* reported by on_exec */
	if (plan->flags & PLAN_SOCKETCALL) {
		plan = plan_inside(first_arg(regs, compat));
		if (!plan)
			return 0;
		inside = 1;
	}
	if (entered && entered->call != plan->call)
		entered = NULL; /* it began before it was traced, or its arguments could not be read by then */
	connect = is_connect(plan, entered, result);
	if ((plan->flags & PLAN_CONNECTS_ONLY) && !connect) {
		if (entered)
			entered->call = CALL_NONE;
		return 0;
	}
	s = frame_begin(FRAME_SYSCALL, sizeof(*frame));
	if (!s)
		return 0;
	frame = (struct syscall_frame *)s->bytes;
	fill_task(&frame->task, task);
	frame->result = connect && result > 0 ? 0 : result;
	frame->call = connect ? CALL_CONNECT : plan->call;
	frame->flags = is_32bit ? SYSCALL_COMPAT : 0;
	if (entered) {
		__builtin_memcpy(s->args, entered->args, sizeof(entered->args));
		entered->call = CALL_NONE;
	} else {
		call_args(regs, compat, s->args);
		/* Those of a socket tell what it is only where nobody could change them since: else the socket does. */
		if (inside && (plan->call == CALL_SOCKET || read_socketcall(s->args)))
			__builtin_memset(s->args, 0xff, sizeof(frame->args)); /* no descriptor, no address */
	}
	__builtin_memcpy(frame->args, s->args, sizeof(frame->args));

	memory_fields(s, plan, entered, is_32bit);
	descriptor_fields(s, plan, result);
	if (plan->flags & PLAN_QUEUE)
		field_queue(s->index, s->args[0]);

	frame->field_count = s->field_count;
	frame_submit(s);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *binprm)
{
	struct entered *entered = bpf_task_storage_get(&entered_calls, task, 0, 0);
	struct process_frame *frame;
	struct scratch *s = frame_begin(FRAME_EXEC, sizeof(*frame));

	if (!s)
		return 0;
	frame = (struct process_frame *)s->bytes;
	fill_task(&frame->task, task);
	fill_process(s->index, bpf_get_current_task());
	if (entered) {
		frame->call = entered->call;
		/* Used up: an execveat returns with the number of execve, which perhaps nobody asked for. */
		entered->call = CALL_NONE;
	}

	field_kernel_string(s->index, FIELD_FILENAME, (__u64)BPF_CORE_READ(binprm, filename));
	field_argv(s, task);
	process_fields(s, bpf_get_current_task());

	frame->field_count = s->field_count;
	frame_submit(s);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct process_frame *frame;
	struct scratch *s;

	if (child->pid != child->tgid)
		return 0;
	s = frame_begin(FRAME_FORK, sizeof(*frame));
	if (!s)
		return 0;
	frame = (struct process_frame *)s->bytes;
	fill_task(&frame->task, child);
	/* Its own leader: the address as a number. */
	fill_process(s->index, (__u64)BPF_CORE_READ(child, group_leader));
	frame->origin_start_time = BPF_CORE_READ(parent, group_leader, start_boottime);
	frame->origin_tgid = BPF_CORE_READ(parent, tgid);
	frame->field_count = 0;
	frame_submit(s);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct exit_frame *frame;
	struct scratch *s;

	if (task->signal->live.counter > 0)
		return 0; /* a thread; the process goes on */
	s = frame_begin(FRAME_EXIT, sizeof(*frame));
	if (!s)
		return 0;
	frame = (struct exit_frame *)s->bytes;
	fill_task(&frame->task, task);
	frame->exit_code = task->exit_code;
	frame->reserved = 0;
	frame_submit(s);
	return 0;
}

SEC("iter/task")
int scan_process(struct bpf_iter__task *ctx)
{
	/* Copied first: the verifier forgets a check that was made on the context's own member. */
	struct task_struct *task = ctx->task, *volatile spilled;
	struct seq_file *seq = ctx->meta->seq;
	struct process_frame *frame;
	struct scratch *s;
	__u64 address;
	__u32 length;

	if (!task || !tells_of_process(task))
		return 0;
	s = scratch_get(SCRATCH_SCAN);
	if (!s)
		return 0;
	frame = (struct process_frame *)s->bytes;
	frame->frame.kind = FRAME_PROCESS;
	frame->frame.flags = 0;
	frame->frame.cpu = 0;
	s->index = SCRATCH_SCAN;
	s->length = sizeof(*frame);
	s->field_count = 0;
	spilled = task; /* read back, the address is a number */
	bpf_probe_read_kernel(&address, sizeof(address), (const void *)&spilled);
	fill_task(&frame->task, task);
	fill_process(s->index, address);
	process_fields(s, address);
	frame->field_count = s->field_count;
	frame_finish(s);
	length = s->length;
	BOUND(length, FRAME_MAX_LENGTH - 1);
	bpf_seq_write(seq, s->bytes, length);
	return 0;
}
