/* paced RATE COUNT PATH: opens and closes PATH, RATE times a second, COUNT times in all. */
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct timespec next;

	if (argc < 4)
		return 64;
	long pause = 1000000000L / atol(argv[1]), count = atol(argv[2]);

	clock_gettime(CLOCK_MONOTONIC, &next);
	while (count-- > 0) {
		close(open(argv[3], O_RDONLY));
		next.tv_nsec += pause;
		while (next.tv_nsec >= 1000000000L) {
			next.tv_sec++;
			next.tv_nsec -= 1000000000L;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	return 0;
}
