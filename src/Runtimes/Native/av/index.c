/* Which packets show which frames: found by reading the packets' headers once, without decoding where they tell enough. */
#define _GNU_SOURCE
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static int grow(UnreelAvIndex *index)
{
    if (index->packet_count < index->packet_capacity)
        return UNREEL_AV_OK;

    int32_t capacity = index->packet_capacity > 0 ? index->packet_capacity * 2 : 256;
    Packet *packets = av_realloc_array(index->packets, capacity, sizeof *packets);
    if (packets == NULL)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory for the index of %d packets", capacity);

    index->packets = packets;
    index->packet_capacity = capacity;
    return UNREEL_AV_OK;
}

/* VP8 keeps pictures that are only referred to in packets of their own; bit 4 of the first byte says whether one is shown. */
static bool hidden(const AVPacket *packet, enum AVCodecID codec)
{
    return packet->size == 0
        || packet->flags & (AV_PKT_FLAG_DISCARD | AV_PKT_FLAG_CORRUPT)
        || (codec == AV_CODEC_ID_VP8 && !(packet->data[0] & 0x10));
}

/* MPEG-4 part 2: one picture that is coded and not bidirectional, so that file order is display order. */
static bool plain_mpeg4(const AVPacket *packet)
{
    int pictures = 0;
    for (int i = 0; i + 4 < packet->size; i++) {
        if (packet->data[i] != 0 || packet->data[i + 1] != 0 || packet->data[i + 2] != 1 || packet->data[i + 3] != 0xB6)
            continue;
        if (++pictures > 1 || packet->data[i + 4] >> 6 == 2)
            return false;
    }

    return pictures == 1 && packet->size >= 16;
}

static bool intra_only(enum AVCodecID codec)
{
    const AVCodecDescriptor *descriptor = avcodec_descriptor_get(codec);
    return descriptor != NULL && descriptor->props & AV_CODEC_PROP_INTRA_ONLY;
}

static bool container_is(const AVFormatContext *format, const char *name)
{
    return strstr(format->iformat->name, name) != NULL;
}

static int add(UnreelAvReader *reader, const AVPacket *packet, bool *plain)
{
    UnreelAvIndex *index = reader->index;
    if (index->packet_count >= FFMIN(reader->limits.frames, INT32_MAX / 2))
        return unreel_fail(UNREEL_AV_LIMIT, "has more than the %lld frames allowed", (long long)reader->limits.frames);
    if (av_packet_get_side_data(packet, AV_PKT_DATA_ENCRYPTION_INFO, NULL) != NULL)
        return unreel_fail(UNREEL_AV_INVALID, "is encrypted");

    int status = grow(index);
    if (status != UNREEL_AV_OK)
        return status;

    enum AVCodecID codec = reader->stream->codecpar->codec_id;
    bool hides = hidden(packet, codec);
    if (!hides && codec == AV_CODEC_ID_MPEG4 && *plain)
        *plain = plain_mpeg4(packet);
    index->layered = index->layered || unreel_layered(packet, reader->stream->codecpar);
    index->packets[index->packet_count++] = (Packet) {
        .pts = packet->pts,
        .dts = packet->dts,
        .pos = packet->pos,
        .size = packet->size,
        .rank = hides ? -1 : 0,
        .key = packet->flags & AV_PKT_FLAG_KEY,
        .needed = unreel_needed(packet, reader->stream->codecpar),
    };
    return UNREEL_AV_OK;
}

static int compare_places(const Packet *a, const Packet *b)
{
    return a->pos != b->pos ? (a->pos < b->pos ? -1 : 1) : a->size != b->size ? (a->size < b->size ? -1 : 1) : 0;
}

static int by_place(const void *left, const void *right, void *packets)
{
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    int order = compare_places((Packet *)packets + a, (Packet *)packets + b);
    return order != 0 ? order : (a > b) - (a < b);
}

static int by_time(const void *left, const void *right, void *packets)
{
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    int64_t s = ((Packet *)packets)[a].pts, t = ((Packet *)packets)[b].pts;
    return s != t ? (s < t ? -1 : 1) : (a > b) - (a < b);
}

static int sort_places(UnreelAvIndex *index)
{
    index->by_place = av_malloc_array(FFMAX(index->packet_count, 1), sizeof *index->by_place);
    if (index->by_place == NULL)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    for (int32_t i = 0; i < index->packet_count; i++)
        index->by_place[i] = i;
    qsort_r(index->by_place, index->packet_count, sizeof *index->by_place, by_place, index->packets);
    index->seekable = true;
    for (int32_t i = 0; i < index->packet_count && index->seekable; i++) {
        const Packet *packet = &index->packets[index->by_place[i]];
        const Packet *before = i > 0 ? &index->packets[index->by_place[i - 1]] : NULL;
        bool same = before != NULL && compare_places(before, packet) == 0;
        index->seekable = packet->pos >= 0 && !(same && (packet->dts == AV_NOPTS_VALUE || before->dts == packet->dts));
    }

    return UNREEL_AV_OK;
}

