/* What the played cards are and do: the scenario's lines, its clock, its courses. Part of fake_nvml.c. */
#ifndef SCENARIO_H
#define SCENARIO_H
#include "scenes.h"

enum { MAX_GPUS = 16, MAX_PIDS = 8, MAX_POINTS = 24, MAX_COURSES = 160, MAX_PROCESSES = 32, MAX_XIDS = 32 };
enum { TEXT = 16384 };

typedef struct {
    char name[96];
    unsigned mib, device, index, lookups, lost_at;
    double lost_after;
    int major, minor;
} gpu;

typedef struct { double at, value; int steps; } point;
typedef struct { int card, count; char figure[16]; point points[MAX_POINTS]; } course;
typedef struct { int card; unsigned pid; double mib, from, until; char kind; } played_process;
typedef struct { int card; double at; unsigned code; } played_xid;

static gpu gpus[MAX_GPUS];
static course courses[MAX_COURSES];
static played_process processes[MAX_PROCESSES];
static played_xid xids[MAX_XIDS];
static unsigned gpu_count, course_count, process_count, xid_count;
static char pids[256], driver[80], fails[1024], hangs[512], lacks[1024], clock_file[1024];
static int initialised, init_code, busy, cuda;
static unsigned long long throttle;
static double speed, began;

static double seconds(void)
{
#ifdef _WIN32
    return GetTickCount64() / 1000.0;
#else
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
#endif
}

/* A small text file as it is now; empty if there is none. */
static void read_small(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "rb");
    out[0] = 0;
    if (!file) return;
    out[fread(out, 1, size - 1, file)] = 0;
    fclose(file);
}

/* Seconds of the scenario. */
static double played(void)
{
    char text[64];
    if (!clock_file[0]) return (seconds() - began) * speed;
    read_small(clock_file, text, sizeof text);
    return strtod(text, NULL);
}

static void add(char *list, size_t size, const char *item)
{
    size_t used = strlen(list);
    snprintf(list + used, size - used, "%s,", item);
}

static void add_gpu(const char *text)
{
    if (gpu_count == MAX_GPUS) return;
    gpu *g = &gpus[gpu_count];
    memset(g, 0, sizeof *g);
    g->device = 0x2f04;
    g->index = gpu_count;
    g->lost_after = HUGE_VAL;
    if (sscanf(text, "%95[^|]|%u|%d|%d|%x", g->name, &g->mib, &g->major, &g->minor, &g->device) >= 1) gpu_count++;
}

/* A figure's value; `x` is one that the card does not report. */
static double number(const char *text, char **end, int hex)
{
    if (*text != 'x') return hex ? (double)strtoull(text, end, 16) : strtod(text, end);
    *end = (char *)text + 1;
    return NAN;
}

/* CARD|FIGURE|t:value,t:=value,… */
static void add_course(char *text)
{
    char *figure = strchr(text, '|'), *list = figure ? strchr(figure + 1, '|') : NULL;
    if (!list || course_count == MAX_COURSES) return;
    *figure++ = *list++ = 0;
    course *c = &courses[course_count++];
    memset(c, 0, sizeof *c);
    c->card = *text == '*' ? -1 : atoi(text);
    snprintf(c->figure, sizeof c->figure, "%s", figure);
    while (c->count < MAX_POINTS) {
        point *p = &c->points[c->count];
        char *end;
        p->at = strtod(list, &end);
        if (*end++ != ':') break;
        p->steps = *end == '=';
        list = end + p->steps;
        p->value = number(list, &end, !strcmp(figure, "throttle"));
        c->count++;
        if (*end != ',') break;
        list = end + 1;
    }
}

/* CARD|PID|MIB|KIND|FROM-UNTIL, the last three may be left out */
static void add_process(const char *text)
{
    char mib[24] = "x", *end;
    if (process_count == MAX_PROCESSES) return;
    played_process *p = &processes[process_count];
    memset(p, 0, sizeof *p);
    p->kind = 'c';
    p->until = HUGE_VAL;
    if (sscanf(text, "%d|%u|%23[^|]|%c|%lf-%lf", &p->card, &p->pid, mib, &p->kind, &p->from, &p->until) < 2) return;
    p->mib = number(mib, &end, 0);
    process_count++;
}

/* N@K: at the K-th look; N@Ts: at second T */
static void add_lost(const char *text)
{
    char *end;
    unsigned n = (unsigned)strtoul(text, &end, 10);
    if (*end != '@' || n >= MAX_GPUS) return;
    double at = strtod(end + 1, &end);
    if (*end == 's') gpus[n].lost_after = at;
    else gpus[n].lost_at = (unsigned)at;
}

