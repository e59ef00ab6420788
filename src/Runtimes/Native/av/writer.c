/* H.264 in MP4, made so that equal frames give equal bytes. */
#include "internal.h"

#include <errno.h>
#include <libavutil/avstring.h>
#include <libavutil/opt.h>

struct UnreelAvWriter {
    AVFormatContext *format;
    AVStream *stream;
    AVCodecContext *encoder;
    AVPacket *packet;
    AVFrame *frame;
    struct SwsContext *scaler;
    int64_t frames;
    bool started, finished;
};

static int open_encoder(UnreelAvWriter *writer, int32_t width, int32_t height, double frame_rate, double crf, int32_t gop, const char *preset)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
    if (codec == NULL)
        return unreel_fail(UNREEL_AV_INVALID, "this libav has no libx264 to write H.264 with");

    AVCodecContext *encoder = writer->encoder = avcodec_alloc_context3(codec);
    if (encoder == NULL)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    encoder->width = width;
    encoder->height = height;
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder->framerate = av_d2q(frame_rate, 100000);
    encoder->time_base = av_inv_q(encoder->framerate);
    encoder->sample_aspect_ratio = (AVRational) { 1, 1 };
    encoder->colorspace = AVCOL_SPC_BT709;
    encoder->color_primaries = AVCOL_PRI_BT709;
    encoder->color_trc = AVCOL_TRC_BT709;
    encoder->color_range = AVCOL_RANGE_MPEG;
    encoder->gop_size = gop;
    encoder->thread_count = 1;
    encoder->flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_CLOSED_GOP;
    av_opt_set_double(encoder->priv_data, "crf", crf, 0);
    av_opt_set(encoder->priv_data, "preset", preset, 0);
    av_opt_set(encoder->priv_data, "x264-params", "threads=1:cpu-independent=1", 0);
    int result = avcodec_open2(encoder, codec, NULL);
    return result >= 0 ? UNREEL_AV_OK : unreel_fail_av(result, "the H.264 encoder does not start");
}

static int open_file(UnreelAvWriter *writer, const char *path)
{
    char *url = av_asprintf("file:%s", path);
    int result = url == NULL ? AVERROR(ENOMEM) : avformat_alloc_output_context2(&writer->format, NULL, "mp4", url);
    if (result >= 0)
        result = avio_open(&writer->format->pb, url, AVIO_FLAG_WRITE);
    av_free(url);
    if (result < 0)
        return unreel_fail_av(result, "cannot be written");

    writer->format->flags |= AVFMT_FLAG_BITEXACT;
    writer->stream = avformat_new_stream(writer->format, NULL);
    if (writer->stream == NULL || avcodec_parameters_from_context(writer->stream->codecpar, writer->encoder) < 0)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    writer->stream->time_base = writer->encoder->time_base;
    writer->stream->avg_frame_rate = writer->encoder->framerate;
    AVDictionary *options = NULL;
    av_dict_set(&options, "movflags", "+faststart", 0);
    result = avformat_write_header(writer->format, &options);
    av_dict_free(&options);
    writer->started = result >= 0;
    return result >= 0 ? UNREEL_AV_OK : unreel_fail_av(result, "cannot be written");
}

static int prepare_frame(UnreelAvWriter *writer)
{
    AVCodecContext *encoder = writer->encoder;
    writer->packet = av_packet_alloc();
    writer->frame = av_frame_alloc();
    writer->scaler = sws_getContext(encoder->width, encoder->height, AV_PIX_FMT_RGB24, encoder->width, encoder->height, encoder->pix_fmt, UNREEL_SWS_FLAGS, NULL, NULL, NULL);
    if (writer->packet == NULL || writer->frame == NULL || writer->scaler == NULL)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    sws_setColorspaceDetails(writer->scaler, sws_getCoefficients(SWS_CS_DEFAULT), 1, sws_getCoefficients(SWS_CS_ITU709), 0, 0, 1 << 16, 1 << 16);
    writer->frame->width = encoder->width;
    writer->frame->height = encoder->height;
    writer->frame->format = encoder->pix_fmt;
    writer->frame->colorspace = encoder->colorspace;
    writer->frame->color_range = encoder->color_range;
    return av_frame_get_buffer(writer->frame, 0) >= 0 ? UNREEL_AV_OK : unreel_fail(UNREEL_AV_MEMORY, "out of memory");
}

