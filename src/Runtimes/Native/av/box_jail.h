/* What the decoding process gives up before it sees its first byte of video. */
#ifndef UNREEL_BOX_JAIL_H
#define UNREEL_BOX_JAIL_H

#include <stdint.h>
#include <sys/types.h>

/* Bounds what the process takes: `memory` bytes beside what it has by now and `room` bytes of shared frames. 0 or -1 with errno. */
int jail_limits(int64_t memory, int64_t room);
/* The process ends with `parent` (0: none), can gain no rights and cannot be looked into, not even by itself: the limits are set before. 0 or -1 with errno. */
int jail_bind(pid_t parent);
/* From here on only what decoding needs may be called; see box_jail.c. 0, or the errno for which the system has no filter. */
int jail_filter(void);

#endif
