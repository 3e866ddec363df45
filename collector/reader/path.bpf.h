/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Paths from the kernel's own structures: what a file is called as seen from the task's root, and cgroup paths. */
#ifndef TERCEL_PATH_BPF_H
#define TERCEL_PATH_BPF_H

#include "kernel.h"
#include "scratch.bpf.h"

#define NAME_BYTES 255
/* 4,095 bytes hold 2,047 components; crossing a mount takes a step of its own. */
#define WALK_STEPS 2304
#define CGROUP_STEPS 64
#define WALK_NAMELESS 0x10000 /* in walk.flags, beside those of the field: there is no path */

/* Puts "/name" in front of the path; non-zero when there is no room. */
static __always_inline long walk_prepend(struct scratch *s, const void *name, __u32 length)
{
	struct walk *w = &s->walk;
	__u32 at;

	if (length > NAME_BYTES) {
		length = NAME_BYTES;
		w->flags |= FIELD_CUT;
	}
	if (w->at <= length + 1) { /* a path has 4,095 bytes at most */
		w->flags |= FIELD_CUT;
		return 1;
	}
	at = w->at - length - 1;
	w->at = at;
	BOUND(at, PATH_BYTES - 1);
	s->path[at] = '/';
	BOUND(length, NAME_BYTES);
	if (bpf_probe_read_kernel(&s->path[at + 1], length, name)) {
		w->flags |= FIELD_UNREADABLE;
		return 1;
	}
	return 0;
}

/*
 * The state of a walk is kept in the scratch buffer, not on the stack: what is read from a map is any number to the
 * verifier, so one step is checked once, not once for each length the path can have by then.
 */
static long walk_step(__u32 step, __u32 *scratch)
{
	struct scratch *s = scratch_get(*scratch);
	struct dentry *dentry, *parent, *mount_root;
	struct mount *mount, *mount_parent;
	struct vfsmount *mnt;

	if (!s)
		return 1;
	dentry = (struct dentry *)s->walk.dentry;
	mnt = (struct vfsmount *)s->walk.mnt;
	if (s->walk.dentry == s->walk.root_dentry && s->walk.mnt == s->walk.root_mnt)
		return 1;
	parent = BPF_CORE_READ(dentry, d_parent);
	mount_root = BPF_CORE_READ(mnt, mnt_root);
	if (dentry != mount_root && dentry != parent) {
		s->walk.dentry = (__u64)parent;
		return walk_prepend(s, BPF_CORE_READ(dentry, d_name.name), BPF_CORE_READ(dentry, d_name.len));
	}
	if (dentry != mount_root) {
		/* No folder holds it: a memfd, say. Names that are no file's mean that it has none: pipes, namespaces. */
		char first = 0;

		bpf_probe_read_kernel(&first, sizeof(first), BPF_CORE_READ(dentry, d_name.name));
		if (first == 0 || first == '/') {
			if (s->walk.at == PATH_BYTES)
				s->walk.flags |= WALK_NAMELESS;
			return 1;
		}
		s->walk.flags |= FIELD_NO_FOLDER;
		walk_prepend(s, BPF_CORE_READ(dentry, d_name.name), BPF_CORE_READ(dentry, d_name.len));
		return 1;
	}
	mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
	mount_parent = BPF_CORE_READ(mount, mnt_parent);
	if (mount == mount_parent)
		return 1; /* the namespace's root, or a file outside of the task's view */
	s->walk.dentry = (__u64)BPF_CORE_READ(mount, mnt_mountpoint);
	s->walk.mnt = (__u64)mount_parent + bpf_core_field_offset(struct mount, mnt);
	return 0;
}

static __always_inline void field_walked(struct scratch *s, __u16 tag)
{
	struct walk *w = &s->walk;
	__u32 at = w->at, length = PATH_BYTES - w->at;

	if (length == 0) {
		__u8 *bytes = field_bytes(s);

		bytes[0] = '/';
		field_end(s, tag, w->flags, 1);
		return;
	}
	BOUND(at, PATH_BYTES - 1);
	BOUND(length, PATH_BYTES - 1);
	if (bpf_probe_read_kernel(field_bytes(s), length, &s->path[at]))
		length = 0;
	field_end(s, tag, w->flags, length);
}

/* The path of a file or folder as seen from the root directory of `task`; no field when it has none. */
__noinline int field_path(__u32 scratch, __u32 tag, __u64 task_address, __u64 path_address)
{
	struct scratch *s = scratch_get(scratch);
	struct fs_struct *fs = BPF_CORE_READ((struct task_struct *)task_address, fs);
	struct path *path = (struct path *)path_address;

	if (!s)
		return 0;
	s->walk.dentry = (__u64)BPF_CORE_READ(path, dentry);
	s->walk.mnt = (__u64)BPF_CORE_READ(path, mnt);
	s->walk.root_dentry = (__u64)BPF_CORE_READ(fs, root.dentry);
	s->walk.root_mnt = (__u64)BPF_CORE_READ(fs, root.mnt);
	s->walk.at = PATH_BYTES;
	s->walk.flags = 0;
	if (!s->walk.dentry || !s->walk.mnt) {
		field_end(s, tag, FIELD_UNREADABLE, 0);
		return 0;
	}
	if (bpf_loop(WALK_STEPS, walk_step, &scratch, 0) >= WALK_STEPS)
		s->walk.flags |= FIELD_CUT;
	if (!(s->walk.flags & WALK_NAMELESS))
		field_walked(s, tag);
	return 0;
}

static long cgroup_step(__u32 step, __u32 *scratch)
{
	struct scratch *s = scratch_get(*scratch);
	struct kernfs_node___before_6_15 *older;
	struct kernfs_node *node, *parent;
	long n;

	if (!s)
		return 1;
	node = (struct kernfs_node *)s->walk.dentry;
	older = (void *)node;
	if (bpf_core_field_exists(node->__parent))
		parent = BPF_CORE_READ(node, __parent);
	else
		parent = BPF_CORE_READ(older, parent);
	if (!parent)
		return 1;
	/* A kernfs name does not say its length: it goes through the free half of the buffer. */
	n = bpf_probe_read_kernel_str(&s->path[PATH_BYTES], NAME_BYTES + 1, BPF_CORE_READ(node, name));
	if (n <= 1)
		return 1;
	s->walk.dentry = (__u64)parent;
	return walk_prepend(s, &s->path[PATH_BYTES], n - 1);
}

__noinline int field_cgroup(__u32 scratch, __u32 tag, __u64 cgroup_address)
{
	struct scratch *s = scratch_get(scratch);
	struct cgroup *cgroup = (struct cgroup *)cgroup_address;

	if (!s)
		return 0;
	s->walk.dentry = (__u64)BPF_CORE_READ(cgroup, kn);
	s->walk.at = PATH_BYTES;
	s->walk.flags = 0;
	if (!s->walk.dentry)
		return 0;
	if (bpf_loop(CGROUP_STEPS, cgroup_step, &scratch, 0) >= CGROUP_STEPS)
		s->walk.flags |= FIELD_CUT;
	field_walked(s, tag);
	return 0;
}

/* The file behind a descriptor of `task`, or NULL. */
static __always_inline struct file *file_of(struct task_struct *task, __u32 descriptor)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **slots = BPF_CORE_READ(table, fd);
	struct file *file = NULL;

	if (descriptor >= BPF_CORE_READ(table, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), &slots[descriptor]);
	return file;
}

#endif
