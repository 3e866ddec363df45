/* SPDX-License-Identifier: Apache-2.0 */
/* Times in nanoseconds. */
#ifndef TERCEL_CLOCK_H
#define TERCEL_CLOCK_H

#include <linux/types.h>
#include <time.h>

#define NS_PER_SECOND 1000000000ull

static inline __u64 now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * NS_PER_SECOND + t.tv_nsec;
}

/* What to add to a boot time to get the wall clock, as of now. */
static inline __s64 boot_offset(void)
{
	return (__s64)(now(CLOCK_REALTIME) - now(CLOCK_BOOTTIME));
}

#endif
