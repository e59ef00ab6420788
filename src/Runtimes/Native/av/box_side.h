/* What the files of the asking side share. */
#ifndef UNREEL_BOX_SIDE_H
#define UNREEL_BOX_SIDE_H

#include "box.h"
#include "internal.h"
#include "unreel_box.h"

#include <pthread.h>

struct UnreelBox {
    pthread_mutex_t gate; /* over the process's number */
    pid_t process;        /* 0 once it was waited for */
    UnreelBoxEnd end;     /* after that */
    int socket;
    int64_t room; /* the most bytes of slots */
    UnreelAvLimits limits;
    double deadline;
    double last;  /* the moment of the process's life, in seconds of the processor, when the video in hand must be done */
    double waits; /* seconds that its frames may be waited for, all together */
    bool spent;   /* the process's hard limit leaves less than another video's due */
    uint8_t *slots;
    int64_t slot_bytes;
    int32_t slot_count;
    int64_t shown;    /* frames since the slots were given */
    int32_t released; /* of these, released and not yet told */
    int32_t width, height; /* of a frame as it is stored */
    int32_t shown_width, shown_height, changes; /* of the frame shown last, and how often they have changed */
    int32_t asked, taken;  /* of the numbers asked for */
    int32_t numbers[BOX_NUMBERS];
};

/* Waits for a message. */
int box_wait(UnreelBox *box, BoxHead *head, void *payload, size_t capacity, ssize_t *size, double deadline);
/* Likewise, for a frame of the video in hand. */
int box_wait_for_frame(UnreelBox *box, BoxHead *head, void *payload, size_t capacity, ssize_t *size);
/* Bounds the processor time of what comes next; `anew` for another video. */
int box_limit_processor(UnreelBox *box, bool anew);
/* Gives the video in hand the time that it is worth, beside that of one asking. */
void box_grant(UnreelBox *box, const UnreelAvInfo *info);
/* Fails with a box's words. */
int box_fail_with(int status, char *text, ssize_t size);
bool box_fits(const UnreelBox *box, int32_t width, int32_t height);
bool box_plausible(const UnreelBox *box, const UnreelAvInfo *info);
/* Gives slots that hold frames of `bytes`, unless those it has do. */
int box_give_room(UnreelBox *box, int64_t bytes);
void box_drop_room(UnreelBox *box);

#endif
