// SPDX-License-Identifier: Apache-2.0
#include "privileges.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

static const __u32 kept[] = { CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH };

/* What the loop, libbpf's attaching and the C library's memory need. */
static const __u32 allowed[] = {
	__NR_read, __NR_write, __NR_close, __NR_openat, __NR_newfstatat, __NR_fstat, __NR_lseek,
#ifdef __NR_poll
	__NR_poll, __NR_epoll_wait,
#endif
	__NR_ppoll, __NR_epoll_pwait, __NR_epoll_ctl, __NR_accept4, __NR_getsockopt, __NR_setsockopt, __NR_sendto,
	__NR_recvfrom, __NR_bpf, __NR_perf_event_open, __NR_ioctl, __NR_fcntl, __NR_mmap, __NR_munmap, __NR_mremap,
	__NR_mprotect, __NR_madvise, __NR_brk, __NR_clock_gettime, __NR_getpid, __NR_gettid, __NR_futex, __NR_uname,
	__NR_rt_sigreturn, __NR_rt_sigaction, __NR_rt_sigprocmask, __NR_restart_syscall, __NR_unlinkat,
#ifdef __NR_unlink
	__NR_unlink,
#endif
	__NR_getrandom, __NR_tgkill, __NR_exit, __NR_exit_group,
};

#define ALLOWED_COUNT (sizeof(allowed) / sizeof(allowed[0]))

static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(__NR_capget, &header, data))
		return errno;
	for (__u32 word = 0; word < _LINUX_CAPABILITY_U32S_3; word++) {
		__u32 mask = 0;

		for (unsigned i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
			if (CAP_TO_INDEX(kept[i]) == word)
				mask |= CAP_TO_MASK(kept[i]);
		data[word].permitted &= mask;
		data[word].effective = data[word].permitted;
		data[word].inheritable = 0;
	}
	/* Before the others go: this needs CAP_SETPCAP, which a reader that is not root may lack. */
	for (int capability = 0; capability <= CAP_LAST_CAP; capability++)
		prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
	return syscall(__NR_capset, &header, data) ? errno : 0;
}

static int filter_calls(void)
{
	/* Three instructions, one jump for each allowed call, and the two ends. */
	struct sock_filter code[ALLOWED_COUNT + 6];
	struct sock_fprog program = { .filter = code };
	unsigned n = 0;

	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (unsigned i = 0; i < ALLOWED_COUNT; i++)
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i], ALLOWED_COUNT - i, 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) ? errno : 0;
}

int privileges_drop(void)
{
	int error = drop_capabilities();

	if (!error && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		error = errno;
	return error ? error : filter_calls();
}