/* Orders the shown packets by time, or as they lie where the container has no times of its own. */
static int order_frames(UnreelAvReader *reader, bool plain)
{
    UnreelAvIndex *index = reader->index;
    int32_t *shown = av_malloc_array(FFMAX(index->packet_count, 1), sizeof *shown);
    if (shown == NULL)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    int32_t count = 0;
    index->timed = true;
    for (int32_t i = 0; i < index->packet_count; i++) {
        if (index->packets[i].rank < 0)
            continue;
        index->timed = index->timed && index->packets[i].pts != AV_NOPTS_VALUE;
        shown[count++] = i;
    }

    enum AVCodecID codec = reader->stream->codecpar->codec_id;
    bool guessed = container_is(reader->format, "avi") || reader->format->iformat->flags & AVFMT_NOTIMESTAMPS || container_is(reader->format, "mpeg");
    bool as_they_lie = intra_only(codec) || (container_is(reader->format, "avi") && codec == AV_CODEC_ID_MPEG4 && plain);
    if (!as_they_lie && !guessed && index->timed)
        qsort_r(shown, count, sizeof *shown, by_time, index->packets);
    for (int32_t i = 1; i < count; i++)
        index->timed = index->timed && index->packets[shown[i]].pts > index->packets[shown[i - 1]].pts;
    index->ordered = as_they_lie || (!guessed && index->timed);

    int status = index->ordered ? unreel_index_frames(index, shown, count) : UNREEL_AV_OK;
    av_free(shown);
    return status;
}

int unreel_index_frames(UnreelAvIndex *index, const int32_t *shown, int32_t count)
{
    av_freep(&index->order);
    index->order = av_malloc_array(FFMAX(count, 1), sizeof *index->order);
    if (index->order == NULL)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    for (int32_t i = 0; i < index->packet_count; i++)
        index->packets[i].rank = -1;
    for (int32_t i = 0; i < count; i++) {
        index->order[i] = shown[i];
        index->packets[shown[i]].rank = i;
    }

    index->frames = count;
    return UNREEL_AV_OK;
}

int unreel_index_scan(UnreelAvReader *reader)
{
    bool plain = true;
    UnreelAvIndex *index = reader->index = av_mallocz(sizeof *index);
    if (index == NULL)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    atomic_init(&index->references, 1);
    unreel_live(1);
    for (;;) {
        int status = unreel_input_stopped(reader);
        if (status != UNREEL_AV_OK)
            return status;
        int result = av_read_frame(reader->format, reader->packet);
        if (result == AVERROR(EAGAIN))
            continue;
        if (result < 0)
            break; /* the end, or damage that cuts the file short: what came before it counts */

        if (reader->packet->stream_index == reader->stream->index)
            status = add(reader, reader->packet, &plain);
        av_packet_unref(reader->packet);
        if (status != UNREEL_AV_OK)
            return status;
    }

    int status = unreel_input_stopped(reader);
    if (status != UNREEL_AV_OK)
        return status;
    reader->next = -1;
    if (index->packet_count == 0)
        return unreel_fail(UNREEL_AV_INVALID, "has a video stream without any frame that can be read");

    status = sort_places(index);
    return status != UNREEL_AV_OK ? status : order_frames(reader, plain);
}

int32_t unreel_index_find(const UnreelAvIndex *index, const AVPacket *packet)
{
    Packet wanted = { .pos = packet->pos, .size = packet->size };
    int32_t low = 0, high = index->packet_count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (compare_places(&index->packets[index->by_place[middle]], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }

    int32_t found = -1;
    for (; low < index->packet_count && compare_places(&index->packets[index->by_place[low]], &wanted) == 0; low++) {
        int32_t candidate = index->by_place[low];
        if (found < 0 || index->packets[candidate].dts == packet->dts)
            found = candidate;
    }

    return found;
}

int32_t unreel_index_key_before(const UnreelAvIndex *index, int32_t number)
{
    for (int32_t i = index->order[number]; i > 0; i--)
        if (index->packets[i].key && index->packets[i].rank <= number)
            return i;

    return 0;
}

void unreel_index_times(UnreelAvReader *reader, double *seconds, double *rate)
{
    const UnreelAvIndex *index = reader->index;
    AVRational told = reader->stream->avg_frame_rate;
    double tick = av_q2d(reader->stream->time_base);
    *rate = told.num > 0 && told.den > 0 ? av_q2d(told) : 25;
    if (index->timed && index->frames > 1) {
        double span = (double)(index->packets[index->order[index->frames - 1]].pts - index->packets[index->order[0]].pts) * tick;
        if (span > 0)
            *rate = (index->frames - 1) / span;
    }

    *seconds = index->frames / *rate;
}

UnreelAvIndex *unreel_av_share_index(UnreelAvReader *reader)
{
    atomic_fetch_add(&reader->index->references, 1);
    return reader->index;
}

void unreel_av_release_index(UnreelAvIndex *index)
{
    if (index == NULL || atomic_fetch_sub(&index->references, 1) > 1)
        return;

    av_free(index->packets);
    av_free(index->by_place);
    av_free(index->order);
    av_free(index);
    unreel_live(-1);
}
