/* What the files of this library share. */
#ifndef UNREEL_AV_INTERNAL_H
#define UNREEL_AV_INTERNAL_H

#include "unreel_av.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
#include <stdatomic.h>
#include <stdbool.h>

/* Fixed rounding everywhere, so that the bytes do not follow the processor's instruction set. */
#define UNREEL_SWS_FLAGS (SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_BITEXACT)

/* One packet of the video stream, in the order of the file. */
typedef struct {
    int64_t pts, dts, pos;
    int32_t size;
    int32_t rank; /* its frame's number in display order, -1 where it shows none */
    bool key;
    int8_t needed; /* whether others refer to it: 1 or 0 where it says so, else -1 */
} Packet;

/* Which frame each packet holds: made once, then shared by all readers of the same bytes. */
struct UnreelAvIndex {
    atomic_int references;
    Packet *packets;
    int32_t packet_count, packet_capacity;
    int32_t *by_place; /* packets sorted by pos, size and dts */
    int32_t *order;    /* packet of each frame in display order */
    int32_t frames;
    bool ordered;  /* the packets alone say which frames there are; otherwise they have to be decoded once */
    bool timed;    /* presentation timestamps tell rate and length */
    bool seekable; /* every packet can be recognised by its place in the file */
    bool layered;  /* pictures may refer to some of lower layers that say nothing of their own layer refers to them */
};

struct UnreelAvReader {
    UnreelAvLimits limits;
    char *path;
    UnreelAvRead read;
    UnreelAvSeek seek;
    void *opaque;
    AVIOContext *io;
    AVFormatContext *format;
    AVStream *stream;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
    UnreelAvIndex *index;
    struct SwsContext *scaler;
    int scaler_key[6];
    uint8_t *rgb[4];
    int rgb_stride[4], rgb_width, rgb_height;
    int32_t next;  /* packet that the demuxer gives next, -1 where unknown */
    int32_t shown;  /* display number of the frame held, or -1 */
    int32_t passed; /* highest display number that came out since the last seek, or -1 */
    int32_t from;   /* packets before this one are not decoded */
    uint8_t *marks; /* of each frame: UNREEL_WANTED, UNREEL_SKIPPED; NULL where the frames to come were never told */
    int32_t last_wanted; /* the highest frame that is marked as wanted, or -1 */
    int32_t last_packet; /* after this one nothing is wanted any more; -1 where that is not known */
    bool pending;  /* packet holds one that was read but not sent */
    bool draining;
    bool turn, flip_x, flip_y; /* transpose, then mirror */
    int rotation;
    AVRational aspect;
    double deadline;
    atomic_int cancelled;
    UnreelAvInfo info;
};

/* error.c */
int unreel_fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
int unreel_fail_av(int averror, const char *what);
void unreel_log_reset(void);
void unreel_live(int change);
double unreel_now(void);

/* input.c */
int unreel_input_open(UnreelAvReader *reader);
void unreel_input_close(UnreelAvReader *reader);
int unreel_input_stopped(UnreelAvReader *reader); /* 0, or the status of a time-out or cancellation, with its message */

/* descriptor.c */
int unreel_check_start(const char *bytes, int64_t count, int64_t length); /* of what is no video at first sight */

/* index.c */
int unreel_index_scan(UnreelAvReader *reader);
int unreel_index_frames(UnreelAvIndex *index, const int32_t *shown, int32_t count); /* the frames in display order */
void unreel_index_times(UnreelAvReader *reader, double *seconds, double *rate);
int32_t unreel_index_find(const UnreelAvIndex *index, const AVPacket *packet);
int32_t unreel_index_key_before(const UnreelAvIndex *index, int32_t number);

enum { UNREEL_WANTED = 1, UNREEL_SKIPPED = 2 };

/* skip.c */
int unreel_decode_want(UnreelAvReader *reader, const int32_t *frames, int32_t count, bool last);
bool unreel_skips(UnreelAvReader *reader, int32_t rank, int32_t target); /* whether a packet's frame may be left out on the way to another */
bool unreel_sent_all(const UnreelAvReader *reader);

/* decode.c */
int unreel_decoder_open(UnreelAvReader *reader);
int unreel_decode_headers(UnreelAvReader *reader);
int unreel_decode_order(UnreelAvReader *reader);
int unreel_decode_frame(UnreelAvReader *reader, int32_t number);

/* convert.c */
int unreel_convert(UnreelAvReader *reader, uint8_t *rgb, int64_t capacity);
int unreel_colour_space(const AVFrame *frame);
void unreel_orient(UnreelAvReader *reader, const AVFrame *frame);

/* colour.c */
bool unreel_colour_can(const AVFrame *frame);
void unreel_colour(const AVFrame *frame, int space, bool full, uint8_t *rgb, ptrdiff_t stride);

/* headers.c */
typedef struct {
    int32_t start, length; /* of a unit in its packet's bytes; 0 where there is none */
} Slice;
Slice unreel_first_slice(const AVPacket *packet, const AVCodecParameters *parameters);
bool unreel_layered(const AVPacket *packet, const AVCodecParameters *parameters); /* HEVC: in a temporal layer above the lowest, or not known */
bool unreel_headers(UnreelAvReader *reader); /* whether the packet at hand gave a frame to describe the video by, without its pixels */

/* motion.c */
int8_t unreel_needed(const AVPacket *packet, const AVCodecParameters *parameters);
int unreel_motion(UnreelAvReader *reader, int32_t cell, float *field, int64_t capacity, int32_t *vectors);

#endif
