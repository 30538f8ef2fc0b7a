/* A library that plays NVML, for tests on machines without a card.
 *
 *   cc -shared -fPIC -o libnvidia-ml.so.1 fake_nvml.c -lm -ldl
 *   x86_64-w64-mingw32-gcc -shared -static-libgcc -o nvml.dll fake_nvml.c -lm
 *
 * What it shows is read at nvmlInit from the file `<this library>.scenario`, else from the variable FAKE_NVML;
 * fields are split by ';' or new lines:
 *   init=0                    what nvmlInit returns (9 driver not loaded, 18 version mismatch, 999 unknown)
 *   driver=581.57             driver version
 *   cuda=13000                newest CUDA runtime of the driver (13000 is 13.0)
 *   gpu=NAME|MiB|MAJ|MIN|DEV  one per card: name, memory, compute capability, PCI device number in hex
 *   fail=FUNC:CODE            this function returns CODE (FUNC without the nvml prefix and the _vN)
 *   hang=FUNC                 this function never returns
 *   lost=N@K                  card N fell off the bus from the K-th time on that its handle is asked for
 *   throttle=HEX              clocks throttle reasons
 *   pids=1,2                  processes that compute on card 0
 *   busy=1                    figures move with time
 * Without a scenario: one GeForce RTX 5070 with driver 581.57.
 * Built with -DOLD_DRIVER it lacks the functions that drivers before branch 510 lack.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <windows.h>
#define API __declspec(dllexport)
#else
#include <dlfcn.h>
#include <time.h>
#include <unistd.h>
#define API __attribute__((visibility("default")))
#endif

typedef int ret;
enum { OK = 0, UNINIT = 1, INVALID = 2, SMALL = 7, LOST = 15 };
enum { MAX_GPUS = 16, MAX_PIDS = 8 };

typedef struct {
    char name[96];
    unsigned mib, device, index, lookups, lost_at;
    int major, minor;
} gpu;
typedef gpu *dev;

static gpu gpus[MAX_GPUS];
static unsigned gpu_count, pids[MAX_PIDS], pid_count;
static int initialised, init_code, busy, cuda;
static unsigned long long throttle;
static char driver[80], fails[512], hangs[512];

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

static void never_return(void)
{
    for (;;) {
#ifdef _WIN32
        Sleep(INFINITE);
#else
        pause();
#endif
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
    FILE *file = fopen(path, "rb");
    if (!file) return 0;
    out[fread(out, 1, size - 1, file)] = 0;
    fclose(file);
    return 1;
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
    if (sscanf(text, "%95[^|]|%u|%d|%d|%x", g->name, &g->mib, &g->major, &g->minor, &g->device) >= 1) gpu_count++;
}

static void field(const char *key, char *value)
{
    unsigned n, k;
    if (!strcmp(key, "init")) init_code = atoi(value);
    else if (!strcmp(key, "driver")) snprintf(driver, sizeof driver, "%s", value);
    else if (!strcmp(key, "cuda")) cuda = atoi(value);
    else if (!strcmp(key, "busy")) busy = atoi(value);
    else if (!strcmp(key, "throttle")) throttle = strtoull(value, NULL, 16);
    else if (!strcmp(key, "fail")) add(fails, sizeof fails, value);
    else if (!strcmp(key, "hang")) add(hangs, sizeof hangs, value);
    else if (!strcmp(key, "gpu")) add_gpu(value);
    else if (!strcmp(key, "lost") && sscanf(value, "%u@%u", &n, &k) == 2 && n < MAX_GPUS) gpus[n].lost_at = k;
    else if (!strcmp(key, "pids"))
        for (; pid_count < MAX_PIDS && sscanf(value, "%u", &pids[pid_count]) == 1; ) {
            pid_count++;
            value = strchr(value, ',');
            if (!value++) break;
        }
}

/* `lost` and `pids` may stand before the cards they speak of, so cards are read first. */
static void read_fields(const char *scenario, int cards)
{
    char copy[4096], *rest = copy;
    snprintf(copy, sizeof copy, "%s", scenario);
    while (*rest) {
        char *line = rest;
        rest += strcspn(rest, ";\r\n");
        if (*rest) *rest++ = 0;
        char *value = strchr(line, '=');
        if (!value) continue;
        *value++ = 0;
        if ((strcmp(line, "gpu") == 0) == cards) field(line, value);
    }
}

