/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TERCEL_PRIVILEGES_H
#define TERCEL_PRIVILEGES_H

/*
 * Gives up what the loaded reader no longer needs: all capabilities but CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE and
 * CAP_DAC_READ_SEARCH, new privileges for ever, and all system calls but those of its loop. Returns an errno, or 0.
 */
int privileges_drop(void);

#endif
