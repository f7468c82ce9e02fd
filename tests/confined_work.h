#pragma once
/*
 * What a confined worker does: memory, pictures, predictions, threads, a client, the clock,
 * signals, a log. All that comes out of it is written to a report, the same one for each level.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "base/threads.h"
#include "fused/engine_pick.h"
#include "image/image_read.h"
#include "image/png_write.h"
#include "model/weights.h"
#include "must.h"
#include "nn/gemm.h"
#include "nn/init.h"
#include "nn/predictor.h"

enum { WORK_SIDE = 20, WORK_CLASSES = 4, WORK_FILES = 1000, WORK_JOBS = 16 };

static struct {
	FILE *report;
	int listening, log;
	struct infile file[WORK_FILES];
	int files;
	struct net net;
	struct weights weights;
	struct threads *threads;
	struct predictor *run[2];
	volatile sig_atomic_t signals;
} work;

/* ---- what both sides of the socket need ---- */

static struct sockaddr_un work_address(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	return a;
}

static int confined_work_listen(const char *path)
{
	struct sockaddr_un a = work_address(path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 4) < 0) {
		puts("Bail out! no listening socket");
		exit(1);
	}
	return fd;
}

/* The client, which has said its word before anybody listens. */
static int confined_work_connect(const char *path)
{
	struct sockaddr_un a = work_address(path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0 || write(fd, "ping", 4) != 4) {
		puts("Bail out! no connection");
		exit(1);
	}
	return fd;
}

/* ---- what is made before ---- */

static void work_open_files(const char *folder)
{
	struct dirent **entry;
	int count = scandir(folder, &entry, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		char *path = xasprintf("%s/%s", folder, entry[i]->d_name);
		struct err e;

		if (entry[i]->d_type == DT_REG && work.files < WORK_FILES) {
			must(infile_open(&work.file[work.files], path, 1 << 20, &e), &e);
			work.files++;
		}
		free(entry[i]);
		free(path);
	}
	if (count >= 0)
		free(entry);
}

static const float *work_image(void)
{
	static _Alignas(64) float image[WORK_SIDE * WORK_SIDE * 4];

	for (int i = 0; i < WORK_SIDE * WORK_SIDE * 4; i++)
		image[i] = (float)(i * 7 % 251) / 251;
	return image;
}

/* The layers compute once: the BLAS library is there then. */
static void work_make_predictors(void)
{
	const float *image = work_image();
	float logits[WORK_CLASSES];
	struct err e;

	must(net_tutorial(&work.net, WORK_SIDE, WORK_CLASSES, &e), &e);
	must(gemm_load(&e), &e);
	weights_init(&work.weights, &work.net);
	init_weights(&work.net, 1, work.weights.a);
	work.run[0] = predictor_new(&engine_layers, &work.net, weights_const(&work.weights), 2,
	                            work.threads);
	work.run[1] = predictor_new(engine_pick(&work.net, &e), &work.net,
	                            weights_const(&work.weights), 2, work.threads);
	predictor_run(work.run[0], &image, 1, logits, NULL);
}

static void work_last_words(void)
{
	if (work.report)
		fputs("an exit handler\n", work.report);
}

static void confined_work_prepare(const char *report, int listening)
{
	work.report = fopen(report, "w");
	work.log = open(report, O_WRONLY | O_APPEND);
	work.listening = listening;
	work_open_files("tests/data/images");
	work_open_files("tests/data/images/broken");
	work_open_files("tests/data/jpegs");
	work_open_files("tests/data/jpegs/broken");
	work_open_files("tests/fuzz/corpus/image_tiff");
	work_open_files("tests/fuzz/corpus/image_png");
	work_open_files("tests/fuzz/corpus/image_jpeg");
	work.threads = threads_new(2);
	work_make_predictors();
	tzset();
	atexit(work_last_words);
}

/* ---- the work ---- */

static int work_compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Large enough for a mapping of its own, that grows by moving; many that are not. */
static void work_memory(void)
{
	enum { LARGE = 100 << 20, SMALL = 1000 };
	char *large = malloc(LARGE), *small[SMALL], *larger;
	int number[SMALL];

	memset(large, 1, LARGE);
	larger = realloc(large, 2 * (size_t)LARGE);
	for (int i = 0; i < SMALL; i++) {
		small[i] = malloc(1000 * (size_t)(i % 99 + 1));
		number[i] = i * 7919 % SMALL;
	}
	qsort(number, SMALL, sizeof *number, work_compare);
	fprintf(work.report, "memory %d %d\n", larger ? larger[LARGE - 1] : -1, number[17]);
	for (int i = 0; i < SMALL; i++)
		free(small[i]);
	free(larger);
}

