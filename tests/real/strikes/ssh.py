"""A real sshd on loopback, and lines to it that are cut."""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.real.strikes import processes
from tests.real.strikes.fault import CannotStrike, Report
from tests.real.strikes.processes import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.real.strikes.scene import Scene

SSHD = "/usr/sbin/sshd"
LOST_LINE = 255
"""What `ssh` ends with when its connection does."""
_CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/client.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
"""


class Sshd(NamedTuple):
    """One that runs."""

    pid: int
    line: list[str]
    """The command that logs in; the words of the remote command follow."""


def line_cut(scene: Scene, times: int) -> Report:
    """Kill the server's side of a login in the middle of `cutline tag`; the job goes on, the next login collects it."""
    model = scene.model("steady", seconds=0.01)
    struck = 0
    engines = set()
    with sshd(scene.control) as server:
        for number in range(times):
            scene.draw(120)
            terminal = "-T" if number % 2 else "-tt"  # without one, nobody tells `tag` that the line is gone
            login = subprocess.Popen(
                [*server.line[:1], terminal, *server.line[1:], remote(scene, "tag", scene.root, "--model", model)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            scene.under_way()
            sessions = [pid for pid in processes.descendants(server.pid) if processes.name_of(pid).startswith("sshd")]
            struck += sum(map(processes.slay, sessions)) > 0
            said, _ = login.communicate(timeout=processes.PATIENCE_SECONDS)
            assert login.returncode == LOST_LINE, said
            cut = scene.under_way()
            until(lambda: (job := scene.newest()) and job.done > cut.done, "the job goes on")  # noqa: B023
            status = scene.status()
            assert status is not None
            engines.add(status.pid)
            again = [*server.line, remote(scene, "tag", scene.root, "--model", model)]
            ended = subprocess.run(again, check=False, capture_output=True, text=True)
            assert ended.returncode == 0, ended.stderr
    (engine,) = engines
    proof = f"{struck} sessions of sshd killed, ssh ended with {LOST_LINE} each time; engine {engine} worked on"
    return Report(struck, proof, scene.audit("steady"))


def remote(scene: Scene, *words: object) -> str:
    """Write a command for the other side, whose login has nothing of our environment."""
    ours = [f"{name}={value}" for name, value in os.environ.items() if name.startswith(("XDG_", "CUTLINE_"))]
    return shlex.join(["env", f"HOME={os.environ['HOME']}", *ours, *scene.command(*words)])


@contextmanager
def sshd(folder: Path) -> Iterator[Sshd]:
    """Run an sshd for this user alone, on a free port of the loopback device.

    Raises:
        CannotStrike: OpenSSH is not installed, or lets this user not in.
    """
    ssh, keygen = shutil.which("ssh"), shutil.which("ssh-keygen")
    if not (ssh and keygen and Path(SSHD).exists()):
        raise CannotStrike("openssh-server or openssh-client is not installed")
    for name in ("host", "client"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it locks itself in
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "sshd_config"
    config.write_text(_CONFIG.format(port=port, folder=folder))
    daemon = subprocess.Popen([SSHD, "-D", "-E", folder / "sshd.log", "-f", config])
    try:
        until(lambda: _answers(port), "sshd answers")
        options: dict[str, Any] = {
            "BatchMode": "yes",
            "IdentitiesOnly": "yes",
            "LogLevel": "ERROR",
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": os.devnull,
        }
        user = pwd.getpwuid(os.getuid()).pw_name
        line = [ssh, "-F", os.devnull, "-p", str(port), "-i", str(folder / "client")]
        line += [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        line.append(f"{user}@127.0.0.1")
        if subprocess.run([*line, "true"], check=False, capture_output=True).returncode:
            raise CannotStrike(f"sshd lets nobody in: {(folder / 'sshd.log').read_text().splitlines()[-1]}")
        yield Sshd(daemon.pid, line)
    finally:
        daemon.terminate()
        daemon.wait()


def _answers(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0
