/* What every tracer of system calls pays at least: programs that do nothing, where the sensor's are attached. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("tp_btf/sys_enter")
int enter(void *context)
{
	return 0;
}

SEC("tp_btf/sys_exit")
int leave(void *context)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
