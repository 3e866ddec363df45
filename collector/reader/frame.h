/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The stream between reader and collector: this file is its one definition, for the BPF programs, for the reader and,
 * checked byte by byte by a test, for the decoder in collector/frames.ts.
 *
 * Little-endian. Every frame starts on a multiple of eight bytes and says its whole length first, so that a chunk can be
 * walked without being decoded. Frames flow from the reader to the collector, control messages the other way.
 */
#ifndef TERCEL_FRAME_H
#define TERCEL_FRAME_H

#include <linux/types.h>

#define FRAME_MAGIC 0x4c435254 /* "TRCL" */
#define FRAME_VERSION 1
/* No frame is longer; what does not fit is cut, and its field says so. */
#define FRAME_MAX_LENGTH 65536

enum frame_kind {
	FRAME_HELLO = 1,     /* struct hello_frame: the first frame of a connection */
	FRAME_PROCESS = 2,   /* struct process_frame: one that ran when the scan was made */
	FRAME_EXEC = 3,      /* struct process_frame: a successful execve or execveat */
	FRAME_FORK = 4,      /* struct process_frame: a new process (not a new thread) */
	FRAME_EXIT = 5,      /* struct exit_frame: the last thread of a process has ended */
	FRAME_SYSCALL = 6,   /* struct syscall_frame: a traced call has returned */
	FRAME_STATS = 7,     /* struct stats_frame: once a second */
	FRAME_CONFIGURED = 8,/* struct configured_frame: acknowledges CONTROL_CONFIGURE */
	FRAME_SCANNED = 9,   /* struct frame: all FRAME_PROCESS of this connection are sent */
	FRAME_LEFT = 10,     /* struct frame: answers CONTROL_LEAVE; nothing follows */

	CONTROL_CONFIGURE = 64, /* struct configure_message */
	CONTROL_SETTLED = 65,   /* struct settled_message */
	CONTROL_LEAVE = 66,     /* struct frame: send nothing more, the rest is for the next collector */
};

/* System calls by our own numbers: the kernel's differ between architectures. */
enum call {
	CALL_NONE = 0,
	CALL_EXECVE = 1,
	CALL_EXECVEAT = 2,
	CALL_OPEN = 3,
	CALL_OPENAT = 4,
	CALL_OPENAT2 = 5,
	CALL_CONNECT = 6,
	CALL_SETNS = 7,
	CALL_ACCEPT = 8,
	CALL_ACCEPT4 = 9,
	CALL_BIND = 10,
	CALL_LISTEN = 11,
	CALL_SENDTO = 12,
	CALL_SENDMSG = 13,
	CALL_SOCKET = 14,
	CALL_PTRACE = 15,
	CALL_LINK = 16,
	CALL_LINKAT = 17,
	CALL_SYMLINK = 18,
	CALL_SYMLINKAT = 19,
	CALL_DUP = 20,
	CALL_DUP2 = 21,
	CALL_DUP3 = 22,
	CALL_INIT_MODULE = 23,
	CALL_FINIT_MODULE = 24,
	CALL_UNSHARE = 25,
	CALL_COUNT = 26,
};

/* What the bytes after the fixed part of a frame are. */
enum field_tag {
	FIELD_PATH = 1,       /* the path as the process asked for it */
	FIELD_DIRECTORY = 2,  /* the directory that a relative FIELD_PATH starts from */
	FIELD_RESOLVED = 3,   /* the path of the descriptor's file, from the task's root */
	FIELD_FILE = 4,       /* struct file_field: the descriptor's file */
	FIELD_OPEN_HOW = 5,   /* struct open_how of openat2 */
	FIELD_SOCKADDR = 6,   /* the address that was passed in, as the kernel's struct sockaddr */
	FIELD_SOCKET = 7,     /* struct socket_field: both ends as the socket has them */
	FIELD_FILENAME = 8,   /* exec: the path that was asked for */
	FIELD_EXEPATH = 9,    /* the file that runs */
	FIELD_CWD = 10,
	FIELD_ARGV = 11,      /* argv, each argument ended by a NUL */
	FIELD_CGROUP = 12,    /* path in the default hierarchy */
	FIELD_CGROUP_V1 = 13, /* path in the pids or memory hierarchy, where that is another one */
	FIELD_NEW_PATH = 14,  /* the second path of a call that takes two */
	FIELD_NEW_DIRECTORY = 15, /* the directory that a relative FIELD_NEW_PATH starts from */
	FIELD_TEXT = 16,      /* a string that is no path to the call: the target of a symbolic link, say */
	FIELD_DATA = 17,      /* the first bytes, DATA_BYTES at most, of what was passed in */
	FIELD_MESSAGE = 18,   /* struct message_field */
	FIELD_QUEUE = 19,     /* struct queue_field: of the socket that accepts */
	FIELD_SOCKET_PATH = 20, /* what a Unix socket is bound to: a path, from the task's root, or an abstract name, which
				 * begins with a NUL */
	FIELD_PEER_PATH = 21, /* the same of its peer */
};

