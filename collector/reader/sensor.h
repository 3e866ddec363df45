/* SPDX-License-Identifier: Apache-2.0 */
/* The BPF side of the reader: loading, attaching, which calls are traced, the scan, the ring. */
#ifndef TERCEL_SENSOR_H
#define TERCEL_SENSOR_H

#include <stddef.h>

#include "frame.h"

/* Take one frame; a negative value stops the delivery of further events for now. */
typedef void (*frame_sink)(const void *frame, size_t length);
typedef int (*event_sink)(const void *frame, size_t length);

/* Loads the programs. On failure prints one sentence with the remedy to stderr and returns -1. */
int sensor_open(event_sink sink);
void sensor_close(void);

/* Does not trace this thread group (besides the reader's own); 0 for none. */
void sensor_exclude_collector(__u32 tgid);

/* Traces just these calls from now on; an errno, or 0. */
int sensor_configure(const __u16 *calls, __u32 count);

/* Sends a FRAME_PROCESS for every process to the sink; an errno, or 0. */
int sensor_scan(frame_sink sink);

/* A descriptor that becomes readable when the ring wants to be emptied. */
int sensor_poll_descriptor(void);

/* Hands what is in the ring to the sink. */
int sensor_consume(void);

void sensor_counters(__u64 counters[COUNTER_COUNT]);

#endif