static void load(void)
{
    char scenario[4096] = "";
    const char *variable = getenv("FAKE_NVML");
    gpu_count = pid_count = 0;
    init_code = busy = 0;
    throttle = 0;
    cuda = 13000;
    fails[0] = hangs[0] = 0;
    strcpy(driver, "581.57");
    if (!read_scenario(scenario, sizeof scenario))
        snprintf(scenario, sizeof scenario, "%s",
                 variable && *variable ? variable : "gpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04");
    read_fields(scenario, 1);
    read_fields(scenario, 0);
}

static const char *find(const char *list, const char *name, char end)
{
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += length)
        if ((at == list || at[-1] == ',') && at[length] == end) return at + length + 1;
    return NULL;
}

static int refusal(const char *function)
{
    if (find(hangs, function, ',')) never_return();
    if (!initialised) return UNINIT;
    const char *code = find(fails, function, ':');
    return code ? atoi(code) : OK;
}

static int is_lost(dev d)
{
    return d->lost_at && d->lookups >= d->lost_at;
}

#define ENTER(function) do { int code_ = refusal(function); if (code_) return code_; } while (0)
#define ENTER_CARD(d, function) do { ENTER(function); if (is_lost(d)) return LOST; } while (0)

static ret put(char *out, unsigned size, const char *text)
{
    if (strlen(text) + 1 > size) return SMALL;
    strcpy(out, text);
    return OK;
}

static double wave(dev d)
{
    return busy ? 0.5 + 0.5 * sin(seconds() + d->index) : 0.0;
}

API ret nvmlInit_v2(void)
{
    load();
    if (find(hangs, "Init", ',')) never_return();
    if (init_code) return init_code;
    initialised = 1;
    return OK;
}
API ret nvmlInitWithFlags(unsigned flags) { (void)flags; return nvmlInit_v2(); }
API ret nvmlShutdown(void)
{
    if (find(hangs, "Shutdown", ',')) never_return();
    initialised = 0;
    return OK;
}
API const char *nvmlErrorString(ret code)
{
    switch (code) {
    case 0: return "Success";
    case 9: return "Driver Not Loaded";
    case 15: return "GPU is lost";
    case 18: return "Driver/library version mismatch";
    default: return "Unknown Error";
    }
}
API ret nvmlSystemGetDriverVersion(char *o, unsigned n) { ENTER("SystemGetDriverVersion"); return put(o, n, driver); }
API ret nvmlSystemGetNVMLVersion(char *o, unsigned n) { ENTER("SystemGetNVMLVersion"); return put(o, n, "13.581.57"); }
API ret nvmlSystemGetCudaDriverVersion_v2(int *v) { ENTER("SystemGetCudaDriverVersion"); *v = cuda; return OK; }
API ret nvmlDeviceGetCount_v2(unsigned *n) { ENTER("DeviceGetCount"); *n = gpu_count; return OK; }
API ret nvmlDeviceGetHandleByIndex_v2(unsigned i, dev *d)
{
    ENTER("DeviceGetHandleByIndex");
    if (i >= gpu_count) return INVALID;
    gpus[i].lookups++;
    *d = &gpus[i];
    return is_lost(*d) ? LOST : OK;
}
API ret nvmlDeviceGetName(dev d, char *o, unsigned n) { ENTER_CARD(d, "DeviceGetName"); return put(o, n, d->name); }
API ret nvmlDeviceGetUUID(dev d, char *o, unsigned n)
{
    char text[64];
    ENTER_CARD(d, "DeviceGetUUID");
    snprintf(text, sizeof text, "GPU-00000000-0000-0000-0000-%012u", d->index);
    return put(o, n, text);
}
API ret nvmlDeviceGetCudaComputeCapability(dev d, int *major, int *minor)
{
    ENTER_CARD(d, "DeviceGetCudaComputeCapability");
    *major = d->major;
    *minor = d->minor;
    return OK;
}