static void work_pictures(void)
{
	struct image im = {0};

	for (int i = 0; i < work.files; i++) {
		char hex[SHA256_HEX];
		struct sha256 s;
		struct err e = {0};

		if (image_read(&im, work.file[i].data, work.file[i].size, &e) < 0) {
			fprintf(work.report, "picture %d: %s\n", i, e.text);
			continue;
		}
		sha256_init(&s);
		sha256_add(&s, im.pixels, (size_t)im.width * im.height * IMAGE_CHANNELS);
		sha256_hex(&s, hex);
		fprintf(work.report, "picture %d: %s\n", i, hex);
	}
	image_release(&im);
}

static void work_write_picture(void)
{
	enum { SIDE = 64 };
	uint8_t rgb[SIDE * SIDE * 3];
	struct image im = {0};
	struct err e = {0};
	char *bytes = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&bytes, &size);
	int result;

	for (size_t i = 0; i < sizeof rgb; i++)
		rgb[i] = (uint8_t)(i * 7 % 251);
	result = png_write_rgb(f, rgb, SIDE, SIDE, PNG_WRITE_PHOTO, &e);
	fclose(f);
	fprintf(work.report, "written %d %zu, read %d\n", result, size,
	        image_read(&im, (const uint8_t *)bytes, size, &e));
	image_release(&im);
	free(bytes);
}

static void work_predictions(void)
{
	const float *image[2] = { work_image(), work_image() };

	for (int k = 0; k < 2; k++) {
		float logits[2 * WORK_CLASSES];

		predictor_run(work.run[k], image, 2, logits, NULL);
		for (int i = 0; i < 2 * WORK_CLASSES; i++)
			fprintf(work.report, "%a\n", (double)logits[i]);
	}
}

/* Memory of a second thread comes from an arena of its own, which grows and shrinks. */
static void work_job(void *arg, size_t i, int worker)
{
	long *sum = arg;
	char *large = malloc(60 << 10), *huge = malloc(40 << 20);

	(void)worker;
	memset(large, (int)i, 60 << 10);
	memset(huge, 1, 40 << 20);
	sum[i] = large[1000] + huge[1 << 20];
	free(huge);
	free(large);
}

static void work_threads(void)
{
	long sum[WORK_JOBS] = {0}, all = 0;

	threads_run(work.threads, WORK_JOBS, work_job, sum);
	for (int i = 0; i < WORK_JOBS; i++)
		all += sum[i];
	fprintf(work.report, "threads %ld\n", all);
}

static void work_client(void)
{
	struct epoll_event e = { .events = EPOLLIN };
	int set = epoll_create1(EPOLL_CLOEXEC), fd, left = 0;
	char word[5] = "";

	epoll_ctl(set, EPOLL_CTL_ADD, work.listening, &e);
	fprintf(work.report, "waited %d\n", epoll_wait(set, &e, 1, -1));
	fd = accept4(work.listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	fprintf(work.report, "there %d %d\n", ioctl(fd, FIONREAD, &left), left);
	fprintf(work.report, "read %zd\n", recv(fd, word, 2, MSG_WAITALL));
	fprintf(work.report, "read %zd %s\n", read(fd, word + 2, 2), word);
	fprintf(work.report, "sent %zd\n", send(fd, "po", 2, MSG_NOSIGNAL));
	fprintf(work.report, "written %zd\n", write(fd, "ng", 2));
	fprintf(work.report, "shut %d\n", shutdown(fd, SHUT_WR));
	fprintf(work.report, "closed %d\n", close(fd) | close(set));
}

static void work_clock(void)
{
	struct timespec t, nap = { 0, 1000 };
	time_t now = time(NULL);
	struct tm tm;

	fprintf(work.report, "clock %d\n", clock_gettime(CLOCK_MONOTONIC, &t));
	fprintf(work.report, "nap %d\n", nanosleep(&nap, NULL));
	fprintf(work.report, "local %d\n", localtime_r(&now, &tm) != NULL);
}

static void work_count(int signal)
{
	(void)signal;
	work.signals++;
}

static void work_signals(void)
{
	struct sigaction a = { .sa_handler = work_count };

	sigaction(SIGUSR1, &a, NULL);
	sigaction(SIGALRM, &a, NULL);
	raise(SIGUSR1);
	kill(getpid(), SIGUSR1);
	alarm(1);
	pause();
	fprintf(work.report, "signals %d\n", (int)work.signals);
}

static void work_log(void)
{
	FILE *f = fdopen(work.log, "a");

	fflush(work.report);
	fprintf(f, "log %d\n", isatty(work.log));
	fclose(f);
	fseek(work.report, 0, SEEK_END);
}

static void confined_work(void)
{
	work_memory();
	work_pictures();
	work_write_picture();
	work_predictions();
	work_threads();
	work_client();
	work_clock();
	work_signals();
	work_log();
	fputs("the end\n", work.report);
	for (int k = 0; k < 2; k++)
		predictor_free(work.run[k]);
	threads_free(work.threads);
	weights_release(&work.weights);
	for (int i = 0; i < work.files; i++)
		infile_release(&work.file[i]);
}
