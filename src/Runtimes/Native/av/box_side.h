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
    uint8_t *slots;
    int64_t slot_bytes;
    int32_t slot_count;
    int64_t shown;    /* frames since the slots were given */
    int32_t released; /* of these, released and not yet told */
    int32_t width, height; /* of a frame as it is stored */
    int32_t asked, taken;  /* of the numbers asked for */
    int32_t numbers[BOX_NUMBERS];
};

/* Waits for a message. */
int box_wait(UnreelBox *box, BoxHead *head, void *payload, size_t capacity, ssize_t *size, double deadline);
/* Bounds the processor time of what comes next. */
int box_limit_processor(UnreelBox *box);
/* Gives slots that hold frames of `bytes`, unless those it has do. */
int box_give_room(UnreelBox *box, int64_t bytes);
void box_drop_room(UnreelBox *box);

#endif
