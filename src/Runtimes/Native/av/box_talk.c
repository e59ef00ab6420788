/* The side that asks: requests, and what may come back. */
#define _GNU_SOURCE
#include "box_side.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* A box keeps its own time and says which limit was passed; this side's word is for those that do not. */
static const double grace = 1;

/* Room that is kept from one video to the next. */
enum { KEPT_BYTES = 32 << 20 };

/* Each change costs this side a new plan of resizing. */
enum { MAX_CHANGES = 256 };

int box_wait(UnreelBox *box, BoxHead *head, void *payload, size_t capacity, ssize_t *size, double deadline)
{
    struct pollfd wait = { .fd = box->socket, .events = POLLIN };
    for (;;) {
        double left = deadline - unreel_now();
        int ready = left > 0 ? poll(&wait, 1, (int)fmin(ceil(left * 1000), 1e9)) : 0;
        if (ready > 0)
            break;
        if (ready == 0 && unreel_now() >= deadline)
            return unreel_fail(UNREEL_BOX_LATE, "it did not answer in time");
        if (ready < 0 && errno != EINTR)
            return unreel_fail(UNREEL_BOX_FAILED, "it cannot be waited for: %s", strerror(errno));
    }

    *size = box_receive(box->socket, head, payload, capacity, NULL);
    if (*size >= 0)
        return UNREEL_AV_OK;

    return errno == EPROTO ? unreel_fail(UNREEL_BOX_LIED, "it sent what is no message") : unreel_fail(UNREEL_BOX_ENDED, "its process is gone");
}

int unreel_box_alive(UnreelBox *box)
{
    struct pollfd wait = { .fd = box->socket, .events = POLLIN };
    return !box->spent && poll(&wait, 1, 0) == 0;
}

/* Never waits: a box that does not take what it is sent is none of ours. */
static int tell(UnreelBox *box, const BoxHead *head, const void *payload, size_t size, int descriptor)
{
    if (box_send(box->socket, head, payload, size, descriptor, MSG_DONTWAIT) == 0)
        return UNREEL_AV_OK;

    return errno == EAGAIN ? unreel_fail(UNREEL_BOX_LIED, "it does not take what it is sent") : unreel_fail(UNREEL_BOX_ENDED, "its process is gone");
}

int unreel_box_open(UnreelBox *box, int descriptor, int64_t start, int64_t length, const UnreelAvLimits *limits, UnreelAvInfo *info)
{
    BoxHead head = { .kind = BOX_OPEN, .start = start, .bytes = length };
    box->limits = *limits;
    box->deadline = unreel_now() + limits->timeout + grace;
    int status = box_limit_processor(box, true);
    if (status == UNREEL_AV_OK)
        status = tell(box, &head, limits, sizeof *limits, descriptor);
    union {
        char text[BOX_TEXT];
        UnreelAvInfo info;
    } answer;
    ssize_t size;
    if (status == UNREEL_AV_OK)
        status = box_wait(box, &head, &answer, sizeof answer, &size, box->deadline);
    if (status != UNREEL_AV_OK)
        return status;
    if (head.kind != BOX_OPENED)
        return unreel_fail(UNREEL_BOX_LIED, "it answered with %d where a video was to be opened", head.kind);
    if (head.status != UNREEL_AV_OK)
        return box_fail_with(head.status, answer.text, size);
    if (size != sizeof answer.info || !box_plausible(box, &answer.info))
        return unreel_fail(UNREEL_BOX_LIED, "it described a video that cannot be");

    *info = answer.info;
    box_grant(box, info);
    box->width = box->shown_width = answer.info.width;
    box->height = box->shown_height = answer.info.height;
    box->changes = 0;
    box->asked = box->taken = 0;
    return UNREEL_AV_OK;
}

