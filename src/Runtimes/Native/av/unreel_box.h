/*
 * Decoding in a box: a process of its own that may not open, connect or start anything, gets the video as a descriptor and gives
 * frames back through shared memory. This is the side of the process that asks; nothing that comes from the box is believed unchecked.
 *
 * Functions return 0 or a negative status (UNREEL_AV_* or UNREEL_BOX_*); the reason is in unreel_av_message() of the same thread.
 * A box belongs to one thread at a time, and ends with the thread that started it; only unreel_box_kill may be called from another.
 * After any status of UNREEL_BOX_* the box can only be ended.
 */
#ifndef UNREEL_BOX_H
#define UNREEL_BOX_H

#include "unreel_av.h"

enum {
    UNREEL_BOX_ENDED = -16, /* its process is gone */
    UNREEL_BOX_LIED = -17,  /* it said what no box says */
    UNREEL_BOX_LATE = -18,  /* it did not answer in time */
    UNREEL_BOX_FAILED = -19, /* this side cannot start one, or cannot give it what it needs */
};

typedef struct UnreelBox UnreelBox;

typedef struct {
    int64_t memory;  /* bytes its process may take beside its libraries and the frames it shares */
    int64_t room;    /* bytes of shared frames it may be given at most */
    double patience; /* seconds to start */
} UnreelBoxLimits;

typedef struct {
    int32_t signal; /* what ended its process, or 0 */
    int32_t code;   /* else what it exited with */
} UnreelBoxEnd;

/* `unfiltered` receives 0, or the errno for which the system does not filter the process's calls. */
UNREEL_AV_API int unreel_box_start(const char *program, const UnreelBoxLimits *limits, UnreelBox **box, int32_t *unfiltered);
UNREEL_AV_API int32_t unreel_box_process(const UnreelBox *box);
UNREEL_AV_API int unreel_box_alive(UnreelBox *box); /* 1 while its process lives, says nothing unasked and has time left for another video */

/* Opens the video that lies in `length` bytes of a descriptor, from `start` on. The descriptor can be closed after. */
UNREEL_AV_API int unreel_box_open(UnreelBox *box, int descriptor, int64_t start, int64_t length, const UnreelAvLimits *limits, UnreelAvInfo *info);
/* Asks for frames; `begin` starts the clock of the limits anew, within what a video of its length and size may take in all. They are taken by unreel_box_next, all of them, before more are asked for. */
UNREEL_AV_API int unreel_box_ask(UnreelBox *box, const int32_t *numbers, int32_t count, int32_t begin);
/* Shows the next frame, valid until unreel_box_release. After a failure of the video the rest of what was asked for does not come. */
UNREEL_AV_API int unreel_box_next(UnreelBox *box, const uint8_t **rgb, int32_t *width, int32_t *height);
UNREEL_AV_API int unreel_box_release(UnreelBox *box);
/* Closes the video and waits until the box is ready for another. */
UNREEL_AV_API int unreel_box_close(UnreelBox *box);

UNREEL_AV_API void unreel_box_kill(UnreelBox *box); /* from any thread */
/* Ends the process and waits for it: what had ended it, if that was something else. */
UNREEL_AV_API void unreel_box_reap(UnreelBox *box, UnreelBoxEnd *end);
UNREEL_AV_API void unreel_box_free(UnreelBox *box);

/* Descriptors to give to a box, negative where there is none: a regular file, and memory that can be written like one. */
UNREEL_AV_API int unreel_box_file(const char *path, int64_t *length);
UNREEL_AV_API int unreel_box_memory(void);
/* Another descriptor of the same bytes, through which nobody can write; with `seal`, nobody can through any, ever after. */
UNREEL_AV_API int unreel_box_view(int descriptor, int32_t seal);

#endif
