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
 *   missing=FUNC              this function is there and not supported, as many are inside WSL2
 *   lost=N@K                  card N fell off the bus from the K-th time on that its handle is asked for
 *   lost=N@Ts                 the same from second T on
 *   throttle=HEX              clocks throttle reasons of all cards
 *   pids=1,2                  processes that compute on card 0; `pids=@FILE` reads them anew at each call
 *   process=N|PID|MiB|K|A-B   a process on card N: its memory (x: not told), kind c(ompute), g(raphics) or b(oth),
 *                             from second A to B; all after PID may be left out
 *   busy=1                    figures move with time
 *   course=N|FIGURE|T:V,T:V   what a figure of card N (or *) does: V at second T, straight lines between; `T:=V` is a
 *                             step, `x` for V is a figure that the card does not report; before the first point its
 *                             value holds, after the last one too; the last course of a figure wins. FIGURE is one of
 *                               util memutil (%)  memory (MiB)  temp memtemp (°C; memtemp: none without a course)
 *                               bar1 (MiB; without a course the whole memory)
 *                               power limit limit_default limit_max (W)  clock memclock (MHz)  pstate
 *                               fan fan1 (%)  fans (how many)  slowdown shutdown gpumax memmax (°C)
 *                               gen width gen_max width_max  tx rx (KB/s)  replay
 *                               throttle (hex mask)  ecc ecc_corrected (uncorrected, corrected; none without a course)
 *   xid=N@T:CODE              an Xid event at second T
 *   speed=F                   time runs F times as fast (also the variable FAKE_NVML_SPEED)
 *   clock=FILE                the second is what stands in this file, so that a test can set it
 *   scene=NAME                a ready-made scenario of scenes.h: heat-up throttle power-cap filling xid lost narrow-link
 *                             ecc four-mixed wsl2 low-limit soak rtx-5090-verification
 * Without a scenario: one GeForce RTX 5070 with driver 581.57. Seconds count from nvmlInit.
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
#include "scenario.h"

typedef int ret;
enum { OK = 0, UNINIT = 1, INVALID = 2, UNSUPPORTED = 3, SMALL = 7, TIMED_OUT = 10, LOST = 15 };
typedef gpu *dev;

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

static int refusal(const char *function)
{
    if (find(hangs, function, ',')) never_return();
    if (!initialised) return UNINIT;
    if (find(lacks, function, ',')) return UNSUPPORTED;
    const char *code = find(fails, function, ':');
    return code ? atoi(code) : OK;
}

#define ENTER(function) do { int code_ = refusal(function); if (code_) return code_; } while (0)
#define ENTER_CARD(d, function) do { ENTER(function); if (is_lost(d)) return LOST; } while (0)

static ret put(char *out, unsigned size, const char *text)
{
    if (strlen(text) + 1 > size) return SMALL;
    strcpy(out, text);
    return OK;
}

/* A figure as a whole number, `scale` times what the scenario says. */
static ret tell(dev d, const char *name, double otherwise, double scale, unsigned *out)
{
    double value = figure(d, name, otherwise);
    if (isnan(value)) return UNSUPPORTED;
    *out = (unsigned)(value * scale);
    return OK;
}

static double wave(dev d)
{
    return busy ? 0.5 + 0.5 * sin(played() + d->index) : 0.0;
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
    double used = figure(d, "memory", d->mib * (0.05 + 0.6 * wave(d)));
    if (isnan(used)) return UNSUPPORTED;
    m->total = (unsigned long long)d->mib << 20;
    m->reserved = 300ull << 20;
    m->used = (unsigned long long)(used * 1048576.0);
    if (m->used > m->total) m->used = m->total;
    m->free = m->used + m->reserved > m->total ? 0 : m->total - m->used - m->reserved;
    return OK;
}

typedef struct { unsigned pid; unsigned long long memory; unsigned gpu_instance, compute_instance; } process;

static void list_one(process *list, unsigned *count, unsigned room, unsigned pid, double mib)
{
    if (*count < room) {
        memset(&list[*count], 0, sizeof *list);
        list[*count].pid = pid;
        list[*count].memory = isnan(mib) ? ~0ull : (unsigned long long)(mib * 1048576.0);
        list[*count].gpu_instance = list[*count].compute_instance = ~0u;
    }
    ++*count;
}

