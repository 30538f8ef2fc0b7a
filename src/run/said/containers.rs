//! Docker and Podman: the engine, the registry of images, and NVIDIA's part that hands cards to a container.

use super::Help::{Do, Run};
use super::Known;

const TOOLKIT: &str = "Install NVIDIA's Container Toolkit: https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html";
const CDI: &str = "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml";
const START_DOCKER: &str =
    "Start Docker Desktop and wait until it says that the engine runs; on Linux start the service.";

/// Docker's own words.
/// <https://github.com/moby/moby/blob/master/client/errors.go>, <https://github.com/moby/moby/blob/master/client/request.go>
pub(super) const DOCKER: &[Known] = &[
    Known {
        label: "engine-refuses",
        signs: &["permission denied while trying to connect to the docker"],
        cause: "Docker runs, and does not let you use it.",
        next: &[
            Run("Join those who may; it counts after the next log-in", "sudo usermod -aG docker $USER"),
            Do("Who is in that group can do everything on this PC."),
        ],
    },
    Known {
        label: "engine-not-running",
        signs: &["cannot connect to the docker daemon"],
        cause: "Docker does not run.",
        next: &[Do(START_DOCKER), Run("Start the service on Linux", "sudo systemctl start docker")],
    },
    Known {
        label: "engine-not-running",
        signs: &["failed to connect to the docker api"],
        cause: "Docker does not run.",
        next: &[Do(START_DOCKER), Run("Start the service on Linux", "sudo systemctl start docker")],
    },
    // Windows: the pipe of Docker Desktop, with the system's translated words behind it.
    Known {
        label: "engine-not-running",
        signs: &["error during connect", "pipe/docker"],
        cause: "Docker Desktop does not run.",
        next: &[Do(START_DOCKER)],
    },
    Known {
        label: "engine-paused",
        signs: &["docker desktop is", "paused"],
        cause: "Docker Desktop is paused.",
        next: &[Do("Click Resume in Docker Desktop.")],
    },
    Known {
        label: "card-not-handed-through",
        signs: &["could not select device driver", "gpu"],
        cause: "Docker knows no way to hand a card to a container: NVIDIA's Container Toolkit is missing, or Docker was not told of it.",
        next: &[
            Do(TOOLKIT),
            Run("Tell Docker of it", "sudo nvidia-ctk runtime configure --runtime=docker"),
            Run("Then start Docker again", "sudo systemctl restart docker"),
        ],
    },
    Known {
        label: "card-not-handed-through",
        signs: &["unknown or invalid runtime name", "nvidia"],
        cause: "Docker does not know NVIDIA's runtime.",
        next: &[
            Run("Tell Docker of it", "sudo nvidia-ctk runtime configure --runtime=docker"),
            Run("Then start Docker again", "sudo systemctl restart docker"),
        ],
    },
    Known {
        label: "windows-containers",
        signs: &["cannot be used on this platform"],
        cause: "Docker Desktop is set to containers of Windows: {line}",
        next: &[Do("Right-click Docker Desktop's icon beside the clock and choose “Switch to Linux containers”.")],
    },
    Known {
        label: "windows-containers",
        signs: &["no matching manifest for windows"],
        cause: "Docker Desktop is set to containers of Windows.",
        next: &[Do("Right-click Docker Desktop's icon beside the clock and choose “Switch to Linux containers”.")],
    },
    Known {
        label: "builder-missing",
        signs: &["buildx component is missing or broken"],
        cause: "Docker's builder is not installed.",
        next: &[Run("Install it (Debian and Ubuntu)", "sudo apt-get install docker-buildx-plugin")],
    },
];

