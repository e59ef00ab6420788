/* Opening a file or a caller's stream, with the short list of containers that may be read. */
#include "internal.h"

#include <errno.h>
#include <libavutil/avstring.h>
#include <libavutil/dict.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Containers that hold their own video: no playlists, no lists of pictures, nothing that opens another file. */
static const char containers[] =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,gif,ogg,yuv4mpegpipe,h264,hevc,m4v,ivf,asf,dv,apng";

/* Files of one picture, told by their bytes. */
static const char picture_containers[] = "png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe";

enum { IO_BYTES = 1 << 16 };

int unreel_input_stopped(UnreelAvReader *reader)
{
    if (atomic_load(&reader->cancelled))
        return unreel_fail(UNREEL_AV_CANCELLED, "cancelled");
    if (unreel_now() > reader->deadline)
        return unreel_fail(UNREEL_AV_TIMEOUT, "not done within the limit of %g s", reader->limits.timeout);

    return UNREEL_AV_OK;
}

static int interrupted(void *opaque)
{
    UnreelAvReader *reader = opaque;
    return atomic_load(&reader->cancelled) || unreel_now() > reader->deadline;
}

static int read_stream(void *opaque, uint8_t *buffer, int size)
{
    UnreelAvReader *reader = opaque;
    if (interrupted(reader))
        return AVERROR_EXIT;

    int count = reader->read(reader->opaque, buffer, size);
    return count > 0 ? count : count == 0 ? AVERROR_EOF : AVERROR(EIO);
}

static int64_t seek_stream(void *opaque, int64_t offset, int whence)
{
    UnreelAvReader *reader = opaque;
    int64_t place;
    switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
        place = reader->seek(reader->opaque, 0, 1);
        return place >= 0 ? place : AVERROR(ENOSYS);
    case SEEK_SET:
        break;
    case SEEK_END:
        place = reader->seek(reader->opaque, 0, 1);
        if (place < 0)
            return AVERROR(ENOSYS);
        offset += place;
        break;
    default:
        return AVERROR(EINVAL);
    }

    if (offset < 0)
        return AVERROR(EINVAL);

    place = reader->seek(reader->opaque, offset, 0);
    return place >= 0 ? place : AVERROR(EIO);
}

static int prepare_stream(UnreelAvReader *reader)
{
    if (reader->seek != NULL && reader->seek(reader->opaque, 0, 0) < 0)
        return unreel_fail(UNREEL_AV_INVALID, "the stream cannot be read from its start");

    uint8_t *buffer = av_malloc(IO_BYTES);
    if (buffer == NULL)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    reader->io = avio_alloc_context(buffer, IO_BYTES, 0, reader, read_stream, NULL, reader->seek != NULL ? seek_stream : NULL);
    if (reader->io == NULL) {
        av_free(buffer);
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");
    }

    reader->format->pb = reader->io;
    reader->format->flags |= AVFMT_FLAG_CUSTOM_IO;
    return UNREEL_AV_OK;
}

