/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the generic handlers collect for a call: filled by the reader (calls.c), read by the BPF programs. */
#ifndef TERCEL_PLAN_H
#define TERCEL_PLAN_H

#include <linux/types.h>

/* Calls made through the 32-bit entry have numbers of their own: they stand behind the native ones. */
#define PLAN_COMPAT_OFFSET 1024
/* Behind those stand the calls inside of socketcall(2), by its first argument. */
#define PLAN_SOCKETCALL_OFFSET 2048
#define PLAN_SOCKETCALLS 32
#define PLAN_ENTRIES (PLAN_SOCKETCALL_OFFSET + PLAN_SOCKETCALLS)

#define PLAN_ENTER 1       /* keep the arguments (and the address) from the start of the call */
#define PLAN_OPEN_HOW 2    /* the third argument points to a struct open_how */
#define PLAN_EXEC 4        /* success is reported by sched_process_exec */
#define PLAN_SOCKETCALL 8  /* socketcall(2): the arguments, and the plan, are those of the call inside */
#define PLAN_MESSAGE 16    /* the second argument points to a struct msghdr */
#define PLAN_QUEUE 32      /* the first argument is a socket that listens */
/* Set by the reader where connect(2) is traced, for sendto and sendmsg: */
#define PLAN_CONNECTS 64   /* a call that opens a connection (MSG_FASTOPEN) is told as a connect */
#define PLAN_CONNECTS_ONLY 128 /* nobody asked for any other */

/* socketcall(2) itself, which is no call of enum call. */
#define PLAN_CALL_INSIDE 0xffff

/* Arguments are counted from 1; 0 means that the call has none of the kind. */
#define PLAN_RESULT 7 /* the descriptor is what the call returns */

struct call_plan {
	__u16 call; /* enum call; CALL_NONE: not traced */
	__u8 flags;
	__u8 path;
	__u8 directory; /* a descriptor; relative paths without one start from the working directory */
	__u8 new_path;
	__u8 new_directory;
	__u8 text;
	__u8 data;     /* the argument behind it is its length */
	__u8 sockaddr; /* the same */
	/* Of a call that has both, the socket is told if the descriptor is one, else the file. */
	__u8 socket; /* a descriptor */
	__u8 opened; /* a descriptor */
	__u8 failed; /* a descriptor that stands for the result of a call that failed */
	__u8 reserved[3];
};

#endif