int unreel_box_ask(UnreelBox *box, const int32_t *numbers, int32_t count, int32_t begin)
{
    if (count < 1 || count > BOX_NUMBERS)
        return unreel_fail(UNREEL_BOX_FAILED, "%d frames cannot be asked for at a time", count);
    if (begin)
        box->deadline = unreel_now() + box->limits.timeout + grace;

    int status = begin ? box_limit_processor(box, false) : UNREEL_AV_OK;
    if (status == UNREEL_AV_OK)
        status = box_give_room(box, (int64_t)box->width * box->height * 3);
    if (status != UNREEL_AV_OK)
        return status;

    memcpy(box->numbers, numbers, (size_t)count * sizeof *numbers);
    box->asked = count;
    box->taken = 0;
    BoxHead head = { .kind = BOX_ASK, .count = count, .number = begin };
    return tell(box, &head, numbers, (size_t)count * sizeof *numbers, -1);
}

/* A frame that is larger than those before it: the rest is asked for again, with room for it. */
static int widen(UnreelBox *box, int64_t bytes)
{
    if (bytes <= box->slot_bytes || bytes > box->limits.pixels * 3)
        return unreel_fail(UNREEL_BOX_LIED, "it needs %lld bytes for a frame", (long long)bytes);

    int status = box_give_room(box, bytes);
    if (status != UNREEL_AV_OK)
        return status;

    BoxHead head = { .kind = BOX_ASK, .count = box->asked - box->taken };
    return tell(box, &head, box->numbers + box->taken, (size_t)head.count * sizeof *box->numbers, -1);
}

static bool changes_too_often(UnreelBox *box, int32_t width, int32_t height)
{
    bool other = width != box->shown_width || height != box->shown_height;
    box->shown_width = width;
    box->shown_height = height;
    return other && ++box->changes > MAX_CHANGES;
}

int unreel_box_next(UnreelBox *box, const uint8_t **rgb, int32_t *width, int32_t *height)
{
    if (box->taken >= box->asked)
        return unreel_fail(UNREEL_BOX_FAILED, "no frame was asked for");

    for (;;) {
        char text[BOX_TEXT];
        BoxHead head;
        ssize_t size;
        int status = box_wait_for_frame(box, &head, text, sizeof text, &size);
        if (status != UNREEL_AV_OK)
            return status;

        switch (head.kind) {
        case BOX_FRAME:
            if (head.number != box->numbers[box->taken] || !box_fits(box, head.width, head.height) || (int64_t)head.width * head.height * 3 > box->slot_bytes)
                return unreel_fail(UNREEL_BOX_LIED, "it showed a frame of %dx%d as number %d", head.width, head.height, head.number);
            if (changes_too_often(box, head.width, head.height))
                return unreel_fail(UNREEL_BOX_LIED, "its frames change their size more than %d times", MAX_CHANGES);
            *rgb = box->slots + box->shown++ % box->slot_count * box->slot_bytes;
            *width = head.width;
            *height = head.height;
            box->taken++;
            return UNREEL_AV_OK;
        case BOX_NEED:
            if ((status = widen(box, head.bytes)) != UNREEL_AV_OK)
                return status;
            break;
        case BOX_FAILED:
            box->asked = box->taken;
            return box_fail_with(head.status, text, size);
        default:
            return unreel_fail(UNREEL_BOX_LIED, "it answered with %d where a frame was asked for", head.kind);
        }
    }
}

int unreel_box_release(UnreelBox *box)
{
    /* Told for several at a time where there are many: each word is a system call on both sides. */
    if (++box->released < (box->slot_count + 3) / 4)
        return UNREEL_AV_OK;

    BoxHead head = { .kind = BOX_RELEASE, .count = box->released };
    box->released = 0;
    return tell(box, &head, NULL, 0, -1);
}

int unreel_box_close(UnreelBox *box)
{
    bool drop = box->slot_bytes * box->slot_count > KEPT_BYTES;
    BoxHead head = { .kind = BOX_CLOSE, .number = drop };
    ssize_t size;
    if (drop)
        box_drop_room(box);
    int status = tell(box, &head, NULL, 0, -1);
    if (status == UNREEL_AV_OK)
        status = box_wait(box, &head, NULL, 0, &size, unreel_now() + 5 + grace);
    return status != UNREEL_AV_OK ? status : head.kind == BOX_CLOSED ? UNREEL_AV_OK : unreel_fail(UNREEL_BOX_LIED, "it answered with %d where a video was to be closed", head.kind);
}
