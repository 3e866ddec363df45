/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What a frame says of the task and its process. */
#ifndef TERCEL_PROCESS_BPF_H
#define TERCEL_PROCESS_BPF_H

#include "path.bpf.h"

#define PF_KTHREAD 0x00200000

/* `task` is a pointer that the verifier knows, so members are loaded and not copied by a helper: this is the hot path. */
static __always_inline void fill_task(struct task_block *block, struct task_struct *task)
{
	block->time = bpf_ktime_get_boot_ns();
	block->start_time = task->group_leader->start_boottime;
	block->tgid = task->tgid;
	block->tid = task->pid;
	block->uid = task->cred->euid.val;
	block->gid = task->cred->egid.val;
	bpf_probe_read_kernel_str(block->comm, sizeof(block->comm), &task->comm);
}

/* The number of `pid` at the level of a namespace, 0 where that namespace does not see it. */
static __always_inline __u32 number_at(struct pid *pid, __u32 level)
{
	struct upid upid = {};

	if (!pid || BPF_CORE_READ(pid, level) < level)
		return 0;
	bpf_probe_read_kernel(&upid, sizeof(upid),
			      (void *)pid + bpf_core_field_offset(struct pid, numbers) + level * sizeof(upid));
	return upid.nr;
}

/* The controlling terminal as /proc/PID/stat shows it (new_encode_dev of include/linux/kdev_t.h). */
static __always_inline __u32 tty_of(struct signal_struct *signal)
{
	struct tty_struct *tty = BPF_CORE_READ(signal, tty);
	__u32 major, minor;

	if (!tty)
		return 0;
	major = BPF_CORE_READ(tty, driver, major);
	minor = BPF_CORE_READ(tty, driver, minor_start) + BPF_CORE_READ(tty, index);
	return (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
}

/* The fixed part of a process frame behind its task block, for the process of a task. */
__noinline int fill_process(__u32 scratch, __u64 task_address)
{
	struct scratch *s = scratch_get(scratch);
	struct process_frame *frame;
	struct task_struct *task = (struct task_struct *)task_address;
	struct signal_struct *signal = BPF_CORE_READ(task, signal);
	struct task_struct *parent = BPF_CORE_READ(task, real_parent);
	struct pid *own = BPF_CORE_READ(task, group_leader, thread_pid);
	struct pid *group = BPF_CORE_READ(signal, pids[PIDTYPE_PGID]);
	struct pid *session = BPF_CORE_READ(signal, pids[PIDTYPE_SID]);
	__u32 level = BPF_CORE_READ(own, level);

	if (!s)
		return 0;
	frame = (struct process_frame *)s->bytes;
	frame->parent_start_time = BPF_CORE_READ(parent, group_leader, start_boottime);
	frame->parent_tgid = BPF_CORE_READ(parent, tgid);
	frame->origin_start_time = 0;
	frame->origin_tgid = 0;
	frame->login_uid = BPF_CORE_READ(task, loginuid.val);
	frame->tty = tty_of(signal);
	frame->sid = number_at(session, 0);
	frame->pgid = number_at(group, 0);
	frame->vpid = number_at(own, level);
	frame->vsid = number_at(session, level);
	frame->vpgid = number_at(group, level);
	frame->call = CALL_NONE;
	return 0;
}

/* The arguments of the current task, whose program has just been loaded: argv as the kernel has laid it out. */
static __always_inline void field_argv(struct scratch *s, struct task_struct *task)
{
	__u64 start = BPF_CORE_READ(task, mm, arg_start);
	__u64 whole = BPF_CORE_READ(task, mm, arg_end) - start;
	__u64 length = whole < ARGV_BYTES ? whole : ARGV_BYTES - 1;

	BOUND(length, ARGV_BYTES - 1);
	if (bpf_probe_read_user(field_bytes(s), length, (const void *)start))
		field_end(s, FIELD_ARGV, FIELD_UNREADABLE, 0);
	else
		field_end(s, FIELD_ARGV, whole > length ? FIELD_CUT : 0, length);
}

/* The fields that say what runs and where: executable, working directory, cgroup. */
static __always_inline void process_fields(struct scratch *s, __u64 task_address)
{
	struct task_struct *task = (struct task_struct *)task_address;
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct cgroup *cgroup = BPF_CORE_READ(set, dfl_cgrp), *cgroup_v1 = NULL;
	struct file *exe = BPF_CORE_READ(task, mm, exe_file);

	if (exe)
		field_path(s->index, FIELD_EXEPATH, task_address, (__u64)&exe->f_path);
	field_path(s->index, FIELD_CWD, task_address, (__u64)&BPF_CORE_READ(task, fs)->pwd);
	field_cgroup(s->index, FIELD_CGROUP, (__u64)cgroup);

	/* On hybrid machines the runtimes group containers in the old hierarchies only. */
	if (bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id))
		cgroup_v1 = BPF_CORE_READ(set, subsys[bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id)], cgroup);
	else if (bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id))
		cgroup_v1 = BPF_CORE_READ(set, subsys[bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id)], cgroup);
	if (cgroup_v1 && cgroup_v1 != cgroup)
		field_cgroup(s->index, FIELD_CGROUP_V1, (__u64)cgroup_v1);
}

/*
 * The task that tells of its process: the first thread, or when that has ended before the others, each of them. A process
 * that has ended and only waits for its parent is none.
 */
static __always_inline int tells_of_process(struct task_struct *task)
{
	if (!task->mm || (task->flags & PF_KTHREAD))
		return 0;
	return task->pid == task->tgid || !BPF_CORE_READ(task, group_leader, mm);
}

#endif
