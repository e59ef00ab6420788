/* The side that asks: what a box says is believed where it can be so. */
#include "box_side.h"

#include <math.h>

enum { MAX_SIDE = 1 << 16 }; /* a frame of one row would make a plan of resizing of any size */

/* The words of a box end up in front of people: letters, and an end. */
int box_fail_with(int status, char *text, ssize_t size)
{
    if (status > UNREEL_AV_INVALID || status < UNREEL_AV_MEMORY || size < 1)
        return unreel_fail(UNREEL_BOX_LIED, "it failed with the status %d", status);

    text[size - 1] = '\0';
    for (char *letter = text; *letter != '\0'; letter++)
        if ((unsigned char)*letter < ' ' || *letter == 0x7f)
            *letter = ' ';
    return unreel_fail(status, "%s", text);
}

static bool word(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\0')
            return i > 0;
        if (text[i] < ' ' || text[i] > '~')
            return false;
    }

    return false;
}

bool box_fits(const UnreelBox *box, int32_t width, int32_t height)
{
    return width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE && (int64_t)width * height <= box->limits.pixels && (int64_t)width * height * 3 <= INT32_MAX;
}

bool box_plausible(const UnreelBox *box, const UnreelAvInfo *info)
{
    return box_fits(box, info->width, info->height) && box_fits(box, info->display_width, info->display_height)
        && info->frames > 0 && info->frames <= box->limits.frames
        && info->rotation >= 0 && info->rotation < 360 && info->rotation % 90 == 0
        && isfinite(info->frame_rate) && info->frame_rate > 0 && isfinite(info->seconds) && info->seconds >= 0 && info->seconds <= box->limits.seconds
        && word(info->codec, sizeof info->codec) && word(info->pixel_format, sizeof info->pixel_format) && word(info->container, sizeof info->container);
}
