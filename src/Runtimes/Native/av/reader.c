/* The functions callers see for reading. */
#include "internal.h"

#include <libavutil/avstring.h>
#include <libavutil/pixdesc.h>
#include <math.h>

static int describe(UnreelAvReader *reader)
{
    const AVFrame *frame = reader->frame;
    UnreelAvInfo *info = &reader->info;
    unreel_orient(reader, frame);
    reader->aspect = av_guess_sample_aspect_ratio(reader->format, reader->stream, reader->frame);
    double aspect = reader->aspect.num > 0 && reader->aspect.den > 0 ? av_q2d(reader->aspect) : 1;
    double width = FFMAX(rint(frame->width * aspect), 1);
    if (width * frame->height > (double)reader->limits.pixels)
        return unreel_fail(UNREEL_AV_LIMIT, "has frames of %dx%d with pixels %d:%d wide, more than the %lld pixels allowed",
            frame->width, frame->height, reader->aspect.num, reader->aspect.den, (long long)reader->limits.pixels);

    info->width = reader->turn ? frame->height : frame->width;
    info->height = reader->turn ? frame->width : frame->height;
    info->display_width = reader->turn ? frame->height : (int32_t)width;
    info->display_height = reader->turn ? (int32_t)width : frame->height;
    info->frames = reader->index->frames;
    info->rotation = reader->rotation;
    unreel_index_times(reader, &info->seconds, &info->frame_rate);
    const char *format = av_get_pix_fmt_name(frame->format);
    av_strlcpy(info->codec, avcodec_get_name(reader->stream->codecpar->codec_id), sizeof info->codec);
    av_strlcpy(info->pixel_format, format != NULL ? format : "unknown", sizeof info->pixel_format);
    av_strlcpy(info->container, reader->format->iformat->name, sizeof info->container);
    if (info->seconds > reader->limits.seconds)
        return unreel_fail(UNREEL_AV_LIMIT, "lasts %.0f s, longer than the %.0f s allowed", info->seconds, reader->limits.seconds);

    return UNREEL_AV_OK;
}

static int open_reader(UnreelAvReader *reader, UnreelAvIndex *index)
{
    int status = unreel_input_open(reader);
    if (status != UNREEL_AV_OK)
        return status;
    if (index != NULL) {
        atomic_fetch_add(&index->references, 1);
        reader->index = index;
    } else if ((status = unreel_index_scan(reader)) != UNREEL_AV_OK) {
        return status;
    }

    if ((status = unreel_decoder_open(reader)) != UNREEL_AV_OK)
        return status;
    if (index == NULL && !reader->index->ordered && (status = unreel_decode_order(reader)) != UNREEL_AV_OK)
        return status;
    if (reader->index->frames > 0 && (status = unreel_decode_headers(reader)) > 0)
        status = unreel_decode_frame(reader, 0);
    if (status == UNREEL_AV_INVALID && index == NULL && reader->index->ordered) {
        /* The packets promised a frame that does not come: count what does. */
        reader->index->ordered = false;
        status = unreel_decode_order(reader);
        if (status == UNREEL_AV_OK && reader->index->frames > 0)
            status = unreel_decode_frame(reader, 0);
    }

    if (status == UNREEL_AV_OK && reader->index->frames == 0)
        status = unreel_fail_av(AVERROR_INVALIDDATA, "has no frame that can be decoded");
    return status != UNREEL_AV_OK ? status : describe(reader);
}

static int open_with(UnreelAvReader prototype, const char *path, const UnreelAvLimits *limits, UnreelAvIndex *index, UnreelAvReader **result)
{
    *result = NULL;
    unreel_log_reset();
    UnreelAvReader *reader = av_mallocz(sizeof *reader);
    if (reader == NULL)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    *reader = prototype;
    unreel_live(1);
    atomic_init(&reader->cancelled, 0);
    reader->limits = *limits;
    reader->shown = reader->passed = -1;
    reader->path = path != NULL ? av_strdup(path) : NULL;
    reader->packet = av_packet_alloc();
    reader->frame = av_frame_alloc();
    unreel_av_begin(reader);
    int status = (path != NULL && reader->path == NULL) || reader->packet == NULL || reader->frame == NULL
        ? unreel_fail(UNREEL_AV_MEMORY, "out of memory")
        : open_reader(reader, index);
    if (status != UNREEL_AV_OK) {
        unreel_av_close(reader);
        return status;
    }

    *result = reader;
    return UNREEL_AV_OK;
}

int unreel_av_open_file(const char *path, const UnreelAvLimits *limits, UnreelAvIndex *index, UnreelAvReader **reader)
{
    return open_with((UnreelAvReader) { 0 }, path, limits, index, reader);
}

int unreel_av_open_stream(UnreelAvRead read, UnreelAvSeek seek, void *opaque, const UnreelAvLimits *limits, UnreelAvIndex *index, UnreelAvReader **reader)
{
    return open_with((UnreelAvReader) { .read = read, .seek = seek, .opaque = opaque }, NULL, limits, index, reader);
}

void unreel_av_close(UnreelAvReader *reader)
{
    if (reader == NULL)
        return;

    avcodec_free_context(&reader->decoder);
    unreel_input_close(reader);
    sws_freeContext(reader->scaler);
    av_freep(&reader->rgb[0]);
    av_freep(&reader->marks);
    av_packet_free(&reader->packet);
    av_frame_free(&reader->frame);
    unreel_av_release_index(reader->index);
    av_free(reader->path);
    av_free(reader);
    unreel_live(-1);
}

int unreel_av_info(UnreelAvReader *reader, UnreelAvInfo *info)
{
    *info = reader->info;
    return UNREEL_AV_OK;
}

void unreel_av_begin(UnreelAvReader *reader)
{
    atomic_store(&reader->cancelled, 0);
    reader->deadline = unreel_now() + reader->limits.timeout;
}

void unreel_av_cancel(UnreelAvReader *reader)
{
    atomic_store(&reader->cancelled, 1);
}

int unreel_av_want(UnreelAvReader *reader, const int32_t *frames, int32_t count)
{
    unreel_log_reset();
    return unreel_decode_want(reader, frames, count);
}

int unreel_av_decode(UnreelAvReader *reader, int32_t number, int32_t *width, int32_t *height)
{
    unreel_log_reset();
    if (number < 0 || number >= reader->index->frames)
        return unreel_fail(UNREEL_AV_INVALID, "has no frame %d: there are %d", number, reader->index->frames);

    int status = unreel_decode_frame(reader, number);
    if (status != UNREEL_AV_OK)
        return status;

    *width = reader->turn ? reader->frame->height : reader->frame->width;
    *height = reader->turn ? reader->frame->width : reader->frame->height;
    return UNREEL_AV_OK;
}

int unreel_av_copy(UnreelAvReader *reader, uint8_t *rgb, int64_t capacity)
{
    unreel_log_reset();
    if (reader->shown < 0)
        return unreel_fail(UNREEL_AV_INVALID, "no frame was decoded");

    return unreel_convert(reader, rgb, capacity);
}

int unreel_av_motion(UnreelAvReader *reader, int32_t cell, float *field, int64_t capacity, int32_t *vectors)
{
    unreel_log_reset();
    if (reader->shown < 0)
        return unreel_fail(UNREEL_AV_INVALID, "no frame was decoded");

    return unreel_motion(reader, cell, field, capacity, vectors);
}