/* The processes of a kind ('c' or 'g') that run now. */
static ret list_processes(dev d, char kind, unsigned *n, process *list)
{
    unsigned count = 0, room = list ? *n : 0;
    char text[256], *rest = text;
    double now = played();
    snprintf(text, sizeof text, "%s", pids);
    if (pids[0] == '@') read_small(pids + 1, text, sizeof text);
    for (unsigned pid; kind == 'c' && d->index == 0 && (pid = (unsigned)strtoul(rest, &rest, 10)) != 0; ) {
        list_one(list, &count, room, pid, NAN);
        if (*rest) rest++;
    }
    for (unsigned i = 0; i < process_count; i++) {
        const played_process *p = &processes[i];
        if (p->card == (int)d->index && (p->kind == kind || p->kind == 'b') && p->from <= now && now < p->until)
            list_one(list, &count, room, p->pid, p->mib);
    }
    *n = count;
    return room < count ? SMALL : OK;
}
API ret nvmlDeviceGetComputeRunningProcesses_v3(dev d, unsigned *n, process *list)
{
    ENTER_CARD(d, "DeviceGetComputeRunningProcesses");
    return list_processes(d, 'c', n, list);
}
API ret nvmlDeviceGetGraphicsRunningProcesses_v3(dev d, unsigned *n, process *list)
{
    ENTER_CARD(d, "DeviceGetGraphicsRunningProcesses");
    return list_processes(d, 'g', n, list);
}
#endif

typedef struct { unsigned gpu, memory; } rates;
API ret nvmlDeviceGetUtilizationRates(dev d, rates *r)
{
    ENTER_CARD(d, "DeviceGetUtilizationRates");
    ret code = tell(d, "util", 100 * wave(d), 1, &r->gpu);
    return code ? code : tell(d, "memutil", 60 * wave(d), 1, &r->memory);
}
API ret nvmlDeviceGetTemperature(dev d, int sensor, unsigned *celsius)
{
    (void)sensor;
    ENTER_CARD(d, "DeviceGetTemperature");
    return tell(d, "temp", 41 + (unsigned)(30 * wave(d)), 1, celsius);
}
API ret nvmlDeviceGetTemperatureThreshold(dev d, int which, unsigned *celsius)
{
    static const char *const names[] = { "shutdown", "slowdown", "memmax", "gpumax" };
    static const double usual[] = { 95, 90, NAN, 87 };
    ENTER_CARD(d, "DeviceGetTemperatureThreshold");
    if (which < 0 || which > 3) return INVALID;
    return tell(d, names[which], usual[which], 1, celsius);
}
API ret nvmlDeviceGetPowerUsage(dev d, unsigned *milliwatts)
{
    ENTER_CARD(d, "DeviceGetPowerUsage");
    return tell(d, "power", 15.25 + 220 * wave(d), 1000, milliwatts);
}
API ret nvmlDeviceGetEnforcedPowerLimit(dev d, unsigned *milliwatts)
{
    ENTER_CARD(d, "DeviceGetEnforcedPowerLimit");
    return tell(d, "limit", 250, 1000, milliwatts);
}
API ret nvmlDeviceGetBAR1MemoryInfo(dev d, unsigned long long *info)
{
    ENTER_CARD(d, "DeviceGetBAR1MemoryInfo");
    /* All of the memory, as boards with Resizable BAR have it. */
    unsigned whole = 256, mib;
    while (whole < d->mib) whole *= 2;
    ret code = tell(d, "bar1", whole, 1, &mib);
    if (code) return code;
    info[0] = (unsigned long long)mib << 20;
    info[1] = info[0] - (4u << 20);
    info[2] = 4u << 20;
    return OK;
}
API ret nvmlDeviceGetPowerManagementDefaultLimit(dev d, unsigned *milliwatts)
{
    ENTER_CARD(d, "DeviceGetPowerManagementDefaultLimit");
    return tell(d, "limit_default", 250, 1000, milliwatts);
}
API ret nvmlDeviceGetPowerManagementLimitConstraints(dev d, unsigned *least, unsigned *most)
{
    ENTER_CARD(d, "DeviceGetPowerManagementLimitConstraints");
    *least = 100000;
    return tell(d, "limit_max", 300, 1000, most);
}
API ret nvmlDeviceGetPerformanceState(dev d, int *state)
{
    ENTER_CARD(d, "DeviceGetPerformanceState");
    return tell(d, "pstate", busy ? 0 : 8, 1, (unsigned *)state);
}
API ret nvmlDeviceGetNumFans(dev d, unsigned *n)
{
    ENTER_CARD(d, "DeviceGetNumFans");
    return tell(d, "fans", 1, 1, n);
}
API ret nvmlDeviceGetFanSpeed_v2(dev d, unsigned fan, unsigned *percent)
{
    char name[16];
    ENTER_CARD(d, "DeviceGetFanSpeed");
    double all = figure(d, "fan", 70 * wave(d));
    if (fan >= (unsigned)figure(d, "fans", 1)) return INVALID;
    snprintf(name, sizeof name, "fan%u", fan);
    return tell(d, name, all, 1, percent);
}
API ret nvmlDeviceGetClockInfo(dev d, int type, unsigned *mhz)
{
    ENTER_CARD(d, "DeviceGetClockInfo");
    if (type == 2) return tell(d, "memclock", 14001, 1, mhz);
    return tell(d, "clock", 210 + (unsigned)(2400 * wave(d)), 1, mhz);
}
API ret nvmlDeviceGetCurrPcieLinkGeneration(dev d, unsigned *n)
{
    ENTER_CARD(d, "DeviceGetCurrPcieLinkGeneration");
    return tell(d, "gen", 5, 1, n);
}
API ret nvmlDeviceGetCurrPcieLinkWidth(dev d, unsigned *n)
{
    ENTER_CARD(d, "DeviceGetCurrPcieLinkWidth");
    return tell(d, "width", 16, 1, n);
}
API ret nvmlDeviceGetMaxPcieLinkGeneration(dev d, unsigned *n)
{
    ENTER_CARD(d, "DeviceGetMaxPcieLinkGeneration");
    return tell(d, "gen_max", 5, 1, n);
}
API ret nvmlDeviceGetMaxPcieLinkWidth(dev d, unsigned *n)
{
    ENTER_CARD(d, "DeviceGetMaxPcieLinkWidth");
    return tell(d, "width_max", 16, 1, n);
}
API ret nvmlDeviceGetPcieThroughput(dev d, int counter, unsigned *kb)
{
    ENTER_CARD(d, "DeviceGetPcieThroughput");
    return tell(d, counter == 0 ? "tx" : "rx", 900000 * wave(d), 1, kb);
}
API ret nvmlDeviceGetPcieReplayCounter(dev d, unsigned *n)
{
    ENTER_CARD(d, "DeviceGetPcieReplayCounter");
    return tell(d, "replay", 0, 1, n);
}
API ret nvmlDeviceGetTotalEccErrors(dev d, int uncorrected, int aggregate, unsigned long long *n)
{
    (void)aggregate;
    ENTER_CARD(d, "DeviceGetTotalEccErrors");
    unsigned count;
    ret code = tell(d, uncorrected ? "ecc" : "ecc_corrected", NAN, 1, &count);
    *n = code ? 0 : count;
    return code;
}
API ret nvmlDeviceGetCurrentClocksThrottleReasons(dev d, unsigned long long *reasons)
{
    ENTER_CARD(d, "DeviceGetCurrentClocksThrottleReasons");
    double value = figure(d, "throttle", (double)throttle);
    if (isnan(value)) return UNSUPPORTED;
    *reasons = (unsigned long long)value;
    return OK;
}

