/* Whether the walls stand: every attempt is made in a process of its own, jailed as a box is. */
#define _GNU_SOURCE
#include "box_jail.h"
#include "box_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

static const int64_t memory = 64 << 20;

enum { WORKED = 200, NO_JAIL = 201, NO_FILTER = 202 };

/* Each gives a negative number with errno where it is refused. */
static int open_file(void) { return open("/etc/passwd", O_RDONLY | O_CLOEXEC); }
static int make_file(void) { return open("/tmp/unreel-self-test", O_CREAT | O_WRONLY | O_CLOEXEC, 0600); }
static int remove_file(void) { return unlink("/tmp/unreel-self-test"); }
static int list_folder(void) { return openat(AT_FDCWD, "/", O_DIRECTORY | O_RDONLY | O_CLOEXEC); }
static int read_standard_input(void) { char letter; return (int)read(0, &letter, 1); }
static int write_output(void) { return (int)write(1, "", 1); }
static int make_socket(void) { return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }
static int make_local_socket(void) { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }
static int connect_socket(void) { struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = 80 }; return connect(0, (struct sockaddr *)&to, sizeof to); }
static int start_process(void) { return fork(); }
static int run_program(void) { char *arguments[] = { "/bin/true", NULL }; return execve(arguments[0], arguments, NULL); }
static int trace(void) { return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL); }
static int signal_others(void) { return kill(getppid(), 0); }
static int read_others(void) { char letter; struct iovec part = { &letter, 1 }; return (int)process_vm_readv(getppid(), &part, 1, &part, 1, 0); }
static int lift_limits(void) { struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY }; return setrlimit(RLIMIT_AS, &none); }
static int live_on(void) { return prctl(PR_SET_PDEATHSIG, 0); }
static int make_code(void) { return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0; }

static int take_memory(void)
{
    for (int64_t taken = 0; taken <= 2 * memory; taken += 1 << 20) {
        char *more = malloc(1 << 20);
        if (more == NULL)
            return -1;
        memset(more, 1, 1 << 20);
    }

    return 0;
}

static int map_memory(void)
{
    return mmap(NULL, (size_t)(2 * memory), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static const struct {
    const char *what;
    int (*attempt)(void);
} attempts[] = {
    { "open a file", open_file },
    { "make a file", make_file },
    { "remove a file", remove_file },
    { "list a folder", list_folder },
    { "read what is no video", read_standard_input },
    { "write", write_output },
    { "make a socket", make_socket },
    { "make a local socket", make_local_socket },
    { "connect", connect_socket },
    { "start a process", start_process },
    { "run a program", run_program },
    { "trace a process", trace },
    { "signal a process", signal_others },
    { "read another process", read_others },
    { "lift its limits", lift_limits },
    { "outlive its server", live_on },
    { "make code", make_code },
    { "allocate more than its memory", take_memory },
    { "map more than its memory", map_memory },
};

static int try_in_jail(int (*attempt)(void))
{
    if (jail_limits(memory, 0) != 0 || jail_bind(0) != 0)
        return NO_JAIL;
    if (jail_filter() != 0)
        return NO_FILTER;

    return attempt() < 0 ? errno : WORKED;
}

static bool report(const char *what, int status)
{
    bool refused = true;
    if (WIFSIGNALED(status))
        printf("%s: ended (%s)\n", what, strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) < WORKED)
        printf("%s: refused (%s)\n", what, strerror(WEXITSTATUS(status)));
    else {
        refused = false;
        printf("%s: %s\n", what, WEXITSTATUS(status) == WORKED ? "WORKED" : WEXITSTATUS(status) == NO_JAIL ? "NOT TRIED, no limits could be set" : "NOT TRIED, this system filters no calls");
    }

    return refused;
}

int self_test(void)
{
    bool all = true;
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0)
            _exit(try_in_jail(attempts[i].attempt));
        int status;
        if (child < 0 || waitpid(child, &status, 0) != child) {
            perror(attempts[i].what);
            return 1;
        }
        all = report(attempts[i].what, status) && all;
    }

    return all ? 0 : 1;
}
