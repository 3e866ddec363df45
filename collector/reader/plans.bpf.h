/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The plans of the calls that are traced: how a handler finds that of the call at hand. */
#ifndef TERCEL_PLANS_BPF_H
#define TERCEL_PLANS_BPF_H

#include "frame.h"
#include "plan.h"

#define X32_SYSCALL_BIT 0x40000000 /* arch/x86/include/uapi/asm/unistd.h */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PLAN_ENTRIES);
	__type(key, __u32);
	__type(value, struct call_plan);
} plans SEC(".maps");

/* The plan of the call, or NULL when nobody asked for it. */
static __always_inline struct call_plan *plan_of(long number, int compat)
{
	__u32 key = number & ~X32_SYSCALL_BIT;
	struct call_plan *plan;

	if (key >= PLAN_COMPAT_OFFSET)
		return NULL;
	if (compat)
		key += PLAN_COMPAT_OFFSET;
	plan = bpf_map_lookup_elem(&plans, &key);
	return plan && plan->call != CALL_NONE ? plan : NULL;
}

/* The plan of the call inside of a socketcall, or NULL when nobody asked for it. */
static __always_inline struct call_plan *plan_inside(__u32 inside)
{
	__u32 key = PLAN_SOCKETCALL_OFFSET + inside;
	struct call_plan *plan;

	if (inside >= PLAN_SOCKETCALLS)
		return NULL;
	plan = bpf_map_lookup_elem(&plans, &key);
	return plan && plan->call != CALL_NONE ? plan : NULL;
}

#endif