typedef struct {
    unsigned field, scope;
    long long timestamp, latency;
    int type;
    ret code;
    union { unsigned number; unsigned long long whole; double real; } value;
} field_value;
API ret nvmlDeviceGetFieldValues(dev d, int n, field_value *values)
{
    enum { MEMORY_TEMP = 82, UNSIGNED_INT = 1 };
    ENTER_CARD(d, "DeviceGetFieldValues");
    for (int i = 0; i < n; i++) {
        values[i].type = UNSIGNED_INT;
        values[i].code = values[i].field == MEMORY_TEMP ? tell(d, "memtemp", NAN, 1, &values[i].value.number) : UNSUPPORTED;
    }
    return OK;
}

/* A set of events: from which second on it listens to each card, and which Xids it has told. */
typedef struct { double since[MAX_GPUS]; char told[MAX_XIDS]; } event_set;
typedef struct { dev device; unsigned long long type, data; unsigned gpu_instance, compute_instance; } event_data;
enum { XID_EVENT = 8 };
API ret nvmlEventSetCreate(event_set **out)
{
    ENTER("EventSetCreate");
    event_set *set = calloc(1, sizeof *set);
    if (!set) return 999;
    for (unsigned i = 0; i < MAX_GPUS; i++) set->since[i] = HUGE_VAL;
    *out = set;
    return OK;
}
API ret nvmlDeviceRegisterEvents(dev d, unsigned long long types, event_set *set)
{
    ENTER_CARD(d, "DeviceRegisterEvents");
    if (types & XID_EVENT) set->since[d->index] = played();
    return OK;
}
API ret nvmlEventSetWait_v2(event_set *set, event_data *data, unsigned milliseconds)
{
    (void)milliseconds;
    ENTER("EventSetWait");
    for (unsigned i = 0; i < xid_count; i++) {
        const played_xid *x = &xids[i];
        if (set->told[i] || x->card < 0 || x->card >= (int)gpu_count || x->at > played()) continue;
        set->told[i] = 1;
        if (x->at < set->since[x->card]) continue;
        memset(data, 0, sizeof *data);
        data->device = &gpus[x->card];
        data->type = XID_EVENT;
        data->data = x->code;
        return OK;
    }
    return TIMED_OUT;
}
API ret nvmlEventSetFree(event_set *set) { free(set); return OK; }
