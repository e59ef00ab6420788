/*
 * unreel-decode: decodes videos that nobody vouches for. Started by a server, it finds a socket as descriptor 3:
 *   unreel-decode PARENT MEMORY ROOM   the server's process, bytes of memory, bytes of shared frames
 *   unreel-decode --self-test          tells what the system keeps it from
 */
#define _GNU_SOURCE
#include "box_jail.h"
#include "box_worker.h"
#include "unreel_av.h"

#include <libavutil/cpu.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* An interrupt of the terminal or of a supervisor is meant for the server, which finishes what it has in hand; it takes its boxes along when it goes. */
static void leave_signals(void)
{
    static const int those[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
    for (size_t i = 0; i < sizeof those / sizeof *those; i++)
        signal(those[i], SIG_IGN);
}

/* Things that are looked up once, before looking up ends. */
static void settle(void)
{
    tzset();
    av_get_cpu_flags();
    av_cpu_count();
    (void)unreel_av_version();
}

int main(int count, char **arguments)
{
    if (count == 2 && strcmp(arguments[1], "--self-test") == 0)
        return self_test();
    if (count != 4) {
        fprintf(stderr, "usage: %s --self-test\nEverything else is for a server that starts it.\n", arguments[0]);
        return 2;
    }

    leave_signals();
    settle();
    if (jail_limits(atoll(arguments[2]), atoll(arguments[3])) != 0 || jail_bind((pid_t)atol(arguments[1])) != 0)
        return 3;

    return worker_run(jail_filter());
}
