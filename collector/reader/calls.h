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
};

extern const struct traced_call traced_calls[];
extern const int traced_call_count;

#endif