#define DATA_BYTES 80

/* The flags of a field. */
#define FIELD_CUT 1        /* longer than what was kept */
#define FIELD_UNREADABLE 2 /* the memory could not be read; the field is empty */
#define FIELD_LATE 4       /* not readable when the call began, so read when it returned */
#define FIELD_NO_FOLDER 8  /* a name that stands in no folder: of a file in memory, an event counter */

struct frame {
	__u32 length; /* of the whole frame, in bytes, a multiple of 8 */
	__u8 kind;    /* enum frame_kind */
	__u8 flags;
	__u16 cpu;
};

struct field {
	__u16 tag;
	__u16 flags;
	__u32 length; /* of the bytes that follow, without the padding to a multiple of 8 */
};

/* The task that did it, in every frame that comes from the kernel. */
struct task_block {
	__u64 time;       /* ns since boot (CLOCK_BOOTTIME) */
	__u64 start_time; /* of the process, same clock: with tgid its key */
	__u32 tgid;
	__u32 tid;
	__u32 uid; /* effective */
	__u32 gid; /* effective */
	char comm[16];
};

struct process_frame {
	struct frame frame;
	struct task_block task;
	__u64 parent_start_time;
	__u64 origin_start_time; /* fork: the process that was copied (with CLONE_PARENT not the parent) */
	__u32 parent_tgid;
	__u32 origin_tgid;
	__u32 login_uid; /* 0xffffffff: none */
	__u32 tty;       /* tty_nr as in /proc/PID/stat; 0: none */
	__u32 sid;
	__u32 pgid;
	__u32 vpid; /* ids in the innermost namespace of the process; 0 where that namespace does not see it */
	__u32 vsid;
	__u32 vpgid;
	__u16 call; /* exec: CALL_EXECVE or CALL_EXECVEAT; CALL_NONE when it is not known */
	__u16 field_count;
};

struct exit_frame {
	struct frame frame;
	struct task_block task;
	__s32 exit_code;
	__u32 reserved;
};

struct syscall_frame {
	struct frame frame;
	struct task_block task;
	__s64 result;
	__u64 args[6];
	__u16 call;
	__u16 field_count;
	__u32 flags; /* SYSCALL_… */
};

#define SYSCALL_COMPAT 1 /* made through the 32-bit entry (int 0x80) or with x32 numbers */

struct file_field {
	__u64 inode;
	__u32 device; /* as the kernel keeps it: major << 20 | minor */
	__u32 mode;
	__u32 flags; /* f_flags: those of the call without the ones for making the file (O_CREAT, O_EXCL, O_TRUNC) */
	__u32 reserved;
};

struct socket_field {
	__u16 family;
	__u16 type;
	__u16 protocol;
	__u16 state;
	__u16 local_port; /* host order */
	__u16 remote_port;
	__u32 queue_limit; /* of a socket that listens, and of those that were accepted from it; else 0 */
	__u8 local[16]; /* network order; an IPv4 address takes the first four bytes */
	__u8 remote[16];
};

struct message_field {
	__u64 size; /* of all buffers of the message together */
};

struct queue_field {
	__u32 length; /* connections that wait to be accepted */
	__u32 limit;
};

/* Totals since the reader started. */
enum counter {
	COUNTER_FRAMES = 0,      /* written to the ring */
	COUNTER_RING_FULL = 1,   /* lost: the ring had no room */
	COUNTER_BUSY = 2,        /* lost: the CPU's buffer was in use */
	COUNTER_STORAGE = 3,     /* lost: no memory to keep the arguments of a call from its start */
	COUNTER_CUT = 4,         /* a field was cut */
	COUNTER_UNREADABLE = 5,  /* a field could not be read */
	COUNTER_UNRESOLVED = 6,  /* a descriptor that a call made was gone before it could be looked at */
	COUNTER_COUNT = 8,
};

struct stats_frame {
	struct frame frame;
	__s64 boot_offset; /* ns to add to a boot time to get the wall clock, as of now */
	__u64 counters[COUNTER_COUNT];
};

struct hello_frame {
	struct frame frame;
	__u32 magic;
	__u32 version;
	__s64 boot_offset;
	__u64 connection;  /* 1 for the first collector of this reader, then counting up */
	__u64 unsettled;   /* events sent to the collectors before, of which none said what became */
	__u64 away_ns;     /* time without a collector */
	__u64 counters[COUNTER_COUNT]; /* as of the last stats that a collector has settled */
	__u32 pid;
	__u32 cpus;
};

struct configured_frame {
	struct frame frame;
	__u32 generation;
	__u32 error; /* an errno, or 0 */
};

struct configure_message {
	struct frame frame;
	__u32 generation;
	__u32 call_count; /* that many __u16 of enum call follow, padded to a multiple of 8 */
};

/* What came of the events up to this one is committed. */
struct settled_message {
	struct frame frame;
	__u64 events; /* exec, fork, exit and syscall frames, counted from the start of the connection */
};

#endif
