/* Limits of resources, and a filter of system calls. */
#define _GNU_SOURCE
#include "box_jail.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "box.h"

#if defined(__x86_64__)
#define JAIL_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define JAIL_ARCH AUDIT_ARCH_AARCH64
#endif

enum { DESCRIPTORS = 16 };

static int limit(int what, int64_t most)
{
    struct rlimit now;
    if (getrlimit(what, &now) != 0)
        return -1;
    if (now.rlim_max != RLIM_INFINITY && (rlim_t)most > now.rlim_max)
        most = (int64_t)now.rlim_max;

    struct rlimit both = { (rlim_t)most, (rlim_t)most };
    return setrlimit(what, &both);
}

/* All memory and private writable memory of this process, in bytes. */
static int used(int64_t *all, int64_t *data)
{
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL)
        return -1;

    long long pages, writable;
    int found = fscanf(file, "%lld %*d %*d %*d %*d %lld", &pages, &writable);
    fclose(file);
    if (found != 2) {
        errno = EPROTO;
        return -1;
    }

    *all = pages * sysconf(_SC_PAGESIZE);
    *data = writable * sysconf(_SC_PAGESIZE);
    return 0;
}

/* Where the machine's memory runs short, a decoder is to go before its server. A wish: not every system has the file. */
static void go_first(void)
{
    FILE *file = fopen("/proc/self/oom_score_adj", "w");
    if (file == NULL)
        return;

    fputs("500", file);
    fclose(file);
}

/* Libraries take address space and no memory to speak of, so the limits begin on top of them. How many processes there may be is no
 * limit of a process but of a user, the server's own included; the filter sees to it that none is started. */
int jail_limits(int64_t memory, int64_t room)
{
    int64_t all, data;
    go_first();
    if (used(&all, &data) != 0)
        return -1;
    if (limit(RLIMIT_AS, all + memory + room) != 0 || limit(RLIMIT_DATA, data + memory) != 0)
        return -1;

    return limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_FSIZE, 0) != 0 || limit(RLIMIT_NOFILE, DESCRIPTORS) != 0 ? -1 : 0;
}

int jail_bind(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
        return -1;
    if (parent != 0 && getppid() != parent) {
        errno = ESRCH; /* it ended before it could be bound to */
        return -1;
    }

    return 0;
}

#ifdef JAIL_ARCH

#define CALL(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define KILL(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
#define REFUSE(name, why) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (why))
#define ARGUMENT(which) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[which]))
/* Allows a call where an argument equals a value, or has not a bit, or (or else the process ends) has one. */
#define IF_EQUAL(name, which, value) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 4), ARGUMENT(which), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1), \
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define IF_SET(name, which, bit) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 4), ARGUMENT(which), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bit), 0, 1), \
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
#define IF_CLEAR(name, which, bit) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 4), ARGUMENT(which), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bit), 1, 0), \
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

/*
 * What no decoder asks for ends the process: whoever asks has taken it over. What is not named is refused with EPERM, since a library
 * may try things that it can do without (looking for processors, a source of randomness, a file of its configuration).
 */
static struct sock_filter rules[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, JAIL_ARCH, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef __x86_64__
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), /* the other way to number calls */
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
#endif
    /* the video, and the socket */
    CALL(pread64),
    IF_EQUAL(recvmsg, 0, BOX_SOCKET),
    IF_EQUAL(sendmsg, 0, BOX_SOCKET),
    CALL(close),
    /* memory, which is never code */
    IF_CLEAR(mmap, 2, PROT_EXEC),
    IF_CLEAR(mprotect, 2, PROT_EXEC),
    CALL(munmap),
    CALL(mremap),
    CALL(madvise),
    CALL(brk),
    /* time, and threads of a decoder that has some */
    CALL(futex),
    CALL(clock_gettime),
    CALL(clock_nanosleep),
    CALL(nanosleep),
    CALL(gettimeofday),
    CALL(sched_yield),
    CALL(sched_getaffinity),
    CALL(sysinfo),
    CALL(getrandom),
    CALL(getpid),
    CALL(gettid),
    CALL(set_robust_list),
    CALL(rseq),
    IF_EQUAL(prctl, 0, PR_SET_NAME),
    IF_SET(clone, 0, CLONE_THREAD),
    REFUSE(clone3, ENOSYS), /* its flags lie in memory, where a filter does not see them; libraries take clone instead */
    /* the end */
    CALL(rt_sigreturn),
    CALL(rt_sigprocmask),
    CALL(restart_syscall),
    CALL(exit),
    CALL(exit_group),
    IF_EQUAL(tgkill, 0, 0), /* of this process; put in below */
    KILL(execve),
    KILL(execveat),
#ifdef __NR_fork
    KILL(fork),
    KILL(vfork),
#endif
    KILL(kill),
    KILL(ptrace),
    KILL(process_vm_readv),
    KILL(process_vm_writev),
    KILL(socket),
    KILL(socketpair),
    KILL(connect),
    KILL(bind),
    KILL(listen),
    KILL(accept),
    KILL(accept4),
    KILL(sendto),
    KILL(bpf),
    KILL(mount),
    KILL(unshare),
    KILL(setns),
    KILL(io_uring_setup),
    KILL(userfaultfd),
    KILL(keyctl),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
};

/* abort() signals its own process, whose number is known only now. */
static void name_own_process(void)
{
    for (size_t i = 0; i + 2 < sizeof rules / sizeof *rules; i++)
        if (rules[i].code == (BPF_JMP | BPF_JEQ | BPF_K) && rules[i].k == __NR_tgkill)
            rules[i + 2].k = (uint32_t)getpid();
}

int jail_filter(void)
{
    name_own_process();
    struct sock_fprog program = { sizeof rules / sizeof *rules, rules };
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ? 0 : errno;
}

#else

int jail_filter(void)
{
    return ENOSYS;
}

#endif