typedef struct { char legacy[16]; unsigned domain, bus, device, id, subsystem; char name[32]; } pci;
API ret nvmlDeviceGetPciInfo_v3(dev d, pci *p)
{
    ENTER_CARD(d, "DeviceGetPciInfo");
    memset(p, 0, sizeof *p);
    p->bus = d->index + 1;
    p->id = d->device << 16 | 0x10de;
    snprintf(p->legacy, sizeof p->legacy, "0000:%02X:00.0", p->bus & 0xff);
    snprintf(p->name, sizeof p->name, "00000000:%02X:00.0", p->bus & 0xff);
    return OK;
}

#ifndef OLD_DRIVER
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } memory;
API ret nvmlDeviceGetMemoryInfo_v2(dev d, memory *m)
{
    ENTER_CARD(d, "DeviceGetMemoryInfo");
    m->total = (unsigned long long)d->mib << 20;
    m->reserved = 300ull << 20;
    m->used = (unsigned long long)((double)m->total * (0.05 + 0.6 * wave(d)));
    m->free = m->total - m->used - m->reserved;
    return OK;
}
typedef struct { unsigned pid; unsigned long long memory; unsigned gpu_instance, compute_instance; } process;
API ret nvmlDeviceGetComputeRunningProcesses_v3(dev d, unsigned *n, process *list)
{
    ENTER_CARD(d, "DeviceGetComputeRunningProcesses");
    unsigned count = d->index == 0 ? pid_count : 0, room = *n;
    *n = count;
    if (room < count) return SMALL;
    for (unsigned i = 0; i < count; i++) {
        memset(&list[i], 0, sizeof list[i]);
        list[i].pid = pids[i];
    }
    return OK;
}
#endif

typedef struct { unsigned gpu, memory; } rates;
API ret nvmlDeviceGetUtilizationRates(dev d, rates *r)
{
    ENTER_CARD(d, "DeviceGetUtilizationRates");
    r->gpu = (unsigned)(100 * wave(d));
    r->memory = (unsigned)(60 * wave(d));
    return OK;
}
API ret nvmlDeviceGetTemperature(dev d, int sensor, unsigned *celsius)
{
    (void)sensor;
    ENTER_CARD(d, "DeviceGetTemperature");
    *celsius = 41 + (unsigned)(30 * wave(d));
    return OK;
}
API ret nvmlDeviceGetPowerUsage(dev d, unsigned *milliwatts)
{
    ENTER_CARD(d, "DeviceGetPowerUsage");
    *milliwatts = 15250 + (unsigned)(220000 * wave(d));
    return OK;
}
API ret nvmlDeviceGetEnforcedPowerLimit(dev d, unsigned *milliwatts)
{
    ENTER_CARD(d, "DeviceGetEnforcedPowerLimit");
    *milliwatts = 250000;
    return OK;
}
API ret nvmlDeviceGetFanSpeed_v2(dev d, unsigned fan, unsigned *percent)
{
    (void)fan;
    ENTER_CARD(d, "DeviceGetFanSpeed");
    *percent = (unsigned)(70 * wave(d));
    return OK;
}
API ret nvmlDeviceGetClockInfo(dev d, int type, unsigned *mhz)
{
    ENTER_CARD(d, "DeviceGetClockInfo");
    *mhz = type == 2 ? 14001 : 210 + (unsigned)(2400 * wave(d));
    return OK;
}
API ret nvmlDeviceGetCurrPcieLinkGeneration(dev d, unsigned *n)
{
    ENTER_CARD(d, "DeviceGetCurrPcieLinkGeneration");
    *n = 5;
    return OK;
}
API ret nvmlDeviceGetCurrPcieLinkWidth(dev d, unsigned *n)
{
    ENTER_CARD(d, "DeviceGetCurrPcieLinkWidth");
    *n = 16;
    return OK;
}
API ret nvmlDeviceGetCurrentClocksThrottleReasons(dev d, unsigned long long *reasons)
{
    ENTER_CARD(d, "DeviceGetCurrentClocksThrottleReasons");
    *reasons = throttle;
    return OK;
}
