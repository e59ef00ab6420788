/* The inside of a box: one video at a time, frames into slots of shared memory. It trusts the side that asks. */
#define _GNU_SOURCE
#include "box_worker.h"

#include "box.h"

#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { DONE = 1, STOP = -1 };

typedef struct {
    UnreelAvFile file;
    UnreelAvReader *reader;
    uint8_t *slots;
    int64_t slot_bytes;
    int32_t slot_count, free;
    int64_t shown;
    int32_t numbers[BOX_NUMBERS];
} Worker;

static bool refused;

/* Stands before the C library's own, which libav calls for all that it takes: decoders do not always say that memory is what they
 * lacked, and then blame the video. */
int posix_memalign(void **pointer, size_t alignment, size_t size)
{
    void *memory = aligned_alloc(alignment, size);
    if (memory == NULL) {
        refused = true;
        return ENOMEM;
    }

    *pointer = memory;
    return 0;
}

static int say(const BoxHead *head, const void *payload, size_t size)
{
    return box_send(BOX_SOCKET, head, payload, size, -1, 0) == 0 ? 0 : STOP;
}

static int say_failed(int kind, int status, int32_t number)
{
    BoxHead head = { .kind = kind, .status = refused && status == UNREEL_AV_INVALID ? UNREEL_AV_MEMORY : status, .number = number };
    const char *reason = unreel_av_message();
    size_t letters = strnlen(reason, BOX_TEXT - 1);
    char text[BOX_TEXT];
    memcpy(text, reason, letters);
    text[letters] = '\0';
    return say(&head, text, letters + 1);
}

static void close_video(Worker *worker)
{
    unreel_av_close(worker->reader);
    worker->reader = NULL;
    if (worker->file.descriptor >= 0)
        close(worker->file.descriptor);
    worker->file.descriptor = -1;
}

static int open_video(Worker *worker, const BoxHead *head, const UnreelAvLimits *limits, int descriptor)
{
    close_video(worker);
    refused = false;
    worker->file = (UnreelAvFile) { .descriptor = descriptor, .start = head->start, .length = head->bytes };
    UnreelAvInfo info;
    int status = unreel_av_open_descriptor(&worker->file, limits, &worker->reader);
    if (status == UNREEL_AV_OK)
        status = unreel_av_info(worker->reader, &info);
    if (status != UNREEL_AV_OK)
        return say_failed(BOX_OPENED, status, 0);

    BoxHead opened = { .kind = BOX_OPENED };
    return say(&opened, &info, sizeof info);
}

static void drop_room(Worker *worker)
{
    if (worker->slots != NULL)
        munmap(worker->slots, (size_t)(worker->slot_bytes * worker->slot_count));
    worker->slots = NULL;
    worker->slot_bytes = worker->slot_count = worker->free = 0;
}

static int take_room(Worker *worker, const BoxHead *head, int memory)
{
    drop_room(worker);
    void *slots = mmap(NULL, (size_t)(head->bytes * head->count), PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    close(memory);
    if (slots == MAP_FAILED)
        return STOP;

    worker->slots = slots;
    worker->slot_bytes = head->bytes;
    worker->slot_count = worker->free = head->count;
    worker->shown = 0;
    return 0;
}

static int wait_for_slot(Worker *worker)
{
    while (worker->free == 0) {
        BoxHead head;
        if (box_receive(BOX_SOCKET, &head, NULL, 0, NULL) < 0 || head.kind != BOX_RELEASE)
            return STOP;
        worker->free += head.count;
    }

    return 0;
}

/* DONE where the asking is at its end. */
static int show(Worker *worker, int32_t number)
{
    BoxHead head = { .kind = BOX_FRAME, .number = number };
    int status = unreel_av_decode(worker->reader, number, &head.width, &head.height);
    int64_t bytes = (int64_t)head.width * head.height * 3;
    if (status == UNREEL_AV_OK && bytes > worker->slot_bytes) {
        head = (BoxHead) { .kind = BOX_NEED, .bytes = bytes };
        return say(&head, NULL, 0) == 0 ? DONE : STOP;
    }

    if (status == UNREEL_AV_OK && wait_for_slot(worker) != 0)
        return STOP;
    if (status == UNREEL_AV_OK)
        status = unreel_av_copy(worker->reader, worker->slots + worker->shown % worker->slot_count * worker->slot_bytes, worker->slot_bytes);
    if (status != UNREEL_AV_OK)
        return say_failed(BOX_FAILED, status, number) == 0 ? DONE : STOP;

    worker->shown++;
    worker->free--;
    return say(&head, NULL, 0);
}

static int show_all(Worker *worker, const BoxHead *head)
{
    if (worker->reader == NULL)
        return STOP;
    if (head->number)
        unreel_av_begin(worker->reader);
    unreel_av_want(worker->reader, worker->numbers, head->count, 0); /* only saves time: what is wrong with a number is said below */
    for (int32_t i = 0; i < head->count; i++) {
        int result = show(worker, worker->numbers[i]);
        if (result != 0)
            return result == DONE ? 0 : STOP;
    }

    return 0;
}

static int finish(Worker *worker, bool drop)
{
    close_video(worker);
    if (drop)
        drop_room(worker);
    malloc_trim(0); /* so that one large video does not make a large process for ever */
    BoxHead closed = { .kind = BOX_CLOSED };
    return say(&closed, NULL, 0);
}

static int answer(Worker *worker, const BoxHead *head, ssize_t size, int descriptor)
{
    switch (head->kind) {
    case BOX_OPEN: {
        UnreelAvLimits limits;
        memcpy(&limits, worker->numbers, sizeof limits);
        return size == sizeof limits && descriptor >= 0 ? open_video(worker, head, &limits, descriptor) : STOP;
    }
    case BOX_ROOM:
        return descriptor >= 0 ? take_room(worker, head, descriptor) : STOP;
    case BOX_ASK:
        return size == (ssize_t)(head->count * sizeof *worker->numbers) ? show_all(worker, head) : STOP;
    case BOX_RELEASE:
        worker->free += head->count;
        return 0;
    case BOX_CLOSE:
        return finish(worker, head->number != 0);
    default:
        return STOP;
    }
}

int worker_run(int unfiltered)
{
    static Worker worker = { .file = { .descriptor = -1 } };
    BoxHead ready = { .kind = BOX_READY, .status = unfiltered };
    int result = say(&ready, NULL, 0);
    while (result == 0) {
        BoxHead head;
        int descriptor;
        ssize_t size = box_receive(BOX_SOCKET, &head, worker.numbers, sizeof worker.numbers, &descriptor);
        result = size >= 0 ? answer(&worker, &head, size, descriptor) : STOP;
    }

    return 0;
}
