/* Ready-made scenarios, by name. Part of fake_nvml.c; lines written after `scene=` win over those of the scene. */
#ifndef SCENES_H
#define SCENES_H

#define RTX_5090 "gpu=NVIDIA GeForce RTX 5090|32607|12|0|2b85\ndriver=581.57\n" \
    "course=0|limit|0:575\ncourse=0|limit_default|0:575\ncourse=0|limit_max|0:600\n" \
    "course=0|memclock|0:405,1:=14001\ncourse=0|fans|0:2\n"
/* A card that is put to work at second 2. */
#define WORKS \
    "course=0|util|0:0,2:=98\ncourse=0|memutil|0:0,2:=61\ncourse=0|clock|0:210,2:=2760\ncourse=0|pstate|0:8,2:=0\n" \
    "course=0|gen|0:1,2:=5\ncourse=0|power|0:31,2:31,4:540\ncourse=0|memory|0:900,2:900,8:14000\n" \
    "course=0|tx|0:0,2:=420000\ncourse=0|rx|0:0,2:=1900000\nprocess=0|4711|13100|c|2-100000\n"

static const struct { const char *name, *lines; } SCENES[] = {
    { "heat-up", RTX_5090 WORKS
      "course=0|temp|0:38,2:38,40:87,60:89\ncourse=0|fan|0:0,2:0,10:35,40:88\ncourse=0|slowdown|0:90\n" },
    { "throttle", RTX_5090 WORKS
      "course=0|temp|0:38,2:38,12:91,20:93\ncourse=0|slowdown|0:90\ncourse=0|fan|0:0,2:30,12:100\n"
      "course=0|throttle|0:0,12:=20,18:=60\ncourse=0|clock|0:210,2:=2760,12:2760,16:1500,20:900\n"
      "course=0|power|0:31,2:540,12:540,16:260\n" },
    { "power-cap", RTX_5090 WORKS
      "course=0|limit|0:575,5:=400\ncourse=0|power|0:31,2:540,5:=399\ncourse=0|throttle|0:0,5:=4\n"
      "course=0|clock|0:210,2:=2760,5:2760,6:2210\ncourse=0|temp|0:38,2:38,20:66\n" },
    { "filling", RTX_5090 WORKS
      "course=0|memory|0:900,2:900,30:32300\ncourse=0|temp|0:38,2:38,20:66\n" },
    { "xid", RTX_5090 WORKS
      "course=0|temp|0:38,2:38,20:66\nxid=0@6:31\nxid=0@9:13\n" },
    { "lost", RTX_5090 WORKS
      "course=0|temp|0:38,2:38,20:66\nxid=0@8:79\nlost=0@8s\n" },
    { "narrow-link", RTX_5090 WORKS
      "course=0|gen|0:1,2:=2\ncourse=0|width|0:4\ncourse=0|temp|0:38,2:38,20:66\n" },
    { "ecc", "gpu=NVIDIA H100 PCIe|81559|9|0|2331\ndriver=580.95.05\n" WORKS
      "course=0|limit|0:350\ncourse=0|limit_default|0:350\ncourse=0|limit_max|0:350\n"
      "course=0|power|0:31,2:31,4:330\n"
      "course=0|ecc|0:0,6:=2\ncourse=0|ecc_corrected|0:0,3:=5\ncourse=0|memtemp|0:45,20:72\ncourse=0|fans|0:0\n"
      "course=0|temp|0:38,2:38,20:66\nxid=0@6:48\n" },
    { "four-mixed",
      "gpu=NVIDIA GeForce RTX 5090|32607|12|0|2b85\ngpu=NVIDIA GeForce RTX 4090|24564|8|9|2684\n"
      "gpu=NVIDIA GeForce GTX 1080|8192|6|1|1b80\ngpu=NVIDIA H100 PCIe|81559|9|0|2331\ndriver=580.95.05\nbusy=1\n"
      "course=2|power|0:x\ncourse=2|fan|0:x\ncourse=2|gen|0:3\ncourse=2|gen_max|0:3\n"
      "course=3|fans|0:0\ncourse=3|ecc|0:0\ncourse=3|ecc_corrected|0:0\ncourse=3|memtemp|0:48\n"
      "process=0|4711|9000|c\nprocess=1|4712|6000|c\nprocess=1|1200|300|g\n" },
    { "wsl2", "gpu=NVIDIA GeForce RTX 4070|12282|8|9|2786\ndriver=581.57\n"
      "missing=DeviceGetFanSpeed\nmissing=DeviceGetNumFans\nmissing=DeviceGetPcieThroughput\n"
      "missing=DeviceGetComputeRunningProcesses\nmissing=DeviceGetGraphicsRunningProcesses\n"
      "missing=DeviceGetTemperatureThreshold\nmissing=DeviceGetPcieReplayCounter\nmissing=DeviceGetTotalEccErrors\n"
      "missing=DeviceGetFieldValues\nmissing=EventSetCreate\nmissing=DeviceRegisterEvents\n"
      "missing=DeviceGetPowerManagementDefaultLimit\nmissing=DeviceGetPowerManagementLimitConstraints\n"
      "course=0|util|0:0,2:=80\ncourse=0|temp|0:40,2:40,20:61\n" },
    { "low-limit", "gpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04\ndriver=581.57\ncuda=13000\n"
      "course=0|limit|0:120\ncourse=0|limit_default|0:250\ncourse=0|limit_max|0:300\ncourse=0|power|0:119\n"
      "course=0|throttle|0:4\ncourse=0|util|0:98\ncourse=0|clock|0:870\ncourse=0|temp|0:52\n" },
    { "soak", "gpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04\ndriver=581.57\ncuda=13000\n"
      "course=0|limit|0:250\ncourse=0|limit_default|0:250\ncourse=0|util|0:99\ncourse=0|power|0:100,10:249\n"
      "course=0|temp|0:50,10:91\ncourse=0|slowdown|0:90\ncourse=0|clock|0:2700,10:2700,20:=1200\n"
      "course=0|throttle|0:0,10:=20\nxid=0@8:31\n" },
    { "rtx-5090-verification", RTX_5090
      "course=0|util|0:0,2:=12,4:=96,9:=71,12:=99,20:=45,22:=98,30:=0\n"
      "course=0|memutil|0:0,2:=6,4:=48,9:=80,12:=66,20:=20,22:=74,30:=0\n"
      "course=0|memory|0:640,2:640,3:1700,9:2300,12:9200,22:28900,30:=640\n"
      "course=0|temp|0:34,2:34,12:58,30:71,40:45\ncourse=0|fan|0:0,4:0,12:34,30:52,40:30\n"
      "course=0|power|0:24,2:60,4:=388,9:=310,12:=561,20:=240,22:=573,30:=40\n"
      "course=0|clock|0:210,2:=2410,4:=2745,12:=2650,30:=210\ncourse=0|pstate|0:8,2:=0,30:=8\n"
      "course=0|gen|0:1,2:=5,30:=1\ncourse=0|throttle|0:0,22:=4,30:=0\n"
      "course=0|tx|0:0,2:=180000,9:=1500000,12:=90000,30:=0\n"
      "course=0|rx|0:0,2:=2600000,9:=3100000,12:=200000,30:=0\nprocess=0|1840|210|g\n" },
};

/* The lines of a scene; none for a name that there is not. */
static const char *scene(const char *name)
{
    for (unsigned i = 0; i < sizeof SCENES / sizeof *SCENES; i++)
        if (!strcmp(SCENES[i].name, name)) return SCENES[i].lines;
    return "";
}
#endif
