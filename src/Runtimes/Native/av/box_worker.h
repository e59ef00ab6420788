/* The inside of a box. */
#ifndef UNREEL_BOX_WORKER_H
#define UNREEL_BOX_WORKER_H

/* Serves until the other side is gone; `unfiltered` is what jail_filter answered. The exit code. */
int worker_run(int unfiltered);

/* Tries what must not be possible, each in a process of its own, and says what came of it. 0 where all was refused. */
int self_test(void);

#endif
