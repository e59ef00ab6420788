/* Messages of a thread, what libav itself said last, the count of live objects and the clock. */
#include "internal.h"

#include <libavutil/log.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static _Thread_local char message[1024];
static _Thread_local char said[256];
static atomic_llong live;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Keeps the first complaint of a call: it is nearest to the cause. */
static void listen(void *context, int level, const char *format, va_list arguments)
{
    (void)context;
    if (level > AV_LOG_ERROR || said[0] != '\0')
        return;

    vsnprintf(said, sizeof said, format, arguments);
    said[strcspn(said, "\r\n")] = '\0';
    for (char *letter = said; *letter != '\0'; letter++)
        if ((unsigned char)*letter < ' ')
            *letter = ' ';
}

static void start(void)
{
    av_log_set_callback(listen);
}

void unreel_log_reset(void)
{
    pthread_once(&once, start);
    said[0] = '\0';
}

int unreel_fail(int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return status;
}

int unreel_fail_av(int averror, const char *what)
{
    if (averror == AVERROR(ENOMEM))
        return unreel_fail(UNREEL_AV_MEMORY, "%s: out of memory", what);

    char text[AV_ERROR_MAX_STRING_SIZE];
    av_strerror(averror, text, sizeof text);
    if (said[0] == '\0')
        return unreel_fail(UNREEL_AV_INVALID, "%s: %s", what, text);

    return unreel_fail(UNREEL_AV_INVALID, "%s: %s (%s)", what, text, said);
}

void unreel_live(int change)
{
    atomic_fetch_add(&live, change);
}

double unreel_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

const char *unreel_av_message(void)
{
    return message;
}

int64_t unreel_av_live(void)
{
    return atomic_load(&live);
}

const char *unreel_av_version(void)
{
    static _Thread_local char text[128];
    unsigned f = avformat_version(), c = avcodec_version(), s = swscale_version();
    snprintf(text, sizeof text, "libavformat %u.%u.%u, libavcodec %u.%u.%u, libswscale %u.%u.%u",
        f >> 16, f >> 8 & 255, f & 255, c >> 16, c >> 8 & 255, c & 255, s >> 16, s >> 8 & 255, s & 255);
    return text;
}
