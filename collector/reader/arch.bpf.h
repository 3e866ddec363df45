/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Where an architecture keeps the number and the arguments of a system call. */
#ifndef TERCEL_ARCH_BPF_H
#define TERCEL_ARCH_BPF_H

#include "kernel.h"

#define TS_COMPAT 2                 /* arch/x86/include/asm/thread_info.h */
#define TIF_32BIT_MASK (1UL << 22)  /* arch/arm64/include/asm/thread_info.h */

#if defined(__TARGET_ARCH_x86)
static __always_inline int is_compat(struct task_struct *task)
{
	return task->thread_info.status & TS_COMPAT;
}

static __always_inline long call_number(struct pt_regs *regs)
{
	return regs->orig_ax;
}

static __always_inline void call_args(struct pt_regs *regs, int compat, __u64 args[6])
{
	if (compat) {
		args[0] = (__u32)regs->bx;
		args[1] = (__u32)regs->cx;
		args[2] = (__u32)regs->dx;
		args[3] = (__u32)regs->si;
		args[4] = (__u32)regs->di;
		args[5] = (__u32)regs->bp;
		return;
	}
	args[0] = regs->di;
	args[1] = regs->si;
	args[2] = regs->dx;
	args[3] = regs->r10;
	args[4] = regs->r8;
	args[5] = regs->r9;
}

static __always_inline __u64 first_arg(struct pt_regs *regs, int compat)
{
	return compat ? (__u32)regs->bx : regs->di;
}
#else
static __always_inline int is_compat(struct task_struct *task)
{
	return (task->thread_info.flags & TIF_32BIT_MASK) != 0;
}

static __always_inline long call_number(struct pt_regs *regs)
{
	return regs->syscallno;
}

static __always_inline void call_args(struct pt_regs *regs, int compat, __u64 args[6])
{
	args[0] = regs->orig_x0;
	args[1] = regs->regs[1];
	args[2] = regs->regs[2];
	args[3] = regs->regs[3];
	args[4] = regs->regs[4];
	args[5] = regs->regs[5];
}

static __always_inline __u64 first_arg(struct pt_regs *regs, int compat)
{
	return regs->orig_x0;
}
#endif

#endif
