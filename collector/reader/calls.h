/* SPDX-License-Identifier: Apache-2.0 */
/* Which system calls can be traced, and what is collected for each. */
#ifndef TERCEL_CALLS_H
#define TERCEL_CALLS_H

#include "frame.h"
#include "plan.h"

struct traced_call {
	int number;        /* on this architecture; -1 where it has no such call */
	int compat_number; /* through the 32-bit entry; -1 where there is none */
	struct call_plan plan;
	int socketcall; /* the first argument of a socketcall(2) that does the same; 0 where there is none */
	int x32_number; /* where the x32 form has a number of its own, else 0 */
};

extern const struct traced_call traced_calls[];
extern const int traced_call_count;

/* The number of socketcall(2), through the 32-bit entry; -1 where there is none. */
extern const int socketcall_number;

#endif
