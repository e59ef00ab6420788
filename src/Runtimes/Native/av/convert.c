/* From a decoded frame to upright RGB. */
#include "internal.h"

#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

/* Untagged video follows the custom of its size: BT.601 below 720 lines, BT.709 from there on. */
int unreel_colour_space(const AVFrame *frame)
{
    switch (frame->colorspace) {
    case AVCOL_SPC_BT709:
        return SWS_CS_ITU709;
    case AVCOL_SPC_FCC:
        return SWS_CS_FCC;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
        return SWS_CS_ITU601;
    case AVCOL_SPC_SMPTE240M:
        return SWS_CS_SMPTE240M;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
        return SWS_CS_BT2020;
    default:
        return frame->height < 720 ? SWS_CS_ITU601 : SWS_CS_ITU709;
    }
}

static bool full_range(const AVFrame *frame)
{
    return frame->color_range == AVCOL_RANGE_JPEG || frame->format == AV_PIX_FMT_YUVJ420P || frame->format == AV_PIX_FMT_YUVJ422P
        || frame->format == AV_PIX_FMT_YUVJ444P || frame->format == AV_PIX_FMT_YUVJ440P || frame->format == AV_PIX_FMT_YUVJ411P;
}

/* The newer names of formats that once carried their range in the name. */
static enum AVPixelFormat plain_format(enum AVPixelFormat format)
{
    switch (format) {
    case AV_PIX_FMT_YUVJ411P:
        return AV_PIX_FMT_YUV411P;
    case AV_PIX_FMT_YUVJ420P:
        return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P:
        return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ440P:
        return AV_PIX_FMT_YUV440P;
    case AV_PIX_FMT_YUVJ444P:
        return AV_PIX_FMT_YUV444P;
    default:
        return format;
    }
}

static int prepare_scaler(UnreelAvReader *reader, const AVFrame *frame)
{
    int space = unreel_colour_space(frame), range = full_range(frame);
    int key[6] = { frame->width, frame->height, frame->format, space, range, 1 };
    if (reader->scaler != NULL && memcmp(key, reader->scaler_key, sizeof key) == 0)
        return UNREEL_AV_OK;

    sws_freeContext(reader->scaler);
    enum AVPixelFormat format = plain_format(frame->format);
    const char *name = av_get_pix_fmt_name(format);
    reader->scaler = sws_isSupportedInput(format)
        ? sws_getContext(frame->width, frame->height, format, frame->width, frame->height, AV_PIX_FMT_RGB24, UNREEL_SWS_FLAGS, NULL, NULL, NULL)
        : NULL;
    if (reader->scaler == NULL)
        return unreel_fail(UNREEL_AV_INVALID, "has %dx%d frames of format %s, which cannot be turned into RGB", frame->width, frame->height, name != NULL ? name : "unknown");

    /* Formats without colour differences refuse this, and do not need it. */
    sws_setColorspaceDetails(reader->scaler, sws_getCoefficients(space), range, sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);
    memcpy(reader->scaler_key, key, sizeof key);
    return UNREEL_AV_OK;
}

/* A frame as it is stored, for what writes beyond a row's end or has to be turned. */
static int prepare_picture(UnreelAvReader *reader, const AVFrame *frame)
{
    if (reader->rgb[0] != NULL && reader->rgb_width == frame->width && reader->rgb_height == frame->height)
        return UNREEL_AV_OK;

    av_freep(&reader->rgb[0]);
    if (av_image_alloc(reader->rgb, reader->rgb_stride, frame->width + ALIGNMENT, frame->height, AV_PIX_FMT_RGB24, ALIGNMENT) < 0)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory for a frame of %dx%d", frame->width, frame->height);

    reader->rgb_width = frame->width;
    reader->rgb_height = frame->height;
    return UNREEL_AV_OK;
}

