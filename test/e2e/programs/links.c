/*
 * Makes the calls that its arguments name, by the entry that the first one names: links, modules, namespaces and ptrace. For
 * each that is traced it prints a line: the call, its result and, for ptrace, the child that it was about.
 *
 *   links native , symlink /etc/shadow name , chdir folder , link ../file new , ptrace
 *
 * In a path %XX is a byte, @bad is a pointer to nothing. Calls that are not traced: chdir, open, remove.
 */
#include "entries.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#define PTRACE ((struct numbers){ SYS_ptrace, 26, 0, 521 })

static long traced_data = 0x1234;

static void report(const char *call, long result)
{
	printf("%s %ld\n", call, result);
}

static long request(const char *name, long request, long child, long address, long data)
{
	long result = make(PTRACE, request, child, address, data, 0, 0);

	printf("ptrace %ld %s %ld %lx %lx\n", result, name, child, address, data);
	return result;
}

/* Takes hold of a child in both ways, reads and writes its memory and its registers, and lets go. */
static void trace_a_child(void)
{
	/* Of the size that the kernel writes, whichever entry is used. */
	long registers = (long)low(1024), word = (long)low(8), address = (long)&traced_data;
	pid_t child = fork();
	int status;

	if (!child)
		for (;;)
			pause();
	if (!request("PTRACE_ATTACH", PTRACE_ATTACH, child, 0, 0))
		waitpid(child, NULL, 0);
	request("PTRACE_PEEKDATA", PTRACE_PEEKDATA, child, address, word);
	request("PTRACE_POKEDATA", PTRACE_POKEDATA, child, address, 0x41424344);
#ifdef __x86_64__
	request("PTRACE_GETREGS", PTRACE_GETREGS, child, 0, registers);
	request("PTRACE_SETREGS", PTRACE_SETREGS, child, 0, registers);
#endif
	/* Left stopped: of registers that the 32-bit entry has set a 64-bit program would die at once. */
	request("PTRACE_DETACH", PTRACE_DETACH, child, 0, SIGSTOP);
	request("PTRACE_SEIZE", PTRACE_SEIZE, child, 0, 0);
	request("PTRACE_INTERRUPT", PTRACE_INTERRUPT, child, 0, 0);
	kill(child, SIGKILL);
	do
		waitpid(child, &status, 0);
	while (!WIFSIGNALED(status));
	request("PTRACE_ATTACH", PTRACE_ATTACH, child, 0, 0);
	request("12345", 12345, child, 1, 2);
	request("PTRACE_TRACEME", PTRACE_TRACEME, 0, 0, 0);
}

#define IS(name) !strcmp(a[0], #name)

static int traced(char **a)
{
	if (IS(symlink))
		report(a[0], make((struct numbers){ SYS_symlink, 83 }, (long)text_at(a[1]), (long)text_at(a[2]), 0, 0, 0, 0));
	else if (IS(symlinkat))
		report(a[0], make((struct numbers){ SYS_symlinkat, 304 }, (long)text_at(a[1]), number(a[2]), (long)text_at(a[3]), 0,
				  0, 0));
	else if (IS(link))
		report(a[0], make((struct numbers){ SYS_link, 9 }, (long)text_at(a[1]), (long)text_at(a[2]), 0, 0, 0, 0));
	else if (IS(linkat))
		report(a[0], make((struct numbers){ SYS_linkat, 303 }, number(a[1]), (long)text_at(a[2]), number(a[3]),
				  (long)text_at(a[4]), number(a[5]), 0));
	else if (IS(init_module))
		report(a[0], make((struct numbers){ SYS_init_module, 128 }, (long)text_at(a[1]), number(a[2]), (long)text_at(a[3]), 0,
				  0, 0));
	else if (IS(finit_module))
		report(a[0], make((struct numbers){ SYS_finit_module, 350 }, number(a[1]), (long)text_at(a[2]), number(a[3]), 0, 0, 0));
	else if (IS(unshare))
		report(a[0], make((struct numbers){ SYS_unshare, 310 }, number(a[1]), 0, 0, 0, 0, 0));
	else if (IS(ptrace))
		trace_a_child();
	else
		return 0;
	return 1;
}

static int untraced(char **a)
{
	if (IS(chdir))
		return chdir(a[1]);
	if (IS(open))
		return open(a[1], number(a[2]), 0600) < 0;
	if (IS(remove))
		return remove(a[1]);
	fprintf(stderr, "no call %s\n", a[0]);
	return -1;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	entry = argv[1];
	for (int i = 3; i < argc; i++) {
		char **call = &argv[i];

		while (i < argc && strcmp(argv[i], ","))
			i++;
		argv[i] = NULL;
		if (!traced(call) && untraced(call)) {
			fprintf(stderr, "%s: %s\n", call[0], strerror(errno));
			return 1;
		}
	}
	return 0;
}
