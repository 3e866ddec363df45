// SPDX-License-Identifier: Apache-2.0
#include "losses.h"

#include <string.h>

/*
 * The counters of a stats frame count as known when the collector has settled all events before it, and has said so twice
 * since: its first word may have been on the way already.
 */
struct report {
	__u64 events; /* sent before it */
	__u64 counters[COUNTER_COUNT];
};

static struct report last, before_last_word;
static __u64 known_counters[COUNTER_COUNT];

void losses_start(__u64 known[COUNTER_COUNT])
{
	memcpy(known, known_counters, sizeof(known_counters));
	last.events = 0;
	memcpy(last.counters, known_counters, sizeof(known_counters));
	before_last_word = last;
}

void losses_reported(__u64 events, const __u64 counters[COUNTER_COUNT])
{
	last.events = events;
	memcpy(last.counters, counters, sizeof(last.counters));
}

void losses_settled(__u64 events)
{
	if (events >= before_last_word.events)
		memcpy(known_counters, before_last_word.counters, sizeof(known_counters));
	before_last_word = last;
}
