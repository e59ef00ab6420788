/* What the headers of an H.264 or HEVC picture tell, without the time that its pixels take. */
#include "internal.h"

#include <string.h>

/* More than the header of a slice that is coded alone can have. */
enum { ENOUGH = 256 };

/* In containers of the MP4 family units follow their length, elsewhere a start code. */
static int length_bytes(const AVCodecParameters *parameters)
{
    int place = parameters->codec_id == AV_CODEC_ID_HEVC ? 21 : 4;
    bool by_length = parameters->extradata_size > place && parameters->extradata[0] == 1;
    return by_length ? (parameters->extradata[place] & 3) + 1 : 0;
}

static bool is_slice(uint8_t head, enum AVCodecID codec)
{
    return codec == AV_CODEC_ID_HEVC ? (head >> 1 & 63) < 32 : (head & 31) >= 1 && (head & 31) <= 5;
}

Slice unreel_first_slice(const AVPacket *packet, const AVCodecParameters *parameters)
{
    int by_length = length_bytes(parameters), prefix = by_length > 0 ? by_length : 3;
    for (int64_t i = 0; i + prefix < packet->size;) {
        const uint8_t *unit = packet->data + i;
        int64_t length = 0;
        for (int k = 0; k < prefix; k++)
            length = length << 8 | unit[k];
        if (by_length == 0 && length != 1) {
            i++;
            continue;
        }

        int64_t start = i + prefix, rest = packet->size - start;
        if (is_slice(unit[prefix], parameters->codec_id))
            return (Slice) { .start = (int32_t)start, .length = (int32_t)(by_length > 0 ? FFMIN(length, rest) : rest) };
        i += prefix + (by_length > 0 ? length : 1);
    }

    return (Slice) { 0 };
}

/* A picture that says nothing refers to it means those of its own layer. */
bool unreel_layered(const AVPacket *packet, const AVCodecParameters *parameters)
{
    if (parameters->codec_id != AV_CODEC_ID_HEVC)
        return false;

    Slice slice = unreel_first_slice(packet, parameters);
    return slice.length < 2 || (packet->data[slice.start + 1] & 7) != 1;
}

/* The packet up to the beginning of its first slice's pixels. */
static AVPacket *beginning(const AVPacket *packet, const AVCodecParameters *parameters)
{
    Slice slice = unreel_first_slice(packet, parameters);
    int32_t length = FFMIN(slice.length, ENOUGH), prefix = length_bytes(parameters);
    AVPacket *part = length > 0 ? av_packet_alloc() : NULL;
    if (part == NULL || av_new_packet(part, slice.start + length) < 0) {
        av_packet_free(&part);
        return NULL;
    }

    memcpy(part->data, packet->data, part->size);
    for (int k = 0; k < prefix; k++)
        part->data[slice.start - 1 - k] = (uint8_t)(length >> 8 * k);
    return part;
}

/* A decoder that stops within a picture keeps what is left of it for the next one, so this one is for a single use. */
static bool decode_part(const AVCodec *codec, UnreelAvReader *reader, AVPacket *part)
{
    AVCodecContext *decoder = avcodec_alloc_context3(codec);
    bool came = decoder != NULL && avcodec_parameters_to_context(decoder, reader->stream->codecpar) >= 0;
    if (came) {
        decoder->max_pixels = reader->limits.pixels;
        decoder->thread_count = 1;
        decoder->error_concealment = 0; /* nobody will see the pixels that are missing */
        came = avcodec_open2(decoder, codec, NULL) >= 0 && avcodec_send_packet(decoder, part) >= 0 && avcodec_send_packet(decoder, NULL) >= 0
            && avcodec_receive_frame(decoder, reader->frame) >= 0;
    }

    avcodec_free_context(&decoder);
    return came;
}

bool unreel_headers(UnreelAvReader *reader)
{
    AVPacket *part = beginning(reader->packet, reader->stream->codecpar);
    bool came = part != NULL && decode_part(reader->decoder->codec, reader, part) && reader->frame->width > 0 && reader->frame->height > 0;
    av_packet_free(&part);
    unreel_log_reset();
    return came;
}
