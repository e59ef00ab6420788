/* The side that asks: starts boxes, watches over them and ends them. */
#define _GNU_SOURCE
#include "box_side.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Its descriptors are the socket and nothing else of this process; its signals are as new; it is in a group of its own, so that
 * an interrupt from the terminal is this side's to act upon. */
static int prepare(posix_spawn_file_actions_t *files, posix_spawnattr_t *attributes, int socket)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int error = posix_spawn_file_actions_adddup2(files, socket, BOX_SOCKET);
    for (int standard = 0; standard < BOX_SOCKET && error == 0; standard++)
        error = posix_spawn_file_actions_addopen(files, standard, "/dev/null", O_RDWR, 0);
    if (error == 0)
        error = posix_spawn_file_actions_addclosefrom_np(files, BOX_SOCKET + 1);
    if (error == 0)
        error = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    if (error == 0)
        error = posix_spawnattr_setsigmask(attributes, &none);
    if (error == 0)
        error = posix_spawnattr_setsigdefault(attributes, &all);
    return error == 0 ? posix_spawnattr_setpgroup(attributes, 0) : error;
}

/* Of the environment, which may hold secrets, it gets what finds libraries. */
static int spawn(UnreelBox *box, const char *program, const UnreelBoxLimits *limits, int socket)
{
    char parent[32], memory[32], room[32], libraries[4096] = "";
    snprintf(parent, sizeof parent, "%d", (int)getpid());
    snprintf(memory, sizeof memory, "%lld", (long long)limits->memory);
    snprintf(room, sizeof room, "%lld", (long long)limits->room);
    const char *path = getenv("LD_LIBRARY_PATH");
    if (path != NULL)
        snprintf(libraries, sizeof libraries, "LD_LIBRARY_PATH=%s", path);
    char *arguments[] = { (char *)program, parent, memory, room, NULL }, *environment[] = { path != NULL ? libraries : NULL, NULL };

    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&files);
    if (error != 0)
        return error;
    if ((error = posix_spawnattr_init(&attributes)) == 0) {
        error = prepare(&files, &attributes, socket);
        if (error == 0)
            error = posix_spawn(&box->process, program, &files, &attributes, arguments, environment);
        posix_spawnattr_destroy(&attributes);
    }

    posix_spawn_file_actions_destroy(&files);
    return error;
}

int unreel_box_start(const char *program, const UnreelBoxLimits *limits, UnreelBox **result, int32_t *unfiltered)
{
    *result = NULL;
    UnreelBox *box = calloc(1, sizeof *box);
    int pair[2];
    if (box == NULL)
        return unreel_fail(UNREEL_BOX_FAILED, "out of memory");
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        free(box);
        return unreel_fail(UNREEL_BOX_FAILED, "no socket: %s", strerror(errno));
    }

    pthread_mutex_init(&box->gate, NULL);
    box->socket = pair[0];
    box->room = limits->room;
    int error = spawn(box, program, limits, pair[1]);
    close(pair[1]);
    if (error != 0) {
        unreel_box_free(box);
        return unreel_fail(UNREEL_BOX_FAILED, "%s", strerror(error));
    }

    BoxHead head;
    ssize_t size;
    int status = box_wait(box, &head, NULL, 0, &size, unreel_now() + limits->patience);
    if (status == UNREEL_AV_OK && head.kind != BOX_READY)
        status = unreel_fail(UNREEL_BOX_LIED, "it does not speak as this library does");
    if (status != UNREEL_AV_OK) {
        UnreelBoxEnd end;
        unreel_box_reap(box, &end);
        unreel_box_free(box);
        return status != UNREEL_BOX_ENDED ? status
            : end.signal != 0 ? unreel_fail(status, "it ended by signal %d before it was ready", end.signal)
                              : unreel_fail(status, "it ended with exit code %d before it was ready", end.code);
    }

    *unfiltered = head.status;
    *result = box;
    return UNREEL_AV_OK;
}

int32_t unreel_box_process(const UnreelBox *box)
{
    return box->process;
}

void unreel_box_kill(UnreelBox *box)
{
    pthread_mutex_lock(&box->gate);
    /* Once it has been waited for, its number may be another's. */
    if (box->process > 0)
        kill(box->process, SIGKILL);
    pthread_mutex_unlock(&box->gate);
}

void unreel_box_reap(UnreelBox *box, UnreelBoxEnd *end)
{
    unreel_box_kill(box);
    pthread_mutex_lock(&box->gate);
    if (box->process > 0) {
        int how = 0;
        pid_t found;
        do
            found = waitpid(box->process, &how, 0);
        while (found < 0 && errno == EINTR);
        box->process = 0;
        box->end = (UnreelBoxEnd) {
            .signal = found > 0 && WIFSIGNALED(how) ? WTERMSIG(how) : 0,
            .code = found > 0 && WIFEXITED(how) ? WEXITSTATUS(how) : 0,
        };
    }

    *end = box->end;
    pthread_mutex_unlock(&box->gate);
}

void unreel_box_free(UnreelBox *box)
{
    UnreelBoxEnd end;
    unreel_box_reap(box, &end);
    box_drop_room(box);
    close(box->socket);
    pthread_mutex_destroy(&box->gate);
    free(box);
}

int unreel_box_file(const char *path, int64_t *length)
{
    struct stat facts;
    /* Without waiting for what may lie there instead: a pipe would hold whoever opens it. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return unreel_fail(UNREEL_AV_INVALID, "%s", strerror(errno));
    if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        close(file);
        return unreel_fail(UNREEL_AV_INVALID, "is not a regular file");
    }

    *length = facts.st_size;
    return file;
}

int unreel_box_memory(void)
{
    int memory = memfd_create("unreel-video", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return memory >= 0 ? memory : unreel_fail(UNREEL_BOX_FAILED, "no memory for a video: %s", strerror(errno));
}

int unreel_box_view(int descriptor, int32_t seal)
{
    int flags = fcntl(descriptor, F_GETFL), view = -1;
    if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY) {
        view = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    } else if (flags >= 0 && (!seal || fcntl(descriptor, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)) {
        char path[32];
        snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
        view = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    }

    return view >= 0 ? view : unreel_fail(UNREEL_BOX_FAILED, "a video cannot be opened for reading alone: %s", strerror(errno));
}