/// Podman's own words. <https://docs.podman.io/en/latest/markdown/podman-run.1.html>,
/// <https://github.com/containers/podman/blob/main/troubleshooting.md>
pub(super) const PODMAN: &[Known] = &[
    Known {
        label: "engine-not-running",
        signs: &["cannot connect to podman"],
        cause: "Podman's machine does not run.",
        next: &[Run("Make one, once", "podman machine init"), Run("Start it", "podman machine start")],
    },
    Known {
        label: "engine-not-running",
        signs: &["unable to connect to podman"],
        cause: "Podman's machine does not run.",
        next: &[Run("Make one, once", "podman machine init"), Run("Start it", "podman machine start")],
    },
    Known {
        label: "image-name",
        signs: &["short-name", "did not resolve to an alias"],
        cause: "Podman is not told where images come from: {line}",
        next: &[Do(
            "Add this line to /etc/containers/registries.conf: unqualified-search-registries = [\"docker.io\"]",
        )],
    },
    Known {
        label: "rootless-ids",
        signs: &["insufficient uids or gids available in user namespace"],
        cause: "Your user has too few numbers for the users inside a container.",
        next: &[
            Run("Give it some", "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER"),
            Run("Then let Podman see them", "podman system migrate"),
        ],
    },
    Known {
        label: "rootless-ids",
        signs: &["newuidmap", "not found"],
        cause: "What gives users of their own to a container without root is not installed.",
        next: &[Run("Install it (Debian and Ubuntu)", "sudo apt-get install uidmap")],
    },
];

/// NVIDIA's toolkit, in whichever engine. <https://github.com/NVIDIA/libnvidia-container>,
/// <https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/troubleshooting.html>
pub(super) const NVIDIA: &[Known] = &[
    Known {
        label: "cdi-missing",
        signs: &["unresolvable cdi devices"],
        cause: "The list of cards for containers (CDI) is not there, or older than the driver: {last} is not in it.",
        next: &[Do(TOOLKIT), Run("Write the list; again after each new driver", CDI)],
    },
    Known {
        label: "cdi-missing",
        signs: &["failed to inject cdi devices"],
        cause: "The list of cards for containers (CDI) does not fit this PC: {line}",
        next: &[Run("Write the list; again after each new driver", CDI)],
    },
    Known {
        label: "driver-too-old",
        signs: &["nvidia-container-cli", "unsatisfied condition"],
        cause: "The image asks for a newer driver than this PC has: {last}.",
        next: &[Do("Update the driver, or choose an image of an older CUDA with --variant.")],
    },
    Known {
        label: "card-not-handed-through",
        signs: &["nvidia-container-cli", "libnvidia-ml.so.1"],
        cause: "The driver's library is not where containers are given it from; inside WSL it is the one of Windows.",
        next: &[
            Do("On Linux install the driver; on Windows update it and start WSL again (wsl --shutdown)."),
            Run("See what is known of this PC", "torch-wizard detect"),
        ],
    },
    Known {
        label: "driver-not-loaded",
        signs: &["nvidia-container-cli", "driver not loaded"],
        cause: "The driver is installed and not loaded.",
        next: &[Do("Restart the PC; if that does not help, install the driver anew.")],
    },
    Known {
        label: "driver-mismatch",
        signs: &["driver/library version mismatch"],
        cause: "The driver was updated, and the old one still runs.",
        next: &[Do("Restart the PC.")],
    },
    Known {
        label: "card-unknown",
        signs: &["nvidia-container-cli", "unknown device"],
        cause: "A chosen card is not there: {line}",
        next: &[Run("See which there are", "torch-wizard detect"), Do("Choose cards with --gpu.")],
    },
    Known {
        label: "card-not-handed-through",
        signs: &["nvidia-container-cli", "cgroup"],
        cause: "A container without root is not given the card: {line}",
        next: &[Run(
            "Tell NVIDIA's toolkit that it runs without root",
            "sudo nvidia-ctk config --set nvidia-container-cli.no-cgroups --in-place",
        )],
    },
    Known {
        label: "card-not-handed-through",
        signs: &["nvidia-container-cli"],
        cause: "The card could not be handed to the container: {line}",
        next: &[Run("See what NVIDIA's toolkit itself says", "nvidia-container-cli --load-kmods info")],
    },
    Known {
        label: "card-not-handed-through",
        signs: &["failed to initialize nvml"],
        cause: "The container does not see the card: {line}",
        next: &[
            Run("Start Docker again", "sudo systemctl restart docker"),
            Do("If that does not help, restart the PC."),
        ],
    },
    Known {
        label: "card-not-handed-through",
        signs: &["\"nvidia-smi\"", "executable file not found"],
        cause: "The container was given no card: NVIDIA's toolkit did not put nvidia-smi into it.",
        next: &[Do(TOOLKIT)],
    },
];

