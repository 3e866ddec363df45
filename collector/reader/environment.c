// SPDX-License-Identifier: Apache-2.0
#include "environment.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define BTF_FILE "/sys/kernel/btf/vmlinux"
#define LOCKDOWN_FILE "/sys/kernel/security/lockdown"

static int kernel_is_old(void)
{
	struct utsname name;
	int major = 0, minor = 0;

	uname(&name);
	if (sscanf(name.release, "%d.%d", &major, &minor) == 2 && (major > 5 || (major == 5 && minor >= 17)))
		return 0;
	fprintf(stderr, "tercel-reader: this kernel is %s, and the sensor needs Linux 5.17 or newer: boot a newer kernel.\n",
		name.release);
	return 1;
}

static int locked_down(void)
{
	char text[128] = "";
	FILE *file = fopen(LOCKDOWN_FILE, "r");

	if (!file)
		return 0;
	if (!fgets(text, sizeof(text), file))
		text[0] = 0;
	fclose(file);
	return strstr(text, "[confidentiality]") != NULL;
}

void environment_explain(int error)
{
	if ((error == EPERM || error == EACCES) && locked_down())
		fprintf(stderr, "tercel-reader: the kernel is locked down (confidentiality), which forbids BPF to read its "
				"memory: boot with lockdown=integrity or without lockdown.\n");
	else if (error == EPERM)
		fprintf(stderr, "tercel-reader: the kernel refused BPF (%s): run as root, or give the reader CAP_BPF, "
				"CAP_PERFMON, CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH.\n", strerror(error));
	else if (error == ENOMEM)
		fprintf(stderr, "tercel-reader: no memory for the 32 MiB ring buffer: raise the memory limit of the reader.\n");
	else if (error == ENOSYS)
		fprintf(stderr, "tercel-reader: this kernel is built without BPF (CONFIG_BPF_SYSCALL): boot one that has it.\n");
	else
		fprintf(stderr, "tercel-reader: the kernel does not take the sensor's programs (%s): run again with "
				"TERCEL_READER_DEBUG=1 to see why, and report it.\n", strerror(error));
}

int environment_fits(void)
{
	if (kernel_is_old())
		return 0;
	if (!access(BTF_FILE, R_OK))
		return 1;
	fprintf(stderr, "tercel-reader: this kernel has no BTF (%s): boot one built with CONFIG_DEBUG_INFO_BTF.\n", BTF_FILE);
	return 0;
}