/* Reads the display matrix as the nearest of the eight ways to lay a picture down. */
static void read_matrix(UnreelAvReader *reader, const int32_t *matrix)
{
    int64_t a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
    if (a == 0 && b == 0 && c == 0 && d == 0)
        return;

    reader->turn = llabs(b) + llabs(c) > llabs(a) + llabs(d);
    reader->flip_x = (reader->turn ? c : a) < 0;
    reader->flip_y = (reader->turn ? b : d) < 0;
    reader->rotation = reader->turn ? (reader->flip_x ? 90 : 270) : reader->flip_y ? 180 : 0; /* of a mirrored picture: before the mirror */
}

void unreel_orient(UnreelAvReader *reader, const AVFrame *frame)
{
    const int32_t *matrix = NULL;
    size_t size = 0;
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
    const AVCodecParameters *parameters = reader->stream->codecpar;
    const AVPacketSideData *side = av_packet_side_data_get(parameters->coded_side_data, parameters->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    matrix = side != NULL ? (const int32_t *)side->data : NULL;
    size = side != NULL ? side->size : 0;
#else
    matrix = (const int32_t *)av_stream_get_side_data(reader->stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
#endif
    const AVFrameSideData *own = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
    if (matrix == NULL && own != NULL)
        matrix = (const int32_t *)own->data, size = own->size;
    if (matrix != NULL && size >= 9 * sizeof *matrix)
        read_matrix(reader, matrix);
}

static void lay_down(const UnreelAvReader *reader, int width, int height, uint8_t *target)
{
    int columns = reader->turn ? height : width, rows = reader->turn ? width : height;
    for (int row = 0; row < rows; row++) {
        int across = reader->flip_y ? rows - 1 - row : row;
        for (int column = 0; column < columns; column++, target += 3) {
            int along = reader->flip_x ? columns - 1 - column : column;
            int x = reader->turn ? across : along, y = reader->turn ? along : across;
            memcpy(target, reader->rgb[0] + (ptrdiff_t)y * reader->rgb_stride[0] + (ptrdiff_t)x * 3, 3);
        }
    }
}

static int store(UnreelAvReader *reader, const AVFrame *frame)
{
    int status = prepare_picture(reader, frame);
    if (status == UNREEL_AV_OK && unreel_colour_can(frame)) {
        unreel_colour(frame, unreel_colour_space(frame), full_range(frame), reader->rgb[0], reader->rgb_stride[0]);
        return UNREEL_AV_OK;
    }

    if (status == UNREEL_AV_OK)
        status = prepare_scaler(reader, frame);
    if (status != UNREEL_AV_OK)
        return status;
    if (sws_scale(reader->scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height, reader->rgb, reader->rgb_stride) != frame->height)
        return unreel_fail(UNREEL_AV_INVALID, "a frame cannot be turned into RGB");

    return UNREEL_AV_OK;
}

int unreel_convert(UnreelAvReader *reader, uint8_t *rgb, int64_t capacity)
{
    const AVFrame *frame = reader->frame;
    if (capacity < (int64_t)frame->width * frame->height * 3)
        return unreel_fail(UNREEL_AV_INVALID, "a frame of %dx%d does not fit into %lld bytes", frame->width, frame->height, (long long)capacity);

    bool turned = reader->turn || reader->flip_x || reader->flip_y;
    if (!turned && unreel_colour_can(frame)) {
        unreel_colour(frame, unreel_colour_space(frame), full_range(frame), rgb, (ptrdiff_t)frame->width * 3);
        return UNREEL_AV_OK;
    }

    int status = store(reader, frame);
    if (status != UNREEL_AV_OK)
        return status;
    if (turned)
        lay_down(reader, frame->width, frame->height, rgb);
    else
        for (int row = 0; row < frame->height; row++)
            memcpy(rgb + (size_t)row * frame->width * 3, reader->rgb[0] + (ptrdiff_t)row * reader->rgb_stride[0], (size_t)frame->width * 3);

    return UNREEL_AV_OK;
}