/// Answers of a registry, handed on by either engine. <https://distribution.github.io/distribution/spec/api/>
pub(super) const REGISTRY: &[Known] = &[
    Known {
        label: "image-missing",
        signs: &["manifest unknown"],
        cause: "The registry does not have this image any more, or never had it: {line}",
        next: &[Do("Choose another release or variant with --torch or --variant, or leave both out.")],
    },
    Known {
        label: "image-missing",
        signs: &["manifest for ", "not found"],
        cause: "The registry does not have this image any more, or never had it: {line}",
        next: &[Do("Choose another release or variant with --torch or --variant, or leave both out.")],
    },
    Known {
        label: "image-missing",
        signs: &["no matching manifest for"],
        cause: "The image is not made for this kind of processor: {line}",
        next: &[Do("Choose another release or variant with --torch or --variant.")],
    },
    Known {
        label: "rate-limit",
        signs: &["toomanyrequests"],
        cause: "The registry has given enough images to this address for now.",
        next: &[Do("Try again in some hours."), Run("Or log in, which raises the limit", "docker login")],
    },
    Known {
        label: "log-in",
        signs: &["pull access denied"],
        cause: "The registry does not give this image without a log-in, or does not have it: {line}",
        next: &[Run("Log in", "docker login"), Do("Or use a mirror that needs none.")],
    },
    Known {
        label: "log-in",
        signs: &["unauthorized"],
        cause: "The registry asks for a log-in: {line}",
        next: &[Run("Log in; a log-in that is no longer good is renewed so, too", "docker login")],
    },
    Known {
        label: "certificate",
        signs: &["x509: certificate"],
        cause: "The certificate of the registry was not accepted: {line}",
        next: &[Do(
            "If your company inspects connections, give its certificate to the container engine (/etc/docker/certs.d).",
        )],
    },
    Known {
        label: "no-network",
        signs: &["no such host"],
        cause: "The registry's name could not be looked up: {line}",
        next: &[Do("Check the network connection, or set the engine's proxy if your network needs one.")],
    },
    Known {
        label: "no-network",
        signs: &["server misbehaving"],
        cause: "The registry's name could not be looked up: {line}",
        next: &[Do("Check the network connection and the DNS server of the container engine.")],
    },
    Known {
        label: "no-network",
        signs: &["network is unreachable"],
        cause: "No connection to the registry: {line}",
        next: &[Do("Check the network connection.")],
    },
    Known {
        label: "network",
        signs: &["tls handshake timeout"],
        cause: "The connection to the registry broke: {line}",
        next: &[Do("Go on: layers that are whole are kept by the engine.")],
    },
    Known {
        label: "network",
        signs: &["i/o timeout"],
        cause: "The connection to the registry broke: {line}",
        next: &[Do("Go on: layers that are whole are kept by the engine.")],
    },
    Known {
        label: "network",
        signs: &["unexpected eof"],
        cause: "The connection to the registry broke: {line}",
        next: &[Do("Go on: layers that are whole are kept by the engine.")],
    },
    Known {
        label: "network",
        signs: &["connection reset by peer"],
        cause: "The connection to the registry broke: {line}",
        next: &[Do("Go on: layers that are whole are kept by the engine.")],
    },
];
