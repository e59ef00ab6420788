/* Reading from a descriptor that someone else opened: the reader itself opens nothing, and leaves the descriptor's own place alone. */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int read_at(void *opaque, uint8_t *buffer, int size)
{
    UnreelAvFile *file = opaque;
    int64_t left = file->length - file->at;
    if (left <= 0)
        return 0;

    ssize_t count;
    do
        count = pread(file->descriptor, buffer, FFMIN(size, left), file->start + file->at);
    while (count < 0 && errno == EINTR);
    if (count > 0)
        file->at += count;
    return (int)count;
}

static int64_t seek_to(void *opaque, int64_t offset, int whence)
{
    UnreelAvFile *file = opaque;
    if (whence == 1)
        return file->length;
    return file->at = offset;
}

/* An empty file or a placeholder deserves a plain word. */
int unreel_check_start(const char *bytes, int64_t count, int64_t length)
{
    static const char pointer[] = "version https://git-lfs";
    const int64_t letters = sizeof pointer - 1;
    if (length == 0)
        return unreel_fail(UNREEL_AV_INVALID, "is empty");

    return count >= letters && memcmp(bytes, pointer, letters) == 0
        ? unreel_fail(UNREEL_AV_INVALID, "is a Git LFS pointer, not the video itself (git lfs pull fetches it)")
        : UNREEL_AV_OK;
}

int unreel_av_open_descriptor(UnreelAvFile *file, const UnreelAvLimits *limits, UnreelAvReader **reader)
{
    *reader = NULL;
    char start[64];
    file->at = 0;
    int count = read_at(file, (uint8_t *)start, sizeof start);
    if (count < 0)
        return unreel_fail(UNREEL_AV_INVALID, "%s", strerror(errno));

    int status = unreel_check_start(start, count, file->length);
    file->at = 0;
    return status != UNREEL_AV_OK ? status : unreel_av_open_stream(read_at, seek_to, file, limits, NULL, reader);
}
