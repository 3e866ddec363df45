/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the generic handlers collect for a call: filled by the reader (calls.c), read by the BPF programs. */
#ifndef TERCEL_PLAN_H
#define TERCEL_PLAN_H

#include <linux/types.h>

/* Calls made through the 32-bit entry have numbers of their own: they stand behind the native ones. */
#define PLAN_COMPAT_OFFSET 1024
#define PLAN_ENTRIES 2048

#define PLAN_ENTER 1      /* keep the arguments (and the address) from the start of the call */
#define PLAN_OPEN_HOW 2   /* the third argument points to a struct open_how */
#define PLAN_EXEC 4       /* success is reported by sched_process_exec */
#define PLAN_SOCKETCALL 8 /* socketcall(2): the arguments stand in memory, and only its connect is traced */

/* Arguments are counted from 1; 0 means that the call has none of the kind. */
#define PLAN_RESULT 7 /* the descriptor is what the call returns */

struct call_plan {
	__u16 call; /* enum call; CALL_NONE: not traced */
	__u8 flags;
	__u8 path;
	__u8 directory; /* a descriptor; relative paths without one start from the working directory */
	__u8 sockaddr;  /* always the second argument so far, its length the third */
	__u8 opened;    /* the descriptor of a file */
	__u8 socket;    /* the descriptor of a socket */
};

#endif
