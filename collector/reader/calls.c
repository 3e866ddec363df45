// SPDX-License-Identifier: Apache-2.0
#include <sys/syscall.h>

#include "calls.h"

#ifdef __NR_open
#define NATIVE_OPEN __NR_open
#else
#define NATIVE_OPEN -1 /* newer architectures have openat only */
#endif

/* Numbers of the 32-bit entry: arch/x86/entry/syscalls/syscall_32.tbl; include/uapi/asm-generic/unistd.h names those of Arm
 * in arch/arm/tools/syscall.tbl. */
#if defined(__x86_64__)
#define COMPAT(x86, arm) x86
#else
#define COMPAT(x86, arm) arm
#endif

const struct traced_call traced_calls[] = {
	{ __NR_execve, COMPAT(11, 11), { .call = CALL_EXECVE, .flags = PLAN_ENTER | PLAN_EXEC, .path = 1 } },
	{ __NR_execveat, COMPAT(358, 387),
	  { .call = CALL_EXECVEAT, .flags = PLAN_ENTER | PLAN_EXEC, .path = 2, .directory = 1 } },
	{ NATIVE_OPEN, COMPAT(5, 5), { .call = CALL_OPEN, .path = 1, .opened = PLAN_RESULT } },
	{ __NR_openat, COMPAT(295, 322), { .call = CALL_OPENAT, .path = 2, .directory = 1, .opened = PLAN_RESULT } },
	{ __NR_openat2, COMPAT(437, 437),
	  { .call = CALL_OPENAT2, .flags = PLAN_OPEN_HOW, .path = 2, .directory = 1, .opened = PLAN_RESULT } },
	{ __NR_connect, COMPAT(362, 283), { .call = CALL_CONNECT, .flags = PLAN_ENTER, .sockaddr = 2, .socket = 1 } },
	/* How 32-bit programs connect where their C library is an old one; only x86 has it. */
	{ -1, COMPAT(102, -1),
	  { .call = CALL_CONNECT, .flags = PLAN_ENTER | PLAN_SOCKETCALL, .sockaddr = 2, .socket = 1 } },
	{ __NR_setns, COMPAT(346, 375), { .call = CALL_SETNS } },
};

const int traced_call_count = sizeof(traced_calls) / sizeof(traced_calls[0]);
