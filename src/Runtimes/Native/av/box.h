/* What both sides of a box say to each other: one message a packet of a local socket, a head and what belongs to it. */
#ifndef UNREEL_BOX_WIRE_H
#define UNREEL_BOX_WIRE_H

#include "unreel_av.h"

#include <stddef.h>
#include <sys/types.h>

enum {
    BOX_SOCKET = 3,      /* the descriptor under which the box finds its socket */
    BOX_NUMBERS = 4096,  /* frames asked for in one message */
    BOX_TEXT = 1024,     /* bytes of a reason */
    BOX_PAYLOAD = BOX_NUMBERS * sizeof(int32_t),
};

enum {
    /* from the box */
    BOX_READY = 1, /* status: errno of the filter */
    BOX_OPENED,    /* status; info or reason */
    BOX_FRAME,     /* number, width, height; in the slot whose turn it is */
    BOX_NEED,      /* a frame needs slots of `bytes`; asking ends here */
    BOX_FAILED,    /* status, number; reason; asking ends here */
    BOX_CLOSED,
    /* to the box */
    BOX_OPEN = 65, /* start, bytes; limits; the video's descriptor */
    BOX_ROOM,      /* count slots of `bytes`; the descriptor of the memory */
    BOX_ASK,       /* count; number: whether the clock starts anew; numbers */
    BOX_RELEASE,   /* count slots can be written again */
    BOX_CLOSE,     /* number: whether the room goes too */
};

typedef struct {
    int32_t kind, status, number, count, width, height;
    int64_t start, bytes;
} BoxHead;

/* Sends a message; `descriptor` is -1 or goes along. 0 or -1 with errno. */
int box_send(int socket, const BoxHead *head, const void *payload, size_t size, int descriptor, int flags);
/* Receives one into `payload` of `capacity` bytes: the bytes of payload that came, or -1 with errno; EPIPE at the end, EPROTO for what is no message. */
ssize_t box_receive(int socket, BoxHead *head, void *payload, size_t capacity, int *descriptor);

#endif
