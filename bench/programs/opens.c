/* opens COUNT PATH: opens and closes PATH so often and prints what one took, in ns: CPU time, wall time. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 64;
	long count = atol(argv[1]);
	double cpu = now(CLOCK_PROCESS_CPUTIME_ID), wall = now(CLOCK_MONOTONIC);

	for (long i = 0; i < count; i++)
		close(open(argv[2], O_RDONLY));
	printf("%.1f %.1f\n", (now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / count, (now(CLOCK_MONOTONIC) - wall) / count);
	return 0;
}