/* A pipe or a device may never end; an empty file or a placeholder deserves a plain word. */
static int check_file(const char *path)
{
    struct stat facts;
    if (stat(path, &facts) != 0)
        return unreel_fail(UNREEL_AV_INVALID, "%s", strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return unreel_fail(UNREEL_AV_INVALID, "is not a regular file");

    char start[64];
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return unreel_fail(UNREEL_AV_INVALID, "%s", strerror(errno));
    size_t count = fread(start, 1, sizeof start, file);
    fclose(file);
    return unreel_check_start(start, (int64_t)count, facts.st_size);
}

static int open_container(UnreelAvReader *reader)
{
    char *url = NULL;
    if (reader->path != NULL && (url = av_asprintf("file:%s", reader->path)) == NULL)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    const char *allowed = reader->limits.pictures ? picture_containers : containers;
    AVDictionary *options = NULL;
    av_dict_set(&options, "format_whitelist", allowed, 0);
    av_dict_set(&options, "protocol_whitelist", "file", 0);
    av_dict_set_int(&options, "probesize", FFMAX(reader->limits.probe_bytes, 32), 0);
    av_dict_set(&options, "max_streams", "64", 0);
    int result = avformat_open_input(&reader->format, url, NULL, &options);
    av_dict_free(&options);
    av_free(url);
    if (result >= 0)
        return UNREEL_AV_OK;

    int stopped = unreel_input_stopped(reader);
    if (stopped != UNREEL_AV_OK)
        return stopped;

    return result == AVERROR(EINVAL)
        ? unreel_fail(UNREEL_AV_INVALID, "is not in one of the containers that are read: %s", allowed)
        : unreel_fail_av(result, reader->limits.pictures ? "is not a picture, or a damaged one" : "is not a video, or a damaged one");
}

/* These name codec, size and presentation times in their headers; the others need a look at the first packets. */
static bool describes_itself(const AVFormatContext *format)
{
    return strstr(format->iformat->name, "mp4") != NULL || strstr(format->iformat->name, "matroska") != NULL;
}

static int look_closer(UnreelAvReader *reader)
{
    AVFormatContext *format = reader->format;
    unsigned count = format->nb_streams;
    AVDictionary **options = av_calloc(FFMAX(count, 1), sizeof *options);
    if (options == NULL)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    for (unsigned i = 0; i < count; i++) {
        av_dict_set_int(&options[i], "max_pixels", reader->limits.pixels, 0);
        av_dict_set(&options[i], "threads", "1", 0);
    }

    int result = avformat_find_stream_info(format, options);
    for (unsigned i = 0; i < count; i++)
        av_dict_free(&options[i]);
    av_free(options);
    int stopped = unreel_input_stopped(reader);
    if (stopped != UNREEL_AV_OK)
        return stopped;

    return result >= 0 ? UNREEL_AV_OK : unreel_fail_av(result, "its streams cannot be understood");
}

static AVStream *pick_stream(AVFormatContext *format)
{
    AVStream *best = NULL;
    for (unsigned i = 0; i < format->nb_streams; i++) {
        AVStream *stream = format->streams[i];
        if (stream->codecpar->codec_type != AVMEDIA_TYPE_VIDEO || stream->disposition & AV_DISPOSITION_ATTACHED_PIC)
            continue;

        bool chosen = stream->disposition & AV_DISPOSITION_DEFAULT;
        if (best == NULL || (chosen && !(best->disposition & AV_DISPOSITION_DEFAULT)))
            best = stream;
    }

    return best;
}

int unreel_input_open(UnreelAvReader *reader)
{
    int status = reader->path != NULL ? check_file(reader->path) : UNREEL_AV_OK;
    if (status != UNREEL_AV_OK)
        return status;

    reader->format = avformat_alloc_context();
    if (reader->format == NULL)
        return unreel_fail(UNREEL_AV_MEMORY, "out of memory");

    reader->format->interrupt_callback = (AVIOInterruptCB) { interrupted, reader };
    if (reader->path == NULL && (status = prepare_stream(reader)) != UNREEL_AV_OK)
        return status;
    if ((status = open_container(reader)) != UNREEL_AV_OK)
        return status;
    if ((pick_stream(reader->format) == NULL || !describes_itself(reader->format)) && (status = look_closer(reader)) != UNREEL_AV_OK)
        return status;

    reader->stream = pick_stream(reader->format);
    if (reader->stream == NULL)
        return unreel_fail(UNREEL_AV_INVALID, "holds no video stream (container %s, %u streams)", reader->format->iformat->name, reader->format->nb_streams);

    for (unsigned i = 0; i < reader->format->nb_streams; i++)
        reader->format->streams[i]->discard = reader->format->streams[i] == reader->stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    reader->next = 0;
    return UNREEL_AV_OK;
}

void unreel_input_close(UnreelAvReader *reader)
{
    avformat_close_input(&reader->format);
    reader->stream = NULL;
    if (reader->io != NULL) {
        av_freep(&reader->io->buffer);
        avio_context_free(&reader->io);
    }
}
