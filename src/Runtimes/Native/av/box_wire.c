/* Messages over a local socket; part of both sides. */
#define _GNU_SOURCE
#include "box.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

typedef union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
} Control;

int box_send(int socket, const BoxHead *head, const void *payload, size_t size, int descriptor, int flags)
{
    struct iovec parts[2] = { { (void *)head, sizeof *head }, { (void *)payload, size } };
    Control control = { .bytes = { 0 } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = size > 0 ? 2 : 1 };
    if (descriptor >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *item = CMSG_FIRSTHDR(&message);
        item->cmsg_level = SOL_SOCKET;
        item->cmsg_type = SCM_RIGHTS;
        item->cmsg_len = CMSG_LEN(sizeof descriptor);
        memcpy(CMSG_DATA(item), &descriptor, sizeof descriptor);
    }

    ssize_t sent;
    do
        sent = sendmsg(socket, &message, flags | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -1 : 0;
}

ssize_t box_receive(int socket, BoxHead *head, void *payload, size_t capacity, int *descriptor)
{
    struct iovec parts[2] = { { head, sizeof *head }, { payload, capacity } };
    Control control;
    /* Without room for them, descriptors that a box sends are closed by the system. */
    struct msghdr message = {
        .msg_iov = parts,
        .msg_iovlen = 2,
        .msg_control = descriptor != NULL ? control.bytes : NULL,
        .msg_controllen = descriptor != NULL ? sizeof control.bytes : 0,
    };
    if (descriptor != NULL)
        *descriptor = -1;

    ssize_t count;
    do
        count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (count < 0 && errno == EINTR);
    if (count == 0 || (count < 0 && errno == ECONNRESET)) {
        errno = EPIPE;
        return -1;
    }

    if (count < 0)
        return -1;
    struct cmsghdr *item = descriptor != NULL ? CMSG_FIRSTHDR(&message) : NULL;
    if (item != NULL && item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS)
        memcpy(descriptor, CMSG_DATA(item), sizeof *descriptor);
    if (count < (ssize_t)sizeof *head || message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        errno = EPROTO;
        return -1;
    }

    return count - (ssize_t)sizeof *head;
}
