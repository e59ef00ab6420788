/* 4:2:0 of 8 bits to RGB, in integers: the same bytes on every processor, and those that libswscale gives with UNREEL_SWS_FLAGS. */
#include "internal.h"

#include <string.h>

/* A row is worked on in pieces that stay in the nearest cache. Pictures of few rows have filters of their own in libswscale. */
enum { PIECE = 512, FRACTION = 16, FULL = 8192, SMALLEST = 16 };

/* Three planes become triples in two steps: red with green, then blue into the gaps. */
typedef uint8_t Bytes __attribute__((vector_size(16)));
#define RED_GREEN_0 ((Bytes) { 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5 })
#define WITH_BLUE_0 ((Bytes) { 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15 })
#define RED_GREEN_1 ((Bytes) { 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26 })
#define WITH_BLUE_1 ((Bytes) { 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15 })
#define RED_GREEN_2 ((Bytes) { 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0 })
#define WITH_BLUE_2 ((Bytes) { 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31 })

/* Where the loader can choose among versions of a function; all give the same bytes. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define BY_PROCESSOR __attribute__((target_clones("avx2", "sse4.1", "default")))
#else
#define BY_PROCESSOR
#endif

typedef int16_t Chroma[PIECE];

/* Fixed point: what one step of Y, U, V adds to R, G, B, of which FULL << 3 is one. */
typedef struct {
    int32_t y, vr, ug, vg, ub, black;
} Matrix;

static int16_t rounded(int64_t value)
{
    return (int16_t)FFMAX(FFMIN((value + (1 << 15)) >> 16, INT16_MAX), -INT16_MAX);
}

static Matrix matrix_of(int space, bool full)
{
    const int *from = sws_getCoefficients(space);
    int64_t part[4] = { from[0], from[1], -(int64_t)from[2], -(int64_t)from[3] }, one = 1 << 16;
    for (int i = 0; i < 4; i++)
        part[i] = full ? part[i] * 224 / 255 : part[i];
    one = full ? one : one * 255 / 219;
    return (Matrix) {
        .y = rounded(one * FULL),
        .vr = rounded(part[0] * FULL),
        .ub = rounded(part[1] * FULL),
        .ug = rounded(part[2] * FULL),
        .vg = rounded(part[3] * FULL),
        .black = full ? 0 : 16,
    };
}

/* Colour of `count` pixels from `first` on, 8 times as large: a quarter of the neighbour and three of its own, the sum of two rows. */
BY_PROCESSOR static void spread(const uint8_t *restrict a, const uint8_t *restrict b, int first, int count, int width, int16_t *restrict target)
{
    int last = width / 2 - 1, half = first / 2;
    int16_t sums[PIECE / 2 + 2];
    int end = count / 2;
    for (int i = 0; i < end; i++)
        sums[i + 1] = (int16_t)(a[half + i] + b[half + i]);
    int before = FFMAX(half - 1, 0), after = FFMIN(half + end, last);
    sums[0] = (int16_t)(a[before] + b[before]);
    sums[end + 1] = (int16_t)(a[after] + b[after]);
    for (int i = 0; i < end; i++) {
        target[2 * i] = (int16_t)(sums[i] + 3 * sums[i + 1] - 1024);
        target[2 * i + 1] = (int16_t)(3 * sums[i + 1] + sums[i + 2] - 1024);
    }
}

BY_PROCESSOR static void weave(uint8_t (*restrict plane)[PIECE], int count, uint8_t *restrict target)
{
    int i = 0;
#if defined(__GNUC__) && !defined(__clang__)
    for (; i + 16 <= count; i += 16) {
        Bytes r, g, b;
        memcpy(&r, plane[0] + i, 16);
        memcpy(&g, plane[1] + i, 16);
        memcpy(&b, plane[2] + i, 16);
        Bytes first = __builtin_shuffle(__builtin_shuffle(r, g, RED_GREEN_0), b, WITH_BLUE_0);
        Bytes second = __builtin_shuffle(__builtin_shuffle(r, g, RED_GREEN_1), b, WITH_BLUE_1);
        Bytes third = __builtin_shuffle(__builtin_shuffle(r, g, RED_GREEN_2), b, WITH_BLUE_2);
        memcpy(target + 3 * i, &first, 16);
        memcpy(target + 3 * i + 16, &second, 16);
        memcpy(target + 3 * i + 32, &third, 16);
    }
#endif
    for (; i < count; i++)
        for (int channel = 0; channel < 3; channel++)
            target[3 * i + channel] = plane[channel][i];
}

BY_PROCESSOR static void mix(const uint8_t *restrict y, const int16_t *restrict u, const int16_t *restrict v, int count, const Matrix *matrix, uint8_t *restrict target)
{
    uint8_t plane[3][PIECE];
    const Matrix m = *matrix;
    for (int i = 0; i < count; i++) {
        int32_t grey = (y[i] - m.black) * 8 * m.y + (1 << (FRACTION - 1));
        int32_t red = (grey + v[i] * m.vr) >> FRACTION;
        int32_t green = (grey + v[i] * m.vg + u[i] * m.ug) >> FRACTION;
        int32_t blue = (grey + u[i] * m.ub) >> FRACTION;
        plane[0][i] = (uint8_t)FFMAX(FFMIN(red, 255), 0);
        plane[1][i] = (uint8_t)FFMAX(FFMIN(green, 255), 0);
        plane[2][i] = (uint8_t)FFMAX(FFMIN(blue, 255), 0);
    }

    weave(plane, count, target);
}

bool unreel_colour_can(const AVFrame *frame)
{
    bool planes = frame->format == AV_PIX_FMT_YUV420P || frame->format == AV_PIX_FMT_YUVJ420P;
    return planes && frame->width % 2 == 0 && frame->height % 2 == 0 && frame->width >= SMALLEST && frame->height >= SMALLEST;
}

void unreel_colour(const AVFrame *frame, int space, bool full, uint8_t *rgb, ptrdiff_t stride)
{
    Matrix matrix = matrix_of(space, full);
    Chroma u, v;
    int rows = frame->height / 2;
    for (int row = 0; row < frame->height; row++) {
        /* libswscale rounds the weights of two rows, a quarter and three, to none and all, or to halves. */
        int own = row / 2, other = row % 2 == 0 ? FFMAX(own - 1, 0) : own == rows - 1 ? FFMAX(own - 1, 0) : own;
        const uint8_t *y = frame->data[0] + (ptrdiff_t)row * frame->linesize[0];
        for (int first = 0; first < frame->width; first += PIECE) {
            int count = FFMIN(PIECE, frame->width - first);
            spread(frame->data[1] + (ptrdiff_t)own * frame->linesize[1], frame->data[1] + (ptrdiff_t)other * frame->linesize[1], first, count, frame->width, u);
            spread(frame->data[2] + (ptrdiff_t)own * frame->linesize[2], frame->data[2] + (ptrdiff_t)other * frame->linesize[2], first, count, frame->width, v);
            mix(y + first, u, v, count, &matrix, rgb + row * stride + 3 * first);
        }
    }
}
