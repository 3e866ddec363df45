/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* TCP fast open: a sendto or sendmsg that opens a connection is told as the connect that it is. */
#ifndef TERCEL_FAST_OPEN_BPF_H
#define TERCEL_FAST_OPEN_BPF_H

#include "arch.bpf.h"
#include "frame.h"
#include "message.bpf.h"
#include "plan.h"
#include "scratch.bpf.h"

/* Whether the call, a sendto or sendmsg, wants to open a connection if its socket can: tcp(7). */
static __always_inline int asks_to_connect(const struct call_plan *plan, const __u64 *args)
{
	return (plan->flags & PLAN_CONNECTS) && ((plan->call == CALL_SENDTO ? args[3] : args[2]) & MSG_FASTOPEN);
}

/* Whether only a call that opens a connection is wanted, and this is another. */
static __always_inline int is_passed_over(const struct call_plan *plan, struct pt_regs *regs, int compat)
{
	__u64 args[6];

	if (!(plan->flags & PLAN_CONNECTS_ONLY))
		return 0;
	call_args(regs, compat, args);
	return !asks_to_connect(plan, args);
}

/* Whether it has. */
static __always_inline int is_connect(const struct call_plan *plan, const struct entered *entered, long result)
{
	struct sock *sk;

	if (!entered || !asks_to_connect(plan, entered->args))
		return 0;
	sk = sock_of(file_of((struct task_struct *)bpf_get_current_task(), entered->args[0]));
	return sk ? is_opened_fast(sk) : result >= 0;
}

#endif
