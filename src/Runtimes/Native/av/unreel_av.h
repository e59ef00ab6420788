/*
 * Reading and writing videos through libav, for callers that are not written in C.
 *
 * Every function returns 0 or a negative status (UNREEL_AV_*); the reason is in unreel_av_message() of the same thread.
 * A reader or writer belongs to one thread at a time; only unreel_av_cancel may be called from another.
 * Nothing here ends the process.
 */
#ifndef UNREEL_AV_H
#define UNREEL_AV_H

#include <stdint.h>

#define UNREEL_AV_API __attribute__((visibility("default")))

enum {
    UNREEL_AV_OK = 0,
    UNREEL_AV_INVALID = -1,   /* the file, its content or an argument cannot be used */
    UNREEL_AV_LIMIT = -2,     /* a limit was exceeded */
    UNREEL_AV_TIMEOUT = -3,   /* a call took longer than allowed */
    UNREEL_AV_CANCELLED = -4, /* unreel_av_cancel was called */
    UNREEL_AV_MEMORY = -5,    /* out of memory */
};

typedef struct UnreelAvReader UnreelAvReader;
typedef struct UnreelAvWriter UnreelAvWriter;
typedef struct UnreelAvIndex UnreelAvIndex;

typedef struct {
    int64_t pixels;      /* width * height of a frame */
    int64_t frames;      /* packets of the video stream */
    int64_t probe_bytes; /* read to find out what the file is */
    double seconds;      /* length of the video */
    double timeout;      /* seconds a call may take */
    int32_t threads;     /* decoder threads */
    int32_t pictures;    /* not 0: a single picture is wanted, not a video */
    int32_t motion;      /* not 0: motion vectors are wanted too */
} UnreelAvLimits;

typedef struct {
    int32_t width, height;                 /* of a frame turned upright, before its pixels are made square */
    int32_t display_width, display_height; /* the same with square pixels */
    int32_t frames;
    int32_t rotation;                      /* clockwise degrees the frames were turned by: 0, 90, 180, 270 */
    double frame_rate, seconds;
    char codec[32], pixel_format[32], container[64];
} UnreelAvInfo;

typedef struct {
    int descriptor;
    int64_t start, length;
    int64_t at; /* set by the reader */
} UnreelAvFile;

/* Reads up to `size` bytes: how many came, 0 at the end, negative for failure. */
typedef int (*UnreelAvRead)(void *opaque, uint8_t *buffer, int size);
/* Seeks from the start (whence 0) and returns the position, or returns the length for whence 1; negative where it cannot. */
typedef int64_t (*UnreelAvSeek)(void *opaque, int64_t offset, int whence);

UNREEL_AV_API const char *unreel_av_message(void);
UNREEL_AV_API const char *unreel_av_version(void);
UNREEL_AV_API int64_t unreel_av_live(void); /* readers, writers and indexes not yet closed */

/* `index` is NULL, or the index of an earlier reader of the same bytes, which saves the scan. */
UNREEL_AV_API int unreel_av_open_file(const char *path, const UnreelAvLimits *limits, UnreelAvIndex *index, UnreelAvReader **reader);
UNREEL_AV_API int unreel_av_open_stream(UnreelAvRead read, UnreelAvSeek seek, void *opaque, const UnreelAvLimits *limits, UnreelAvIndex *index, UnreelAvReader **reader);
/* Reads a part of a descriptor from `start` on; `file` belongs to the reader until it is closed, the descriptor stays the caller's. */
UNREEL_AV_API int unreel_av_open_descriptor(UnreelAvFile *file, const UnreelAvLimits *limits, UnreelAvReader **reader);
UNREEL_AV_API void unreel_av_close(UnreelAvReader *reader);
UNREEL_AV_API int unreel_av_info(UnreelAvReader *reader, UnreelAvInfo *info);
UNREEL_AV_API void unreel_av_begin(UnreelAvReader *reader);  /* starts the clock of the next calls and forgets a cancellation */
UNREEL_AV_API void unreel_av_cancel(UnreelAvReader *reader); /* from any thread */

/* Says which frames will be asked for, so that others are decoded only where these refer to them; all again where `count` is 0. */
UNREEL_AV_API int unreel_av_want(UnreelAvReader *reader, const int32_t *frames, int32_t count);
/* Decodes frame `number` of the display order; its upright size comes back. Ascending numbers are the cheap order. */
UNREEL_AV_API int unreel_av_decode(UnreelAvReader *reader, int32_t number, int32_t *width, int32_t *height);
/* Writes the frame decoded last as upright RGB, 3 bytes a pixel, rows without padding. */
UNREEL_AV_API int unreel_av_copy(UnreelAvReader *reader, uint8_t *rgb, int64_t capacity);

/*
 * Writes how the content of the frame decoded last moves, in its pixels a frame: for every cell of a grid over the upright frame,
 * [row, column, 3], the way to the right, the way down, and the area that vectors cover, 0 where there are none. Vectors are those
 * that the video was coded with; `vectors` receives their number, 0 for frames that are coded alone and for codecs that export none.
 * The frame that a vector refers to is taken to be the nearest that can be.
 */
UNREEL_AV_API int unreel_av_motion(UnreelAvReader *reader, int32_t cell, float *field, int64_t capacity, int32_t *vectors);

UNREEL_AV_API UnreelAvIndex *unreel_av_share_index(UnreelAvReader *reader);
UNREEL_AV_API void unreel_av_release_index(UnreelAvIndex *index);

/* H.264 in MP4, BT.709, limited range, 4:2:0, one thread: equal frames give equal bytes. */
UNREEL_AV_API int unreel_av_create(const char *path, int32_t width, int32_t height, double frame_rate, double crf, int32_t gop, const char *preset, UnreelAvWriter **writer);
UNREEL_AV_API int unreel_av_write(UnreelAvWriter *writer, const uint8_t *rgb, int64_t size);
UNREEL_AV_API int unreel_av_finish(UnreelAvWriter *writer);
UNREEL_AV_API void unreel_av_destroy(UnreelAvWriter *writer);

#endif
