/* The memory that frames come back in. */
#define _GNU_SOURCE
#include "box_side.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PAGE = 4096,
    MIN_SLOTS = 3, /* one being looked at, one ready, one being made */
    MAX_SLOTS = 16,
    GOOD_BYTES = 4 << 20, /* small frames get more slots, so that the two sides wake each other less often */
};

/* Memory that the box cannot shrink: reading beyond the end of a shared file would end this process. */
static int make_memory(int64_t bytes)
{
    int memory = memfd_create("unreel-frames", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (memory < 0)
        return -1;
    if (ftruncate(memory, bytes) == 0 && fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        return memory;

    int error = errno;
    close(memory);
    errno = error;
    return -1;
}

void box_drop_room(UnreelBox *box)
{
    if (box->slots != NULL)
        munmap(box->slots, (size_t)(box->slot_bytes * box->slot_count));
    box->slots = NULL;
    box->slot_bytes = 0;
    box->slot_count = 0;
}

int box_give_room(UnreelBox *box, int64_t bytes)
{
    if (bytes <= box->slot_bytes)
        return UNREEL_AV_OK;

    box_drop_room(box);
    int64_t slot = (bytes + PAGE - 1) / PAGE * PAGE;
    int64_t count = GOOD_BYTES / slot < MIN_SLOTS ? MIN_SLOTS : GOOD_BYTES / slot > MAX_SLOTS ? MAX_SLOTS : GOOD_BYTES / slot;
    if (slot * count > box->room)
        return unreel_fail(UNREEL_AV_LIMIT, "has frames of %lld bytes, more than the box has room for", (long long)bytes);

    int memory = make_memory(slot * count);
    void *slots = memory >= 0 ? mmap(NULL, (size_t)(slot * count), PROT_READ, MAP_SHARED, memory, 0) : MAP_FAILED;
    BoxHead head = { .kind = BOX_ROOM, .count = (int32_t)count, .bytes = slot };
    int status = slots == MAP_FAILED ? unreel_fail(UNREEL_BOX_FAILED, "no memory to share: %s", strerror(errno))
        : box_send(box->socket, &head, NULL, 0, memory, MSG_DONTWAIT) == 0
        ? UNREEL_AV_OK
        : unreel_fail(UNREEL_BOX_ENDED, "its process does not listen: %s", strerror(errno));
    if (memory >= 0)
        close(memory);
    if (status == UNREEL_AV_OK) {
        box->slots = slots;
        box->slot_bytes = slot;
        box->slot_count = (int32_t)count;
        box->shown = 0;
        box->released = 0;
    } else if (slots != MAP_FAILED) {
        munmap(slots, (size_t)(slot * count));
    }

    return status;
}
