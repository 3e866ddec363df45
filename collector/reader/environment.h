/* SPDX-License-Identifier: Apache-2.0 */
/* What this machine lacks for the sensor, said in one sentence with the remedy. */
#ifndef TERCEL_ENVIRONMENT_H
#define TERCEL_ENVIRONMENT_H

/* Whether the kernel is new enough and has BTF; if not, says so on stderr. */
int environment_fits(void);

/* Says on stderr why the kernel did not take the programs (an errno of loading). */
void environment_explain(int error);

#endif
