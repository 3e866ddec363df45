// SPDX-License-Identifier: Apache-2.0
#include <sys/syscall.h>

#include "calls.h"

/* Newer architectures have these only in the form that takes a directory, or flags. */
#ifdef __NR_open
#define NATIVE(name) __NR_##name
#else
#define NATIVE(name) -1
#endif

/*
 * Numbers of the 32-bit entry: arch/x86/entry/syscalls/syscall_32.tbl; include/uapi/asm-generic/unistd.h names those of Arm
 * in arch/arm/tools/syscall.tbl. Numbers inside of socketcall(2): include/uapi/linux/net.h; of these architectures only x86
 * has it. Numbers of x32 that differ from the native ones: arch/x86/entry/syscalls/syscall_64.tbl.
 */
#if defined(__x86_64__)
#define COMPAT(x86, arm) x86
#define SOCKETCALL(number) number
#define X32(number) number
const int socketcall_number = 102;
#else
#define COMPAT(x86, arm) arm
#define SOCKETCALL(number) 0
#define X32(number) 0
const int socketcall_number = -1;
#endif

const struct traced_call traced_calls[] = {
	{ __NR_execve, COMPAT(11, 11), { .call = CALL_EXECVE, .flags = PLAN_ENTER | PLAN_EXEC, .path = 1 }, .x32_number = X32(520) },
	{ __NR_execveat, COMPAT(358, 387),
	  { .call = CALL_EXECVEAT, .flags = PLAN_ENTER | PLAN_EXEC, .path = 2, .directory = 1 }, .x32_number = X32(545) },
	{ NATIVE(open), COMPAT(5, 5), { .call = CALL_OPEN, .path = 1, .opened = PLAN_RESULT } },
	{ __NR_openat, COMPAT(295, 322), { .call = CALL_OPENAT, .path = 2, .directory = 1, .opened = PLAN_RESULT } },
	{ __NR_openat2, COMPAT(437, 437),
	  { .call = CALL_OPENAT2, .flags = PLAN_OPEN_HOW, .path = 2, .directory = 1, .opened = PLAN_RESULT } },
	{ __NR_connect, COMPAT(362, 283), { .call = CALL_CONNECT, .flags = PLAN_ENTER, .sockaddr = 2, .socket = 1 },
	  SOCKETCALL(3) },
	{ __NR_setns, COMPAT(346, 375), { .call = CALL_SETNS } },
	{ __NR_accept, COMPAT(-1, 285), { .call = CALL_ACCEPT, .flags = PLAN_QUEUE, .socket = PLAN_RESULT, .failed = 1 },
	  SOCKETCALL(5) },
	{ __NR_accept4, COMPAT(364, 366), { .call = CALL_ACCEPT4, .flags = PLAN_QUEUE, .socket = PLAN_RESULT, .failed = 1 },
	  SOCKETCALL(18) },
	{ __NR_bind, COMPAT(361, 282), { .call = CALL_BIND, .flags = PLAN_ENTER, .sockaddr = 2, .socket = 1 }, SOCKETCALL(2) },
	{ __NR_listen, COMPAT(363, 284), { .call = CALL_LISTEN, .socket = 1 }, SOCKETCALL(4) },
	{ __NR_sendto, COMPAT(369, 290), { .call = CALL_SENDTO, .flags = PLAN_ENTER, .sockaddr = 5, .data = 2, .socket = 1 },
	  SOCKETCALL(11) },
	/* send(2), which the others make as a sendto to nobody. */
	{ -1, COMPAT(-1, 289), { .call = CALL_SENDTO, .data = 2, .socket = 1 }, SOCKETCALL(9) },
	{ __NR_sendmsg, COMPAT(370, 296), { .call = CALL_SENDMSG, .flags = PLAN_ENTER | PLAN_MESSAGE, .socket = 1 },
	  SOCKETCALL(16), X32(518) },
	{ __NR_socket, COMPAT(359, 281), { .call = CALL_SOCKET, .socket = PLAN_RESULT }, SOCKETCALL(1) },
	{ __NR_ptrace, COMPAT(26, 26), { .call = CALL_PTRACE }, .x32_number = X32(521) },
	{ NATIVE(link), COMPAT(9, 9), { .call = CALL_LINK, .path = 1, .new_path = 2 } },
	{ __NR_linkat, COMPAT(303, 330),
	  { .call = CALL_LINKAT, .path = 2, .directory = 1, .new_path = 4, .new_directory = 3 } },
	{ NATIVE(symlink), COMPAT(83, 83), { .call = CALL_SYMLINK, .text = 1, .path = 2 } },
	{ __NR_symlinkat, COMPAT(304, 331), { .call = CALL_SYMLINKAT, .text = 1, .path = 3, .directory = 2 } },
	{ __NR_dup, COMPAT(41, 41), { .call = CALL_DUP, .socket = PLAN_RESULT, .opened = PLAN_RESULT, .failed = 1 } },
	{ NATIVE(dup2), COMPAT(63, 63), { .call = CALL_DUP2, .socket = PLAN_RESULT, .opened = PLAN_RESULT, .failed = 1 } },
	{ __NR_dup3, COMPAT(330, 358), { .call = CALL_DUP3, .socket = PLAN_RESULT, .opened = PLAN_RESULT, .failed = 1 } },
	{ __NR_init_module, COMPAT(128, 128), { .call = CALL_INIT_MODULE, .data = 1, .text = 3 } },
	{ __NR_finit_module, COMPAT(350, 379), { .call = CALL_FINIT_MODULE, .text = 2, .opened = 1 } },
	{ __NR_unshare, COMPAT(310, 337), { .call = CALL_UNSHARE } },
};

const int traced_call_count = sizeof(traced_calls) / sizeof(traced_calls[0]);
