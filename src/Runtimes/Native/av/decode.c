/* From packets to frames. Each packet carries its own number through the decoder in place of a timestamp, and comes out with its frame. */
#include "internal.h"

#include <string.h>

enum {
    WORTH_A_SEEK = 4,  /* packets that are cheaper to decode than to jump over */
    LATE_FRAMES = 32,  /* how many packets later a frame may still come out */
    MAX_ERRORS = 1000, /* packets in a row that give nothing */
};

static bool damaged(const AVFrame *frame)
{
    return frame->decode_error_flags != 0 || frame->flags & AV_FRAME_FLAG_CORRUPT;
}

int unreel_decoder_open(UnreelAvReader *reader)
{
    const AVCodecParameters *parameters = reader->stream->codecpar;
    const AVCodec *codec = avcodec_find_decoder(parameters->codec_id);
    if (codec == NULL) {
        char tag[AV_FOURCC_MAX_STRING_SIZE];
        return unreel_fail(UNREEL_AV_INVALID, "is coded as %s (%s), for which this libav has no decoder",
            avcodec_get_name(parameters->codec_id), av_fourcc_make_string(tag, parameters->codec_tag));
    }

    if ((int64_t)parameters->width * parameters->height > reader->limits.pixels)
        return unreel_fail(UNREEL_AV_LIMIT, "has frames of %dx%d, more than the %lld pixels allowed", parameters->width, parameters->height, (long long)reader->limits.pixels);

    reader->decoder = avcodec_alloc_context3(codec);
    if (reader->decoder == NULL || avcodec_parameters_to_context(reader->decoder, parameters) < 0)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    reader->decoder->max_pixels = reader->limits.pixels;
    reader->decoder->thread_count = FFMAX(reader->limits.threads, 1);
    reader->decoder->pkt_timebase = (AVRational) { 1, 1000 };
    if (reader->limits.motion)
        reader->decoder->flags2 |= AV_CODEC_FLAG2_EXPORT_MVS;
    /* Half a picture is none; of a video the frames that are whole count. The TIFF decoder would refuse every tag it does not use. */
    if (reader->limits.pictures && codec->id != AV_CODEC_ID_TIFF)
        reader->decoder->err_recognition |= AV_EF_EXPLODE;
    int result = avcodec_open2(reader->decoder, codec, NULL);
    return result >= 0 ? UNREEL_AV_OK : unreel_fail_av(result, "its decoder does not start");
}

/* Takes the next packet of the stream into reader->packet and says which one it is: a number, -1 at the end, or a status below -1. */
static int32_t read_packet(UnreelAvReader *reader)
{
    for (;;) {
        int status = unreel_input_stopped(reader);
        if (status != UNREEL_AV_OK)
            return status - 1;
        int result = av_read_frame(reader->format, reader->packet);
        if (result == AVERROR(EAGAIN))
            continue;
        if (result < 0)
            return (status = unreel_input_stopped(reader)) != UNREEL_AV_OK ? status - 1 : -1;
        if (reader->packet->stream_index == reader->stream->index)
            break;
        av_packet_unref(reader->packet);
    }

    int32_t number = reader->next >= 0 ? reader->next : unreel_index_find(reader->index, reader->packet);
    if (number < 0 || number >= reader->index->packet_count) {
        av_packet_unref(reader->packet);
        return unreel_fail(UNREEL_AV_INVALID, "changed while it was read") - 1;
    }

    reader->next = number + 1;
    return number;
}

static void forget(UnreelAvReader *reader)
{
    av_packet_unref(reader->packet);
    av_frame_unref(reader->frame);
    avcodec_flush_buffers(reader->decoder);
    reader->pending = reader->draining = false;
    reader->shown = reader->passed = -1;
    reader->from = 0;
    reader->next = -1;
    for (int32_t i = 0; reader->marks != NULL && i < reader->index->frames; i++)
        reader->marks[i] &= ~UNREEL_SKIPPED;
}

/* Jumps to a timestamp and accepts the jump if it does not land after packet `number`. */
static int jump(UnreelAvReader *reader, int32_t number)
{
    const Packet *packet = &reader->index->packets[number];
    bool by_pts = strstr(reader->format->iformat->name, "matroska") != NULL || packet->dts == AV_NOPTS_VALUE;
    int64_t time = by_pts ? packet->pts : packet->dts;
    if (time == AV_NOPTS_VALUE || av_seek_frame(reader->format, reader->stream->index, time, AVSEEK_FLAG_BACKWARD) < 0)
        return 1;

    forget(reader);
    int32_t landed = read_packet(reader);
    if (landed < -1)
        return landed == UNREEL_AV_INVALID - 1 ? 1 : landed + 1;
    if (landed < 0 || landed > number) {
        av_packet_unref(reader->packet);
        return 1;
    }

    reader->pending = true;
    reader->from = number;
    return UNREEL_AV_OK;
}

static int rewind_input(UnreelAvReader *reader)
{
    forget(reader);
    int status = reader->index->seekable ? jump(reader, 0) : 1;
    if (status <= 0)
        return status;

    forget(reader);
    unreel_input_close(reader);
    return unreel_input_open(reader);
}

static int seek_to(UnreelAvReader *reader, int32_t number)
{
    int status = reader->index->seekable && number > 0 ? jump(reader, number) : 1;
    return status <= 0 ? status : rewind_input(reader);
}

