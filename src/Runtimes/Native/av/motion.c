/* From the motion vectors that a decoder exports to displacements on a grid that lies over the upright frame. */
#include "internal.h"

#include <libavutil/motion_vector.h>
#include <string.h>

enum {
    NEAR_PACKETS = 64, /* how far in file order a frame that is referred to may lie */
    CHANNELS = 3,
};

/* H.264 says of every slice whether others refer to its picture. */
int8_t unreel_needed(const AVPacket *packet, const AVCodecParameters *parameters)
{
    Slice slice = parameters->codec_id == AV_CODEC_ID_H264 ? unreel_first_slice(packet, parameters) : (Slice) { 0 };
    return slice.length == 0 ? -1 : (packet->data[slice.start] >> 5 & 3) != 0;
}

/* In the codecs before H.264 a frame that is decoded after one that is shown later is bidirectional, and nothing refers to it. */
static bool may_be_referred_to(const UnreelAvIndex *index, int32_t packet)
{
    int32_t rank = index->packets[packet].rank;
    if (rank < 0 || index->packets[packet].needed >= 0)
        return rank >= 0 && index->packets[packet].needed;

    bool last_so_far = true;
    for (int32_t i = packet - 1; i >= FFMAX(packet - NEAR_PACKETS, 0) && last_so_far; i--)
        last_so_far = index->packets[i].rank < rank;
    return last_so_far;
}

/* How many frames lie between a frame and the nearest decoded before it that it can refer to, on one side; 1 where none is known.
 * libav says which side a vector points to and not how far. */
static int32_t reach_of(const UnreelAvIndex *index, int32_t number, bool past)
{
    int32_t packet = index->order[number], nearest = INT32_MAX;
    for (int32_t i = packet - 1; i >= FFMAX(packet - NEAR_PACKETS, 0); i--) {
        int32_t rank = index->packets[i].rank;
        int32_t reach = past ? number - rank : rank - number;
        if (reach > 0 && reach < nearest && may_be_referred_to(index, i))
            nearest = reach;
    }

    return nearest != INT32_MAX ? nearest : 1;
}

typedef struct {
    int32_t cell, columns, rows;
    float *field;
} Grid;

static float overlap(int32_t low, int32_t high, int32_t from, int32_t to)
{
    int32_t length = FFMIN(high, to) - FFMAX(low, from);
    return length > 0 ? (float)length : 0;
}

/* Adds a block's displacement to the cells below it, by the area that each shares with it. */
static void spread(Grid grid, int32_t left, int32_t top, int32_t width, int32_t height, float x, float y)
{
    int32_t right = left + width, bottom = top + height;
    for (int32_t row = FFMAX(top, 0) / grid.cell; row < grid.rows && row * grid.cell < bottom; row++)
        for (int32_t column = FFMAX(left, 0) / grid.cell; column < grid.columns && column * grid.cell < right; column++) {
            float area = overlap(left, right, column * grid.cell, (column + 1) * grid.cell) * overlap(top, bottom, row * grid.cell, (row + 1) * grid.cell);
            float *sum = grid.field + ((ptrdiff_t)row * grid.columns + column) * CHANNELS;
            sum[0] += area * x;
            sum[1] += area * y;
            sum[2] += area;
        }
}

static void add_vector(const UnreelAvReader *reader, Grid grid, const AVMotionVector *vector, const int32_t reach[2])
{
    if (vector->motion_scale == 0 || vector->source == 0)
        return;

    /* The vector points to where the block comes from. */
    bool past = vector->source < 0;
    float frames = (float)(past ? -reach[0] : reach[1]) * (float)vector->motion_scale;
    float x = (float)vector->motion_x / frames, y = (float)vector->motion_y / frames;
    int32_t left = vector->dst_x - vector->w / 2, top = vector->dst_y - vector->h / 2, width = vector->w, height = vector->h;
    if (reader->turn) {
        FFSWAP(float, x, y);
        FFSWAP(int32_t, left, top);
        FFSWAP(int32_t, width, height);
    }

    int32_t across = reader->turn ? reader->frame->height : reader->frame->width, down = reader->turn ? reader->frame->width : reader->frame->height;
    if (reader->flip_x) {
        left = across - left - width;
        x = -x;
    }
    if (reader->flip_y) {
        top = down - top - height;
        y = -y;
    }

    spread(grid, left, top, width, height, x, y);
}

int unreel_motion(UnreelAvReader *reader, int32_t cell, float *field, int64_t capacity, int32_t *vectors)
{
    const AVFrame *frame = reader->frame;
    int32_t width = reader->turn ? frame->height : frame->width, height = reader->turn ? frame->width : frame->height;
    if (cell < 1)
        return unreel_fail(UNREEL_AV_INVALID, "cells of %d pixels do not make a grid", cell);

    Grid grid = { .cell = cell, .columns = (width - 1) / cell + 1, .rows = (height - 1) / cell + 1, .field = field };
    int64_t cells = (int64_t)grid.columns * grid.rows;
    if (capacity < cells * CHANNELS)
        return unreel_fail(UNREEL_AV_INVALID, "a grid of %dx%d does not fit into %lld numbers", grid.columns, grid.rows, (long long)capacity);

    memset(field, 0, cells * CHANNELS * sizeof *field);
    const AVFrameSideData *side = av_frame_get_side_data(frame, AV_FRAME_DATA_MOTION_VECTORS);
    /* Some decoders give zeros for frames that are coded alone, and that of MPEG-4 part 2 other frames' vectors for bidirectional ones. */
    bool stale = reader->decoder->codec_id == AV_CODEC_ID_MPEG4 && frame->pict_type == AV_PICTURE_TYPE_B;
    if (stale || frame->pict_type == AV_PICTURE_TYPE_I)
        side = NULL;
    const AVMotionVector *all = side != NULL ? (const AVMotionVector *)side->data : NULL;
    *vectors = side != NULL ? (int32_t)FFMIN(side->size / sizeof *all, INT32_MAX) : 0;
    int32_t reach[2] = { reach_of(reader->index, reader->shown, true), reach_of(reader->index, reader->shown, false) };
    for (int32_t i = 0; i < *vectors; i++)
        add_vector(reader, grid, &all[i], reach);
    for (int64_t i = 0; i < cells; i++) {
        float *sum = field + i * CHANNELS, area = sum[2];
        if (area > 0) {
            sum[0] /= area;
            sum[1] /= area;
        }
    }

    return UNREEL_AV_OK;
}
