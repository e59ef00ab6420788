/* How long a video may take: each asking as much as its limits say, and all of them together what a video of its length and size is worth. */
#define _GNU_SOURCE
#include "box_side.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* Several times what the slowest of decoders takes on a slow processor. */
static const double seconds_a_frame = 1e-3, seconds_a_pixel = 1e-7;

/* Processors may be fewer than boxes. */
static const double wall_per_processor = 4;

/* Of the process's life, whose limit cannot be set to less than a second's precision. */
static const double slack = 2;

static double due(const UnreelBox *box)
{
    return ceil(fmin(box->limits.timeout, 1e6) * (box->limits.threads > 1 ? box->limits.threads : 1));
}

static int used(const UnreelBox *box, double *seconds)
{
    clockid_t clock;
    struct timespec now;
    int error = clock_getcpuclockid(box->process, &clock);
    if (error == 0 && clock_gettime(clock, &now) != 0)
        error = errno;
    if (error == 0)
        *seconds = (double)now.tv_sec;
    return error;
}

/* Up to a moment of its life. The hard limit stays as it was inherited: raising it is not everybody's to do. */
static int limit(UnreelBox *box, double most)
{
    struct rlimit both;
    if (prlimit(box->process, RLIMIT_CPU, NULL, &both) != 0)
        return errno;

    if (both.rlim_max != RLIM_INFINITY) {
        /* The next video would have less than its due: another process has not used up anything yet. */
        box->spent = most + slack + due(box) > (double)both.rlim_max;
        most = fmax(fmin(most, (double)both.rlim_max - 1), 0); /* the signal of the soft limit tells why */
    }

    both.rlim_cur = (rlim_t)most;
    return prlimit(box->process, RLIMIT_CPU, &both, NULL) == 0 ? 0 : errno;
}

int box_limit_processor(UnreelBox *box, bool anew)
{
    double now = 0;
    int error = used(box, &now);
    double most = now + slack + due(box);
    if (anew)
        box->last = most;
    if (error == 0)
        error = limit(box, fmin(most, box->last));
    return error == 0 ? UNREEL_AV_OK : error == ESRCH ? unreel_fail(UNREEL_BOX_ENDED, "its process is gone") : unreel_fail(UNREEL_BOX_FAILED, "its time cannot be limited: %s", strerror(error));
}

void box_grant(UnreelBox *box, const UnreelAvInfo *info)
{
    double worth = info->frames * (seconds_a_frame + (double)info->width * info->height * seconds_a_pixel);
    box->last += ceil(worth);
    box->waits = wall_per_processor * (box->limits.timeout + worth);
}

int box_wait_for_frame(UnreelBox *box, BoxHead *head, void *payload, size_t capacity, ssize_t *size)
{
    double began = unreel_now();
    int status = box_wait(box, head, payload, capacity, size, fmin(box->deadline, began + box->waits));
    box->waits -= unreel_now() - began;
    return status;
}