int unreel_av_create(const char *path, int32_t width, int32_t height, double frame_rate, double crf, int32_t gop, const char *preset, UnreelAvWriter **result)
{
    *result = NULL;
    unreel_log_reset();
    UnreelAvWriter *writer = av_mallocz(sizeof *writer);
    if (writer == NULL)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    unreel_live(1);
    int status = open_encoder(writer, width, height, frame_rate, crf, gop, preset);
    if (status == UNREEL_AV_OK)
        status = prepare_frame(writer);
    if (status == UNREEL_AV_OK)
        status = open_file(writer, path);
    if (status != UNREEL_AV_OK) {
        unreel_av_destroy(writer);
        return status;
    }

    *result = writer;
    return UNREEL_AV_OK;
}

static int drain(UnreelAvWriter *writer)
{
    for (;;) {
        int result = avcodec_receive_packet(writer->encoder, writer->packet);
        if (result == AVERROR(EAGAIN) || result == AVERROR_EOF)
            return UNREEL_AV_OK;
        if (result < 0)
            return unreel_fail_av(result, "a frame cannot be encoded");

        writer->packet->stream_index = writer->stream->index;
        writer->packet->duration = 1;
        av_packet_rescale_ts(writer->packet, writer->encoder->time_base, writer->stream->time_base);
        result = av_interleaved_write_frame(writer->format, writer->packet);
        if (result < 0)
            return unreel_fail_av(result, "cannot be written");
    }
}

int unreel_av_write(UnreelAvWriter *writer, const uint8_t *rgb, int64_t size)
{
    unreel_log_reset();
    const AVCodecContext *encoder = writer->encoder;
    if (size != (int64_t)encoder->width * encoder->height * 3)
        return unreel_fail(UNREEL_AV_INVALID, "a frame of %dx%d has %lld bytes, not %lld", encoder->width, encoder->height, (long long)encoder->width * encoder->height * 3, (long long)size);
    if (av_frame_make_writable(writer->frame) < 0)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    const uint8_t *planes[4] = { rgb };
    int strides[4] = { encoder->width * 3 };
    sws_scale(writer->scaler, planes, strides, 0, encoder->height, writer->frame->data, writer->frame->linesize);
    writer->frame->pts = writer->frames++;
    int result = avcodec_send_frame(writer->encoder, writer->frame);
    return result >= 0 ? drain(writer) : unreel_fail_av(result, "a frame cannot be encoded");
}

int unreel_av_finish(UnreelAvWriter *writer)
{
    unreel_log_reset();
    if (writer->finished)
        return UNREEL_AV_OK;

    writer->finished = true;
    int result = avcodec_send_frame(writer->encoder, NULL);
    int status = result >= 0 ? drain(writer) : unreel_fail_av(result, "the last frames cannot be encoded");
    if (status != UNREEL_AV_OK)
        return status;
    if ((result = av_write_trailer(writer->format)) < 0 || (result = avio_closep(&writer->format->pb)) < 0)
        return unreel_fail_av(result, "cannot be written to its end");

    return UNREEL_AV_OK;
}

void unreel_av_destroy(UnreelAvWriter *writer)
{
    if (writer == NULL)
        return;

    avcodec_free_context(&writer->encoder);
    if (writer->format != NULL)
        avio_closep(&writer->format->pb);
    avformat_free_context(writer->format);
    sws_freeContext(writer->scaler);
    av_packet_free(&writer->packet);
    av_frame_free(&writer->frame);
    av_free(writer);
    unreel_live(-1);
}
