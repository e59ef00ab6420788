/* Pictures that nothing refers to need no decoding where they are not wanted, and nothing does after the last that is. */
#include "internal.h"

/* These two decoders tell pictures apart from the packet alone; the one of MPEG-4 part 2 loses pictures that are packed together. */
static bool tells_apart(const UnreelAvReader *reader)
{
    return reader->decoder->codec_id == AV_CODEC_ID_H264 || reader->decoder->codec_id == AV_CODEC_ID_HEVC;
}

bool unreel_skips(UnreelAvReader *reader, int32_t rank, int32_t target)
{
    if (rank < 0 || rank == target || !tells_apart(reader) || reader->index->layered)
        return false;
    if (reader->marks == NULL)
        return rank < target;
    /* What comes after the last of them may be asked for next, and to come back for it would cost more. */
    if (rank > reader->last_wanted || reader->marks[rank] & UNREEL_WANTED)
        return false;

    reader->marks[rank] |= UNREEL_SKIPPED;
    return true;
}

/* Whether what is wanted lies in packets that were sent: then the decoder need not see others to give it. */
bool unreel_sent_all(const UnreelAvReader *reader)
{
    const UnreelAvIndex *index = reader->index;
    int32_t last = reader->last_packet;
    if (reader->marks == NULL || last < 0 || reader->pending || reader->next <= last || !index->ordered || !index->seekable || !tells_apart(reader))
        return false;

    return last + 1 == index->packet_count || index->packets[last + 1].rank >= 0; /* not the other half of the same picture */
}

int unreel_decode_want(UnreelAvReader *reader, const int32_t *frames, int32_t count, bool last)
{
    int32_t total = reader->index->frames;
    for (int32_t i = 0; i < count; i++)
        if (frames[i] < 0 || frames[i] >= total)
            return unreel_fail(UNREEL_AV_INVALID, "has no frame %d: there are %d", frames[i], total);
    if (reader->marks == NULL && (reader->marks = av_calloc(total, sizeof *reader->marks)) == NULL)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    for (int32_t i = 0; i < total; i++)
        reader->marks[i] &= UNREEL_SKIPPED;
    reader->last_wanted = reader->last_packet = -1;
    for (int32_t i = 0; i < count; i++) {
        reader->marks[frames[i]] |= UNREEL_WANTED;
        reader->last_wanted = FFMAX(reader->last_wanted, frames[i]);
        if (last)
            reader->last_packet = FFMAX(reader->last_packet, reader->index->order[frames[i]]);
    }

    return UNREEL_AV_OK;
}
