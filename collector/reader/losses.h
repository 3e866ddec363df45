/* SPDX-License-Identifier: Apache-2.0 */
/* Which losses a collector knows of, so that the next one is told of the others. */
#ifndef TERCEL_LOSSES_H
#define TERCEL_LOSSES_H

#include "frame.h"

/* A connection begins; gives the counters that are known. */
void losses_start(__u64 known[COUNTER_COUNT]);

/* A stats frame with these counters was sent, behind so many events of the connection. */
void losses_reported(__u64 events, const __u64 counters[COUNTER_COUNT]);

/* The collector says that so many events of the connection are settled. */
void losses_settled(__u64 events);

#endif