/* Sends one packet, or the end of the stream. */
static int feed(UnreelAvReader *reader, int32_t target, int *errors)
{
    if (unreel_sent_all(reader)) {
        reader->draining = true;
        avcodec_send_packet(reader->decoder, NULL);
        return UNREEL_AV_OK;
    }

    int32_t number = reader->pending ? reader->next - 1 : read_packet(reader);
    reader->pending = false;
    if (number < -1)
        return number + 1;
    if (number < 0) {
        reader->draining = true;
        avcodec_send_packet(reader->decoder, NULL);
        return UNREEL_AV_OK;
    }

    int32_t rank = reader->index->packets[number].rank;
    if (number >= reader->from && reader->packet->size > 0) {
        reader->decoder->skip_frame = unreel_skips(reader, rank, target) ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
        reader->packet->flags &= ~AV_PKT_FLAG_DISCARD;
        reader->packet->pts = number;
        reader->packet->dts = AV_NOPTS_VALUE;
        *errors = avcodec_send_packet(reader->decoder, reader->packet) < 0 ? *errors + 1 : 0;
    }

    av_packet_unref(reader->packet);
    return *errors < MAX_ERRORS ? UNREEL_AV_OK : unreel_fail_av(AVERROR_INVALIDDATA, "is damaged: nothing decodes over a long stretch");
}

/* The packet number of the next frame that comes out, -1 at the end, or a status below -1. */
static int32_t next_frame(UnreelAvReader *reader, int32_t target)
{
    int errors = 0;
    for (;;) {
        int result = avcodec_receive_frame(reader->decoder, reader->frame);
        if (result >= 0) {
            int64_t number = reader->frame->pts;
            reader->shown = -1;
            if (number >= 0 && number < reader->index->packet_count)
                return (int32_t)number;
            continue;
        }

        if (result == AVERROR_EOF || reader->draining)
            return -1;

        int status = unreel_input_stopped(reader);
        if (status == UNREEL_AV_OK)
            status = feed(reader, target, &errors);
        if (status != UNREEL_AV_OK)
            return status - 1;
    }
}

/* 0 when the frame came, 1 when it did not. */
static int run_to(UnreelAvReader *reader, int32_t number)
{
    for (;;) {
        int32_t packet = next_frame(reader, number);
        if (packet < -1)
            return packet + 1;
        if (packet < 0)
            return 1;

        int32_t rank = reader->index->packets[packet].rank;
        if (rank == 0 && damaged(reader->frame))
            return unreel_fail_av(AVERROR_INVALIDDATA, "is damaged from its first frame on");
        reader->passed = FFMAX(reader->passed, rank);
        if (rank == number) {
            reader->shown = number;
            return UNREEL_AV_OK;
        }

        if (packet > reader->index->order[number] + LATE_FRAMES)
            return 1;
    }
}

int unreel_decode_frame(UnreelAvReader *reader, int32_t number)
{
    if (reader->shown == number)
        return UNREEL_AV_OK;

    int32_t key = unreel_index_key_before(reader->index, number);
    bool lost = reader->marks != NULL && reader->marks[number] & UNREEL_SKIPPED;
    bool behind = reader->next < 0 || number <= reader->passed || reader->draining || lost;
    bool far = key > reader->next + WORTH_A_SEEK && reader->index->seekable;
    int status = behind || far ? seek_to(reader, key) : UNREEL_AV_OK;
    if (status == UNREEL_AV_OK)
        status = run_to(reader, number);
    if (status <= 0)
        return status;

    /* A keyframe that does not stand alone, or times that lie: decoding from the start is the last word. */
    unreel_log_reset();
    status = rewind_input(reader);
    if (status == UNREEL_AV_OK)
        status = run_to(reader, number);

    return status <= 0 ? status : unreel_fail_av(AVERROR_INVALIDDATA, "is damaged: a frame does not decode");
}

/* Takes the first frame's headers without its pixels: 0 when they came, 1 when the frame has to be decoded to know them. */
int unreel_decode_headers(UnreelAvReader *reader)
{
    const UnreelAvIndex *index = reader->index;
    if (reader->decoder->codec_id != AV_CODEC_ID_H264 || !index->ordered || !index->seekable || index->order[0] != 0 || !index->packets[0].key)
        return 1;

    int status = rewind_input(reader);
    int32_t number = status != UNREEL_AV_OK ? status - 1 : reader->pending ? reader->next - 1 : read_packet(reader);
    if (number != 0)
        return number < -1 ? number + 1 : 1;

    bool came = unreel_headers(reader);
    av_packet_unref(reader->packet);
    reader->pending = false;
    reader->next = -1;
    return came ? UNREEL_AV_OK : 1;
}

/* Decodes everything once to learn which packets give frames, and in which order. */
int unreel_decode_order(UnreelAvReader *reader)
{
    int32_t *shown = av_malloc_array(reader->index->packet_count, sizeof *shown), count = 0;
    bool *seen = av_calloc(reader->index->packet_count, sizeof *seen);
    int status = shown == NULL || seen == NULL ? unreel_fail(UNREEL_AV_MEMORY, "out of memory") : rewind_input(reader);
    while (status == UNREEL_AV_OK) {
        int32_t packet = next_frame(reader, 0);
        if (packet == -1)
            break;
        if (packet < -1)
            status = packet + 1;
        else if (!seen[packet]) {
            seen[packet] = true;
            shown[count++] = packet;
        }
    }

    if (status == UNREEL_AV_OK)
        status = unreel_index_frames(reader->index, shown, count);
    av_free(shown);
    av_free(seen);
    return status;
}