static void add_xid(const char *text)
{
    if (xid_count == MAX_XIDS) return;
    played_xid *x = &xids[xid_count];
    if (sscanf(text, "%d@%lf:%u", &x->card, &x->at, &x->code) == 3) xid_count++;
}

static void field(const char *key, char *value)
{
    if (!strcmp(key, "init")) init_code = atoi(value);
    else if (!strcmp(key, "driver")) snprintf(driver, sizeof driver, "%s", value);
    else if (!strcmp(key, "cuda")) cuda = atoi(value);
    else if (!strcmp(key, "busy")) busy = atoi(value);
    else if (!strcmp(key, "throttle")) throttle = strtoull(value, NULL, 16);
    else if (!strcmp(key, "fail")) add(fails, sizeof fails, value);
    else if (!strcmp(key, "hang")) add(hangs, sizeof hangs, value);
    else if (!strcmp(key, "missing")) add(lacks, sizeof lacks, value);
    else if (!strcmp(key, "gpu")) add_gpu(value);
    else if (!strcmp(key, "lost")) add_lost(value);
    else if (!strcmp(key, "xid")) add_xid(value);
    else if (!strcmp(key, "course")) add_course(value);
    else if (!strcmp(key, "process")) add_process(value);
    else if (!strcmp(key, "pids")) snprintf(pids, sizeof pids, "%s", value);
    else if (!strcmp(key, "speed")) speed = strtod(value, NULL);
    else if (!strcmp(key, "clock")) snprintf(clock_file, sizeof clock_file, "%s", value);
}

/* What is said of cards may stand before them, so cards are read first. */
static void read_fields(const char *scenario, int cards)
{
    char copy[TEXT], *rest = copy;
    snprintf(copy, sizeof copy, "%s", scenario);
    while (*rest) {
        char *line = rest;
        rest += strcspn(rest, ";\r\n");
        if (*rest) *rest++ = 0;
        char *value = strchr(line, '=');
        if (!value) continue;
        *value++ = 0;
        if (!strcmp(line, "scene")) read_fields(scene(value), cards);
        else if ((strcmp(line, "gpu") == 0) == cards) field(line, value);
    }
}

/* The scenario lies beside the library, so that several copies in one process differ. */
static int read_scenario(char *out, size_t size)
{
    char path[4096] = "";
#ifdef _WIN32
    HMODULE self;
    if (!GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                            (LPCSTR)(void *)&read_scenario, &self)
        || !GetModuleFileNameA(self, path, sizeof path - 16))
        return 0;
#else
    Dl_info self;
    if (!dladdr((void *)&read_scenario, &self) || strlen(self.dli_fname) > sizeof path - 16) return 0;
    strcpy(path, self.dli_fname);
#endif
    strcat(path, ".scenario");
    read_small(path, out, size);
    return out[0] != 0;
}

static void load(void)
{
    char scenario[TEXT] = "";
    const char *variable = getenv("FAKE_NVML"), *faster = getenv("FAKE_NVML_SPEED");
    gpu_count = course_count = process_count = xid_count = 0;
    init_code = busy = 0;
    throttle = 0;
    cuda = 13000;
    speed = 1;
    fails[0] = hangs[0] = lacks[0] = pids[0] = clock_file[0] = 0;
    strcpy(driver, "581.57");
    if (!read_scenario(scenario, sizeof scenario))
        snprintf(scenario, sizeof scenario, "%s",
                 variable && *variable ? variable : "gpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04");
    read_fields(scenario, 1);
    read_fields(scenario, 0);
    if (faster && *faster) speed = strtod(faster, NULL);
    began = seconds();
}

static const char *find(const char *list, const char *name, char end)
{
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += length)
        if ((at == list || at[-1] == ',') && at[length] == end) return at + length + 1;
    return NULL;
}

/* Where a course is now. */
static double along(const course *c, double now)
{
    const point *before = NULL;
    for (int i = 0; i < c->count; i++) {
        const point *p = &c->points[i];
        if (p->at > now) {
            if (!before) return p->value;
            if (p->steps || isnan(p->value) || isnan(before->value)) return before->value;
            return before->value + (p->value - before->value) * (now - before->at) / (p->at - before->at);
        }
        before = p;
    }
    return before ? before->value : NAN;
}

/* A figure of a card: its last course, else `otherwise`; NAN is not reported. */
static double figure(const gpu *g, const char *name, double otherwise)
{
    for (unsigned i = course_count; i-- > 0;) {
        const course *c = &courses[i];
        if ((c->card == -1 || c->card == (int)g->index) && !strcmp(c->figure, name)) return along(c, played());
    }
    return otherwise;
}

static int is_lost(const gpu *g)
{
    return (g->lost_at && g->lookups >= g->lost_at) || (g->lost_after < HUGE_VAL && played() >= g->lost_after);
}
#endif
